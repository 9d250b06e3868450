"""The published notebooks: what is in them, and that they run alone."""

import nbformat
import pytest
from nbclient import NotebookClient
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook

from publish import notebooks

LABS = sorted(notebooks.LABS.glob("*.ipynb"))
LIMIT = 1_000_000   # bytes: what a phone loads without complaint
ALONE = """
from pathlib import Path

import labkit
assert Path(labkit.__file__).parent == Path.cwd() / "labkit", labkit"""


def written(folder):
    """The text files below a folder: relative path -> bytes."""
    return {path.relative_to(folder).as_posix(): path.read_bytes()
            for path in folder.rglob("*") if path.suffix in (".py", ".csv")}


def execute(notebook, folder, monkeypatch):
    """Run a notebook in a folder, with the repository's labkit hidden."""
    monkeypatch.delenv("PYTHONPATH", raising=False)
    monkeypatch.setenv("LABS_BUDGET", "quick")
    monkeypatch.setenv("LABS_QUIET", "1")
    NotebookClient(notebook, timeout=600, kernel_name="python3",
                   resources={"metadata": {"path": str(folder)}}).execute()


@pytest.fixture
def lab(tmp_path):
    """A small lab ``tiny`` with a labkit and records of its own."""
    labs = tmp_path / "labs"
    modules = {"__init__": '"""Tiny."""\n', "a": "import labkit.b\nx = 0\n",
               "b": "def late():\n    from labkit import c, d\n",
               "c": "LETTER = 'ä'\n", "d": "x = 1\n", "f": "x = 2\n",
               "e": "from labkit.d import x\n", "unused": "x = 3\n"}
    for name, text in modules.items():
        path = labs / "labkit" / f"{name}.py"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, "utf-8")
    table = labs / "records" / "tiny" / "runs.csv"
    table.parent.mkdir(parents=True)
    table.write_text("step,value\n" + "1,0.5\n" * 2_000)
    nbformat.write(new_notebook(cells=[
        new_markdown_cell("# Tiny\n\nSee [it](../chapters/tiny.md#why), "
                          "[x](https://x.org/y.md).", id="title"),
        new_markdown_cell("By the way.", id="aside"),
        new_markdown_cell("## Setup", id="setup"),
        new_code_cell("%config Completer.use_jedi = False\n"
                      "!true\nfrom labkit.a import x", id="first",
                      outputs=[nbformat.v4.new_output("stream", text="x")],
                      execution_count=3),
        new_code_cell("%%time\nimport labkit.f", id="timed"),
        new_code_cell("%%html\n<b>no Python</b>", id="page"),
        new_code_cell("from labkit import unused", id="glue",
                      metadata={"tags": ["remove-cell"]}),
    ]), labs / "tiny.ipynb")
    return labs / "tiny.ipynb"


def sources(notebook, start):
    """Ids of the cells whose source starts with a text."""
    return [c.id for c in notebook.cells if c.source.startswith(start)]


def test_every_needed_module_is_there_and_no_other(lab):
    written_by = sources(notebooks.published(lab), "%%writefile labkit/")
    assert written_by == [f"labkit-{name}" for name in
                          ("__init__", "a", "b", "c", "d", "f")]


@pytest.mark.parametrize("source, modules", [
    ("import labkit.x", {"x"}),
    ("import numpy, labkit.x as y, labkit.z", {"x", "z"}),
    ("from labkit import x, y as z", {"x", "y"}),
    ("from labkit.x import z", {"x"}),
    ("if True:\n    import labkit", set()),
    ("import labkitten.x", set()),
    ("<b>not Python</b>", set())])
def test_imports_of_every_form_are_understood(source, modules):
    assert notebooks.imported(source) == modules


def test_the_code_stands_after_the_title_and_folds_away_alone(lab):
    cells = notebooks.published(lab).cells
    ids = [cell.id for cell in cells]
    start, end = ids.index("course-code"), ids.index("setup")
    assert ids[:start] == ["title", "aside"]
    for cell in cells[start + 1:end]:
        assert cell.cell_type == "code"
        assert cell.metadata.jupyter.source_hidden
        assert cell.metadata.cellView == "form"
        assert "hide-cell" in cell.metadata.tags
    assert cells[end].source.startswith("## ")   # ends the folded section


def test_a_lab_without_sections_is_not_folded_away_with_its_code(lab):
    notebook = nbformat.read(lab, as_version=4)
    del notebook.cells[2]
    nbformat.write(notebook, lab)
    ids = [cell.id for cell in notebooks.published(lab).cells]
    assert ids[ids.index("first") - 1] == "the-lab"


def test_colab_and_jupyter_are_told_to_fold_the_section(lab):
    notebook = notebooks.published(lab)
    (heading,) = [c for c in notebook.cells if c.id == "course-code"]
    assert heading.source.startswith("## The course code")
    assert notebook.metadata["colab"]["collapsed_sections"] == ["course-code"]
    assert heading.metadata.id == "course-code"
    assert heading.metadata["jp-MarkdownHeadingCollapsed"]


def test_outputs_and_plumbing_are_dropped(lab):
    cells = notebooks.published(lab).cells
    assert "glue" not in [cell.id for cell in cells]
    code = [cell for cell in cells if cell.cell_type == "code"]
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


def test_a_record_of_another_lab_comes_along_if_it_is_named(lab):
    other = lab.parent / "records" / "other"
    other.mkdir()
    for name in ("shown", "unused"):
        (other / f"{name}.csv").write_text("x\n1\n")
    notebook = nbformat.read(lab, as_version=4)
    notebook.cells.append(new_code_cell(
        'from labkit import records\nrecords.load("other", "shown")'))
    (lab.parent / "labkit" / "records.py").write_text("")
    nbformat.write(notebook, lab)
    ids = [cell.id for cell in notebooks.published(lab).cells]
    assert [i for i in ids if i.startswith("rows-")] == [
        "rows-other-shown", "rows-tiny-runs"]


def test_a_missing_module_is_named(lab):
    (lab.parent / "labkit" / "c.py").unlink()
    with pytest.raises(FileNotFoundError, match=r"c\.py"):
        notebooks.published(lab)


def test_the_small_lab_writes_its_modules_and_all_rows(lab, tmp_path,
                                                       monkeypatch):
    empty = tmp_path / "empty"
    empty.mkdir()
    execute(notebooks.published(lab), empty, monkeypatch)
    expected = written(lab.parent)
    for name in ("unused", "e"):
        del expected[f"labkit/{name}.py"]
    assert written(empty) == expected


@pytest.fixture(scope="module")
def site(tmp_path_factory):
    """A folder into which all labs were published."""
    folder = tmp_path_factory.mktemp("site")
    notebooks.main(folder)
    return folder


@pytest.mark.parametrize("path", LABS, ids=lambda path: path.stem)
def test_both_buttons_find_the_same_valid_small_notebook(path, site):
    texts = [(site / folder / path.name).read_text("utf-8")
             for folder in ("labs", "_sources/labs")]
    assert texts[0] == texts[1]
    assert len(texts[0].encode()) < LIMIT
    notebook = nbformat.reads(texts[0], as_version=4)
    nbformat.validate(notebook)
    ids = [cell.id for cell in notebook.cells]
    assert len(ids) == len(set(ids))


@pytest.mark.parametrize("path", LABS, ids=lambda path: path.stem)
def test_a_learner_reads_of_no_path_that_is_not_there(path, site):
    notebook = nbformat.read(site / "labs" / path.name, as_version=4)
    text = "\n".join(cell.source for cell in notebook.cells)
    for path in ("labs/", "chapters/", "publish/", "tests/", "benchmarks/",
                 "../", "course.py", "make record", "publish."):
        found = [line for line in text.splitlines() if path in line
                 and notebooks.pages() not in line]
        assert not found, found


@pytest.mark.parametrize("path", LABS, ids=lambda path: path.stem)
def test_the_published_lab_runs_alone(path, site, tmp_path, monkeypatch):
    notebook = nbformat.read(site / "labs" / path.name, as_version=4)
    notebook.cells.append(new_code_cell(ALONE))
    execute(notebook, tmp_path, monkeypatch)
    for name, content in written(tmp_path).items():
        assert content == (path.parent / name).read_bytes(), name
    own = path.parent / "records" / path.stem
    assert {table.name for table in own.glob("*.csv")} == {
        table.name for table in tmp_path.glob(f"records/{path.stem}/*.csv")}
