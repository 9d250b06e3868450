"""What the lottery chapter says in words, tested on the recorded rows."""
import numpy as np
import pandas as pd
import pytest

from labkit import lottery, records
from labkit.lottery import draws, search, tickets
from labkit.lottery.distance import distances
from labkit.lottery.pruning import lead_at_rates
from labkit.lottery.start import EARLY, ahead, loss_after
from labkit.lottery.winners import team
from labkit.rows import of

RECORD = pd.concat(records.tables("lottery").values())
HELD = {"C16b", "C16e", "C16f", "C16h", "C16i", "C17a", "C17c", "C17e",
        "C17f", "C18b", "C18d", "C18e"}
OPEN = {"C16a", "C17g", "C18a", "C18c"}
HIGHER = {"C16a", "C16b", "C16e", "C16i", "C17a", "C17f", "C18a", "C18c"}
LOWER = {"C16h", "C17g", "C18b", "C18d"}
TEN = {*"C16a C16b C16c C16d C16e C16h C16i C17g C18a C18b".split()}
WAYS = ["original", "signs", "redrawn", "random mask", "shuffled labels"]


@pytest.mark.parametrize("id", lottery.CLAIMS)
def test_the_claims_come_out_as_the_chapter_tells_them(id):
    found = lottery.CLAIMS[id].test(RECORD)
    assert found.seeds == (10 if id in TEN else 5)
    assert found.holds == (None if id in OPEN else id in HELD)
    if id in HIGHER | LOWER:       # "rises", "higher"; "falls", "lower"
        assert (found.effect > 0) == (id in HIGHER) and found.effect


def test_draws_are_a_part_of_what_width_gives():
    best, alone = (found(RECORD).median()
                   for found in (draws.best_of, draws.single))
    assert best.is_monotonic_decreasing and best[8] > 2 * best[512]
    assert alone[32] > 2 * alone[512] == 2 * best[512] > alone[64]
    share = draws.shares(RECORD)
    assert share[[8, 16, 32]].median().min() > 0.5   # "more than half"
    assert share[[64, 128]].median().max() < 0.5
    spread = share.max() - share.min()
    assert spread[8] < 0.2 < 0.5 < spread[64] < spread[128]
    assert draws.explained(RECORD).between(0.5, 0.75).all()


def test_only_the_narrowest_do_not_always_win():
    solved = draws.chance(RECORD)
    assert solved[8].max() < 0.9 and solved.drop(columns=8).min(axis=None) == 1


def test_the_best_rates_lie_within_those_that_were_tried():
    rows = of(RECORD, "draw").fillna({"needed": np.inf})
    for rank in ("min", "median"):
        steps = rows.groupby(["width", "seed", "lr"]).needed.agg(rank)
        best = (1 / steps).groupby(["width", "lr"]).mean().unstack().idxmax(
            axis=1)
        assert best.max() < rows.lr.max()
        assert best.drop(8).min() > rows.lr.min()   # 8: if any, smaller


def test_little_of_the_luck_is_in_the_initial_weights():
    by_rate = of(RECORD, "luck").groupby(
        ["lr", "width"]).correlation.median().unstack()
    assert by_rate.max(axis=None) < 0.4
    assert (by_rate.loc[0.01] > by_rate.loc[0.03]).all()


def test_winning_units_keep_about_half_of_their_lead_on_new_examples():
    rows = of(RECORD, "rewound").fillna({"needed": np.inf})
    steps = rows.groupby(["lr", "width", "way", "seed"]).needed.median(
        ).groupby(["lr", "way", "width"]).median().unstack("way")
    low = steps.loc[[0.003, 0.01]]
    assert (low.winners < 1.2 * low.whole).all()
    lead = np.log(low.random / low.winners)
    kept = np.log(low["random, new examples"] / low["winners, new examples"])
    assert (kept > 0.4 * lead).all() and (kept / lead).median() > 0.5
    assert (steps.loc[0.03].winners > steps.loc[0.03].whole).all()
    assert np.isinf(steps.loc[0.1].drop(columns="whole")).all(axis=None)
    shown = steps.xs(256, level="width").drop(0.1)   # the table's caption
    for what in ("", ", new examples"):
        assert (shown["winners" + what] < shown["random" + what]).all()


def test_two_claims_do_not_hold_for_every_seed():
    winners, others = (team(RECORD, way + ", new examples").median(axis=1)
                       for way in ("winners", "random"))
    assert (winners < others).sum() == 4    # C16f, about
    assert (ahead(RECORD, "one_rate", EARLY) < 0).sum() == 9    # C18b


def test_tickets_and_their_controls():
    right = pd.DataFrame({way: tickets.right(RECORD, way).median()
                          for way in WAYS})
    lost = right.original[1.0] - right.original
    assert lost[1 / 4] < 0.01 < 0.3 < lost[1 / 64]
    for way in ("redrawn", "random mask", "signs"):   # any mask will do
        assert abs(tickets.lead(RECORD, way)[0.5].median()) < 0.015
    few = right.loc[:1 / 16].sub(right["random mask"], axis=0).dropna()
    assert (few["shuffled labels"] < 0.35 * few.original).all()


def test_untrained_tickets_are_far_from_guessing_and_from_trained():
    right = {way: tickets.right(RECORD, way, "untrained") for way in WAYS}
    assert right["original"][1 / 8].between(0.5, 0.85).all()
    for way in WAYS[2:]:
        assert right[way].max(axis=None) < 0.35
    assert right["shuffled labels"].median().max() < 0.2    # guessing
    original, signs = (right[way].max(axis=1) for way in WAYS[:2])
    assert original.median() < signs.median() < 0.9


def test_the_initial_values_count_less_at_larger_rates():
    rows = of(RECORD, "prune")
    right = rows[rows.width == tickets.WIDTH].groupby(
        ["density", "lr", "way"]).trained.median().unstack()
    lead = right.original - right.redrawn
    assert [density for density in (1 / 16, 1 / 32, 1 / 64)
            if lead[density].is_monotonic_decreasing] == [1 / 16, 1 / 32]
    assert lead[[1 / 16, 1 / 32]].min() > 0
    mask = right.original - right["random mask"]
    left = {density: mask[density][0.03] / mask[density][0.001]
            for density in (1 / 16, 1 / 32)}
    assert left[1 / 16] < 0.6 < 0.8 < left[1 / 32]


def test_the_values_matter_less_surely_close_by_and_the_mask_does_not():
    values, mask = (lead_at_rates(RECORD, way)
                    for way in ("redrawn", "random mask"))
    cells = [(.003, 1 / 64), (.003, 1 / 32), (.01, 1 / 64), (.03, 1 / 64)]
    assert (values < 0).sum(axis=1)[cells].tolist() == [2, 1, 2, 2]
    assert (values < 0).sum(axis=1)[.001, 1 / 64] == 2
    assert (values.loc[.003, 1 / 64][:5] > 0).all()   # the first look
    assert mask.loc[cells].min(axis=None) > 0


def test_random_masks_are_as_bad_at_every_width():
    right = search.masked(RECORD, "random masks").median()
    assert right.max() < 0.3 and right.max() - right.min() < 0.1


def test_the_sizes_begin_alike():
    for steps in (10, 20, 40):
        assert np.ptp(loss_after(RECORD, "scaled_rate", steps).median()) < .07
    for steps in (1, 2, 3, 4):
        loss = loss_after(RECORD, "tuned_rate", steps).median()
        assert np.ptp(loss) < 0.1 and not loss.is_monotonic_decreasing


def test_the_narrowest_is_soon_last():
    for steps in (10, 16, 32, 64):    # at the best rate of each, every seed
        loss = loss_after(RECORD, "tuned_rate", steps)
        assert (loss.idxmax(axis=1) == 16).all()
    late = loss.median()
    assert late.is_monotonic_decreasing and late[16] - late[512] > 0.2
    late = loss_after(RECORD, "scaled_rate", 256).median()
    assert late[16] - late[32] > 0.05 < late[16] - late[512]


def test_the_widest_is_ahead_for_every_seed_later():
    level, *later = ((ahead(RECORD, *at) > 0).sum() for at in (
        ("one_rate", 0), ("one_rate", 8), ("one_rate", 32),
        ("scaled_rate", 64)))
    assert 1 <= level <= 9 and later == [10, 0, 0]    # seeds it is behind


def test_at_one_rate_all_but_the_widest_are_ahead_early():
    loss = loss_after(RECORD, "one_rate", EARLY)
    assert (loss[[64, 128, 256]].max(axis=1) < loss[16]).all()
    five, three = (loss_after(RECORD, "one_rate", steps).median()
                   for steps in (5, 3))
    assert five[512] > five[256] > five[16] > five[64]
    assert three[[32, 64, 128]].max() < three[16]


def test_the_distance_levels_off_in_mup_and_not_in_ntk():
    ntk, mup = (distances(RECORD, scaling).median()
                for scaling in ("ntk", "mup"))
    assert abs(ntk[512] / ntk[128] - 0.5) < 0.05    # width ** -1/2
    assert mup[512] / mup[128] > 0.75
