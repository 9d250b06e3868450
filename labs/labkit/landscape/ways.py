"""Ways: does a larger network need fewer steps, by a more direct way?

Sources: Lucas et al. 2021; Cohen et al. 2021; Goodfellow et al. 2015.
"""
import math

import numpy as np
import pandas as pd
import torch

from labkit import plots
from labkit.claims import claim, evidence
from labkit.cores import SMALLEST, TENTH
from labkit.experiment import AGAIN, FIRST, Experiment, product
from labkit.landscape import costs, drawn, paths
from labkit.members import digits
from labkit.rows import distinct, factor, labelled, of, wide
from labkit.rulings import over

WAYS = {
    "quick": {"scaling": ["standard", "mup"], "width": [16, 128],
              "depth": 2, "lr": [.05, .1], "steps": 250,
              "targets": [.3, .2]},
    "class": {"scaling": ["standard", "mup"], "width": [16, 32, 64, 128],
              "depth": 2, "lr": [.05, .1], "steps": 500,
              "targets": [.3, .2, .1]},
    "full": {"scaling": ["standard", "mup", "ntk"],
             "width": [8, 16, 32, 64, 128, 256], "depth": 2,
             "lr": [.02, .05, .1, .2], "steps": 1600,
             "targets": [.3, .2, .1, .05]}}


def cells(targets, **sizes):
    """A cell per scaling, width and rate; each looks for all ``targets``."""
    return [cell | {"targets": list(targets)} for cell in product(**sizes)]


def measure(seeds, width, depth, scaling, lr, steps, targets):
    """The way down to each target loss: its steps and its directness.

    Rows: seed, width, depth, scaling, lr, parameters, target, needed (the
    first step at or below it; NaN if there is none), directness (the
    distance from the start over the length of the way, both at the target:
    1 on a straight line), rises (the largest rise of the loss on the
    straight line from the start to the end, as a share of the first loss),
    diverged.
    """
    net, rows = digits.Tanh(width, depth, scaling), []
    start = net.draw(seeds)
    losses, lengths, away, kept = digits.descend(net, start, lr, steps)
    direct = away / lengths.cumsum(0)
    for i, seed in enumerate(seeds):
        line = paths.line(net.loss, start[i], kept[steps][i], paths.LINE)
        shared = dict(seed=seed, width=width, depth=depth, scaling=scaling,
                      lr=lr, parameters=net.size)
        ends = dict(rises=(line.diff().max().clamp(min=0) / line[0]).item(),
                    diverged=not math.isfinite(losses[-1, i]))
        rows += [shared | found | ends
                 for found in _arrivals(losses[1:, i], direct[:, i], targets)]
    return rows


def _arrivals(losses, direct, targets):
    """Yield the steps to each target, and the directness after them."""
    for target in targets:
        below = torch.nonzero(losses <= target).flatten().tolist()
        yield dict(
            target=target, needed=below[0] + 1 if below else math.nan,
            directness=direct[below[0]].item() if below else math.nan)


def cost(seeds, targets, **cell):
    """About how many seconds a cell takes; ValueError for bad settings."""
    if not targets or not all(target > 0 for target in targets):
        raise ValueError(f"targets is {targets}; allowed are one or more "
                         "losses above 0")
    return costs.networks(seeds, **cell)


ways = Experiment("ways", WAYS, measure, cost, cells, (FIRST, AGAIN))
EXPERIMENTS = (ways,)
run = ways.run


# --- what the rows say ------------------------------------------------------

def fastest(rows):
    """Rows at the rate that is fastest for each size and target.

    It is the one at which the slowest seed is fastest; rates at which a
    seed diverges are out, and so are targets that a seed never reaches.
    """
    run = ["scaling", "width", "target"]
    rows = distinct(of(rows, "ways"), *run, "lr", "seed")
    out = rows.diverged.astype(bool) | rows.needed.isna()
    slowest = rows.needed.mask(out, np.inf).groupby(
        [rows[key] for key in [*run, "lr"]]).max()
    slowest = slowest[slowest < np.inf]
    best = slowest.groupby(run).idxmin().tolist()
    return rows.set_index([*run, "lr"]).loc[best].reset_index()


def over_targets(rows, column, scaling="mup"):
    """A column of the widest network over that of the narrowest.

    At the fastest rates; of the targets, each over the widths that reach
    it, the median. A value per seed. Raises ValueError if no target is
    reached by two widths.
    """
    rows = fastest(rows)
    rows = rows[rows.scaling == scaling]
    factors = [factor(wide(part, column))
               for _, part in rows.groupby("target")
               if part.width.nunique() > 1]
    if not factors:
        raise ValueError(f"target is {[*rows.target.unique()]} where a width "
                         "arrives; one that two widths reach is needed")
    return pd.concat(factors, axis=1).median(axis=1, skipna=False)


def directness_by_rate(rows):
    """By what width multiplies the directness (muP): seed x learning rate.

    On the way to the highest target, over the widths of which all seeds
    reach it. Raises ValueError if there are no two at any rate.
    """
    rows = labelled(of(rows, "ways", scaling="mup"), "target", "lr", "width")
    rows = rows[rows.target == rows.target.max()]
    bad = (rows.diverged.astype(bool) | rows.needed.isna()).groupby(
        [rows.lr, rows.width]).transform("any")
    factors = {
        lr: factor(wide(part, "directness"))
        for lr, part in rows[~bad].groupby("lr") if part.width.nunique() > 1}
    if not factors:
        raise ValueError(f"lr is {[*rows.lr.unique()]}; one at which two "
                         f"widths reach the target {rows.target.max():g} is "
                         "needed")
    return pd.DataFrame(factors)


# --- the claims -------------------------------------------------------------

def fewer_steps(rows):
    """Do wider networks need fewer steps, each at its fastest rate?

    In the scaling with the smallest gain.
    """
    worst = np.max([over_targets(rows, "needed", scaling)
                    for scaling in of(rows, "ways").scaling.unique()],
                   axis=0)
    return evidence(worst, SMALLEST["C9a"])


def more_direct(rows):
    """Is their way more direct at that rate?"""
    return evidence(over_targets(rows, "directness"), SMALLEST["C9b"])


def direct_slowly(rows):
    """Is a larger network's way more direct at the smallest rate?"""
    table = directness_by_rate(rows)
    return evidence(table.iloc[:, 0], SMALLEST["C31a"],
                    rate=table.columns[0])


def direct_fast(rows):
    """And at the largest that two widths bear?"""
    table = directness_by_rate(rows)
    return evidence(table.iloc[:, -1], SMALLEST["C31b"],
                    rate=table.columns[-1])


def needs_less_sharp(rows):
    """Is a wider network no faster where it is sharper?"""
    return evidence(over_targets(rows, "needed", "standard"),
                    over(1 / TENTH, log=True))


CLAIMS = [
    claim("C9a", "A wider network needs fewer steps in each of the three "
          "parameterisations.", fewer_steps,
          "to a loss that both reach, the widest network needs {effect} "
          "times the steps of the narrowest, each at its fastest rate (of "
          "the losses the median, in the parameterisation with the smallest "
          "gain)", "kaplan2020scaling", "li2020train"),
    claim("C9b", "A wider network's fastest way is more direct.",
          more_direct,
          "at the fastest rates, the directness of the way (1 is straight) "
          "of the widest network is {effect} times that of the narrowest",
          "cohen2021gradient"),
    claim("C31a", "At a small learning rate the way of a larger network is "
          "more direct.", direct_slowly,
          "at the learning rate {rate:g}, the directness of the way (1 is "
          "straight) of the widest network is {effect} times that of the "
          "narrowest", "lucas2021monotonic"),
    claim("C31b", "At a large learning rate the way of a larger network is "
          "more direct.", direct_fast,
          "at the learning rate {rate:g}, the directness of the way (1 is "
          "straight) of the widest network that bears that rate is {effect} "
          "times that of the narrowest", "cohen2021gradient"),
    claim("C31c", "Larger networks are faster only where they are less "
          "sharp.", needs_less_sharp,
          "in the standard parameterisation, where the widest network "
          "starts out as the sharpest, it needs {effect} times the steps of "
          "the narrowest", "noci2024super", beyond=True),
]


# --- figures, tables, facts -------------------------------------------------

def ways_table(rows):
    """Steps at the fastest rate, and their directness: width x target."""
    best = fastest(rows)
    best = best[best.scaling == "mup"]
    middle = best.groupby(["width", "target"])[
        ["needed", "lr", "directness"]].median()
    text = [f"{row.needed:.0f} at {row.lr:g}, {row.directness:.2f}"
            for row in middle.itertuples()]
    return pd.Series(text, middle.index).unstack(fill_value="never")[
        sorted(best.target.unique(), reverse=True)].rename(
            columns="{:.2f}".format)


def direct_figure(rows):
    """Directness of the way to the highest target against width (muP).

    Where a seed diverges or never gets there, no other stands in for it.
    """
    rows = of(rows, "ways", scaling="mup", target=rows.target.max())
    bad = (rows.diverged.astype(bool) | rows.directness.isna()).groupby(
        [rows.lr, rows.width]).transform("any")
    rows = rows[~bad]
    ax = drawn.axes("width", "directness", ylog=False)
    plots.curves(ax, rows, x="width", y="directness", by="lr",
                 label="rate {:g}", along="width", markevery=1)
    ax.set(ylim=(0, 1), yticks=[0, .5, 1])
    return plots.show(
        drawn.named(ax, rows.width, darker=.7),
        "Directness of the way down against width, one line per learning "
        "rate (muP). At small rates it rises with the width, at larger "
        "ones it falls.")


FIGURES = {"direct": lambda tables: direct_figure(tables["ways"])}
TABLES = {"ways": lambda tables: ways_table(tables["ways"])}


def facts(tables):
    """Runs that did not diverge, and those whose straight line rises."""
    rows = tables["ways"]
    rises = rows[~rows.diverged].groupby(
        ["scaling", "width", "lr", "seed"]).rises.max()
    return {"lines": f"{len(rises):,}", "lines_up": f"{(rises > 0).sum()}"}
