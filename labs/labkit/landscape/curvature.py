"""Curvature: eigenvalues of random matrices and of Hessians."""
import math

import numpy as np
import torch
from scipy.sparse.linalg import ArpackNoConvergence, LinearOperator, eigsh
from torch.func import grad, jacrev

from labkit.members.scale import sized

GOE_EXACT = {1: 1 / 2, 2: (2 - math.sqrt(2)) / 4,
             3: (math.pi - 2 * math.sqrt(2)) / (4 * math.pi)}
NUMBERS = 2**22   # drawn at once
ROWS = 64         # of a Hessian, computed at once


def goe_all_positive(n, draws, shift=0.0, seed=0):
    r"""Share of random symmetric matrices whose eigenvalues are all > 0.

    The matrices are :math:`(G + G^T) / \sqrt{2n} + c I` with independent
    N(0, 1) in the n x n matrix G and c the ``shift``: the Gaussian
    orthogonal ensemble (GOE), scaled so that its eigenvalues fill (-2, 2)
    for large n. Exact at c = 0 for n up to 3: ``GOE_EXACT``. Raises
    ValueError for n or draws below 1 or a shift that is not finite. Source:
    Dean & Majumdar 2006.
    """
    if n < 1 or draws < 1 or not math.isfinite(shift):
        raise ValueError(f"n is {n}, draws {draws} and shift {shift}; "
                         "allowed are n and draws of at least 1, and a "
                         "finite shift")
    generator = torch.Generator().manual_seed(seed)
    at_once = max(1, NUMBERS // n**2)
    positive = 0
    for start in range(0, draws, at_once):
        G = torch.randn(min(at_once, draws - start), n, n,
                        generator=generator)
        matrices = (G + G.mT) / (2 * n)**0.5 + shift * torch.eye(n)
        # A Cholesky factor exists if and only if all are positive.
        positive += int((torch.linalg.cholesky_ex(matrices).info == 0).sum())
    return positive / draws


def hessian_product(loss, theta):
    """The function v -> H v, with H the Hessian of ``loss`` at ``theta``.

    Two derivatives, and no matrix. Source: Pearlmutter 1994.
    """
    theta = theta.detach().clone().requires_grad_()
    (slope,) = torch.autograd.grad(loss(theta), theta, create_graph=True)
    slope = slope + 0 * theta   # so that a plane has a derivative, too

    def product(v):
        return torch.autograd.grad(slope, theta, v, retain_graph=True)[0]

    return product


def top_eigenvalue(loss, theta):
    """Largest eigenvalue of the Hessian: the sharpness.

    ``loss`` is a function of one flat vector like ``theta``. Lanczos
    iterations on Hessian-vector products, from a fixed start. NaN where
    theta, the loss or the curvature is not finite, and where the iterations
    do not converge. Raises ValueError unless theta is one flat vector.
    """
    if theta.ndim != 1 or not len(theta):
        raise ValueError(f"theta has shape {tuple(theta.shape)}; allowed is "
                         "one flat vector")
    if not bool(torch.isfinite(theta).all() & loss(theta).isfinite()):
        return math.nan
    product = hessian_product(loss, theta)

    def curved(v):
        found = product(torch.from_numpy(np.ravel(v)).to(theta)).double()
        if not found.isfinite().all():
            raise OverflowError("the curvature is not finite")
        return found

    try:
        return _largest(curved, len(theta))
    except (OverflowError, ArpackNoConvergence):
        return math.nan


def _largest(product, size):
    """Largest eigenvalue of the symmetric matrix behind a ``product``.

    ARPACK sees it divided by a power of two: its tolerance is relative, but
    only down to an eigenvalue of 4e-11.
    """
    start = np.random.default_rng(0).standard_normal(size)
    image, power = sized(product(start))
    if not image.any():
        return 0.0   # nothing curves
    if size == 1:
        return float(product(np.ones(1)))
    operator = LinearOperator(
        (size, size), dtype=np.float64,
        matvec=lambda v: (product(v) / power).numpy())
    return float(power) * float(eigsh(
        operator, k=1, which="LA", v0=start, tol=1e-4,
        return_eigenvectors=False)[0])


def eigenvalues(matrix):
    """All eigenvalues of a symmetric matrix, in order; NaN if not finite."""
    if not matrix.isfinite().all():
        return torch.full_like(matrix[0], math.nan)
    return torch.linalg.eigvalsh(matrix)


def hessian(loss, theta):
    """The whole Hessian of a function of one flat vector; for small nets."""
    return jacrev(grad(loss), chunk_size=ROWS)(theta)
