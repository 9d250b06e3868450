"""What the lab answers, to what it expects and to what it does not."""
import math
from functools import partial

import pytest
import torch

from labkit import records
from labkit.landscape import lab, pits

nan = math.nan
LOST = dict(freed=0, stuck=0, lost=13, every=13, worst=4e26)
STUCK = dict(freed=0, stuck=13, lost=0, every=13, worst=.03)
FREED = dict(freed=9, stuck=4, lost=0, every=13, worst=.02)


def lifted(one, forty):
    return dict(one=one, two=one, four=one, forty=forty)


def spared(stuck, late=0):
    return dict(pit=stuck, arrived=30 - stuck - late, elsewhere=late)


def stepped(loss, sharp, edge, start=39.0):
    return dict(loss=loss, start=start, sharp=sharp, edge=edge)


# change, as given, another value, its run, what is said of it
ANSWERS = [
    (lab.shift, lifted(.5, 0), 2.5, lifted(.95, 1), "turned round"),
    (lab.shift, lifted(.5, 0), 1.0, lifted(.8, 0), "makes? them rarer"),
    (lab.shift, lifted(.5, 0), 5.0, lifted(1, 1), "no difference"),
    (lab.shift, lifted(.5, 0), 2.0, lifted(.93, .86), "a little rarer"),
    (lab.spare, spared(26), 2, spared(0), "No student is in a pit; 26 were"),
    (lab.spare, spared(26), 2, spared(0, 6), "neither may be on the way"),
    (lab.spare, spared(26), 1, spared(9), "In a pit: 9. Without"),
    (lab.spare, spared(26), 1, spared(27), "27, and 26 as given: no fewer"),
    (lab.times, STUCK, 10, STUCK, "Not one of 13"),
    (lab.times, STUCK, 10, FREED, "did not expect that"),
    (lab.samples, STUCK, 20, FREED, "Out: 9 of 13."),
    (lab.samples, STUCK, 12, LOST, "blown 13 up"),
    (lab.samples, STUCK, 12, LOST | {"worst": nan}, "beyond all numbers"),
    (lab.samples, STUCK, 16, FREED | {"worst": 2e19}, "others are blown up"),
    (lab.samples, STUCK, 32, STUCK, "Freed: 0 of 13, no more"),
    (lab.extra, STUCK, 1, FREED, "Out: 9 of 13, without"),
    (lab.extra, STUCK, 1, STUCK, "Out: only 0 of 13. We expected most"),
    (lab.rate, stepped(.1, 32.0, 80.0), .1, stepped(.05, 19.0, 20.0),
     "at the edge of stability"),
    (lab.rate, stepped(.1, 32.0, 80.0), .2, stepped(nan, nan, 10.0),
     "has diverged"),
    (lab.rate, stepped(.1, 32.0, 80.0), .05, stepped(.07, 30.0, 40.0),
     "flatter than this rate needs it"),
    (lab.rate, stepped(.1, 32.0, 80.0), .1, stepped(.07, 30.0, 20.0),
     "sharper than this rate bears"),
    (lab.rate, stepped(.1, 32.0, 80.0), .1, stepped(.03, 20.0, 20.0, 27.0),
     "you have changed the network, too"),
    (lab.seed, {"percent": 76.0}, 7, {"percent": 72.0}, "chance alone"),
    (lab.seed, {"percent": 76.0}, 7, {"percent": 20.0}, "did not expect"),
]


@pytest.mark.parametrize("change, was, value, now, said", ANSWERS)
def test_every_result_has_its_answer(change, was, value, now, said, capsys,
                                     monkeypatch):
    monkeypatch.setattr(change, "seen", {})
    change.answer(change.given, **was)
    change.answer(value, **now)
    found = " ".join(capsys.readouterr().out.split())
    assert said.replace("makes?", "make") in found


def test_each_change_may_be_what_the_lab_asks_for():
    changes = {one for one, *_ in ANSWERS}
    for change in changes:
        for value in (change.given, *change.tries):
            assert change.allow(value) == value


# --- what the cells call ----------------------------------------------------

def test_stuck_students_are_at_rest_and_their_fates_add_up():
    v, w = lab.trapped(6, 4, 200)   # of the smallest teacher with pits
    assert len(w)
    found = lab.fates(w, v)
    assert found["stuck"] == found["every"] == len(w)
    assert found["freed"] == found["lost"] == 0 < found["worst"]
    pit = torch.ones(len(w), dtype=bool)
    said = pits.proof(w, v, pit, torch.full((len(w),), .5))
    assert said.startswith("In the pits: losses 0.")
    assert said.endswith("lowest eigenvalue of any Hessian 0.5000")
    assert pits.proof(w, v, ~pit, pit) == "No student is in a pit."


def test_what_a_learner_does_to_the_stuck_leaves_the_next_call_alone():
    _, mine = lab.trapped(6, 4, 200)
    before = mine.clone()
    mine.zero_()
    assert torch.equal(lab.trapped(6, 4, 200)[1], before)


# --- predictions ------------------------------------------------------------

@pytest.mark.parametrize("prediction, record, right", [
    (lab.freed, "escape", [False, False, True, False]),
    (lab.sharp, "sharpness", [False, False, True, False])])
def test_predictions_are_judged_by_the_record(prediction, record, right):
    found, happened = prediction.judge(records.load("landscape", record))
    assert found == right and len(right) == len(prediction.options)
    assert happened.endswith(".") and prediction.why.startswith("Because ")


def test_what_the_record_counts_is_what_is_told():
    _, happened = lab.freed.judge(records.load("landscape", "escape"))
    assert "10 times the steps: 0 of 168; " in happened
    assert "one more neuron: 133 of 168." in happened


def test_a_way_that_frees_few_is_not_said_to_free_most():
    rows = records.load("landscape", "escape")
    judge = partial(lab.freed.judge, rows.assign(arrived=0.0))
    assert judge()[0] == [False, False, False, True]


# --- exercises --------------------------------------------------------------

def said(exercise, answer, capsys):
    exercise.check(answer)
    return " ".join(capsys.readouterr().out.split())


def turned(w):
    odd = w.amax(dim=2).argmin(dim=1)
    w[torch.arange(len(w)), odd] *= -1
    return w


def swapped(layers):
    first, second = layers
    order = [1, 0, *range(2, first.shape[1])]
    return [first[:, order], second[order]]


def half(layers):
    return [swapped(layers)[0], layers[1]]


SOLVED = [
    (lab.exercise_1, turned, "got out, without noise"),
    (lab.exercise_2, lambda lr, beta: 2 * (1 + beta) / lr, "edge is 38"),
    (lab.exercise_3, lambda n: 3**(n**2 / 4) / 1e6 / 31_536_000,
     "too long from n = 15 on"),
    (lab.exercise_4, swapped, "width 128: the loss rises by"),
    (lab.exercise_5, (8, 2**13), "You have refuted us!"),
]
WRONG = [
    (lab.exercise_1, lambda w: w, "not yet: only 0 of"),
    (lab.exercise_1, lambda w: 0 * w, "one neuron of each student"),
    (lab.exercise_1, lambda w: w[:, 1:], "return all students"),
    (lab.exercise_2, lambda lr, beta: 2 / lr, "above your edge, and it is"),
    (lab.exercise_1, lambda w: [w.zero_()] and None, "end with return w"),
    (lab.exercise_1, lambda w: w.numpy(), "as one tensor"),
    (lab.exercise_2, lambda lr, beta: 0, "the true one is above zero"),
    (lab.exercise_2, lambda lr, beta: 9 / lr, "below your edge, and it div"),
    (lab.exercise_3, lambda n: 2.0**n, "for n = 4 it is a fraction"),
    (lab.exercise_3, lambda n: 0.0, "for n = 10 it is ten days"),
    (lab.exercise_3, lambda n: .03 * (n > 9), "but not how it grows"),
    (lab.exercise_4, lambda layers: layers, "nothing has moved"),
    (lab.exercise_4, half, "both matrices must follow"),
    (lab.exercise_5, (256, 2**13), "allowed are a width of at most 128"),
    (lab.exercise_5, (8, 2**16), "not refuted"),
]


@pytest.mark.parametrize("exercise, answer, words", SOLVED)
def test_a_solution_is_right(exercise, answer, words, capsys):
    found = said(exercise, answer, capsys)
    assert found.startswith(f"exercise {exercise.name}: Right. ")
    assert words in found
    exercise.solved(answer)


@pytest.mark.parametrize("exercise, answer, words", WRONG)
def test_a_wrong_answer_gets_a_hint(exercise, answer, words, capsys):
    found = said(exercise, answer, capsys)
    assert found.startswith(f"exercise {exercise.name}: not yet: ")
    assert words in found


@pytest.mark.parametrize(
    "exercise", [*dict.fromkeys(one for one, *_ in SOLVED)],
    ids=lambda one: one.name)
def test_no_answer_yet(exercise, capsys):
    nothing = [None] + [lambda *given: None] * (exercise.name != "5")
    for answer in nothing:
        assert said(exercise, answer, capsys) == (
            f"exercise {exercise.name}: no answer yet.")
