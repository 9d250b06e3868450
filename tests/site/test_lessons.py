"""Each lesson keeps to its anatomy: short, in hand, true to its evidence."""
import re
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from bs4 import BeautifulSoup

from labkit import verdict

ROOT = Path(__file__).resolve().parents[2]
SITE = ROOT / "_build" / "html"
LESSONS = [*verdict.LABS]
WORDS, HOOK, TERMS, ASIDES, QUESTIONS, MOVING = 840, 60, 6, 3, 3, 2
SCREENS, TALL = 14, 844          # of a phone
FIRST = {1280: 800, 390: 844}    # what is seen first, width by height
# not the lesson's own words, or shown only if asked for
APART = (".live, .quiz, .doors, .meta, .hands, svg, script, style, noscript, "
         ".headerlink, .caption-number, span.math, div.math")
MOVES = ".live, .hands"
VERBS = {*"""
adds are arrives ask asks bends bites breaks brings buys can changes comes
cost costs counts covers cuts did do does draws drifts end ends explains fails
fakes falls fits flattens gets goes grows guess guesses has have helps hides
holds is keep keeps knows learn learns lie lies looks make makes meets miss
misses move moves need needs opens pays points pull pulls rank reach reaches
read reads remember rise rises run runs say says scores see set settles shares
shows sink solves spends stand stands starts stay stays stop stops sum take
takes tell tells train trains turn turns walk walks was were win wins
""".split()}


def parsed(name):
    """The HTML of a lesson, or of another page."""
    path = SITE / f"{name}.html"
    assert path.exists(), "no site; run python3 course.py book first"
    return BeautifulSoup(path.read_text("utf-8"), "html.parser").article


@pytest.fixture(params=LESSONS)
def lesson(request):
    """A lesson's HTML, without what is apart from its words."""
    page = parsed(f"chapters/{request.param}")
    for tag in page.select(APART):
        if tag.decomposed:
            continue
        tag.decompose()
    return page


@pytest.fixture(params=LESSONS)
def whole(request):
    """A lesson's HTML as it is."""
    return parsed(f"chapters/{request.param}")


@pytest.fixture(params=LESSONS)
def written(request):
    """A lesson's Markdown."""
    return (ROOT / "chapters" / f"{request.param}.md").read_text("utf-8")


def count(text):
    """Its words."""
    return len(re.findall(r"\w[\w’'.,-]*", text))


def prose(markdown):
    """A lesson's paragraphs and captions: no options, links, alt texts."""
    text = re.sub(r"(?m)^(:::|```).*\n(?::\w[\w-]*:.*\n)*", "\n", markdown)
    text = re.sub(r"(?ms)^<.*?>$", "", text)
    return [part for part in re.split(r"\n\s*\n", text) if part.strip()]


def test_it_is_short(lesson):
    assert count(lesson.get_text(" ")) <= WORDS


def test_it_begins_with_a_question_in_few_words_and_a_picture(lesson):
    title = lesson.h1.get_text()
    assert title.endswith("?")
    figure = lesson.find("figure")
    words = [tag.get_text(" ") for tag in lesson.find_all("p")
             if tag in figure.find_all_previous("p")]
    assert count(" ".join([*words, figure.get_text(" ")])) <= HOOK
    assert lesson.find("h2") in figure.find_all_next("h2")


def test_it_says_how_long_it_takes_and_what_one_needs(whole):
    meta = whole.select_one(".meta").get_text().strip()
    assert re.match(r"\d\d minutes\. You need: .+\.$", meta)


def test_it_brings_few_new_words_each_linked_once(whole):
    terms = [a["href"] for a in whole.select("a.term")]
    assert 0 < len(terms) <= TERMS and len({*terms}) == len(terms)
    assert all(a.get("title") for a in whole.select("a.term"))


def test_it_has_few_asides(lesson):
    for formula in lesson.select("mjx-container, .math"):
        formula.decompose()
    assert lesson.get_text(" ").count("(") <= ASIDES


def test_two_things_live_or_move_and_one_answers_a_guess(whole):
    assert len(whole.select(MOVES)) >= MOVING
    assert whole.select(".live")


def test_three_questions_have_one_right_answer_each(whole):
    groups = whole.select(".quiz")
    assert len(groups) == QUESTIONS
    for group in groups:
        assert len(group.select("details .right")) == 1
        assert len(group.select("details")) >= 3
        assert count(group.p.get_text()) <= 30
    names = {details["name"] for details in whole.select(".quiz details")}
    assert len(names) == QUESTIONS


@pytest.mark.parametrize("name", ["index", "glossary", *(
    f"chapters/{name}" for name in LESSONS)])
def test_no_claim_has_a_number_there(name):
    assert re.findall(r"\bC\d+[a-z]?\b", parsed(name).get_text(" ")) == []


def test_every_number_is_a_fact_or_cited(written):
    typed = []
    for part in prose(written):
        if part.startswith(("12 min", "#")) or re.match(
                r"\d\d minutes\. You need", part.strip()):
            continue
        for sentence in re.split(r"(?<=[.?!])\s+(?=[A-Z*{\[])", part):
            plain = re.sub(r"\{\{[^}]*\}\}|\{\w+\}`[^`]*`|\]\([^)]*\)|"
                           r"\$[^$]*\$", "", sentence)
            if re.search(r"\d", plain) and "{cite}" not in sentence:
                typed.append(sentence)
    assert typed == []


def test_every_statement_with_a_number_leads_to_its_evidence(written):
    lonely = [part for part in prose(written) if "{{" in part
              and "](../evidence/" not in part and "{cite}" not in part]
    assert lonely == []


def test_a_caption_begins_with_its_finding(whole):
    for figure in whole.select("figure"):
        finding = figure.figcaption.find("strong").get_text().strip()
        assert finding.endswith((".", "?", "!")), finding
        assert VERBS & {*re.findall(r"[a-z]+", finding.lower())}, finding
        image = figure.select_one("img, svg")
        said = image.get("alt") or image.get("aria-label")
        assert "{" not in said and len(said) >= 40 and said != finding


def test_it_leads_on(whole):
    doors = [a["href"] for a in whole.select(".doors a")]
    assert [door.split("/")[1] if "/" in door else door for door in doors
            ][:3] == ["labs", "evidence", "classroom"]
    assert whole.select_one(".takeaway p")


@pytest.mark.parametrize("name", LESSONS)
@pytest.mark.parametrize("width", FIRST)
def test_question_and_picture_are_on_the_first_screen(visit, name, width):
    page = visit(f"chapters/{name}.html", width)
    page.set_viewport_size({"width": width, "height": FIRST[width]})
    picture = page.locator("article figure").first.locator("svg, img")
    box = picture.first.bounding_box()
    assert box["y"] + box["height"] <= FIRST[width]
    assert page.locator("article .meta").bounding_box()["y"] < box["y"]


@pytest.mark.parametrize("name", LESSONS)
def test_it_fits_a_phone(visit, name):
    page = visit(f"chapters/{name}.html", 390)
    page.wait_for_timeout(500)
    height = page.evaluate("document.documentElement.scrollHeight")
    assert height <= SCREENS * TALL


@pytest.mark.parametrize("name", ["index", "chapters/verdict", *(
    f"chapters/{name}" for name in LESSONS)])
def test_axe_finds_nothing_in_the_dark(visit, name):
    page = visit(f"{name}.html")
    page.evaluate("document.documentElement.dataset.theme = 'dark'")
    page.evaluate("document.querySelectorAll('.quiz details').forEach("
                  "one => { one.removeAttribute('name'); one.open = true })")
    page.wait_for_timeout(300)
    found = Axe().run(page, options=dict(preload=False)).response
    assert [(rule["id"], node["html"]) for rule in found["violations"]
            for node in rule["nodes"]] == []


@pytest.mark.parametrize("name", LESSONS)
def test_the_search_finds_a_lesson_by_its_question(visit, name):
    title = parsed(f"chapters/{name}").h1.get_text().rstrip("#")
    page = visit(f"search.html?q={title.replace('?', '').replace(' ', '+')}")
    page.wait_for_selector("#search-results li a")
    found = page.locator("#search-results li a").all_text_contents()
    assert title in found[:3]


def test_a_question_answers_by_keyboard(visit):
    page = visit("chapters/landscape.html")
    option = page.locator(".quiz details").first
    option.locator("summary").focus()
    page.keyboard.press("Enter")
    assert option.locator("p").is_visible()
    said = option.locator("p").inner_text()
    assert said.startswith(("Right.", "Not so."))
    page.locator(".quiz").first.locator("summary").nth(1).click()
    assert not option.locator("p").is_visible()   # one at a time
