"""Masks: which weights of a network are kept, and how they are chosen."""
from dataclasses import dataclass

import torch

from labkit.members.adam import Adam


@dataclass(frozen=True)
class Mask:
    """Which weights are kept (1) and which are pruned (0).

    ``keep`` has the shape of the weights, (..., P). Raises ValueError if it
    holds anything else than zeros and ones.
    """

    keep: torch.Tensor

    def __post_init__(self):
        if not ((self.keep == 0) | (self.keep == 1)).all():
            raise ValueError("keep holds other values than 0 and 1")

    @property
    def density(self):
        """Share of the weights that are kept, over all of them."""
        return self.keep.double().mean().item()

    @property
    def sparsity(self):
        """Share of the weights that are pruned."""
        return 1 - self.density

    def apply(self, weights):
        """The weights, zero where they are pruned.

        Raises ValueError for weights of another shape.
        """
        if weights.shape != self.keep.shape:
            raise ValueError(f"weights are {tuple(weights.shape)}, the mask "
                             f"is {tuple(self.keep.shape)}")
        return weights * self.keep

    def prune(self, other):
        """What both masks keep: what was pruned once stays pruned."""
        return Mask(self.apply(other.keep))


def count(density, weights):
    """How many of so many ``weights`` a density keeps: at least one."""
    if not 0 < density <= 1:
        raise ValueError(f"density is {density}; allowed is above 0, at "
                         "most 1")
    return max(1, round(density * weights))


def largest(values, density):
    """The mask that keeps the largest values of each row, (..., P)."""
    kept = values.topk(count(density, values.shape[-1]), dim=-1).indices
    return Mask(torch.zeros_like(values).scatter(-1, kept, 1))


def magnitude(weights, density):
    """The mask that keeps the weights farthest from zero, row by row.

    Of each row (..., P) exactly round(density x P), at least one. Raises
    ValueError for a density outside (0, 1].
    """
    return largest(weights.abs(), density)


def by_layer(scores, sizes, density):
    """The mask that keeps each layer's largest scores; ``sizes`` of layers."""
    return Mask(torch.cat([largest(part, density).keep
                           for part in scores.split(sizes, -1)], -1))


def shuffled(mask, sizes, generator):
    """The mask with the places in each layer dealt anew, row by row."""
    return Mask(torch.cat([part.gather(-1, torch.rand(
        part.shape, generator=generator).argsort(-1))
        for part in mask.keep.split(sizes, -1)], -1))


def edge_popup(net, weights, density, batches, lr, generator):
    """Look for a mask under which ``weights``, never changed, do the task.

    Every weight has a score; each layer keeps its largest scores. The loss
    is taken through the mask as if it were the scores ("straight-through"):
    the score's gradient is the weight times the gradient of the masked
    weight. Source: edge-popup (Ramanujan et al. 2020), scores ranked by
    value.
    """
    adam = Adam.start(torch.rand(weights.shape, generator=generator))
    rates = torch.full_like(weights, lr)
    for x, y in batches:
        mask = by_layer(adam.theta, net.sizes, density)
        adam.step(weights * net.gradient(mask.apply(weights), x, y), rates)
    return by_layer(adam.theta, net.sizes, density)
