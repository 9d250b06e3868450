"""What all kinds of networks share, and the hand-written gradients."""
from itertools import islice

import pytest
import torch
from torch.nn.functional import cross_entropy, softplus

from labkit.members import digits, networks, parity

approx, close = pytest.approx, torch.testing.assert_close
each_kind = pytest.mark.parametrize("net, shapes, deviations", [
    (digits.Tanh(16), [(64, 16), (16, 10)], [1 / 4, 1 / 4]),
    (digits.Tanh(256, 3, "standard"),
     [(64, 256), (256, 256), (256, 256), (256, 10)],
     [1 / 8, 1 / 16, 1 / 16, 1 / 16]),
    (digits.Relu(200), [(64, 200), (200, 10)], [(2 / 64)**0.5, 0.1]),
    (parity.Parity(1024, 8), [(24, 1024), (1024, 1)],
     [24**-0.5, 0.8 / 1024])], ids=str)


@each_kind
def test_layers_and_flat_undo_each_other(net, shapes, deviations):
    assert net.shapes == shapes and net.deviations == approx(deviations)
    assert net.size == sum(i * o for i, o in shapes)
    theta = torch.arange(6.0 * net.size).view(2, 3, net.size)
    layers = net.layers(theta)
    assert [layer.shape[2:] for layer in layers] == shapes
    assert torch.equal(net.flat(layers), theta)


@each_kind
def test_a_seed_alone_makes_its_weights_as_in_the_records(net, shapes,
                                                          deviations):
    for layer, deviation in zip(net.layers(net.spread), deviations):
        assert layer.unique().tolist() == approx([deviation])
    theta = net.draw([3, 5, 3])
    for row, seed in zip(theta, [3, 5, 3], strict=True):
        assert torch.equal(row, net.spread * torch.randn(
            net.size, generator=torch.Generator().manual_seed(seed)))


@pytest.mark.parametrize("kind, settings", [
    (digits.Tanh, dict(width=0)), (digits.Tanh, dict(depth=0)),
    (digits.Tanh, dict(scaling="sp")), (digits.Relu, dict(width=0)),
    (parity.Parity, dict(width=0)), (parity.Parity, dict(tasks=0))])
def test_a_network_that_cannot_be_is_refused(kind, settings):
    name, = settings
    fine = {"width": 4} | ({"tasks": 4} if kind is parity.Parity else {})
    with pytest.raises(ValueError, match=rf"\b{name}\b"):
        kind(**fine | settings)


def test_members_are_dealt_the_numbers_of_their_seeds_in_any_company():
    def draw(generator):
        return [torch.rand(4, generator=generator),
                torch.randint(1000, (2, 4), generator=generator)]

    generator = torch.Generator().manual_seed(7)
    for dealt in islice(networks.deal([7, 2, 7], draw), 3):
        for part, own in zip(dealt, draw(generator), strict=True):
            assert len(part) == 3 and torch.equal(part[0], own)
            assert torch.equal(part[2], own)
            assert not torch.equal(part[1], own)


def by_autograd(loss, theta):
    theta = theta.clone().requires_grad_()
    return torch.autograd.grad(loss(theta).sum(), theta)[0]


def test_the_gradient_of_cross_entropy_is_that_of_autograd():
    net, seeds = digits.Relu(5), [0, 1]
    theta = net.draw(seeds).double()
    x, y = next(digits.batches(seeds, 1))
    x = x.double()
    close(net.gradient(theta, x, y), by_autograd(
        lambda theta: sum(cross_entropy(logits, labels) for logits, labels
                          in zip(net(theta, x), y)), theta))


def test_the_gradients_of_parities_are_those_of_autograd_task_by_task():
    net, seeds = parity.Parity(6, 4), [0, 1, 2]
    theta = net.draw(seeds).double()
    theta[..., -6:] *= 20       # far from a loss that is linear
    x, y = (part.double() for part in parity.exam(
        parity.drawn(4, 2, seeds), 16, 0))
    weight = torch.linspace(-0.5, 2, y.numel()).double().view_as(y)
    every = net.gradient(theta[:, None], x, y, weight)
    assert every.shape == (3, 4, net.size)
    for task in range(4):
        found = net.gradient(theta, x[:, task], y[:, task], weight[:, task])
        assert found.is_contiguous() and found.any()
        close(found, every[:, task])
        close(found, by_autograd(lambda theta, task=task: (
            weight[:, task] * softplus(-y[:, task] * net(theta, x[:, task]))
        ).mean(-1), theta))


def test_a_sure_and_wrong_answer_still_has_a_gradient():
    net = parity.Parity(1, 1)
    theta = torch.full((1, net.size), 1.0)
    theta[:, -1] = 1e4
    x = torch.ones(1, 1, net.inputs)
    for label, pull in ((-1.0, 1.0), (1.0, 0.0)):
        found = net.gradient(theta, x, torch.tensor([[label]]),
                             torch.ones(1, 1))
        assert found[0, -1].item() == approx(pull * net.inputs)
        assert found[0, 0].item() == approx(pull * 1e4)
