"""What rows say and what claims make of it, where the answer is known."""
import numpy as np
import pandas as pd
import pytest

from labkit import landscape
from labkit.landscape import escape, pits, sharpness, ways
from tests.landscape import cases

approx = pytest.approx
NAN = np.nan


def test_the_package_offers_its_tools():
    assert {"goe_all_positive", "top_eigenvalue", "barrier", "align",
            "slice"} <= {*landscape.__all__} <= {*dir(landscape)}


def test_students_that_are_twice_as_large_are_trained_once():
    found = pits.cells([2, 6], [1, 0, 2], 24, 100)
    assert [(cell["k"], cell["m"]) for cell in found] == [
        (2, 2), (2, 3), (2, 4), (6, 6), (6, 7), (6, 8), (6, 12)]


def test_a_seed_without_trapped_students_does_not_count_as_freed():
    rows = cases.escape({(8, "noise of 4"): [0.5, 0.5, NAN]})
    rows.loc[rows.seed == 2, "students"] = 0
    assert escape.freed(rows, "noise").to_dict() == {0: 50, 1: 50}


@pytest.mark.parametrize("id, value, place", [
    ("C6a", "value", dict(size=4, step=64)),
    ("C6d", "value", dict(size=4, step=64)),
    ("C8d", "negative", dict(width=8)),
    ("C8h", "aligned", dict(depth=2, width=8))])
def test_a_network_that_diverged_is_not_passed_over(id, value, place):
    rows = cases.SIDES[id][0]
    assert landscape.CLAIMS[id].test(rows).holds
    lost = (rows[[*place]] == pd.Series(place)).all(axis=1) & (rows.seed == 1)
    assert lost.any()
    assert landscape.CLAIMS[id].test(
        rows.assign(**{value: rows[value].mask(lost)})).holds is None


def test_a_sharpness_at_one_rate_only_says_nothing_of_rates():
    rows = cases.sharp()
    with pytest.raises(ValueError, match="lr is .*two rates"):
        sharpness.width_over_rate(rows[rows.lr == 0.1], "mup")


@pytest.mark.parametrize("gone", ["sharpness", "diverged"])
def test_a_rate_at_which_a_sharpness_is_not_known_is_left_out(gone):
    rows = cases.sharp()
    fast = rows[rows.lr == 0.2].assign(lr=0.4)
    lost = (fast.seed == 1) & (fast.width == 16)
    more = pd.concat([rows, fast.assign(**{
        gone: fast[gone].mask(lost, NAN if gone == "sharpness" else True)})])
    pd.testing.assert_series_equal(sharpness.width_over_rate(more, "mup"),
                                   sharpness.width_over_rate(rows, "mup"))
    left = more[more.lr > 0.1]    # one rate is left: there is no answer
    assert sharpness.width_over_rate(left, "mup").isna().tolist() == [True] * 3


def test_the_fastest_rate_is_the_one_whose_slowest_seed_is_fastest():
    rows = cases.ways({
        ("mup", 4, 0.1, 0.3): [10, 10, 90], ("mup", 4, 0.2, 0.3): [50, 40, 60],
        ("mup", 4, 0.9, 0.3): 1, ("ntk", 4, 0.1, 0.3): 100,
        ("mup", 4, 0.1, 0.2): 110, ("mup", 4, 0.2, 0.2): [10, 10, NAN],
        ("mup", 4, 0.1, 0.1): [10, NAN, 10]})
    # one seed diverges, though it arrived
    rows["diverged"] = (rows.lr == 0.9) & (rows.seed == 2)
    best = ways.fastest(rows)
    assert best.groupby(["scaling", "width", "target"]).lr.apply(
        list).to_dict() == {("mup", 4, 0.3): [0.2] * 3,
                            ("mup", 4, 0.2): [0.1] * 3,
                            ("ntk", 4, 0.3): [0.1] * 3}
    assert best[best.lr == 0.2].needed.tolist() == [50, 40, 60]


@pytest.mark.parametrize("lost, at", [
    ([], {0.1: 4, 0.2: 4}), ([16], {0.1: 4, 0.2: 2}), ([8, 16], {0.1: 4}),
    ([4, 8, 16], {0.1: 4})])
def test_directness_is_compared_between_widths_that_bear_the_rate(lost, at):
    rows = cases.ways({("mup", width, lr, 0.3): 50 for width in (4, 8, 16)
                       for lr in (0.1, 0.2)},
                      directness=lambda row: row.width / 100)
    gone = (rows.lr == 0.2) & (rows.seed == 0) & rows.width.isin(lost)
    found = ways.directness_by_rate(rows.assign(
        diverged=gone, needed=rows.needed.mask(gone),
        directness=rows.directness.mask(gone)))
    assert found.median().to_dict() == approx(at)


SETS = np.log(3) / 2 / np.log(9 / 8)
EFFECTS = {   # of the rows on which a claim holds: the effect, the fields
    "C5a": (20, {"k": 10}), "C5b": (-20, {"k": 10}),
    "C5c": (-10, {"first": 6, "last": 10}), "C5d": (60, {}),
    "C6a": (0.4, {"gap": 4}), "C6b": (10, {"times": 10}), "C6c": (10, {}),
    "C6d": (-0.1, {"times": 4}),
    "C7a": (1, {"first": 2, "last": 4, "before": 20}),
    "C7b": (-10, {"shift": 2.2, "first": 5, "last": 50}),
    "C8a": (0.9, {}), "C8b": (0.9, {}), "C8c": (SETS, {}), "C8d": (0.0, {}),
    "C8e": (0.5, {}), "C8f": (-5, {"depth": 4}),
    "C8g": (-10, {"first": 2, "last": 8}), "C8h": (0.5, {}),
    "C8i": (SETS, {}), "C9a": (0.5, {}), "C9b": (1.5, {}),
    "C31a": (1.5, {"rate": 0.1}), "C31b": (1.5, {"rate": 0.2}),
    "C31c": (2.0, {})}


@pytest.mark.parametrize("id", landscape.CLAIMS)
def test_the_effect_is_what_the_rows_were_made_with(id):
    found = landscape.CLAIMS[id].test(cases.SIDES[id][0])
    effect, fields = EFFECTS[id]
    assert found.effect == approx(effect)
    assert found.fields == approx(fields)


def test_claims_beyond_the_sentences_are_marked():
    assert {id for id, claim in landscape.CLAIMS.items() if claim.beyond} == {
        "C5d", "C6d", "C8c", "C8i", "C8h", "C31c"}


def test_the_fates_of_the_trapped_stand_below_their_way():
    rows = pd.DataFrame([
        dict(seed=seed, k=k, way=way, students=4, arrived=.5, diverged=lost,
             elsewhere=0) for seed in (0, 1) for k in (8, 9)
        for way, lost in (("wait", 0), ("noise", .25 * (k == 9)))])
    table = escape.fates_table(rows)
    assert [*table.index] == ["wait", "noise", "– diverged"]
    assert table.to_dict("list") == {"8 (8)": [4, 4, 0], "9 (8)": [4, 4, 2]}
    assert escape.fates_table(rows.assign(students=0)).empty
    assert escape.escape_table(rows)[9].tolist() == [
        "4 of 8", "4 of 8 (2 diverged)"]
