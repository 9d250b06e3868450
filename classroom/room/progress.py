"""Where the lesson stands: which stage, what is open, what is revealed.

Only the teacher moves it. A vote opens as its stage is entered, and closes
as it is left; what is revealed stays so.
"""
from classroom.room.limits import Refused

ACTIONS = ("next", "back", "open", "close", "reveal", "router")


class Progress:
    """The state of a lesson; ``notes`` are what a book knows of it."""

    def __init__(self, lesson, notes):
        self.lesson = lesson
        self.stage = notes.get("stage", 0)
        self.reached = notes.get("reached", 0)   # the highest stage so far
        self.open = notes.get("open", self.kind == "vote")
        self.revealed = notes.get("revealed", [])
        self.router = notes.get("router", False)   # all phones behind one?
        if not 0 <= self.stage < len(lesson.stages):
            raise ValueError(f"stage {self.stage + 1} is none of the lesson")

    @property
    def kind(self):
        """Of the present stage: vote, run or reveal."""
        return self.lesson.stages[self.stage]["kind"]

    def facts(self):
        """What the book must know, so that a lesson goes on from here."""
        return {"stage": self.stage, "reached": self.reached,
                "open": self.open, "revealed": self.revealed,
                "router": self.router}

    def do(self, action):
        """Take one of the ``ACTIONS``; raises Refused if it cannot be now."""
        if action not in ACTIONS:
            raise Refused(400, f"do: allowed are {', '.join(ACTIONS)}")
        getattr(self, f"_{action}")()

    def _next(self):
        self._step(1)

    def _back(self):
        self._step(-1)

    def _step(self, by):
        if not 0 <= self.stage + by < len(self.lesson.stages):
            raise Refused(409, "there is no further stage")
        self.stage += by
        self.reached = max(self.reached, self.stage)
        self.open = self.kind == "vote" and by > 0   # back is to look again

    def _open(self):
        if self.kind != "vote":
            raise Refused(409, "this stage is no vote")
        self.open = True

    def _close(self):
        self.open = False

    def _reveal(self):
        if self.kind != "reveal":
            raise Refused(409, "nothing to reveal here: votes and "
                          "runs are revealed in the stage after (→)")
        question = self.lesson.stages[self.stage]["question"]
        self.revealed = [name for name in self.revealed if name != question
                         ] + [question]

    def _router(self):
        self.router = not self.router

    def allows(self, fields):
        """May this vote or run be said now? Raises Refused if not."""
        if fields["kind"] == "vote":
            stage = self.lesson.stages[self.stage]
            if not self.open or any(stage.get(name) != fields[name]
                                    for name in ("question", "moment")):
                raise Refused(409, "this vote is closed")
        elif self.lesson.first(kind="run", lab=fields["lab"]) > self.reached:
            raise Refused(409, "this lab has not begun")

    def now(self):
        """What phones may know: this stage, and none that is to come."""
        stage = dict(self.lesson.stages[self.stage])
        if stage["kind"] == "reveal" and (
                stage["question"] not in self.revealed):
            del stage["text"]
        return {"title": self.lesson.title, "number": self.stage + 1,
                "of": len(self.lesson.stages), "open": self.open,
                "revealed": self.revealed, "stage": stage}
