"""Small networks, many at once: each member is a row of weights (member, P).

What all kinds have in common: how weights are drawn, laid out in layers, and
how random numbers are dealt to members.
"""
import torch

BASE_WIDTH = 64    # where muP and the standard scaling are the same


def deal(seeds, draw):
    """Endless lists of random tensors (member, ...), by the members' seeds.

    ``draw(generator)`` returns the next tensors of one seed. Members of one
    seed get the same, whatever seeds the others have.
    """
    distinct = sorted(set(seeds))
    member = torch.tensor([distinct.index(seed) for seed in seeds])
    generators = [torch.Generator().manual_seed(seed) for seed in distinct]
    while True:
        drawn = zip(*[draw(generator) for generator in generators])
        yield [torch.stack(part)[member] for part in drawn]


class Network:
    """Networks of one size without biases; their weights are rows (..., P).

    A kind of network is a subclass that has ``shapes``, the (inputs,
    outputs) of each layer, and ``deviations``, the standard deviation of the
    initial weights of each layer.
    """

    @property
    def sizes(self):
        """Number of weights of each layer."""
        return [inputs * outputs for inputs, outputs in self.shapes]

    @property
    def size(self):
        """Number of weights P."""
        return sum(self.sizes)

    @property
    def spread(self):
        """Standard deviation of each initial weight: (P,)."""
        return torch.cat([torch.full((size,), deviation) for size, deviation
                          in zip(self.sizes, self.deviations)])

    def draw(self, seeds):
        """Initial weights, Gaussian, one row per seed: (seeds, P)."""
        spread = self.spread
        return torch.stack([spread * torch.randn(
            self.size, generator=torch.Generator().manual_seed(seed))
            for seed in seeds])

    def layers(self, theta):
        """The matrices (..., inputs, outputs) in flat weights (..., P)."""
        return [part.unflatten(-1, shape) for part, shape in zip(
            theta.split(self.sizes, -1), self.shapes)]

    def flat(self, layers):
        """The inverse of ``layers``."""
        return torch.cat([layer.flatten(-2) for layer in layers], -1)
