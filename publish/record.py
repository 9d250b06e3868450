"""Record a lab: run its experiments at a budget, resumably.

    python -m publish.record LAB [BUDGET]

The sizes stand in the notebook, in the cell tagged ``budget``. Each
experiment becomes ``labs/records/LAB/NAME.csv`` with the provenance of
every cell in ``NAME.json``; finished cells are kept if this is stopped.
"""
import importlib
import sys

import nbformat

from labkit import device
from labkit.records import FOLDER, Record


def budgets(lab):
    """The lab's BUDGETS, from the cell of its notebook with that tag."""
    notebook = nbformat.read(FOLDER.parent / f"{lab}.ipynb", as_version=4)
    (cell,) = [cell for cell in notebook.cells
               if "budget" in cell.metadata.get("tags", ())]
    scope = {}
    exec(cell.source, scope)
    return scope["BUDGETS"]


def main(lab, budget="full"):
    """Run what is not yet recorded."""
    run = importlib.import_module(f"labkit.{lab}").run
    machine = device.choose()
    print(machine)
    known = budgets(lab)
    if budget not in known:
        sys.exit(f"BUDGET is {budget!r}; allowed are {list(known)}")
    for name, settings in known[budget].items():
        record = Record(FOLDER / lab, name)
        print(f"{lab}/{name}", flush=True)
        rows = run(name, *settings, device=machine.device.type,
                   record=record, workers=machine.workers)
        print(f"  {len(rows)} rows in {record.csv}", flush=True)


if __name__ == "__main__":
    main(*sys.argv[1:])
