"""Records: cells are written completely or not at all, by one at a time."""
import errno
import json
import os
import platform
import random
import tempfile
import time
from unittest import mock

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from labkit import records
from labkit.experiment import Experiment, sweep
from labkit.records import Record, load, tables
from tests.shared import recording

CLOCK = {"wall_seconds": 1, "cpu_seconds": 2}


def rows_of(n):
    return pd.DataFrame({"n": [n, n], "value": [n / 3, n / 4]})


def of_cells(folder, cells):
    """A record of so many cells."""
    record = Record(folder, "x")
    for n in range(cells):
        record.append(dict(n=n, seeds=[0, 1]), rows_of(n), CLOCK)
    return record


def without_counts(record):
    """The same, as if its cells had been recorded without a count."""
    cells = json.loads(record.json.read_text())["cells"]
    for cell in cells:
        cell.pop("rows", None)
    record.json.write_text(json.dumps({"cells": cells}))


def resumed(folder, cells=3):
    """The rows of the record, resumed when all its cells are finished."""
    return sweep(lambda **_: pytest.fail("a cell was run"),
                 [dict(n=n, seeds=[0, 1]) for n in range(cells)],
                 lambda **_: 1, Record(folder, "x"))


def refused(folder, error, words):
    """The error, before a cell is run; and all files are as they were."""
    before = {path: path.is_file() and path.read_bytes()
              for path in folder.rglob("*")}
    with pytest.raises(error, match=words):
        resumed(folder, cells=4)
    assert before == {path: path.is_file() and path.read_bytes()
                      for path in folder.rglob("*")
                      if path in before or path.suffix != ".lock"}


# --- what is written --------------------------------------------------------

def test_rows_carry_the_number_of_their_cell(tmp_path):
    record = of_cells(tmp_path, 2)
    table = pd.read_csv(record.csv)
    assert table.n.tolist() == table.cell.tolist() == [0, 0, 1, 1]
    assert table.value[2] == .33333      # five digits
    first, second = json.loads(record.json.read_text())["cells"]
    assert first["settings"]["n"] == 0 and second["wall_seconds"] == 1
    assert first["rows"] == second["rows"] == 2
    assert {"device", "torch", "python", "date", "commit"} <= {*second}
    # no half a file is left behind; the lock stays, as locks do
    assert {path.name for path in tmp_path.iterdir()} <= {
        "x.csv", "x.json", "x.lock"}


LABELS = st.text(st.characters(codec="utf-8", exclude_categories=["Cc"],
                               include_characters="\n"))
ROWS = st.lists(st.fixed_dictionaries(
    {"label": LABELS.map("a".__add__) | st.sampled_from(["NA", "None", None]),
     "value": st.floats(width=32)},
    optional={"parameters": st.integers(0, 10**9)}), min_size=1, max_size=3)


@given(st.lists(ROWS, min_size=1, max_size=3))
@settings(deadline=None, max_examples=30)
def test_rows_come_back_and_no_later_cell_changes_them(cells):
    with tempfile.TemporaryDirectory() as folder, mock.patch(
            "labkit.records.provenance", dict):
        record = Record(folder, "x")
        for n, rows in enumerate(cells):
            before = record.rows(str)
            record.append(dict(n=n), pd.DataFrame(rows), CLOCK)
            pd.testing.assert_frame_equal(
                before, record.rows(str).reindex_like(before))
        back, rows = record.rows(), pd.DataFrame(sum(cells, []))
    assert back.label.astype(object).where(
        back.label.notna(), None).tolist() == rows.label.tolist()
    np.testing.assert_allclose(back.value, rows.value, rtol=1e-4)


@pytest.mark.parametrize("done", [False, True])
@pytest.mark.parametrize("move", range(5))
def test_a_crash_at_any_move_of_a_file_is_healed(tmp_path, monkeypatch, move,
                                                 done):
    """Two cells are five moves: an empty JSON first."""
    monkeypatch.setattr(records, "FOLDER", tmp_path.parent)
    moves, replace = iter(range(5)), os.replace

    def crash(*paths):
        last = next(moves) == move
        if done or not last:
            replace(*paths)
        if last:
            raise SystemExit

    with mock.patch("os.replace", crash), pytest.raises(SystemExit):
        of_cells(tmp_path, 2)
    finished = len(Record(tmp_path, "x").cells)
    if finished:
        assert len(load(tmp_path.name, "x")) == 2 * finished
    of_cells(tmp_path, 2)      # what was kept is not added again
    assert resumed(tmp_path, 2).n.tolist() == [0, 0, 1, 1]
    assert len(Record(tmp_path, "x").cells) == 2


def test_a_cell_is_known_by_all_of_its_settings(tmp_path):
    record = Record(tmp_path, "x")
    record.append(dict(a=1, b=[2, 3]), rows_of(0), CLOCK)
    for known in (record, Record(tmp_path, "x")):
        assert known.has(dict(a=1, b=[2, 3]))
        assert known.has(dict(b=(2, 3), a=1.0))   # the same once written
        for other in (dict(a=1), dict(a=1, b=[2]), dict(a=1, b=[2, 3], c=4)):
            assert not known.has(other)


def test_an_unknown_record_is_named_beside_the_known_ones(tmp_path,
                                                          monkeypatch):
    monkeypatch.setattr(records, "FOLDER", tmp_path)
    Record(tmp_path / "lab", "known").append(
        dict(n=7), rows_of(7).assign(experiment="known"), CLOCK)
    (tmp_path / "lab" / "times.csv").write_text("budget,seconds\n")
    (tmp_path / "lab" / "begun.json").write_text('{"cells": []}')
    for name in records.WRITTEN:
        (tmp_path / "lab" / f"{name}.json").write_text("no record")
    assert load("lab", "known").n.tolist() == [7, 7]
    for other in ("other", "begun"):
        with pytest.raises(ValueError, match=f"name is '{other}'.*known"):
            load("lab", other)
    assert [*tables("lab")] == ["known"]    # times are no experiment


# --- damage -----------------------------------------------------------------

@pytest.mark.parametrize("counted", [True, False])
@pytest.mark.parametrize("kind", ["csv", "json"])
def test_a_file_cut_anywhere_is_refused(tmp_path, monkeypatch, kind, counted):
    monkeypatch.setattr(records, "FOLDER", tmp_path.parent)
    record = of_cells(tmp_path, 3)
    if not counted:
        without_counts(record)
    assert len(load(tmp_path.name, "x")) == len(resumed(tmp_path)) == 6
    path = getattr(record, kind)
    whole = path.read_bytes()
    for end in range(len(whole)):
        path.write_bytes(whole[:end])
        with pytest.raises(ValueError, match=f"x.{kind}.*damaged"):
            load(tmp_path.name, "x")
        with pytest.raises(ValueError, match=f"x.{kind}.*damaged"):
            resumed(tmp_path)


CONFLICT = b"<<<<<<< HEAD\n", b"=======\n>>>>>>> theirs\n"
DAMAGES = {
    "gone, CSV": ("csv", lambda old: None, "csv cannot be read"),
    "gone, JSON": ("json", lambda old: None, "json is gone"),
    "conflict": ("csv", old_and_new := lambda old: old.join(CONFLICT),
                 "csv has . fields in line 2"),
    "conflict, JSON": ("json", old_and_new, "json lists no cells"),
    "not UTF-8": ("csv", lambda old: old + b"\xff", "csv cannot be read"),
    "quote": ("csv", lambda old: old + b'"', "csv cannot be read"),
    "empty line": ("csv", lambda old: old + b",,\n", "csv has rows of no"),
    "more rows": ("csv", lambda old: old + b"0,0,1\n", "csv .* of cell 1"),
    "more cells": ("csv", lambda old: old + b"9,9,5\n", "csv has more"),
    "no numbers": ("csv", lambda old: old.replace(b"cell", b"sell"),
                   "csv has no column 'cell'"),
    "no text": ("csv", lambda old: b"\0" * len(old), "csv ends within"),
    "other form": ("json", lambda old: b'{"cells": [{"n": 1}]}',
                   "json lists no cells"),
    "null": ("json", lambda old: b"null", "json lists no cells")}


@pytest.mark.parametrize("kind, change, words", DAMAGES.values(),
                         ids=DAMAGES.keys())
def test_damage_is_named_before_a_run_and_nothing_is_overwritten(
        tmp_path, monkeypatch, kind, change, words):
    path = getattr(of_cells(tmp_path, 3), kind)
    new = change(path.read_bytes())
    path.unlink() if new is None else path.write_bytes(new)
    refused(tmp_path, ValueError, f"x.{words}.* is damaged.* move both away")
    if words not in ("json is gone", "csv has more"):   # no matter to readers
        monkeypatch.setattr(records, "FOLDER", tmp_path.parent)
        with pytest.raises(ValueError, match=f"x.{words}"):
            tables(tmp_path.name)


def test_a_record_without_counts_resumes_to_the_letter(tmp_path):
    record = of_cells(tmp_path, 2)
    without_counts(record)
    before = record.csv.read_text()
    record = of_cells(tmp_path, 3)
    assert record.csv.read_text().startswith(before)
    assert len(resumed(tmp_path)) == 6
    assert [cell.get("rows") for cell in record.cells] == [None, None, 2]


# --- writers ----------------------------------------------------------------

def test_a_second_writer_is_refused_by_name_and_the_first_loses_nothing(
        tmp_path):
    process, result = recording.begun(tmp_path, pause=0.15)
    while recording.finished(tmp_path) < 1 and process.is_alive():
        time.sleep(0.01)
    silent = Experiment("tiny", recording.tiny.sizes, lambda **_: pytest.fail(
        "a cell was run"), recording.tiny.cost)
    with pytest.raises(OSError, match=(
            rf"x.csv is being recorded by process {process.pid} on "
            rf"{platform.node()}, since \d{{4}}-.*; wait")):
        silent.run(record=Record(tmp_path, "x"))
    assert result.recv() == 5 * recording.CELLS
    process.join()
    assert recording.is_whole(tmp_path, pause=0.15)


@pytest.mark.parametrize("workers, kills", [(1, 4), (2, 1)])
def test_killed_at_random_moments_it_resumes_to_a_whole_record(
        tmp_path, workers, kills):
    chance = random.Random(kills)
    for _ in range(kills):
        recording.kill(tmp_path, workers, cells=1,
                       moment=chance.uniform(0, 0.04))
    assert recording.is_whole(tmp_path)


def no_locks(folder, monkeypatch):
    def flock(*_):
        raise OSError(errno.ENOLCK, "No locks available")

    monkeypatch.setattr("fcntl.flock", flock)


def read_only(name):
    def protect(folder, monkeypatch):
        if os.geteuid() == 0:
            pytest.skip("root may write everything")
        of_cells(folder, 1)
        (folder / name).chmod(0o555)

    return protect


@pytest.mark.parametrize("spoil", [
    pytest.param(lambda folder, _: folder.write_text("a file"), id="a file"),
    pytest.param(lambda folder, _: (folder / "x.lock").mkdir(parents=True),
                 id="no lock"), no_locks,
    *(pytest.param(read_only(name), id=name or "read-only folder")
      for name in ("", "x.csv", "x.json"))])
def test_what_cannot_be_written_is_named_before_a_run(tmp_path, monkeypatch,
                                                      spoil):
    spoil(tmp_path / "lab", monkeypatch)
    refused(tmp_path / "lab", OSError, "x.csv (cannot be written: .|is being "
            "recorded by another process, or its disk knows no locks)")
