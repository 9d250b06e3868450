"""What the chapter says in words, on the records."""
import numpy as np
import pandas as pd
import pytest

from labkit import compute, records
from labkit.compute import mistuned, repeats, targets, valleys
from labkit.compute.best import best_ends, bottoms, envelope


@pytest.fixture(scope="module")
def tables():
    return records.tables("compute")


@pytest.fixture(scope="module")
def facts(tables):
    return {name: fact for part in compute.PARTS
            for name, fact in part.facts(tables).items()}


def rising(values):
    return (np.diff([*values]) > 0).all()


@pytest.mark.parametrize("ids, low, high", [
    ("C28a", 10, 64), ("C28c", 0, 1),   # "the loss rises"
    # "... times as many", and the like
    ("C27b C28b C29a C29b C29c C30a C30b C30c", 1, 1e3),
    ("C32a", 0, 1), ("C32b", 0, 0.45), ("C32d", 1.1, 9),
    ("C32e", 0.46, 0.54)])              # "which is about half"
def test_effects_lie_where_the_prose_says(tables, ids, low, high):
    rows = pd.concat(tables.values())
    for id in ids.split():
        assert low < compute.CLAIMS[id].test(rows).effect < high


def test_repeated_tokens_are_worth_less_and_least_to_the_largest(
        tables, facts):
    for epochs in (2, 16):
        added = [*map(float, facts[f"added_{epochs}"].split(", "))]
        assert added[0] > 0 and rising(added)
    worth = repeats.worth_table(tables["passes"], tables["repeats"])
    law, sizes = worth["by the law"], worth.drop(columns="by the law")
    assert sizes.loc[2].between(1.5, 2).all()     # "nearly two"
    assert sizes.loc[4:].lt(law.loc[4:], axis=0).all(axis=None)
    assert (np.diff(sizes.loc[4:]) < 0).all()
    assert (sizes.iloc[:, 1:].idxmax() < 64).all()   # they lose by going on
    assert float(facts["eight_large"]) > float(facts["eight_small"])


def test_the_cheapest_size_grows_and_is_larger_in_seconds(tables, facts):
    sizes = targets.TABLES["cheapest"](tables).map(
        lambda size: int(size.replace(",", "")))
    assert sizes.FLOPs.is_monotonic_increasing and sizes.FLOPs.nunique() > 1
    assert (sizes.FLOPs < sizes.seconds).all()
    assert (sizes.seconds < sizes.tokens).all()
    assert float(facts["small_range"]["low"]) > 1
    assert float(facts["dear_range"]["low"]) > 1
    assert rising(float(facts[name]) for name in (
        "new_flops", "top_fast", "top_flops"))
    table = targets.reached(pd.concat([tables["curves"], tables["steps"]]))
    for target in (0.5, 0.4):   # "slower in every timing"
        assert min(targets.over_fastest(table[table.target == target],
                                        tables["steps"], -1)) > 1
    assert int(facts["level_timings"]) < int(facts["timings"])


def test_the_best_ratio_rises_and_the_first_approach_leans(tables, facts):
    ends = valleys.valley_ends(pd.concat(
        [tables["valleys"], tables["between"]]))
    best = bottoms(ends).groupby("flops")[["parameters", "ratio"]].median()
    assert rising(best.ratio) and rising(best.parameters)
    assert float(facts["E_law"]) < float(facts["H"])
    curves = bottoms(envelope(tables["curves"], best.index)).groupby(
        "flops").parameters.median().dropna()
    lean = curves / best.parameters.loc[curves.index]
    assert lean.iloc[0] > 1 > lean.iloc[-1]


def test_one_careless_rate_does_no_harm_and_others_are_steep(tables):
    rows = tables["mistuned"]
    sizes, a = mistuned.by_rate(rows), mistuned.exponents(rows).astype(float)
    assert sizes["0.03"].equals(sizes["the best"])
    steep = a.loc["exponent a", ["0.001", "0.003", "0.1"]]
    assert (steep > a.loc["exponent a", "the best"] + 0.1).all()
    assert (steep.iloc[:2] > 0.6).all()
    assert len(best_ends(rows)) == len(best_ends(rows[rows.lr == 0.03]))
