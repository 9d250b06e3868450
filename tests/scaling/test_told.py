"""What the lesson shows: windows that move, tokens asked, leads split."""
from xml.etree import ElementTree

import numpy as np
import pandas as pd
import pytest

from labkit.scaling import floors, grid, told
from labkit.scaling.laws import Law
from publish import facts
from tests.scaling.cases import H, curves_of, ends_of, law


def test_each_window_shows_its_law_its_floor_and_the_truth():
    table = grid.ends(ends_of(law(), 1e-4))
    page = told.window_page(table, H)._repr_html_()
    assert page.count("<svg") == page.count('data-frame="') == 3
    assert page.count(" hidden>") == 3      # two frames, and what is missing
    assert page.count(f"true floor {H:.2f}") == 3
    # of six sizes four are in the fit
    assert page.count('class="blue"/>') == 3 * 4
    assert page.count('class="open"/>') == 3 * 2


def test_what_a_window_says_is_about_the_floor():
    sizes, drawn = [516, 1032], Law(1.5, 10, 400, .5, .6, 1.0)
    fit = grid.fitted(grid.ends(ends_of(drawn)))
    for truth, said in ((1.5, "the truth;"), (1.75, "0.25 too low"),
                        (1.25, "0.25 too high")):
        assert f"floor is 1.50, {said}" in told.said(sizes, fit, (1, 2), truth)


def test_a_frame_draws_no_curve_above_its_top():
    steep = grid.fitted(grid.ends(ends_of(law())))
    losses = {129 * 2**i: 2.0 for i in range(4)}
    image = ElementTree.fromstring(told.frame(
        pd.Series(losses), 2**20, [*losses], steep, (1.5, 1.6), H))
    (curve,) = image.iter("polyline")
    heights = [float(point.split(",")[1])
               for point in curve.get("points").split()]
    assert min(heights) >= told.y(told.TOP)
    assert told.x(told.ENDS[0]) == told.LEFT


def test_a_law_that_holds_asks_for_the_right_tokens():
    table = grid.ends(ends_of(law()))
    seen, foretold, tokens = told.asked(table)
    assert tokens == pytest.approx(seen.index[-1], rel=.01)
    assert foretold.iloc[-1] == pytest.approx(seen.iloc[-1])
    assert "arrow" in told.asked_figure(table).alt


def test_the_law_asks_too_few_tokens_and_foretells_too_low_a_loss():
    kept = facts.load("scaling")["facts"]
    lesson = kept["lesson"]
    asked, took = float(lesson["asked"]), float(lesson["took"])
    assert took / asked == pytest.approx(float(kept["tokens"]["grid"]),
                                         rel=.02)
    assert float(lesson["below"]) > 0


def test_the_second_widest_told_all_ends_below_the_widest_after_a_text():
    kept = facts.load("scaling")["facts"]
    assert float(kept["told"]["w128"]) < float(kept["after_text"]["w512"])


def test_the_lead_is_by_floors_in_mup_and_public_runs_by_speed_elsewhere():
    kept = facts.load("scaling")["facts"]
    lesson = {name: float(kept["lesson"][name])
              for name in ("whole", "floors", "fall")}
    assert lesson["floors"] / lesson["fall"] == pytest.approx(
        lesson["whole"], abs=.05)
    assert lesson["fall"] > 1 and float(kept["public"]["floors"]) > 1
    standard = kept["floors"]["standard_new"]
    assert float(standard["low"]) <= 0 <= float(standard["high"]) < .2


@pytest.mark.parametrize("differ", ["floors", "speeds"])
def test_a_lead_is_the_product_of_its_two_factors(differ):
    lead = told.lead(floors.made(differ))
    assert lead["whole"] * lead["fall"] == pytest.approx(lead["floors"])
    if differ == "floors":
        assert lead["fall"] == pytest.approx(1, abs=.1)
    else:
        assert lead["floors"] == pytest.approx(1, abs=.1)
        assert lead["whole"] > 2


def test_few_sizes_keep_the_ends():
    rows = curves_of(dict.fromkeys(range(100, 900, 100), .1))
    assert [*np.unique(grid.few(rows).parameters)] == [100, 300, 500, 800]
    rows = curves_of(dict.fromkeys(range(100, 600, 100), .1))
    assert len(grid.few(rows)) == len(rows)
