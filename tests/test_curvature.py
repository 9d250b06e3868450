"""Curvature: random matrices and Hessians whose eigenvalues are known."""
import math

import pytest
import torch

from labkit.landscape import curvature
from labkit.landscape.curvature import (
    GOE_EXACT,
    goe_all_positive,
    top_eigenvalue,
)
from labkit.members import networks as nets

DRAWS = 40_000


def rotation(size):
    """A random orthogonal matrix."""
    generator = torch.Generator().manual_seed(0)
    return torch.linalg.qr(torch.randn(
        size, size, generator=generator, dtype=torch.float64))[0]


def quadratic(values):
    """A loss whose Hessian has these eigenvalues, and a place on it."""
    values = torch.tensor(values, dtype=torch.float64)
    axes = rotation(len(values))
    matrix = axes @ values.diag() @ axes.T

    def loss(theta):
        return theta @ matrix @ theta / 2 + theta.sum()

    return loss, torch.ones(len(values), dtype=torch.float64)


# --- random matrices --------------------------------------------------------

@pytest.mark.parametrize("n", GOE_EXACT)
def test_the_share_is_the_exact_probability_for_small_matrices(n):
    exact = GOE_EXACT[n]
    error = (exact * (1 - exact) / DRAWS) ** 0.5
    assert abs(goe_all_positive(n, DRAWS) - exact) < 4 * error


def test_a_shift_beyond_the_spectrum_decides():
    for n in (1, 3, 40):
        assert goe_all_positive(n, 200, shift=30.0) == 1
        assert goe_all_positive(n, 200, shift=-30.0) == 0
    # eigenvalues of large matrices fill (-2, 2)
    assert goe_all_positive(100, 50, shift=1.5) == 0
    assert goe_all_positive(100, 50, shift=2.5) == 1


def test_a_seed_fixes_the_share():
    first, again, other = (goe_all_positive(2, 1000, seed=seed)
                           for seed in (0, 0, 1))
    assert first == again != other


def test_more_draws_than_fit_at_once_are_all_counted(monkeypatch):
    monkeypatch.setattr(curvature, "NUMBERS", 9 * 64)
    assert goe_all_positive(3, 200, shift=30.0) == 1    # 64 at once
    exact = GOE_EXACT[2]
    error = (exact * (1 - exact) / 20_000) ** 0.5
    assert abs(goe_all_positive(2, 20_000) - exact) < 4 * error
    monkeypatch.setattr(curvature, "NUMBERS", 1)     # one matrix is larger
    assert goe_all_positive(3, 5, shift=30.0) == 1


@pytest.mark.parametrize("name, sizes", [
    ("n", (0, 10)), ("draws", (2, 0))])
def test_a_size_below_one_is_refused(name, sizes):
    with pytest.raises(ValueError, match=rf"\b{name}\b"):
        goe_all_positive(*sizes)


# --- Hessians ---------------------------------------------------------------

@pytest.mark.parametrize("width, depth, scaling", [
    (2, 1, "mup"), (3, 2, "mup"), (4, 2, "standard"), (5, 1, "ntk")])
def test_products_rows_and_the_top_agree_with_the_exact_hessian(
        width, depth, scaling):
    net = nets.Net(width, depth, scaling)
    start = net.draw([0])
    for theta in (start[0], nets.descend(net, start, 0.01, 20)[-1][20][0]):
        exact = torch.autograd.functional.hessian(net.loss, theta.double())
        top = torch.linalg.eigvalsh(exact)[-1].item()
        found = curvature.hessian(net.loss, theta.double())
        torch.testing.assert_close(found, exact)
        v = torch.linspace(-1, 1, net.size)
        torch.testing.assert_close(
            curvature.hessian_product(net.loss, theta)(v).double(),
            exact @ v.double(), rtol=1e-3, atol=1e-4)
        assert top_eigenvalue(net.loss, theta) == pytest.approx(top, rel=0.01)
        assert top > 0


@pytest.mark.parametrize("values", [
    [1.0, 3.0, 0.5, 2.0], [-9.0, 0.0, 1.0, 4.0], [-9.0, -5.0, -1.0, -3.0],
    [2.0, 2.0, 2.0], [0.0, 0.0, 0.0, 7.0, 7.0], [*range(-60, 41)],
    [5.0], [-5.0], [1.0, 2.0], [-8.0, 1.0], [-8.0, -1.0]])
def test_the_top_is_the_largest_and_not_the_largest_in_size(values):
    loss, theta = quadratic([float(value) for value in values])
    assert top_eigenvalue(loss, theta) == pytest.approx(max(values), rel=0.01)
    torch.testing.assert_close(
        torch.linalg.eigvalsh(curvature.hessian(loss, theta)),
        torch.tensor(sorted(values)).to(theta), rtol=1e-6, atol=1e-6)


@pytest.mark.parametrize("size", [1, 2, 5])
@pytest.mark.parametrize("loss", [
    lambda theta: (theta**4).sum(), lambda theta: theta.sum()],
    ids=["at the bottom of a quartic", "on a plane"])
def test_where_nothing_curves_the_top_is_zero(loss, size):
    assert top_eigenvalue(loss, torch.zeros(size)) == 0


def test_the_same_place_has_the_same_top_and_stays_as_it_is():
    net = nets.Net(4)
    theta = net.draw([0])[0]
    before = theta.clone()
    assert top_eigenvalue(net.loss, theta) == top_eigenvalue(net.loss, theta)
    assert torch.equal(theta, before) and not theta.requires_grad


@pytest.mark.parametrize("value", [math.nan, math.inf, -math.inf])
def test_a_place_or_a_loss_that_is_not_finite_has_no_curvature(value):
    theta = torch.ones(4)
    assert math.isnan(top_eigenvalue(lambda t: t.square().sum() * value,
                                     theta))
    theta[2] = value
    assert math.isnan(top_eigenvalue(lambda t: t[0] ** 2, theta))


@pytest.mark.parametrize("shape", [(2, 2), (1, 3), (), (0,)])
def test_only_one_flat_vector_has_a_top(shape):
    with pytest.raises(ValueError, match="theta"):
        top_eigenvalue(lambda t: (t**2).sum(), torch.ones(shape))
