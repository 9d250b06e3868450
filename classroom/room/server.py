"""The server: what phones and boards may ask for."""
import asyncio
import json
import logging
import re

from tornado.iostream import StreamClosedError
from tornado.web import Application

from classroom.room import codes, network
from classroom.room.door import Door, Nothing
from classroom.room.limits import Buckets, Refused
from classroom.room.pages import pages
from classroom.room.plain import Plain

BOARDS = 10          # at most; one more takes the place of the oldest
TOGETHER = 0.1       # seconds: what comes together, goes together
SIGN = 10            # seconds after which a silent board gets a sign of life
WITH = {"line": ("text", str), "dropped": ("seat", int),
        "restored": ("seat", int)}   # what comes with some wishes


class Page(Door):
    """A file."""

    def get(self):
        """Packed, if the browser can unpack it."""
        kind, content, packed = self.settings["pages"][self.request.path]
        self.set_header("Content-Type", kind)
        self.set_header("Vary", "Accept-Encoding")
        if "gzip" in self.request.headers.get("Accept-Encoding", ""):
            self.set_header("Content-Encoding", "gzip")
            content = packed
        self.finish(content)


class Say(Door):
    """What phones say."""

    def post(self):
        """Take a message; the answer is the phone's seat, and what is now."""
        message = self.body()
        if message.pop("room", None) != self.room.code:
            self.fine(403, "room: allowed is the code on the board")
        who = message.pop("who", None)
        seat = self.room.say(who, self.address, message)
        self.finish({"seat": seat, "now": self.room.progress.now()})


class Now(Door):
    """What stage it is; 304 if it is the one that the phone knows."""

    def get(self):
        """For phones that ask every two seconds, with their room's code.

        Another room may have the port by now, with another code.
        """
        if self.request.query not in ("", self.room.code):
            self.fine(403, "room: allowed is the code on the board")
        self.finish(self.room.progress.now())


class Runs(Door):
    """What came out so far."""

    def get(self, lab):
        """For phones that have run a seed: where it lands among the others."""
        if lab not in self.room.lesson.labs:
            raise Refused(404, "there is no such lab in this lesson")
        self.finish({"groups": self.room.runs(lab)})


class Code(Door):
    """The address for phones, as a picture."""

    def get(self):
        """A QR code for the board to show."""
        picture = codes.picture(self.settings["where"]())
        if not picture:
            raise Refused(404, "segno is not installed")
        self.set_header("Content-Type", "image/svg+xml")
        self.finish(picture)


class Teach(Door):
    """What the teacher does."""

    def post(self):
        """Step, open, close, reveal, drop; needs the key in a header."""
        self.teaches()
        action, more = self._wish(self.body())
        if action == "network":
            self._network()
        elif action == "line":
            self.room.pool(more)
        elif action in WITH:
            self.room.drop(action, more)
        else:
            self.room.teach(action)
        self.finish(self.room.status())

    def _wish(self, message):
        """What is to be done, and what comes with it: see ``WITH``."""
        number = self.room.progress.stage + 1
        if message.pop("number", number) != number:   # a second press
            raise Refused(409, f"this is stage {number}")
        action = message.pop("do", None)
        name, kind = WITH.get(str(action), (None, type(None)))
        more = message.pop(name, None)
        if message or not isinstance(action, str) or type(more) is not kind:
            raise Refused(400, "fields: allowed are do, number, the text of "
                          "a line, and the seat to be dropped or restored")
        return action, more

    def _network(self):
        try:
            self.settings["server"].start_everywhere()
        except OSError as error:
            raise Refused(409, str(error)) from None
        self.room.revision += 1
        self.settings["opened"]()


class Stream(Door):
    """Server-sent events for a board; needs the key in a header."""

    gone = False

    async def get(self):
        """All there is, then what comes."""
        self.teaches()
        boards = self.settings["boards"]
        while len(boards) >= BOARDS:
            boards.pop(0).leave()
        boards.append(self)
        self.set_header("Content-Type", "text/event-stream")
        try:
            await self._tell()
        except StreamClosedError:
            pass
        finally:
            if self in boards:
                boards.remove(self)

    async def _tell(self):
        told, quiet = -1, 0
        while not self.gone:
            quiet += TOGETHER
            if self.room.revision > told or quiet > SIGN:
                self.write(self._news(told))
                told, quiet = self.room.revision, 0
                await self.flush()   # a slow board is waited for
            await asyncio.sleep(TOGETHER)

    def _news(self, told):
        """What is new since a revision; a comment if nothing is."""
        if self.room.revision <= told:
            return ":\n\n"
        news = {"all": told < 0, "rows": self.room.since(told),
                **self.room.status(), "where": self.settings["where"](),
                "network": self.settings["server"].opened}
        if told < 0:
            news.update(self.room.plan())
        return f"data: {json.dumps(news)}\n\n"

    def leave(self):
        """Make room for another board, or the end."""
        self.gone = True
        self.request.connection.stream.close()

    def on_connection_close(self):
        """The board has gone."""
        self.gone = True


def server(room, where, opened=lambda: None, folders=()):
    """A server of this room that does not listen yet.

    ``where()`` is the address for phones; ``opened()`` is called as the room
    is opened to the network; ``folders`` hold more files for its pages.
    """
    logging.getLogger("tornado.general").setLevel(logging.CRITICAL)
    files = pages(*folders)
    app = Application(
        [*((re.escape(path), Page) for path in files),
         ("/say", Say), ("/now", Now), ("/runs/([a-z]+)", Runs),
         ("/code.svg", Code), ("/teach", Teach), ("/stream", Stream),
         ("/plain", Plain)],
        default_handler_class=Nothing, log_function=lambda handler: None,
        room=room, pages=files, boards=[], where=where, opened=opened,
        asked=(Buckets(burst=600, rate=200), Buckets(burst=3000, rate=1000)))
    app.settings["server"] = network.Server(
        app, lambda: room.progress.router)
    return app.settings["server"], app
