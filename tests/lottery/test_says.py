"""What rows say and what claims make of it, where the answer is known."""
import numpy as np
import pandas as pd
import pytest

from labkit import lottery
from labkit.lottery import draws, start, tickets
from labkit.lottery.jackpot import at_best_rate
from labkit.lottery.pruning import parents
from labkit.rows import spread
from tests.lottery import cases
from tests.lottery.cases import RATE, SIDES, models, prune, rewound

approx = pytest.approx
nan, inf = np.nan, np.inf


def middle(found):
    """The values of the middle seed of three, by column."""
    assert [*found.index] == [0, 1, 2]
    return found.loc[1].to_dict()


@pytest.mark.parametrize("measure, found", [
    (draws.chance, [3 / 4, 1, 1 / 2, 2 / 3, 0]),
    (draws.single, [65, 10, inf, 20, inf]),    # never, where half do not
    (draws.best_of, [10, 10, 10, 10, inf])])
def test_each_measure_has_each_width_at_its_best_rate(measure, found):
    rows = cases.draws({
        (4, 0.1): [10, 20, nan, nan], (4, 0.2): [50, 60, 70, nan],
        (4, 0.4): [40, 90, 95, nan], (8, 0.1): [30, 20, 50, 40],
        (8, 0.2): [10, 10, 10, nan], (8, 0.4): [31, 20, 51, 41],
        (16, 0.1): [10, 20, nan, nan], (32, 0.1): [10, 20, nan],
        (64, 0.1): [nan, nan]})
    # for one seed all get there at 0.1: not the best rate of all seeds
    late = (rows.width == 4) & (rows.lr == 0.1) & (rows.seed == 2)
    rows.needed = rows.needed.mask(late & rows.needed.isna(), 900)
    assert [*middle(measure(rows)).values()] == found


def test_a_seed_with_the_number_of_a_width_is_no_width():
    rows = cases.draws({(8, 0.1): [10, nan], (16, 0.1): [20, 30]})
    moved = rows.assign(seed=rows.seed + 8)
    assert draws.chance(moved).to_numpy().tolist() == draws.chance(
        rows).to_numpy().tolist()


def test_the_best_rate_has_the_largest_mean_speed():
    rows = rewound({(width, lr, "whole"): steps for width, *pair in (
        # 1/2 of (1/10, 1/10, 0) and of (1/20, 1/20, 1/20), in the mean
        (8, [10, 10, nan], [20] * 3), (16, [10, nan, nan], [20] * 3),
        (32, [10, nan, nan], [40] * 3)) for lr, steps in zip((.1, .2), pair)})
    assert at_best_rate(rows, np.median).T.to_numpy().tolist() == [
        [10, 10, inf], [20, 20, 20], [10, inf, inf]]


@pytest.mark.parametrize("best, share", [
    (80, 0), (40, 1 / 3), (20, 2 / 3), (10, 1)])
def test_draws_explain_their_share_of_the_logarithm_of_the_speed_up(
        best, share):
    rows = cases.race(best)
    assert draws.explained(rows).tolist() == approx([share] * 3)
    assert draws.narrowest(rows) == 8   # too few get there at 4
    assert draws.shares(rows)[16].isna().all()   # no speed-up to share
    assert draws.explained(rows.assign(needed=nan)).isna().all()


def test_the_narrowest_width_solves_its_task_for_all_seeds():
    rows = cases.draws({(4, 0.1): [40, 80, 90], (8, 0.1): [20, 40, 90],
                        (16, 0.1): [10]})
    few = (rows.width == 4) & (rows.seed == 2) & (rows.net < 2)
    for needed, share in ((rows.needed, 1 / 3), (rows.needed.mask(few), 0.5)):
        assert draws.explained(rows.assign(needed=needed)).tolist() == approx(
            [share] * 3)


@pytest.mark.parametrize("values, digits, text", [
    ([1000, 2000, 1500], 0, "1,500 (1,000 to 2,000)"),
    ([0.125, 0.5, 0.25], 2, "0.25 (0.12 to 0.50)"),
    ([10, inf, inf], 0, "never (10 to never)"), ([inf] * 3, 0, "never")])
def test_a_table_shows_the_median_of_the_seeds_and_their_range(
        values, digits, text):
    assert spread(pd.Series(values, dtype=float), digits) == text


TICKETS = prune({(64, RATE, 0.5, "original"): 0.7,
                 (64, RATE, 1.0, "original"): 0.8,
                 (64, RATE, 0.5, "signs"): 0.6, (64, RATE, 1.0, "signs"): 0.5,
                 (64, 0.2, 0.5, "original"): 0.1,
                 (128, RATE, 0.25, "original"): 0.88,
                 (128, RATE, 0.5, "original"): 0.9})


def test_tickets_are_those_of_one_way_width_and_rate():
    assert middle(tickets.right(TICKETS, "original")) == {0.5: 0.7, 1: 0.8}
    assert middle(tickets.lead(TICKETS, "signs")) == approx({0.5: 0.1,
                                                             1: 0.3})
    for change, needed in (("width", 64), ("lr", RATE)):
        with pytest.raises(ValueError, match=f"{change} is {needed}; .*0.77"):
            tickets.right(TICKETS.assign(**{change: 0.77}), "original")


def test_parents_are_compared_at_the_smallest_size_that_all_have():
    smaller = prune({(128, RATE, 0.125, "original"): 0.3})   # 64 has none
    for rows in TICKETS, pd.concat([TICKETS, smaller]):
        assert middle(parents(rows)) == {64: 0.7, 128: 0.88}


@pytest.mark.parametrize("steps, nearest", [
    (0, 1), (13, 13), (16, 13), (17, 20), (90, 20)])
def test_the_loss_after_some_steps_is_that_of_the_nearest_exam(
        steps, nearest):
    rows = models("one_rate", {(step, size, 0.1): 10 * step + size
                               for size in (4, 8) for step in (1, 13, 20)})
    assert middle(start.loss_after(rows, "one_rate", steps)) == {
        4: 10 * nearest + 4, 8: 10 * nearest + 8}


def test_each_size_has_at_each_step_the_rate_of_the_lowest_mean_loss():
    found = start.early(models("tuned_rate", {
        (0, 4, 0.1): 3, (0, 4, 0.2): 2, (0, 8, 0.1): 2, (0, 8, 0.2): 3,
        (16, 4, 0.1): 1, (16, 4, 0.2): 2,
        # the lowest seed and the lower median are not the lowest mean
        (16, 8, 0.1): [1, 2, 9], (16, 8, 0.2): [3, 3, 3],
        (16, 8, 0.4): [1, nan, 1]}))      # diverged
    assert set(found.quantity) == {"validation"}
    assert found.groupby(["step", "size"]).lr.unique().map(
        list).tolist() == [[0.2], [0.1], [0.1], [0.2]]


@pytest.mark.parametrize("id, expected", {
    "C16a": 0.1, "C16b": 0.1, "C16c": 0.03, "C16d": 0.95, "C16e": 0.1,
    "C16f": 0.5, "C16g": 0.55, "C16h": -0.005, "C16i": 0.1, "C17a": 0.5,
    "C17b": 1, "C17c": 2 / 3, "C17d": 0.95, "C17e": 0.95, "C17f": 0.1,
    "C17g": 0.2, "C18a": -1, "C18b": -1, "C18c": -1, "C18d": -1,
    "C18e": 0.5, "C18f": 0.5}.items())
def test_the_effects_are_what_the_rows_were_made_with(id, expected):
    assert lottery.CLAIMS[id].test(SIDES[id][0]).effect == approx(expected)


@pytest.mark.parametrize("winners, others, expected", [
    (30, nan, 0), (nan, 30, inf), (nan, nan, 1)])
def test_a_team_that_never_gets_there_is_last(winners, others, expected):
    found = lottery.CLAIMS["C16f"].test(cases.teams(winners, others))
    assert found.effect == expected and found.holds == (expected < 1)


def test_luck_that_is_not_known_for_one_seed_fails_the_claim():
    rows = cases.luck({(8, 0.1): [0.9, nan, 0.9], (8, 0.2): 0.9})
    assert not lottery.CLAIMS["C16g"].test(rows).holds


@pytest.mark.parametrize("id, value, place", [
    *((id, "untrained", dict(way="original", lr=RATE, density=0.25))
      for id in ("C16d", "C16e", "C16i")),
    ("C17d", "right", dict(way="random masks", width=4))])
def test_a_network_that_diverged_is_not_passed_over(id, value, place):
    rows, claim = SIDES[id][0], lottery.CLAIMS[id]
    assert claim.test(rows).holds
    lost = (rows[[*place]] == pd.Series(place)).all(axis=1) & (rows.seed == 1)
    assert claim.test(
        rows.assign(**{value: rows[value].mask(lost)})).holds is None
