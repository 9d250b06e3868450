// A vote on the phone, and what one has said when it is revealed.
(() => {
  const {make} = Room;
  const WORDS = {
    send: "Send my vote", change: "Change my vote",
    closed: "The vote is closed.", pick: "Choose one first.",
    voting: "Sending …", voted: "Your vote is in.",
    late: "The vote was closed before yours arrived.",
    refused: why => `Your vote was not taken: ${why}.`,
    shy: "No network: raise your hand when the teacher counts.",
    before: text => `Before, you said: ${text}.`,
    after: text => `After, you said: ${text}.`, look: "Look at the board.",
  };

  // Its elements, and renew(), which shows what became of the vote in place,
  // so that it is read aloud. vote(stage) is one's own, {choice, text}.
  Room.vote = (stage, {open, vote, voted}) => {
    const status = make("p", {class: "said", role: "status"});
    const before = make("p");
    const button = make("button", {class: "main", hidden: !open});
    const options = stage.options.map((text, i) => make("label", {}, make(
      "input", {type: "radio", name: "choice", value: i + 1,
                checked: vote(stage)?.choice === i + 1}),
      `${"ABCDEF"[i]} ${text}`));
    const form = make("form", {submit: event => {
      event.preventDefault();
      const choice = Number(form.elements.choice.value);
      if (choice) voted(stage, choice);
      else status.textContent = WORDS.pick;
    }}, make("fieldset", {disabled: !open}, make("legend", {}, stage.text),
             ...options), button, status, before);

    function renew() {
      const mine = vote(stage), once = mine && stage.moment === "after"
        && vote({...stage, moment: "before"});
      button.textContent = mine ? WORDS.change : WORDS.send;
      before.textContent = once ? WORDS.before(once.text) : "";
      status.textContent = !mine ? open ? "" : WORDS.closed : Room.local
        ? WORDS.shy : mine.late ? WORDS.late : mine.refused
          ? WORDS.refused(mine.refused) : mine.taken ? WORDS.voted
            : WORDS.voting;
    }

    renew();
    return {elements: [form], renew};
  };

  // One's own votes and lines; the rest is on the board.
  Room.reveal = ({question, text}, {vote, runs}) => {
    const votes = ["before", "after"].flatMap(moment => {
      const mine = vote({question, moment});
      return mine ? [make("p", {}, WORDS[moment](mine.text))] : [];
    });
    return {elements: [
      make("h2", {}, text ?? WORDS.look),
      ...text ? [make("p", {}, WORDS.look)] : [], ...votes,
      ...runs.filter(run => run.lab === question).map(
        run => make("p", {}, make("code", {}, run.line)))]};
  };
})();
