"""Who uses the hidden units of a network that several tasks share.

Networks are those of ``parity``, a row of weights each.
"""
import torch
from torch.nn.functional import softplus

from labkit.members import parity
from labkit.members.parity import LEARNED

ALIKE, DEALS = 8, 50   # units of about one weight; random deals of them


def importance(net, theta, x, y):
    """By how much a task's loss rises without a hidden unit, at least 0.

    (member, tasks, width), in nats.
    """
    into, out = net.layers(theta[:, None])
    parts = (x @ into).relu() * out.mT              # (..., n, width)
    whole = parts.sum(-1, keepdim=True)
    with_it, without = (softplus(-y[..., None] * f).mean(-2)
                        for f in (whole, whole - parts))
    return (without - with_it).clamp(min=0)


def dedication(importance):
    """Share of the units' importance that goes to each unit's main task.

    From 1 / tasks, if every unit serves all alike, to 1, if each serves one.
    """
    return importance.amax(-2).sum(-1) / importance.sum((-2, -1))


def by_chance(importance, weight):
    """The dedication if units were dealt to each task at random.

    But only among units of about the same ``weight`` (member, width), in
    groups of ALIKE: a unit that is small is small for every task. The mean
    over DEALS.
    """
    generator = torch.Generator().manual_seed(0)
    rank = weight.argsort(-1)[:, None].expand(importance.shape)
    importance = importance.gather(-1, rank)          # from light to heavy
    group = torch.arange(importance.shape[-1]) // ALIKE
    deals = torch.rand(DEALS, *importance.shape[-2:], generator=generator)
    return torch.stack([dedication(importance.gather(
        -1, order.expand(importance.shape)))
        for order in (group + deals).argsort(-1)]).mean(0)


def spare(net, theta, importance, test):
    """Share of the units that can go, the least important ones first.

    The most, in twentieths, without which every task stays LEARNED.
    """
    rank = importance.sum(-2).argsort(-1).argsort(-1)   # (member, width)
    best = torch.zeros(len(theta))
    for share in torch.arange(1, 20) / 20:
        into, out = net.layers(theta)
        cut = out * (rank >= share * net.width)[..., None]
        pruned = torch.cat([into.flatten(-2), cut[..., 0]], -1)
        fine = (parity.graded(net, pruned, *test)[1] > LEARNED).all(-1)
        best[fine] = share
    return best
