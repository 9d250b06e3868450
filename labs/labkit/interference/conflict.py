"""Conflict: do the tasks of a wider network get in each other's way less?

By the cosines between their gradients, by the harm of a step, and by who
uses the units. Sources: Yu et al. 2020; Sankararaman et al. 2020.
"""
import torch

from labkit.claims import claim, evidence
from labkit.cores import SMALLEST
from labkit.experiment import AGAIN, FIRST, Experiment, check
from labkit.interference import units
from labkit.interference.gradients import cosine, harm, moves, others
from labkit.members import parity
from labkit.members.adam import Adam
from labkit.rows import as_rows, change, distinct, middle, of, only, wide
from labkit.rulings import plus

FEW, PLACES = 8, 2   # tasks equally frequent; places of each
REACHED = 0.1        # nats: the loss of "same loss"
PROGRESS = 0.2       # of its own loss, a task's step is to take away
OFTEN = 5            # steps between two looks at the loss

CONFLICT = {   # same, steps: number of "same step"; most to the same loss
    "quick": {"width": [16, 128], "lr": .01, "same": 200, "steps": 4000},
    "class": {"width": [16, 32, 64, 128, 256], "lr": .01, "same": 200,
              "steps": 4000},
    "full": {"width": [16, 32, 64, 128, 256], "lr": .01, "same": 200,
             "steps": 4000}}


def harms(losses, theta, metric, gradients):
    """Harm and the change of a task's own loss, means per member by name.

    Of a step in the optimiser's ``metric`` (member, P), of one a quarter as
    long ("_short"), and of one along the plain gradient ("_plain").
    """
    table, metric = {}, metric[:, None]
    for name, progress, along in (("", PROGRESS, metric),
                                  ("_short", PROGRESS / 4, metric),
                                  ("_plain", PROGRESS, 1)):
        effect = harm(losses, theta, moves(gradients, losses(theta),
                                           progress, along))
        table["harm" + name] = others(effect).mean(-1)
        table["own" + name] = effect.diagonal(0, -2, -1).mean(-1)
    return table


def compared(net, theta, metric, places):
    """Conflict, harm and who uses the units, at the weights (member, P).

    Returns a dict per member; see ``harms`` for ``metric``.
    """
    x, y = test = parity.exam(places, 2 * parity.EXAM, 0)

    def losses(theta):
        return parity.graded(net, theta, *test)[0]

    gradients = net.gradient(theta[:, None], x, y, torch.ones_like(y))
    cosines = others(cosine(gradients))
    parts = units.importance(net, theta, x, y)
    return as_rows({
        "loss": losses(theta).mean(-1), "cosine": cosines.mean(-1),
        "size": cosines.abs().mean(-1), "worst": cosines.amin(-1),
        "against": opposed(cosines),
        **harms(losses, theta, metric, gradients),
        "dedication": units.dedication(parts),
        "by_chance": units.by_chance(parts, net.weight(theta)),
        "spare": units.spare(net, theta, parts, test)})


def opposed(cosines):
    """Share of the pairs (..., pairs) below zero; NaN if one is NaN."""
    return (cosines < 0).double().mean(-1) + 0 * cosines.sum(-1)


def moments(net, places, lr, same, steps, seeds):
    """The weights and the optimiser's metric, (member, P), at each moment.

    "start"; "same step", after ``same`` steps; "same loss", when the mean
    loss first is at most REACHED, if that is so within ``steps``, or
    ``same``, for all seeds. At the start the optimiser knows no gradient
    yet; it takes plain steps there.
    """
    even = torch.full((len(seeds), FEW), 1 / FEW)
    test = parity.exam(places, parity.EXAM, 1)
    adam = Adam.start(net.draw(seeds))
    rates = net.rates(torch.full((len(seeds),), lr))
    found = {"start": (adam.theta.clone(), torch.ones_like(rates))}
    theta, metric = torch.full((2, *adam.theta.shape), torch.nan)
    for step in parity.train(net, adam, places, even, lr, max(same, steps),
                             seeds):
        if step == same:
            found["same step"] = adam.theta.clone(), adam.metric(rates)
        if step % OFTEN == 0:
            loss = parity.graded(net, adam.theta, *test)[0].mean(-1)
            new = (loss <= REACHED) & theta[:, 0].isnan()
            theta[new] = adam.theta[new]
            metric[new] = adam.metric(rates)[new]
            if step >= same and not theta.isnan().any():
                return found | {"same loss": (theta, metric)}
    return found


def measure(seeds, width, lr, same, steps):
    """Conflict between FEW tasks, equally frequent, at three moments."""
    net, places = parity.Parity(width, FEW), parity.drawn(FEW, PLACES, seeds)
    found = moments(net, places, lr, same, steps, seeds)
    return [dict(width=width, lr=lr, moment=moment, seed=seed, **row)
            for moment, (theta, metric) in found.items()
            for seed, row in zip(seeds, compared(net, theta, metric,
                                                 places))]


def cost(seeds, width, lr, same, steps):
    """About how many seconds; ValueError for settings that cannot be."""
    check(seeds, width=width, lr=lr, same=same, steps=steps)
    return parity.seconds(max(same, steps), len(seeds), width)


conflict = Experiment("conflict", CONFLICT, measure, cost,
                      batches=(FIRST, AGAIN))
EXPERIMENTS = (conflict,)
run = conflict.run


# --- what the rows say ------------------------------------------------------

def at(rows, moment, value):
    """A value of "conflict" at a moment: seed x width."""
    return wide(of(rows, "conflict", moment=moment), value)


# --- the claims -------------------------------------------------------------

def step_harms(rows):
    """Does a step for one task raise the losses of the others?"""
    harm, own = (100 * at(rows, "same step", name)
                 for name in ("harm", "own"))
    return evidence(-100 * harm.iloc[:, 0] / own.iloc[:, 0],
                    SMALLEST["C11a"], width=harm.columns[0],
                    harm=middle(harm.iloc[:, 0]))


def units_spare(rows):
    """Can more of a wider network's units be taken away?"""
    return evidence(change(100 * at(rows, "same loss", "spare")),
                    SMALLEST["C13a"])


def mostly_spare(rows):
    """Can most of a wide network's units be taken away?"""
    percent = 100 * at(rows, "same loss", "spare")
    return evidence(percent.iloc[:, -1], SMALLEST["C13b"],
                    loss=REACHED, width=percent.columns[-1])


def less_harm(rows):
    """Does a wider network's step harm the others less?"""
    return evidence(change(100 * at(rows, "same step", "harm")), plus(-5))


def less_harm_plain(rows):
    """Along the plain gradient, too?"""
    return evidence(change(100 * at(rows, "same step", "harm_plain")),
                    plus(-5))


def less_conflict(rows):
    """Do fewer pairs of gradients oppose each other, at the same loss?"""
    return evidence(change(100 * at(rows, "same loss", "against")),
                    SMALLEST["C14c"],
                    cosine=middle(change(at(rows, "same loss", "cosine"))))


def closer_to_right_angles(rows):
    """Are its gradients closer to right angles?"""
    return evidence(change(at(rows, "same loss", "size")), plus(-0.05))


def dedicated(rows):
    """Does each unit of a wide network serve one task more than by chance?"""
    more = 100 * (at(rows, "same loss", "dedication")
                  - at(rows, "same loss", "by_chance"))
    return evidence(more.iloc[:, -1], SMALLEST["C14e"], width=more.columns[-1])


MOVES = "{effect:rises|falls} by {size}"
TO_WIDEST = f"{MOVES} from the narrowest to the widest network"
IN_POINTS = TO_WIDEST.replace("size}", "size} percentage points")
CLAIMS = [
    claim("C11a", "A step for one task raises the losses of the others.",
          step_harms, "at width {width:g}, a step for one task raises the "
          "loss of another, on average, by {effect} % of what it takes off "
          "its own", "yu2020gradient",
          "fort2019stiffness"),
    claim("C13a", "The wider a network, the larger the share of its units "
          "that can be taken away.", units_spare,
          "from the narrowest to the widest network the share of units that "
          f"can be taken away {MOVES} percentage points", "li2020train"),
    claim("C13b", "Most units of a wide network can be taken away.",
          mostly_spare, "at a loss of {loss:g}, {effect} % of the units of "
          "width {width:g} can be taken away", "li2020train"),
    claim("C14a", "After as many steps, a step for one task harms the others "
          "less in a wider network.", less_harm,
          f"after as many steps, the harm {IN_POINTS}", "huang2026larger",
          "shaham2023causes"),
    claim("C14b", "Along the plain gradient, too, a step for one task harms "
          "the others less in a wider network.", less_harm_plain,
          f"with steps along the plain gradient, the harm {IN_POINTS}",
          "yu2020gradient"),
    claim("C14c", "At the same loss, the gradients of a wider network "
          "conflict less.", less_conflict,
          "at the same loss, the share of the pairs of gradients that "
          f"oppose each other {IN_POINTS}", "sankararaman2020impact"),
    claim("C14d", "At the same loss, the gradients of a wider network are "
          "closer to right angles.", closer_to_right_angles,
          f"at the same loss, the mean size of the cosine {TO_WIDEST}",
          "yu2020gradient"),
    claim("C14e", "The units of a wide network are dedicated to one task "
          "each, more than by chance.", dedicated,
          "at width {width:g} the main task's share of a unit is {size} "
          "percentage points {effect:higher|lower} than by chance",
          "wang2020negative"),
]


# --- figures, tables, facts -------------------------------------------------

def conflict_table(rows):
    """Cosines and harm at each moment and width, medians of the seeds."""
    columns = {"cosine": "mean cosine", "size": "mean |cosine|",
               "worst": "worst cosine", "own": "own loss", "harm": "harm",
               "harm_plain": "harm, plain step"}
    rows = rows.rename(columns=columns)
    by = distinct(rows, "moment", "width", "seed").groupby(
        ["moment", "width"])[[*columns.values()]].agg(middle)
    order = ["start", "same step", "same loss"]
    by = by.loc[[moment for moment in order if moment in by.index]]
    return by.round(3).map("{:.3f}".format)


def units_table(rows):
    """Who uses the units, at the same loss, medians of the seeds."""
    rows = distinct(only(rows, moment="same loss"), "width", "seed")
    columns = {"dedication": "main task's share", "by_chance": "by chance",
               "spare": "units to spare"}
    table = rows.rename(columns=columns).groupby("width")[
        [*columns.values()]].agg(middle)
    return table.round(2).map("{:.2f}".format)


FIGURES = {}
TABLES = {"conflict": lambda tables: conflict_table(tables["conflict"]),
          "units": lambda tables: units_table(tables["conflict"])}


def facts(tables):
    """What the prose quotes, rounded as it quotes it."""
    rows = only(tables["conflict"], moment="same step")
    return {"longer": f"{middle(rows.harm / rows.harm_short):.0f}"}
