"""The labs as they are kept, and the questions that their pages ask."""
import json
import re
from pathlib import Path

import nbformat
import pytest
from bs4 import BeautifulSoup

from labkit.lesson import words
from publish import needs, questions

LABS = sorted((Path(__file__).parents[2] / "labs").glob("*.ipynb"))
MAIN = [path for path in LABS if path.stem == needs.explanation(path)]
LINES = 25    # what fits on a projector beside its output
SITE = needs.ROOT / "_build" / "html"


@pytest.fixture(params=LABS, ids=lambda path: path.stem)
def path(request):
    """Where each lab is, in turn."""
    return request.param


@pytest.fixture
def lab(path):
    """The lab itself."""
    return nbformat.read(path, as_version=4)


def code(lab):
    """The code cells of a lab."""
    return [cell for cell in lab.cells if cell.cell_type == "code"]


def test_there_are_labs():
    assert LABS


def test_the_lab_is_a_valid_notebook(lab):
    nbformat.validate(lab)


def test_no_cell_has_outputs(lab):
    assert [cell.id for cell in code(lab)
            if cell.outputs or cell.execution_count] == []


def test_no_code_cell_is_long(lab):
    lengths = {cell.id: len(cell.source.splitlines()) for cell in code(lab)}
    assert {i: n for i, n in lengths.items() if n > LINES} == {}


def test_no_code_cell_is_wide(lab):
    assert {cell.id: line for cell in code(lab)
            for line in cell.source.splitlines() if len(line) > 79} == {}


def test_ids_are_unique_and_speak(lab):
    ids = [cell.id for cell in lab.cells]
    assert len(ids) == len(set(ids))
    # ids that a program drew at random are eight hexadecimal digits
    assert [i for i in ids if len(i) == 8 and set(i) <= set("0123456789abcdef")
            ] == []


def test_colab_gives_the_lab_a_gpu_and_python(lab):
    assert lab.metadata.accelerator == "GPU"
    assert lab.metadata.kernelspec.name == "python3"


def test_the_lab_begins_with_its_title(lab):
    assert lab.cells[0].cell_type == "markdown"
    assert lab.cells[0].source.startswith("# ")


def test_nothing_is_hidden_from_the_reader(lab):
    assert [cell.id for cell in lab.cells
            if "remove-cell" in cell.metadata.get("tags", ())] == []


# --- links ------------------------------------------------------------------

def test_its_title_tells_it_from_the_lesson_to_which_it_leads(path):
    top, name = needs.notebook(path).cells[0].source, needs.explanation(path)
    assert top.startswith("# Lab: " if path in MAIN else "# Further: ")
    for folder in ("chapters", "evidence") if path in MAIN else ("evidence",):
        assert f"](../{folder}/{name}.md)" in top


@pytest.mark.parametrize("main", MAIN, ids=lambda path: path.stem)
def test_a_lab_and_what_goes_further_lead_to_each_other(main):
    further = main.with_stem(f"{main.stem}_further")
    for one, other in ((main, further), (further, main)):
        assert f"({other.name})" in needs.notebook(one).cells[0].source


def test_its_links_lead_to_pages_that_there_are(path):
    links = re.findall(r"\]\((?!\w+:)([^)#]+)[^)]*\)", "\n".join(
        cell.source for cell in needs.notebook(path).cells
        if cell.cell_type == "markdown"))
    assert links and [link for link in links
                      if not (path.parent / link).exists()] == []


# --- how long a page is -----------------------------------------------------

@pytest.mark.parametrize("path", MAIN, ids=lambda path: path.stem)
def test_the_page_of_a_lab_has_at_most_twelve_screens(path, visit):
    page = visit(f"labs/{path.stem}.html")
    height = page.evaluate("document.documentElement.scrollHeight")
    assert height <= 12 * 800


@pytest.mark.parametrize("path", MAIN, ids=lambda path: path.stem)
def test_code_that_only_calls_is_folded_and_the_rest_is_not(path):
    page = BeautifulSoup((SITE / "labs" / f"{path.stem}.html").read_text(
        "utf-8"), "html.parser")
    folded = [cell.select_one(".cell_input").get_text() for cell in
              page.select("div.cell:has(details.hide)")]
    shown = [cell.get_text() for cell in page.select(
        "div.cell:not(:has(details.hide)) > .cell_input")]
    assert sum("# <-" in source for source in shown) >= 5
    assert not any("# <-" in source for source in folded)
    for plumbing in ("lesson.start", "lesson.check", "lesson.larger",
                     "lesson.quiz"):
        assert any(plumbing in source for source in folded)
        assert not any(plumbing in source for source in shown)


# --- predictions ------------------------------------------------------------

def test_on_a_page_a_click_shows_whether_one_was_right_and_why(visit):
    page = visit("labs/landscape.html")
    reply = page.locator("#outcome-freed > div:visible")
    assert "(nothing chosen)" in reply.inner_text()
    boxes = page.locator("input[name=prediction-freed]")
    said = []
    for number in range(boxes.count()):
        boxes.nth(number).check()
        said.append(reply.inner_text().splitlines())
    assert all(lines[0].startswith("You predicted: ") for lines in said)
    assert sum(lines[1].startswith("Right. Because") for lines in said) == 1
    assert sum(lines[1].startswith("Not so. What came true: ")
               and lines[2].startswith("Why: Because") for lines in said) == 3
    page.reload()   # the tab keeps it
    assert boxes.last.is_checked()
    assert reply.inner_text().splitlines() == said[-1]


# --- questions --------------------------------------------------------------

def shown(page):
    """The questions in a page's HTML: what each line of them says."""
    return [[tag.get_text().translate(str.maketrans("’‘“”", "''\"\"")).strip()
             for tag in one.select("p, summary")]
            for one in page.select(".quiz")]


@pytest.mark.parametrize("path", MAIN, ids=lambda path: path.stem)
def test_lesson_lab_and_record_ask_the_same(path):
    kept = json.loads(questions.path(path.stem).read_text("utf-8"))
    marks = {True: words.RIGHT, False: words.WRONG}
    known = [[one["question"], *(line for option in one["options"] for line in
              (option["text"], f"{marks[option['right']]} {option['why']}"))]
             for one in kept]
    known = [[line.replace("*", "") for line in one] for one in known]
    for folder in ("chapters", "labs"):
        page = SITE / folder / f"{path.stem}.html"
        assert page.exists(), "no site; run python3 course.py book first"
        assert shown(BeautifulSoup(page.read_text("utf-8"), "html.parser")
                     ) == known
