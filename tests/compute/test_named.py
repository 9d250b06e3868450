"""The size that small budgets name, where the law is known."""
import numpy as np
import pytest

from labkit.compute import named
from labkit.compute.valleys import valley_ends
from tests.compute.cases import BUDGETS, lawful, turned, valleys_of

ENDS = valley_ends(valleys_of(lawful))


def test_only_budgets_ten_times_smaller_are_looked_at():
    assert named.small(ENDS).flops.max() == BUDGETS[-1] / 16
    assert named.lost(ENDS).equals(named.lost(
        ENDS[(ENDS.flops <= BUDGETS[3]) | (ENDS.flops == BUDGETS[-1])]))


@pytest.mark.parametrize("way", named.WAYS.values())
def test_either_way_names_the_size_of_the_law(way):
    sizes = np.geomspace(1e3, 1e6, 2000)
    best = sizes[lawful(BUDGETS[-1], sizes).argmin()]
    one = named.small(ENDS)
    assert way(one[one.seed == 0], BUDGETS[-1]) == pytest.approx(best, rel=.1)


def test_the_loss_lost_is_what_the_named_size_costs():
    assert (named.lost(ENDS) < 0.02).all(axis=None)
    assert (named.lost(valley_ends(valleys_of(turned))) > 0.1).all(axis=None)
    few = ENDS[ENDS.flops.isin([BUDGETS[0], BUDGETS[-1]])]
    assert np.isnan(named.by_best_sizes(named.small(few), BUDGETS[-1]))
