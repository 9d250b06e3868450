"""Lines and planes of landscapes whose shape is known."""
import math

import pytest
import torch

from labkit.landscape import paths
from labkit.members import networks as nets

approx = pytest.approx


def point(*values):
    return torch.tensor(values, dtype=torch.float64)


def bowl(theta):
    return (theta @ torch.arange(1.0, len(theta) + 1).diag().to(theta)
            @ theta) / 2


def wells(theta):
    """Two wells along the first axis, at -1 and 1, one high between."""
    return (theta[0] ** 2 - 1) ** 2 + (theta[1:] ** 2).sum()


# --- lines ------------------------------------------------------------------

def test_a_line_has_both_ends_and_equal_steps():
    losses = paths.line(lambda t: t[0], point(1, 0), point(3, 0), 5)
    torch.testing.assert_close(losses, point(1, 1.5, 2, 2.5, 3))


def test_a_convex_loss_has_no_barrier():
    generator = torch.Generator().manual_seed(0)
    for _ in range(5):
        a, b = torch.randn(2, 6, generator=generator, dtype=torch.float64)
        assert paths.barrier(bowl, a, b, 9) == 0


def test_the_barrier_of_two_wells_is_the_height_between_them():
    assert paths.barrier(wells, point(-1, 0), point(1, 0), 25) == approx(1)
    # above the straight line between ends that differ in height
    tilted = paths.barrier(lambda t: wells(t) + 5 * t[0], point(-1, 0),
                           point(1, 0), 25)
    assert tilted == approx(1)
    assert paths.barrier(wells, point(-1, 0), point(-1, 0), 3) == 0


def test_a_barrier_is_the_same_from_either_side_and_never_below_zero():
    net = nets.Net(4)
    a, b = net.draw([0, 1])
    there, back = (paths.barrier(net.loss, *ends, 9)
                   for ends in ((a, b), (b, a)))
    assert there == approx(back, rel=1e-3, abs=1e-5) and there >= 0
    assert paths.barrier(lambda t: -bowl(t), point(0, 1), point(1, 0),
                         9) > 0


@pytest.mark.parametrize("a, b, points", [
    (point(0), point(1), 2), (point(0), point(0, 1), 5)])
def test_a_line_that_cannot_be_is_refused(a, b, points):
    with pytest.raises(ValueError, match=r"\bpoints\b.*\bshapes\b"):
        paths.barrier(bowl, a, b, points)


# --- alignment --------------------------------------------------------------

def shuffled(layers, seed):
    """The same function, the neurons of each hidden layer in other places."""
    generator = torch.Generator().manual_seed(seed)
    layers = list(layers)
    for i in range(len(layers) - 1):
        order = torch.randperm(layers[i].shape[1], generator=generator)
        layers[i] = layers[i][:, order]
        layers[i + 1] = layers[i + 1][order]
    return layers


@pytest.mark.parametrize("depth", [1, 2])
def test_alignment_undoes_another_order_of_the_neurons(depth):
    net = nets.Net(12, depth)
    x = nets.digits()[0].float()
    for seed in range(3):
        theta = net.draw([seed])[0]
        layers = net.layers(theta)
        other = shuffled(layers, seed)
        torch.testing.assert_close(net(net.flat(other), x), net(theta, x))
        assert not torch.equal(net.flat(other), theta)
        before = [layer.clone() for layer in other]
        assert torch.equal(net.flat(paths.align(layers, other)), theta)
        assert all(map(torch.equal, before, other))   # left as it was


@pytest.mark.parametrize("depth", [1, 2])
def test_alignment_brings_networks_closer_and_keeps_the_function(depth):
    net = nets.Net(12, depth)
    x = nets.digits()[0].float()
    a, b = net.draw([0, 1])
    aligned = net.flat(paths.align(net.layers(a), net.layers(b)))
    torch.testing.assert_close(net(aligned, x), net(b, x))
    assert (aligned - a).norm() < (b - a).norm()
    assert torch.equal(aligned.sort().values, b.sort().values)


@pytest.mark.parametrize("depth", [1, 2])
def test_alignment_of_an_odd_activation_undoes_signs_too(depth):
    net = nets.Net(8, depth)
    theta = net.draw([0])[0]
    layers = net.layers(theta)
    other = [layers[0] * -1, *layers[1:-1], layers[-1] * -1]
    if depth == 2:   # the second hidden layer reads and passes on -h
        other[-1] = layers[-1]
        other[1] = layers[1] * -1
    found = paths.align(layers, other, odd=True)
    assert all(torch.equal(x, y) for x, y in zip(found, layers))
    assert not torch.equal(net.flat(paths.align(layers, other)), theta)


def test_networks_of_other_shapes_cannot_be_aligned():
    layers = [net.layers(net.draw([0])[0])
              for net in (nets.Net(4), nets.Net(5), nets.Net(4, 2))]
    for other in layers[1:]:
        with pytest.raises(ValueError, match="shapes"):
            paths.align(layers[0], other)


# --- slices -----------------------------------------------------------------

def test_a_direction_is_as_long_as_the_weights_of_each_neuron():
    net = nets.Net(5, 2)
    layers = net.layers(net.draw([0])[0])
    parts = paths.direction(layers, 3)
    for part, weights in zip(parts, layers):
        torch.testing.assert_close(part.norm(dim=0), weights.norm(dim=0))
    again, other = (net.flat(paths.direction(layers, seed))
                    for seed in (3, 4))
    assert torch.equal(again, net.flat(parts))
    cosine = torch.nn.functional.cosine_similarity(again, other, dim=0)
    assert abs(cosine) < 0.5


def test_rows_of_a_slice_go_along_u_and_columns_along_v():
    u, v, theta = point(1, 0), point(0, 1), point(10, 200)
    heights = paths.slice(lambda t: t[0] + 1000 * t[1], theta, u, v,
                          reach=2.0, points=5)
    assert heights.shape == (5, 5)
    away = point(-2, -1, 0, 1, 2)
    torch.testing.assert_close(
        heights, 200_010 + away[:, None] + 1000 * away)
    net = nets.Net(4)
    a, u, v = net.draw([0, 1, 2])
    heights = paths.slice(net.loss, a, u, v, points=3)
    torch.testing.assert_close(heights[1, 1], net.loss(a))
    torch.testing.assert_close(heights[2, 0], net.loss(a + u - v))
    torch.testing.assert_close(paths.slice(net.loss, a, v, u, points=3),
                               heights.T)


@pytest.mark.parametrize("change", [
    dict(points=2), dict(reach=0.0), dict(reach=-1.0),
    dict(reach=math.nan)])
def test_a_slice_that_cannot_be_is_refused(change):
    name, = change
    with pytest.raises(ValueError, match=rf"\b{name}\b"):
        paths.slice(bowl, point(0, 0), point(1, 0), point(0, 1), **change)


def heights(loss, points=11):
    return paths.slice(loss, point(0.3, -0.2), point(1, 0), point(0, 1),
                       points=points)


@pytest.mark.parametrize("loss, share", [
    (lambda x, y: x**2 + 3 * y**2, 0),              # a bowl
    (lambda x, y: x**2 + y**2 + 1.9 * x * y, 0),    # a narrow one, rotated
    (lambda x, y: x**2 - y**2, 1), (lambda x, y: y**2 - x**2, 1),
    (lambda x, y: x * y, 1),          # a saddle, rotated by 45 degrees
    (lambda x, y: x**2 + y**2 + 2.1 * x * y, 1),    # a saddle, just so
    (lambda x, y: -x**2 - y**2, 1)])                # a hill
def test_bowls_bend_up_and_saddles_and_hills_bend_down(loss, share):
    found = paths.bends_down(heights(lambda t: loss(*t)))
    assert found == share and isinstance(found, float)


def test_a_plane_in_part_a_hill_bends_down_in_that_part():
    # x^3 curves down where x < 0: at 5 of the inner 10 rows
    found = paths.bends_down(paths.slice(
        lambda t: t[0] ** 3 + t[1] ** 2, point(0, 0), point(1, 0),
        point(0, 1), points=12))
    assert found == approx(0.5)


@pytest.mark.parametrize("value", [math.nan, math.inf])
def test_a_slice_with_a_hole_has_no_share(value):
    z = heights(bowl)
    z[3, 3] = value
    assert math.isnan(paths.bends_down(z))
