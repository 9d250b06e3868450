"""Measure what a lab costs, as a learner would run it.

    python -m benchmarks.lab_times LAB [BUDGET]

Executes the notebook twice: once on the clock, once to count operations.
Writes seconds and operations of the whole lab and of each experiment into
``labs/records/NAME/times.csv``, which lab and site quote; and prints the ten
slowest cells. LAB is the name of a notebook: landscape, landscape_further.
"""
import json
import os
import platform
import sys
import time
from contextlib import nullcontext
from datetime import date

import nbformat
import pandas as pd
from nbclient import NotebookClient

from labkit.experiment import Experiment
from labkit.records import FOLDER

TRACED = """
import sys
sys.path.insert(0, {root!r})
from benchmarks import lab_times
traced = lab_times.trace({count})"""
TOLD = "import json; print(json.dumps(traced))"
ROOT = str(FOLDER.parents[1])


def trace(count):
    """Note what each experiment costs that is run from here on.

    To ``count`` operations, all runs in this one process. Returns the list
    that the notes go to.
    """
    from torch.utils.flop_counter import FlopCounterMode
    notes, run = [], Experiment.run

    def watched(self, *args, **more):
        from labkit.language.runs import Runs
        more |= {"workers": 1} if count else {}
        start = time.perf_counter()
        with FlopCounterMode(display=False) if count else nullcontext(
                ) as counter:
            rows = run(self, *args, **more)
        notes.append(dict(
            part=self.name, gpu=isinstance(self, Runs),
            seconds=time.perf_counter() - start,
            gflop=counter.get_total_flops() / 1e9 if count else 0))
        return rows

    Experiment.run = watched
    return notes


def executed(lab, budget, count=False):
    """Seconds of each code cell, by its id; the notes of all experiments."""
    os.environ.update(LABS_BUDGET=budget, LABS_QUIET="1")
    notebook = nbformat.read(FOLDER.parent / f"{lab}.ipynb", as_version=4)
    cells = notebook.cells
    cells.insert(0, nbformat.v4.new_code_cell(
        TRACED.format(root=ROOT, count=count), id="before"))
    cells.append(nbformat.v4.new_code_cell(TOLD, id="after"))
    client = NotebookClient(notebook, timeout=3600, resources={
        "metadata": {"path": str(FOLDER.parent)}})
    seconds = {}
    with client.setup_kernel():
        for i, cell in enumerate(cells):
            start = time.perf_counter()
            client.execute_cell(cell, i)
            seconds[cell.id] = time.perf_counter() - start
    notes = json.loads(cells[-1].outputs[0].text)
    return pd.Series(seconds).drop(["before", "after"]), pd.DataFrame(
        notes, columns=["part", "gpu", "seconds", "gflop"])


def measure(lab, budget):
    """Seconds of each cell; a row of costs for the lab and each experiment.
    """
    seconds, spent = executed(lab, budget)
    _, counted = executed(lab, budget, count=True)
    parts = spent.assign(gflop=counted.gflop).groupby(
        ["part", "gpu"], sort=False).sum().reset_index()
    whole = pd.DataFrame([dict(part="all", gpu=False, seconds=seconds.sum(),
                               gflop=parts.gflop.sum())])
    return seconds, pd.concat([whole, parts])


def device():
    """What it was measured on, in words."""
    import torch
    if torch.cuda.is_available():
        return torch.cuda.get_device_name()
    return f"{os.cpu_count()} CPU cores ({platform.machine()})"


def keep(lab, budget, costs):
    """Put the costs of a lab in the place of older ones."""
    new = costs.round({"seconds": 1, "gflop": 1}).assign(
        lab=lab, budget=budget, device=device(), cores=os.cpu_count(),
        date=date.today().isoformat())
    path = FOLDER / lab.partition("_")[0] / "times.csv"
    if path.exists():
        old = pd.read_csv(path)
        same = (old.lab == lab) & (old.budget == budget) & (
            old.device == device())
        new = pd.concat([old[~same], new])
    new[["lab", "budget", "part", "device", "cores", "gpu", "seconds",
         "gflop", "date"]].to_csv(path, index=False)


def main(lab, budget="quick"):
    """Measure one budget of one lab."""
    seconds, costs = measure(lab, budget)
    print(seconds.nlargest(10).round(1).to_string())
    print(costs.round(1).to_string(index=False))
    keep(lab, budget, costs)


if __name__ == "__main__":
    main(*sys.argv[1:])
