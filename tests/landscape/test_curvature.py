"""Curvature: random matrices and Hessians whose eigenvalues are known."""
import math

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from labkit.landscape import curvature
from labkit.landscape.curvature import goe_all_positive, top_eigenvalue
from labkit.members import digits
from tests.any_size import FEW, exponents

close = torch.testing.assert_close


def quadratic(values):
    """A loss whose Hessian has these eigenvalues, and a place on it."""
    values = torch.tensor(values, dtype=torch.float64)
    axes = torch.linalg.qr(torch.randn(
        len(values), len(values), dtype=torch.float64,
        generator=torch.Generator().manual_seed(0)))[0]
    matrix = axes @ values.diag() @ axes.T
    return (lambda theta: theta @ matrix @ theta / 2 + theta.sum(),
            torch.ones_like(values))


@pytest.mark.parametrize("n, at_once", [
    (1, 2**22), (2, 2**22), (3, 2**22), (2, 9 * 64)])
def test_the_share_is_the_exact_probability_for_small_matrices(
        n, at_once, monkeypatch):
    monkeypatch.setattr(curvature, "NUMBERS", at_once)
    exact, draws = curvature.GOE_EXACT[n], 40_000
    error = (exact * (1 - exact) / draws) ** 0.5
    assert abs(goe_all_positive(n, draws) - exact) < 4 * error


@pytest.mark.parametrize("n, shift, share", [
    *((n, shift, shift > 0) for n in (1, 3, 40) for shift in (30.0, -30.0)),
    (100, 1.5, 0), (100, 2.5, 1)])   # those of large n fill (-2, 2)
def test_a_shift_beyond_the_spectrum_decides(n, shift, share, monkeypatch):
    assert goe_all_positive(n, 50, shift=shift) == share
    monkeypatch.setattr(curvature, "NUMBERS", 1)     # one matrix is larger
    assert goe_all_positive(n, 5, shift=shift) == share


@pytest.mark.parametrize("net, steps", [
    (digits.Tanh(3, 2), 1), (digits.Tanh(5, 1, "ntk"), 20)], ids=str)
def test_products_rows_and_the_top_agree_with_the_exact_hessian(net, steps):
    theta, = digits.descend(net, net.draw([0]), 0.01, steps)[-1][steps]
    before = theta.clone()
    exact = torch.autograd.functional.hessian(net.loss, theta.double())
    close(curvature.hessian(net.loss, theta.double()), exact)
    v = torch.linspace(-1, 1, net.size)
    close(curvature.hessian_product(net.loss, theta)(v).double(),
          exact @ v.double(), rtol=1e-3, atol=1e-4)
    top, again = (top_eigenvalue(net.loss, theta) for _ in range(2))
    assert 0 < top == again == pytest.approx(
        torch.linalg.eigvalsh(exact)[-1].item(), rel=0.01)
    assert torch.equal(theta, before) and not theta.requires_grad


@pytest.mark.parametrize("values", [
    [1.0, 3.0, 0.5, 2.0], [-9.0, 0.0, 1.0, 4.0], [-9.0, -5.0, -1.0, -3.0],
    [2.0, 2.0, 2.0], [0.0, 0.0, 0.0, 7.0, 7.0], [*range(-60, 41)],
    [5.0], [-5.0], [1.0, 2.0], [-8.0, 1.0], [-8.0, -1.0]])
def test_the_top_is_the_largest_and_not_the_largest_in_size(values):
    loss, theta = quadratic(values)
    assert top_eigenvalue(loss, theta) == pytest.approx(max(values), rel=0.01)


@pytest.mark.parametrize("size", [1, 2, 5])
@pytest.mark.parametrize("power", [4, 1], ids=["a quartic", "a plane"])
def test_where_nothing_curves_the_top_is_zero(power, size):
    assert top_eigenvalue(lambda theta: (theta**power).sum(),
                          torch.zeros(size)) == 0


@pytest.mark.parametrize("value", [math.nan, math.inf, -math.inf])
def test_a_place_or_a_loss_that_is_not_finite_has_no_curvature(value):
    theta = torch.ones(4)
    assert math.isnan(top_eigenvalue(lambda t: (t**2).sum() * value, theta))
    theta[2] = value
    assert math.isnan(top_eigenvalue(lambda t: t[0] ** 2, theta))


@pytest.mark.parametrize("size", [1, 2, 5])
@pytest.mark.parametrize("loss", [
    lambda t: (3e19 * t) @ (3e19 * t),          # infinite along each axis
    lambda t: 3e38 * (t.sum() ** 2 + t[0] ** 2),    # in the sum over them
    lambda t: t.abs().sqrt().sum()])            # a cusp
def test_a_curvature_beyond_all_numbers_is_not_a_number(loss, size):
    theta = torch.zeros(size)
    assert loss(theta) == 0 and math.isnan(top_eigenvalue(loss, theta))


@FEW
@given(st.lists(st.integers(-9, 9), min_size=1, max_size=6),
       st.sampled_from([torch.float32, torch.float64]), st.data())
def test_the_top_is_right_at_every_size(values, dtype, data):
    size = 2.0 ** data.draw(exponents(dtype, 10))
    loss, theta = quadratic(values)
    matrix = torch.autograd.functional.hessian(loss, theta)
    matrix = (matrix * size).to(dtype)
    found = top_eigenvalue(lambda t: t @ (matrix @ t) / 2, theta.to(dtype))
    assert found / size == pytest.approx(max(values), abs=1e-3)


def test_a_small_curvature_is_as_exact_as_a_large_one():
    # among 300, of which many are almost as large
    values = 3 * torch.linspace(0, 1, 300, dtype=torch.float64)**6
    for size in (1e-300, 1e-13, 1.0, 1e300):
        assert top_eigenvalue(
            lambda t, size=size: size * (values @ t**2) / 2,
            torch.ones_like(values)) / size == pytest.approx(3, rel=1e-6)


def test_eigenvalues_that_are_not_known_are_not_numbers():
    matrix = torch.tensor([[2.0, 1.0], [1.0, 2.0]])
    close(curvature.eigenvalues(matrix), torch.tensor([1.0, 3.0]))
    for value in (math.nan, math.inf):
        matrix[0, 1] = value
        assert curvature.eigenvalues(matrix).isnan().tolist() == [True, True]
