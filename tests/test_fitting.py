"""Fits of scaling laws whose answer is known, and their intervals."""
import numpy as np
import pandas as pd
import pytest
import torch

from labkit import scaling
from labkit.scaling import fitting
from labkit.scaling.fitting import CONSTANTS, FORMS, fit
from labkit.scaling.laws import LAWS, Law

SCALES = {"tiny": ((1e2, 1e4), (1e4, 1e6)), "small": ((1e5, 1e8), (1e7, 1e9)),
          "large": ((1e8, 1e12), (1e9, 1e13))}
approx = pytest.approx
pytestmark = pytest.mark.filterwarnings("error::RuntimeWarning")


def grid(sizes, tokens, rows=6, columns=6):
    return [axis.ravel() for axis in np.meshgrid(
        np.geomspace(*sizes, rows), np.geomspace(*tokens, columns))]


N, D = grid(*SCALES["small"])


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


def test_the_gradient_is_the_derivative():
    rng = np.random.default_rng(0)
    at, steps = rng.normal(size=(2, 20)), 1e-7 * np.eye(6)
    for x in rng.normal(size=(10, 6)):
        seen = fitting.log_loss(x, *at)[0] + 2e-3 * rng.normal(size=20)
        gradient = fitting.huber(x, *at, seen)[1]
        numeric = [(fitting.huber(x + step, *at, seen)[0]
                    - fitting.huber(x - step, *at, seen)[0]) / 2e-7
                   for step in steps]
        # of a function with kinks in its second derivative
        assert gradient == approx(numeric, abs=1e-5 * abs(gradient).max())


@pytest.mark.parametrize("scale", SCALES)
@pytest.mark.parametrize("name", ["kaplan", "hoffmann_tex", "besiroglu"])
def test_published_constants_come_back_from_their_own_predictions(
        name, scale):
    n, d = grid(*SCALES[scale])
    law, form = LAWS[name], "coupled" if name == "kaplan" else "additive"
    found = fit(n, d, law.predict(n, d), form)
    assert found.predict(n, d) == approx(law.predict(n, d), rel=1e-6)
    assert constants(found)[1:] == approx(constants(law)[1:], rel=1e-3)
    # an E of 0 is never reached in logarithms: of a loss of 2 to 10 nats
    assert found.E == approx(law.E, rel=1e-3, abs=1e-3)


@pytest.mark.parametrize("form", FORMS)
def test_any_constants_come_back_without_noise(form):
    rng = np.random.default_rng(0)
    for _ in range(6):
        ranges = [10 ** (low + np.array([0, rng.uniform(1.5, 4)]))
                  for low in (rng.uniform(2, 9), rng.uniform(3, 10))]
        n, d = grid(*ranges, *rng.integers(3, 7, size=2))
        k = 1 if form == "additive" else rng.uniform(0.2, 2)
        law = law_on(n, d, *10 ** rng.uniform(-1, 1, size=3),
                     *rng.uniform(0.1, 1, size=2), k)
        found = fit(n, d, law.predict(n, d), form)
        assert constants(found) == approx(constants(law), rel=1e-3)


@pytest.mark.parametrize("change", [
    dict(E=1e-3), dict(of_n=0.01), dict(of_d=0.01), dict(alpha=0.03),
    dict(beta=3), dict(of_n=1e3, of_d=1e3), dict(alpha=-0.2),
    dict(of_d=1e-3)], ids=str)
def test_a_term_may_be_small_large_flat_or_steep(change):
    law = law_on(N, D, **change)
    assert constants(fit(N, D, law.predict(N, D))) == approx(
        constants(law), rel=1e-3)


@pytest.mark.parametrize("kind", [
    list, torch.tensor, lambda x: pd.Series(x, index=np.arange(43, 7, -1))])
def test_lists_tensors_and_series_are_runs_alike(kind):
    whole = N.round().astype(int), D.round().astype(int)
    loss = noisy(law_on(N, D), 0.01)
    found = fit(*map(kind, (*whole, loss)))
    assert constants(found) == constants(fit(*whole, loss))
    # and the residual is their mean distance, in logarithms
    assert found.residual == approx(
        np.abs(np.log(found.predict(*whole) / loss)).mean(), rel=1e-9)


@pytest.mark.parametrize("form", FORMS)
def test_other_units_change_nothing_but_the_factors(form):
    loss = noisy(law_on(N, D, k=1 if form == "additive" else 0.5), 0.01)
    found, other = fit(N, D, loss, form), fit(1e6 * N, D / 1e3, loss, form)
    E, A, B, *rest = constants(found)
    # 1e-3: how closely the optimiser repeats itself
    assert constants(other) == approx(
        [E, A * 1e6**found.alpha, B / 1e3**found.beta, *rest], rel=1e-3)


def test_runs_gone_wrong_hardly_move_the_fit():
    loss = noisy(law_on(N, D), 1e-3)
    clean = fit(N, D, loss)
    loss[[3, 17, 30]] *= [3, 0.5, 2]
    # least squares would move E by 7 %
    assert fit(N, D, loss).E == approx(clean.E, rel=0.01)


def test_each_form_tells_the_other_one():
    apart, joined = (law_on(N, D, k=k).predict(N, D) for k in (1, 0.5))
    assert fit(N, D, apart, "coupled").k == approx(1, rel=1e-3)
    additive, coupled = (fit(N, D, joined, form).residual for form in FORMS)
    assert additive > 1e-3 and coupled < 1e-6


def test_the_optimiser_is_given_the_gradient(monkeypatch):
    calls, huber = [], fitting.huber
    monkeypatch.setattr(fitting, "huber", lambda *args: (
        calls.append(args), huber(*args))[1])
    fit(N, D, noisy(law_on(N, D), 0.01))
    # 80 a start; more without centring, six times that without gradient
    assert 27 < len(calls) < 27 * 130


def test_the_true_floor_lies_in_most_intervals():
    law, inside = law_on(N, D), 0
    for seed in range(12):
        low, high = fit(N, D, noisy(law, 0.01, seed)).interval(draws=25)
        inside += low <= law.E <= high
        assert high - low < 0.5              # and says something
    # expected: 0.9 * 12 = 10.8; 7 or fewer have a chance of 0.4 %
    assert inside >= 8


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
    n, d = grid((1e3, 1e5), (1e4, 1e7), 5, 5)
    law = law_on(n, d, 0.5, 2.5, 1, 0.4, 0.4, 0.4)
    found = fit(n, d, noisy(law, 0.02, 1, n, d), "coupled")
    assert found.E < 0.01
    assert found.interval(draws=30)[1] > 0.5         # which is the true E


LOSS = noisy(law_on(N, D), 0)
FEW = dict(parameters=N[:30:5], tokens=D[:30:5], loss=LOSS[:30:5])


@pytest.mark.parametrize("name, changes", [
    ("form", dict(form="product")), ("seeds", dict(seeds=[0, 1])),
    ("the shapes", dict(loss=LOSS[1:])), ("the shapes", dict(tokens=D[0])),
    ("the shapes", dict(zip(FEW, (x.reshape(6, 6) for x in (N, D, LOSS))))),
    ("loss", {name: x[:5] for name, x in FEW.items()}),
    ("loss", {**FEW, "form": "coupled"}),
    ("parameters", dict(parameters=np.where(N > 1e6, 1e7, 1e5))),
    ("tokens", dict(tokens=np.where(D > 1e8, 1e9, 1e7))),
    ("tokens", dict(tokens=20 * N)),
    ("tokens", dict(tokens=20 * N * noisy(Law(1, 0, 0, 1, 1), 0.02))),
    *[(name, {name: np.append(column[1:], bad)})
      for name, column in (("parameters", N), ("tokens", D), ("loss", LOSS))
      for bad in (0, -1, np.nan, np.inf)],
    ("loss", dict(loss=np.full(36, 2.0))),
    ("loss", dict(loss=1 + N**-0.1)), ("loss", dict(loss=1 + D**-0.1)),
    ("loss", dict(parameters=N**0.2, loss=law_on(N**0.2, D, alpha=12).predict(
        N**0.2, D))),
    ("parameters", dict(parameters=1e6 + N / 1e7))])
def test_runs_that_cannot_tell_are_refused(name, changes):
    with pytest.raises(ValueError, match=f"^{name} "):
        fit(**{**dict(parameters=N, tokens=D, loss=LOSS), **changes})


@pytest.mark.parametrize("name, call", [
    *[(name, lambda bad=bad: fit(N, D, LOSS).interval(**bad))
      for name, bad in (
          ("name", dict(name="gamma")), ("name", dict(name="predict")),
          ("level", dict(level=0)), ("level", dict(level=90)),
          ("draws", dict(draws=1)))]])
def test_bad_arguments_are_named(name, call):
    with pytest.raises(ValueError, match=rf"\b{name}\b"):
        call()


def test_the_lab_offers_the_fit_under_its_own_name():
    assert scaling.fit is fit and scaling.Fit is fitting.Fit
