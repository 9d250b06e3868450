"""What the epochs chapter says in words, tested on the recorded rows."""
import pandas as pd
import pytest

from labkit import claims, epochs
from labkit.language import Markov, runs
from labkit.records import load


@pytest.fixture(scope="module")
def record():
    return pd.concat([load("epochs", name) for name in (
        "targets", "patience", "endings", "standard", "shuffled", "text")])


def part(record, experiment, quantity="validation"):
    rows = record[(record.experiment == experiment)
                  & (record.quantity == quantity)]
    return runs.with_excess(rows)


def test_the_verdicts_are_those_that_the_chapter_words(record):
    judged = claims.judge(epochs.CLAIMS, record)
    assert claims.verdicts(judged) == {
        "C1": "partly", "C2": "supported", "C3": "supported",
        "C4": "untested here"}
    assert dict(zip(judged.id, judged.holds)) == {
        "C1a": True, "C1b": False, "C1c": True, "C1d": False,
        "C2a": True, "C3a": True, "C3b": True, "C4a": None}


def test_patience_reaches_no_further_target(record):
    patience = part(record, "patience")
    short = part(record, "targets")
    short = short[short["size"].isin(patience["size"])]
    goals = (0.6, 0.45, 0.4, 0.35, 0.3, 0.27, 0.25)   # those of the figure
    reached = [set(epochs.needed(rows, goals, column="excess").dropna()
                   .groupby(["size", "target"]).groups)
               for rows in (short, patience)]
    assert reached[1] <= reached[0]


def test_every_experiment_has_five_seeds(record):
    assert (record.groupby("experiment").seed.nunique() >= 5).all()


def test_larger_needs_fewer_epochs_at_every_learning_rate(record):
    for _, rows in part(record, "targets").groupby("lr"):
        table = epochs.needed(rows, epochs.TARGETS, column="excess")
        assert (epochs.per_doubling(table) > 1).all()


def test_a_slower_rate_postpones_the_harm_and_a_faster_one_brings_it(record):
    rows = part(record, "targets")
    large = rows[rows["size"] == rows["size"].max()].groupby(["lr", "seed"])
    rise = (large.excess.last() / large.excess.min()).groupby("lr").median()
    assert rise.is_monotonic_increasing
    assert rise[0.001] == 1
    end = large.excess.last()
    assert (end[0.001] < end[0.003]).all()


def test_the_saving_of_a_doubling_shrinks_with_size(record):
    rows = runs.tuned(part(record, "targets"))
    needed = epochs.needed(rows, [0.6], column="excess").groupby(
        "parameters").needed.median().dropna()
    saved = needed.to_numpy()[:-1] / needed.to_numpy()[1:]
    assert (saved[:-1] > saved[1:]).all()


def test_flops_favour_a_smaller_size_than_epochs_do(record):
    rows = runs.tuned(part(record, "targets"))
    for target in (0.45, 0.35):
        best = {axis: epochs.needed(rows, [target], axis, "excess").groupby(
            "parameters").needed.median().idxmin()
            for axis in ("epoch", "flops")}
        assert best["flops"] < best["epoch"] == rows.parameters.max()


def test_the_other_never_is_not_there(record):
    assert not epochs.other_never(record).holds


def test_weight_decay_on_the_smaller_and_on_the_larger_corpus(record):
    rows = runs.tuned(part(record, "endings"))
    ends = rows.groupby(["unique", "weight_decay", "size", "seed"]).excess
    lowest, rise = ends.min(), ends.last() / ends.min()
    small, large = sorted(rows["unique"].unique())
    narrow, wide = rows["size"].min(), rows["size"].max()
    assert (lowest[small, 0.3] < lowest[small, 0.0]).all()
    assert rise[small, 0.3][wide].max() < rise[small, 0.0][wide].min()
    assert (lowest[large, 0.3][narrow] < lowest[large, 0.0][narrow]).all()
    assert (lowest[large, 0.3][wide] > lowest[large, 0.0][wide]).all()


def test_a_finishing_line_of_its_own_takes_the_advantage_away(record):
    targets = part(record, "targets")
    own = pd.DataFrame({lr: epochs.to_own_best(rows, 0.9).groupby(
        "parameters").needed.median() for lr, rows in targets.groupby("lr")})
    # to a fixed loss these sizes differ tenfold and more
    assert own[0.003].max() / own[0.003].min() < 1.3
    assert own[0.003].idxmin() == own.index[0]   # the smallest
    assert (own.iloc[-1] > own.min()).all()      # at no rate the largest


def test_real_text_shows_the_same_order(record):
    table = epochs.needed(runs.tuned(part(record, "text")),
                          (2.5, 2.4, 2.2, 2.0))
    assert (epochs.per_doubling(table) > 1).all()
    smallest = table[table["size"] == table["size"].min()]
    assert smallest.needed.isna().all()
    largest = table[table["size"] == table["size"].max()]
    assert largest.needed.notna().all()


def test_real_text_has_the_other_never_until_weight_decay_removes_it(record):
    rows = pd.concat([load("epochs", name) for name in ("text", "decay")])
    rows = rows[(rows.quantity == "validation") & (rows.lr == 0.01)
                & rows["size"].isin([64, 128])]
    lowest = rows.groupby(["weight_decay", "seed", "size"]).value.min()
    gap = lowest.unstack()[128] - lowest.unstack()[64]
    assert (gap[0.0] > 0).all()
    assert gap[0.3].median() < 0


def test_mup_keeps_the_best_rate_and_the_standard_one_moves_it(record):
    best = {}
    for experiment in ("targets", "standard"):
        rows = part(record, experiment)
        rows = rows[rows["size"].isin([8, 32, 128, 512]) & (rows.epoch <= 10)]
        lowest = rows.groupby(["size", "lr", "seed"]).excess.min()
        best[experiment] = lowest.groupby(["size", "lr"]).median().unstack(
            ).idxmin(axis=1)
    assert set(best["targets"]) <= {0.003, 0.01}
    assert best["standard"].is_monotonic_decreasing
    assert best["standard"].iloc[0] / best["standard"].iloc[-1] > 9


def test_shuffled_tokens_are_learned_by_heart_and_nothing_else(record):
    for quantity, learns in (("train", True), ("validation", False)):
        rows = part(record, "shuffled", quantity)
        rows = rows[rows["size"] == rows["size"].max()]
        end = rows.groupby("seed").value.last()
        floor = Markov().best_loss(0)
        assert ((end < floor) == learns).all()
