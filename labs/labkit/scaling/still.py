"""Still: repeat a text for hundreds of epochs; does a small model stop?

A run for each number of epochs, so that its learning rate can fall to zero
at its end: a constant rate would leave noise that looks like a bottleneck.
What counts is the training loss, the one that an epoch more can only help.
Source: Muennighoff et al. 2023.
"""
from functools import partial
from itertools import product
from math import inf

from labkit import plots
from labkit.claims import claim, evidence
from labkit.cores import NATS, SMALLEST
from labkit.experiment import AGAIN, FIRST
from labkit.language.runs import Runs, decaying
from labkit.rows import best, distinct, labelled, middle, of, wide

SIZES = {
    "quick": {"widths": [4, 32], "uniques": [3_200], "epochs": [50, 100],
              "lrs": [.02]},
    "class": {"widths": [4, 16, 64], "uniques": [3_200],
              "epochs": [50, 100, 200], "lrs": [.006, .02, .06]},
    "full": {"widths": [4, 16, 64], "uniques": [6_400],
             "epochs": [50, 100, 200, 400],
             "lrs": [.006, .02, .06, .2]}}


def cells(task, widths, uniques, epochs, lrs):
    """A run for each width, text and number of epochs."""
    return [decaying(task, width, unique, passes, lrs)
            for unique, passes, width in product(uniques, epochs, widths)]


still = Runs("still", SIZES, partial(cells, "rules"), (FIRST, AGAIN))
EXPERIMENTS = (still,)
run = still.run


# --- what the rows say ----------------------------------------------------

def ends(rows):
    """The training loss at the end of each run, at its best rate.

    The best rate of a size and a number of epochs is the one of lowest mean
    over the seeds.
    """
    rows = labelled(of(rows, "still", quantity="train"), "step")
    run = ["parameters", "epoch"]
    rows = distinct(rows[rows.step > 0], *run, "lr", "seed")
    mean = rows.groupby([*run, "lr"]).value.agg(
        lambda seeds: seeds.mean(skipna=False))
    return rows.set_index([*run, "lr"]).loc[best(mean, *run)].reset_index()


def last_doubling(rows):
    """What the last doubling of the epochs takes off, in nats.

    A row per seed, a column per size.
    """
    loss = wide(ends(rows), "value", "parameters", ["seed", "epoch"])
    gain = -loss.groupby("seed").diff()
    return gain.xs(gain.index.get_level_values("epoch").max(), level="epoch")


# --- the claims -----------------------------------------------------------

def stops(rows):
    """Is the smallest size at a standstill, and above the largest?

    An effect without end where the gap to the largest is closed, to NATS.
    """
    table = ends(rows)
    *_, before, after = sorted(table.epoch.unique())
    loss = wide(table[table.epoch == after], "value", "parameters")
    gap = loss.iloc[:, 0] - loss.iloc[:, -1]
    gain = last_doubling(rows).iloc[:, 0]
    return evidence(gain.where(gap > NATS, inf).where(gap.notna()),
                    SMALLEST["C23b"], before=before, after=after,
                    gap=middle(gap))


CLAIMS = [
    claim("C23b", "The small model's own training loss comes to a standstill "
          "while a larger one is lower.", stops,
          "from {before:.0f} to {after:.0f} epochs, the training loss of the "
          "smallest size changes by {effect} nats, and ends {gap:.2f} nats "
          "above that of the largest", "muennighoff2023scaling"),
]


# --- figures and facts ------------------------------------------------------

def curves_figure(rows):
    """The training loss at the end of runs of so many epochs."""
    _, ax = plots.axes("epochs of the run", "training loss (nats per token)",
                       ylog=False)
    table = ends(rows)
    plots.curves(ax, table, along="epoch", markevery=1,
                 label="N = {:,.0f}")
    plots.ticks(ax, table.epoch).get_legend().remove()
    return plots.show(
        plots.ends(ax),
        "Training loss at the end of runs against their epochs over the same "
        "text, one line per size, far apart: the larger, the lower. The line "
        "of the smallest size is level.")


FIGURES = {"still": lambda tables: curves_figure(tables["still"])}
TABLES = {}


def facts(tables):
    """What the prose quotes: the last doubling, of each size."""
    rows = tables["still"]
    gain = last_doubling(rows)
    return {"still_epochs": f"{rows.epoch.max():.0f}",
            "still_tokens": f"{rows['unique'].max():,}",
            "still_largest": f"{gain.iloc[:, -1].median():.2f}"}
