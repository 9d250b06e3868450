"""The book of a room: what was said, one tidy row of a CSV each.

No names and no addresses. A run of the group ``labkit.lines.PRINTED`` is a
line that a lab has printed: of the lab's own question, not of the phones'.
Beside it lies a small file that is not for others (``.private``): the code,
the key, which phone has which seat (a salted hash of the number that the
phone drew), and where the lesson stands. A program that is killed loses
nothing; a power cut, the last second.

What a teacher takes off the board stays in the book: a row of the kind
``dropped`` says from which seat. Whoever reads the CSV leaves out the rows of
the seats of which it is the last word, ``restored`` being the other.
"""
import asyncio
import json
from contextlib import suppress
from datetime import UTC, datetime
from math import isfinite
from pathlib import Path

from filelock import FileLock, Timeout

from classroom.room.whole import Whole

COLUMNS = ("time", "seat", "kind", "question", "moment", "choice", "lab",
           "group", "seed", "result")
NEEDED = {"hello": (), "vote": ("question", "moment", "choice"),
          "run": ("lab", "group", "seed", "result"),   # by kind
          "dropped": (), "restored": ()}
SYNC = 1.0   # seconds from one flush to the next
MOST = 100_000   # rows: no class says that much


class Book:
    """The rows and the notes of one room; one process at a time has it.

    Raises OSError if it cannot be written or is another room's, ValueError
    if it is damaged; then both files are as they were.
    """

    def __init__(self, path):
        self.path = Path(path)
        self.lock = FileLock(self._beside(".lock"), timeout=0)
        self._claim()
        try:
            self.csv = Whole(self.path)
            self.private = Whole(self._beside(".private"))
            self.rows = _rows(self.csv)
            self.notes = _notes(self.private)
            self.count = len(self.rows)
            self.private.open()
            self.csv.open()
            if not self.csv.lines:
                self.csv.add(",".join(COLUMNS))
        except BaseException:
            self.lock.release()
            raise
        self.trouble = ""   # why rows are not saved at the moment

    def _beside(self, end):
        return self.path.with_name(self.path.name + end)

    def _claim(self):
        try:
            self.path.parent.mkdir(parents=True, exist_ok=True)
            self.lock.acquire()
        except Timeout:
            raise BlockingIOError(
                f"{self.path} is the book of another room that is open; "
                "close that, or name another file with --file") from None
        except (OSError, NotImplementedError) as error:
            raise OSError(f"{self.path} cannot be written ({error}); name a "
                          "file in another folder with --file") from None

    @property
    def full(self):
        """Is there no place for another row?"""
        return self.count >= MOST

    def say(self, row):
        """Write a row, with the time; raises OSError if there is no space."""
        now = datetime.now(UTC).isoformat(timespec="milliseconds")
        self._add(self.csv, written({"time": now, **row}))
        self.count += 1

    def note(self, **facts):
        """Write what the room must know when it starts again."""
        self._add(self.private, json.dumps(facts))

    def _add(self, file, line):
        try:
            file.add(line)
            self.trouble = ""
        except OSError as error:
            self.trouble = str(error)
            raise

    async def keep(self):
        """Flush to the disk once a second, as long as the room is open."""
        while True:
            await asyncio.sleep(SYNC)
            try:
                await asyncio.to_thread(self.sync)
            except OSError as error:
                self.trouble = str(self.csv.unwritable(error))

    def sync(self):
        """Have the disk hold all: seats first, then the rows on them."""
        self.private.sync()
        self.csv.sync()

    def close(self):
        """Save all, and let others have it."""
        with suppress(OSError):
            self.private.close()
            self.csv.close()
        self.lock.release()


def written(row):
    """The line of a row: what it lacks is left empty, as is a "never"."""
    cells = (row.get(name) for name in COLUMNS)
    return ",".join("" if cell is None else str(cell) for cell in cells)


def understood(line):
    """The row of a line; raises ValueError if it is none."""
    cells = line.split(",")
    row = dict(zip(COLUMNS, cells))
    if len(cells) != len(COLUMNS) or row["kind"] not in NEEDED:
        raise ValueError("is no row")
    datetime.fromisoformat(row.pop("time"))
    needed = ("seat", "kind", *NEEDED[row["kind"]])
    if any(row[name] for name in row if name not in needed):
        raise ValueError("has a cell that its kind has not")
    return {name: _value(name, row[name]) for name in needed}


def _value(name, cell):
    if name == "result":
        if cell and not isfinite(float(cell)):
            raise ValueError("has a result that is no number")
        return float(cell) if cell else None
    if name in ("seat", "choice", "group", "seed"):
        if not (cell.isascii() and cell.isdigit()):
            raise ValueError(f"has a {name} that is no whole number")
        return int(cell)
    return cell


def _rows(file):
    """(number of the line, row) of all lines but the first."""
    head = ",".join(COLUMNS)
    if file.lines[:1] not in ([], [head]) or not (
            file.lines or head.encode().startswith(file.torn)):
        raise ValueError(f"{file.path} is no book of a room; name another "
                         "file with --file")
    return [(number, _read(understood, file, number, line))
            for number, line in enumerate(file.lines[1:], 2)]


def _notes(file):
    """All notes, of which the last counts; and {phone: seat}."""
    notes, seats = {}, {}
    for number, line in enumerate(file.lines, 1):
        note = _read(_note, file, number, line)
        if "phone" in note:
            seats[note["phone"]] = note["seat"]
        else:
            notes.update(note)
    return {**notes, "seats": seats}


def _note(line):
    note = json.loads(line)
    if not isinstance(note, dict) or ("phone" in note) != ("seat" in note):
        raise ValueError("is no note")
    return note


def _read(how, file, number, line):
    try:
        return how(line)
    except ValueError as error:
        raise ValueError(f"{file.path} is damaged: line {number} {error}; "
                         "mend it, or name another file with --file"
                         ) from None
