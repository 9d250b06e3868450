"""What the lesson shows and quotes: late or never, each part and the whole.

Two figures and a few numbers that only the lesson needs, all from records of
other parts.
"""
import numpy as np

from labkit import plots
from labkit.cores import SMALLEST
from labkit.epochs import own, parts, patience, targets
from labkit.epochs.known import WHOLE, chosen, ratios, steps_to
from labkit.language.runs import with_excess
from labkit.rows import lowest, middle, of

BLUE, WARM = "#0072B2", "#B6480A"
WAYS = (("rule 1", parts.HALF, "half of the simplest rule"),
        ("rule 2", parts.HALF, "half of the next rule"),
        (WHOLE, own.LINE, "nine tenths of the whole"))
CLAIMS = []
EXPERIMENTS = ()
TABLES = {}


# --- what the rows say ------------------------------------------------------

def waiting(tables):
    """Two curves of the excess against epochs, medians over the seeds.

    The smallest size, as long as it was ever trained, and the largest, at
    its best rate.
    """
    small = patience.longer(tables["patience"])
    large = targets.best_of(tables["targets"])
    return [rows.groupby("epoch").excess.agg(middle) for rows in (
        small[small["size"] == small["size"].min()],
        large[large["size"] == large["size"].max()])]


def sooner(tables):
    """Steps to each of WAYS: a row for each, small and large; medians."""
    rows = chosen(tables["parts"], "parts", "one", "new")
    return [steps_to(rows, part, share).groupby("size").needed.agg(
        middle).iloc[[0, -1]].to_numpy() for part, share, _ in WAYS]


def times_above(tables):
    """How many times as far above the entropy the smallest stays."""
    small, large = waiting(tables)
    return lowest(small) / lowest(large[large.index <= patience.FEW])


def still_falling(rows):
    """Runs whose training loss got below the entropy: how many, and of all.

    The first of the two: of how many the validation loss was at its lowest
    when that was first seen, or came to it later.
    """
    runs = with_excess(of(rows, "targets"))
    member = ["size", "lr", "seed"]
    own = runs[(runs.quantity == "train") & (runs.excess < 0)]
    below = own.groupby(member).epoch.min()
    new = runs[runs.quantity == "validation"]
    best = new.loc[new.groupby(member).excess.idxmin()].set_index(
        member).epoch.reindex(below.index)
    return int((best >= below).sum()), len(below)


# --- figures and facts ------------------------------------------------------

def waiting_figure(tables):
    """The smallest, given all the time, and the largest after a few."""
    small, large = (curve[curve.index > .2] for curve in waiting(tables))
    _, ax = plots.axes("epochs", "loss above the entropy", ylog=False)
    ax.figure.set_size_inches(5, 3.6)
    ax.plot(small, color=WARM, linewidth=3.5)
    ax.plot(large, color=BLUE, linewidth=3.5)
    few = large[large.index <= patience.FEW]
    said = f"{small.index[-1]:.0f} epochs", f"within {patience.FEW} epochs"
    for curve, colour, name, beside in (
            (small, WARM, f"smallest,\n{said[0]}", (6, 10)),
            (few, BLUE, f"largest,\n{said[1]}", (8, 8))):
        end = curve.index[-1], curve.iloc[-1]
        ax.plot(*end, "o", color=colour, markersize=8)
        ax.annotate(name, end, beside, textcoords="offset points",
                    ha="right" if colour == WARM else "left", color=colour,
                    fontsize=13)
    ax.annotate("no lower", (small.index[-1], small.iloc[-1]), (6, -22),
                textcoords="offset points", ha="right", fontsize=13,
                color="0.3")
    ax.set_ylim(0, None)
    ax.set_xticks([1, 10, 100])
    return plots.show(
        ax, "Loss above the entropy against epochs. The smallest size falls, "
            f"then stays level to {said[0]}, far above where the largest "
            f"comes {said[1]}.")


def sooner_figure(tables):
    """Steps of the small and of the large size, a row for each way."""
    found = sooner(tables)
    _, ax = plots.axes("steps of training", "", ylog=False)
    ax.figure.set_size_inches(5, 3.6)
    for place, ((small, large), (*_, name)) in enumerate(zip(found, WAYS)):
        _pair(ax, place, small, large, place == 0)
        ax.annotate(name, (0, place - .38), xycoords=(
            "axes fraction", "data"), fontsize=13, va="center",
            fontweight="bold", color="0.2")
    ax.set(ylim=(len(WAYS) - .5, -.6), xlim=(8, 3000), yticks=[])
    ax.spines["left"].set_visible(False)
    ax.set_xticks([10, 100, 1000])
    ax.grid(False, axis="y")
    said = "; ".join(f"{name}, {small:.0f} and {large:.0f}"
                     for (*_, name), (small, large) in zip(WAYS, found))
    return plots.show(
        ax, "Steps of the small and of the large model, a row for each way "
            f"to go: {said}. The large one is sooner twice, and later with "
            "the last.")


def _pair(ax, place, small, large, named):
    """A ring and a disc with their steps; an arrow, and what it says."""
    ax.annotate("", (large, place), (small, place), arrowprops={
        "arrowstyle": "-|>", "color": "0.3", "shrinkA": 8, "shrinkB": 8,
        "linewidth": 2})
    first = min(small, large)
    for steps, colour, inside, name in ((small, WARM, "white", "small"),
                                        (large, BLUE, BLUE, "large")):
        ax.plot(steps, place, "o", markersize=10, markeredgewidth=2.5,
                color=colour, markerfacecolor=inside)
        side, where = (-10, "right") if steps == first else (10, "left")
        ax.annotate(f"{name} {steps:.0f}" if named else f"{steps:.0f}",
                    (steps, place), (side, 0), va="center", ha=where,
                    textcoords="offset points", color=colour, fontsize=13)
    ax.annotate("sooner" if first == large else "later", (3000, place),
                va="center", ha="right", color="0.3", fontsize=13)


FIGURES = {"waiting": waiting_figure, "sooner": sooner_figure}


def facts(tables):
    """What only the lesson quotes, rounded as it quotes it."""
    rows = chosen(tables["parts"], "parts", "one", "new")
    known, full = (parts.known_most(rows, "rule 2"),
                   parts.knowable()["rule 2"])
    still, below = still_falling(tables["targets"])
    race = targets.needs_less(tables["targets"], SMALLEST["C1a"]).effect
    return {
        "told_race": f"{race:.1f}",
        "told_times": f"{times_above(tables):.1f}",
        "told_slower": f"{1 / own_way(rows):.1f}",
        "told_still": {"runs": f"{still}", "of": f"{below}"},
        "told_known": {"small": f"{known.iloc[0] / full:.0%}",
                       "large": f"{known.iloc[-1] / full:.0%}"},
    }


def own_way(rows):
    """Steps to the own line, small over large: the mean over the seeds."""
    ratio = ratios(steps_to(rows, WHOLE, own.LINE))
    return float(np.exp(np.log(ratio).mean()))
