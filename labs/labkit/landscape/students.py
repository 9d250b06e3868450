r"""Students of a known teacher: one hidden ReLU layer, its loss exact.

A teacher of k neurons and a student of m see Gaussian inputs x in k
dimensions; each sums its neurons, :math:`\sum_i \mathrm{relu}(w_i x)`. The
teacher's weights v are the unit vectors, so a student with m >= k can copy
it and its lowest loss is zero. The mean over all inputs has a closed form,
so there are no samples and no noise. Many students are one tensor, (...,
m, k). Source: Safran & Shamir 2018, who prove that some students of the
teacher's size have spurious local minima.
"""
import math

import torch
from torch.func import jacrev

from labkit.landscape import curvature

TINY = 1e-12   # keeps the derivative of acos finite where w = v
NONE = 1e-150    # a neuron shorter than this has no direction
MOMENTUM = 0.9
ARRIVED = 1e-3   # a loss up to this: the student has found the teacher
STILL = 1e-6     # a gradient shorter than this counts as none


def teacher(k):
    """The k unit vectors, in float64."""
    return torch.eye(k, dtype=torch.float64)


def draw(count, m, k, seed):
    """``count`` students of m neurons, each weight from N(0, 1/k)."""
    for name, value in (("count", count), ("m", m), ("k", k)):
        if value < 1:
            raise ValueError(f"{name} is {value}; at least 1 is needed")
    generator = torch.Generator().manual_seed(seed)
    return torch.randn(count, m, k, generator=generator,
                       dtype=torch.float64) / k**0.5


def polar(w):
    """Lengths (..., m, 1) and directions (..., m, k) of neurons.

    Up to 1 / NONE, the largest whose squares float64 holds; directions of
    any length (``scale.unit``) would make training a fifth slower.
    """
    length = w.norm(dim=-1, keepdim=True)
    return length, w / length.clamp(min=NONE)


def angles(w, v):
    """Angle between each direction of w and each of v: (..., m, k)."""
    return torch.acos((w @ v.mT).clamp(TINY - 1, 1 - TINY))


def overlap(w, v):
    r"""Sum of E[relu(w_i x) relu(v_j x)] over all i and j.

    .. math:: \frac{|w||v|}{2\pi} (\sin\theta + (\pi - \theta)\cos\theta)

    Source: Cho & Saul 2009, the arc-cosine kernel of order 1.
    """
    (long, w), (tall, v) = polar(w), polar(v)
    theta = angles(w, v)
    kernel = theta.sin() + (math.pi - theta) * theta.cos()
    return (long * tall.mT * kernel).sum((-2, -1)) / (2 * math.pi)


def loss(w, v):
    """Half the mean squared difference of student and teacher: (...)."""
    return (overlap(w, w) - 2 * overlap(w, v) + overlap(v, v)) / 2


def gradient(w, v):
    r"""Gradient of ``loss``: (..., m, k).

    E[relu(u x) 1(w_i x > 0) x], summed over the student's neurons u = w_j
    and minus the same for the teacher's:

    .. math:: \frac{1}{2\pi} \sum_u \pm\bigl(|u| \sin\theta_{iu}\,
              w_i / |w_i| + (\pi - \theta_{iu})\, u\bigr)
    """
    m = w.shape[-2]
    lengths, directions = polar(torch.cat(
        [w, v.expand(*w.shape[:-2], *v.shape[-2:])], dim=-2))
    lengths = torch.cat([lengths[..., :m, :], -lengths[..., m:, :]], dim=-2)
    theta = angles(directions[..., :m, :], directions)
    along = (theta.sin() @ lengths) * directions[..., :m, :]
    return (along + (math.pi - theta) @ (lengths * directions)) / (
        2 * math.pi)


def sampled_gradient(w, v, x):
    """The same on each student's own inputs x (..., samples, k): noisy."""
    z = x @ w.mT                                    # (..., samples, m)
    error = z.relu().sum(-1) - (x @ v.mT).relu().sum(-1)
    return ((z > 0) * error[..., None]).mT @ x / x.shape[-2]


def descend(w, v, steps, slope=gradient):
    """Descend from w with momentum .9 at rate 1/m; the last weights."""
    velocity = torch.zeros_like(w)
    for _ in range(steps):
        velocity = MOMENTUM * velocity - slope(w, v) / w.shape[-2]
        w = w + velocity
    return w


def hessian(w, v):
    """Hessian of the ``loss`` of one student w (m, k): (m k, m k)."""
    return jacrev(gradient)(w, v).reshape(w.numel(), w.numel())


def with_neuron(w, new):
    """Each student (..., m, k) with one ``new`` neuron (..., k) more."""
    return torch.cat([w, new[..., None, :]], dim=-2)


def trained(k, m, count, steps, seeds):
    """Train ``count`` students of m neurons for each of the ``seeds``.

    Returns the students (seeds x count, m, k), the seed of each, and their
    teacher (k, k).
    """
    v = teacher(k)
    w = torch.cat([draw(count, m, k, seed) for seed in seeds])
    owner = torch.tensor(seeds).repeat_interleave(count)
    return descend(w, v, steps), owner, v


def classify(w, v):
    """Classify trained students: one boolean mask per outcome.

    ``w`` (students, m, k) were trained on the teacher ``v`` (k, k). Returns
    ({outcome: mask (students,)}, lowest eigenvalues (students,)). The
    outcomes are "arrived" (a loss of at most ARRIVED), "pit" (a higher
    loss, no gradient, all eigenvalues of the Hessian positive: a true
    minimum), "diverged" (the loss is not finite), and "elsewhere" for all
    others: still on the way, or at rest at a place that is no minimum, as
    are many that noise had blown up. The lowest eigenvalue of the Hessian is
    given for students without a gradient that have not arrived; for the
    others it is NaN.
    """
    arrived = loss(w, v) <= ARRIVED
    still = gradient(w, v).flatten(1).norm(dim=1) < STILL
    lowest = torch.full((len(w),), math.nan, dtype=w.dtype)
    for i in torch.nonzero(still & ~arrived).flatten():
        lowest[i] = curvature.eigenvalues(hessian(w[i], v))[0]
    pit, lost = lowest > 0, ~loss(w, v).isfinite()
    return {"arrived": arrived, "pit": pit, "diverged": lost,
            "elsewhere": ~(arrived | pit | lost)}, lowest


def outcomes(w, v, owner, seeds):
    """Yield each seed with the share of its students per outcome.

    ``owner`` (students,) is the seed of each student. Besides the shares:
    the number of ``students`` and, of those in pits, the ``lowest``
    eigenvalue and the median ``loss`` (NaN if there are none).
    """
    masks, lowest = classify(w, v)
    losses = loss(w, v)
    for seed in seeds:
        own = owner == seed
        pit = own & masks["pit"]
        yield seed, dict(
            students=int(own.sum()),
            **{name: mask[own].double().mean().item()
               for name, mask in masks.items()},
            lowest=lowest[pit].min().item() if pit.any() else math.nan,
            loss=losses[pit].median().item() if pit.any() else math.nan)
