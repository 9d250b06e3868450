"""The room: who sits in it, and what was said; goes on where its book ends.

Of two votes of a seat in one ballot, and of two runs of one seed by a group,
the last counts; of a seat that the teacher has dropped, nothing does.
"""
import hashlib
import re
import secrets
from collections import Counter
from contextlib import suppress

from classroom.room.limits import Buckets, Refused
from classroom.room.messages import checked
from classroom.room.progress import Progress

LETTERS = "BCDFGHJKLMNPQRSTVWXZ"   # no vowels: no words
SEATS = 500            # in a room
OF_ONE = 40            # seats of one address
RUNS = 100             # rows of runs that one seat may write
TAKEN = "dropped", "restored"        # what a teacher says of a seat
PHONE = re.compile("[0-9a-f]{16}")   # the number that a phone drew


class Room:
    """One lesson, and the class that takes it.

    ``said`` is {what about: (revision, row)}, the oldest first; ``dropped``
    are the seats whose rows do not count. An address
    is known in memory only. It takes three seats at once, then three a
    minute, 40 in all: so does a class behind one router, until its teacher
    says that it is one.
    """

    def __init__(self, lesson, book):
        self.lesson, self.book = lesson, book
        self.said, self.revision, self.dropped = {}, 0, set()
        self.joined, self.ran, self.waiting = Counter(), Counter(), set()
        self.pace = Buckets(burst=10, rate=0.5)      # messages of a seat
        self.entry = Buckets(burst=3, rate=3 / 60)   # seats of an address
        self._restore(book.notes)
        for number, row in book.rows:
            self._again(number, row)
        book.rows = []

    def _restore(self, notes):
        """Code, key, seats and stage, from the book or new."""
        if "key" not in notes:
            new = {"lesson": self.lesson.name, "salt": secrets.token_hex(16),
                   "code": "".join(map(secrets.choice, [LETTERS] * 4)),
                   "key": secrets.token_urlsafe(12)}
            self.book.note(**new)
            notes = {**notes, **new}
        if notes["lesson"] != self.lesson.name:
            raise ValueError(f"{self.book.path} is the book of the lesson "
                             f"{notes['lesson']}; name another with --file")
        self.code, self.key = notes["code"], notes["key"]
        self.salt = bytes.fromhex(notes["salt"])
        self.seats = notes["seats"]
        self.last = max(self.seats.values(), default=0)
        self.progress = Progress(self.lesson, notes)

    def _again(self, number, row):
        """A row of the book, as if it was said now."""
        seat = row.pop("seat")
        self.last = max(self.last, seat)
        if row["kind"] in TAKEN:
            return self._take(row["kind"], seat)
        try:
            self._keep({"seat": seat, **checked(row, self.lesson)})
        except ValueError as error:
            raise ValueError(f"{self.book.path}: line {number} does not fit "
                             f"the lesson {self.lesson.name}: {error}"
                             ) from None

    def say(self, who, address, message):
        """Take a phone's message, and write it down; returns its seat.

        Raises Refused if it may not be said, or not now.
        """
        fields = self._checked(message)
        seat = self.sit(who, address)
        self.pace.take(seat, "too many messages; wait a moment")
        if fields["kind"] != "hello":
            self.progress.allows(fields)
            self._write({"seat": seat, **fields})
        return seat

    def pool(self, line):
        """Take a line that a student read out, at seat 0: the board's."""
        fields = self._checked({"kind": "line", "text": line})
        self.progress.allows(fields)
        self._write({"seat": 0, **fields})

    def _checked(self, message):
        try:
            return checked(message, self.lesson)
        except ValueError as error:
            raise Refused(400, str(error)) from None

    def sit(self, who, address):
        """The seat of a phone: its own, or the next."""
        if not (isinstance(who, str) and PHONE.fullmatch(who)):
            raise Refused(400, "who: allowed are 16 hexadecimal digits")
        phone = hashlib.blake2b(who.encode(), key=self.salt,
                                digest_size=12).hexdigest()
        if phone not in self.seats:
            self._enter(phone, address)
        seat = self.seats[phone]
        self._write({"seat": seat, "kind": "hello"})   # once
        return seat

    def _enter(self, phone, address):
        """Give a new phone the next seat, if one is left for its address."""
        if self.last >= SEATS:
            raise Refused(403, f"all {SEATS} seats are taken")
        try:
            if not self.progress.router:
                self._admit(address)
        except Refused:
            if len(self.waiting) < SEATS:
                self.waiting.add(phone)
            self.revision += 1
            raise
        self._saved(self.book.note, phone=phone, seat=self.last + 1)
        self.last += 1
        self.seats[phone] = self.last
        self.joined[address] += 1
        self.waiting.discard(phone)

    def _admit(self, address):
        if self.joined[address] >= OF_ONE:
            raise Refused(429, f"{OF_ONE} seats are taken from your address; "
                          "tell your teacher", wait=20)
        self.entry.take(address, "three phones a minute may enter from one "
                        "address; wait, or tell your teacher")

    def _write(self, row):
        """A row for the book, unless it was said already: a phone's retry."""
        if self.said.get(about(row), (0, None))[1] == row:
            return
        if row["kind"] == "run" and self.ran[row["seat"]] >= RUNS and (
                row["seat"]):   # the board may
            raise Refused(403, f"a seat may run {RUNS} seeds")
        if self.book.full:
            raise Refused(403, "the book of this room is full")
        self._saved(self.book.say, row)
        self._keep(row)

    def _saved(self, write, *row, **facts):
        try:
            write(*row, **facts)
        except OSError:
            self.revision += 1   # the board says why
            raise Refused(503, "the room cannot save at the moment; tell "
                          "your teacher", wait=5) from None

    def _keep(self, row):
        self.revision += 1
        self.ran[row["seat"]] += row["kind"] == "run"
        self.said.pop(about(row), None)   # the newest is last
        self.said[about(row)] = self.revision, row

    def teach(self, action):
        """What the teacher wants: one of ``progress.ACTIONS``."""
        self.progress.do(action)
        self.revision += 1
        with suppress(Refused):   # the lesson goes on with a full disk, too
            self._saved(self.book.note, **self.progress.facts())
        if self.progress.router:
            self.waiting.clear()

    def drop(self, kind, seat):
        """Take a seat's rows off the board, or put them back: ``TAKEN``."""
        if kind not in TAKEN or seat not in range(1, self.last + 1):
            raise Refused(400, f"seat: allowed are 1 to {self.last}")
        if (seat in self.dropped) == (kind == "dropped"):
            return   # a second press
        self._saved(self.book.say, {"seat": seat, "kind": kind})
        self._take(kind, seat)

    def _take(self, kind, seat):
        self.revision += 1
        (self.dropped.add if kind == "dropped" else self.dropped.discard)(seat)

    def since(self, revision=0):
        """The votes and runs that are newer, the oldest first; 0 for all."""
        newer = []
        for number, row in reversed(self.said.values()):
            if number <= revision:
                break
            if row["kind"] != "hello":
                newer.append(row)
        return newer[::-1]

    def status(self):
        """What the board shows beside votes and runs."""
        return {"now": self.progress.now(), "code": self.code,
                "seats": self.last, "dropped": sorted(self.dropped),
                "waiting": len(self.waiting), "router": self.progress.router,
                "trouble": self.book.trouble}

    def plan(self):
        """What the board needs once: all stages, and what was recorded."""
        lesson = self.lesson
        return {"lesson": {"name": lesson.name, "title": lesson.title,
                           "stages": lesson.stages},
                "recorded": lesson.recorded}

    def runs(self, lab):
        """What came out so far, by group: lists of results, None is never."""
        runs = {}   # by group and seed: the last one counts
        for _, row in self.said.values():
            if row.get("lab") == lab and row["seat"] not in self.dropped:
                one = row["group"], row["seed"]
                runs.pop(one, None)
                runs[one] = row["result"]
        return [[result for (of, _), result in runs.items() if of == group]
                for group in range(self.lesson.labs[lab])]


def about(row):
    """What a row of a seat is about: its last row about it counts."""
    return row["kind"], row["seat"], *(row.get(name) for name in (
        "question", "moment", "lab", "group", "seed"))
