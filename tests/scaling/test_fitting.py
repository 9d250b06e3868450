"""Fits of scaling laws whose answer is known, and their intervals."""
import numpy as np
import pandas as pd
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from labkit.scaling import fitting
from labkit.scaling.fitting import CONSTANTS, FORMS, fit
from labkit.scaling.laws import Law

approx = pytest.approx
pytestmark = pytest.mark.filterwarnings("error::RuntimeWarning")


def grid(sizes, tokens, steps=6):
    return [axis.ravel() for axis in np.meshgrid(
        np.geomspace(*sizes, steps), np.geomspace(*tokens, steps))]


N, D = grid((1e5, 1e8), (1e7, 1e9))


def law_on(N, D, E=1.0, of_n=0.6, of_d=0.4, alpha=0.35, beta=0.3, k=1.0):
    """The law whose terms in the middle of the runs are of_n and of_d."""
    return Law(E, of_n * np.exp(alpha * np.log(N).mean()),
               of_d * np.exp(beta * np.log(D).mean()), alpha, beta, k)


def noisy(law, scale, seed=0, N=N, D=D):
    noise = np.random.default_rng(seed).normal(size=len(N))
    return law.predict(N, D) * np.exp(scale * noise)


def constants(law):
    return [getattr(law, name) for name in CONSTANTS]


def test_small_residuals_count_squared_and_large_ones_by_their_size():
    x, at = np.array([0.1, 0.2, 0.3, 0.4, 0.5, 0]), np.log([N[:3], D[:3]])
    seen = np.log(Law(*np.exp(x[:3]), *x[3:5]).predict(N[:3], D[:3]))
    # half a unit, 3 and 5 units: 0.5^2 / 2, 3 - 1/2, 5 - 1/2
    assert fitting.huber(x, *at, seen + [5e-4, 3e-3, -5e-3])[0] == approx(
        0.125 + 2.5 + 4.5, rel=1e-9)


@pytest.mark.parametrize("change", [
    {}, dict(E=1e-3), dict(of_n=0.01), dict(of_d=0.01), dict(alpha=0.03),
    dict(beta=3), dict(of_n=1e3, of_d=1e3), dict(alpha=-0.2),
    dict(of_d=1e-3), dict(k=0.2, E=9), dict(k=0.6, alpha=0.9), dict(k=1),
    dict(k=2)], ids=str)
def test_any_constants_come_back_without_noise(change):
    law, form = law_on(N, D, **change), FORMS["k" in change]
    assert constants(fit(N, D, law.predict(N, D), form)) == approx(
        constants(law), rel=1e-3)


@pytest.mark.parametrize("n, d, nats", [
    (1e6, 1e-3, 1), (1, 1, 1 / np.log(2)), (1, 1e12, 1e-8), (1e-9, 1, 1e9)])
@pytest.mark.parametrize("form, change", [
    ("additive", {}), ("coupled", dict(k=0.5)),
    ("coupled", dict(of_n=0.01))], ids=str)   # where units led astray
def test_other_units_and_types_change_nothing_but_the_factors(
        form, change, n, d, nats):
    loss = noisy(law_on(N, D, **change), 0.01)
    found = fit(N, D, loss, form)
    assert found.residual == approx(
        np.abs(np.log(found.predict(N, D) / loss)).mean(), rel=1e-9)
    E, A, B, *rest = constants(found)
    other = fit([*(n * N)], pd.Series(d * D, index=range(43, 7, -1)),
                torch.tensor(nats * loss), form)
    factor = nats ** (1 / found.k)
    # how closely the optimiser repeats itself
    assert constants(other) == approx(
        [nats * E, factor * A * n**found.alpha, factor * B * d**found.beta,
         *rest], rel=1e-3)
    assert found.interval("alpha", draws=5) == approx(
        other.interval("alpha", draws=5), rel=1e-3)


# tenths of powers of ten: exponents 0.1 to 2, terms 0.03 to 10, floors to 1
@settings(deadline=None, max_examples=15)
@given(*map(st.integers, (-30, -15, -15, -10, -10), (0, 10, 10, 3, 3)),
       st.sampled_from([1, 0.3, 0.6, 2]))
def test_any_law_whose_terms_are_seen_comes_back(E, of_n, of_d, alpha, beta,
                                                 k):
    law = law_on(N, D, *10**(np.array([E, of_n, of_d, alpha, beta]) / 10), k)
    found = fit(N, D, law.predict(N, D), FORMS[k != 1])
    assert constants(found) == approx(constants(law), rel=0.01)


@pytest.mark.parametrize("form", FORMS)
def test_an_interval_is_as_wide_as_the_noise_and_the_level_say(form):
    law = law_on(N, D, k=1 if form == "additive" else 0.6)
    found, clean = (fit(N, D, noisy(law, s), form) for s in (0.01, 0.001))
    values = np.array([law.exponent for law in fitting.refits(found, 60, 0)])
    for level in (0.5, 0.9):
        low, high = found.interval("exponent", level, 60)
        # of 60; one may lie on either side of an end
        assert sum(values < low) == approx(30 * (1 - level), abs=1)
        assert sum(values > high) == approx(30 * (1 - level), abs=1)
    assert 0 < np.ptp(clean.interval("exponent", draws=30)) < (high - low) / 2
    assert (low, high) != found.interval("exponent", level, 60, seed=1)
    assert (np.ptp(found.interval("k", draws=60)) > 0) == (form == "coupled")


def test_runs_of_one_seed_are_not_independent():
    n, d, seeds = np.tile(N, 5), np.tile(D, 5), np.repeat(list("abcde"), 36)
    # exponents of 2: most runs are near E, which the offsets then move
    loss = noisy(law_on(N, D, alpha=2, beta=2), 1e-4, N=n, D=d) * np.repeat(
        [0.999, 0.9995, 1, 1.0005, 1.001], 36)
    alone, grouped = (np.ptp(fit(n, d, loss, seeds=names).interval(draws=40))
                      for names in (None, seeds))
    assert grouped > 1.5 * alone


def test_an_interval_is_as_wide_where_the_fit_put_the_floor_at_zero():
    n, d = grid((1e3, 1e5), (1e4, 1e7), 5)
    law = law_on(n, d, 0.5, 2.5, 1, 0.4, 0.4, 0.4)
    found = fit(n, d, noisy(law, 0.02, 1, n, d), "coupled")
    assert found.E < 0.01
    assert found.interval(draws=30)[1] > 0.5         # which is the true E


@pytest.mark.parametrize("missing", [
    np.repeat([0, np.nan], 18), ["a", None] * 18, ["a", float("nan")] * 18,
    torch.tensor([np.nan] + [1] * 35),
    pd.Series([1, None] * 18, dtype="Int64")], ids=lambda s: type(s).__name__)
def test_a_run_without_a_seed_is_refused_as_it_would_never_be_drawn(missing):
    with pytest.raises(ValueError, match="seeds is missing for (1|18) of 36"):
        fit(**GOOD, seeds=missing)


def test_seeds_may_be_called_anything():
    names = [0, "b", 2.5] * 12
    numbers = [{0: 0, "b": 2, 2.5: 1}[name] for name in names]   # text: last
    one, other = (fit(**GOOD, seeds=seeds).interval(draws=5)
                  for seeds in (names, torch.tensor(numbers)))
    assert one == other


LOSS = noisy(law_on(N, D), 0)
GOOD = dict(parameters=N, tokens=D, loss=LOSS)
FEW = {name: x[:30:5] for name, x in GOOD.items()}


@pytest.mark.parametrize("name, changes", [
    ("form", dict(form="product")), ("seeds", dict(seeds=[0, 1])),
    ("the shapes", dict(loss=LOSS[1:])), ("the shapes", dict(tokens=D[0])),
    ("the shapes", {name: x.reshape(6, 6) for name, x in GOOD.items()}),
    ("loss", {name: x[:5] for name, x in FEW.items()}),
    ("loss", {**FEW, "form": "coupled"}),
    ("parameters", dict(parameters=np.where(N > 1e6, 1e7, 1e5))),
    ("parameters", dict(parameters=1e6 + N / 1e7)),
    ("tokens", dict(tokens=np.where(D > 1e8, 1e9, 1e7))),
    ("tokens", dict(tokens=20 * N * noisy(Law(1, 0, 0, 1, 1), 0.02))),
    *[(name, {name: np.append(GOOD[name][1:], bad)})
      for name in GOOD for bad in (0, np.nan)],
    *[("loss", dict(loss=unit * loss)) for unit in (1, 1e-8, 1e8)
      for loss in (1 + N**-0.1, 1 + D**-0.1, np.full(36, 2.0),
                   law_on(N, D, of_n=5e-5, of_d=5e-5).predict(N, D))],
    ("loss", dict(parameters=N**0.2, loss=law_on(N**0.2, D, alpha=12).predict(
        N**0.2, D)))])
def test_runs_that_cannot_tell_are_refused(name, changes):
    with pytest.raises(ValueError, match=f"^{name} "):
        fit(**GOOD | changes)


@pytest.mark.parametrize("name, bad", [
    ("name", "gamma"), ("name", "predict"), ("level", 0), ("level", 90),
    ("draws", 1)])
def test_bad_intervals_are_refused_by_name(name, bad):
    with pytest.raises(ValueError, match=rf"\b{name}\b"):
        fit(**GOOD).interval(**{name: bad})
