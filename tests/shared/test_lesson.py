"""What a lab shows a learner: predictions, budgets, checks, verdicts."""
import json
import re
import sys

import numpy as np
import pandas as pd
import pytest
from bs4 import BeautifulSoup
from ipywidgets.widgets.widget import _instances

from labkit import claims, lesson
from labkit.lesson import predictions, questions
from labkit.rulings import over

VIEW = "application/vnd.jupyter.widget-view+json"


def rises(rows, by=0):
    return claims.evidence(rows.value, over(by))


KNOWN = claims.claim("C9a", "It <rises>.", rises, "it rises by {effect}",
                     "kaplan2020scaling", "li2020train")
BEYOND = claims.claim("C9c", "It flies.", rises, "{effect} m", "vyas2023fly",
                      beyond=True)
SILENT = claims.claim("C4a", "None can tell.", None, "", "xia2023paths")
ROWS = pd.DataFrame({"value": [1.4, 1.5, 1.6]})


@pytest.fixture
def shown(monkeypatch):
    """The mime bundles that are displayed from here on."""
    bundles = []
    monkeypatch.setattr(predictions, "display",
                        lambda bundle, raw: bundles.append(bundle))
    for name in ("asked", "predictions", "radios"):
        monkeypatch.setattr(predictions, name, {})
    return bundles


def answered(answer=None, right=(True, False)):
    """Ask whether it is this or that; say that it was this."""
    lesson.predict("p", "Which?", ["this", "that <&>"], answer=answer)
    lesson.outcome("p", "1 of 2", right, "Because <so>.")


REPLIES = {   # the option chosen -> what is said to it
    None: "You predicted: (nothing chosen)\nWhat came true: this\n"
          "Why: Because <so>.\nThe numbers: 1 of 2",
    1: "You predicted: this\nRight. Because <so>.\nThe numbers: 1 of 2",
    2: "You predicted: that <&>\nNot so. What came true: this\n"
       "Why: Because <so>.\nThe numbers: 1 of 2"}


def words(page):
    """The lines that a piece of HTML shows."""
    page = BeautifulSoup(str(page).replace("<br>", "\n").replace(
        "<br/>", "\n"), "html.parser")
    return page.get_text()


@pytest.mark.parametrize("answer", REPLIES)
@pytest.mark.parametrize("widgets", [True, False])
def test_a_prediction_is_told_whether_it_came_true_and_why(
        answer, widgets, monkeypatch, shown):
    if not widgets:
        monkeypatch.setitem(sys.modules, "ipywidgets", None)
    answered(answer)
    question, reply = shown
    assert "Which?" in question["text/html"]
    assert "2. that" in question["text/plain"]
    assert question["text/html"].count(" checked") == (answer is not None)
    assert reply["text/plain"] == REPLIES[answer]
    assert [VIEW in bundle for bundle in shown] == [widgets, widgets]


@pytest.mark.parametrize("answer", REPLIES)
def test_a_page_without_kernel_holds_the_reply_to_each_choice(answer, shown):
    answered(answer)
    replies = BeautifulSoup(shown[1]["text/html"], "html.parser").select(
        "#outcome-p > div")
    assert {int(reply["data-choice"]): words(reply) for reply in replies} == {
        number or 0: text for number, text in REPLIES.items()}
    assert [reply["data-choice"] for reply in replies
            if not reply.has_attr("hidden")] == [str(answer or 0)]


@pytest.mark.parametrize("right, true", [
    ((True, True), "this; that <&>"), ((False, np.bool_(0)), "none of these"),
    (pd.Series([False, True]), "that <&>")])
def test_several_options_may_come_true_or_none(right, true, shown):
    answered(right=right)
    assert f"What came true: {true}\n" in shown[1]["text/plain"]


@pytest.mark.parametrize("right", [
    3, True, (True,), (1, 0), (True, False, False), ("True", "False"), ()])
def test_what_is_no_truth_value_for_each_option_is_refused(right, shown):
    with pytest.raises(ValueError, match="right is .*; allowed is True or "
                                         "False for each of the 2 options"):
        answered(right=right)


def test_an_outcome_of_a_prediction_that_nobody_asked_for_is_refused(shown):
    answered()
    with pytest.raises(ValueError, match=r"name is 'q'; allowed are .*'p'"):
        lesson.outcome("q", "", (True, False), "Because.")


def test_a_choice_among_other_options_is_forgotten(shown):
    answered(answer=2)
    lesson.predict("p", "Which?", ["one", "another"])
    assert predictions.predictions == {}
    assert predictions.radios["p"].value is None


@pytest.mark.parametrize("answer", [
    0, 3, 1.0, float("nan"), True, "1", "this", [1], np.ones(1)])
def test_an_answer_that_is_not_on_the_list_is_refused(answer, shown):
    with pytest.raises(ValueError, match="^" + re.escape(
            f"answer is {answer!r}; allowed are None and the whole numbers "
            "1 to 2")):
        lesson.predict("p", "Which?", ["this", "that"], answer=answer)
    assert predictions.predictions == {} and shown == []


def test_a_whole_number_of_numpy_is_an_answer(shown):
    lesson.predict("p", "Which?", ["this", "that"], answer=np.int64(2))
    assert predictions.predictions == {"p": "that"}


def test_a_click_after_the_run_still_changes_what_is_shown(shown):
    answered()
    for number, option in enumerate(["this", "that <&>"], 1):
        predictions.radios["p"].value = option
        assert words(_instances[shown[1][VIEW]["model_id"]].value
                     ) == REPLIES[number]
        assert predictions.predictions == {"p": option}


@pytest.mark.parametrize("by, holds, ruling", [
    (0, True, "for: "), (3, False, "against: "), (1.5, None, "undecided: ")])
def test_a_check_that_is_not_as_expected_stops_the_notebook(by, holds, ruling,
                                                            capsys):
    lesson.check(KNOWN, ROWS, holds, by=by)
    lines = capsys.readouterr().out.splitlines()
    assert lines[0] == "C9a It <rises>."
    assert lines[1].startswith(f"    {ruling}it rises by 1.5 (median of 3")
    for other in {True, False, None} - {holds}:
        with pytest.raises(AssertionError, match="It <rises>."):
            lesson.check(KNOWN, ROWS, other, by=by)


def test_the_verdict_shows_ruling_evidence_and_sources():
    table = lesson.verdict(claims.judge(
        {claim.id: claim for claim in (SILENT, KNOWN, BEYOND)}, ROWS))
    page, text = table._repr_html_(), repr(table)
    assert page.count("<th ") == 2 and page.count("<td>") == 6
    for part in ("C9 &ldquo;",
                 ": not shown</th>",   # of two core claims one is here
                 "<td>It &lt;rises&gt;. <strong>Core: yes.</strong></td>"
                 "<td>for: it rises by 1.5 ",
                 "95 % interval 1.25 to 1.75). Compare Kaplan 2020, Li 2020.",
                 "<em>Beyond the sentence:</em> It flies.",
                 "no experiment of ours can tell. Compare Xia 2023."):
        assert part in page
    assert "C9a It <rises>. for: it rises by 1.5 " in text
    assert "core claims of this lab" in page


@pytest.mark.parametrize("answer", REPLIES)
def test_a_prediction_that_knows_its_judge_says_the_same(answer, shown):
    one = lesson.Prediction(
        "p", "Which?", ["this", "that <&>"], "Because <so>.",
        lambda rows: ([rows > 1, rows < 1], f"{rows:g} of 2"))
    one.ask(answer)
    one.tell(1.5)
    assert shown[1]["text/plain"] == REPLIES[answer].replace(
        "1 of 2", "1.5 of 2")


ASKED = [{"question": "Is it *really* so?", "options": [
    {"text": "No <.", "right": False, "why": "It *is*."},
    {"text": "Yes.", "right": True, "why": "As you saw."}]}] * 2


def test_each_option_of_a_question_opens_and_says_why(tmp_path, monkeypatch):
    monkeypatch.setattr(questions, "FOLDER", tmp_path)
    (tmp_path / "tiny").mkdir()
    (tmp_path / "tiny" / "quiz.json").write_text(json.dumps(ASKED))
    page = BeautifulSoup(lesson.quiz("tiny").page, "html.parser")
    first, second = page.select("div.quiz")
    assert first.p.get_text() == "Is it really so?" and first.p.em
    assert [one.get_text() for one in first.select("details > *")] == [
        "No <.", "Not so. It is.", "Yes.", "Right. As you saw."]
    assert [one["class"] for one in first.select("details p")] == [
        ["wrong"], ["right"]]
    names = [one["name"] for one in page.select("details")]
    assert names[0] == names[1] != names[2] == names[3]
    assert not page.select("script")


def test_as_text_a_question_gives_no_answer_away(tmp_path, monkeypatch):
    monkeypatch.setattr(questions, "FOLDER", tmp_path)
    (tmp_path / "tiny").mkdir()
    (tmp_path / "tiny" / "quiz.json").write_text(json.dumps(ASKED))
    text, _, answers = repr(lesson.quiz("tiny")).partition("\nAnswers:\n")
    assert "Right" not in text and "Not so" not in text
    assert text.startswith("1. Is it *really* so?\n   a. No <.\n   b. Yes.")
    assert answers.splitlines()[:2] == ["1a. Not so. It *is*.",
                                        "1b. Right. As you saw."]
