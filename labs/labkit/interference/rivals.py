"""A race of two networks: one with a past on all tasks, and a fresh one."""
import pandas as pd

from labkit import plots
from labkit.interference.forks import Program, experienced, fork, mean_rare
from labkit.interference.mixture import TASKS
from labkit.members import parity


def race(width, lr, before, after, seeds):
    """Rows of a ``fork`` of two: "experienced" on all tasks, and "fresh".

    After ``before`` steps on the mixture both learn the rare tasks only.
    """
    net, seeds = parity.Parity(width, TASKS), [*seeds]
    old = experienced(net, lr, before, seeds)
    return pd.DataFrame(fork(net, old, lr, after, seeds, {
        "experienced": Program(0), "fresh": Program(0, fresh=True)})).assign(
        before=before)


def in_the_end(rows):
    """Rare tasks known in the end, the median of the seeds, by program."""
    return rows[rows.step == rows.step.max()].groupby("program").rare.median()


def lead(rows):
    """Rare tasks that "fresh" is ahead of "experienced", on average.

    Over the steps after the fork; the median of the seeds.
    """
    known = averages(rows)
    return (known.fresh - known.experienced).median()


def averages(rows):
    """Rare tasks known by a ``fork``, on average over the steps.

    A row per seed, a column per program.
    """
    return rows.sort_values("step").groupby(["seed", "program"]).apply(
        mean_rare, include_groups=False).unstack()


def race_figure(rows, names):
    """Rare tasks known after the fork, a line for each named program."""
    figure, ax = plots.axes("steps after the fork", "rare tasks known",
                            xlog=False, ylog=False)
    figure.set_size_inches(5, 2.4)
    order = {name: i for i, name in enumerate(names)}
    plots.curves(ax, rows.assign(order=rows.program.map(order)), x="step",
                 y="rare", by="order", label="{}")
    for i, (line, band) in enumerate(zip(ax.get_lines(), ax.collections)):
        line.set(label=names[i], color=f"C{i}")
        band.set_color(f"C{i}")
    ax.set(ylim=(-.2, 8.2), yticks=[0, 4, 8])
    plots.ends(ax)
    last = in_the_end(rows)
    said = ", ".join(f"{name} {last[name]:g}" for name in names)
    return plots.show(
        ax, "Rare tasks known after the fork, with only rare tasks to learn "
        f"from. In the end, of eight, in the median: {said}.")
