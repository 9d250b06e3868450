"""Vectors of any size, against exact arithmetic."""
from math import inf, isqrt, nan

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from labkit.members.scale import length, sized, unit
from tests.any_size import DTYPES, FEW, exponents, lifted

WHOLE = st.lists(st.integers(-100, 100), min_size=1, max_size=6)


@st.composite
def vectors(draw):
    """Whole numbers, some of them not zero; what lifts them; a type."""
    dtype = draw(st.sampled_from(DTYPES))
    return (draw(WHOLE.filter(any)), draw(exponents(dtype)), dtype)


@FEW
@given(vectors())
def test_a_direction_is_the_same_at_every_length(case):
    values, exponent, dtype = case
    vector = lifted(values, exponent, dtype)
    exact = torch.tensor(values, dtype=torch.float64) / sum(
        v * v for v in values)**0.5
    torch.testing.assert_close(unit(vector).double(), exact, rtol=0,
                               atol=1e-6)
    assert torch.equal(unit(vector), unit(lifted(values, 0, dtype)))
    for dim in (0, 1):    # laid out otherwise in memory, too
        both = torch.stack([vector, -vector], 1 - dim)
        assert torch.equal(unit(both, dim).select(1 - dim, 1), -unit(vector))


@FEW
@given(vectors())
def test_a_length_is_right_to_its_last_digits(case):
    values, exponent, dtype = case
    exact = isqrt(sum(v * v for v in values) << 200) / 2.0**100
    found = length(lifted(values, exponent, dtype)).item()
    assert found == pytest.approx(exact * 2.0**exponent, rel=1e-6, abs=0)


@FEW
@given(vectors())
def test_nothing_is_rounded(case):
    values, exponent, dtype = case
    vector = lifted(values, exponent, dtype)
    found, power = sized(vector)
    assert torch.equal(found * power, vector.to(found))
    assert 1 <= found.abs().max() < 2


@pytest.fixture(params=[False, True], ids=["", "flush"])
def flushed(request):
    """Numbers below the smallest normal one become zero, or do not."""
    torch.set_flush_denormal(request.param)
    yield
    torch.set_flush_denormal(False)


@pytest.mark.parametrize("values, size", [
    ([0.0, 0, 0], 0), ([0.0], 0), ([nan, 1, 2], nan), ([1, 2, inf], nan),
    ([-inf, inf], nan)])
def test_what_is_zero_or_not_finite_has_no_direction(values, size, flushed):
    for dtype in DTYPES:
        vector = torch.tensor(values, dtype=dtype)
        assert unit(vector).isnan().all()
        assert length(vector).item() == pytest.approx(size, nan_ok=True)
        rows = torch.stack([vector, torch.ones_like(vector)])
        torch.testing.assert_close(   # and the next one does
            unit(rows)[1] * len(values)**0.5, torch.ones(len(values)).to(
                unit(rows)))
