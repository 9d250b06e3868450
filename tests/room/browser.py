"""Phones and boards in a browser, with the room's own server.

The name in the address is this machine's, mapped to the loopback address: it
is no secure context, as on a class's phones.
"""
import asyncio
import os
import re
import socket
import threading
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe

import live
from classroom.room.book import Book
from classroom.room.lessons import Lesson, lesson
from classroom.room.room import Room
from classroom.room.server import server
from tests import conftest

LIVE = Path(live.__file__).parent
HERE = Path(__file__).resolve().parents[2]
NAME = socket.gethostname().lower().partition(".")[0] + ".local"
PORT = 8700 + 100 * int(   # of each worker its own: a room may come back
    os.environ.get("PYTEST_XDIST_WORKER", "gw0").removeprefix("gw"))
VOTE = ["Noise", "More steps", "One more neuron"]
PLAN = {"name": "small", "title": "A small lesson", "stages": [
    {"kind": "vote", "question": "out", "moment": "before",
     "text": "What gets it out?", "options": VOTE},
    {"kind": "run", "lab": "landscape", "text": "Train your own.",
     "unit": "loss at rest", "printed": "per cent in a pit", "groups": [
         {"label": "4 of 4", "k": 4, "m": 4, "steps": 1500},
         {"label": "5 of 4", "k": 4, "m": 5, "steps": 1500}]},
    {"kind": "reveal", "question": "landscape", "text": "And the record."},
    {"kind": "vote", "question": "out", "moment": "after",
     "text": "And now?", "options": VOTE},
    {"kind": "reveal", "question": "out", "text": "Before and after."}]}


class Served:
    """A room with its server, in a thread; it can be ended and go on."""

    def __init__(self, folder, plan):
        self.folder, self.plan, self.port = folder, plan, PORT
        self.start()

    def start(self):
        """Go on where the book ends, at the same port."""
        ready = threading.Event()
        self.thread = threading.Thread(
            target=lambda: asyncio.run(self._serve(ready)), daemon=True)
        self.thread.start()
        assert ready.wait(20)

    async def _serve(self, ready):
        self.loop, self.end = asyncio.get_running_loop(), asyncio.Event()
        book = Book(self.folder / "room.csv")
        self.room = Room(self.plan if isinstance(self.plan, Lesson)
                         else lesson(self.plan), book)
        self.room.progress.router = True   # all phones have one address here
        at, app = server(self.room, lambda: self.phone, folders=(LIVE,))
        at.start_here(self.port)
        assert self.port in (at.port, PORT)   # the same again
        self.port = at.port
        ready.set()
        await self.end.wait()
        for board in [*app.settings["boards"]]:
            board.leave()
        at.stop()
        await at.close_all_connections()
        book.close()

    def stop(self):
        """End it, as if it was killed: nobody is told."""
        self.loop.call_soon_threadsafe(self.end.set)
        self.thread.join(20)
        assert not self.thread.is_alive()

    def teach(self, action):
        """What the teacher does, without a board."""
        self.loop.call_soon_threadsafe(self.room.teach, action)

    @property
    def phone(self):
        """The address for phones."""
        return f"http://{NAME}:{self.port}/#{self.room.code}"

    @property
    def board(self):
        """The address of the board."""
        return (f"http://{NAME}:{self.port}/board#{self.room.code}."
                f"{self.room.key}")

    @property
    def rows(self):
        """The book's rows but hello, without the time."""
        lines = (self.folder / "room.csv").read_text("utf-8").split("\n")
        return [line.partition(",")[2] for line in lines[1:-1]
                if ",hello," not in line]


@pytest.fixture(scope="module")
def chromium():
    """Chromium, in which this machine's name is the loopback address."""
    with conftest.chromium(
            f"--host-resolver-rules=MAP {NAME} 127.0.0.1") as found:
        yield found


@pytest.fixture
def served(tmp_path):
    """A room of the small lesson."""
    at = Served(tmp_path, PLAN)
    yield at
    at.stop()


@pytest.fixture
def phone(chromium):
    """phone(address, width=390) is a page of a device of its own."""
    contexts, errors = [], []

    def device(address, width=390, height=844, **settings):
        context = chromium.new_context(
            viewport={"width": width, "height": height}, **settings)
        contexts.append(context)
        page = context.new_page()
        page.set_default_timeout(20_000)
        page.on("pageerror", lambda error: errors.append(str(error)))
        page.on("console", lambda say: errors.append(say.text)
                if "Content Security" in say.text else None)
        page.goto(address)
        return page

    yield device
    for context in contexts:
        context.close()
    assert not errors, errors


def vote(page, text):
    """Choose an option, and send it."""
    page.get_by_label(re.compile(f"^[A-F] {re.escape(text)}$")).check()
    page.get_by_role("button", name="my vote").click()


def train(page):
    """Train, to the end."""
    page.get_by_role("button", name="Train it").click()
    page.locator("code").first.wait_for()


def fine(page):
    """No rule of axe-core is broken, nothing is wider than the page."""
    found = Axe().run(page)
    assert found.violations_count == 0, found.generate_report()
    assert page.evaluate("document.documentElement.scrollWidth"
                         " <= document.documentElement.clientWidth")


def until(page, condition):
    """Wait for what the room has."""
    for _ in range(100):
        if condition():
            return
        page.wait_for_timeout(100)
    assert condition()
