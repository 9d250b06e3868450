"""What is said between phone and room is neither lost nor doubled, and what
hinders it has its own sentence."""
from tests.room.browser import VOTE, train, until, vote


def test_offline_and_back_no_row_is_lost_or_doubled(served, phone):
    page = phone(served.phone)
    page.get_by_text("seat 1").wait_for()
    page.context.set_offline(True)
    vote(page, VOTE[0])
    vote(page, VOTE[2])
    page.get_by_text("No network: look at the wifi of your phone. 2 of yours "
                     "wait here").wait_for()
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
    assert page.evaluate("lost") == 3   # the vote, hello, the vote
    assert served.rows == ["1,vote,out,before,1,,,,"]


def test_server_ends_and_goes_on(served, phone):
    board = phone(served.board, 1280, 720)
    page = phone(served.phone)
    page.get_by_text("seat 1").wait_for()
    served.stop()
    vote(page, VOTE[0])
    page.get_by_text("The room does not answer: it may be closed for a "
                     "moment").wait_for()
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
