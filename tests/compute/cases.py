"""Rows whose answer is known, for the claims and the tests of this lab."""
import numpy as np
import pandas as pd

from labkit.language import runs
from labkit.scaling.laws import Law

H = runs.language().entropy
WIDTHS = tuple(2**k for k in range(2, 11))
BUDGETS = tuple(774.0 * 2**k for k in range(21, 29))   # FLOPs
SEEDS = range(3)


def tidy(rows, **same):
    rows = pd.DataFrame(rows).assign(quantity="validation", **same)
    return rows.assign(size=rows.parameters // 129,
                       flops=6.0 * rows.parameters * rows.tokens)


def valleys_of(loss, experiment="valleys", lr=0.03, widths=WIDTHS):
    """The ends of runs of ``loss(C, N)``; a seed adds a little."""
    return tidy([
        dict(parameters=129 * w, tokens=C / 774 / w, unique=C / 774 / w,
             seed=seed, value=loss(C, 129 * w) + seed / 1000)
        for C in BUDGETS for w in widths for seed in SEEDS],
        experiment=experiment, lr=lr, step=32, epoch=1.0)


def around(best):   # the loss is a parabola in log N
    return lambda C, N: 1 + 0.1 * np.log(N / best(C)) ** 2


def power(a, start=2e3):   # the best size grows as C to the power a
    return around(lambda C: start * (C / BUDGETS[0]) ** a)


def ratio(tokens):   # so many tokens per parameter are best
    return around(lambda C: (C / 6 / tokens) ** 0.5)


# best at an extreme size if there is little computation
EDGE = around(lambda C: 516 if C == BUDGETS[0] else 4e3)


def at_rates(*losses):
    """The careless valleys, at one rate after another."""
    return pd.concat([valleys_of(loss, "mistuned", lr)
                      for loss, lr in zip(losses, (0.01, 0.1))])


def lawful(C, N):   # the loss of a law, whose valleys move as a power of C
    return Law(1, 20, 20, 0.4, 0.3).predict(N, C / 6 / N)


def turned(C, N):   # but at the most computation a far smaller size is best
    return (around(lambda C: 2e3) if C == BUDGETS[-1] else lawful)(C, N)


def reading(experiment, *losses):
    """Of 100 and 200 parameters, {epochs: loss}; 2^16 tokens read, or new.

    What is read once, in "repeats", is far better: it must not count.
    """
    most, repeats = 2**16, experiment == "repeats"
    return tidy([
        dict(parameters=size, epoch=passes / once, seed=seed,
             tokens=(most if repeats else most * passes) // once,
             unique=most // passes if repeats else most,
             value=loss + seed / 1000 - (once > 1))
        for size, curve in zip((100, 200), losses)
        for passes, loss in curve.items()
        for once in ({1, passes} if repeats else [1])
        for seed in SEEDS], experiment=experiment, lr=0.03, step=32)


def curves_of(speed, lr=0.01):
    """From an excess of one nat down; a speed per size, or per seed."""
    return tidy([
        dict(parameters=size, seed=seed, step=step, tokens=128 * step,
             value=H + 1 - np.broadcast_to(fast, 3)[seed] * step)
        for size, fast in speed.items() for seed in SEEDS
        for step in (0, 1, 2, 4, 8, 16, 32)], experiment="curves", lr=lr)


def steps_of(seconds, size=None):
    """{parameters: seconds of a step, or three}; several cost nothing."""
    return pd.DataFrame([
        dict(experiment="steps", parameters=N, members=members, repeat=repeat,
             seconds=np.broadcast_to(s, 3)[repeat] if members == 1 else 0,
             bytes=np.broadcast_to((size or seconds)[N], 3)[0])
        for N, s in seconds.items() for members in (1, 5)
        for repeat in range(3)])


def timed(speed, *seconds):
    """Loss curves of several sizes, and the time of a step of each."""
    return pd.concat([curves_of(speed), steps_of(dict(zip(speed, seconds)))])


RISING = {1: 2.0, 2: 2.0, 16: 2.1}       # epochs: loss
FALLING = {1: 2.0, 2: 1.9, 16: 1.7}
EARLY = {1: 2.0, 2: 1.905, 16: 1.9}      # as good as at its best after two
ALIKE = {100: 0.05, 200: 0.05, 400: 0.05}   # parameters: nats per step
FASTER = {100: 0.05, 200: 0.2, 400: 0.8}

SIDES = {   # claim -> (rows on which it holds, rows on which it fails)
    "C27a": (reading("repeats", RISING, RISING),
             reading("repeats", FALLING, RISING)),
    "C27b": (valleys_of(power(1.1, 600)), valleys_of(power(0.5))),
    "C28a": (reading("passes", FALLING, EARLY),
             reading("passes", EARLY, FALLING)),
    "C28b": (reading("passes", FALLING, EARLY),
             reading("passes", FALLING, FALLING)),
    "C28c": (reading("repeats", FALLING, RISING),
             reading("repeats", RISING, FALLING)),
    "C29a": (steps_of({100: 1, 200: 1.5, 400: 2.1}),
             steps_of({100: 1, 200: 2.5, 400: 1.9})),
    "C29b": (steps_of({100: 1, 400: 1}, {100: 8, 400: 9}),
             steps_of({100: 1, 400: 4}, {100: 8, 400: 8})),
    "C29c": (steps_of({100: 1, 200: 9, 400: 3}),
             steps_of({100: 1, 200: 2, 400: 1.9})),
    "C30a": (timed(ALIKE, 1, 1, 1), timed(FASTER, 1, 1, 1)),
    "C30b": (timed(ALIKE, 1, 1, 4), timed(ALIKE, (1, 3, 1), (1, 3, 1),
                                          (1.05, 3.1, 1))),
    "C30c": (timed(ALIKE, 1, 1, 1), timed(FASTER, 9, 9, 9)),
    "C32a": (valleys_of(power(0.4)), valleys_of(EDGE)),
    "C32b": (valleys_of(power(0.52)), valleys_of(power(0.56))),
    "C32c": (valleys_of(ratio(21)), valleys_of(ratio(23))),
    "C32d": (at_rates(power(0.4), power(0.4, 2010)),
             at_rates(power(0.4), power(0.4, 2500))),
    "C32e": (at_rates(power(0.52), lambda C, N: 9 + power(0.4)(C, N)),
             at_rates(power(0.56), lambda C, N: 9 + power(0.5)(C, N))),
    "C32f": (valleys_of(lawful), valleys_of(turned)),
}

TINY = {   # experiment -> changes that make its run one of a second
    "steps": {"width": [4, 8], "members": [1, 2]},
    "curves": {"widths": [4, 8], "tokens": 2**11, "lrs": [.03, .1]},
    "valleys": {"widths": [2, 4, 8], "powers": [15], "lrs": [.03, .1]},
    "between": {"widths": [2, 4], "powers": [15], "lrs": [.05]},
    "mistuned": {"widths": [2, 4], "powers": [15], "lrs": [.03, .1]},
    "repeats": {"widths": [4], "tokens": 2**12, "halvings": 2, "lrs": [.03]},
    "passes": {"widths": [4], "unique": 2**11, "doublings": 1, "lrs": [.03]},
}
