"""A class of simulated phones in a room on this machine; prints a table.

    python -m tests.room.load [--minutes 10] [--phones 200]

They say what phones say, as phones do: all vote within a second, run seeds,
ask every two seconds what stage it is; some change their minds, some lose
an answer and say it again, some sleep and come back. Room and phones share
one core.
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

POLL = 2.0        # seconds between two questions of a phone
AGAIN = 0.05      # of messages are said twice, as if the answer was lost
SLEEPS = 0.02     # of questions, after which a phone loses its connection
RUNS = 20         # seconds between two runs of a phone, about
SHARE = (0.2, 0.5, 0.05, 0.2, 0.05)   # of the time, for each stage


class Line:
    """One connection of one phone, kept alive; opened again if it ends."""

    def __init__(self, started, number):
        self.started, self.pipe = started, None
        self.own = f"127.1.{number // 200}.{1 + number % 200}" if (
            sys.platform == "linux") else "127.0.0.1"

    async def ask(self, method, path, message=None, **headers):
        """(status, headers, body) of the answer, on a new line if need be."""
        body = b"" if message is None else json.dumps(message).encode()
        head = [f"{method} {path} HTTP/1.1",
                f"Host: 127.0.0.1:{self.started.port}",
                f"Content-Length: {len(body)}",
                "Content-Type: application/json",
                *(f"{name}: {value}" for name, value in headers.items())]
        data = "\r\n".join(head).encode() + b"\r\n\r\n" + body
        try:
            return await self._ask(data)
        except (asyncio.IncompleteReadError, ConnectionError):
            self.close()
            return await self._ask(data)

    async def _ask(self, data):
        if self.pipe is None:
            self.pipe = await asyncio.open_connection(
                "127.0.0.1", self.started.port, local_addr=(self.own, 0))
        reader, writer = self.pipe
        writer.write(data)
        top = (await reader.readuntil(b"\r\n\r\n")).decode()
        status = int(top.split(" ", 2)[1])
        length = re.search(r"Content-Length: (\d+)", top)
        size = int(length[1]) if length and status != 304 else 0
        return status, top, await reader.readexactly(size)

    def close(self):
        """End the connection, as a phone does that sleeps."""
        if self.pipe:
            self.pipe[1].close()
        self.pipe = None


class Load:
    """What was sent, what was answered, and when it was on the board."""

    def __init__(self, started, phones, seconds):
        self.started, self.phones, self.seconds = started, phones, seconds
        self.sent, self.seen, self.rows = {}, {}, {}
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
        line, tag, now = Line(self.started, number), "", {"number": 0}
        await line.ask("GET", "/")
        await self.say(line, number, {"kind": "hello"})
        ready = time.perf_counter()
        while not self.over:
            status, top, body = await line.ask(
                "GET", "/now", **{"If-None-Match": tag})
            self.answers[status] += 1
            if status == 200:
                tag = re.search("Etag: (.*)\r", top)[1]
                before, now = now, json.loads(body)
                if now["open"] and now["number"] != before["number"]:
                    await self.vote(line, number, now["stage"])
            if now["stage"]["kind"] == "run" and time.perf_counter() > ready:
                await self.run(line, number)
                ready = time.perf_counter() + random.uniform(.5, 1.5) * RUNS
            if random.random() < SLEEPS:
                line.close()
            await asyncio.sleep(random.uniform(.8, 1.2) * POLL)

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
            await line.ask("GET", "/runs/landscape")

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

    async def lesson(self):
        """The teacher steps through all stages while the phones are there."""
        board = asyncio.create_task(self.board())
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
        board.cancel()


def key(row):
    """A message: what it is about, and what it says."""
    return about(row), row.get("choice"), row.get("result")


def lags(load):
    """Milliseconds from phone to board, the shortest first."""
    return sorted(1000 * (load.seen[one] - load.sent[one])
                  for one in load.sent if one in load.seen)


def measured(minutes, phones=200):
    """Play a lesson; returns {what: number}."""
    with tempfile.TemporaryDirectory() as folder:
        started = Started(folder, "--port", "8200")
        try:
            if sys.platform != "linux":   # all phones have one address
                started.teach("router")
            server = psutil.Process(started.process.pid)
            before, memory = server.cpu_times(), server.memory_info().rss
            load = Load(started, phones, 60 * minutes)
            asyncio.run(load.lesson())
            after, end = server.cpu_times(), server.memory_info().rss
            rows = [understood(line) for line in started.rows()[1:]]
        finally:
            started.end()
    return table(load, rows, after.user + after.system - before.user
                 - before.system, memory / 2**20, end / 2**20)


def table(load, rows, cpu, start, end):
    """What is to be known of a lesson that was played."""
    saved = Counter(key(row) for row in rows if row["kind"] != "hello")
    last = {about(row): row for row in rows if row["kind"] != "hello"}
    lag = lags(load)
    return {
        "messages sent": load.tried,
        "after the end of a vote": load.answers.pop(409, 0),
        "refused": sum(n for status, n in load.answers.items()
                       if status not in (200, 304)),
        "questions and answers": load.answers.total(),
        "different messages": len(load.sent), "rows in the book": sum(
            saved.values()), "rows on the board": len(load.rows),
        "lost in the book": len({*load.sent} - {*saved}),
        "doubled in the book": sum(n > 1 for n in saved.values()),
        "lost on the board": sum(load.rows.get(one) != row
                                 for one, row in last.items()),
        "phones that failed": len(load.failed),
        "phone to board p50, ms": round(lag[len(lag) // 2]),
        "phone to board p95, ms": round(lag[int(.95 * len(lag))]),
        "CPU of the room, s": round(cpu, 1),
        "memory at the start, MiB": round(start),
        "memory at the end, MiB": round(end)}


def one_core():
    """Room and phones share one core, where that can be asked for."""
    if hasattr(os, "sched_setaffinity"):
        os.sched_setaffinity(0, {max(os.sched_getaffinity(0))})


def main():
    """Print the table."""
    parser = argparse.ArgumentParser("python -m tests.room.load")
    parser.add_argument("--minutes", type=float, default=10)
    parser.add_argument("--phones", type=int, default=200)
    wish = parser.parse_args()
    one_core()
    for what, number in measured(wish.minutes, wish.phones).items():
        print(f"{what:26}{number:>9}")


if __name__ == "__main__":
    main()
