"""What the runs of this package have in common.

Every combination of sizes is trained, and each size is judged at its best
learning rate.
"""
from itertools import product

from labkit import plots
from labkit.language.runs import tuned, with_excess
from labkit.rows import only


def combinations(task, widths, uniques, epochs, lrs, weight_decays=(0.0,)):
    """The settings of all combinations of the sizes on one task.

    ``widths`` of the model, ``uniques`` tokens of the corpus, length in
    ``epochs``; the learning rates ``lrs`` are trained side by side.
    """
    return [dict(task=task, width=width, unique=unique, epochs=epochs,
                 lrs=list(lrs), weight_decay=decay)
            for unique, decay, width in product(uniques, weight_decays,
                                                widths)]


def reach(table, unit):
    """Epochs to each target of a table of ``needed``, a named line for each.

    The name is the target with its ``unit``; a target that no size reaches
    in all seeds has no line, and so no name.
    """
    figure, ax = plots.reach(table, "epochs to the target", f"{{}} {unit}")
    for line in ax.containers:
        if not len(line[0].get_xdata()):
            line.set_label("_")
    return figure, plots.ends(ax)


def at_best_rate(rows, quantity="validation"):
    """The rows of one quantity at each size's best rate, with its excess.

    Along the runs: sorted by step.
    """
    return only(with_excess(tuned(rows)), quantity=quantity).sort_values(
        "step")
