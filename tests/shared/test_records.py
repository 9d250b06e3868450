"""Records: cells are written completely or not at all."""
import json

import pandas as pd
import pytest

from labkit import records
from labkit.records import Record, load, tables

CLOCK = {"wall_seconds": 1, "cpu_seconds": 2}


def rows_of(n):
    return pd.DataFrame({"n": [n, n], "value": [n / 3, n / 4]})


def of_cells(folder, cells):
    """A record of so many cells."""
    record = Record(folder, "x")
    for n in range(cells):
        record.append(dict(n=n), rows_of(n), CLOCK)
    return record


def test_rows_carry_the_number_of_their_cell(tmp_path):
    record = of_cells(tmp_path, 2)
    table = pd.read_csv(record.csv)
    assert table.n.tolist() == table.cell.tolist() == [0, 0, 1, 1]
    assert table.value[2] == .33333      # five digits
    first, second = json.loads(record.json.read_text())["cells"]
    assert first["settings"] == {"n": 0} and second["wall_seconds"] == 1
    assert {"device", "torch", "python", "date", "commit"} <= {*second}
    # no half a file is left behind
    assert {path.name for path in tmp_path.iterdir()} == {"x.csv", "x.json"}


@pytest.mark.parametrize("finished", [0, 2])
def test_a_crash_between_the_two_files_is_healed(tmp_path, finished):
    record = of_cells(tmp_path, finished)
    whole = pd.read_csv(record.csv) if finished else pd.DataFrame()
    stray = rows_of(99).assign(cell=finished)    # its entry was never written
    pd.concat([whole, stray]).to_csv(record.csv, index=False)
    Record(tmp_path, "x").append(dict(n=finished), rows_of(finished), CLOCK)
    healed = pd.read_csv(record.csv)
    assert healed.n.tolist() == healed.cell.tolist() == sorted(
        2 * [*range(finished + 1)])


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
    assert load("lab", "known").n.tolist() == [7, 7]
    with pytest.raises(ValueError, match="name is 'other'.*known"):
        load("lab", "other")
    assert [*tables("lab")] == ["known"]    # times are no experiment
