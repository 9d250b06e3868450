"""Run the labs for the site, at the quick budget: ``_build/labs/``.

    python -m publish.execute    run the labs that are not up to date

An executed lab is kept with the key of all that it depends on, as soon as it
is done. One that fails leaves the reason, and spoils no other.
"""
import os
import sys
import time
from concurrent.futures import ThreadPoolExecutor

import nbformat
from nbclient import NotebookClient
from nbclient.exceptions import CellExecutionError, CellTimeoutError
from traitlets.config import Config

from labkit import lesson
from publish import needs

FOLDER = needs.ROOT / "_build" / "labs"
HANGS = 3600   # seconds after which a cell counts as hanging, not as slow
AT_ONCE = 2    # labs, of one thread each
FAILURES = CellExecutionError, CellTimeoutError, RuntimeError   # of a kernel


def executed(name):
    """Where a lab is kept once it has been run."""
    return FOLDER / f"{name}.ipynb"


def failure(name):
    """Where the reason is kept if it failed."""
    return FOLDER / f"{name}.failed"


def outputs(path):
    """{cell's id: its outputs} of the lab as it is now; None if not run."""
    key = needs.key_of_lab(path)
    try:
        notebook = needs.notebook(executed(path.stem))
    except ValueError:   # there is none, or a damaged one
        return None
    if notebook.metadata.get("key") != key:
        return None
    return {cell.id: cell.outputs for cell in notebook.cells
            if cell.cell_type == "code"}


def seconds(path):
    """How long the lab took at the quick budget, on all cores."""
    found = lesson.costs(path.stem, "quick")
    whole = found[found.part == "all"]
    return int(whole.seconds.max()) if len(whole) else 0


def client(notebook, folder, kernel="python3"):
    """What runs a notebook in a folder, for as long as it does not hang.

    It talks to the kernel in private where the kernel can do so.
    """
    return NotebookClient(
        notebook, timeout=HANGS, startup_timeout=HANGS, iopub_timeout=HANGS,
        kernel_name=kernel, resources={"metadata": {"path": str(folder)}},
        config=Config(KernelManager={"transport_encryption": "auto"}))


def execute(path):
    """Run one lab; None, or why it failed."""
    start, key = time.perf_counter(), needs.key_of_lab(path)
    notebook = needs.notebook(path)
    executed(path.stem).unlink(missing_ok=True)
    try:
        client(notebook, path.parent).execute()
    except FAILURES as error:
        reason = f"cell {cell_of(notebook)}: {in_short(error)}"
        failure(path.stem).write_text(reason, "utf-8")
        return f"{path.stem} failed: {reason}"
    notebook.metadata["key"] = key
    failure(path.stem).unlink(missing_ok=True)
    partial = executed(path.stem).with_suffix(".partial")
    nbformat.write(notebook, partial)
    os.replace(partial, executed(path.stem))
    print(f"  {path.stem}: done in {time.perf_counter() - start:.0f} s",
          flush=True)


def cell_of(notebook):
    """The id of the cell at which a notebook stopped: the last one begun."""
    begun = [cell.id for cell in notebook.cells
             if cell.metadata.get("execution", {}).get("iopub.execute_input")]
    return begun[-1] if begun else notebook.cells[0].id


def in_short(error):
    """What an error says, without the way to it."""
    if isinstance(error, CellExecutionError):
        return f"{error.ename}: {error.evalue}"
    return str(error).strip().splitlines()[-1]


def main():
    """Run what is not fresh; a line for each failure, and a bad status."""
    FOLDER.mkdir(parents=True, exist_ok=True)
    try:
        stale = [path for path in needs.labs() if outputs(path) is None]
    except ValueError as error:   # a file that is no lab
        sys.exit(str(error))
    if stale:
        print(f"Running {len(stale)} of {len(needs.labs())} labs (about "
              f"{sum(map(seconds, stale))} s where they were measured): "
              f"{', '.join(path.stem for path in stale)}", flush=True)
    os.environ |= {"LABS_BUDGET": "quick", "LABS_QUIET": "1",
                   "OMP_NUM_THREADS": "1"}
    with ThreadPoolExecutor(AT_ONCE) as pool:
        failures = [reason for reason in pool.map(execute, stale) if reason]
    if failures:
        sys.exit("\n".join(failures))


if __name__ == "__main__":
    main()
