"""The exercises of the lab, in their order: what is right, what to hint."""
from functools import lru_cache

import numpy as np
import pandas as pd

from labkit import records
from labkit.language.runs import language
from labkit.lesson import Exercise
from labkit.scaling.fitting import Fit
from labkit.scaling.grid import ends, fitted, most

SMALL = 8_300    # parameters: the sizes that exercise 2 allows
NEAR, NARROW = 0.02, 0.1   # nats: what refutes us
NAMES = {"hoffmann", "hoffmann_tex", "besiroglu"}


@lru_cache(maxsize=1)
def recorded():
    """The ends of the recorded runs, each at its best rate."""
    return ends(pd.concat([records.load("scaling", "grid"),
                           records.load("scaling", "slower")]))


def _forget(exponent):
    """1: the exponent of a power law, with the floor and without."""
    N = np.array([1e3, 1e4, 1e5])
    for true in (0.5, 0.3):
        found = exponent(N, 3 * N**-true)
        if found is None:
            return None
        assert np.ndim(found) == 0, "return one number, the exponent"
        assert not abs(found + true) < 1e-6, (
            "the slope of a falling line is below 0; alpha is minus that")
        assert abs(found - true) < 1e-6, (
            f"for 3 / N**{true} it should be {true}; take logarithms of "
            "both, and the slope, which polyfit gives first")
    last = most(recorded())
    N, loss = (last[name].to_numpy(float) for name in ("parameters", "value"))
    whole, excess = (float(exponent(N, loss - floor))
                     for floor in (0, language().entropy))
    return (f"On the recorded run it is {whole:.3f} of the losses, and "
            f"{excess:.3f} of what they have above the true floor. The "
            "floor does not shrink, so their sum hardly does.")


def _keys(*logs):
    """The runs with these logarithms, as a set of rounded tuples."""
    return {*zip(*(np.round(log, 6) for log in logs))}


def _below(law):
    """2: a fit of small sizes that finds the floor; does it refute us?"""
    if law is None:
        return None
    assert isinstance(law, Fit), (
        "attempt should be what scaling.grid.fitted returns")
    big = recorded()
    assert _keys(*law.runs[:3]) <= _keys(
        *np.log(big[["parameters", "tokens", "value"]].to_numpy(float).T)), (
        "use rows of big, the recorded runs, as they are")
    assert np.exp(law.runs[0].max()) < SMALL, (
        "use sizes up to 8,256 parameters")
    return _refutes(law, *law.interval("E"), language().entropy)


def _refutes(law, low, high, H):
    """What a fit shows: whether it refutes us, and if not, why not."""
    short = [what for what, failed in (
        (f"E is {abs(law.E - H):.3f} from the truth",
         abs(law.E - H) >= NEAR),
        ("the interval does not hold the truth", not low < H < high),
        (f"the interval is {high - low:.3f} wide", high - low >= NARROW))
        if failed]
    return (f"This fit counts: E = {law.E:.3f}, interval {low:.3f} to "
            f"{high:.3f}, mean miss {100 * law.residual:.2f} %. "
            + (f"It does not refute us: {'; '.join(short)}." if short else
               "You have refuted us! Would you have known, without the "
               "truth?"))


def _rounding(answer):
    """3: tokens per parameter, by three versions of one law."""
    if answer is None:
        return None
    assert {*answer} == NAMES, f"the names should be {sorted(NAMES)}"
    assert round(answer["besiroglu"]) == 18, "give tokens over parameters"
    assert answer["hoffmann"] > answer["hoffmann_tex"] > 50, (
        "take the optimum of each law at the same computation")
    return ("Rounding two exponents to two digits moves the advice from "
            f"{answer['hoffmann_tex']:.0f} to {answer['hoffmann']:.0f} "
            "tokens per parameter.")


def _mistuned(table):
    """4: the coupled law of runs at one rate, beside that of tuned runs."""
    if table is None:
        return None
    assert not table.duplicated(["parameters", "tokens", "seed"]).any(), (
        "take one rate for each size and number of tokens")
    law, tuned = (fitted(part, "coupled") for part in (table, recorded()))
    return (f"k = {law.k:.2f}, E = {law.E:.3f}; tuned: k = {tuned.k:.2f}, "
            f"E = {tuned.E:.3f}. With k below one, a token seems to teach a "
            "larger model more; here much of that is the learning rate.")


exercise_1 = Exercise(1, _forget)
exercise_2 = Exercise(2, _below)
exercise_3 = Exercise(3, _rounding)
exercise_4 = Exercise(4, _mistuned)
