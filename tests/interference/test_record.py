"""What the interference chapter says in words, tested on the recorded rows."""
import pandas as pd

from labkit import claims, interference, records
from labkit.interference import (
    conflict,
    forks,
    mixture,
    opposed,
    price,
    superposition,
    zerosum,
)
from labkit.interference.conflict import OFTEN
from labkit.rows import change
from labkit.rulings import EQUAL, FOR, UNDECIDED

RULED = {
    FOR: "C10a C11a C11b C12a C12b C12d C13a C14c C14f C14i C14l C15a C15c",
    EQUAL: "C12g C14a C14b C14e", UNDECIDED: "C12h C14k"}
UP = "C12b C12d C12e C12f C12h C13a C14b C14d C14i C14k"   # rises, higher
DOWN = "C14a C14c"                                    # falls, fewer
TABLES = records.tables("interference")
RECORD = pd.concat(TABLES.values())


def last(rows):
    return rows[rows.step == rows.step.max()]


def test_the_claims_come_out_as_the_chapter_tells_them():
    judged = claims.judge(interference.CLAIMS, RECORD)
    for ruling, ids in RULED.items():
        assert {*judged.id[judged.ruling == ruling]} >= {*ids.split()}
    effects = judged.set_index("id").evidence.map(lambda found: found.effect)
    assert (effects[UP.split()] > 0).all()
    assert (effects[DOWN.split()] < 0).all()


def test_wide_networks_learn_all_tasks_on_either_diet():
    rows = last(mixture.best_rate(RECORD))
    wide = rows[(rows.width >= 64) & (rows.arm != "rare alone")]
    assert (wide.learned == mixture.TASKS).all()
    assert rows[rows.arm == "rare alone"].rare.min() >= 6
    rows = TABLES["tasks"].query("width == 64 and arm == 'mixture'")
    learned = rows[rows.lr == rows.lr.min()].groupby("step").learned.min()
    assert learned.loc[:4000].max() < 12 and learned.iloc[-1] == 16   # late


def test_late_and_stopped_look_alike_early_on():
    rows = mixture.best_rate(RECORD)
    rows = rows[(rows.arm == "mixture") & (rows.step < 1000)]
    assert (rows[rows.width <= 32].groupby(["width", "step"]).rare.median()
            == 0).all()
    assert rows[rows.width == 64].rare.max() > 0
    learned = mixture.along(RECORD, "mixture", "learned")
    assert learned.iloc[:, -1].between(13, 15).all()   # the last are to come
    rows = last(TABLES["tasks"]).query("width == 16 and arm == 'uniform'")
    stuck = rows[rows.lr == rows.lr.min()].learned     # in different places
    assert stuck.max() >= 11 and stuck.min() <= 8


def test_the_fork_has_three_causes_that_depend_on_size_and_rate():
    costs = forks.causes(RECORD).groupby(["width", "lr"]).median()
    slow = costs.xs(forks.low_rate(RECORD), level="lr")
    assert (slow.loc[32] > 1).all() and slow.loc[32].max() < 3
    assert slow.loc[16].idxmin() == "conflict" == slow.loc[64].idxmax()
    best = forks.good_rate(RECORD)
    rows = mixture.best_rate(RECORD)     # of the other experiment
    assert {best} == {*rows[rows.width == 32].lr}
    costs = forks.causes(RECORD).loc[32, best]     # not clear of zero
    assert costs["conflict"].min() < 0 < costs["conflict"].median()
    assert (costs[["step size", "past"]] > 0).all(axis=None)


def test_the_programs_of_the_fork_come_in_the_order_of_its_figure():
    known = forks.on_average(RECORD).unstack("program").loc[32, .01]
    assert (known["common x 0.1"] < known["common masked"]).all()
    low, scaled, kept, masked, fresh = known.median()[[
        "as it was", "common x 0.1", "masked, second moment kept",
        "common masked", "fresh start"]]
    assert low < scaled < masked < fresh and low < kept < masked


def test_what_the_chapter_says_of_conflict_and_units():
    start = TABLES["conflict"].query("moment == 'start'").groupby("width")
    assert (start.own.median() > 0).all()
    cosine = start.cosine.median()
    assert cosine[[16, 32]].min() > cosine[[64, 128, 256]].max()
    worst = conflict.at(RECORD, "same loss", "worst").median()
    assert worst[256] < worst[16] < 0     # after it
    rows = TABLES["conflict"].query("moment == 'same step'")
    assert (rows.harm > 4 * rows.harm_short).mean() > 0.9   # more than its
    assert (rows.own > 4 * rows.own_short).all()   # share, and less good
    main, chance = (conflict.at(RECORD, "same loss", value)
                    for value in ("dedication", "by_chance"))
    assert (abs((main - chance).mean()) < 0.02).all()   # units: by chance
    assert (abs(main - chance) < 0.06).all(axis=None)


def test_sharing_is_free_at_no_width_and_narrow_private_networks_are_worse():
    assert (price.surcharge(RECORD) > 2).all(axis=None)
    steps = price.fastest(RECORD)
    assert 32 in steps.loc["joint"].index
    assert steps.loc["private"].index.min() == 64   # narrower: never
    ratio = price.surcharge(RECORD, "private").median(axis=1)
    assert ratio[64] < 1 < ratio[128] and ratio.is_monotonic_increasing
    alone = steps.loc["alone"].loc[[256, 512]]
    assert alone.median(axis=1).between(50, 55).all()   # "about 50"
    assert alone.loc[512].min() >= 9 * OFTEN


def test_surgery_saves_no_steps_worth_the_name_and_each_takes_longer():
    joint, surgery = price.both(RECORD, "surgery")
    assert ((surgery / joint).median(axis=1) > 0.9).all()
    cost = TABLES["price"].groupby(
        ["way", "width"]).milliseconds.median().unstack()
    assert (cost.loc["surgery"] > 1.5 * cost.loc["joint"]).all()


def test_in_sequence_all_widths_forget_and_shuffled_none():
    rows = last(TABLES["forgetting"]).query("phase == 'B'")
    ends = rows.groupby(["order", "width"]).a.median()
    assert ends["sequential"].max() < 0.7 and ends["shuffled"].min() > 0.9


def test_wide_language_models_are_opposed_as_often_and_cancel_less():
    for rate, rows in TABLES["opposed"].groupby("lr"):
        rows = opposed.along(rows)
        start = rows[rows.step == 0].groupby("width").opposed.median()
        assert start.max() - start.min() < 0.04     # all begin alike
        pairs, errors, step, size = (opposed.matched(rows, name) for name in (
            "opposed", "errors", "small_step", "size"))
        assert (change(pairs) > 0).all() if rate == .01 else (
            abs(change(pairs)) < .04).all()
        assert (abs(pairs - errors).loc[:, 32:] < 0.01).all(axis=None)
        assert abs(step.median() - step.median()[8]).max() < 0.1
        assert size.median().between(0.08, 0.105).all()
        lost, moved = (opposed.matched(zerosum.new(rows), name)
                       for name in ("zero_sum", "moved"))
        assert (lost.diff(axis=1).iloc[:, 1:].median() < 0).all()
        assert (lost[8] > lost[512] + 0.1).all()
        assert moved.median().max() < 1.3 * moved.median().min()


def test_in_a_table_changes_cancel_only_where_it_stops():
    for _, rows in TABLES["apart"].groupby("lr"):
        rows = zerosum.full_octaves(opposed.along(rows, "apart"))
        assert rows[rows.loss > 2.4].zero_sum.max() < 0.02
        stop = rows.loc[rows.groupby("seed").loss.idxmin()]
        assert stop.zero_sum.median() > 0.5


def test_superposition_is_for_sparse_features_at_every_width():
    rows = TABLES["superposed"]
    packed = rows.groupby(["p", "m"]).packed.median()
    assert (packed[rows.p.min()] > 1.9).all()
    assert (abs(packed[1] - 1) < 0.1).all()
    rows = rows[(rows.p < 1) & (rows.m > 4) & (rows.represented == 1)]
    n = superposition.FEATURES
    bound = (n - rows.m) / (rows.m * (n - 1))
    assert len(rows) >= 10     # the overlap is close to the least possible
    assert (rows.overlap / bound).between(0.99, 1.1).all()
