"""Digits, and the tanh and ReLU networks that read them."""
import pytest
import torch
from sklearn.datasets import load_digits

from labkit.members import digits

approx, close = pytest.approx, torch.testing.assert_close
CLOSE = dict(rtol=1e-4, atol=1e-6)   # float32, in another order of sums
STEPS = dict(rtol=1e-3, atol=1e-6)   # the same, along many steps


def test_centred_digits_are_the_first_images_and_centred_targets():
    x, y = digits.centred()
    pixels, labels = load_digits(return_X_y=True)
    assert x.dtype == torch.float64 and y.shape == (512, 10)
    first = torch.tensor(pixels[:512])
    close(x * first.std() + first.mean(), first)
    assert y.argmax(1).tolist() == labels[:512].tolist()
    assert y.unique().tolist() == approx([-0.1, 0.9])


def test_split_digits_are_all_images_standardised_with_their_labels():
    x, y, test_x, test_y = parts = digits.split()
    assert x.shape == (1347, 64) and test_x.shape == (450, 64)
    every, pixels = torch.cat([x, test_x]), torch.tensor(load_digits().data)
    assert torch.stack(torch.std_mean(every)).tolist() == approx(
        [1, 0], abs=1e-4)
    # no two images of scikit-learn's digits are equal
    found, known = ({(*row, label) for row, label in zip(
        images.round().int().tolist(), labels.tolist())}
        for images, labels in (
            (every * pixels.std() + pixels.mean(), torch.cat([y, test_y])),
            (pixels, load_digits().target)))
    assert found == known
    digits.split.cache_clear()
    assert all(torch.equal(*pair) for pair in zip(parts, digits.split()))


@pytest.mark.parametrize("dealt", [False, True])
def test_batches_are_images_to_train_on_by_seed_with_their_labels(dealt):
    x, y = digits.split()[:2]
    labels = digits.dealt() if dealt else y
    assert torch.equal(labels.bincount(), y.bincount())
    assert ((labels == y).float().mean() < 0.15) == dealt    # of ten digits
    generator = torch.Generator().manual_seed(1)
    batches = [*digits.batches([3, 1, 3], 4, labels if dealt else None)]
    assert len(batches) == 4
    for images, found in batches:
        which = torch.randint(1347, (128,), generator=generator)
        assert torch.equal(images[1], x[which])     # as in the records
        assert torch.equal(found[1], labels[which])
        assert torch.equal(images[0], images[2])
        assert not torch.equal(images[0], images[1])


@pytest.mark.parametrize("scaling, squares, shrunk", [
    ("standard", (1, 1, 1), 1), ("mup", (4, 1, 1 / 4), 0.5),
    ("ntk", (1, 1 / 4, 1 / 4), 1)])    # from the docstring's table
def test_the_scalings_are_those_of_the_table_and_agree_at_width_64(
        scaling, squares, shrunk):
    assert digits.Tanh(64, 3, scaling).scales == [(1, 1 / 8)] * 4
    for (a, b), square, less, fan_in in zip(
            digits.Tanh(256, 2, scaling).scales, squares, (1, 1, shrunk),
            (64, 256, 256)):
        assert a**2 == square and a * b == less * fan_in**-0.5


@pytest.mark.parametrize("skip", [False, True])
def test_a_tanh_network_computes_what_its_layers_say(skip):
    net = digits.Tanh(8, 3, "ntk", skip)
    theta, (x, y) = net.draw([0])[0], digits.centred()
    first, *hidden, last = [
        a * layer for layer, (a, _) in zip(net.layers(theta), net.scales)]
    h = (x.to(theta) @ first).tanh()
    for weights in hidden:
        new = (h @ weights).tanh()
        h = h + new / 3**0.5 if skip else new
    close(net(theta, x.to(theta)), h @ last, **CLOSE)
    loss = ((h @ last - y.to(theta)) ** 2).sum(1).mean() / 2
    close(net.loss(theta), loss, **CLOSE)
    close(net.loss(theta.double()).float(), loss, **CLOSE)


NET = digits.Tanh(8, 2)
START = NET.draw([0, 1, 2])


@pytest.mark.parametrize("momentum", [0.0, 0.5])
def test_descent_takes_the_steps_of_the_gradient(momentum):
    losses, lengths, away, kept = digits.descend(
        NET, START, 0.02, 30, momentum, keep=(0, 3))
    path, velocity = [START], 0
    for _ in range(30):
        theta = path[-1].clone().requires_grad_()
        slope, = torch.autograd.grad(NET.loss(theta).sum(), theta)
        velocity = momentum * velocity - 0.02 * slope
        path.append(path[-1] + velocity)
    path = torch.stack(path)
    close(losses, NET.loss(path), **CLOSE)
    close(lengths, path.diff(dim=0).norm(dim=-1), **STEPS)
    close(away, (path[1:] - START).norm(dim=-1), **STEPS)
    assert (losses[-1] < losses[0]).all()
    assert set(kept) == {0, 3, 30} and torch.equal(kept[0], START)
    for step, weights in kept.items():
        assert not weights.requires_grad
        close(weights, path[step], **CLOSE)


@pytest.mark.parametrize("lr", [1e-30, 1e35])
def test_steps_have_a_length_however_small_or_large_they_are(lr):
    theta = START.clone().requires_grad_()
    slope, = torch.autograd.grad(NET.loss(theta).sum(), theta)
    lengths = digits.descend(NET, START, lr, 1)[1][0]
    close(lengths / lr, slope.norm(dim=-1), rtol=1e-4, atol=0)


def test_a_member_descends_alone_as_among_others_even_if_they_diverge():
    together = digits.descend(NET, START, 0.05, 20)[:3]
    for company in ([START[1]], [START[0] * 1e30, START[1]]):
        found = digits.descend(NET, torch.stack(company), 0.05, 20)
        for one, many in zip(found, together):
            close(one[:, -1], many[:, 1], **STEPS)
    assert not found[0][-1, 0].isfinite()


def test_the_accuracy_is_the_share_of_right_images():
    net = digits.Relu(5)
    theta = net.draw([0, 1])
    _, _, x, y = digits.split()
    guess = net(theta, x).argmax(-1)
    close(net.accuracy(theta), (guess == y).float().mean(1))
    guess[0][3] += 1     # now, of these four, one is not its guess
    assert net.accuracy(theta[0], x[:4], guess[0][:4]) == 0.75
    known = net.accuracy(theta)[1]
    for value in (torch.nan, torch.inf, -torch.inf):
        net.layers(theta)[1][0, 2, 7] = value    # of one class only
        found = net.accuracy(theta)
        assert found[0].isnan() and found[1] == known
