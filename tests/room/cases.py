"""A lesson, rooms of it, and a room in a process of its own."""
import json
import os
import re
import signal
import subprocess
import sys
import time
import urllib.error
import urllib.request
from pathlib import Path

from classroom.room.book import Book
from classroom.room.lessons import lesson
from classroom.room.room import Room

ROOT = Path(__file__).resolve().parents[2]
PATH = {"PYTHONPATH": os.pathsep.join(map(str, (ROOT / "labs", ROOT)))}
OPTIONS = ["more steps", "noise", "one more neuron", "nothing"]
PLAN = {"name": "tried", "title": "Tried <b>out</b>", "stages": [
    {"kind": "vote", "question": "out", "moment": "before", "text": "What?",
     "options": OPTIONS},
    {"kind": "run", "lab": "landscape", "text": "Train.", "unit": "loss",
     "printed": "per cent",
     "groups": [{"label": str(m), "m": m} for m in (10, 11, 12, 13)]},
    {"kind": "reveal", "question": "landscape", "text": "Recorded."},
    {"kind": "vote", "question": "out", "moment": "after", "text": "Now?",
     "options": OPTIONS},
    {"kind": "reveal", "question": "out", "text": "Both."}]}
LESSON = lesson(PLAN)
VOTE = {"kind": "vote", "question": "out", "moment": "before", "choice": 2}
RUN = {"kind": "run", "lab": "landscape", "group": 1, "seed": 7,
       "result": 0.25}


def who(number):
    """The number that a phone drew."""
    return f"{number:016x}"


def room(folder, name="room.csv"):
    """A room of the lesson, with its book in a folder."""
    return Room(LESSON, Book(Path(folder) / name))


class Started:
    """A room in a process of its own, on the loopback address."""

    def __init__(self, folder, *options, plan=PLAN):
        (Path(folder) / "lesson.json").write_text(json.dumps(plan), "utf-8")
        self.book = Path(folder) / "room.csv"
        quiet = {name: value for name, value in os.environ.items()
                 if name not in ("DISPLAY", "WAYLAND_DISPLAY")}
        self.process = subprocess.Popen(
            [sys.executable, "-m", "classroom.room", "lesson.json", "--file",
             "room.csv", *options], cwd=folder, text=True, encoding="utf-8",
            env={**quiet, **PATH, "PYTHONIOENCODING": "utf-8"},
            stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
        self.said = ""
        while "--network." not in self.said:
            line = self.process.stdout.readline()
            self.said += line
            if not line:   # it has ended
                return
        address = r"http://127\.0\.0\.1:(\d+)/board#(\w{4})\.(\S+)"
        port, self.code, self.key = re.search(address, self.said).groups()
        self.port = int(port)

    def post(self, path, message, **headers):
        """(status, answer) of a message."""
        return self.ask(path, json.dumps(message).encode(), **{
            "Content-Type": "application/json", **headers})

    def ask(self, path, body=None, **headers):
        """(status, answer) of a request."""
        request = urllib.request.Request(
            f"http://127.0.0.1:{self.port}{path}", body, headers)
        try:
            with urllib.request.urlopen(request, timeout=20) as answer:
                return answer.status, json.loads(answer.read())
        except urllib.error.HTTPError as error:
            return error.code, json.loads(error.read() or "{}")

    def say(self, number, message):
        """What a phone says."""
        return self.post("/say", {"room": self.code, "who": who(number),
                                  **message})

    def teach(self, action):
        """What the teacher does."""
        return self.post("/teach", {"do": action}, Key=self.key)

    def rows(self):
        """The lines of the book."""
        return self.book.read_text("utf-8").splitlines()

    def end(self, sign=signal.SIGINT):
        """End it; returns all that it said on the terminal."""
        if self.process.poll() is None:
            self.process.send_signal(sign)
        self.said += self.process.communicate(timeout=20)[0]
        return self.said


def until(true, seconds=5):
    """Wait for something to become true."""
    end = time.monotonic() + seconds
    while not true() and time.monotonic() < end:
        time.sleep(0.05)
    return true()
