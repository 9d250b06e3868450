"""Which size is best for an amount of computation?

Sources: Hoffmann et al. 2022; Kaplan et al. 2020; Porian et al. 2024.
"""
from itertools import product

import pandas as pd
from matplotlib.ticker import EngFormatter

from labkit import plots
from labkit.claims import claim, evidence
from labkit.compute.best import (
    along,
    best_ends,
    bottoms,
    envelope,
    exponent,
    in_every_seed,
    law_of,
    wasted,
)
from labkit.cores import SMALLEST
from labkit.language.runs import BATCH, Runs, axes, decaying, language
from labkit.rows import distinct, highest, lowest, middle, of
from labkit.rulings import within

UNIT = 774       # FLOPs of a token per hidden unit: 6 of 129 parameters
LEAST = 2**12    # tokens of the shortest run in a valley
MOST = 2**22     # and of the longest
SAME = 1.1       # within a tenth counts as the same
TWENTY = 20      # tokens per parameter, by Chinchilla's rule of thumb
ALL = [4, 8, 16, 32, 64, 128, 256, 512, 1024]

VALLEYS = {   # powers k stand for UNIT 2^k FLOPs
    "quick": {"widths": [8, 16, 32, 64, 128, 256], "powers": range(18, 23),
              "lrs": [.03]},
    "class": {"widths": [8, 16, 32, 64, 128, 256, 512],
              "powers": range(19, 25), "lrs": [.03]},
    "full": {"widths": ALL, "powers": range(21, 29),
             "lrs": [.003, .01, .03, .1, .3]}}
BETWEEN = {   # rates between those of VALLEYS
    "full": {"widths": ALL, "powers": range(21, 29), "lrs": [.017, .055]}}


def cells(widths, powers, lrs, task="rules", scaled=True):
    """For each amount C of computation, every size that it can pay for.

    C = UNIT 2^k for the k in ``powers``. A size of N parameters gets D =
    C / 6N tokens, each once; runs of fewer than LEAST or more than MOST
    tokens are left out.
    """
    found = []
    for k, width in product(powers, widths):
        a = axes(task, width, BATCH)
        steps = round(UNIT * 2**k / a.flops(1))
        if LEAST <= a.tokens(steps) <= MOST:
            found.append(decaying(task, width, a.tokens(steps), 1, lrs,
                                  scaled))
    return found


valleys = Runs("valleys", VALLEYS, cells)
between = Runs("between", BETWEEN, cells)
EXPERIMENTS = (valleys, between)
run = valleys.run


# --- what the rows say ------------------------------------------------------

def valley_ends(rows):
    """The ends of the valleys' runs, of all the rates tried."""
    return best_ends(of(rows, "valleys", "between"))


def approaches(curves, ends):
    """The exponent a in three ways: its median and its range over seeds.

    From whole loss curves, from the valleys whose ``ends`` are given, and
    from a law fitted to these: a = beta / (alpha + beta).
    """
    budgets = sorted(ends.flops.unique())
    laws = [law_of(part) for _, part in ends.groupby("seed")]
    found = {"1: whole curves": exponent(bottoms(envelope(curves, budgets))),
             "2: valleys": exponent(bottoms(ends)),
             "3: fitted law": pd.Series(
                 [law.beta / (law.alpha + law.beta) for law in laws])}
    return pd.DataFrame({name: {"a": middle(a), "from": lowest(a),
                                "to": highest(a)}
                         for name, a in found.items()}).T


def best_table(best):
    """The best size and its tokens for each computation, as text."""
    by = best.groupby("flops")
    table = by[["parameters", "tokens"]].agg(middle).map("{:,.0f}".format)
    table["D*/N*"] = by.ratio.agg(middle).map("{:.1f}".format)
    table["range of N*"] = [f"{low:,.0f} to {high:,.0f}" for low, high in
                            by.parameters.agg([lowest, highest]).to_numpy()]
    table.index = table.index.map("{:.1e}".format)
    return table.rename(columns={"parameters": "N*", "tokens": "D*"})


# --- the claims -------------------------------------------------------------

def fewer_tokens(rows):
    """At the best split of each computation, do larger sizes see fewer?"""
    best = bottoms(valley_ends(rows))
    ratio = along(best, lambda t: t.tokens.iloc[-1] / t.tokens.iloc[0])
    flops = in_every_seed(best).flops
    return evidence(ratio, SMALLEST["C27b"], grown=flops.max() / flops.min())


def valley(rows):
    """Is there, for every computation, a best size between the extremes?"""
    ends = distinct(valley_ends(rows), "flops", "seed", "parameters")
    valleys = ends.sort_values("parameters").groupby(["flops", "seed"]).value
    edge = valleys.agg(lambda loss: min(loss.iloc[0], loss.iloc[-1]))
    gap = (edge - valleys.agg(lowest)).groupby("seed").agg(lowest)
    return evidence(gap, SMALLEST["C32a"])


def equal_parts(ends):
    """Should size and tokens grow alike, N* as the root of C?"""
    return evidence(exponent(bottoms(ends)),
                    within(0.5 / SAME, 0.5 * SAME, log=True))


def equal_in_mup(rows):
    """Should they in the valleys, which are in muP?"""
    return equal_parts(valley_ends(rows))


def twenty(rows):
    """Are 20 tokens per parameter best, to a tenth, at the most FLOPs?"""
    best = bottoms(valley_ends(rows))
    ratio = best[best.flops == best.flops.max()].ratio
    return evidence(ratio, within(TWENTY / SAME, TWENTY * SAME, log=True))


CLAIMS = [
    claim("C27b", "It is their size that lets large models do with few "
          "passes: at the best use of a computation, larger ones see fewer "
          "tokens.", fewer_tokens,
          "with {grown:.0f} times the computation the best size grows, and "
          "it sees {effect} times as many tokens", "hoffmann2022training"),
    claim("C32a", "For each amount of computation there is a best size, "
          "between the extremes.", valley,
          "in the flattest valley, the better one of the two extreme sizes "
          "is {effect} nats above the bottom", "hoffmann2022training"),
    claim("C32b", "In muP, size and tokens should grow in equal parts.",
          equal_in_mup,
          "in muP, from the valleys, the best size grows as C to the power "
          "{effect}", "hoffmann2022training", beyond=True),
    claim("C32c", "Twenty tokens per parameter are best.", twenty,
          "at the largest computation tried, the best ratio is {effect} "
          "tokens per parameter, all of them counted",
          "besiroglu2024chinchilla", "porian2024resolving", beyond=True),
]


# --- figures, tables, facts -------------------------------------------------

def valley_figure(ends):
    """A valley for each computation; the mark is its bottom and its range.

    Of every second computation only, the largest among them.
    """
    shown = ends[ends.flops.isin(sorted(ends.flops.unique())[::-2])]
    best = bottoms(shown)
    _, ax = plots.axes("parameters", "nats above the entropy")
    plots.curves(ax, shown.assign(billions=shown.flops / 1e9), y="excess",
                 x="parameters", by="billions", along="parameters",
                 label="{:.0f} billion", markevery=1)
    for flops, valley in shown.groupby("flops"):
        N = best[best.flops == flops].parameters
        below = .93 * valley.groupby("parameters").excess.median().min()
        if N.notna().all():
            ax.errorbar(N.median(), below, fmt="k|", markersize=14, xerr=[
                [N.median() - N.min()], [N.max() - N.median()]])
    ax.xaxis.set_major_formatter(EngFormatter(sep=""))
    return plots.show(
        plots.ends(ax),
        "Final loss above the entropy against parameters, one valley per "
        "number of FLOPs. With more FLOPs the valley lies lower and its "
        "bottom, marked with its range over seeds, further right. Each is "
        "flat near its bottom.")


def _ends(tables):
    return valley_ends(pd.concat([tables["valleys"], tables["between"]]))


FIGURES = {"valleys": lambda tables: valley_figure(_ends(tables))}
TABLES = {
    "best": lambda tables: best_table(bottoms(_ends(tables))),
    "approaches": lambda tables: approaches(
        tables["curves"], _ends(tables)).map("{:.2f}".format)}


def facts(tables):
    """What the prose quotes: exponents, ratios, and what the law says."""
    ends = _ends(tables)
    best, law = bottoms(ends), law_of(ends)
    ratio = best.groupby("flops").ratio.agg(middle)
    same = exponent(best[best.flops <= tables["mistuned"].flops.max()])
    return {"ratio_first": f"{ratio.iloc[0]:.1f}",
            "ratio_last": f"{ratio.iloc[-1]:.1f}",
            "a_same": f"{same.median():.2f}", "E_law": f"{law.E:.2f}",
            "H": f"{language().entropy:.2f}",
            "waste_two": f"{100 * wasted(law, 2):.0f}",
            **counted(ratio.iloc[-1])}


def counted(ratio):
    """How parameters are counted, and the ratio if another way.

    A hidden unit has a row of weights in each table, a bias and a column
    of the matrix that multiplies; a token touches one row of each table.
    """
    vocab, order = language().vocab, language().order
    all_of_them, tables = UNIT // 6, vocab * order + 1
    work = 6 * vocab + 2 * (order + 1)   # each touched row is only added
    return {"unit_all": f"{all_of_them}", "unit_tables": f"{tables}",
            "unit_touched": f"{order + 1}",
            "unit_less": f"{UNIT / work:.1f}",
            "ratio_matrix": f"{ratio * all_of_them / vocab:.0f}"}
