"""The exercises of the lab and of its further part."""
from functools import cache

import numpy as np
import pandas as pd

from labkit import records
from labkit.compute import targets
from labkit.compute.best import law_of
from labkit.compute.best import wasted as wasted_by_law
from labkit.compute.valleys import valley_ends
from labkit.language.runs import language
from labkit.lesson import Exercise

SERVED = 1e8    # tokens that a model of exercise 2 writes
OFF = (.25, .5, 2, 4)   # times the best size
MIXTURE = pd.DataFrame({   # Brown and others 2020, table 2.2
    "tokens": [410e9, 19e9, 12e9, 55e9, 3e9],
    "weight": [.60, .22, .08, .08, .03]},
    index=["Common Crawl", "WebText2", "Books1", "Books2", "Wikipedia"])


def recorded(*names):
    """Recorded rows of some experiments."""
    return pd.concat([records.load("compute", name) for name in names])


def check_refute(target):
    """Is the smallest size that gets there the cheapest, in every seed?"""
    if target is None:
        return None
    assert .15 <= target <= 1, "it must lie between 0.15 and 1"
    part = targets.reached(recorded("curves", "steps"), [target]).dropna()
    assert part.parameters.nunique() > 1, "only one size gets there"
    smallest = part[part.parameters == part.parameters.min()]
    least = part.groupby("seed").flops.min()
    ratio = smallest.set_index("seed").flops / least
    assert ratio.eq(1).all(), (
        f"to {target} nats the smallest pays {ratio.min():.2f} to "
        f"{ratio.max():.2f} times the least. Think of a size that has just "
        "dropped out")
    return (f"To {target} nats the smallest of those that arrive pays the "
            "least, in every seed. You have refuted us.")


exercise_refute = Exercise("1", check_refute)


@cache
def law():
    """The law of the recorded valleys."""
    return law_of(valley_ends(recorded("valleys", "between")))


def cheapest_size(total, served):
    """The size of least ``total`` by the law that gets 0.25 nats above H."""
    at, goal = law(), language().entropy + .25
    smallest = 1.001 * (at.A / (goal - at.E)) ** (1 / at.alpha)
    N = np.geomspace(smallest, 1e6, 2000)   # smaller ones never get there
    D = (at.B / (goal - at.E - at.A / N**at.alpha)) ** (1 / at.beta)
    return N[np.argmin(total(N, D, served))]


def check_use(total):
    """Does ``total`` count training and use?"""
    if total(1., 1., 1.) is None:
        return None
    assert total(7., 11., 0.) == 462, "training alone costs 6 N D"
    assert total(7., 11., 13.) == 644, "each token that it writes costs 2 N"
    none, much = (cheapest_size(total, served) for served in (0, SERVED))
    return (f"By the law the cheapest size is {none:,.0f} parameters without "
            f"any use, and {much:,.0f} if it writes {SERVED:,.0f} tokens: "
            "use makes every parameter dearer.")


exercise_use = Exercise("2", check_use)


def check_epochs(answer):
    """How often was each source of the MIXTURE seen?"""
    if answer is None:
        return None
    assert list(answer.index) == list(MIXTURE.index), (
        "it must be a Series with the index of mixture")
    right = 300e9 * MIXTURE.weight / MIXTURE.tokens
    other = answer.index[(answer / right - 1).abs() > .01]
    assert other.empty, f"{', '.join(other)}: weight x 300e9 / tokens?"
    return ("Three sources were repeated, and the largest was not seen even "
            "once. WebText2 is the one that does not follow from the table.")


exercise_epochs = Exercise("3", check_epochs)


def check_waste(wasted):
    """Is it the share of the computation that a wrong size wastes?"""
    if wasted(2.) is None:
        return None
    assert abs(wasted(1.)) < .01, "the best size wastes nothing"
    assert 0 < wasted(2.) < wasted(4.) < 1, (
        "it must grow with the distance, and stay below 1")
    assert all(abs(wasted(f) - wasted_by_law(law(), f)) < .03 for f in OFF), (
        "at C' the best size must have the loss of f times the best at C")
    shares = ", ".join(f"{100 * wasted(f):.0f} % at {f:g} times the best size"
                       for f in OFF)
    return f"The shares: {shares}."


exercise_waste = Exercise("4", check_waste)
