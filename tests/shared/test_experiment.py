"""An experiment: its cells, its rows, resuming, workers and interrupts."""
import json
import os
import re
import signal
import subprocess
import sys
import time
from pathlib import Path

import joblib
import numpy as np
import pandas as pd
import pytest
import torch
from dask.distributed import Client, LocalCluster

import labkit
from labkit import experiment
from labkit.experiment import Experiment, check, collect, product
from labkit.records import Record

ROOT = Path(__file__).parents[2]
CHILD = """
import signal, sys
from labkit.records import Record
from tests.shared.test_experiment import walks
signal.signal(signal.SIGINT, signal.default_int_handler)
rows = walks.run(record=Record(sys.argv[1], "x"), workers={workers})
print(sorted(rows.width.unique().tolist()))
"""


def walk(seeds, width, steps):
    """Random walks; in some tests the wide ones take their time."""
    if width > 2:
        time.sleep(float(os.environ.get("WALKS_SLEEP", 0)))
    draws = [torch.randn(steps, generator=torch.Generator().manual_seed(s))
             for s in seeds]
    return [dict(seed=seed, width=width, steps=steps,
                 value=width * drawn.sum().item(), process=os.getpid(),
                 deaf=signal.getsignal(signal.SIGINT) == signal.SIG_IGN)
            for seed, drawn in zip(seeds, draws)]


def failing(seeds, width, steps):
    if width == 3:
        raise RuntimeError("no memory")
    return walk(seeds, width, steps)


def price(seeds, width, steps):
    check(seeds, width=width, steps=steps)
    return steps / width   # with workers, the longest first: narrow ones


walks = Experiment("walks", {
    "quick": {"width": [1, 2, 3, 4], "steps": 5},
    "full": {"width": [8], "steps": 50}}, walk, price)
EXPERIMENTS = (walks,)
ANSWER = ["experiment", "seed", "width", "steps", "value"]


@pytest.fixture
def interruptible():
    """As a program in the foreground: one in the background ignores them."""
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, before)


# --- cells and rows ---------------------------------------------------------

def test_lists_are_varied_and_nothing_else():
    assert product(a=[1, 2], b=["x"], c=(3, 4), d=5) == [
        dict(a=1, b="x", c=(3, 4), d=5), dict(a=2, b="x", c=(3, 4), d=5)]


def test_changes_replace_sizes_of_the_budget():
    assert collect([sys.modules[__name__]]) == {"walks": walks}
    assert walks.settings("full", [7], steps=2) == [
        dict(experiment="walks", width=8, steps=2, seeds=[7])]


@pytest.mark.parametrize("words, budget, changes", [
    (r"budget is 'huge'.*\['quick', 'full'\]", "huge", {}),
    (r"depth is no setting of walks.*'steps', 'width'", "full",
     {"depth": 3}), ("width", "full", {"width": []})])
def test_an_unknown_budget_or_setting_is_named(words, budget, changes):
    with pytest.raises(ValueError, match=words):
        walks.settings(budget, **changes)


def test_cells_of_ones_own_may_take_more_than_the_sizes():
    twice = Experiment("twice", {"quick": {"widths": [1]}}, walk, price,
                       lambda widths, steps=2: [
                           dict(width=k * w, steps=steps)
                           for w in widths for k in (1, 2)])
    assert [cell["steps"] for cell in twice.settings(steps=7)] == [7, 7]
    with pytest.raises(ValueError, match="leave nothing"):
        twice.settings(widths=[])


def test_rows_are_those_of_all_cells_and_say_their_experiment():
    rows = walks.run(seeds=[4, 6], width=[1, 3])
    assert rows.seed.tolist() == [4, 6, 4, 6]
    assert rows.width.tolist() == [1, 1, 3, 3]
    assert set(rows.experiment) == {"walks"}


def test_a_measured_cell_tells_the_bar():
    told = []
    walks.rows("walks", told.append, seeds=[1], width=1, steps=1)
    assert told == [1]


@pytest.mark.parametrize("changes, named", [
    ({"seeds": []}, "seeds"), ({"width": [1, 0]}, "width is 0"),
    ({"seeds": [3, 3]}, "seeds has 3 twice"),
    ({"width": [1, 2, 1]}, "cells has .*1.* twice"),
    ({"width": [float("nan")]}, r"width is \[nan\]; .* whole numbers"),
    ({"width": ["8"]}, r"width is \['8'\]"),
    ({"width": True}, "width is True"),
    ({"steps": 2.5}, "steps is 2.5"), ({"steps": None}, "steps is None"),
    ({"seeds": 5}, r"seeds is 5; .* whole numbers, .* \[0, 1\]"),
    ({"seeds": "01"}, "seeds is '01'"), ({"seeds": [True]}, "seeds is"),
    ({"seeds": [-1]}, "0 to 999"), ({"seeds": [1000]}, "0 to 999"),
    ({"workers": 0}, "workers is 0"), ({"workers": "2"}, "workers is '2'"),
    ({"workers": 1.5}, "workers is 1.5"),
    ({"device": "cuda:1"}, "device is 'cuda:1'; .* 'cpu', 'cuda'"),
    ({"budget": ["quick"]}, "budget is"),
    ({"steps": -1}, "steps is -1")])
def test_a_bad_cell_stops_it_before_anything_is_measured(tmp_path, changes,
                                                         named):
    silent = Experiment("silent", walks.sizes,
                        lambda **_: pytest.fail("measured"), price)
    with pytest.raises(ValueError, match=named):
        silent.run(record=Record(tmp_path, "x"), **changes)
    assert not [*tmp_path.iterdir()]


def test_a_record_is_no_folder():
    with pytest.raises(ValueError, match="record is 'folder'; .* Record"):
        walks.run(record="folder")


@pytest.mark.parametrize("widths", [
    (1, 3), np.array([1, 3]), range(1, 4, 2), [np.int64(1), np.int32(3)]])
def test_numbers_of_any_kind_are_kept_as_plain_ones(widths):
    cells = walks.settings(seeds=np.arange(2), width=widths)
    assert json.dumps(cells) == json.dumps(walks.settings(
        seeds=[0, 1], width=[1, 3]))


def test_one_value_and_several_are_told_apart_where_cells_need_it():
    own = Experiment("own", {"quick": {"widths": [1], "steps": 5}}, walk,
                     price, lambda widths, steps, rest=(.5,): [
                         dict(width=width, steps=steps, rest=rest)
                         for width in widths])
    assert own.settings(rest=[1])[0]["rest"] == [1.0]
    for wrong in (dict(widths=16), dict(steps=[5]), dict(rest=.1)):
        with pytest.raises(ValueError, match="{} is {}".format(
                *map(re.escape, map(str, [*wrong.items()][0])))):
            own.settings(**wrong)


# --- resuming ---------------------------------------------------------------

def started(folder, workers=1):
    """The experiment in another process, when two cells are finished."""
    path = os.pathsep.join([str(Path(labkit.__file__).parents[1]), str(ROOT)])
    child = subprocess.Popen(
        [sys.executable, "-c", CHILD.format(workers=workers),
         folder], stdout=subprocess.PIPE, text=True,
        env={**os.environ, "PYTHONPATH": path, "WALKS_SLEEP": "60"},
        start_new_session=True)
    end = time.monotonic() + 60
    while len(Record(folder, "x").cells) < 2:
        assert child.poll() is None and time.monotonic() < end
        time.sleep(0.01)
    return child


def test_a_killed_run_resumes_to_the_same_record(tmp_path):
    child = started(tmp_path)
    child.kill()
    assert child.wait() == -signal.SIGKILL
    first = pd.read_csv(tmp_path / "x.csv")
    assert sorted(first.width.unique()) == [1, 2]
    resumed = walks.run(record=Record(tmp_path, "x"))
    whole = walks.run(record=Record(tmp_path / "whole", "x"))
    pd.testing.assert_frame_equal(resumed[ANSWER], whole[ANSWER])
    # what was finished was kept, and not run again
    assert resumed.process[:len(first)].tolist() == first.process.tolist()
    assert os.getpid() not in set(first.process)


@pytest.mark.parametrize("kept", [False, True])
def test_an_interrupted_run_keeps_the_finished_cells(tmp_path, kept, capsys):
    def interrupted(seeds, width, **settings):
        if width == 3:
            raise KeyboardInterrupt
        return walk(seeds, width, **settings)

    record = Record(tmp_path, "x") if kept else None
    try:
        rows = Experiment("walks", walks.sizes, interrupted, price).run(
            record=record)
    except KeyboardInterrupt:   # let through, it would end pytest itself
        pytest.fail("the interrupt was not caught")
    assert sorted(rows.width.unique()) == [1, 2]
    assert "2 of 4 cells" in capsys.readouterr().out
    if kept:
        again = walks.run(record=Record(tmp_path, "x"))
        assert sorted(again.width.unique()) == [1, 2, 3, 4]


@pytest.mark.parametrize("workers", [1, 2])
def test_an_error_says_what_is_finished_and_the_record_keeps_it(
        tmp_path, workers, capsys):
    record = Record(tmp_path, "x")
    with pytest.raises(RuntimeError, match="no memory"):
        Experiment("walks", walks.sizes, failing, price).run(
            record=record, workers=workers)
    kept = len(Record(tmp_path, "x").cells)
    assert f"{kept} of 4 cells are finished and kept" in (
        capsys.readouterr().out)
    assert kept == 2 or workers == 2
    assert len(walks.run(record=record)) == 20


# --- workers ----------------------------------------------------------------

def assert_same(*tables):
    """The same rows, in any order."""
    pd.testing.assert_frame_equal(*(
        rows[ANSWER].sort_values(["width", "seed"], ignore_index=True)
        for rows in tables))


def test_workers_are_processes_and_stay(interruptible):
    first, second = (walks.run(workers=2) for _ in range(2))
    assert first.deaf.all()
    assert signal.getsignal(signal.SIGINT) != signal.SIG_IGN
    assert os.getpid() not in {*first.process}
    assert {*first.process} & {*second.process}
    assert_same(first, walks.run())


def test_a_dask_cluster_gives_the_rows_of_one():
    # as a teacher would: a Client of the cluster, and nothing else changes
    with LocalCluster(n_workers=2, threads_per_worker=1,
                      dashboard_address=None) as cluster:
        with Client(cluster) as client, joblib.parallel_config("dask"):
            rows = walks.run(workers=2)
            done = client.run(lambda dask_worker:
                              dask_worker.state.executed_count)
    assert sum(done.values()) == 4
    assert_same(rows, walks.run())


def test_an_interrupt_of_workers_keeps_the_finished_cells(tmp_path):
    child = started(tmp_path, workers=2)
    time.sleep(1)                          # the slow ones are under way
    os.killpg(child.pid, signal.SIGINT)    # as Ctrl-C does: to all of them
    said, _ = child.communicate(timeout=50)
    assert child.returncode == 0
    assert "2 of 4 cells" in said and "[1, 2]" in said


def test_a_job_tells_its_number_its_rows_and_its_clock():
    number, rows, clock = experiment._job(
        3, lambda n, device: pd.DataFrame({"n": [n]}), dict(n=7), "cpu")
    assert number == 3 and {"wall_seconds", "cpu_seconds"} == {*clock}
    assert rows.n.tolist() == [7]


def test_workers_need_no_folder_with_a_name_in_ascii(tmp_path):
    """As below the name of a user of Windows."""
    folder = tmp_path / "小明"
    folder.mkdir()
    program = ("from tests.shared.test_experiment import walks\n"
               "print(len(walks.run(workers=2)))")
    said = subprocess.run(
        [sys.executable, "-c", program], cwd=folder, text=True,
        capture_output=True, env={
            **os.environ, "JOBLIB_TEMP_FOLDER": str(folder),
            "PYTHONPATH": f"{ROOT / 'labs'}{os.pathsep}{ROOT}"})
    assert said.stdout == "20\n", said.stderr
