"""Named: does a law of small budgets name the best size of a large one?

Two ways: the best sizes of the small budgets, extended as a power of C, and
the law of loss fitted to the small budgets' runs. What counts is the loss
that the choice costs. Sources: Hoffmann et al. 2022; Porian et al. 2024.
"""
import numpy as np
import pandas as pd

from labkit.claims import claim, evidence
from labkit.compute.best import bottoms, in_every_seed, law_of
from labkit.compute.valleys import valley_ends
from labkit.cores import SMALLEST
from labkit.rows import distinct, middle, wide

TIMES = 10    # the budget is at least so many times the largest fitted to
EXPERIMENTS = ()


# --- what the rows say ------------------------------------------------------

def small(ends):
    """The runs of budgets at least TIMES smaller than the largest."""
    return ends[ends.flops <= ends.flops.max() / TIMES]


def by_best_sizes(ends, flops):
    """The size named by N* = c C^a, fitted to the bottoms of valleys.

    NaN of fewer than two valleys that have a bottom.
    """
    best = in_every_seed(bottoms(ends))
    if best.flops.nunique() < 2:
        return np.nan
    line = np.polyfit(np.log(best.flops), np.log(best.parameters), 1)
    return np.exp(np.polyval(line, np.log(flops)))


def by_law(ends, flops):
    """The size named by the law of loss fitted to the ends of runs."""
    return law_of(ends).optimum(flops)[0]


WAYS = {"best sizes": by_best_sizes, "law": by_law}


def lost(ends):
    """Nats lost at the largest budget by the size that is named.

    A row per seed, a column for each of the WAYS. The loss of a size
    between two that were trained is on the line between theirs, over log N:
    above its own, as a valley bends up. A size beyond all of them loses
    without end.
    """
    top = ends[ends.flops == ends.flops.max()]
    valley = wide(top, "value", "parameters")
    sizes, found = np.log(valley.columns.to_numpy(float)), {}
    for seed, loss in valley.iterrows():
        part = small(ends[ends.seed == seed])
        found[seed] = {
            name: np.interp(np.log(way(part, top.flops.max())), sizes, loss,
                            np.inf, np.inf) - loss.min(skipna=False)
            for name, way in WAYS.items()}
    return pd.DataFrame(found).T


# --- the claims -------------------------------------------------------------

def names_the_best(rows):
    """Is the size that small budgets name as good as the best at a large?"""
    ends = distinct(valley_ends(rows), "flops", "parameters", "seed")
    nats = lost(ends)
    return evidence(nats.max(axis=1, skipna=False), SMALLEST["C32f"],
                    times=ends.flops.max() / small(ends).flops.max(),
                    sizes=middle(nats["best sizes"]),
                    law=middle(nats["law"]))


CLAIMS = [
    claim("C32f", "A law fitted to small budgets names the best size at "
          "more than ten times the budget.", names_the_best,
          "at {times:.0f} times the largest budget that was fitted, the size "
          "that is named loses {effect} nats against the best one trained, "
          "by the worse of two ways ({sizes:.4f} by the best sizes, {law:.4f} "
          "by the law)", "hoffmann2022training", "porian2024resolving"),
]
FIGURES = {}
TABLES = {}


def facts(tables):
    """What the prose quotes: nothing but the claim's own fields."""
    return {}
