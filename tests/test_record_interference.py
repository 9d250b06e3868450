"""What the interference chapter says in words, tested on the recorded rows."""
import pandas as pd
import pytest

from labkit import claims, interference
from labkit.interference import sharing, superposition
from labkit.records import load

HELD = {"C10a", "C11a", "C11b", "C12a", "C12b", "C12d", "C13a", "C14a",
        "C14c", "C14f", "C14i", "C15a", "C15c"}


@pytest.fixture(scope="module")
def record():
    return pd.concat([load("interference", name)
                      for name in interference.EXPERIMENTS])


def last(rows):
    return rows[rows.step == rows.step.max()]


def test_the_claims_come_out_as_the_chapter_tells_them(record):
    judged = claims.judge(interference.CLAIMS, record)
    assert {row.id for row in judged.itertuples() if row.holds} == HELD


def test_the_first_sentence_is_supported_and_the_others_are_partly(record):
    ruling = claims.verdicts(claims.judge(interference.CLAIMS, record))
    assert ruling == {f"C{n}": "supported" if n == 10 else "partly"
                      for n in range(10, 16)}


def test_every_experiment_has_five_seeds(record):
    assert (record.groupby("experiment").seed.nunique() == 5).all()


def test_wide_networks_learn_all_tasks_on_either_diet(record):
    rows = last(interference.best_rate(record))
    rows = rows[(rows.width >= 64) & (rows.arm != "rare alone")]
    assert (rows.learned == sharing.TASKS).all()


def test_late_and_stopped_look_alike_early_on(record):
    rows = interference.best_rate(record)
    rows = rows[(rows.arm == "mixture") & (rows.step < 1000)]
    assert (rows[rows.width <= 32].groupby(["width", "step"]).rare.median()
            == 0).all()
    assert rows[rows.width == 64].rare.max() > 0


def test_the_last_tasks_have_not_come_at_width_32(record):
    learned = interference.along(record, "mixture", "learned")
    assert learned.iloc[:, -1].between(13, 15).all()


def test_a_step_of_surgery_takes_several_times_as_long(record):
    rows = interference.of(record, "price")
    cost = rows.groupby(["way", "width"]).milliseconds.median().unstack()
    assert (cost.loc["surgery"] > 1.5 * cost.loc["joint"]).all()


def test_the_narrowest_ends_in_different_places(record):
    rows = last(interference.of(record, "tasks"))
    rows = rows[(rows.width == 16) & (rows.arm == "uniform")]
    learned = rows[rows.lr == rows.lr.min()].learned
    assert learned.max() >= 11 and learned.min() <= 8


def test_the_fork_has_three_causes_that_depend_on_the_size(record):
    costs = interference.causes(record).groupby(["width", "lr"]).median()
    slow = costs.xs(costs.index.unique("lr").min(), level="lr")
    assert (slow.loc[32] > 1).all() and slow.loc[32].max() < 3
    assert slow.loc[16].idxmin() == "conflict" == slow.loc[64].idxmax()


def test_at_the_best_rate_the_gradients_part_is_not_clear_of_zero(record):
    assert interference.low_rate(record) == .01
    best = interference.good_rate(record)
    rows = interference.best_rate(record)     # of the other experiment
    assert {best} == {*rows[rows.width == 32].lr}
    costs = interference.causes(record).loc[32, best]
    assert costs["conflict"].min() < 0 < costs["conflict"].median()
    assert (costs[["step size", "past"]] > 0).all(axis=None)


def test_reweighting_late_gains_less_than_masking(record):
    known = interference.on_average(record).unstack("program")
    known = known.loc[32, known.index.unique("lr").min()]
    assert (known["common x 0.1"] < known["common masked"]).all()


def test_the_mixture_is_learned_late_by_wide_networks(record):
    rows = interference.of(record, "tasks")
    rows = rows[(rows.width == 64) & (rows.lr == rows.lr.min())]
    learned = rows[rows.arm == "mixture"].groupby("step").learned.min()
    assert learned.loc[:4000].max() < 12 and learned.iloc[-1] == 16


def test_a_longer_step_does_more_than_its_share_of_harm(record):
    rows = interference.of(record, "conflict")
    rows = rows[rows.moment == "same step"]
    assert (rows.harm > 4 * rows.harm_short).mean() > 0.9
    assert (rows.own > 4 * rows.own_short).all()   # and less good


def test_before_training_no_step_helps_its_own_task(record):
    rows = interference.of(record, "conflict")
    start = rows[rows.moment == "start"]
    assert (start.groupby("width").own.median() > 0).all()
    cosine = start.groupby("width").cosine.median()
    assert cosine[[16, 32]].min() > cosine[[64, 128, 256]].max()


def test_the_worst_conflict_is_worse_in_the_widest(record):
    worst = interference.at(record, "same loss", "worst").median()
    assert worst[256] < worst[16] < 0


def test_units_are_shared_as_by_chance(record):
    main, chance = (interference.at(record, "same loss", value)
                    for value in ("dedication", "by_chance"))
    assert (abs((main - chance).mean()) < 0.02).all()
    assert (abs(main - chance) < 0.06).all(axis=None)


def test_two_widths_of_single_tasks_need_the_same_steps(record):
    alone = interference.fastest(record).loc["alone"]
    assert alone.loc[256].median() == alone.loc[512].median() == 50
    assert (alone.loc[512] >= 9 * sharing.OFTEN).all()


def test_sharing_is_free_at_no_width(record):
    assert (interference.surcharge(record) > 2).all(axis=None)


def test_surgery_saves_no_steps_worth_the_name(record):
    joint, surgery = interference.both(record, "surgery")
    assert ((surgery / joint).median(axis=1) > 0.9).all()


def test_sharing_is_a_gain_for_narrow_and_a_price_for_wide_networks(record):
    steps = interference.fastest(record)
    assert 32 in steps.loc["joint"].index
    assert steps.loc["private"].index.min() == 64   # narrower: never
    ratio = interference.surcharge(record, "private").median(axis=1)
    assert ratio[64] < 1 < ratio[128] and ratio.is_monotonic_increasing


def test_in_sequence_all_widths_forget_and_shuffled_none(record):
    rows = last(interference.of(record, "forgetting"))
    rows = rows[rows.phase == "B"]
    ends = rows.groupby(["order", "width"]).a.median()
    assert (ends["sequential"] < 0.7).all()
    assert (ends["shuffled"] > 0.9).all()


def test_superposition_is_for_sparse_features_at_every_width(record):
    rows = interference.of(record, "superposed")
    packed = rows.groupby(["p", "m"]).packed.median()
    assert (packed[rows.p.min()] > 1.9).all()
    assert (abs(packed[1] - 1) < 0.1).all()


def test_the_overlap_is_close_to_the_least_possible(record):
    rows = interference.of(record, "superposed")
    rows = rows[(rows.p < 1) & (rows.m > 4) & (rows.represented == 1)]
    n = superposition.FEATURES
    bound = (n - rows.m) / (rows.m * (n - 1))
    assert len(rows) >= 10
    assert (rows.overlap / bound).between(0.99, 1.1).all()
