"""A finishing line of one's own: who is faster there depends on what?

Each run has its own: a share of the way from the untrained model to the most
that this run ever knows. A fixed loss lies nearer to a small model's limit
than to a large one's; this line does not. Source: Kaplan et al. 2020 and
Muennighoff et al. 2023, for the regimes: one pass over new text, or many.
"""
from functools import partial

import numpy as np
import pandas as pd

from labkit import plots
from labkit.claims import claim, evidence
from labkit.cores import TENTH
from labkit.epochs.crossing import to_own_best
from labkit.epochs.known import (
    WHOLE,
    at_rate,
    chosen,
    ratios,
    steps_to,
    with_whole,
)
from labkit.rows import highest, labelled, middle, of, only
from labkit.rulings import AGAINST, EQUAL, FOR, interval, times, under

SHARES = (.5, .8, .9, .99)
LINE = .9         # the share that the claims and the figure are about
RULED = {FOR: "faster", EQUAL: "about equal", AGAINST: "slower"}
NAMES = {"parts": "muP", "parts standard": "standard"}
ONE, BEST = "one rate for all", "each at its best"
EXPERIMENTS = ()


# --- what the rows say ------------------------------------------------------

def matrix(rows, experiment="parts", large=None):
    """Small over large in every regime, on the whole of the own way.

    A row per parameterisation, schedule, text (tokens until it repeats),
    rates and share: the ratio (geometric mean over the seeds, NaN if one
    diverged), its 95 % interval and what it says of the large one.
    """
    rows, found = with_whole(of(rows, experiment)), []
    for (task, schedule, unique), part in rows.groupby(
            ["task", "schedule", "unique"]):
        for which, rates in (("one", ONE), ("best", BEST)):
            for share in SHARES:
                ratio = ratios(steps_to(at_rate(part, which), WHOLE, share),
                               large)
                found.append((NAMES.get(task, task), schedule, unique, rates,
                              share, *ruled(ratio)))
    return pd.DataFrame(found, columns=[
        "scaling", "schedule", "unique", "rates", "share", "ratio", "low",
        "high", "large"])


def ruled(ratio):
    """A ratio's geometric mean, its 95 % interval, and the ruling in words.

    A tenth is the smallest difference that counts.
    """
    if ratio.isna().any():
        return np.nan, np.nan, np.nan, "no answer"
    low, high = interval(ratio, log=True)
    ruling = times(TENTH).ruling(low, high)
    return (float(np.exp(np.log(ratio).mean())), low, high,
            RULED.get(ruling, ruling))


def by_length(short, long, share=.99):
    """Median epochs to a share of the own way, in short and in long runs.

    At the rate and for the sizes (rows, parameters) that both have.
    """
    found = {}
    for name, rows in (("short", short), ("long", long)):
        rows = only(labelled(rows, "lr", "size"), quantity="validation",
                    lr=[*long.lr.unique()], size=[*long["size"].unique()])
        found[name] = to_own_best(rows, share).groupby(
            "parameters").needed.agg(middle)
    return pd.DataFrame(found)


# --- the claims -------------------------------------------------------------

def own_way(rows, region, which, text):
    """Does the largest size get along its own way in fewer steps?"""
    rows = chosen(rows, "parts", which, text)
    return evidence(ratios(steps_to(rows, WHOLE, LINE)), region, line=LINE)


FOUND = ("to {line:.0%} of its own way the smallest size takes {effect} times "
         "the steps of the largest")
CLAIMS = [
    claim("C1e", "On its own way, in one pass over new text and at one rate "
          "for all, a larger model is no faster.",
          partial(own_way, region=under(TENTH, log=True), which="one",
                  text="new"), FOUND, "kaplan2020scaling", beyond=True),
    claim("C1f", "On its own way, on a small text that is repeated and at one "
          "rate for all, a larger model is faster.",
          partial(own_way, region=times(TENTH), which="one", text="small"),
          FOUND, "muennighoff2023scaling", beyond=True),
    claim("C1g", "On its own way, in one pass over new text, each size at its "
          "best rate, a larger model is faster.",
          partial(own_way, region=times(TENTH), which="best", text="new"),
          FOUND, "yang2022tensor", beyond=True),
]


# --- figures, tables and facts ----------------------------------------------

def ways_table(rows, **which):
    """The matrix as people read it: a column per share of the way."""
    found = matrix(rows, **which)
    cells = [*map(worded, found.itertuples())]
    table = found.assign(cells=cells).pivot(
        index=["scaling", "schedule", "unique", "rates"], columns="share",
        values="cells")
    return slim(table.sort_index(
        level=["scaling", "schedule", "unique", "rates"],
        ascending=[True, True, False, False]).rename(
            columns="{:.0%} of its way".format).rename_axis(columns=None))


def slim(table):
    """The table without its schedules, if there is only one."""
    return table if len(table.index.unique("schedule")) > 1 else (
        table.droplevel("schedule"))


def worded(row):
    """A ratio, its interval and what it says of the large one, in words."""
    if not np.isfinite(row.ratio):
        return row.large
    return f"{row.ratio:.2f} ({row.low:.2f} to {row.high:.2f}) {row.large}"


def matrix_figure(rows):
    """A point per regime: small over large at LINE, with its interval."""
    found = matrix(rows).query(f"share == {LINE}").sort_values(
        ["scaling", "unique", "rates"], ascending=[False, True, True],
        ignore_index=True)
    _, ax = plots.axes("steps: smallest / largest", "", ylog=False)
    ax.figure.set_size_inches(5, 6.4)
    ax.axvspan(1 / TENTH, TENTH, color="0.85", linewidth=0)
    names = []   # upwards; each parameterisation above its rows
    for scaling, part in found.groupby("scaling", sort=False):
        for row in part.itertuples():
            _point(ax, len(names), row)
            names.append(
                f"{'one rate' if row.rates == ONE else 'best rates'}, "
                f"{passes(row.unique, found.unique)}")
        names.append(scaling)
    ax.set_yticks(range(len(names)), names, fontsize=12)
    for name in ax.get_yticklabels():
        if name.get_text() in [*found.scaling]:
            name.set_fontweight("bold")
    ticks = [.25, .5, 1, 2, 4, 8]
    ax.set_xlim(min(.2, found.low.min() / 1.1), max(5, found.high.max() * 1.1))
    ax.set_xticks(ticks, map("{:g}".format, ticks))
    ax.xaxis.minorticks_off()
    for end, side, word in ((1 / TENTH, "right", "slower"),
                            (TENTH, "left", "faster")):
        ax.annotate(f"large is\n{word}", (end, 1.01), ha=side,
                    xycoords=("data", "axes fraction"), fontsize=12)
    return plots.show(
        ax, "Who is faster on its own way depends on the regime. One row per "
            "text, rates and parameterisation; a point is the ratio of steps "
            f"to {LINE:.0%} of the own way, its bar the 95 % interval, and "
            "the grey band what is about equal: "
            + "; ".join(f"{row.scaling}, {passes(row.unique, found.unique)}, "
                        f"{row.rates}: {row.large}"
                        for row in found.itertuples()) + ".")


def _point(ax, place, row):
    """A ratio with its interval: a ring at one rate, else a square."""
    one = row.rates == ONE
    ax.errorbar(row.ratio, place, xerr=[[row.ratio - row.low],
                                        [row.high - row.ratio]],
                color="#0072B2" if one else "black", capsize=3,
                marker="o" if one else "s",
                markerfacecolor="white" if one else "black")


def passes(unique, uniques):
    """How a text of so many tokens is read, in words; the most are new."""
    many = uniques.max() / unique
    return "new text" if many == 1 else f"{many:.0f} passes"


FIGURES = {"own": lambda tables: matrix_figure(tables["parts"])}
TABLES = {"own": lambda tables: ways_table(tables["parts"])}


def facts(tables):
    """What the prose quotes, rounded as it quotes it."""
    lengths = by_length(tables["targets"], tables["patience"])
    slowest = lengths.long.idxmax()
    return {"length_size": f"{slowest:,}",
            "length_short": f"{lengths.short[slowest]:.0f}",
            "length_long": f"{lengths.long[slowest]:.0f}",
            "length_runs": f"{tables['patience'].epoch.max():.0f}",
            "own_tie": f"{tie(chosen_rates(tables['parts'])):.3f}"}


def chosen_rates(rows):
    """What the smallest size knows of new text at each rate; muP, nats."""
    rows = with_whole(of(rows, "parts", task="parts"))
    rows = rows[(rows["size"] == rows["size"].min())
                & (rows["unique"] == rows["unique"].max())]
    return rows.groupby(["lr", "seed"])[WHOLE].agg(highest).groupby(
        "lr").agg(lambda seeds: seeds.mean(skipna=False))


def tie(by_rate):
    """By how much the best of the rates is ahead of the second."""
    second, first = by_rate.sort_values().iloc[-2:]
    return first - second
