"""Start a room: python -m classroom.room [LESSON.json] [--file room.csv].

Prints the address for phones with its QR code, and the board's, and opens
the board. Started again with the same file, it goes on. Ctrl-C ends it.
"""
import argparse
import asyncio
import os
import signal
import sys
import threading
import webbrowser
from contextlib import suppress
from datetime import date
from pathlib import Path

from classroom.room import codes, lessons, network
from classroom.room.book import Book
from classroom.room.room import Room
from classroom.room.server import server

PORT = 8000
LIVE = Path(__file__).parents[2] / "live"   # what trains in the page
CLOSED = """Only this machine can reach the room. To let phones in, open it to
the network on the board, or start it with --network."""


def wishes(words=None):
    """The options on the command line."""
    parser = argparse.ArgumentParser("python -m classroom.room", description=(
        "A room for one lesson: phones vote and run, the board shows it."))
    parser.add_argument("lesson", nargs="?", type=Path, default=lessons.OWN,
                        metavar="LESSON.json", help="landscape if left out")
    parser.add_argument("--port", type=_port, help=f"{PORT} if left out")
    parser.add_argument("--file", type=Path, metavar="room.csv", help=(
        "where rows are saved; named by lesson and day if left out"))
    parser.add_argument("--network", action="store_true",
                        help="let phones in from the start")
    return parser.parse_args(words)


def _port(text):
    if not (text.isdigit() and 1024 <= int(text) < 65536):
        raise argparse.ArgumentTypeError("allowed are 1024 to 65535")
    return int(text)


def book_of(lesson, file):
    """The book in a file; without one, today's first that is free."""
    if file:
        return Book(file)
    for number in range(1, 10):
        more = f"-{number}" if number > 1 else ""
        name = f"room-{lesson.name}-{date.today()}{more}.csv"
        try:
            return Book(name)
        except BlockingIOError as error:
            say(f"{name} is the book of another room that is open.")
            busy = error
    raise busy


class Session:
    """A room, its server, and what the terminal says of them."""

    def __init__(self, room, wish):
        self.room, self.wish = room, wish
        self.server, _ = server(room, self.phones, self.opened,
                                [LIVE] if LIVE.is_dir() else [])

    def phones(self):
        """The address for phones; the code goes with it."""
        return (f"http://{network.address()}:{self.server.port}"
                f"/#{self.room.code}")

    def board(self):
        """The address of the board, with the key after '#'."""
        return (f"http://{network.HERE}:{self.server.port}/board"
                f"#{self.room.code}.{self.room.key}")

    def opened(self):
        """Say that the room is open to the network."""
        say("Open to the network: every machine in it can reach the room at",
            self.phones())

    def start(self):
        """Listen, and say where."""
        known = self.room.book.notes.get("port", PORT)
        wanted = self.wish.port or known
        self.server.start_here(wanted)
        if self.server.port != wanted:
            say(f"Port {wanted} is in use, perhaps by another room; this one "
                f"has port {self.server.port}, and an address of its own.")
        if self.server.port != known:
            self.room.book.note(port=self.server.port)
        say(codes.drawn(self.phones()), f"Phones: {self.phones()}",
            f"Board:  {self.board()}   (yours alone)",
            f"Rows:   {self.room.book.path.resolve()}")
        if network.address() == network.HERE:
            say("This machine is in no network; phones need one.")
        if self.wish.network:
            self.server.start_everywhere()
            self.opened()
        else:
            say(CLOSED)
        show(self.board())

    async def run(self):
        """Be open until Ctrl-C."""
        ended = asyncio.Event()
        self.start()
        for sign in (signal.SIGINT, signal.SIGTERM):
            try:
                asyncio.get_running_loop().add_signal_handler(sign, ended.set)
            except NotImplementedError:   # Windows: KeyboardInterrupt
                break
        tasks = [asyncio.create_task(task) for task in (
            self.room.book.keep(), self.server.sweep(), self.worry())]
        try:
            await ended.wait()
        finally:
            for task in tasks:
                task.cancel()
            self.server.stop()

    async def worry(self):
        """Say so if rows cannot be saved, and when they can be again."""
        said = ""
        while True:
            await asyncio.sleep(1)
            if self.room.book.trouble != said:
                said = self.room.book.trouble
                self.room.revision += 1   # the board says so, too
                say(said or "Rows are saved again.")

    def summary(self):
        """What the room has at its end."""
        kinds = [row["kind"] for _, row in self.room.said.values()]
        return (f"{self.room.last} seats, {kinds.count('vote')} votes and "
                f"{kinds.count('run')} runs in {self.room.book.path}")


def show(url):
    """Open the board, if there is a browser with a window."""
    window = sys.platform in ("win32", "darwin") or any(
        os.environ.get(name) for name in ("DISPLAY", "WAYLAND_DISPLAY"))
    if window:   # in a thread, as some wait for their end
        threading.Thread(target=webbrowser.open, args=[url],
                         daemon=True).start()


def say(*lines):
    """Lines for the terminal, at once; what it cannot draw is left out."""
    for line in filter(None, lines):
        try:
            print(line, flush=True)
        except UnicodeEncodeError:
            print("(no QR code: this terminal has other letters)", flush=True)


def begun(wish):
    """The session that these options ask for, new or one that goes on."""
    lesson = lessons.load(wish.lesson)
    book = book_of(lesson, wish.file)
    if book.rows:
        say(f"Goes on with the {book.count} rows of {book.path}; for a new "
            "room name another --file.")
    try:
        return Session(Room(lesson, book), wish)
    except ValueError:
        book.close()
        raise


def main(words=None):
    """Be a room until Ctrl-C; returns the exit status."""
    try:
        session = begun(wishes(words))
        with suppress(KeyboardInterrupt):
            asyncio.run(session.run())
    except (OSError, ValueError) as error:
        print(error, file=sys.stderr)
        return 1
    session.room.book.close()
    say(f"\nThe room is closed: {session.summary()}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
