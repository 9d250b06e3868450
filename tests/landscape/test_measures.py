"""What experiments measure, where no record replays it; what is refused."""
import math
from functools import partial

import numpy as np
import pytest
import torch

from labkit.landscape import (
    EXPERIMENTS,
    curvature,
    escape,
    matrices,
    paths,
    slices,
    spectrum,
    students,
    ways,
)
from labkit.members import digits
from tests.judging import tiny

approx, close = pytest.approx, torch.testing.assert_close
SEEDS = [2, 4]
X, Y = torch.eye(2)


def loss(theta):
    return (theta**2).sum()


@pytest.mark.parametrize("name, function, settings", [
    ("n", curvature.goe_all_positive, (0, 10)),
    ("draws", curvature.goe_all_positive, (2, 0)),
    *(("shift", curvature.goe_all_positive, (2, 10, shift))
      for shift in (math.nan, math.inf, -math.inf)),
    ("shift", matrices.cost, ([0], 5, math.nan, 10)),
    ("targets", partial(ways.cost, width=4, depth=1, lr=0.1, steps=9),
     ([0], [0.3, math.nan])),
    ("lr", slices.turned, ([2], 0, 1e9, 20)),
    *(("theta", curvature.top_eigenvalue, (loss, torch.ones(shape)))
      for shape in ((2, 2), (1, 3), (), (0,))),
    ("points", paths.line, (loss, X, Y, 2)),
    ("shapes", paths.line, (loss, X, X[:1], 5)),
    ("shapes", paths.align, ([X[None], Y[:, None]], [X[None], Y[None]])),
    ("points", paths.slice, (loss, X, X, Y, 1.0, 2)),
    *(("reach", paths.slice, (loss, X, X, Y, reach))
      for reach in (0.0, -1.0, math.nan)),
    ("depths", slices.cells, ([], [8], 0.1, 9)),
    ("count", students.draw, (0, 1, 1, 0)),
    ("m", students.draw, (1, 0, 1, 0)), ("k", students.draw, (1, 1, -1, 0))])
def test_what_cannot_be_is_refused_by_its_name(name, function, settings):
    with pytest.raises(ValueError, match=rf"\b{name}\b"):
        function(*settings)


def measure(name, **changes):
    """The rows of an experiment's first tiny cell, with changes to it."""
    cell = tiny("landscape", EXPERIMENTS[name], SEEDS)[0]
    return EXPERIMENTS[name].rows(**cell | changes)


@pytest.mark.parametrize("name", sorted({*EXPERIMENTS} - {"sizes"}))
def test_larger_cells_are_said_to_cost_more(name):
    cell = tiny("landscape", EXPERIMENTS[name], SEEDS)[0]
    few = EXPERIMENTS[name].price(**cell)
    assert 0 < few < 60
    for size in {*cell} & {"n", "draws", "m", "count", "steps", "width",
                           "seeds"}:
        assert EXPERIMENTS[name].price(**cell | {size: 10 * cell[size]}) > few


def test_ways_out_differ_in_noise_weights_and_neurons():
    k, drawn = 4, []
    v, w = students.teacher(k), students.draw(3, k, k, 0)

    def normal(*shape):
        drawn.append(shape)
        return torch.ones(len(w), *shape, k, dtype=w.dtype)

    ends = escape.ways_out(w, v, 2, normal)
    counts = {shape: drawn.count(shape) for shape in drawn}
    assert counts == {(64,): 2, (32,): 2, (20,): 2 + 8, (k,): 1, (): 1}
    for way, start, steps in (
            ("10 times the steps", w, 20),
            ("a fresh start", torch.full_like(w, 0.5), 2),
            ("one more neuron",
             students.with_neuron(w, torch.full((3, k), 0.05).to(w)), 2)):
        close(ends.pop(way), students.descend(start, v, steps))
    assert [end.shape for end in ends.values()] == [w.shape] * 4


def test_without_trapped_students_nothing_is_freed():
    rows = measure("escape", k=1, count=2)
    assert (rows.students == 0).all() and rows.arrived.isna().all()
    assert len(rows) == 2 * (3 + len(escape.NOISES))


def test_a_rate_that_is_too_large_is_reported():
    rows = measure("sharpness", width=8, depth=2, lr=20.0, steps=64)
    first, last = rows[rows.step == 0], rows[rows.step == 64]
    assert rows.diverged.all() and last.sharpness.isna().all()
    assert not np.isfinite(last.loss).any()
    assert (first.sharpness > 0).all()
    rows = measure("ways", lr=20.0, steps=64)
    assert rows.diverged.all() and rows.needed[rows.target < 1].isna().all()


@pytest.mark.parametrize("values, found", [
    ([-1.0, 0, 0.5, 4], [1 / 4, 1 / 5.5, 1 / 4, -1 / 4, 2]),
    # the largest in size may be below zero: a hill is not convex
    ([-4.0, -2, -1], [1, 1, 0, -1, 0]),
    ([-4.0, 0, 1], [1 / 3, 0.8, 1 / 3, -1, 1]),
    ([math.nan] * 3, [math.nan] * 5), ([0.0] * 3, [math.nan] * 5)])
def test_eigenvalues_are_counted_beside_the_largest_in_size(values, found):
    for size in (1, 1e-300, 1e300):
        numbers = spectrum.numbers(size * torch.tensor(values).double())
        assert [numbers[name] for name in (
            "negative", "weight", "zero", "lowest", "outliers")] == approx(
                found, nan_ok=True)


def test_bends_are_those_of_two_slices_and_networks_can_have_skips():
    net = digits.Tanh(4, 8, "standard", skip=True)
    found = measure("slices", width=4, depth=8, skip=True).bends
    for bends, theta in zip(found, digits.descend(
            net, net.draw(SEEDS), 0.02, 16)[-1][16].double()):
        assert bends == approx(np.mean([paths.bends_down(paths.plane(
            net, theta, number)) for number in range(2)]))
    assert (found > 0).any()   # or this tests nothing


def test_the_way_down_is_measured_at_the_first_step_below_the_target():
    rows = measure("ways").set_index(["target", "seed"])
    net = digits.Tanh(4)
    losses, lengths, away, kept = digits.descend(
        net, start := net.draw(SEEDS), 0.02, 16)
    for i, seed in enumerate(SEEDS):
        # below it from the start: one step, and a step is straight
        easy, hard = rows.loc[99.0, seed], rows.loc[3.0, seed]
        assert easy.needed == 1 and easy.directness == approx(1, rel=1e-4)
        needed = int(hard.needed)
        assert losses[needed, i] <= 3 < losses[needed - 1, i]
        assert hard.directness < 1 < needed
        assert hard.directness == approx((
            away[needed - 1, i] / lengths[:needed, i].sum()).item(), rel=1e-3)
        line = paths.line(net.loss, start[i], kept[16][i], 25)
        assert hard.rises == approx(
            max(0, line.diff().max() / line[0]), abs=1e-5)
    never = rows.loc[1e-9]
    assert never.needed.isna().all() and never.directness.isna().all()
    assert not rows.diverged.any()
