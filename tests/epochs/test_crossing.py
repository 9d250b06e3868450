"""Epochs to a target and what follows from them, on known curves."""
import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

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
        [], [0, 1, 1], [0, 2, 1], [0, NAN, 1], [0, 1, INF], [[0, 1, 2]])),
    ("epochs", ([NAN], [1], 2)),
    ("epochs", ([], [], 1)), ("losses", ([0, 1], [3, 2, 1], 1)),
    ("losses", ([0, 1], 3, 1)), ("target", ([0, 1], [3, 2], NAN)),
    ("target", ([0, 1], [3, 2], INF))])
def test_bad_arguments_are_named(name, arguments):
    with pytest.raises(ValueError, match=name):
        epochs_to_target(*arguments)


NATS = st.floats(0.01, 9)
LOSSES = st.one_of(NATS, st.sampled_from([0, NAN, INF]))


@settings(deadline=None, max_examples=50)
@given(st.lists(st.tuples(st.floats(0.1, 9), LOSSES), min_size=1, max_size=6),
       NATS, st.sampled_from([2.0**-40, 0.25, 2.0**40]))
def test_a_crossing_lies_where_the_loss_comes_down_in_any_unit(
        curve, target, unit):
    epochs, losses = np.cumsum([step for step, _ in curve]), [
        loss for _, loss in curve]
    first = next((i for i, loss in enumerate(losses) if loss <= target), None)
    found = epochs_to_target(epochs, losses, target)
    assert (found is None) == (first is None)
    if found is not None:
        before = epochs[first - 1] if first else epochs[0]
        assert before <= found <= epochs[first]
        assert epochs_to_target(unit * epochs, losses, target) == unit * found
        assert epochs_to_target(epochs, unit * np.array(losses),
                                unit * target) == found


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


ROWS = with_excess(rows_of({8: [4, 3, 2, 2, 2, 2, 2], 16: FAST}))


@pytest.mark.parametrize("label", ["size", "parameters", "lr", "seed",
                                   "quantity", "epoch"])
@pytest.mark.parametrize("missing", [NAN, None])
def test_a_run_without_a_label_is_refused_and_not_left_out(label, missing):
    rows = ROWS.astype({label: object})
    rows.loc[rows.index % 2 == 0, label] = missing
    with pytest.raises(ValueError, match=f"{label} is missing in"):
        needed(rows, [1])


@pytest.mark.parametrize("arguments, words", [
    (dict(quantity="validate"), r"quantity is 'validate'.*'validation'"),
    (dict(column="exces"), "'exces' is no column.*'excess'"),
    (dict(axis="epochs"), "'epochs' is no column.*'epoch'")])
def test_a_mistyped_name_is_refused_with_those_that_there_are(arguments,
                                                              words):
    with pytest.raises(ValueError, match=words):
        needed(ROWS, [1], **arguments)


def test_rows_in_any_order_need_the_same_and_none_counts_twice():
    known = needed(ROWS, [1, 0.5], column="excess")
    pd.testing.assert_frame_equal(known, needed(
        ROWS.sample(frac=1, random_state=0), [1, 0.5], column="excess"))
    assert needed(ROWS, []).columns.equals(known.columns)
    with pytest.raises(ValueError, match="as another"):
        needed(pd.concat([ROWS, ROWS]), [1])


def test_a_seed_that_cannot_tell_is_kept_without_a_factor():
    table = needed(ROWS, [1], column="excess")   # the small size: never
    assert np.isnan(per_doubling(table)).tolist() == [True] * 5
    both = table.needed.where(table["size"] == 16, 2 * table.needed.max())
    both[table.seed == 3] = NAN
    found = per_doubling(table.assign(needed=both))
    assert found.notna().tolist() == [True, True, True, False, True]


@pytest.mark.parametrize("change, words", [
    (dict(seed=NAN), "seed is missing"), (dict(needed=0.0), "target is 1.*"),
    (dict(parameters=5), "as another")])
def test_a_table_that_gives_no_factor_is_refused(change, words):
    with pytest.raises(ValueError, match=words):
        per_doubling(needed(ROWS, [1]).assign(**change))


def test_a_run_that_diverges_has_no_own_best():
    rows = rows_of({8: [4, 3, 2, 1, 0, 0, 0]})
    lost = rows.value.mask((rows.seed == 2) & (rows.epoch > 2))
    found = to_own_best(rows.assign(value=lost), 0.5).needed
    assert np.isnan(found[2]) and found.notna().sum() == 4
    assert to_own_best(rows.sample(frac=1, random_state=0), 1).needed.tolist(
        ) == [4] * 5    # all of the way: rounding makes it no never
