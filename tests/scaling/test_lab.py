"""What the lab asks and answers: both ways, on rows whose truth is known."""
from types import SimpleNamespace as Run

import numpy as np
import pandas as pd
import pytest

from labkit import records, scaling
from labkit.lesson import Change
from labkit.scaling import eye, further, grid, lab
from labkit.scaling.laws import Law
from tests.scaling.cases import H, ends_of, law

GRID = [records.load("scaling", name) for name in ("grid", "slower")]
CURVES = [records.load("scaling", name) for name in ("early", "standard")]


# --- predictions ------------------------------------------------------------

@pytest.mark.parametrize("asked, rows, true", [
    (lab.floor, GRID, 2), (lab.window, GRID, 3), (further.early, CURVES, 3)],
    ids=lambda value: getattr(value, "name", None))
def test_the_record_makes_one_option_true(asked, rows, true):
    right, happened = asked.judge(pd.concat(rows))
    assert [*map(bool, right)] == [i == true for i in range(4)]
    assert len(right) == len(asked.options)
    assert len(happened.split()) > 8 and "nan" not in happened


def test_a_law_that_holds_leaves_the_window_where_it_is():
    right, happened = lab.window.judge(ends_of(law(), 1e-5))
    assert right == [False, False, True, False]
    assert f"E = {H:.2f}" in happened


# --- changes ----------------------------------------------------------------

def eye_run(miss, alpha=.3, beta=.5):
    return Run(E=1, miss=miss, alpha=alpha, beta=beta)


def form_run(E, miss):
    return Run(form="x", E=E, low=E - .1, high=E + .1, off=E - H, miss=miss)


def window_run(E, miss=.5, off=-4.3, wide=.2):
    return Run(smallest=4, E=E, low=E - wide, high=E + wide, miss=miss,
               off=off)


def bend_run(E, bend=.1):
    return Run(bend=bend, E=E, noisy=E + .03, miss=.2)


def seed_run(E, seed=1):
    return Run(seed=seed, E=E, truth=H, text=lab.named(E))


@pytest.mark.parametrize("change, was, now, said", [
    (lab.E, eye_run(1.3, .5), eye_run(.7), "misses by less: 0.70 %, and"),
    (lab.E, eye_run(.7), eye_run(1.3), "misses by more: 1.30 %, and"),
    (lab.E, eye_run(.67), eye_run(.69, .4), "floor: alpha is 0.40 instead"),
    (lab.E, eye_run(.67), eye_run(.69, beta=.1),
     "floor: beta is 0.10 instead of 0.50. A part that hardly falls"),
    (lab.E, eye_run(.67), eye_run(.67, .31), "the floors are too alike"),
    (lab.form, form_run(1.33, .64), form_run(1.5, .58), "is nearer to"),
    (lab.form, form_run(1.45, .73), form_run(1.3, .6), "further from the"),
    (lab.form, form_run(1.45, .73), form_run(1.43, .729), "do not say which"),
    (lab.form, form_run(1.45, .73), form_run(1.45, .6), "not as we expected"),
    (lab.smallest, window_run(1.55), window_run(.69),
     "The floor sank from 1.55 to 0.69"),
    (lab.smallest, window_run(1.55, off=7), window_run(.69, wide=.6),
     "from 1.35 to 1.75. The sizes left out are no sign: the worst is "
     "missed by 4.3 %, as given by 7.0 %."),
    (lab.smallest, window_run(1.55), window_run(.69, off=6),
     "The sizes left out warn here, but did not in our draws"),
    (lab.smallest, window_run(1.55), window_run(.69, wide=.1),
     "The refits do not warn you"),
    (lab.smallest, window_run(1.2), window_run(1.5), "The floor rose"),
    (lab.smallest, window_run(1.55), window_run(1.5), "The floor stayed"),
    (lab.smallest, window_run(1.55), window_run(.7, 1.2), "not as we"),
    (lab.bend, bend_run(H), bend_run(1.3), "sinks from 1.561 to 1.300"),
    (lab.bend, bend_run(H), bend_run(1.66), "rises from 1.561 to 1.660"),
    (lab.bend, bend_run(H), bend_run(H), "not as we expected"),
    (lab.bend, bend_run(H), bend_run(1.53, .01), "told from noise. The bend"),
    (lab.seed, seed_run(1.2), seed_run(1.4), "1.20: below the truth"),
    (lab.seed, seed_run(1.2), seed_run(1.6), "on both sides of the truth"),
    (lab.seed, seed_run(1.6), seed_run(1.7), "above the truth, 1.56. That"),
    (lab.seed, seed_run(1.2), seed_run(None), "gave no floor"),
])
def test_a_change_is_answered_by_what_came(change, was, now, said):
    reply = change.reply(was, now)
    assert said in reply
    assert len(reply.split()) > 8 and reply.endswith(".")
    assert change.shown.format(**vars(now))


def test_what_a_change_asks_for_is_allowed():
    changes = [one for one in vars(lab).values() if isinstance(one, Change)]
    assert {one.name for one in changes} == {
        "E", "form", "smallest", "bend", "seed"}
    for change in changes:
        for value in (change.given, *change.tries):
            assert change.allow(value) == value


# --- what the cells call ----------------------------------------------------

def test_shares_above_the_true_floor_are_told_in_words():
    table = grid.ends(ends_of(Law(H, 40, 1e-9, .5, .3)))
    told = lab.shares(table, H).split(", ")
    assert len(told) == table.parameters.nunique() - 1
    assert {*told} == {"29"}   # 1 - 2**-0.5


def test_the_size_that_is_missed_most_is_told():
    table = grid.ends(ends_of(law()))
    off = {129 * 4: 1.01, 129 * 8: .98}    # as many times the law
    outside = table[table.parameters.isin(off)]
    outside = outside.assign(
        value=outside.value / outside.parameters.map(off))
    assert lab.left_out(law(), outside) == pytest.approx(-2)


def test_runs_that_do_not_depend_on_the_size_have_no_floor():
    flat = ends_of(Law(1, 1e-9, 40, .5, .3))
    assert lab.floor_of(grid.ends(flat)) is None
    assert lab.named(None) == "these runs tell no floor"
    assert lab.floor_of(grid.ends(ends_of(law()))) == pytest.approx(
        H, abs=.01)


def test_figures_say_what_is_seen():
    table = grid.ends(ends_of(law()))
    assert "ever less" in eye.losses_figure(table).alt
    seen = eye.window_figure(table, table[table["size"] < 64], law(1.2), H)
    assert "floor is 1.20" in seen.alt and f"{H:.2f}" in seen.alt


# --- exercises --------------------------------------------------------------

def slope(N, loss, sign=-1, where=0):
    return sign * np.polyfit(np.log(N), np.log(loss), 1)[where]


BIG = lab.recorded()
SOME = grid.fitted(BIG[BIG.parameters.between(1_000, 8_300)])
RATIOS = {name: np.divide(*scaling.LAWS[name].optimum(5.76e23)[::-1])
          for name in ("hoffmann", "hoffmann_tex", "besiroglu")}


@pytest.mark.parametrize("exercise, answer, said", [
    (lab.exercise_1, lambda N, loss: None, None),
    (lab.exercise_1, lambda N, loss: slope(N, loss, 1), "below 0"),
    (lab.exercise_1, lambda N, loss: slope(N, loss, 1, 1), "should be 0.5"),
    (lab.exercise_1, lambda N, loss: (.5, 1), "one number"),
    (lab.exercise_1, lambda N, loss: .5, "for 3 / N**0.3 it should be 0.3"),
    (lab.exercise_1, lambda N, loss: np.log(loss[0] / loss[-1])
     / np.log(N[-1] / N[0]), "Right. On the recorded run"),
    (lab.exercise_1, slope, "Right. On the recorded run"),
    (lab.exercise_2, None, None),
    (lab.exercise_2, 1.561, "should be what scaling"),
    (lab.exercise_2, grid.fitted(BIG), "use sizes up to 8,256"),
    (lab.exercise_2, grid.fitted(grid.ends(ends_of(law())).query(
        "parameters < 8300")), "use rows of big"),
    (lab.exercise_2, grid.fitted(BIG.assign(
        parameters=BIG.parameters / 8)), "use rows of big"),
    (lab.exercise_2, SOME, "refute us: E is 0.318 from the truth; the "),
    (lab.exercise_3, None, None),
    (lab.exercise_3, {"hoffmann": 20}, "the names should be"),
    (lab.exercise_3, {name: 1 / ratio for name, ratio in RATIOS.items()},
     "give tokens over parameters"),
    (lab.exercise_3, RATIOS, "Right. Rounding"),
    (lab.exercise_4, None, None),
    (lab.exercise_4, pd.concat(GRID), "one rate for each"),
    (lab.exercise_4, scaling.fits.untuned(pd.concat(GRID)), "Right. k = 0."),
])
def test_an_exercise_answers_whatever_is_tried(exercise, answer, said,
                                               capsys):
    exercise.check(answer)
    told = " ".join(capsys.readouterr().out.split())
    assert (said or "no answer yet.") in told
    assert "nan" not in told


def test_a_fit_that_refutes_us_is_told_so(monkeypatch):
    monkeypatch.setattr("labkit.scaling.exercises.language",
                        lambda: Run(entropy=SOME.E))
    monkeypatch.setattr(type(SOME), "interval", lambda *_: (
        SOME.E - .01, SOME.E + .01))
    assert "You have refuted us!" in lab.exercise_2.test(SOME)
