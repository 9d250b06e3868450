"""Tidy rows, one measurement a row, and small tables made of them.

A table has a row per seed and a column per size, unless it says otherwise.
What groups rows, a seed, a size or a rate, is a label. pandas leaves a row
without its label out of all groups, without a word; so labels are looked at
here, before rows are grouped.
"""
import numpy as np
import pandas as pd


def known(rows, *names):
    """The same rows; ValueError unless these are columns of them."""
    for name in names:
        if name not in rows:
            raise ValueError(f"{name!r} is no column of these rows; allowed "
                             f"are {[*rows.columns]}")
    return rows


def labelled(rows, *names):
    """The same rows; ValueError if one has no label in these columns."""
    for name in names:
        missing = known(rows, name)[name].isna().sum()
        if missing:
            raise ValueError(f"{name} is missing in {missing} of {len(rows)} "
                             "rows; each must have one")
    return rows


def distinct(rows, *names):
    """The same rows; ValueError unless they are told apart by these labels.

    Rows that are there twice, as of a record read twice, are not.
    """
    again = labelled(rows, *names).duplicated([*names]).sum()
    if again:
        raise ValueError(f"{again} of {len(rows)} rows have the same "
                         f"{', '.join(names)} as another; each must have "
                         "its own")
    return rows


def only(rows, **labels):
    """The rows with these labels; a list allows any of several.

    Raises ValueError if there are none, and for rows without a label.
    """
    for name, label in labels.items():
        some = label if isinstance(label, list) else [label]
        found = labelled(rows, name)[rows[name].isin(some)]
        if found.empty:
            raise ValueError(f"{name} is {label!r}; these rows have "
                             f"{rows[name].unique().tolist()}")
        rows = found
    return rows


def of(rows, *experiments, **labels):
    """The rows of an experiment, or of several, with these ``labels``.

    Raises ValueError if there are none, for rows without a label and for
    rows that are there twice.
    """
    found = only(rows, experiment=[*experiments], **labels)
    again = found.duplicated().sum()
    if again:
        raise ValueError(f"{again} of {len(found)} rows of "
                         f"{', '.join(experiments)} repeat another; each "
                         "must be there once")
    return found


def wide(rows, value, column="width", row="seed"):
    """One value as a table: a row per seed, a column per size.

    ``column`` and ``row`` may be lists of names, too. A value that is NaN,
    as that of a run that diverged, stays NaN. Raises ValueError for missing
    labels, and unless each row of the table has each column once.
    """
    names = np.hstack([row, column])
    table = distinct(rows, *names).pivot(index=row, columns=column,
                                         values=value)
    if table.size > len(rows):
        raise ValueError(f"{len(rows)} rows are not all combinations of "
                         f"{', '.join(names)}; {table.size} are needed")
    return table


def best(scores, *names):
    """Where the scores are lowest, in each group by ``names``: labels.

    A score that is NaN, as of a rate at which a seed diverged, counts as
    the highest. Where all are, the first stays: no group is left out.
    """
    return scores.fillna(np.inf).groupby([*names]).idxmin().tolist()


def change(table):
    """What the last column has more than the first, per row.

    Raises ValueError unless the columns are two sizes or more, in order.
    """
    _in_order(table)
    return table.iloc[:, -1] - table.iloc[:, 0]


def factor(table):
    """How many times the first column the last one is, per row.

    Raises ValueError unless the columns are two sizes or more, in order.
    """
    _in_order(table)
    return table.iloc[:, -1] / table.iloc[:, 0]


def _in_order(table):
    sizes = table.columns
    if not (len(sizes) > 1 and pd.api.types.is_numeric_dtype(sizes)
            and (np.diff(sizes) > 0).all()):
        raise ValueError(f"{sizes.name} is {[*sizes]} in these rows; at "
                         "least two numbers are needed, from small to large")


def middle(values):
    """The median; NaN if one of the values is."""
    return values.median(skipna=False)


def lowest(values):
    """The lowest value; NaN if one of them is."""
    return values.min(skipna=False)


def highest(values):
    """The highest value; NaN if one of them is."""
    return values.max(skipna=False)


def last(values):
    """The last value, NaN or not."""
    return values.iloc[-1]


def spread(values, digits=None):
    """The median of the values and their range, in words: "6 (5 to 8)".

    With so many ``digits`` after the point, or as few as there are. What is
    infinite, steps that were never enough, is "never"; "unknown" if a value
    is missing.
    """
    form = "g" if digits is None else f",.{digits}f"
    if np.isnan(middle(values)):
        return "unknown"
    median, low, high = ("never" if np.isinf(value) else f"{value:{form}}"
                         for value in (middle(values), values.min(),
                                       values.max()))
    return "never" if low == "never" else f"{median} ({low} to {high})"


def as_rows(columns):
    """From a value per member, by name, to a dict per member.

    ``columns``: {name: tensor (member,)}; returns [{name: number}, ...].
    Raises ValueError for columns of unequal length.
    """
    return [dict(zip(columns, values)) for values in zip(
        *(column.tolist() for column in columns.values()), strict=True)]
