"""Plans of training runs: published numbers, and the page's own copy."""
import re

import numpy as np
import pytest
from ipywidgets.widgets.widget import _instances

from labkit.compute import planning
from labkit.compute.planning import (
    ALLOWED,
    LABELS,
    MOST,
    PF_DAY,
    plan,
    written,
)
from labkit.scaling import laws

approx = pytest.approx
PAIRS = [(C, U) for C in (1e17, 1e20, 1e24, 1e27) for U in (1e8, 1e11, 1e16)]
OUTSIDE = ["0", "-3", "abc", "", " ", "NaN", "1e99", "Infinity"]
BAD = [0, -1, np.nan, np.inf, -np.inf, "x", None, "", True, [1e20], 1e16 + 1e5,
       1e28, *OUTSIDE]


def test_repeated_data_are_planned_for_as_their_authors_do():
    row = plan(1e22, 25e9).loc["Muennighoff 2023"]   # their README
    assert row.parameters == approx(7.02e9, rel=5e-3)
    assert row.tokens == approx(237e9, rel=5e-3)
    assert row.epochs == approx(9.49, rel=5e-3)
    assert row.loss == approx(laws.data_constrained(
        row.parameters, row.tokens, 25e9), rel=1e-9)


def test_where_data_are_plenty_nothing_is_repeated():
    for C in (1e18, 1e21, 1e24):
        row, (N, D) = plan(C, 1e16).iloc[-1], laws.C4.optimum(C)
        assert (row.parameters, row.tokens) == approx((N, D), rel=1e-4)
        assert row.loss == approx(laws.C4.predict(N, D), rel=1e-9)


def test_the_other_laws_advise_what_was_published():
    gopher, day = plan(5.76e23, 1e12), plan(PF_DAY, 1e12)
    assert round(gopher.ratio["Besiroglu 2024"], 1) == 18.4
    assert round(gopher.ratio["Hoffmann 2022"], 1) == 92.6
    assert PF_DAY == 1e15 * 24 * 60 * 60
    assert day.parameters["Kaplan 2020"] == approx(1.3e9)
    assert day.loss["Kaplan 2020"] == approx(3.1e8**0.05)
    ten = plan(10 * PF_DAY, 1e12).loc["Kaplan 2020"]
    assert ten.parameters == approx(1.3e9 * 10**0.73)
    assert ten.loss == approx(3.1e7**0.05)
    for law in ("hoffmann", "besiroglu"):
        row = gopher.loc[f"{law.title()} 20{22 if law[0] == 'h' else 24}"]
        N, D = laws.LAWS[law].optimum(5.76e23)
        assert row.loss == approx(laws.LAWS[law].predict(N, D))


@pytest.mark.parametrize("C, U", PAIRS)
def test_all_computation_is_spent_and_the_columns_agree(C, U):
    table = plan(C, U)
    N, D = table.parameters, table.tokens
    assert len(table) == 4 and (6 * N * D).to_numpy() == approx(C, rel=1e-12)
    assert table.ratio.to_numpy() == approx((D / N).to_numpy())
    assert table.epochs.to_numpy() == approx((D / U).to_numpy())


@pytest.mark.parametrize("C, U", PAIRS)
def test_no_other_split_of_the_computation_is_better(C, U):
    best = plan(C, U).iloc[-1]
    assert best.epochs <= MOST * (1 + 1e-9)
    D = MOST * U * np.geomspace(1e-12, 1, 4001)
    losses = laws.data_constrained(C / 6 / D, D, np.minimum(U, D))
    assert best.loss <= losses.min() + 1e-8


@pytest.mark.parametrize("value", BAD, ids=repr)
@pytest.mark.parametrize("name", ALLOWED)
def test_nonsense_is_refused_and_named(name, value):
    low, high = (f"{end:.0e}" for end in ALLOWED[name])
    with pytest.raises(ValueError) as wrong:
        plan(**dict(flops=1e20, unique=1e10) | {name: value})
    said = str(wrong.value)
    assert said.startswith(f"{name} is ") and low in said and high in said
    shown = said.split(" is ")[1].split(";")[0]
    try:
        value = float(value)
    except (TypeError, ValueError):
        assert shown == str(value)
    else:
        assert float(shown) == approx(value, nan_ok=True)


def test_the_ends_of_what_is_allowed_and_numbers_as_text_are_accepted():
    for C, U in zip(ALLOWED["flops"], ALLOWED["unique"]):
        assert plan(C, U).notna().all(axis=None)
        assert plan(str(C), f" {U} ").equals(plan(C, U))


# --- the calculator ---------------------------------------------------------

@pytest.fixture
def calculator():
    return planning.Calculator("test", 1e22, 25e9)


def test_without_a_kernel_the_first_table_is_that_of_the_plan(calculator):
    assert written(plan(1e22, 25e9)) in calculator._repr_html_()
    assert repr(calculator) == plan(1e22, 25e9).to_string()


def test_two_calculators_on_a_page_have_ids_of_their_own():
    pages = [planning.Calculator(name, 1e22, 25e9).page for name in "ab"]
    ids = [re.findall(r'id="([^"]*)"', page) for page in pages]
    assert len(ids[0]) == len(ids[1]) == 1 and ids[0] != ids[1]
    for page, (name,) in zip(pages, ids):
        assert f'getElementById("{name}")' in page


def test_without_ipywidgets_the_page_is_shown(calculator, monkeypatch):
    monkeypatch.setitem(__import__("sys").modules, "ipywidgets", None)
    assert calculator._repr_mimebundle_() == {
        "text/html": calculator.page, "text/plain": calculator.text}


def test_the_widget_answers_and_says_what_is_wrong(calculator):
    bundle = calculator._repr_mimebundle_()
    assert bundle["text/html"] == calculator.page
    view = bundle["application/vnd.jupyter.widget-view+json"]
    *fields, shown = _instances[view["model_id"]].children
    assert [field.description for field in fields] == [*LABELS.values()]
    assert shown.value == written(plan(1e22, 25e9))
    fields[0].value, fields[1].value = "3e21", "7e10"
    assert shown.value == written(plan(3e21, 7e10))
    for field, name in zip(fields, ALLOWED):
        good = field.value
        for bad in [*OUTSIDE, "<b>"]:
            field.value = bad
            assert re.match(rf"{name} is .*; allowed are", shown.value)
            assert "<" not in shown.value and "Trace" not in shown.value
        field.value = good
        assert shown.value == written(plan(3e21, 7e10))


# --- the calculator in a browser --------------------------------------------

@pytest.fixture
def page(browser, calculator, tmp_path):
    place = tmp_path / "page.html"
    place.write_text(f"<!doctype html><html><body>{calculator.page}")
    with browser.new_context(offline=True) as context:
        page, errors = context.new_page(), []
        page.on("pageerror", lambda error: errors.append(error))
        page.goto(place.as_uri())
        yield page
        assert not errors


def enter(page, **values):
    for name, value in values.items():
        page.fill(f"input[name={name}]", value)


CELLS = "[...{}.rows].map(row => [...row.cells].map(c => c.textContent))"


def same(page, C, U):
    assert page.is_visible("table") and page.inner_text("[role=alert]") == ""
    shown = page.evaluate(CELLS.format("document.querySelector('table')"))
    expected = page.evaluate(
        "text => {const made = document.createElement('div');"
        f"made.innerHTML = text; return {CELLS.format('made.firstChild')}}}",
        written(plan(C, U)))
    assert len(expected) == 5 and len(expected[0]) == 6
    assert shown == expected, (C, U)


def test_the_page_computes_what_python_does(page):
    same(page, 1e22, 25e9)
    rng = np.random.default_rng(0)
    for _ in range(6):
        C, U = (f"{10 ** rng.uniform(*ends):.3g}" for ends in (
            (20, 26), (9.5, 13)))
        enter(page, flops=C, unique=U)
        same(page, C, U)


def test_the_page_writes_the_smallest_and_largest_numbers_alike(page):
    for C, U in PAIRS:
        enter(page, flops=str(C), unique=str(U))
        same(page, C, U)


def test_the_page_names_a_bad_field_and_recovers(page):
    for name, good in (("flops", "1e22"), ("unique", "25e9")):
        for bad in OUTSIDE:
            enter(page, **{name: bad})
            said = page.inner_text("[role=alert]")
            assert said.startswith(f'{LABELS[name]} is "{bad}"; allowed are')
            low, high = map(float, said.split("from ")[1].split(" to "))
            assert (low, high) == ALLOWED[name]
            assert not page.is_visible("table")
        enter(page, **{name: good})
        same(page, 1e22, 25e9)
