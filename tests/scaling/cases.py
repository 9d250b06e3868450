"""Rows whose answer is known, for the claims and the tests of this lab."""
import numpy as np
import pandas as pd

from labkit.language import runs
from labkit.scaling.laws import Law

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

SIDES = {   # claim -> (rows on which it holds, rows on which it fails)
    "C19a": (FULL, GOOD),
    "C19b": (GOOD, ends_of(law(), 0.05)),
    "C19c": (GOOD, ends_of(law(H - 0.1))),
    "C20a": (ends_of(Law(1e-9, 9, 1e-9, 0.1, 1)), GOOD),
    "C21a": (GOOD, OFF),
    "C21b": (pd.concat([GOOD, short(0.5)]), pd.concat([GOOD, short(0.6)])),
    "C21c": (GOOD, OFF),
    "C22a": (jumping(100), jumping(200)),
    "C22b": (GOOD, ends_of(law(alpha=-0.1))),
    "C23a": (FULL, GOOD),
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
