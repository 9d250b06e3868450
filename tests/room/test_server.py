import asyncio
import json
import re
import socket
from unittest.mock import patch

from tornado.httpclient import AsyncHTTPClient
from tornado.testing import AsyncHTTPTestCase, gen_test

from classroom.room import network
from classroom.room import server as served
from labkit.lines import line
from tests.room.cases import RUN, VOTE, room, who


class AtTheDoor(AsyncHTTPTestCase):
    """A room in a folder, and the requests of its phones and boards."""

    def get_app(self):
        import tempfile
        self.folder = tempfile.TemporaryDirectory()
        self.room = room(self.folder.name)
        self.server, app = served.server(self.room, lambda: "http://x/#BCDF")
        return app

    def get_http_server(self):
        return self.server

    def setUp(self):
        super().setUp()
        self.server.port = self.get_http_port()

    def tearDown(self):
        super().tearDown()
        self.room.book.close()
        self.folder.cleanup()

    def post(self, path, message, **headers):
        return self.fetch(path, method="POST", body=json.dumps(message),
                          headers={"Content-Type": "application/json",
                                   **headers})

    def say(self, number, message):
        return self.post("/say", {"room": self.room.code, "who": who(number),
                                  **message})

    def teach(self, **wish):
        return self.post("/teach", wish, Key=self.room.key)

    def test_a_vote_is_answered_with_the_seat_and_the_stage(self):
        answer = json.loads(self.say(1, VOTE).body)
        assert answer["seat"] == 1 and answer["now"]["number"] == 1

    def test_a_phone_that_knows_the_stage_hears_nothing_new(self):
        first = self.fetch("/now")
        known = {"If-None-Match": first.headers["Etag"]}
        assert self.fetch("/now", headers=known).code == 304
        self.teach(do="next")
        assert self.fetch("/now", headers=known).code == 200

    def test_a_second_press_does_not_skip_a_stage(self):
        assert self.teach(do="next", number=1).code == 200
        assert self.teach(do="next", number=1).code == 409
        assert self.room.progress.stage == 1

    def test_a_line_that_is_read_out_is_pooled(self):
        self.teach(do="next")
        text = line("landscape", 7, 0.25, 1)
        assert self.teach(do="line", text=text).code == 200
        assert self.room.since() == [{"seat": 0, **RUN}]
        assert self.teach(do="line", text=text[::-1]).code == 400
        assert self.teach(do="line").code == 400
        assert self.teach(do="next", text=text).code == 400

    def test_a_seat_is_dropped_and_restored(self):
        self.say(1, VOTE)
        status = json.loads(self.teach(do="dropped", seat=1).body)
        assert status["dropped"] == [1]
        status = json.loads(self.teach(do="restored", seat=1).body)
        assert status["dropped"] == []

    def test_phones_see_where_their_run_lands(self):
        self.teach(do="next")
        self.say(1, RUN)
        answer = json.loads(self.fetch("/runs/landscape").body)
        assert answer == {"groups": [[], [0.25], [], []]}
        assert self.fetch("/runs/epochs").code == 404

    def test_pages_say_what_browsers_must_not_do(self):
        for path in ("/", "/board", "/room.css", "/now", "/none"):
            headers = self.fetch(path).headers
            assert "unsafe-inline" not in headers["Content-Security-Policy"]
            assert headers["X-Content-Type-Options"] == "nosniff"
            assert headers["Referrer-Policy"] == "no-referrer"
            assert "Tornado" not in headers["Server"]

    def test_pages_have_no_script_or_style_of_their_own(self):
        for path in ("/", "/board"):
            page = self.fetch(path).body.decode()
            assert "<style" not in page and "style=" not in page
            assert "<script>" not in page and not re.search(r"\son\w+=", page)

    def test_the_code_is_a_picture(self):
        assert b"<svg" in self.fetch("/code.svg").body

    def test_a_phone_without_scripts_votes(self):
        page = self.fetch("/plain").body.decode()
        assert "Tried &lt;b&gt;out" in page and 'value="out.before.2"' in page
        body = (f"room={self.room.code.lower()}&who={who(1)}"
                "&vote=out.before.2")
        form = {"Content-Type": "application/x-www-form-urlencoded"}
        answer = self.fetch("/plain", method="POST", body=body, headers=form)
        assert "Your vote is in." in answer.body.decode()
        assert answer.headers["Referrer-Policy"] == "same-origin"
        assert self.room.since() == [{"seat": 1, **VOTE}]

    def test_a_phone_without_scripts_is_told_why_not(self):
        self.teach(do="close")
        body = f"room={self.room.code}&who={who(1)}&vote=out.before.2"
        answer = self.fetch("/plain", method="POST", body=body, headers={
            "Content-Type": "application/x-www-form-urlencoded"})
        assert answer.code == 409
        assert answer.headers["Content-Type"].startswith("text/html")
        assert "The room says: this vote is closed." in answer.body.decode()

    def test_a_board_hears_all_there_is_and_then_what_comes(self):
        self.say(1, VOTE)
        heard = self.hear(lambda: self.say(2, VOTE))
        assert heard[0]["all"] and heard[0]["rows"] == [{"seat": 1, **VOTE}]
        assert [row for news in heard[1:] for row in news["rows"]] == [
            {"seat": 2, **VOTE}]
        assert heard[0]["lesson"]["stages"][4]["text"] == "Both."
        assert heard[0]["recorded"] == {} and "lesson" not in heard[-1]
        assert heard[-1]["seats"] == 2 and heard[0]["network"] is False

    def hear(self, act, key=None):
        """The news to a board, from before an act to half a second after."""
        parts = []
        task = self.listen(parts, key)
        self.wait(0.3)
        act()
        self.wait(0.5)
        task.cancel()
        return [json.loads(line[6:]) for line in b"".join(parts).split(
            b"\n\n") if line.startswith(b"data: ")]

    def listen(self, parts, key=None):
        async def listening():
            return await AsyncHTTPClient(force_instance=True).fetch(
                self.get_url("/stream"), streaming_callback=parts.append,
                headers={"Key": key or self.room.key}, request_timeout=5,
                raise_error=False)
        return self.io_loop.asyncio_loop.create_task(listening())

    def wait(self, seconds):
        self.io_loop.run_sync(lambda: asyncio.sleep(seconds))

    def test_an_eleventh_board_takes_the_place_of_the_oldest(self):
        tasks = [self.listen([]) for _ in range(served.BOARDS + 1)]
        self.wait(0.5)
        assert sum(task.done() for task in tasks) == 1
        boards = self._app.settings["boards"]
        assert len(boards) == served.BOARDS
        for board in [*boards]:
            board.leave()
        self.wait(0.3)
        assert boards == [] and all(task.done() for task in tasks)

    def test_what_one_address_asks_is_bounded(self):
        asked = self._app.settings["asked"]
        asked[False].clock = lambda: 0.0
        codes = [self.post("/teach", {"do": "next"}, Key="guess").code
                 for _ in range(40)]
        assert codes.count(429) > 5 and {*codes} == {403, 429}
        assert self.fetch("/now").code == 429
        self.room.progress.router = True
        assert self.fetch("/now").code == 200

    def test_connections_of_one_address_are_bounded(self):
        open_ones = [socket.create_connection(
            ("127.0.0.1", self.server.port))
            for _ in range(network.OF_ONE + 9)]
        self.wait(0.3)
        assert self.server.held["127.0.0.1"] == network.OF_ONE
        for one in open_ones:
            one.close()
        self.wait(0.3)
        assert not self.server.held

    def test_slow_connections_end(self):
        self.server.conn_params.header_timeout = 0.3
        self.server.conn_params.body_timeout = 0.3
        starts = [b"", b"GET /now HT", b"POST /say HTTP/1.1\r\nHost: 127.0.0.1"
                  b":%d\r\nContent-Length: 9\r\n\r\n{" % self.server.port]
        for start in starts:
            with socket.create_connection(
                    ("127.0.0.1", self.server.port)) as one:
                one.sendall(start)
                self.wait(0.8)
                one.settimeout(1)
                assert one.recv(99) == b""

    def test_who_asks_and_does_not_listen_is_left(self):
        path = next(iter(self._app.settings["pages"]))
        self._app.settings["pages"][path] = "text/html", b"x" * 2**24, b""
        with patch.multiple(network, SLOW=0.1, PATIENCE=0.3), (
                socket.create_connection(("127.0.0.1", self.server.port))
                ) as one:
            task = self.io_loop.asyncio_loop.create_task(self.server.sweep())
            one.sendall(f"GET {path} HTTP/1.1\r\nHost: 127.0.0.1:"
                        f"{self.server.port}\r\n\r\n".encode())
            self.wait(0.2)
            assert self.server.streams
            self.wait(0.8)
            assert not self.server.streams
            task.cancel()

    @gen_test
    async def test_it_listens_here_until_it_is_opened(self):
        mine = network.Server(self._app, lambda: False)
        mine.start_here(self.server.port)   # which is in use
        assert mine.port > self.server.port
        ears = [one.getsockname()[0] for one, _ in mine.ears]
        assert ears == ["127.0.0.1"]
        mine.start_everywhere()
        assert [one.getsockname()[0] for one, _ in mine.ears] == ["0.0.0.0"]
        mine.stop()

    @gen_test
    async def test_a_port_that_is_taken_on_the_network_is_named(self):
        mine = network.Server(self._app, lambda: False)
        mine.start_here(self.server.port + 1)
        other = socket.socket()
        other.bind(("127.0.0.9", mine.port))
        other.listen()
        try:
            mine.start_everywhere()
        except OSError as error:
            assert "another program's on the network" in str(error)
        assert not mine.opened and len(mine.ears) == 1
        mine.stop()
        other.close()


def test_hosts_are_this_machine_by_name_and_by_the_address_it_was_met_at():
    own = network.hosts("192.168.1.7", 8000)
    assert {"127.0.0.1:8000", "localhost:8000", "192.168.1.7:8000"} <= own
    assert "192.168.1.7" in network.hosts("192.168.1.7", 80)
    assert not any(name.startswith("evil") for name in own)
    assert network.address()
