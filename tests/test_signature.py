"""The figure with a switched axis: its page, and what a reader sees."""
import json
import re
import time
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from labkit.compute import explorer as signature
from labkit.compute.explorer import UNITS
from labkit.epochs import epochs_to_target
from labkit.plots import size_name

NPM = Path(__file__).parent.parent / "publish" / "vendor" / "npm"
STEPS = np.array([0, 8, 16, 32, 64, 128, 256, 512])
SIZES = 516, 4128, 132096
TARGETS = 0.7, 0.4, 0.05


def rows_of(curves):
    """{parameters: [the loss of each seed at STEPS]}"""
    return pd.DataFrame([
        dict(parameters=N, seed=seed, step=step, excess=loss,
             quantity="validation")
        for N, seeds in curves.items() for seed, curve in enumerate(seeds)
        for step, loss in zip(STEPS, curve)])


def falling(rng):
    """Five curves each, with noise; some of 4128 stop halfway."""
    fall = {N: 1.3 / (1 + STEPS / pace) ** 0.7 for N, pace in
            zip(SIZES, (900, 40, 9))}
    curves = {N: [np.round(curve * rng.uniform(0.9, 1.1, len(STEPS)), 4)
                  for _ in range(5)] for N, curve in fall.items()}
    for seed in (1, 4):
        curves[4128][seed] = np.maximum(curves[4128][seed], 0.55)
    for seed in range(5):   # below 0.7 and back: the first time counts
        curves[132096][seed][5:] = [0.8, 0.3, 0.06 + seed / 100]
        curves[132096][seed][3:5] = [0.65 + seed / 100, 0.45]
    return rows_of(curves)


ROWS = falling(np.random.default_rng(3))
PER_STEP = pd.DataFrame({
    "steps": 1.0, "epochs": 0.037, "tokens": 128.0,
    "FLOPs": 6.0 * 128 * np.array(SIZES),
    "seconds": [3.1e-4, 4.7e-4, 2.3e-3]}, index=SIZES)


def figure(name="test", rows=ROWS, per_step=PER_STEP):
    return signature.figure(name, rows, per_step, TARGETS, 0.4)


def needed(target, N, rows=ROWS):
    """Steps of each seed, None for never, in the lab's own way."""
    return [epochs_to_target(run.step, run.excess, target) for _, run in
            rows[rows.parameters == N].groupby("seed")]


def spec_of(page):
    text = re.search(r'<script type="application/json">(.*?)</script>', page,
                     re.DOTALL)[1]
    return text, json.loads(text)


# --- the page ---------------------------------------------------------------

def test_an_axis_that_is_missing_or_unknown_is_refused():
    for axis in UNITS:
        with pytest.raises(ValueError, match="per_step.*allowed are"):
            figure(per_step=PER_STEP.drop(columns=axis))
    with pytest.raises(ValueError, match="hours"):
        figure(per_step=PER_STEP.assign(hours=1.0))
    assert figure(per_step=PER_STEP[[*PER_STEP][::-1]]).page == figure().page


def test_the_table_says_the_median_of_the_seeds_on_every_axis():
    table = signature.table(ROWS, PER_STEP, TARGETS)
    assert len(table) == len(TARGETS) * len(SIZES) and [*table] == [*UNITS]
    said = set()
    for (target, size), row in table.iterrows():
        N = int(size.replace(",", ""))
        steps = needed(target, N)
        for axis in UNITS:
            at = None if None in steps else (
                np.median(steps) * PER_STEP[axis][N])
            assert row[axis] == ("never" if at is None else
                                 size_name(float(f"{at:.2g}")))
            said.add(at is None)
    assert said == {True, False}
    assert table.loc[(0.4, "4,128"), "epochs"] == "never"   # in two seeds
    assert 0 < sum(at is None for at in needed(0.4, 4128)) < 5
    page = figure()
    assert table.to_html(border=0) in page.page
    assert repr(page) == table.to_string()


def test_the_chart_is_valid_json_that_cannot_end_its_element(monkeypatch):
    title = "</script><b>"
    monkeypatch.setitem(UNITS, "steps", (title, UNITS["steps"][1]))
    text, spec = spec_of(figure().page)
    assert "</" not in text
    titles = {p["name"]: p.get("value") for p in spec["params"]}["titles"]
    assert titles["steps"] == title


def test_every_axis_can_be_chosen_and_the_start_is_as_given():
    _, spec = spec_of(figure().page)
    params = {p["name"]: p for p in spec["params"]}
    assert params["axis"]["bind"]["options"] == [*UNITS]
    assert params["axis"]["value"] in UNITS
    assert params["target"]["value"] == 0.4
    assert params["names"]["value"] == {str(N): size_name(N) for N in SIZES}


def test_figures_of_different_names_share_no_ids():
    ids = []
    for name in "ab":
        page = figure(name).page
        ids += re.findall(r'id="([^"]*)"', page)
        assert f'getElementById("{ids[-1]}")' in page
    assert len(ids) == len(set(ids)) == 2


# --- in a browser -----------------------------------------------------------

@pytest.fixture
def show(browser, tmp_path):
    """show(*figures): the browser's page of them, as on the site."""
    with browser.new_context(offline=True) as context:
        def show(*figures, scripts=True, root='data-content_root="./"'):
            if scripts:
                (tmp_path / "npm").symlink_to(NPM)
            place = tmp_path / "page.html"
            place.write_text(f"<!doctype html><html {root}><body>" + "".join(
                figure.page for figure in figures))
            page.goto(place.as_uri())
            if scripts:
                page.wait_for_function(
                    "n => document.querySelectorAll('svg').length == n",
                    arg=len(figures), timeout=10_000)
            return page

        page, errors = context.new_page(), []
        page.asked = []
        page.on("pageerror", lambda error: errors.append(error))
        page.on("request", lambda request: page.asked.append(request.url))
        yield show
        assert not errors


def said(page, name="test"):
    """The lines of the readout: size -> what it needs."""
    texts = page.eval_on_selector_all(
        f"#signature-{name} svg text", "all => all.map(t => t.textContent)")
    return dict(text.split(" parameters: ") for text in texts
                if " parameters: " in text)


def expected(axis, target, rows=ROWS):
    lines = {}
    for N in SIZES:
        steps = needed(target, N, rows)
        never = sum(at is None for at in steps)
        lines[size_name(N)] = (
            "never" if never == len(steps)
            else f"never in {never} of {len(steps)} seeds" if never
            else f"{np.median(steps) * PER_STEP[axis][N]:.{_digits(axis)}}")
    return lines


def _digits(axis):
    return "0f" if axis == "steps" else "2g"


def read(lines, axis):
    """The same with 12k FLOPs as 1.2e+04."""
    found = {}
    for size, text in lines.items():
        number = re.fullmatch(rf"([\d.,]+)([kMGT]?) (?:{axis}|s)", text)
        if number:
            unit = 10 ** (3 * " kMGT".index(number[2] or " "))
            text = f"{float(number[1].replace(',', '')) * unit:.12g}"
            text = f"{float(text):.{_digits(axis)}}"
        found[size] = text
    return found


def agrees(page, axis, target, rows=ROWS, name="test"):
    """Does the readout come to agree with Python?"""
    right, end = expected(axis, target, rows), time.monotonic() + 2
    while time.monotonic() < end:
        if (found := read(said(page, name), axis)) == right:
            break
        page.wait_for_timeout(20)
    assert found == right, (axis, target)


def choose(page, name="test", **controls):
    for control, (event, value) in controls.items():
        page.eval_on_selector(
            f"#signature-{name} [name={control}]",
            "(control, [event, value]) => {control.value = value;"
            "control.dispatchEvent(new Event(event, {bubbles: true}))}",
            [event, str(value)])


def test_the_readout_is_what_python_computes_on_every_axis(show):
    page = show(figure())
    assert all(url.startswith("file:") for url in page.asked)
    agrees(page, "epochs", 0.4)
    assert set(said(page)) == {"516", "4.13k", "132k"}
    kinds = set()
    for axis in UNITS:
        choose(page, axis=("change", axis))
        for target in (0.7, 0.9, 0.13, 0.41):
            choose(page, target=("input", target))
            agrees(page, axis, target)
            kinds |= {re.sub(r"[\d.,]+", "#", text)
                      for text in said(page).values()}
        title = UNITS[axis][0]
        assert page.locator("svg text", has_text=title).count() >= 1
    assert {"never", "never in # of # seeds", "# steps", "# s", "# epochs",
            "#k tokens", "#G FLOPs"} <= kinds


def test_the_figure_can_be_used_from_the_keyboard(show):
    page = show(figure())
    page.focus("input[type=range]")
    for target in (0.41, 0.42):
        page.keyboard.press("ArrowRight")
        assert float(page.input_value("input[type=range]")) == target
        agrees(page, "epochs", target)
    page.keyboard.press("ArrowLeft")
    page.focus("select")
    page.keyboard.type("tok")
    assert page.input_value("select") == "tokens"
    agrees(page, "tokens", 0.41)


def test_two_figures_on_a_page_move_on_their_own(show):
    page = show(figure("one"), figure("two"))
    choose(page, "two", axis=("change", "steps"), target=("input", 0.9))
    agrees(page, "steps", 0.9, name="two")
    agrees(page, "epochs", 0.4, name="one")


@pytest.mark.parametrize("root, place", [
    ('data-content_root="./"', "file:"),
    ("", "https://cdn.jsdelivr.net/npm/vega@")])   # in a notebook
def test_without_its_scripts_the_page_says_so_and_has_the_table(
        show, root, place):
    page = show(figure(), scripts=False, root=root)
    page.wait_for_selector("text=could not be loaded", timeout=10_000)
    assert page.asked[1].startswith(place) and page.locator("svg").count() == 0
    page.click("summary")
    assert page.is_visible("table")
    cells = page.eval_on_selector_all(
        "tbody tr", "all => all.map(row => row.cells.length)")
    assert len(cells) == len(TARGETS) * len(SIZES)


def test_a_seed_that_diverges_never_gets_there(show):
    rows = ROWS.copy()
    late = (rows.parameters == 132096) & (rows.seed == 0) & (rows.step > 8)
    rows.loc[late, "excess"] = np.nan
    page = show(figure(rows=rows))
    agrees(page, "epochs", 0.4, rows)
    assert said(page)["132k"] == "never in 1 of 5 seeds"


def test_a_size_that_starts_below_the_target_needs_nothing(show):
    rows = ROWS.copy()
    first = (rows.parameters == 132096) & (rows.step == 0)
    rows.loc[first, "excess"] = 0.85
    page = show(figure(rows=rows))
    choose(page, target=("input", 0.9))
    agrees(page, "epochs", 0.9, rows)
