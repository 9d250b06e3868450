"""The phone's page and the board, in a browser, with the room's own server.

The name in the address is this machine's, mapped to the loopback address: it
is no secure context, as on a class's phones.
"""
import asyncio
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
from labkit import lines
from tests import conftest

LIVE = Path(live.__file__).parent
HERE = Path(__file__).resolve().parents[2]
NAME = socket.gethostname().lower().partition(".")[0] + ".local"
VOTE = ["Noise", "More steps", "One more neuron"]
PLAN = {"name": "small", "title": "A small lesson", "stages": [
    {"kind": "vote", "question": "out", "moment": "before",
     "text": "What gets it out?", "options": VOTE},
    {"kind": "run", "lab": "landscape", "text": "Train your own.",
     "unit": "loss at rest", "groups": [
         {"label": "4 of 4", "k": 4, "m": 4, "steps": 1500},
         {"label": "5 of 4", "k": 4, "m": 5, "steps": 1500}]},
    {"kind": "reveal", "question": "landscape", "text": "And the record."},
    {"kind": "vote", "question": "out", "moment": "after",
     "text": "And now?", "options": VOTE},
    {"kind": "reveal", "question": "out", "text": "Before and after."}]}


class Served:
    """A room with its server, in a thread; it can be ended and go on."""

    def __init__(self, folder, plan):
        self.folder, self.plan, self.port = folder, plan, 8700
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
        assert self.port in (at.port, 8700)   # the same again
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
    assert errors == []


def vote(page, text):
    """Choose an option, and send it."""
    page.get_by_label(text, exact=True).check()
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


def test_vote_and_run_reach_the_book_and_the_board(served, phone):
    board = phone(served.board, 1280, 720)
    page = phone(served.phone)
    assert not page.evaluate("isSecureContext")
    page.get_by_text("seat 1; 1 of 5").wait_for()
    vote(page, VOTE[1])
    page.get_by_text("Your vote is in.").wait_for()
    board.get_by_text("1 of 1 have voted").wait_for()
    board.keyboard.press("o")
    board.get_by_role("row", name="2. More steps 1").wait_for()
    page.get_by_role("button", name="Change").wait_for(state="hidden")
    board.keyboard.press("ArrowRight")
    train(page)
    until(page, lambda: len(served.rows) == 2)
    line = page.locator("code").inner_text()
    assert served.rows[0] == "1,vote,out,before,2,,,,"
    _, _, _, _, _, lab, group, seed, result = served.rows[1].split(",")
    assert page.evaluate("line => Room.read(line)", line) == {
        "lab": lab, "group": int(group), "seed": int(seed),
        "result": float(result)}
    page.locator(".dots .own").wait_for()
    board.get_by_text("1 run so far.").wait_for()
    assert board.locator(".dots .dot").count() == 1
    fine(page)
    fine(board)


def test_lines_that_are_read_out_are_in_the_book(served, phone):
    board = phone(served.board, 1280, 720)
    served.teach("next")
    board.get_by_text("Stage 2 of 5").wait_for()
    board.get_by_text("Lines: no network").click()
    line = lines.line("landscape", 640, 0.0187, 1)
    board.get_by_role("textbox").fill(line.lower())
    until(board, lambda: served.rows)
    assert served.rows == ["0,run,,,,landscape,1,640,0.0187"]
    board.get_by_text("1 run so far.").wait_for()
    page = phone(served.phone)
    page.get_by_text("A line from the lab").first.click()
    page.get_by_role("textbox").fill(lines.line("landscape", 641, 0))
    page.get_by_role("button", name="Send").click()
    board.get_by_text("2 runs so far.").wait_for()
    assert len(served.rows) == 2


def test_key_is_not_in_the_address_of_the_board(served, phone):
    board = phone(served.board, 1280, 720)
    board.get_by_text("0 phones. Stage 1 of 5.").wait_for()
    assert served.room.key not in board.url
    assert served.room.key not in board.content()
    board.reload()
    board.get_by_text("0 phones. Stage 1 of 5.").wait_for()


def test_board_without_a_key_says_so(served, phone):
    board = phone(served.board.rpartition(".")[0], 1280, 720)
    board.get_by_text("lacks the teacher").wait_for()


def test_offline_and_back_no_row_is_lost_or_doubled(served, phone):
    page = phone(served.phone)
    page.get_by_text("seat 1").wait_for()
    page.context.set_offline(True)
    vote(page, VOTE[0])
    vote(page, VOTE[2])
    page.get_by_text("2 of yours wait here").wait_for()
    assert served.rows == []
    page.context.set_offline(False)
    page.get_by_text("Your vote is in.").wait_for()
    assert served.rows == [f"1,vote,out,before,{n},,,," for n in (1, 3)]
    page.wait_for_timeout(2500)
    assert len(served.rows) == 2


def test_an_answer_that_was_lost_doubles_no_row(served, phone):
    page = phone(served.phone)
    page.get_by_text("seat 1").wait_for()
    page.evaluate("""() => {   // the room hears it, the phone hears nothing
      const real = fetch;
      window.lost = 0;
      window.fetch = async (path, options) => {
        const answer = await real(path, options);
        if (path === "say" && !lost++) throw new TypeError("lost");
        return answer;
      };
    }""")
    vote(page, VOTE[0])
    page.get_by_text("Your vote is in.").wait_for()
    assert page.evaluate("lost") == 2
    assert served.rows == ["1,vote,out,before,1,,,,"]


def test_server_ends_and_goes_on(served, phone):
    board = phone(served.board, 1280, 720)
    page = phone(served.phone)
    page.get_by_text("seat 1").wait_for()
    served.stop()
    vote(page, VOTE[0])
    page.get_by_text("1 of yours waits here").wait_for()
    board.get_by_text("The room does not answer").wait_for()
    served.start()
    page.get_by_text("Your vote is in.").wait_for()
    board.get_by_text("1 of 1 have voted").wait_for()
    assert served.rows == ["1,vote,out,before,1,,,,"]


def test_a_phone_that_slept_comes_back_to_its_seat(served, phone):
    page = phone(served.phone)
    page.get_by_text("seat 1").wait_for()
    phone(served.phone).get_by_text("seat 2").wait_for()
    vote(page, VOTE[1])
    page.get_by_text("Your vote is in.").wait_for()
    where, context = served.phone.partition("#")[0], page.context
    page.close()
    woken = context.new_page()
    woken.goto(where)    # without the code, too
    woken.get_by_text("seat 1; 1 of 5").wait_for()
    assert woken.get_by_label(VOTE[1]).is_checked()
    woken.get_by_text("Your vote is in.").wait_for()


def test_a_run_is_kept_too(served, phone):
    served.teach("next")
    page = phone(served.phone)
    train(page)
    line = page.locator("code").inner_text()
    until(page, lambda: served.rows)
    page.reload()
    page.locator("code").wait_for()
    assert page.locator("code").inner_text() == line
    assert len(served.rows) == 1


def test_nothing_that_is_shown_is_read_as_html(tmp_path, phone):
    evil = "<img src=x onerror=document.title='bad'>"
    plan = {**PLAN, "title": evil, "stages": [
        {**PLAN["stages"][0], "text": evil, "options": [evil, "b"]},
        {**PLAN["stages"][1], "text": evil, "groups": [
            {**PLAN["stages"][1]["groups"][0], "label": evil}]}]}
    at = Served(tmp_path, plan)
    board, page = phone(at.board, 1280, 720), phone(at.phone)
    vote(page, evil)
    board.keyboard.press("o")
    board.locator(".votes").wait_for()
    board.keyboard.press("ArrowRight")
    page.get_by_role("button", name="Train it").wait_for()
    assert "bad" not in (page.title(), board.title())
    assert not page.locator("main img").count()
    at.stop()


def test_a_vote_that_is_late_is_told_so(served, phone):
    page = phone(served.phone)
    page.get_by_text("seat 1").wait_for()
    page.context.set_offline(True)
    vote(page, VOTE[0])
    served.teach("close")
    page.context.set_offline(False)
    page.get_by_text("closed before yours arrived").wait_for()
    assert served.rows == []


def test_code_is_typed(served, phone):
    page = phone(served.phone.partition("#")[0])
    page.get_by_label("Code on the board").fill("zzzz")
    page.get_by_role("button", name="Join").click()
    page.get_by_text("There is no such room here.").wait_for()
    page.get_by_label("Code on the board").fill(served.room.code.lower())
    page.keyboard.press("Enter")
    page.get_by_text("seat 1").wait_for()


def test_without_scripts(served, phone):
    page = phone(served.phone, java_script_enabled=False)
    page.get_by_role("link", name="to the form").click()
    page.get_by_label("Code on the board").fill(served.room.code)
    page.get_by_label(VOTE[2]).check()
    page.get_by_role("button", name="Send").click()
    page.get_by_text("Your vote is in.").wait_for()
    assert served.rows == ["1,vote,out,before,3,,,,"]


def test_board_shows_before_and_after_once_revealed(served, phone):
    board = phone(served.board, 1280, 720)
    page = phone(served.phone)
    vote(page, VOTE[0])
    page.get_by_text("Your vote is in.").wait_for()
    for number in "2345":
        board.keyboard.press("ArrowRight")
        board.get_by_text(f"Stage {number} of 5").wait_for()
        if number == "3":
            board.keyboard.press("r")
            board.get_by_text("And the record.").wait_for()
        if number == "4":
            page.get_by_text("And now?").wait_for()
            vote(page, VOTE[2])
            page.get_by_text("Before, you said: Noise.").wait_for()
            until(page, lambda: len(served.rows) == 2)
    board.get_by_text("Press r to reveal.").wait_for()
    assert board.locator(".votes").count() == 0
    board.keyboard.press("r")
    board.get_by_role("row", name="1. Noise 1 0").wait_for()
    board.get_by_role("row", name="3. One more neuron 0 1").wait_for()
    page.get_by_text("After, you said: One more neuron.").wait_for()


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [320, 390])
def test_phone_is_accessible(served, phone, width, scheme):
    page = phone(served.phone, width, color_scheme=scheme)
    page.get_by_text("seat 1").wait_for()
    fine(page)
    sizes = page.locator("label, button").evaluate_all(
        "all => all.map(one => one.getBoundingClientRect().height)")
    assert all(size >= 44 for size in sizes if size)
    served.teach("next")
    train(page)
    page.locator(".dots .own").wait_for()
    fine(page)


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_board_is_read_from_the_last_row(served, phone, scheme):
    board = phone(served.board, 1280, 720, color_scheme=scheme)
    board.get_by_text("Stage 1 of 5").wait_for()
    board.keyboard.press("o")
    for _ in range(5):
        board.wait_for_timeout(400)
        fine(board)
        sizes = board.evaluate("""() => [...document.querySelectorAll("*")]
            .filter(one => one.checkVisibility() && [...one.childNodes].some(
              node => node.nodeType === 3 && node.data.trim()))
            .map(one => parseFloat(getComputedStyle(one).fontSize))""")
        assert min(sizes) >= 0.03 * 720
        board.keyboard.press("r")
        board.keyboard.press("ArrowRight")


def test_pages_are_small():
    import gzip

    from rjsmin import jsmin

    pages = HERE / "classroom" / "room" / "pages"

    def size(*names):   # as pages.py packs them, without comments
        return sum(len(gzip.compress(jsmin(
            (pages / f"{name}.js").read_text("utf-8")).encode()))
            for name in names)

    assert size("make", "wire", "vote", "phone") < 6_000    # before a vote
    assert size("line", "train", "dots", "seed") < 8_500   # in its back
