"""A small lab; a copy of the course."""
import nbformat
import pytest
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook

from tests.publish import copies


@pytest.fixture
def works(tmp_path):
    """A copy of the course with an environment that works."""
    return copies.working(tmp_path / "course")


@pytest.fixture
def lab(tmp_path):
    """A small lab ``tiny`` with a labkit and records of its own."""
    modules = {
        "__init__": '"""Tiny."""\n', "a": "import labkit.b\nx = 0\n",
        "b": "def late():\n    from labkit import c, p\n",
        "c": "LETTER = 'ä'\n", "e": "from labkit.d import x\n",
        "d": "x = 1\n", "p/__init__": "from labkit.p.q import y\n",
        "p/q": "y = 1\n", "p/unused": "y = 2\n"}
    records = {"tiny/runs": 2_000, "other/shown": 1, "other/unused": 1}
    for name, text in modules.items():
        path = tmp_path / "labkit" / f"{name}.py"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, "utf-8")
    for name, lines in records.items():
        path = tmp_path / "records" / f"{name}.csv"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("step,value\n" + "1,0.5\n" * lines)
    nbformat.write(new_notebook(cells=[
        new_markdown_cell("# Tiny\n\nSee [it](../chapters/tiny.md#why), "
                          "[x](https://x.org/y.md).", id="title"),
        new_code_cell("%config Completer.use_jedi = False\n"
                      "!true\nfrom labkit.a import x", id="first",
                      outputs=[nbformat.v4.new_output("stream", text="x")],
                      execution_count=3),
        new_code_cell("%%html\n<b>no Python</b>", id="page"),
        new_code_cell('def later():\n    records.load("other", "shown")',
                      id="shows")]), tmp_path / "tiny.ipynb")
    return tmp_path / "tiny.ipynb"
