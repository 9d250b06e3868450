"""Pits in the page: as labkit.landscape.students, and as the lesson says."""
import json
import subprocess
from concurrent.futures import ThreadPoolExecutor

import pytest
import torch

from labkit.landscape import students
from live.directive import HERE
from tests.live.conftest import (
    accessible,
    answer,
    cells,
    finish,
    press,
    said,
    shown,
    workers_end,
)

SMALL = {"teacher": 8, "count": 6, "steps": 3000, "samples": 4, "seed": 2}
K = 15    # the teacher of the lesson


def node(program):
    """What a program in JavaScript, with S = Live.students(), returns."""
    text = "".join((HERE / f"{name}.js").read_text("utf-8")
                   for name in ("dice", "students"))
    text += ("const S = Live.students();"
             f"console.log(JSON.stringify((() => {{{program}}})()))")
    return json.loads(subprocess.run(["node", "-e", text], check=True,
                                     capture_output=True, text=True).stdout)


@pytest.fixture
def pits(load):
    """pits(seed=3) gives a page with a small class."""
    return lambda **settings: shown(load, "pits", **SMALL | settings)


# --- the mathematics --------------------------------------------------------

@pytest.mark.parametrize(("k", "m"), [(4, 4), (15, 16), (6, 12)])
def test_agrees_with_labkit(k, m):
    found = node(f"""
        const w = S.draw({k}, {m}, Live.dice().uniform(3)), slope = w.slice();
        const loss = S.lossAndSlope(w, {k}, slope), end = w.slice();
        S.descend(end, {k}, 200);
        const H = S.hessian(w, {k}).map(row => [...row]);
        return {{w: [...w], loss, slope: [...slope], end: [...end], H}};""")
    w, slope, end, hessian = (
        torch.tensor(found[name], dtype=torch.float64)
        for name in ("w", "slope", "end", "H"))
    w, v = w.reshape(m, k), students.teacher(k)
    close = dict(rtol=0, atol=1e-10)
    torch.testing.assert_close(found["loss"], students.loss(w, v).item(),
                               **close)
    torch.testing.assert_close(slope, students.gradient(w, v).flatten(),
                               **close)
    torch.testing.assert_close(end, students.descend(w, v, 200).flatten(),
                               **close)
    torch.testing.assert_close(hessian, students.hessian(w, v), rtol=0,
                               atol=1e-5)


def test_same_fates_as_labkit():
    """Labkit's judge, on students that were trained here."""
    found = node("""return Array.from({length: 12}, (_, seed) => {
        const {w, end} = S.train({k: 10, m: 10, seed, steps: 3000}, () => {});
        return [[...w], end]; });""")
    w = torch.tensor([one for one, _ in found], dtype=torch.float64)
    masks, _ = students.classify(w.reshape(-1, 10, 10), students.teacher(10))
    fates = [end for _, end in found]
    assert {"stuck", "arrived"} <= {*fates}
    assert masks["pit"].tolist() == [fate == "stuck" for fate in fates]
    assert masks["arrived"].tolist() == [fate == "arrived" for fate in fates]


def test_noise_is_the_gradient_on_average():
    slope, noisy = node("""
        const w = S.draw(4, 5, Live.dice().uniform(1)), slope = w.slice();
        const noisy = w.slice();
        S.lossAndSlope(w, 4, slope);
        S.sampledSlope(w, 4, noisy, Live.dice().uniform(2), 400000);
        return [[...slope], [...noisy]];""")
    torch.testing.assert_close(torch.tensor(noisy), torch.tensor(slope),
                               rtol=0, atol=.02)
    assert noisy != slope


def test_a_saddle_is_no_pit():
    """All weights zero but one neuron: level, and not curved upwards."""
    assert node("""
        const w = S.draw(6, 6, Live.dice().uniform(1)), end = w.slice();
        return [S.curvesUp(w, 6), S.fate(w, 6).end];""") == [False, "open"]


def classes(seeds):
    """Fates of 20 students: [spare 0, spare 2, more steps, one neuron]."""
    return node(f"""
        const k = {K}, done = () => {{}}, fates = [0, 0, 0, 0];
        for (let seed = {seeds.start}; seed < {seeds.stop}; seed++) {{
          const plain = S.train({{k, m: k, seed, steps: 5000}}, done);
          const spare = S.train({{k, m: k + 2, seed, steps: 5000}}, done);
          if (spare.end === "stuck") fates[1]++;
          if (plain.end !== "stuck") continue;
          fates[0]++;
          for (const [i, way, steps] of [[2, "steps", 50000],
                                         [3, "neuron", 5000]])
            if (S.train({{k, m: k, seed: seed + 999, steps, way,
                          from: plain.w}}, done).end === "arrived") fates[i]++;
        }}
        return fates;""")


def test_claims():
    """None to spare: most are stuck; two: next to none; what frees them."""
    with ThreadPoolExecutor() as pool:
        parts = pool.map(classes, [range(1, 11), range(11, 21)])
    stuck, spared, longer, neuron = map(sum, zip(*parts))
    assert stuck > 10
    assert spared <= 1
    assert longer == 0
    assert neuron > stuck / 2


# --- the element ------------------------------------------------------------

def test_runs_to_the_end(pits):
    page = pits(recorded=.5, freed_steps=0, freed_neuron=.8)
    page.get_by_label("0 to 1").check()
    press(page, "Start")
    text = said(page)
    assert "Of 6, " in text and "arrived" in text
    fates = [end for _, end, _ in cells(page)]
    assert len(fates) == 6
    stuck = fates.count("in a pit")
    assert f"{stuck} {'is' if stuck == 1 else 'are'} stuck" in text
    assert answer(page).startswith("Right." if stuck <= 1
                                   else "Not quite.")
    assert page.locator(".live-bar .mark").count() == 1


def test_ways_begin_in_the_same_pits(pits):
    page = pits(teacher=12)
    press(page, "Start")
    before = cells(page)
    stuck = [number for number, end, _ in before if end == "in a pit"]
    assert stuck
    press(page, "One more neuron")
    freed = cells(page)
    press(page, "times the steps")
    assert cells(page) == before           # they are where they were
    assert f"0 of {len(stuck)} got out" in said(page)
    press(page, "Noise")
    press(page, "One more neuron")
    assert cells(page) == freed != before
    assert page.locator(".live-bar").count() == 5


def test_repeats_exactly(pits):
    first, again = pits(), pits()
    for page in (first, again):
        press(page, "Start")
    assert cells(first) == cells(again)
    press(again, "Again")
    assert cells(first) != cells(again)
    assert "seed 3" in again.locator(".live-table caption").text_content()


def test_spare_neurons_begin_anew(pits):
    page = pits(recorded=.5)
    press(page, "Start")
    page.get_by_label("2", exact=True).check()
    assert answer(page) == ""
    assert "each student has 10" in page.locator("live-pits p").first \
        .inner_text()
    press(page, "Start")
    assert [end for _, end, _ in cells(page)] == ["at loss zero"] * 6
    assert page.locator(".live-bar .mark").count() == 0   # of another size
    assert page.get_by_text("None is stuck").is_visible()


def test_again_asks_anew(pits):
    """The guess of the last seed is no guess about the next one."""
    page = pits()
    page.get_by_label("0 to 1").check()
    press(page, "Start")
    assert "Your guess: 0 to 1." in answer(page)
    assert page.evaluate("""() => {
        document.querySelector('.primary').click();
        return [document.querySelector('.live-answer').textContent,
                document.querySelectorAll('.live-bar').length]; }""") == [
        "", 0]
    assert not page.get_by_label("0 to 1").is_checked()
    finish(page)
    assert answer(page).startswith("Of 6, ")


def test_rings_at_one_height_have_the_same_weights():
    """In another order; in the class that a reader sees first."""
    found = node(f"""return Array.from({{length: 20}}, (_, i) => {{
        const {{loss, end, w}} = S.train({{k: {K}, m: {K}, seed: 1000 + i,
                                         steps: 5000}}, () => {{}});
        return end === "stuck" ? [loss, [...w].sort((a, b) => a - b)] : null;
        }}).filter(one => one).sort(([a], [b]) => a - b);""")
    losses, weights = zip(*found)
    alike = [b - a < 1e-6 for a, b in zip(losses, losses[1:])]
    assert sum(alike) > len(alike) / 2
    for same, one, other in zip(alike, weights, weights[1:]):
        assert same == (one == pytest.approx(other, abs=1e-5))


def test_keyboard_alone(pits):
    page = pits()
    for key in ("Tab", "Space", "Tab", "Tab", "Enter"):
        page.keyboard.press(key)
    finish(page)
    assert page.locator(".live-guess input").first.is_checked()
    assert len(cells(page)) == 6


def test_start_twice(pits):
    page = pits()
    page.evaluate("""() => { const button = document.querySelector(
        '.primary'); button.click(); button.click(); }""")
    finish(page)
    assert "seed 2" in page.locator(".live-table caption").text_content()
    assert len(cells(page)) == 6


def test_removed_in_the_middle(pits):
    page = pits(teacher=20, count=50)
    page.get_by_role("button", name="Start").click()
    assert page.workers
    page.evaluate("""() => { globalThis.kept = document.querySelector(
        'live-pits'); kept.remove(); }""")
    workers_end(page)
    page.evaluate("document.querySelector('main').append(kept)")
    assert page.get_by_role("button", name="Start").get_attribute(
        "aria-disabled") == "false"
    assert cells(page) == []


def test_no_workers(pits):
    page = pits()
    page.evaluate("Worker = undefined")
    page.get_by_role("button", name="Start").click()
    page.get_by_text("does not let pages compute").wait_for()
    assert page.get_by_text("Recorded.").is_visible()


@pytest.mark.parametrize(("name", "value", "allowed"), [
    ("teacher", "99", "numbers from 2 to 20"), ("spare", "7", "0, 1, 2"),
    ("recorded", "66", "numbers from 0 to 1")])
def test_bad_attributes(pits, name, value, allowed):
    page = pits(**{name: value})
    assert said(page) == f"{name} is “{value}”; allowed: {allowed}."
    assert page.locator("button").count() == 0


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_accessible(pits, theme):
    page = pits(teacher=12, recorded=.5)
    page.evaluate(f"document.documentElement.dataset.theme = '{theme}'")
    for _ in range(2):
        accessible(page)
        press(page, "Start" if _ == 0 else "One more neuron")
    accessible(page)
