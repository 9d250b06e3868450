"""Superposition: what fits in few dimensions, and how it is measured."""
import pytest
import torch

from labkit.interference import superposition
from labkit.interference.superposition import FEATURES, fit

approx = pytest.approx
close = torch.testing.assert_close


def embedded(vectors):
    """One W whose first columns are ``vectors``; the others are zero."""
    columns = torch.tensor(vectors).T
    W = torch.zeros(1, len(columns), FEATURES)
    W[0, :, :columns.shape[1]] = columns
    return W


def ring(count, length=1.0):
    """So many vectors all around, in two dimensions."""
    angle = 2 * torch.pi * torch.arange(count) / count
    return (length * torch.stack([angle.cos(), angle.sin()], 1)).tolist()


def welch(n, m):
    return (n - m) / (m * (n - 1))


@pytest.mark.parametrize("p", [0.05, 1.0])
def test_features_are_there_as_often_as_they_should_be(p):
    x = superposition.examples(p, 5000, torch.Generator().manual_seed(0))
    assert x.shape == (5000, FEATURES)
    assert (x > 0).float().mean().item() == approx(p, abs=0.005)
    there = x[x > 0]
    assert there.mean().item() == approx(0.5, abs=0.01) and there.max() <= 1
    together = ((x[:, 0] > 0) & (x[:, 1] > 0)).float().mean().item()
    assert together == approx(p * p, abs=0.03)


def test_features_come_back_through_the_weights_and_a_relu():
    generator = torch.Generator().manual_seed(0)
    W = torch.randn(2, 3, FEATURES, generator=generator)
    b = torch.randn(2, FEATURES, generator=generator)
    x = superposition.examples(0.5, 5, generator)
    found = superposition.restored(W, b, x)
    assert found.shape == (2, 5, FEATURES)
    for seed in range(2):
        for i in range(5):
            close(found[seed, i],
                  (W[seed].T @ (W[seed] @ x[i]) + b[seed]).clamp(min=0))
    each = superposition.restored(W, b, torch.stack([x, x]))
    close(each, found)


def test_sparse_features_share_dimensions_and_dense_ones_do_not():
    few, many, dense = (superposition.packed(fit(m, p, 250, [0, 1])[0])
                        for m, p in ((4, 0.03), (FEATURES, 0.03), (4, 1.0)))
    assert (few > 2).all()
    for found in (many, dense):
        assert found.tolist() == approx([1, 1], abs=0.2)


def test_enough_dimensions_hold_all_features_apart():
    W, b = fit(FEATURES, 0.1, 300, [0])
    assert superposition.represented(W).all()
    assert superposition.overlap(W) < 0.005
    assert superposition.relative_loss(W, b, 0.1, 9) < 0.02
    few, c = fit(4, 0.1, 300, [0])
    assert superposition.relative_loss(few, c, 0.1, 9) > 0.5


def test_a_seed_is_fitted_alone_as_among_others():
    W, b = fit(3, 0.1, 30, [4, 2])
    assert W.shape == (2, 3, FEATURES) and b.shape == (2, FEATURES)
    assert not W.requires_grad and not b.requires_grad
    alone = fit(3, 0.1, 30, [2])
    close(alone[0][0], W[1], rtol=1e-3, atol=1e-5)
    close(alone[1][0], b[1], rtol=1e-3, atol=1e-5)
    assert not torch.isclose(W[0], W[1]).all()


def test_the_rate_falls_to_zero():
    one, two = fit(3, 0.1, 1, [0])[0], fit(3, 0.1, 2, [0])[0]
    generator = torch.Generator().manual_seed(0)
    start = torch.randn(3, FEATURES, generator=generator) / FEATURES**0.5
    # the first step of Adam is the rate; the second at half of it
    assert (one[0] - start).abs().max().item() == approx(
        superposition.RATE, rel=1e-3)
    assert (two - one).abs().max().item() < 0.6 * superposition.RATE


@pytest.mark.parametrize("change", [
    dict(m=0), dict(steps=0), dict(p=0.0), dict(p=1.1),
    dict(p=float("nan"))])
def test_what_cannot_be_fitted_is_refused(change):
    name, = change
    with pytest.raises(ValueError, match=rf"\b{name}\b"):
        fit(**{"m": 2, "p": 0.1, "steps": 1, "seeds": [0], **change})


def test_three_vectors_in_a_plane_overlap_by_a_quarter():
    assert superposition.overlap(embedded(ring(3))).tolist() == approx(
        [1 / 4])
    # whatever their lengths, as long as they count as represented
    assert superposition.overlap(embedded(ring(3, 2.0))).tolist() == approx(
        [1 / 4])


@pytest.mark.parametrize("vectors, overlap", [
    ([[1.0, 0.0], [0.0, 1.0]], 0), ([[1.0, 0.0], [-1.0, 0.0]], 1),
    ([[1.0, 0.0], [0.0, 1.0], [0.0, -1.0]], 1 / 3),
    ([[1.0, 0.0], [0.0, 1.0], [0.6, 0.0]], 0),      # too short to count
    (ring(5), 3 / 8)])
def test_the_overlap_is_the_mean_square_of_the_cosines(vectors, overlap):
    found = superposition.overlap(embedded(vectors)).item()
    assert found == approx(overlap, abs=1e-6)


@pytest.mark.parametrize("vectors", [[[0.1, 0.0]], [[1.0, 0.0]],
                                     [[1.0, 0.0], [0.0, 0.5]]])
def test_fewer_than_two_features_do_not_overlap(vectors):
    both = torch.cat([embedded(vectors), embedded(ring(3))])
    none, quarter = superposition.overlap(both).tolist()
    assert none != none and quarter == approx(1 / 4)


def test_no_vectors_overlap_less_than_welchs_bound():
    for m, n in ((2, 3), (2, 64), (5, 9), (20, 64)):
        W = torch.randn(3, m, FEATURES, generator=torch.Generator(
            ).manual_seed(m))
        W[..., n:] = 0
        W[..., :n] *= 2 / W[..., :n].norm(dim=1, keepdim=True)
        found = superposition.overlap(W)
        assert found.shape == (3,)
        assert (found >= welch(n, m) - 1e-6).all()
    assert superposition.overlap(embedded(ring(64))).item() == approx(
        welch(64, 2), rel=1e-4)     # a bound that can be reached


def test_features_are_counted_by_their_lengths():
    W = embedded([[1.0, 0.0], [0.0, 0.8], [0.7, 0.0], [0.6, 0.6]])
    assert superposition.represented(W)[0, :5].tolist() == [
        True, True, False, True, False]
    # squared lengths 1, 0.64, 0.49 and 0.72 in two dimensions
    assert superposition.packed(W).tolist() == approx([2.85 / 2])


def test_the_loss_is_relative_to_answering_zero():
    W, b = torch.zeros(2, 3, FEATURES), torch.zeros(2, FEATURES)
    assert superposition.relative_loss(W, b, 0.1, 0).tolist() == approx(
        [1, 1])
    b[1] = 1.0       # answers one, where features are 0 to 1
    found = superposition.relative_loss(W, b, 1.0, 0)
    assert found.tolist() == approx([1, 1], abs=0.02)
    assert superposition.relative_loss(W, b, 0.1, 0)[1] > 10
    perfect = torch.eye(FEATURES)[None]
    assert superposition.relative_loss(
        perfect, torch.zeros(1, FEATURES), 0.1, 0).item() == approx(0)
