"""What surveys share: how one is run, checked, and read.

A survey is a function of ``seeds`` and settings that returns a list of
dicts, the rows of one cell of an experiment.
"""
import pandas as pd
import torch


def survey(surveys, experiment, advance=None, **settings):
    """The rows of one cell, with a column ``experiment``.

    ``surveys``: {experiment: its survey}. On one thread: products as small
    as these gain nothing from more, and lose much where another program
    keeps a core busy.
    """
    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    try:
        rows = pd.DataFrame(surveys[experiment](**settings))
    finally:
        torch.set_num_threads(threads)
    if advance:
        advance(1)
    return rows.assign(experiment=experiment)


def check(seeds, **numbers):
    """ValueError unless there are seeds and all numbers are above zero."""
    if not seeds:
        raise ValueError("seeds is empty; at least one is needed")
    for name, number in numbers.items():
        if number <= 0:
            raise ValueError(f"{name} is {number}; more than 0 is needed")


def cells(experiments, experiment, settings, seeds):
    """The settings of an experiment's cells, each for all ``seeds``.

    ``experiments``: {name: function from settings to cells}. Raises
    ValueError for a name that is not among them.
    """
    if experiment not in experiments:
        raise ValueError(f"experiment is {experiment!r}; allowed are "
                         f"{list(experiments)}")
    return [dict(experiment=experiment, **cell, seeds=list(seeds))
            for cell in experiments[experiment](*settings)]


def of(rows, experiment):
    """The rows of one experiment."""
    return rows[rows.experiment == experiment]


def wide(rows, value, column="width"):
    """One value as a table: a row per seed, a column per size."""
    return rows.pivot(index="seed", columns=column, values=value)


def change(table):
    """What the last column has more than the first.

    Raises ValueError if there are fewer than two.
    """
    if table.shape[1] < 2:
        raise ValueError(f"{table.columns.name} is {[*table.columns]} in "
                         "these rows; at least two are needed")
    return table.iloc[:, -1] - table.iloc[:, 0]
