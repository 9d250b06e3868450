"""Epochs to a target and what follows from them, on known curves."""
import pytest

from labkit.epochs import epochs_to_target
from labkit.epochs.crossing import needed, per_doubling, to_own_best
from labkit.language import Markov
from labkit.language.runs import with_excess
from tests.epochs.cases import FAST, TWICE, rows_of

INF, NAN = float("inf"), float("nan")


@pytest.mark.parametrize("epochs, losses, target, answer", [
    # interpolated exactly: all of these numbers are binary fractions
    *(([0, 2, 6], [4, 2, 1], target, epoch) for target, epoch in (
        (4.0, 0), (3.5, 0.5), (2.75, 1.25), (2.0, 2), (1.0, 6))),
    # at the first point: that point's epochs; below all points: never
    ([0.5, 1], [2, 1], 3, 0.5), ([0.5], [2], 2, 0.5), ([0], [3], 2, None),
    ([0, 1, 2], [3, 2, 1], 0.999, None),
    # a run that diverged reaches nothing, but for what it had before
    ([0, 1, 2, 3], [3, 2, NAN, NAN], 1.5, None),
    ([0, 1], [NAN, NAN], 1.5, None), ([0, 1, 2], [3, 2, NAN], 2.5, 0.5),
    # down from infinity or NaN: the epochs of the point itself
    ([0, 1, 2], [INF, INF, 1], 1.5, 2), ([0, 1, 2], [3, NAN, 1], 1.5, 2),
    # of a loss that rises again, the first crossing
    ([0, 1, 2, 3, 4], [4, 2, 5, 1, 0], 3, 0.5), ([0, 1, 2], [4, 2, 5], 2, 1),
])
def test_epochs_to_a_target(epochs, losses, target, answer):
    assert epochs_to_target(epochs, losses, target) == answer


@pytest.mark.parametrize("name, arguments", [
    *(("epochs", (epochs, [3, 2, 1], 1)) for epochs in (
        [], [0, 1, 1], [0, 2, 1], [0, NAN, 1], [[0, 1, 2]])),
    ("epochs", ([], [], 1)), ("losses", ([0, 1], [3, 2, 1], 1)),
    ("losses", ([0, 1], 3, 1)), ("target", ([0, 1], [3, 2], NAN)),
    ("target", ([0, 1], [3, 2], INF))])
def test_bad_arguments_are_named(name, arguments):
    with pytest.raises(ValueError, match=name):
        epochs_to_target(*arguments)


def test_the_factor_per_doubling_is_that_of_the_curves():
    table = needed(TWICE, [2 + Markov().entropy])
    # between 0 and the first point the lines are straight: 0.5 against 1/3
    assert per_doubling(table).tolist() == pytest.approx([1.5] * 5)


def test_a_size_that_never_arrives_is_kept_as_nan_on_every_axis():
    rows = with_excess(rows_of({8: [4] * 7, 16: FAST}))
    for axis, most in (("epoch", 1), ("tokens", 1000), ("step", 10)):
        need = needed(rows, [0.5], axis, "excess").groupby("size").needed
        assert need.count().to_dict() == {8: 0, 16: 5}
        assert need.median()[16] == pytest.approx(most)


def test_the_way_to_ones_own_best_is_measured_from_the_start():
    rows = rows_of({8: [4, 3, 2, 1, 0, 0, 0]})
    # nine tenths of 4 nats: an excess of 0.4, between epochs 2 (1) and 4 (0)
    assert to_own_best(rows, 0.9).needed.tolist() == pytest.approx(
        [2 + 0.6 * 2] * 5)
