"""Superposition: what fits in few dimensions, and how it is measured."""
import pytest
import torch

from labkit.interference import superposition
from labkit.interference.superposition import FEATURES, fit

approx = pytest.approx
close = torch.testing.assert_close


def embedded(vectors):
    """One W whose first columns are ``vectors``; the others are zero."""
    W = torch.zeros(1, 2, FEATURES)
    W[0, :, :len(vectors)] = torch.tensor(vectors).T
    return W


def ring(count, length=1.0):
    """So many vectors all around, in two dimensions."""
    angle = 2 * torch.pi * torch.arange(count) / count
    return (length * torch.stack([angle.cos(), angle.sin()], 1)).tolist()


@pytest.mark.parametrize("p", [0.05, 1.0])
def test_features_are_there_as_often_as_they_should_be(p):
    x = superposition.examples(p, 5000, torch.Generator().manual_seed(0))
    assert x.shape == (5000, FEATURES) and x.max() <= 1
    there = (x > 0).float()
    assert there.mean().item() == approx(p, abs=0.005)
    assert x[x > 0].mean().item() == approx(0.5, abs=0.01)
    together = (there[:, 0] * there[:, 1]).mean().item()
    assert together == approx(p * p, abs=0.03)


def test_features_come_back_through_the_weights_and_a_relu():
    generator = torch.Generator().manual_seed(0)
    W = torch.randn(2, 3, FEATURES, generator=generator)
    b = torch.randn(2, FEATURES, generator=generator)
    x = superposition.examples(0.5, 5, generator)
    found = superposition.restored(W, b, x)
    close(found[1, 2], (W[1].T @ (W[1] @ x[2]) + b[1]).clamp(min=0))
    close(superposition.restored(W, b, torch.stack([x, x])), found)


def test_sparse_features_share_dimensions_and_dense_ones_do_not():
    (few, b), (many, c), (dense, _) = (fit(m, p, 300, [0]) for m, p in (
        (4, 0.1), (FEATURES, 0.1), (4, 1.0)))
    assert superposition.packed(few) > 2
    for W in (many, dense):
        assert superposition.packed(W).item() == approx(1, abs=0.2)
    assert superposition.represented(many).all()
    assert superposition.overlap(many) < 0.005
    assert superposition.relative_loss(many, c, 0.1, 9) < 0.02
    assert superposition.relative_loss(few, b, 0.1, 9) > 0.5


def test_the_rate_falls_to_zero():
    one, two = fit(3, 0.1, 1, [0])[0], fit(3, 0.1, 2, [0])[0]
    generator = torch.Generator().manual_seed(0)
    start = torch.randn(3, FEATURES, generator=generator) / FEATURES**0.5
    # the first step of Adam is the rate; the second at half of it
    assert (one[0] - start).abs().max().item() == approx(
        superposition.RATE, rel=1e-3)
    assert (two - one).abs().max().item() < 0.6 * superposition.RATE


@pytest.mark.parametrize("name, bad", [
    ("m", 0), ("steps", 0), ("p", 0.0), ("p", 1.1), ("p", float("nan"))])
def test_what_cannot_be_fitted_is_refused(name, bad):
    with pytest.raises(ValueError, match=rf"\b{name} is {bad}\b|{name} {bad}"):
        fit(**{"m": 2, "p": 0.1, "steps": 1, "seeds": [0], name: bad})


@pytest.mark.parametrize("vectors, overlap", [
    ([[1.0, 0.0], [0.0, 1.0], [0.0, -1.0]], 1 / 3),
    ([[1.0, 0.0], [0.0, 1.0], [0.6, 0.0]], 0),      # too short to count
    ([[1.0, 0.0], [0.0, 0.5]], float("nan")),
    (ring(3), 1 / 4), (ring(3, 2.0), 1 / 4), (ring(5), 3 / 8),
    (ring(3, 1e30), 1 / 4), (ring(3, float("inf")), float("nan")),
    (ring(64), 62 / (2 * 63))])                     # Welch's bound
def test_the_overlap_is_the_mean_square_of_the_cosines(vectors, overlap):
    assert superposition.overlap(torch.cat([
        embedded(vectors), embedded(ring(3))])).tolist() == approx(
            [overlap, 1 / 4], abs=1e-6, nan_ok=True)


def test_features_are_counted_by_their_lengths():
    W = embedded([[1.0, 0.0], [0.0, 0.8], [0.7, 0.0], [0.6, 0.6]])
    assert superposition.represented(W)[0, :5].tolist() == [
        True, True, False, True, False]
    # squared lengths 1, 0.64, 0.49 and 0.72 in two dimensions
    assert superposition.packed(W).tolist() == approx([2.85 / 2])


def test_the_loss_is_relative_to_answering_zero():
    W, b = torch.zeros(2, 3, FEATURES), torch.zeros(2, FEATURES)
    b[1] = 1.0       # answers one, where features are 0 to 1
    assert superposition.relative_loss(W, b, 1.0, 0).tolist() == approx(
        [1, 1], abs=0.02)
    zero, one = superposition.relative_loss(W, b, 0.1, 0).tolist()
    assert zero == approx(1) and one > 10
    perfect = torch.eye(FEATURES)[None]
    assert superposition.relative_loss(perfect, b[:1], 0.1, 0) == approx(0)
