"""Untrained: what does a ticket know before it is trained, and from where?

The rows are those of ``pruning``. Sources: Frankle & Carbin 2019, Zhou et
al. 2019.
"""
from labkit import plots
from labkit.claims import claim, evidence
from labkit.lottery.masks import RIGHT
from labkit.lottery.tickets import (
    accuracies,
    at_width_and_rate,
    lead,
    right,
)
from labkit.rows import spread
from labkit.rulings import over, plus

EXPERIMENTS = ()
LOW = "redrawn", "random mask", "shuffled labels"   # near guessing

# --- the claims -----------------------------------------------------------

def already_good(rows):
    """Does a ticket do its task before it is trained?"""
    best = right(rows, "original", "untrained").max(axis=1, skipna=False)
    return evidence(best, over(RIGHT))


def ahead_of(rows, way):
    """Is a ticket, untrained, better than one way at every density?"""
    more = lead(rows, way, "untrained").iloc[:, :-1]   # without the whole
    return evidence(more.min(axis=1, skipna=False), plus(0.01))


def better_than_chance(rows):
    """Does a ticket do better than other values in its mask?"""
    return ahead_of(rows, "redrawn")


def of_this_task(rows):
    """Does it do its task better than one made with shuffled labels?"""
    return ahead_of(rows, "shuffled labels")


CLAIMS = [
    claim("C16d", "The initial weights of a ticket suit its task already: "
          f"untrained, its accuracy is above {RIGHT:g}.", already_good,
          "untrained, with the share of weights that suits it best, a "
          "ticket has an accuracy of {effect}", "frankle2019lottery",
          "zhou2019deconstructing"),
    claim("C16e", "Untrained, the original values do the task better than "
          "redrawn values in the same mask.", better_than_chance,
          "untrained, where the lead is smallest, the accuracy with the "
          "original values is {size} {effect:higher|lower} than with "
          "redrawn ones", "zhou2019deconstructing"),
    claim("C16i", "Untrained, a ticket does its task better than a ticket "
          "made with shuffled labels.", of_this_task,
          "untrained, where the lead is smallest, a ticket's accuracy is "
          "{size} {effect:higher|lower} than that of one made with shuffled "
          "labels", "frankle2019lottery"),
]


# --- figures, tables, facts -----------------------------------------------

def untrained_figure(rows):
    """Accuracy before training against the share of weights left.

    The lines that lie on each other, near guessing, have one name.
    """
    ax = accuracies(rows, "untrained")
    for line in ax.get_lines():
        if line.get_label() in LOW:
            line.set_label("_low")
    ax.axhline(.1, color="0.4", linewidth=1)
    ax.annotate("guessing", (1, .1), (4, 0), va="center", fontsize=12,
                xycoords=("axes fraction", "data"),
                textcoords="offset points")
    ax.annotate(f"{LOW[0]}, {LOW[1]},\n{LOW[2]}", (.3, .18), va="bottom",
                fontsize=12, xycoords=("axes fraction", "data"))
    return plots.show(plots.ends(ax), (
        "Accuracy before training against how many weights are left. "
        "Original and signs rise to between 0.5 and 0.8; redrawn values, a "
        "random mask and shuffled labels stay nearer to 0.1, the line of "
        "guessing."))


def control_table(rows):
    """Tickets and those made with shuffled labels, for each density."""
    rows = at_width_and_rate(rows)
    rows = rows[rows.way.isin(["original", "shuffled labels"])]
    table = rows.groupby(["density", "way"])[["untrained", "trained"]]
    return table.agg(lambda accuracy: spread(accuracy, 2)).unstack("way")


FIGURES = {"untrained": lambda tables: untrained_figure(tables["prune"])}
TABLES = {"control": lambda tables: control_table(tables["prune"])}


def facts(tables):
    """What the prose quotes besides the evidence: nothing."""
    return {}
