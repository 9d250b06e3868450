"""What the chapter says in words, on the recorded rows."""
import numpy as np
import pandas as pd
import pytest

from labkit import records
from labkit.language import runs
from labkit.rulings import EQUAL, FOR
from labkit.scaling import early, fits, gains, grid
from publish import facts
from tests.scaling.cases import H

HOLDS = {"C19b", "C22b", "C23a", "C24b", "C25a", "C26b", "C26c"}


@pytest.fixture(scope="module")
def record():
    return pd.concat(records.tables("scaling").values())


@pytest.fixture(scope="module")
def table(record):
    return runs.with_excess(grid.ends(record))


def rising(values):
    return (np.diff(values) > 0).all()


def test_the_claims_come_out_as_the_chapter_words_them(table):
    judged = facts.judged("scaling")   # test_facts judges the records anew
    assert {*judged.id[judged.ruling == FOR]} >= HOLDS
    assert {*judged.id[judged.ruling == EQUAL]} == {"C26a"}
    found = judged.set_index("id").evidence
    assert found["C20a"].effect < 0 < found["C22a"].effect   # lower; higher
    assert found["C21c"].effect < 99 and found["C24a"].interval[0] > 0
    # no model can have what the pure power law foretells
    largest = grid.most(table).groupby("parameters").value.median().iloc[-1]
    assert largest + found["C20a"].effect < H


def test_the_best_rates_of_the_grid_lie_between_others(record, table):
    assert table.parameters.nunique() >= 8 and table.tokens.nunique() >= 6
    pairs = table.groupby(["parameters", "tokens"])
    assert pairs.seed.nunique().min() >= 5
    tried = record[record.experiment.isin(["grid", "slower"])
                   & (record.step > 0)].groupby(["parameters", "tokens"]).lr
    assert pairs.lr.first().between(
        tried.min(), tried.max(), inclusive="neither").all()


def test_the_slope_first_rises_and_then_falls(table):
    steep = grid.slopes(table).median().to_numpy()
    top = steep.argmax()
    assert 0 < top < len(steep) - 1 and steep.argmin() == 0
    assert rising(steep[:top + 1]) and rising(-steep[top:])


def test_the_better_form_has_the_worse_floor_and_both_miss(record, table):
    additive, coupled = (grid.fitted(table, form)
                         for form in ("additive", "coupled"))
    assert coupled.residual < additive.residual < 0.01
    assert coupled.E < additive.E < H
    assert max(law.interval("E")[1] for law in (additive, coupled)) < H
    # one rate for all makes a coupling
    assert grid.fitted(fits.untuned(record), "coupled").k < coupled.k - 0.1


def test_the_floors_on_other_texts_are_as_good_and_bad_as_said(record):
    laws = fits.on_other_texts(record)
    assert laws["layered", "coupled"].E < 0.1       # $k$ and $E$ trade off
    assert laws["layered", "coupled"].residual < 0.01
    for form in ("additive", "coupled"):
        assert abs(laws["short", form].E
                   - runs.language(runs.SHORT).entropy) < 0.01
        assert laws["real", form].E < 0.01


def test_without_the_large_sizes_the_floor_sinks(table):
    floors = [grid.fitted(table[table.parameters <= largest]).E
              for largest in sorted(table.parameters.unique())[3:]]
    assert rising(floors) and floors[0] < 0.5
    small, large = fits.edges(table)
    assert grid.fitted(small).E == floors[0]
    assert abs(grid.fitted(large).E - H) < 0.01


def test_small_models_stay_behind_from_a_ratio_on_and_gain_less(table):
    gap = grid.behind(table)
    times = gap.columns[-1] / gap.columns
    assert ((gap > 0).all() == (times >= 16)).all()
    assert ((gap < 0).all() == (times <= 8)).all()
    gain = gains.gains(table).groupby("seed").sum()
    share = gain.iloc[:, 0] / gain.iloc[:, -1]
    assert (share < 1).all() and 0.6 < share.median() < 0.75


def test_on_real_text_the_order_comes_with_the_tokens(record):
    text = grid.ends(record, "text")
    gain = gains.gains(text).groupby("tokens").median()
    assert gain.iloc[-1].is_monotonic_increasing
    assert gain.iloc[0].max() < 2 * gain.iloc[0].min()
    tried = record[(record.experiment == "text") & (record.step > 0)]
    best, highest = (grid.most(rows).groupby("parameters").lr.max()
                     for rows in (text, tried))
    assert (best == highest).sum() == 2      # of the six sizes


def test_early_the_rate_decides_who_is_ahead(record):
    # no size rises above its start but at a rate too large
    curves = record[record.experiment.isin(early.NAMES)]
    seen = early.validation(curves).set_index(
        ["experiment", "lr", "parameters"])[["step", "value"]]
    highest = seen.value.groupby(level=[0, 1, 2]).max()
    first = seen.value[seen.step == 0].groupby(level=[0, 1, 2]).max()
    assert highest["early"].to_numpy() == pytest.approx(np.log(32), abs=1e-3)
    above = (highest - first)["standard"]
    assert (above[[0.003, 0.01]] == 0).all() and above[0.03].iloc[-1] > 1
    falls = early.first_falls(record)
    assert falls.loc[("muP", 0.003), "min"] < 1      # not for every seed
    assert (falls.loc["muP", "min"][[0.01, 0.03]] > 1).all()
    assert rising(-falls.loc["standard", "median"])
    assert falls.loc[("standard", 0.01), "median"] > 1
    assert falls.loc[("standard", 0.03), "median"] < 1
