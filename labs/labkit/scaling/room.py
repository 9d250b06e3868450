"""Room: has the larger model more of it, or less bad luck, or more text?

Five nets that differ in nothing but their first weights read one text. What
the mean of their probabilities gains over each of them may be luck averaged
away; but five nets are also larger than one. So the same is done with nets
that are told the language itself ("taught"): what these lack is room, and
what their mean gains has nothing to do with a text. The gap between two sizes
falls into three parts, exactly: room; luck, as far as a text adds to it; and
what the text leaves out for the mean of five, too.
Source: Bordelon et al. 2024.
"""
import numpy as np
import pandas as pd
import torch

from labkit import plots
from labkit.claims import claim, evidence
from labkit.experiment import Experiment, check
from labkit.language import runs
from labkit.rows import best, distinct, highest, lowest, middle, of, wide
from labkit.rulings import over
from labkit.scaling import taught
from labkit.scaling.taught import (
    FACTOR,
    OTHER,
    above,
    named,
    reader,
    said,
)

SIZES = {
    "quick": {"width": [8, 32], "lr": [.01], "starts": 3, "unique": 6_400,
              "epochs": 4},
    "class": {"width": [8, 32, 128], "lr": [.01], "starts": 5,
              "unique": 12_800, "epochs": 6},
    "full": {"width": [8, 32, 128, 512], "lr": [.01, .03, .1], "starts": 5,
             "unique": 51_200, "epochs": 6}}
PARTS = {   # of a gap, in the order of the bars
    "room": "room: even if told the language", "luck": "luck of the start",
    "text": "what the text leaves out"}


@torch.no_grad()
def measure(seeds, width, lr, starts, unique, epochs):
    """Nats above the entropy after a text, alone and together.

    ``alone`` is the mean over so many ``starts`` of one net and one text,
    ``together`` is that of the mean of their probabilities.
    """
    source = runs.language()
    weight = torch.tensor(source.stationary).float()
    truth = torch.tensor(source.transition).float()
    model = reader(width, [seed for seed in seeds for _ in range(starts)],
                   [seed + OTHER * i for seed in seeds
                    for i in range(starts)], lr, unique, epochs)
    alone, together = torch.zeros(2, len(seeds))
    for part, logs in said(model):
        logs = logs.unflatten(0, (len(seeds), starts))
        mean = logs.exp().mean(1).log()
        alone += above(logs, truth[part], weight[part]).mean(1)
        together += above(mean, truth[part], weight[part])
    return [dict(width=width, lr=lr, seed=seed, alone=one, together=all_)
            for seed, one, all_ in zip(seeds, alone.tolist(),
                                       together.tolist())]


def cost(seeds, width, lr, starts, unique, epochs):
    """About how many seconds; ValueError for settings that cannot be."""
    check(seeds, width=width, lr=lr, starts=starts, epochs=epochs)
    return 1e-10 * starts * runs.cost("rules", width, unique, epochs, [lr],
                                      seeds)


starts = Experiment("starts", SIZES, measure, cost)
EXPERIMENTS = (starts,)
run = starts.run


# --- what the rows say ------------------------------------------------------

def after_text(rows, value):
    """"alone" or "together" at each width's best rate: seed x width."""
    rows = distinct(of(rows, "starts"), "width", "lr", "seed")
    mean = rows.groupby(["width", "lr"]).alone.agg(
        lambda nats: nats.mean(skipna=False))
    return wide(rows.set_index(["width", "lr"]).loc[
        best(mean, "width")].reset_index(), value)


def to_next(table):
    """What each width has more than the one FACTOR times as wide."""
    there = [width for width in table if FACTOR * width in table]
    if not there:
        raise ValueError(f"width is {[*table]}; one must be {FACTOR} times "
                         "another")
    return table[there] - table[[FACTOR * w for w in there]].set_axis(
        there, axis=1)


def split(rows):
    """The parts of each gap in nats: {part: seed x the smaller width}."""
    alone, together = (after_text(rows, value)
                       for value in ("alone", "together"))
    room, best_told = taught.told(rows, "truth"), taught.told_together(rows)
    return {"room": to_next(room),
            "luck": to_next(alone - together - room + best_told),
            "text": to_next(together - best_told)}


def shares(rows):
    """The same as shares of each gap."""
    parts = split(rows)
    whole = sum(parts.values())
    return {name: part / whole for name, part in parts.items()}


def closed(alone, together):
    """Share of each gap that the mean of several small nets closes."""
    gap = to_next(alone)
    return (alone - together)[gap.columns] / gap


def closed_by_mean(rows):
    """The same after a text."""
    return closed(after_text(rows, "alone"), after_text(rows, "together"))


# --- the claims -------------------------------------------------------------

def mostly_room(rows):
    """Is most of every gap there without any text, too?"""
    return evidence(shares(rows)["room"].min(axis=1, skipna=False),
                    over(0.5))


CLAIMS = [
    claim("C22e", "Most of what a larger model has over a smaller one is "
          "room, at every size.", mostly_room,
          "of the gap to a network four times as wide, a share of at least "
          "{effect} is there, too, if both are told the language itself",
          "bordelon2024dynamical"),
]


# --- figures and facts ------------------------------------------------------

def gap_figure(rows):
    """The parts of each gap, as shares of it, side by side."""
    parts = shares(rows)
    _, ax = plots.axes("hidden units", "share of the gap (%)", xlog=False,
                       ylog=False)
    for i, (name, label) in enumerate(PARTS.items()):
        centre, low, high = 100 * parts[name].agg(
            [middle, lowest, highest]).to_numpy()
        ax.bar(np.arange(len(centre)) + 0.27 * (i - 1), centre, 0.25,
               yerr=[centre - low, high - centre], capsize=3, label=label,
               hatch=["", "//", ".."][i], edgecolor="white")
    ax.axhline(0, color="black", linewidth=1)
    ax.set_xticks(range(len(centre)), [
        f"{width:g} to {FACTOR * width:g}" for width in parts["room"]])
    ax.legend(fontsize=12, loc="lower left", bbox_to_anchor=(0, 1))
    return plots.show(
        ax, "What makes up the gap between a network and one four times as "
            "wide: room is more than all of it, and the text takes some "
            "back. For each pair of sizes three bars, which add up to 100 "
            "%. The bar of room is above 100, that of the text below zero.")


FIGURES = {"gap": lambda tables: gap_figure(pd.concat(
    [tables["starts"], tables["taught"]]))}
TABLES = {}


def facts(tables):
    """What the prose quotes, rounded as it quotes it: nats, % of gaps."""
    rows = pd.concat([tables["starts"], tables["taught"]])
    alone, told = after_text(rows, "alone"), taught.told(rows, "truth")
    found = {"closed": closed_by_mean(rows),
             "told": closed(told, taught.told_together(rows)), **shares(rows)}
    return {"after_text": named(alone.agg(middle), ".2f"),
            "told": named(told.agg(middle), ".2f")} | {
        f"gap_{name}": named(100 * share.agg(middle), ".0f")
        for name, share in found.items()}
