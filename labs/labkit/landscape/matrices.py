"""Matrices: how rare is a random matrix that curves up in all directions?

Asked at random places (``goe``) and at low ones, where all eigenvalues are
raised (``low``). Sources: Dean & Majumdar 2006; Auffinger et al. 2013.
"""
import numpy as np

from labkit import plots
from labkit.claims import claim, evidence
from labkit.cores import SMALLEST
from labkit.experiment import Experiment, check
from labkit.landscape import drawn
from labkit.landscape.curvature import GOE_EXACT, goe_all_positive
from labkit.rows import change, labelled, middle, of, wide
from labkit.rulings import plus

EDGE = 2   # of the eigenvalues of large random matrices

GOE = {
    "quick": {"n": [1, 2, 3, 4], "shift": 0.0, "draws": 50_000},
    "class": {"n": [1, 2, 3, 4], "shift": 0.0, "draws": 10**6},
    "full": {"n": [1, 2, 3, 4, 5], "shift": 0.0, "draws": 10**6}}
LOW = {
    "quick": {"n": [5, 20, 100], "shift": [1.8, 2.2], "draws": 200},
    "class": {"n": [5, 20, 100], "shift": [1.8, 2.2], "draws": 1000},
    "full": {"n": [5, 10, 20, 50, 100],
             "shift": [1.4, 1.8, 2, 2.2, 2.6], "draws": 2000}}


def measure(seeds, n, shift, draws):
    """Share of random n x n matrices with positive eigenvalues only.

    Rows: seed, n, shift, draws, value (the share).
    """
    return [dict(seed=seed, n=n, shift=shift, draws=draws,
                 value=goe_all_positive(n, draws, shift, seed))
            for seed in seeds]


def cost(seeds, n, shift, draws):
    """About how many seconds a cell takes; ValueError for bad settings."""
    check(seeds, n=n, draws=draws)
    if not np.isfinite(shift):
        raise ValueError(f"shift is {shift}; a finite number is needed")
    return len(seeds) * draws * n**2 * (n + 20) / 5e9


goe = Experiment("goe", GOE, measure, cost)
low = Experiment("low", LOW, measure, cost)
EXPERIMENTS = (goe, low)
run = goe.run


# --- the claims -------------------------------------------------------------

def falls(rows):
    """Is a matrix that curves up everywhere rarer in more dimensions?"""
    table = wide(of(rows, "goe"), "value", "n")
    return evidence(100 * table.iloc[:, -1], SMALLEST["C7a"],
                    first=table.columns[0], last=table.columns[-1],
                    before=100 * middle(table.iloc[:, 0]))


def rare_below(rows):
    """Is it rarer in more dimensions at low places, too?

    At the smallest shift that lifts all eigenvalues of large matrices
    above zero.
    """
    rows = labelled(of(rows, "low"), "shift")
    shift = rows["shift"][rows["shift"] > EDGE].min()
    table = wide(rows[rows["shift"] == shift], "value", "n")
    return evidence(change(100 * table), plus(-5), shift=shift,
                    first=table.columns[0], last=table.columns[-1])


CLAIMS = [
    claim("C7a", "The more dimensions, the rarer is a random matrix that "
          "curves up in all of them.", falls,
          "of random matrices of {last:g} dimensions {effect} % curve up in "
          "all of them, of those of {first:g} dimension {before:.0f} %",
          "dean2006large"),
    claim("C7b", "At a low place of a random landscape, too, a matrix that "
          "curves up in all directions is rarer in more dimensions.",
          rare_below,
          "at places so low that all eigenvalues are raised by {shift:g}, "
          "the share of matrices where all are positive "
          "{effect:rises|falls} by {size} percentage points from {first:g} "
          "to {last:g} dimensions",
          "auffinger2013complexity", "dauphin2014identifying"),
]


# --- figures ----------------------------------------------------------------

def goe_figure(rows):
    """The share against the dimensions, with independent coins beside it."""
    ax = drawn.axes("dimensions", "chance", xlog=False)
    n = np.array(sorted(rows.n.unique()))
    ax.plot(n, 0.5**n, "--", color=drawn.GREY, label="coins")
    seeds = rows[rows.value > 0].groupby("n").value
    middle, lowest, highest = seeds.median(), seeds.min(), seeds.max()
    ax.errorbar(middle.index, middle, [middle - lowest, highest - middle],
                fmt="o", capsize=4, color=drawn.BLUE)
    ax.plot(middle.index, middle, color=drawn.BLUE, label="matrices")
    exact = {k: p for k, p in GOE_EXACT.items() if k in n}
    ax.plot(exact.keys(), exact.values(), "kx", markersize=10)
    ax.annotate("crosses: exact", (0.05, 0.08), xycoords="axes fraction",
                fontsize=12)
    drawn.yticks(ax, [0.0001, 0.001, 0.01, 0.1, 1])
    return plots.show(
        drawn.named(ax, n),
        "Probability that all eigenvalues are positive against the number of "
        "dimensions, logarithmic. It falls from one half at n = 1 to about "
        "0.0025 at n = 4, much faster than the dashed line of independent "
        "coins; crosses mark exact values for n up to 3.")


def low_figure(rows):
    """The share against the dimensions, one line per shift."""
    ax = drawn.axes("dimensions", "chance", ylog=False)
    plots.curves(ax, rows, x="n", y="value", by="shift", along="n",
                 label="c = {:g}", markevery=1)
    ax.set(ylim=(-.03, 1.03), yticks=[0, .5, 1])
    return plots.show(
        drawn.named(ax, rows.n, darker=.7),
        "Probability that all eigenvalues are positive against the number "
        "of dimensions, one line per shift. Below a shift of 2 it falls "
        "towards zero with more dimensions, above 2 it rises to one.")


FIGURES = {"goe": lambda tables: goe_figure(tables["goe"]),
           "low": lambda tables: low_figure(tables["low"])}
TABLES = {}


def facts(tables):
    """Nothing but the claims is quoted of these experiments."""
    return {}
