"""What is measured, on rows whose answer is known."""
import numpy as np
import pandas as pd
import pytest

from labkit import compute
from labkit.compute import mistuned, repeats, targets, valleys
from labkit.language import runs
from labkit.scaling import laws
from tests.compute import cases

approx = pytest.approx


def test_a_valley_is_paid_in_whole_steps_or_refused():
    found = valleys.cells([3, 5], [16.5], [1])
    assert [cell["unique"] for cell in found] == [241 * 128, 145 * 128]
    with pytest.raises(ValueError, match="powers.*at least one cell"):
        valleys.run(widths=[1], powers=[23])


def test_the_best_rate_is_the_one_whose_slowest_seed_is_fastest():
    rows = pd.concat([
        cases.curves_of({258: (1, 1, 0.05), 516: (1, 0, 1)}, lr=0.1),
        cases.curves_of({258: (0.1, 0.2, 0.1), 516: (0, 1, 1)}, lr=0.01),
        cases.curves_of({258: (9, 9, 0), 516: (0, 0, 0)}, lr=1.0)])
    table = targets.to_targets(rows, [0.5, 0.2],
                               pd.Series({258: 3.0, 516: 5.0}))
    small, large = (table[table.parameters == N] for N in (258, 516))
    assert len(small) == len(large) == 6 and set(small.lr) == {0.01}
    speed = small.seed.map({0: 0.1, 1: 0.2, 2: 0.1})
    assert small.steps.to_numpy() == approx((1 - small.target) / speed)
    for axis, per_step in (("seconds", 3), ("tokens", 128),
                           ("flops", 6 * 258 * 128)):
        assert small[axis].to_numpy() == approx(per_step * small.steps)
        never = large[axis].isna().groupby(large.target).sum()
        assert (never > 0).all()
    with pytest.raises(ValueError, match="per_step has no .*516"):
        targets.to_targets(rows, [0.5], pd.Series({258: 3.0}))


def test_the_cheapest_size_is_named_on_each_axis():
    curves = pd.concat([cases.timed(cases.FASTER, 1, 9, 40),
                        cases.timed({800: (9, 9, 0)}, 1)])   # not always
    found = targets.cheapest(targets.reached(curves, [0.5, 0.25]))
    assert found.to_dict("index") == {   # the lower, the dearer
        target: {"tokens": "400", "FLOPs": "400", "seconds": "100"}
        for target in ("0.50", "0.25")} and found.index[0] == "0.50"
    none = targets.cheapest(targets.reached(curves, [0.5, -99]))
    assert none.loc["-99.00"].tolist() == ["never"] * 3


def test_a_size_that_was_not_timed_is_not_left_out():
    rows = cases.timed(cases.FASTER, 1, 9, 40)
    table = targets.reached(rows, [0.5])
    lost = rows[(rows.repeat != 1) | (rows.parameters != 400)]
    with pytest.raises(ValueError, match="per_step has no .*400"):
        targets.over_fastest(table, lost, -1)


def test_worth_is_counted_in_new_tokens_of_the_same_size_and_seed():
    # a doubling takes off 0.1, but the first one does worse
    new = pd.DataFrame([
        dict(parameters=size, seed=seed, epoch=1.0, unique=2**k,
             value=5 + size + seed + (9 if k == 13 else -k / 10))
        for size in (1, 2) for seed in (3, 4) for k in range(12, 17)])
    again = new[new.unique == 2**14].assign(epoch=4.0)
    more = pd.concat([again, again.assign(parameters=3)])   # not read once
    for taken_off, worth in ((0.1, 2), (0, 1), (-0.1, 2**-.5), (0.9, 4),
                             (-0.3, np.nan)):
        found = repeats.worth(more.assign(value=more.value - taken_off), new)
        assert found.worth.to_list() == approx([worth] * 4, nan_ok=True)
    with pytest.raises(ValueError, match=r"seed is 5; .*\[3, 4\]"):
        repeats.worth(again.assign(seed=5), new)


def test_a_size_that_always_diverges_needs_no_number_of_epochs():
    rows = cases.SIDES["C28a"][0]
    lost = rows.value.mask((rows.parameters == 100) & (rows.seed == 1))
    found = repeats.enough(rows.assign(value=lost))
    assert found[100].isna().tolist() == [False, True, False]
    assert repeats.small_need_many(rows.assign(value=lost)).holds is None


def test_worth_by_law_is_that_of_the_law():
    epochs = np.array([1.0, 2, 4, 40, 1e9])
    assert laws.data_constrained(1e6, 1e9 * epochs, 1e9) == approx(
        laws.C4.predict(1e6, 1e9 * repeats.worth_by_law(epochs)))


def test_parameters_are_counted_as_the_model_has_them():
    width, (model, _, _) = 8, runs.markov_setup(8, 128, [0])
    table, bias, matrix = (p[0].numel() // width for p in model.parameters()
                           if p[0].numel() % width == 0)
    found = {name: float(n) for name, n in valleys.counted(10.0).items()}
    assert found["unit_all"] == model.size() / width == valleys.UNIT / 6
    assert found["unit_tables"] == table + bias
    assert found["ratio_matrix"] == round(10 * 129 / matrix)


# --- what the claims say ----------------------------------------------------

PASSED, _ = cases.SIDES["C28a"]
COSTS = cases.steps_of({100: 1, 400: 8}, {100: 5, 400: 10})


@pytest.mark.parametrize("claim, rows, said", [
    ("C28a", PASSED, "within 0.02 nats of its lowest loss in runs of up to "
     "16 epochs on a small corpus, the smallest size (100 parameters) needs "
     "16 epochs (median of 3 seeds;"),
    ("C28b", PASSED, "100 parameters needs 8 times the epochs of one of 200"),
    ("C28c", cases.SIDES["C28c"][0], "of 100 parameters falls by 0.3 nats"),
    ("C27b", cases.valleys_of(cases.power(0.4)), "with 128 times the "
     "computation the best size grows, and it sees 18.4 times as many"),
    ("C29b", COSTS, "400 parameters needs 2 times the memory of one of 100 "
     "(median of 3 measurements;"),
    ("C29c", COSTS, "from 100 parameters to 400, their number grows 0.5 "),
    ("C30a", cases.SIDES["C30a"][1], "takes 16 times as long as the fastest "
     "(median of 3 pairs of seed and timing;")])
def test_a_claim_says_what_the_rows_were_made_with(claim, rows, said):
    claim = compute.CLAIMS[claim]
    assert said in claim.found(claim.test(rows))


def test_a_valley_counts_the_sizes_that_were_run_and_all_its_rates():
    rows = cases.valleys_of(cases.power(0.4))
    for widest, holds in ((64, True), (8, False)):   # at the least FLOPs
        few = (rows.flops == cases.BUDGETS[0]) & (rows["size"] > widest)
        assert valleys.valley(rows[~few]).holds == holds
    low = rows.value.where(rows["size"] > 4, 0.5)
    for experiment in ("valleys", "between", "mistuned"):
        more = pd.concat([rows, rows.assign(
            experiment=experiment, lr=1.0, value=low)])
        assert valleys.valley(more).holds == (experiment == "mistuned")


def test_a_valley_in_which_a_size_diverged_is_not_passed_over():
    rows = cases.valleys_of(cases.power(0.4))
    lost = (rows.flops == cases.BUDGETS[0]) & (rows["size"] == 32) & (
        rows.seed == 1)
    gone = rows.assign(value=rows.value.mask(lost))
    assert valleys.valley(rows).holds and valleys.valley(gone).holds is None


def test_a_valley_without_a_bottom_says_nothing_about_the_best_size():
    rows = cases.valleys_of(lambda C, N: (
        cases.EDGE if C == cases.BUDGETS[0] else cases.ratio(20))(C, N))
    assert valleys.twenty(rows).holds and valleys.equal_in_mup(rows).holds
    assert valleys.fewer_tokens(rows).effect == approx(64 ** 0.5, rel=1e-3)


def test_a_rate_without_a_bottom_never_makes_the_best_size_stay():
    ends = cases.valleys_of(cases.power(0.4), "mistuned")
    edge = cases.valleys_of(lambda C, N: 9 + cases.EDGE(C, N), "mistuned", 1)
    for other, holds in ((cases.power(0.4), None), (cases.power(0.4, 2500),
                                                    False)):
        more = cases.valleys_of(lambda C, N, loss=other: 9 + loss(C, N),
                                "mistuned", 0.1)
        rows = pd.concat([ends, edge[edge.flops == cases.BUDGETS[0]], more])
        assert mistuned.untouched(rows).holds is holds
        assert mistuned.by_rate(rows)["1"].iloc[0] == "none"
    some = ends.value.mask((ends["size"] == 4) & (ends.seed > 0), 0)
    assert mistuned.by_rate(ends.assign(value=some))["0.03"].iloc[0] == (
        "2,000 (1 of 3)")
