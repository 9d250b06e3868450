"""What the lottery chapter says in words, tested on the recorded rows."""
import numpy as np
import pandas as pd
import pytest

from labkit import claims, lottery
from labkit.lottery import tickets
from labkit.records import load

HELD = {"C16a", "C16b", "C16e", "C16h", "C16i", "C17a", "C17c",
        "C17e", "C17f", "C18d", "C18e"}


@pytest.fixture(scope="module")
def record():
    return pd.concat([load("lottery", name) for name in lottery.EXPERIMENTS])


def test_the_claims_come_out_as_the_chapter_tells_them(record):
    judged = claims.judge(lottery.CLAIMS, record)
    assert {row.id for row in judged.itertuples() if row.holds} == HELD


def test_every_experiment_has_five_seeds(record):
    assert (record.groupby("experiment").seed.nunique() == 5).all()


def test_draws_explain_more_than_half_and_not_all(record):
    assert lottery.explained(record).between(0.5, 0.75).all()
    best = lottery.best_of(record).median()
    assert best.is_monotonic_decreasing and best[8] > 2 * best[512]


def test_they_explain_less_of_what_wider_networks_gain(record):
    share = lottery.shares(record)
    half = share.median() > 0.5
    assert half[[8, 16, 32]].all() and not half[[64, 128]].any()
    spread = share.max() - share.min()
    assert spread[8] < 0.2 < 0.5 < spread[64] < spread[128]


def test_only_the_narrowest_do_not_always_win(record):
    solved = lottery.chance(record)
    assert (solved[8] < 0.9).all() and (solved.drop(columns=8) == 1).all(
        axis=None)


def test_signs_alone_do_better_untrained_and_not_as_a_trained_network(record):
    best, original = (lottery.tickets_of(record, way, "untrained").max(axis=1)
                      for way in ("signs", "original"))
    assert best.median() > original.median() and best.max() < 0.93


def test_the_best_rates_lie_within_those_that_were_tried(record):
    rows = lottery.of(record, "draw").fillna({"needed": np.inf})
    steps = rows.groupby(["width", "seed", "lr"]).needed
    for rank in ("min", "median"):
        speed = (1 / steps.agg(rank)).groupby(["width", "lr"]).mean()
        best = speed.unstack().idxmax(axis=1)
        assert (best < rows.lr.max()).all()
        assert (best.drop(8) > rows.lr.min()).all()   # 8: if any, smaller


def test_little_of_the_luck_is_in_the_initial_weights(record):
    rows = lottery.of(record, "luck")
    by_rate = rows.groupby(["lr", "width"]).correlation.median().unstack()
    assert (by_rate < 0.4).all(axis=None)
    assert (by_rate.loc[0.01] > by_rate.loc[0.03]).all()


def test_winning_units_keep_about_half_of_their_lead_on_new_examples(record):
    rows = lottery.of(record, "rewound").fillna({"needed": np.inf})
    steps = rows.groupby(["lr", "width", "way", "seed"]).needed.median(
        ).groupby(["lr", "way", "width"]).median().unstack("way")
    low = steps.loc[[0.003, 0.01]]
    assert (low.winners < 1.2 * low.whole).all()
    lead = np.log(low.random / low.winners)
    kept = np.log(low["random, new examples"] / low["winners, new examples"])
    assert (kept > 0.4 * lead).all() and (kept / lead).median() > 0.5
    assert (steps.loc[0.03].winners > steps.loc[0.03].whole).all()
    assert np.isinf(steps.loc[0.1].drop(columns="whole")).all(axis=None)


def test_two_claims_hold_for_four_seeds_of_five(record):
    teams = [lottery.team(record, way + ", new examples").median(axis=1)
             for way in ("winners", "random")]
    assert (teams[0] / teams[1] < 1).sum() == 4    # C16f, about
    gap = lottery.ahead(record, "one_rate", lottery.EARLY)
    assert (gap < 0).sum() == 4       # C18b


def test_a_mask_from_shuffled_labels_is_worth_little_more_than_a_random_one(
        record):
    def right(way, value="trained"):
        return lottery.tickets_of(record, way, value).median()

    few = slice(0, 1 / 16)
    other, random, ticket = (right(way).loc[few] for way in (
        "shuffled labels", "random mask", "original"))
    assert (other - random < 0.35 * (ticket - random)).all()
    assert right("shuffled labels", "untrained").max() < 0.2    # guessing


def test_with_most_weights_left_any_mask_will_do(record):
    for way in ("redrawn", "random mask", "signs"):
        gap = (lottery.tickets_of(record, "original")
               - lottery.tickets_of(record, way))[0.5]
        assert abs(gap.median()) < 0.015


def test_the_initial_values_count_less_at_larger_rates(record):
    rows = lottery.of(record, "prune")
    right = rows[rows.width == lottery.WIDTH].groupby(
        ["density", "lr", "way"]).trained.median().unstack()
    lead = right.original - right.redrawn
    for density in (1 / 16, 1 / 32):
        assert lead[density].is_monotonic_decreasing
        assert (lead[density] > 0).all()
    assert not lead[1 / 64].is_monotonic_decreasing    # no trend
    mask = right.original - right["random mask"]
    assert mask[1 / 32].iloc[-1] > 0.8 * mask[1 / 32].iloc[0]
    assert mask[1 / 16].iloc[-1] < 0.6 * mask[1 / 16].iloc[0]


def cell(record, density, lr):
    """Accuracies of all ways, trained: seed x way."""
    rows = lottery.of(record, "prune")
    return rows[(rows.width == lottery.WIDTH) & (rows.lr == lr)
                & (rows.density == density)].pivot(
                    index="seed", columns="way", values="trained")


@pytest.mark.parametrize("density, lr, against", [
    (1 / 64, 0.003, 0), (1 / 32, 0.003, 1), (1 / 64, 0.01, 1),
    (1 / 64, 0.03, 1)])
def test_the_values_matter_less_surely_close_by_and_the_mask_does_not(
        record, density, lr, against):
    right = cell(record, density, lr)
    assert (right.original < right.redrawn).sum() == against
    assert (right.original > right["random mask"]).all()


def test_untrained_tickets_are_far_from_guessing_and_from_trained(record):
    ticket = lottery.tickets_of(record, "original", "untrained")[1 / 8]
    assert ticket.between(0.4, 0.85).all()
    redrawn = lottery.tickets_of(record, "redrawn", "untrained")
    assert redrawn.max(axis=None) < 0.35


def test_random_masks_are_as_bad_at_every_width(record):
    right = lottery.masked(record, "random masks").median()
    assert right.max() < 0.3 and right.max() - right.min() < 0.1


def test_the_sizes_cannot_be_told_apart_early_at_scaled_rates(record):
    for steps in (10, 20, 40):
        loss = lottery.loss_after(record, "scaled_rate", steps)
        widths = loss.median()
        assert widths.max() - widths.min() < 0.07
    late = lottery.loss_after(record, "scaled_rate", 256).median()
    assert late[16] - late[32] > 0.05 < late[16] - late[512]


def test_with_the_best_rate_for_each_all_begin_alike(record):
    for steps in (1, 2, 3, 4):
        loss = lottery.loss_after(record, "tuned_rate", steps).median()
        assert loss.max() - loss.min() < 0.1
        assert not loss.is_monotonic_decreasing
    for steps in (10, 16, 32, 64):
        loss = lottery.loss_after(record, "tuned_rate", steps)
        assert (loss.idxmax(axis=1) == 16).all()
    late = loss.median()
    assert late.is_monotonic_decreasing and late[16] - late[512] > 0.2


def test_the_widest_is_ahead_for_every_seed_later(record):
    assert (lottery.ahead(record, "one_rate", 8) > 0).all()
    assert (lottery.ahead(record, "one_rate", 32) < 0).all()
    assert (lottery.ahead(record, "scaled_rate", 64) < 0).all()
    start = lottery.ahead(record, "one_rate", 0)
    assert 0 < (start < 0).sum() < len(start)


def test_at_one_rate_all_but_the_widest_are_ahead_early(record):
    loss = lottery.loss_after(record, "one_rate", lottery.EARLY)
    assert (loss[[64, 128, 256]].lt(loss[16], axis=0)).all(axis=None)
    behind = lottery.loss_after(record, "one_rate", 5).median()
    assert behind[512] > behind[256] > behind[16] > behind[64]
    soon = lottery.loss_after(record, "one_rate", 3)[[32, 64, 128]]
    first = lottery.loss_after(record, "one_rate", 3)[16]
    assert soon.median().lt(first.median()).all()


def test_from_64_units_on_little_is_left_to_divide(record):
    alone = lottery.single(record).median()
    assert alone[64] < 2 * alone[512] and alone[32] > 2 * alone[512]


def test_down_to_a_quarter_of_the_weights_a_ticket_matches_the_whole(record):
    right = lottery.tickets_of(record, "original").median()
    assert right[1.0] - right[0.25] < 0.01
    assert right[1.0] - right[1 / 64] > 0.3


def test_the_distance_levels_off_in_mup_and_not_in_ntk(record):
    ntk, mup = (lottery.distance(record, scaling).median()
                for scaling in ("ntk", "mup"))
    assert abs(ntk[512] / ntk[128] - 0.5) < 0.05    # width ** -1/2
    assert mup[512] / mup[128] > 0.75


def test_the_recorded_draws_have_the_same_total_width(record):
    rows = lottery.of(record, "draw")
    nets = rows.groupby("width").net.nunique()
    assert (nets * nets.index == tickets.TOTAL).all()
