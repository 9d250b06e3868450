"""Networks of one hidden ReLU layer that classify digits, many at once.

Members are the rows of a matrix (member, weights).
"""
from dataclasses import dataclass
from functools import cache

import torch
from sklearn.datasets import load_digits

PIXELS, CLASSES = 64, 10
TEST = 450      # images kept for the test
BATCH = 128


@cache
def digits():
    """Images and labels to train on, and to test: x, y, x, y."""
    x, y = (torch.tensor(part) for part in load_digits(return_X_y=True))
    order = torch.randperm(len(x), generator=torch.Generator().manual_seed(0))
    x, y = (x[order].float() - x.mean()) / x.std(), y[order]
    return x[TEST:].float(), y[TEST:], x[:TEST].float(), y[:TEST]


def dealt():
    """The labels to train on, dealt anew among the images."""
    y = digits()[1]
    return y[torch.randperm(len(y), generator=torch.Generator().manual_seed(
        0))]


def batches(seeds, steps, labels=None):
    """So many batches (member, BATCH, ...); the same for the same seed.

    ``labels``: of the images to train on, if not the true ones.
    """
    x, y, _, _ = digits()
    y = y if labels is None else labels
    distinct = sorted(set(seeds))
    member = torch.tensor([distinct.index(seed) for seed in seeds])
    generators = [torch.Generator().manual_seed(seed) for seed in distinct]
    for _ in range(steps):
        drawn = torch.stack([torch.randint(len(x), (BATCH,), generator=g)
                             for g in generators])[member]
        yield x[drawn], y[drawn]


@dataclass(frozen=True)
class Net:
    """64 pixels, ``width`` hidden units, 10 classes; no biases."""

    width: int

    @property
    def sizes(self):
        """Number of weights into the hidden layer and out of it."""
        return [PIXELS * self.width, self.width * CLASSES]

    @property
    def size(self):
        """Number of weights."""
        return sum(self.sizes)

    def layers(self, theta):
        """Weights in (..., 64, width) and out (..., width, 10)."""
        into, out = theta.split(self.sizes, -1)
        return (into.unflatten(-1, (PIXELS, self.width)),
                out.unflatten(-1, (self.width, CLASSES)))

    @property
    def spread(self):
        """Standard deviation of each initial weight: (2 / fan-in)^(1/2)."""
        return torch.cat([torch.full((count,), (2 / fan)**0.5) for count,
                          fan in zip(self.sizes, (PIXELS, self.width))])

    def draw(self, seeds):
        """Initial weights, Gaussian, one row per seed."""
        return torch.stack([self.spread * torch.randn(
            self.size, generator=torch.Generator().manual_seed(seed))
            for seed in seeds])

    def __call__(self, theta, x):
        """Logits (..., n, 10)."""
        into, out = self.layers(theta)
        return (x @ into).relu() @ out

    def gradient(self, theta, x, y):
        """Of the mean cross-entropy (nats), (..., P)."""
        into, out = self.layers(theta)
        h = (x @ into).relu()
        # over rows: over columns of ten it takes ten times as long
        miss = (out.mT @ h.mT).softmax(-2).mT
        miss.scatter_add_(-1, y[..., None], -torch.ones_like(miss[..., :1]))
        miss /= y.shape[-1]
        back = miss @ out.mT * h.sign()
        return torch.cat([(x.mT @ back).flatten(-2),
                          (h.mT @ miss).flatten(-2)], -1)

    def accuracy(self, theta, x=None, y=None):
        """Share of images, those of the test or others, that are right."""
        if x is None:
            _, _, x, y = digits()
        return (self(theta, x).argmax(-1) == y).float().mean(-1)
