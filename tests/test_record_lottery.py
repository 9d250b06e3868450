"""What the lottery chapter says in words, tested on the recorded rows."""
import numpy as np
import pandas as pd
import pytest

from labkit import claims, lottery, tickets
from labkit.records import load

HELD = {"C16a", "C16b", "C16e", "C16h", "C17a", "C17e", "C17f", "C18d"}


@pytest.fixture(scope="module")
def record():
    return pd.concat([load("lottery", name) for name in lottery.EXPERIMENTS])


def test_the_claims_come_out_as_the_chapter_tells_them(record):
    judged = claims.judge(lottery.CLAIMS, record)
    assert {row.id for row in judged.itertuples() if row.holds} == HELD


def test_every_experiment_has_five_seeds(record):
    assert (record.groupby("experiment").seed.nunique() == 5).all()


def test_draws_explain_about_half(record):
    assert 0.4 < lottery.explained(record).median() < 0.75
    best = lottery.best_of(record).median()
    assert best.is_monotonic_decreasing and best[8] > 2 * best[512]


def test_luck_is_hardly_in_the_initial_weights(record):
    rows = lottery.of(record, "luck")
    assert rows.groupby("width").correlation.median().max() < 0.4


def test_winning_units_lose_most_of_their_lead_on_new_examples(record):
    rows = lottery.of(record, "rewound")
    rows = rows[rows.lr == rows.lr.min()]
    steps = rows.fillna({"needed": np.inf}).groupby("way").needed.median()
    assert steps["winners"] < steps["winners, new examples"]
    assert steps["winners"] < 1.3 * steps["whole"] < steps["random"]


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
