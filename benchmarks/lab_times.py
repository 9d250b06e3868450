"""Measure how long a lab takes, as a learner would run it.

    python -m benchmarks.lab_times LAB [BUDGET]

Executes the notebook once and writes the wall-clock seconds into
``labs/records/LAB/times.csv``, one row per budget and device, which the
lab and the site quote; and prints the ten slowest cells.
"""
import os
import platform
import sys
import time
from datetime import date

import nbformat
import pandas as pd
from nbclient import NotebookClient

from labkit.records import FOLDER


def measure(lab, budget):
    """Seconds of each code cell, by cell id."""
    os.environ.update(LABS_BUDGET=budget, LABS_QUIET="1")
    notebook = nbformat.read(FOLDER.parent / f"{lab}.ipynb", as_version=4)
    client = NotebookClient(notebook, timeout=3600, resources={
        "metadata": {"path": str(FOLDER.parent)}})
    seconds = {}
    with client.setup_kernel():
        for i, cell in enumerate(notebook.cells):
            start = time.perf_counter()
            client.execute_cell(cell, i)
            seconds[cell.id] = time.perf_counter() - start
    return pd.Series(seconds)


def device():
    """What it was measured on, in words."""
    import torch
    if torch.cuda.is_available():
        return torch.cuda.get_device_name()
    return f"{os.cpu_count()} CPU cores ({platform.machine()})"


def keep(lab, budget, seconds):
    """Put a measurement in the place of its older row; the row."""
    row = dict(budget=budget, device=device(), seconds=round(seconds.sum()),
               date=date.today().isoformat())
    path = FOLDER / lab / "times.csv"
    new = pd.DataFrame([row])
    if path.exists():
        old = pd.read_csv(path)
        same = (old.budget == row["budget"]) & (old.device == row["device"])
        new = pd.concat([old[~same], new])
    new.to_csv(path, index=False)
    return row


def main(lab, budget="quick"):
    """Measure one budget of one lab."""
    seconds = measure(lab, budget)
    print(seconds.sort_values(ascending=False).head(10).round(1).to_string())
    print(keep(lab, budget, seconds))


if __name__ == "__main__":
    main(*sys.argv[1:])
