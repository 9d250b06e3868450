"""Surveys of a landscape, each small: what they measure and what comes out."""
import math

import numpy as np
import pandas as pd
import pytest
import torch

from labkit.landscape import paths, students, terrain
from labkit.members import networks as nets

approx = pytest.approx
SEEDS = [2, 4]   # both have students in pits, in these cells
NET = dict(width=4, depth=1, lr=0.02, steps=16)
CELLS = {   # experiment -> the settings of a small cell
    "goe": dict(n=2, shift=0.0, draws=1000),
    "low": dict(n=3, shift=2.0, draws=1000),
    "pits": dict(k=10, m=10, count=10, steps=400),
    "escape": dict(k=10, count=10, steps=400),
    "sharpness": dict(NET, scaling="ntk"),
    "spectrum": {**NET, "width": 2},
    "slices": dict(NET, skip=True),
    "barriers": NET,
    "ways": dict(NET, scaling="mup", targets=[99.0, 3.0, 0.0])}
FATE = ["students", "arrived", "pit", "diverged", "moving", "lowest", "loss"]
LABELS = ["width", "depth", "scaling", "lr", "parameters"]
COLUMNS = {   # experiment -> columns besides seed and experiment
    "goe": ["n", "shift", "draws", "value"],
    "low": ["n", "shift", "draws", "value"],
    "pits": ["k", "m", *FATE], "escape": ["k", "way", *FATE],
    "sharpness": [*LABELS, "step", "loss", "sharpness", "diverged"],
    "spectrum": ["width", "parameters", "loss", "negative",
                 "weight", "zero", "lowest",
                 "outliers", "bends"],
    "slices": ["width", "depth", "skip", "parameters", "loss", "bends"],
    "barriers": ["width", "depth", "parameters", "loss", "raw", "aligned"],
    "ways": [*LABELS, "target", "needed", "directness", "rises", "diverged"]}
PER_SEED = {"escape": 3 + len(terrain.NOISES), "sharpness": 4, "ways": 3}


@pytest.fixture(scope="module")
def surveys():
    """Experiment -> the rows of its small cell; each is made once."""
    made = {}

    def rows(experiment):
        if experiment not in made:
            made[experiment] = terrain.survey(
                experiment, seeds=SEEDS, **CELLS[experiment])
        return made[experiment]

    return rows


def trained(net, seeds, lr, steps, momentum=0.0):
    return nets.descend(net, net.draw(seeds), lr, steps, momentum)[-1][steps]


# --- all surveys ------------------------------------------------------------

def test_every_experiment_has_a_small_cell_here():
    assert set(CELLS) == set(COLUMNS) == set(terrain.SURVEYS)


@pytest.mark.parametrize("experiment", CELLS)
def test_a_survey_gives_its_columns_and_the_same_rows_for_each_seed(
        experiment, surveys):
    rows = surveys(experiment)
    assert sorted(rows.columns) == sorted(
        ["seed", "experiment", *COLUMNS[experiment]])
    assert set(rows.experiment) == {experiment}
    assert rows.seed.value_counts().to_dict() == dict.fromkeys(
        SEEDS, PER_SEED.get(experiment, 1))
    for name, value in CELLS[experiment].items():
        if name in rows and name != "steps":
            assert (rows[name] == value).all()


@pytest.mark.parametrize("experiment", ["pits", "escape", "sharpness",
                                        "barriers", "ways"])
def test_a_seed_gives_the_same_rows_alone_as_among_others(
        experiment, surveys):
    rows = surveys(experiment)
    for seed in SEEDS[::-1]:
        alone = terrain.survey(experiment, seeds=[seed], **CELLS[experiment])
        pd.testing.assert_frame_equal(
            alone, rows[rows.seed == seed].reset_index(drop=True),
            rtol=1e-3, atol=1e-6)


@pytest.mark.parametrize("experiment", CELLS)
def test_larger_cells_are_said_to_cost_more(experiment):
    settings = CELLS[experiment]
    cost = terrain.cost(experiment, seeds=SEEDS, **settings)
    assert 0 < cost < 60
    more = {**settings, **{name: 10 * settings[name] for name in (
        "draws", "steps", "count") if name in settings}}
    assert terrain.cost(experiment, seeds=SEEDS, **more) > cost
    assert terrain.cost(experiment, seeds=[*range(9)], **settings) > cost


@pytest.mark.parametrize("experiment, change", [
    *[(experiment, dict(seeds=[])) for experiment in CELLS],
    ("goe", dict(n=0)), ("low", dict(draws=0)), ("pits", dict(k=0)),
    ("pits", dict(m=-1)), ("escape", dict(count=0)),
    ("escape", dict(steps=0)), ("sharpness", dict(scaling="sp")),
    ("sharpness", dict(lr=0.0)), ("spectrum", dict(width=0)),
    ("slices", dict(depth=0)), ("barriers", dict(lr=-0.1)),
    ("ways", dict(steps=0))])
def test_the_cost_of_settings_that_cannot_be_is_an_error(experiment, change):
    name, = change
    with pytest.raises(ValueError, match=rf"\b{name}\b"):
        terrain.cost(experiment, **{"seeds": SEEDS, **CELLS[experiment],
                                    **change})


# --- random matrices and students -------------------------------------------

def test_each_seed_draws_its_own_matrices(surveys):
    for experiment in ("goe", "low"):
        rows = surveys(experiment)
        assert rows.value.nunique() == 2 and rows.value.between(0, 1).all()
    assert surveys("goe").value.max() < surveys("low").value.min()


def test_students_are_told_apart_by_where_they_ended():
    k = 10
    v = students.teacher(k)
    ends = students.descend(students.draw(10, k, k, 0), v, 600)
    masks, lowest = terrain.settled(ends, v)
    pit = ends[masks["pit"]][0]   # there are some, see the next test
    w = torch.stack([v, v.flip(0), pit, students.draw(1, k, k, 0)[0],
                     torch.full_like(v, math.nan),
                     torch.full_like(v, math.inf)])
    masks, lowest = terrain.settled(w, v)
    assert {name: mask.int().tolist() for name, mask in masks.items()} == {
        "arrived": [1, 1, 0, 0, 0, 0], "pit": [0, 0, 1, 0, 0, 0],
        "moving": [0, 0, 0, 1, 0, 0], "diverged": [0, 0, 0, 0, 1, 1]}
    assert lowest[2] > 0 and lowest[[0, 1, 3, 4, 5]].isnan().all()
    exact = torch.linalg.eigvalsh(students.hessian(pit, v))[0]
    assert lowest[2].item() == approx(exact.item())


def test_a_place_without_slope_that_curves_down_is_no_pit():
    # a saddle: one neuron does what it can, then is two equal ones
    v = students.teacher(2)
    w = students.descend(torch.full((1, 1, 2), 0.3).to(v), v, 2000)
    w = torch.cat([w, w], 1) / 2     # two equal neurons: they may part
    masks, lowest = terrain.settled(w, v)
    assert students.gradient(w, v).norm() < terrain.STILL
    assert lowest[0] < 0 and masks["moving"].all()


def test_the_fates_of_each_seed_are_shares_of_its_own_students(surveys):
    for experiment in ("pits", "escape"):
        rows = surveys(experiment)
        shares = rows[["arrived", "pit", "diverged", "moving"]]
        assert shares.sum(axis=1).to_numpy() == approx(1)
        assert (rows.lowest.notna() == (rows.pit > 0)).all()
        assert (rows.lowest.dropna() > 0).all()
        assert (rows.loss.dropna() > terrain.ARRIVED).all()
    assert (surveys("pits").students == CELLS["pits"]["count"]).all()
    assert (surveys("pits").pit > 0).any()


def test_every_way_out_starts_from_the_same_trapped_students(surveys):
    rows = surveys("escape")
    settings = CELLS["escape"]
    fate = terrain.survey("pits", seeds=SEEDS, m=settings["k"], **settings)
    trapped = (fate.pit * fate.students).round().tolist()
    assert min(trapped) > 0
    assert rows.way.nunique() == PER_SEED["escape"]
    for _, part in rows.groupby("way"):
        assert part.students.tolist() == trapped
    longer = rows[rows.way == "10 times the steps"]
    assert (longer.pit == 1).all()     # a pit is where descent stays


def test_without_trapped_students_nothing_is_freed():
    rows = terrain.survey("escape", k=1, count=2, steps=400, seeds=SEEDS)
    assert (rows.students == 0).all() and rows.arrived.isna().all()
    assert len(rows) == 2 * PER_SEED["escape"]


# --- networks that read digits ----------------------------------------------

def test_the_sharpness_is_that_of_the_weights_at_each_step(surveys):
    rows = surveys("sharpness")
    assert sorted(rows.step.unique()) == [0, 1, 4, 16]
    net = nets.Net(4, 1, "ntk")
    for step in (4, 16):
        theta = trained(net, SEEDS, NET["lr"], step)
        part = rows[rows.step == step].set_index("seed")
        for seed, weights in zip(SEEDS, theta.double()):
            exact = torch.autograd.functional.hessian(net.loss, weights)
            assert part.sharpness[seed] == approx(
                torch.linalg.eigvalsh(exact)[-1].item(), rel=0.01)
            assert part.loss[seed] == approx(net.loss(weights).item(),
                                             rel=1e-3)
    assert not rows.diverged.any()


def test_a_rate_that_is_too_large_is_reported_and_has_no_sharpness():
    rows = terrain.survey("sharpness", width=8, depth=2, scaling="mup",
                          lr=20.0, steps=64, seeds=SEEDS)
    first, last = rows[rows.step == 0], rows[rows.step == 64]
    assert rows.diverged.all()
    assert last.sharpness.isna().all()
    assert not np.isfinite(last.loss).any()
    assert (first.sharpness > 0).all()


def test_the_spectrum_is_counted_right(surveys):
    rows = surveys("spectrum").set_index("seed")
    net = nets.Net(2, 1)
    for seed, theta in zip(SEEDS, trained(
            net, SEEDS, NET["lr"], NET["steps"]).double()):
        values = torch.linalg.eigvalsh(
            torch.autograd.functional.hessian(net.loss, theta))
        values = values / values.max()
        row = rows.loc[seed]
        one = 1.5 / net.size    # a value at a threshold may fall either side
        assert row.negative == approx(
            (values < -1e-6).double().mean().item(), abs=one)
        assert row.zero == approx(
            (values.abs() <= 1e-6).double().mean().item(), abs=one)
        assert row.outliers == approx((values > 0.05).sum().item(), abs=1)
        assert row.lowest == approx(values.min().item(), rel=1e-2)
        assert 0 < row.negative < 1 and row.outliers >= 1


def test_planes_lie_around_the_weights_and_differ():
    net = nets.Net(4)
    theta = net.draw([0])[0]
    first, second = (terrain.plane(net, theta, number, points=5)
                     for number in range(2))
    for heights in (first, second):
        torch.testing.assert_close(heights[2, 2], net.loss(theta))
    assert not torch.isclose(first[0], second[0]).any()
    half = terrain.plane(net, theta, 0, reach=0.5, points=5)
    torch.testing.assert_close(half[::4, ::4], first[1:4:2, 1:4:2])


def test_the_bends_are_shares_of_slices(surveys):
    for experiment in ("slices", "spectrum"):
        assert surveys(experiment).bends.between(0, 1).all()


def test_a_barrier_lies_between_networks_of_different_seeds(surveys):
    net = nets.Net(4)
    for row in surveys("barriers").itertuples():
        a, b = trained(net, [row.seed, row.seed + 1000], NET["lr"],
                       NET["steps"], momentum=0.9)
        assert row.raw == approx(
            paths.barrier(net.loss, a, b, terrain.LINE), rel=1e-2)
        b = net.flat(paths.align(net.layers(a), net.layers(b), odd=True))
        assert row.aligned == approx(
            paths.barrier(net.loss, a, b, terrain.LINE), rel=1e-2)
        assert row.raw >= 0 and row.aligned >= 0


def test_the_way_down_is_measured_at_the_first_step_below_the_target(
        surveys):
    rows = surveys("ways").set_index(["target", "seed"])
    net = nets.Net(4)
    losses, lengths, away, _ = nets.descend(
        net, net.draw(SEEDS), NET["lr"], NET["steps"])
    for i, seed in enumerate(SEEDS):
        # below it from the start: one step, and a step is straight
        assert rows.needed[99.0, seed] == 1
        assert rows.directness[99.0, seed] == approx(1, rel=1e-4)
        needed = int(rows.needed[3.0, seed])
        assert losses[needed, i] <= 3 < losses[needed - 1, i]
        assert rows.directness[3.0, seed] == approx(
            (away[needed - 1, i] / lengths[:needed, i].sum()).item(),
            rel=1e-3)
        assert 0 < rows.directness[3.0, seed] < 1 < needed
    never = rows.loc[0.0]
    assert never.needed.isna().all() and never.directness.isna().all()
    assert (rows.rises >= 0).all() and not rows.diverged.any()


def test_a_way_that_ends_nowhere_is_reported():
    rows = terrain.survey("ways", **{**CELLS["ways"], "lr": 20.0,
                                     "steps": 64}, seeds=SEEDS)
    assert rows.diverged.all()
    assert (rows[rows.target == 0].needed.isna()).all()


# --- lines that turn --------------------------------------------------------

def test_turned_lines_end_in_the_direction_of_the_lowest_curvature():
    table = terrain.turned([2, 4], lr=0.02, steps=50)
    assert list(table) == ["width", "degrees", "curvature", "away", "change"]
    assert table.groupby(["width", "degrees"]).size().to_dict() == {
        (width, degrees): terrain.LINE
        for width in (2, 4) for degrees in range(0, 91, 15)}
    for width, part in table.groupby("width"):
        net = nets.Net(width, terrain.DEPTH)
        theta = trained(net, [0], 0.02, 50)[0].double()
        exact = torch.autograd.functional.hessian(net.loss, theta)
        bend = part.groupby("degrees").curvature.first()
        assert bend.idxmin() == 90 and bend[90] < 0
        assert bend[90] == approx(
            torch.linalg.eigvalsh(exact)[0].item(), rel=1e-3)
    for _, line in table.groupby(["width", "degrees"]):
        middle = line.iloc[terrain.LINE // 2]
        assert middle.away == approx(0) and middle.change == 0
        assert (line.away.min(), line.away.max()) == approx((-0.6, 0.6))


def test_the_curvature_of_a_turned_line_is_that_of_the_drawn_loss():
    near = terrain.turned([2], lr=0.02, steps=50, reach=0.012)
    for _, line in near.groupby("degrees"):
        left, _, right = line.change.iloc[[11, 12, 13]]
        assert (left + right) / 0.001**2 == approx(
            line.curvature.iloc[0], rel=0.02, abs=1e-3)
