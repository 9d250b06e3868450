"""A class of simulated phones in a room on this machine; prints a table.

    PYTHONPATH=labs python -m tests.room.load [--seconds 600] [--phones 200]

They say what phones say in a lesson, as phones do: load the page, join, vote
within a second, run seeds, vote again; ask every two seconds what stage it
is, and every five where the others' runs are; some change their minds, some
lose an answer and say it again, some sleep and come back. Room and phones
share one core.
"""
import argparse
import asyncio
import json
import os
import random
import re
import sys
import tempfile
import time
from collections import Counter

import psutil

from classroom.room.book import understood
from classroom.room.room import about
from tests.room.cases import Started, who
from tests.room.connection import Line

POLL = 2.0        # seconds between two questions of a phone
AGAIN = 0.05      # of messages are said twice, as if the answer was lost
SLEEPS = 0.02     # of questions, after which a phone loses its connection
RUNS = 60         # seconds between two runs of a phone, about
LOOK = 5          # seconds between two looks at the others' runs
FILES = ("/", "/room.css", "/make+wire+vote+phone.js",
         "/line+train+dots+seed.js", "/dice.js", "/students.js")
SHARE = (0.2, 0.5, 0.05, 0.2, 0.05)   # of the time, for each stage


class Load:
    """What was sent, what was answered, and when it was on the board."""

    def __init__(self, started, phones, seconds):
        self.started, self.phones, self.seconds = started, phones, seconds
        self.sent, self.seen, self.rows, self.memory = {}, {}, {}, []
        self.answers, self.tried = Counter(), 0
        self.next = 0     # of the runs that no phone has made yet
        self.over = False

    async def say(self, line, number, fields):
        """A message, now and then twice."""
        message = {"room": self.started.code, "who": who(number), **fields}
        now = time.perf_counter()
        for _ in range(1 + (random.random() < AGAIN)):
            status, _, body = await line.ask("POST", "/say", message)
            self.answers[status] += 1
            self.tried += 1
            if status == 200 and fields["kind"] != "hello":
                row = {"seat": json.loads(body)["seat"], **fields}
                self.sent.setdefault(key(row), now)

    async def phone(self, number):
        """One phone, for the whole lesson."""
        await asyncio.sleep(random.uniform(0, min(5, self.seconds / 6)))
        line = Line(self.started, number)
        for path in FILES:
            await self.get(line, path)
        await self.say(line, number, {"kind": "hello"})
        ready = look = time.perf_counter()
        tag, now = "", {"number": 0}
        while not self.over:
            status, top, body = await self.get(line, "/now", tag)
            if status == 200:
                tag = re.search("Etag: (.*)\r", top)[1]
                before, now = now, json.loads(body)
                if now["open"] and now["number"] != before["number"]:
                    await self.vote(line, number, now["stage"])
            if now["stage"]["kind"] == "run":
                if time.perf_counter() > ready:
                    await self.run(line, number)
                    ready = (time.perf_counter()
                             + random.uniform(.5, 1.5) * RUNS)
                if time.perf_counter() > look:
                    await self.get(line, "/runs/landscape")
                    look = time.perf_counter() + LOOK
            if random.random() < SLEEPS:
                line.close()
            await asyncio.sleep(random.uniform(.75, 1.25) * POLL)

    async def get(self, line, path, tag=""):
        """What a phone asks for; it has it already if the tag is the same."""
        answer = await line.ask("GET", path, **{
            "If-None-Match": tag, "Accept-Encoding": "gzip"})
        self.answers[answer[0]] += 1
        return answer

    async def vote(self, line, number, stage):
        """All within a second; one in four changes its mind."""
        choices = random.sample(range(1, 5), 1 + (random.random() < .25))
        for choice in choices:
            await asyncio.sleep(random.uniform(0, 1))
            await self.say(line, number, {
                "kind": "vote", "question": stage["question"],
                "moment": stage["moment"], "choice": choice})

    async def run(self, line, number):
        """A seed that no other phone has, after some training."""
        await asyncio.sleep(random.uniform(0, 2))
        seed, group = divmod(self.next, 4)
        self.next += 1
        if seed < 1000:
            await self.say(line, number, {
                "kind": "run", "lab": "landscape", "group": group,
                "seed": seed, "result": round(random.uniform(0, 1), 4)})

    async def board(self):
        """What is on the board, and since when."""
        reader, writer = await asyncio.open_connection(
            "127.0.0.1", self.started.port, limit=2**22)
        writer.write(f"GET /stream HTTP/1.1\r\nHost: 127.0.0.1:"
                     f"{self.started.port}\r\nKey: {self.started.key}\r\n\r\n"
                     .encode())
        async for part in reader:
            if part.startswith(b"data: "):
                for row in json.loads(part[6:])["rows"]:
                    self.seen.setdefault(key(row), time.perf_counter())
                    self.rows[about(row)] = row

    async def watch(self):
        """The room's memory, MiB, once a second."""
        room = psutil.Process(self.started.process.pid)
        while True:
            self.memory.append(room.memory_info().rss / 2**20)
            await asyncio.sleep(1)

    async def lesson(self):
        """The teacher steps through all stages while the phones are there."""
        others = [asyncio.create_task(self.board()),
                  asyncio.create_task(self.watch())]
        phones = [asyncio.create_task(self.phone(n))
                  for n in range(self.phones)]
        teacher = Line(self.started, self.phones)
        for number, share in enumerate(SHARE):
            if number:
                await teacher.ask("POST", "/teach", {"do": "next"},
                                  Key=self.started.key)
            await asyncio.sleep(share * self.seconds)
        self.over = True
        ended = await asyncio.gather(*phones, return_exceptions=True)
        self.failed = [error for error in ended if error]
        await asyncio.sleep(1)
        for task in others:
            task.cancel()


def key(row):
    """A message: what it is about, and what it says."""
    return about(row), row.get("choice"), row.get("result")


def lags(load):
    """Milliseconds from phone to board, the shortest first."""
    return sorted(1000 * (load.seen[one] - load.sent[one])
                  for one in load.sent if one in load.seen)


def measured(seconds, phones=200):
    """Play a lesson; returns {what: number}."""
    with tempfile.TemporaryDirectory() as folder:
        started = Started(folder, "--port", "8200")
        try:
            if sys.platform != "linux":   # all phones have one address
                started.teach("router")
            room = psutil.Process(started.process.pid)
            before = room.cpu_times()
            load = Load(started, phones, seconds)
            asyncio.run(load.lesson())
            after = room.cpu_times()
            rows = [understood(line) for line in started.rows()[1:]]
        finally:
            started.end()
    return table(load, rows, sum(after[:2]) - sum(before[:2]))


def table(load, rows, cpu):
    """What is to be known of a lesson that was played."""
    saved = Counter(key(row) for row in rows if row["kind"] != "hello")
    last = {about(row): row for row in rows if row["kind"] != "hello"}
    lag = lags(load)
    return {
        "questions and answers": load.answers.total(),
        "messages sent": load.tried,
        "after the end of a vote": load.answers.pop(409, 0),
        "refused": sum(n for status, n in load.answers.items()
                       if status not in (200, 304)),
        "different messages": len(load.sent), "rows in the book": sum(
            saved.values()), "rows on the board": len(load.rows),
        "lost in the book": len({*load.sent} - {*saved}),
        "doubled in the book": sum(n > 1 for n in saved.values()),
        "lost on the board": sum(load.rows.get(one) != row
                                 for one, row in last.items()),
        "phones that failed": len(load.failed),
        "phone to board p50, ms": round(lag[len(lag) // 2]),
        "phone to board p95, ms": round(lag[int(.95 * len(lag))]),
        "phone to board most, ms": round(lag[-1]),
        "CPU of the room, s": round(cpu, 1),
        "memory at the start, MiB": round(load.memory[0]),
        "memory at the most, MiB": round(max(load.memory)),
        "memory at the end, MiB": round(load.memory[-1])}


def one_core():
    """Room and phones share one core, where that can be asked for."""
    if hasattr(os, "sched_setaffinity"):
        os.sched_setaffinity(0, {max(os.sched_getaffinity(0))})


def main():
    """Print the table."""
    parser = argparse.ArgumentParser("python -m tests.room.load")
    parser.add_argument("--seconds", type=float, default=600)
    parser.add_argument("--phones", type=int, default=200)
    wish = parser.parse_args()
    one_core()
    for what, number in measured(wish.seconds, wish.phones).items():
        print(f"{what:26}{number:>9}")


if __name__ == "__main__":
    main()
