"""Does a wrong learning rate give a wrong best size?

The valleys once more, trained carelessly: in the standard parameterisation,
where wide networks want smaller rates, at one rate for all sizes and
lengths. Source: Porian et al. 2024.
"""
import numpy as np
import pandas as pd

from labkit.claims import claim, evidence
from labkit.compute.best import best_ends, bottoms, exponent
from labkit.compute.valleys import SAME, cells, equal_parts
from labkit.language.runs import Runs
from labkit.rows import highest, labelled, lowest, middle, of
from labkit.rulings import under

MISTUNED = {   # powers k stand for valleys.UNIT 2^k FLOPs
    "quick": {"widths": [8, 16, 32, 64, 128, 256], "powers": range(19, 22),
              "lrs": [.003, .03]},
    "class": {"widths": [8, 16, 32, 64, 128, 256, 512],
              "powers": range(20, 24), "lrs": [.003, .03]},
    "full": {"widths": [4, 8, 16, 32, 64, 128, 256, 512, 1024],
             "powers": range(21, 26), "lrs": [.001, .003, .01, .03, .1]}}


def careless_cells(widths, powers, lrs):
    """The cells of the valleys, in the standard parameterisation.

    The rates are as given, whatever the size and the number of tokens.
    """
    return cells(widths, powers, lrs, "standard", scaled=False)


mistuned = Runs("mistuned", MISTUNED, careless_cells)
EXPERIMENTS = (mistuned,)
run = mistuned.run


# --- what the rows say ------------------------------------------------------

def bottoms_by_rate(rows):
    """{learning rate: bottoms at that rate}, and those at the best one."""
    found = {f"{lr:g}": bottoms(best_ends(part))
             for lr, part in labelled(rows, "lr").groupby("lr")}
    return found | {"the best": bottoms(best_ends(rows))}


def by_rate(rows):
    """The best size: computation x learning rate, as text.

    The median of the seeds that have one, and how many unless all do.
    """
    def text(sizes):
        known = sizes.dropna()
        if known.empty:
            return "none"
        few = f" ({len(known)} of {len(sizes)})"
        return f"{known.median():,.0f}" + few * (len(known) < len(sizes))

    table = pd.DataFrame({
        name: best.groupby("flops").parameters.agg(text)
        for name, best in bottoms_by_rate(rows).items()})
    return table.set_axis(table.index.map("{:.1e}".format))


def exponents(rows):
    """The exponent a at each rate, and its range over seeds, as text."""
    found = {name: exponent(best)
             for name, best in bottoms_by_rate(rows).items()}
    return pd.DataFrame(found).agg([middle, lowest, highest]).map(
        "{:.2f}".format).set_axis(["exponent a", "from", "to"])


# --- the claims -------------------------------------------------------------

def untouched(rows):
    """Does the best size stay the same at one rate for all runs?

    Where a rate has no bottom it cannot be said how far off the size is;
    the others may be far enough off.
    """
    sizes = {name: best.set_index(["flops", "seed"]).parameters for name, best
             in bottoms_by_rate(of(rows, "mistuned")).items()}
    best = sizes.pop("the best")
    off = np.exp(np.abs(np.log(pd.concat(
        [size / best for size in sizes.values()])))).groupby("seed")
    far = off.max()
    return evidence(far.where(far >= SAME, off.agg(highest)),
                    under(SAME, log=True))


def equal_in_standard(rows):
    """Should size and tokens grow alike, each run at its best rate?"""
    return equal_parts(best_ends(of(rows, "mistuned")))


CLAIMS = [
    claim("C32d", "The balance is the same however the runs are tuned.",
          untouched,
          "in the standard parameterisation, with one learning rate for all "
          "runs, the best size is off by a factor of {effect} at the worst "
          "of the rates and computations", "porian2024resolving",
          beyond=True),
    claim("C32e", "In the standard parameterisation, each run at its best "
          "rate, size and tokens should grow in equal parts.",
          equal_in_standard,
          "in the standard parameterisation, each run at its best rate, the "
          "best size grows as C to the power {effect}",
          "hoffmann2022training", beyond=True),
]


# --- figures, tables, facts -------------------------------------------------

FIGURES = {}
TABLES = {"control": lambda tables: pd.concat([
    by_rate(tables["mistuned"]), exponents(tables["mistuned"])])}


def facts(tables):
    """What the prose quotes: tokens per parameter, each at its best rate."""
    best = bottoms(best_ends(tables["mistuned"]))
    ratio = best.groupby("flops").ratio.agg(middle)
    return {"ratio_standard_first": f"{ratio.iloc[0]:.1f}",
            "ratio_standard_last": f"{ratio.iloc[-1]:.1f}"}
