"""Sizes: are small language models stuck by chance, or are they full?

One pass over new tokens, and over MORE times as many. Sources: Qiu et al.
2025; Hoffmann et al. 2022.
"""
from itertools import product

import numpy as np
import pandas as pd

from labkit.claims import claim, evidence
from labkit.cores import NATS, SMALLEST
from labkit.language.runs import Runs, decaying, tuned
from labkit.rows import highest, lowest, middle, of, wide
from labkit.rulings import under

MORE = 4   # times the tokens, in the control

SIZES = {
    "quick": {"widths": [8, 16, 32], "tokens": 2**15, "lrs": [.03]},
    "class": {"widths": [8, 16, 32, 64], "tokens": 2**16, "lrs": [.03]},
    "full": {"widths": [4, 8, 16, 32, 64, 128], "tokens": 2**18,
             "lrs": [.01, .03, .1]}}


def cells(widths, tokens, lrs):
    """Language models on new tokens, and on MORE times as many."""
    return [decaying("rules", width, tokens * times, 1, lrs)
            for times, width in product((1, MORE), widths)]


sizes = Runs("sizes", SIZES, cells)
EXPERIMENTS = (sizes,)
run = sizes.run


# --- what the rows say ------------------------------------------------------

def final(rows):
    """Final losses at the best rate: (tokens, seed) x size."""
    rows = tuned(of(rows, "sizes"))
    rows = rows[(rows.quantity == "validation") & (rows.step > 0)]
    return wide(rows, "value", "size", ["tokens", "seed"])


def spread(rows):
    """Range of the final losses over seeds, nats: tokens x size.

    Of all sizes but the largest. NaN where a seed diverged.
    """
    by_tokens = final(rows).groupby("tokens")
    return (by_tokens.agg(highest) - by_tokens.agg(lowest)).iloc[:, :-1]


def luck(rows):
    """The same over the gap to the next size."""
    mean = final(rows).groupby("tokens").agg(lambda v: v.mean(skipna=False))
    gap = -mean.diff(axis=1).shift(-1, axis=1)
    return spread(rows) / gap.iloc[:, :-1].clip(lower=0)


def catching_up(rows):
    """Loss of a size after MORE tokens minus the next size's: seed x size.

    Below zero, the longer run of the smaller size is the better one.
    """
    losses = final(rows)
    few, many = sorted(losses.index.unique("tokens"))
    return (losses.loc[many] - losses.loc[few].shift(-1, axis=1)).iloc[
        :, :-1]


# --- the claims -------------------------------------------------------------

def luck_of_seeds(rows):
    """Do the seeds of a size differ?"""
    return evidence(spread(rows).to_numpy().ravel(), SMALLEST["C6a"],
                    "sizes and lengths",
                    gap=np.median(luck(rows).to_numpy()))


def tokens_close(rows):
    """Do MORE tokens bring a language model to the next size's loss?"""
    return evidence(catching_up(rows).median(axis=1, skipna=False),
                    under(NATS), times=MORE)


CLAIMS = [
    claim("C6a", "Small language models get stuck by chance: where one "
          "ends depends on its seed.", luck_of_seeds,
          "the final loss of a small language model varies over its seeds by "
          "{effect} nats, {gap:.2g} times the gap to the next size",
          "qiu2025scaling"),
    claim("C6d", "Four times the tokens take a language model to the loss "
          "of one twice as large.", tokens_close,
          "in the median of the sizes, the final loss (in nats) of a "
          "language model with {times} times the tokens is {size} "
          "{effect:higher|lower} than that of one twice as large without "
          "them", "hoffmann2022training", beyond=True),
]


# --- tables and facts -------------------------------------------------------

def sizes_table(rows):
    """Final loss, its range over seeds and what that is of the gap."""
    table = final(rows).groupby("tokens").agg([middle, "min", "max"])
    ratio = luck(rows)
    parameters = rows.groupby("size").parameters.first()
    lines = []
    for tokens, width in product(table.index, parameters.index):
        median, low, high = table.loc[tokens, width]
        lines.append({
            "tokens": f"{tokens:,.0f}", "width": width,
            "parameters": f"{parameters[width]:,.0f}",
            "median loss": f"{np.round(median, 3):.3f}",
            "range over seeds": f"{np.round(high - low, 3):.3f}",
            "range / gap to the next":
            f"{np.round(ratio.loc[tokens, width], 3):g}"
            if width in ratio else ""})
    return pd.DataFrame(lines).set_index(["tokens", "width"])


def catching_table(rows):
    """How far MORE tokens leave each size above the next, in nats."""
    gap = catching_up(rows)
    return pd.DataFrame({
        "nats above the next size": gap.agg(middle),
        "from": gap.min(), "to": gap.max()}).rename_axis("width").round(3)


FIGURES = {}
TABLES = {"sizes": lambda tables: sizes_table(tables["sizes"])}


def facts(tables):
    """What MORE tokens gain at the smallest and largest widths (nats).

    And what part of the gap to the next size that is (percent).
    """
    losses = final(tables["sizes"]).groupby("tokens").median()
    few, many = losses.iloc[0], losses.iloc[1]
    gained = few - many
    closed = 100 * gained / -few.diff().shift(-1)
    smallest, *_, second, largest = losses.columns
    return {"smallest": f"{smallest:g}", "second": f"{second:g}",
            "largest": f"{largest:g}",
            "more_small": f"{gained[smallest]:.3f}",
            "more_large": f"{gained[largest]:.3f}",
            "closed_small": f"{closed[smallest]:.0f}",
            "closed_large": f"{closed[second]:.0f}"}
