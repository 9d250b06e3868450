"""Rate fairness: sizes at one rate or each at its own, in the page."""
import re

import pytest

from live.directive import HERE
from tests.live.conftest import accessible, shown, workers_end

RATE = "document.querySelector('live-rate')"


@pytest.fixture
def rate(load):
    """rate(setup="mup") gives a page with two small sizes, shortly trained."""
    return lambda **settings: shown(load, "rate", **{
        "sizes": "8 64", "tokens": 6400} | settings)


def press(page, name):
    page.get_by_role("button", name=name).click()
    page.wait_for_function(f"!{RATE}.pool", timeout=30_000)


def tries(page):
    """{"standard 8 3": loss}."""
    return dict(page.evaluate(f"[...{RATE}.tries]"))


def says(page):
    return page.locator("live-rate > .live-say").inner_text()


# --- made-up losses ---------------------------------------------------------

@pytest.fixture
def swept(browser):
    """swept({"3": [2, 2.01]}): the answer, if widths 8 and 64 have these
    losses at rate number 3, and the large one leads at all others.
    """
    page = browser.new_page()
    page.evaluate("globalThis.Live = {short: String}")
    page.add_script_tag(path=HERE / "phrases.js")
    page.add_script_tag(path=HERE / "sweep.js")
    yield lambda more: page.evaluate("""more => {
      const at = i => more[i] ?? [2 + i / 10, 1.9 + i / 10];
      return Live.sweep.answer([8, 64], (w, i) => at(i)[w === 8 ? 0 : 1]);
    }""", more)
    page.close()


def test_a_lead_by_a_hair_is_no_win(swept):
    right, why = swept({"5": [2, 2.01]})
    assert right == 1 and "about alike at 0.1." in why
    right, why = swept({"5": [2, 2.03]})
    assert right == 2 and "1032 at 0.1;" in why and "alike" not in why
    right, why = swept({str(i): [2, 2.01] for i in range(7)})
    assert right == 2 and "The lowest are about alike." in why


def test_who_diverged_has_not_won_and_who_was_not_tried_is_awaited(swept):
    nan = float("nan")
    assert swept({"6": [2.9, nan]})[0] == 2
    assert "about alike at 0.3." in swept({"6": [nan, nan]})[1]
    assert swept({"6": [2.9]}) is None


def test_because_only_if_no_rate_suits_all(swept):
    assert swept({})[1].endswith(
        "At 0.0003 each is about as low as at its best.")
    assert "Because no one rate" in swept({"0": [2.5, 1.9], "6": [2, 2.4]})[1]


# --- in the page ------------------------------------------------------------


def test_all_rates_answer_the_guess(rate):
    page = rate()
    page.get_by_role("radio", name="1k parameters", exact=True).check()
    press(page, "Try all rates")
    found = tries(page)
    assert len(found) == 14
    pairs = [[found[f"standard {w} {i}"] for w in (8, 64)] for i in range(7)]
    leaders = [None if abs(small - large) < .02 else 8 if small < large
               else 64 for small, large in pairs]
    answer = page.locator(".live-answer").inner_text()
    right = set(leaders) - {None} == {8}
    assert answer.startswith("Right." if right else "Not quite.")
    listed = answer.split("for all: ")[1].split(". Each")[0]
    for name, width in ("1k", 8), ("8.3k", 64), ("about alike", None):
        assert (f"{name} at" in listed) == (width in leaders)
    assert page.get_by_text("Recorded.").is_visible()
    assert page.locator(".live-chart circle").count() == 14


def test_what_was_tried_is_kept_and_not_trained_again(rate):
    page = rate()
    press(page, "Train once")
    settle = page.get_by_text("To settle the guess, try all rates")
    assert settle.is_visible()
    assert set(tries(page)) == {"standard 8 3", "standard 64 3"}
    first = tries(page)
    page.get_by_role("radio", name="muP").check()
    assert "Not tried" in says(page)
    press(page, "Train once")
    assert len(tries(page)) == 4 and first.items() <= tries(page).items()
    assert tries(page)["mup 8 3"] != first["standard 8 3"]
    page.get_by_role("radio", name="standard").check()
    assert says(page).startswith("Standard parameterisation, rate 0.01: 1k ")
    assert "8.3k ends lowest" in says(page) and settle.is_visible()


def test_each_at_its_own_rate_by_keyboard(rate):
    page = rate()
    page.get_by_role("radio", name="one for all").focus()
    page.keyboard.press("ArrowRight")
    sliders = page.locator(".live-slider input")
    assert sliders.count() == 2
    sliders.nth(1).focus()
    page.keyboard.press("End")             # the large one mistuned
    page.get_by_role("button", name="Train once").focus()
    page.keyboard.press("Enter")
    page.wait_for_function(f"!{RATE}.pool")
    assert set(tries(page)) == {"standard 8 3", "standard 64 6"}
    assert re.search(r"8\.3k \d\.\d\d \(rate 0\.3\)", says(page))
    assert "1k ends lowest" in says(page)  # bigger is better no more


def test_repeats_exactly_and_another_seed_does_not(rate):
    page, losses = rate(), []
    for _ in range(2):
        page.evaluate(f"{RATE}.tries.clear()")
        press(page, "Train once")
        losses.append(tries(page))
    assert losses[0] == losses[1]
    press(page, "Again")                   # trains the same runs at once
    assert len(tries(page)) == 2
    assert tries(page)["standard 8 3"] != losses[0]["standard 8 3"]
    page.locator(".live-table summary").click()
    assert "seed 2" in page.locator("caption").inner_text()


def test_pressed_twice_trains_once(rate):
    page = rate()
    page.get_by_role("button", name="Try all rates").dblclick()
    page.wait_for_function(f"{RATE}.guess.answered", timeout=30_000)
    assert len(tries(page)) == 14 and len(page.workers) == 0


def test_removed_in_the_middle_no_worker_lives_on(rate):
    page = rate(tokens=1_000_000)
    page.get_by_role("button", name="Try all rates").click()
    page.wait_for_timeout(300)
    assert len(page.workers) >= 1
    page.evaluate(f"{RATE}.remove()")
    workers_end(page)


def test_without_workers_it_says_so(rate):
    page = rate()
    page.evaluate("void (Worker = class { constructor() { throw 1; } })")
    page.get_by_role("button", name="Train once").click()
    page.wait_for_timeout(100)
    assert "does not let pages compute" in page.locator(
        "live-rate [role=status]").inner_text()
    assert page.get_by_text("Recorded.").is_visible()


def test_bad_attributes_say_what_is_allowed(rate):
    page = rate(setup="ntk")
    said = page.locator("live-rate [role=status]").inner_text()
    assert "setup" in said and "standard, mup" in said


def test_accessible(rate):
    page = rate()
    press(page, "Try all rates")
    page.locator(".live-table summary").click()
    accessible(page)
