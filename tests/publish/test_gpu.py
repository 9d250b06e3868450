"""A GPU's minutes, on a CPU and in small: check, measure, stop in time."""
from functools import partial
from itertools import count

import pandas as pd
import pytest
import torch

from labkit.epochs.medium import Pair, library, one_rate
from labkit.language.train import by_autograd
from labkit.records import Record
from publish import gpu

TINY = Pair("library", {"gpu": {"widths": [8, 4], "uniques": [2048],
                                "epochs": 1, "lrs": [.01, .005]}},
            partial(one_rate, "topics"))


@pytest.fixture
def turn(tmp_path, monkeypatch):
    """One turn with a clock that counts so many seconds at each look."""
    monkeypatch.setattr(gpu, "WARM", 1)
    monkeypatch.setattr(gpu, "TIMED", 4)

    def one(seconds, fast=by_autograd):
        clock = count(step=seconds)
        record = Record(tmp_path, "library")
        gpu.turn(TINY, record, "cpu", fast, lambda: next(clock))
        return Record(tmp_path, "library")

    return one


def test_all_cells_are_recorded_from_the_smallest_on(turn, tmp_path, capsys):
    cells = turn(1).cells
    assert [(cell["settings"]["width"], *cell["settings"]["lrs"])
            for cell in cells] == [(4, .01), (4, .005), (8, .01), (8, .005)]
    assert {cell["rows"] for cell in cells} == {8}   # 2 moments, 2 seeds
    assert "All 4 cells are in" in capsys.readouterr().out
    speeds = pd.read_csv(tmp_path / "gpu.csv")
    # 4 steps of 1024 tokens and 2 seeds in a second
    assert speeds.captured.tolist() == speeds.plain.tolist() == [8192] * 2
    assert (speeds.apart == 0).all() and (speeds.step > gpu.ROUNDING).all()


def test_it_stops_before_the_limit_and_goes_on_another_time(turn, capsys):
    # 9 looks until all is measured; a cell needs 10 + 1.25 x 2 x 10 seconds
    cells = turn(40).cells
    assert len(cells) == 2    # with 90 and 50 seconds left, not with 10
    words = capsys.readouterr().out
    assert "2 of 4 cells are missing" in words
    assert "width 8 at 0.01, width 8 at 0.005" in words
    assert len(turn(40).cells) == 4


def test_a_captured_step_that_is_another_records_nothing(turn):
    def slower(*settings):
        step = by_autograd(*settings)
        return lambda factor: step(factor / 2)

    with pytest.raises(SystemExit, match="nats apart; allowed are 0.001"):
        turn(1, slower)


def test_no_cell_is_begun_after_the_limit(turn):
    assert not turn(60).cells

def test_without_a_gpu_it_says_what_is_allowed(monkeypatch):
    monkeypatch.setattr(torch.cuda, "is_available", lambda: False)
    with pytest.raises(SystemExit, match="no GPU; allowed is an NVIDIA GPU"):
        gpu.main()


def test_an_interrupt_ends_it_and_keeps_what_is_finished(turn, monkeypatch):
    rows, calls = Pair.rows, count()

    def interrupted(*settings, **more):
        if next(calls) == 1:
            raise KeyboardInterrupt
        return rows(*settings, **more)

    monkeypatch.setattr(Pair, "rows", interrupted)
    assert len(turn(1).cells) == 1


def test_the_sweep_ends_with_its_largest_size_one_rate_a_cell():
    cells = library.settings("gpu")
    widths = [cell["width"] for cell in cells]
    assert widths == sorted(widths) and {len(c["lrs"]) for c in cells} == {1}
    largest = gpu.axes("library", widths[-1], 2**20).parameters
    assert 47e6 < largest < 49e6
