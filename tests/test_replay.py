"""Records and code cannot part ways: the cheapest cell runs again."""
import json
import platform

import numpy as np
import pandas as pd
import pytest

from labkit import runs, steps
from labkit.records import FOLDER

STEPS = FOLDER / "compute" / "steps.json"   # times, which no rerun repeats
RECORDS = sorted(path for path in FOLDER.glob("*/*.json") if path != STEPS)
POINTS = 4   # evaluations to replay, the one before training included

# Rounding differs between processors, and training amplifies it; within the
# first few dozen steps it stays far below this. A changed seed, rate, order
# of the data or initial weight differs by a hundred times as much.
RTOL = 1e-3


def name(path):
    return f"{path.parent.stem}-{path.stem}"


def cheapest(cells):
    return min(range(len(cells)), key=lambda i: cells[i]["wall_seconds"])


@pytest.mark.parametrize("path", RECORDS, ids=name)
def test_the_cheapest_cell_replays(path):
    cells = json.loads(path.read_text())["cells"]
    number = cheapest(cells)
    cell = cells[number]
    settings = cell["settings"]
    if settings["task"] in ("topics", "library") and (
            cell["python"] != platform.python_version()):
        pytest.skip(f"recorded on the texts of Python {cell['python']}")
    rows = pd.read_csv(path.with_suffix(".csv"))
    rows = rows[rows.cell == number]
    if settings.get("schedule") == "linear":   # no part of a longer run
        end = rows.step.max()
    else:
        end = sorted(rows.step.unique())[POINTS - 1]
        axes = runs.axes(settings["task"], settings["width"],
                         settings["unique"])
        settings["epochs"] = axes.epoch(end)
    again = runs.train_size(**settings)
    key = ["step", "lr", "seed", "quantity"]
    old, new = (table[table.step <= end].set_index(key).sort_index()
                for table in (rows, again))
    assert list(old.index) == list(new.index)
    np.testing.assert_allclose(new.value, old.value, rtol=RTOL)


@pytest.mark.parametrize("path", RECORDS, ids=name)
def test_every_row_belongs_to_a_cell_and_every_cell_is_whole(path):
    cells = json.loads(path.read_text())["cells"]
    rows = pd.read_csv(path.with_suffix(".csv"))
    assert set(rows.cell) == set(range(len(cells)))
    for number, cell in enumerate(cells):
        part = rows[rows.cell == number]
        members = len(cell["settings"]["lrs"]) * len(cell["settings"]["seeds"])
        assert (part.groupby("step").size() == 2 * members).all()
        assert np.isclose(part.epoch.max(), cell["settings"]["epochs"],
                          rtol=0.01)
        for key in ("device", "torch", "python", "date", "commit",
                    "wall_seconds", "cpu_seconds"):
            assert cell[key] not in (None, "")


def test_the_cost_of_a_step_replays_but_for_its_time():
    cells = json.loads(STEPS.read_text())["cells"]
    rows = pd.read_csv(STEPS.with_suffix(".csv"))
    assert set(rows.cell) == set(range(len(cells)))
    again = steps.measure(**cells[0]["settings"])
    old = rows[rows.cell == 0]
    for column in ("parameters", "members", "repeat", "flops", "bytes"):
        np.testing.assert_allclose(again[column], old[column], rtol=1e-4)
    assert (rows.seconds > 0).all()
