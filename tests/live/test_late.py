"""Late or never: as labkit.members.parity, and as the lesson says."""
import json
import subprocess
from concurrent.futures import ThreadPoolExecutor

import pytest
import torch

from labkit.members import parity
from labkit.members.adam import Adam
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

SMALL = {"widths": "4 32", "steps": 60, "lr": .02}
SEEDS = range(1, 21)


def node(program):
    """What a program in JavaScript, with P = Live.parity(), returns."""
    text = "".join((HERE / f"{name}.js").read_text("utf-8")
                   for name in ("dice", "parity"))
    text += ("const P = Live.parity();"
             f"console.log(JSON.stringify((() => {{{program}}})()))")
    return json.loads(subprocess.run(["node", "-e", text], check=True,
                                     capture_output=True, text=True).stdout)


@pytest.fixture
def late(load):
    """late(seed=3) gives a page with few steps."""
    return lambda **settings: shown(load, "late", **SMALL | settings)


def wait(page):
    return page.get_by_role("button", name="Wait")


# --- the mathematics --------------------------------------------------------

def labkits(net, theta):
    """Weights as labkit has them: (inputs, width) and (width, 1), flat."""
    into, out = theta.split([net.inputs * net.width, net.width])
    return torch.cat([into.unflatten(0, (net.width, -1)).T.flatten(), out])


@pytest.mark.parametrize(("width", "weights"), [(8, [1, 1, 1]),
                                                (32, [0, 1, 1])])
def test_agrees_with_labkit(width, weights):
    """Gradient and 50 steps of Adam, from the same start and examples."""
    found = node(f"""
        const random = P.uniform(1), where = P.places(3, 2, random);
        const net = new P.Network({width}, 3, random), batches = [];
        const start = [...net.theta], list = a => [...a];
        const pick = P.picker([.5, .3, .2], random);
        let slope;
        for (let step = 0; step < 50; step++) {{
          const batch = P.examples(64, where, pick, random);
          net.learn(batch, .01, {weights});
          slope ??= [...net.slope];
          batches.push([list(batch.signs), list(batch.task),
                        list(batch.label)]);
        }}
        const exam = P.examples(300, where, () => 1, random);
        return {{where, start, slope, batches, end: [...net.theta],
                 right: net.graded(exam)[1] / 3, signs: [...exam.signs]}};""")
    net = parity.Parity(width, 3)
    where = torch.tensor(found["where"])[None]
    adam = Adam.start(labkits(net, torch.tensor(
        found["start"], dtype=torch.float64))[None])
    rates = net.rates(torch.tensor([.01], dtype=torch.float64))
    for step, (signs, task, label) in enumerate(found["batches"]):
        signs = torch.tensor(signs, dtype=torch.float64).reshape(1, 64, 16)
        task = torch.tensor(task)[None]
        x, y = parity.encode(signs, task, where)
        assert y.flatten().tolist() == label
        gradient = net.gradient(adam.theta, x, y, torch.tensor(
            weights, dtype=torch.float64)[task])
        if step == 0:
            torch.testing.assert_close(gradient[0], labkits(
                net, torch.tensor(found["slope"], dtype=torch.float64)),
                rtol=0, atol=1e-10)
        adam.step(gradient, rates)
    torch.testing.assert_close(adam.theta[0], labkits(net, torch.tensor(
        found["end"], dtype=torch.float64)), rtol=0, atol=1e-9)
    signs = torch.tensor(found["signs"], dtype=torch.float64).reshape(300, 16)
    x, y = parity.encode(signs, torch.ones(300, dtype=int), where[0])
    _, right = parity.graded(net, adam.theta, x[None, None], y[None, None])
    assert right.item() == pytest.approx(found["right"])


def test_start_and_frequencies_as_labkit():
    theta, power = node("""
        const net = new P.Network(2000, 8, P.uniform(5));
        return [[...net.theta], P.powerLaw(8, 2)];""")
    net, theta = parity.Parity(2000, 8), torch.tensor(theta)
    spread = [part.std().item() for part in theta.split(net.sizes)]
    assert spread == pytest.approx(net.deviations, rel=.05)
    assert power == pytest.approx(parity.power_law(8, 2).tolist(), rel=1e-6)


def test_tasks_come_as_often_as_they_should():
    share, labels = node("""
        const random = P.uniform(3), where = P.places(4, 2, random);
        const all = P.examples(40000, where, P.picker(P.powerLaw(4, 1),
                                                      random), random);
        return [[0, 1, 2, 3].map(t => all.task.filter(x => x === t).length
                                 / 40000),
                all.label.reduce((a, b) => a + b) / 40000];""")
    assert share == pytest.approx(parity.power_law(4, 1).tolist(), abs=.01)
    assert abs(labels) < .02


def test_goes_on_as_if_never_stopped_in_its_state():
    """Going on keeps weights and memory of Adam; the looks go on, too."""
    steps, same = node("""
        const one = {width: 4, tasks: 2, frequencies: [.5, .5], lr: .01,
                     seed: 1, arm: "mixture"}, steps = [];
        const tell = ({step}) => steps.push(step);
        const state = P.train(one, 100, null, tell);
        const copy = [...state.theta];
        P.train(one, 100, state, tell);
        const on = P.train(one, 400, state, tell);
        return [steps, on.steps === 400 && copy.length === on.theta.length];
        """)
    assert same
    assert steps == sorted({*steps})
    assert steps[0] == 0 and 100 in steps and steps[-1] == 400


def known(width, steps, arm, seed):
    """How many of the tasks a network knows at its last look."""
    return node(f"""
        let last;
        const rare = {json.dumps(arm == "alone")} ? 4 : 0;
        const frequencies = P.powerLaw(8, {0 if arm == "equal" else 2});
        P.train({{width: {width}, tasks: 8, frequencies, lr: .01,
                  seed: {seed}, arm: "{arm}"}}, {steps}, null,
                ({{right}}) => {{ last = right; }});
        return last.filter((r, i) => r > P.LEARNED && i >= rare).length;""")


def counts(width, steps, arm):
    """The same for 20 seeds, on two cores."""
    with ThreadPoolExecutor(2) as pool:
        return [*pool.map(lambda seed: known(width, steps, arm, seed), SEEDS)]


def most(right):
    """True in a clear majority: 18 of 20."""
    return sum(right) >= 18


def test_early_they_look_alike():
    """After the first steps neither has learned half of the tasks."""
    for width in (8, 16, 32):
        assert most(count < 4 for count in counts(width, 250, "mixture"))


def test_wide_is_late():
    """Sixteen times the first steps, and it knows all."""
    assert most(count == 8 for count in counts(32, 4000, "mixture"))


def test_narrow_is_full():
    """Four times as long as the wide one needs: it never knows all."""
    found = counts(8, 16_000, "mixture")
    assert all(count < 8 for count in found)
    assert most(count <= 4 for count in found)


def test_only_the_control_tells():
    """All equally often: there is room in the wide one, not in the narrow."""
    assert most(count == 8 for count in counts(32, 1000, "equal"))
    assert all(count < 8 for count in counts(8, 4000, "equal"))


def test_rare_alone_come_sooner():
    """Alone, the rare tasks come at steps where company keeps them dark."""
    alone = counts(32, 1000, "alone")
    assert most(count == 4 for count in alone)
    assert most(count < 8 for count in counts(32, 1000, "mixture"))


# --- the element ------------------------------------------------------------

def test_runs_to_the_end(late):
    page = late()
    page.get_by_label("Buy: by then it does not").check()
    press(page, "Start")
    assert "after 60 steps it knows" in said(page)
    assert said(page).endswith("Wait, or try a control.")
    press(page, "all equally often")
    assert "the control does not know all" in said(page)
    assert said(page).endswith("answered at 3840 steps: press Wait.")
    assert [row[0] for row in cells(page) if row[1] == "960"] == [
        "4 units, as the tasks come", "4 units, all equally often"]
    assert answer(page) == ""             # one has not waited long enough
    assert wait(page).inner_text().endswith("(3 of 3)")
    press(page, "Wait")
    assert "after 60), after 3840" in answer(page)
    assert answer(page).startswith("Right. Your guess: Buy")
    assert "after 3840 it knows" in answer(page)
    assert answer(page).endswith("Run the control, for as long.")
    assert wait(page).get_attribute("aria-disabled") == "true"
    assert page.get_by_text("Recorded.").is_visible()
    press(page, "all equally often")
    assert "rarity alone does not explain it. Full or stuck?" in answer(page)
    assert "answered at" not in said(page)
    press(page, "the rare alone")
    assert "among the frequent not yet" in said(page)
    assert [*dict.fromkeys(row[0] for row in cells(page))] == [
        "4 units, as the tasks come", "4 units, all equally often",
        "4 units, the rare alone"]


def test_late_arrives(late):
    page = late(widths="64 4", exponent=1, steps=100, lr=.03)
    press(page, "Start")
    page.get_by_label("Buy: by then it does not").check()
    for _ in range(2):
        if not answer(page):
            press(page, "Wait")
    assert answer(page).startswith("Not quite. Your guess: Buy")
    assert "it was late" in said(page)
    assert wait(page).get_attribute("aria-disabled") == "true"


def test_repeats_exactly(late):
    first, again = late(), late()
    for page in (first, again):
        press(page, "Start")
        press(page, "Wait")
    assert cells(first) == cells(again)
    press(again, "Again")
    press(again, "Wait")
    assert cells(first) != cells(again)
    assert "seed 2" in again.locator(".live-table caption").text_content()


def test_another_width_keeps_what_was_found_and_the_guess(late):
    page = late()
    guess = page.get_by_label("Buy: by then it does not")
    guess.check()
    press(page, "Start")
    page.get_by_label("32", exact=True).check()
    assert guess.is_checked()
    press(page, "Start")
    assert {row[0] for row in cells(page)} == {
        "4 units, as the tasks come", "32 units, as the tasks come"}
    assert "seed 1" in page.locator(".live-table caption").text_content()


def test_keyboard_alone(late):
    page = late()
    for key in ("Tab", "ArrowRight", "Tab", "Space", "Tab", "Enter"):
        page.keyboard.press(key)
    finish(page)
    assert said(page).startswith("32 units")
    for key in ("Tab", "Enter"):          # wait
        page.keyboard.press(key)
    finish(page)
    assert "after 240 steps" in said(page)


def test_start_twice(late):
    page = late()
    page.evaluate("""() => { const button = document.querySelector(
        '.primary'); button.click(); button.click(); }""")
    finish(page)
    assert "seed 1" in page.locator(".live-table caption").text_content()
    assert [row[1] for row in cells(page)].count("60") == 1


def test_again_asks_anew(late):
    """The guess of the last seed is no guess about the next one."""
    page = late(widths="64", exponent=1, steps=400, lr=.03)
    page.get_by_label("Wait: by then it knows all").check()
    press(page, "Start")
    while not answer(page):
        press(page, "Wait")
    assert answer(page).startswith("Right. Your guess: Wait")
    assert page.evaluate("""() => {
        document.querySelector('.primary').click();
        return document.querySelector('.live-answer').textContent; }""") == ""
    assert not page.get_by_label("Wait: by then it knows all").is_checked()
    finish(page)


def judged(text):
    """What Live.shown says of runs whose tasks are [shares at each look]."""
    return node(f"""
        const run = (...all) => ({{arm: "mixture", points: all.map(
          (right, i) => ({{step: 4 ** i, right}}))}});
        const {{since, standing}} = Live.shown; return {text};""")


def test_only_what_runs_have_shown():
    some, more, every = "[1, .5, .5, .4]", "[1, 1, .5, .5]", "[1, 1, 1, 1]"
    for late, rose in (some, False), ("[.9, .5, .5, .5]", False), (
            more, True), ("[1, .5, .5, .8]", False):
        assert judged(f"since(run({some}, {late}), .25)") == {
            "step": 1, "known": 1, "more": rose}
    for mixture, equal, longest, verdict in (
            ("null", "null", 4, "dark"), (f"run({some})", "null", 4, "dark"),
            (f"run({some}, {more})", "null", 4, "waited"),
            (f"run({some})", f"run({more})", 4, "full"),
            (f"run({some})", f"run({every})", 4, "room"),
            (f"run({every})", f"run({more})", 4, "all")):
        assert judged(f"standing({mixture}, {equal}, {longest})") == verdict


def test_removed_in_the_middle(late):
    """No worker is left; and put back, it can be started again."""
    page = late(widths="128", steps=4000)
    page.get_by_role("button", name="Start").click()
    page.wait_for_function("document.querySelector('live-late').runs[0]"
                           ".points.length")
    page.evaluate("""() => { globalThis.kept = document.querySelector(
        'live-late'); kept.remove(); }""")
    workers_end(page)
    page.evaluate("document.querySelector('main').append(kept)")
    assert page.get_by_role("button", name="Start").get_attribute(
        "aria-disabled") == "false"
    assert cells(page) == []


def test_no_workers(late):
    page = late()
    page.evaluate("Worker = undefined")
    page.get_by_role("button", name="Start").click()
    page.get_by_text("does not let pages compute").wait_for()
    assert page.get_by_text("Recorded.").is_visible()


@pytest.mark.parametrize(("name", "value", "allowed"), [
    ("widths", "8 9", "4, 8, 16, 32, 64, 128 (several, with spaces between)"),
    ("lr", "7", "numbers from 0.0001 to 1")])
def test_bad_attributes(late, name, value, allowed):
    page = late(**{name: value})
    bad = value.split()[-1]
    assert said(page) == f"{name} is “{bad}”; allowed: {allowed}."
    assert page.locator("button").count() == 0


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_accessible(late, theme):
    page = late()
    page.evaluate(f"document.documentElement.dataset.theme = '{theme}'")
    for name in ("Start", "all equally often"):
        accessible(page)
        press(page, name)
    accessible(page)
