"""The landscape lab's cells and claims, on rows whose answer is known."""
import numpy as np
import pandas as pd
import pytest

from labkit import landscape, records
from labkit.landscape import terrain
from tests import judging
from tests.judging import SEEDS, table

approx = pytest.approx


def pits(cells):
    return table("pits", "k m", "pit", cells)


def escape(cells, students=10):
    rows = table("escape", "k way", "arrived", cells)
    return rows.assign(students=students)


def sizes(cells):
    """The end of each run: {(tokens, width): loss}; also rows in between."""
    end = table("sizes", "tokens size", "value", cells)
    end = end.assign(quantity="validation", step=64, lr=0.03,
                     unique=end.tokens, weight_decay=0.0)
    return pd.concat([end, end.assign(step=0, value=9.0),
                      end.assign(quantity="train", value=0.0),
                      end.assign(lr=0.1, value=end.value + 1)])


def goe(cells):
    return table("goe", "n", "value", cells)


def low(cells):
    return table("low", "shift n", "value", cells)


def sharpness(cells, lost=()):
    """{(scaling, width, lr, step): sharpness}; ``lost``: (lr, seed)."""
    rows = table("sharpness", "scaling width lr step", "sharpness", cells)
    return rows.assign(diverged=[(lr, seed) in lost for lr, seed in zip(
        rows.lr, rows.seed)])


def spectrum(cells, value="negative"):
    return table("spectrum", "width", value, cells)


def slices(cells):
    return table("slices", "width depth skip", "bends", cells)


def barriers(cells):
    return table("barriers", "depth width", "aligned", cells)


def ways(cells, lost=(), directness=0.5, rises=0.0):
    """{(scaling, width, lr, target): steps needed}; ``lost``: (lr, seed).

    ``directness`` and ``rises`` are numbers or, for each row, a function.
    """
    rows = table("ways", "scaling width lr target", "needed", cells)

    def each(value):
        return rows.apply(value, axis=1) if callable(value) else value

    return rows.assign(
        directness=each(directness), rises=each(rises),
        diverged=[(lr, seed) in lost for lr, seed in zip(rows.lr,
                                                         rows.seed)])


# --- what is run ------------------------------------------------------------

def test_the_lab_offers_its_tools():
    for name in ("goe_all_positive", "top_eigenvalue", "barrier", "align",
                 "slice"):
        assert name in landscape.__all__
        assert callable(getattr(landscape, name))
    assert [*landscape.EXPERIMENTS] == [
        "goe", "low", "pits", "escape", "sizes", "sharpness", "spectrum",
        "slices", "barriers", "ways"]


def cells(experiment, *settings):
    return landscape.EXPERIMENTS[experiment](*settings)


def test_random_matrices_come_in_all_sizes_at_all_shifts():
    assert cells("goe", range(1, 3), 50) == [
        dict(n=1, shift=0.0, draws=50), dict(n=2, shift=0.0, draws=50)]
    found = cells("low", [5, 9], [1.4, 2], 50)
    assert {(cell["n"], cell["shift"]) for cell in found} == {
        (5, 1.4), (9, 1.4), (5, 2), (9, 2)} and len(found) == 4


def test_students_have_more_neurons_than_their_teacher_or_twice_as_many():
    found = cells("pits", [6, 10], [0, 1], 24, 100)
    assert [(cell["k"], cell["m"]) for cell in found] == [
        (6, 6), (6, 7), (6, 12), (10, 10), (10, 11), (10, 20)]
    assert all((cell["count"], cell["steps"]) == (24, 100)
               for cell in found)
    assert cells("escape", [6, 8], 24, 100) == [
        dict(k=6, count=24, steps=100), dict(k=8, count=24, steps=100)]


def test_no_cell_is_run_twice():
    found = cells("pits", [2], [0, 1, 2], 24, 100)
    assert sorted(cell["m"] for cell in found) == [2, 3, 4]


def test_language_models_read_each_token_once_and_then_four_times_as_many():
    found = cells("sizes", [4, 8], 2**16, [0.03])
    assert [(cell["width"], cell["unique"]) for cell in found] == [
        (4, 2**16), (8, 2**16), (4, 2**18), (8, 2**18)]
    for cell in found:
        assert cell["epochs"] == 1 and cell["schedule"] == "linear"
    assert [cell["lrs"] for cell in found[1:3]] == [[0.03], [0.015]]


def test_networks_come_in_all_scalings_rates_and_widths():
    found = cells("sharpness", ["mup", "ntk"], [4, 8], [0.1, 0.2], 9)
    assert len(found) == 8 and found[0] == dict(
        width=4, depth=2, scaling="mup", lr=0.1, steps=9)
    assert {(cell["scaling"], cell["width"], cell["lr"]) for cell in found
            } == {(s, w, lr) for s in ("mup", "ntk") for w in (4, 8)
                  for lr in (0.1, 0.2)}
    again = cells("ways", ["mup", "ntk"], [4, 8], [0.1, 0.2], 9, (0.3, 0.1))
    assert again == [dict(cell, targets=[0.3, 0.1]) for cell in found]
    assert cells("spectrum", [4, 8], 0.1, 9) == [
        dict(width=4, depth=2, lr=0.1, steps=9),
        dict(width=8, depth=2, lr=0.1, steps=9)]
    found = cells("barriers", [1, 2], [4, 8], 0.1, 9)
    assert [(cell["depth"], cell["width"]) for cell in found] == [
        (1, 4), (1, 8), (2, 4), (2, 8)]


def test_wide_slices_are_as_deep_as_the_middle_of_the_deep_ones():
    found = cells("slices", [2, 8, 16], [8, 32, 64], 0.1, 9)
    assert [(cell["width"], cell["depth"], cell["skip"]) for cell in found
            ] == [*((32, depth, skip) for skip in (False, True)
                    for depth in (2, 8, 16)), (8, 8, False), (64, 8, False)]


@pytest.mark.parametrize("name, experiment, settings", [
    ("experiment", "minima", ([1], 10)),
    ("n", "goe", ([1, 0], 10)), ("draws", "low", ([2], [1.0], 0)),
    ("k", "pits", ([6, 0], [0], 10, 10)), ("m", "pits", ([6], [-6], 10, 10)),
    ("count", "escape", ([6], 0, 10)), ("steps", "escape", ([6], 10, 0)),
    ("width", "sizes", ([4, 0], 2**12, [0.03])),
    ("unique", "sizes", ([4], 1000, [0.03])),
    ("lrs", "sizes", ([4], 2**12, [0.03, 0])),
    ("scaling", "sharpness", (["mup", "sp"], [4], [0.1], 8)),
    ("lr", "sharpness", (["mup"], [4], [0.1, 0], 8)),
    ("width", "spectrum", ([4, 0], 0.1, 8)),
    ("depth", "slices", ([2, 0], [4], 0.1, 8)),
    ("steps", "barriers", ([1], [4], 0.1, 0)),
    ("width", "ways", (["mup"], [4, -4], [0.1], 8, [0.3]))])
def test_bad_settings_are_refused_before_anything_is_trained(
        name, experiment, settings, monkeypatch):
    def train(*_, **__):
        pytest.fail("trained")

    monkeypatch.setattr(terrain, "survey", train)
    monkeypatch.setattr(landscape, "train_size", train)
    with pytest.raises(ValueError, match=rf"\b{name}\b"):
        landscape.run(experiment, *settings)
    with pytest.raises(ValueError, match="seeds"):
        landscape.run("goe", [1], 10, seeds=[])
    with pytest.raises(ValueError, match="seeds"):
        landscape.run("sizes", [4], 2**12, [0.03], seeds=[])


def test_runs_give_rows_that_the_measures_can_read(tmp_path):
    record = records.Record(tmp_path, "goe")
    rows = landscape.run("goe", [1, 2, 3], 9_000, seeds=range(2),
                         record=record)
    assert len(rows) == 6 and len(record.cells) == 3
    assert landscape.falls(rows).holds
    again = landscape.run("goe", [1, 2, 3], 9_000, seeds=range(2),
                          record=record)
    pd.testing.assert_frame_equal(rows, again)
    rows = landscape.run("sizes", [2, 4], 2**12, [0.03], seeds=[0, 1])
    assert landscape.final(rows).shape == (4, 2)
    assert landscape.luck(rows).shape == (2, 1)
    assert landscape.catching_up(rows).shape == (2, 1)
    rows = landscape.run("ways", ["mup"], [4, 8], [0.01, 0.02], 100,
                         [2.0, 1.0, 0.0], seeds=[0, 1])
    best = landscape.fastest(rows)
    assert set(best.target) == {2.0, 1.0} and set(best.lr) <= {0.01, 0.02}


# --- what the rows say ------------------------------------------------------

def test_the_shares_of_pits_are_those_of_students_with_so_many_more():
    rows = pits({(6, 6): 0.1, (6, 7): 0.2, (6, 12): 0.3, (7, 7): 0.4,
                 (7, 8): 0.5, (7, 14): 0.6})
    assert landscape.pit_shares(rows, 0).loc[1].to_dict() == {6: 0.1, 7: 0.4}
    assert landscape.pit_shares(rows, 1).loc[1].to_dict() == {6: 0.2, 7: 0.5}


def test_luck_is_the_range_over_seeds_over_the_gap_to_the_next_size():
    rows = sizes({(10, 4): [2.0, 2.1, 2.2], (10, 8): [1.9, 2.0, 2.1],
                  (10, 16): [1.6, 1.6, 1.6], (40, 4): [2.0, 2.0, 2.05],
                  (40, 8): [1.6, 1.6, 1.65], (40, 16): [1.2, 1.2, 1.25]})
    found = landscape.luck(rows)
    assert found.loc[10].to_dict() == approx({4: 0.2 / 0.1, 8: 0.2 / 0.4})
    assert found.loc[40].to_dict() == approx({4: 0.05 / 0.4, 8: 0.05 / 0.4})


def test_catching_up_compares_with_the_next_size_at_fewer_tokens():
    rows = sizes({(10, 4): 3.0, (10, 8): 2.0, (10, 16): 1.0,
                  (40, 4): 1.9, (40, 8): 1.3, (40, 16): 0.9})
    found = landscape.catching_up(rows)
    assert found.loc[1].to_dict() == approx({4: -0.1, 8: 0.3})
    assert [*found.index] == [*SEEDS]


def test_the_freed_are_counted_over_all_teachers_and_the_best_way():
    rows = pd.concat([
        escape({(8, "noise of 2"): 1.0, (8, "noise of 4"): 0.0,
                (8, "other"): 1.0}, students=1),
        escape({(9, "noise of 2"): 0.0, (9, "noise of 4"): 0.5},
               students=9)])
    # per seed, of ten: 1 by the noise that suits the one teacher, 4.5 by
    # the one that suits the other
    assert landscape.freed(rows, "noise")[1] == approx(55)
    assert landscape.freed(rows, "noise of 2")[1] == approx(10)
    # a seed without trapped students says nothing
    none = rows.assign(
        students=rows.students.where(rows.seed != 2, 0),
        arrived=rows.arrived.where(rows.seed != 2))
    assert [*landscape.freed(none, "noise").index] == [0, 1]


def fastest(rows):
    """{(scaling, width, target): the rate that is fastest}."""
    best = landscape.fastest(rows)
    assert (best.groupby(["scaling", "width", "target"]).lr.nunique() == 1
            ).all()
    return best.groupby(["scaling", "width", "target"]).lr.first().to_dict()


def test_the_fastest_rate_is_the_one_whose_slowest_seed_is_fastest():
    rows = ways({("mup", 4, 0.1, 0.3): [10, 10, 90],
                 ("mup", 4, 0.2, 0.3): [40, 50, 60],
                 ("mup", 4, 0.1, 0.2): [110, 110, 110],
                 ("mup", 4, 0.2, 0.2): [140, 150, 160],
                 ("ntk", 4, 0.1, 0.3): [9, 9, 9],
                 ("mup", 8, 0.1, 0.3): [1, 1, 1]})
    assert fastest(rows) == {
        ("mup", 4, 0.3): 0.2, ("mup", 4, 0.2): 0.1, ("ntk", 4, 0.3): 0.1,
        ("mup", 8, 0.3): 0.1}
    best = landscape.fastest(rows)
    part = best[(best.width == 4) & (best.target == 0.3)
                & (best.scaling == "mup")]
    assert part.needed.tolist() == [40, 50, 60]


def test_a_rate_at_which_a_seed_never_arrives_is_not_the_fastest():
    nan = np.nan
    rows = ways({("mup", 4, 0.1, 0.3): [50, 50, 50],
                 ("mup", 4, 0.2, 0.3): [10, 10, nan],
                 ("mup", 4, 0.1, 0.2): [nan, nan, nan],
                 ("mup", 4, 0.2, 0.2): [20, nan, 20]})
    assert fastest(rows) == {("mup", 4, 0.3): 0.1}   # the other is never


@pytest.mark.parametrize("needed", [[10, 10, np.nan], [10, 10, 10]],
                         ids=["before it arrives", "after it arrived"])
def test_a_rate_at_which_a_seed_diverges_is_not_the_fastest(needed):
    rows = ways({("mup", 4, 0.1, 0.3): [50, 50, 50],
                 ("mup", 4, 0.9, 0.3): needed}, lost=[(0.9, 2)])
    assert fastest(rows) == {("mup", 4, 0.3): 0.1}


def test_rates_at_which_any_seed_diverged_are_not_kept():
    rows = sharpness({(scaling, width, lr, step): 1.0
                      for scaling in ("mup", "ntk") for width in (4, 8)
                      for lr in (0.1, 0.2) for step in (0, 16)},
                     lost=[(0.2, 1)])
    kept = landscape.kept_rates(rows, "mup")
    assert set(kept.lr) == {0.1} and set(kept.step) == {16}
    assert set(kept.scaling) == {"mup"} and len(kept) == 2 * len(SEEDS)


# --- the claims -------------------------------------------------------------

def sharp(at_start=(1, 1, 1), ends=(9, 3, 3), end_of=("mup", "ntk")):
    """Sharpness of width 8 over that of width 4 at the start, per scaling.

    ``ends``: in those ``end_of``, at the end, at (4, .1), (8, .1), (4, .2).
    """
    one, wider, faster = ends
    cells = {(scaling, width, lr, 0): ratio if width == 8 else 1
             for scaling, ratio in zip(("mup", "ntk", "standard"), at_start)
             for width in (4, 8) for lr in (0.1, 0.2)}
    for scaling in end_of:
        cells |= {(scaling, 4, 0.1, 16): one, (scaling, 8, 0.1, 16): wider,
                  (scaling, 4, 0.2, 16): faster,
                  (scaling, 8, 0.2, 16): wider * faster / one}
    return sharpness(cells)


def race(narrow, wide, scaling="mup", **rest):
    """Steps to each target {(lr, target): needed}, of two widths."""
    return ways({(scaling, width, *key): needed
                 for width, cells in ((4, narrow), (8, wide))
                 for key, needed in cells.items()}, **rest)


def by_width(narrow, wide):
    return lambda row: narrow if row.width == 4 else wide


SLOW = {(0.1, 0.3): 90, (0.2, 0.3): 80}
FAST = {(0.1, 0.3): 50, (0.2, 0.3): 40}
OUTCOMES = {   # claim -> (rows on which it holds, rows on which it fails)
    "C5a": (pits({(6, 6): 0.0, (10, 10): 0.2}),
            pits({(6, 6): 0.2, (10, 10): [0, 0, 0.1]})),
    "C5b": (pits({(6, 6): 0.0, (6, 12): 0.1, (10, 10): 0.3, (10, 20): 0.1}),
            pits({(6, 6): 0.1, (6, 12): 0.0, (10, 10): 0.1, (10, 20): 0.1})),
    "C5c": (pits({(6, 6): 0.3, (10, 10): 0.2, (10, 11): 0.9}),
            pits({(6, 6): 0.1, (10, 10): 0.2, (10, 11): 0.0})),
    "C5d": (escape({(8, "one more neuron"): 0.6}),
            escape({(8, "one more neuron"): 0.4})),
    "C6a": (sizes({(10, 4): [2.0, 2.1, 2.4], (10, 8): [1.9, 2.0, 2.3]}),
            sizes({(10, 4): [2.0, 2.1, 2.2], (10, 8): [1.0, 1.1, 1.2]})),
    "C6b": (escape({(8, "10 times the steps"): 0.1}),
            escape({(8, "10 times the steps"): 0.0})),
    "C6c": (escape({(8, "noise of 4 samples"): 0.1}),
            escape({(8, "noise of 4 samples"): [0.2, 0.3, 0]})),
    "C6d": (sizes({(10, 4): 2.0, (10, 8): 1.5, (40, 4): 1.4, (40, 8): 1.2}),
            sizes({(10, 4): 2.0, (10, 8): 1.5, (40, 4): 1.7, (40, 8): 1.2})),
    "C7a": (goe({2: 0.2, 3: 0.3, 4: 0.1}), goe({2: 0.1, 3: 0.3, 4: 0.2})),
    "C7b": (low({(1.0, 5): 0.1, (1.0, 50): 0.2, (2.2, 5): 0.2,
                 (2.2, 50): 0.1, (9.0, 5): 0.1, (9.0, 50): 0.2}),
            low({(1.0, 5): 0.2, (1.0, 50): 0.1, (2.2, 5): 0.1,
                 (2.2, 50): 0.2, (9.0, 5): 0.2, (9.0, 50): 0.1})),
    "C8a": (sharp(at_start=(0.5, 0.9, 1.1)), sharp(at_start=(0.5, 1.1, 0.5))),
    "C8b": (sharp(at_start=(1.1, 1.1, 0.9)), sharp(at_start=(0.5, 0.5, 1.1))),
    "C8c": (sharp(ends=(9, 3, 8)), sharp(ends=(9, 8, 3))),
    "C8i": (sharp(ends=(9, 27, 8), end_of=["standard"]),
            sharp(ends=(9, 8, 3), end_of=["standard"])),
    "C8d": (spectrum({4: 0.0, 8: 0.0}), spectrum({4: 0.1, 8: 0.2})),
    "C8e": (spectrum({4: 0.2, 8: 0.1}, "weight"),
            spectrum({4: 0.1, 8: 0.2}, "weight")),
    "C8f": (slices({(8, 4, False): 0.3, (32, 4, False): 0.2,
                    (32, 2, False): 0.9, (8, 4, True): 0.1,
                    (32, 4, True): 0.9}),
            slices({(8, 4, False): 0.2, (32, 4, False): 0.3,
                    (32, 2, False): 0.1, (8, 4, True): 0.9,
                    (32, 4, True): 0.1})),
    "C8g": (slices({(32, 2, False): 0.3, (32, 8, False): 0.2,
                    (64, 4, False): 0.9, (32, 2, True): 0.1,
                    (32, 8, True): 0.9}),
            slices({(32, 2, False): 0.2, (32, 8, False): 0.3,
                    (64, 4, False): 0.1, (32, 2, True): 0.9,
                    (32, 8, True): 0.1})),
    "C8h": (barriers({(1, 4): 0.2, (1, 8): 0.1, (2, 4): 0.4, (2, 8): 0.2}),
            barriers({(1, 4): 0.1, (1, 8): 0.2, (2, 4): 0.2, (2, 8): 0.3})),
    "C9a": (race(SLOW, FAST), race(FAST, SLOW)),
    "C9b": (race(SLOW, FAST, directness=by_width(0.2, 0.3)),
            race(SLOW, FAST, directness=by_width(0.3, 0.2))),
    "C31a": (race(SLOW, FAST, directness=lambda row: (   # at the small rate
                 0.3 if (row.width == 4) == (row.lr == 0.2) else 0.2)),
             race(SLOW, FAST, directness=lambda row: (   # at the large one
                 0.3 if (row.width == 4) == (row.lr == 0.1) else 0.2))),
    "C31b": (race(SLOW, FAST, directness=lambda row: (
                 0.3 if (row.width == 4) == (row.lr == 0.1) else 0.2)),
             race(SLOW, FAST, directness=lambda row: (
                 0.3 if (row.width == 4) == (row.lr == 0.2) else 0.2))),
    "C31c": (race(FAST, SLOW, "standard"), race(SLOW, FAST, "standard")),
}


@pytest.mark.parametrize("claim", landscape.CLAIMS, ids=lambda c: c.id)
def test_every_claim_can_hold_and_can_fail(claim):
    yes, no = judging.claim_can_hold_and_fail(
        claim, OUTCOMES, 1 if claim.id == "C6a" else len(SEEDS))
    assert yes.text != no.text


def test_every_claim_names_its_sentence_and_its_lab():
    judging.claims_have_names("landscape", landscape.CLAIMS, OUTCOMES)


def test_claims_see_only_the_rows_of_their_own_experiment():
    judging.claims_see_only_their_experiment(landscape.CLAIMS, OUTCOMES)


def test_the_effects_are_what_the_rows_were_made_with():
    effects = {id: landscape.CLAIMS[[*OUTCOMES].index(id)].test(rows[0])
               .effect for id, rows in OUTCOMES.items()}
    assert effects == approx({
        "C5a": 20, "C5b": -20, "C5c": -10, "C5d": 60, "C6a": 4.0,
        "C6b": 10, "C6c": 10, "C6d": -0.1, "C7a": 0.5, "C7b": -0.1,
        "C8a": 0.9, "C8b": 0.9, "C8c": np.log(3) / np.log(9 / 8),
        "C8i": np.log(3) / np.log(9 / 8), "C8d": 0.0, "C8e": 0.5,
        "C8f": -5, "C8g": -10, "C8h": 0.5, "C9a": 0.5, "C9b": 0.1,
        "C31a": 0.1, "C31b": 0.1, "C31c": 2.0})
    assert [claim.id for claim in landscape.CLAIMS if claim.beyond] == [
        "C5d", "C6d", "C8c", "C8i", "C8h", "C31c"]


def test_lost_runs_do_not_count_for_the_size_that_sets_the_sharpness():
    rows = sharp(ends=(9, 3, 8))
    more = sharpness({("mup", width, 0.4, 16): np.nan for width in (4, 8)},
                     lost=[(0.4, seed) for seed in SEEDS])
    found = landscape.width_over_rate(pd.concat([rows, more]), "mup")
    assert found.tolist() == approx(
        landscape.width_over_rate(rows, "mup").tolist())


@pytest.mark.parametrize("lost", [[0], [*SEEDS]], ids=["one", "all"])
def test_directness_is_compared_between_widths_that_bear_the_rate(
        lost):
    cells = {("mup", width, lr, 0.3): 50 for width in (4, 8, 16)
             for lr in (0.1, 0.2)}
    rows = ways(cells, directness=lambda row: row.width / 100)
    assert landscape.directness_by_rate(rows).median().to_dict() == approx(
        {0.1: 0.12, 0.2: 0.12})
    at_rate = (rows.lr == 0.2) & rows.seed.isin(lost)
    wide = at_rate & (rows.width == 16)
    for gone, at in ((wide, {0.1: 0.12, 0.2: 0.04}), (at_rate, {0.1: 0.12}), (
            wide | (at_rate & (rows.width == 8)), {0.1: 0.12})):
        spoilt = rows.assign(
            diverged=gone, needed=rows.needed.mask(gone),
            directness=rows.directness.mask(gone))
        found = landscape.directness_by_rate(spoilt)
        assert len(found) == len(SEEDS)
        assert found.median().to_dict() == approx(at)
