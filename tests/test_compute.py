"""The measures of the compute lab on rows whose answer is known."""
import numpy as np
import pandas as pd
import pytest

from labkit import compute
from labkit.compute import step as steps
from labkit.language import runs
from labkit.scaling import laws
from labkit.scaling.laws import Law

approx = pytest.approx
H = runs.language().entropy
TRUE = Law(H, 10.0, 400.0, 0.5, 0.6)
WIDTHS = tuple(2**k for k in range(2, 11))
BUDGETS = tuple(774.0 * 2**k for k in range(21, 29))
SEEDS = range(3)


def tidy(rows, **same):
    """Rows with the columns that all of the lab's rows have."""
    rows = pd.DataFrame(rows).assign(quantity="validation", **same)
    return rows.assign(size=rows.parameters // 129,
                       flops=6.0 * rows.parameters * rows.tokens)


def valleys_of(loss, experiment="valleys", lr=0.03, widths=WIDTHS,
               budgets=BUDGETS):
    """The ends of runs of ``loss(C, N)``; a seed adds a little."""
    return tidy([
        dict(parameters=129 * w, tokens=C / 774 / w, unique=C / 774 / w,
             seed=seed, value=loss(C, 129 * w) + seed / 1000)
        for C in budgets for w in widths for seed in SEEDS],
        experiment=experiment, lr=lr, step=32, epoch=1.0)


def lawful(C, N):
    return TRUE.predict(N, C / 6 / N)


def around(best):
    """The loss is a parabola in log N whose bottom is at ``best(C)``."""
    return lambda C, N: 1 + 0.1 * np.log(N / best(C)) ** 2


def power(a, start=2e3):
    return around(lambda C: start * (C / BUDGETS[0]) ** a)


def ratio(tokens):
    return around(lambda C: (C / 6 / tokens) ** 0.5)


def reading(losses, experiment):
    """{parameters: {epochs: loss}}; of 2^16 tokens read, or different.

    What is read once, in "repeats", is far better: it must not count.
    """
    most, repeats = 2**16, experiment == "repeats"
    return tidy([
        dict(parameters=size, epoch=passes / once, seed=seed,
             tokens=(most if repeats else most * passes) // once,
             unique=most // passes if repeats else most,
             value=loss + seed / 1000 - (once > 1))
        for size, curve in losses.items() for passes, loss in curve.items()
        for once in ({1, passes} if repeats else [1])
        for seed in SEEDS], experiment=experiment, lr=0.03, step=32)


def curves_of(speed, lr=0.01):
    """From an excess of one nat down; a speed per size, or per seed."""
    return tidy([
        dict(parameters=size, seed=seed, step=step, tokens=128 * step,
             value=H + 1 - (fast if np.isscalar(fast) else fast[seed]) * step)
        for size, fast in speed.items() for seed in SEEDS
        for step in (0, 1, 2, 4, 8, 16, 32)], experiment="curves", lr=lr)


def steps_of(seconds, size=None):
    """{parameters: seconds of a step}; several at once cost nothing."""
    return pd.DataFrame([
        dict(experiment="steps", parameters=N, members=members, repeat=repeat,
             seconds=s if members == 1 else 0, bytes=(size or seconds)[N])
        for N, s in seconds.items() for members in (1, 5)
        for repeat in range(3)])


# --- the best size ----------------------------------------------------------

def test_the_bottoms_of_exact_valleys_are_those_of_the_law():
    table = compute.ends(valleys_of(lawful))
    best = compute.bottoms(table)
    assert len(best) == len(BUDGETS) * len(SEEDS)
    expected = TRUE.optimum(best.flops.to_numpy())
    assert best.parameters.to_numpy() == approx(expected[0], rel=0.05)
    assert best.tokens.to_numpy() == approx(expected[1], rel=0.05)
    assert best.ratio.to_numpy() == approx(best.tokens / best.parameters)
    assert compute.exponent(best).to_numpy() == approx(0.6 / 1.1, abs=0.02)
    assert [*compute.exponent(best).index] == [*SEEDS]
    exact = compute.bottoms(valleys_of(power(0.4)))   # through any points
    assert exact.parameters.to_numpy() == approx(
        2e3 * (exact.flops / BUDGETS[0]) ** 0.4)
    assert compute.exponent(exact).to_numpy() == approx(0.4)


def test_a_valley_that_goes_on_beyond_the_sizes_has_no_bottom():
    C = BUDGETS[4]
    for start in (0, 3):   # of sizes on one side of the best only
        best = 129 * WIDTHS[start + (2 if start == 0 else 0)]
        rows = valleys_of(around(lambda C, best=best: best), budgets=[C],
                          widths=WIDTHS[start:start + 3])
        found = compute.bottoms(rows)
        assert len(found) == 3 and found.parameters.isna().all()
        assert found.ratio.isna().all()
    whole = valleys_of(power(0.4))
    whole.loc[(whole.flops == C) & (whole["size"] == 4), "value"] = 0
    found = compute.bottoms(whole)
    assert found.parameters.isna().sum() == len(SEEDS)
    assert compute.exponent(found).to_numpy() == approx(0.4)
    # one seed without a bottom: no seed is fitted there
    found.loc[found.flops == C, "parameters"] = [np.nan, 1.0, 1.0]
    assert compute.exponent(found).to_numpy() == approx(0.4)


def test_the_envelope_of_whole_curves_picks_the_right_size():
    rows = pd.concat([tidy([
        dict(parameters=129 * w, seed=seed, step=step, tokens=128 * step,
             value=worse + TRUE.predict(129 * w, 128 * max(step, 1)))
        for w in (16, 32, 64, 128, 256) for seed in SEEDS
        for step in (0, *np.unique(np.geomspace(8, 8192, 60).round()))],
        experiment="curves", lr=lr) for lr, worse in ((0.1, 1), (0.01, 0))])
    table = compute.envelope(rows, [1e9, 4e9, 1.6e10])
    assert set(table.seed) == {*SEEDS}
    expected = TRUE.predict(table.parameters,
                            table.flops / 6 / table.parameters)
    assert table.value.to_numpy() == approx(expected, rel=1e-3)
    lowest = table.loc[table.groupby(["flops", "seed"]).value.idxmin()]
    for run in lowest.itertuples():
        sizes = table[table.flops == run.flops].parameters.unique()
        losses = TRUE.predict(sizes, run.flops / 6 / sizes)
        assert run.parameters == sizes[losses.argmin()]
    # the smallest never spends so much, the largest never so little
    assert compute.envelope(rows, [6 * 129 * 16 * 2.0**21]
                            ).parameters.min() == 129 * 32
    assert compute.envelope(rows, [6 * 129 * 128 * 1024.0]
                            ).parameters.max() == 129 * 128
    steep = tidy([dict(parameters=129, seed=0, step=step, tokens=128 * step,
                       value=9 - np.log(step)) for step in (1, 4, 64)],
                 experiment="curves", lr=0.1)   # straight in log tokens
    assert compute.envelope(steep, [774 * 128 * 16]).value[0] == approx(
        9 - np.log(16))
    untrained = rows[(rows.step == 0) | (rows.step > 4096)]
    assert compute.envelope(untrained, [1e9]).empty


# --- costs and rates --------------------------------------------------------

def test_the_best_rate_is_the_one_whose_slowest_seed_is_fastest():
    rows = pd.concat([
        curves_of({258: (1, 1, 0.05), 516: (1, 0, 1)}, lr=0.1),
        curves_of({258: (0.1, 0.2, 0.1), 516: (0, 1, 1)}, lr=0.01),
        curves_of({258: (9, 9, 0), 516: (0, 0, 0)}, lr=1.0)])
    table = compute.to_targets(rows, [0.5, 0.2],
                               pd.Series({258: 3.0, 516: 5.0}))
    small, large = (table[table.parameters == N] for N in (258, 516))
    assert len(small) == len(large) == 6 and set(small.lr) == {0.01}
    for target in (0.5, 0.2):
        part = small[small.target == target].sort_values("seed")
        assert part.steps.to_numpy() == approx(
            (1 - target) / np.array([0.1, 0.2, 0.1]))
    assert small.seconds.to_numpy() == approx(3 * small.steps)
    assert small.tokens.to_numpy() == approx(128 * small.steps)
    assert small.flops.to_numpy() == approx(6 * 258 * 128 * small.steps)
    never = large.groupby("target")[["steps", "tokens", "flops", "seconds"]]
    assert (never.agg(lambda seeds: seeds.isna().sum()) > 0).all(axis=None)
    with pytest.raises(ValueError, match="per_step has no .*516"):
        compute.to_targets(rows, [0.5], pd.Series({258: 3.0}))


def test_the_end_of_a_run_is_taken_at_its_own_best_rate():
    rows = pd.concat([
        valleys_of(lambda C, N: 2 + (N > 600), lr=0.1, widths=(4, 8)),
        valleys_of(lambda C, N: 2.5 - (C > 1e10), lr=0.01, widths=(4, 8)),
        valleys_of(lambda C, N: 1.0, lr=1.0, widths=(4, 8))])
    rows.loc[(rows.lr == 1) & (rows.seed == 2), "value"] = np.nan
    spoilt = rows.assign(value=0.0)
    table = compute.ends(pd.concat([
        rows, spoilt.assign(step=0), spoilt.assign(quantity="train")]))
    assert len(table) == len(BUDGETS) * 2 * len(SEEDS)
    for row in table.itertuples():
        short_and_small = row.parameters < 600 and row.flops < 1e10
        assert row.lr == (0.1 if short_and_small else 0.01)
    assert table.excess.to_numpy() == approx(table.value - H)


# --- what repeated tokens are worth -----------------------------------------

def test_worth_is_counted_in_new_tokens_of_the_same_size_and_seed():
    def loss(tokens, size, seed):
        return 5 + size / 100 + seed - 0.1 * np.log(tokens)

    most, worths = 2**16, {2**14: 3.3, 2**15: 2, 2**16: 1, 2**12: 1, 2**10: 9}
    table = pd.DataFrame([
        dict(parameters=size, seed=seed, unique=U, tokens=tokens,
             epoch=tokens / U, value=loss(
                 U if tokens == U else U * worths[U], size, seed))
        for U in (*worths, 2**13) for size in (100, 200) for seed in (0, 1)
        for tokens in ({U, most} if U in worths else {U})])

    def worth(table):
        return compute.worth(compute.most(table), table[table.epoch == 1])

    found = worth(table)
    assert len(found) == 4 * len(worths) and (found.tokens == most).all()
    assert found.worth.to_numpy() == approx(found.unique.map(worths))
    # worth a tenth: less than the smallest corpus read once, or a loss of it
    worse = worth(table.assign(
        value=table.value + 0.1 * np.log(10) * (table.epoch > 1)))
    assert worse.worth.isna().equals(worse.unique <= 2**12)
    part = worse[worse.unique.isin([2**14, 2**15])]
    assert part.worth.to_numpy() == approx(part.unique.map(worths) / 10)
    # more new tokens that did worse than fewer do not count
    spoilt = worth(table.assign(value=table.value.where(
        (table.epoch > 1) | (table.unique != 2**13), 99.0)))
    same = spoilt.unique >= 2**12
    assert spoilt.worth[same].equals(found.worth[same])
    one = table[(table.epoch == 1) & (table.parameters == 100)]
    assert set(compute.worth(compute.most(table), one).parameters) == {100}


def test_worth_by_law_is_that_of_the_law():
    assert compute.worth_by_law(1) == 1
    assert compute.worth_by_law(2) == approx(1.97, abs=0.005)
    assert compute.worth_by_law(1e9) == approx(1 + laws.REPEATS)
    assert compute.worth_by_law(np.inf) == approx(16.387756)
    epochs = np.array([1.0, 2, 4, 40])
    assert laws.C4.predict(1e6, 1e9 * compute.worth_by_law(epochs)) == approx(
        laws.data_constrained(1e6, 1e9 * epochs, 1e9))


# --- what is run ------------------------------------------------------------

def spent(cell):
    a = runs.axes(cell["task"], cell["width"], cell["unique"])
    count = a.steps(cell["epochs"])
    return a.tokens(count), a.flops(count), count


def test_each_cell_of_a_valley_spends_its_computation_on_new_tokens():
    for build in (compute.valleys, compute.mistuned):
        left, paid = build([2, 3, 5, 1024], [15, 16.5, 22], [0.03]), 0
        for C in (774 * 2**k for k in (15, 16.5, 22)):
            for width in (2, 3, 5, 1024):
                if 2**12 <= C / 774 / width <= 2**17:
                    cell = left.pop(0)
                    assert cell["width"] == width and cell["epochs"] == 1
                    assert spent(cell)[1] == approx(C, rel=0.01)
                    paid += 1
                elif C / 774 / width > 2**12:
                    del left[0]   # as above, but slow to build
        assert not left and 0 < paid < 12


def test_a_valley_leaves_out_runs_that_are_too_short_or_too_long():
    found = compute.valleys([1, 2], [11, 12, 13], [1])
    assert [cell["unique"] for cell in found] == [2**12, 2**13, 2**12]
    assert compute.valleys([1], [23], [1]) == []


def test_longer_runs_start_at_smaller_rates_unless_told_not_to():
    for cell in compute.valleys([4], [15, 17], [0.01, 0.04]):
        scale = (2**16 / spent(cell)[0]) ** 0.5
        assert cell["lrs"] == approx([0.01 * scale, 0.04 * scale], rel=5e-3)
        assert cell["task"] == "rules" and cell["schedule"] == "linear"
        assert cell["first"] == spent(cell)[2]    # examined at its end only
    for cell in compute.mistuned([4], [15, 17], [0.01, 0.04]):
        assert cell["lrs"] == [0.01, 0.04] and cell["task"] == "standard"
    once, twice = compute.passes([4], 2**16, 1, [0.02])
    assert once["lrs"] == [0.02] and twice["lrs"] == [0.0141]


def test_repeated_runs_read_equally_many_tokens_and_others_do_not():
    cells = compute.repeats([4, 8], 2**13, 2, [0.03])
    repeated, once = cells[:6], cells[6:]
    assert [spent(cell)[0] for cell in repeated] == [2**13] * 6
    assert [cell["unique"] for cell in repeated[::2]] == [2**13, 2**12, 2**11]
    assert len({tuple(cell["lrs"]) for cell in repeated}) == 1
    assert {cell["epochs"] for cell in once} == {1}
    assert [spent(cell)[0] for cell in once] == [2**12] * 2 + [2**11] * 2
    for some in (repeated, once):
        assert [cell["width"] for cell in some[:2]] == [4, 8]
    cells = compute.passes([4], 2**10, 2, [0.03])
    assert [spent(cell)[0] for cell in cells] == [2**10, 2**11, 2**12]
    assert {cell["unique"] for cell in cells} == {2**10}


def test_the_whole_curves_are_at_constant_rates_and_see_each_token_once():
    cells = compute.curves([4, 8], 2**10, (0.01, 0.03))
    assert [cell["width"] for cell in cells] == [4, 8]
    for cell in cells:
        assert spent(cell)[0] == cell["unique"] == 2**10
        assert cell["lrs"] == [0.01, 0.03]
        assert cell.get("schedule", "constant") == "constant"


@pytest.mark.parametrize("name, experiment, settings", [
    ("experiment", "valley", ([4], [14], [0.03])),
    ("width", "valleys", ([4, 0], [14], [0.03])),
    ("lrs", "valleys", ([4], [14], [0.03, 0])),
    ("width", "curves", ([4, 0], 1024, [0.03])),
    ("unique", "curves", ([4], 1000, [0.03])),
    ("unique", "repeats", ([4], 1024, 4, [0.03])),
    ("width", "passes", ([4, -1], 1024, 0, [0.03])),
    ("unique", "passes", ([4], 1000, 0, [0.03])),
    ("width", "steps", ([4, 0], [1])),
    ("members", "steps", ([4], [1, 0]))])
def test_bad_settings_are_refused_before_anything_is_trained(
        name, experiment, settings, monkeypatch):
    def train(**_):
        pytest.fail("trained")

    monkeypatch.setattr(compute, "train_size", train)
    monkeypatch.setattr(steps, "measure", train)
    with pytest.raises(ValueError, match=rf"\b{name}\b"):
        compute.run(experiment, *settings)
    with pytest.raises(ValueError, match="seeds"):
        compute.run("passes", [4], 1024, 0, [0.03], seeds=[])


def test_small_runs_give_rows_that_the_measures_can_read(monkeypatch):
    monkeypatch.setattr(steps, "SECONDS", 0.001)
    rows = compute.run("valleys", [2, 4, 8], [15], [0.03, 0.1],
                       seeds=[0, 1])
    assert set(rows.experiment) == {"valleys"} and set(rows.epoch) == {0, 1}
    table = compute.valley_ends(rows)
    assert len(table) == 6 and (table.flops == 774 * 2**15).all()
    assert (table.excess > 0).all() and len(compute.bottoms(table)) == 2
    rows = compute.run("repeats", [4], 2**12, 2, [0.03], seeds=[0])
    table = compute.ends(rows)
    assert sorted(table.tokens) == [2**10, 2**11, *[2**12] * 3]
    found = compute.by_epochs(compute.most(table))
    assert [*found] == [1, 2, 4] and (found > H).all(axis=None)
    found = compute.worth(compute.most(table), table[table.epoch == 1])
    assert sorted(found.epoch) == [1, 2, 4]
    rows = compute.run("steps", [4, 8], [1, 2])
    assert len(rows) == 2 * 2 * steps.REPEATS
    assert rows.groupby("members").parameters.unique().map(list).to_dict(
        ) == {1: [516, 1032], 2: [516, 1032]}
    assert (compute.per_step(rows) > 0).all()


# --- the claims -------------------------------------------------------------

RISING = {1: 2.0, 2: 2.0, 16: 2.1}
FALLING = {1: 2.0, 2: 1.9, 16: 1.7}
EARLY = {1: 2.0, 2: 1.905, 16: 1.9}      # as good as at its best after two
ALIKE = {100: 0.05, 200: 0.05, 400: 0.05}
FASTER = {100: 0.05, 200: 0.2, 400: 0.8}


def timed(speed, seconds):
    """Loss curves of three sizes, and the time of a step of each."""
    return pd.concat([curves_of(speed), steps_of(dict(zip(speed, seconds)))])


def slow_once(rows, seconds):
    """In one timing of three, all sizes but the largest are slow."""
    slow = (rows.repeat == 1) & (rows.parameters < rows.parameters.max())
    return rows.assign(seconds=rows.seconds.mask(slow, seconds))


def at_rates(*losses):
    """The careless valleys, at one rate after another."""
    return pd.concat([valleys_of(loss, "mistuned", lr)
                      for loss, lr in zip(losses, (0.01, 0.1))])


def edge(C, N):
    """Best at an extreme size if there is little computation."""
    return 1 + 0.1 * np.log(N / (516 if C == BUDGETS[0] else 4e3)) ** 2


OUTCOMES = {   # claim -> (rows on which it holds, rows on which it fails)
    "C27a": (reading({100: RISING, 200: RISING}, "repeats"),
             reading({100: FALLING, 200: RISING}, "repeats")),
    "C27b": (valleys_of(power(1.1, 600)), valleys_of(power(0.5))),
    "C28a": (reading({100: FALLING, 200: EARLY}, "passes"),
             reading({100: EARLY, 200: FALLING}, "passes")),
    "C28b": (reading({100: FALLING, 200: EARLY}, "passes"),
             reading({100: FALLING, 200: FALLING}, "passes")),
    "C28c": (reading({100: FALLING, 200: RISING}, "repeats"),
             reading({100: RISING, 200: FALLING}, "repeats")),
    "C29a": (steps_of({100: 1, 200: 1.5, 400: 1.1}),
             steps_of({100: 1, 200: 1.5, 400: 1})),
    "C29b": (steps_of({100: 1, 400: 1}, {100: 8, 400: 9}),
             steps_of({100: 1, 400: 4}, {100: 8, 400: 8})),
    "C29c": (steps_of({100: 1, 200: 9, 400: 3}),
             steps_of({100: 1, 200: 2, 400: 1.9})),
    "C30a": (timed(ALIKE, (1, 1, 1)), timed(FASTER, (1, 1, 1))),
    "C30b": (timed(ALIKE, (1, 1, 4)),
             slow_once(timed(ALIKE, (1, 1, 2)), 3)),
    "C30c": (timed(ALIKE, (1, 1, 1)), timed(FASTER, (9, 9, 9))),
    "C32a": (valleys_of(power(0.4)), valleys_of(edge)),
    "C32b": (valleys_of(power(0.52)), valleys_of(power(0.56))),
    "C32c": (valleys_of(ratio(21)), valleys_of(ratio(23))),
    "C32d": (at_rates(power(0.4), power(0.4, 2010)),
             at_rates(power(0.4), power(0.4, 2500))),
    "C32e": (at_rates(power(0.52), lambda C, N: 9 + power(0.4)(C, N)),
             at_rates(power(0.56), lambda C, N: 9 + power(0.5)(C, N))),
}


@pytest.mark.parametrize("claim", compute.CLAIMS, ids=lambda c: c.id)
def test_every_claim_can_hold_and_can_fail(claim):
    yes, no = map(claim.test, OUTCOMES[claim.id])
    assert yes.holds and not no.holds
    counted = 9 if yes.of == "pairs of seed and timing" else 3
    assert yes.seeds == no.seeds == counted and yes.text != no.text
    for found in (yes, no):
        low, high = found.interval
        assert low <= found.effect <= high and "nan" not in str(found)


def test_every_claim_names_its_sentence_and_its_lab():
    assert [claim.id for claim in compute.CLAIMS] == [*OUTCOMES]
    for claim in compute.CLAIMS:
        assert claim.lab == "compute" and claim.quote_zh and claim.test
        assert claim.statement.endswith(".") and claim.sources


def test_the_effects_are_what_the_rows_were_made_with():
    def effect(test, *rows):
        return approx(test(pd.concat(rows)).effect)

    dearer = reading({100: {1: 2, 2: 2.05, 16: 2.1}}, "repeats")
    assert 0.05 == effect(compute.once_is_enough, dearer)
    repeated = reading({100: FALLING, 200: RISING}, "repeats")
    assert -0.3 == effect(compute.once_is_enough, repeated)
    assert "loss falls by 0.3 nats" in compute.once_is_enough(repeated).text
    assert -0.3 == effect(compute.many_anyway, repeated)
    passes = reading({100: FALLING, 200: EARLY}, "passes")
    assert 16 == effect(compute.small_need_many, passes)
    assert 16 / 2 == effect(compute.large_need_fewer, passes)
    assert "up to 16 epochs" in compute.small_need_many(passes).text
    assert 0.55 == effect(compute.equal_in_mup, valleys_of(power(0.55)))
    assert 2 ** (0.6 * 7) == effect(compute.fewer_tokens,
                                    valleys_of(power(0.4)))
    assert 1.25 == effect(compute.untouched, at_rates(
        power(0.4, 2e3), lambda C, N: power(0.4, 2500)(C, N) + 9))
    costs = steps_of({100: 1, 400: 8}, {100: 5, 400: 10})
    assert 8 == effect(compute.slower_step, costs)
    assert 2 == effect(compute.more_memory, costs)
    assert 0.5 == effect(compute.in_proportion, costs)
    curves = timed({100: 0, **FASTER}, (1, 1, 1)), timed(
        {50: 0.001, 800: 0.001}, (1, 1))   # those two never get there
    curves = *curves, curves_of(ALIKE, lr=1e-3)
    assert 16 == effect(compute.small_is_fastest, *curves)
    assert 1 == effect(compute.large_is_slower, *curves)
    assert 1 == effect(compute.large_is_dear, *curves)
    faster = curves_of({100: 3.2}, lr=0.1)
    assert 1 == effect(compute.small_is_fastest, *curves, faster)
    assert 16 == effect(compute.large_is_dear, *curves, faster)
    off = valleys_of(around(lambda C: (C / 6 / (40 if C == BUDGETS[-1] else
                                                20)) ** 0.5))
    assert 40 == effect(compute.twenty, off)


def test_a_valley_counts_the_sizes_that_were_run_and_all_its_rates():
    rows = valleys_of(power(0.4))
    few = (rows.flops == BUDGETS[0]) & (rows["size"] > 64)
    assert compute.valley(rows[~few]).holds
    few = (rows.flops == BUDGETS[0]) & (rows["size"] > 8)
    assert not compute.valley(rows[~few]).holds
    low = rows.value.where(rows["size"] > 4, 0.5)
    for experiment in ("valleys", "mistuned"):
        more = pd.concat([rows, rows.assign(
            experiment=experiment, lr=1.0, value=low)])
        assert compute.valley(more).holds == (experiment == "mistuned")


def test_a_valley_without_a_bottom_says_nothing_about_the_best_size():
    rows = valleys_of(lambda C, N: edge(C, N) if C == BUDGETS[0]
                      else ratio(20)(C, N))
    assert compute.twenty(rows).holds and compute.equal_in_mup(rows).holds
    assert compute.fewer_tokens(rows).effect == approx(64 ** 0.5, rel=1e-3)
