"""What the lab answers: as hoped, otherwise, and to wrong answers."""
from types import SimpleNamespace as Run

import pytest
import torch

from labkit import records
from labkit.lottery import exercises, lab
from labkit.members import digits

HALF = dict(density=.5, read=60, again=98, reached=10, given=10)
# change -> runs as given and changed, and a word of what is said
REPLIES = {
    "cut": (lab.density, HALF,
            dict(density=.005, read=24, again=24, reached=6, given=3),
            "gives 3 of the ten answers, and reads 24"),
    "more read": (lab.density, HALF,
                  dict(density=.05, read=75, again=92, reached=10),
                  "more digits read, by values that nobody trained"),
    "fewer read": (lab.density, HALF,
                   dict(density=.02, read=50, again=70, reached=10),
                   "reads 70: too little may be left"),
    "fewer read at first": (lab.density, HALF,
                            dict(density=.05, read=3, again=98, reached=10),
                            "reads 98: enough is left"),
    "less cut": (lab.density, HALF,
                 dict(density=1.0, read=8, again=98, reached=10),
                 "the first values guess"),
    "less cut, more read": (lab.density, HALF,
                            dict(density=.6, read=64, again=98, reached=10),
                            "no fewer digits are read"),
    "shuffled": (lab.labels, dict(labels="true", read=72, placed=12),
                 dict(labels="shuffled", read=9, placed=12), "It guesses"),
    "still reads": (lab.labels, dict(labels="true", read=72, placed=12),
                    dict(labels="shuffled", read=50, placed=12),
                    "did not expect"),
    "wide": (lab.width, dict(width=8, networks=64, solved=9, steps=300),
             dict(width=64, networks=8, solved=8, steps=150), "50%"),
    "lucky": (lab.width, dict(width=8, networks=64, solved=9, steps=100),
              dict(width=64, networks=8, solved=8, steps=150),
              "no step saved"),
    "never": (lab.width, dict(width=8, networks=64, solved=0, steps=None),
              dict(width=64, networks=8, solved=8, steps=150), "never got"),
    "no winner": (lab.count, dict(count=10, wide_8=10, wide_64=14,
                                  wide_256=21),
                  dict(count=1000, wide_8=20, wide_64=22, wide_256=16),
                  "no winner at any width. The widest network has "
                  "unimaginably more masks to draw from; it reads 4 fewer"),
    "widest ahead": (lab.count, dict(count=10, wide_8=10, wide_64=14,
                                     wide_256=21),
                     dict(count=2000, wide_8=20, wide_64=26, wide_256=28),
                     "reads 8 more than the narrowest. That may be the luck"),
    "as many": (lab.count, dict(count=10, wide_8=10, wide_64=14,
                                wide_256=21),
                dict(count=1, wide_8=10.2, wide_64=9, wide_256=9.8),
                "as many as the narrowest"),
    "winner": (lab.count, dict(count=10, wide_8=10, wide_64=14, wide_256=21),
               dict(count=1000, wide_8=20, wide_64=22, wide_256=70),
               "we are refuted"),
    "behind": (lab.seed, dict(seed=0, times=2.7, lucky="", wide=""),
               dict(seed=7, times=3.1, lucky="", wide=""), "3.1 times"),
    "ahead": (lab.seed, dict(seed=0, times=2.7, lucky="", wide=""),
              dict(seed=7, times=.9, lucky="", wide=""), "not slower"),
    "none": (lab.seed, dict(seed=0, times=2.7, lucky="", wide=""),
             dict(seed=7, times=None, lucky="never", wide=""), "says never")}


@pytest.mark.parametrize("case", REPLIES)
def test_a_change_is_answered_by_what_it_did(case):
    change, was, now, words = REPLIES[case]
    reply = change.reply(Run(**was), Run(**now))
    assert words in reply and len(reply.split()) > 8


@pytest.mark.parametrize("one, table", [(lab.untrained, "prune"),
                                        (lab.bet, "draw")])
def test_records_decide_each_prediction(one, table):
    right, happened = one.judge(records.load("lottery", table))
    assert len(right) == len(one.options) and sum(right) == 1
    assert happened.endswith(".") and one.why.startswith("Because")


def test_a_digit_is_reached_by_a_way_from_a_pixel_to_it():
    net = digits.Relu(2)
    into, out = torch.zeros(1, 64, 2), torch.zeros(1, 2, 10)
    into[0, 5, 0] = out[0, 0, 3] = out[0, 0, 4] = out[0, 1, 7] = -1
    weights = net.flat([into, out])
    assert lab.reached(net, weights) == 2
    assert lab.given(net, weights * 0) == 1   # all alike: always the first


def test_the_luckiest_is_compared_with_the_wide_one():
    lucky, wide, never = ([dict(needed=number) for number in row] for row in (
        [float("nan"), 300., 400.], [100.], [float("nan")]))
    lucky, wide, never = map(lab.fastest, (lucky, wide, never))
    assert (lucky["networks"], lucky["solved"]) == (3, 2)
    assert lucky["when"] == "after 300 steps"
    assert never["when"] == f"not in {lab.PATIENCE} steps"
    assert lab.times(lucky, wide) == 3
    assert lab.times(never, wide) is None
    assert lab.times(lucky, never) == 300 / lab.PATIENCE


def outward(first, end, mask):
    return ((first * (end - first) > 0) * mask).sum() / mask.sum()


def decimals(P):
    import math
    return math.floor((math.lgamma(P + 1) - 2 * math.lgamma(P // 2 + 1))
                      / math.log(10)) + 1


ANSWERS = {   # exercise -> no answer, a wrong one and its hint, the right one
    "outward": (lambda first, end, mask: None, {
        "the mask has cut": lambda first, end, mask: (
            first * (end - first) > 0).float().mean(),
        "that are kept": lambda first, end, mask: (
            (first * (end - first) > 0) * mask).mean(),
        "through zero": lambda first, end, mask: (
            (end.abs() > first.abs()) * mask).sum() / mask.sum(),
        "keeps its sign": lambda first, end, mask: (
            (first * end > 0) * mask).sum() / mask.sum(),
        "one number": lambda first, end, mask: mask,
        "0 to 1": lambda first, end, mask: 37.5,
        "three are pushed out": lambda first, end, mask: .1,
        "the other way": lambda first, end, mask: .375}, outward),
    "decimals": (lambda P: None, {
        "2 masks, digits: 1": lambda P: P,
        "184,756 masks": lambda P: {2: 1, 10: 3}.get(P, 1424),
        "rounded down": lambda P: decimals(P) + (P > 20)}, decimals),
    "rewind": (lambda *_: None, {
        "after no steps": lambda net, theta, mask, steps: theta,
        "after all steps": lambda net, theta, mask, steps: mask.apply(
            theta)}, None),
    "luckiest": (lambda steps, m: None, {
        "the median itself": lambda steps, m: steps.min(),
        "solve": lambda steps, m: 50}, None),
    "refuted": (None, {"may be": (1., 3)}, None)}


@pytest.mark.parametrize("name", ANSWERS)
def test_an_exercise_answers_none_wrong_and_right(name, capsys):
    def said(answer):
        exercise.check(answer)
        return " ".join(capsys.readouterr().out.split())

    exercise = getattr(exercises, name)
    none, wrong, right = ANSWERS[name]
    assert "no answer yet" in said(none)
    for hint, answer in wrong.items():
        assert "not yet" in (words := said(answer)) and hint in words
    if right:
        assert "Right." in said(right)


@pytest.mark.parametrize("right, said", [(.80, "Refuted"),
                                         (.93, "no mask matters")])
def test_refuted_is_what_the_rows_say(monkeypatch, right, said, capsys):
    import pandas as pd
    rows = pd.DataFrame([dict(density=.1, way=way, trained=value)
                         for way, value in (("original", .95),
                                            ("redrawn", .94),
                                            ("random mask", right))])
    monkeypatch.setattr(exercises.pruning, "run", lambda **_: rows)
    exercises.refuted.check((.03, 4))
    assert said in capsys.readouterr().out
