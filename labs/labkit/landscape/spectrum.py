"""Spectrum: is the landscape convex where training takes a network?

All eigenvalues of the Hessian of small networks. Source: Sagun et al. 2017.
"""
import math

import numpy as np

from labkit import plots
from labkit.claims import claim, evidence
from labkit.cores import SMALLEST
from labkit.experiment import Experiment
from labkit.landscape import costs, curvature, paths
from labkit.members import digits
from labkit.rows import factor, middle, of, wide
from labkit.rulings import under

NONE = 1e-6       # of the eigenvalue largest in size: counts as zero
OUTLIER = 0.05    # of the same: sticks out of the bulk

SPECTRUM = {
    "quick": {"width": [4, 8, 16], "depth": 2, "lr": .05, "steps": 240},
    "class": {"width": [4, 8, 16, 32], "depth": 2, "lr": .05, "steps": 400},
    "full": {"width": [4, 8, 16, 32], "depth": 2, "lr": .05, "steps": 400}}


def numbers(values):
    """Eigenvalues in a few numbers, all of them relative to the largest.

    The shares of ``negative`` ones and of ``zero`` ones, the ``weight`` of
    the negative ones (their part of the sum of all sizes), the ``lowest``
    and the number of ``outliers``. NaN, all of them, if the values are not
    finite, or if all are zero.
    """
    values = values / values.abs().max()
    found = dict(
        negative=(values < -NONE).double().mean().item(),
        weight=(-values.clamp(max=0).sum() / values.abs().sum()).item(),
        zero=(values.abs() <= NONE).double().mean().item(),
        lowest=values[0].item(), outliers=int((values > OUTLIER).sum()))
    return found if values.isfinite().all() else dict.fromkeys(
        found, math.nan)


def measure(seeds, width, depth, lr, steps):
    """All eigenvalues of the Hessian after descent, in a few ``numbers``.

    Rows: seed, width, parameters, loss, the numbers, and ``bends``, the
    share of slices around the same point that bends down.
    """
    net, rows = digits.Tanh(width, depth), []
    losses, _, _, kept = digits.descend(net, net.draw(seeds), lr, steps)
    for seed, theta, loss in zip(seeds, kept[steps].double(), losses[-1]):
        values = curvature.eigenvalues(curvature.hessian(net.loss, theta))
        rows.append(dict(
            seed=seed, width=width, parameters=net.size, loss=loss.item(),
            **numbers(values), bends=paths.bent(net, theta, reach=0.5)))
    return rows


def cost(seeds, width, depth, lr, steps):
    """About how many seconds a cell takes; ValueError for bad settings."""
    return costs.networks(seeds, width, depth, lr, steps,
                          exams=digits.Tanh(width, depth).size)


spectrum = Experiment("spectrum", SPECTRUM, measure, cost)
EXPERIMENTS = (spectrum,)
run = spectrum.run


# --- the claims -------------------------------------------------------------

def none_down(rows):
    """Does no direction curve down where training has taken a network?"""
    shares = wide(of(rows, "spectrum"), "negative")
    return evidence(100 * shares.min(axis=1, skipna=False), under(5))


def less_down(rows):
    """Do the directions that curve down weigh less in a wider network?"""
    return evidence(factor(wide(of(rows, "spectrum"), "weight")),
                    SMALLEST["C8e"])


CLAIMS = [
    claim("C8d", "The landscape is convex where training has taken a "
          "network: every direction curves up or is flat.", none_down,
          "where training has taken a network, {effect} % of its "
          "directions or more curve down, at every width",
          "sagun2017empirical", "safran2021effects"),
    claim("C8e", "In a wider network the directions that curve down weigh "
          "less.", less_down,
          "from the narrowest network to the widest, the part of all "
          "curvature that is downward is multiplied by {effect}",
          "sagun2017empirical"),
]


# --- figures, tables, facts -------------------------------------------------

def histogram(values):
    """How many eigenvalues there are of each size, to either side of 0."""
    figure, ax = plots.axes("eigenvalue of the Hessian",
                            "number of directions", xlog=False)
    sides = np.geomspace(1e-4, 100, 25)
    ax.hist(values, bins=[*-sides[::-1], *sides], color="C0")
    ax.set_xscale("symlog", linthresh=1e-4)
    ax.set_xticks([-1, -.01, 0, .01, 1, 100],
                  ["-1", "-0.01", "0", "0.01", "1", "100"])
    ax.axvline(0, color="k", linewidth=1)
    return plots.show(
        ax, "Histogram of the eigenvalues of the Hessian of a trained "
        "network, both axes logarithmic to either side of zero. Most lie "
        "between 0.0001 and 0.1 to either side: hundreds above zero, fewer "
        "but many below; a tail of single ones reaches 40.")


def spectrum_table(rows):
    """The medians over the seeds, a row per width."""
    table = rows.groupby("width")[[
        "parameters", "loss", "negative", "weight", "lowest", "outliers",
        "bends"]].agg(middle)
    form = dict.fromkeys(table, "{:.4f}") | {
        "parameters": "{:.0f}", "outliers": "{:.1f}"}
    return table.transform({
        name: text.format for name, text in form.items()}).rename(columns={
            "negative": "share < 0", "weight": "downward part",
            "lowest": "lowest / largest", "bends": "slices bent"})


FIGURES = {}
TABLES = {"spectrum": lambda tables: spectrum_table(
    tables["spectrum"]).T.rename(columns="width {}".format).rename_axis(
        columns=None)}


def facts(tables):
    """The downward part at the ends (percent), and the lowest of all."""
    rows = tables["spectrum"]
    down = 100 * rows.groupby("width").weight.median()
    lowest = -rows.lowest
    return {"spectrum_narrow": f"{down.index[0]}",
            "down_narrow": f"{down.iloc[0]:.2g}",
            "spectrum_wide": f"{down.index[-1]}",
            "down_wide": f"{down.iloc[-1]:.2g}",
            "lowest_low": f"{lowest.min():.4f}",
            "lowest_high": f"{lowest.max():.4f}"}
