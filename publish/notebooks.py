"""Write the published notebooks: each lab as one file that runs alone.

    python -m publish.notebooks SITE

The modules of ``labkit`` that a lab imports and the recorded rows that it
shows stand in folded cells at its top, so that it needs no install, no
download and no repository. Each is written to the two places of the built site
where the theme's buttons point: ``labs/`` (open in Colab, from the
published branch) and ``_sources/labs/`` (download).
"""
import ast
import base64
import gzip
import posixpath
import re
import sys
from pathlib import Path
from urllib.parse import urlsplit

import nbformat
import yaml
from IPython.core.inputtransformer2 import TransformerManager
from nbformat.v4 import new_code_cell, new_markdown_cell

LABS = Path(__file__).resolve().parent.parent / "labs"
BUTTONS = "labs", "_sources/labs"   # where Colab and download point
HEADING = """\
## The course code (run once; no need to read)

The cells below write the course's modules and the recorded rows into the \
folder where this notebook runs."""
FOLDERS = """\
import importlib
import os

for folder in {}:
    os.makedirs(folder, exist_ok=True)
importlib.invalidate_caches()   # so that Python sees the new folders"""
ROWS = '''\
# All recorded rows of "{name}", compressed.
import base64
import gzip

with open("{path}", "wb") as file:
    file.write(gzip.decompress(base64.b64decode("""
{text}""")))'''
LOADED = re.compile(r"""records\.load\(\s*["'](\w+)["'],\s*["'](\w+)["']""")
LINK = re.compile(r"\]\((?!\w+:)([^()#\s]+)\.(?:md|ipynb)(#[^()\s]*)?\)")


# --- what a lab needs -----------------------------------------------------

def plain(source):
    """A cell as plain Python: cell magic dropped, other magics as calls."""
    source = source.lstrip()
    if source.startswith("%%"):
        source = source.partition("\n")[2]
    return TransformerManager().transform_cell(source)


def imported(source):
    """The modules of labkit that a piece of Python imports.

    A cell that is not Python (``%%html``) imports nothing.
    """
    names = set()
    try:
        nodes = list(ast.walk(ast.parse(source)))
    except SyntaxError:
        return names
    for node in nodes:
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            names |= {f"{node.module}.{alias.name}" for alias in node.names}
    return {n.split(".")[1] for n in names if n.startswith("labkit.")}


def needed(cells, labkit):
    """The modules of ``labkit`` that the cells need, through others too."""
    found = {"__init__"}
    todo = set().union(*(imported(plain(cell.source)) for cell in cells
                         if cell.cell_type == "code"))
    while todo:
        found |= todo
        todo = set().union(*(
            imported((labkit / f"{name}.py").read_text("utf-8"))
            for name in todo)) - found
    return sorted(found)


# --- the cells that carry it ----------------------------------------------

def folded(name, source):
    """A code cell that Jupyter, Colab and the site show folded."""
    return new_code_cell(source, id=name, metadata={
        "id": name, "jupyter": {"source_hidden": True}, "cellView": "form",
        "tags": ["hide-cell"]})


def rows(path, name):
    """The cell that writes one record's CSV, every row of it."""
    packed = gzip.compress(path.read_bytes(), mtime=0)   # same every time
    text = base64.b64encode(packed).decode()
    lines = "".join(text[i:i + 1000] + "\n"
                    for i in range(0, len(text), 1000))
    return folded(f"rows-{path.parent.stem}-{path.stem}",
                  ROWS.format(name=path.stem, path=name, text=lines))


def tables(cells, path):
    """The records a lab shows: all of its own, and others that it names."""
    folder = path.parent / "records"
    named = {folder / lab / f"{name}.csv" for cell in cells
             for lab, name in LOADED.findall(cell.source)}
    return sorted({*(folder / path.stem).glob("*.csv"), *named})


def code(cells, path):
    """The cells that write what the lab at ``path`` needs."""
    labkit, shown = path.parent / "labkit", tables(cells, path)
    names = [table.relative_to(path.parent).as_posix() for table in shown]
    folders = ["labkit", *sorted({posixpath.dirname(n) for n in names})]
    heading = {"id": "course-code", "jp-MarkdownHeadingCollapsed": True}
    return [new_markdown_cell(HEADING, id="course-code", metadata=heading),
            folded("folders", FOLDERS.format(folders)),
            *(folded(f"labkit-{name}", f"%%writefile labkit/{name}.py\n"
                     + (labkit / f"{name}.py").read_text("utf-8"))
              for name in needed(cells, labkit)),
            *(rows(table, name) for table, name in zip(shown, names))]


# --- the published notebook -----------------------------------------------

def pages():
    """The site's address, which follows from the repository's."""
    config = yaml.safe_load((LABS.parent / "_config.yml").read_text("utf-8"))
    address = urlsplit(config["repository"]["url"])
    owner, name = address.path.strip("/").split("/")
    return f"https://{owner}.github.io/{name}"


def absolute(source, site):
    """Markdown with its links to other pages pointing to the site."""
    def link(match):
        path = posixpath.normpath(posixpath.join("labs", match[1]))
        return f"]({site}/{path}.html{match[2] or ''})"
    return LINK.sub(link, source)


def clean(cells, site):
    """The lab's own cells: no outputs, no plumbing, links that work."""
    kept = [cell for cell in cells
            if "remove-cell" not in cell.metadata.get("tags", ())]
    for cell in kept:
        if cell.cell_type == "code":
            cell.outputs, cell.execution_count = [], None
        else:
            cell.source = absolute(cell.source, site)
    return kept


def place(cells):
    """Where the code goes: after the title, before the first section."""
    for i, cell in enumerate(cells):
        if cell.cell_type == "code" or cell.source.startswith("## "):
            return i
    return len(cells)


def published(path):
    """The lab at ``path`` as a notebook that runs alone."""
    notebook = nbformat.read(path, as_version=4)
    cells = clean(notebook.cells, pages())
    i, added = place(cells), code(cells, path)
    if i < len(cells) and cells[i].cell_type == "code":
        # a heading, so that the lab is not folded away with its code
        added.append(new_markdown_cell("## The lab", id="the-lab"))
    notebook.cells = cells[:i] + added + cells[i:]
    colab = notebook.metadata.setdefault("colab", {})
    colab["collapsed_sections"] = ["course-code"]
    nbformat.validate(notebook)
    return notebook


def main(site):
    """Write every lab to both places."""
    for path in sorted(LABS.glob("*.ipynb")):
        notebook = published(path)
        for folder in BUTTONS:
            target = Path(site) / folder / path.name
            target.parent.mkdir(parents=True, exist_ok=True)
            nbformat.write(notebook, target)


if __name__ == "__main__":
    main(*sys.argv[1:])
