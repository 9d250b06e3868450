"""Surveys of lottery tickets: draws, pruned networks, masks, distances.

``survey(experiment, **settings)`` calls the function of that name; tidy
rows come out. All seeds of a cell are one tensor.
"""
from functools import partial

import pandas as pd
import torch

from labkit import surveys
from labkit.lottery import masks
from labkit.members import digits as classifier
from labkit.members import networks as nets
from labkit.members import parity
from labkit.members.adam import Adam

PLACES = 4       # of the parity that is drawn for
TOTAL = 512      # units of all the networks of one seed together
BATCH = 32       # examples per step of a parity
EXAM = 512
SOLVED = 0.9     # accuracy
OFTEN = 10       # steps between two exams
FEWER = 0.5      # of the weights are kept in each round of pruning
HALF = 0.5       # density of a mask without training
RANDOM = 1000    # masks drawn at random
MANY = 20        # of them at once
NEW = 1000       # added to a seed for what is drawn anew
TEAMS = 10       # teams of random units, for one of winners
DEPTH = 1        # hidden layers of the networks whose way is measured


# --- draws ----------------------------------------------------------------

def needed(net, theta, lr, steps, seeds, examples=None):
    """Steps of rows of weights until they solve their seed's parity.

    NaN if they do not within ``steps``; and the weights by then. The seeds
    draw the ``examples``, too, unless others are given for these.
    """
    places = torch.stack([parity.places(1, PLACES, seed) for seed in seeds])
    adam = Adam.start(theta)
    rates = net.rates(torch.full((len(seeds),), lr))
    test = parity.exam(places, EXAM, 0)
    when = torch.full((len(seeds),), torch.nan)
    one, then = torch.ones(len(seeds), 1), theta
    for step, (x, y, _) in zip(range(steps + 1), parity.stream(
            places, one, BATCH, examples or seeds)):
        if step % OFTEN == 0 or step == steps:
            right = parity.graded(net, adam.theta, *test)[1][:, 0]
            still = when.isnan()
            then = adam.theta.where(still[:, None], then)
            when[(right > SOLVED) & still] = step
            if step == steps or not when.isnan().any():
                break
        adam.step(net.gradient(adam.theta, x, y, torch.ones_like(y)), rates)
    return when, then


def draw(width, lr, steps, seeds):
    """Many networks for each seed, TOTAL units together; steps to solve it.

    Those of one seed have the same task and examples, and other weights.
    """
    count = max(1, TOTAL // width)
    whose = [seed for seed in seeds for _ in range(count)]
    net = parity.Net(width, 1)
    theta = net.draw([NEW * seed + i for seed in seeds for i in range(count)])
    when, _ = needed(net, theta, lr, steps, whose)
    return [dict(width=width, lr=lr, seed=seed, net=i % count, needed=number)
            for i, (seed, number) in enumerate(zip(whose, when.tolist()))]


def luck(width, nets, lr, steps, seeds):
    """Are networks that are lucky on some examples lucky on others?

    For each seed, as many ``nets`` learn its task twice, from the same
    initial weights, on different examples. Spearman's rank correlation of
    the steps that they need, never last.
    """
    whose = [seed for seed in seeds for _ in range(nets)]
    net = parity.Net(width, 1)
    theta = net.draw([NEW * seed + i for seed in seeds for i in range(nets)])
    first, again = (needed(net, theta, lr, steps, whose, [
        seed + shift for seed in whose])[0] for shift in (0, NEW))
    both = pd.DataFrame({"seed": whose, "first": first, "again": again})
    both = both.fillna(2 * steps)
    return [dict(width=width, nets=nets, lr=lr, seed=seed,
                 correlation=part["first"].corr(part.again, "spearman"))
            for seed, part in both.groupby("seed")]


def chosen(net, theta, units):
    """The weights of some units (row, kept) alone, as a narrow network.

    The readout is scaled to the narrow network's size.
    """
    into, out = net.layers(theta)
    kept = units.shape[-1]
    into = into.gather(-1, units[:, None].expand(-1, net.inputs, -1))
    out = out.gather(-2, units[..., None]) * net.width / kept
    return torch.cat([into.flatten(-2), out.flatten(-2)], -1)


def teams(net, end, kept, seeds):
    """Units of each network, winners and then TEAMS others.

    A tensor (team, row, kept). The winners are the ``kept`` units with the
    largest weights in the ``end``, into the unit times out of it. A random
    team has none of them.
    """
    into, out = net.layers(end)
    winners = (into.norm(dim=-2) * out[..., 0].abs()).topk(kept).indices
    luck = torch.stack([torch.rand(
        TEAMS, net.width, generator=torch.Generator().manual_seed(
            seed + 2 * NEW)) for seed in seeds], dim=1)
    luck = luck.scatter(-1, winners.expand(TEAMS, -1, -1), -1)
    return torch.cat([winners[None], luck.topk(kept).indices])


def rewound(width, kept, lr, steps, seeds):
    """Steps of ``kept`` units of a wide network, from their first weights.

    ``teams`` of winners when the network has solved its task, or after
    ``steps``, and random ones. Each learns from the same examples as the
    whole, and from new ones.
    """
    net, small = parity.Net(width, 1), parity.Net(kept, 1)
    theta = net.draw(seeds)
    when, end = needed(net, theta, lr, steps, seeds)
    rows = [dict(way="whole", team=0, seed=seed, needed=number)
            for seed, number in zip(seeds, when.tolist())]
    units = teams(net, end, kept, seeds)
    theta = torch.cat([chosen(net, theta, team) for team in units])
    whose = [*seeds] * len(units)
    for what, shift in (("", 0), (", new examples", NEW)):
        when, _ = needed(small, theta, lr, steps, whose,
                         [seed + shift for seed in whose])
        for team, numbers in enumerate(when.split(len(seeds))):
            way = ("random" if team else "winners") + what
            rows += [dict(way=way, team=team, seed=seed, needed=number)
                     for seed, number in zip(seeds, numbers.tolist())]
    return [dict(width=width, kept=kept, lr=lr, **row) for row in rows]


# --- pruned networks ------------------------------------------------------

def trained(net, theta, mask, lr, steps, seeds, labels=None):
    """The weights after Adam; what is pruned stays zero.

    ``labels``: of the images to train on, if not the true ones.
    """
    adam = Adam.start(mask.apply(theta))
    rates = torch.full_like(theta, lr)
    for x, y in classifier.batches(seeds, steps, labels):
        adam.step(mask.apply(net.gradient(adam.theta, x, y)), rates)
    return adam.theta


def pruned(net, first, lr, steps, rounds, seeds, labels=None):
    """Iterative magnitude pruning: each round's mask and trained weights.

    After each, the FEWER largest of the trained weights are kept, and
    trained again from their ``first`` values.
    """
    mask = masks.Mask(torch.ones_like(first))
    for round in range(1, rounds + 2):
        end = trained(net, first, mask, lr, steps, seeds, labels)
        yield mask, end
        mask = mask.prune(masks.magnitude(end, FEWER**round))


def prune(width, lr, steps, rounds, seeds):
    """Tickets and controls, after each round; accuracies on the test.

    In the same mask: the first values ("original"), values drawn anew, the
    signs of the first values alone. With the first values: a mask with its
    places dealt anew in each layer; the mask of a network that was trained,
    in each round, with the labels dealt anew among the images.
    """
    net = classifier.Net(width)
    first, new = net.draw(seeds), net.draw([seed + NEW for seed in seeds])
    generator = torch.Generator().manual_seed(0)
    chains = [pruned(net, first, lr, steps, rounds, seeds, labels)
              for labels in (None, classifier.dealt())]
    rows = []
    for round, ((mask, end), (other, _)) in enumerate(zip(*chains)):
        ways = {"redrawn": (new, mask),
                "signs": (net.spread * first.sign(), mask),
                "random mask": (first, masks.shuffled(mask, net.sizes,
                                                      generator)),
                "shuffled labels": (first, other)}
        theta = torch.cat([start for start, _ in ways.values()])
        keep = masks.Mask(torch.cat([m.keep for _, m in ways.values()]))
        after = trained(net, theta, keep, lr, steps, [*seeds] * len(ways))
        starts = torch.cat([mask.apply(first), keep.apply(theta)])
        ends = torch.cat([end, after])
        for i, (before, then) in enumerate(zip(
                net.accuracy(starts).tolist(),
                net.accuracy(ends).tolist())):
            rows.append(dict(
                width=width, lr=lr, density=FEWER**round,
                kept=masks.count(FEWER**round, net.size),
                way=["original", *ways][i // len(seeds)],
                seed=seeds[i % len(seeds)],
                untrained=before, trained=then))
    return rows


def popup(width, lr, steps, seeds):
    """Masks over weights that are never trained; and the weights trained.

    The mask of edge_popup, and of RANDOM masks the best on EXAM images to
    train on; accuracies on the test.
    """
    net = classifier.Net(width)
    theta = net.draw(seeds)
    fixed = net.spread * theta.sign() / HALF**0.5
    generator = torch.Generator().manual_seed(0)
    found = masks.edge_popup(net, fixed, HALF, classifier.batches(
        seeds, steps), lr, generator)
    whole = masks.Mask(torch.ones_like(theta))
    x, y, _, _ = (part[:EXAM] for part in classifier.digits())
    best = torch.zeros(len(seeds))
    luckiest = fixed.clone()
    for _ in range(RANDOM // MANY):
        some = masks.by_layer(torch.rand(MANY, *fixed.shape,
                                         generator=generator),
                              net.sizes, HALF).keep * fixed
        right, which = net.accuracy(some, x, y).max(0)
        better = right > best
        best = right.where(better, best)
        luckiest[better] = some[which, range(len(seeds))][better]
    table = {"unmasked": fixed, "popup": found.apply(fixed),
             "random masks": luckiest,
             "trained": trained(net, theta, whole, lr, steps, seeds)}
    return [dict(width=width, lr=lr, way=way, seed=seed, right=right)
            for way, weights in table.items()
            for seed, right in zip(seeds, net.accuracy(weights).tolist())]


# --- the way --------------------------------------------------------------

def moved(width, scaling, lr, steps, seeds):
    """How far gradient descent moves, relative to the length of the start.

    After ``steps``, and of each layer the mean; networks of DEPTH hidden
    layers that read digits (``nets``).
    """
    net = nets.Net(width, DEPTH, scaling)
    start = net.draw(seeds)
    losses, _, _, kept = nets.descend(net, start, lr, steps)
    shares = torch.stack([
        (b - a).flatten(1).norm(dim=1) / a.flatten(1).norm(dim=1)
        for a, b in zip(net.layers(start), net.layers(kept[steps]))])
    return [dict(width=width, scaling=scaling, lr=lr, seed=seed,
                 start=losses[0, i].item(), end=losses[-1, i].item(),
                 moved=shares.mean(0)[i].item())
            for i, seed in enumerate(seeds)]


SURVEYS = {f.__name__: f for f in (draw, luck, rewound, prune, popup,
                                   moved)}
survey = partial(surveys.survey, SURVEYS)


def cost(experiment, seeds, width, steps, **settings):
    """About how many seconds a cell takes; ValueError for bad settings."""
    scaling = settings.pop("scaling", "mup")
    surveys.check(seeds, width=width, steps=steps, **settings)
    nets.Net(width, DEPTH, scaling)
    if 2 * settings.get("kept", 0) > width:
        raise ValueError(f"kept is {settings['kept']}; at most half of the "
                         f"{width} units can be winners")
    members = {"draw": max(1, TOTAL // width),
               "luck": 2 * settings.get("nets", 1),
               "prune": 30 * settings.get("rounds", 1), "popup": 20}.get(
                   experiment, 4)
    return steps * (2e-4 + len(seeds) * members * width * 4e-7)
