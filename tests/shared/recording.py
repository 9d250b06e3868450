"""Recordings in processes of their own, to be refused, raced and killed.

    PYTHONPATH=labs python -m tests.shared.recording

kills 20 of them at random moments, 5 with two workers, and prints a table.
"""
import multiprocessing
import os
import random
import signal
import tempfile
import time
from contextlib import suppress
from pathlib import Path

import pandas as pd

from labkit.experiment import Experiment
from labkit.records import Record

CELLS = 15
PROCESSES = multiprocessing.get_context("forkserver")   # they start fast
PROCESSES.set_forkserver_preload(["torch", "pandas", "joblib",
                                  "sklearn.model_selection"])


def measure(seeds, number, pause):
    time.sleep(pause)
    return [dict(seed=seed, number=number, value=seed * number / 7)
            for seed in seeds]


tiny = Experiment("tiny", {"quick": {"number": [*range(CELLS)], "pause": 0.0}},
                  measure, lambda seeds, number, pause: 1 + number)


def recorded(folder, workers=1, **changes):
    """The rows of a recording, in order; without the numbers of cells."""
    rows = tiny.run(record=Record(folder, "x"), workers=workers, **changes)
    return rows.drop(columns="cell").sort_values(
        ["number", "seed"], ignore_index=True)


def begun(folder, workers=1, **changes):
    """A process that records, and a pipe: how many rows, or which error."""
    started = PROCESSES.Event()
    result, there = PROCESSES.Pipe(duplex=False)
    process = PROCESSES.Process(
        target=_record, args=(started, there, folder, workers, changes))
    process.start()
    there.close()    # so that the death of the process ends the pipe
    assert started.wait(60)
    return process, result


def _record(started, result, folder, workers, changes):
    os.environ["LABS_QUIET"] = "1"
    os.setsid()     # its workers can be killed as its group
    started.set()
    try:
        result.send(len(recorded(folder, workers, **changes)))
    except OSError as error:
        result.send(str(error))


def finished(folder):
    return len(Record(folder, "x").cells)


def kill(folder, workers, cells, moment):
    """Begin a recording; kill it so long after so many more cells.

    Returns its exit status: -9, if it was not over before.
    """
    before = finished(folder)
    process, _ = begun(folder, workers)
    while finished(folder) < before + cells and process.is_alive():
        time.sleep(0.001)
    time.sleep(moment)
    process.kill()
    process.join()
    with Record(folder, "x").held():     # free, though its workers live on
        with suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
    return process.exitcode


def is_whole(folder, **changes):
    """Resumed, has it each cell once, and the rows of a quiet recording?"""
    with tempfile.TemporaryDirectory() as quiet:
        same = recorded(folder, **changes).equals(recorded(quiet))
    numbers = [cell["settings"]["number"]
               for cell in Record(folder, "x").cells]
    return same and sorted(numbers) == [*range(CELLS)]


def table(chance):
    """20 kills: when, what was on disk then, and if it was whole at last."""
    for case in range(20):
        workers, cells = 1 + (case >= 15), chance.randrange(9)
        moment = chance.uniform(0, 0.04)
        with tempfile.TemporaryDirectory() as folder:
            status = kill(folder, workers, cells, moment)
            csv = Path(folder) / "x.csv"
            rows = len(pd.read_csv(csv)) if csv.exists() else 0
            yield {"workers": workers, "after cells": cells,
                   "and seconds": round(moment, 3), "exit": status,
                   "cells": finished(folder), "rows": rows,
                   "files": " ".join(sorted(
                       file.suffix for file in Path(folder).iterdir())),
                   "whole": is_whole(folder)}


if __name__ == "__main__":
    from tests.shared import recording  # the workers import it by this name
    print(pd.DataFrame(recording.table(random.Random(22))).to_string())
