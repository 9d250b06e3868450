"""What a lab shows a learner: predictions, budgets, checks, verdicts."""
import re
import sys

import numpy as np
import pandas as pd
import pytest
import torch
from ipywidgets.widgets.widget import _instances

from labkit import claims, lesson
from labkit.experiment import Experiment
from labkit.rulings import over

VIEW = "application/vnd.jupyter.widget-view+json"
NOTES = {"quick": {"widths": [8, 16]}, "full": {"widths": [512]}}
RUNS = {name: Experiment(name, sizes, None, None) for name, sizes in (
    ("notes", NOTES), ("recorded", {"full": {"widths": [1024]}}))}


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
    monkeypatch.setattr(lesson, "display",
                        lambda bundle, raw: bundles.append(bundle))
    monkeypatch.setattr(lesson, "predictions", {})
    monkeypatch.setattr(lesson, "radios", {})
    return bundles


@pytest.mark.parametrize("widgets", [True, False])
def test_a_prediction_works_with_and_without_widgets(widgets, monkeypatch,
                                                     shown):
    if not widgets:
        monkeypatch.setitem(sys.modules, "ipywidgets", None)
    lesson.predict("p", "Which?", ["this", "that"], answer=2)
    lesson.outcome("p", "this")
    lesson.outcome("unasked", "this")
    question, answer, unasked = shown
    assert "Which?" in question["text/html"]
    assert "2. that" in question["text/plain"]
    assert "You predicted: that" in answer["text/plain"]
    assert "nothing chosen" in unasked["text/html"]
    assert [VIEW in bundle for bundle in shown] == [widgets, widgets, False]


@pytest.mark.parametrize("answer", [
    0, 3, 1.0, float("nan"), True, "1", "this", [1], np.ones(1)])
def test_an_answer_that_is_not_on_the_list_is_refused(answer, shown):
    with pytest.raises(ValueError, match="^" + re.escape(
            f"answer is {answer!r}; allowed are None and the whole numbers "
            "1 to 2")):
        lesson.predict("p", "Which?", ["this", "that"], answer=answer)
    assert lesson.predictions == {} and shown == []


def test_a_whole_number_of_numpy_is_an_answer(shown):
    lesson.predict("p", "Which?", ["this", "that"], answer=np.int64(2))
    assert lesson.predictions == {"p": "that"}


def test_a_click_after_the_run_still_changes_what_is_shown(shown):
    lesson.predict("p", "Which?", ["this", "that"])
    lesson.outcome("p", "this")
    lesson.radios["p"].value = "that"
    assert "that" in _instances[shown[1][VIEW]["model_id"]].value
    assert lesson.predictions == {"p": "that"}


@pytest.mark.parametrize("asked, gpu, name", [
    (None, False, "quick"), (None, True, "class"), ("full", True, "full")])
def test_a_budget_is_chosen_and_its_sizes_are_printed(asked, gpu, name,
                                                      monkeypatch, capsys):
    monkeypatch.setattr(torch.cuda, "is_available", lambda: gpu)
    monkeypatch.delenv("LABS_BUDGET", raising=False)
    if asked:
        monkeypatch.setenv("LABS_BUDGET", asked)
    assert lesson.budget("epochs", RUNS) == name
    printed = capsys.readouterr().out
    assert f"budget: {name}" in printed
    assert ("notes: widths=[8, 16]" in printed) == (name == "quick")
    assert ("recorded: widths=[1024]" in printed) == (name == "full")
    assert ("measured: " in printed) == (name != "full")


def test_an_unknown_budget_is_refused(monkeypatch):
    monkeypatch.setenv("LABS_BUDGET", "huge")
    with pytest.raises(ValueError, match="LABS_BUDGET is 'huge'"):
        lesson.budget("epochs", RUNS)


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
