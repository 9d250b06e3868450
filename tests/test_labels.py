"""Every claim: no row is passed over for want of a label, none counts twice.

``SIDES`` are the rows of the cases on which a claim holds.
"""
import pandas as pd
import pytest

from labkit.rulings import RULINGS
from labkit.verdict import LABS
from tests.judging import cases

EVERY = pytest.mark.parametrize("claim, rows", [
    pytest.param(LABS[lab].CLAIMS[id], sides[0].reset_index(drop=True), id=id)
    for lab in LABS for id, sides in cases(lab).SIDES.items()])
# about the smallest size, the best one, or those that all seeds bring there
SPARED = {*"C6a C27b C28a C28c C30a C30b C30c C32b C32c C32d C32e".split()}
MEASURED = {"value", "needed", "learned"}   # NaN: a run that diverged, never


def answer(claim, rows):
    """What the rows say, as numbers; None if they give no answer."""
    try:
        found = claim.test(rows)
    except ValueError:
        return None
    return None if found.ruling is None else [
        RULINGS.index(found.ruling), found.seeds, found.effect,
        *found.interval]


def same(known):
    return pytest.approx(known, rel=1e-6, abs=1e-12)


@EVERY
def test_the_order_of_the_rows_says_nothing(claim, rows):
    shuffled = rows.sample(frac=1, random_state=0)
    assert answer(claim, shuffled) == same(answer(claim, rows))


@EVERY
def test_a_record_read_twice_is_refused(claim, rows):
    with pytest.raises(ValueError, match="another"):
        claim.test(pd.concat([rows, rows]))


@EVERY
def test_a_seed_without_a_label_is_not_left_out(claim, rows):
    seed = rows["seed" if "seed" in rows else "repeat"]
    known = answer(claim, rows)
    for label in rows.columns.difference(MEASURED):
        found = answer(claim, rows.assign(
            **{label: rows[label].mask(seed == seed.max())}))
        assert found is None or found == same(known), label


@pytest.mark.parametrize("claim, rows", [
    case for case in EVERY.args[1] if "value" in case.values[1]])
def test_one_seed_that_diverged_leaves_no_answer(claim, rows):
    size = rows["parameters" if "parameters" in rows else
                "size" if "size" in rows else "n"]
    seed = rows.seed == rows.seed.max()
    for lost in (seed, seed & (size == size.max())):
        if lost is seed or claim.id not in SPARED:
            assert answer(claim, rows.assign(
                value=rows.value.mask(lost))) is None
