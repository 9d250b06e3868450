"""The first page: something to do at once, and the way to everything else."""
import re
from pathlib import Path

import pytest

from labkit import verdict

ROOT = Path(__file__).resolve().parents[2]
SCREENS = {"desktop": (1280, 800), "phone": (390, 844)}


@pytest.fixture
def first(visit):
    """The first page, once it can be used."""
    def show(screen):
        width, height = SCREENS[screen]
        page = visit("index.html", width)
        page.set_viewport_size({"width": width, "height": height})
        page.wait_for_selector("live-race button")
        return page
    return show


@pytest.mark.parametrize("screen", SCREENS)
def test_question_guess_and_start_are_on_the_first_screen(first, screen):
    page = first(screen)
    for what in ("article h1", "live-race legend >> nth=0",
                 "live-race button >> nth=0"):
        box = page.locator(what).bounding_box()
        assert box["y"] >= 0
        assert box["y"] + box["height"] <= SCREENS[screen][1]


def test_the_race_is_wider_than_the_text_and_on_one_screen(first):
    page = first("desktop")
    race = page.locator("live-race").bounding_box()
    text = page.locator("article section > p").first.bounding_box()
    assert race["width"] > 1.3 * text["width"]
    start = page.locator("live-race button").first.bounding_box()
    chart = page.locator("live-race .race-line svg").bounding_box()
    assert start["x"] > chart["x"] + chart["width"]
    assert chart["y"] + chart["height"] <= SCREENS["desktop"][1]


def test_every_lesson_has_a_card_with_its_question_and_minutes(first):
    page = first("desktop")
    cards = page.locator(".cards figure")
    assert cards.count() == len(verdict.LABS)
    for card, name in zip(cards.all(), verdict.LABS):
        source = (ROOT / "chapters" / f"{name}.md").read_text("utf-8")
        title = re.match(r"# (.+)", source)[1].replace("'", "’")
        minutes = re.search(r"(\d\d minutes)\. You need", source)[1]
        link = card.locator("a.reference")
        assert link.get_attribute("href") == f"chapters/{name}.html"
        assert link.inner_text() == title
        assert minutes in card.inner_text()
        assert card.locator("svg[role=img]").get_attribute("aria-label")


def test_the_ways_on_are_in_sight(first):
    page = first("phone")
    links = {a.get_attribute("href") for a in page.locator(
        "article a:visible").all()}
    assert {"chapters/compute.html#plan-your-own-run", "teach.html",
            "evidence/judging.html", "glossary.html",
            "chapters/verdict.html", "labs/epochs.html"} <= links
    other = page.locator("a.language:visible")
    assert other.inner_text() == "中文"
    assert other.get_attribute("href") == "zh/index.html"


def test_the_answer_is_one_press_away(first):
    page = first("phone")
    answer = page.locator("article section > details")
    assert not answer.locator("p").is_visible()
    answer.locator("summary").click()
    assert answer.locator("p").is_visible()
    assert re.fullmatch(r"[^.]+\. [^.]+\.", answer.locator("p").inner_text())
