"""Lines and planes of landscapes whose shape is known."""
import math
from itertools import permutations, product

import pytest
import torch

from labkit.landscape import paths
from labkit.members import digits

approx, close = pytest.approx, torch.testing.assert_close
X, Y = torch.eye(2, dtype=torch.float64)


def point(*values):
    return torch.tensor(values, dtype=torch.float64)


def bowl(theta):
    return (theta**2) @ torch.arange(1.0, len(theta) + 1).to(theta) / 2


def wells(theta):
    """Two wells along the first axis, at -1 and 1, one high between."""
    return (theta[0] ** 2 - 1) ** 2 + (theta[1:] ** 2).sum()


def test_a_line_has_both_ends_and_equal_steps():
    losses = paths.line(lambda t: t[0], X, 3 * X, 5)
    close(losses, point(1, 1.5, 2, 2.5, 3))


@pytest.mark.parametrize("loss, ends, height", [
    (bowl, ((1, 2, -3), (-2, 1, 0)), 0), (bowl, ((0, 4), (1, 0)), 0),
    (lambda t: -bowl(t), ((0, 1), (0, -1)), 1),
    (wells, ((-1, 0), (1, 0)), 1), (wells, ((-1, 0), (-1, 0)), 0),
    # above the straight line between ends that differ in height
    (lambda t: wells(t) + 5 * t[0], ((-1, 0), (1, 0)), 1)])
def test_the_barrier_is_the_height_above_the_straight_line(loss, ends,
                                                           height):
    for a, b in (ends, ends[::-1]):
        assert paths.barrier(loss, point(*a), point(*b), 25) == approx(height)


def shuffled(layers, signs):
    """The neurons of each hidden layer in other places, and other signs."""
    generator = torch.Generator().manual_seed(0)
    layers = [sign * layer for sign, layer in zip(signs, layers)]
    for i in range(len(layers) - 1):
        order = torch.randperm(layers[i].shape[1], generator=generator)
        layers[i] = layers[i][:, order]
        layers[i + 1] = layers[i + 1][order]
    return layers


@pytest.mark.parametrize("signs", [
    (1, 1), (1, 1, 1), (-1, -1), (-1, -1, 1), (1, -1, -1)])
def test_alignment_undoes_another_order_and_other_signs(signs):
    odd, net = -1 in signs, digits.Tanh(12, len(signs) - 1)
    theta = net.draw([0])[0]
    layers = net.layers(theta)
    other = shuffled(layers, signs)
    before = [layer.clone() for layer in other]
    close(net.loss(net.flat(other)), net.loss(theta))
    assert not torch.equal(net.flat(other), theta)
    assert torch.equal(net.flat(paths.align(layers, other, odd)), theta)
    assert all(map(torch.equal, before, other))   # left as it was
    if odd:    # signs are not free where the activation is not
        found = paths.align(layers, other)
        assert not torch.equal(net.flat(found), theta)


@pytest.mark.parametrize("odd, signs", [(False, (1,)), (True, (1, -1))])
@pytest.mark.parametrize("seed", range(4))
def test_alignment_finds_the_closest_of_all_orders_and_signs(odd, signs, seed):
    a, b = torch.randn(2, 2, 3, 3, generator=torch.Generator().manual_seed(
        seed))
    every = [torch.stack([b[0][:, order] * sign, b[1][order] * sign[:, None]])
             for order in map(list, permutations(range(3)))
             for sign in map(torch.tensor, product(signs, repeat=3))]
    found = torch.stack(paths.align([*a], [*b], odd))
    assert (found - a).norm() == min((other - a).norm() for other in every)


def test_a_direction_is_as_long_as_the_weights_of_each_neuron():
    net = digits.Tanh(5, 2)
    layers = net.layers(net.draw([0])[0])
    for part, weights in zip(paths.direction(layers, 3), layers):
        close(part.norm(dim=0), weights.norm(dim=0))


def test_rows_of_a_slice_go_along_u_and_columns_along_v():
    heights = paths.slice(lambda t: t[0] + 1000 * t[1], point(10, 200),
                          X, Y, reach=2.0, points=5)
    away = point(-2, -1, 0, 1, 2)
    close(heights, 200_010 + away[:, None] + 1000 * away)


@pytest.mark.parametrize("loss, share", [
    (lambda x, y: x**2 + 3 * y**2, 0),              # a bowl
    (lambda x, y: x**2 + y**2 + 1.9 * x * y, 0),    # a narrow one, rotated
    (lambda x, y: x**2 - y**2, 1), (lambda x, y: y**2 - x**2, 1),
    (lambda x, y: x * y, 1),          # a saddle, rotated by 45 degrees
    (lambda x, y: x**2 + y**2 + 2.1 * x * y, 1),    # a saddle, just so
    (lambda x, y: -x**2 - y**2, 1),                 # a hill
    (lambda x, y: x**3 + y**2, 0.5)])   # curves down where x < 0
def test_bowls_bend_up_and_saddles_and_hills_bend_down(loss, share):
    z = paths.slice(lambda t: loss(*t), point(0, 0), X, Y, points=12)
    assert paths.bends_down(z) == approx(share)
    for value in (math.nan, math.inf):
        z[3, 3] = value
        assert math.isnan(paths.bends_down(z))
