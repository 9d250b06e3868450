"""A law fitted in the page: labkit's, refused as there, judged by a run."""
import json
import subprocess

import numpy as np
import pytest

from labkit.scaling import fit, fitting
from labkit.scaling.laws import Law
from live.directive import HERE, LANGUAGE
from tests.live.conftest import accessible, shown, workers_end

FIT = "document.querySelector('live-fit')"
N, D = [axis.ravel() for axis in np.meshgrid(
    129. * np.array([8, 16, 32, 64]), 2 ** np.arange(13, 17.01, .25))]


def node(program, files=("law", "foretold")):
    """What the program, after these scripts, says as JSON."""
    text = "\n".join((HERE / f"{name}.js").read_text("utf-8")
                     for name in files)
    done = subprocess.run(["node", "-"], input=f"{text}\n{program}",
                          capture_output=True, text=True, check=True)
    return json.loads(done.stdout)


def world(E, alpha, beta, noise):
    law = Law(E, .6 * np.exp(alpha * np.log(N).mean()),
              .4 * np.exp(beta * np.log(D).mean()), alpha, beta)
    dice = np.random.default_rng(0).normal(size=len(N))
    return law.predict(N, D) * np.exp(noise * dice)


def runs(loss, N=N, D=D):
    return json.dumps([dict(parameters=n, tokens=d, loss=x)
                       for n, d, x in zip(N, D, loss)])


@pytest.mark.parametrize("constants", [
    (1.7, .35, .3, .005), (1, .6, .5, .001), (2, .2, .8, .02),
    (.5, 1, .2, .01), (1.5, .5, .5, .05), (1e-3, .1, .1, .003)], ids=str)
def test_a_made_world_is_fitted_as_labkit_fits_it(constants):
    loss = world(*constants)
    found = node(f"""const law = Live.law.fit({runs(loss)});
      console.log(JSON.stringify({{...law, foretold: [[33024, 2 ** 18],
        [66048, 2 ** 20]].map(run => Live.law.predict(law, ...run))}}))""")
    own = fit(N, D, loss)
    x = np.log([own.E, own.A, own.B]).tolist() + [own.alpha, own.beta, 0]
    assert found["value"] <= fitting.huber(x, *own.runs[:3])[0] * 1.001
    assert found["residual"] == pytest.approx(own.residual, rel=1e-3)
    assert found["foretold"] == pytest.approx(
        own.predict([33024, 66048], [2**18, 2**20]), rel=.005)


def test_a_world_without_noise_comes_back():
    found = node(f"""console.log(JSON.stringify(Live.law.fit({
      runs(world(1.5, .5, .4, 0))})))""")
    assert [found["E"], found["alpha"], found["beta"]] == pytest.approx(
        [1.5, .5, .4], rel=1e-3)


@pytest.mark.parametrize("some, says", [
    (slice(0, 5), "More than 5 runs"), (N < 3000, "At least 3 sizes"),
    (D < 9800, "At least 3 numbers of tokens")])
def test_runs_that_cannot_tell_are_refused(some, says):
    loss = world(1.7, .35, .3, .005)
    refused(runs(loss[some], N[some], D[some]), says)


def test_runs_on_a_line_and_flat_runs_are_refused():
    line = np.geomspace(1e3, 1e5, 12)
    refused(runs(2 + line**-.3, line, 20 * line), "Tokens follow sizes")
    refused(runs(np.r_[-1, np.ones(len(N) - 1)]), "All numbers must be above")


def refused(points, says):
    message = node(f"""try {{ Live.law.fit({points}); console.log('""'); }}
      catch (error) {{ console.log(JSON.stringify(error.message)); }}""")
    assert message.startswith(says)


def test_the_ranges_and_the_words_say_what_the_numbers_say():
    found = node("""const {edges, options, which, came, now, floor, floors} =
        Live.foretold, ends = edges(1.5, 1.9), of = (E, residual) => floor(
        {E, residual}, 1.5);
      console.log(JSON.stringify([ends, options(ends), [1.4, 1.65, 2].map(
        x => which(ends, x)), came(1.8, 1.79), came(1.8083, 1.8089),
        came(1.8081, 1.8079), of(1.2, .003), of(1.2, .02), of(1.51, .02),
        now(1.8, 1.8004), now(1.8, 1.81), floors({1: 1.2}),
        floors({1: 1.2, 2: 1.6})]))""")
    (ends, options, which, came, hair, exact, low, poor, near, same, moved,
     one, two) = found
    assert ends == [1.6, 1.7, 1.8, 1.9] and which == [0, 1, 4]
    assert options == ["below 1.60", "1.60 to 1.70", "1.70 to 1.80",
                       "1.80 to 1.90", "above 1.90"]
    assert "missed by 0.010 nats, or 0.6 %" in came
    assert "missed by 0.001 nats, or 0.06 %" in hair
    assert exact == "It came to 1.808, as the law had foretold."
    assert "superb" not in poor and "the fit is not even good" in poor
    assert same == "" and "it foretells 1.810" in moved
    assert "0.300 nats too low. A superb fit can be wrong" in low
    assert "0.010 nats too high. This time" in near
    assert one == "" and "1.200, 1.600." in two


def test_20_superb_fits_scatter_around_the_true_floor():
    found = node("""
      const {Network, Language, uniform, fresh} = Live.engine(Live.kernel);
      const language = new Language(Live.rules), tokens = [];
      for (let i = 24; i <= 36; i++) tokens.push(Math.round(2 ** (i / 4)));
      const run = (width, seed) => {
        const read = uniform(seed), net = Network.make({width, lr: .01},
          language, new Uint8Array(131), uniform(1000 * seed + width));
        const stream = fresh(net.text, language, read);
        return tokens.map(step => {
          while (net.step < step) net.learn(stream.next().value);
          return {parameters: net.size, tokens: 128 * step,
                  loss: net.validation()};
        });
      };
      const laws = Array.from({length: 20}, (_, seed) => Live.law.fit(
        [8, 16, 32, 64].flatMap(width => run(width, seed + 1))));
      console.log(JSON.stringify(laws.map(law => [
        law.residual, law.E - Live.rules.entropy])));""",
                 files=(*LANGUAGE, "dice", "law"))
    residual, miss = np.array(found).T
    assert (residual < .01).all()
    assert (np.abs(miss) > .02).sum() >= 14
    assert np.ptp(miss) > .2


# --- in the page ------------------------------------------------------------

SMALL = {"sizes": "8 16 32", "held": 64, "tokens": 16384, "from": 1024,
         "seconds": .3}


@pytest.fixture
def show(load):
    return lambda **settings: shown(load, "fit", **SMALL | settings)


def press(page, name, state):
    page.get_by_role("button", name=name).press("Enter")
    page.wait_for_function(f"{FIT}.state === '{state}'", timeout=30_000)
    page.wait_for_timeout(700)


def rows(page):
    return page.locator("tbody tr").all_text_contents()


def test_a_law_is_fitted_a_run_foretold_and_run(show):
    page = show()
    press(page, "Train them", "fitted")
    assert "The law misses your" in page.inner_text("live-fit > [role=status]")
    page.get_by_label("above").check()
    press(page, "Now run it", "over")
    says = page.inner_text("main")
    assert "Your guess: above" in says and "It came to" in says
    assert "We know the truth here: the entropy is 1.561" in says
    assert page.get_by_text("Recorded.").is_visible()
    page.get_by_text("All numbers as a table").click()
    assert page.locator("thead th").count() == 1 + 2 * 4
    accessible(page)


def test_the_window_moves_the_floor(show):
    page = show()
    press(page, "Train them", "fitted")
    before = page.inner_text(".live-law")
    page.get_by_role("slider").press("ArrowRight")
    page.get_by_role("slider").press("ArrowRight")
    page.wait_for_function(
        f"{FIT}.querySelector('.live-law').innerText !== {before!r}")
    page.get_by_label("1k", exact=True).uncheck()
    page.get_by_text("At least 3 sizes").wait_for()
    run = page.get_by_role("button", name="Now run it")
    assert run.get_attribute("aria-disabled") == "true"
    press(page, "Again", "fitted")     # with all sizes, all tokens
    assert page.get_by_label("1k", exact=True).is_checked()
    assert run.get_attribute("aria-disabled") == "false"


def test_floors_are_compared_in_one_window_and_the_answer_stays(show):
    page = show()
    for i in range(2):
        press(page, "Again" if i else "Train them", "fitted")
        press(page, "Now run it", "over")
    answer = page.locator(".live-chart + div .live-answer")
    before = answer.inner_text()
    assert before.startswith("It came to ")
    assert "each with another seed, all with" in page.inner_text("main")
    page.get_by_role("slider").press("End")
    page.get_by_text("Fitted as now, it foretells").wait_for()
    assert "each with another seed" not in page.inner_text("main")
    assert answer.inner_text() == before
    assert "Its points are moments of one run" in page.inner_text(".live-law")
    page.get_by_label("1k", exact=True).uncheck()
    page.get_by_text("At least 3 sizes").wait_for()
    assert answer.inner_text() == before


def test_a_seed_repeats_and_another_does_not(show):
    one, other = show(seed=4), show(seed=4)
    for page in (one, other):
        press(page, "Train them", "fitted")
    assert rows(one) == rows(other) and len(rows(one)) > 10
    press(one, "Again", "fitted")
    assert rows(one) != rows(other)
    assert "seed 5" in one.locator("caption").text_content()


def test_removed_in_the_middle_it_ends_its_workers(show):
    page = show(tokens=1e6, sizes="64 128 256", seconds=30)
    page.get_by_role("button", name="Train them").click()
    page.get_by_text("Training:").wait_for()
    assert page.workers
    page.evaluate(f"{FIT}.remove()")
    workers_end(page)


def test_without_workers_it_says_so(show):
    page = show()
    page.evaluate("globalThis.Worker = undefined")
    page.get_by_role("button", name="Train them").click()
    page.get_by_text("in the background").wait_for()
    assert page.get_by_text("Recorded.").is_visible()


@pytest.mark.parametrize("name, value, allowed", [
    ("sizes", "8 9 10", "8, 16, 32, 64, 128, 256, 512"),
    ("sizes", "8 16 16", "at least 3 different"),
    ("lr", "fast", "0.00001 to 1"), ("held", 1, "8, 16, 32")])
def test_bad_attributes_say_what_is_allowed(show, name, value, allowed):
    page = show(**{name: value})
    says = page.locator("[role=status]").inner_text()
    assert says.startswith(name) and "allowed: " in says
    assert allowed in says
    assert page.get_by_text("Recorded.").is_visible()
