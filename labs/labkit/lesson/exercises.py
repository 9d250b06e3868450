"""Exercises: a check that answers whatever the learner tries."""
import textwrap

from labkit.lesson.words import RIGHT, WIDTH


class Exercise:
    """One exercise. ``test(answer)`` tells right from wrong.

    It returns what to say if the answer is right, or None if there is none
    yet, and raises AssertionError with a hint if it is wrong.
    """

    def __init__(self, name, test):
        self.name, self.test = name, test

    def check(self, answer):
        """Print what there is to say to an answer, right or wrong."""
        try:
            self.solved(answer)
        except AssertionError as hint:
            self._say(f"not yet: {hint}.")

    def solved(self, answer):
        """The same; raises AssertionError if the answer is wrong."""
        said = self.test(answer)
        self._say("no answer yet." if said is None else f"{RIGHT} {said}")

    def _say(self, text):
        print(textwrap.fill(f"exercise {self.name}: {text}", WIDTH))
