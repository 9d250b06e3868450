"""Tidy rows, one measurement a row, and small tables made of them.

A table has a row per seed and a column per size, unless it says otherwise.
"""
import numpy as np


def of(rows, experiment):
    """The rows of one experiment."""
    return rows[rows.experiment == experiment]


def wide(rows, value, column="width"):
    """One value as a table: a row per seed, a column per size."""
    return rows.pivot(index="seed", columns=column, values=value)


def change(table):
    """What the last column has more than the first, per row.

    Raises ValueError if there are fewer than two columns.
    """
    _at_least_two(table)
    return table.iloc[:, -1] - table.iloc[:, 0]


def factor(table):
    """How many times the first column the last one is, per row.

    Raises ValueError if there are fewer than two columns.
    """
    _at_least_two(table)
    return table.iloc[:, -1] / table.iloc[:, 0]


def _at_least_two(table):
    if table.shape[1] < 2:
        raise ValueError(f"{table.columns.name} is {[*table.columns]} in "
                         "these rows; at least two are needed")


def spread(values, digits=None):
    """The median of the values and their range, in words: "6 (5 to 8)".

    With so many ``digits`` after the point, or as few as there are. What is
    infinite, steps that were never enough, is "never".
    """
    form = "g" if digits is None else f",.{digits}f"
    middle, low, high = ("never" if np.isinf(value) else f"{value:{form}}"
                         for value in (values.median(), values.min(),
                                       values.max()))
    return "never" if low == "never" else f"{middle} ({low} to {high})"


def as_rows(columns):
    """From a value per member, by name, to a dict per member.

    ``columns``: {name: tensor (member,)}; returns [{name: number}, ...].
    """
    return [dict(zip(columns, values)) for values in zip(
        *(column.tolist() for column in columns.values()))]
