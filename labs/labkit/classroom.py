"""What a class has said: the file of a room, as tidy rows.

The room writes a row for all that is said, and takes none back. Here are
those that count, as on its board: none of a seat that the teacher has dropped;
of several votes of a seat in one ballot the last; of several runs of one seed
by a group the last.
"""
from math import isfinite
from pathlib import Path

import pandas as pd

from labkit.lines import LABS

COLUMNS = ("time", "seat", "kind", "question", "moment", "choice", "lab",
           "group", "seed", "result")
MOMENTS = "before", "after"
NEEDED = {"hello": (), "vote": ("question", "moment", "choice"),
          "run": ("lab", "group", "seed", "result"),
          "dropped": (), "restored": ()}   # by kind; also the seat
WHOLE = "seat", "choice", "group", "seed"
AMONG = {"moment": MOMENTS, "lab": LABS}
TAKEN = "dropped", "restored"   # a seat's last word of these counts


def read(path):
    """The runs that count: seat, lab, group, seed, result (NaN is never).

    Raises ValueError, with what is allowed, for what is no room's file.
    """
    runs = _counted(path, "run").drop_duplicates(["lab", "group", "seed"],
                                                 keep="last")
    return runs[["seat", *NEEDED["run"]]].astype({"result": float})


def votes(path):
    """How many seats chose what: question, moment, choice, votes.

    Raises ValueError, with what is allowed, for what is no room's file.
    """
    last = _counted(path, "vote").drop_duplicates(
        ["seat", "question", "moment"], keep="last")
    return last.groupby([*NEEDED["vote"]]).size().rename(
        "votes").reset_index()


def _counted(path, kind):
    """The rows of a kind, in order, but for those of dropped seats."""
    rows = pd.DataFrame(_rows(path), columns=COLUMNS[1:])
    last = rows[rows.kind.isin(TAKEN)].drop_duplicates("seat", keep="last")
    dropped = last.seat[last.kind == "dropped"]
    rows = rows[(rows.kind == kind) & ~rows.seat.isin(dropped)]
    return rows.astype({name: int for name in WHOLE
                        if name in ("seat", *NEEDED[kind])})


def _rows(path):
    """All rows of a file; a torn last line, as after a power cut, is none."""
    head, *lines = _text(path).rpartition("\n")[0].splitlines() or [""]
    if head != ",".join(COLUMNS):
        raise ValueError(
            f"file is {str(path)!r}, which begins with {head[:30]!r}; allowed "
            "is a room's file as the room wrote it, not one that a "
            "spreadsheet has saved")
    return [_row(path, number, line) for number, line in enumerate(lines, 2)]


def _text(path):
    """The text of a file; ValueError if there is none."""
    try:
        return Path(path).read_text("utf-8-sig")
    except FileNotFoundError:
        known = sorted(one.name for one in Path(path).parent.glob("room*.csv"))
        raise ValueError(
            f"file is {str(path)!r}, and there is none of that name; allowed "
            f"is a room's file beside this notebook: {known}") from None
    except OSError as error:
        raise ValueError(f"file is {str(path)!r}, which cannot be read: "
                         f"{error.strerror}") from None
    except UnicodeDecodeError:
        raise ValueError(f"file is {str(path)!r}, which is no text; allowed "
                         "is a room's file") from None


def _row(path, number, line):
    """The cells of a line as numbers and texts, without the time."""
    cells = line.split(",")
    row = dict(zip(COLUMNS[1:], cells[1:]))
    try:
        if len(cells) != len(COLUMNS):
            raise ValueError(f"it has {len(cells)} cells; allowed are "
                             f"{len(COLUMNS)}")
        _known("kind", row["kind"], NEEDED)
        return {"kind": row["kind"], **{
            name: _value(name, row[name])
            for name in ("seat", *NEEDED[row["kind"]])}}
    except ValueError as error:
        raise ValueError(f"file is {str(path)!r}, and line {number} of it is "
                         f"damaged: {error}") from None


def _value(name, cell):
    """A cell as what its column holds."""
    if name in WHOLE and not (cell.isascii() and cell.isdigit()):
        raise ValueError(f"{name} is {cell!r}; allowed are whole numbers")
    if name == "result":
        return _result(cell)
    _known(name, cell, AMONG.get(name, [cell]))
    return int(cell) if name in WHOLE else cell


def _result(cell):
    """The number in a cell; NaN, for never, if it is empty."""
    try:
        number = float(cell or "nan")
    except ValueError:
        number = float("inf")
    if cell and not isfinite(number):
        raise ValueError(f"result is {cell!r}; allowed are numbers, and "
                         "nothing for never")
    return number


def _known(name, cell, allowed):
    if cell not in allowed:
        raise ValueError(f"{name} is {cell!r}; allowed are "
                         f"{', '.join(allowed)}")
