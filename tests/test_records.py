"""Records: a run that was killed or interrupted goes on where it was."""
import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import joblib
import pandas as pd
import pytest
import torch
from dask.distributed import Client, LocalCluster

import labkit
from labkit import epochs, records
from labkit.language import runs
from labkit.records import Record, load, sweep

CHILD = """
import sys
from functools import partial
from labkit import epochs
from labkit.language import runs
from labkit.language import Markov
from labkit.records import Record
runs.Markov = partial(Markov, 8)   # small: 512 contexts
epochs.run(*{sizes}, record=Record(sys.argv[1], "x"))
"""
SLOW = """
import signal, sys, time
import pandas as pd
from labkit.records import Record, sweep

def cell(n, advance=None):
    time.sleep(0 if n < 2 else 60)
    return pd.DataFrame({"n": [n]})

def cost(n):
    return 4 - n    # the quick ones first

if __name__ == "__main__":
    import slow
    # a program started in the background ignores interrupts; this one not
    signal.signal(signal.SIGINT, signal.default_int_handler)
    rows = sweep(slow.cell, [dict(n=n) for n in range(4)], slow.cost,
                 Record(sys.argv[1], "x"), workers=2)
    print(sorted(rows.n))
"""
# experiment, widths, uniques, epochs, lrs, weight decays, seeds
SIZES = ("targets", [4, 8, 16, 32], [512], 40, [0.01], [0.0], [0, 1])
CELLS = [dict(n=n) for n in range(4)]


@pytest.fixture(autouse=True)
def quiet(monkeypatch):
    monkeypatch.setenv("LABS_QUIET", "1")


def rows_of(n, advance=None):
    return pd.DataFrame({"n": [n, n], "value": [n / 2, n / 4]})


def even_cost(n):
    return 1


def finished(record):
    """Cells that the record on disk counts as finished."""
    if not record.json.exists():
        return 0
    return len(json.loads(record.json.read_text())["cells"])


def kill_after_first_cell(record):
    """Start the sweep in another process and kill it on its way."""
    env = {**os.environ, "PYTHONPATH": str(Path(labkit.__file__).parents[1])}
    child = subprocess.Popen(
        [sys.executable, "-c", CHILD.format(sizes=SIZES), record.csv.parent],
        env=env)
    end = time.monotonic() + 60
    while not finished(record) and child.poll() is None:
        assert time.monotonic() < end
        time.sleep(0.002)
    child.send_signal(signal.SIGKILL)
    assert child.wait() == -signal.SIGKILL


def test_a_killed_sweep_resumes_to_the_same_record(tmp_path, speak):
    speak(vocab=8)
    killed = Record(tmp_path / "killed", "x")
    kill_after_first_cell(killed)
    assert 1 <= finished(killed) < 4      # it was killed in the middle
    first = pd.read_csv(killed.csv)
    epochs.run(*SIZES, record=Record(tmp_path / "killed", "x"))
    epochs.run(*SIZES, record=Record(tmp_path / "whole", "x"))
    resumed = pd.read_csv(killed.csv)
    whole = pd.read_csv(tmp_path / "whole" / "x.csv")
    assert not resumed.drop(columns=["seconds", "value"]).duplicated().any()
    # floats are written with five digits; the two processes may have added
    # in another order, which shows in the last of them, and grows a little
    # with the steps
    pd.testing.assert_frame_equal(resumed.drop(columns="seconds"),
                                  whole.drop(columns="seconds"), rtol=1e-3)
    # what was finished was kept, and not run again
    kept = first[first.cell == 0]
    pd.testing.assert_frame_equal(resumed[:len(kept)], kept)


def test_a_crash_between_the_two_files_is_healed(tmp_path):
    record = Record(tmp_path, "x")
    sweep(rows_of, CELLS[:2], even_cost, record)
    whole = pd.read_csv(record.csv)
    stray = rows_of(99).assign(cell=2)    # its entry was never written
    pd.concat([whole, stray]).to_csv(record.csv, index=False)
    healed = sweep(rows_of, CELLS[:3], even_cost, Record(tmp_path, "x"))
    assert healed.n.tolist() == [0, 0, 1, 1, 2, 2]
    assert healed.cell.tolist() == [0, 0, 1, 1, 2, 2]


def test_a_crash_before_the_first_entry_is_healed(tmp_path):
    rows_of(99).assign(cell=0).to_csv(tmp_path / "x.csv", index=False)
    healed = sweep(rows_of, CELLS[:1], even_cost, Record(tmp_path, "x"))
    assert healed.n.tolist() == [0, 0]


def test_finished_cells_are_not_run_again(tmp_path):
    sweep(rows_of, CELLS[:3], even_cost, Record(tmp_path, "x"))
    ran = []

    def run(n, advance):
        ran.append(n)
        return rows_of(n)

    sweep(run, CELLS, even_cost, Record(tmp_path, "x"))
    assert ran == [3]


def test_a_cell_is_known_by_all_of_its_settings(tmp_path):
    record = Record(tmp_path, "x")
    record.append(dict(a=1, b=[2, 3]), rows_of(0), {"wall_seconds": 1})
    for known in (record, Record(tmp_path, "x")):
        assert known.has(dict(a=1, b=[2, 3]))
        assert known.has(dict(b=(2, 3), a=1.0))   # the same once written
        assert not known.has(dict(a=1)) and not known.has(dict(a=1, b=[2]))
    (cell,) = json.loads(record.json.read_text())["cells"]
    assert cell["wall_seconds"] == 1
    assert {"device", "torch", "python", "date", "commit"} <= set(cell)


@pytest.mark.parametrize("name, arguments", [
    ("unique", ("targets", [4], [512, 500], 1, [0.01])),
    ("width", ("targets", [4, 0], [512], 1, [0.01])),
    ("width", ("text", [16, 33], [64 * 16], 1, [0.01])),
    ("lrs", ("targets", [4], [512], 1, [0.01, 0])),
    ("weight_decay", ("targets", [4], [512], 1, [0.01], [0, -1])),
    ("epochs", ("targets", [4], [512], 0, [0.01])),
    ("experiment", ("target", [4], [512], 1, [0.01]))])
def test_a_bad_cell_stops_the_sweep_before_anything_is_trained(
        tmp_path, monkeypatch, speak, name, arguments):
    speak(vocab=8)
    monkeypatch.setattr(runs, "train", lambda *a, **k: pytest.fail("trained"))
    with pytest.raises(ValueError, match=name):
        epochs.run(*arguments, record=Record(tmp_path, "x"))
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize("kept", [False, True])
def test_an_interrupted_sweep_keeps_the_finished_cells(tmp_path, kept,
                                                       capsys):
    def run(n, advance):
        if n == 2:
            raise KeyboardInterrupt
        return rows_of(n)

    record = Record(tmp_path, "x") if kept else None
    try:
        rows = sweep(run, CELLS, even_cost, record)
    except KeyboardInterrupt:   # let through, it would end pytest itself
        pytest.fail("the interrupt was not caught")
    assert rows.n.tolist() == [0, 0, 1, 1]
    assert "2 of 4 cells" in capsys.readouterr().out
    if kept:
        again = sweep(rows_of, CELLS, even_cost, Record(tmp_path, "x"))
        assert again.n.tolist() == [0, 0, 1, 1, 2, 2, 3, 3]


def by_workers(workers):
    rows = epochs.run("targets", [4, 8], [256], 2, [0.01], seeds=[0],
                      workers=workers)
    return rows.drop(columns="seconds").sort_values(
        ["size", "step", "quantity"], ignore_index=True)


def test_two_workers_give_the_rows_of_one():
    # a worker has one thread and adds float32 numbers in another order:
    # 1e-7 a step, lifted by Adam where gradients are small, for 4 steps
    pd.testing.assert_frame_equal(by_workers(1), by_workers(2), rtol=1e-4)


def test_a_dask_cluster_gives_the_rows_of_one():
    # as a teacher would: a Client of the cluster, and nothing else changes
    with LocalCluster(n_workers=2, threads_per_worker=1,
                      dashboard_address=None) as cluster:
        with Client(cluster) as client, joblib.parallel_config("dask"):
            rows = by_workers(2)
            done = client.run(lambda dask_worker:
                              dask_worker.state.executed_count)
    assert sum(done.values()) == 2
    pd.testing.assert_frame_equal(by_workers(1), rows, rtol=1e-4)


def test_an_interrupt_of_workers_keeps_the_finished_cells(tmp_path):
    (tmp_path / "slow.py").write_text(SLOW)
    path = f"{tmp_path}{os.pathsep}{Path(labkit.__file__).parents[1]}"
    child = subprocess.Popen(
        [sys.executable, tmp_path / "slow.py", tmp_path], text=True,
        env={**os.environ, "PYTHONPATH": path}, stdout=subprocess.PIPE,
        start_new_session=True)
    record, end = Record(tmp_path, "x"), time.monotonic() + 60
    while finished(record) < 2:
        assert child.poll() is None and time.monotonic() < end
        time.sleep(0.01)
    time.sleep(1)                          # the slow ones are under way
    os.killpg(child.pid, signal.SIGINT)    # as Ctrl-C does: to all of them
    said, _ = child.communicate(timeout=50)
    assert child.returncode == 0
    assert "2 of 4 cells" in said and "[0, 1]" in said


def where(n, advance=None):
    return pd.DataFrame({"n": [n], "process": [os.getpid()],
                         "threads": [torch.get_num_threads()],
                         "deaf": [signal.getsignal(signal.SIGINT)
                                  == signal.SIG_IGN]})


@pytest.fixture
def interruptible():
    """Even where pytest runs in the background, and so ignores interrupts."""
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, before)


def test_a_job_takes_one_thread_wherever_it_runs(interruptible):
    threads = torch.get_num_threads()
    torch.set_num_threads(2)
    try:
        number, (rows, clock) = records._job(3, where, dict(n=7))
    finally:
        torch.set_num_threads(threads)
    assert number == 3 and rows.n.tolist() == [7] and "wall_seconds" in clock
    assert rows.threads.tolist() == [1] and not rows.deaf.any()


def test_workers_are_processes_of_one_thread_each_and_stay(interruptible):
    first, second = (sweep(where, CELLS, even_cost, workers=2)
                     for _ in range(2))
    assert (first.threads == 1).all() and first.deaf.all()
    assert signal.getsignal(signal.SIGINT) != signal.SIG_IGN
    assert os.getpid() not in {*first.process}
    assert {*first.process} & {*second.process}
    assert sorted(first.n) == [0, 1, 2, 3]


def test_an_unknown_record_is_named_beside_the_known_ones(tmp_path,
                                                          monkeypatch):
    monkeypatch.setattr(records, "FOLDER", tmp_path)
    sweep(rows_of, CELLS[:1], even_cost, Record(tmp_path / "lab", "known"))
    assert load("lab", "known").n.tolist() == [0, 0]
    with pytest.raises(ValueError, match="name is 'other'.*known"):
        load("lab", "other")
