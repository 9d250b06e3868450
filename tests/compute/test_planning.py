"""Plans of training runs: published numbers, and the page's own copy."""
import re
from decimal import Decimal
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from ipywidgets.widgets.widget import _instances
from playwright.sync_api import expect

from labkit.compute import planning
from labkit.compute.planning import (
    ALLOWED,
    LABELS,
    Calculator,
    number,
    plan,
    written,
)
from labkit.scaling import laws

approx = pytest.approx
PF_DAY = 1e15 * 24 * 60 * 60
PAIRS = [(C, U) for C in (1e17, 1e20, 1e24, 1e27) for U in (1e8, 1e11, 1e16)]
# what may be typed for either field: text -> is it a number from 1e8 to 1e27?
TYPED = {
    "1e22": True, " 1e22 ": True, "+1E22": True, "1e+22": True, "1.e22": True,
    ".1e23": True, "012e21": True, "1" + "0" * 22: True, "1e022": True,
    "10000000000000000000000.000": True,
    "0": False, "-3": False, "-1e22": False, "abc": False, "": False,
    " ": False, "NaN": False, "Infinity": False, "inf": False, "1e99": False,
    "1e400": False, "1_000e19": False, "1,000e19": False, "1 000e19": False,
    "0x21e19e0c9bab2400000": False, "0b1": False, "0o7": False, "1e": False,
    "e22": False, ".e22": False, ".": False, "+": False, "1e2.2": False,
    "--1e22": False, "1e22x": False, "10**22": False, "1e22n": False,
    "1e\u0662\u0662": False, "\uff11e22": False, "\u20091e22": False,
    "1e22\x1f": False, "1e22\ufeff": False, "1e22\x85": False,
    "\u22121e22": False, "\xb9e22": False, "1" * 9999 + "x": False}
CALCULATOR = Calculator("test", 1e22, 25e9)
LIMITS = {"flops": "1e+17 to 1e+27", "unique": "1e+08 to 1e+16"}
KEYS = "0123456789eE+-._ xn,\u0661\xa0\ufeff\x1f"
# sets the field, one text after another: does the page take it?
ASK = """texts => { const root = document.getElementById("planning-test");
  return texts.map(text => { root.querySelector("input").value = text;
    root.oninput(); return !root.querySelector("p").textContent; }); }"""


def test_repeated_data_are_planned_for_as_their_authors_do():
    row = plan(1e22, 25e9).loc["Muennighoff 2023"]   # their README
    assert row[["parameters", "tokens", "epochs"]].to_list() == approx(
        [7.02e9, 237e9, 9.49], rel=5e-3)


def test_the_other_laws_advise_what_was_published():
    gopher, day = plan(5.76e23, 1e12), plan(PF_DAY, 1e12)
    assert round(gopher.ratio["Besiroglu 2024"], 1) == 18.4
    assert round(gopher.ratio["Hoffmann 2022"], 1) == 92.6
    for table, days in ((day, 1), (plan(PF_DAY * 10, 1e12), 10)):
        assert table.loc["Kaplan 2020", ["parameters", "loss"]].to_list() == (
            approx([1.3e9 * days**0.73, (3.1e8 / days)**0.05]))
    for name in ("Hoffmann 2022", "Besiroglu 2024"):
        row, law = gopher.loc[name], laws.LAWS[name.split()[0].lower()]
        assert row.loss == approx(law.predict(row.parameters, row.tokens))


@pytest.mark.parametrize("C, U", PAIRS)
def test_all_computation_is_spent_and_no_other_split_is_better(C, U):
    table = plan(C, U)   # the ends of what is allowed among them
    assert plan(str(C), f" {U} ").equals(table)
    N, D = table.parameters, table.tokens
    assert len(table) == 4 and (6 * N * D).to_numpy() == approx(C, rel=1e-12)
    assert table.ratio.to_numpy() == approx((D / N).to_numpy())
    assert table.epochs.to_numpy() == approx((D / U).to_numpy())
    best = table.loc["Muennighoff 2023"]
    assert best.epochs <= 100 * (1 + 1e-9)
    D = 100 * U * np.geomspace(1e-12, 1, 4001)
    losses = laws.data_constrained(C / 6 / D, D, np.minimum(U, D))
    assert best.loss <= losses.min() + 1e-8
    assert best.loss == approx(laws.data_constrained(
        best.parameters, best.tokens, min(U, best.tokens)))


@pytest.mark.parametrize("value, shown", [
    (-1, "-1.0"), (np.nan, "nan"), (np.inf, "inf"), (None, "None"),
    (True, "1.0"), ([1e20], "[1e+20]"), (9e7, "90000000.0"), (1e28, "1e+28"),
    ("x", "x"), ("0", "0.0"), ("", ""), (10**400, "inf"),
    pytest.param(-10**9999, "-inf", id="too large for str"),
    (Fraction(10**400), "inf"), (b"1e20", "b'1e20'"), (1e20j, "1e+20j")])
@pytest.mark.parametrize("name", LIMITS)
def test_nonsense_is_refused_and_named(name, value, shown):
    with pytest.raises(ValueError, match="^" + re.escape(
            f"{name} is {shown}; allowed are numbers from {LIMITS[name]}")):
        plan(**dict(flops=1e20, unique=1e10) | {name: value})


@pytest.mark.parametrize("value", [
    10**20, np.float32(1e20), np.int64(10**18), Fraction(10**20), "1e20",
    Decimal("1e20"), np.str_("1e20"), np.array(1e20)], ids=repr)
def test_a_number_of_every_kind_is_taken(value):
    assert plan(value, 1e10).equals(plan(float(value), 1e10))


def taken(text):
    """Does Python take the text for the field of FLOPs?"""
    try:
        return bool(number("flops", text))
    except ValueError as wrong:
        assert "; allowed are numbers from " in str(wrong)
        return False


# --- the calculator ---------------------------------------------------------

def test_without_ipywidgets_the_page_with_the_first_plan_is_shown(
        monkeypatch):
    monkeypatch.setitem(__import__("sys").modules, "ipywidgets", None)
    table = plan(1e22, 25e9)
    assert CALCULATOR._repr_mimebundle_() == {
        "text/html": CALCULATOR.page, "text/plain": table.to_string()}
    assert written(table) in CALCULATOR.page


def test_the_widget_answers_and_says_what_is_wrong():
    bundle = CALCULATOR._repr_mimebundle_()
    assert bundle["text/html"] == CALCULATOR.page
    view = bundle["application/vnd.jupyter.widget-view+json"]
    *fields, shown = _instances[view["model_id"]].children
    assert [field.description for field in fields] == [*LABELS.values()]
    assert shown.value == written(plan(1e22, 25e9))
    for field, name, good in zip(fields, ALLOWED, ("3e21", "7e10")):
        field.value = "<b>"
        assert shown.value.startswith(f"{name} is &lt;b&gt;; allowed are")
        field.value = good
    assert shown.value == written(plan(3e21, 7e10))


def test_the_page_computes_and_writes_what_python_does(offline):
    other = Calculator("other", 1e20, 1e10)   # on the same page, left alone
    page = offline(other.page + CALCULATOR.page)
    alert, table = (page.locator(f"#planning-test {part}")
                    for part in ("[role=alert]", "table"))

    def enter(**values):
        for name, value in values.items():
            page.fill(f"#planning-test input[name={name}]", value)

    rng = np.random.default_rng(0)
    random = [(10 ** rng.uniform(20, 26), 10 ** rng.uniform(9.5, 13))
              for _ in range(6)]
    for C, U in (*random, *PAIRS):   # the smallest and largest numbers, too
        C, U = f"{C:.3g}", f"{U:.3g}"
        enter(flops=C, unique=U)
        assert table.locator("tbody").inner_html() in written(plan(C, U))
    assert page.inner_html("#planning-other tbody") in written(
        plan(1e20, 1e10))
    for name, good in (("flops", "1e22"), ("unique", "25e9")):
        for bad in ("0", "abc", "", " ", "0x1e9"):
            enter(**{name: bad})
            expect(alert).to_have_text(
                f'{LABELS[name]} is "{bad}"; allowed are numbers from '
                + LIMITS[name].replace("+0", "+"))
            expect(table).to_be_hidden()
        enter(**{name: good})
        expect(alert).to_be_empty()
        expect(table).to_be_visible()


def test_the_page_and_python_take_and_refuse_the_same_texts(offline):
    page = offline(CALCULATOR.page)
    assert {text: taken(text) for text in TYPED} == TYPED
    assert dict(zip(TYPED, page.evaluate(ASK, [*TYPED]))) == TYPED

    @settings(deadline=None, max_examples=40, suppress_health_check=[
        HealthCheck.function_scoped_fixture])
    @given(st.lists(st.one_of(
        st.text(KEYS, max_size=8), st.text().filter(str.isprintable),
        st.floats(width=16).map("{:g}e20".format),
        st.from_regex(planning.TYPED, fullmatch=True)), max_size=50))
    def agree(texts):
        assert page.evaluate(ASK, texts) == [*map(taken, texts)]

    agree()
