"""The site in a browser, with the network blocked: what moves must move."""
import re
from itertools import product
from pathlib import Path

import pytest

from labkit import verdict

SITE = Path(__file__).resolve().parents[2] / "_build" / "html"
SIGNATURE = "evidence/compute.html", "labs/compute_further.html"
SCREENS = {"desktop": 1280, "phone": 390}


def readout(page):
    """The lines below the figure: size -> what it needs, as written."""
    lines = page.locator("[id^=signature-] svg text").all_text_contents()
    return dict(line.split(" parameters: ") for line in lines
                if " parameters: " in line)


def number(text):
    """'2.0 epochs' -> 2.0, '38G FLOPs' -> 38e9, 'never' -> None."""
    if text.startswith("never"):
        return None
    value, prefix = re.match(r"([\d.,]+)([kMGTm]?)", text).groups()
    scale = dict(k=1e3, M=1e6, G=1e9, T=1e12, m=1e-3).get(prefix, 1)
    return float(value.replace(",", "")) * scale


@pytest.fixture
def open_page(browser):
    """Open a page of the site at a width; fail on any script error."""
    errors, opened = [], []

    def show(name, width=1280):
        page = browser.new_page(offline=True, viewport={"width": width,
                                                        "height": 900})
        page.on("pageerror", lambda error: errors.append(error))
        page.goto((SITE / name).as_uri())
        opened.append(page)
        return page

    yield show
    for page in opened:
        page.close()
    assert errors == []


@pytest.mark.parametrize("name", SIGNATURE)
@pytest.mark.parametrize("screen", SCREENS)
def test_the_signature_figure_moves(open_page, name, screen):
    page = open_page(name, SCREENS[screen])
    page.wait_for_selector("[id^=signature-] svg")
    root = page.locator("[id^=signature-]")
    first = readout(page)
    assert len(first) == 9 and all(
        "epochs" in text or "never" in text for text in first.values())
    in_epochs = {size: number(text) for size, text in first.items()}

    root.locator("select").select_option("FLOPs")
    in_flops = {size: number(text) for size, text in readout(page).items()}
    reached = [size for size, value in in_epochs.items() if value]
    assert reached == [size for size, value in in_flops.items() if value]
    # fewest epochs at one end, fewest FLOPs not there
    assert min(reached, key=in_epochs.get) == reached[-1]
    assert min(reached, key=in_flops.get) != reached[-1]

    slider = root.locator("input[type=range]")
    slider.focus()
    before = float(slider.input_value())
    for _ in range(3):
        page.keyboard.press("ArrowLeft")
    assert float(slider.input_value()) == pytest.approx(before - 0.03)
    harder = {size: number(text) for size, text in readout(page).items()}
    assert all(harder[size] is None or harder[size] > in_flops[size]
               for size in reached)
    svg = root.locator("svg.marks").bounding_box()
    assert svg["x"] >= 0 and svg["x"] + svg["width"] <= SCREENS[screen]


def test_the_figure_has_a_table_as_its_alternative(open_page):
    page = open_page("evidence/compute.html")
    page.wait_for_selector("[id^=signature-] svg")
    page.locator("[id^=signature-] summary").click()
    table = page.locator("[id^=signature-] table")
    assert table.is_visible() and "never" in table.inner_text()


def test_the_calculator_answers_and_refuses(open_page):
    page = open_page("chapters/compute.html")
    root = page.locator("#planning-chapter")
    before = root.locator("tbody").inner_text()
    root.locator("input[name=flops]").fill("5.76e23")
    after = root.locator("tbody").inner_text()
    assert after != before and "72.2B" in after   # Besiroglu's Chinchilla
    for nonsense in ("0", "-1", "many", ""):
        root.locator("input[name=flops]").fill(nonsense)
        assert "allowed are numbers from" in root.locator("p").inner_text()
        assert not root.locator("table").is_visible()


def test_the_calculator_takes_a_preset_and_a_slider(open_page):
    page = open_page("chapters/compute.html")
    root = page.locator("#planning-chapter")
    root.locator("button", has_text="Chinchilla").click()
    assert "72.2B" in root.locator("tbody").inner_text()
    slider = root.locator("input[type=range]").first
    assert float(slider.input_value()) == 23.8
    slider.fill("20")
    assert root.locator("input[name=flops]").input_value() == "1e20"
    for control in root.locator("button, input").all():
        assert control.bounding_box()["height"] >= 44


def test_the_ball_answers_a_guess(open_page):
    page = open_page("chapters/compute.html")
    root = page.locator("#moving-ball")
    said, button = root.locator("[data-say]"), root.locator("button")
    assert said.inner_text().startswith("Guess")
    button.click()   # it stands on the largest size
    assert "Too large" in said.inner_text()
    root.locator("input[type=range]").fill("0")
    assert said.inner_text().startswith("Guess")
    button.click()
    assert "Too small" in said.inner_text()
    page.wait_for_selector("#moving-ball circle.blue")


def test_the_verdict_page_is_filtered_without_a_script(browser):
    context = browser.new_context(java_script_enabled=False, offline=True)
    page = context.new_page()
    page.goto((SITE / "chapters" / "verdict.html").as_uri())
    shown = page.locator(".sentence:visible")
    squares = page.locator(".square:visible")
    heads = page.locator("section:has(> .sentence) > h3:visible")
    assert (shown.count(), squares.count(), heads.count()) == (32, 32, 6)
    page.check("#show-yes", force=True)
    assert 0 < shown.count() == page.locator(".sentence.yes").count()
    assert squares.count() == shown.count()
    assert heads.count() == page.locator(
        "section:has(> .sentence.yes) > h3").count() < 6
    groups = page.locator(".scorecard > li:visible")
    assert groups.count() == heads.count()
    assert not page.locator(".no-match").is_visible()
    page.check("#show-lottery", force=True)   # none of them is a yes
    assert shown.count() == squares.count() == heads.count() == 0
    assert groups.count() == 0
    assert page.locator(".no-match").is_visible()
    page.check("#show-every-verdict", force=True)
    assert shown.count() == squares.count() == 3 and heads.count() == 1
    assert not page.locator(".no-match").is_visible()
    context.close()


def test_the_filter_shows_what_it_says_or_that_there_is_nothing(open_page):
    page = open_page("chapters/verdict.html")
    for mark, lab in product(verdict.CLASSES.values(), verdict.LABS):
        page.check(f"#show-{mark}", force=True)
        page.check(f"#show-{lab}", force=True)
        wanted = page.locator(f".sentence.{mark}.{lab}").count()
        assert page.locator(".sentence:visible").count() == wanted
        assert page.locator(".no-match").is_visible() == (wanted == 0)


@pytest.mark.parametrize("screen", SCREENS)
def test_the_filter_leads_to_what_it_leaves(open_page, screen):
    page = open_page("chapters/verdict.html", SCREENS[screen])
    before = page.locator("#show-depends").bounding_box()
    for chosen in ("#show-depends", "#show-landscape"):
        page.check(chosen, force=True)
    assert page.locator("#show-depends").bounding_box() == before
    page.locator(".filters a").click()
    first = page.locator(".sentence.depends.landscape").first
    page.wait_for_function("top => top.getBoundingClientRect().top < "
                           "innerHeight", arg=first.element_handle())


@pytest.mark.parametrize("name", ["chapters/lottery", "chapters/verdict"])
def test_a_dark_page_is_printed_dark_on_white(open_page, name):
    page = open_page(f"{name}.html")
    page.evaluate("document.documentElement.dataset.theme = 'dark'")
    page.emulate_media(media="print")
    colours = page.locator("article p:visible").evaluate_all(
        "all => all.map(p => getComputedStyle(p).color)")
    assert colours and all(max(map(int, re.findall(r"\d+", colour)[:3])) < 128
                           for colour in colours)


def test_paper_has_what_was_recorded_and_nothing_to_press(open_page):
    page = open_page("chapters/lottery.html")
    page.wait_for_selector("live-draw button")
    page.emulate_media(media="print")
    recorded = page.locator("live-draw .live-recorded")
    assert recorded.locator("p").first.is_visible()
    assert page.locator("article :is(.live-chart, button):visible"
                        ).count() == 0


def test_without_scripts_a_page_says_what_is_missing(browser):
    context = browser.new_context(java_script_enabled=False, offline=True)
    page = context.new_page()
    for path in (*SITE.glob("*.html"), *SITE.glob("*/*.html")):
        if "_static" in path.parts:
            continue
        page.goto(path.as_uri())
        said = page.locator("article noscript p:visible").all_inner_texts()
        needed = page.locator("span.math, div.math, .live, [id^=signature-], "
                              "[id^=moving-], [id^=planning-]").count()
        assert (path.name, len(said)) == (path.name, int(needed > 0))
        assert all("JavaScript" in text for text in said)
    context.close()


def test_the_search_finds_a_word(visit):
    page = visit("search.html?q=superposition")
    page.wait_for_selector("#search-results li a")
    found = page.locator("#search-results li a").all_text_contents()
    assert any("nterference" in title for title in found)


def test_who_is_lost_is_led_back(visit):
    page = visit("chapters/no-such-page.html")
    assert page.locator("h1:visible").inner_text() == "Not here"
    page.locator("article a", has_text="first page").click()
    page.wait_for_url("**/index.html")
    assert page.title().count("Bigger models") == 1


