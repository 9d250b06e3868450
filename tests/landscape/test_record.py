"""What the landscape chapter says in words, tested on the recorded rows."""
import pandas as pd
import pytest

from labkit import claims, landscape, records
from labkit.landscape import barriers, sharpness, sizes, slices, ways
from labkit.rulings import FOR, UNDECIDED


@pytest.fixture(scope="module")
def tables():
    return records.tables("landscape")


def median(rows, by, column):
    return rows.groupby(by)[column].median()


def test_the_claims_come_out_as_the_chapter_words_them(tables):
    judged = claims.judge(landscape.CLAIMS, pd.concat(tables.values()))
    assert {*judged.id[judged.ruling == FOR]} == {
        "C5a", "C5b", "C5d", "C6c", "C7a", "C8a", "C8i", "C8h", "C9a", "C31a"}
    assert {*judged.id[judged.ruling == UNDECIDED]} == {"C6a", "C7b", "C8f"}
    effect = {row.id: row.evidence.effect for row in judged.itertuples()}
    assert effect["C5c"] > 0   # "the share that ends in a pit rises"
    assert {name: rows.seed.nunique() for name, rows in tables.items()} == (
        dict.fromkeys(tables, 5) | {"sharpness": 10, "ways": 10})


def test_larger_exact_students_are_trapped_more_and_spare_width_frees(tables):
    rows = tables["pits"]
    exact = median(rows[rows.m == rows.k], "k", "pit")
    assert exact.is_monotonic_increasing and exact.iloc[-1] > 0.8
    assert rows[rows.m >= rows.k + 2].pit.max() == 0
    assert not rows.diverged.any() and rows.elsewhere.max() < 0.06


def test_what_frees_the_trapped(tables):
    rows = tables["escape"]
    out, lost, held = ((rows.students * share).groupby(
        [rows.way, rows.k]).sum().unstack() for share in (
            rows.arrived, rows.diverged, 1))
    held = held.iloc[0]
    assert not out.loc[["10 times the steps", "noise of 64 samples"]].any(
        axis=None)
    once, lasting = (out.loc[f"noise of 20 samples{more}"]
                     for more in ("", ", 4 x"))
    assert once[10] < lasting[10] and once[8] == lasting[8] == held[8]
    fresh, noise = out.loc["a fresh start"], out.filter(like="noise", axis=0)
    assert (lasting[[8, 10]] > fresh[[8, 10]]).all()
    assert noise[15].max() < fresh[15] and lasting[10] > 0.95 * held[10]
    assert lost.loc["noise of 20 samples, 4 x", 15] > 300 and lasting[15] == 0
    assert (out.loc["one more neuron"] > 0.75 * held).all()


def test_four_times_the_tokens_help_wide_models_most(tables):
    gap = sizes.catching_up(tables["sizes"])
    assert (gap > 0).all(axis=None)
    assert gap.median().is_monotonic_decreasing
    few, many = sizes.final(tables["sizes"]).groupby("tokens").mean().values
    assert (few - many == sorted(few - many)).all()
    closed = (few - many)[:-1] / (few[:-1] - few[1:])
    assert closed[0] < 0.2 and closed[-1] > 0.7


def test_scaling_and_rate_set_the_sharpness(tables):
    def by_width(rows):
        return rows.pivot_table(index="width", columns="scaling",
                                values="sharpness", aggfunc="median")

    rows = tables["sharpness"]
    start = by_width(rows[(rows.step == 0) & (rows.lr == 0.05)])
    assert start.mup.is_monotonic_decreasing
    assert start.standard.loc[64:].is_monotonic_increasing
    assert start.loc[64].nunique() == 1
    end = sharpness.last_step(rows)
    slow = by_width(end[end.lr == 0.025])
    assert (slow.mup / slow.ntk).between(1 / 1.3, 1.3).all()
    assert slow.standard.is_monotonic_increasing
    fast = end[(end.lr == 0.1) & (end.width >= 64) & ~end.diverged]
    near = (fast.sharpness * fast.lr / 2).between(0.9, 1.1)   # one network
    assert (~near).sum() == 3 and near.mean() > 0.95   # of width 64 is not
    assert set(sharpness.kept_rates(rows, "standard").lr) == {0.025, 0.05}


def test_slices_look_convex_where_hundreds_of_directions_curve_down(tables):
    rows = tables["spectrum"]
    wide = rows[rows.width >= 16]
    assert rows.bends.max() < 0.1 and rows.lowest.min() > -0.01
    assert (wide.negative * wide.parameters).min() > 200
    down = median(rows, "width", "weight")
    assert down.is_monotonic_increasing and down.iloc[-1] < 0.02
    assert median(rows, "width", "loss").is_monotonic_decreasing


def test_barriers_fall_slowly_with_width_aligned_or_not(tables):
    rows = tables["barriers"]
    assert (barriers.barrier_slope(rows, "raw") < 1).all()
    assert (rows.aligned < rows.raw).mean() > 0.9
    wide = rows[rows.width == 256]
    assert (wide.aligned > 5 * wide.loss).all()


def test_slices_gain_from_width_at_the_narrow_end_only_and_lose_by_depth(
        tables):
    rows = tables["slices"]
    bends = median(slices.plain(rows).query("depth == 8"), "width", "bends")
    assert bends[8] > bends[32] + 0.1 and bends[128] > bends[32]
    rest = slices.wider_slices(rows[rows.width != 8])
    assert not rest.holds and rest.interval[0] < 0 < rest.interval[1]
    rows = rows[rows.width == slices.WIDTH]
    assert median(slices.plain(rows), "depth", "bends").is_monotonic_increasing
    assert rows[rows["skip"]].bends.max() < 0.1


def test_the_way_down(tables):
    rows = tables["ways"][~tables["ways"].diverged]
    lines = rows.groupby(["scaling", "width", "lr", "seed"]).rises.max()
    assert (lines > 0).sum() == 3 and lines.max() < 0.04
    best = ways.fastest(tables["ways"])
    steps = best.groupby(["scaling", "target", "width"]).needed.median()
    ntk = steps["ntk", 0.3]
    assert ntk.idxmin() == 32 and ntk.iloc[-1] < ntk.iloc[0]
    assert not steps["standard", 0.05].is_monotonic_decreasing
    best = best[(best.scaling == "mup") & (best.target < 0.3)]
    assert (best.lr == 0.1).all()
    for _, part in best.groupby("target"):
        direct = median(part, "width", "directness")
        assert direct.iloc[-1] < direct.iloc[0] - 0.1
    mup = rows[(rows.scaling == "mup") & (rows.target == 0.3)]
    direct = median(mup, ["lr", "width"], "directness")
    assert direct[0.02].iloc[-1] > direct[0.02].iloc[0]
    assert direct[0.1].iloc[-1] < direct[0.1].iloc[0]
