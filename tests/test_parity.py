"""Parity tasks, and the network that learns them."""
from itertools import islice

import pytest
import torch

from labkit.members import parity
from labkit.members.adam import Adam

approx = pytest.approx
close = torch.testing.assert_close
SEEDS = [3, 5]
# Sums in another order, in float32; Adam lifts that, where a gradient is all
# but zero, to a share of a step of 0.02
NEAR = dict(rtol=1e-4, atol=1e-3)


def drawn(tasks, k, seeds):
    return torch.stack([parity.places(tasks, k, seed) for seed in seeds])


def even(members, tasks):
    return torch.full((members, tasks), 1 / tasks)


def trained(net, seeds, steps, lr=0.02, frequencies=None, k=2, **rest):
    """The weights after so many steps, and the tasks' places."""
    places = drawn(net.tasks, k, seeds)
    if frequencies is None:
        frequencies = even(len(seeds), net.tasks)
    adam = Adam.start(net.draw(seeds))
    for _ in parity.train(net, adam, places, frequencies, lr, steps, seeds,
                          **rest):
        pass
    return adam.theta, places


# --- the tasks --------------------------------------------------------------

@pytest.mark.parametrize("tasks, k", [(1, 1), (120, 2), (560, 3)])
def test_all_tasks_are_different_sets_of_places(tasks, k):
    found = parity.places(tasks, k, seed=0)
    assert found.shape == (tasks, k)
    assert found.min() >= 0 and found.max() < parity.BITS
    sets = {frozenset(row) for row in found.tolist()}
    assert len(sets) == tasks and {len(one) for one in sets} == {k}


@pytest.mark.parametrize("tasks, k", [(0, 2), (121, 2)])
def test_more_tasks_than_there_are_sets_of_places_are_refused(tasks, k):
    with pytest.raises(ValueError, match=r"\btasks\b"):
        parity.places(tasks, k, seed=0)


def test_each_seed_has_tasks_of_its_own():
    one, again, other = drawn(16, 2, [1, 1, 2])
    assert torch.equal(one, again) and not torch.equal(one, other)


def test_the_power_law_falls_by_rank():
    assert parity.power_law(3, 1.0).tolist() == approx([6 / 11, 3 / 11,
                                                        2 / 11])
    assert parity.power_law(4, 0.0).tolist() == approx([0.25] * 4)
    found = parity.power_law(16, 1.5)
    assert found.sum().item() == approx(1)
    assert (found[0] / found[8]).item() == approx(27)


def test_the_label_is_the_product_of_the_signs_in_the_tasks_places():
    signs = torch.ones(2, 3, parity.BITS)
    signs[0, :, 4] = -1
    signs[1, 2, [4, 9]] = -1
    task = torch.tensor([[0, 1, 2], [0, 1, 2]])
    places = torch.tensor([[[4, 9, 0], [0, 1, 2], [3, 4, 5]],
                           [[4, 9, 0], [0, 1, 2], [9, 5, 6]]])
    x, y = parity.encode(signs, task, places)
    assert y.tolist() == [[-1, 1, -1], [1, 1, -1]]
    assert x.shape == (2, 3, parity.BITS + 3)
    assert torch.equal(x[..., :parity.BITS], signs)
    name = parity.NAME * torch.eye(3)
    assert torch.equal(x[..., parity.BITS:], name.expand(2, 3, 3))


def test_a_stream_is_made_of_the_signs_and_the_numbers_that_are_drawn():
    places = drawn(4, 2, SEEDS)
    drawing = parity.draws(64, SEEDS)
    for x, _, task in islice(parity.stream(places, even(2, 4), 64, SEEDS), 2):
        signs, numbers = next(drawing)
        assert torch.equal(x[..., :parity.BITS], signs)
        assert torch.equal(task, (numbers * 4).long())


def test_a_stream_goes_on_with_new_examples_of_its_members_own_tasks():
    places = drawn(4, 3, SEEDS)
    frequencies = torch.tensor([[0.4, 0.3, 0.2, 0.1]]).repeat(2, 1)
    seen = set()
    for x, y, task in islice(parity.stream(places, frequencies, 8, SEEDS),
                             2 * parity.CHUNK + 1):
        assert x.shape == (2, 8, parity.BITS + 4)
        signs = x[..., :parity.BITS]
        assert (signs.abs() == 1).all() and task.shape == y.shape == (2, 8)
        again, labels = parity.encode(signs, task, places)
        assert torch.equal(x, again) and torch.equal(y, labels)
        seen.add(tuple(signs.flatten().tolist()))
    assert len(seen) == 2 * parity.CHUNK + 1


def test_members_of_one_seed_see_the_same_signs_and_others_do_not():
    seeds = [7, 2, 7, 7]
    places = drawn(4, 2, seeds)
    frequencies = torch.tensor([[0.4, 0.3, 0.2, 0.1]] * 3 + [[0, 0, 0, 1.0]])
    for x, _, task in islice(parity.stream(places, frequencies, 64, seeds),
                             3):
        one, other, same, rare = x[..., :parity.BITS]
        assert torch.equal(one, same) and torch.equal(one, rare)
        assert not torch.equal(one, other)
        assert torch.equal(task[0], task[2])
        assert not torch.equal(task[0], task[1])
        assert (task[3] == 3).all()


def test_a_stream_gives_a_seed_the_same_alone_as_among_others():
    frequencies = torch.tensor([[0.5, 0.3, 0.2]])
    seeds = [7, 2, 4]
    places = drawn(3, 2, seeds)
    among = parity.stream(places, frequencies.repeat(3, 1), 16, seeds)
    alone = parity.stream(places[1:2], frequencies.clone(), 16, seeds[1:2])
    for many, one in islice(zip(among, alone), parity.CHUNK + 1):
        for a, b in zip(many, one):
            assert torch.equal(a[1], b[0])


def test_a_stream_has_fair_signs_and_tasks_as_frequent_as_they_should_be():
    wanted = torch.tensor([[0.5, 0.3, 0.2, 0.0], [0.0, 0.1, 0.0, 0.9]])
    places = drawn(4, 2, SEEDS)
    x, y, task = next(parity.stream(places, wanted.clone(), 40_000, SEEDS))
    for name, frequencies in zip(task, wanted):
        found = torch.bincount(name, minlength=4) / len(name)
        # four standard errors of a share of 40,000; nothing of what is zero
        close(found, frequencies, rtol=0, atol=0.01)
        assert (found[frequencies == 0] == 0).all()
    signs = x[..., :parity.BITS]
    assert signs.mean(1).abs().max() < 0.025
    assert y.mean(1).abs().max() < 0.025
    both = signs[0].T @ signs[0] / 40_000      # no two signs go together
    close(both, torch.eye(parity.BITS), rtol=0, atol=0.025)


@pytest.mark.parametrize("luck, tasks", [(0.0, [1, 0]), (1.0, [2, 2])])
def test_luck_at_the_edge_draws_no_task_of_frequency_zero(
        luck, tasks, monkeypatch):
    monkeypatch.setattr(torch, "rand", lambda *size, generator: torch.full(
        size, luck))
    frequencies = torch.tensor([[0.0, 0.5, 0.5], [0.3, 0.6, 0.09]])
    task = next(parity.stream(drawn(3, 2, SEEDS), frequencies, 4, SEEDS))[2]
    assert task.tolist() == [[one] * 4 for one in tasks]


def test_an_exam_asks_every_member_the_same_of_its_own_tasks():
    places = drawn(4, 3, SEEDS)
    x, y = parity.exam(places, 32, seed=1)
    assert x.shape == (2, 4, 32, parity.BITS + 4) and y.shape == (2, 4, 32)
    signs = x[..., :parity.BITS]
    assert torch.equal(signs[0], signs[1])
    for member in range(2):
        for task in range(4):
            where = places[member, task]
            assert torch.equal(y[member, task],
                               signs[member, task][:, where].prod(-1))
            name = x[member, task, :, parity.BITS:]
            assert (name.argmax(-1) == task).all()
            assert (name.sum(-1) == parity.NAME).all()
    for again, same in ((parity.exam(places, 32, 1), True),
                        (parity.exam(places, 32, 2), False)):
        assert torch.equal(again[0], x) == same


# --- the network ------------------------------------------------------------

def test_a_network_computes_what_its_layers_say():
    net = parity.Net(3, 2)
    assert net.inputs == 18 and net.size == 3 * 18 + 3
    theta = torch.arange(2.0 * net.size).view(2, net.size) / net.size - 1
    into, out = net.layers(theta)
    assert into.shape == (2, 18, 3) and out.shape == (2, 3, 1)
    back = torch.cat([into.flatten(1), out.flatten(1)], 1)
    assert torch.equal(back, theta)
    x = torch.randn(2, 5, 18, generator=torch.Generator().manual_seed(0))
    found = net(theta, x)
    assert found.shape == (2, 5)
    for member in range(2):
        hidden = (x[member] @ into[member]).clamp(min=0)
        close(found[member], hidden @ out[member, :, 0])


@pytest.mark.parametrize("change", [dict(width=0), dict(tasks=0)])
def test_a_network_that_cannot_be_is_refused(change):
    name, = change
    with pytest.raises(ValueError, match=rf"\b{name}\b"):
        parity.Net(**{"width": 4, "tasks": 4, **change})


@pytest.mark.parametrize("width", [64, 1024])
def test_weights_start_as_large_as_mup_says(width):
    net = parity.Net(width, 8)
    theta = net.draw([0, 1, 2, 3])
    into, out = net.layers(theta)
    assert into.std().item() == approx(24**-0.5, rel=0.05)
    assert out.std().item() == approx(0.8 / width, rel=0.15)
    assert abs(into.mean()) < 0.01 and theta.isfinite().all()


def test_a_seed_draws_the_same_weights_alone_as_among_others():
    net = parity.Net(8, 2)
    theta = net.draw([3, 5])
    assert theta.shape == (2, net.size)
    assert torch.equal(net.draw([5])[0], theta[1])
    assert not torch.isclose(theta[0], theta[1]).any()


def test_the_rates_are_those_of_mup():
    net = parity.Net(256, 2)
    rates = net.rates(torch.tensor([0.1, 0.2]))
    assert rates.shape == (2, net.size)
    for member, lr in zip(rates, (0.1, 0.2)):
        assert member[:-256].unique().tolist() == approx([lr])
        assert member[-256:].unique().tolist() == approx([lr / 4])
    assert (parity.Net(64, 2).rates(torch.ones(1)) == 1).all()


def test_a_step_changes_the_outputs_as_much_in_wide_as_in_narrow_networks():
    seeds = list(range(8))
    places = drawn(2, 1, seeds)
    changes = []
    for width in (64, 2048):
        net = parity.Net(width, 2)
        theta = net.draw(seeds)
        x, y, _ = next(parity.stream(places, even(8, 2), 64, seeds))
        gradient = net.gradient(theta, x, y, torch.ones_like(y))
        adam = Adam.start(theta)
        adam.step(gradient, net.rates(torch.full((8,), 0.001)))
        change = net(adam.theta, x) - net(theta, x)
        changes.append(change.square().mean().sqrt().item())
    assert changes[0] > 0
    # in standard units it would be a factor of 4 or more
    assert changes[1] / changes[0] == approx(1, rel=0.4)


# --- the gradient -----------------------------------------------------------

def by_autograd(net, theta, x, y, weight):
    theta = theta.clone().requires_grad_()
    loss = torch.nn.functional.softplus(-y * net(theta, x))
    (weight * loss).mean(-1).sum().backward()
    return theta.grad


def test_the_gradient_is_that_of_autograd_whatever_the_weights():
    net, seeds = parity.Net(6, 4), [0, 1, 2]
    theta = net.draw(seeds).double()
    theta[..., -6:] *= 20       # far from a loss that is linear
    x, y, task = next(parity.stream(drawn(4, 2, seeds), even(3, 4), 32,
                                    seeds))
    x, y, weight = x.double(), y.double(), task.double() / 10 - 0.2
    found = net.gradient(theta, x, y, weight)
    assert found.shape == theta.shape and found.is_contiguous()
    close(found, by_autograd(net, theta, x, y, weight))
    assert not net.gradient(theta, x, y, 0 * weight).any()


def test_the_gradients_of_the_tasks_are_those_of_autograd():
    net = parity.Net(6, 4)
    theta = net.draw(SEEDS).double()
    x, y = (part.double() for part in parity.exam(drawn(4, 2, SEEDS), 16, 0))
    weight = torch.linspace(0.5, 2, 16).double().expand_as(y)
    found = net.gradient(theta[:, None], x, y, weight)
    assert found.shape == (2, 4, net.size)
    for task in range(4):
        close(found[:, task], by_autograd(
            net, theta, x[:, task], y[:, task], weight[:, task]))
    mean = net.gradient(theta, x.flatten(1, 2), y.flatten(1, 2),
                        weight.flatten(1, 2))
    close(found.mean(1), mean)


def test_a_sure_and_wrong_answer_still_has_a_gradient():
    net = parity.Net(1, 1)
    theta = torch.full((1, net.size), 1.0)
    theta[:, -1] = 1e4
    x = torch.ones(1, 1, net.inputs)
    for label, pull in ((-1.0, 1.0), (1.0, 0.0)):
        found = net.gradient(theta, x, torch.tensor([[label]]),
                             torch.ones(1, 1))
        assert found[0, -1].item() == approx(pull * net.inputs)
        assert found[0, 0].item() == approx(pull * 1e4)


# --- training ---------------------------------------------------------------

def test_training_yields_the_number_of_steps_that_were_made():
    net = parity.Net(4, 2)
    adam = Adam.start(net.draw(SEEDS))
    start, found = adam.theta.clone(), []
    for step in parity.train(net, adam, drawn(2, 2, SEEDS), even(2, 2), 0.02,
                             5, SEEDS):
        found.append(step)
        assert (adam.steps == step).all()
        assert torch.equal(adam.theta, start) == (step == 0)
    assert found == [0, 1, 2, 3, 4, 5]
    assert (adam.steps == 5).all()      # nothing after the last


def test_a_step_follows_the_gradient_of_the_mean_loss_of_new_examples():
    net = parity.Net(8, 3)
    places, mix = drawn(3, 2, SEEDS), torch.tensor([[0.5, 0.3, 0.2]] * 2)
    found, _ = trained(net, SEEDS, 3, frequencies=mix)
    adam = Adam.start(net.draw(SEEDS))
    for x, y, _ in islice(parity.stream(places, mix, parity.BATCH, SEEDS), 3):
        adam.step(net.gradient(adam.theta, x, y, torch.ones_like(y)),
                  net.rates(torch.full((2,), 0.02)))
    assert torch.equal(found, adam.theta)


def test_a_member_learns_alone_what_it_learns_among_others():
    net, seeds = parity.Net(16, 4), [7, 2, 4]
    among, _ = trained(net, seeds, 20)
    for member, seed in enumerate(seeds):
        alone, _ = trained(net, [seed], 20)
        close(alone[0], among[member], **NEAR)
    assert not torch.isclose(among[0], among[1]).any()


def test_members_of_one_seed_are_one_network():
    one, other, again = trained(parity.Net(16, 4), [7, 2, 7], 20)[0]
    close(one, again, **NEAR)
    assert not torch.isclose(one, other).any()


def test_a_task_of_weight_zero_might_as_well_have_other_labels():
    net, places = parity.Net(8, 3), drawn(3, 2, SEEDS)
    changed = places.clone()
    changed[:, 1] = (places[:, 1] + 1) % parity.BITS
    ends = {}
    for name, weight in (("ignored", [1, 0, 1]), ("heeded", [1, 1, 1])):
        for where in (places, changed):
            adam = Adam.start(net.draw(SEEDS))
            for _ in parity.train(net, adam, where, even(2, 3), 0.02, 10,
                                  SEEDS, torch.tensor([weight] * 2)):
                pass
            ends.setdefault(name, []).append(adam.theta)
    assert torch.equal(*ends["ignored"])
    assert not torch.equal(*ends["heeded"])
    # nothing teaches the name of a task that is ignored
    into = net.layers(ends["ignored"][0])[0][:, parity.BITS + 1]
    assert torch.equal(into, net.layers(net.draw(SEEDS))[0][
        :, parity.BITS + 1])


def test_weights_weigh_the_losses_of_the_tasks():
    net, places = parity.Net(8, 2), drawn(2, 2, SEEDS)
    weights = torch.tensor([[1.0, 0.1], [0.5, 3.0]])
    found, _ = trained(net, SEEDS, 3, weights=weights)
    adam = Adam.start(net.draw(SEEDS))
    for x, y, task in islice(parity.stream(
            places, even(2, 2), parity.BATCH, SEEDS), 3):
        weight = torch.stack([w[t] for w, t in zip(weights, task)])
        adam.step(net.gradient(adam.theta, x, y, weight),
                  net.rates(torch.full((2,), 0.02)))
    assert torch.equal(found, adam.theta)
    assert torch.equal(trained(net, SEEDS, 3)[0],
                       trained(net, SEEDS, 3, weights=torch.ones(2, 2))[0])


def test_an_easy_task_is_learned():
    net = parity.Net(32, 1)
    theta, places = trained(net, SEEDS, 200)
    test = parity.exam(places, 512, seed=9)
    loss, right = parity.graded(net, theta, *test)
    before = parity.graded(net, net.draw(SEEDS), *test)
    assert loss.shape == right.shape == (2, 1)
    assert (right > 0.9).all() and (loss < 0.3).all()
    assert (before[1] < 0.7).all() and before[0].mean().item() == approx(
        0.69, abs=0.1)


def test_answers_are_graded_by_their_sign_and_their_loss():
    net = parity.Net(1, 2)
    theta = torch.zeros(2, net.size)
    into, out = net.layers(theta)
    into[0, 0], out[0] = 1.0, 2.0    # says 2 where the first sign is plus
    places = torch.tensor([[[0], [1]]] * 2)
    x, y = parity.exam(places, 64, seed=0)
    loss, right = parity.graded(net, theta, x, y)
    for task in range(2):
        says = 2 * (x[0, task, :, 0] > 0)
        margin = y[0, task] * says
        assert right[0, task].item() == approx((margin > 0).float().mean())
        assert loss[0, task].item() == approx(
            (1 + (-margin).exp()).log().mean().item())
    assert (right[1] == 0).all()     # zero is no answer
    assert loss[1].tolist() == approx([0.6931] * 2, abs=1e-4)
