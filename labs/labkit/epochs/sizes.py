"""What the runs of this package have in common.

Every combination of sizes is trained, and each size is judged at its best
learning rate.
"""
from itertools import product

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


def at_best_rate(rows, quantity="validation"):
    """The rows of one quantity at each size's best rate, with its excess.

    Along the runs: sorted by step.
    """
    return only(with_excess(tuned(rows)), quantity=quantity).sort_values(
        "step")
