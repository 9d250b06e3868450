"""Rulings: intervals, the regions that they lie in, many at once."""
from math import inf, log

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pytest import approx
from scipy import stats

from labkit.rulings import (
    AGAINST,
    EQUAL,
    FOR,
    LEVEL,
    UNDECIDED,
    doubt,
    holm,
    interval,
    over,
    plus,
    times,
    under,
    within,
)

EFFECTS = st.lists(st.floats(0.1, 10), min_size=3, max_size=6, unique=True)
DOUBTS = st.dictionaries(st.text("abcdef", min_size=1), st.floats(0, 1),
                         min_size=1)


@pytest.mark.parametrize("region, low, high, ruling", [
    (times(1.1), 1.2, 3, FOR), (times(1.1), 0.3, 0.8, AGAINST),
    (times(1.1), 0.95, 1.05, EQUAL), (times(1.1), 1.05, 3, UNDECIDED),
    (times(1 / 1.1), 0.3, 0.8, FOR), (times(1 / 1.1), 1.2, 3, AGAINST),
    (plus(-5), -9, -6, FOR), (plus(-5), 6, 9, AGAINST),
    (plus(-5), -4, 4, EQUAL), (plus(-5), -6, 6, UNDECIDED),
    (over(50), 51, 99, FOR), (over(50), 1, 49, AGAINST),
    (under(1), 0.2, 0.9, FOR), (under(1), 1.1, inf, AGAINST),
    (within(99, 101), 99.5, 100, FOR), (within(99, 101), 90, 95, AGAINST),
    (within(99, 101), 90, 100, UNDECIDED), (over(1), -inf, inf, UNDECIDED)])
def test_an_interval_decides_where_it_lies_wholly(region, low, high, ruling):
    assert region.ruling(low, high) == ruling


def test_an_interval_is_that_of_students_t():
    values = [1.0, 2.0, 4.0, 4.5]
    low, high = stats.ttest_1samp(values, 0).confidence_interval(0.95)
    assert interval(values) == approx((low, high))
    logs = stats.ttest_1samp(np.log(values), 0).confidence_interval(0.95)
    assert interval(values, log=True) == approx(np.exp(logs))
    # mean 3, error of the mean 1/3^.5, t(2) at .975 is 4.303
    assert interval([2, 3, 4]) == approx((3 - 4.303 / 3**.5,
                                          3 + 4.303 / 3**.5), rel=1e-3)


def test_the_doubt_is_that_of_the_test_against_the_nearest_border():
    values = [7.0, 8.0, 9.5]
    assert doubt(values, plus(5)) == approx(stats.ttest_1samp(values, 5)[1])
    assert doubt(values, times(2)) == approx(
        stats.ttest_1samp(np.log(values), log(2))[1])
    assert doubt([3, 3, 3], over(1)) == 0 and doubt([3], over(1)) == 1


def test_what_has_no_mean_is_ruled_by_its_range():
    never = [3, 4, inf, inf, inf]
    assert interval(never, log=True) == (3, inf)
    assert doubt(never, times(2)) == 2 / 2**5   # one more than .05 allows
    assert doubt(never, times(3.5)) == 1
    assert interval([0, 2], log=True) == (0, 2) and interval([1]) == (
        -inf, inf)


@given(EFFECTS, st.floats(0.2, 5))
def test_a_ratio_is_ruled_alike_from_either_side_and_at_any_scale(values, k):
    turned = [1 / v for v in values]
    assert interval(turned, log=True)[::-1] == approx(
        [1 / end for end in interval(values, log=True)])
    assert doubt(turned, times(1 / 1.1)) == approx(
        doubt(values, times(1.1)), rel=1e-6, abs=1e-12)
    assert interval([k * v for v in values], log=True) == approx(
        [k * end for end in interval(values, log=True)])


@given(EFFECTS, st.sampled_from([times(1.1), times(0.5), plus(0.5), over(2),
                                 under(3), within(1, 4, log=True)]))
def test_an_interval_decides_exactly_where_there_is_little_doubt(values,
                                                                 region):
    p = doubt(values, region)
    if abs(p - LEVEL) > 1e-9:
        ruling = region.ruling(*interval(values, region.log))
        assert (ruling != UNDECIDED) == (p < LEVEL)
    again = values[::-1]
    assert interval(again, region.log) == approx(interval(values, region.log))


@given(DOUBTS)
def test_holms_correction_is_that_of_its_definition(doubts):
    """Adjusted p: the largest so far of (m - i) p, in order."""
    p = np.sort([*doubts.values()])
    adjusted = np.maximum.accumulate(p * np.arange(len(p), 0, -1))
    stand = holm(doubts)
    assert [*stand] == [*doubts]
    if np.abs(adjusted - LEVEL).min() > 1e-9:
        assert sum(stand.values()) == (adjusted <= LEVEL).sum()
    assert max([doubts[name] for name in stand if stand[name]], default=0
               ) <= min([doubts[name] for name in stand if not stand[name]],
                        default=1)


def test_holm_by_hand():
    assert holm({"a": .01, "b": .04, "c": .03}) == {
        "a": True, "b": False, "c": False}   # .03 is above .05 / 2
    assert holm({"a": .01, "b": .04, "c": .02}) == dict.fromkeys("abc", True)
    assert holm({}) == {}
