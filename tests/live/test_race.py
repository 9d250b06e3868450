"""The race in a browser without network; what it shows, on made-up points."""
import pytest

from live.directive import HERE, NEEDS
from tests.live.conftest import accessible, shown, workers_end

SCRIPTS = NEEDS["race"]
SMALL = {"sizes": "8 32", "unique": 3200, "epochs": 4, "seconds": .5,
         "target": 1.1}
RACE = "document.querySelector('live-race')"


@pytest.fixture
def race(load):
    """race(text="new") gives a page with a small race."""
    return lambda **settings: shown(load, "race", **SMALL | settings)


def start(page):
    page.get_by_role("button", name="Start").click()
    finish(page)


def finish(page):
    page.wait_for_function(f"{RACE}.state === 'finished'", timeout=20_000)
    page.wait_for_timeout(700)    # reduced motion: drawn twice a second


def read(page):
    """The read-outs: {name: what is said}."""
    return {item.locator("b").inner_text().strip():
            item.inner_text().split(maxsplit=1)[1]
            for item in page.locator(".race-readout li").all()}


def losses(page):
    return page.evaluate(f"{RACE}.runners.map(r => r.points.map("
                         "p => [p.step, p.validation, p.train, ...p.parts]))")


def number(text):
    return float(text.split()[0].replace("k", "e3").replace("M", "e6"))


# --- made-up points ---------------------------------------------------------

POINTS = """(() => {
  const known = [0, .04, .1, .3, .4], points = [0, 8, 16, 32, 64].map(
    (step, i) => ({step, validation: [3.4, 3, 2, 1.6, 1.5][i],
                   parts: [0, known[i], .001 * i, NaN]}));
  return points;
})()"""


@pytest.fixture(scope="module")
def pure(browser):
    """pure("line(points, 2)"): what a function of modes.js says."""
    page = browser.new_page()
    page.evaluate("globalThis.Live = {}")
    page.add_script_tag(path=HERE / "modes.js")
    yield lambda call: page.evaluate(
        f"{{const points = {POINTS}; Live.modes.{call}}}")
    page.close()


def test_crossing_is_interpolated_and_never_is_nothing(pure):
    assert pure("line(points, 2.5)") == 12
    assert pure("line(points, 3.4)") == 0
    assert pure("line(points, 1.4)") is None


def test_a_run_that_diverged_arrives_nowhere_after_that(pure):
    broken = "points.map((p, i) => ({...p, validation: i > 2 ? NaN :"
    assert pure(f"line({broken} p.validation}})), 2.5)") == 12
    assert pure(f"line({broken} p.validation}})), 1.55)") is None
    assert pure(f"own({broken} p.validation}})), .5)") is None


def test_own_way_begins_untrained_and_ends_at_the_best_so_far(pure):
    assert pure("own(points, .5)") == pytest.approx(8 + 8 * .55)  # at 2.45
    assert pure("own(points, 1)") == 64
    assert pure("own(points.slice(0, 3), 1)") == 16     # the best so far
    assert pure("own(points.slice(0, 1), .5)") is None  # no way yet


def test_parts_are_timed_to_half_of_their_own_best(pure):
    assert pure("part(points, 1)") == pytest.approx(24)   # at .2 of .4
    assert pure("part(points, 2)") is None    # hardly learned
    assert pure("part(points, 3)") is None    # not known


def test_who_is_first(pure):
    assert pure("first([undefined, 3, 2])") == 2
    assert pure("first([undefined, undefined])") is None
    assert pure("sooner(3, 2)") == 1 and pure("sooner(2, 3)") == -1
    assert pure("sooner(2, 2.1)") == 0 and pure("sooner(undefined, 9)") == 1


# --- its words, on made-up points -------------------------------------------

# A race of two: the loss falls from 3.4 along a line, to `best` at `last`.
TOLD = """([mode, runs, axis, more]) => {
  const racers = runs.map(([name, last, best, unit, parts, once]) => ({
    name, unit, points: [0, 1, 2, 3].map(i => ({
      step: i * last / 3, validation: 3.4 + i * (best - 3.4) / 3,
      parts: [0, ...(parts ?? []).map(x => x * (once && i ? 1 : i / 3))]}))}));
  return Live.answers[mode](racers, {axis, share: .9, entropy: 1, target: .7,
                                     ...more});
}"""


@pytest.fixture
def told(browser):
    """told(mode, runs, axis="epochs"): [right, why]."""
    page = browser.new_page()
    page.evaluate("globalThis.Live = {short: x => String(Math.round(x))}")
    for name in "phrases", "modes", "answers":
        page.add_script_tag(path=HERE / f"{name}.js")
    yield lambda mode, runs, axis="epochs", **more: page.evaluate(
        TOLD, [mode, runs, axis, more])
    page.close()


def test_the_answer_names_its_line(told):
    runs = [["1k", 60, 1.6, 1], ["66k", 30, 1.4, 1]]
    right, why = told("line", runs)
    assert right == 1 and why.startswith("First at 0.70 nats above")
    assert "Because one line is not equally far for all: so far 1k" in why
    right, why = told("line", runs, target=.2)
    assert right == 2 and why == (
        "None is at 0.20 nats above the entropy (so far). So far 1k has come "
        "down to 0.60 nats above the entropy, 66k to 0.40: the line is lower.")


def test_because_only_of_what_explains_who_is_first(told):
    small_first = [["1k", 30, 1.6, 1], ["66k", 60, 1.4, 1]]
    assert "Because" not in told("line", small_first)[1]
    dear = [["1k", 30, 1.6, 1], ["66k", 30, 1.4, 64]]
    assert "Because for 66k each token" in told("line", dear, "FLOPs")[1]
    cheap = [["1k", 3000, 1.6, 1], ["66k", 30, 1.4, 64]]
    assert "And that although for 66k" in told("line", cheap, "FLOPs")[1]


def test_own_way_says_who_is_first_and_a_longer_way_is_no_because(told):
    right, why = told("own", [["1k", 60, 2, 1], ["66k", 30, 1.4, 1]])
    assert right == 1 and "66k is first at nine tenths" in why
    assert why.endswith("And that although so far the way of 1k is 1.40 nats "
                        "long, that of 66k 2.00.")
    right, why = told("own", [["1k", 30, 2, 1], ["66k", 60, 1.4, 1]])
    assert right == 0 and "Because these ways are not the same" in why
    right, why = told("own", [["1k", 60, 2, 1], ["66k", 61, 1.4, 1]])
    assert right == 2 and "about alike" in why and "ecause" not in why


def test_later_because_it_goes_on_only_if_it_knows_more(told):
    small = ["1k", 60, 2, 1, [.2, .2, .1]]    # each rule known bit by bit
    at_once = ["66k", 90, 1.4, 1, [.5, .5, .1], 1]
    right, why = told("parts", [small, at_once])
    assert right == 2
    assert "first three pictures: 1.10 nats, against 0.50 of 1k" in why
    right, why = told("parts", [small, [*at_once[:4], [.1, .1, .1], 1]])
    assert right == 2 and "goes on" not in why


# --- in the page ------------------------------------------------------------

@pytest.mark.parametrize("settings", [
    {}, {"text": "new", "axis": "tokens"}, {"mode": "own"},
    {"mode": "parts", "axis": "FLOPs"}, {"axis": "seconds"}])
def test_race_runs_to_its_end(race, settings):
    page = race(**settings)
    assert not page.get_by_text("Recorded.").is_visible()
    page.locator(".live-guess label").first.click()
    start(page)
    says = page.locator(".live-answer").inner_text()
    assert says.startswith(("Right.", "Not quite."))
    assert len(read(page)) == (4 if settings.get("mode") == "parts" else 2)
    assert page.get_by_text("Recorded.").is_visible()
    page.locator(".live-table summary").click()
    assert page.locator(".live-table tbody tr").count() == 2


def test_read_outs_are_what_the_points_say(race):
    page = race()
    start(page)
    small, large = read(page).values()
    assert small == "not yet" or number(small) > number(large)
    found = page.evaluate(f"Live.crossing({RACE}.runners[1].points, "
                          "Live.entropy() + 1.1)") * 128 / 3200
    assert number(large) == pytest.approx(found, rel=.06)
    assert large.endswith("epochs")


def test_twice_as_far_and_another_seed(race):
    page = race()
    start(page)
    first = losses(page)
    page.get_by_role("button", name="Twice as far").click()
    finish(page)
    assert [run[-1][0] for run in losses(page)] == [200, 200]
    page.get_by_role("button", name="Again").click()
    finish(page)
    assert losses(page)[0][1][1] != first[0][1][1]
    page.locator(".live-table summary").click()
    assert "seed 2" in page.locator("caption").inner_text()


def test_the_answer_stands_below_the_picture_and_follows_the_line(race):
    page = race()
    answer, status = page.locator(".live-answer"), page.locator(".live-say")
    page.locator(".live-guess label").first.click()
    before = page.locator(".live-chart").first.bounding_box()
    start(page)
    assert page.locator(".live-chart").first.bounding_box() == before
    assert answer.bounding_box()["y"] >= before["y"] + before["height"]
    assert "at 1.10 nats above the entropy" in answer.inner_text()
    line = page.locator(".live-slider input").first
    line.focus()
    page.keyboard.press("Home")
    assert answer.inner_text().startswith("None is at 0.02 nats")
    assert "Move the line, turn the axis" in status.inner_text()
    page.get_by_role("radio", name="part by part").check()
    assert "Rule 1 looks at the last token" in page.inner_text("live-race")
    assert "ine" not in status.inner_text()
    assert "sooner" in answer.inner_text() or "One" in answer.inner_text()


def test_again_asks_anew_and_empties_the_answer(race):
    page = race(seconds=3)
    page.locator(".live-guess label").first.click()
    start(page)
    page.get_by_role("button", name="Again with another seed").click()
    assert page.evaluate(f"{RACE}.state") == "running"
    assert page.locator(".live-guess input:checked").count() == 0
    assert page.locator(".live-guess input:enabled").count() == 3
    assert page.locator(".live-answer").inner_text() == ""
    finish(page)
    assert page.locator(".live-answer").inner_text().startswith((
        "First at", "None is"))    # no reproach


def test_repeats_exactly(race):
    first, second = race(), race()
    for page in first, second:
        start(page)
    assert losses(first) == losses(second)


def test_start_pressed_twice_is_one_race_and_later_a_pause(race):
    page = race(seconds=20, epochs=64)
    button = page.locator(".live-button.primary")
    button.dblclick()
    page.wait_for_timeout(600)
    assert page.evaluate(f"{RACE}.state") == "running"
    button.click()
    assert page.evaluate(f"{RACE}.state") == "paused"
    page.wait_for_timeout(600)
    assert button.inner_text() == "Go on"


def test_keyboard_alone(race):
    page = race(seconds=.2)
    page.keyboard.press("Tab")
    page.keyboard.press("Space")            # a guess
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")            # Start
    finish(page)
    line = page.locator(".live-slider input").first
    line.focus()
    page.keyboard.press("Home")             # the hardest line
    assert set(read(page).values()) == {"not yet"}
    page.keyboard.press("End")
    assert all(said.endswith(("epochs", "epoch"))
               for said in read(page).values())
    page.get_by_role("radio", name="epochs").focus()
    page.keyboard.press("ArrowRight")
    assert all(said.endswith("tokens") for said in read(page).values())


def test_line_is_dragged(race):
    page = race()
    box = page.locator(".live-chart .grip").first.bounding_box()
    x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    page.mouse.move(x, y)
    page.mouse.down()
    page.mouse.move(x, y + 40, steps=4)
    page.mouse.up()
    value = page.locator(".live-slider input").first.input_value()
    assert .02 <= float(value) < 1.0
    assert f"{float(value):.2f} above" in page.locator(
        ".live-chart").first.inner_text()


def test_new_text_has_no_epochs_and_no_training_loss(race):
    page = race()
    page.get_by_text("Another race").click()
    page.get_by_role("radio", name="new all the time").check()
    assert page.get_by_role("radio", name="epochs").count() == 0
    assert not page.get_by_text("Show the training loss").is_visible()
    start(page)
    assert page.locator(".live-chart .dotted").count() == 0


def test_too_few_sizes_cannot_race(race):
    page = race()
    page.get_by_text("Another race").click()
    for name in "1k", "4.1k":
        page.get_by_role("checkbox", name=name, exact=True).uncheck()
    assert "two to four" in page.locator(
        "live-race > [role=status]").inner_text()
    page.get_by_role("button", name="Start").click(force=True)
    assert page.evaluate(f"{RACE}.state") == "ready"
    for name in "66k", "2.1k":
        page.get_by_role("checkbox", name=name, exact=True).check()
    page.get_by_text("66k parameters", exact=True).wait_for()
    start(page)
    assert [*read(page)] == ["2.1k", "66k"]


@pytest.mark.parametrize("attribute, value, allowed", [
    ("sizes", "8 9", "8, 16, 32"), ("text", "old", "repeated, new"),
    ("lr", "-1", "from"), ("mode", "fast", "line, own, parts"),
    ("axis", "hours", "epochs, tokens")])
def test_bad_attributes_say_what_is_allowed(race, attribute, value, allowed):
    page = race(**{attribute: value})
    says = page.locator("live-race [role=status]").inner_text()
    assert attribute in says and allowed in says
    assert page.get_by_text("Recorded.").is_visible()


def test_removed_in_the_middle_no_worker_lives_on(race):
    page = race(seconds=60, epochs=1000)
    page.get_by_role("button", name="Start").click()
    page.wait_for_function(f"{RACE}.runners[0].step > 0")
    assert len(page.workers) == 2
    page.evaluate(f"{RACE}.remove()")
    workers_end(page)


def test_without_webassembly_it_is_slower_and_says_so(race):
    page = race(seconds=5)
    page.evaluate("void (Live.kernel = '')")
    page.get_by_role("button", name="Start").click()
    page.get_by_text("Without WebAssembly").wait_for(timeout=10_000)


def test_without_workers_it_says_so(race):
    page = race()
    page.evaluate("void (Worker = class { constructor() { throw 1; } })")
    page.get_by_role("button", name="Start").click()
    page.get_by_text("does not let pages compute").wait_for()
    assert page.get_by_text("Recorded.").is_visible()


@pytest.mark.parametrize("mode", ["line", "parts"])
def test_accessible(race, mode):
    page = race(mode=mode)
    start(page)
    for summary in page.locator("live-race summary").all():
        if summary.locator("xpath=..").get_attribute("open") is None:
            summary.click()
    accessible(page)


# --- what the lesson claims, for 20 seeds -----------------------------------

CLAIM = """([seeds, tokens]) => {
  const {uniform, Language, fresh} = Live.language();
  const {Network} = Live.engine(Live.kernel), {line, own, part} = Live.modes;
  const language = new Language(Live.rules), fixed = Live.entropy() + .7;
  function run(width, seed) {   // examined at half octaves
    const net = Network.make({width, lr: .01}, language, new Uint8Array(131),
                             uniform(1000 * seed + width));
    const text = fresh(net.text, language, uniform(seed)), points = [];
    for (let due = 0, k = 0; net.step <= tokens / 128;) {
      if (net.step >= due) {
        points.push({step: net.step, validation: net.validation(),
                     parts: net.parts()});
        while (due <= net.step) due = Math.round(8 * 2 ** (k++ / 2));
      }
      net.learn(text.next().value);
    }
    return [part(points, 1), part(points, 2), line(points, fixed),
            own(points, .9)].map(step => step ?? Infinity);
  }
  return seeds.map(seed => {
    const small = run(8, seed), large = run(128, seed);
    return small.map((step, i) => step / large[i]);
  });
}"""


def test_each_rule_comes_sooner_in_the_large_model_and_the_whole_later(load):
    """On new text, in muP at one rate: width 8 against width 128."""
    page = load("<p></p>", scripts=SCRIPTS)
    ratios = page.evaluate(CLAIM, [list(range(1, 21)), 409_600])
    first, second, fixed, whole = zip(*ratios, strict=True)
    assert sum(ratio > 1 for ratio in first) >= 19
    assert sum(ratio > 1 for ratio in second) >= 19
    assert sum(ratio > 1 for ratio in fixed) >= 19
    assert sum(ratio < 1 for ratio in whole) >= 19


def test_in_a_quarter_of_the_text_who_is_later_depends_on_the_seed(load):
    page = load("<p></p>", scripts=SCRIPTS)
    whole = [ratios[3] for ratios in page.evaluate(
        CLAIM, [list(range(1, 21)), 102_400])]
    assert 3 <= sum(ratio > 1 for ratio in whole) <= 17
