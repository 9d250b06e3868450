"""What surveys share: threads, refusals, cells, and tables."""
from functools import partial

import pandas as pd
import pytest
import torch

from labkit import surveys

SEEDS = [3, 5]


def test_a_survey_runs_on_one_thread_and_gives_the_others_back():
    before = torch.get_num_threads()
    during, told = [], []

    def good(seeds):
        during.append(torch.get_num_threads())
        return [dict(seed=seed) for seed in seeds]

    def bad(seeds):
        raise ZeroDivisionError

    run = partial(surveys.survey, {"good": good, "bad": bad})
    torch.set_num_threads(2)
    try:
        assert len(run("good", told.append, seeds=SEEDS)) == 2
        assert (during, told, torch.get_num_threads()) == ([1], [1], 2)
        with pytest.raises(ZeroDivisionError):
            run("bad", seeds=SEEDS)
        assert torch.get_num_threads() == 2
    finally:
        torch.set_num_threads(before)


def test_seeds_and_numbers_above_zero_are_needed():
    surveys.check(SEEDS, steps=1, lr=0.1)
    for seeds, numbers, named in (([], {}, "seeds"), (SEEDS, {"lr": 0}, "lr"),
                                  (SEEDS, {"steps": -1}, "steps")):
        with pytest.raises(ValueError, match=named):
            surveys.check(seeds, **numbers)


def test_cells_are_those_of_an_experiment_that_exists():
    known = {"walk": lambda widths: [dict(width=w) for w in widths]}
    assert surveys.cells(known, "walk", [[1, 2]], range(2)) == [
        dict(experiment="walk", width=w, seeds=[0, 1]) for w in (1, 2)]
    with pytest.raises(ValueError, match="'run'.*walk"):
        surveys.cells(known, "run", [], SEEDS)


def test_tables_have_a_row_per_seed():
    rows = pd.DataFrame(dict(experiment=["a", "a", "a", "a", "b"],
                             seed=[0, 1, 0, 1, 0], width=[2, 2, 1, 1, 1],
                             value=[5, 6, 1, 3, 9]))
    table = surveys.wide(surveys.of(rows, "a"), "value")
    assert table.to_dict() == {1: {0: 1, 1: 3}, 2: {0: 5, 1: 6}}
    assert surveys.change(table).tolist() == [4, 3]
    with pytest.raises(ValueError, match="width"):
        surveys.change(table[[1]])
