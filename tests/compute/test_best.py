"""The best rate of a run, and the best size for a computation."""
import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from labkit.compute import best
from labkit.scaling.laws import Law
from tests.compute import cases

approx = pytest.approx
TRUE = Law(cases.H, 10.0, 400.0, 0.5, 0.6)


def lawful(C, N):
    return TRUE.predict(N, C / 6 / N)


def test_the_bottoms_of_exact_valleys_are_those_of_the_law():
    table = best.best_ends(cases.valleys_of(lawful))
    found = best.bottoms(table)
    assert len(found) == len(cases.BUDGETS) * len(cases.SEEDS)
    expected = TRUE.optimum(found.flops.to_numpy())
    assert found[["parameters", "tokens"]].T.to_numpy() == approx(
        np.array(expected), rel=0.05)
    assert found.ratio.to_numpy() == approx(found.tokens / found.parameters)
    assert best.exponent(found).to_dict() == approx(
        dict.fromkeys(cases.SEEDS, 0.6 / 1.1), abs=0.02)
    law = best.law_of(table)
    assert (law.alpha, law.beta) == approx((0.5, 0.6), rel=0.02)


def test_a_parabola_has_its_own_bottom_between_the_sizes_or_none():
    C, rows = cases.BUDGETS[4], cases.valleys_of(cases.power(0.4))
    exact = best.bottoms(rows)
    assert exact.parameters.to_numpy() == approx(
        2e3 * (exact.flops / cases.BUDGETS[0]) ** 0.4)
    for edge in (4, 1024):     # now a valley goes on beyond the sizes
        low = rows.value.mask((rows.flops == C) & (rows["size"] == edge), 0)
        found = best.bottoms(rows.assign(value=low))
        none = found[found.flops == C]
        assert none[["parameters", "ratio"]].isna().all(axis=None)
        assert best.exponent(found).to_numpy() == approx(0.4)
    # nor does one with a bottom in some seeds only count
    found.loc[found.flops == C, "parameters"] = [np.nan, 1.0, 1.0]
    assert best.exponent(found).to_numpy() == approx(0.4)


def test_a_size_that_diverged_has_no_bottom_and_hides_none():
    rows = cases.valleys_of(cases.power(0.4))
    known = best.bottoms(rows)
    for size, lost in ((1024, []), (16, [*cases.BUDGETS[:4]])):
        value = rows.value.mask((rows["size"] == size) & (rows.seed == 1))
        found = best.bottoms(rows.assign(value=value))
        gone = found.seed.eq(1) & found.flops.isin(lost)
        assert found[~gone].equals(known[~gone])
        assert found[gone].parameters.isna().all() and gone.sum() == len(lost)


def test_a_single_bottom_makes_no_exponent():
    found = best.bottoms(cases.valleys_of(cases.power(0.4)))
    one = found.parameters.where(found.flops == cases.BUDGETS[0])
    none = best.exponent(found.assign(parameters=one))
    assert [*none.index] == [*cases.SEEDS] and none.isna().all()


@settings(deadline=None, max_examples=10)
@given(st.floats(1e-9, 1e9), st.integers(-9, 9),
       st.permutations(cases.WIDTHS))
def test_bottoms_are_those_of_any_unit_and_order(unit, offset, widths):
    rows = cases.valleys_of(cases.power(0.4), widths=widths)
    one, other = (best.bottoms(table).parameters for table in (
        rows, rows.assign(value=unit * (rows.value + offset))))
    assert other.to_numpy() == approx(one.to_numpy(), rel=1e-6)


@pytest.mark.parametrize("label", ["size", "unique", "tokens", "lr", "seed",
                                   "step", "quantity"])
def test_ends_without_a_label_or_there_twice_are_refused(label):
    rows = cases.valleys_of(cases.power(0.4))
    gap = rows[label].mask(rows.seed == 1)
    for bad in (rows.assign(**{label: gap}), pd.concat([rows, rows])):
        with pytest.raises(ValueError, match=f"{label} is missing|another"):
            best.best_ends(bad)


def test_the_envelope_of_whole_curves_picks_the_right_size():
    rows = pd.concat([cases.tidy([
        dict(parameters=129 * w, seed=seed, step=step, tokens=128 * step,
             value=worse + TRUE.predict(129 * w, 128 * max(step, 1)))
        for w in (16, 32, 64, 128, 256) for seed in cases.SEEDS
        for step in (0, *np.unique(np.geomspace(8, 8192, 60).round()))],
        experiment="curves", lr=lr) for lr, worse in ((0.1, 1), (0.01, 0))])
    spoilt = pd.concat([rows, rows.assign(quantity="train", value=0)])
    table = best.envelope(spoilt, [1e9, 4e9, 1.6e10])
    assert set(table.seed) == {*cases.SEEDS}
    assert table.value.to_numpy() == approx(
        lawful(table.flops, table.parameters), rel=1e-3)
    # the smallest never spends so much, the largest never so little
    for flops, sizes in ((774 * 16 * 2.0**21, {32, 64, 128, 256}),
                         (774 * 128 * 1024.0, {16, 32, 64, 128})):
        assert {*best.envelope(rows, [flops]).parameters // 129} == sizes
    untrained = rows[(rows.step == 0) | (rows.step > 4096)]
    assert best.envelope(untrained, [1e9]).empty
    steep = cases.tidy([   # between evaluations: straight in log tokens
        dict(parameters=129, seed=0, step=step, tokens=128 * step,
             value=9 - np.log(step)) for step in (1, 4, 64)], lr=0.1)
    found = best.envelope(steep, [774 * 128 * 16])
    assert found.value[0] == approx(9 - np.log(16))


def test_the_end_of_a_run_is_taken_at_its_own_best_rate():
    rows = pd.concat([
        cases.valleys_of(loss, lr=lr, widths=(4, 8)) for lr, loss in (
            (0.1, lambda C, N: 2 + (N > 600)),
            (0.01, lambda C, N: 2.5 - (C > 1e10)), (1, lambda C, N: 1.0))])
    rows.loc[(rows.lr == 1) & (rows.seed == 2), "value"] = np.nan
    spoilt = rows.assign(value=0.0)
    table = best.best_ends(pd.concat([
        rows, spoilt.assign(step=0), spoilt.assign(quantity="train")]))
    assert len(table) == len(cases.BUDGETS) * 2 * len(cases.SEEDS)
    short_and_small = (table.parameters < 600) & (table.flops < 1e10)
    assert table.lr.equals(short_and_small.map({True: 0.1, False: 0.01}))
    assert table.excess.to_numpy() == approx(table.value - cases.H)
    alone = best.best_ends(rows[rows.lr == 1])   # no rate is left: it stays
    assert len(alone) == len(table) and alone.value.isna().sum() == (
        len(table) / len(cases.SEEDS))


@pytest.mark.parametrize("factor", [0.25, 4])
def test_the_computation_not_wasted_would_have_given_the_same_loss(factor):
    C, share = 1e11, best.wasted(TRUE, factor)
    N = factor * TRUE.optimum(C)[0]
    assert TRUE.predict(*TRUE.optimum((1 - share) * C)) == approx(
        lawful(C, N), rel=1e-9)
    assert 0.05 < share < 0.7 and best.wasted(TRUE, 1) == approx(0, abs=1e-6)
