r"""Superposition: more features than dimensions, in the toy of Elhage et al.

:math:`x' = \mathrm{relu}(W^T W x + b)`, W of m dimensions x n features.
Every feature is there with probability p, then uniform in 0 to 1. Source:
Elhage et al. 2022. All seeds are one tensor.
"""
import torch
from torch.nn.functional import mse_loss

from labkit.members.scale import unit

FEATURES = 64
BATCH = 256
RATE = 0.01
PRESENT = 0.5    # squared length from which a feature counts as represented


def examples(p, count, generator):
    """Sparse features: (count, FEATURES)."""
    x = torch.rand(2, count, FEATURES, generator=generator)
    return x[0] * (x[1] < p)


def restored(W, b, x):
    """What comes out of m dimensions: (seed, examples, FEATURES)."""
    return (x @ W.mT @ W + b[:, None]).relu()


def fit(m, p, steps, seeds):
    """W (seed, m, FEATURES) and b after Adam, the rate falling to zero.

    Raises ValueError unless m, steps are at least 1 and p is in (0, 1].
    """
    if m < 1 or steps < 1 or not 0 < p <= 1:
        raise ValueError(f"m is {m}, steps {steps}, p {p}; allowed are m and "
                         "steps of at least 1, and 0 < p <= 1")
    generators = [torch.Generator().manual_seed(seed) for seed in seeds]
    W = torch.stack([torch.randn(m, FEATURES, generator=g) for g in
                     generators]) / FEATURES**0.5
    W.requires_grad_()
    b = torch.zeros(len(seeds), FEATURES, requires_grad=True)
    adam = torch.optim.Adam([W, b], lr=RATE)
    decay = torch.optim.lr_scheduler.LinearLR(adam, 1, 0, steps)
    for _ in range(steps):
        x = torch.stack([examples(p, BATCH, g) for g in generators])
        adam.zero_grad()
        (len(seeds) * mse_loss(restored(W, b, x), x)).backward()
        adam.step()
        decay.step()
    return W.detach(), b.detach()


def few(lost, things, p, seed, steps=1000):
    """W (2, things) and b of the same toy with few things on two wires.

    ``lost(W, b, x)`` is the loss of examples x (count, things); of each
    thing the probability is ``p``.
    """
    generator = torch.Generator().manual_seed(seed)
    W = torch.randn(2, things, generator=generator) / things**0.5
    W.requires_grad_()
    b = torch.zeros(things, requires_grad=True)
    adam = torch.optim.Adam([W, b], lr=2 * RATE)
    decay = torch.optim.lr_scheduler.LinearLR(adam, 1, 0, steps)
    for _ in range(steps):
        x = torch.rand(2, BATCH, things, generator=generator)
        adam.zero_grad()
        lost(W, b, x[0] * (x[1] < p)).backward()
        adam.step()
        decay.step()
    return W.detach(), b.detach()


def meet(things, p):
    """How often two things or more are there at once, in percent."""
    return 100 * (1 - (1 - p)**things - things * p * (1 - p)**(things - 1))


def represented(W):
    """Which features have a direction of their own: (seed, FEATURES)."""
    return (W * W).sum(1) > PRESENT


def packed(W):
    """Features per dimension: squared length of all of W, over m."""
    return (W * W).mean(1).sum(-1)


def overlap(W):
    r"""Mean squared cosine between two represented features, per seed.

    NaN where fewer than two are represented or one is not finite. For n
    vectors in m dimensions it is at least :math:`(n - m) / (m (n - 1))`
    (Welch 1974).
    """
    means = []
    for w, there in zip(W, represented(W)):
        directions = unit(w[:, there], 0)
        count = directions.shape[1]
        total = ((directions.mT @ directions)**2).sum() - count
        total = total + 0 * w.abs().max()    # NaN, if one is
        means.append(total / (count * (count - 1)) if count > 1
                     else total * torch.nan)
    return torch.stack(means)


def relative_loss(W, b, p, seed):
    """Squared error over that of answering zero, on new examples."""
    x = examples(p, 20 * BATCH, torch.Generator().manual_seed(seed))
    return ((restored(W, b, x) - x)**2).mean((1, 2)) / (x**2).mean()
