"""What a lab, or an explanation, is made of: modules and records; its key."""
import ast
import hashlib
import re
from functools import cache
from pathlib import Path

import nbformat
from IPython.core.inputtransformer2 import TransformerManager

ROOT = Path(__file__).resolve().parent.parent
LABS = ROOT / "labs"
PINS = ROOT / "requirements.txt"
# records.load("epochs", "targets"), records.tables("epochs")
CHAPTERS = {"epochs": ("parts_decay", "parts_language"),   # no lab needs them
            "landscape": ("inside",)}
LOADED = re.compile(
    r"""records\.(?:load|tables)\(\s*["'](\w+)["'](?:,\s*["'](\w+)["'])?""")


def labs():
    """The notebooks that the contents name; others are drafts."""
    contents = (ROOT / "_toc.yml").read_text("utf-8")
    return sorted(LABS / f"{name}.ipynb"
                  for name in re.findall(r"file: labs/(\S+)", contents))


def explanation(path):
    """The explanation that a lab belongs to: landscape_further's, too."""
    return path.stem.partition("_")[0]


def plain(source):
    """A cell as plain Python: cell magic dropped, other magics as calls."""
    source = source.lstrip()
    if source.startswith("%%"):
        source = source.partition("\n")[2]
    return TransformerManager().transform_cell(source)


def notebook(path):
    """The notebook in a file; raises ValueError, with its name, if none is.

    Jupyter's reader raises anything, and names no file.
    """
    try:
        return nbformat.read(path, as_version=4)
    except Exception as error:
        raise ValueError(f"{path} is no notebook: {error}") from error


def code(path):
    """The sources of a notebook's code cells, as plain Python."""
    return [plain(cell.source) for cell in notebook(path).cells
            if cell.cell_type == "code"]


@cache
def imported(source):
    """The dotted names of labkit that a piece of Python imports.

    ``from labkit.a import b`` gives "labkit.a" and "labkit.a.b", which may
    be a module or not. What is not Python (``%%html``) imports nothing.
    Raises ValueError for ``from . import x``, which depends on its place.
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
            if node.level:
                raise ValueError(f"{ast.unparse(node)!r} is relative; "
                                 "allowed are whole names, as labkit.x")
            names |= {node.module, *(f"{node.module}.{alias.name}"
                                     for alias in node.names)}
    return {name for name in names if name.split(".")[0] == "labkit"}


def files(name, folder):
    """The files of a dotted name below a folder, its packages first."""
    parts = name.split(".")
    for count in range(1, len(parts) + 1):
        path = folder.joinpath(*parts[:count])
        for file in (path / "__init__.py", path.with_suffix(".py")):
            if file.exists():
                yield file


def modules(sources, folder=LABS):
    """The files of ``labkit`` that pieces of Python need, through others too.

    Raises FileNotFoundError if ``from labkit import x`` names no module.
    """
    found, todo = {}, [*sources]
    while todo:
        for name in imported(todo.pop()):
            if name.count(".") == 1 and not [*files(name, folder)][1:]:
                raise FileNotFoundError(f"no {name.replace('.', '/')}.py")
            for file in files(name, folder):
                if file not in found:
                    found[file] = file.read_text("utf-8")
                    todo.append(found[file])
    return sorted(found)


def records(lab, sources, folder=LABS):
    """The CSV files of a lab's own records, and of others that are named.

    But for those that only its chapter shows.
    """
    found = {*(folder / "records" / lab).glob("*.csv")}
    for source in sources:
        for other, name in LOADED.findall(source):
            found |= {*(folder / "records" / other).glob(
                f"{name or '*'}.csv")}
    return sorted(path for path in found
                  if path.stem not in CHAPTERS.get(path.parent.name, ()))


def carried(path):
    """The files that a lab needs: modules, records, questions, its speech."""
    sources = code(path)
    needed = modules(sources, path.parent)
    texts = [*sources, *(file.read_text("utf-8") for file in needed)]
    name = explanation(path)
    return [*needed, *records(name, texts, path.parent),
            *(path.parent / "records" / name).glob("quiz.json"),
            *(path.parent / "records").glob("speech.json")]


def key(*parts):
    """One hash of texts and of files' bytes, and of the pinned versions.

    The same for both line ends, as git may write either.
    """
    digest = hashlib.sha256()
    for part in (*parts, PINS):
        content = (part.encode() if isinstance(part, str)
                   else part.name.encode() + part.read_bytes())
        digest.update(hashlib.sha256(
            content.replace(b"\r\n", b"\n")).digest())
    return digest.hexdigest()[:16]


def silent(paths):
    """The files without those that only say in another language what is said.
    """
    return [path for path in paths if "speech" not in (
        path.stem, path.parent.name)]


def key_of_lab(path):
    """Changes with all that the outputs of a lab depend on."""
    return key(*code(path), *silent(carried(path)))


def key_of_explanation(name):
    """Changes with all that an explanation's facts and pictures depend on."""
    needed = modules([f"import labkit.{name}"])
    texts = [file.read_text("utf-8") for file in needed]
    own = (LABS / "records" / name).glob("*.csv")   # for the chapter, too
    return key(*silent(needed), *sorted({*own, *records(name, texts)}))
