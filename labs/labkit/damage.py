"""Damage to a record's files: found, and named, before they are believed.

The checks raise ValueError, with the file and what to do.
"""
import csv
import json
from io import StringIO

import pandas as pd


def damaged(path, what):
    """The error that names a damaged file, and what to do."""
    return ValueError(
        f"{path} {what}. It is damaged, and was left as it is. Bring CSV and "
        "JSON back as they were (git keeps those of the course), or move "
        "both away to record anew")


def finished(path):
    """The cells that a JSON lists; None if there is no such file."""
    if not path.exists():
        return None
    try:
        cells = [*json.loads(path.read_text("utf-8-sig"))["cells"]]
        for cell in cells:
            cell["settings"].items()
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise damaged(path, f"lists no cells ({error!r})") from error
    return cells


def parse(text, dtype=None):
    """A table from CSV text: only an empty field is NaN, not a label "NA"."""
    return pd.read_csv(text, dtype=dtype, keep_default_na=False,
                       na_values=[] if dtype is str else [""])


def table(path, dtype=None):
    """A CSV as a table, if every line is whole: pandas fills up others."""
    try:
        text = path.read_bytes().decode("utf-8-sig")
        lines = csv.reader(StringIO(text, newline=""), strict=True)
        first = next(lines, [])
        for line in lines:
            if line and len(line) != len(first):
                raise damaged(path, f"has {len(line)} fields in line "
                              f"{lines.line_num}, {len(first)} in the first")
    except (FileNotFoundError, UnicodeDecodeError, csv.Error) as error:
        raise damaged(path, f"cannot be read ({error})") from error
    if not (first and text.endswith("\n")):
        raise damaged(path, "ends within a line")
    return parse(StringIO(text), dtype)


def numbers(rows, cells, path):
    """The number of each row's cell, if all rows of all cells are there."""
    if "cell" not in rows:
        raise damaged(path, "has no column 'cell'")
    number = pd.to_numeric(rows.cell, errors="coerce")
    if (number % 1 != 0).any():
        raise damaged(path, "has rows of no cell")
    counts = number.value_counts()
    for i, cell in enumerate(cells):
        if not _complete(counts.get(i, 0), cell):
            raise damaged(path, f"does not hold the rows of cell {i}")
    return number


def _complete(count, cell):
    """Has a cell so many rows? Some have no count: all seeds are alike."""
    if "rows" in cell:
        return count == cell["rows"]
    seeds = cell["settings"].get("seeds") or [0]
    return count > 0 and count % len(seeds) == 0
