"""What the landscape chapter says in words, tested on the recorded rows."""
import pandas as pd
import pytest

from labkit import claims, landscape
from labkit.records import load


@pytest.fixture(scope="module")
def record():
    return pd.concat([load("landscape", name)
                      for name in landscape.EXPERIMENTS])


def median(rows, by, column):
    return rows.groupby(by)[column].median()


def test_the_verdicts_are_those_that_the_chapter_words(record):
    judged = claims.judge(landscape.CLAIMS, record)
    assert claims.verdicts(judged) == {
        "C5": "partly", "C6": "partly", "C7": "partly", "C8": "partly",
        "C9": "partly", "C31": "partly"}
    assert {row.id for row in judged.itertuples() if row.holds} == {
        "C5a", "C5b", "C5d", "C6c", "C7a", "C8a", "C8i", "C8f", "C8h", "C9a",
        "C31a"}


def test_every_experiment_has_five_seeds(record):
    assert (record.groupby("experiment").seed.nunique() == 5).all()


def test_larger_exact_students_are_trapped_more_and_spare_width_frees(record):
    rows = landscape.of(record, "pits")
    exact = median(rows[rows.m == rows.k], "k", "pit")
    assert exact.is_monotonic_increasing and exact.iloc[-1] > 0.8
    assert rows[rows.m >= rows.k + 2].pit.max() == 0
    assert rows.diverged.astype(float).max() == 0 and rows.moving.max() < 0.06


def test_what_frees_the_trapped(record):
    rows = landscape.of(record, "escape")
    out = (rows.arrived * rows.students).groupby(
        [rows.k, rows.way]).sum().unstack("k")
    lost = (rows.diverged * rows.students).groupby(
        [rows.k, rows.way]).sum().unstack("k")
    assert (out.loc[["10 times the steps", "noise of 64 samples"]] == 0).all(
        axis=None)
    once, lasting = (out.loc[f"noise of 20 samples{more}"]
                     for more in ("", ", 4 x"))
    assert once[10] < lasting[10] and once[8] == lasting[8] == rows[
        (rows.k == 8) & (rows.way == "a fresh start")].students.sum()
    fresh, freed = out.loc["a fresh start"], out.filter(like="noise", axis=0)
    assert (lasting[[8, 10]] > fresh[[8, 10]]).all()
    assert freed[15].max() < fresh[15]
    held = rows.groupby(["k", "way"]).students.sum()
    assert lasting[10] > 0.95 * held[10, "noise of 20 samples, 4 x"]
    assert lost.loc["noise of 20 samples, 4 x", 15] > 300 and lasting[15] == 0


def test_four_times_the_tokens_help_wide_models_most(record):
    gap = landscape.catching_up(record)
    assert (gap > 0).all(axis=None)
    assert gap.median().is_monotonic_decreasing
    loss = landscape.final(record).groupby("tokens").mean()
    few, many = loss.iloc[0], loss.iloc[1]
    assert ((few - many).diff().dropna() > 0).all()
    closed = ((few - many) / -few.diff().shift(-1)).dropna()
    assert closed.iloc[0] < 0.2 and closed.iloc[-1] > 0.7


def test_scaling_and_rate_set_the_sharpness(record):
    rows = landscape.of(record, "sharpness")
    start = rows[(rows.step == 0) & (rows.lr == 0.05)].pivot_table(
        index="width", columns="scaling", values="sharpness")
    assert start.mup.is_monotonic_decreasing
    assert start.standard.loc[64:].is_monotonic_increasing
    assert start.loc[64].nunique() == 1
    end = rows[rows.step == rows.step.max()]
    slow = end[end.lr == 0.025].pivot_table(
        index="width", columns="scaling", values="sharpness",
        aggfunc="median")
    assert (slow[["mup", "ntk"]].max() / slow[["mup", "ntk"]].min() < 1.3
            ).all() and slow.standard.is_monotonic_increasing
    fast = end[(end.lr == 0.1) & (end.width >= 64)
               & ~end.diverged.astype(bool)]
    edge = fast.sharpness * fast.lr / 2
    assert 0.9 < edge.min() and edge.max() < 1.1
    assert set(landscape.kept_rates(record, "standard").lr) == {0.025, 0.05}


def test_slices_look_convex_where_hundreds_of_directions_curve_down(record):
    rows = landscape.of(record, "spectrum")
    assert rows.bends.max() < 0.1
    wide = rows[rows.width >= 16]
    assert (wide.negative * wide.parameters).min() > 200
    assert rows.lowest.min() > -0.01
    down = median(rows, "width", "weight")
    assert down.is_monotonic_increasing and down.iloc[-1] < 0.02
    assert median(rows, "width", "loss").is_monotonic_decreasing


def test_barriers_fall_slowly_with_width_aligned_or_not(record):
    rows = landscape.of(record, "barriers")
    assert (landscape.barrier_slope(record, "raw") < 1).all()
    assert (rows.aligned < rows.raw).mean() > 0.9
    wide = rows[rows.width == 256]
    assert (wide.aligned > 5 * wide.loss).all()


def test_wider_slices_gain_at_the_narrow_end_only(record):
    rows = landscape.plain(landscape.of(record, "slices"))
    bends = median(rows[rows.depth == 8], "width", "bends")
    assert bends[8] > bends[32] + 0.1 and bends[128] > bends[32]
    slices = record.experiment.eq("slices")
    rest = landscape.wider_slices(record[~(slices & (record.width == 8))])
    assert not rest.holds and rest.interval[0] < 0 < rest.interval[1]


def test_depth_bends_slices_and_skips_undo_it(record):
    rows = landscape.of(record, "slices")
    rows = rows[rows.width == landscape.WIDTH]
    skip = rows["skip"].astype(bool)
    assert median(rows[~skip], "depth", "bends").is_monotonic_increasing
    assert rows[skip].bends.max() < 0.1


def test_the_way_down(record):
    rows = landscape.of(record, "ways")
    rows = rows[~rows.diverged.astype(bool)]
    lines = rows.groupby(["scaling", "width", "lr", "seed"]).rises.max()
    ntk = landscape.fastest(rows[rows.scaling == "ntk"])
    ntk = median(ntk[ntk.target == 0.3], "width", "needed")
    assert ntk.idxmin() == 32 and ntk.iloc[-1] < ntk.iloc[0]
    standard = landscape.fastest(rows[rows.scaling == "standard"])
    standard = median(standard[standard.target == 0.05], "width", "needed")
    assert not standard.is_monotonic_decreasing
    assert (lines > 0).sum() == 1 and lines.max() < 0.01
    best = landscape.fastest(record)
    best = best[(best.scaling == "mup") & (best.target < 0.3)]
    assert (best.lr == 0.1).all()
    for _, part in best.groupby("target"):
        assert median(part, "width", "directness").iloc[[0, -1]].diff(
            ).iloc[-1] < -0.1
    mup = rows[(rows.scaling == "mup") & (rows.target == 0.3)]
    direct = mup.pivot_table(index="width", columns="lr",
                             values="directness", aggfunc="median")
    assert direct[0.02].iloc[-1] > direct[0.02].iloc[0]
    assert direct[0.1].iloc[-1] < direct[0.1].iloc[0]
