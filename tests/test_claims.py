"""Evidence, verdicts and the ways that a lab shows them."""
import pytest
from ipywidgets.widgets.widget import _instances

from labkit import claims, epochs, lesson, plots


def test_a_claim_holds_only_if_it_holds_in_every_seed():
    positive = dict(holds=lambda v: v > 0, text="{} units")
    assert claims.evidence([1, 2, 3], **positive).holds
    found = claims.evidence([1, 2, -3], **positive)
    assert not found.holds
    assert (found.effect, found.interval, found.seeds) == (1, (-3, 2), 3)
    assert "1 units" in str(found) and "-3 to 2" in str(found)


def test_nan_never_counts_as_holding():
    found = claims.evidence([1, float("nan")], lambda v: v > 0, "{}")
    assert not found.holds


def test_no_seed_is_no_evidence():
    with pytest.raises(ValueError, match="per_seed"):
        claims.evidence([], lambda v: True, "{}")


@pytest.mark.parametrize("outcomes, verdict", [
    ([True, True], "supported"), ([True, False], "partly"),
    ([False], "contradicted"), ([], "untested here")])
def test_a_verdict_follows_from_the_claims(outcomes, verdict):
    assert claims.verdict(outcomes) == verdict


def test_every_claim_names_its_sentence_and_its_lab():
    ids = [claim.id for claim in epochs.CLAIMS]
    assert len(ids) == len(set(ids))
    assert {claim.id[:2] for claim in epochs.CLAIMS} == {"C1", "C2", "C3",
                                                         "C4"}
    for claim in epochs.CLAIMS:
        assert claim.lab == "epochs" and claim.quote_zh and claim.quote_en
        assert claim.statement.endswith(".") and claim.sources


def test_a_failed_check_stops_the_notebook(capsys):
    found = claims.evidence([1.0], lambda v: v > 2, "{} units")
    lesson.check("a statement", found, expected=False)
    assert "1 units" in capsys.readouterr().out
    with pytest.raises(AssertionError, match="a statement"):
        lesson.check("a statement", found)


def test_the_verdict_shows_ruling_evidence_and_source():
    found = claims.evidence([1.0, 2.0], lambda v: v > 0, "{} units")
    judged = claims.judge([claims.Claim(
        "C9a", "lab", "话", "words", "It is so.", lambda rows: found,
        ("kaplan2020scaling", "li2020train"))], rows=None)
    page = lesson.verdict(judged)._repr_html_()
    for text in ("C9", "words", "supported", "It is so.", "1.5 units",
                 "Compare Kaplan 2020, Li 2020."):
        assert text in page


def test_a_figure_needs_a_description():
    _, ax = plots.axes("x", "y")
    for alt in ("", "figure.png", "two lines\n" * 9):
        with pytest.raises(ValueError, match="alt"):
            plots.show(ax, alt)
    alt = 'A "rising" line from the lower left to the upper right corner.'
    page = plots.show(ax, alt)._repr_html_()
    assert 'alt="A &quot;rising&quot; line' in page


def test_sizes_are_told_apart_in_grey():
    signs = plots.signs(range(9))
    grey = [0.299 * r + 0.587 * g + 0.114 * b
            for r, g, b, _ in (sign["color"] for sign in signs.values())]
    assert grey == sorted(grey)
    assert len({sign["marker"] for sign in signs.values()}) == 9


@pytest.mark.parametrize("widgets", [True, False])
def test_a_prediction_works_with_and_without_widgets(
        widgets, monkeypatch, capsys):
    if not widgets:
        monkeypatch.setitem(__import__("sys").modules, "ipywidgets", None)
    shown = []
    monkeypatch.setattr(lesson, "display", lambda x, raw=False:
                        shown.append(x))
    monkeypatch.setattr(lesson, "predictions", {})
    monkeypatch.setattr(lesson, "radios", {})
    lesson.predict("p", "Which?", ["this", "that"], answer=2)
    view = "application/vnd.jupyter.widget-view+json"
    assert (view in shown[0]) == widgets
    assert "Which?" in shown[0]["text/html"]
    assert "2. that" in shown[0]["text/plain"]
    lesson.outcome("p", "this")
    assert "You predicted: that" in shown[1]["text/plain"]
    assert (view in shown[1]) == widgets
    lesson.outcome("unasked", "this")
    assert "nothing chosen" in shown[2]["text/html"]
    with pytest.raises(ValueError, match="answer"):
        lesson.predict("p", "Which?", ["this", "that"], answer=3)


def test_a_click_after_the_run_still_changes_what_is_shown(monkeypatch):
    shown = []
    monkeypatch.setattr(lesson, "display", lambda x, raw=False:
                        shown.append(x))
    monkeypatch.setattr(lesson, "predictions", {})
    monkeypatch.setattr(lesson, "radios", {})
    lesson.predict("p", "Which?", ["this", "that"])
    lesson.outcome("p", "this")
    lesson.radios["p"].value = "that"
    box = shown[1]["application/vnd.jupyter.widget-view+json"]["model_id"]
    widget = _instances[box]
    assert "that" in widget.value and lesson.predictions == {"p": "that"}


def test_an_unknown_budget_is_refused(monkeypatch):
    monkeypatch.setenv("LABS_BUDGET", "huge")
    with pytest.raises(ValueError, match="LABS_BUDGET is 'huge'"):
        lesson.budget("epochs", {"quick": {}})
