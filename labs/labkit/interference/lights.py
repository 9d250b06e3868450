"""Lights: which of the tasks of a mixture a network knows, along training."""
import matplotlib.pyplot as plt
import pandas as pd
from matplotlib.colors import LinearSegmentedColormap

from labkit import plots
from labkit.interference.mixture import (
    COMMON,
    EXPONENT,
    PLACES,
    SOME,
    TASKS,
)
from labkit.members import parity
from labkit.members.adam import Adam
from labkit.rows import middle

OFF_AND_ON = LinearSegmentedColormap.from_list("lights",
                                               ["0.93", "#0072B2"])


def trained(width, steps, seeds, exponent=EXPONENT, lr=.03, looks=40):
    """Which tasks are known along training, on a mixture; tidy rows.

    One for each of so many looks, seed and task. Tasks come with frequencies
    proportional to rank ** -exponent: with 0 all equally often.
    """
    net, seeds = parity.Parity(width, TASKS), [*seeds]
    places = parity.drawn(TASKS, PLACES, seeds)
    frequencies = parity.power_law(TASKS, exponent).expand(len(seeds), -1)
    test = parity.exam(places, parity.EXAM, 0)
    adam = Adam.start(net.draw(seeds))
    return pd.DataFrame([
        (width, exponent, step, seed, task, known)
        for step in parity.train(net, adam, places, frequencies, lr, steps,
                                 seeds)
        if step % max(1, steps // looks) == 0 or step == steps
        for seed, right in zip(seeds, parity.graded(net, adam.theta,
                                                    *test)[1])
        for task, known in enumerate((right > parity.LEARNED).tolist())],
        columns=["width", "exponent", "step", "seed", "task", "known"])


def counts(rows, first=0):
    """How many tasks from the ``first`` on are known: seed x step.

    ``rows`` are those of ``trained``, of one network for each seed.
    """
    rows = rows[rows.task >= first]
    return rows.groupby(["seed", "step"]).known.sum().unstack()


def at_end(rows, first=0):
    """The same in the end, the median of the seeds."""
    return middle(counts(rows, first).iloc[:, -1])


def flat_from(rows):
    """The step from which on the median of tasks known stays as it is."""
    along = counts(rows).median()
    other = along.index[along != along.iloc[-1]]
    return along.index[along.index > other.max()][0] if len(other) else 0


def arrives(rows, count=SOME):
    """The step at which a network knows so many rare tasks; None if never.

    ``rows`` are those of ``trained``, of one network.
    """
    rare = counts(rows, COMMON).iloc[0]
    enough = rare.index[rare >= count].tolist()
    return enough[0] if enough else None


def lights_figure(*networks):
    """A lamp for each task along training; a panel for each ``trained``."""
    with plt.rc_context(plots.STYLE):
        _, panels = plt.subplots(
            1, len(networks), sharey=True, squeeze=False,
            figsize=(1.3 + 2.6 * len(networks), 2.1))
    for ax, rows in zip(panels[0], networks):
        share = rows.groupby(["task", "step"]).known.mean().unstack()
        ax.pcolormesh(share.columns, share.index + 1, share, vmin=0, vmax=1,
                      cmap=OFF_AND_ON, shading="nearest", rasterized=True)
        ax.axhline(COMMON + .5, color="0.2", linestyle="--", linewidth=1)
        ax.set(title=f"width {rows.width.iloc[0]}", xlabel="steps",
               yticks=[1, COMMON, TASKS])
        ax.xaxis.set_major_locator(plt.MaxNLocator(3))
        ax.grid(False)
    panels[0, 0].set_ylabel("task")
    ax.invert_yaxis()
    ends = "; ".join(
        f"width {rows.width.iloc[0]} knows {at_end(rows):g} tasks, "
        f"{at_end(rows, COMMON):g} of them below the dashed line"
        for rows in networks)
    return plots.show(
        ax, "Each row is a task; the stronger its colour, the more of the "
        "networks know it. The most common is on top. In the end "
        f"{ends} (median).")
