"""What the tests of all packages know of this one: rows on both sides."""
from functools import partial

import numpy as np
import pandas as pd

from tests.judging import table

nan = np.nan
RATE = 0.003   # of the tickets that are looked at; their width is 64

TINY = {
    "draw": dict(width=[256, 512], lr=[.03], steps=200),
    "luck": dict(width=[64], nets=8, lr=[.03], steps=250),
    "rewound": dict(width=[256], kept=16, lr=[.03], steps=250),
    "prune": dict(width=[32, 64], lr=[RATE], steps=10, rounds=1),
    "popup": dict(width=[8, 16], steps=5),
    "one_rate": dict(widths=[2, 4], tokens=2**12),
    "scaled_rate": dict(widths=[2, 4], tokens=2**12),
    "tuned_rate": dict(widths=[2, 4], tokens=2**12),
    "moved": dict(scaling=["ntk", "mup"], width=[8, 16], steps=4)}


def draws(cells):
    """{(width, lr): steps of each network}; the same for all seeds."""
    return table("draw", "width lr net", "needed", {
        (*key, i): [number] * 3 for key, numbers in cells.items()
        for i, number in enumerate(numbers)})


def race(best):
    """One of width 8 needs 80 steps, of 16 10; of 4 too few get there."""
    return draws({(4, 0.1): [5, nan, nan], (8, 0.1): [best, 80, 90],
                  (16, 0.1): [10]})


luck = partial(table, "luck", "width lr", "correlation")


def rewound(cells):
    """{(width, lr, way): steps}; of random teams, the median of three."""
    return table("rewound", "width lr way team", "needed", {
        (*key, team): np.multiply(steps, factor)
        for key, steps in cells.items()
        for team, factor in ({1: 5, 2: 0.2, 3: 1} if "random" in key[-1]
                             else {0: 1}).items()})


def teams(winners, others):
    """Steps on new examples; the old ones say nothing, nor the widest."""
    found = {(width, 0.1, way): 50 for width in (8, 16, 32)
             for way in ("whole", "winners", "random")}
    for way, steps, widest in (("winners", winners, others**2),
                               ("random", others, winners**2)):
        for width in (8, 16, 32):
            found[width, 0.1, way + ", new examples"] = (
                steps if width < 32 else widest)
    return rewound(found)


def prune(cells, value="trained"):
    """{(width, lr, density, way): accuracy}."""
    rows = table("prune", "width lr density way", value, cells)
    return rows.assign(kept=(rows.width * rows.density * 74).astype(int))


def pair(way, original, other, value="trained"):
    """Accuracies at densities .25 and 1; wider ones and others do not count.

    ``original`` and ``other`` are numbers, or pairs of one per density.
    """
    found = {(64, RATE, density, name): one
             for name, right in (("original", original), (way, other))
             for density, one in zip((0.25, 1.0), np.broadcast_to(right, 2))}
    odd = {(*key, density, name): 0.5 if name == way else 0.4
           for key in ((64, 0.2), (128, RATE)) for density in (0.25, 1.0)
           for name in ("original", way)}
    return prune(found | odd, value)


def untrained(way, least):
    """A ticket that is ahead by 0.2, by ``least`` and, whole, by nothing."""
    return prune({(64, RATE, density, name): 0.3 + ahead * (name != way)
                  for density, ahead in ((0.25, 0.2), (0.5, least), (1.0, 0))
                  for name in ("original", way)}, "untrained")


def parents(small, wide):
    return prune({(64, RATE, 1.0, "original"): small,
                  (128, RATE, 0.5, "original"): wide} | {
        (*key, way): 0.6 for *key, way in (
            (128, RATE, 1.0, "original"), (64, RATE, 1.0, "redrawn"),
            (128, RATE, 0.5, "redrawn"))})


def popup(narrow, wide, luck_narrow=0.1, luck_wide=0.1):
    return table("popup", "width way", "right", {
        (4, "popup"): narrow, (8, "popup"): wide,
        (4, "random masks"): luck_narrow, (8, "random masks"): luck_wide})


def models(experiment, cells):
    """{(step, width, lr): validation loss}; and a training loss."""
    rows = table(experiment, "step size lr", "value", cells)
    return pd.concat([rows.assign(quantity="validation"), rows.assign(
        quantity="train", value=1 / rows.value)])


def losses(experiment, start, early):
    """Losses of widths 4 and 8 at the start and after 16 steps."""
    return models(experiment, {
        (step, size, 0.8 / size): value
        for step, pair in ((0, start), (16, early), (64, (2, 2)))
        for size, value in zip((4, 8), pair)})


def tuned(small, wide):
    """Losses of widths 4 and 8 after 16 steps, at each of three rates.

    Before and later the other width is ahead, and other rates are best.
    """
    return models("tuned_rate", {
        (step, size, lr): value if step == 16 else 9 - other
        for step in (0, 16, 64)
        for size, found, others in ((4, small, wide), (8, wide, small))
        for lr, value, other in zip((0.1, 0.2, 0.4), found, others,
                                    strict=True)})


def moved(ntk, mup):
    return table("moved", "scaling width", "moved", {
        (scaling, width): way for scaling, pair in (
            ("ntk", ntk), ("mup", mup)) for width, way in zip((4, 8), pair)})


def swapped(make, one, other):
    """Rows on which a claim holds; and with the two sides swapped."""
    return make(one, other), make(other, one)


SIDES = {   # claim -> (rows on which it holds, rows on which it fails)
    "C16a": swapped(partial(pair, "redrawn"), (0.8, 0.7), (0.7, 0.9)),
    "C16b": swapped(partial(pair, "random mask"), (0.8, 0.7), (0.7, 0.9)),
    "C16c": (pair("signs", (0.8, 0.7), (0.77, 0.9)),
             pair("signs", (0.8, 0.9), (0.79, 0.7))),
    "C16d": (pair("signs", (0.95, 0.1), 0.5, "untrained"),
             pair("signs", (0.8, 0.1), 0.95, "untrained")),
    "C16e": (untrained("redrawn", 0.1), untrained("redrawn", -0.1)),
    "C16f": swapped(teams, 30, 60),
    "C16g": (luck({(4, 0.1): 0.1, (4, 0.2): 0.9, (8, 0.1): 0.9,
                   (8, 0.2): 0.3}),
             luck({(4, 0.1): 0.6, (4, 0.2): -0.6, (8, 0.1): 0.6,
                   (8, 0.2): 0.7})),
    "C16h": (pair("signs", (0.795, 0.8), 0.1),
             pair("signs", (0.78, 0.8), 0.9)),
    "C16i": (untrained("shuffled labels", 0.1),
             untrained("shuffled labels", -0.1)),
    "C17a": (draws({(4, 0.1): [20, nan], (8, 0.1): [90]}),
             draws({(4, 0.1): [20, 30], (8, 0.1): [10]})),
    "C17b": (draws({(4, 0.1): [20, nan], (8, 0.1): [20]}),
             draws({(4, 0.1): [30, 30], (8, 0.1): [20]})),
    "C17c": (race(20), race(40)),
    "C17d": (popup(0, 0, 0.95, 0.1), popup(0.99, 0.99, 0.5, 0.6)),
    "C17e": (popup(0.1, 0.95), popup(0.99, 0.85, 0.99, 0.99)),
    "C17f": (popup(0.5, 0.6, 0.9, 0.1), popup(0.6, 0.5, 0.1, 0.9)),
    "C17g": swapped(parents, 0.5, 0.7),
    "C18a": swapped(partial(losses, "one_rate"), (4, 3), (3, 4)),
    "C18b": swapped(partial(losses, "one_rate"), (3, 4), (4, 3)),
    "C18c": swapped(partial(losses, "scaled_rate"), (3, 4), (4, 3)),
    # at the smallest and the largest rate, in the mean over the rates, and
    # at the rates that are best at other steps, the other width is ahead
    "C18d": (tuned((5, 4, 5), (6, 3, 6)), tuned((5, 3, 5), (4, 4, 4.5))),
    "C18e": swapped(moved, (0.8, 0.4), (0.4, 0.8)),
    "C18f": (moved((0.8, 0.4), (0.8, 0.2)), moved((0.8, 0.4), (0.8, 0.6))),
}
