"""Networks that read digits, many at once, and the images they learn from.

Tanh networks fit targets to a fixed set of images by gradient descent; ReLU
networks classify, with batches, and are tested on other images.
"""
from dataclasses import dataclass
from functools import cache
from itertools import islice

import torch
from sklearn.datasets import load_digits

from labkit.members.networks import BASE_WIDTH, Network, deal
from labkit.members.scale import length

PIXELS, CLASSES = 64, 10
SAMPLES = 512   # images that tanh networks learn
TEST = 450      # images kept for the test of ReLU networks
BATCH = 128     # examples per step
SCALINGS = ("standard", "mup", "ntk")


# --- images -----------------------------------------------------------------

@cache
def images():
    """All images (1797, 64), float64, from 0 to 16, and their labels."""
    return [torch.tensor(part) for part in load_digits(return_X_y=True)]


@cache
def centred():
    """The first SAMPLES images and their centred one-hot targets.

    Images (SAMPLES, 64), float64, are standardised over all their pixels;
    targets (SAMPLES, 10) are 0.9 for the right class and -0.1 for others.
    """
    x, labels = (part[:SAMPLES] for part in images())
    targets = torch.nn.functional.one_hot(labels, CLASSES)
    return (x - x.mean()) / x.std(), targets - 1 / CLASSES


@cache
def split():
    """Shuffled images and labels, to train on and to test: x, y, x, y.

    Images (1347 or 450, 64), float32, are standardised over all their
    pixels; labels are class numbers.
    """
    x, y = images()
    order = torch.randperm(len(x), generator=torch.Generator().manual_seed(0))
    x, y = (x[order].float() - x.mean()) / x.std(), y[order]
    return x[TEST:], y[TEST:], x[:TEST], y[:TEST]


def dealt():
    """The labels to train on, dealt anew among the images."""
    y = split()[1]
    return y[torch.randperm(len(y), generator=torch.Generator().manual_seed(
        0))]


def batches(seeds, steps, labels=None):
    """So many batches (member, BATCH, ...); the same for the same seed.

    ``labels``: of the images to train on, if not the true ones.
    """
    x, y, _, _ = split()
    y = y if labels is None else labels
    for drawn, in islice(deal(seeds, lambda generator: [torch.randint(
            len(x), (BATCH,), generator=generator)]), steps):
        yield x[drawn], y[drawn]


# --- tanh networks ----------------------------------------------------------

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
class Tanh(Network):
    r"""Networks of ``depth`` hidden tanh layers of one ``width``.

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
    def scales(self):
        """(a, b) of each layer; see ``scale``."""
        roles = ["input", *["hidden"] * (self.depth - 1), "output"]
        return [scale(self.scaling, role, shape[0], self.width)
                for role, shape in zip(roles, self.shapes)]

    @property
    def deviations(self):
        """Standard deviation of the initial weights of each layer: b."""
        return [b for _, b in self.scales]

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
        x, y = (part.to(theta.dtype) for part in centred())
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
            lengths.append(length(velocity))
            away.append(length(theta - start))
    return torch.stack(losses), torch.stack(lengths), torch.stack(away), kept


# --- ReLU networks ----------------------------------------------------------

@dataclass(frozen=True)
class Relu(Network):
    """Networks of 64 pixels, ``width`` hidden ReLU units and 10 classes.

    Raises ValueError for a width below 1.
    """

    width: int

    def __post_init__(self):
        if self.width < 1:
            raise ValueError(f"width is {self.width}; at least 1 is needed")

    @property
    def shapes(self):
        """(inputs, outputs) of each layer."""
        return [(PIXELS, self.width), (self.width, CLASSES)]

    @property
    def deviations(self):
        """Standard deviation of the initial weights: (2 / fan-in)^(1/2)."""
        return [(2 / fan_in)**0.5 for fan_in, _ in self.shapes]

    def __call__(self, theta, x):
        """Logits (..., n, 10)."""
        into, out = self.layers(theta)
        return (x @ into).relu() @ out

    def gradient(self, theta, x, y):
        """Gradient of the mean cross-entropy (nats), (..., P).

        By hand: up to a width of 256, a training step with autograd takes
        1.1 to 1.8 times as long, and it rounds otherwise.
        """
        into, out = self.layers(theta)
        h = (x @ into).relu_()
        # over rows: over columns of ten it takes ten times as long
        miss = (out.mT @ h.mT).softmax(-2).mT
        miss.scatter_add_(-1, y[..., None], -torch.ones_like(miss[..., :1]))
        miss /= y.shape[-1]
        last = h.mT @ miss
        back = (miss @ out.mT).mul_(h.sign_())    # in place: memory is slow
        return self.flat([x.mT @ back, last])

    def accuracy(self, theta, x=None, y=None):
        """Share of images, those of the test or others, that are right.

        NaN for a network that diverged: one whose logits are not finite.
        """
        if x is None:
            _, _, x, y = split()
        logits = self(theta, x)
        lost = 0 * logits.abs().amax(-1)    # zero, or NaN
        return ((logits.argmax(-1) == y) + lost).mean(-1)
