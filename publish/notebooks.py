"""Write the published notebooks: each lab as one file that runs alone.

    python -m publish.notebooks SITE

The modules of ``labkit`` that a lab imports and the recorded rows that it
shows lie in one folded cell below its title, so that it needs no install, no
download and no repository. Each is written to the two places of the built site
where the theme's buttons point: ``labs/`` (open in Colab, from the
published branch) and ``_sources/labs/`` (download).
"""
import base64
import io
import posixpath
import re
import sys
import zipfile
from pathlib import Path
from urllib.parse import urlsplit

import nbformat
import yaml
from nbformat.v4 import new_code_cell

from publish import needs

BUTTONS = "labs", "_sources/labs"   # where Colab and download point
WIDTH = 2000   # characters in a line of packed files
CODE = '''\
#@title The course's code and recorded rows (run once; no need to read)
# Unpacks the folders labkit and records beside this notebook; into a
# temporary folder if that cannot be written or has others of these names.
import base64
import importlib
import io
import os
import sys
import tempfile
import zipfile

packed = zipfile.ZipFile(io.BytesIO(base64.b64decode("""
{}""")))
folder = os.getcwd()
try:
    there = [name for name in packed.namelist() if os.path.exists(name)]
    for name in there:
        with open(name, "rb") as file:
            if file.read() != packed.read(name):
                raise FileExistsError(f"another {{name}} is there")
    packed.extractall(members={{*packed.namelist()}} - {{*there}})
except OSError as reason:
    folder = tempfile.mkdtemp()
    packed.extractall(folder)
    print(f"Unpacked into {{folder}}, not beside this notebook: {{reason}}.")
sys.path.insert(0, folder)
importlib.invalidate_caches()   # so that Python sees the new folders'''
LINK = re.compile(r"\]\((?!\w+:)([^()#\s]+)\.(?:md|ipynb)(#[^()\s]*)?\)")


# --- the cell that carries the code ---------------------------------------

def packed(paths, folder):
    """Files as a zip archive in base64; the same bytes every time."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for path in paths:
            name = path.relative_to(folder).as_posix()
            archive.writestr(zipfile.ZipInfo(name), path.read_bytes(),
                             zipfile.ZIP_DEFLATED, 9)
    text = base64.b64encode(buffer.getvalue()).decode()
    return "".join(text[i:i + WIDTH] + "\n"
                   for i in range(0, len(text), WIDTH))


def code(path):
    """The code cell, folded by Jupyter, Colab and the site."""
    source = CODE.format(packed(needs.carried(path), path.parent))
    return new_code_cell(
        source, id="course-code",
        metadata={"id": "course-code", "jupyter": {"source_hidden": True},
                  "cellView": "form", "tags": ["hide-cell"]})


# --- the published notebook -----------------------------------------------

def repository():
    """Owner, name, branch and folder of what is published."""
    found = yaml.safe_load((needs.ROOT / "_config.yml").read_text("utf-8"))[
        "repository"]
    owner, name = urlsplit(found["url"]).path.strip("/").split("/")
    return owner, name, found["branch"], found["path_to_book"]


def pages():
    """The site's address, which follows from the repository's."""
    owner, name, _, folder = repository()
    return f"https://{owner}.github.io/{name}/{folder}".rstrip("/")


def kept():
    """Where the published notebooks are kept."""
    owner, name, branch, folder = repository()
    return "/".join(filter(None, (
        "https://github.com", owner, name, "blob", branch, folder, "labs")))


def absolute(source, site):
    """Markdown with its links to other pages pointing to the site."""
    def link(match):
        path = posixpath.normpath(posixpath.join("labs", match[1]))
        return f"]({site}/{path}.html{match[2] or ''})"
    return LINK.sub(link, source)


def clean(cells, site):
    """The lab's own cells: no outputs, links that work."""
    for cell in cells:
        if cell.cell_type == "code":
            cell.outputs, cell.execution_count = [], None
        else:
            cell.source = absolute(cell.source, site)
    return cells


def published(path):
    """The lab at ``path`` as a notebook that runs alone."""
    notebook = nbformat.read(path, as_version=4)
    title, *rest = clean(notebook.cells, pages())
    notebook.cells = [title, code(path), *rest]
    nbformat.validate(notebook)
    return notebook


def main(site):
    """Write every lab to both places."""
    for path in needs.labs():
        notebook = published(path)
        for folder in BUTTONS:
            target = Path(site) / folder / path.name
            target.parent.mkdir(parents=True, exist_ok=True)
            nbformat.write(notebook, target)


if __name__ == "__main__":
    main(*sys.argv[1:])
