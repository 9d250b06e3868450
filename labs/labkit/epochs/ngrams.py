"""N-grams: which parts of a real text does a larger model learn sooner?

The places of the held-out text are split by how many of the last bytes
foretell what comes, and what a model knows of all of them by how many of the
last bytes it rests on (``language.ngrams``). Each part has a finishing line
of its own, and so has the whole; compared are the smallest and the largest
size, at equal rates. That n-grams come first is known: Chang & Bergen 2024,
Belrose et al. 2024.
"""
from functools import partial

import numpy as np
import pandas as pd

from labkit import plots
from labkit.claims import claim, evidence
from labkit.cores import NATS, TENTH
from labkit.epochs.crossing import to_own_best
from labkit.epochs.own import LINE, ruled
from labkit.language.ngrams import KNOWN, NAMES
from labkit.language.runs import Runs
from labkit.rows import factor, highest, labelled, middle, of, only, wide
from labkit.rulings import times

WHOLE = "validation"
HALF = .5             # of what a run itself ever knows of a part
ADDED = KNOWN[1:]     # beyond how frequent each byte is
READ = {WHOLE: "the whole", **{name: f"places: {name}" for name in NAMES},
        **{name: f"known: {name}" for name in KNOWN}}


def cells(task, widths, uniques, epochs, lrs):
    """A cell for each width and text; ``epochs`` has one entry a text."""
    return [dict(task=task, width=width, unique=unique, epochs=length,
                 lrs=list(lrs))
            for width in widths
            for unique, length in zip(uniques, epochs, strict=True)]


SIZES = {
    "quick": {"widths": [8, 32], "uniques": [16_384], "epochs": [4],
              "lrs": [.01]},
    "class": {"widths": [8, 32], "uniques": [65_536], "epochs": [4],
              "lrs": [.01]},
    "full": {"widths": [8, 64, 16, 32], "uniques": [65_536, 294_912],
             "epochs": [8, 1], "lrs": [.003, .01]},   # repeated, and new
}

ngrams = Runs("ngrams", SIZES, partial(cells, "ngrams"))
EXPERIMENTS = (ngrams,)
run = ngrams.run


# --- what the rows say ------------------------------------------------------

def ratios(rows, parts=(WHOLE, *NAMES), share=LINE):
    """Steps to a share of the own way, the smallest size's over the largest's.

    Above 1 the large one is faster. Indexed by text (unique bytes), rate,
    part and seed; NaN for a run that diverged, and for one that never knows
    NATS of a part of KNOWN: too little to be timed.
    """
    rows = labelled(of(rows, "ngrams"), "unique", "lr", "quantity")
    rows = rows[rows.quantity.isin(parts)]
    return pd.concat({
        labels: _ratio(part, labels[-1] in KNOWN, share)
        for labels, part in rows.groupby(["unique", "lr", "quantity"])},
        names=["unique", "lr", "part"])


def _ratio(rows, rises, share):
    curves = rows.assign(quantity=WHOLE, value=rows.value * (-1) ** rises)
    needed = wide(to_own_best(curves, share), "needed", "parameters")
    ratio = 1 / factor(needed)
    if rises:
        most = known_most(rows).unstack("parameters")
        ratio = ratio.mask((most.iloc[:, [0, -1]] < NATS).any(axis=1))
    return ratio


def known_most(rows):
    """The most nats that each size and seed ever knows, at any rate."""
    return rows.groupby(["parameters", "seed"]).value.agg(highest)


def together(ratio, *names):
    """The geometric mean over all but these labels; a column per part."""
    logs = np.log(ratio).groupby([*names, "part"], sort=False).agg(
        lambda values: values.mean(skipna=False))
    return np.exp(logs).unstack("part")


def timed(rows):
    """Small over large for each part of READ, on each text, both rates.

    Of what is known to HALF, else to LINE of the own way; a row per text and
    part: the ratio (geometric mean), its 95 % interval, and what it says of
    the large one.
    """
    tables = pd.concat([together(ratios(rows, parts, share), "unique", "seed")
                        for parts, share in (((WHOLE, *NAMES), LINE),
                                             (KNOWN, HALF))], axis=1)
    return pd.DataFrame([
        (unique, part, *ruled(table[part]))
        for unique, table in tables.groupby("unique") for part in READ],
        columns=["unique", "part", "ratio", "low", "high", "large"])


# --- the claims -------------------------------------------------------------

def every_place(rows):
    """Where the largest size is least ahead, of the kinds of places."""
    kinds = together(ratios(rows, NAMES), "seed")
    return evidence(kinds.min(axis=1, skipna=False), times(TENTH), line=LINE)


def the_whole(rows):
    """Does the whole of its own way take the largest size longer?"""
    return evidence(together(ratios(rows), "seed")[WHOLE], times(1 / TENTH),
                    line=LINE)


def all_that_is_known(rows):
    """Where it is least ahead, of what is known beyond frequencies.

    Of the parts that both sizes come to know in all runs.
    """
    parts = together(ratios(rows, ADDED, HALF), "seed").dropna(axis="columns")
    return evidence(parts.min(axis=1), times(TENTH),
                    parts=", ".join(parts.columns))


CLAIMS = [
    claim("C3c", "Of the places of a real text, sorted by how many of the "
          "last bytes foretell what comes, a larger model learns every kind "
          "sooner, on its own way.", every_place,
          "at the places where the largest size is least ahead, {line:.0%} "
          "of the own way takes the smallest {effect} times the steps",
          "chang2024characterizing"),
    claim("C3d", "The whole of its own way takes the larger model longer, on "
          "real text and at equal rates.", the_whole,
          "to {line:.0%} of its own way the smallest size takes {effect} "
          "times the steps of the largest", "chang2024characterizing"),
    claim("C3e", "What both sizes come to know of a real text beyond how "
          "frequent each byte is, split by how many of the last bytes it "
          "rests on, the larger one learns sooner, part by part.",
          all_that_is_known,
          "both sizes come to know what rests on: {parts}; where the largest "
          "is least ahead, half of its own takes the smallest {effect} times "
          "the steps",
          "belrose2024neural"),
]


# --- figures and facts ------------------------------------------------------

def parts_figure(rows):
    """A point per part and text: small over large, with its interval."""
    table = timed(rows)
    _, ax = plots.axes("steps: smallest / largest", "", ylog=False)
    ax.figure.set_size_inches(5, 5.8)
    ax.axvspan(1 / TENTH, TENTH, color="0.85", linewidth=0)
    texts = plots.signs(table["unique"].unique())
    for i, (unique, sign) in enumerate(texts.items()):
        part = table[table["unique"] == unique]
        ax.errorbar(part.ratio, np.arange(len(part)) + .25 * i,
                    xerr=[part.ratio - part.low, part.high - part.ratio],
                    capsize=3, linestyle="none", label=f"{unique:,} bytes",
                    **sign)
    never = table.groupby("part").ratio.count()[[*READ]] == 0
    for place in np.flatnonzero(never):
        ax.text(1, place, "the small one never knows it", ha="center",
                va="center", fontsize=12, style="italic")
    ax.set_yticks(range(len(READ)), [*READ.values()], fontsize=12)
    ticks = [.2, .5, 1, 2, 5]
    ax.set_xticks(ticks, map("{:g}".format, ticks))
    ax.xaxis.minorticks_off()
    ax.set_ylim(len(READ) - 0.4, -0.5)
    ax.figure.legend(fontsize=12, loc="outside upper center", ncols=2,
                     frameon=False)
    for end, side, word in ((1 / TENTH, "right", "slower"),
                            (TENTH, "left", "faster")):
        ax.annotate(f"large is {word}", (end, 1.01), ha=side, fontsize=12,
                    xycoords=("data", "axes fraction"))
    return plots.show(
        ax, "Real text, part by part: who is faster on the way to what it "
            "itself comes to know. Rows are the whole, the places by how many "
            "bytes foretell what comes (to nine tenths of the way), and what "
            "is known by how many bytes it rests on (to half). A bar is the "
            "95 % interval, the grey band what is about equal. "
            + "; ".join(f"{READ[row.part]}, {row.unique:,} bytes: {row.large}"
                        for row in table.dropna().itertuples())
            + ". Rows without a point are what the small one never knows.")


FIGURES = {"ngrams": lambda tables: parts_figure(tables["ngrams"])}
TABLES = {}


def facts(tables):
    """What the prose quotes, rounded as it quotes it."""
    rows = only(tables["ngrams"], quantity=[*KNOWN])
    rows = only(rows, unique=int(rows["unique"].min()))
    most = {part: known_most(rows[rows.quantity == part]).groupby(
        "parameters").agg(middle) for part in ("last byte", "last two")}
    sizes = sorted(tables["ngrams"]["size"].unique())
    later = ratios(only(tables["ngrams"], size=sizes[1:]), ["last two"], HALF)
    middling, low, high, _ = ruled(together(later, "seed")["last two"])
    return {f"ngrams_{name}": {"small": f"{nats.iloc[0]:.2f}",
                               "large": f"{nats.iloc[-1]:.2f}"}
            for name, nats in zip(("one", "two"), most.values())} | {
        "ngrams_later": {"effect": f"{middling:.2f}", "low": f"{low:.2f}",
                         "high": f"{high:.2f}"},
        "ngrams_size": {"small": plots.size_name(rows.parameters.min()),
                        "second": plots.size_name(
                            sorted(rows.parameters.unique())[1]),
                        "large": plots.size_name(rows.parameters.max())}}
