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


@pytest.mark.parametrize("places, losses", [
    (torch.float32, torch.float64), (torch.float64, torch.float32),
    (torch.float16, torch.float32), (torch.bfloat16, torch.float64)])
def test_losses_may_be_of_another_number_type_than_weights(places, losses):
    height = paths.barrier(lambda t: wells(t.to(losses)), *(
        point(x, 0).to(places) for x in (-1, 1)), 25)
    assert height == approx(1, rel=1e-6)


def test_the_barrier_of_a_path_that_is_lost_is_not_a_number():
    # at an end, or between them
    for at in (-1, 0.5, 1):
        def lost(theta, at=at):
            return wells(theta).where(theta[0] != at, math.nan)
        assert math.isnan(paths.barrier(lost, point(-1, 0), point(1, 0), 25))


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


@pytest.mark.parametrize("odd", [False, True])
@pytest.mark.parametrize("sizes", [(1e-30, 1e-25), (1e25, 1e30)])
def test_alignment_is_the_same_for_small_and_large_weights(sizes, odd):
    a, b = torch.randn(2, 2, 6, 6, generator=torch.Generator().manual_seed(0))
    found = paths.align([*(sizes[0] * a)], [*(sizes[1] * b)], odd)
    close(torch.stack(found), sizes[1] * torch.stack(
        paths.align([*a], [*b], odd)), rtol=1e-6, atol=0)


@pytest.mark.parametrize("value", [math.nan, math.inf])
def test_a_network_that_diverged_is_aligned_with_none(value):
    a, b = torch.randn(2, 2, 3, 3, generator=torch.Generator().manual_seed(0))
    a[1, 2, 0] = value
    for one, other in ((a, b), (b, a)):
        close(torch.stack(paths.align([*one], [*other])), other,
              equal_nan=True)


@pytest.mark.parametrize("size", [1e-30, 1.0, 1e30])
def test_a_direction_is_as_long_as_the_weights_of_each_neuron(size):
    net = digits.Tanh(5, 2)
    layers = net.layers(size * net.draw([0])[0])
    for part, weights in zip(paths.direction(layers, 3), layers):
        close((part / size).norm(dim=0), (weights / size).norm(dim=0))
        assert (part / size).norm() > 1


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
    for size in (1, 1e-300, 4e307):
        assert paths.bends_down(size * z) == approx(share)
    wall = 1e-200 * z
    wall[0, 0] = 1    # a corner of the hundred places is beside it
    assert paths.bends_down(wall) == approx(share, abs=0.01)
    for size in (1e-34, 1e38):
        assert paths.bends_down(size * (z / 4).float()) == approx(share)
    for value in (math.nan, math.inf):
        z[3, 3] = value
        assert math.isnan(paths.bends_down(z))
