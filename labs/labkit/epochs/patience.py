"""Patience: given ten times the epochs, do the small sizes get there?

Source: Muennighoff et al. 2023.
"""
from functools import partial

import pandas as pd

from labkit import plots
from labkit.claims import claim, evidence
from labkit.cores import NATS
from labkit.epochs.sizes import at_best_rate, combinations
from labkit.language.runs import Runs, with_excess
from labkit.rows import labelled, lowest, middle, of
from labkit.rulings import under

FEW = 5         # epochs that the conversation would call few
EDGE = 8, 0.7   # a width, and an excess that some of its runs reach late

SIZES = {
    "full": {"widths": [4, 8, 16, 32, 64, 128, 256], "uniques": [51_200],
             "epochs": 400, "lrs": [.003]},
}

patience = Runs("patience", SIZES, partial(combinations, "rules"))
EXPERIMENTS = (patience,)
run = patience.run


# --- what the rows say ------------------------------------------------------

def longer(rows):
    """The validation losses of the long runs, with their excess."""
    rows = labelled(rows, "experiment")
    rows = with_excess(rows[rows.experiment == "patience"])
    return rows[rows.quantity == "validation"]


def few(rows, most=5):
    """The rows of so many sizes at most: of more, every other one."""
    sizes = sorted(rows["size"].unique())
    return rows if len(sizes) <= most else rows[
        rows["size"].isin(sizes[::2])]


def lowest_of_sizes(rows):
    """The median lowest excess of each size (parameters)."""
    return rows.groupby(["parameters", "seed"]).excess.agg(lowest).groupby(
        "parameters").agg(middle)


# --- the claims -------------------------------------------------------------

def patience_pays(rows):
    """Does the smallest size reach, given time, what a large one does?

    It may take its time in either experiment, "targets" or "patience", and
    at any rate; the largest is that of "targets", at its best rate.
    """
    large = labelled(at_best_rate(of(rows, "targets")), "epoch")
    large = large[(large["size"] == large["size"].max())
                  & (large.epoch <= FEW)]
    target = large.groupby("seed").excess.agg(lowest)
    rows = with_excess(of(rows, "targets", "patience", quantity="validation"))
    small = labelled(rows, "seed", "size")[rows["size"] == rows["size"].min()]
    gap = small.groupby("seed").excess.min() - target
    return evidence(gap, under(NATS), epochs=small.epoch.max(),
                    few=FEW)


CLAIMS = [
    claim("C1b", "A small model gets there, too: it only needs more "
          "epochs.", patience_pays,
          "after {epochs:.0f} epochs the smallest size is still {effect} "
          "nats above what the largest has after {few}",
          "muennighoff2023scaling"),
]


# --- figures and facts ------------------------------------------------------

def curves_figure(rows):
    """Validation loss against epochs for each size, at its best rate.

    Rows of "patience", if there are any, go on as dotted lines.
    """
    best, long = at_best_rate(of(rows, "targets")), longer(rows)
    best = few(best[best.epoch > 0.2])
    _, ax = plots.axes("epochs", "loss above the entropy")
    plots.curves(ax, best, y="excess", label="_")
    for size, sign in plots.signs(best["size"].unique()).items():
        part = best[best["size"] == size]
        name, end = f"{part.parameters.iloc[0]:,}", part.epoch.max()
        more = long[(long["size"] == size) & (long.epoch >= end)]
        part = more if len(more) else part[part.epoch == end]
        ax.plot(part.groupby("epoch").excess.median(), linestyle=":",
                color=sign["color"], label=name)
    ax.set_xticks([1, 10, 100])
    ax.set_yticks([.2, .5, 1])
    plots.ends(ax)
    dotted = (" Some sizes go on, dotted: the smaller ones hardly fall any "
              "more, the larger ones turn up steeply." if len(long) else "")
    return plots.show(
        ax, "Validation loss above the entropy against epochs, one curve per "
            "size. From early on every larger size lies below the smaller "
            "ones; the smallest slows down at a high level, the largest "
            "falls lowest and turns up a little at the end." + dotted)


FIGURES = {"curves": lambda tables: curves_figure(
    pd.concat([tables["targets"], tables["patience"]]))}
TABLES = {}


def facts(tables):
    """What the prose quotes, rounded as it quotes it."""
    long, short = longer(tables["patience"]), with_excess(tables["targets"])
    short = short[(short.quantity == "validation")
                  & short.lr.isin(long.lr) & short["size"].isin(long["size"])]
    before, after = lowest_of_sizes(short), lowest_of_sizes(long)
    width, excess = EDGE
    late = long[long["size"] == width].groupby("seed").excess.min() <= excess
    gap = after - before.shift(-1)   # to what the next size had before
    return {
        "patience_sizes": f"{len(after)}",
        "patience_late": {"runs": f"{late.sum()}", "of": f"{len(late)}"},
        "patience_three": f"{(before - after).iloc[:3].max():.3f}",
        "patience_gap": f"{gap.iloc[:3].min():.2f}",
    }
