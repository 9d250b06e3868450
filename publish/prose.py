"""The Sphinx extension: prose reads the records, labs show their runs.

Every fact is a MyST substitution, ``{{ landscape.C5c.effect }}``; one that is
missing is a warning with file and line, and stops the build. A lab's page is
made of its executed copy, or says that it has not been run.
"""
import nbformat
from nbformat.v4 import new_markdown_cell

from labkit import verdict
from labkit.claims import OPEN
from publish import classroom, execute, facts, needs, notebooks
from publish.words import NO_RESULTS, NOT_RUN, WAITS

NOTE = """\
```{{admonition}} {title}
:class: warning

{text} {reason}
```"""


def quoted():
    """All that prose may quote: {explanation: {fact: text}}."""
    table = facts.course()
    found, alone = (verdict.tally(judged) for judged in (
        table, table.assign(stands=True)))   # without Holm's correction
    count = {word: str(found[ruling])
             for ruling, word in verdict.CLASSES.items()}
    count["alone"] = str(found[OPEN] - alone[OPEN])
    return {name: facts.quoted(name) for name in verdict.LABS} | {
        "room": classroom.recorded(), "second": classroom.second(),
        "site": {"labs": notebooks.kept()},
        "verdict": {**count, "claims": str(len(table)),
                    "core": str(table.core.sum())}}


def substitutions(app, config):
    """Give MyST the facts before it is set up."""
    config.myst_substitutions = quoted()


def lab(docname):
    """The path of the lab that a page shows, or None."""
    path = needs.ROOT / f"{docname}.ipynb"
    return path if path in needs.labs() else None


def text(docname):
    """What tells a page's text from another, whatever the clock says."""
    return needs.key(*sorted(needs.ROOT.glob(f"{docname}.*")))


def state(path):
    """Which run a lab's page shows, or why it shows none."""
    if execute.outputs(path) is not None:
        return needs.key_of_lab(path)
    if execute.failure(path.stem).exists():
        return execute.failure(path.stem).read_text("utf-8")
    return WAITS


def show_run(app, docname, source):
    """Put the outputs of its run into a lab, or a note that it has none."""
    app.env.__dict__.setdefault("texts_shown", {})[docname] = text(docname)
    path = lab(docname)
    if path is None:
        return
    kept = app.env.__dict__.setdefault("labs_shown", {})
    kept[docname] = state(path)
    notebook, outputs = nbformat.reads(source[0], 4), execute.outputs(path)
    if outputs is None:
        notebook.cells.insert(1, new_markdown_cell(
            NOTE.format(title=NOT_RUN, text=NO_RESULTS,
                        reason=kept[docname]), id="not-run"))
    for cell in notebook.cells:
        if outputs and cell.cell_type == "code":
            cell.outputs = outputs[cell.id]
    source[0] = nbformat.writes(notebook)


def changed(app, env, added, changed, removed):
    """The pages with another text, or run of a lab, than they show."""
    texts, labs = (env.__dict__.get(name, {})
                   for name in ("texts_shown", "labs_shown"))
    return [docname for docname in texts if docname not in removed and (
        texts[docname] != text(docname) or
        docname in labs and labs[docname] != state(lab(docname)))]


def setup(app):
    """Connect the above to Sphinx."""
    app.connect("config-inited", substitutions, priority=1)
    app.connect("source-read", show_run)
    app.connect("env-get-outdated", changed)
    return {"version": "1", "parallel_read_safe": False}
