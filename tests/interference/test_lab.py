"""What the lab answers: to changes, predictions and exercises."""
from types import SimpleNamespace

import pandas as pd
import pytest

from labkit import records
from labkit.interference import (
    exercises,
    forks,
    lab,
    lights,
    rivals,
    superposition,
)

REPLIES = [   # (change, as given, now, words of the reply)
    (lab.p, dict(p=.05, meet=2, kept=5), dict(p=.3, meet=47, kept=4),
     "the network gives up 1 of the five"),
    (lab.p, dict(p=.05, meet=2, kept=5), dict(p=1., meet=100, kept=2),
     "Sharing does not pay any more"),
    (lab.p, dict(p=.05, meet=2, kept=5), dict(p=.2, meet=26, kept=5),
     "the five can bear"),
    (lab.p, dict(p=.05, meet=2, kept=5), dict(p=.01, meet=.1, kept=5),
     "still less"),
    (lab.p, dict(p=.05, meet=2, kept=5), dict(p=.01, meet=.1, kept=4),
     "We did not expect that"),
    (lab.steps, dict(steps=500, narrow=0, wide=0),
     dict(steps=1000, narrow=0, wide=0), "No more rare tasks than as given"),
    (lab.steps, dict(steps=500, narrow=0, wide=0),
     dict(steps=2500, narrow=0, wide=3), "Waiting helped one of the two"),
    (lab.steps, dict(steps=500, narrow=0, wide=0),
     dict(steps=2500, narrow=1, wide=3), "Both know more rare tasks"),
    (lab.steps, dict(steps=500, narrow=0, wide=0),
     dict(steps=2500, narrow=2, wide=1), "We did not expect that"),
    (lab.width, dict(width=32, known=8, rare=0, flat=1500),
     dict(width=64, known=13, rare=5, flat=1400), "Buying helped: 5 of"),
    (lab.width, dict(width=32, known=8, rare=0, flat=1500),
     dict(width=8, known=2, rare=0, flat=300), "flat does not mean full"),
    (lab.width, dict(width=32, known=8, rare=0, flat=1500),
     dict(width=8, known=9, rare=1, flat=300), "We did not expect that"),
    (lab.exponent, dict(exponent=1.5, narrow=5, wide=8),
     dict(exponent=0., narrow=6, wide=16), "late has become early"),
    (lab.exponent, dict(exponent=1.5, narrow=5, wide=8),
     dict(exponent=.75, narrow=6, wide=12), "the gap between them opens"),
    (lab.exponent, dict(exponent=1.5, narrow=5, wide=8),
     dict(exponent=3., narrow=3, wide=5), "rarer still"),
    (lab.exponent, dict(exponent=1.5, narrow=5, wide=8),
     dict(exponent=1.4, narrow=6, wide=9), "not further apart"),
    (lab.exponent, dict(exponent=1.5, narrow=5, wide=8),
     dict(exponent=0., narrow=15, wide=16), "We did not expect that"),
    (lab.before, dict(before=1500, old=4, fresh=8, lead=2.5),
     dict(before=0, old=8, fresh=8, lead=-.2), "So the race is fair"),
    (lab.before, dict(before=1500, old=4, fresh=8, lead=2.5),
     dict(before=0, old=8, fresh=8, lead=.9), "We did not expect that"),
    (lab.before, dict(before=1500, old=4, fresh=8, lead=2.5),
     dict(before=200, old=8, fresh=8, lead=.3), "costs nothing"),
    (lab.before, dict(before=1500, old=4, fresh=8, lead=2.5),
     dict(before=200, old=6, fresh=8, lead=1.4), "Less of a past"),
    (lab.before, dict(before=1500, old=4, fresh=8, lead=2.5),
     dict(before=500, old=4, fresh=8, lead=2.6), "about the same"),
    (lab.before, dict(before=1500, old=4, fresh=8, lead=2.5),
     dict(before=200, old=2, fresh=8, lead=3.5), "we expected that it would"),
    (lab.seed, dict(seed=0, arrived=2650), dict(seed=1, arrived=1550),
     "only the luck of the draw differs"),
    (lab.seed, dict(seed=0, arrived=2650), dict(seed=1, arrived="never"),
     "Is that late or never?"),
    (lab.seed, dict(seed=0, arrived=2650), dict(seed=1, arrived=2650),
     "At the same step")]


@pytest.mark.parametrize("change, was, now, words", REPLIES)
def test_a_change_is_answered_by_its_result(change, was, now, words):
    reply = change.reply(SimpleNamespace(**was), SimpleNamespace(**now))
    assert words in reply and len(reply.split()) > 8
    assert change.allow(was[change.name]) == change.given
    assert change.shown.format(**now)


def raced(experienced, fresh, before=1500):
    """A fork of two networks; rare tasks known half-way, and in the end."""
    return pd.DataFrame([
        dict(seed=seed, program=name, step=step, rare=rare, before=before)
        for name, known in (("experienced", experienced), ("fresh", fresh))
        for seed in range(5)
        for step, rare in zip((0, 50, 100), (0, *known))])


@pytest.mark.parametrize("experienced, fresh, right", [
    ((4, 8), (1, 2), [True, False, False]),
    ((4, 8), (4, 8), [False, True, False]),
    ((1, 2), (4, 8), [False, False, True])])
def test_a_race_decides_what_the_past_does(experienced, fresh, right):
    judged, happened = lab.past.judge(raced(experienced, fresh))
    assert [*judged] == right and happened.startswith("After 1500 steps")


def test_a_race_without_a_past_is_decided_by_the_record():
    right, happened = lab.past.judge(raced((4, 8), (4, 8), before=0))
    assert [*right] == [False, False, True]
    assert happened.startswith("Recorded: after 4000 steps")


def test_the_record_decides_what_more_steps_bring():
    right, happened = lab.more.judge()
    assert [*right] == [False, True, False]
    assert happened.startswith("Recorded: width 32")


def said(exercise, answer, capsys):
    exercise.check(answer)
    return " ".join(capsys.readouterr().out.split())


def advice(known, control):
    return "done" if known == 16 else "wait" if control >= 15 else "buy"


def project(g, other):
    return g - min(g @ other, 0) / (other @ other) * other


def least(n, m):
    return (n - m) / (m * (n - 1))


ANSWERS = {   # exercise: none yet; {wrong: hint}; right
    exercises.exercise_advice: (
        lambda known, control: None,
        [(lambda known, control: "wait", "only the control is another"),
         (lambda known, control: "buy", "its control knows all"),
         (lambda known, control: "wait" if control >= 15 else "buy",
          "it knows all already"),
         (lambda known, control: "done" if known == 16 else "wait"
          if control - known > 3 else "buy", "its control knows all")],
        advice),
    exercises.exercise_refute: (
        None, [(dict(lr=.1, steps=50, seeds=[0, 1]), "none knows nine"),
               (dict(lr=.1, steps=20_000, seeds=[0, 1]), "too long"),
               (dict(lr=.1, steps=50), "as in the example"),
               (dict(lr=.1, steps=50, seeds=3), "two or more")], None),
    exercises.exercise_surgery: (
        lambda g, other: None,
        [(lambda g, other: g, "they still conflict"),
         (lambda g, other: g - (g @ other) / (other @ other) * other,
          "nothing to change")], project),
    exercises.exercise_overlap: (
        lambda n, m: None, [(lambda n, m: 1 / m, "120 degrees")], least),
    exercises.exercise_replay: (
        None, [(1.5, "between 0 and 1")], None),
    exercises.exercise_program: (None, [], None)}


@pytest.mark.parametrize("exercise", ANSWERS, ids=lambda one: one.name)
def test_an_exercise_answers_whatever_is_tried(exercise, capsys):
    nothing, wrong, right = ANSWERS[exercise]
    assert "no answer yet" in said(exercise, nothing, capsys)
    for answer, hint in wrong:
        heard = said(exercise, answer, capsys)
        assert "not yet: " in heard and hint in heard
    if right:
        exercise.solved(right)
        assert "Right." in capsys.readouterr().out


def test_those_who_wait_by_their_control_learn_more_later(capsys):
    told = exercises._later(advice)
    gain = told.groupby("told").gain.median()
    assert gain["wait"] > gain["buy"] >= gain["done"] == 0


@pytest.mark.parametrize("known, words", [
    ([6, 5, 10], "Right. tasks known, by seed: 6 5 10."),
    ([10, 9, 10], "they hardly differ")])
def test_networks_that_end_elsewhere_refute_us(known, words, monkeypatch,
                                               capsys):
    monkeypatch.setattr(exercises, "networks", lambda **attempt: known)
    attempt = dict(lr=.01, steps=5000, seeds=[0, 1, 2])
    assert words in said(exercises.exercise_refute, attempt, capsys)


@pytest.mark.parametrize("kept, words", [
    ({.1: .9, .1 / 3: .8}, "Right."), ({.1: .9, .1 / 3: .9}, "is enough"),
    ({.1: .8, .1 / 3: .8}, "too little")])
def test_replay_wants_the_least_share(kept, words, monkeypatch, capsys):
    monkeypatch.setattr(exercises, "replayed", lambda share, width:
                        pd.Series([kept[share], 1]))
    assert words in said(exercises.exercise_replay, .1, capsys)


@pytest.mark.parametrize("learned, words", [
    (11, "Right. tasks known, by seed: 11"), (9, "ten are needed")])
def test_a_program_needs_ten_tasks(learned, words, monkeypatch, capsys):
    monkeypatch.setattr(forks, "experienced", lambda *state: None)
    monkeypatch.setattr(forks, "fork", lambda *state: [
        dict(step=3000, learned=learned)] * 5)
    assert words in said(exercises.exercise_program, forks.Program(1), capsys)


def lit(*known):
    """Rows of one network; at each look the first so many tasks known."""
    return pd.DataFrame([
        dict(width=8, seed=0, step=10 * look, task=task, known=task < count)
        for look, count in enumerate(known) for task in range(16)])


def test_lights_are_counted():
    rows = lit(0, 3, 9, 10, 10)
    assert lights.at_end(rows) == 10 and lights.at_end(rows, 8) == 2
    assert lights.flat_from(rows) == 30 and lights.flat_from(lit(4, 4)) == 0
    assert lights.arrives(rows) == 30 and lights.arrives(lit(0, 9)) is None
    assert "width 8 knows 10 tasks, 2 of them" in lights.lights_figure(
        rows).alt


def test_lights_without_rarity_draw_all_tasks_alike():
    rows = lights.trained(4, 10, [0, 1], exponent=0, looks=5)
    assert sorted(rows.step.unique()) == [0, 2, 4, 6, 8, 10]
    assert len(rows) == 6 * 2 * 16 and (rows.exponent == 0).all()


def test_the_loss_of_a_learner_is_what_few_things_are_trained_on():
    W, b = superposition.few(lambda W, b, x: (W**2).sum() + (b**2).sum(),
                             3, .1, seed=0)
    assert W.shape == (2, 3) and W.norm() < .1
    assert superposition.meet(2, .5) == pytest.approx(25)


def test_averages_are_those_of_the_experiment():
    rows = records.load("interference", "forks")
    rows = rows[(rows.width == 32) & (rows.lr == .01)]
    known = forks.on_average(rows).unstack("program").droplevel([0, 1])
    pd.testing.assert_frame_equal(rivals.averages(rows), known)
