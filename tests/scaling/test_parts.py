"""What the parts measure, on runs whose answer is known."""
from xml.etree import ElementTree

import numpy as np
import pandas as pd
import pytest

from labkit.language import runs
from labkit.scaling import early, fits, gains, grid, window
from labkit.scaling.laws import Law
from tests.scaling.cases import H, curves_of, ends_of, law

approx = pytest.approx
EXACT = ends_of(law())


# --- the grid ---------------------------------------------------------------

def test_the_fit_and_the_slopes_are_those_of_the_law():
    found = grid.fitted(grid.ends(EXACT))
    assert found.E == approx(H, rel=1e-4) and set(found.runs[3]) == {0, 1, 2}
    pure = runs.with_excess(grid.ends(ends_of(Law(H, 10, 1e-9, 0.5, 1.0))))
    assert grid.slopes(pure).to_numpy() == approx(0.5)


def test_of_each_size_and_length_the_best_rate_counts():
    worse, spoilt = ends_of(law(H + 0.1)), EXACT.assign(value=0)
    tried = [worse, worse.assign(lr=0.3), spoilt.assign(experiment="short"),
             spoilt.assign(quantity="train")]
    for part in ("grid", "slower"):    # the latter is a part of the former
        table = grid.ends(pd.concat([*tried, EXACT.assign(
            lr=0.01, experiment=part)]))
        assert set(table.lr) == {0.01} and set(table.experiment) == {"grid"}
        assert len(table) == len(EXACT)


def test_seeds_are_compared_with_themselves_only():
    short = ends_of(law(H / 2), experiment="short")
    both = pd.concat([EXACT, short])
    assert fits.same_language(both).holds
    others = pd.concat([EXACT, short.assign(seed=short.seed + 1)])
    assert fits.same_language(others).holds is None
    with pytest.raises(ValueError, match="seed is missing"):
        grid.by_seed(EXACT.assign(seed=EXACT.seed.where(EXACT.seed > 0)), len)


# --- what tokens teach ------------------------------------------------------

def test_a_gain_is_what_the_law_says_and_stands_at_the_tokens_before():
    gain = gains.gains(EXACT)
    expected = law().predict(1e3, 2**16) - law().predict(1e3, 2**17)
    assert gain.xs(2**16, level="tokens").to_numpy() == approx(expected)
    assert len(gain) == 3 * 4


def test_at_equal_loss_the_tokens_of_the_two_largest_are_compared():
    # without an A, size does nothing; the largest reads at half the price
    rows = ends_of(Law(H, 1e-9, 400, 0.5, 0.6))
    faster = Law(H, 1e-9, 400 / 2**0.6, 0.5, 0.6).predict(1, rows.tokens)
    largest = rows["size"] == rows["size"].max()
    rows["value"] = rows.value.mask(largest, faster)
    assert gains.gains_at_equal_loss(rows).effect == approx(2, rel=1e-6)
    # too low from the start, and never so low
    for nats, holds in ((-1, None), (0.05, False)):
        moved = rows.assign(value=rows.value.mask(
            largest, rows.value + nats))
        assert gains.gains_at_equal_loss(moved).holds is holds


# --- fits -------------------------------------------------------------------

def test_held_back_sizes_are_never_looked_at():
    table = grid.ends(EXACT)
    spoilt = table.assign(value=table.value.where(table["size"] < 64, 9.0))
    held = fits.held_back(spoilt, "additive", 2)
    assert held.predicted.to_numpy() == approx(
        table.value[table["size"] == 128].to_numpy(), rel=1e-4)


def test_untuned_runs_have_the_rate_nearest_to_one_number():
    tried = [EXACT.assign(lr=lr) for lr in (0.0105, 0.03, 0.1)]
    found = fits.untuned(pd.concat(tried))
    assert set(found.lr) == {0.03}     # nearest as a ratio
    assert len(found) == len(EXACT)
    with pytest.raises(ValueError, match="another"):
        fits.untuned(pd.concat([EXACT, EXACT.assign(value=EXACT.value + 1)]))


def test_each_window_of_four_sizes_or_more_is_fitted_in_both_forms():
    table = fits.windows(grid.ends(ends_of(law(), 1e-4)), draws=3)
    assert len(table) == 2 * (3 + 2 + 1)
    assert (table.E_low <= table.E_high).all()
    page = window.window("x", table, H)._repr_html_()
    assert page.count("<svg") == 6 and page.count('data-frame="') == 6


def test_panels_lie_below_each_other_in_one_described_image():
    # values: on the scale, or beyond it, then at its end
    panel = "E", (1.0, 2.0), 1.5, {"few": (-5, -99, 99),
                                   "many": (1.75, 1.5, 1.9)}
    alt = 'E < 2, "known"'
    image = ElementTree.fromstring(window.intervals([panel, panel], alt))

    def drawn(tag, *names):
        return [" ".join(map(part.get, names)) for part in image.iter(tag)
                if part.get("stroke") != "#ddd"]

    assert (image.get("role"), image.get("aria-label")) == ("img", alt)
    assert max(map(float, drawn("text", "y"))) < float(
        image.get("viewBox").split()[-1])
    # the second row has a sign of its own, the truth is a dashed line
    assert drawn("circle", "cx", "cy") == ["80.0 45.0", "80.0 165.0"]
    assert drawn("rect", "x", "y") == ["299.5 69.5", "299.5 189.5"]
    assert drawn("path", "d") == [
        "M230.0 30V90", "M80.0 45.0H380.0", "M230.0 75.0H350.0",
        "M230.0 150V210", "M80.0 165.0H380.0", "M230.0 195.0H350.0"]


# --- the first steps --------------------------------------------------------

def test_early_curves_are_compared_at_one_step():
    rows = curves_of({100: 0.1, 200: 0.2})
    assert early.drops(rows, 8).iloc[:, 1].to_numpy() == approx(1.6)
    assert early.separation(rows).to_dict() == {200: 1}
    assert np.isnan(early.separation(curves_of({100: 0.1, 200: 0.1}))[200])
    lost = rows.value.mask((rows.parameters == 200) & (rows.step == 8))
    gone = rows.assign(value=lost)      # it diverged, and is not ahead
    assert np.isnan(early.separation(gone)[200])
    assert early.steeper(gone).holds is None
    # at one rate of two, or late: neither is "at every rate", "highest"
    other = rows.assign(experiment="standard")
    assert early.steeper_anyway(pd.concat([other, gone])).holds is None
    assert early.upper_limit(gone.assign(experiment="standard")).holds is None
    with pytest.raises(ValueError, match=r"step is 3; .*\[0, 1, 2, 4, 8\]"):
        early.drops(rows, 3)
    # the mean of a straight line is its middle
    assert early.code_length(rows)[100].to_numpy() == approx(2.6)
