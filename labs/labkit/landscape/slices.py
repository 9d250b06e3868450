"""Slices: are pictures of larger networks' landscapes smoother?

And how a line looks that turns to where the landscape curves down. Source:
Li et al. 2018.
"""
import html
import math
from itertools import product

import numpy as np
import pandas as pd
import torch

from labkit import plots, sliders
from labkit.claims import claim, evidence
from labkit.experiment import Experiment
from labkit.landscape import costs, curvature, paths
from labkit.landscape.drawn import percent
from labkit.members import digits
from labkit.rows import change, labelled, middle, of, wide
from labkit.rulings import plus

WIDTH = 32   # of hidden layers, where the depth varies

SLICES = {
    "quick": {"depths": [2, 8], "widths": [8], "lr": .02, "steps": 120},
    "class": {"depths": [2, 8, 16], "widths": [8], "lr": .02, "steps": 200},
    "full": {"depths": [2, 4, 8, 16, 24], "widths": [8, 16, 32, 64, 128],
             "lr": .02, "steps": 300}}


def cells(depths, widths, lr, steps):
    """Deep networks, with and without skips; and wide ones.

    The wide ones are as deep as the middle one of the ``depths``. Raises
    ValueError if there are none.
    """
    if not depths:
        raise ValueError("depths is empty; at least one is needed")
    deep = [dict(width=WIDTH, depth=depth, skip=skip, lr=lr, steps=steps)
            for skip, depth in product((False, True), depths)]
    middle = depths[len(depths) // 2]
    wide = [dict(width=width, depth=middle, skip=False, lr=lr, steps=steps)
            for width in widths if width != WIDTH]
    return deep + wide


def measure(seeds, width, depth, skip, lr, steps):
    """Share of random slices through trained networks that bends down.

    Rows: seed, width, depth, skip, parameters, loss, bends (the share).
    """
    net = digits.Tanh(width, depth, "standard", skip)
    losses, _, _, kept = digits.descend(net, net.draw(seeds), lr, steps)
    return [dict(seed=seed, width=width, depth=depth, skip=skip,
                 parameters=net.size, loss=loss.item(),
                 bends=paths.bent(net, theta))
            for seed, theta, loss in zip(seeds, kept[steps].double(),
                                         losses[-1])]


def cost(seeds, width, depth, skip, lr, steps):
    """About how many seconds a cell takes; ValueError for bad settings."""
    return costs.networks(seeds, width, depth, lr, steps, exams=200)


slices = Experiment("slices", SLICES, measure, cost, cells)
EXPERIMENTS = (slices,)
run = slices.run


# --- what the rows say ------------------------------------------------------

def plain(rows):
    """The slices through networks without skips."""
    rows = labelled(of(rows, "slices"), "skip", "width", "depth")
    return rows[~rows["skip"].astype(bool)]


# --- the claims -------------------------------------------------------------

def wider_slices(rows):
    """Do slices through wider networks bend down less?"""
    rows = plain(rows)
    depth = rows[rows.width != WIDTH].depth.iloc[0]
    table = wide(rows[rows.depth == depth], "bends")
    doublings = np.log2(table.columns[-1] / table.columns[0])
    slopes = np.polyfit(np.log2(table.columns.to_numpy(float)), table.T, 1)
    return evidence(100 * slopes[0], plus(-5 / doublings), depth=depth)


def deeper_slices(rows):
    """Do slices through deeper networks bend down less?"""
    rows = plain(rows)
    table = wide(rows[rows.width == WIDTH], "bends", "depth")
    return evidence(100 * change(table), plus(-5),
                    first=table.columns[0], last=table.columns[-1])


CLAIMS = [
    claim("C8f", "Pictures of wider networks bend down less.", wider_slices,
          "at depth {depth:g}, with each doubling of the width, the part of "
          "a slice that bends down {effect:rises|falls} by {size} "
          "percentage points", "li2018visualizing"),
    claim("C8g", "Pictures of deeper networks bend down less.",
          deeper_slices,
          "from {first:g} to {last:g} hidden layers, the part of a slice "
          "that bends down {effect:rises|falls} by {size} percentage "
          "points", "li2018visualizing"),
]


# --- figures, tables, facts -------------------------------------------------

def contours(pictures):
    """Contour lines of slices, side by side: {title: losses (n, n)}."""
    figure, ax = plots.axes("s", "t", xlog=False, ylog=False)
    ax.remove()
    for i, (title, losses) in enumerate(pictures.items()):
        side = np.linspace(-1, 1, len(losses))
        ax = figure.add_subplot(1, len(pictures), i + 1, title=title,
                                aspect="equal")
        ax.contour(side, side, losses, levels=12, cmap="viridis")
        ax.set(xticks=[], yticks=[])
        ax.title.set_size(13)
    figure.set_size_inches(8, 3.2)
    return plots.show(
        ax, "Contour lines of the loss on slices through trained networks: "
        f"{', '.join(pictures)}. Shallow networks, and deep ones with "
        "skips, have nested round rings; deep ones without skips have "
        "crooked shapes.")


def slices_table(rows):
    """Share that bends down, median of the seeds (range)."""
    rows = labelled(rows, "skip", "depth", "width")
    shares = rows.assign(kind=np.where(rows["skip"], "with skips", "plain"))
    by = shares.groupby(["kind", "depth", "width"]).bends
    text = by.agg([middle, "min", "max"]).apply(percent, axis=1)
    return text.rename("bends down").to_frame()


# the lines turn around two networks of the record of the spectrum
FIGURES = {"turn": lambda tables: turn("chapter", turned([8, 16],
                                                         steps=400))}
TABLES = {"slices": lambda tables: slices_table(tables["slices"])}


def facts(tables):
    """Percentage points per doubling of the width, without the narrowest."""
    rows = tables["slices"]
    low, high = wider_slices(rows[rows.width > rows.width.min()]).interval
    return {"rest_low": f"{low:+.1f}", "rest_high": f"{high:+.1f}"}


# --- lines that turn --------------------------------------------------------

def turned(widths, seed=0, lr=0.05, steps=300, reach=0.6):
    """The loss along lines through trained networks of two hidden layers.

    The lines turn from a random direction (0 degrees) to that of the lowest
    curvature (90), and reach as far to either side. Columns width,
    degrees, curvature of the loss along the line at its middle, away (how
    far), change (of the loss). Raises ValueError for a rate at which a
    network diverges: it has no such line.
    """
    rows = []
    for width in widths:
        net = digits.Tanh(width, depth=2)
        kept = digits.descend(net, net.draw([seed]), lr, steps)[-1]
        theta = kept[steps][0].double()
        hessian = curvature.hessian(net.loss, theta)
        if not hessian.isfinite().all():
            raise ValueError(f"lr is {lr}, at which the network of width "
                             f"{width} diverges; a smaller one is needed")
        lowest = torch.linalg.eigh(hessian)[1][:, 0]
        drawn = net.flat(paths.direction(net.layers(theta), seed))
        for degrees in range(0, 91, 15):
            part = torch.tensor(math.radians(degrees))
            along = part.cos() * drawn / drawn.norm() + part.sin() * lowest
            along = along / along.norm()
            rows += [dict(width=width, degrees=degrees,
                          curvature=(along @ hessian @ along).item(),
                          away=away, change=rise)
                     for away, rise in _rises(net.loss, theta, along, reach)]
    return pd.DataFrame(rows)


def _rises(loss, theta, along, reach):
    """Pairs (distance from theta, loss there minus loss at theta)."""
    losses = paths.line(loss, theta - reach * along, theta + reach * along,
                        paths.LINE)
    for i, rise in enumerate(losses - losses[paths.LINE // 2]):
        yield (2 * i / (paths.LINE - 1) - 1) * reach, rise.item()


def turn(name, table):
    """The table of ``turned`` as a figure; sliders turn the line and widen.

    ``name`` must be unique on its page.
    """
    widths, turns = sorted({*table.width}), sorted({*table.degrees})
    high = min(table.change.max(), 1.4 * table.change.quantile(0.97))
    scale = table.away.min(), table.away.max(), table.change.min(), high
    frames = {}
    for (width, degrees), part in table.groupby(["width", "degrees"]):
        bend = part.curvature.iloc[0]
        text = (f"Width {width}, turned by {degrees} degrees: the line "
                f"curves {'up' if bend > 0 else 'down'} at its middle "
                f"(curvature {bend:+.3f}).")
        frames[turns.index(degrees), widths.index(width)] = _line(
            part, scale, text), text
    return sliders.figure(
        name, {"turn the line": [f"{d} degrees" for d in turns],
               "width": [str(width) for width in widths]},
        frames, (0, 0), "")


def _line(part, scale, alt):
    """One line as an SVG drawing; ``scale`` is (x low, x high, y low, ...).

    The trained network is the dot in the middle; what lies off the scale
    is cut off.
    """
    left, right, low, high = scale
    across = sliders.WIDTH
    x = (part.away - left) / (right - left) * across
    y = 200 * (high - part.change.clip(upper=high)) / (high - low) + 10
    points = " ".join(f"{a:.1f},{b:.1f}" for a, b in zip(x, y))
    middle = len(part) // 2
    level = y.iloc[middle]
    colour = ("var(--blue, #0072B2)" if part.curvature.iloc[0] > 0
              else "var(--warm, #B6480A)")
    ink = "var(--ink, #1d2733)"
    return (f'<svg viewBox="0 0 {across} 250" role="img" aria-label="'
            f'{html.escape(alt)}" style="width: 100%; max-width: 600px; '
            f'fill: {ink}" font-family="sans-serif" font-size="14">'
            f'<path d="M0 {level:.1f}H{across}" stroke="#999" '
            'stroke-dasharray="5 4"/>'
            f'<polyline points="{points}" style="fill: none; stroke: {colour}"'
            f' stroke-width="4"/><circle cx="{x.iloc[middle]:.1f}" '
            f'cy="{level:.1f}" r="6"/>'
            f'<text x="{x.iloc[middle]:.1f}" y="{level - 14:.1f}" '
            'text-anchor="middle">the network</text>'
            f'<text x="{across / 2}" y="240" text-anchor="middle">distance '
            f"from the trained network: {left:g} to {right:g}</text></svg>")
