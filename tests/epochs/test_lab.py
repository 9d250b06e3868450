"""What the lab asks and answers: every branch, on what was and was not seen.
"""
import ast
from types import SimpleNamespace as Run

import pandas as pd
import pytest
import torch

from labkit import epochs, lesson
from labkit.epochs import crossing, lab
from labkit.epochs.targets import best_of
from labkit.language import Markov
from labkit.language.models import MLP
from publish import needs
from tests.epochs.cases import FAST, SLOW, rows_of

PREDICTIONS = [one for one in vars(lab).values()
               if isinstance(one, lesson.Prediction)]


def said(change, was, **now):
    """The reply to a change from ``was``; both have the setting itself."""
    return change.reply(Run(**was), Run(**now))


# --- changes ----------------------------------------------------------------

NARROW = {"width": 8, "parameters": 1032, "excess": 1.0}
GIVEN = {"rate": .003, "untrained": 1.9, "low": .7, "last": .7}
EASY = {"target": .95, "never": 0, "sizes": 3, "small": 4.0, "large": 2.0}
SAME = {"line": "same", "times": 7.0, "low": 6.0, "high": 8.0}
WRITTEN = {"order": "as written", "train_first": 2.3, "train_last": 1.8,
           "first": 2.4, "last": 2.2}


@pytest.mark.parametrize("excess, words", [
    (.7, "0.30 nats lower with 8,256"), (1.0, "not what we saw"),
    (1.1, "not what we saw")])
def test_a_wider_network_is_lower_or_it_is_not(excess, words):
    assert words in said(lab.width, NARROW, width=64, parameters=8256,
                         excess=excess)


@pytest.mark.parametrize("rate, low, last, words", [
    (3.0, 1.9, 2.0, "Ruined"), (3.0, 1.9, float("nan"), "Ruined"),
    (.03, .64, .70, "and then up again"), (.01, .61, .61, "longer steps"),
    (.1, .83, .96, "jumps about"), (.001, 1.1, 1.1, "more epochs")])
def test_a_rate_ruins_or_overfits_or_helps_or_is_too_long_or_short(
        rate, low, last, words):
    assert words in said(lab.rate, GIVEN, rate=rate, low=low, last=last,
                         untrained=1.9)


@pytest.mark.parametrize("need, words", [
    ({8: [None], 16: [None]}, "No size arrives"),
    ({8: [3.0], 16: [None]}, "not what we saw"),
    ({8: [None], 16: [2.0]}, "For 1 of 2 sizes there is no number"),
    ({8: [6.0], 16: [2.0]}, "after 3.0 times the epochs")])
def test_a_target_is_reached_by_all_sizes_by_some_or_by_none(need, words):
    assert words in said(lab.target, EASY, target=.6, **lab.found(need))


@pytest.mark.parametrize("line, times, words", [
    ("own", .9, "7.0 times has become 0.90 times"),
    ("own", 6.0, "not what we saw"), ("rule 1", 2.0, "has sooner"),
    ("rule 2", .8, "does not have sooner")])
def test_a_line_of_ones_own_takes_the_lead_away_or_does_not(
        line, times, words):
    assert words in said(lab.line, SAME, line=line, times=times, low=0,
                         high=9)


@pytest.mark.parametrize("train_last, last, words", [
    (2.6, 3.0, "the validation loss does not"),
    (2.6, 2.8, "still falls after the first epoch"),
    (2.9, 3.0, "Neither loss falls")])
def test_on_shuffled_tokens_one_loss_falls_or_another_or_none(
        train_last, last, words):
    assert words in said(lab.order, WRITTEN, order="shuffled", first=2.9,
                         train_first=2.8, train_last=train_last, last=last)


@pytest.mark.parametrize("was, now, words", [
    (None, None, "Never, both times"), (None, 9.0, "9.0 epochs here, never"),
    (9.0, None, "Never here, 9.0 epochs"), (9.0, 6.0, "Both arrive")])
def test_two_seeds_arrive_or_one_or_none(was, now, words):
    assert words in said(lab.seed, {"seed": 0, "needed": was}, seed=1,
                         needed=now)


def test_the_median_of_some_that_never_come_is_a_number_or_never():
    assert lab.found({8: [1.0, None, 3.0], 16: [None, None, 3.0]}) == {
        "words": "8 parameters: 3.0 epochs; 16 parameters: never",
        "small": 3.0, "large": None, "never": 1, "sizes": 2}


# --- what the cells compute -------------------------------------------------

def function(name, cell):
    """A function as the lab's notebook has it."""
    (source,) = [one.source for one in needs.notebook(
        needs.LABS / "epochs.ipynb").cells if one.id == cell]
    (node,) = [node for node in ast.parse(source).body
               if getattr(node, "name", "") == name]
    space = {}
    exec(ast.unparse(node), space)
    return space[name]


@pytest.mark.parametrize("target", [4.0, 3.0, 2.75, 1.75, 1.4, 1.0])
def test_the_labs_first_crossing_is_that_of_the_course(target):
    curve = [0, 1, 2, 4], [3.0, 2.0, 1.5, 1.4]
    found = function("first_crossing", "crossing")(*curve, target)
    assert found == epochs.epochs_to_target(*curve, target)


def test_the_exam_of_an_untrained_model_is_that_of_who_knows_nothing():
    language = Markov(vocab=32, order=3, seed=0)
    model = MLP(vocab=32, context=3, width=4, seeds=[0])
    text = torch.stack([language.sample(131, 0)])
    assert lab.exam(language, text)(model) == pytest.approx(
        dict.fromkeys(("train", "validation"), 3.4657), abs=1e-3)


# --- predictions ------------------------------------------------------------

@pytest.fixture(scope="module")
def validation():
    """Two sizes, of which the large one is twice as fast, on all axes."""
    rows = best_of(rows_of({8: SLOW, 16: FAST}))
    return rows.assign(flops=rows.tokens * rows.parameters,
                       seconds=rows.step)


def test_every_prediction_has_a_truth_value_for_each_option(validation):
    found = {"patience": lab.patience.judge(),
             "axis": lab.axis.judge(lab.needs(validation, .6))}
    assert len(PREDICTIONS) == 2
    for one in PREDICTIONS:
        right, happened = found[one.name]
        assert len(right) == len(one.options) and sum(map(bool, right)) == 1
        assert len(happened.split()) > 5


def test_the_recorded_smallest_stops_short():
    right, happened = lab.patience.judge()
    assert [bool(one) for one in right] == [False, False, True, False]
    assert happened.startswith("Recorded: after 400 epochs")


@pytest.mark.parametrize("tokens, flops, which", [
    (1, 1, 0), (1, 9, 1), (9, 9, 2)])
def test_the_largest_is_first_on_all_axes_or_on_some(tokens, flops, which):
    need = pd.DataFrame(2.0, [1032, 2064], lab.AXES)
    need.loc[2064] = [1, 1, tokens, flops, 1]
    right, _ = lab.axis.judge(need)
    assert [bool(one) for one in right].index(True) == which


# --- exercises --------------------------------------------------------------

def hint(exercise, answer):
    """What is said to a wrong answer."""
    with pytest.raises(AssertionError) as error:
        exercise.solved(answer)
    return str(error.value)


def test_kept_is_told_from_reached(capsys):
    lab.exercise_kept.solved(lambda epoch, loss, target: None)
    assert "no answer yet" in capsys.readouterr().out
    first = function("first_crossing", "crossing")
    assert "not 1: a run that falls" in hint(lab.exercise_kept, first)
    assert "only the second time counts" in hint(
        lab.exercise_kept, lambda epoch, loss, target: next(
            e for e, now in zip(epoch, loss) if now <= target))
    lab.exercise_kept.solved(function("kept_solution",
                                      "exercise-kept-solution"))
    assert "Right." in capsys.readouterr().out


@pytest.mark.parametrize("low, words", [(.69, "You have refuted us"),
                                        (.71, "do not refute us")])
def test_a_rescue_refutes_or_does_not(low, words, capsys):
    lab.exercise_rescue.solved(None)
    assert "no answer yet" in capsys.readouterr().out
    rows = rows_of({8: [4, 3, 2, 1, low, 1, 1]}).assign(unique=6_400)
    lab.exercise_rescue.solved(rows)
    assert words in capsys.readouterr().out
    assert "widths=[8]" in hint(lab.exercise_rescue, rows.assign(size=16))
    assert "uniques=[6_400]" in hint(lab.exercise_rescue,
                                     rows.assign(unique=800))


def test_the_training_loss_is_told_from_the_validation_loss(capsys):
    lab.exercise_training.solved(None)
    assert "no answer yet" in capsys.readouterr().out
    rows = rows_of({8: [4, 3, 2, 1, .5, .2, .1], 16: [4, 2, 1, .5, 0, 0, 0]})
    rows["excess"] = rows.value - rows.value.min()
    table = crossing.needed(rows, [0, .3, .6], column="excess",
                            quantity="train")
    assert "targets are" in hint(lab.exercise_training,
                                 table[table.target > 0])
    assert "is this the training loss?" in hint(
        lab.exercise_training, table.assign(needed=9.0))
    lab.exercise_training.solved(table)
    assert "Right." in capsys.readouterr().out


def test_ones_own_text_needs_two_sizes(capsys):
    lab.exercise_text.solved(None)
    assert "no answer yet" in capsys.readouterr().out
    rows = rows_of({8: SLOW, 16: FAST})
    assert "two sizes" in hint(lab.exercise_text, rows[rows["size"] == 8])
    lab.exercise_text.solved(rows)
    assert "with 1,032 parameters" in " ".join(
        capsys.readouterr().out.split())
