"""Runs and their records: tidy rows, where they came from, how to resume.

A *cell* is one call of an experiment, given by a dict of settings. A
record is a CSV of tidy rows and a JSON that says how each cell was run.
"""
import json
import multiprocessing
import os
import platform
import signal
import subprocess
import time
from datetime import date
from pathlib import Path

import pandas as pd
import torch
from joblib import Parallel, delayed
from tqdm.auto import tqdm

FOLDER = Path(__file__).resolve().parent.parent / "records"
BAR = "{desc} {percentage:3.0f}% |{bar}| {elapsed} so far, {remaining} left"


def load(lab, name):
    """The rows of one record; ValueError if there is no such record."""
    path = FOLDER / lab / f"{name}.csv"
    if not path.exists():
        known = sorted(p.stem for p in path.parent.glob("*.csv"))
        raise ValueError(f"name is {name!r}; {lab} has records {known}")
    return pd.read_csv(path)


class Record:
    """Finished cells on disk; a cell is there as a whole or not at all."""

    def __init__(self, folder, name):
        self.csv = Path(folder) / f"{name}.csv"
        self.json = Path(folder) / f"{name}.json"
        self.cells = []
        if self.json.exists():
            self.cells = json.loads(self.json.read_text())["cells"]

    def has(self, settings):
        """Is the cell with these settings finished?"""
        return any(cell["settings"] == _plain(settings)
                   for cell in self.cells)

    def append(self, settings, rows, clock):
        """Add a finished cell: first its rows, then the entry that counts.

        Each file is replaced in one move. Rows carry the number of their
        cell, so rows whose entry was never written (the machine stopped
        between the two moves) are recognised and dropped here.
        """
        number = len(self.cells)
        rows = rows.assign(cell=number)
        if number:
            old = pd.read_csv(self.csv)
            rows = pd.concat([old[old.cell < number], rows])
        self.cells.append({"settings": _plain(settings), **clock,
                           **provenance()})
        self.csv.parent.mkdir(parents=True, exist_ok=True)
        _replace(self.csv, rows.to_csv(index=False, float_format="%.5g"))
        _replace(self.json, json.dumps({"cells": self.cells}, indent=1))


def _plain(settings):
    return json.loads(json.dumps(settings))   # tuples become lists


def _replace(path, text):
    partial = path.with_suffix(".partial")
    partial.write_text(text)
    os.replace(partial, path)


def provenance():
    """Where and with what this program runs."""
    try:
        commit = subprocess.run(
            ["git", "rev-parse", "--short", "HEAD"], cwd=Path(__file__).parent,
            text=True, capture_output=True, check=True).stdout.strip()
    except (OSError, subprocess.CalledProcessError):
        commit = "unknown"
    gpu = torch.cuda.is_available()
    return {"device": torch.cuda.get_device_name() if gpu
            else f"{os.cpu_count()} x {platform.machine()} CPU",
            "threads": torch.get_num_threads(),
            "python": platform.python_version(), "torch": torch.__version__,
            "date": date.today().isoformat(), "commit": commit}


def timed(run, settings, advance=None):
    """Run one cell; return its rows and its wall-clock and CPU seconds."""
    wall, cpu = time.perf_counter(), time.process_time()
    rows = run(**settings, advance=advance)
    return rows, {"wall_seconds": round(time.perf_counter() - wall, 2),
                  "cpu_seconds": round(time.process_time() - cpu, 2)}


def sweep(run, cells, cost, record=None, workers=1):
    """Run the cells one after another (or ``workers`` at once); all rows.

    Workers are processes of one thread each, on this machine or wherever
    the back end of joblib has them (``joblib.parallel_config``).
    ``cost(**cell)``, in any unit, drives the time left; it is asked for
    every cell first and raises ValueError for a bad one, so nothing is
    trained in vain. With a ``record``, finished cells are kept there and
    not run again. Interrupted, it returns what was finished.
    """
    costs = [cost(**cell) for cell in cells]
    todo = [i for i, cell in enumerate(cells)
            if not (record and record.has(cell))]
    if workers > 1:   # the longest first, so that none is left at the end
        todo.sort(key=lambda i: -costs[i])
    finished = []

    def keep(i, rows, clock):
        finished.append(rows)
        if record:
            record.append(cells[i], rows, clock)

    with tqdm(total=sum(costs[i] for i in todo), bar_format=BAR, leave=False,
              disable="LABS_QUIET" in os.environ) as bar:
        try:
            if workers == 1:
                for i in todo:
                    def advance(share, full=costs[i]):
                        bar.update(share * full)
                    keep(i, *timed(run, cells[i], advance))
            else:
                for i, result in _in_processes(run, cells, todo, workers):
                    keep(i, *result)
                    bar.update(costs[i])
        except KeyboardInterrupt:
            print(f"Interrupted: {len(finished)} of {len(todo)} cells are "
                  "finished and kept.")
    if record and record.cells:
        return pd.read_csv(record.csv)
    return pd.concat(finished or [pd.DataFrame()], ignore_index=True)


def _in_processes(run, cells, todo, workers):
    """Yield (cell number, (rows, clock)) as they are finished."""
    parallel = Parallel(workers, return_as="generator_unordered",
                        batch_size=1, pre_dispatch="all")
    yield from parallel(delayed(_job)(i, run, cells[i]) for i in todo)


def _job(i, run, settings):
    torch.set_num_threads(1)
    if multiprocessing.current_process().name.startswith("Loky"):
        signal.signal(signal.SIGINT, signal.SIG_IGN)   # the parent answers it
    return i, timed(run, settings)
