"""The phone's page and the board, from a vote to a run."""
import pytest

from labkit import lines
from tests.room.browser import PLAN, VOTE, Served, fine, train, until, vote


def test_vote_and_run_reach_the_book_and_the_board(served, phone):
    board = phone(served.board, 1280, 720)
    page = phone(served.phone)
    assert not page.evaluate("isSecureContext")
    page.get_by_text("seat 1; 1 of 5").wait_for()
    vote(page, VOTE[1])
    page.get_by_text("Your vote is in.").wait_for()
    board.get_by_text("1 of 1 have voted").wait_for()
    board.keyboard.press("o")
    board.get_by_role("row", name="B More steps 1").wait_for()
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
    page.get_by_role("textbox").fill(lines.line("landscape", 641, 0, 0))
    page.get_by_role("button", name="Send").click()
    board.get_by_text("2 runs so far.").wait_for()
    assert len(served.rows) == 2


def test_what_the_lab_prints_stands_apart(served, phone):
    board = phone(served.board, 1280, 720)
    served.teach("next")
    page = phone(served.phone)
    train(page)
    board.get_by_text("1 run so far.").wait_for()
    assert board.locator("svg.printed").is_hidden()
    page.get_by_text("A line from the lab").first.click()
    page.get_by_text("The lab’s number is not the phones’: per cent"
                     ).wait_for()
    page.get_by_role("textbox").fill(lines.line("landscape", 1, 26))
    page.get_by_role("button", name="Send").click()
    board.get_by_text("1 run so far. 1 line from the lab, below.").wait_for()
    assert served.rows[1] == "1,run,,,,landscape,4,1,26.0"
    assert board.locator(".dots:not(.printed) .dot").count() == 1
    lab = board.locator("svg.printed")
    assert lab.locator(".dot").count() == 1
    assert lab.get_attribute("aria-label") == (
        "Runs by per cent in a pit. A dot for each seed: 1 run, middle 26.")
    board.get_by_text("All numbers as a table").click()
    board.get_by_role("row", name="per cent in a pit 1 26 26 26 0").wait_for()
    assert page.locator(".dots .dot").count() == 1
    fine(board)
    fine(page)


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


def test_without_scripts(served, phone):
    page = phone(served.phone, java_script_enabled=False)
    page.get_by_role("link", name="to the form").click()
    page.get_by_label("Code on the board").fill(served.room.code)
    page.get_by_label(VOTE[2]).check()
    page.get_by_role("button", name="Send").click()
    page.get_by_text("Your vote is in.").wait_for()
    assert served.rows == ["1,vote,out,before,3,,,,"]


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
