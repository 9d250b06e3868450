"""The published notebooks: what is in them, and that they unpack."""
import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

import nbformat
import pytest
from nbclient import NotebookClient

from publish import needs, notebooks, questions

LIMIT = 1_500_000   # bytes: what a phone loads without complaint
ABSENT = ("labs/", "chapters/", "evidence/", "publish/", "tests/",
          "benchmarks/", "../", "course.py", "make record", "publish.")


def test_one_folded_cell_stands_below_the_title(lab):
    cells = notebooks.published(lab).cells
    assert [cell.id for cell in cells[:3]] == ["title", "course-code",
                                               "first"]
    folded = [cell for cell in cells if "hide-cell" in cell.metadata.get(
        "tags", ())]
    assert folded == [cells[1]] and cells[1].source.startswith("#@title ")
    assert cells[1].metadata.jupyter.source_hidden
    assert cells[1].metadata.cellView == "form"


def test_that_cell_unpacks_all_that_the_lab_needs_and_nothing_else(
        lab, tmp_path, monkeypatch):
    monkeypatch.delenv("PYTHONPATH", raising=False)
    empty = tmp_path / "empty"
    empty.mkdir()
    NotebookClient(notebooks.published(lab), kernel_name="python3",
                   resources={"metadata": {"path": str(empty)}},
                   allow_error_names=["NameError"]).execute()
    written = {path.relative_to(empty).as_posix(): path.read_bytes()
               for path in empty.rglob("*") if path.suffix in (".py", ".csv")}
    assert written == {path.relative_to(lab.parent).as_posix():
                       path.read_bytes() for path in needs.carried(lab)}


def unpack(lab, folder, first=""):
    """Run the cell in a folder; what it prints, and where labkit is."""
    source = notebooks.code(lab).source
    done = subprocess.run(
        [sys.executable, "-c", f"{first}\nexec({source!r})\n"
         "from labkit.a import x; import labkit.p\nprint(labkit.__file__)"],
        cwd=folder, text=True, capture_output=True, check=True,
        env={**os.environ, "PYTHONPATH": "", "PYTHONUTF8": "1"})
    *said, place = done.stdout.splitlines()
    return said, Path(place).parent.parent


def content(folder):
    """{name: bytes} of all files of a folder, but for compiled ones."""
    return {path.relative_to(folder).as_posix(): path.read_bytes()
            for path in folder.rglob("*")
            if path.is_file() and path.suffix != ".pyc"}


READ_ONLY = """
import os
def mkdir(path, *more, make=os.mkdir):
    if path.startswith(os.getcwd()):
        raise OSError(30, "Read-only file system", path)
    make(path, *more)
os.mkdir = mkdir"""


@pytest.mark.parametrize("files, first, reason", [
    ({}, READ_ONLY, "Read-only file system"),
    ({"labkit": "a file"}, "", "labkit"),
    ({"records": "a file"}, "", "records"),
    ({"labkit/a.py": "x = 'older'", "labkit/old.py": ""}, "",
     "another labkit/a.py is there"),
    ({"records/tiny/runs.csv": "my,own"}, "",
     "another records/tiny/runs.csv is there")],
    ids=["read only", "file labkit", "file records", "older", "own rows"])
def test_where_it_cannot_unpack_it_says_where_else_and_changes_no_file(
        lab, tmp_path, files, first, reason):
    folder = tmp_path / "my folder, 小明"
    for name, text in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    folder.mkdir(exist_ok=True)
    before = content(folder)
    said, place = unpack(lab, folder, first)
    (sentence,) = said
    assert f"Unpacked into {place}, not beside" in sentence
    assert reason in sentence and place.parent == Path(tempfile.gettempdir())
    assert content(place) == {
        path.relative_to(lab.parent).as_posix(): path.read_bytes()
        for path in needs.carried(lab)}
    after = content(folder)
    assert {name: after[name] for name in before} == before
    shutil.rmtree(place)


def test_several_labs_of_one_version_share_a_folder(lab, tmp_path):
    (tmp_path / "shared" / "labkit" / "q").mkdir(parents=True)
    for name in ("__init__.py", "b.py"):   # another lab has brought these
        shutil.copy(lab.parent / "labkit" / name,
                    tmp_path / "shared" / "labkit")
    os.utime(tmp_path / "shared" / "labkit" / "b.py", (0, 0))
    for _ in range(2):
        assert unpack(lab, tmp_path / "shared") == ([], tmp_path / "shared")
    # what is there is not written once more: the folder may be read-only
    assert (tmp_path / "shared" / "labkit" / "b.py").stat().st_mtime == 0


def test_outputs_are_dropped(lab):
    code = [cell for cell in notebooks.published(lab).cells
            if cell.cell_type == "code"]
    assert all(cell.outputs == [] for cell in code)
    assert all(cell.execution_count is None for cell in code)


def test_publishing_twice_gives_the_same_bytes(lab):
    once, again = (nbformat.writes(notebooks.published(lab))
                   for _ in range(2))
    assert once == again


def test_links_to_pages_lead_to_the_site(lab):
    title = notebooks.published(lab).cells[0].source
    assert f"]({notebooks.pages()}/chapters/tiny.html#why)" in title
    assert "](https://x.org/y.md)" in title


@pytest.fixture(scope="module")
def site(tmp_path_factory):
    """A folder into which all labs were published."""
    folder = tmp_path_factory.mktemp("site")
    notebooks.main(folder)
    return folder


@pytest.mark.parametrize("path", needs.labs(), ids=lambda path: path.stem)
def test_both_buttons_find_the_same_valid_small_notebook(path, site):
    texts = [(site / folder / path.name).read_text("utf-8")
             for folder in ("labs", "_sources/labs")]
    assert texts[0] == texts[1]
    assert len(texts[0].encode()) < LIMIT
    notebook = nbformat.reads(texts[0], as_version=4)
    nbformat.validate(notebook)
    ids = [cell.id for cell in notebook.cells]
    assert len(ids) == len(set(ids))


@pytest.mark.parametrize("path", needs.labs(), ids=lambda path: path.stem)
def test_a_lab_carries_its_explanation_and_no_other_but_what_it_uses(path):
    packages = {file.relative_to(path.parent).parts[1]
                for file in needs.carried(path)
                if file.suffix == ".py" and len(
                    file.relative_to(path.parent).parts) == 3}
    name = needs.explanation(path)
    allowed = {name, "lesson", "language", "members", "speech"} | (
        {"epochs", "scaling"} if name == "compute" else set())
    assert name in packages and packages <= allowed


@pytest.mark.parametrize("path", needs.labs(), ids=lambda path: path.stem)
def test_a_lab_carries_the_questions_that_it_asks(path):
    assert questions.path(needs.explanation(path)) in needs.carried(path)


@pytest.mark.parametrize("path", needs.labs(), ids=lambda path: path.stem)
def test_a_learner_reads_of_no_path_that_is_not_there(path, site):
    notebook = nbformat.read(site / "labs" / path.name, as_version=4)
    lines = [line for cell in notebook.cells if cell.id != "course-code"
             for line in cell.source.splitlines()
             if notebooks.pages() not in line]
    assert [line for line in lines if any(
        name in line for name in ABSENT)] == []
