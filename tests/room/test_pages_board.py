"""The board: who may see it, what it shows, from the last row."""
import pytest

from tests.room.browser import VOTE, fine, train, until, vote


def test_key_is_not_in_the_address_of_the_board(served, phone):
    board = phone(served.board, 1280, 720)
    board.get_by_text("0 phones here. Stage 1 of 5.").wait_for()
    assert served.room.key not in board.url
    assert served.room.key not in board.content()
    board.reload()
    board.get_by_text("0 phones here. Stage 1 of 5.").wait_for()


def test_board_without_a_key_says_so(served, phone):
    board = phone(served.board.rpartition(".")[0], 1280, 720)
    board.get_by_text("lacks the teacher").wait_for()


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
    board.get_by_role("row", name="A Noise 1 0").wait_for()
    board.get_by_role("row", name="C One more neuron 0 1").wait_for()
    page.get_by_text("After, you said: One more neuron.").wait_for()


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


def test_a_seat_is_taken_off_the_board_and_put_back(served, phone):
    board = phone(served.board, 1280, 720)
    pages = [phone(served.phone) for _ in range(2)]
    for number, page in enumerate(pages, 1):
        page.get_by_text(f"seat {number}").wait_for()
        vote(page, VOTE[number])
    board.get_by_text("2 of 2 have voted").wait_for()
    board.keyboard.press("d")                 # by keyboard
    board.keyboard.type("2")
    board.keyboard.press("Enter")
    board.get_by_text("Seat 2 is off the board").wait_for()
    board.get_by_text("1 of 1 have voted").wait_for()
    fine(board)
    board.get_by_label("Undo: put seat 2 back").and_(
        board.locator(":focus")).wait_for()
    board.keyboard.press("Enter")
    board.get_by_text("2 of 2 have voted").wait_for()
    assert board.get_by_text("is off the board").count() == 0

    served.teach("next")
    for page in pages:
        train(page)
    board.get_by_text("2 runs so far.").wait_for()
    board.locator(".dots .dot").last.click()  # by pointer
    assert board.get_by_label("Seat", exact=True).input_value() == "2"
    board.get_by_role("button", name="Take off").click()
    board.get_by_text("1 run so far.").wait_for()
    board.reload()
    board.get_by_text("1 run so far.").wait_for()
    board.get_by_label("Undo: put seat 2 back").click()
    board.get_by_text("2 runs so far.").wait_for()
    assert [row for row in served.rows if row.endswith("ed,,,,,,,")] == [
        "2,dropped,,,,,,,", "2,restored,,,,,,,"] * 2
