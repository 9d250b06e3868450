"""What a law foretells of tokens, and where a small model stops."""
import numpy as np
import pytest

from labkit.scaling import grid, still, tokens
from labkit.scaling.laws import Law
from tests.scaling.cases import GOOD, WIDTHS, H, law, still_of

approx = pytest.approx


@pytest.mark.parametrize("k", [1.0, 0.6])
def test_tokens_are_those_at_which_the_law_has_the_loss(k):
    known = Law(H, 10.0, 400.0, 0.5, 0.6, k)
    loss = known.predict(1e4, [1e5, 1e6])
    assert tokens.needed(known, 1e4, loss) == approx([1e5, 1e6])
    assert tokens.needed(known, 1e4, H) == np.inf


def test_what_is_left_out_is_never_looked_at():
    table = grid.ends(GOOD)
    out = tokens.largest(table)
    assert out == [129 * 64, 129 * 128]
    spoilt = table.assign(value=table.value.mask(
        table.parameters == out[0], 9.0))
    for rows in (table, spoilt):
        assert tokens.missed(rows) == approx(1, abs=0.01)
    assert len(tokens.between(table)) == len(WIDTHS) - 2


def test_a_law_that_is_off_in_tokens_says_by_how_much():
    # the largest size, as if it had read four times as much
    table = grid.ends(GOOD)
    more = law().predict(table.parameters, 4 * table.tokens)
    largest = table["size"] == WIDTHS[-1]
    faster = table.assign(value=table.value.mask(largest, more))
    assert tokens.missed(faster) == approx(4, rel=0.02)


def test_a_small_model_stops_only_if_a_larger_one_is_lower():
    stopped = still_of((2, 1.5, 1.495), (2, 1.2, 1.0))
    assert still.last_doubling(stopped)[100].to_numpy() == approx(
        0.005, rel=0.02)
    assert still.stops(stopped).holds
    level = still.stops(still_of((2, 1.5, 1.495), (2, 1.5, 1.49)))
    assert level.effect == np.inf and level.ruling == "against"
    # of several rates the best at the end counts
    worse = stopped.assign(lr=0.1, value=stopped.value + 1)
    assert len(still.ends(stopped)) == len(still.ends(
        stopped._append(worse))) == 18
