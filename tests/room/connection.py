"""A simulated phone's connection to a room on this machine."""
import asyncio
import json
import re
import sys


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
