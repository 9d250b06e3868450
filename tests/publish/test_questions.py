"""The questions of each lesson, as they are kept for labs and class."""
import json

import pytest

from labkit import verdict
from publish import questions

COUNT, WORDS = 3, 25   # questions of a lesson, and words of each


@pytest.mark.parametrize("name", verdict.LABS)
def test_what_is_kept_is_what_is_written_with_its_facts(name):
    assert questions.path(name).read_text("utf-8") == questions.text(name)


@pytest.mark.parametrize("name", verdict.LABS)
def test_a_lesson_has_three_short_questions(name):
    asked = questions.parsed(questions.filled(name))
    assert len(asked) == COUNT
    for one in asked:
        assert len(one["question"].split()) <= WORDS
        assert one["question"].endswith("?") and len(one["options"]) >= 3
        texts = [option["text"] for option in one["options"]]
        assert len(set(texts)) == len(texts)
        for option in one["options"]:
            assert option["text"].endswith((".", "?"))
            assert option["why"].endswith((".", "?"))


def test_the_right_option_is_not_always_in_the_same_place():
    places = [[option["right"] for option in one["options"]].index(True)
              for name in verdict.LABS
              for one in questions.parsed(questions.filled(name))]
    for place in range(3):   # of 18, about 6 each
        assert 3 <= places.count(place) <= 9


@pytest.fixture
def tiny(tmp_path, monkeypatch):
    """A course of one lesson, whose questions stand in a folder."""
    monkeypatch.setattr(verdict, "LABS", {"tiny": None})
    monkeypatch.setattr(questions, "FOLDER", tmp_path)
    monkeypatch.setattr(questions.facts, "quoted", lambda name: {"k": "7"})
    monkeypatch.setattr(questions, "path",
                        lambda name: tmp_path / f"{name}.json")
    (tmp_path / "tiny.md").write_text(
        "So?\n\n- **It is {{ tiny.k }}.**\n\n  Yes.\n\n- *No*.\n\n  It is.\n")
    return tmp_path


def test_they_are_written_where_they_have_changed_only(tiny):
    questions.main()
    kept = json.loads((tiny / "tiny.json").read_text("utf-8"))
    assert kept == [{"question": "So?", "options": [
        {"text": "It is 7.", "right": True, "why": "Yes."},
        {"text": "*No*.", "right": False, "why": "It is."}]}]
    before = (tiny / "tiny.json").stat().st_mtime_ns
    questions.main()
    assert (tiny / "tiny.json").stat().st_mtime_ns == before


@pytest.mark.parametrize("old, new, reason", [
    ("**", "", "exactly one must be in bold"), ("tiny.k", "tiny.no", "no")])
def test_bad_ones_are_named_and_nothing_is_written(tiny, old, new, reason):
    path = tiny / "tiny.md"
    path.write_text(path.read_text().replace(old, new))
    with pytest.raises(SystemExit, match=f"tiny.md: .*{reason}"):
        questions.main()
    assert not (tiny / "tiny.json").exists()
