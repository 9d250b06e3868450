"""Scaling laws: how the loss falls with size and tokens, live."""
from functools import partial
from itertools import product

from labkit.laws import LAWS, Fit, data_constrained, fit
from labkit.records import sweep
from labkit.runs import axes, cost, train_size

__all__ = ["LAWS", "Fit", "data_constrained", "fit"]

EXPERIMENTS = {   # name -> task, schedule of the rate, first evaluation
    "grid": ("rules", "linear", "end"),
    "short": ("short", "linear", "end"),      # another language
    "text": ("library", "linear", "end"),     # real text
    "early": ("rules", "constant", 1),        # loss curves from step 1
    "standard": ("standard", "constant", 1),
}


def run(experiment, widths, tokens, lrs, seeds=range(5), device="cpu",
        record=None, workers=1):
    """Run an experiment on all pairs of width and tokens; tidy rows.

    Each run sees each of its ``tokens`` once. In a "linear" experiment its
    learning rate falls to zero at its end, so it is a run of its own and
    no part of a longer one. See ``runs.train_size`` for the columns and
    ``records.sweep`` for ``record`` and ``workers``. Raises ValueError for
    an unknown experiment and for bad sizes, before anything is trained.
    """
    if experiment not in EXPERIMENTS:
        raise ValueError(f"experiment is {experiment!r}; allowed are "
                         f"{list(EXPERIMENTS)}")
    task, schedule, first = EXPERIMENTS[experiment]
    cells = [dict(experiment=experiment, task=task, width=width, unique=unique,
                  epochs=1, lrs=list(lrs), seeds=list(seeds),
                  schedule=schedule, first=axes(task, width, unique).steps(1)
                  if first == "end" else first)
             for unique, width in product(tokens, widths)]
    return sweep(partial(train_size, device=device), cells, cost,
                 record=record, workers=workers)
