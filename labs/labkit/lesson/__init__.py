"""What a notebook shows: start, predictions, changes, checks, verdict."""
from labkit.lesson.changes import Change, Seed
from labkit.lesson.exercises import Exercise
from labkit.lesson.full import compared, larger
from labkit.lesson.header import costs, start
from labkit.lesson.judging import check, cited, verdict
from labkit.lesson.phones import Phones
from labkit.lesson.predictions import Prediction, outcome, predict
from labkit.lesson.questions import quiz
from labkit.lines import line

__all__ = ["Change", "Exercise", "Phones", "Prediction", "Seed", "check",
           "cited", "compared", "costs", "larger", "line", "outcome",
           "predict", "quiz", "start", "verdict"]
