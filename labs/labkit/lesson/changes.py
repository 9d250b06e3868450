"""Changes: one marked line of a cell, and an answer to what it does."""
import textwrap
from types import SimpleNamespace

from labkit.experiment import SEEDS
from labkit.kinds import like
from labkit.lesson.words import WIDTH

AS_GIVEN = ("This is as given. Change the marked line to {tries}, and run "
            "the cell again.")
OTHER = ("The marked line is as given, but the result is another one: "
         "something else has changed, too.")
COMPARE = ("Run it once as given, too ({name} = {given!r}): then there is "
           "something to compare it with.")


class Change:
    """One marked line of a cell: checked before the run, answered after it.

    The line reads ``name = given   # <- change to ...``. ``allowed`` is a
    list of values, or a pair (lowest, highest) for all between; ``tries``
    are those that the lab asks for. ``shown`` is a template of what a run
    found, with named fields; ``reply(was, now)`` says what the change did:
    both have these fields and the setting itself, ``was`` of the run as
    given and ``now`` of the present one.
    """

    def __init__(self, name, given, allowed, tries, shown, reply):
        self.name, self.given, self.tries = name, given, tries
        self.allowed, self.shown, self.reply = allowed, shown, reply
        self.seen = {}   # value -> the fields of its run

    def allow(self, value):
        """Raise ValueError, before anything is run, for what is not allowed.

        Returns the value.
        """
        like(self.given, self.name, value)
        if isinstance(self.allowed, list):
            known = value in self.allowed
            words = ", ".join(map(repr, self.allowed))
        else:
            low, high = self.allowed
            known, words = low <= value <= high, f"{low} to {high}"
        if not known:
            raise ValueError(f"{self.name} is {value!r}; allowed are {words}")
        return value

    def answer(self, value, **found):
        """Print all runs so far, and what the change showed."""
        self.allow(value)
        now = SimpleNamespace(**{self.name: value}, **found)
        before, self.seen[value] = self.seen.get(value, now), now
        for one, run in sorted(self.seen.items()):
            here = "-> " if one == value else "   "
            _say(f"{here}{self.name} = {one!r}: {self._found(run)}")
        _say(self._words(value, before, now))

    def _found(self, run):
        return self.shown.format(**vars(run))

    def _words(self, value, before, now):
        """What is said to a run; ``before`` had the same value."""
        was = self.seen.get(self.given)
        if value == self.given and self._found(before) != self._found(now):
            return OTHER
        if value == self.given:
            return AS_GIVEN.format(tries=self._asked())
        if was is None:
            return COMPARE.format(name=self.name, given=self.given)
        return f"{self.reply(was, now)} {self._next()}"

    def _asked(self):
        """What the marked line is to be changed to."""
        return " or ".join(map(repr, self.tries))

    def _next(self):
        """What is left to try."""
        left = [repr(value) for value in self.tries if value not in self.seen]
        return f"Now try {self.name} = {left[0]}." if left else ""


class Seed(Change):
    """The marked line of the run for the class: ``seed``, the learner's own.
    """

    def __init__(self, shown, reply):
        super().__init__("seed", 0, (SEEDS[0], SEEDS[-1]), [7], shown, reply)

    def _asked(self):
        return "your number (if it is not 0)"

    def _next(self):
        return ""


def _say(line):
    print(textwrap.fill(line, WIDTH, subsequent_indent="     "
                        if line[:2] in ("->", "  ") else ""))
