"""What the lab asks and answers: every branch, on what was and was not seen.
"""
import ast
import math
import operator
from types import SimpleNamespace as Run

import pandas as pd
import pytest
import torch

from labkit import epochs, lesson
from labkit.epochs import crossing, lab, predictions
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

NARROW = {"width": 8, "parameters": 1032, "excess": 1.0, "epochs": 5}
GIVEN = {"rate": .003, "untrained": 1.9, "low": .7, "last": .7, "epochs": 5,
         "own_low": .6, "own_last": .6, "firing": 1.0}
EASY = {"target": .95, "never": 0, "sizes": 3, "small": 4.0, "large": 2.0}
SAME = {"line": "same", "times": 7.0, "low": 6.0, "high": 8.0}
WRITTEN = {"order": "as written", "own_first": 2.3, "own_last": 1.8,
           "first": 2.4, "last": 2.2}


@pytest.mark.parametrize("excess, words", [
    (.7, "0.30 nats lower with 8,256"), (1.0, "not what we saw"),
    (1.1, "not what we saw")])
def test_a_wider_network_is_lower_or_it_is_not(excess, words):
    assert words in said(lab.width, NARROW, width=64, parameters=8256,
                         excess=excess, epochs=5)


@pytest.mark.parametrize("rate, low, last, own, firing, words", [
    (3.0, 1.9, 2.0, 1.9, 0.0, "Ruined"),
    (3.0, 1.9, float("nan"), float("nan"), 0.0, "Ruined"),
    (1e-5, 1.86, 1.86, 1.85, 1.0, "too short"),   # as good as untrained
    (.03, .64, .70, .1, 1.0, "fell by another 0.10 nats"),
    (.03, .64, .69, .3, 1.0, "went further"),   # up, but not by heart
    (.01, .61, .61, .2, 1.0, "went further"),
    (.1, .83, .96, .3, 1.0, "too long"),
    (.001, 1.1, 1.1, 1.1, 1.0, "more epochs help?")])
def test_a_rate_ruins_or_overfits_or_helps_or_is_too_long_or_short(
        rate, low, last, own, firing, words):
    assert words in said(lab.rate, GIVEN, rate=rate, low=low, last=last,
                         own_low=.2, own_last=own, firing=firing,
                         untrained=1.9, epochs=5)


@pytest.mark.parametrize("change, was", [
    (lab.width, NARROW), (lab.rate, GIVEN)])
def test_runs_of_other_lengths_are_not_compared(change, was):
    assert "10 epochs here, and 5 as given" in said(
        change, was, **was | {"epochs": 10})


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
    ("rule 2", .8, "does not have sooner"),
    ("rule 2", float("nan"), "no ratio"), ("same", math.inf, "no ratio")])
def test_a_line_of_ones_own_takes_the_lead_away_or_does_not(
        line, times, words):
    assert words in said(lab.line, SAME, line=line, times=times, low=0,
                         high=9)


def test_a_small_lead_that_is_gone_is_not_called_kept():
    assert "1.2 times has become 0.90 times" in said(
        lab.line, SAME | {"times": 1.2}, line="own", times=.9)


@pytest.mark.parametrize("own_last, last, words", [
    (2.6, 3.0, "the validation loss does not"),
    (2.6, 2.8, "still falls after the first epoch"),
    (2.9, 3.0, "Neither loss falls")])
def test_on_shuffled_tokens_one_loss_falls_or_another_or_none(
        own_last, last, words):
    assert words in said(lab.order, WRITTEN, order="shuffled", first=2.9,
                         own_first=2.8, own_last=own_last, last=last)


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


def examined(bias=0.0):
    """What the lab's exam says of an untrained model."""
    language = Markov(vocab=32, order=3, seed=0)
    model = MLP(vocab=32, context=3, width=4, seeds=[0])
    model.bias.data += bias
    text = torch.stack([language.sample(131, 0)])
    return lab.exam(language, text)(model)


def test_the_exam_of_an_untrained_model_is_that_of_who_knows_nothing():
    assert examined() == pytest.approx(
        {"train": 3.4657, "validation": 3.4657, "firing": 1}, abs=1e-3)


def test_no_unit_fires_that_is_far_below_zero_everywhere():
    assert examined(bias=-100)["firing"] == 0


def test_the_ends_of_a_run_are_those_of_its_curve():
    curve = pd.DataFrame({"train": [3, 2, 1.5], "validation": [3, 2.2, 2.4],
                          "firing": [1, .5, .2]})
    assert lab.ends(curve, 1.0) == pytest.approx({
        "epochs": 2, "untrained": 2, "first": 1.2, "low": 1.2, "last": 1.4,
        "own_first": 1, "own_low": 1, "own_last": .5, "firing": .2})
    lost = curve.assign(validation=float("nan"))
    assert math.isnan(lab.ends(lost)["low"])


def test_the_most_that_is_known_is_that_of_each_size():
    known = dict.fromkeys(epochs.known.PARTS, [.1, .3, .5, .4])
    ways = pd.DataFrame({"parameters": [8, 8, 16, 16], "seed": 0, **known,
                         "whole": [.4, 1.2, 2.0, 1.6]})
    assert lab.most(ways)["rule 1"].tolist() == [.3, .5]
    assert lab.most(ways).whole.tolist() == [1.2, 2.0]


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
    need = pd.DataFrame(2.0, [1032, 2064], predictions.AXES)
    need.loc[2064] = [1, 1, tokens, flops, 1]
    right, _ = lab.axis.judge(need)
    assert [bool(one) for one in right].index(True) == which


# --- exercises --------------------------------------------------------------

def hint(exercise, answer):
    """What is said to a wrong answer."""
    with pytest.raises(AssertionError) as error:
        exercise.solved(answer)
    return str(error.value)


def kept_by(enough, found):
    """A try at the exercise: ``enough`` of a loss, what is ``found``."""
    def measure(epoch, loss, target):
        first = None
        for i, now in enumerate(loss):
            if not enough(now, target):
                first = None
            elif first is None:
                first = i
        return None if first is None else found(epoch, first)
    return measure


@pytest.mark.parametrize("enough, found, words", [
    (operator.le, lambda epoch, i: i, "says 1, not 2"),
    (operator.lt, lambda epoch, i: epoch[i], "at the target is enough"),
    (operator.le, lambda epoch, i: epoch[i] or None, "in from the start")])
def test_kept_is_no_index_and_knows_the_target_and_the_start(
        enough, found, words):
    assert words in hint(lab.exercise_kept, kept_by(enough, found))


def test_kept_is_told_from_reached(capsys):
    lab.exercise_kept.solved(lambda epoch, loss, target: None)
    assert "no answer yet" in capsys.readouterr().out
    first = function("first_crossing", "crossing")
    assert "not 2: a run that falls" in hint(lab.exercise_kept, first)
    assert "only the second time counts" in hint(
        lab.exercise_kept, lambda epoch, loss, target: next(
            e for e, now in zip(epoch, loss) if now <= target))
    lab.exercise_kept.solved(function("kept_solution",
                                      "exercise-kept-solution"))
    lab.exercise_kept.solved(kept_by(operator.le, lambda epoch, i: epoch[i]))
    assert capsys.readouterr().out.count("Right.") == 2


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
