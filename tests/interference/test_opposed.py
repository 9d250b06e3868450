"""What rows of opposed contexts say; a table in which none can fight."""
from math import log, nan

import pandas as pd
import pytest
import torch

from labkit.interference import opposed, zerosum
from labkit.language.texts import Markov
from tests.interference.cases import slowed


def test_in_a_table_no_two_contexts_share_a_parameter():
    source, model = Markov(vocab=4, order=2), zerosum.Table(4, 2, [0, 1])
    model.rows.data.normal_()
    torch.testing.assert_close(
        model(source.contexts().expand(2, -1, -1)),
        torch.cat([*model.everywhere(5)], 1))
    assert torch.equal(model.at(torch.tensor([[6]]))[1, 0], model.rows[1, 6])


@pytest.mark.parametrize("loss, found", [
    ([3, 2, 1], 15), ([3, 1, 1], 7.5), ([1, 3, 2], nan), ([3, 3, 3], nan),
    ([3, 2, nan], nan), ([3, 1, 2], 7.5)])
def test_a_value_at_a_loss_lies_between_two_evaluations(loss, found):
    passed = opposed.passing(pd.Series(loss), pd.Series([0, 10, 20]), 1.5)
    assert passed == pytest.approx(found, nan_ok=True)


def test_a_slow_down_is_split_and_a_run_that_diverged_has_none():
    rows = slowed((0.4, 0.5), (0.1, 0.9)).query("width == 4 and seed == 1")
    found = zerosum.slowing(rows.sample(frac=1, random_state=0))
    assert found == pytest.approx(dict(   # a fifth is kept, a quarter moved
        times=20, fast=16, share=log(5) / log(20)))
    lost = rows.assign(moved=rows.moved.mask(rows.step == 32))
    assert pd.isna([*zerosum.slowing(lost).values()]).all()
