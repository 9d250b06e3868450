"""A marked line is checked before the run and answered after it."""
import pytest

from labkit import lesson


def fewer(was, now):
    return (f"Fewer: {was.pits} became {now.pits}." if now.pits < was.pits
            else "Not fewer.")


@pytest.fixture
def spare():
    """A change of a whole number, up to 9."""
    return lesson.Change("spare", 0, (0, 9), [1, 2],
                         "{pits} of 50 end in a pit", fewer)


def said(capsys):
    """The lines that were printed, joined again."""
    return " ".join(capsys.readouterr().out.split())


def test_as_given_it_asks_for_the_change(spare, capsys):
    for _ in range(2):
        spare.answer(0, pits=30)
        assert said(capsys) == (
            "-> spare = 0: 30 of 50 end in a pit This is as given. Change "
            "the marked line to 1 or 2, and run the cell again.")


def test_a_change_is_answered_from_its_result(spare, capsys):
    spare.answer(0, pits=30)
    spare.answer(1, pits=2)
    assert said(capsys).endswith(
        "spare = 0: 30 of 50 end in a pit -> spare = 1: 2 of 50 end in a pit "
        "Fewer: 30 became 2. Now try spare = 2.")
    spare.answer(2, pits=31)
    assert said(capsys).endswith("31 of 50 end in a pit Not fewer.")


def test_a_change_before_any_other_run_is_compared_with_nothing(spare,
                                                               capsys):
    spare.answer(2, pits=0)
    assert said(capsys).endswith(
        "Run it once as given, too (spare = 0): then there is something to "
        "compare it with.")


def test_a_change_of_something_else_is_noticed(spare, capsys):
    spare.answer(0, pits=30)
    spare.answer(0, pits=29)
    assert said(capsys).endswith(
        "The marked line is as given, but the result is another one: "
        "something else has changed, too.")


@pytest.mark.parametrize("value", [-1, 10, 1.5, "1", None, True, [1]])
def test_what_is_not_allowed_is_refused_before_the_run(spare, value):
    for refuse in (spare.allow, spare.answer):
        with pytest.raises(ValueError, match="spare is .*; allowed are "):
            refuse(value)
    assert spare.seen == {}


def test_a_setting_may_be_one_of_a_list():
    rule = lesson.Change("rule", "largest", ["largest", "random"],
                         ["random"], "{read}", None)
    assert rule.allow("random") == "random"
    with pytest.raises(ValueError, match="rule is 'best'; allowed are "
                                         "'largest', 'random'"):
        rule.allow("best")


def test_the_seed_is_the_learners_own_number(capsys):
    seed = lesson.Seed("{share} %", lambda was, now: "Chance.")
    seed.answer(0, share=30)
    assert said(capsys).endswith(
        "Change the marked line to your number (if it is not 0), and run the "
        "cell again.")
    seed.answer(412, share=50)
    assert said(capsys).endswith("-> seed = 412: 50 % Chance.")
    with pytest.raises(ValueError, match="seed is 1000; allowed are 0 to 999"):
        seed.allow(1000)


@pytest.mark.parametrize("answer, words", [
    (None, "exercise 2: no answer yet."), (3, "exercise 2: Right. 3 it is."),
    (4, "exercise 2: not yet: it is odd.")])
def test_an_exercise_answers_whatever_is_tried(answer, words, capsys):
    def test(answer):
        if answer == 4:
            raise AssertionError("it is odd")
        return answer and f"{answer} it is."

    one = lesson.Exercise("2", test)
    one.check(answer)
    assert said(capsys) == words
    if answer == 4:
        with pytest.raises(AssertionError, match="it is odd"):
            one.solved(answer)
    else:
        one.solved(answer)
