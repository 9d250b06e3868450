"""Pages as messages: what is one, what is not, and nothing is lost."""
import pytest

from publish.translation import markdown, sources

PAGES = [path for area in sources.PAGES for path in sources.files(area)
         if path.suffix == ".md"]


@pytest.mark.parametrize("path", PAGES, ids=lambda path: path.name)
def test_a_page_that_says_the_same_is_the_same(path):
    text = path.read_text("utf-8")
    assert markdown.translated(text, lambda message: message) == text


@pytest.mark.parametrize("text, messages", [
    ("# A title", ["A title"]),
    ("> - **Bold** text", ["**Bold** text"]),
    ("1. First, then", ["First, then"]),
    ("| width | 8 |\n|---|---|\n| of \\| it | {{ a }} |",
     ["width", "of \\| it"]),
    ("```python\nx = 1\n```", []),
    ("```{figure} a/b.svg\n:alt: What is seen.\n\nFound.\n```",
     ["What is seen.", "Found."]),
    ("```{say} 4 5\n:do: draw it\n\nLook.\n```", ["draw it", "Look."]),
    ("```{live} race\n:text: new\n\nRecorded.\n```", ["Recorded."]),
    (":::{container} meta\n5 minutes.\n:::", ["5 minutes."]),
    ("$$\n\\text{loss} = x\n$$", ["\\text{loss} = x"]),
    ("$$\nL = x\n$$", []),
    ("```{raw} html\n<p>Press <b>it</b>.</p>\n:file: a.html\n```",
     ["Press <b>it</b>."]),
    ("(label)=", []), ("为什么 epoch", []), ("{{ a.b }}", []),
    ("[](page.md)", [])])
def test_messages_are_what_is_said(text, messages):
    assert markdown.messages(text) == messages


def test_a_line_of_which_nothing_is_said_is_left_out():
    said = markdown.translated("> 中文\n>\n> *English of it*", lambda _: "")
    assert said == "> 中文\n>"
