"""Scaling laws: the authors' own numbers, and what follows from them."""
import re

import numpy as np
import pytest

from labkit import scaling
from labkit.scaling import fitting, laws
from labkit.scaling.laws import LAWS, Law, data_constrained

approx = pytest.approx
GOPHER = 5.76e23    # its compute


def test_repeated_data_cost_what_the_authors_say():
    # their own examples, to the five decimals that they print
    assert round(data_constrained(6.34e9, 242e9, 25e9), 5) == 2.22564
    assert round(data_constrained(8.67e9, 178e9, 25e9), 5) == 2.22696
    best, unique = laws.C4.optimum(1e20)     # of tokens seen once
    plain = laws.C4.predict([best / 9, best, 3 * best], unique)
    once = data_constrained([best / 9, best, 3 * best], unique, unique)
    assert once[:2] == approx(plain[:2], rel=1e-12)
    assert once[2] > plain[2] * 1.001        # too large for its tokens
    # however many there are, they count as 1 + R times the best or unique
    assert data_constrained([1e30, best], [unique, 1e30], unique) == approx(
        laws.C4.predict([6.309743 * best, best], [unique, 16.387756 * unique]),
        rel=1e-9)


@pytest.mark.parametrize("name, printed, power, ratio", [
    ("hoffmann", (1.69, 406.4, 410.7, 0.34, 0.28), 0.4516, 92.6),
    # E, A, B are printed as logarithms, here to six digits
    ("hoffmann_tex", (1.69334, 406.401, 410.723, 0.33917, 0.28491), 0.4565,
     58.9),
    ("besiroglu", (1.8172, 482.01, 2085.43, 0.3478, 0.3658), 0.5126, 18.4)])
def test_constants_and_what_follows_are_as_published(
        name, printed, power, ratio):
    law = LAWS[name]
    assert (law.E, law.A, law.B, law.alpha, law.beta, law.k) == approx(
        (*printed, 1), rel=5e-6)
    (small, _), (large, _) = map(law.optimum, (1e20, 1e24))
    assert round(np.log10(large / small) / 4, 4) == power
    best, tokens = law.optimum(GOPHER)
    assert round(tokens / best, 1) == ratio


def test_kaplans_law_in_the_common_form_is_his_own_formula():
    for N, D in ((1e5, 1e9), (1e8, 1e7)):
        own = ((6.4e13 / N) ** (0.076 / 0.103) + 1.8e13 / D) ** 0.103
        assert LAWS["kaplan"].predict(N, D) == approx(own, rel=1e-12)
    assert LAWS["kaplan"].exponent == approx(0.076)


@pytest.mark.parametrize("law", LAWS.values(), ids=LAWS)
def test_the_optimum_is_the_lowest_loss_for_its_compute(law):
    assert re.fullmatch(r"[a-z]+20\d\d[a-z]+", law.source)
    best, tokens = law.optimum(GOPHER)
    assert 6 * best * tokens == approx(GOPHER, rel=1e-12)
    other = np.geomspace(0.5, 2, 2001)       # the middle is the optimum
    assert law.predict(best * other, tokens / other).argmin() == 1000


@pytest.mark.parametrize("name, call, args", [
    ("alpha", Law(1, 1, 1, 0.0, 0.3).optimum, [1e20]),
    ("beta", Law(1, 1, 1, 0.3, -0.1).optimum, [1e20]),
    ("flops", LAWS["hoffmann"].optimum, [0]),
    ("N", LAWS["hoffmann"].predict, ([1, -1], 1)),
    ("D", LAWS["hoffmann"].predict, (1, np.inf)),
    ("tokens", data_constrained, (1e9, [3e9, 1e9], 2e9)),
    ("unique", data_constrained, (1e9, 1e9, 0))])
def test_bad_arguments_are_named(name, call, args):
    with pytest.raises(ValueError, match=rf"\b{name}\b"):
        call(*args)


def test_the_package_offers_laws_and_fits_under_its_own_name():
    assert (scaling.LAWS, scaling.data_constrained, scaling.Fit, scaling.fit
            ) == (LAWS, data_constrained, fitting.Fit, fitting.fit)
