"""Records: tidy rows on disk, and how each of their cells was made.

A record is a CSV of rows and a JSON with the settings and the provenance of
each cell.
"""
import json
import os
import platform
import subprocess
from datetime import date
from pathlib import Path

import pandas as pd
import torch

FOLDER = Path(__file__).resolve().parent.parent / "records"


def load(lab, name):
    """The rows of one record; ValueError if there is no such record."""
    path = FOLDER / lab / f"{name}.csv"
    if not path.exists():
        known = sorted(p.stem for p in path.parent.glob("*.csv"))
        raise ValueError(f"name is {name!r}; {lab} has records {known}")
    return pd.read_csv(path)


def tables(lab):
    """The recorded rows of a lab's experiments: {experiment: its rows}.

    Other tables beside them, as of published numbers, are left out.
    """
    rows = {path.stem: pd.read_csv(path)
            for path in sorted((FOLDER / lab).glob("*.csv"))}
    return {name: table for name, table in rows.items()
            if "experiment" in table}


class Record:
    """Finished cells on disk; cells are written completely or not at all."""

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
