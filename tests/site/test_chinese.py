"""The Chinese site: all of it is there, says it in Chinese, and fits."""
import base64
import json
import re
from pathlib import Path

import nbformat
import pytest
from axe_playwright_python.sync_playwright import Axe
from bs4 import BeautifulSoup, Comment
from playwright.sync_api import expect

from publish import execute
from tests.site.test_classroom import CUT_OFF

ROOT = Path(__file__).resolve().parents[2]
SITE = ROOT / "_build" / "html"
ZH, TREE = SITE / "zh", ROOT / "_build" / "zh"
PLANS = sorted(path.stem for path in (ROOT / "classroom").glob("*.md"))
PAGES = sorted(path.relative_to(ZH).as_posix()
               for folder in (".", "chapters", "classroom", "labs")
               for path in (ZH / folder).glob("*.html"))
ENGLISH = {"speed.html"}   # beside the evidence
MADE = {"genindex.html", "search.html"}   # by the theme
WORDS = re.compile(r"(?:[A-Za-z]{2,}[,:;]? ){2,}[a-z]{2,}")   # a sentence
LEFT = ("pre, code, a[href*=references], script, style, .math, [lang=en], "
        ".cell_input, .citation, .bibliography, .headerlink")
NAMES = re.compile(   # of programs and papers, and what the chat said itself
    r"Loss Surface|Local Minima|Saddle Points|helps determine the optimal|"
    r"Test Loss|Task [AB]|Jupyter notebook|Windows|from \d|cpu|in press|"
    r"Shift\+Enter|matplotlib|scikit|numpy|pandas|Run all|Common Crawl|"
    r"et al|GPT|Chinchilla|（[A-Za-z ’]+）")


def article(name):
    """A page's text, parsed."""
    page = BeautifulSoup((ZH / name).read_text("utf-8"), "html.parser")
    return page, page.article


def shown(part):
    """All texts that a reader of a page meets, pictures' words, too."""
    for tag in part.select(LEFT):
        tag.decompose()
    for text in part.find_all(string=True):
        if not isinstance(text, Comment):
            yield str(text)
    for tag in part.find_all(True):
        for name in ("alt", "aria-label", "title"):
            yield tag.get(name, "")
        data = tag.get("src", "").partition("svg+xml;base64,")[2]
        if data:
            svg = base64.b64decode(data).decode("utf-8")
            yield from re.findall(r"<text[^>]*>([^<]*)", svg)


def test_both_languages_have_the_same_pages():
    theirs, ours = ({path.relative_to(site) for path in site.rglob("*.html")
                     if "_static" not in path.parts and "zh" not in
                     path.relative_to(site).parts[:1]}
                    for site in (SITE, ZH))
    assert ours == theirs and len(ours) > 40


@pytest.mark.parametrize(
    "name", [name for name in PAGES if name != "404.html"])
def test_a_page_is_in_chinese_and_leads_to_its_twin(name):
    page, text = article(name)
    assert page.html["lang"] == "zh-CN"
    left = page.select(".admonition.english")
    assert bool(left) == (name in ENGLISH)
    twin = page.select_one("a.language")
    assert twin["lang"] == "en"
    assert (ZH / name).parent.joinpath(twin["href"]).resolve() == SITE / name
    other = BeautifulSoup((SITE / name).read_text("utf-8"), "html.parser")
    back = other.select_one("a.language")
    assert back.get_text() == "中文" and back["lang"] == "zh-CN"
    if left:
        assert text["lang"] == "en"


@pytest.mark.parametrize(
    "name", [name for name in PAGES if name not in ENGLISH | MADE])
def test_no_sentence_of_a_page_is_english(name):
    _, text = article(name)
    left = [said.strip() for said in shown(text)
            if WORDS.search(said) and not NAMES.search(said)]
    assert left == []


def test_evidence_is_english_and_says_so_in_chinese():
    for path in (ZH / "evidence").glob("*.html"):
        _, text = article(f"evidence/{path.name}")
        assert text["lang"] == "en"
        assert text.select_one(".english")["lang"] == "zh-CN"


def test_the_way_to_the_other_language_keeps_the_place(visit):
    page = visit("zh/chapters/epochs.html#in-two-sentences")
    expect(page.locator("#in-two-sentences > h2")).to_be_visible()
    page.locator("a.language").click()
    page.wait_for_url("**/course/chapters/epochs.html#in-two-sentences")
    assert page.locator("#in-two-sentences").count() == 1
    page.locator("a.language").click()
    page.wait_for_url("**/zh/chapters/epochs.html#in-two-sentences")


@pytest.mark.parametrize("word", ["验证损失", "学习率", "权重衰减"])
def test_search_finds_words_of_several_signs(visit, word):
    page = visit(f"zh/search.html?q={word}")
    expect(page.locator("#search-results li").first).to_be_visible(
        timeout=20_000)
    assert page.locator("#search-results li").count() > 1


def test_a_race_speaks_chinese(visit):
    page = visit("zh/index.html")
    race = page.locator("live-race").first
    race.get_by_role("button", name="开始").click()
    expect(race.locator(".live-say")).to_contain_text("训练", timeout=20_000)
    said = race.locator(":visible").evaluate_all(
        "all => all.map(e => [...e.childNodes].filter(n => n.nodeType === 3)"
        ".map(n => n.data).join(' ')).filter(t => t.trim())")
    assert [text for text in said if WORDS.search(text)] == []


@pytest.mark.parametrize("name", PAGES)
def test_axe_finds_nothing_and_the_page_fits_a_phone(visit, name):
    page = visit(f"zh/{name}", 390)
    page.wait_for_load_state("load")
    found = Axe().run(page, options=dict(preload=False)).response
    assert [(rule["id"], node["html"]) for rule in found["violations"]
            for node in rule["nodes"]] == []
    assert page.evaluate("document.documentElement.scrollWidth") <= 390


# --- the classroom ----------------------------------------------------------

@pytest.mark.parametrize("name", PLANS)
def test_slides_fit_a_projector_and_sheets_a_page(visit, name):
    page = visit(f"zh/classroom/{name}.html#deck", 1024)
    page.set_viewport_size({"width": 1024, "height": 768})
    count = page.locator("#slides > section").count()
    assert count > 11
    for number in range(1, count + 1):
        page.evaluate("where => { location.hash = where; }",
                      f"#deck-{number}")
        page.wait_for_function(
            "n => document.querySelectorAll('#slides > section')[n - 1]"
            ".classList.contains('now')", arg=number)
        assert (number, page.evaluate(CUT_OFF)) == (number, [])
    for view in ("#sheet", "#key"):
        page.goto(page.url.partition("#")[0] + view)
        page.reload()
        pdf = page.pdf(format="A4")
        assert (view, len(re.findall(rb"/Type\s*/Page\b", pdf))) == (view, 1)


@pytest.mark.parametrize("name", PLANS)
def test_slides_have_the_votes_of_the_room(name):
    lesson = json.loads((TREE / "classroom" / "lessons" / f"{name}.json"
                         ).read_text("utf-8"))
    _, text = article(f"classroom/{name}.html")
    slides = re.sub(r"\s", "", text.select_one("#slides").get_text())
    for stage in lesson["stages"]:
        for option in stage.get("options", ()):
            assert re.sub(r"\s", "", option).rstrip("。") in slides


# --- the labs ---------------------------------------------------------------

def code(path):
    """The code of a published notebook but for what it carries along."""
    return [cell.source for cell in nbformat.read(path, 4).cells
            if cell.cell_type == "code" and cell.id != "course-code"]


@pytest.mark.parametrize("path", sorted((ZH / "labs").glob("*.ipynb")),
                         ids=lambda path: path.stem)
def test_the_code_of_a_lab_is_that_of_the_english_one(path):
    assert code(path) == code(SITE / "labs" / path.name)


def test_a_chinese_notebook_runs_alone_and_its_checks_speak_chinese(
        tmp_path, monkeypatch):
    monkeypatch.setenv("LABS_BUDGET", "quick")
    monkeypatch.setenv("LABS_QUIET", "1")
    monkeypatch.setenv("PYTHONPATH", "")
    notebook = nbformat.read(ZH / "labs" / "lottery.ipynb", 4)
    execute.client(notebook, tmp_path).execute()
    said = [output["text"] for cell in notebook.cells
            for output in cell.get("outputs", ())
            if output.output_type == "stream" and output["name"] == "stdout"]
    checks = [text for text in said if re.search(r"C\d+[a-z] |练习", text)]
    assert len(checks) >= 3
    assert [line for text in said for line in text.split("\n")
            if WORDS.search(line) and not NAMES.search(line)] == []
    pictures = [output["data"]["text/html"] for cell in notebook.cells
                for output in cell.get("outputs", ())
                if "base64," in output.get("data", {}).get("text/html", "")]
    assert pictures and all(re.search(r'alt="[^"]*[\u4e00-\u9fff]', picture)
                            for picture in pictures)


def test_there_are_all_pages():
    assert len(PAGES) > 30 and len(PLANS) == 7
