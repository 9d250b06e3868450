"""Tokens: does the law foretell how many tokens a larger size needs?

The law is fitted without the two largest sizes; then it says after how many
tokens the largest has a loss. On several texts and kinds of network.
Sources: Kaplan et al. 2020, Hoffmann et al. 2022.
"""
import numpy as np
import pandas as pd

from labkit import plots
from labkit.claims import claim, evidence
from labkit.cores import SMALLEST
from labkit.rows import middle
from labkit.scaling.grid import by_seed, ends, fitted, most

TEXTS = {"grid": "layered rules", "short": "short rules", "text": "real text"}
BACK = 2     # of the largest sizes are left out
EXPERIMENTS = ()


# --- what the rows say ----------------------------------------------------

def needed(law, parameters, loss):
    r"""Tokens after which a size has a loss, by the law; inf for never.

    .. math:: D = \Big(B \Big/ \big((L - E)^{1/k} - A/N^\alpha\big)
              \Big)^{1/\beta}
    """
    above = np.maximum(np.asarray(loss, float) - law.E, 0) ** (1 / law.k)
    short = above - law.A / np.asarray(parameters, float) ** law.alpha
    with np.errstate(divide="ignore"):
        return (law.B / np.maximum(short, 0)) ** (1 / law.beta)


def foretold(table, out, form="additive"):
    """The runs of one size, with the tokens ``foretold`` for each.

    By the law that is fitted without the sizes (parameters) in ``out``; the
    last of these is the one.
    """
    law = fitted(table[~table.parameters.isin(out)], form)
    part = table[table.parameters == out[-1]]
    return part.assign(foretold=needed(law, part.parameters, part.value))


def missed(table, out=None):
    """By which factor foretold and found tokens differ, on average.

    The geometric mean over the lengths of the runs, 1 or more; of the
    largest size without the BACK largest, unless ``out`` names others. NaN
    where a run of the table diverged.
    """
    if table.value.isna().any():
        return np.nan
    part = foretold(table, out or largest(table))
    return np.exp(np.abs(np.log(part.foretold / part.tokens)).mean())


def largest(table):
    """The BACK largest sizes."""
    return sorted(table.parameters.unique())[-BACK:]


def between(table):
    """The same factor for each size but the two at the ends, left alone out.

    All seeds together: sizes on either side are known, nothing lies beyond.
    """
    return [missed(table, [size])
            for size in sorted(table.parameters.unique())[1:-1]]


# --- the claims -----------------------------------------------------------

def whatever_the_text(rows):
    """On every text, does the law foretell the tokens of the largest size?"""
    misses = pd.DataFrame({experiment: by_seed(ends(rows, experiment), missed)
                           for experiment in TEXTS})
    return evidence(misses.max(axis=1, skipna=False), SMALLEST["C21d"],
                    **misses.agg(middle))


CLAIMS = [
    claim("C21d", "That a larger model needs fewer tokens follows from the "
          "law: fitted without the two largest sizes, it foretells the "
          "largest one's tokens to a loss, on every text, to a tenth.",
          whatever_the_text,
          "on the text where it is worst, the law misses the tokens of the "
          "largest size by a factor of {effect} on average ({grid:.2f} on the "
          "layered rules, {short:.2f} on the short rules, {text:.2f} on real "
          "text)",
          "kaplan2020scaling", "hoffmann2022training"),
]


# --- figures and facts ----------------------------------------------------

def foretold_figure(tables):
    """Tokens foretold against tokens found, for the largest size."""
    figure, ax = plots.axes("tokens that the largest size had",
                            "tokens foretold")
    rows = pd.concat(tables.values())
    for experiment, sign in plots.signs(TEXTS).items():
        table = ends(rows, experiment)
        part = foretold(table, largest(table)).groupby("tokens").foretold
        centre = part.agg(middle)
        ax.errorbar(centre.index, centre, yerr=[
            centre - part.min(), part.max() - centre], capsize=3,
            label=TEXTS[experiment], linestyle="none", **sign)
    ends_of_line = np.array(ax.get_xlim())
    ax.plot(ends_of_line, ends_of_line, "k--", label="as found")
    for axis in (ax.xaxis, ax.yaxis):
        axis.set_major_formatter(plots.size_name)
    return plots.show(
        plots.ends(ax),
        "Tokens to a loss as foretold by a law of the smaller sizes, against "
        "the tokens that the largest size took to get there, on three texts. "
        "Points on the dashed diagonal are foretold right.")


FIGURES = {"tokens": foretold_figure}
TABLES = {}


def facts(tables):
    """How far off the foretold tokens are: beyond the sizes, and between."""
    rows = pd.concat(tables.values())
    texts = {name: ends(rows, name) for name in TEXTS}
    off = {}
    for name, table in texts.items():
        part = most(foretold(table, largest(table)))
        ratio = middle(part.foretold / part.tokens)
        off[name] = f"{max(ratio, 1 / ratio):.1f}"
    inner = [factor for table in texts.values() for factor in between(table)]
    return {"tokens": off | {"between_low": f"{min(inner):.2f}",
                             "between_high": f"{max(inner):.1f}"}}
