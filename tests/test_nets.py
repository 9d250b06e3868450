"""Small networks that read digits: their scalings, layers and descent."""
import pytest
import torch

from labkit.members import networks as nets

CLOSE = dict(rtol=1e-4, atol=1e-6)   # float32, in another order of sums
WIDE = 256                           # four times the width where all agree
MULTIPLIERS = {   # scaling -> squares at WIDE, from the docstring's table
    "standard": (1, 1, 1), "mup": (4, 1, 1 / 4), "ntk": (1, 1 / 4, 1 / 4)}


def loss(net, seeds=(0,)):
    return net.loss(net.draw(seeds))


def test_the_digits_are_standardised_and_their_targets_centred():
    x, y = nets.digits()
    assert x.shape == (nets.SAMPLES, 64) and y.shape == (nets.SAMPLES, 10)
    assert abs(x.mean()) < 1e-6 and x.std().item() == pytest.approx(1)
    assert torch.allclose(y.sum(1), torch.zeros(()).to(y), atol=1e-6)
    assert (y.max(1).values == y.max()).all() and y.max().item() == (
        pytest.approx(0.9))


@pytest.mark.parametrize("depth", [1, 3])
def test_at_width_64_the_three_scalings_are_one_network(depth):
    one, *others = [nets.Net(64, depth, scaling)
                    for scaling in nets.SCALINGS]
    for other in others:
        assert other.scales == one.scales
        assert torch.equal(other.draw([0, 1]), one.draw([0, 1]))
        assert torch.equal(loss(other), loss(one))
    wide = {loss(nets.Net(WIDE, depth, scaling)).item()
            for scaling in nets.SCALINGS}
    assert len(wide) > 1


def test_all_start_alike_but_for_mups_smaller_outputs():
    for scaling in nets.SCALINGS:
        net = nets.Net(WIDE, 2, scaling)
        for i, (layer, (a, _)) in enumerate(zip(
                net.layers(net.draw([0])[0]), net.scales)):
            shrunk = 0.5 if (scaling, i) == ("mup", 2) else 1
            spread = shrunk * layer.shape[0] ** -0.5
            assert (a * layer).std().item() == pytest.approx(spread, rel=0.1)


@pytest.mark.parametrize("scaling", nets.SCALINGS)
def test_a_step_changes_a_layer_by_the_square_of_its_multiplier(scaling):
    plain = nets.Net(WIDE, 2, "standard")
    net = nets.Net(WIDE, 2, scaling)
    start = plain.draw([0])
    same = net.flat([layer / a for layer, (a, _) in zip(
        plain.layers(start), net.scales)])    # the same function
    torch.testing.assert_close(net.loss(same), plain.loss(start))
    changes = []
    for each, theta in (plain, start), (net, same):
        end = nets.descend(each, theta, 0.1, 1)[-1][1]
        changes.append([a * layer for layer, (a, _) in zip(
            each.layers(end - theta), each.scales)])
    for before, after, square in zip(*changes, MULTIPLIERS[scaling]):
        assert before.norm() > 0
        ratio = (after * before).sum() / (before * before).sum()
        assert ratio.item() == pytest.approx(square, rel=1e-3)


def test_one_seed_gives_the_same_weights_alone_and_among_others():
    net = nets.Net(8, 2)
    together = net.draw([3, 5])
    assert together.shape == (2, net.size)
    assert torch.equal(net.draw([5])[0], together[1])
    assert not torch.isclose(together[0], together[1]).any()


@pytest.mark.parametrize("depth", [1, 2, 4])
def test_layers_and_flat_undo_each_other(depth):
    net = nets.Net(6, depth)
    assert net.size == 64 * 6 + (depth - 1) * 36 + 60
    theta = torch.arange(2.0 * net.size).view(2, net.size)
    layers = net.layers(theta)
    assert [tuple(layer.shape[1:]) for layer in layers] == net.shapes
    assert len(layers) == len(net.scales) == depth + 1
    assert torch.equal(net.flat(layers), theta)


@pytest.mark.parametrize("skip", [False, True])
def test_a_network_computes_what_its_layers_say(skip):
    net = nets.Net(8, 3, "ntk", skip)
    theta, (x, y) = net.draw([0])[0], nets.digits()
    first, second, third, last = [
        a * layer for layer, (a, _) in zip(net.layers(theta), net.scales)]
    h = (x.to(theta) @ first).tanh()
    for weights in (second, third):
        new = (h @ weights).tanh()
        h = h + new / 3**0.5 if skip else new
    outputs = net(theta, x.to(theta))
    torch.testing.assert_close(outputs, h @ last, **CLOSE)
    squares = (outputs - y.to(theta)) ** 2
    torch.testing.assert_close(net.loss(theta),
                               squares.sum(1).mean() / 2, **CLOSE)
    torch.testing.assert_close(net.loss(theta.double()).float(),
                               net.loss(theta), **CLOSE)


def test_with_skips_a_layer_without_weights_passes_on_what_it_reads():
    theta = nets.Net(8, 1, "standard").draw([0])
    first, last = nets.Net(8, 1).layers(theta)
    x = nets.digits()[0].to(theta)
    outputs = {}
    for skip in (False, True):
        net = nets.Net(8, 2, "standard", skip)
        outputs[skip] = net(net.flat([first, torch.zeros(1, 8, 8), last]), x)
    torch.testing.assert_close(
        outputs[True], nets.Net(8, 1, "standard")(theta, x), **CLOSE)
    assert (outputs[False] == 0).all()


@pytest.mark.parametrize("change", [
    dict(width=0), dict(depth=0), dict(scaling="sp")])
def test_a_network_that_cannot_be_is_refused(change):
    name, = change
    with pytest.raises(ValueError, match=rf"\b{name}\b"):
        nets.Net(**{"width": 4, **change})


# --- descent ----------------------------------------------------------------

def test_descent_takes_the_steps_of_the_gradient():
    net = nets.Net(4)
    start = net.draw([0, 1])
    losses, lengths, away, kept = nets.descend(net, start, 0.02, 30)
    theta, path = start, [start]
    for _ in range(30):
        theta = theta.detach().requires_grad_()
        slope, = torch.autograd.grad(net.loss(theta).sum(), theta)
        theta = (theta - 0.02 * slope).detach()
        path.append(theta)
    path = torch.stack(path)
    assert losses.shape == (31, 2) and lengths.shape == away.shape == (30, 2)
    torch.testing.assert_close(losses, net.loss(path), **CLOSE)
    torch.testing.assert_close(lengths, path.diff(dim=0).norm(dim=-1),
                               rtol=1e-3, atol=1e-6)
    torch.testing.assert_close(away, (path[1:] - start).norm(dim=-1),
                               rtol=1e-3, atol=1e-6)
    torch.testing.assert_close(kept[30], path[-1], **CLOSE)
    assert (losses[-1] < losses[0]).all()


def test_momentum_goes_on_with_a_share_of_the_last_step():
    net = nets.Net(4)
    start = net.draw([0])
    plain = nets.descend(net, start, 0.02, 2, keep=(1,))[-1]
    heavy = nets.descend(net, start, 0.02, 2, momentum=0.5, keep=(1,))[-1]
    torch.testing.assert_close(heavy[1], plain[1])
    torch.testing.assert_close(heavy[2], plain[2] + 0.5 * (
        plain[1] - start), **CLOSE)


def test_the_kept_weights_include_the_last():
    net = nets.Net(4)
    start = net.draw([0])
    losses, _, _, kept = nets.descend(net, start, 0.02, 5, keep=(0, 3))
    assert set(kept) == {0, 3, 5} and torch.equal(kept[0], start)
    for step, weights in kept.items():
        assert not weights.requires_grad
        torch.testing.assert_close(net.loss(weights), losses[step])
    assert set(nets.descend(net, start, 0.02, 5)[-1]) == {5}


def test_a_member_descends_alone_as_among_others():
    net = nets.Net(8, 2)
    start = net.draw([0, 1, 2])
    together = nets.descend(net, start, 0.05, 20)
    alone = nets.descend(net, start[1:2], 0.05, 20)
    for all_of_them, one in zip(together[:3], alone[:3]):
        torch.testing.assert_close(one[:, 0], all_of_them[:, 1], rtol=1e-3,
                                   atol=1e-6)
    # another member that diverges does not matter, either
    spoilt = torch.stack([start[0] * 1e30, start[1]])
    losses = nets.descend(net, spoilt, 0.05, 20)[0]
    assert not losses[-1, 0].isfinite()
    torch.testing.assert_close(losses[:, 1], together[0][:, 1], **CLOSE)
