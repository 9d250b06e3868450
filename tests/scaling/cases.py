"""Rows whose answer is known, for the claims and the tests of this lab."""
import numpy as np
import pandas as pd

from labkit.language import runs
from labkit.scaling import floors
from labkit.scaling.laws import Law
from tests.judging import table

H = runs.language().entropy
WIDTHS = (4, 8, 16, 32, 64, 128)
SEEDS = range(3)


def ends_of(law, noise=0.0, experiment="grid"):
    """The rows of a grid of runs that follow a law exactly, up to noise."""
    rng = np.random.default_rng(0)
    rows = pd.DataFrame([
        dict(experiment=experiment, size=width, parameters=129 * width,
             unique=2**d, tokens=2**d, weight_decay=0.0, lr=0.03, seed=seed,
             step=2**d // 128, epoch=1.0, quantity="validation")
        for width in WIDTHS for d in range(16, 21) for seed in SEEDS])
    loss = law.predict(rows.parameters, rows.tokens)
    return rows.assign(value=loss * np.exp(noise * rng.normal(size=len(rows))))


def law(E=H, alpha=0.5, k=1.0):   # more parameters help, more tokens, too
    return Law(E, 10.0, 400.0, alpha, 0.6, k)


def curves_of(speed, experiment="early"):
    """Loss curves from 3 nats, each size falling at its own speed."""
    return pd.DataFrame([
        dict(experiment=experiment, parameters=size, seed=seed, lr=0.01,
             step=step, tokens=128 * step, quantity="validation",
             value=3 - fast * step)
        for size, fast in speed.items() for seed in SEEDS
        for step in (0, 1, 2, 4, 8)])


def jumping(size):   # alike, but one size jumps up once
    rows = curves_of({100: 0.1, 200: 0.1}, "standard")
    jump = (rows.parameters == size) & (rows.step == 1)
    return rows.assign(value=rows.value.mask(jump, 5.0))


def short(alpha):   # the same networks on other rules, of their own floor
    return ends_of(law(H / 2, alpha), experiment="short")


def after(nats):
    """Nets that have read a text, {width: (alone, together)}."""
    rows = table("starts", "width", "alone", {
        width: alone for width, (alone, _) in nats.items()})
    return rows.assign(lr=.01, together=rows.alone * rows.width.map(
        {width: together / alone for width, (alone, together)
         in nats.items()}))


def told(alone, together):
    """Nets that were told the language, {width: excess}, and their means."""
    rows = pd.concat([
        table("taught", "width nets", "excess", {
            (width, nets): nats for width, nats in excess.items()})
        for nets, excess in ((1, alone), (5, together))])
    return rows.assign(teacher="truth", steps=100, taught=0.0)


def pupils(gap):
    """Pupils of wide teachers, {width: nats that they stay above these}."""
    rows = table("taught", "width", "excess", gap)
    return rows.assign(teacher="wide", steps=100, nets=1, taught=0.0)


ROOMY, TIGHT = (pd.concat([after({8: (1.0, 0.9), 32: (0.5, 0.45)}),
                           told({8: nats, 32: 0.3}, {8: nats, 32: 0.3})])
                for nats in (0.7, 0.4))
GOOD = ends_of(law(), 1e-5)
OFF = GOOD.assign(value=GOOD.value - 0.03 * (GOOD["size"] == WIDTHS[-1]))
FULL = ends_of(Law(H, 9, 1e-9, 0.4, 1))    # tokens do not matter
EARLY = curves_of({100: 0.1, 200: 0.2})
SLOW = curves_of({100: 0.2, 200: 0.1})
# the largest size takes all its tokens for the last step of the next
LATE = GOOD.assign(value=GOOD.value.mask(
    GOOD["size"] == WIDTHS[-1], np.interp(
        GOOD.tokens, [2**16, 2**20],
        law().predict(129 * WIDTHS[-2], [2**19 - 2**12, 2**20]))))

def still_of(small, large):
    """Training losses of two sizes at the end of 1, 2 and 4 epochs."""
    rows = table("still", "parameters epoch", "value", {
        (size, epochs): loss for size, curve in ((100, small), (200, large))
        for epochs, loss in zip((1, 2, 4), curve)})
    return rows.assign(lr=0.03, step=rows.epoch, quantity="train")


def on_every_text(grid):
    """The rows of a grid, and of two other texts that follow a law."""
    return pd.concat([grid, short(0.5), ends_of(law(), experiment="text")])


SIDES = {   # claim -> (rows on which it holds, rows on which it fails)
    "C19a": (FULL, GOOD),
    "C19b": (GOOD, ends_of(law(), 0.05)),
    "C19c": (GOOD, ends_of(law(H - 0.1))),
    "C20a": (ends_of(Law(1e-9, 9, 1e-9, 0.1, 1)), GOOD),
    "C21a": (GOOD, OFF),
    "C21b": (pd.concat([GOOD, short(0.5)]), pd.concat([GOOD, short(0.6)])),
    "C21c": (GOOD, OFF),
    "C21d": (on_every_text(GOOD), on_every_text(OFF)),
    "C22a": (jumping(100), jumping(200)),
    "C22b": (GOOD, ends_of(law(alpha=-0.1))),
    "C22c": (floors.made("floors"), floors.made("speeds")),
    "C22d": (floors.made("floors"), floors.made("speeds")),
    "C22e": (ROOMY, TIGHT),
    "C22f": (pupils({8: 0.3, 32: 0.2}), pupils({8: 0.3, 32: -0.1})),
    "C23a": (FULL, GOOD),
    "C23b": (still_of((2, 1.5, 1.495), (2, 1.2, 1.0)),
             still_of((2, 1.5, 1.4), (2, 1.2, 1.0))),
    "C24a": (ends_of(law(H - 0.5)), GOOD),
    "C24b": (EARLY, SLOW),
    "C25a": (EARLY, SLOW),
    "C25b": (pd.concat([EARLY, EARLY.assign(experiment="standard")]),
             pd.concat([EARLY, SLOW.assign(experiment="standard")])),
    "C26a": (ends_of(law(k=0.5)), ends_of(law(k=1.5))),
    "C26b": (ends_of(law(k=0.5), experiment="text"),
             ends_of(law(k=1.5), experiment="text")),
    "C26c": (GOOD, LATE),
}

TINY = {   # experiment -> changes that make its run one of a second
    name: {"widths": [4, 8], "tokens": [2**11], "lrs": [.01, .03]}
    for name in ("grid", "slower", "short", "text", "early", "standard")}
TINY["starts"] = {"width": [4], "lr": [.01], "starts": 2, "unique": 256,
                  "epochs": 1}
TINY["taught"] = {"widths": [4], "steps": [2], "pupils": [4], "lr": .03,
                  "teachers": ["wide", "same", "shuffled"], "unique": 256,
                  "epochs": 1}
TINY["still"] = {"widths": [4, 8], "uniques": [256], "epochs": [2],
                 "lrs": [.01, .03]}
