"""Records and code cannot part ways: a cell of every record runs again.

Rounding differs between processors, and training amplifies it. In the first
few dozen steps of a language model it stays far below a thousandth; another
seed, rate, order of the data or initial weight makes a hundred times as much.
Later, too, it is far less than what another seed makes. What is counted may
be off by a little, where one thing counted lies at the threshold.
"""
import json
import platform
from functools import cache

import numpy as np
import pandas as pd
import pytest

from labkit.compute.step import steps
from labkit.language import runs
from labkit.records import FOLDER
from tests.judging import LABS, every_experiment

TEXTS = "topics", "library", "ngrams"   # tasks that differ by Python
POINTS = 4     # evaluations of a run to replay, the one before it included
EARLY = 400    # steps of parities to replay
FATES = ("arrived", "pit", "diverged", "elsewhere")    # shares of students
PROVENANCE = ("device", "torch", "python", "date", "commit", "wall_seconds",
              "cpu_seconds")
RECORDS = pytest.mark.parametrize("lab, experiment", [
    known for known in every_experiment() if (
        FOLDER / known.values[0] / f"{known.values[1].name}.json").exists()])

# Exceptions of a lab or an experiment, see ``replay_survey``.
SMOOTH = dict(off={}, rtol=0.01)    # at the lowest rate it goes downhill so
EXCEPTIONS = {
    "landscape": SMOOTH, "interference": {}, "lottery": {}, "epochs": {},
    "scaling": {},
    # one rate, and its first steps: what is known may be near zero
    **dict.fromkeys(("parts", "parts_decay", "parts_language"), dict(
        lrs=[.003], keep="lr == 0.003 and step <= 400", off=1e-3)),
    "goe": dict(off={"value": 2e-6}, rtol=1e-4),    # 2 of a million matrices
    "low": dict(off={"value": 1e-3}, rtol=1e-4),    # 2 of 2000
    "pits": dict(off=dict.fromkeys(FATES, 0.02), rtol=0.01),
    # most ways out of pits take long, and with more noise chance soon
    # decides: only the weakest noise, the first to be drawn, runs again
    "escape": dict(off=dict.fromkeys(FATES, 0.2), rtol=0.01,
                   noises=[(64, 1)], longer=0,
                   keep="way == 'noise of 64 samples'"),
    # a student more or less changes many neurons
    "inside": dict(off={"value": 2}, keep="quantity != 'neurons'"),
    "spectrum": dict(off={"outliers": 1, "negative": 0.01, "zero": 0.01,
                          "bends": 0.02}, rtol=0.01),
    "slices": dict(off={"bends": 0.02}, rtol=0.01),
    "ways": dict(off={"needed": 1, "rises": 1e-3}, rtol=0.01),
    "tasks": dict(shorter="steps", off=1),
    "forks": dict(shorter="after", off=2),
    "forgetting": dict(shorter="steps", off=0.03, keep="phase == 'A'"),
    "conflict": dict(shorter="steps", keep="moment != 'same loss'"),
    # later, rounding is amplified, and a sum that cancels shows it first
    "opposed": dict(shorter="steps", keep="step <= 64"),
    "apart": dict(shorter="steps", keep="step <= 64"),
    "price": dict(off=10), "draw": dict(off=20), "rewound": dict(off=20),
    "luck": dict(off=0.1),
    # the other ways share a generator of random numbers among the seeds
    "prune": dict(off=0.03, keep="way != 'random mask'"),
    "popup": dict(off=0.03, keep="way in ('unmasked', 'trained')")}


@cache
def record(lab, name):
    """The cells and the rows of a record."""
    path = FOLDER / lab / f"{name}.json"
    return (json.loads(path.read_text())["cells"],
            pd.read_csv(path.with_suffix(".csv")))


def gentlest(lab, name):
    """The cheapest cell; of a landscape, the cheapest at the lowest rate.

    For students, of those where a tenth of them ends in a pit: where none
    does, all seeds are alike. Its settings, and its rows.
    """
    cells, rows = record(lab, name)
    rates = [cell["settings"].get("lr", 0) * (lab == "landscape")
             for cell in cells]
    alike = (rows.groupby("cell").pit.min() < 0.1 if name == "pits"
             else [False] * len(cells))
    number = min(range(len(cells)), key=lambda i: (
        alike[i], rates[i], cells[i]["wall_seconds"]))
    if cells[number]["settings"].get("task") in TEXTS and (
            cells[number]["python"] != platform.python_version()):
        pytest.skip("recorded on the texts of another Python")
    return {**cells[number]["settings"]}, rows[rows.cell == number]


def replay_run(settings, old):
    """Two seeds of a language model: the first steps, or all if gentle."""
    settings["seeds"] = settings["seeds"][:2]
    old = old[old.seed.isin(settings["seeds"])]
    if settings.get("schedule") == "linear":   # no part of a longer run
        settings["lrs"] = [min(settings["lrs"])]
        old = old[old.lr.isin(settings["lrs"])]
    else:
        end = sorted(old.step.unique())[POINTS - 1]
        old = old[old.step <= end]
        settings["epochs"] = runs.axes(settings["task"], settings["width"],
                                       settings["unique"]).epoch(end)
    old, new = (rows.set_index(["step", "lr", "seed", "quantity"]).sort_index()
                for rows in (old, runs.train_size(**settings)))
    assert list(old.index) == list(new.index)
    # a part of a loss is a difference of float32 losses: off by some ulps
    ulp = np.finfo(np.float32).eps * old.value.abs().max()
    np.testing.assert_allclose(new.value, old.value, rtol=1e-3, atol=2 * ulp)


def replay_survey(experiment, settings, old, shorter=None, keep="seed >= 0",
                  off=2e-3, rtol=0.03, **changes):
    """One of the seeds, which gives the same rows alone.

    ``shorter`` names the steps, of which there are EARLY, ``keep`` says
    which rows to compare; ``off`` is allowed in the unit of each column, or
    of those named; ``changes`` are of other settings.
    """
    settings |= changes | {"seeds": settings["seeds"][1:2]}
    old = old[old.seed == settings["seeds"][0]].query(keep)
    if shorter:
        settings[shorter] = (int(old.step[old.step <= EARLY].max())
                             if "step" in old else EARLY)
    new = experiment.rows(**settings).query(keep)
    if shorter and "step" in old:
        old, new = (one[one.step.isin(other.step)]
                    for one, other in ((old, new), (new, old)))
    assert len(old) == len(new) > 0
    old, new = (rows.reset_index(drop=True) for rows in (old, new))
    apart = ["cell", "milliseconds"]
    if "pit" in old and not np.isclose(old.pit, new.pit, rtol=1e-4).all():
        apart += ["lowest", "loss"]    # of other students
    for column in old.columns.drop(apart, errors="ignore"):
        if old[column].dtype in (bool, object):
            assert old[column].tolist() == new[column].tolist(), column
        else:
            np.testing.assert_allclose(
                new[column], old[column], err_msg=column,
                rtol=1e-4 if column in FATES else rtol,
                atol=off.get(column, 0) if isinstance(off, dict) else off)


@RECORDS
def test_the_gentlest_cell_replays(lab, experiment):
    settings, old = gentlest(lab, experiment.name)
    if experiment is steps:    # but for its time, which no rerun repeats
        new = steps.rows(**settings)
        for column in ("parameters", "members", "repeat", "flops", "bytes"):
            np.testing.assert_allclose(new[column], old[column], rtol=1e-4)
    elif isinstance(experiment, runs.Runs):
        replay_run(settings, old)
    else:
        replay_survey(experiment, settings, old, **EXCEPTIONS.get(
            experiment.name, EXCEPTIONS[lab]))


@RECORDS
def test_every_cell_of_a_record_is_whole(lab, experiment):
    cells, rows = record(lab, experiment.name)
    assert set(rows.cell) == set(range(len(cells)))
    assert set(rows.experiment) == {experiment.name}
    for number, cell in enumerate(cells):
        part, settings = rows[rows.cell == number], cell["settings"]
        assert all(cell[key] not in (None, "") for key in PROVENANCE)
        if experiment is not steps:     # as many rows of each seed
            each = part.seed.value_counts()
            assert sorted(each.index) == sorted(settings["seeds"])
            assert each.nunique() == 1
        for key in {*settings} & {*part} - {"steps"}:
            assert (part[key] == settings[key]).all()
        if "targets" in settings:
            assert set(part.target) == set(settings["targets"])
        if isinstance(experiment, runs.Runs):
            assert set(part["size"]) == {settings["width"]}
            assert set(part.lr) == set(settings["lrs"])
            assert (part.groupby("step").size() == part.quantity.nunique()
                    * len(settings["lrs"]) * len(settings["seeds"])).all()
            assert np.isclose(part.epoch.max(), settings["epochs"], rtol=.01)


def test_exceptions_are_of_what_there_is():
    assert (record("compute", "steps")[1].seconds > 0).all()
    assert {*EXCEPTIONS} <= {*LABS}.union(
        *(module.EXPERIMENTS for module in LABS.values()))
