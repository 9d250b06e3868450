"""Masks: which weights of a network are kept, and how they are chosen.

The networks are many at once, and read digits (``members.digits``): each
row of weights (..., P) is one, with its own row of the mask.
"""
from dataclasses import dataclass

import torch

from labkit.members import digits
from labkit.members.adam import Adam

RIGHT = 0.9   # accuracy with which a task counts as done
FEWER = 0.5   # of the weights are kept in each round of pruning


@dataclass(frozen=True)
class Mask:
    """Which weights are kept (1) and which are pruned (0).

    ``keep`` has the shape of the weights, (..., P). It is NaN where nobody
    can say: a network that diverged has no largest weights. Raises
    ValueError if it holds anything else.
    """

    keep: torch.Tensor

    def __post_init__(self):
        keep = self.keep
        if not ((keep == 0) | (keep == 1) | keep.isnan()).all():
            raise ValueError("keep holds other values than 0, 1 and NaN")

    @property
    def density(self):
        """Share of the weights that are kept, over all of them."""
        return self.keep.double().mean().item()

    @property
    def sparsity(self):
        """Share of the weights that are pruned."""
        return 1 - self.density

    def apply(self, weights):
        """Return the weights, zero where they are pruned.

        Whatever was there, NaN and infinity, too. NaN where nobody can say
        whether they are. Raises ValueError for weights of another shape.
        """
        if weights.shape != self.keep.shape:
            raise ValueError(f"weights are {tuple(weights.shape)}, the mask "
                             f"is {tuple(self.keep.shape)}")
        return (weights * self.keep).masked_fill(self.keep == 0, 0)

    def prune(self, other):
        """Return the mask of what both keep; the pruned stays pruned.

        Raises ValueError for a mask of another shape.
        """
        return Mask(self.apply(other.keep))


def count(density, weights):
    """Number of so many ``weights`` that a density keeps: at least one.

    Raises ValueError without weights or for a density outside (0, 1].
    """
    if weights < 1 or not 0 < density <= 1:
        raise ValueError(f"density is {density}, of {weights} weights; "
                         "allowed is above 0, at most 1, of one or more")
    return max(1, round(density * weights))


def largest(values, density):
    """The mask that keeps the largest values of each row (..., P).

    NaN all along a row that is not finite: of a network that diverged.
    """
    kept = values.topk(count(density, values.shape[-1]), dim=-1).indices
    keep = torch.zeros_like(values).scatter(-1, kept, 1)
    return Mask(keep.where(values.isfinite().all(-1, True), torch.nan))


def magnitude(weights, density):
    """The mask that keeps the weights farthest from zero, row by row.

    Of each row (..., P) exactly round(density x P), at least one; NaN for a
    row that is not finite. Raises ValueError for a density outside (0, 1].
    """
    return largest(weights.abs(), density)


def by_layer(scores, sizes, density):
    """The mask that keeps the largest scores of each layer, row by row.

    ``sizes``: number of weights in each layer. NaN for scores of a layer
    that are not finite. Raises ValueError for a density outside (0, 1].
    """
    return Mask(torch.cat([largest(part, density).keep
                           for part in scores.split(sizes, -1)], -1))


def shuffled(mask, sizes, generator):
    """The mask with its places in each layer dealt anew, row by row.

    Each layer keeps as many weights as before. ``sizes``: number of weights
    in each layer.
    """
    return Mask(torch.cat([part.gather(-1, torch.rand(
        part.shape, generator=generator).argsort(-1))
        for part in mask.keep.split(sizes, -1)], -1))


def edge_popup(net, weights, density, batches, lr, generator):
    """Search for a mask under which ``weights``, never changed, do the task.

    Every weight (member, P) has a score, at first a random number in
    [0, 1); each layer keeps the weights with its largest scores. The scores
    are trained by Adam at the rate ``lr`` on the ``batches`` (x, y): the
    gradient of a score is the weight times the gradient of the masked
    weight, as if the mask were the scores ("straight-through"). Source:
    edge-popup (Ramanujan et al. 2020), scores ranked by value.
    """
    adam = Adam.start(torch.rand(weights.shape, generator=generator))
    rates = torch.full_like(weights, lr)
    for x, y in batches:
        mask = by_layer(adam.theta, net.sizes, density)
        adam.step(weights * net.gradient(mask.apply(weights), x, y), rates)
    return by_layer(adam.theta, net.sizes, density)


def trained(net, theta, mask, lr, steps, seeds, labels=None):
    """Train under a mask by Adam; return the weights (member, P).

    What is pruned is zero and stays zero. ``seeds``: of each member's
    batches; ``labels``: of the images to train on, if not the true ones.
    """
    adam = Adam.start(mask.apply(theta))
    rates = torch.full_like(theta, lr)
    for x, y in digits.batches(seeds, steps, labels):
        adam.step(mask.apply(net.gradient(adam.theta, x, y)), rates)
    return adam.theta


def pruned(net, first, lr, steps, rounds, seeds, labels=None):
    """Iterative magnitude pruning: yield each mask and its trained weights.

    The first mask keeps all. After each round the share FEWER of the kept
    weights, those that training has made largest, is kept and trained again
    from the ``first`` values (member, P).
    """
    mask = Mask(torch.ones_like(first))
    for round in range(1, rounds + 2):
        end = trained(net, first, mask, lr, steps, seeds, labels)
        yield mask, end
        mask = mask.prune(magnitude(end, FEWER**round))
