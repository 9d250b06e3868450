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

TINY = 1e-12   # keeps the derivative of acos finite where w = v
MOMENTUM = 0.9


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
    """Lengths (..., m, 1) and directions (..., m, k) of neurons."""
    length = w.norm(dim=-1, keepdim=True)
    return length, w / length.clamp(min=TINY)


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
    jacobian = torch.autograd.functional.jacobian(
        lambda w: gradient(w, v), w, vectorize=True)
    return jacobian.reshape(w.numel(), w.numel())


def with_neuron(w, new):
    """Each student (..., m, k) with one ``new`` neuron (..., k) more."""
    return torch.cat([w, new[..., None, :]], dim=-2)
