"""Recording a lab: all of its records or none, and never less in silence."""
import pandas as pd
import pytest

from labkit import epochs
from labkit.epochs import medium
from labkit.experiment import Experiment
from publish import record


@pytest.fixture
def measured(tmp_path, monkeypatch):
    """The cells measured so far; a lab of two experiments of three cells."""
    numbers = []

    def measure(seeds, number):
        numbers.append(number)
        if len(numbers) == 2:
            raise KeyboardInterrupt
        return [dict(seed=seed) for seed in seeds]

    monkeypatch.setattr(epochs, "EXPERIMENTS", {name: Experiment(
        name, {"full": {"number": [1, 2, 3]}}, measure,
        lambda seeds, number: 1) for name in ("first", "second")})
    monkeypatch.setattr(record, "FOLDER", tmp_path)
    monkeypatch.setenv("OMP_NUM_THREADS", "1")
    return numbers


def test_after_an_interrupt_it_says_what_is_missing_and_goes_on(measured,
                                                                capsys):
    with pytest.raises(SystemExit, match="2 cells are missing in .*first"):
        record.main("epochs")
    assert measured == [1, 2]
    record.main("epochs")
    assert measured == [1, 2, 2, 3, 1, 2, 3]
    assert capsys.readouterr().out.count("15 rows in") == 2


@pytest.mark.parametrize("spoil", [
    lambda path: path.with_suffix(".json").write_text("{"),
    lambda path: path.with_suffix(".csv").write_text("cell\n"),
    lambda path: path.with_suffix(".lock").mkdir()])
def test_no_cell_of_a_lab_is_run_if_one_record_is_of_no_use(
        measured, tmp_path, spoil):
    (tmp_path / "epochs").mkdir()
    spoil(tmp_path / "epochs" / "second.csv")
    with pytest.raises(SystemExit, match="second"):
        record.main("epochs")
    assert not measured


def test_every_batch_of_seeds_is_recorded(tmp_path, monkeypatch, capsys):
    one = Experiment("one", {"full": {"number": [1, 2]}},
                     lambda seeds, number: [dict(seed=s) for s in seeds],
                     lambda seeds, number: 1,
                     batches=(range(2), range(2, 5)))
    monkeypatch.setattr(epochs, "EXPERIMENTS", {"one": one})
    monkeypatch.setattr(record, "FOLDER", tmp_path)
    record.main("epochs")
    rows = pd.read_csv(tmp_path / "epochs" / "one.csv")
    assert sorted(rows.seed) == sorted([*range(5)] * 2)
    assert "10 rows in" in capsys.readouterr().out


def test_runs_of_two_seeds_can_be_recorded(monkeypatch, tmp_path, capsys):
    monkeypatch.setattr(medium.Pair, "rows", lambda self, **cell: (
        pd.DataFrame({"seed": cell["seeds"]})))
    monkeypatch.setattr(epochs, "EXPERIMENTS", {"medium": medium.medium})
    monkeypatch.setattr(record, "FOLDER", tmp_path)
    monkeypatch.setenv("OMP_NUM_THREADS", "1")
    record.main("epochs")
    assert "30 rows in" in capsys.readouterr().out   # of 15 cells
