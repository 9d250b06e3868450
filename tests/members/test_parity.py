"""Parity tasks, and the network that learns them."""
from itertools import islice

import pytest
import torch

from labkit.members import parity
from labkit.members.adam import Adam

approx, close = pytest.approx, torch.testing.assert_close
SEEDS = [3, 5]
MIX = torch.tensor([[0.5, 0.3, 0.2]] * 2)


@pytest.mark.parametrize("tasks, k", [(1, 1), (120, 2), (560, 3)])
def test_all_tasks_of_a_seed_are_different_sets_of_places(tasks, k):
    one, again, other = parity.drawn(tasks, k, [1, 1, 3])
    assert one.shape == (tasks, k)
    sets = {frozenset(row) for row in one.tolist()}
    assert len(sets) == tasks and {len(each) for each in sets} == {k}
    assert frozenset.union(*sets) <= {*range(parity.BITS)}
    assert torch.equal(one, again) and not torch.equal(one, other)


@pytest.mark.parametrize("tasks", [0, 121])
def test_more_tasks_than_there_are_sets_of_places_are_refused(tasks):
    with pytest.raises(ValueError, match=r"\btasks\b"):
        parity.places(tasks, 2, seed=0)


def test_the_power_law_falls_by_rank():
    for exponent, wanted in (1.0, [6, 3, 2]), (0.0, [1, 1, 1]):
        found = parity.power_law(3, exponent)
        assert found.tolist() == approx([w / sum(wanted) for w in wanted])


def test_the_label_is_the_product_of_the_signs_in_the_tasks_places():
    signs = torch.ones(2, 3, parity.BITS)
    signs[0, :, 4] = -1
    signs[1, 2, [4, 9]] = -1
    task = torch.tensor([[0, 1, 2], [0, 1, 2]])
    places = torch.tensor([[[4, 9, 0], [0, 1, 2], [3, 4, 5]],
                           [[4, 9, 0], [0, 1, 2], [9, 5, 6]]])
    x, y = parity.encode(signs, task, places)
    assert y.tolist() == [[-1, 1, -1], [1, 1, -1]]
    assert torch.equal(x[..., :parity.BITS], signs)
    name = parity.NAME * torch.eye(3)
    assert torch.equal(x[..., parity.BITS:], name.expand(2, 3, 3))


def test_a_stream_is_made_of_what_the_seeds_draw_in_any_company():
    seeds = [7, 2, 7]
    places = parity.drawn(4, 3, seeds)
    mix = torch.tensor([[0.25] * 4, [0.25] * 4, [0.0, 0.0, 0.0, 1.0]])
    alone = parity.stream(places[:1], mix[:1], 8, [7])
    seen = set()
    for (x, y, task), one, (signs, numbers) in islice(zip(
            parity.stream(places, mix, 8, seeds), alone,
            parity.draws(8, seeds)), 2 * parity.CHUNK + 1):
        for found, known in zip((x, y), parity.encode(signs, task, places)):
            assert torch.equal(found, known)
        assert torch.equal(task[:2], (numbers[:2] * 4).long())
        assert (task[2] == 3).all()
        for found, known in zip((x, y, task), one):
            assert torch.equal(found[0], known[0])
        assert torch.equal(signs[0], signs[2]) and (signs.abs() == 1).all()
        assert not torch.equal(signs[0], signs[1])
        seen.add(tuple(signs.flatten().tolist()))
    assert len(seen) == 2 * parity.CHUNK + 1      # always new


def test_a_stream_has_fair_signs_and_tasks_as_frequent_as_they_should_be():
    wanted = torch.tensor([[0.5, 0.3, 0.2, 0.0], [0.0, 0.1, 0.0, 0.9]])
    places = parity.drawn(4, 2, SEEDS)
    x, y, task = next(parity.stream(places, wanted.clone(), 40_000, SEEDS))
    for name, frequencies in zip(task, wanted):
        found = torch.bincount(name, minlength=4) / len(name)
        # four standard errors of a share of 40,000; nothing of what is zero
        close(found, frequencies, rtol=0, atol=0.01)
        assert (found[frequencies == 0] == 0).all()
    signs = x[..., :parity.BITS]
    assert signs.mean(1).abs().max() < 0.025 > y.mean(1).abs().max()
    both = signs[0].T @ signs[0] / 40_000      # no two signs go together
    close(both, torch.eye(parity.BITS), rtol=0, atol=0.025)


@pytest.mark.parametrize("luck, tasks", [(0.0, [1, 0]), (1.0, [2, 2])])
def test_luck_at_the_edge_draws_no_task_of_frequency_zero(
        luck, tasks, monkeypatch):
    monkeypatch.setattr(torch, "rand", lambda *size, generator: torch.full(
        size, luck))
    frequencies = torch.tensor([[0.0, 0.5, 0.5], [0.3, 0.6, 0.09]])
    task = next(parity.stream(parity.drawn(3, 2, SEEDS), frequencies, 4,
                              SEEDS))[2]
    assert task.tolist() == [[one] * 4 for one in tasks]


def test_an_exam_asks_every_member_the_same_of_its_own_tasks():
    places = parity.drawn(4, 3, SEEDS)
    x, y = parity.exam(places, 32, seed=1)
    signs = x[:1, ..., :parity.BITS].expand(2, 4, 32, parity.BITS)
    task = torch.arange(4)[:, None].expand(2, 4, 32)
    for found, known in zip((x, y), parity.encode(
            signs, task, places[:, None].expand(2, 4, 4, 3)), strict=True):
        assert torch.equal(found, known)
    assert torch.equal(parity.exam(places, 32, 1)[0], x)
    assert not torch.equal(parity.exam(places, 32, 2)[0], x)


def test_the_rates_are_those_of_mup():
    net, lr = parity.Parity(256, 2), torch.tensor([0.1, 0.2])
    into, out = net.rates(lr).split([256 * 18, 256], -1)
    close(into, lr[:, None].expand_as(into))
    close(out, lr[:, None].expand_as(out) / 4)


@pytest.mark.parametrize("weights", [
    None, torch.tensor([[1.0, 0.1, 2.0], [0.5, 3.0, 0.0]])], ids=str)
def test_steps_follow_the_gradient_of_the_weighted_loss_of_new_examples(
        weights):
    net, places = parity.Parity(8, 3), parity.drawn(3, 2, SEEDS)
    adam, other = (Adam.start(net.draw(SEEDS)) for _ in range(2))
    made = parity.train(net, adam, places, MIX, 0.02, 3, SEEDS, weights)
    assert next(made) == 0
    examples = parity.stream(places, MIX, parity.BATCH, SEEDS)
    for step, (x, y, task) in zip(range(1, 4), examples):
        weight = torch.ones_like(y) if weights is None else torch.stack(
            [w[t] for w, t in zip(weights, task)])
        other.step(net.gradient(other.theta, x, y, weight),
                   net.rates(torch.full((2,), 0.02)))
        assert next(made) == step and (adam.steps == step).all()
        assert torch.equal(adam.theta, other.theta)
    assert [*made] == [] and (adam.steps == 3).all()


def test_answers_are_graded_by_their_sign_and_their_loss():
    net = parity.Parity(1, 2)
    theta = torch.zeros(2, net.size)
    into, out = net.layers(theta)
    into[0, 0], out[0] = 1.0, 2.0    # says 2 where the first sign is plus
    x, y = parity.exam(torch.tensor([[[0], [1]]] * 2), 64, seed=0)
    loss, right = parity.graded(net, theta, x, y)
    margin = y * 2 * (x[..., 0] > 0) * torch.tensor([1, 0])[:, None, None]
    close(right, (margin > 0).float().mean(-1))     # zero is no answer
    close(loss, (1 + (-margin).exp()).log().mean(-1))
    known = loss[1], right[1]
    into[0, -2:] = 1     # on for all examples
    for value in (float("nan"), float("inf")):
        out[0] = value
        for found, same in zip(parity.graded(net, theta, x, y), known):
            assert found[0].isnan().all() and torch.equal(found[1], same)


@pytest.mark.parametrize("size", [1e-30, 1.0, 1e25])
def test_the_weight_of_a_unit_is_that_into_it_times_that_out_of_it(size):
    net = parity.Parity(3, 1)
    theta = torch.zeros(1, net.size)
    into, out = net.layers(theta)
    into[0, :2], out[0, :, 0] = torch.tensor([3.0, 0, 6]), torch.tensor(
        [-2.0, 9, 1])
    into[0, 2, 0] = 4
    weight = net.weight(size * theta)[0]
    close(weight / weight[0], torch.tensor([
        1, 0, 72**0.5 / (34**0.5 * 2)]))
    theta[0, -1] = float("inf")
    assert net.weight(theta).isnan().all()
