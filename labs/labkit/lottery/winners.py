"""Winners: do the best units of a wide network win again, alone?

Its largest units, when it has solved its task, are set back to their
initial weights and learn the task anew, against as many others. Source:
Edelman et al. 2023.
"""
import numpy as np
import torch

from labkit.claims import claim, evidence
from labkit.cores import TENTH
from labkit.experiment import Experiment, check
from labkit.lottery.jackpot import NEW, at_best_rate, steps_to_solve
from labkit.members import parity
from labkit.rows import labelled, of, only, spread
from labkit.rulings import times

TEAMS = 10     # teams of random units, for one of winners
SHOWN = 256    # width of the networks in the table

REWOUND = {
    "quick": {"width": [256], "kept": 16, "lr": [.01, .03], "steps": 1500},
    "class": {"width": [128, 256, 512], "kept": 16, "lr": [.003, .01, .03],
              "steps": 2000},
    "full": {"width": [128, 256, 512], "kept": 16,
             "lr": [.001, .003, .01, .03, .1], "steps": 4000}}


def narrow(net, theta, units):
    """The weights of some units (member, kept) alone: a narrow network.

    Their weights out are multiplied by width / kept, as a network of that
    width would have them.
    """
    into, out = net.layers(theta)
    kept = units.shape[-1]
    into = into.gather(-1, units[:, None].expand(-1, net.inputs, -1))
    out = out.gather(-2, units[..., None]) * net.width / kept
    return torch.cat([into.flatten(-2), out.flatten(-2)], -1)


def teams(net, end, kept, seeds):
    """Units of each network, winners and then TEAMS others.

    A tensor (team, member, kept). The winners are the ``kept`` units whose
    weights are largest at the ``end`` (``Parity.weight``). A random team
    has none of them.
    """
    winners = net.weight(end).topk(kept).indices
    numbers = torch.stack([torch.rand(
        TEAMS, net.width, generator=torch.Generator().manual_seed(
            seed + 2 * NEW)) for seed in seeds], dim=1)
    numbers = numbers.scatter(-1, winners.expand(TEAMS, -1, -1), -1)
    return torch.cat([winners[None], numbers.topk(kept).indices])


def measure(seeds, width, kept, lr, steps):
    """Steps of ``kept`` units of a wide network, from their first weights.

    The ``teams`` are chosen when the network has solved its task, or after
    ``steps``; those of one that diverged never get there. Each learns from
    the same examples as the whole, and from new ones. Columns: width, kept,
    lr, way (whole, winners or random; with ", new examples"), team, seed,
    needed.
    """
    net, small = parity.Parity(width, 1), parity.Parity(kept, 1)
    theta = net.draw(seeds)
    when, end = steps_to_solve(net, theta, lr, steps, seeds)
    rows = [dict(way="whole", team=0, seed=seed, needed=number)
            for seed, number in zip(seeds, when.tolist())]
    units = teams(net, end, kept, seeds)
    theta = theta + 0 * end.abs().amax(-1, True)    # NaN if that diverged
    theta = torch.cat([narrow(net, theta, team) for team in units])
    whose = [*seeds] * len(units)
    for what, shift in (("", 0), (", new examples", NEW)):
        when, _ = steps_to_solve(small, theta, lr, steps, whose,
                                 [seed + shift for seed in whose])
        for team, numbers in enumerate(when.split(len(seeds))):
            way = ("random" if team else "winners") + what
            rows += [dict(way=way, team=team, seed=seed, needed=number)
                     for seed, number in zip(seeds, numbers.tolist())]
    return [dict(width=width, kept=kept, lr=lr, **row) for row in rows]


def cost(seeds, width, kept, lr, steps):
    """About how many seconds a cell takes; ValueError for bad settings."""
    check(seeds, width=width, kept=kept, lr=lr, steps=steps)
    if 2 * kept > width:
        raise ValueError(f"kept is {kept}; at most half of the {width} units "
                         "can be winners")
    return steps * (2e-4 + 1.6e-6 * len(seeds) * width)


rewound = Experiment("rewound", REWOUND, measure, cost)
EXPERIMENTS = (rewound,)
run = rewound.run


# --- what the rows say ----------------------------------------------------

def team(rows, way):
    """Steps that a team of units needs, in the median: seed x width."""
    return at_best_rate(of(rows, "rewound", way=way), np.median)


# --- the claims -----------------------------------------------------------

def winners_win(rows):
    """Do the best units of a wide network learn faster than others?"""
    ratio = (team(rows, "winners, new examples")
             / team(rows, "random, new examples")).fillna(1)
    return evidence(ratio.median(axis=1), times(1 / TENTH))


CLAIMS = [
    claim("C16f", "The best units of a wide network, alone and from the "
          "start, learn new examples faster than other units.", winners_win,
          "set back to the start, the best units need {effect} times the "
          "steps of as many others on new examples (best rates, median of "
          "the widths)", "edelman2023pareto"),
]


# --- figures, tables, facts -----------------------------------------------

def rewound_table(rows):
    """Steps of the whole and of the teams, on the same and new examples."""
    rows = labelled(only(rows, width=SHOWN), "lr", "way", "seed")
    kind = rows.way.str.removesuffix(", new examples").rename("team")
    seen = rows.way.str.contains("new").map({False: "same examples",
                                             True: "new examples"})
    steps = rows.needed.fillna(np.inf).groupby(
        [rows.lr, kind, seen, rows.seed]).median()   # of the random teams
    text = steps.groupby(["lr", "team", "way"]).apply(spread, digits=0)
    return text.unstack("way")[["same examples", "new examples"]].fillna("")


FIGURES = {}
TABLES = {"rewound": lambda tables: rewound_table(tables["rewound"])}


def facts(tables):
    """What the prose quotes besides the evidence: nothing."""
    return {}
