"""Networks that classify digits: data, gradients and accuracies."""
import pytest
import torch

from labkit.members import digits as classifier

approx = pytest.approx
NET = classifier.Net(5)


# --- data -------------------------------------------------------------------

def test_the_digits_are_standardised_and_of_known_sizes():
    x, y, test_x, test_y = classifier.digits()
    assert [*x.shape] == [1347, 64] and [*test_x.shape] == [450, 64]
    assert len(y) == 1347 and len(test_y) == 450
    every = torch.cat([x, test_x])
    assert every.mean().item() == approx(0, abs=1e-4)
    assert every.std().item() == approx(1, abs=1e-4)
    assert set(y.tolist()) == set(test_y.tolist()) == set(range(10))


def test_no_image_of_the_test_is_trained_on_and_the_parts_are_fixed():
    x, y, test_x, test_y = classifier.digits()
    # all images of scikit-learn's digits are different
    assert len({tuple(row) for row in torch.cat([x, test_x]).tolist()}) == (
        len(x) + len(test_x))
    classifier.digits.cache_clear()
    for one, two in zip((x, y, test_x, test_y), classifier.digits()):
        assert (one == two).all()


def test_images_keep_their_labels():
    from sklearn.datasets import load_digits
    pixels, labels = load_digits(return_X_y=True)
    known = {tuple(row): label for row, label in zip(
        pixels.astype(int).tolist(), labels.tolist())}
    pixels = torch.tensor(pixels)
    for x, y in (classifier.digits()[:2], classifier.digits()[2:]):
        images = (x * pixels.std() + pixels.mean()).round().int()
        assert [known[tuple(row)] for row in images.tolist()] == y.tolist()


def test_the_same_seed_gives_the_same_batches_in_any_company():
    among = [*classifier.batches([3, 1, 3], 4)]
    alone = [*classifier.batches([3], 4)]
    assert len(among) == len(alone) == 4
    assert [*classifier.batches([0], 0)] == []
    for (x, y), (x1, y1) in zip(among, alone):
        assert [*x.shape] == [3, 128, 64] and [*y.shape] == [3, 128]
        assert (x[0] == x[2]).all() and (y[0] == y[2]).all()
        assert (x[0] == x1[0]).all() and (y[0] == y1[0]).all()
        assert (x[0] != x[1]).any()
    assert (alone[0][0] != alone[1][0]).any()


def test_batches_hold_images_to_train_on():
    x, y, _, _ = classifier.digits()
    train = {(*row, label) for row, label in zip(x.tolist(), y.tolist())}
    for images, labels in classifier.batches([0], 2):
        assert {(*row, label) for row, label in zip(
            images[0].tolist(), labels[0].tolist())} <= train


def test_labels_dealt_anew_are_the_same_ones_at_other_images():
    y, dealt = classifier.digits()[1], classifier.dealt()
    assert (dealt.bincount() == y.bincount()).all()
    assert (dealt == y).double().mean().item() < 0.15    # of ten digits
    classifier.digits.cache_clear()
    assert (classifier.dealt() == dealt).all()
    assert (classifier.digits()[1] == y).all()


def test_other_labels_come_with_the_same_images():
    x, _, _, _ = classifier.digits()
    labels = classifier.dealt()
    known = dict(zip(map(tuple, x.tolist()), labels.tolist()))
    for (x, y), (images, others) in zip(
            classifier.batches([3, 1], 2),
            classifier.batches([3, 1], 2, labels), strict=True):
        assert (images == x).all() and (others != y).any()
        assert [known[tuple(row)] for row in images.flatten(
            0, 1).tolist()] == others.flatten().tolist()


# --- networks ---------------------------------------------------------------

def test_the_initial_weights_have_the_spread_of_their_fan_in():
    net = classifier.Net(200)
    theta = net.draw([0, 1, 0])
    assert [*theta.shape] == [3, net.size] == [3, 200 * 74]
    into, out = net.layers(theta)
    assert [*into.shape] == [3, 64, 200] and [*out.shape] == [3, 200, 10]
    assert into.std().item() == approx((2 / 64)**0.5, rel=0.03)
    assert out.std().item() == approx((2 / 200)**0.5, rel=0.05)
    assert theta.mean().item() == approx(0, abs=0.01)
    assert (theta[0] == theta[2]).all() and (theta[0] != theta[1]).any()
    for part, fan in zip(net.spread.split(net.sizes), (64, 200)):
        assert part.unique().tolist() == approx([(2 / fan)**0.5])


def test_a_network_of_one_unit_is_computed_by_hand():
    net = classifier.Net(1)
    theta = torch.zeros(net.size)
    theta[3], theta[64:] = 2, torch.arange(10.0)
    x = torch.zeros(2, 64)
    x[0, 3], x[1, 3] = 5, -5
    assert net(theta, x).tolist() == [[10.0 * i for i in range(10)], [0] * 10]


def test_the_gradient_is_that_of_autograd():
    theta = NET.draw([0, 1]).double().requires_grad_()
    x, y = next(classifier.batches([0, 1], 1))
    x = x.double()
    loss = sum(torch.nn.functional.cross_entropy(logits, labels)
               for logits, labels in zip(NET(theta, x), y))
    want, = torch.autograd.grad(loss, theta)
    torch.testing.assert_close(NET.gradient(theta.detach(), x, y), want)


def test_the_accuracy_is_the_share_of_right_images():
    theta = NET.draw([0, 1])
    _, _, x, y = classifier.digits()
    guess = NET(theta, x).argmax(-1)
    assert NET.accuracy(theta).tolist() == approx(
        [(row == y).double().mean().item() for row in guess])
    assert NET.accuracy(theta, x, guess[0]).tolist()[0] == 1
    few = NET.accuracy(theta[0], x[:4], torch.stack(
        [*guess[0][:3], (guess[0][3] + 1) % 10]))
    assert few.item() == approx(0.75)
