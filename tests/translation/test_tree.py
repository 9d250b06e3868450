"""The translated tree: what changes in it, and what does not."""
import json

import pytest

from publish import needs
from publish.translation import said, sources, tree


@pytest.fixture(scope="module", autouse=True)
def whole():
    """Every message has a translation: the gate sees to that."""
    assert said.complete(needs.ROOT / "glossary.md")


@pytest.mark.parametrize("path", needs.labs(), ids=lambda path: path.stem)
def test_the_code_of_a_lab_is_the_same_in_both_languages(path):
    text = path.read_text("utf-8")
    cells = [json.loads(one)["cells"]
             for one in (text, tree.notebook(path, text))]
    assert [[cell["source"] for cell in one if cell["cell_type"] == "code"]
            for one in cells][0] == [
        cell["source"] for cell in cells[1] if cell["cell_type"] == "code"]
    assert [cell["id"] for cell in cells[0]] == [
        cell["id"] for cell in cells[1]]


def test_a_page_that_is_not_whole_stays_english_and_says_so(monkeypatch):
    path = needs.ROOT / "chapters" / "epochs.md"
    text = path.read_text("utf-8")
    assert "这一页只有英文" not in tree.prose(path, text)
    for module in (tree, said):
        monkeypatch.setattr(module, "complete", lambda path: False)
    said.terms.cache_clear()
    try:
        left = tree.prose(path, text)
    finally:
        said.terms.cache_clear()
    assert "还没有译完" in left and "two runners" in left


def test_evidence_stays_english_and_says_so():
    path = needs.ROOT / "evidence" / "epochs.md"
    page = tree.prose(path, path.read_text("utf-8"))
    assert "这一页只有英文" in page and "## Three words" in page


def test_links_to_terms_lead_to_the_translated_glossary():
    page = said.linked("{term}`损失 <validation loss>` {term}`epoch`")
    assert "<验证损失（validation loss）>" in page
    assert page.count("<") == 2


def test_the_questions_keep_one_right_option_each():
    from publish import questions
    for name in sources.LABS:
        path = questions.FOLDER / f"{name}.md"
        text = path.read_text("utf-8")
        ours = questions.parsed(tree.prose(path, text))
        theirs = questions.parsed(text)
        assert [[option["right"] for option in one["options"]]
                for one in ours] == [
            [option["right"] for option in one["options"]] for one in theirs]


def test_lessons_of_the_room_keep_their_settings():
    def bare(value):
        if isinstance(value, dict):
            return {key: bare(part) for key, part in value.items()
                    if key not in sources.SPOKEN}
        return [*map(bare, value)] if isinstance(value, list) else value
    for name in (*sources.LABS, "course"):
        text = (needs.ROOT / "classroom" / "lessons" / f"{name}.json"
                ).read_text("utf-8")
        assert bare(json.loads(tree.lesson(text))) == bare(json.loads(text))


def test_the_original_of_a_sentence_is_quoted_once():
    page = tree.verdicts(
        "**C1: yes** 5.1 times the epochs; 8 times the epochs.\n\n"
        '> <span lang="zh">为什么？</span>\n>\n> A model with more parameters '
        "is like a student with a higher IQ and a bigger brain.\n")
    assert page.startswith("**C1：是** ") and "5.1 倍" in page
    assert "student" not in page and page.count("为什么") == 1
