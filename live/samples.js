// Texts to try: one about the subject of the course, and the program of the
// engine itself.
(() => {
  const PROSE = `
A model of a language is a machine that guesses what comes next.
It reads a text character by character, and before each it says how
likely every character is. Then the next one is shown. If the machine
had given it a large chance, it pays little; if it had given it a
small one, it pays much. What it pays, in the mean, is its loss.
At first the machine knows nothing, and all of them are alike to it.
After a few hundred characters it has found that some are common and
some are rare. The space is the most common of all, then the e,
the t, the a. That alone is worth a good part of what can be won.
Then it finds the pairs. After a q there is a u; after a t there
is often an h. Then it finds the words, the short ones first, and
what may stand after a full stop or a comma.
A small machine and a large one go the same way. They start at the
same place, for neither knows anything. For a while they go side
by side, and nobody could tell which is which. Then the small one
slows down. It has few places to keep what it has seen, and they
are full. To keep a new thing it has to give up an old one. The
large one has room, and goes on.
Is the large one faster? That depends on what is asked. If there
is a line on the ground, and the first to cross it wins, then the
large one wins, because the small one may never get there at all.
If each is asked for a part of its own way, it may be the small
one that is first, for its way is short. So a race needs a rule,
and the rule decides who wins. It is well to say the rule first.
There is a second question, and it is about reading the same thing
again. A text that is read once teaches what is common in it. A
text that is read ten times teaches the rare things too, and in
the end it teaches what is true of this text and of no other. Then
the machine knows the text by heart. On the text itself it pays
next to nothing; on a new text it pays more than it did before.
We keep a part of the text back, the last part, and never show it
while the machine learns. That part is the exam. What is paid in
the exam is what counts. As long as the loss there falls, the
machine has learned something about the language. When it rises
while the other loss still falls, it learns by heart.
A large machine learns by heart sooner than a small one, for it
has more room to do so. And yet the best that it does in the exam,
before that time, is often better. So one stops in time, or takes
more text. Text is the best cure for learning by heart.
There is a third question, and it is about luck. Each machine is
started with random numbers, drawn from a seed. With another seed
it goes another way. If two machines differ by less than two seeds
of one machine do, nothing has been seen. So every race is run more
than once, and what is said of it should hold for each seed, or for
most, and then one says for how many.
The last question is what it costs. A large machine needs more
work for each character. In how many it reads it may win, and lose
in the number of steps of work; in hours it depends on who is at work
beside it. There is no single answer to the question which size is
the best. There is an answer for each thing that is to be saved.
Guess first, then look. A guess that was wrong is worth more than
a number that was only read. What was wrong can be asked: where
did I think of something that is not so? And what would I have to
see, to think of it in another way?
`;
  // name -> text
  (globalThis.Live ??= {}).samples = {
    prose: () => PROSE.trimStart(),
    code: () => `${Live.language}\n${Live.engine}`};
})();
