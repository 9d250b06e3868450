"""What the epochs chapter says in words, tested on the recorded rows."""
import numpy as np
import pandas as pd

from labkit import claims, epochs, records
from labkit.epochs import controls, endings, patience, targets, text
from labkit.epochs.crossing import needed, per_doubling, to_own_best
from tests.epochs.cases import HOLDS

TABLES = records.tables("epochs")
MAIN = targets.validation_of(TABLES["targets"])    # at all rates
BEST = targets.best_of(TABLES["targets"])          # at each size's best


def test_the_verdicts_are_those_that_the_chapter_words():
    judged = claims.judge(epochs.CLAIMS, pd.concat(TABLES.values()))
    assert [*claims.verdicts(judged).values()] == [
        "partly", "supported", "supported", "untested here"]
    assert dict(zip(judged.id, judged.holds)) == HOLDS | {"C4a": None}
    found = judged.set_index("id").evidence   # "above", "times its lowest"
    assert found["C1b"].effect > 0 and found["C1d"].effect > 1


def test_patience_reaches_no_further_target():
    long = patience.longer(TABLES["patience"])
    short = MAIN[MAIN["size"].isin(long["size"])]
    reached = [set(needed(rows, targets.DRAWN, column="excess").dropna()
                   .groupby(["size", "target"]).groups)
               for rows in (short, long)]
    assert reached[1] <= reached[0]


def test_at_every_rate_larger_needs_fewer_and_the_saving_shrinks():
    for _, rows in MAIN.groupby("lr"):
        table = needed(rows, targets.TARGETS, column="excess")
        assert (per_doubling(table) > 1).all()
    assert (np.diff(targets.saved(BEST, 0.6)) < 0).all()


def test_a_slower_rate_postpones_the_harm_and_a_faster_one_brings_it():
    rows = MAIN[MAIN["size"] == MAIN["size"].max()]
    rise = targets.rises(rows).groupby("lr").median()
    assert rise.is_monotonic_increasing and rise[0.001] == 1
    end = rows.groupby(["lr", "seed"]).excess.last()
    assert (end[0.001] < end[0.003]).all()


def test_flops_favour_a_smaller_size_than_epochs_do():
    for goal in (0.45, 0.35):
        least = {axis: needed(BEST, [goal], axis, "excess").groupby(
            "parameters").needed.median().idxmin()
            for axis in ("epoch", "flops")}
        assert least["flops"] < least["epoch"] == BEST.parameters.max()


def test_no_other_never_and_whom_weight_decay_helps():
    assert endings.behind(TABLES["endings"]).max() < 0.01
    table = endings.ends(TABLES["endings"])
    lowest, rise = table["lowest"], table["at the end"] / table["lowest"]
    small, large = table.index.unique("unique")
    narrow, *_, wide = sorted(table.index.unique("parameters"))
    assert (lowest[small, 0.3] < lowest[small, 0.0]).all()
    assert rise[small, 0.3][wide].max() < rise[small, 0.0][wide].min()
    assert (lowest[large, 0.3][narrow] < lowest[large, 0.0][narrow]).all()
    assert (lowest[large, 0.3][wide] > lowest[large, 0.0][wide]).all()


def test_a_finishing_line_of_its_own_takes_the_advantage_away():
    def epochs_to(share):
        return pd.DataFrame({lr: to_own_best(rows, share).groupby(
            "parameters").needed.median() for lr, rows in MAIN.groupby("lr")})
    own = epochs_to(0.9)
    # to a fixed loss these sizes differ tenfold and more
    assert own[0.003].max() / own[0.003].min() < 1.3
    assert own[0.003].idxmin() == own.index[0]   # the smallest
    assert (own.iloc[-1] > own.min()).all()      # at no rate the largest
    nearly_all = epochs_to(0.99)[0.003].round()
    assert nearly_all.iloc[0] == nearly_all.iloc[-1]   # "each"


def test_real_text_has_the_same_order_and_two_nevers():
    table = text.reached(TABLES["text"], (2.5, 2.4, 2.2, 2.0))
    assert (per_doubling(table) > 1).all()
    share = table.needed.notna().groupby(table["size"]).mean()
    assert share.iloc[0] == 0 and share.iloc[-1] == 1
    lowest = text.turning(pd.concat([TABLES["text"], TABLES["decay"]]))[
        "lowest validation"].unstack("parameters")
    gap = lowest.iloc[:, 1] - lowest.iloc[:, 0]
    assert (gap[0.0, 0.01] > 0).all()    # the largest misses what ...
    assert gap[0.3, 0.01].median() < 0   # until weight decay


def test_mup_keeps_the_best_rate_and_the_standard_one_moves_it():
    best = controls.lowest_by_rate(pd.concat(
        [TABLES["targets"], TABLES["standard"]])).idxmin(axis=1)
    assert set(best["muP"]) <= {0.003, 0.01} and len(best["muP"]) == 4
    assert best["standard"].is_monotonic_decreasing
    assert best["standard"].iloc[0] / best["standard"].iloc[-1] > 9
