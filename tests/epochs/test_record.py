"""What the epochs chapter says in words, tested on the recorded rows."""
import numpy as np
import pandas as pd

from labkit import epochs, records
from labkit.cores import NATS
from labkit.epochs import (
    controls,
    endings,
    medium,
    ngrams,
    own,
    parts,
    patience,
    stored,
    targets,
    text,
)
from labkit.epochs.crossing import needed, per_doubling
from tests.epochs.cases import RECORDED

TABLES = records.tables("epochs")
MAIN = targets.validation_of(TABLES["targets"])    # at all rates
BEST = targets.best_of(TABLES["targets"])          # at each size's best


def test_the_claims_come_out_as_the_chapter_words_them():
    rows = pd.concat(TABLES.values())
    found = {id: epochs.CLAIMS[id].test(rows) for id in RECORDED}
    assert {id: one.holds for id, one in found.items()} == RECORDED
    # "above", "times its lowest"
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


def test_who_is_faster_on_its_own_way_depends():
    found = {name: own.matrix(TABLES[name], name).set_index(
        ["scaling", "unique", "rates", "share"]).large[:, :, :, own.LINE]
        for name in ("parts", "parts_decay")}
    steady, falling = found["parts"], found["parts_decay"]
    assert [steady["muP", unique, own.ONE] for unique in (
        409_600, 51_200, 6_400)] == ["slower", "undecided", "faster"]
    assert steady["muP", 409_600, own.BEST] == "faster"   # by a hair:
    rates = own.chosen_rates(TABLES["parts"])
    assert rates.idxmax() == 0.003 and own.tie(rates) < NATS
    assert steady["standard", 6_400, own.ONE] == "faster"
    assert falling["standard", 6_400, own.BEST] == "slower"
    lengths = own.by_length(TABLES["targets"], TABLES["patience"])
    assert (lengths.long > lengths.short).any()


def test_every_part_is_sooner_and_the_whole_later():
    said = parts.facts(TABLES)
    steps = {name: [float(said[f"parts_{name}"][size]) for size in (
        "small", "large")] for name in ("last", "two", "whole", "mix")}
    assert steps["last"][0] > steps["last"][1]
    assert steps["two"][0] > steps["two"][1]
    assert steps["whole"][0] < steps["whole"][1]
    assert steps["mix"][1] < steps["whole"][0]       # the dotted line
    most = parts.known_most(parts.chosen(TABLES["parts"], "parts", "one",
                                         "new"), "whole")
    assert 0.25 < 1 - most.iloc[0] / most.iloc[-1] < 0.4   # "a third"
    assert most.iloc[0] < 0.9 * most.iloc[-1]              # "beyond all"
    known = said["parts_two_known"]
    assert known["small"] < known["large"] <= known["full"]
    assert {0.9 < float(said["parts_even"][name]) < 1.1
            for name in ("rule", "whole")} == {True}
    assert float(said["parts_short"]) > 2


def test_of_real_text_the_small_one_never_knows_what_rests_on_two_bytes():
    said = ngrams.facts(TABLES)
    assert float(said["ngrams_two"]["small"]) < 0.05 < 0.5 < float(
        said["ngrams_two"]["large"])
    assert float(said["ngrams_later"]["high"]) < 1


def test_a_larger_network_stores_more_and_a_medium_model_is_lower():
    said = stored.facts(TABLES) | medium.facts(TABLES)
    assert said["stored_large"] == "8,192"           # all that there are
    assert float(said["medium_loss"]["large"]) < float(
        said["medium_loss"]["small"])


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
