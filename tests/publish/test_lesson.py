"""The directives of lessons: drawings in the page, questions, terms."""
import pytest
from bs4 import BeautifulSoup
from sphinx.application import Sphinx
from sphinx.util.docutils import docutils_namespace

from publish import lesson, questions

CONF = """\
extensions = ["myst_parser", "publish.lesson"]
myst_enable_extensions = ["substitution"]
myst_substitutions = {"tiny": {"freed": "21"}}
"""
QUIZ = """\
Which one is it?

- The *first*.

  It freed {{ tiny.freed }}.

- **The second.**

  As you saw.

And which of these?

- **This.**

  Yes.

- That.

  No.
"""
GLOSSARY = """\
# Glossary

```{glossary}
pit
  A place to be stuck in. ([here](index.md))

```
"""
PICTURE = "```{{picture}} slope\n:alt: {}\n\n**It falls.** Far.\n```"
ALT = "A line falls by {{ tiny.freed }} from the left to the right."


@pytest.fixture
def built(tmp_path, monkeypatch):
    """built(text) gives the page, parsed, and the warnings."""
    monkeypatch.setattr(lesson, "DRAWINGS", tmp_path)
    monkeypatch.setattr(questions, "FOLDER", tmp_path / "quiz")
    (tmp_path / "slope.svg").write_text('<svg viewBox="0 0 9 9"></svg>')
    (tmp_path / "quiz").mkdir()
    (tmp_path / "quiz" / "tiny.md").write_text(QUIZ)

    def build(text):
        (tmp_path / "conf.py").write_text(
            CONF + "exclude_patterns = ['quiz/*']\n")
        (tmp_path / "glossary.md").write_text(GLOSSARY)
        (tmp_path / "index.md").write_text(
            f"# One\n\n{text}\n\n```{{toctree}}\nglossary\n```\n")
        warnings, out = (tmp_path / "warnings").open("w+"), tmp_path / "out"
        with docutils_namespace():
            Sphinx(tmp_path, tmp_path, out, out / "trees", "html",
                   status=None, warning=warnings).build()
        warnings.seek(0)
        page = BeautifulSoup((out / "index.html").read_text("utf-8"),
                             "html.parser")
        return page, warnings.read()

    return build


def test_a_drawing_lies_in_the_page_and_is_described(built):
    page, warnings = built(PICTURE.format(ALT))
    assert warnings == ""
    svg = page.select_one("figure.picture svg[role=img]")
    assert svg["aria-label"] == ALT.replace("{{ tiny.freed }}", "21")
    assert page.figcaption.strong.get_text() == "It falls."


@pytest.mark.parametrize("text", [
    PICTURE.format("A line."),
    PICTURE.format(ALT).replace("slope", "no-such-drawing")])
def test_a_drawing_without_description_or_file_is_an_error(built, text):
    page, warnings = built(text)
    assert "picture needs" in warnings and not page.select("figure")


def test_a_figure_quotes_facts_in_its_description_too(built, tmp_path):
    (tmp_path / "line.svg").write_text('<svg viewBox="0 0 9 9"></svg>')
    page, _ = built(f"```{{figure}} line.svg\n:alt: {ALT}\n\nIt falls.\n```")
    assert page.img["alt"] == ALT.replace("{{ tiny.freed }}", "21")


def test_each_option_of_a_question_opens_and_says_why(built):
    page, warnings = built("```{quiz} tiny\n```")
    assert warnings == ""
    first, second = page.select("div.quiz")
    assert first.p.get_text() == "Which one is it?"
    assert first["role"] == "group"
    assert first["aria-labelledby"] == first.p["id"]
    assert [item.get_text() for item in first.select("summary")] == [
        "The first.", "The second."]
    assert first.summary.em and not first.select("summary strong")
    assert [item.get_text() for item in first.select("details p")] == [
        "Not so. It freed 21.", "Right. As you saw."]
    names = [item["name"] for item in page.select("details")]
    assert names[0] == names[1] != names[2] == names[3]
    assert "right" in second.details.p["class"]


def test_a_link_to_a_term_says_what_it_means(built):
    page, _ = built("It sits in a {term}`pit`.")
    link = page.select_one("a.term")
    assert link["title"] == "A place to be stuck in."


@pytest.mark.parametrize("text", [
    QUIZ.replace("**", ""), QUIZ.replace("- That.", "- **That.**"),
    QUIZ.replace("  As you saw.\n", "")])
def test_a_question_without_one_right_answer_with_its_why_is_refused(text):
    with pytest.raises(ValueError, match="exactly one must be in bold"):
        questions.parsed(text)


def test_a_fact_that_there_is_not_stops_the_build(built):
    with pytest.raises(Exception, match="has no attribute .no."):
        built(PICTURE.format(ALT.replace("freed", "no")))
