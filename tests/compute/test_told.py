"""What the lesson shows: bills of one loss, and the valleys of a ball."""
import numpy as np
import pandas as pd
import pytest

from labkit.compute import ball, told
from publish import facts
from tests.compute import cases

approx = pytest.approx


def test_a_bill_is_that_of_sizes_that_arrive_in_every_seed():
    rows = pd.concat([cases.timed(cases.FASTER, 1, 9, 40),
                      cases.timed({800: (9, 9, 0)}, 1)])
    bill = told.bills({"curves": rows[rows.experiment == "curves"],
                       "steps": rows[rows.experiment == "steps"]}, .5)
    assert 800 not in bill.index and len(bill) > 1
    assert (bill.flops / bill.tokens / bill.index).to_numpy() == approx(6)


def test_ten_times_the_flops_grow_a_size_by_its_power():
    best = pd.DataFrame([
        dict(flops=C, seed=seed, parameters=seed * C**.5, tokens=1., ratio=1.)
        for C in (1e9, 4e9, 1e10) for seed in (1, 2, 3)])
    assert told.by_ten(best) == approx(10**.5)


def test_a_size_is_called_as_on_the_buttons_of_the_race():
    assert [told.thousands(size) for size in (16512, 132096)] == [
        "17k", "132k"]


def test_setups_differ_and_one_low_rate_makes_a_steeper_law():
    kept = facts.load("compute")["facts"]
    faked = {name: float(factor) for name, factor in kept["faked"].items()}
    assert faked["careless"] > faked["tuned"] > faked["muP"] > 1
    muP, standard = (float(kept[last]) / float(kept[first])
                     for first, last in (
        ("ratio_first", "ratio_last"),
        ("ratio_standard_first", "ratio_standard_last")))
    assert muP > 2 and standard < 1.2


def test_more_computation_buys_more_text_than_size():
    kept = facts.load("compute")["facts"]
    assert 1 < float(kept["size_grown"]) < float(kept["text_grown"])
    assert 1 < float(kept["plan_rest"]) < float(kept["plan_spread"])


def ends_of(losses):
    """The ends of runs at the ball's budgets: losses by size."""
    return pd.DataFrame([
        dict(flops=1e9 * times, parameters=100 * 2**i, seed=seed,
             excess=loss + shift) for times in ball.BUDGETS
        for seed, shift in ((0, -.01), (1, 0), (2, .01))
        for i, loss in enumerate(losses)])


def test_the_ball_lies_on_the_runs_and_between_them():
    sizes, found = ball.valleys(ends_of([.8, .4, .2, .3]))
    assert sizes == [100, 200, 400, 800] and len(found) == 3
    assert found[0]["losses"] == [.8, .4, .2, .3]
    way = np.array(ball.places(found[0], len(sizes)))
    assert len(way) == 3 * ball.FINE + 1
    assert way[0][0] == ball.LEFT and way[-1][0] == ball.RIGHT
    assert way[:, 1].argmax() == 2 * ball.FINE   # no dip between two runs
    level = ball.BOTTOM - way[::ball.FINE, 1]
    assert np.diff(level) / np.diff(np.log([.8, .4, .2, .3])) == approx(
        (ball.BOTTOM - ball.TOP) / np.log(ball.RANGE[1] / ball.RANGE[0]),
        abs=.2)


def test_the_page_of_the_ball_shows_each_valley_and_says_its_best():
    shown = ball.Ball(ends_of([.8, .4, .2, .3]))
    assert shown.page.count("data-line") - 1 == len(ball.BUDGETS)
    assert "400, 400, 400 parameters" in shown.text
    assert "{" not in shown.page.partition("<script>")[0]
