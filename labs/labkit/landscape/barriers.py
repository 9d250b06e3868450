"""Barriers: how high is the pass between two trained networks?

Before and after their neurons are put in the same order. Sources: Entezari
et al. 2022; Ainsworth et al. 2023.
"""
import numpy as np

from labkit import plots
from labkit.claims import claim, evidence
from labkit.cores import TENTH
from labkit.experiment import Experiment
from labkit.landscape import costs, drawn, paths
from labkit.members import digits
from labkit.rows import of, wide
from labkit.rulings import times

PAIR = 1000      # seeds so far apart make a pair
MOMENTUM = 0.9

BARRIERS = {
    "quick": {"depth": [1], "width": [8, 32, 128], "lr": .02, "steps": 500},
    "class": {"depth": [1, 2], "width": [8, 16, 32, 64, 128], "lr": .02,
              "steps": 800},
    "full": {"depth": [1, 2], "width": [8, 16, 32, 64, 128, 256],
             "lr": .02, "steps": 1500}}


def measure(seeds, width, depth, lr, steps):
    """Barrier between two trained networks, as they are and aligned.

    Rows: seed, width, depth, parameters, loss (of the first), raw,
    aligned.
    """
    net, rows = digits.Tanh(width, depth), []
    pairs = [*seeds, *[seed + PAIR for seed in seeds]]
    losses, _, _, kept = digits.descend(net, net.draw(pairs), lr, steps,
                                        MOMENTUM)
    first, second = kept[steps].split(len(seeds))
    for seed, a, b, loss in zip(seeds, first, second, losses[-1]):
        aligned = net.flat(paths.align(net.layers(a), net.layers(b),
                                       odd=True))
        rows.append(dict(
            seed=seed, width=width, depth=depth, parameters=net.size,
            loss=loss.item(), raw=paths.barrier(net.loss, a, b, paths.LINE),
            aligned=paths.barrier(net.loss, a, aligned, paths.LINE)))
    return rows


barriers = Experiment("barriers", BARRIERS, measure, costs.networks)
EXPERIMENTS = (barriers,)
run = barriers.run


# --- what the rows say ------------------------------------------------------

def barrier_slope(rows, pair):
    """Factor of the barrier per doubling of the width, for each seed.

    From the mean over the depths; the slope over all widths, logarithmic.
    ``pair`` is "raw" or "aligned". NaN for a seed without a barrier.
    """
    table = wide(of(rows, "barriers"), pair, ["width", "depth"]).T
    table = np.log2(table.groupby("width").agg(
        lambda depths: depths.mean(skipna=False)))
    return 2.0**np.polyfit(np.log2(table.index.to_numpy(float)), table, 1)[0]


# --- the claims -------------------------------------------------------------

def lower_barriers(rows):
    """Is the barrier between aligned wide networks lower?"""
    widths = of(rows, "barriers").width
    doublings = np.log2(widths.max() / widths.min())
    return evidence(barrier_slope(rows, "aligned"),
                    times(TENTH**(-1 / doublings)))


CLAIMS = [
    claim("C8h", "Between wider networks, once aligned, the barrier is "
          "lower.", lower_barriers,
          "with each doubling of the width the barrier between two aligned "
          "networks is multiplied by {effect}",
          "entezari2022role", "ainsworth2023git", beyond=True),
]


# --- figures and facts ------------------------------------------------------

def barriers_figure(rows, depth):
    """The barrier against width at one depth, raw and aligned."""
    rows = rows[rows.depth == depth].melt(
        ["seed", "width"], ["raw", "aligned"], "pair", "barrier")
    ax = drawn.axes("width", "barrier")
    drawn.lines(ax, rows, "width", "barrier", "pair", {
        "raw": ("as they are", drawn.WARM), "aligned": ("aligned",
                                                        drawn.BLUE)})
    drawn.yticks(ax, [0.1, 0.2, 0.5, 1])
    return plots.show(
        drawn.named(ax, rows.width),
        f"Barrier between two trained networks (hidden layers: {depth}) "
        "against width, both axes logarithmic. The aligned line lies below "
        "the raw one.")


FIGURES = {"barriers": lambda tables: barriers_figure(tables["barriers"], 1)}
TABLES = {}


def facts(tables):
    """Factor of the barrier per doubling of the width, without aligning."""
    slope = barrier_slope(tables["barriers"], "raw")
    return {"raw_slope": f"{np.median(slope):.2f}"}
