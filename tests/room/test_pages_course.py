"""A lesson with two runs: one phone joins late, one reloads between them."""
from classroom.room.lessons import load
from labkit import lines
from tests.room.browser import HERE, Served, train, until, vote


def step(board, number, key="ArrowRight"):
    """The board's next stage, or the one before."""
    board.keyboard.press(key)
    board.get_by_text(f"Stage {number} of 7").wait_for()


def test_two_runs_in_one_lesson(tmp_path, phone):
    served = Served(tmp_path, load(
        HERE / "classroom" / "lessons" / "course.json"))
    options = served.room.lesson.stages[0]["options"]
    board = phone(served.board, 1280, 720)
    first = phone(served.phone)
    vote(first, options[0])
    board.get_by_text("1 of 1 have voted").wait_for()

    step(board, 2)                                # the race
    train(first)
    board.get_by_text("1 run so far.").wait_for()
    late = phone(served.phone)                    # which has not voted
    late.get_by_text("32 neurons, seed 2").wait_for()
    train(late)
    board.get_by_text("2 runs so far.").wait_for()
    step(board, 3)
    board.keyboard.press("r")
    board.get_by_text("recorded: 100, middle 1.54").wait_for()
    first.locator("code").wait_for()              # its line, once more
    first.reload()
    first.get_by_text("seat 1; 3 of 7").wait_for()
    assert lines.read(first.locator("code").inner_text()) == (
        "epochs", 1, None, 0)

    step(board, 4)                                # pits
    board.get_by_text("0 runs so far.").wait_for()
    assert board.locator(".dots .dot, .dots .recorded").count() == 0
    for page, kind in ((first, "10 neurons"), (late, "11 neurons")):
        page.get_by_text(f"Yours: {kind}").wait_for()
        assert page.locator("code").count() == 0
        train(page)
    board.get_by_text("2 runs so far.").wait_for()
    for number in (3, 2):                         # the race, as it was
        step(board, number, "ArrowLeft")
    board.get_by_text("2 runs so far.").wait_for()
    late.get_by_text("32 neurons, seed 2").wait_for()
    late.get_by_text("It arrived after").wait_for()
    assert late.get_by_role("button", name="Train it").count() == 0

    for number in (3, 4, 5):
        step(board, number)
    board.keyboard.press("r")
    board.get_by_text("recorded: 66 of 200 stuck").wait_for()
    step(board, 6)
    for page in (first, late):
        vote(page, options[4])
    board.get_by_text("2 of 2 have voted").wait_for()
    step(board, 7)
    board.keyboard.press("r")
    board.get_by_role("row", name=f"E {options[4]} 0 2").wait_for()
    first.get_by_text("Before, you said: ").wait_for()
    assert late.get_by_text("Before, you said").count() == 0
    until(board, lambda: len(served.rows) == 7)
    assert [row.split(",")[:2] for row in served.rows].count(["2", "run"]) == 2
    served.stop()
