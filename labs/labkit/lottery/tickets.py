"""Tickets: what the rows of ``pruning`` say, at one width and rate.

A ticket is what is left of a network after pruning, with its initial values
("original"); the other ways are its controls.
"""
from labkit import plots
from labkit.lottery import lines
from labkit.rows import of, only, wide

WIDTH, RATE = 64, 0.003


def at_width_and_rate(rows):
    """The rows of networks of the WIDTH at the RATE.

    Raises ValueError if there are none.
    """
    return of(rows, "prune", width=WIDTH, lr=RATE)


def right(rows, way, value="trained"):
    """Accuracies of one way, "trained" or "untrained": seed x density."""
    return wide(only(at_width_and_rate(rows), way=way), value, "density")


def lead(rows, way, value="trained"):
    """By how much a ticket is more accurate than one way: seed x density."""
    return right(rows, "original", value) - right(rows, way, value)


def accuracies(rows, value):
    """Lines of accuracies "trained" or "untrained", without their names."""
    rows = at_width_and_rate(rows)
    rows = rows.assign(cut=1 / rows.density)
    _, ax = plots.axes("weights left: one in ...", f"accuracy, {value}",
                       ylog=False)
    lines.at(ax, rows.cut)
    ax.set_ylim(0, 1.02)
    lines.draw(ax, rows, "cut", value, "way", {
        "original": lines.BLUE, "signs": lines.GREEN, "redrawn": lines.WARM,
        "shuffled labels": lines.PURPLE, "random mask": lines.GREY})
    return ax
