"""The site in a browser, with the network blocked: what moves must move."""
import re
from pathlib import Path

import pytest

SITE = Path(__file__).resolve().parents[2] / "_build" / "html"
SIGNATURE = "chapters/compute.html", "labs/compute.html"
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
    errors = []

    def show(name, width=1280):
        page = browser.new_page(offline=True, viewport={"width": width,
                                                        "height": 900})
        page.on("pageerror", lambda error: errors.append(error))
        page.goto((SITE / name).as_uri())
        return page

    yield show
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
    page = open_page("chapters/compute.html")
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


def test_the_verdict_page_is_filtered_without_a_script(browser):
    context = browser.new_context(java_script_enabled=False, offline=True)
    page = context.new_page()
    page.goto((SITE / "chapters" / "verdict.html").as_uri())
    shown = page.locator(".sentence:visible")
    assert shown.count() == 32
    page.check("#show-yes", force=True)
    assert 0 < shown.count() == page.locator(".sentence.yes").count()
    page.check("#show-every-verdict", force=True)
    page.check("#show-lottery", force=True)
    assert shown.count() == 3
    page.check("#show-core", force=True)
    assert page.locator(".core:visible").count() == 3
    assert page.locator(".but:visible").count() == 0
    context.close()


def test_without_scripts_a_page_says_what_is_missing(browser):
    context = browser.new_context(java_script_enabled=False, offline=True)
    page = context.new_page()
    for path in (*SITE.glob("*.html"), *SITE.glob("*/*.html")):
        if "_static" in path.parts:
            continue
        page.goto(path.as_uri())
        said = page.locator("article noscript p:visible").all_inner_texts()
        needed = page.locator("span.math, div.math, [id^=signature-], .live"
                              ).count()
        assert (path.name, len(said)) == (path.name, int(needed > 0))
        assert all("This page needs JavaScript" in text for text in said)
    context.close()


def test_the_search_finds_a_word(visit):
    page = visit("search.html?q=superposition")
    page.wait_for_selector("#search-results li a")
    found = page.locator("#search-results li a").all_text_contents()
    assert any("Interference" in title for title in found)


def test_who_is_lost_is_led_back(visit):
    page = visit("chapters/no-such-page.html")
    assert page.locator("h1:visible").inner_text() == "Not here"
    page.locator("article a", has_text="first page").click()
    page.wait_for_url("**/index.html")
    assert "Bigger models" in page.title()


