"""Networks in workers, and the common clock of a race."""
import pytest

from live.directive import NEEDS

SCRIPTS = NEEDS["race"]
TASK = "{width: 8, lr: .01, unique: 640, seed: 1}"
TOOLS = """
globalThis.to = (runner, step) => new Promise(done => {
  runner.onchange = () => runner.step >= step && done(runner.points);
  runner.runTo(step);
});
globalThis.sleep = ms => new Promise(done => setTimeout(done, ms));
globalThis.compete = (widths, options, settings = {}) => {
  const runners = widths.map(width => new Live.Runner({
    width, lr: .01, unique: 640, seed: 1, ...settings}));
  globalThis.race = Live.race(runners, {seconds: .3, steps: 40, ...options});
  return new Promise(done => race.ondone = () => done(runners.map(
    runner => [runner.width, runner.step])));
};"""


@pytest.fixture
def page(load):
    page = load("", scripts=SCRIPTS)
    page.evaluate(f"() => {{{TOOLS}}}")
    return page


def test_exams_come_at_quarter_octaves_and_at_the_end(page):
    points = page.evaluate(f"to(new Live.Runner({TASK}), 50)")
    assert [point["step"] for point in points] == [
        0, 8, 10, 11, 13, 16, 19, 23, 27, 32, 38, 45, 50]
    assert points[-1]["train"] < points[0]["train"] < 3.5
    assert "parts" not in points[0] or points[0]["parts"] is None


def test_a_seed_repeats_exactly_and_another_does_not(page):
    first, again, other = page.evaluate(f"""Promise.all([1, 1, 2].map(seed =>
      to(new Live.Runner({{...{TASK}, seed}}), 50)))""")
    assert first == again and first[-1] != other[-1]


def test_parts_add_up_to_what_is_known(page):
    point = page.evaluate(f"""to(new Live.Runner({{...{TASK}, unique: Infinity,
      parts: true}}), 100)""")[-1]
    known = 3.4657359 - point["validation"]    # ln 32
    assert len(point["parts"]) == 4
    assert sum(point["parts"]) == pytest.approx(known, abs=1e-6)
    assert point.get("train") is None and point["parts"][0] > 0.3


def test_units_and_kind(page):
    runner = page.evaluate(f"""(async () => {{
      const r = new Live.Runner({TASK});
      await to(r, 8);
      return {{...Object.fromEntries(["epochs", "tokens", "FLOPs", "seconds"]
        .map(axis => [axis, r.unit(axis)])), kind: r.kind,
        parameters: r.parameters}};
    }})()""")
    assert runner["parameters"] == 1032 and runner["kind"] == "fast"
    assert runner["epochs"] == 0.2 and runner["tokens"] == 128
    assert runner["FLOPs"] == 6 * 128 * 1032 and runner["seconds"] > 0


def test_without_webassembly_it_is_plain_and_as_right(page):
    fast = page.evaluate(f"to(new Live.Runner({TASK}), 50)")[-1]
    page.evaluate("Live.kernel = ''")
    kind, plain = page.evaluate(f"""(async () => {{
      const r = new Live.Runner({TASK}), points = await to(r, 50);
      return [r.kind, points.at(-1)];
    }})()""")
    assert kind == "plain"
    assert plain["validation"] == pytest.approx(fast["validation"], abs=1e-5)


@pytest.mark.parametrize("unique", ["640", "Infinity"])
def test_a_fork_goes_on_as_the_first_would(page, unique):
    first, same, other = page.evaluate(f"""(async () => {{
      const r = new Live.Runner({{...{TASK}, unique: {unique}, decay: .1}});
      await to(r, 21);
      const twins = [r, await r.fork({{}}), await r.fork({{lr: .1}})];
      return Promise.all(twins.map(one => to(one, 40)));
    }})()""")
    assert first == same
    past = [point for point in first if point["step"] <= 21]
    assert other[:len(past)] == past and len(past) < len(first)
    assert abs(other[-1]["validation"] - first[-1]["validation"]) > 1e-3


def test_it_writes_as_the_text_does_and_repeats(page):
    written = page.evaluate("""(async () => {
      const text = Uint8Array.from({length: 400}, (_, i) => i % 4);
      const r = new Live.Runner({width: 16, lr: .03, text, held: text});
      await to(r, 100);
      return [await r.write(8, 1), await r.write(8, 1)].map(t => [...t]);
    })()""")
    assert written[0] == written[1] and len(written[0]) == 8
    steps = [(b - a) % 4 for a, b in zip(written[0], written[0][1:])]
    assert steps == [1] * 7


@pytest.mark.parametrize("axis, steps", [
    ("epochs", [40, 40]), ("tokens", [40, 40]), ("FLOPs", [160, 40])])
def test_all_end_at_the_same_place_on_the_axis(page, axis, steps):
    ends = page.evaluate(f"compete([8, 32], {{axis: '{axis}'}})")
    assert ends == [[8, steps[0]], [32, steps[1]]]
    assert page.evaluate("race.state") == "finished"


def test_on_the_axis_of_seconds_all_have_computed_about_as_long(page):
    ends = page.evaluate("""new Promise(done => {
      const paced = cost => ({kind: "paced", step: 0, unit: () => cost,
        runTo(step) { this.step = Math.max(this.step, step); }});
      const runners = [paced(.001), paced(.003)];
      Live.race(runners, {axis: "seconds", steps: 300, seconds: .5,
        ondone: () => done(runners.map(r => [r.step, r.step * r.unit()]))});
    })""")
    (fast, one), (slow, other) = ends
    assert 294 <= slow <= 300 and fast > 2.9 * slow    # 2 % are let go
    assert one == pytest.approx(other, rel=0.03)


def test_a_race_against_the_clock_ends_and_measures_its_seconds(page):
    page.evaluate("compete([8, 32], {axis: 'seconds', steps: 60})")
    assert page.evaluate("race.state") == "finished"
    for step, seconds, unit in page.evaluate(
            "race.runners.map(r => [r.step, r.seconds, r.unit('seconds')])"):
        assert unit == pytest.approx(seconds / step) and seconds > 0


def test_nobody_runs_away_from_the_slowest(page):
    worst = page.evaluate("""(async () => {
      let worst = 1;
      const ontick = ({runners}) => {
        const at = runners.map(r => r.step).filter(step => step > 8);
        if (at.length > 1)
          worst = Math.max(worst, Math.max(...at) / Math.min(...at));
      };
      await compete([8, 128], {ontick, steps: 200});
      return worst;
    })()""")
    # 1.25 and a slice of the slow one whose news has not come yet
    assert 1 <= worst < 1.7


def test_pause_go_turn_and_further(page):
    seen = page.evaluate("""(async () => {
      const seen = {}, steps = () => race.runners.map(r => r.step);
      const end = compete([8, 32], {axis: "tokens", steps: 2000,
                                    seconds: 1});
      while (steps().some(step => step < 20)) await sleep(10);
      race.pause();
      race.pause();
      await sleep(150);
      seen.paused = [race.state, ...steps()];
      await sleep(150);
      seen.later = [race.state, ...steps()];
      race.turn("FLOPs");
      race.go();
      race.go();
      seen.end = await end;
      const further = new Promise(done => race.ondone = done);
      race.turn("tokens");
      seen.turned = race.state;
      race.further();
      if (race.state !== "finished") await further;
      seen.further = steps();
      race.stop();
      race.go();
      seen.stopped = race.state;
      return seen;
    })()""")
    assert seen["paused"] == seen["later"] and seen["paused"][0] == "paused"
    assert max(seen["paused"][1:]) < 2000
    assert seen["end"] == [[8, 8000], [32, 2000]]
    assert seen["turned"] == "finished"
    assert seen["further"] == [8000, 4000] and seen["stopped"] == "stopped"


def test_in_a_hidden_page_it_goes_on_without_waiting(page):
    page.evaluate("""() => {
      Object.defineProperty(document, "hidden", {value: true});
      globalThis.setInterval = () => 0;   // as good as never
    }""")
    ends = page.evaluate("compete([8, 32], {seconds: 1000})")
    assert ends == [[8, 40], [32, 40]]


def test_stop_ends_the_workers(page):
    page.evaluate("compete([8, 32], {}).then(() => 0)")
    assert len(page.workers) == 2
    page.evaluate("race.stop()")
    page.wait_for_timeout(200)
    assert page.workers == []


def test_without_workers_it_says_so(page):
    page.evaluate("globalThis.Worker = undefined")
    failed, state, asked = page.evaluate(f"""(async () => {{
      const r = new Live.Runner({TASK}), race = Live.race([r], {{}});
      await new Promise(done => race.ontick = () => r.failed && done());
      return [r.failed, race.state, await r.fork({{}}).catch(
        error => error.message)];
    }})()""")
    assert failed == asked == page.evaluate("Live.NO_WORKERS")
    assert state == "failed"


def test_crossings_are_interpolated(page):
    found = page.evaluate("""[3, 2.5, 1.5, .5].map(loss => Live.crossing([
      {step: 0, validation: 3}, {step: 8, validation: 2},
      {step: 16, validation: 1}], loss) ?? null)""")
    assert found == [0, 4, 12, None]
    assert page.evaluate("Live.crossing([], 1) ?? null") is None


def test_the_entropy_depends_on_the_weights(page):
    given, short = page.evaluate("""[Live.entropy(),
      Live.entropy([.15, .55, .25, .05])]""")
    assert given == page.evaluate("Live.rules.entropy")
    assert abs(short - given) > 1e-3
