"""What the lab says to answers, right, wrong and unexpected."""
from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest

from labkit.compute import lab, race
from labkit.compute.exercises import MIXTURE, law
from labkit.records import load

FIRST = {"tokens": 400, "flops": 100, "seconds": 200}


def said(change, was, now):
    """The reply to two runs, given by dicts."""
    words = change.reply(SimpleNamespace(**was), SimpleNamespace(**now))
    assert len(words.split()) > 8 and words.endswith(".")
    return words


# --- the race ---------------------------------------------------------------

def bill(N, steps):
    """As in the lab; a step of any size takes a second."""
    return {"tokens": 128 * steps, "flops": 768 * N * steps,
            "seconds": steps}


def test_who_is_first_depends_on_the_currency():
    steps = pd.Series({100: np.nan, 200: 30., 400: 20.})
    tokens, flops = (race.ranking(steps, bill, currency)
                     for currency in ("tokens", "flops"))
    assert (tokens["winner"], flops["winner"]) == (400, 200)
    assert flops["large"] == pytest.approx(4 / 3) and flops["small"] == 1
    assert "smallest that gets there pays 1.5" in tokens["said"]
    assert (tokens["slower"], flops["slower"]) == (1, 1)
    assert flops["first"] == {"tokens": 400, "flops": 200, "seconds": 400}
    assert "not in time" in race.listed(steps, bill)
    alone = race.ranking(steps.iloc[[0, 2]], bill, "flops")
    assert "only 400 parameters" in alone["said"]


def test_nobody_may_arrive():
    nobody = race.ranking(pd.Series({100: np.nan}), bill, "flops")
    assert nobody["winner"] is None and "no size" in nobody["said"]
    assert "no size" in said(lab.currency, nobody | {"currency": "tokens"},
                             nobody | {"currency": "flops"})


def test_recorded_curves_arrive_or_never_do():
    steps = race.arrive(load("compute", "curves"), .5)
    assert steps.iloc[-1] > 0 and np.isnan(steps.iloc[0])


def test_a_currency_is_answered():
    was = dict(currency="tokens", winner=400, first=FIRST, large=1.)
    assert "winner has changed" in said(lab.currency, was, dict(
        currency="flops", winner=100, first=FIRST, large=4.))
    for winner, words in ((200, "takes only 1.10 times as long"),
                          (400, "same as in tokens"),
                          (100, "busy machine")):
        assert words in said(lab.currency, was, dict(
            currency="seconds", winner=winner, first=FIRST, slower=1.1))
    assert "still pays for all N" in said(lab.currency, was, was | {
        "currency": "flops"})


@pytest.mark.parametrize("goal, winner, words", [
    (.4, 200, "crawls"), (.8, 50, "does not crawl yet"),
    (.8, 50, "pays 1.40 times"),
    (.4, 100, "same size"), (.4, 50, "did not expect"),
    (.3, None, "No size")])
def test_a_goal_is_answered(goal, winner, words):
    assert words in said(lab.goal, dict(goal=.5, winner=100),
                         dict(goal=goal, winner=winner, small=1.4))


# --- valleys ----------------------------------------------------------------

def valley(losses, flops=6e8):
    """Ends of runs of five seeds, sizes a factor of two apart."""
    return pd.DataFrame([
        dict(flops=flops, seed=seed, parameters=100 * 2**i, value=loss,
             excess=loss - 1, tokens=flops / 600 / 2**i)
        for seed in range(5) for i, loss in enumerate(losses)])


def test_a_bottom_between_the_extremes_is_the_best_size():
    found = race.bottom(valley([2, 1.5, 2]))
    assert found["best"] == pytest.approx(200)
    assert found["nats"] == .5 and found["edge"] == .5
    edge = race.bottom(valley([1, 1.5, 2]))
    assert edge["best"] is None and "extremes" in edge["said"]


def test_a_line_needs_both_bottoms():
    low, high = [2, 1.5, 2, 3], [3, 2, 1.5, 2]
    found = race.line(pd.concat([valley(low), valley(high, 12e8)]))
    assert found["grown"] == pytest.approx(2)
    found = race.line(pd.concat([valley(low), valley([1, 2, 3, 4], 12e8)]))
    assert found["second"] is found["grown"] is None


@pytest.mark.parametrize("billions, best, tokens, words", [
    (.8, 130, 150, "moves right"), (.2, 70, 70, "moves left"),
    (.8, 90, 220, "did not expect"), (.8, None, None, "bottom lies outside")])
def test_a_budget_is_answered(billions, best, tokens, words):
    assert words in said(lab.billions,
                         dict(billions=.4, best=100, tokens=100),
                         dict(billions=billions, best=best, tokens=tokens))


@pytest.mark.parametrize("now, words", [
    ((.003, 1_300, 2_500, .8), "too fast: 1.92 times, not 1.40"),
    ((.003, 1_300, 1_690, .8), "no faster: 1.30"),
    ((.003, 1_300, 2_500, .8), "Short runs are over"),
    ((.01, 3_400, 6_000, .5), "is no higher"),
    ((.3, 2_500, 4_300, 1.), "right ends"),
    ((.1, 5_100, 7_400, .5), "harms them little"),
    ((.1, 5_000, 12_000, .5), "not what we saw"),
    ((.001, None, None, 1.), "no bottom")])
def test_a_rate_is_answered(now, words):
    rate, first, second, nats = now
    was = dict(rate=.03, first=5_000, second=7_000, grown=1.4, nats=.5)
    assert words in said(lab.rate, was, dict(
        rate=rate, first=first, second=second, nats=nats,
        grown=first and second / first))


@pytest.mark.parametrize("best, words", [
    (6_300, "differ by"), (9_000, "more than"), (None, "never")])
def test_a_seed_is_answered(best, words):
    assert words in said(lab.seed, dict(seed=0, best=6_000),
                         dict(seed=7, best=best))


# --- a text again and again -------------------------------------------------

@pytest.mark.parametrize("again, words", [
    ([.68, .36], "Little harm"), ([.68, .43], "too kind"),
    ([1., 1.], "overfitting"), ([.8, .7], "repetition has helped"),
    ([4.5, 3.], "We expected")])
def test_epochs_are_answered(again, words):
    was = dict(again=[.64, .34], once=[.64, .34], law=[.64, .34])
    assert words in said(lab.epochs, was, dict(
        again=again, once=[1.2, .8], law=[.67, .37]))


def test_reading_once_and_again():
    small, large = race.read(2_000, 1, seeds=[0])   # made 2,048
    assert 0 < large < small < 2


# --- predictions and exercises ----------------------------------------------

def test_predictions_are_judged_by_recorded_rows():
    for one, rows in (lab.cheapest, [load("compute", "curves")]), (
            lab.repeat, []):
        right, happened = one.judge(*rows)
        assert len(right) == len(one.options) and happened.endswith(".")
        assert sum(map(bool, right)) == 1


def test_exercise_refute(capsys):
    for attempt, words in ((None, "no answer yet"), (.1, "between 0.15"),
                           (.45, "not yet: to 0.45"), (.37, "refuted us")):
        lab.exercise_refute.check(attempt)
        assert words in " ".join(capsys.readouterr().out.split())


def test_exercise_use(capsys):
    for total, words in (
            (lambda N, D, served: None, "no answer yet"),
            (lambda N, D, served: N * D, "training alone costs"),
            (lambda N, D, served: 6 * N * D + served, "that it writes"),
            (lambda N, D, served: 6 * N * D + 4 * D * served, "it writes"),
            (lambda N, D, served: 6 * N * D + 2 * N * served, "Right.")):
        lab.exercise_use.check(total)
        assert words in " ".join(capsys.readouterr().out.split())


def test_exercise_epochs(capsys):
    for answer, words in ((None, "no answer yet"),
                          (MIXTURE.weight, "weight x 300e9"),
                          (MIXTURE.weight * 0 + [.44, 2.9, 1.9, .43, 3.4],
                           "yet: WebText2"),
                          (MIXTURE.weight.iloc[1:], "index of mixture"),
                          (300e9 * MIXTURE.weight / MIXTURE.tokens,
                           "Right.")):
        lab.exercise_epochs.check(answer)
        assert words in " ".join(capsys.readouterr().out.split())


def test_exercise_waste(capsys):
    def solution(f, C=1e11):
        N = f * law().optimum(C)[0]
        budgets = np.geomspace(C / 100, C, 400)
        losses = law().predict(*law().optimum(budgets))
        return 1 - budgets[np.argmin(losses > law().predict(N, C / 6 / N))
                           ] / C

    for wasted, words in ((lambda f: None, "no answer yet"),
                          (lambda f: f, "the best size wastes nothing"),
                          (lambda f: 0, "must grow"),
                          (lambda f: 1 - 1 / f, "must have the loss"),
                          (solution, "Right.")):
        lab.exercise_waste.check(wasted)
        assert words in " ".join(capsys.readouterr().out.split())
