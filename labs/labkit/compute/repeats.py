"""What is a repeated token worth, and how many epochs does a size need?

Source: Muennighoff et al. 2023.
"""
from itertools import product

import numpy as np

from labkit import plots
from labkit.claims import claim, evidence
from labkit.compute.best import best_ends
from labkit.cores import NATS, SMALLEST
from labkit.experiment import AGAIN, FIRST
from labkit.language.runs import Runs, decaying
from labkit.rows import distinct, labelled, lowest, middle, of, only, wide
from labkit.rulings import over, plus
from labkit.scaling import laws

MANY = 10        # epochs that the conversation would call many
CLOSE = NATS     # as good as there

REPEATS = {   # tokens that each run reads; how often its corpus is halved
    "quick": {"widths": [16, 128], "tokens": 2**16, "halvings": 6,
              "lrs": [.03]},
    "class": {"widths": [16, 64, 256], "tokens": 2**17, "halvings": 6,
              "lrs": [.03]},
    "full": {"widths": [16, 64, 256], "tokens": 2**20, "halvings": 6,
             "lrs": [.003, .01, .03, .1, .3]}}
PASSES = {   # different tokens; how often the epochs are doubled
    "quick": {"widths": [8, 16, 128], "unique": 2**12, "doublings": 5,
              "lrs": [.03]},
    "class": {"widths": [8, 16, 64, 256], "unique": 2**13, "doublings": 6,
              "lrs": [.03]},
    "full": {"widths": [8, 16, 64, 256], "unique": 2**15, "doublings": 6,
             "lrs": [.003, .01, .03, .1, .3]}}


def repeats_cells(widths, tokens, halvings, lrs):
    """The same number of ``tokens``, fewer and fewer of them different.

    The corpus is halved again and again; each smaller one is also read
    just once.
    """
    repeated = [decaying("rules", width, tokens // 2**k, 2**k, lrs)
                for k, width in product(range(halvings + 1), widths)]
    return repeated + [
        decaying("rules", width, tokens // 2**k, 1, lrs)
        for k, width in product(range(1, halvings + 1), widths)]


def passes_cells(widths, unique, doublings, lrs):
    """One corpus of ``unique`` tokens, read once, twice, four times, ..."""
    return [decaying("rules", width, unique, 2**k, lrs)
            for k, width in product(range(doublings + 1), widths)]


repeats = Runs("repeats", REPEATS, repeats_cells)
passes = Runs("passes", PASSES, passes_cells, (FIRST, AGAIN))
EXPERIMENTS = (repeats, passes)
run = repeats.run


# --- what the rows say ------------------------------------------------------

def most(table):
    """The runs of most tokens: of "repeats", those that read them all."""
    return table[table.tokens == table.tokens.max()]


def worth(repeated, once):
    """How many new tokens would have given the loss of repeated ones.

    For each run of ``repeated``, by interpolating the runs of ``once`` (of
    the same size and seed, that read everything once) in log tokens; in
    units of the unique tokens, so that E epochs are worth at most E. NaN
    where the loss is higher than that of the smallest corpus read once.
    Raises ValueError for a seed that ``once`` has not.
    """
    def equivalent(run):
        curve = only(once, parameters=run.parameters,
                     seed=run.seed).sort_values("unique")
        loss = np.minimum.accumulate(curve.value)[::-1]
        return np.exp(np.interp(run.value, loss, np.log(curve.unique)[::-1],
                                right=np.nan)) / run.unique

    distinct(once, "parameters", "seed", "unique")
    known = labelled(repeated, "parameters", "seed")[
        repeated.parameters.isin(once.parameters)]
    return known.assign(worth=[equivalent(run)
                               for run in known.itertuples()])


def worth_by_law(epochs):
    """What E epochs are worth by Muennighoff et al. 2023, in epochs."""
    return 1 + laws.REPEATS * -np.expm1((1 - epochs) / laws.REPEATS)


def worth_table(passes, repeats):
    """Epochs of new text that epochs of one corpus are worth.

    A row per number of epochs, a column per size; the median of the
    seeds that both experiments have.
    """
    once, repeated = best_ends(repeats), best_ends(passes)
    value = worth(repeated[repeated.seed.isin(once.seed)],
                  once[once.epoch == 1])
    table = value.groupby(["epoch", "parameters"]).worth.agg(
        middle).unstack()
    table["by the law"] = worth_by_law(table.index.to_numpy())
    return table.set_axis(table.index.astype(int)).rename_axis("epochs")


def by_epochs(table):
    """The final loss: (parameters, seed) x epochs."""
    return wide(table, "value", "epoch", ["parameters", "seed"])


def enough(rows, near=CLOSE):
    """Epochs until each size is ``near`` its lowest loss: seed x size."""
    table = by_epochs(best_ends(of(rows, "passes")))
    close = table.sub(table.min(axis=1), axis=0) <= near
    return close.idxmax(axis=1).where(close.any(axis=1)).unstack(
        "parameters")


# --- the claims -------------------------------------------------------------

def once_is_enough(rows):
    """At equal tokens, is one pass as good as several over fewer?"""
    table = by_epochs(most(best_ends(of(rows, "repeats"))))
    gap = table.iloc[:, 1:].min(axis=1) - table.iloc[:, 0]
    return evidence(gap.groupby("seed").agg(lowest),
                    over(-CLOSE))


def small_need_many(rows):
    """On a small corpus, does the smallest size need MANY epochs?"""
    epochs = enough(rows)
    return evidence(epochs.iloc[:, 0], SMALLEST["C28a"],
                    near=CLOSE, longest=of(rows, "passes").epoch.max(),
                    smallest=epochs.columns[0])


def large_need_fewer(rows):
    """Does the smallest size need more of them than the largest?"""
    epochs = enough(rows)
    small, large = epochs.columns[[0, -1]]
    return evidence(epochs[small] / epochs[large], SMALLEST["C28b"],
                    near=CLOSE, smallest=small, largest=large)


def many_anyway(rows):
    """Does the smallest size want MANY epochs if there are new tokens?"""
    table = by_epochs(most(best_ends(of(rows, "repeats"))))
    smallest = table.index[0][0]
    table = table.loc[smallest]
    many = table.loc[:, table.columns >= MANY].min(axis=1)
    return evidence(many - table.iloc[:, 0], plus(-NATS),
                    smallest=smallest, many=MANY)


CLAIMS = [
    claim("C27a", "Where there is enough data, one pass over new tokens is "
          "as good as several over fewer.", once_is_enough,
          "at equal tokens, the loss {effect:rises|falls} by {size} nats "
          "from one pass over new tokens to the best of several over fewer",
          "muennighoff2023scaling", "komatsuzaki2019one"),
    claim("C28a", "On a small corpus, a small model needs ten epochs or "
          "more to fit well.", small_need_many,
          "to come within {near} nats of its lowest loss in runs of up to "
          "{longest:.0f} epochs on a small corpus, the smallest size "
          "({smallest:,} parameters) needs {effect} epochs",
          "muennighoff2023scaling"),
    claim("C28b", "On a small corpus, a large model needs fewer epochs than "
          "a small one to fit as well as it can.", large_need_fewer,
          "to come within {near} nats of its own lowest loss on a small "
          "corpus, a size of {smallest:,} parameters needs {effect} times "
          "the epochs of one of {largest:,}", "tirumala2022memorization"),
    claim("C28c", "A small model needs ten epochs or more even if there are "
          "new tokens.", many_anyway,
          "at equal tokens, the loss of {smallest:,} parameters "
          "{effect:rises|falls} by {size} nats from one pass over new tokens "
          "to the best of {many} or more over fewer", "biderman2023pythia",
          "zhang2024tinyllama"),
]


# --- figures, tables, facts -------------------------------------------------

def quarters(ax, epochs):
    """Mark every second number of epochs: 1, 4, 16, ..."""
    marked = sorted(epochs.unique())[::2]
    ax.set_xticks(marked, [f"{value:g}" for value in marked])
    ax.xaxis.minorticks_off()


def repeats_figure(rows):
    """Loss at equal tokens, fewer and fewer of them different."""
    ends = best_ends(rows)
    total = ends.tokens.max()
    ends["share"] = total / ends.unique
    _, ax = plots.axes("epochs, at equal tokens", "nats above the entropy")
    plots.curves(ax, most(ends), x="share", y="excess", along="share",
                 markevery=1)
    plots.curves(ax, ends[ends.epoch == 1], x="share", y="excess",
                 along="share", markevery=1, linestyle=":",
                 fillstyle="none", label="_")
    quarters(ax, ends.share)
    return plots.show(
        plots.ends(ax),
        "Loss above the entropy against epochs at equal tokens, one line per "
        "size. A few epochs cost hardly anything; many cost a lot, "
        "and the larger size more. Dotted lines: the same corpora read once "
        "only, which is worse up to many epochs.")


def passes_figure(rows):
    """Loss after more and more epochs over one corpus."""
    _, ax = plots.axes("epochs", "nats above the entropy")
    plots.curves(ax, best_ends(rows), y="excess", along="epoch", markevery=1)
    quarters(ax, best_ends(rows).epoch)
    return plots.show(
        plots.ends(ax),
        "Final loss above the entropy against epochs on one small corpus, "
        "one line per size. All fall at first. The larger sizes "
        "turn up after a few epochs, the smallest late or not at all.")


FIGURES = {"repeats": lambda tables: repeats_figure(tables["repeats"]),
           "passes": lambda tables: passes_figure(tables["passes"])}
TABLES = {"worth": lambda tables: worth_table(
    tables["passes"], tables["repeats"]).map("{:.1f}".format)}


def facts(tables):
    """What the prose quotes: what repetition adds, and is worth."""
    read = best_ends(tables["repeats"])
    loss = by_epochs(most(read))
    added = loss.sub(loss[1], axis=0).groupby("parameters").agg(middle)
    eight = worth(most(read), read[read.epoch == 1])
    eight = eight[(eight.epoch == 8) & (eight["size"] == eight["size"].min())]
    small = worth_table(tables["passes"], tables["repeats"]).loc[8].iloc[0]
    near = enough(tables["passes"], near=.05).iloc[:, 0]
    return {"added_2": ", ".join(f"{nats:.3f}" for nats in added[2]),
            "added_16": ", ".join(f"{nats:.3f}" for nats in added[16]),
            "enough_loose": f"{near.median():.0f}",
            "eight_size": f"{eight.parameters.min():,}",
            "eight_small": f"{small:.1f}",
            "eight_large": f"{middle(eight.worth):.1f}",
            "repeat_tokens": f"{read.tokens.max():,.0f}",
            "passes_tokens": f"{tables['passes'].unique.max():,.0f}"}
