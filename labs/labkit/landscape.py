"""The landscape: pits, plains, and what size does to them."""
from functools import partial
from itertools import product

from labkit import terrain
from labkit.records import sweep
from labkit.runs import cost, decaying, train_size

DEPTH = 2    # hidden layers, where a survey does not vary them
WIDTH = 32   # of hidden layers, where it varies the depth
MORE = 4     # times the tokens, in the control of "sizes"


def run(experiment, *settings, seeds=range(5), device="cpu", record=None,
        workers=1):
    """Run one of the EXPERIMENTS at its ``settings``; tidy rows.

    See the function of the same name for its settings and
    ``terrain`` (for "sizes": ``runs.train_size``) for the columns;
    ``records.sweep`` for ``record`` and ``workers``. Only "sizes" uses
    the ``device``: the rest is too small to gain from a GPU. Raises
    ValueError for an unknown experiment and for bad sizes, before
    anything is trained.
    """
    if experiment not in EXPERIMENTS:
        raise ValueError(f"experiment is {experiment!r}; allowed are "
                         f"{list(EXPERIMENTS)}")
    cells = [dict(experiment=experiment, **cell, seeds=list(seeds))
             for cell in EXPERIMENTS[experiment](*settings)]
    if experiment == "sizes":
        return sweep(partial(train_size, device=device), cells, cost,
                     record=record, workers=workers)
    return sweep(terrain.survey, cells, terrain.cost, record=record,
                 workers=workers)


def goe(dimensions, draws):
    """Random matrices of several sizes n."""
    return low(dimensions, [0.0], draws)


def low(dimensions, shifts, draws):
    """The same, all eigenvalues raised by each of the ``shifts``."""
    return [dict(n=n, shift=shift, draws=draws)
            for shift, n in product(shifts, dimensions)]


def pits(teachers, more, count, steps):
    """Students with so many ``more`` neurons than each teacher, and twice."""
    return [dict(k=k, m=m, count=count, steps=steps)
            for k in teachers for m in [*(k + i for i in more), 2 * k]]


def escape(teachers, count, steps):
    """Students of their teacher's size, trapped, and what frees them."""
    return [dict(k=k, count=count, steps=steps) for k in teachers]


def sizes(widths, tokens, lrs):
    """Language models on new tokens, and on MORE times as many."""
    return [decaying("rules", width, tokens * times, 1, lrs)
            for times, width in product((1, MORE), widths)]


def sharpness(scalings, widths, lrs, steps):
    """The top eigenvalue along training."""
    return [dict(width=width, depth=DEPTH, scaling=scaling, lr=lr,
                 steps=steps)
            for scaling, lr, width in product(scalings, lrs, widths)]


def spectrum(widths, lr, steps):
    """All eigenvalues at the end of training."""
    return [dict(width=width, depth=DEPTH, lr=lr, steps=steps)
            for width in widths]


def slices(depths, widths, lr, steps):
    """Slices through deep networks, with and without skips; and wide ones.

    The wide ones are as deep as the middle one of the ``depths``.
    """
    deep = [dict(width=WIDTH, depth=depth, skip=skip, lr=lr, steps=steps)
            for skip, depth in product((False, True), depths)]
    middle = depths[len(depths) // 2]
    wide = [dict(width=width, depth=middle, skip=False, lr=lr, steps=steps)
            for width in widths if width != WIDTH]
    return deep + wide


def barriers(depths, widths, lr, steps):
    """Pairs of networks, and what lies between them."""
    return [dict(width=width, depth=depth, lr=lr, steps=steps)
            for depth, width in product(depths, widths)]


def ways(scalings, widths, lrs, steps, targets):
    """The way down: how many steps, and how direct."""
    return [dict(width=width, depth=DEPTH, scaling=scaling, lr=lr,
                 steps=steps, targets=list(targets))
            for scaling, lr, width in product(scalings, lrs, widths)]


EXPERIMENTS = {f.__name__: f for f in (
    goe, low, pits, escape, sizes, sharpness, spectrum, slices, barriers,
    ways)}
