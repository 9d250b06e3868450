"""Mixture: are rare tasks late among common ones, or do they never come?

Sources: Michaud et al. 2023; Huang et al. 2026.
"""
import numpy as np
import torch

from labkit import plots
from labkit.claims import claim, evidence
from labkit.cores import SMALLEST, TENTH
from labkit.experiment import Experiment, check
from labkit.members import parity
from labkit.members.adam import Adam
from labkit.members.parity import LEARNED
from labkit.rows import (
    as_rows,
    best,
    distinct,
    labelled,
    middle,
    of,
    only,
    spread,
    wide,
)
from labkit.rulings import plus, times

TASKS, PLACES, EXPONENT = 16, 2, 1.5   # of the mixture; its power law
COMMON = TASKS // 2   # of its tasks; the others are rare
EARLY = 0.1           # of the steps: early on
SOME = 2              # rare tasks

MIXTURE = {   # width: hidden units; lr: learning rates
    "quick": {"width": [16, 32, 64], "lr": [.03], "steps": 2500},
    "class": {"width": [16, 32, 64, 128], "lr": [.03], "steps": 6000},
    "full": {"width": [16, 32, 64, 128], "lr": [.01, .03, .1],
             "steps": 40_000}}


def arms():
    """Ways to mix the tasks: {name: (frequencies, weights), (TASKS,) each}.

    "rare alone" draws the same examples as "mixture" and ignores those of
    the common tasks.
    """
    power, one = parity.power_law(TASKS, EXPONENT), torch.ones(TASKS)
    rare = (torch.arange(TASKS) >= COMMON).float()
    return {"mixture": (power, one), "uniform": (one / TASKS, one),
            "rare alone": (power, rare)}


def marks(net, theta, test):
    """How many tasks each member has learned, of all and of the rare.

    ``theta`` is (member, P) and ``test`` an exam (``parity.exam``); returns
    a dict per member, of NaN for one that diverged.
    """
    right = parity.graded(net, theta, *test)[1]
    known = (right > LEARNED) + 0 * right
    return as_rows({"learned": known.sum(-1),
                    "rare": known[:, COMMON:].sum(-1)})


def measure(seeds, width, lr, steps):
    """Tasks learned along training, in every arm."""
    members = [(arm, seed) for arm in arms() for seed in seeds]
    whose = [seed for _, seed in members]
    frequencies = torch.stack([arms()[arm][0] for arm, _ in members])
    weights = torch.stack([arms()[arm][1] for arm, _ in members])
    net = parity.Parity(width, TASKS)
    places = parity.drawn(TASKS, PLACES, whose)
    test = parity.exam(places, parity.EXAM, 0)
    adam = Adam.start(net.draw(whose))
    return [dict(arm=arm, seed=seed, width=width, lr=lr, step=step, **mark)
            for step in parity.train(net, adam, places, frequencies, lr,
                                     steps, whose, weights)
            if step in parity.looks(steps)
            for (arm, seed), mark in zip(members,
                                         marks(net, adam.theta, test))]


def cost(seeds, width, lr, steps):
    """About how many seconds; ValueError for settings that cannot be."""
    check(seeds, width=width, lr=lr, steps=steps)
    return parity.seconds(steps, len(arms()) * len(seeds), width)


tasks = Experiment("tasks", MIXTURE, measure, cost)
EXPERIMENTS = (tasks,)
run = tasks.run


# --- what the rows say ------------------------------------------------------

def average(rows, *names):
    """Tasks known, on average over the looks, in each group by the names.

    NaN where a network diverged.
    """
    return labelled(rows, *names).groupby([*names]).learned.agg(
        lambda learned: learned.mean(skipna=False))


def best_rate(rows):
    """Rows of "tasks" at each width's best learning rate for the mixture.

    The one with the most tasks known, on ``average``; one at which a seed
    diverges is the last.
    """
    rows = distinct(of(rows, "tasks"), "width", "lr", "arm", "seed", "step")
    means = average(only(rows, arm="mixture"), "width", "lr")
    return rows.set_index(["width", "lr"]).loc[
        best(-means, "width")].reset_index()


def second(rows):
    """The second of the widths, or the only one."""
    return sorted(rows.width.unique())[:2][-1]


def along(rows, arm, value):
    """A value of one arm of the second width along training: seed x step."""
    rows = best_rate(rows)
    return wide(only(rows, width=second(rows), arm=arm), value, "step")


def first_step(learned, count):
    """The step at which so many tasks are known, per row of seed x step.

    Where there never are so many, it is the last step; NaN where a network
    diverged before.
    """
    enough = learned >= count
    never = learned.isna().any(axis=1).map({True: np.nan,
                                            False: learned.columns.max()})
    return enough.idxmax(axis=1).where(enough.any(axis=1), never)


# --- the claims -------------------------------------------------------------

def late(rows):
    """Do rare tasks come later in the mixture than alone?"""
    ratio = (first_step(along(rows, "mixture", "rare"), SOME)
             / first_step(along(rows, "rare alone", "rare"), SOME))
    return evidence(ratio, times(TENTH), some=SOME,
                    width=second(of(rows, "tasks")))


def steps_help(rows):
    """Do more steps teach the second width more of the mixture?"""
    learned = along(rows, "mixture", "learned")
    last = learned.columns.max()
    early = learned.iloc[:, abs(learned.columns - EARLY * last).argmin()]
    return evidence(learned.iloc[:, -1] - early, plus(0.05 * TASKS),
                    early=EARLY * last, last=last,
                    width=second(of(rows, "tasks")))


def steps_suffice(rows):
    """Are all tasks learned by the narrowest, if none is rare?"""
    rows = distinct(of(rows, "tasks", arm="uniform"),
                    "width", "lr", "seed", "step")
    rows = rows[(rows.width == rows.width.min())
                & (rows.step == rows.step.max())]
    learned = rows.groupby("seed").learned.max()
    return evidence(100 * learned / TASKS, SMALLEST["C12c"], tasks=TASKS,
                    width=rows.width.min(), known=middle(learned))


CLAIMS = [
    claim("C12a", "Among common tasks, rare ones are learned late.", late,
          "to know {some} of the rare tasks, width {width:g} needs {effect} "
          "times the steps in the mixture that it needs without the common "
          "tasks, or more", "michaud2023quantization", "huang2026larger"),
    claim("C12b", "Where a network has room, more steps bring more tasks.",
          steps_help,
          "from step {early:,.0f} to {last:,.0f} the number of tasks that "
          "width {width:g} knows {effect:rises|falls} by {size}",
          "michaud2023quantization"),
    claim("C12c", "The narrowest network, too, learns all tasks in the end, "
          "if none is rare.", steps_suffice,
          "of {tasks} equally frequent tasks width {width:g} knows {effect} "
          "% at the end, at its best rate", "allenzhu2024physics"),
]


# --- figures, tables, facts -------------------------------------------------

def some(ax, rows, widths, **how):
    """Lines of some of the widths, each in its colour among all of them."""
    plots.curves(ax, rows, by="width", **how)
    every = sorted(rows.width.unique())
    for width, line, band in zip(every, ax.get_lines()[-len(every):],
                                 ax.collections[-len(every):]):
        if width not in widths:
            line.remove()
            band.remove()


def tasks_figure(rows, inches=None):
    """Tasks learned against the step, for three widths; the control of two.

    As large as all figures, or as so many ``inches`` (width, height).
    """
    rows = best_rate(rows)
    figure, ax = plots.axes("steps", f"tasks learned, of {TASKS}", ylog=False)
    figure.set_size_inches(inches or figure.get_size_inches())
    widths = sorted(rows.width.unique())
    for arm, line, drawn, label in (
            ("mixture", "-", widths[:3], "width {}"),
            ("uniform", "--", widths[:2], "{}, equally often")):
        some(ax, only(rows, arm=arm), drawn, x="step", y="learned",
             label=label, linestyle=line)
    ax.set_yticks(range(0, TASKS + 1, 4))
    plots.ends(ax)
    return plots.show(
        ax, f"Tasks learned, of {TASKS}, against the step, one colour per "
        "width; solid for the mixture, dashed for equally frequent tasks. "
        "The narrowest network levels off below all of them either way. The "
        "next one soon learns all if they are equally frequent, and on the "
        "mixture rises slowly and late. A wider one learns all on the "
        "mixture.")


def rare_table(rows):
    """Rare tasks known at the end: width x arm."""
    rows = best_rate(rows)
    rows = rows[(rows.step == rows.step.max()) & (rows.arm != "uniform")]
    by = rows.groupby(["width", "arm"]).rare
    return by.apply(spread).unstack()[["mixture", "rare alone"]]


FIGURES = {"tasks": lambda tables: tasks_figure(tables["tasks"])}
TABLES = {"rare": lambda tables: rare_table(tables["tasks"])}


def facts(tables):
    """What the prose quotes, rounded as it quotes it."""
    return {"task_steps": f"{tables['tasks'].step.max():,}"}
