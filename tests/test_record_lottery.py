"""What the lottery chapter says in words, tested on the recorded rows."""
import numpy as np
import pandas as pd
import pytest

from labkit import claims, lottery, tickets
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


def test_winning_units_keep_most_of_their_lead_on_new_examples(record):
    rows = lottery.of(record, "rewound").fillna({"needed": np.inf})
    steps = rows.groupby(["lr", "width", "way", "seed"]).needed.median(
        ).groupby(["lr", "way", "width"]).median().unstack("way")
    for lr in (0.003, 0.01):       # the two middle rates
        at = steps.loc[lr]
        kept = at["winners, new examples"]
        assert (at.winners < 1.2 * at.whole).all()
        assert (kept < (at.winners + at["random, new examples"]) / 2).all()
    evidence = lottery.winners_win(record)
    assert not evidence.holds and evidence.effect < 0.7   # one seed says no
    assert np.isinf(steps.loc[0.1].drop(columns="whole")).all(axis=None)
    assert (steps.loc[0.001, "random, new examples"] > 3000).all()


def test_a_mask_from_shuffled_labels_is_worth_no_more_than_a_random_one(
        record):
    for value in ("untrained", "trained"):
        other = lottery.tickets_of(record, "shuffled labels", value).median()
        random = lottery.tickets_of(record, "random mask", value).median()
        assert (other - random).abs().max() < 0.08


def test_with_most_weights_left_any_mask_will_do(record):
    for way in ("redrawn", "random mask", "signs"):
        gap = (lottery.tickets_of(record, "original")
               - lottery.tickets_of(record, way))[0.5]
        assert abs(gap.median()) < 0.015


def test_the_initial_values_count_less_at_larger_rates(record):
    rows = lottery.of(record, "prune")
    rows = rows[(rows.width == lottery.WIDTH) & (rows.density == 1 / 32)]
    right = rows.groupby(["lr", "way"]).trained.mean().unstack()
    lead = right.original - right.redrawn
    assert lead.is_monotonic_decreasing and (lead > 0).all()
    assert (right.original - right["random mask"] > 0.2).all()


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
    for steps in (4, 8):
        loss = lottery.loss_after(record, "tuned_rate", steps).median()
        assert loss.max() - loss.min() < 0.12
        assert not loss.is_monotonic_decreasing
    late = lottery.loss_after(record, "tuned_rate", 64).median()
    assert late.is_monotonic_decreasing and late[16] - late[512] > 0.2


def test_at_one_rate_all_but_the_widest_are_ahead_early(record):
    loss = lottery.loss_after(record, "one_rate", lottery.EARLY)
    assert (loss[[64, 128, 256]].lt(loss[16], axis=0)).all(axis=None)
    behind = lottery.loss_after(record, "one_rate", 5).median()
    assert behind[512] > behind[16] > behind[64]


def test_from_parts_of_128_units_on_little_is_left(record):
    best = lottery.best_of(record).median()
    assert best[128] < 1.4 * best[512]


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
