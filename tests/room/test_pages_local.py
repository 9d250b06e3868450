"""Both pages from file://, without a server: trained, read out, pooled."""
from pathlib import Path

import live
from labkit import lines
from tests.room.browser import HERE, fine, train
from tests.room.test_pages_lines import PAGES

LIVE = Path(live.__file__).parent


def beside(tmp_path):
    """The address of the pages' folder, as they lie in the repository."""
    (tmp_path / "live").symlink_to(LIVE)
    at = tmp_path / "classroom" / "room"
    at.mkdir(parents=True)
    lessons = Path("classroom", "lessons")
    (tmp_path / lessons).symlink_to(HERE / lessons)
    (at / "pages").symlink_to(PAGES)
    return (at / "pages").as_uri()


def test_a_run_is_read_out_and_pooled(tmp_path, phone):
    at = beside(tmp_path)
    page = phone(f"{at}/phone.html#landscape")
    page.get_by_label("Your number").fill("7")
    page.keyboard.press("Tab")
    page.get_by_role("button", name="Next").click()
    page.get_by_text("seed 7").wait_for()
    train(page)
    page.locator(".dots .own").wait_for()
    fine(page)
    line = page.locator("code").inner_text()
    lab, seed, result, group = lines.read(line)
    assert (lab, seed, group) == ("landscape", 7, 0)

    board = phone(f"{at}/board.html#landscape", 1280, 720)
    board.keyboard.press("ArrowRight")
    box = board.get_by_role("textbox", name="One line for each run")
    wrong = ("2" if line[-1] != "2" else "3")
    box.fill(f"{line}\n{line[:-1]}{wrong}\n{line[:-2]}\nEPOC")
    board.get_by_text("1 of 4 lines read.").wait_for()
    assert board.locator(".dots .dot").count() == 1
    board.get_by_text(f"line 2: character 12, “{wrong}”, does not fit; is it "
                      f"{line}?").wait_for()
    board.get_by_text("line 3: 10 characters; a line has 12").wait_for()
    board.get_by_text("line 4: “O” is in no line").wait_for()
    board.get_by_text("1 run so far.").wait_for()
    lab = lines.line("landscape", 7, 26)   # the same seed, in the lab
    box.fill(f"{line}\n{lab}\n{line[:-2]}\nEPOC")
    board.get_by_text("1 run so far. 1 line from the lab, below.").wait_for()
    assert board.locator(".printed .dot").count() == 1
    fine(board)
    board.reload()
    board.get_by_text("2 of 4 lines read.").wait_for()


def test_hands_are_counted_and_compared(tmp_path, phone):
    board = phone(f"{beside(tmp_path)}/board.html#epochs", 1280, 720)
    name = "Hands {} for “It is as fast”"
    board.keyboard.press("o")   # close: show the table
    board.get_by_label(name.format("before")).fill("12")
    board.get_by_role("heading", level=1).click()
    for _ in range(3):
        board.get_by_role("button", name="Next").click()
    board.get_by_label(name.format("after")).fill("3")
    board.get_by_role("button", name="Next").click()
    board.get_by_role("button", name="Reveal").click()
    board.get_by_role("row", name="A It is as fast 12 3").wait_for()
    fine(board)


def test_the_recorded_stand_behind_once_revealed(tmp_path, phone):
    board = phone(f"{beside(tmp_path)}/board.html#epochs", 1280, 720)
    for _ in range(2):
        board.keyboard.press("ArrowRight")
    board.get_by_text("Press r to reveal.").wait_for()
    assert board.locator(".dots .recorded").count() == 0
    board.keyboard.press("r")
    board.get_by_text("With what was recorded").wait_for()
    assert board.locator(".dots .recorded").count() > 5
    label = board.locator("svg.phones").get_attribute("aria-label")
    assert "8 neurons: nobody yet (recorded: 100, 100 never" in label
    board.get_by_text("All numbers as a table").click()
    board.get_by_role("row", name="8 neurons, recorded").first.wait_for()
    fine(board)


def test_race_and_choice_of_ones_own(tmp_path, phone):
    page = phone(f"{beside(tmp_path)}/phone.html#epochs")
    page.get_by_label("Your number").fill("3")
    page.keyboard.press("Tab")
    page.get_by_role("button", name="Next").click()
    page.get_by_text("128 neurons, seed 3").wait_for()
    page.evaluate("""() => { window.longest = 0; let last = performance.now();
      setInterval(() => { const now = performance.now();
        longest = Math.max(longest, now - last); last = now; }, 5); }""")
    train(page)
    page.get_by_text("It arrived after 1.").wait_for()
    page.get_by_role("combobox", name="neurons").select_option("64")
    page.get_by_role("combobox", name="learning rate").select_option("0.03")
    page.get_by_role("button", name="Train it").click()
    page.locator("code").nth(1).wait_for()
    assert page.evaluate("longest") < 500   # ms: the page stays alive
    _, seed, result, group = lines.read(page.locator("code").nth(1)
                                        .inner_text())
    assert (seed, group) == (3, 3) and 0 < result < 5
    fine(page)


def test_a_ticket_is_drawn(tmp_path, phone):
    page = phone(f"{beside(tmp_path)}/phone.html#lottery", 320)
    page.get_by_label("Your number").fill("5")
    page.keyboard.press("Tab")
    page.get_by_role("button", name="Next").click()
    train(page)
    page.get_by_text("It has solved the task after").wait_for()
    fine(page)
