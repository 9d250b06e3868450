"""Small tanh networks that read digits, each one flat vector of weights.

Members are the rows of a matrix (member, weights); a network turns a row
into the matrices of its layers.
"""
from dataclasses import dataclass
from functools import cache

import torch
from sklearn.datasets import load_digits

PIXELS, CLASSES = 64, 10
BASE_WIDTH = 64    # where the three scalings agree
SAMPLES = 512
SCALINGS = ("standard", "mup", "ntk")


@cache
def digits(samples=SAMPLES):
    """Images (samples, 64), standardised, and targets (samples, 10)."""
    pixels, labels = load_digits(return_X_y=True)
    x = torch.tensor(pixels[:samples])
    targets = torch.nn.functional.one_hot(torch.tensor(labels[:samples]))
    return (x - x.mean()) / x.std(), targets - 1 / CLASSES


def scale(scaling, role, fan_in, width):
    r"""Multiplier a and standard deviation b of the weights of one layer.

    The layer computes with :math:`a\,\theta`, and :math:`\theta` starts
    from N(0, b^2) and is what gradient descent changes: a layer's own
    learning rate is a^2 times the rate. With r = width / 64,

    ======== ============ ============ =============
    role     standard     ntk          mup
    ======== ============ ============ =============
    input    a = 1        a = 1        a = r^(1/2)
    hidden   a = 1        a = r^(-1/2) a = 1
    output   a = 1        a = r^(-1/2) a = r^(-1/2)
    ======== ============ ============ =============

    and a b = fan_in^(-1/2), for muP's output times r^(-1/2). Sources: Jacot
    et al. 2018 (ntk); Yang et al. 2022, table 8 (muP for SGD).
    """
    r = width / BASE_WIDTH
    power = {"standard": dict(input=0, hidden=0, output=0),
             "ntk": dict(input=0, hidden=-0.5, output=-0.5),
             "mup": dict(input=0.5, hidden=0, output=-0.5)}[scaling][role]
    shrink = r**-0.5 if (scaling, role) == ("mup", "output") else 1
    return r**power, shrink * fan_in**-0.5 / r**power


@dataclass(frozen=True)
class Net:
    r"""A network of ``depth`` hidden tanh layers of one ``width``.

    With ``skip``, each hidden layer after the first adds to what it reads:
    :math:`h + \tanh(h W) / \sqrt{depth}`. Raises ValueError for a size
    below 1 or an unknown scaling.
    """

    width: int
    depth: int = 1
    scaling: str = "mup"
    skip: bool = False

    def __post_init__(self):
        if self.width < 1 or self.depth < 1 or self.scaling not in SCALINGS:
            raise ValueError(
                f"width is {self.width}, depth {self.depth} and scaling "
                f"{self.scaling!r}; allowed are at least 1 and {SCALINGS}")

    @property
    def shapes(self):
        """(inputs, outputs) of each layer."""
        hidden = [(self.width, self.width)] * (self.depth - 1)
        return [(PIXELS, self.width), *hidden, (self.width, CLASSES)]

    @property
    def size(self):
        """Number of weights."""
        return sum(i * o for i, o in self.shapes)

    @property
    def scales(self):
        """(a, b) of each layer; see ``scale``."""
        roles = ["input", *["hidden"] * (self.depth - 1), "output"]
        return [scale(self.scaling, role, shape[0], self.width)
                for role, shape in zip(roles, self.shapes)]

    def draw(self, seeds):
        """Initial weights, one row per seed: (seeds, size)."""
        spread = torch.cat([torch.full((i * o,), b) for (i, o), (_, b)
                            in zip(self.shapes, self.scales)])
        return torch.stack([spread * torch.randn(
            self.size, generator=torch.Generator().manual_seed(seed))
            for seed in seeds])

    def layers(self, theta):
        """The matrices in flat weights (..., size), without multipliers."""
        parts = theta.split([i * o for i, o in self.shapes], dim=-1)
        return [part.unflatten(-1, shape)
                for part, shape in zip(parts, self.shapes)]

    def flat(self, layers):
        """The inverse of ``layers``."""
        return torch.cat([layer.flatten(-2) for layer in layers], dim=-1)

    def __call__(self, theta, x):
        """Outputs (..., samples, 10)."""
        first, *hidden, last = [a * layer for layer, (a, _) in zip(
            self.layers(theta), self.scales)]
        h = torch.tanh(x @ first)
        for weights in hidden:
            new = torch.tanh(h @ weights)
            h = h + new / self.depth**0.5 if self.skip else new
        return h @ last

    def loss(self, theta):
        """Half the mean squared error on the digits, for each row: (...)."""
        x, y = (part.to(theta.dtype) for part in digits())
        return ((self(theta, x) - y)**2).sum(-1).mean(-1) / 2


def descend(net, theta, lr, steps, momentum=0.0, keep=()):
    """Gradient descent on all the digits at once, for all rows.

    Returns the losses (steps + 1, member), the lengths of the steps and
    the distances from the start after them (both steps, member), and
    {step: weights} for the steps in ``keep``, which includes the last.
    """
    start, velocity = theta, torch.zeros_like(theta)
    losses, lengths, away, kept = [], [], [], {}
    for step in range(steps + 1):
        if step in keep or step == steps:
            kept[step] = theta
        theta = theta.detach().requires_grad_()
        loss = net.loss(theta)
        losses.append(loss.detach())
        if step < steps:
            (slope,) = torch.autograd.grad(loss.sum(), theta)
            velocity = momentum * velocity - lr * slope
            theta = theta.detach() + velocity
            lengths.append(velocity.norm(dim=-1))
            away.append((theta - start).norm(dim=-1))
    return (torch.stack(losses), torch.stack(lengths), torch.stack(away),
            {step: weights.detach() for step, weights in kept.items()})
