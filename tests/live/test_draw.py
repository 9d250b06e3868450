"""Bets on a draw: labkit's mathematics, the bet in a browser, the claim."""
import json
import subprocess

import numpy as np
import pandas as pd
import pytest
import torch

from labkit.lottery import draws
from labkit.members import parity
from labkit.members.adam import Adam
from live.directive import HERE
from tests.live.conftest import accessible, shown, workers_end

DRAW = "document.querySelector('live-draw')"


def node(program):
    """What the program, after its scripts, says as JSON."""
    files = "\n".join((HERE / f"{name}.js").read_text("utf-8")
                      for name in ("dice", "phrases", "parity", "bets"))
    done = subprocess.run(["node", "-"], input=f"{files}\n{program}",
                          capture_output=True, text=True, check=True)
    return json.loads(done.stdout)


def test_networks_that_bet_learn_as_labkits_do():
    seen = node("""
      const tools = Live.parity(), {uniform, places, examples} = tools;
      const {bet, OFTEN} = Live.bets(tools), none = () => 0;
      const widths = [8, 32], where = places(1, 4, uniform(1e6 + 5));
      const random = uniform(3e6 + 5), exam = examples(
        512, where, none, uniform(2e6 + 5));
      const plain = ({signs, label}) => ({x: [...signs], y: [...label]});
      const members = widths.map((width, number) => ({
        width, number, lr: .01}));
      console.log(JSON.stringify({
        theta: widths.map((width, i) => [...new tools.Network(
          width, 1, uniform(5000 + i)).theta]),
        exam: plain(exam), batches: Array.from({length: 60}, () =>
          plain(examples(32, where, none, random))),
        right: [...bet(members, 5, 60)].map(({right}) => right)}));""")
    for i, width in enumerate([8, 32]):
        net = parity.Parity(width, 1)
        adam = Adam.start(labkits(seen["theta"][i], width))
        rates = net.rates(torch.tensor([.01])).double()
        for step in range(61):
            if step % 10 == 0:
                x, y = batch(seen["exam"])
                right = parity.graded(net, adam.theta, x[:, None], y[:, None])
                assert right[1].item() == pytest.approx(
                    dict(seen["right"][step // 10])[i], abs=1e-9)
            if step < 60:
                x, y = batch(seen["batches"][step])
                adam.step(net.gradient(adam.theta, x, y, torch.ones_like(y)),
                          rates)


def labkits(theta, width):
    """The page has a row for each unit, labkit a column."""
    into, out = torch.tensor(theta).double().split([17 * width, width])
    return torch.cat([into.unflatten(0, (width, 17)).T.flatten(), out])[None]


def batch(examples):
    signs = torch.tensor(examples["x"]).double().reshape(1, -1, 16)
    name = torch.full((1, signs.shape[1], 1), parity.NAME).double()
    return (torch.cat([signs, name], -1),
            torch.tensor([examples["y"]]).double())


def test_the_share_of_draws_is_labkits():
    rng = np.random.default_rng(0)
    small, wide = rng.integers(30, 200, 64) * 10., 110.
    rows = pd.DataFrame(
        [dict(width=8, lr=.01, seed=0, net=i, needed=n)
         for i, n in enumerate(small)]
        + [dict(width=512, lr=.1, seed=0, net=0, needed=wide)]).assign(
            experiment="draw")
    found = node(f"""console.log(JSON.stringify(Live.draws.explained(
      {json.dumps(list(small))}, [{wide}], 2000)))""")
    assert found == {"share": pytest.approx(draws.shares(rows)[8][0]),
                     "least": False}


def test_a_typical_network_that_never_arrives_gives_a_least_share():
    share = node("""const {explained, best, first, chances} = Live.draws;
      const small = [300, Infinity, Infinity], lines = chances(
        small, [100, 120], 2000);
      console.log(JSON.stringify([explained(small, [100], 2000),
        explained(small, [100], 4000), best(.25, 2), best(1 / 64, 64),
        first(small, 100), first(small, 500), first([100], 100),
        first(small, Infinity), first([Infinity], Infinity),
        lines.map(line => line[29][1])]))""")
    few, many, *rest, last = share
    assert few["least"] and many["least"] and few["share"] < many["share"]
    assert few["share"] == pytest.approx(np.log(2000 / 300) / np.log(20))
    assert rest == [.4375, pytest.approx(.635, abs=.001), 1, 0, 2, 0, 2]
    assert last == [pytest.approx(1 / 3), pytest.approx(19 / 27), 1]


@pytest.mark.parametrize("small, wide, says", [
    ([100, 120], [105, 100], "little or no faster than a typical small one"),
    ([300, None, None], [None, None], "Too few got there"),
    ([None, None, None], [90, 100], "Too few got there"),
    ([300, 900, 900], [90, 100], "is another 3.2, which separate draws do "
     "not give; together 9.5."),
    ([300, None, None], [90, 100], "factor of at least 6.7"),
    ([300, 900, 900], [90, 100], "draws explain a share of 0.49"),
    ([300, None, None], [90, 100], "a share of at least 0.62"),
    ([90, 900, 900], [90, 100], "all of the speed-up")])
def test_the_words_say_what_became_of_the_bet(small, wide, says):
    because, explained = node(f"""const never = list => list.map(
        when => when ?? Infinity), small = never({json.dumps(small)});
      const wide = never({json.dumps(wide)}), {{draws}} = Live;
      console.log(JSON.stringify([draws.because(small, wide),
        draws.explanation(small, wide, 2000)]))""")
    assert says in explained and "needed never" not in because
    assert ("typical one was not there" in because) == (small[-1] is None)


def test_in_20_tasks_the_wide_one_is_first_and_draws_are_a_part():
    found = node("""
      const {bet} = Live.bets(Live.parity()), {solvedAt} = Live.draws;
      const run = (seed, members, steps) => {
        const curves = members.map(() => []);
        for (const {step, right} of bet(members, seed, steps))
          for (const [i, r] of right) curves[i].push([step, r]);
        return curves.map(solvedAt);
      };
      const many = (width, lr, count) => Array.from({length: count},
        (_, number) => ({width, lr, number}));
      console.log(JSON.stringify(Array.from({length: 20}, (_, seed) => {
        const small = run(seed, many(8, .01, 64), 400);
        return [Live.draws.median(small), Math.min(...small),
                ...run(seed, many(512, .1, 1), 400)];
      })));""")
    typical, lucky, wide = np.array(found, float).T    # null: never, NaN
    assert np.isnan(typical).all()     # by 400 steps, half of them are not
    assert (lucky < 400).sum() >= 18   # there; the luckiest is, nearly always
    assert (wide < 200).all()          # and the wide one, long since


# --- in the page ------------------------------------------------------------

SMALL = {"small": 64, "wide": 256, "steps": 200, "seeds": 2}


@pytest.fixture
def show(load):
    return lambda **settings: shown(load, "draw", **SMALL | settings)


def finish(page):
    page.get_by_text("The bet is decided.").wait_for(timeout=20_000)


def rows(page):
    page.get_by_text("All numbers as a table").click()
    return page.locator("tbody tr").all_inner_texts()


def test_a_bet_is_answered_and_all_is_in_the_table(show):
    page = show(recorded=.616, wide=512, small=32, steps=600)
    page.get_by_label("one of the 16 is first").check()
    page.get_by_role("button", name="Start").dblclick()
    finish(page)
    says = page.locator(".live-answer").inner_text()
    assert says.startswith(("Right. Your guess: one of", "Not quite. Your"))
    assert "The luckiest of the 16 needed" in says
    assert "The mark is the recorded share, 0.616." in page.inner_text("main")
    assert len(rows(page)) == 16 + 2
    assert page.get_by_text("Recorded.").is_visible()
    accessible(page)


def test_a_seed_repeats_and_another_does_not(show):
    one, other = show(seed=3), show(seed=3)
    for page in (one, other):
        page.get_by_role("button", name="Start").press("Enter")
        finish(page)
    assert rows(one) == rows(other)
    one.get_by_role("button", name="Again").press("Enter")
    one.get_by_text("seed 4").wait_for(timeout=20_000)
    assert one.locator("tbody tr").all_inner_texts() != rows(other)


def test_another_split_is_another_question(show):
    page = show(recorded=.5)
    page.get_by_role("button", name="Start").click()
    finish(page)
    page.get_by_label("2 networks of 128").check()
    assert page.get_by_label("one of the 2 is first").is_enabled()
    page.get_by_role("button", name="Start").click()
    finish(page)
    assert len(page.locator("tbody tr").all()) == 2 + 2
    assert "recorded share" not in page.inner_text("main")


def test_the_answer_is_below_the_picture_and_again_empties_it(show):
    page = show(small=8, wide=512, steps=600)
    page.get_by_label("the wide one is first").check()
    page.get_by_role("button", name="Start").click()
    finish(page)
    answer = page.locator(".live-chart").first.locator("+ div .live-answer")
    assert "Your guess: the wide one is first." in answer.inner_text()
    assert page.get_by_text("Below 50 %: a network").is_visible()
    page.get_by_role("button", name="Again").click()
    page.get_by_text("have solved it, the").wait_for()
    assert answer.inner_text() == ""
    assert page.locator(".live-guess :checked").count() == 0
    assert page.get_by_label("the wide one is first").is_enabled()


def test_removed_in_the_middle_it_ends_its_workers(show):
    page = show(small=8, wide=512, steps=20000)
    page.get_by_role("button", name="Start").click()
    page.get_by_text("have solved it, the").wait_for()
    assert page.workers
    page.evaluate(f"{DRAW}.remove()")
    workers_end(page)


def test_without_workers_it_says_so(show):
    page = show()
    page.evaluate("globalThis.Worker = undefined")
    page.get_by_role("button", name="Start").click()
    page.get_by_text("in the background").wait_for()
    assert page.get_by_text("Recorded.").is_visible()


@pytest.mark.parametrize("name, value, allowed", [
    ("small", 9, "4, 8, 16, 32, 64, 128, 256, 512"),
    ("small", 512, "less than wide, 256"), ("steps", 1, "100 to 20000"),
    ("recorded", "half", "0 to 1")])
def test_bad_attributes_say_what_is_allowed(show, name, value, allowed):
    page = show(**{name: value})
    says = page.locator("[role=status]").inner_text()
    assert says.startswith(f"{name} is “{value}”; allowed: ")
    assert allowed in says
    assert page.get_by_text("Recorded.").is_visible()
