"""Small tables made of tidy rows."""
import numpy as np
import pandas as pd
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from labkit import rows

NAN = float("nan")
TABLE = pd.DataFrame({"experiment": [*"aaaab"], "seed": [0, 1, 0, 1, 0],
                      "width": [2, 2, 1, 1, 1], "value": [5, 6, 1, 3, 9]})


def test_the_rows_of_one_experiment_or_several_with_their_labels():
    assert rows.of(TABLE, "b").value.tolist() == [9]
    assert rows.of(TABLE, "a", width=1, seed=1).value.tolist() == [3]
    assert rows.of(TABLE, "b", "a", "never run", seed=0).equals(
        rows.only(TABLE, seed=[0]))


@pytest.mark.parametrize("table, labels, words", [
    (TABLE, dict(width=3), r"width is 3; these rows have \[2, 1\]"),
    (TABLE, dict(way="x"), "'way' is no column.*allowed are.*'width'"),
    (TABLE.assign(width=[2, 2, NAN, 1, 1]), dict(width=2),
     "width is missing in 1 of 4"),
    (TABLE.assign(experiment=[*"aaa", None, "b"]), {},
     "experiment is missing in 1 of 5"),
    (TABLE[TABLE.experiment == "b"], {}, r"experiment is .*'a'.*\['b'\]"),
    (pd.concat([TABLE, TABLE]), {}, "4 of 8 rows of a repeat another"),
    (pd.DataFrame(), {}, "'experiment' is no column")])
def test_rows_that_would_be_dropped_or_counted_twice_are_refused(
        table, labels, words):
    with pytest.raises(ValueError, match=words):
        rows.of(table, "a", **labels)


def test_a_table_has_a_row_per_seed_and_a_column_per_size():
    table = rows.wide(rows.of(TABLE, "a"), "value")
    assert table.to_dict() == {1: {0: 1, 1: 3}, 2: {0: 5, 1: 6}}
    assert rows.change(table).tolist() == [4, 3]
    assert rows.factor(table).tolist() == [5, 2]
    assert rows.wide(rows.of(TABLE, "b"), "width", "value").loc[0, 9] == 1


@pytest.mark.parametrize("change, words", [
    ({"seed": [0, 1, 0, NAN]}, "seed is missing in 1 of 4 rows"),
    ({"width": [2, 2, None, None]}, "width is missing in 2 of 4 rows"),
    ({"seed": [0, 1, 0, 0]}, "1 of 4 rows have the same seed, width"),
    ({"width": [2, 2, 1, 3]}, "4 rows are not all .*; 6 are needed")])
def test_a_table_with_a_gap_or_a_double_is_refused(change, words):
    with pytest.raises(ValueError, match=words):
        rows.wide(rows.of(TABLE, "a").assign(**change), "value")


@pytest.mark.parametrize("compare", [rows.change, rows.factor])
@pytest.mark.parametrize("columns", [[1], [2, 1], [1, 1], ["16", "8"],
                                     [1, NAN]], ids=str)
def test_a_change_needs_two_sizes_in_order(compare, columns):
    table = pd.DataFrame([range(len(columns))], columns=pd.Index(
        columns, name="width"))
    with pytest.raises(ValueError, match=r"width is \["):
        compare(table)


@settings(deadline=None, max_examples=50)
@given(st.lists(st.lists(st.sampled_from([0.5, 1, 2, NAN]), min_size=3,
                         max_size=3), min_size=1, max_size=4), st.randoms())
def test_each_group_keeps_its_best_and_none_is_left_out(groups, random):
    labels = [(size, rate) for size in range(len(groups))
              for rate in range(3)]
    random.shuffle(labels)
    scores = pd.Series({label: groups[label[0]][label[1]]
                        for label in labels}).rename_axis(["size", "rate"])
    best = rows.best(scores, "size")
    assert [size for size, _ in best] == [*range(len(groups))]
    for (_, rate), group in zip(best, groups):
        assert np.isnan(group).all() or group[rate] == np.nanmin(group)


@pytest.mark.parametrize("values, words", [
    ([8, 5, 6], "6 (5 to 8)"), ([5, 6, np.inf], "6 (5 to never)"),
    ([np.inf] * 2, "never"), ([5, 6, NAN], "unknown"), ([], "unknown")])
def test_a_spread_says_never_and_unknown(values, words):
    assert rows.spread(pd.Series(values, dtype=float)) == words


def test_what_is_missing_is_in_the_summary_of_its_group():
    group = pd.DataFrame({"seed": [0, 0, 1, 1], "value": [2, NAN, 3, 1]}
                         ).groupby("seed").value
    for summary, of_1 in ((rows.middle, 2), (rows.lowest, 1),
                          (rows.highest, 3), (rows.last, 1)):
        found = group.agg(summary)
        assert np.isnan(found[0]) and found[1] == of_1


def test_columns_of_members_become_rows():
    columns = {"loss": torch.tensor([.5, .25]), "right": torch.tensor([1, 2])}
    assert rows.as_rows(columns) == [{"loss": .5, "right": 1},
                                     {"loss": .25, "right": 2}]
    with pytest.raises(ValueError):
        rows.as_rows(columns | {"loss": torch.ones(3)})
