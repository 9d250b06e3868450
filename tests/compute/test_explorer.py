"""The figure with a switched axis: its table, and what a reader sees."""
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from playwright.sync_api import expect

from labkit.compute import explorer
from labkit.compute.explorer import UNITS

NPM = Path(__file__).parents[2] / "publish" / "vendor" / "npm"
CURVES = {   # parameters: the excess of three seeds at steps 0, 10, 20, 40
    516: [(2, 1.4, 1.2, 1.0)] * 3,
    4128: [(2, 1.0, 0.6, 0.4), (2, 1, np.nan, np.nan), (2, 1, 0.6, 0.2)],
    # starts low
    33024: [(.85, .6, .3, .2), (.85, .7, .35, .2), (.85, .8, .7, .3)],
    # below 0.5 and back: the first time counts
    132096: [(2, 0.4, 0.9, 0.1), (2, 1, 0.5, 0.3), (2, 1.1, 0.7, 0.4)]}
ROWS = pd.DataFrame([
    dict(parameters=N, seed=seed, step=step, excess=loss)
    for N, seeds in CURVES.items() for seed, curve in enumerate(seeds)
    for step, loss in zip((0, 10, 20, 40), curve)])
PER_STEP = pd.DataFrame({
    "steps": 1.0, "epochs": 0.04, "tokens": 128.0,
    "FLOPs": 768.0 * np.array([*CURVES]),
    "seconds": [3e-4, 5e-4, 1e-3, 2e-3]}, index=[*CURVES])


def figure(name="test", per_step=PER_STEP):
    return explorer.figure(name, ROWS, per_step, [0.9, 0.5], 0.5)


def test_an_axis_that_is_missing_or_unknown_is_refused():
    for columns in PER_STEP.drop(columns="steps"), PER_STEP.assign(hours=1.0):
        with pytest.raises(ValueError, match="per_step.*allowed are"):
            figure(per_step=columns)
    assert figure(per_step=PER_STEP[[*PER_STEP][::-1]]).page == figure().page


@pytest.mark.parametrize("size", [8, np.nan])
def test_a_size_whose_steps_are_not_known_is_refused(size):
    rows = pd.concat([ROWS, ROWS[:1].assign(parameters=size)])
    with pytest.raises(ValueError, match=f"the parameters.*{size}.*allowed"):
        explorer.figure("test", rows, PER_STEP, [0.5], 0.5)


def test_the_table_says_the_median_of_the_seeds_on_every_axis():
    table, page = explorer.table(ROWS, PER_STEP, [0.9, 0.5]), figure()
    assert [*table] == [*UNITS] and len(table) == 2 * len(CURVES)
    assert table.loc[0.5].T.to_dict("list") == {
        "516": ["never"] * 5, "4,128": ["never"] * 5,   # in one seed
        "33,024": ["16", "0.63", "2k", "400M", "0.016"],
        "132,096": ["20", "0.8", "2.6k", "2B", "0.04"]}
    assert table.to_html(border=0) in page.page
    assert repr(page) == table.to_string()


# --- in a browser -----------------------------------------------------------

def says(page, name, *needed):
    """The lines of the readout come to say what each size needs."""
    expect(page.locator(f"#signature-{name} svg text",
                        has_text=" parameters: ")).to_have_text([
        f"{size} parameters: {text}" for size, text in zip(
            ("516", "4.13k", "33k", "132k"),
            ("never", "never in 1 of 3 seeds", *needed))])


def test_the_readout_says_the_median_on_the_axis_that_is_chosen(
        offline, tmp_path, monkeypatch):
    # a title that must not end the element
    monkeypatch.setitem(UNITS, "FLOPs", ("</script><b>", UNITS["FLOPs"][1]))
    (tmp_path / "npm").symlink_to(NPM)
    page = offline(figure().page + figure("other").page,
                   'data-content_root="./"')
    says(page, "test", "0.63 epochs", "0.80 epochs")
    choose = page.locator("#signature-test select").select_option
    for axis, *needed in (("steps", "16 steps", "20 steps"),
                          ("tokens", "2.0k tokens", "2.6k tokens"),
                          ("seconds", "0.016 s", "0.040 s"),
                          ("FLOPs", "400M FLOPs", "2.0G FLOPs")):
        choose(axis)
        says(page, "test", *needed)
    expect(page.locator("svg text", has_text="</script><b>")).to_have_count(1)
    page.locator("#signature-test input").fill("0.9")
    says(page, "test", "0.0 FLOPs", "1.2G FLOPs")
    says(page, "other", "0.63 epochs", "0.80 epochs")
    assert all(url.startswith("file:") for url in page.asked)


@pytest.mark.parametrize("root, place", [
    ('data-content_root="./"', "file:"),
    ("", "https://cdn.jsdelivr.net/npm/vega@")])   # in a notebook
def test_without_its_scripts_the_page_says_so_and_has_the_table(
        offline, root, place):
    page = offline(figure().page, root)
    expect(page.get_by_text("could not be loaded")).to_be_visible()
    assert page.asked[1].startswith(place) and not page.query_selector("svg")
    page.click("summary")
    assert page.is_visible("table")
