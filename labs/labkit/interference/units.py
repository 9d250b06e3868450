"""Who uses the hidden units of a network that several tasks share.

Networks are those of ``parity``, a row of weights each.
"""
import torch
from torch.nn.functional import softplus

from labkit.members import parity
from labkit.members.parity import LEARNED
from labkit.members.scale import sized

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
    NaN where no unit is of importance.
    """
    importance = sized(importance.flatten(-2))[0].view_as(importance)
    return importance.amax(-2).sum(-1) / importance.sum((-2, -1))


def by_chance(importance, weight):
    """The dedication if units were dealt to each task at random.

    ``importance`` is (member, tasks, width). A unit that is small is small
    for every task; so units are dealt only within groups of ALIKE units of
    about the same ``weight`` (member, width). The mean over DEALS, (member,).
    """
    order = weight.argsort(-1)[:, None].expand(importance.shape)
    groups = importance.gather(-1, order).split(ALIKE, -1)   # light to heavy
    generator = torch.Generator().manual_seed(0)
    deals = torch.rand(DEALS, *importance.shape[-2:], generator=generator)
    return torch.stack([
        dedication(torch.cat([*map(shuffled, groups, keys.split(ALIKE, -1))],
                             -1)) for keys in deals]).mean(0)


def shuffled(values, keys):
    """Values (member, tasks, n) in the order of their keys (tasks, n)."""
    return values.gather(-1, keys.argsort(-1).expand(values.shape))


def spare(net, theta, importance, test):
    """Share of the units that can go, the least important ones first.

    The most, in twentieths, without which every task stays LEARNED. NaN
    for a network that diverged.
    """
    rank = importance.sum(-2).argsort(-1).argsort(-1)   # (member, width)
    best = 0 * importance.amax((-2, -1))    # zero, or NaN
    for share in torch.arange(1, 20) / 20:
        into, out = net.layers(theta)
        cut = out.where((rank >= share * net.width)[..., None], 0)
        pruned = torch.cat([into.flatten(-2), cut[..., 0]], -1)
        fine = (parity.graded(net, pruned, *test)[1] > LEARNED).all(-1)
        best[fine] = share
    return best
