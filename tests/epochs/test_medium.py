"""Medium sizes: only what is finished counts, and each size wholly."""
import pandas as pd
import pytest

from labkit import records
from labkit.epochs import medium
from labkit.language import Markov
from labkit.language.runs import tuned
from labkit.rows import only
from tests.epochs.cases import FAST, SLOW, rows_of

H = Markov().entropy


def rows(curves, *rates):
    """Rows of all ``curves`` at the rates, each a cell of its own."""
    return pd.concat([rows_of(curves, "medium", lr) for lr in rates])


def test_a_size_counts_when_all_its_rates_are_there():
    both = pd.concat([rows({8: SLOW}, .005, .01), rows({16: FAST}, .01)])
    assert {*medium.whole(both)["size"]} == {8}
    assert medium.best(both).to_dict() == {129 * 8: pytest.approx(
        SLOW[-1] + H)}
    # at the one rate that every size has first, both sizes do
    assert medium.own_ways(both).to_numpy() == pytest.approx([2.35, 1.2875])


def test_what_it_cost_is_that_of_all_runs():
    table = rows({8: SLOW}, .005, .01).assign(seconds=2.0)
    table["flops"] = 3 * table.step
    found = medium.spent(table)
    assert found.flops.tolist() == [2 * 5 * 3 * 160]
    assert found.seconds.tolist() == [2 * 5 * 2]


def test_cells_come_from_the_smallest_on_and_two_seeds_are_enough():
    cells = medium.medium.settings()
    assert [cell["width"] for cell in cells] == sorted(
        cell["width"] for cell in cells)
    assert {*cells[0]["seeds"]} == {0, 1} and cells[0]["lrs"] == [.01]
    assert len(medium.medium.settings(seeds=[3])[0]["seeds"]) == 1


def test_the_record_falls_with_size_and_the_largest_turns_up():
    rows = records.load("epochs", "medium")
    low = medium.best(rows)
    assert low.iloc[:-1].is_monotonic_decreasing and len(low) == 5
    # in both seeds it stays above the two next smaller ones
    ends = only(tuned(medium.whole(rows)), quantity="validation")
    lowest = ends.groupby(["parameters", "seed"]).value.min().unstack()
    assert (lowest.iloc[-1] > lowest.iloc[-3:-1].max()).all()
    assert medium.turn(rows).iloc[-1] < rows.epoch.max() - 1
    assert medium.spent(rows).seconds.iloc[-1] > 600
