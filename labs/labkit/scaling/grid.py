"""Grid: how does the loss fall with size and tokens, each read once?

Every pair of a size and a number of tokens is a run of its own, so that its
learning rate can fall to zero at its end. Sources: Kaplan et al. 2020,
Hoffmann et al. 2022.
"""
from functools import lru_cache, partial
from itertools import product

import numpy as np
import pandas as pd

from labkit import plots
from labkit.claims import claim, evidence
from labkit.cores import NATS, SMALLEST
from labkit.language.runs import (
    SHORT,
    Runs,
    decaying,
    language,
    tuned,
    with_excess,
)
from labkit.rows import (
    change,
    distinct,
    labelled,
    lowest,
    middle,
    of,
    only,
    wide,
)
from labkit.rulings import plus
from labkit.scaling.fitting import fit

LINES = 5    # that a figure can bear
SAME = 1.1   # exponents within a tenth of each other count as the same
PARTS = {"grid": ("grid", "slower")}   # one experiment, recorded in two parts

GRID = {
    "quick": {"widths": [8, 16, 32, 64, 128],
              "tokens": [2**k for k in (15, 16, 17, 18)], "lrs": [.06]},
    "class": {"widths": [4, 8, 16, 32, 64, 128, 256],
              "tokens": [2**k for k in (16, 17, 18, 19, 20)], "lrs": [.06]},
    "full": {"widths": [4, 8, 16, 32, 64, 128, 256, 512],
             "tokens": [2**k for k in range(16, 23)], "lrs": [.02, .06, .2]}}
SLOWER = {   # small sizes like smaller rates
    "full": {"widths": [4, 8, 16, 32],
             "tokens": [2**k for k in range(16, 23)], "lrs": [.006]}}
OTHER_RULES = {
    "full": {"widths": [4, 8, 16, 32, 64, 128, 256, 512],
             "tokens": [2**k for k in (16, 17, 18, 19, 20)],
             "lrs": [.006, .02, .06, .2]}}
TEXT = {
    "full": {"widths": [8, 12, 16, 32, 48, 64],
             "tokens": [2**k for k in (17, 18, 19, 20)],
             "lrs": [.0075, .02, .06]}}


def cells(task, widths, tokens, lrs):
    """A run for each pair of width and tokens.

    It starts at ``lrs`` times the root of ANCHOR / tokens, since longer
    runs want smaller rates; see ``runs.decaying``.
    """
    return [decaying(task, width, unique, 1, lrs)
            for unique, width in product(tokens, widths)]


grid = Runs("grid", GRID, partial(cells, "rules"))
slower = Runs("slower", SLOWER, partial(cells, "rules"))
short = Runs("short", OTHER_RULES, partial(cells, "short"))
text = Runs("text", TEXT, partial(cells, "library"))
EXPERIMENTS = (grid, slower, short, text)
run = grid.run


# --- what the rows say ----------------------------------------------------

def ends(rows, experiment="grid"):
    """The end of each run at the best rate of its size and tokens.

    Only of the one experiment; "slower" is a part of "grid".
    """
    rows = of(rows, *PARTS.get(experiment, (experiment,)),
              quantity="validation")
    rows = tuned(rows.assign(experiment=experiment))
    run = ["parameters", "tokens", "seed"]
    return distinct(only(rows, epoch=1), *run).sort_values(run)


def most(table):
    """The ends of the longest runs."""
    return table[table.tokens == table.tokens.max()]


def few(rows, by="parameters"):
    """The rows of some sizes, the smallest and the largest among them.

    All, if a figure can bear a line for each.
    """
    sizes = np.unique(rows[by])
    if len(sizes) > LINES:
        sizes = sizes[np.linspace(0, len(sizes) - 1, LINES - 1).astype(int)]
    return rows[rows[by].isin(sizes)]


def fitted(table, form="additive"):
    """The law fitted to the ends of runs; to the same ones only once."""
    runs = table[["parameters", "tokens", "value", "seed"]]
    return _fitted(tuple(map(tuple, runs.to_numpy().T)), form)


@lru_cache(maxsize=256)
def _fitted(runs, form):
    parameters, tokens, loss, seeds = runs
    return fit(parameters, tokens, loss, form, seeds)


def by_seed(table, measure):
    """A measure of each seed's runs alone, by seed."""
    return pd.Series({seed: measure(part) for seed, part in labelled(
        table, "seed").groupby("seed")})


def slopes(table):
    """The local exponent, -d log excess / d log N, at the most tokens.

    Between each size and the next; one row per seed, a column per size.
    """
    excess = np.log(wide(most(table), "excess", "parameters"))
    step = np.diff(np.log(excess.columns.to_numpy(float)))
    return -excess.diff(axis=1).iloc[:, 1:] / step


def behind(table):
    """Each size at the most tokens, minus the largest at the fewest, in nats.

    One row per seed, a column per size; below 0 where the size has passed.
    """
    loss = wide(table, "value", ["tokens", "parameters"])
    fewest, *_, last = sorted(table.tokens.unique())
    return loss[last].sub(loss[fewest].iloc[:, -1], axis=0)


# --- the claims -----------------------------------------------------------

def straight(rows):
    """Is the exponent the same from the smallest sizes to the largest?"""
    local = slopes(with_excess(ends(rows)))
    return evidence(local.max(axis=1, skipna=False)
                    / local.min(axis=1, skipna=False), SMALLEST["C19a"])


def lower_limit(rows):
    """At the most tokens, does the smallest size end above the largest?"""
    last = wide(most(ends(rows)), "value", "parameters")
    return evidence(-change(last), SMALLEST["C22b"],
                    least=middle(-last.diff(axis=1).iloc[:, 1:].max(
                        axis=1, skipna=False)))


def stuck(rows):
    """Is the smallest size at its most tokens above the largest at least?"""
    gap = behind(ends(rows))
    return evidence(gap.iloc[:, 0], SMALLEST["C23a"],
                    times=gap.columns[-1] / gap.columns[0])


def lowers_entropy(rows):
    """Does any run get below the entropy?"""
    low = ends(rows).groupby("seed").value.agg(lowest)
    return evidence(low - language().entropy, plus(-NATS))


CLAIMS = [
    claim("C19a", "Along the sizes, the excess falls by one power law: its "
          "exponent is the same everywhere.", straight,
          "at the most tokens, the local exponent is {effect} times as large "
          "where it is steepest as where it is flattest",
          "kaplan2020scaling"),
    claim("C22b", "Size sets how low the loss can get.", lower_limit,
          "at the most tokens, the smallest size ends {effect} nats above "
          "the largest, and each at least {least:.3g} above the next",
          "hoffmann2022training"),
    claim("C23a", "Even after many times the tokens, a small model is above "
          "what a far larger one has early on.", stuck,
          "after the most tokens, the smallest size, {times:.0f} times "
          "smaller than the largest, is {effect} nats above what the largest "
          "has after the fewest", "muennighoff2023scaling"),
    claim("C24a", "A large model lowers the entropy: its loss falls below "
          "that of the language.", lowers_entropy,
          "the lowest loss of any run is {effect} nats above the entropy, "
          "below which no model can come on new text",
          "shannon1948mathematical", beyond=True),
]


# --- figures and facts ------------------------------------------------------

def _excess_figure(rows, x, by, label, xlabel, alt):
    figure, ax = plots.axes(xlabel, "loss above H (nats)")
    plots.curves(ax, few(with_excess(ends(rows)), by), x=x, y="excess", by=by,
                 along=x, markevery=1, label=label)
    ax.xaxis.set_major_formatter(plots.size_name)
    return plots.show(plots.ends(ax), alt)


def grid_figure(rows):
    """The final excess of each size against the tokens."""
    return _excess_figure(
        rows, "tokens", "parameters", "N = {:,.0f}", "training tokens D",
        "Final loss above the entropy against training tokens, both axes "
        "logarithmic, one line per size. The lines of the smallest sizes "
        "flatten first, at high levels; those of larger sizes fall further.")


def sizes_figure(rows):
    """The final excess at each number of tokens against the size."""
    return _excess_figure(
        rows, "parameters", "tokens", "D = {:,.0f}", "parameters N",
        "Final loss above the entropy against parameters, both axes "
        "logarithmic, one line per number of tokens. The lines fall side by "
        "side at small sizes and fan out at large ones, where the one with "
        "the fewest tokens is flattest.")


FIGURES = {"grid": lambda tables: grid_figure(pd.concat(tables.values()))}
TABLES = {}


def facts(tables):
    """What the prose quotes of the runs, rounded as it quotes it."""
    table = with_excess(ends(pd.concat(tables.values())))
    steep = slopes(table).median()
    gap = behind(table)
    gap.columns = gap.columns[-1] / gap.columns   # times smaller
    ahead = (gap > 0).all()
    stuck_at, passes_at = gap.columns[ahead].min(), gap.columns[~ahead].max()
    return {
        "H": f"{language().entropy:.3f}",
        "H_short": f"{language(SHORT).entropy:.2f}",
        "sizes": f"{table.parameters.nunique()}",
        "seeds": f"{table.seed.nunique()}",
        "smallest": f"{table.parameters.min():,.0f}",
        "largest": f"{table.parameters.max():,.0f}",
        "least_tokens": f"{table.tokens.min():,.0f}",
        "most_tokens": f"{table.tokens.max():,.0f}",
        "more_tokens": f"{table.tokens.max() / table.tokens.min():.0f}",
        "slope_low": f"{steep.min():.2f}", "slope_high": f"{steep.max():.2f}",
        "stuck_times": f"{stuck_at:.0f}",
        "stuck_gap": f"{abs(gap[stuck_at].median()):.2f}",
        "passes_times": f"{passes_at:.0f}",
        "passes_gap": f"{abs(gap[passes_at].median()):.2f}"}
