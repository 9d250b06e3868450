"""Medium sizes: do models up to six million parameters do as small ones do?

Real text, the sources of Python's library, read eight times by a GPT of
five thousand to six million parameters; for a big GPU there is a sweep of a
longer text up to 48 million. The cells are recorded from the smallest on,
and everything here is about those that are finished: about two seeds only,
so it shows and does not decide. Source: Muennighoff et al. 2023.
"""
from functools import partial
from itertools import product

from labkit import plots
from labkit.epochs.crossing import to_own_best
from labkit.language.runs import Runs, tuned
from labkit.rows import distinct, labelled, lowest, middle, of, only

COMMON = .01   # the rate that is recorded first, at each size
SHARE = .9     # of the own way
EARLY = .05    # epochs before those that are drawn
SIZES = {
    "full": {"widths": [8, 16, 64, 256, 512], "uniques": [131_072],
             "epochs": 8, "lrs": [.01, .005, .02]},
}
LIBRARY = {   # for a big GPU, not yet recorded: 125k to 48M parameters
    "gpu": {"widths": [64, 256, 512, 1024, 1408], "uniques": [655_360],
            "epochs": 8, "lrs": [.01, .005]},
}


def one_rate(task, widths, uniques, epochs, lrs):
    """A cell for each width and rate, from the smallest width on.

    So an interruption loses little, and what is dear comes last.
    """
    return [dict(task=task, width=width, unique=unique, epochs=epochs,
                 lrs=[lr])
            for unique, width, lr in product(uniques, sorted(widths), lrs)]


class Pair(Runs):
    """Runs of two seeds, if not told otherwise: five would take a night."""

    def settings(self, budget="full", seeds=range(2), **changes):
        """See ``Experiment.settings``."""
        return super().settings(budget, seeds, **changes)

    def run(self, budget="full", seeds=range(2), **more):
        """See ``Experiment.run``."""
        return super().run(budget, seeds, **more)


medium = Pair("medium", SIZES, partial(one_rate, "library"),
              batches=(range(2),))
library = Pair("library", LIBRARY, partial(one_rate, "library"))
EXPERIMENTS = (medium, library)
run = medium.run


# --- what the rows say ------------------------------------------------------

def whole(rows):
    """The rows of the sizes of which every rate is finished."""
    rows = labelled(of(rows, "medium"), "size", "lr")
    rates = rows.groupby("size").lr.nunique()
    return rows[rows["size"].isin(rates.index[rates == rates.max()])]


def best(rows):
    """The lowest validation loss of each size at its best rate: medians."""
    rows = only(tuned(whole(rows)), quantity="validation")
    return rows.groupby(["parameters", "seed"]).value.agg(lowest).groupby(
        "parameters").agg(middle)


def turn(rows):
    """Epochs after which each size's best rate is lowest: medians."""
    rows = only(tuned(whole(rows)), quantity="validation")
    ends = rows.loc[rows.groupby(["parameters", "seed"]).value.idxmin()]
    return ends.groupby("parameters").epoch.agg(middle)


def own_ways(rows):
    """Epochs to SHARE of the own way at the rate COMMON, by size: medians."""
    rows = only(of(rows, "medium"), lr=COMMON)
    return to_own_best(rows, SHARE).groupby("parameters").needed.agg(middle)


def spent(rows):
    """FLOPs of all runs of each size, and their seconds of training."""
    runs = distinct(rows, "parameters", "lr", "seed", "quantity", "step")
    ends = runs.groupby(["parameters", "lr", "seed"])[["flops", "seconds"]]
    return ends.max().groupby("parameters").sum()


# --- figures and facts ------------------------------------------------------

def curves_figure(rows):
    """Validation loss against epochs of each size, at its best rate."""
    rows, low = only(tuned(whole(rows)), quantity="validation"), best(rows)
    _, ax = plots.axes("epochs", "validation loss (nats per byte)",
                       ylog=False)
    plots.curves(ax, rows[rows.epoch > EARLY])
    plots.ends(ax)
    return plots.show(
        ax, "Validation loss against epochs on the sources of Python's "
            "library, one curve per size of a GPT, each at its best of three "
            "rates; two seeds. The lowest losses are "
            + ", ".join(f"{loss:.2f} at {size:,} parameters"
                        for size, loss in low.items()) + ".")


CLAIMS = []
FIGURES = {"medium": lambda tables: curves_figure(tables["medium"])}
TABLES = {}


def facts(tables):
    """What the prose quotes of the smallest and largest size that is whole."""
    rows = whole(tables["medium"])
    low, ways, cost = best(rows), own_ways(rows), spent(rows)
    first = low.idxmin()
    return {
        "medium_size": _ends(low.index.map(plots.size_name)),
        "medium_loss": _ends(low.map("{:.2f}".format)),
        "medium_best": {"size": plots.size_name(first),
                        "loss": f"{low[first]:.2f}"},
        "medium_turn": f"{turn(rows).iloc[-1]:.0f}",
        "medium_text": f"{rows['unique'].max():,}",
        "medium_own": _ends(ways.map("{:.1f}".format)),
        "medium_flops": f"{cost.flops.iloc[-1]:.0e}".replace("e+", "e"),
        "medium_minutes": f"{cost.seconds.sum() / 60:.0f}",
    }


def _ends(words):
    return {"small": [*words][0], "large": [*words][-1]}
