"""What a lab begins with: its budget, its device, what it costs."""
import pandas as pd
import pytest
import torch
from bs4 import BeautifulSoup

from labkit import claims, lesson
from labkit.experiment import Experiment
from labkit.lesson import full, header
from labkit.rulings import over

TIMES = """\
lab,budget,part,device,cores,gpu,seconds,gflop,date
tiny,quick,all,2 cores,2,False,20,0,2026-11-29
tiny,quick,pits,2 cores,2,False,3.2,14.2,2026-11-29
tiny,quick,sizes,2 cores,2,True,4,500,2026-11-29
tiny_further,quick,all,2 cores,2,False,33,0,2026-11-29
"""


@pytest.fixture
def times(tmp_path, monkeypatch):
    """The measured costs of a lab ``tiny``, and of no other."""
    monkeypatch.setattr(header, "FOLDER", tmp_path)
    monkeypatch.setattr("labkit.records.FOLDER", tmp_path)
    (tmp_path / "tiny").mkdir()
    (tmp_path / "tiny" / "times.csv").write_text(TIMES)
    for name in ("LABS_BUDGET", "LABS_SEED"):
        monkeypatch.delenv(name, raising=False)
    return tmp_path / "tiny"


@pytest.mark.parametrize("asked, gpu, name", [
    (None, False, "quick"), (None, True, "class"), ("full", True, "full")])
def test_a_budget_is_chosen_and_the_costs_are_printed(
        asked, gpu, name, times, monkeypatch, capsys):
    monkeypatch.setattr(torch.cuda, "is_available", lambda: gpu)
    monkeypatch.setattr(torch.cuda, "get_device_name", lambda: "a GPU")
    if asked:
        monkeypatch.setenv("LABS_BUDGET", asked)
    live = lesson.start("tiny")
    assert live["budget"] == name and live["seeds"] == range(5)
    assert live["device"] == ("cuda" if gpu else "cpu")
    said = capsys.readouterr().out
    assert f"budget: {name}; seeds 0 to 4" in said
    assert ("measured: 20 s for the whole lab on 2 cores" in said) == (
        name == "quick")
    table = [line.split() for line in said.splitlines()]
    assert (["pits", "cpu", "3.2", "14.2", "64.0"] in table) == (
        name == "quick")


def test_a_lab_that_was_not_measured_says_nothing(times, capsys):
    lesson.start("other")
    assert "measured" not in capsys.readouterr().out
    assert lesson.costs("tiny_further", "quick").seconds.tolist() == [33]


def test_the_first_seed_may_be_another(times, monkeypatch):
    monkeypatch.setenv("LABS_SEED", "100")
    assert lesson.start("tiny")["seeds"] == range(100, 105)


@pytest.mark.parametrize("name, value", [
    ("LABS_BUDGET", "huge"), ("LABS_SEED", "-1"), ("LABS_SEED", "996"),
    ("LABS_SEED", "1.5"), ("LABS_SEED", "many")])
def test_what_is_no_budget_or_seed_is_refused(name, value, times,
                                              monkeypatch):
    monkeypatch.setenv(name, value)
    with pytest.raises(ValueError, match=f"{name} is '{value}'; allowed"):
        lesson.start("tiny")


RISES = claims.claim("C9a", "It rises with the width, as far as one can see "
                     "in so small a table.",
                     lambda rows: claims.evidence(rows["width"], over(0)),
                     "it rises by {effect}", "kaplan2020scaling")


def test_ones_own_run_stands_beside_the_recorded_one(times, monkeypatch):
    rows = pd.DataFrame({"width": [1.4, 1.5, 1.6]})
    monkeypatch.setattr(full, "load", lambda lab, name: rows + 1)
    for own, whose in ((pd.DataFrame(), 1), (rows, 2)):
        page = lesson.compared("tiny", TINY, [RISES], own)
        statement, *told = repr(page).splitlines()
        assert statement == RISES.statement and len(told) == whose
        assert told[0].startswith("Recorded: for: it rises by 2.5 ")
        assert all(line.startswith("Yours: for: it rises by 1.5 ")
                   for line in told[1:])
        assert BeautifulSoup(page.page.replace("<br>", "\n"), "html.parser"
                             ).get_text() == repr(page)


def test_of_a_run_that_has_only_begun_nothing_is_told(times, monkeypatch):
    rows = pd.DataFrame({"width": [1.4, 1.5, 1.6]})
    monkeypatch.setattr(full, "load", lambda lab, name: rows)
    table = lesson.compared("tiny", TINY, [RISES], rows[["width"]].rename(
        columns={"width": "other"}))
    assert table.page.count("too few to tell") == 1


def measure(seeds, width):
    return [dict(seed=seed, width=width) for seed in seeds]


TINY = Experiment("tiny", {"quick": {"width": [1]}, "full": {"width": [1, 2]}},
                  measure, lambda seeds, width: width)


def test_a_full_run_is_the_learners_own_and_goes_on(times, tmp_path,
                                                    monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    live = dict(budget="quick", seeds=range(5), device="cpu", workers=1)
    assert lesson.larger(TINY, **live).empty
    assert "has 2 cells; you have run 0." in " ".join(
        capsys.readouterr().out.split())
    rows = lesson.larger(TINY, True, **live)
    assert rows.width.tolist() == [1] * 5 + [2] * 5
    monkeypatch.setattr(TINY.__class__, "rows", None)   # nothing is left
    pd.testing.assert_frame_equal(
        rows, lesson.larger(TINY, True, **live))
    pd.testing.assert_frame_equal(rows, lesson.larger(TINY, **live))
