"""What hinders a phone is said in words of its own: why, and what next."""
import time

from classroom.room.book import MOST
from classroom.room.room import SEATS
from tests.room.browser import PLAN, VOTE, fine, train, vote
from tests.room.test_book import Full


def said(page, text):
    """A sentence in a place that is read aloud."""
    page.get_by_role("status").filter(has_text=text).wait_for()


def test_a_phone_that_is_too_fast_waits_and_goes_on(served, phone):
    page = phone(served.phone)
    said(page, "Connected.")
    served.room.pace.left[1] = 0, time.monotonic()
    vote(page, VOTE[0])
    said(page, "The room says: too many messages; wait a moment. Your phone "
         "goes on by itself in 3 seconds. 1 of yours waits here")
    fine(page)
    said(page, "Your vote is in.")
    said(page, "Connected.")


def test_a_phone_waits_for_its_seat(served, phone):
    served.room.progress.router = False
    served.room.entry.left["127.0.0.1"] = 0, time.monotonic()
    page = phone(served.phone)
    said(page, "three phones a minute may enter from one address; wait, or "
         "tell your teacher. Your phone goes on by itself in")
    served.room.progress.router = True
    page.get_by_text("seat 1").wait_for()


def test_a_room_that_is_full(served, phone):
    served.room.last = SEATS
    page = phone(served.phone)
    said(page, "No seat: all 500 seats are taken. Tell your teacher, then "
         "join again.")
    fine(page)
    served.room.last = 0
    page.get_by_role("button", name="Join").click()
    page.get_by_text("seat 1").wait_for()


def test_a_room_that_is_closed(served, phone):
    page, old = phone(served.phone), served.room.code
    page.get_by_text("seat 1").wait_for()
    served.stop()
    said(page, "The room does not answer")
    for file in served.folder.iterdir():
        file.unlink()
    served.start()
    said(page, f"Room {old} is closed, or has moved. Join with the code on "
         "the board; if that is refused, scan the board’s picture again.")
    page.get_by_label("Code on the board").fill(served.room.code)
    page.keyboard.press("Enter")
    page.get_by_text("seat 1").wait_for()


def test_another_room_at_the_same_address(served, phone):
    page, old = phone(served.phone), served.room.code
    board = phone(served.board, 1280, 720)
    page.get_by_text("seat 1; 1 of 5").wait_for()
    board.get_by_text("1 phone here. Stage 1 of 5.").wait_for()
    served.stop()   # and nobody has noticed
    for file in served.folder.iterdir():
        file.unlink()
    served.plan = {**PLAN, "name": "other", "title": "Another lesson"}
    served.start()
    said(page, f"Room {old} is closed, or has moved.")
    assert page.get_by_role("heading", name="Another lesson").count() == 0
    board.get_by_text("This board lacks the teacher’s key of the room that is "
                      "open: use the address").wait_for()
    board.goto(served.board)   # typed into the same tab
    board.get_by_text("0 phones here. Stage 1 of 5.").wait_for()
    assert served.room.key not in board.url


def test_a_room_that_cannot_save(served, phone):
    page = phone(served.phone)
    said(page, "Connected.")
    real = served.room.book.csv.file
    served.room.book.csv.file = Full(real)
    vote(page, VOTE[0])
    said(page, "The room says: the room cannot save at the moment; tell your "
         "teacher. Your phone goes on by itself in")
    served.room.book.csv.file = real
    said(page, "Your vote is in.")


def test_what_the_room_does_not_take(served, phone):
    page = phone(served.phone)
    said(page, "Connected.")
    served.room.book.count = MOST
    vote(page, VOTE[0])
    said(page, "Your vote was not taken: the book of this room is full.")
    served.teach("next")
    train(page)
    said(page, "Your run was not taken: the book of this room is full. Keep "
         "your line.")
    page.wait_for_timeout(3000)
    said(page, "Keep your line.")   # still
