"""What is trained and measured, against training itself."""
from copy import deepcopy
from itertools import islice
from math import nan

import pandas as pd
import pytest
import torch

from labkit.interference import (
    conflict,
    features,
    forgetting,
    fork,
    forks,
    mixture,
    price,
    superposition,
)
from labkit.interference.conflict import FEW, OFTEN
from labkit.interference.forks import PROGRAMS, Program
from labkit.interference.mixture import COMMON, EXPONENT, PLACES, TASKS
from labkit.members import parity
from labkit.members.adam import Adam
from labkit.members.parity import NEW

approx, close = pytest.approx, torch.testing.assert_close
SEEDS, LATER = [4, 2], [4 + NEW, 2 + NEW]
NET = parity.Parity(8, TASKS)
POWER, ONE = parity.power_law(TASKS, EXPONENT), torch.ones(TASKS)
RARE = (torch.arange(TASKS) >= COMMON).float()


def trained(adam, steps, seeds=SEEDS, frequencies=POWER, weights=ONE):
    """The weights after each step of parity.train itself, on the tasks."""
    places = parity.drawn(TASKS, PLACES, SEEDS)
    return [adam.theta.clone() for _ in parity.train(
        NET, adam, places, frequencies.expand(2, -1), 0.02, steps, seeds,
        weights.expand(2, -1))]


@pytest.fixture
def thetas(monkeypatch):
    """(arm or program, step) -> weights of SEEDS, in rows made now."""
    for module in (mixture, forks):
        monkeypatch.setattr(module, "marks", lambda net, theta, test: [
            dict(theta=member.clone()) for member in theta])

    def found(rows, by="program"):
        known = {(row[by], row["step"], row["seed"]): row["theta"]
                 for row in rows}
        return {(name, step): torch.stack([
            known[name, step, seed] for seed in SEEDS])
            for name, step, _ in known}

    return found


# --- mixture and forks ------------------------------------------------------

def test_every_arm_trains_with_its_frequencies_and_weights(thetas):
    arms = {"mixture": (POWER, ONE), "uniform": (ONE / TASKS, ONE),
            "rare alone": (POWER, RARE)}
    found = thetas(mixture.measure(SEEDS, 8, 0.02, 3), "arm")
    assert {arm for arm, _ in found} == {*arms}
    for arm, parts in arms.items():
        for step, theta in enumerate(trained(Adam.start(NET.draw(SEEDS)), 3,
                                             SEEDS, *parts)):
            close(found[arm, step], theta, atol=1e-3, rtol=0)


def test_tasks_are_marked_as_learned_by_their_accuracy(monkeypatch):
    right = torch.full((2, TASKS), 0.5)
    right[0, :3] = torch.tensor([0.91, 0.89, 1.0])
    right[0, COMMON], right[1, -2:] = 0.95, 1.0
    monkeypatch.setattr(parity, "graded", lambda *_: (None, right))
    assert mixture.marks(None, None, ()) == [dict(learned=3, rare=1),
                                             dict(learned=2, rare=2)]
    right[1] = nan      # which is not nothing
    assert [*mixture.marks(None, None, ())[1].values()] == approx(
        [nan, nan], nan_ok=True)


@pytest.fixture
def adam():
    """The state of networks after five steps on the mixture."""
    adam = Adam.start(NET.draw(SEEDS))
    trained(adam, 5)
    return adam


@pytest.mark.parametrize("program", [
    Program(1), Program(.1), Program(0, keep=True), Program(0, fresh=True)])
def test_a_program_goes_on_as_training_itself_would(program, thetas, adam):
    before = deepcopy(adam)
    found = thetas(fork(NET, adam, 0.02, 5, SEEDS,
                        {"other": Program(1), "this": program}))
    assert torch.equal(before.theta, adam.theta)   # it is left alone
    assert torch.equal(before.mean, adam.mean)
    if program.fresh:
        adam = Adam.start(NET.draw(LATER))
    if program.keep:
        adam.follow = 0.0
    start, *_, end = trained(
        adam, 5, LATER, weights=RARE + (1 - RARE) * program.common)
    assert torch.equal(found["this", 0], start)
    close(found["this", 5], end, atol=1e-3, rtol=0)
    assert (end - start).abs().amax(-1).min() > 0.005


def test_the_fork_is_after_so_many_steps_and_no_more(thetas, adam):
    rows = forks.measure(SEEDS, 8, 0.02, before=5, after=9)
    assert {row["before"] for row in rows} == {5}
    assert max(row["step"] for row in rows) == 9
    found = thetas(rows)
    for name, program in PROGRAMS.items():
        for one, theta in zip(found[name, 0], adam.theta):
            assert torch.equal(one, theta) != program.fresh
    assert not torch.equal(found["common masked", 9],
                           found["masked, second moment kept", 9])


# --- conflict, features and forgetting --------------------------------------

def test_harm_is_that_of_steps_along_three_ways():
    gradients = torch.tensor([[1.0, 0.0], [1.0, 1.0]])

    def losses(theta):   # both are 7, and straight
        return 7 + theta @ gradients.mT

    found = conflict.harms(losses, torch.zeros(1, 2), torch.tensor(
        [[1.0, 3.0]]), gradients[None])
    # of what the second loses the first loses 1/4, along the plain one 1/2
    assert {name: value.item() for name, value in found.items()} == approx({
        "harm": -0.125, "harm_short": -0.03125, "harm_plain": -0.15,
        "own": -0.2, "own_short": -0.05, "own_plain": -0.2})


def test_each_moment_has_the_state_of_training_then(monkeypatch):
    net = parity.Parity(32, FEW)
    places = parity.drawn(FEW, conflict.PLACES, SEEDS)
    adam, states = Adam.start(net.draw(SEEDS)), {}
    rates = net.rates(torch.full((2,), 0.03))
    even = torch.full((2, FEW), 1 / FEW)
    for step in parity.train(net, adam, places, even, 0.03, 200, SEEDS):
        states[step] = adam.theta.clone(), adam.metric(rates)
    monkeypatch.setattr(conflict, "REACHED", 0.66)
    found = conflict.moments(net, places, 0.03, 20, 200, SEEDS)
    assert [*found] == ["start", "same step", "same loss"]
    close(found["start"], (net.draw(SEEDS), torch.ones_like(rates)))
    close(found["same step"], states[20])
    # each seed's weights are those of its own first look below the loss
    test = parity.exam(places, parity.EXAM, 1)
    losses = {step: parity.graded(net, theta, *test)[0].mean(-1)
              for step, (theta, _) in states.items() if step % OFTEN == 0}
    for i in range(2):
        first = min(step for step in losses if losses[step][i] <= 0.66)
        assert first > OFTEN
        for part, state in zip(found["same loss"], states[first]):
            close(part[i], state[i])


def test_the_loss_may_be_reached_never_or_from_the_start(monkeypatch):
    def rows(steps):
        return pd.DataFrame(conflict.measure(SEEDS, 8, 0.02, 12, steps))
    never = rows(6)
    assert [*zip(never.moment, never.seed)] == [
        (moment, seed) for moment in ("start", "same step") for seed in SEEDS]
    pd.testing.assert_frame_equal(never, rows(24))
    monkeypatch.setattr(conflict, "REACHED", 9.0)
    names = ["seed", "loss", "cosine", "harm_plain", "dedication"]
    values = rows(24).set_index("moment")[names].values.tolist()
    assert len(values) == 6 and values[:2] == values[4:]   # start, same loss


def test_rows_of_features_are_about_the_weights_that_were_fitted():
    one, other = features.measure([4, 2], m=8, p=0.1, steps=100)
    W, b = superposition.fit(8, 0.1, 100, [4, 2])
    assert other == dict(m=8, p=0.1, seed=2, **{
        name: approx(values[1].item()) for name, values in {
            "loss": superposition.relative_loss(W, b, 0.1, features.NEW),
            "overlap": superposition.overlap(W),
            "packed": superposition.packed(W),
            "represented": ((W**2).sum(1) > 0.5).float().mean(1)}.items()})
    assert one["seed"] == 4 and one["loss"] != other["loss"]


def test_features_of_weights_that_are_not_finite_are_not_counted(monkeypatch):
    W, b = superposition.fit(8, 0.1, 100, SEEDS)
    W[0, 3, 5] = nan
    monkeypatch.setattr(superposition, "fit", lambda *_: (W, b))
    lost, other = features.measure(SEEDS, m=8, p=0.1, steps=100)
    assert all(lost[name] != lost[name] for name in (
        "loss", "overlap", "packed", "represented"))
    assert 0 < other["represented"] < 1


def test_a_dead_and_a_diverged_network_do_not_stop_the_others():
    seeds = [4, 2, 3]
    net, places = parity.Parity(8, FEW), parity.drawn(FEW, 2, seeds)
    theta = net.draw(seeds)
    metric = torch.ones_like(theta)
    known = conflict.compared(net, theta, metric, places)[0]
    theta[1] = 0    # no gradient
    theta[2, 0] = nan
    alive, dead, lost = conflict.compared(net, theta, metric, places)
    assert alive == approx(known) and len(known) > 10
    for row, left in ((dead, {"loss", "spare"}), (lost, set())):
        assert {name for name, value in row.items() if value == value} == left


def test_one_half_is_taught_after_the_other_or_both_are_shuffled(monkeypatch):
    train, calls = parity.train, []

    def spy(net, *state):
        calls.append(state)
        return train(net, *state)

    monkeypatch.setattr(parity, "train", spy)
    rows = pd.DataFrame(forgetting.measure(SEEDS, 32, 0.03, 150))
    looks = parity.looks(150)
    assert {*rows.step} == looks and len(rows) == 8 * len(looks)
    ends = rows.set_index(["order", "phase", "step"])[["a", "b"]].sort_index()
    assert ends.loc["sequential", "A"].b.between(0.35, 0.65).all()   # not yet
    for order, phase, half in (("sequential", "A", "a"),
                               ("sequential", "B", "b"),
                               ("shuffled", "B", "a")):
        assert (ends.loc[order, phase, 150][half] > 0.7).all()
    (adam, places, first, *_, seeds), (same, where, second, *_, later) = calls
    assert adam is same and torch.equal(places, where)
    assert (seeds, later) == (2 * SEEDS, 2 * LATER)
    a = [2 / FEW] * (FEW // 2) + [0] * (FEW // 2)
    assert first.tolist() == [a] * 2 + [[1 / FEW] * FEW] * 2
    assert second.tolist() == [a[::-1]] * 2 + [[1 / FEW] * FEW] * 2


# --- price ------------------------------------------------------------------

def test_balanced_batches_have_as_many_new_examples_of_every_task():
    places = parity.drawn(4, 3, SEEDS)
    (x, y), (new, _) = islice(price.balanced(places, 8, SEEDS), 2)
    signs, names = x.split([parity.BITS, 4], -1)
    drawn = next(parity.draws(4 * 8, SEEDS))[0]
    assert torch.equal(signs.flatten(1, 2), drawn) and not torch.equal(x, new)
    for task in range(4):
        assert (names[:, task].argmax(-1) == task).all()
        assert torch.equal(y[1, task], signs[1, task][
            :, places[1, task]].prod(-1))


LOW, HIGH = [0.3] * (FEW - 1), [0.9] * (FEW - 1)


@pytest.mark.parametrize("copies, losses, needed, last", [
    (1, [[*HIGH, 0.0, *HIGH, 9.0], [*LOW, 1.0, *HIGH, 0.0],   # the mean, and
         [*HIGH, 0.9, *LOW, 9.0], [*LOW, 0.3, *LOW, 0.1]],    # no step more
     [5, 15], 15),
    (2, [[0.9, 0.2, 0.4, 0.4], [0.6, 0.4, 0.9, 0.9]], [5, 0], 5),
    (1, [[0.9, 0.2], [0.6, 0.6], [nan, 0.1], [0.9, 0.6], [0.6, 0.3]],
     [nan, 0], 20)])                                          # never
def test_the_steps_needed_are_those_until_the_mean_loss_is_reached(
        copies, losses, needed, last, monkeypatch):
    exams, seeds = iter(losses), list(range(2 * copies))
    monkeypatch.setattr(price, "REACHED", 0.5)
    monkeypatch.setattr(parity, "graded", lambda *_: (
        torch.tensor(next(exams)).view(len(seeds), -1), None))
    tasks = FEW if copies == 1 else 1
    found = price.race(parity.Parity(2, tasks), parity.drawn(tasks, 2, seeds),
                       0.02, 4 * OFTEN, seeds, copies)
    assert found == (approx(needed, nan_ok=True), last)


def test_surgery_without_conflict_is_joint_training(monkeypatch):
    # Adam does not see that the gradient is FEW times as large
    monkeypatch.setattr(price, "pcgrad",
                        lambda gradients, generator: gradients.sum(-2))
    monkeypatch.setattr(price, "REACHED", 0.5)
    monkeypatch.setattr(price, "HARD", 2)
    joint, surgery = ([row["needed"] for row in price.measure(
        SEEDS, 32, way, 0.03, 300)] for way in ("joint", "surgery"))
    assert joint == approx(surgery, abs=OFTEN)
    assert 50 < min(joint) <= max(joint) < 300


def test_alone_every_task_has_a_network_and_examples_of_its_own(monkeypatch):
    calls = []

    def race(net, places, lr, steps, *rest):
        calls.append((net, places, *rest))
        return [10.0, 20.0], 20

    monkeypatch.setattr(price, "race", race)
    for way in price.WAYS:
        rows = price.measure(SEEDS, 20, way, 0.02, 30)
        assert [(row["way"], row["seed"], row["needed"]) for row in rows] == [
            (way, 4, 10), (way, 2, 20)]
    nets, places, seeds, copies, generators = zip(*calls)
    assert nets == (parity.Parity(20, FEW), parity.Parity(20, FEW),
                    parity.Parity(20, 1), parity.Parity(20 // FEW, 1))
    assert copies == (1, 1, FEW, FEW)
    assert [*map(bool, generators)] == [False, True, False, False]
    assert seeds[0] == seeds[1] == SEEDS and seeds[2] == seeds[3]
    assert len({*seeds[2]}) == 2 * FEW
    assert places[2].shape == (2 * FEW, 1, price.HARD)
    for other in places:
        assert torch.equal(other.view_as(places[0]), places[0])
