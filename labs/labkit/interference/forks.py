"""Forks: what about the common tasks is it that delays the rare ones?

Sources: Huang et al. 2026; Kunstner et al. 2024.
"""
from dataclasses import replace
from functools import partial
from typing import NamedTuple

import numpy as np
import pandas as pd
import torch

from labkit import plots
from labkit.claims import claim, evidence
from labkit.experiment import Experiment, check
from labkit.interference.mixture import (
    COMMON,
    EXPONENT,
    PLACES,
    TASKS,
    average,
    marks,
    second,
)
from labkit.members import parity
from labkit.members.adam import Adam
from labkit.members.parity import NEW
from labkit.rows import best, distinct, of, only, spread
from labkit.rulings import plus, under


class Program(NamedTuple):
    """How a network goes on.

    ``common`` is what the common tasks' losses are multiplied by; ``keep``
    keeps Adam's second moment as it was, and with it the size of a step for
    a given gradient; ``fresh`` starts from new weights.
    """

    common: float
    keep: bool = False
    fresh: bool = False


PROGRAMS = {"as it was": Program(1),
            "common x 0.1": Program(.1),
            "masked, second moment kept": Program(0, keep=True),
            "common masked": Program(0),
            "fresh start": Program(0, fresh=True)}
LEAST = 0.05 * (TASKS - COMMON)   # rare tasks that matter
CAUSES = {   # two programs each that differ in nothing else
    "conflict": ("as it was", "masked, second moment kept"),
    "step size": ("masked, second moment kept", "common masked"),
    "past": ("common masked", "fresh start")}

FORKS = {   # before, after: steps before and after the fork
    "quick": {"width": [32], "lr": [.01], "before": 2000, "after": 3000},
    "class": {"width": [32, 64], "lr": [.01], "before": 4000, "after": 4000},
    "full": {"width": [16, 32, 64], "lr": [.01, .03], "before": 4000,
             "after": 6000}}


def branch(net, adam, program, seeds):
    """The state from which the networks of all seeds go on by a program.

    ``adam`` is their state at the fork; it is not changed.
    """
    if program.fresh:
        adam = Adam.start(net.draw([seed + NEW for seed in seeds]))
    follow = 0 if program.keep else adam.follow
    return replace(adam, follow=torch.full_like(adam.steps, follow))


def joined(states):
    """The states of some networks each as one state of all of them."""
    return Adam(*(torch.cat([getattr(state, part) for state in states])
                  for part in ("theta", "mean", "second", "steps", "follow")))


def fork(net, adam, lr, steps, seeds, programs=None):
    """Go on from one state by each of the ``programs``; returns tidy rows.

    ``adam`` is the state of networks of the ``seeds`` on the mixture. All
    programs (PROGRAMS, if none are given) see the same new examples.
    """
    programs = programs or PROGRAMS
    members = [(name, seed) for name in programs for seed in seeds]
    places = parity.drawn(TASKS, PLACES, [seed for _, seed in members])
    weights = torch.ones(len(members), TASKS)
    for i, (name, _) in enumerate(members):
        weights[i, :COMMON] = programs[name].common
    test = parity.exam(places, parity.EXAM, 0)
    power = parity.power_law(TASKS, EXPONENT).expand(len(members), -1)
    adam = joined([branch(net, adam, program, seeds)
                   for program in programs.values()])
    return [dict(program=name, seed=seed, step=step, **mark)
            for step in parity.train(
                net, adam, places, power, lr, steps,
                [seed + NEW for _, seed in members], weights)
            if step in parity.looks(steps)
            for (name, seed), mark in zip(
                members, marks(net, adam.theta, test))]


def experienced(net, lr, steps, seeds):
    """The state of networks of the seeds after steps on the mixture."""
    places = parity.drawn(TASKS, PLACES, seeds)
    power = parity.power_law(TASKS, EXPONENT).expand(len(seeds), -1)
    adam = Adam.start(net.draw(seeds))
    for _ in parity.train(net, adam, places, power, lr, steps, seeds):
        pass
    return adam


def measure(seeds, width, lr, before, after):
    """The fork after ``before`` steps on the mixture."""
    net = parity.Parity(width, TASKS)
    adam = experienced(net, lr, before, seeds)
    return [dict(width=width, lr=lr, before=before, **row)
            for row in fork(net, adam, lr, after, seeds)]


def cost(seeds, width, lr, before, after):
    """About how many seconds; ValueError for settings that cannot be."""
    check(seeds, width=width, lr=lr, before=before, after=after)
    ways = len(PROGRAMS)
    return parity.seconds(after + before / ways, ways * len(seeds), width)


forks = Experiment("forks", FORKS, measure, cost)
EXPERIMENTS = (forks,)
run = forks.run


# --- what the rows say ------------------------------------------------------

def on_average(rows):
    """Rare tasks known after the fork, on average over the steps.

    A value per (width, lr, program, seed).
    """
    run = ["width", "lr", "program", "seed"]
    rows = distinct(of(rows, "forks"), *run, "step").sort_values("step")
    return rows.groupby(run).apply(mean_rare, include_groups=False)


def mean_rare(member):
    """The same of the rows of one network, in the order of their steps."""
    return np.trapezoid(member.rare, member.step) / member.step.max()


def causes(rows):
    """What each cause costs in rare tasks known: (width, lr, seed) x cause.

    The difference between the two programs that differ in nothing else.
    """
    known = on_average(rows).unstack("program")
    return pd.DataFrame({cause: known[better] - known[worse]
                         for cause, (worse, better) in CAUSES.items()})


def missed(rows, cause, lr):
    """The same for one cause, at the second width and one rate, per seed."""
    return causes(rows)[cause].loc[second(of(rows, "forks")), lr]


def low_rate(rows):
    """The lowest learning rate of the fork."""
    return of(rows, "forks").lr.min()


def good_rate(rows):
    """The learning rate of the fork that suits the second width best.

    The one with the most tasks known, on average over the looks, if the
    network goes on as it was. One at which a seed diverges is the last.
    """
    rows = of(rows, "forks", program="as it was")
    rows = only(rows, width=second(rows))
    (_, rate), = best(-average(rows, "width", "lr"), "width")
    return rate


# --- the claims -------------------------------------------------------------

def conflict_costs(rows, rate=low_rate):
    """Is more learned without the common tasks, at steps of the old size?"""
    lr = rate(rows)
    return evidence(missed(rows, "conflict", lr), plus(LEAST), lr=lr)


def no_gain(rows, cause):
    """Is no more learned without another cause?"""
    lr = low_rate(rows)
    return evidence(missed(rows, cause, lr), under(LEAST), lr=lr)


KNOWN = ("at a learning rate of {lr:g}, the number of rare tasks known (on "
         "average over the steps) is {size} {effect:higher|lower} ")
WITHOUT = KNOWN + ("if the common tasks are left out and the steps keep "
                   "their size")
CLAIMS = [
    claim("C12d", "Rare tasks are held back by the gradients of the common "
          "ones.", conflict_costs, WITHOUT, "huang2026larger"),
    claim("C12e", "Once the common tasks are left out, larger steps bring no "
          "gain.", partial(no_gain, cause="step size"),
          KNOWN + "if, without the common tasks, the steps may grow",
          "kunstner2024heavy"),
    claim("C12f", "Once the common tasks are left out, the network learns "
          "rare tasks as well as a fresh one.",
          partial(no_gain, cause="past"),
          KNOWN + "in a fresh network than in one that goes on without the "
          "common ones", "huang2026larger"),
    claim("C12h", "At the learning rate that suits the network best, too, "
          "rare tasks are held back by the gradients of the common ones.",
          partial(conflict_costs, rate=good_rate), WITHOUT,
          "huang2026larger"),
]


# --- figures, tables, facts -------------------------------------------------

def shown(program):
    """A program's name as readers see it."""
    return program.replace("masked", "left out").replace(" x ", " × ")


def fork_figure(rows, width):
    """Rare tasks known after the fork, at one width and the lowest rate."""
    rows = rows[(rows.width == width) & (rows.lr == rows.lr.min())]
    order = {name: i for i, name in enumerate(PROGRAMS)}
    rows = rows.assign(order=rows.program.map(order))
    _, ax = plots.axes("steps after the fork", "rare tasks learned, of 8",
                       xlog=False, ylog=False)
    plots.curves(ax, rows, x="step", y="rare", by="order", label="{}")
    for line, name in zip(ax.get_lines(), PROGRAMS):
        line.set_label(shown(name).replace(", ", ",\n"))
    ax.set(ylim=(-.2, 8.2), yticks=[0, 4, 8])
    plots.ends(ax)
    return plots.show(
        ax, "Rare tasks learned, of eight, after the fork, one line per "
        "program. The lowest is as it was; above it, close together, are the "
        "common tasks scaled down and those left out with the second moment "
        "kept; then those left out; the highest is the fresh start.")


def causes_table(rows):
    """Rare tasks known less because of each cause: (width, lr) x cause."""
    costs = causes(rows).round(1)
    return costs.groupby(["width", "lr"]).agg(spread)


FIGURES = {"fork": lambda tables: fork_figure(tables["forks"], 32)}
TABLES = {"causes": lambda tables: causes_table(tables["forks"])}


def facts(tables):
    """None: the prose quotes the claims only."""
    return {}
