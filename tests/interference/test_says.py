"""What rows say and what claims make of it; what cells cost."""
from math import nan

import numpy as np
import pandas as pd
import pytest

from labkit.interference import (
    CLAIMS,
    EXPERIMENTS,
    forgetting,
    forks,
    mixture,
    price,
)
from labkit.interference.forks import PROGRAMS
from labkit.members import parity
from tests.interference import cases
from tests.interference.cases import SIDES, TINY, learned, ways

approx = pytest.approx
FOUND = {   # effect, on the rows on which it holds, and a part of the words
    "C10a": (3, "2 dimensions"), "C10b": (0.9, "9 dimensions"),
    "C11a": (50, ""), "C11b": (37.5, ""), "C11c": (37.5, "width 4"),
    "C12a": (1.8, "2 of the rare tasks, width 8"),
    "C12b": (2, "step 10 to 100"), "C12c": (100, "of 16 "),
    "C12d": (1.5, "of 0.1,"), "C12e": (0, ""), "C12f": (0, ""),
    "C12g": (0.5, ""), "C12h": (1.5, "of 0.2,"), "C13a": (20, ""),
    "C13b": (60, "of width 16"), "C14a": (-10, "falls by 10 "),
    "C14b": (-10, ""), "C14c": (-10, ""), "C14d": (-0.1, ""),
    "C14e": (10, "width 16"),
    "C14f": (0.625, "width 16 is 0.625 times that at width 4"),
    "C14g": (0.625, ""), "C14h": (5 / 6, "width 8"), "C14i": (25, ""),
    "C14j": (75, "width 8"),
    "C14k": (-9, "at which the narrowest has gone 90 % of its way"),
    "C14l": (np.log(10) / np.log(20), "of width 4 (of its logarithm)"),
    "C15a": (2, ""),
    "C15b": (1, "width 8 is 1 times as fast as width 4"),
    "C15c": (1 - np.log(2) / np.log(9), "")}


@pytest.mark.parametrize("id", CLAIMS)
def test_a_claim_finds_what_the_rows_were_made_with(id):
    found = CLAIMS[id].test(SIDES[id][0])
    effect, words = FOUND[id]
    assert found.effect == approx(effect)
    assert words in CLAIMS[id].text(found)


def test_the_best_rate_of_a_width_teaches_it_most_of_the_mixture():
    rows = learned({
        (4, "mixture", 0.1, 5): [9, 9, 9], (4, "mixture", 0.2, 5): [1, 1, 1],
        (4, "mixture", 0.1, 9): [2, 2, 8], (4, "mixture", 0.2, 9): [5, 5, 4],
        (4, "uniform", 0.1, 9): [6, 7, 7], (4, "uniform", 0.2, 9): [30] * 3,
        (8, "mixture", 0.1, 9): [1, 1, 1], (8, "mixture", 0.2, 9): [0, 0, 2],
        (8, "uniform", 0.1, 9): [3, 3, 3]})
    keys = ["width", "lr", "arm", "step", "seed"]
    pd.testing.assert_frame_equal(
        mixture.best_rate(rows).sort_values(keys, ignore_index=True),
        rows[rows.lr == 0.1].sort_values(keys, ignore_index=True),
        check_like=True)


def test_the_first_step_with_so_many_tasks_may_be_never():
    found = pd.DataFrame([[0, 1, 2, 3], [2, 0, 0, 0], [0, 1, 1, 1],
                          [0, 3, 1, 2]], columns=[0, 5, 20, 90])
    assert mixture.first_step(found, 2).tolist() == [20, 0, 90, 5]
    assert mixture.first_step(found, 3).tolist() == [90, 90, 90, 5]
    # diverged after step 5: what was known by then is, the rest is not
    found = found[[0, 5]].reindex(columns=found.columns)
    assert mixture.first_step(found, 2).tolist() == approx(
        [nan, 0, nan, 5], nan_ok=True)


def test_a_rate_at_which_a_seed_diverges_is_not_the_best():
    rows = learned({(8, "mixture", lr, step): known
                    for lr, known in ((0.1, 9.0), (0.2, 3.0))
                    for step in (0, 5)})
    for one, best in ((rows, 0.1), (rows.assign(learned=rows.learned.mask(
            (rows.lr == 0.1) & (rows.step == 5) & (rows.seed == 2))), 0.2)):
        assert {*mixture.best_rate(one).lr} == {best}
        assert forks.good_rate(one.assign(
            experiment="forks", program="as it was")) == best


@pytest.mark.parametrize("a, b, kept", [
    (0.9, 0.7, 0.5), (0.5, 0.7, nan), (0.4, 0.3, nan), (nan, 0.7, nan)])
def test_what_was_never_known_is_not_kept(a, b, kept):
    rows = pd.DataFrame([dict(experiment="forgetting", order="shuffled",
                              seed=0, width=4, phase=phase, step=9, a=value)
                         for phase, value in (("A", a), ("B", b))])
    assert forgetting.kept(rows, "shuffled").iloc[0, 0] == approx(
        kept, nan_ok=True)


def test_the_average_is_over_the_steps_and_not_over_the_looks():
    run = {0: [0, 0, 0], 40: [1, 2, 3], 70: [2, 3, 4], 100: [4, 4, 6]}
    found = forks.on_average(cases.forks({
        ("as it was", step): values for step, values in run.items()}
        ).sample(frac=1, random_state=0))
    assert found[8, 0.1, "as it was"].tolist() == approx([1.55, 2.2, 3.15])
    assert found[4, 0.1, "as it was"].tolist() == approx([99] * 3)


@pytest.mark.parametrize("lr", [0.1, 0.2])
@pytest.mark.parametrize("best", [0.1, 0.2])
def test_the_rates_of_the_fork_are_the_lowest_and_the_best(lr, best):
    rows = cases.forks({(name, step): 5 for name in PROGRAMS
                        for step in (0, 9)}, lr, best)
    assert forks.low_rate(rows) == 0.1
    assert forks.good_rate(rows) == best
    one = rows[rows.width == 8]          # is the second width
    assert (forks.missed(one, "past", 0.2) == 0).all()


def test_every_seed_has_the_rate_at_which_it_is_fastest():
    found = price.fastest(cases.price({
        ("joint", 4, 0.1): [10, 10, 90], ("joint", 4, 0.2): [40, 50, 60],
        ("joint", 8, 0.1): [30, 30, nan], ("joint", 8, 0.2): [nan, 40, 10],
        ("joint", 16, 0.1): [9, 9, nan], ("alone", 4, 0.1): [7, 7, 7]}))
    assert found.T.to_dict("list") == {
        ("joint", 4): [10, 10, 60], ("joint", 8): [30, 30, 10],
        ("alone", 4): [7, 7, 7]}


def test_ways_are_compared_where_both_get_there():
    widths = 2, 4, 8, 16, 32
    rows = ways(([9, nan, 9], 100, 80, 60, 40), (7, 50, 45, 40, [nan, 9, 9]),
                widths=widths)
    rows = pd.concat([rows, ways((), (40, 120), "private", (8, 16))])
    for way, ratios in (("alone", {4: 2, 8: 80 / 45, 16: 1.5}),
                        ("private", {8: 2, 16: 0.5})):
        assert price.surcharge(rows, way)[1].to_dict() == approx(ratios)
    few = rows[rows.width.isin([2, 4, 32])]
    for measure in (price.surcharge, price.by_sharing):
        with pytest.raises(ValueError, match="width"):
            measure(few)


@pytest.mark.parametrize("name", EXPERIMENTS)
def test_larger_cells_are_said_to_cost_more(name):
    cost = EXPERIMENTS[name].price
    first = [*EXPERIMENTS[name].sizes][0]
    for cell in EXPERIMENTS[name].settings(first, [4, 2], **TINY[name]):
        assert 0 < cost(**cell) < min(60, cost(**cell | {"seeds": [1, 2, 3]}))
        for key in {"before", "after", "same", "steps", "width"} & {*cell}:
            assert cost(**cell | {key: 100 * cell[key]}) > cost(**cell)


@pytest.mark.parametrize("name, bad", [
    ("price", dict(width=[7], way=["private"])), ("price", dict(way=["all"])),
    ("superposed", dict(p=[1.5]))])
def test_settings_that_cannot_be_are_refused(name, bad):
    with pytest.raises(ValueError, match=rf"\b{[*bad][0]} is"):
        EXPERIMENTS[name].run("quick", **bad)


@pytest.mark.parametrize("steps", [1, 5, 30_000])
def test_looks_are_at_the_start_the_end_and_three_per_doubling(steps):
    found = parity.looks(steps)
    assert min(found) == 0 and max(found) == steps and len(found) <= 23
    assert all(isinstance(step, int) for step in found)
    late = [step for step in found if step > steps / 2 * 1.01]
    assert len(late) == min(3, steps - steps // 2)
