"""Each lesson plan is four views that fit: screen, projector and paper."""
import json
import re
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from bs4 import BeautifulSoup
from playwright.sync_api import expect

ROOT = Path(__file__).resolve().parents[2]
SITE = ROOT / "_build" / "html"
PLANS = sorted(path.stem for path in (ROOT / "classroom").glob("*.md"))
VIEWS = "", "#deck", "#sheet", "#key"
PROJECTORS = (1280, 720), (1024, 768)
LESSONS = 50, 90   # minutes
SLIDES, WORDS, SHOWN = range(12, 21), 75, 5
SECTIONS = ["What they take away", "Plan", "Slides", "Worksheet",
            "Refute us: how it is marked", "Questions for the board",
            "What students often believe", "For whoever is done early",
            "When something is missing"]
SEEN = "figure, table, .hands, .live, .quiz"
CUT_OFF = """() => {
  const slide = document.querySelector("#slides > .now");
  const low = document.querySelector(".deck-bar").getBoundingClientRect().top;
  const cut = [...slide.querySelectorAll(":not(.say, .say *, svg *)")].filter(
    e => e.checkVisibility() && !e.closest("mjx-assistive-mml")).filter(e => {
      const box = e.getBoundingClientRect();
      return box.width > 1 && box.height > 1
        && (box.bottom > low + 1 || box.right > innerWidth + 1);
  });
  return cut.map(e => `${e.tagName} ${e.textContent.slice(0, 40)}`);
}"""


@pytest.fixture(params=PLANS)
def name(request):
    """A lesson's name."""
    return request.param


@pytest.fixture
def plan(name):
    """A lesson plan's HTML."""
    path = SITE / "classroom" / f"{name}.html"
    assert path.exists(), "no site; run python3 course.py book first"
    return BeautifulSoup(path.read_text("utf-8"), "html.parser").article


@pytest.fixture
def show(browser, name):
    """Open a view of the lesson at a size, without a network."""
    opened = []

    def at(anchor, size=(1280, 900)):
        page = browser.new_page(offline=True, viewport=dict(
            zip(("width", "height"), size)))
        page.goto((SITE / "classroom" / f"{name}.html").as_uri() + anchor)
        page.wait_for_load_state("load")
        opened.append(page)
        return page

    yield at
    for page in opened:
        page.close()


def minutes(text):
    """The minutes of both lessons that a box of what is said begins with."""
    both = re.match(r"(\d+) minutes?; (\d+) of 90\.", text)
    if both:
        return int(both[1]), int(both[2])
    only = re.match(r"(\d+) minutes?, of 90 only\.", text)
    if only:
        return 0, int(only[1])
    return (int(re.match(r"(\d+) minutes?\.", text)[1]),) * 2


def test_it_has_all_that_a_teacher_needs(plan):
    found = [tag.get_text().removesuffix("#") for tag in plan.select("h2")]
    assert found[:len(SECTIONS)] == SECTIONS and len(found) > len(SECTIONS)


def test_its_minutes_add_up_and_the_plan_says_them(plan):
    said = [minutes(box.get_text().strip()) for box in plan.select(".say")]
    assert tuple(map(sum, zip(*said))) == LESSONS
    rows = [[cell.get_text().strip() for cell in row.select("td")]
            for row in plan.select("table.plan tbody tr")]
    assert len(rows) == len(said)
    for column, (length, times) in enumerate(zip(LESSONS, zip(*said))):
        now = 0
        for row, time in zip(rows, times):
            assert row[column] == (f"{now}–{now + time}" if time else "–")
            now += time
        assert now == length
    assert all(row[-1] for row in rows)   # what students do


def test_its_slides_are_few_short_and_seldom_only_words(plan):
    slides = plan.select("#slides > section")
    assert len(slides) in SLIDES
    assert sum(bool(slide.select(SEEN)) for slide in slides) >= SHOWN
    for slide in slides:
        assert len(slide.select(".say")) == 1
        words = [text for text in slide.find_all(string=True)
                 if not text.find_parent(class_=["say", "hands", "quiz",
                                                 "headerlink"])
                 and not text.find_parent(["svg", "script", "style"])]
        assert len(" ".join(words).split()) <= WORDS, slide.h3


def test_its_rubric_has_two_marked_samples(plan):
    rubric = plan.select_one("#refute-us-how-it-is-marked")
    assert len(rubric.select("tbody tr")) == 4
    marks = [int(mark) for mark in re.findall(
        r"A sample with (\d) of 8 points", rubric.get_text())]
    assert len(marks) == 2 and marks[0] <= 3 and marks[1] >= 7


def test_it_shows_the_votes_of_its_room(name, plan):
    lesson = json.loads((ROOT / "classroom" / "lessons" / f"{name}.json"
                         ).read_text("utf-8"))
    slides = " ".join(plan.select_one("#slides").get_text().split()
                      ).replace("’", "'")
    for stage in lesson["stages"]:
        for option in stage.get("options", ()):
            assert option.rstrip(".") in slides


@pytest.mark.parametrize("anchor", VIEWS)
def test_axe_finds_nothing_in_any_view(show, anchor):
    page = show(anchor)
    found = Axe().run(page, options=dict(preload=False)).response
    assert [(rule["id"], node["html"]) for rule in found["violations"]
            for node in rule["nodes"]] == []


@pytest.mark.parametrize("anchor", VIEWS[1:])
def test_axe_finds_nothing_in_the_dark(show, anchor):
    page = show(anchor)
    page.evaluate("document.documentElement.dataset.theme = 'dark'")
    page.wait_for_timeout(300)   # colours fade
    found = Axe().run(page, options=dict(preload=False)).response
    assert [(rule["id"], node["html"]) for rule in found["violations"]
            for node in rule["nodes"]] == []


@pytest.mark.parametrize("size", PROJECTORS)
def test_no_slide_overflows(show, size):
    page = show("#deck", size)
    count = page.locator("#slides > section").count()
    for number in range(1, count + 1):
        page.evaluate("where => { location.hash = where; }",
                      f"#deck-{number}")
        page.wait_for_function("number => document.querySelector('.deck-bar')"
                               ".textContent.includes(`${number} of`)",
                               arg=number)
        assert (number, page.evaluate(CUT_OFF)) == (number, [])


def test_keys_step_through_the_slides_and_back_to_the_plan(show):
    page = show("#deck")
    shown = page.locator("#slides > section:visible h3")
    titles = [text.removesuffix("#") for text in page.locator(
        "#slides h3").all_text_contents()]
    for key, at in (("ArrowRight", 1), ("PageUp", 0), ("End", -1),
                    ("Home", 0)):
        page.keyboard.press(key)
        expect(shown).to_contain_text(titles[at])   # waits for the page
    said = page.locator("#slides > section.now .say")
    assert not said.is_visible()
    page.keyboard.press("n")
    assert said.is_visible()
    found = Axe().run(page, options=dict(preload=False)).response
    assert found["violations"] == []
    page.keyboard.press("Escape")
    assert page.locator("#plan").is_visible()


def test_a_figure_can_be_covered_until_the_next_slide(show, plan):
    page = show("#deck")
    number = next(i for i, slide in enumerate(plan.select(
        "#slides > section"), 1) if slide.select("figure, table, .hands"))
    page.evaluate("where => { location.hash = where; }", f"#deck-{number}")
    seen = page.locator(".now :is(figure, table, .hands)").first
    expect(seen).to_be_visible()
    page.keyboard.press("c")
    expect(seen).not_to_be_visible()
    page.keyboard.press("PageDown")
    page.keyboard.press("PageUp")
    expect(seen).to_be_visible()


@pytest.mark.parametrize("paper", ["A4", "Letter"])
@pytest.mark.parametrize("anchor", ["#sheet", "#key"])
def test_sheet_and_key_are_one_page_each(show, anchor, paper):
    pdf = show(anchor).pdf(format=paper)
    assert len(re.findall(rb"/Type\s*/Page\b", pdf)) == 1


def test_the_printed_deck_has_a_page_a_slide(show):
    page = show("#deck")
    pdf = page.pdf(prefer_css_page_size=True, print_background=True)
    assert len(re.findall(rb"/Type\s*/Page\b", pdf)) == page.locator(
        "#slides > section").count()


def test_the_sheet_hides_what_the_key_shows(show):
    assert not show("#sheet").locator(".answer-key").first.is_visible()
    assert show("#key").locator(".answer-key").first.is_visible()


@pytest.mark.parametrize("anchor", VIEWS)
def test_it_fits_a_phone(show, anchor):
    page = show(anchor, (390, 844))
    assert page.evaluate("document.documentElement.scrollWidth") <= 390


def test_there_are_seven():
    assert len(PLANS) == 7
