"""Every experiment: allowed sizes, bad settings, tidy rows, its record."""
import json
from math import isfinite

import numpy as np
import pandas as pd
import pytest
import torch

from labkit.compute.step import steps
from labkit.experiment import Experiment
from labkit.records import FOLDER, WRITTEN
from tests.judging import LABS, cases, every_experiment, tiny

SEEDS = [3, 5]
EVERY = pytest.mark.parametrize("lab, experiment", every_experiment())

# Numbers of a cell that may be 0, or less than that, too.
ALLOWED = {("shift", 0), ("shift", -1), ("weight_decay", 0)}
NOT_REPEATED = {"seconds", "milliseconds", "bytes"}
UNFINISHED = {"library"}   # for a big GPU
UNSAID = {"epochs", "first"}    # instead, rows say how long they are
# Rows whose random numbers all seeds share; of the others, a seed alone
# gives what it gives among others.
SHARED = {"prune": "way == 'random mask'", "price": "way == 'surgery'",
          "popup": "way in ('popup', 'random masks')",
          "taught": "nets > 1"}


@EVERY
def test_sizes_are_allowed_at_every_budget(lab, experiment):
    for budget in experiment.sizes:
        cells = experiment.settings(budget, SEEDS)
        costs = [experiment.price(**cell) for cell in cells]
        assert all(isfinite(cost) and cost > 0 for cost in costs)
        names = [json.dumps(cell) for cell in cells]
        assert len({*names}) == len(names)


@EVERY
def test_an_unknown_budget_or_setting_is_refused(lab, experiment):
    with pytest.raises(ValueError, match="'huge'.*(quick|full|gpu)"):
        experiment.run("huge")
    with pytest.raises(ValueError, match=f"colour.*{experiment.name}"):
        experiment.run([*experiment.sizes][0], colour="red")


def bad_values(cell):
    """(name, bad value): each number of a cell, 0 and -1 in its place."""
    for name, value in cell.items():
        listed = isinstance(value, list)
        number = value[0] if listed else value
        if name != "seeds" and np.isreal(number) and not isinstance(
                number, bool):
            yield from ((name, [*value[1:], bad] if listed else bad)
                        for bad in (0, -1) if (name, bad) not in ALLOWED)
    if "seeds" in cell:
        yield "seeds", []


@EVERY
def test_each_bad_number_is_refused_by_its_name(lab, experiment):
    good = tiny(lab, experiment)[0]
    tried = [*bad_values(good)]
    assert len(tried) > 2
    for name, bad in tried:
        with pytest.raises(ValueError, match=rf"\b{name}\b"):
            experiment.price(**good | {name: bad})


@EVERY
def test_rows_are_tidy(lab, experiment):
    cells = tiny(lab, experiment, SEEDS)
    rows = pd.concat([experiment.rows(**cell) for cell in cells],
                     ignore_index=True)
    assert set(rows.experiment) == {experiment.name}
    assert experiment is steps or set(rows.seed) == {*SEEDS}
    assert not rows.drop(columns=NOT_REPEATED & {*rows}).duplicated().any()
    for name, value in cells[0].items():
        column = ("size" if name == "width" and "width" not in rows else
                  name.removesuffix("s") if isinstance(value, list) else name)
        if column in rows:
            assert {*rows[column]} == {*np.hstack([c[name] for c in cells])}
        else:    # then rows of different cells need not say it
            assert name in UNSAID or len({*map(str, (
                cell[name] for cell in experiment.settings(
                    [*experiment.sizes][-1])))}) == 1


@pytest.mark.parametrize("lab, experiment", [
    known for known in every_experiment()
    if known.values[1] is not steps])    # times have no seeds
def test_a_seed_alone_gives_what_it_gives_among_others(lab, experiment):
    cell = tiny(lab, experiment, SEEDS)[0]
    both = [experiment.rows(**cell | {"seeds": seeds})
            for seeds in (SEEDS, SEEDS[1:])]
    among, alone = (rows[rows.seed == SEEDS[1]].drop(
        columns=NOT_REPEATED & {*rows}) for rows in both)
    if experiment.name in SHARED:
        among, alone = (rows.query(f"not ({SHARED[experiment.name]})")
                        for rows in (among, alone))
    assert len(alone)
    # float32 sums of up to a million terms, in another order
    pd.testing.assert_frame_equal(
        *(rows.reset_index(drop=True) for rows in (among, alone)),
        rtol=5e-4, atol=1e-6)


@pytest.mark.parametrize("lab, experiment", [
    known for known in every_experiment() if known.values[1].name in (
        "prune", "price", "popup")])
def test_what_all_seeds_share_begins_with_the_first_of_them(
        lab, experiment, monkeypatch):
    # so that another batch of seeds draws other masks and other orders
    began, real = [], torch.Generator

    class Told(real):
        def manual_seed(self, seed):
            began.append(seed)
            return super().manual_seed(seed)

    monkeypatch.setattr(torch, "Generator", Told)
    for cell in tiny(lab, experiment, (37, 41)):
        began.clear()
        experiment.rows(**cell)
        if cell.get("way", "surgery") == "surgery":
            assert began.count(37) > began.count(41)


def plain(cells):
    return sorted(json.dumps(cell, sort_keys=True) for cell in cells)


@EVERY
def test_full_settings_are_those_of_the_record(lab, experiment):
    path = FOLDER / lab / f"{experiment.name}.json"
    assert path.exists() >= ("full" in experiment.sizes)
    if path.exists():
        kept = json.loads(path.read_text())["cells"]
        cells = [cell for seeds in experiment.batches for cell in
                 experiment.settings([*experiment.sizes][-1], seeds)]
        if experiment.name in UNFINISHED:
            cells = cells[:len(kept)]
        assert plain(cells) == plain(cell["settings"] for cell in kept)


@pytest.mark.parametrize("lab", LABS)
def test_every_record_is_that_of_an_experiment(lab):
    records = {path.stem for path in (FOLDER / lab).glob("*.json")}
    assert records - {*WRITTEN} <= {*LABS[lab].EXPERIMENTS}
    assert all(isinstance(known, Experiment) and known.name == name
               for name, known in LABS[lab].EXPERIMENTS.items())


@pytest.mark.parametrize("lab, name", [
    ("epochs", "targets"), ("interference", "forgetting")])
def test_two_workers_give_the_rows_of_one(lab, name):
    run, changes = LABS[lab].EXPERIMENTS[name].run, cases(lab).TINY[name]
    one, two = (run(seeds=SEEDS, workers=workers, **changes).drop(
        columns="seconds", errors="ignore") for workers in (1, 2))
    order = [*one.columns.drop(["value", "a", "b"], errors="ignore")]
    # a worker has one thread and adds float32 numbers in another order:
    # 1e-7 a step, lifted by Adam where gradients are small
    pd.testing.assert_frame_equal(*(
        rows.sort_values(order, ignore_index=True) for rows in (one, two)),
        rtol=1e-4)
