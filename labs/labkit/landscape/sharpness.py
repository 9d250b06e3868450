"""Sharpness: is a larger network's landscape flatter?

The sharpness is the largest eigenvalue of the Hessian. Source: Cohen et al.
2021.
"""
import math

import numpy as np
import pandas as pd

from labkit import plots
from labkit.claims import claim, evidence
from labkit.cores import SMALLEST, TENTH
from labkit.experiment import AGAIN, FIRST, Experiment
from labkit.landscape import costs, drawn
from labkit.landscape.curvature import top_eigenvalue
from labkit.members import digits
from labkit.rows import (
    change,
    distinct,
    factor,
    labelled,
    middle,
    of,
    only,
    wide,
)
from labkit.rulings import times

SCALINGS = ["standard", "mup", "ntk"]
SHARPNESS = {
    "quick": {"scaling": SCALINGS, "width": [8, 64], "depth": 2,
              "lr": [.05, .1], "steps": 96},
    "class": {"scaling": SCALINGS, "width": [16, 32, 64, 128], "depth": 2,
              "lr": [.05, .1], "steps": 256},
    "full": {"scaling": SCALINGS, "width": [16, 32, 64, 128, 256],
             "depth": 2, "lr": [.025, .05, .1, .2], "steps": 800}}


def measure(seeds, width, depth, scaling, lr, steps):
    """Loss and sharpness along gradient descent; NaN once diverged.

    Rows: seed, width, depth, scaling, lr, parameters, step, loss,
    sharpness, diverged (by the last step).
    """
    net, rows = digits.Tanh(width, depth, scaling), []
    when = sorted({0, steps // 16, steps // 4, steps})
    losses, _, _, kept = digits.descend(net, net.draw(seeds), lr, steps,
                                        keep=when)
    for step in when:
        for seed, theta, loss in zip(seeds, kept[step], losses[step]):
            rows.append(dict(
                seed=seed, width=width, depth=depth, scaling=scaling, lr=lr,
                parameters=net.size, step=step, loss=loss.item(),
                sharpness=top_eigenvalue(net.loss, theta),
                diverged=not math.isfinite(losses[-1, seeds.index(seed)])))
    return rows


sharpness = Experiment("sharpness", SHARPNESS, measure, costs.networks,
                       batches=(FIRST, AGAIN))
EXPERIMENTS = (sharpness,)
run = sharpness.run


# --- what the rows say ------------------------------------------------------

def last_step(rows):
    """The rows after the last step."""
    return rows[rows.step == rows.step.max()]


def kept_rates(rows, scaling):
    """The last step of a scaling, at rates that no seed diverged at.

    Nor came to a sharpness that is not finite.
    """
    rows = last_step(distinct(of(rows, "sharpness", scaling=scaling),
                              "width", "lr", "seed", "step"))
    bad = rows.diverged.astype(bool) | rows.sharpness.isna()
    return rows[~bad.groupby(rows.lr).transform("any")]


def sharper_at_start(rows, scalings):
    """Sharpness of the widest over the narrowest; the worst scaling."""
    rows = labelled(of(rows, "sharpness"), "step", "lr")
    rows = rows[(rows.step == 0) & (rows.lr == rows.lr.min())]
    return np.max([factor(wide(only(rows, scaling=scaling), "sharpness"))
                   for scaling in scalings], axis=0)


def width_over_rate(rows, scaling):
    """Change of the final log sharpness per doubling: width's over rate's.

    NaN if fewer than two rates are left. Raises ValueError for rows of
    fewer.
    """
    rows = of(rows, "sharpness")
    if rows.lr.nunique() < 2:
        raise ValueError(f"lr is {rows.lr.unique().tolist()}; at least two "
                         "rates are needed")
    kept = kept_rates(rows, scaling)
    if kept.lr.nunique() < 2:
        return pd.Series(np.nan, rows.seed.unique())
    log = kept.assign(log=np.log(kept.sharpness))

    def per_doubling(by):
        table = log.groupby(["seed", by]).log.agg(
            lambda v: v.mean(skipna=False)).unstack()
        first, last = table.columns[[0, -1]]
        return change(table).abs() / np.log2(last / first)

    return per_doubling("width") / per_doubling("lr")


# --- the claims -------------------------------------------------------------

def less_sharp(rows):
    """Is a wider network less sharp at the start, in muP and NTK?"""
    return evidence(sharper_at_start(rows, ["mup", "ntk"]), SMALLEST["C8a"])


def less_sharp_standard(rows):
    """And in the standard parameterisation?"""
    return evidence(sharper_at_start(rows, ["standard"]), SMALLEST["C8b"])


def size_sets(rows):
    """Does width change it more than the rate does, in muP and NTK?"""
    ratios = [width_over_rate(rows, scaling) for scaling in ("mup", "ntk")]
    return evidence(np.max(ratios, axis=0), times(TENTH))


def size_sets_standard(rows):
    """And in the standard parameterisation?"""
    return evidence(width_over_rate(rows, "standard"), times(TENTH))


CLAIMS = [
    claim("C8a", "Before training, a wider network is less sharp in muP and "
          "NTK.", less_sharp,
          "before training, in muP and NTK, the widest network is {effect} "
          "times as sharp as the narrowest, or less", "noci2024super"),
    claim("C8b", "Before training, a wider network is less sharp in the "
          "standard parameterisation.", less_sharp_standard,
          "before training, in the standard parameterisation, the widest "
          "network is {effect} times as sharp as the narrowest",
          "noci2024super"),
    claim("C8c", "In muP and NTK it is the size, more than the learning "
          "rate, that sets the sharpness.", size_sets,
          "in muP and NTK, a doubling of the width changes the logarithm of "
          "the final sharpness {effect} times as much as a doubling of the "
          "learning rate, or less", "cohen2021gradient", beyond=True),
    claim("C8i", "In the standard parameterisation it is the size, more "
          "than the learning rate, that sets the sharpness.",
          size_sets_standard,
          "in the standard parameterisation, a doubling of the width "
          "changes the logarithm of the final sharpness {effect} times as "
          "much as a doubling of the learning rate",
          "noci2024super", "cohen2021gradient", beyond=True),
]


# --- figures, tables, facts -------------------------------------------------

def start_figure(rows):
    """Sharpness before training against width, one line per scaling."""
    rows = rows[(rows.step == 0) & (rows.lr == rows.lr.min())]
    ax = drawn.axes("width", "sharpness at the start")
    # muP and NTK start alike, so that one line shows both
    drawn.lines(ax, rows, "width", "sharpness", "scaling", {
        "standard": ("standard", drawn.WARM), "mup": ("muP, NTK", drawn.BLUE)})
    drawn.yticks(ax, [20, 30, 50, 70])
    return plots.show(
        drawn.named(ax, rows.width),
        "Sharpness before training against width, one line per "
        "parameterisation. In the standard one it rises with the width; in "
        "muP and NTK, which coincide, it falls; all meet at width 64.")


def along_figure(rows, scaling, lr):
    """Sharpness along training at one rate: narrowest, middle, widest."""
    rows = rows[(rows.scaling == scaling) & (rows.lr == lr)
                & ~rows.diverged.astype(bool)]
    ax = drawn.axes("step + 1", "sharpness")
    widths = sorted({*rows.width})
    shown = widths[0], widths[len(widths) // 2], widths[-1]
    rows = rows[rows.width.isin(shown)].assign(at=rows.step + 1)
    plots.curves(ax, rows, x="at", y="sharpness", by="width",
                 label="width {}", markevery=.2)
    ax.plot([1, rows["at"].max()], [2 / lr] * 2, "k--", linewidth=1)
    ax.annotate("2 / rate", (0.03, 2 / lr), (0, 4), va="bottom", fontsize=12,
                xycoords=("axes fraction", "data"),
                textcoords="offset points")
    drawn.yticks(ax, [10, 20, 50])
    return plots.show(
        plots.ends(ax, room=1.6),
        f"Sharpness along training ({scaling}, learning rate {lr:g}), "
        "for narrow and wide networks, with a dashed line at 2 over the "
        "rate. In muP at rate 0.1 all start above it; wide networks come "
        "down to it and stay, narrow ones fall below it.")


def edge_table(rows):
    """Sharpness x rate / 2 at the end, median of the seeds."""
    rows = last_step(rows)
    edge = rows.sharpness * rows.lr / 2
    table = rows.assign(edge=edge, lr=rows.lr.map("{:.3f}".format)).groupby(
        ["lr", "scaling", "width"]).agg(
            edge=("edge", middle), diverged=("diverged", "sum"))
    text = table.edge.map("{:.2f}".format).where(
        table.diverged == 0, "diverged")
    return text.unstack().rename_axis(
        index={"scaling": "parameterisation"})


FIGURES = {
    "start": lambda tables: start_figure(tables["sharpness"]),
    "along": lambda tables: along_figure(tables["sharpness"], "mup", .1)}
TABLES = {"edge": lambda tables: edge_table(tables["sharpness"])}


def facts(tables):
    """How much sharper the widest network ends, standard, smallest rate."""
    rows = last_step(tables["sharpness"])
    rows = rows[(rows.scaling == "standard") & (rows.lr == rows.lr.min())]
    ends = rows.groupby("width").sharpness.median()
    return {"sharper": f"{ends.iloc[-1] / ends.iloc[0]:.1f}"}
