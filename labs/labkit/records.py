"""Records: tidy rows on disk, and how each of their cells was made.

A record is a CSV of rows and a JSON with the settings, the provenance and
the number of rows of each cell. One process at a time writes them: the CSV,
then the JSON, each in one move. They are believed only if they agree.
"""
import json
import os
import platform
import subprocess
from contextlib import contextmanager, suppress
from datetime import date, datetime
from io import StringIO
from pathlib import Path

import pandas as pd
import torch
from filelock import FileLock, Timeout

from labkit.damage import damaged, finished, numbers, parse, table

FOLDER = Path(__file__).resolve().parent.parent / "records"
WRITTEN = "facts", "quiz"   # JSON beside the records that is none


def load(lab, name):
    """The rows of one record, or of another table beside the records.

    Raises ValueError if there is none of this name, or if it is damaged.
    """
    path = FOLDER / lab / f"{name}.csv"
    if not _exists(path):
        known = sorted(p.stem for p in path.parent.glob("*.csv"))
        raise ValueError(f"name is {name!r}; {lab} has records {known}")
    cells = finished(path.with_suffix(".json"))   # first, as it is behind
    rows = table(path)
    if cells is None:
        return rows
    return rows[numbers(rows, cells, path) < len(cells)]


def tables(lab):
    """The recorded rows of a lab's experiments: {experiment: its rows}.

    Other tables beside them, as of published numbers, are left out. Raises
    ValueError if one is damaged.
    """
    paths = {path.with_suffix(".csv") for path in (FOLDER / lab).iterdir()
             if path.suffix in (".csv", ".json") and path.stem not in WRITTEN}
    rows = {path.stem: load(lab, path.stem) for path in sorted(paths)
            if _exists(path)}
    return {name: table for name, table in rows.items()
            if "experiment" in table}


def _exists(path):
    """Is there a cell of this record, or a CSV that needs none?"""
    cells = finished(path.with_suffix(".json"))
    return path.exists() if cells is None else bool(cells)


class Record:
    """Finished cells on disk; cells are written completely or not at all.

    Everything raises ValueError for a damaged record, and leaves it as it is.
    """

    def __init__(self, folder, name):
        self.csv = Path(folder) / f"{name}.csv"
        self.json = self.csv.with_suffix(".json")
        self.writer = self.csv.with_suffix(".writer")
        self.lock = FileLock(self.csv.with_suffix(".lock"), timeout=1)
        self.cells = finished(self.json) or []

    def has(self, settings):
        """Is the cell with these settings finished?"""
        return any(cell["settings"] == _plain(settings)
                   for cell in self.cells)

    def rows(self, dtype=None):
        """The rows of the finished cells; both files are read again."""
        cells = finished(self.json)
        self.cells = cells or []
        if not (self.cells or self.csv.exists()):
            return pd.DataFrame()
        if cells is None:
            raise damaged(self.json, f"is gone, unlike {self.csv.name}")
        rows = table(self.csv, dtype)
        number = numbers(rows, cells, self.csv)
        if number.max() > len(cells):
            raise damaged(self.json, f"lists {len(cells)} cells, and "
                          f"{self.csv.name} has more")
        return rows[number < len(cells)]

    def append(self, settings, rows, clock):
        """Add a finished cell: first its rows, then the entry that counts.

        Rows carry the number of their cell, so rows whose entry was never
        written (the machine stopped between the two moves) are recognised,
        and left out here. Older rows are kept to the letter.
        """
        with self.held():
            old = self.rows(str)
            if self.has(settings):
                return
            new = StringIO(_csv(rows.assign(cell=len(self.cells))))
            entry = {"settings": _plain(settings), "rows": len(rows),
                     **clock, **provenance()}
            if not self.json.exists():   # or its CSV would seem damaged
                self._list()
            _replace(self.csv, _csv(pd.concat([old, parse(new, str)])))
            self.cells.append(entry)
            self._list()

    def _list(self):
        _replace(self.json, json.dumps({"cells": self.cells}, indent=1))

    @contextmanager
    def held(self):
        """Be its only writer, from a fresh look at both files on.

        Raises OSError if another process is, or if it cannot be written.
        """
        if self.lock.is_locked:
            yield
            return
        self._claim()
        try:
            self.rows()
            yield
        finally:
            with suppress(OSError):
                self.writer.unlink()
            self.lock.release()

    def _claim(self):
        """Lock it and sign as its writer; the lock ends with the process."""
        try:
            self.csv.parent.mkdir(parents=True, exist_ok=True)
            self.lock.acquire()
            for path in (self.csv, self.json):
                if path.exists():
                    path.open("a").close()
            self.writer.write_text(
                f"process {os.getpid()} on {platform.node()}, since "
                f"{datetime.now():%Y-%m-%d %H:%M}", "utf-8")
        except Timeout:
            who = "another process, or its disk knows no locks"
            with suppress(OSError):
                who = self.writer.read_text("utf-8")
            raise OSError(f"{self.csv} is being recorded by {who}; wait for "
                          "its end, or stop it") from None
        except (OSError, NotImplementedError) as error:
            self.lock.release()
            raise OSError(f"{self.csv} cannot be written: {error}") from error


def _plain(settings):
    return json.loads(json.dumps(settings))   # tuples become lists


def _csv(rows):
    return rows.to_csv(index=False, float_format="%.5g", lineterminator="\n")


def _replace(path, text):
    partial = path.with_suffix(".partial")   # of the one who holds the lock
    with partial.open("w", encoding="utf-8", newline="") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())   # or a crash may leave an empty file
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
