"""What a lab is made of, and when its key changes."""
import nbformat
import pytest

from publish import needs


@pytest.mark.parametrize("source, names", [
    ("import labkit.x", {"labkit.x"}),
    ("import numpy, labkit.x.y as y", {"labkit.x.y"}),
    ("from labkit import x, y as z", {"labkit", "labkit.x", "labkit.y"}),
    ("from labkit.x import z", {"labkit.x", "labkit.x.z"}),
    ("if True:\n    import labkit", {"labkit"}),
    ("import labkitten.x", set()),
    ("<b>not Python</b>", set())])
def test_imports_of_every_form_are_understood(source, names):
    assert needs.imported(source) == names


@pytest.mark.parametrize("source", ["from . import x", "from .x import y",
                                    "from .. import x"])
def test_a_relative_import_is_refused_as_it_would_be_left_behind(source):
    with pytest.raises(ValueError, match=f"'{source}' is relative; allowed"):
        needs.imported(source)


def test_every_needed_file_is_named_and_no_other(lab):
    assert [path.relative_to(lab.parent).as_posix()
            for path in needs.carried(lab)] == [
        "labkit/__init__.py", "labkit/a.py", "labkit/b.py", "labkit/c.py",
        "labkit/p/__init__.py", "labkit/p/q.py", "records/other/shown.csv",
        "records/tiny/runs.csv"]


def test_its_own_questions_come_along_and_no_others(lab):
    before = needs.key_of_lab(lab)
    for name in ("tiny", "other"):
        path = lab.parent / "records" / name / "quiz.json"
        path.write_text("[]")
    assert [path.parent.name for path in needs.carried(lab)
            if path.name == "quiz.json"] == ["tiny"]
    assert needs.key_of_lab(lab) != before


def test_a_missing_module_is_named(lab):
    (lab.parent / "labkit" / "c.py").unlink()
    with pytest.raises(FileNotFoundError, match=r"labkit/c\.py"):
        needs.carried(lab)


@pytest.mark.parametrize("changed, matters", [
    ("labkit/c.py", True), ("labkit/p/q.py", True), ("labkit/d.py", False),
    ("labkit/p/unused.py", False), ("records/other/shown.csv", True),
    ("records/tiny/runs.csv", True), ("records/other/unused.csv", False)])
def test_the_key_changes_with_what_a_lab_needs_and_nothing_else(
        lab, changed, matters):
    before = needs.key_of_lab(lab)
    assert needs.key_of_lab(lab) == before
    path = lab.parent / changed
    path.write_text(path.read_text("utf-8") + "\n", "utf-8")
    assert (needs.key_of_lab(lab) != before) == matters


def test_the_key_is_the_same_for_both_line_ends(lab):
    before = needs.key_of_lab(lab)
    for path in needs.carried(lab):
        path.write_bytes(path.read_bytes().replace(b"\n", b"\r\n"))
    assert needs.key_of_lab(lab) == before


@pytest.mark.parametrize("cell, matters", [(0, False), (1, True)])
def test_words_do_not_change_the_key_and_code_does(lab, cell, matters):
    before = needs.key_of_lab(lab)
    notebook = nbformat.read(lab, as_version=4)
    notebook.cells[cell].source += "\nmore = 1"
    nbformat.write(notebook, lab)
    assert (needs.key_of_lab(lab) != before) == matters


@pytest.mark.parametrize("name", needs.CHAPTERS)
def test_facts_notice_the_records_that_no_lab_needs(monkeypatch, name):
    monkeypatch.setattr(needs, "key", lambda *parts: parts)
    own = {*(needs.LABS / "records" / name).glob("*.csv")}
    assert own and own <= {*needs.key_of_explanation(name)}
