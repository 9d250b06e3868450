"""What the lesson says in words and draws, tested on the recorded rows."""
import re

import numpy as np
import pytest

from labkit import plots, records
from labkit.interference import mixture, price, told
from labkit.rows import only, wide
from publish.lesson import DRAWINGS

TABLES = records.tables("interference")
LAMPS = (DRAWINGS / "interference-lamps.svg").read_text("utf-8")


def test_the_two_widths_look_alike_and_only_one_gets_far():
    known = told.narrow(TABLES, "mixture")
    early = known.loc[:told.alike(known)]
    assert (early < .5).all(axis=None) and len(early) >= 5
    assert (known[16] <= 1).all() and known[32].iloc[-1] >= 6
    control = told.narrow(TABLES, "uniform")
    assert control[32].iloc[-1] == told.RARE and control[16].max() < 5


@pytest.mark.parametrize("lr", [.01, .03])
def test_at_both_rates_a_fresh_network_is_first_with_every_seed(lr):
    rows = only(TABLES["forks"], width=32, lr=lr)
    fresh, freed = (mixture.first_step(
        wide(only(rows, program=program), "rare", "step"), told.RARE)
        for program in ("fresh start", "common masked"))
    assert (freed > fresh).all() and (freed / fresh).median() > 3
    start = only(rows, step=0)
    assert only(start, program="fresh start").rare.max() == 0
    assert only(start, program="common masked").rare.mean() > 0


def test_at_twice_the_width_the_past_still_costs_steps():
    ratio = told.experience(TABLES, 64, .01)
    assert (ratio >= 1).all() and ratio.median() >= 1.5
    narrower = told.experience(TABLES, *told.drawn(TABLES))
    assert ratio.median() < narrower.median()


def test_what_more_steps_bring_the_second_width_are_rare_tasks():
    steps = mixture.along(TABLES["tasks"], "mixture", "learned")
    assert told.rare_late(TABLES).median() == (
        steps.iloc[:, -1] - steps.loc[:, 3969]).median()


def test_at_no_rate_does_the_narrowest_learn_all_tasks():
    rows = only(TABLES["tasks"], arm="uniform", width=16)
    assert rows.lr.nunique() == 3 and rows.learned.max() < mixture.TASKS


# --- the harm of a step -----------------------------------------------------

def test_harm_adds_up_and_less_so_in_the_widest_with_every_seed():
    table = told.summed(TABLES)
    assert table.columns.tolist()[::4] == [16, 256] and len(table) == 10
    assert (table[16] > table[256]).all()
    assert .9 < table[16].median() < 1.2 and table[256].median() < .5


def test_along_the_plain_gradient_the_widest_does_no_better():
    table = told.summed(TABLES, kind="_plain")
    assert (table[16] < table[256]).sum() >= 9


def test_half_of_the_harm_is_the_length_of_the_step():
    short, long = told.summed(TABLES, kind="_short"), told.summed(TABLES)
    assert .3 < short[16].median() / long[16].median() < .6


def test_private_parts_of_a_narrow_network_never_get_there():
    rows = only(TABLES["price"], way="private")
    assert rows[rows.width <= 32].needed.isna().all()
    steps = price.fastest(TABLES["price"]).agg("median", axis=1).unstack("way")
    assert (steps.joint < steps.private)[64]
    assert (steps.joint > steps.private).loc[128:].all()


def test_a_figure_of_some_widths_has_no_line_of_others():
    _, ax = plots.axes("x", "y")
    mixture.some(ax, only(TABLES["tasks"], arm="mixture", lr=.03), [16, 64],
                 x="step", y="rare", label="{}")
    names = [line.get_label() for line in ax.get_lines()]
    assert names == ["16", "64"] and len(ax.collections) == 2


# --- the drawing of five lamps ----------------------------------------------

def lamps(*on):
    """What each lamp shows, as the drawing's style computes it."""
    there = np.isin(range(5), on)
    near, far = (np.roll(there, k).astype(int) + np.roll(there, -k)
                 for k in (1, 2))
    a, b, c, d = map(float, re.search(
        r"var\(--on\) \+ ([.\d]+) \* var\(--near\) - ([.\d]+) \* "
        r"var\(--far\) - ([.\d]+)\) / ([.\d]+)", LAMPS).groups())
    assert (a, b) == pytest.approx((np.cos(np.pi * .4), -np.cos(np.pi * .8)),
                                   abs=.001)
    return np.clip((there + a * near - b * far - c) / d, 0, 1)


def test_alone_a_lamp_is_right_and_two_apart_light_a_third():
    for lamp in range(5):
        assert lamps(lamp).tolist() == np.eye(5)[lamp].tolist()
    assert (lamps(0, 2) > 0).tolist() == [False, True, False, False, False]
    assert (lamps(0, 1) > 0).tolist() == [True, True, False, False, False]


def test_the_lamps_stand_at_the_corners_of_a_pentagon():
    found = re.findall(r'class="open" cx="(\d+)" cy="(\d+)"', LAMPS)
    x, y = np.array(found, float).T - [[280], [150]]
    assert np.hypot(x, y) == pytest.approx(104, abs=1)
    turns = np.unwrap(np.arctan2(x, -y))
    assert np.diff(turns) == pytest.approx(2 * np.pi / 5, abs=.02)
