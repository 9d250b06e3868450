"""Epochs against compute: what a loss costs, and how to spend a budget."""
from functools import partial
from itertools import product

from labkit.records import sweep
from labkit.runs import BATCH, axes, cost, train_size

ANCHOR = 2**16   # tokens at which a decaying rate is the one that was given
LEAST = 2**12    # tokens of the shortest run in a valley
MOST = 2**22     # and of the longest


def run(experiment, *settings, seeds=range(5), device="cpu", record=None,
        workers=1):
    """Run one of the EXPERIMENTS at its ``settings``; tidy rows.

    See the function of the same name for its settings, ``runs.train_size``
    for the columns and ``records.sweep`` for ``record`` and ``workers``.
    Raises ValueError for an unknown experiment and for bad sizes, before
    anything is trained.
    """
    if experiment not in EXPERIMENTS:
        raise ValueError(f"experiment is {experiment!r}; allowed are "
                         f"{list(EXPERIMENTS)}")
    cells = [dict(experiment=experiment, seeds=list(seeds), **cell)
             for cell in EXPERIMENTS[experiment](*settings)]
    return sweep(partial(train_size, device=device), cells, cost,
                 record=record, workers=workers)


def curves(widths, tokens, lrs):
    """Whole loss curves at constant rates, each token seen once."""
    return [dict(task="rules", width=width, unique=tokens, epochs=1,
                 lrs=list(lrs)) for width in widths]


def valleys(widths, flops, lrs, task="rules", scaled=True):
    """For each number of ``flops``, every size that it can pay for.

    A size of N parameters gets D = C / 6N tokens, each once; runs of fewer
    than LEAST or more than MOST tokens are left out.
    """
    cells = []
    for budget, width in product(flops, widths):
        a = axes(task, width, BATCH)
        steps = round(budget / a.flops(1))
        if LEAST <= a.tokens(steps) <= MOST:
            cells.append(decaying(task, width, a.tokens(steps), 1, lrs,
                                  scaled))
    return cells


def mistuned(widths, flops, lrs):
    """The same in the standard parameterisation, at rates as given.

    One rate for all sizes and lengths suits few of them.
    """
    return valleys(widths, flops, lrs, "standard", scaled=False)


def repeats(widths, tokens, uniques, lrs):
    """The same number of ``tokens``, fewer and fewer of them ``uniques``."""
    return [decaying("rules", width, unique, tokens / unique, lrs)
            for unique, width in product(uniques, widths)]


def once(widths, uniques, lrs):
    """Corpora of ``uniques`` tokens, each token seen once."""
    return [decaying("rules", width, unique, 1, lrs)
            for unique, width in product(uniques, widths)]


def decaying(task, width, unique, epochs, lrs, scaled=True):
    """A run whose rate falls to zero at its end, where it is examined.

    Longer runs want smaller rates: unless told not to, it starts at
    ``lrs`` times the root of ANCHOR / tokens.
    """
    scale = (ANCHOR / (unique * epochs)) ** 0.5 if scaled else 1
    return dict(task=task, width=width, unique=unique, epochs=epochs,
                lrs=[float(f"{lr * scale:.3g}") for lr in lrs],
                schedule="linear",
                first=axes(task, width, unique).steps(epochs))


EXPERIMENTS = {f.__name__: f
               for f in (curves, valleys, mistuned, repeats, once)}
EXPERIMENTS["slower"] = valleys    # its small sizes, at lower rates
