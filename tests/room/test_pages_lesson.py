"""A whole lesson: one board, three phones, one offline in the middle, a
room that is killed and started again."""
from classroom.room.lessons import load
from tests.room.browser import HERE, Served, train, until, vote


def test_a_lesson_is_played(tmp_path, phone):
    lessons = HERE / "classroom" / "lessons"
    served = Served(tmp_path, load(lessons / "landscape.json"))
    options = served.room.lesson.stages[0]["options"]
    board = phone(served.board, 1280, 720)
    phones = []
    for number in (1, 2, 3):
        phones.append(phone(served.phone))
        phones[-1].get_by_text(f"seat {number}; 1 of 5").wait_for()
    away = phones[2]

    for page, choice in zip(phones, (0, 1, 3)):   # stage 1: vote
        vote(page, options[choice])
    board.get_by_text("3 of 3 have voted").wait_for()
    board.keyboard.press("o")
    board.get_by_role("row", name=f"D {options[3]} 1").wait_for()

    board.keyboard.press("ArrowRight")            # stage 2: train
    away.get_by_role("button", name="Train it").wait_for()
    away.wait_for_function("!!globalThis.Live?.students")
    away.context.set_offline(True)
    for page in phones:
        train(page)
    board.get_by_text("2 runs so far.").wait_for()
    away.get_by_text("1 of yours waits here").wait_for()

    served.stop()                                 # killed, started again
    board.get_by_text("The room does not answer").wait_for()
    served.start()
    board.get_by_text("3 phones here. Stage 2 of 5.").wait_for()
    away.context.set_offline(False)
    board.get_by_text("3 runs so far.").wait_for()
    assert board.locator(".dots .dot").count() == 3

    board.keyboard.press("ArrowRight")            # stage 3: the record
    board.get_by_text("Stage 3 of 5").wait_for()
    board.keyboard.press("r")
    board.get_by_text("recorded: 66 of 200 stuck").wait_for()

    board.keyboard.press("ArrowRight")            # stage 4: vote again
    for page in phones:
        page.get_by_text("Now a teacher of 20").wait_for()
        vote(page, options[2])
    board.get_by_text("3 of 3 have voted").wait_for()

    board.keyboard.press("ArrowRight")            # stage 5: both
    board.get_by_text("Stage 5 of 5").wait_for()
    board.keyboard.press("r")
    board.get_by_role("row", name=f"C {options[2]} 0 3").wait_for()
    away.get_by_text(f"After, you said: {options[2]}.").wait_for()

    until(board, lambda: len(served.rows) == 9)
    assert sorted(row.split(",")[1] for row in served.rows) == (
        ["run"] * 3 + ["vote"] * 6)
    seeds = [row.split(",")[7] for row in served.rows if ",run," in row]
    assert sorted(seeds) == ["1", "2", "3"]
    served.stop()
