"""The measures of the scaling lab on runs whose answer is known."""
import numpy as np
import pandas as pd
import pytest

from labkit import claims, scaling
from labkit import sliders as moving
from labkit.language import runs
from labkit.scaling.laws import Law


def ends_of(law, noise=0.0, tokens=range(16, 21), experiment="grid"):
    """The rows of a grid of runs that follow a law exactly, up to noise."""
    rng = np.random.default_rng(0)
    rows = pd.DataFrame([
        dict(experiment=experiment, size=width, parameters=129 * width,
             unique=2**d, tokens=2**d, weight_decay=0.0, lr=0.03, seed=seed,
             step=2**d // 128, epoch=1.0, quantity="validation")
        for width in (4, 8, 16, 32, 64, 128) for d in tokens
        for seed in range(5)])
    loss = law.predict(rows.parameters, rows.tokens)
    return rows.assign(value=loss * np.exp(noise * rng.normal(size=len(rows))))


H = runs.language().entropy
TRUE = Law(H, 10.0, 400.0, 0.5, 0.6)


def test_the_measures_find_the_constants_of_exact_runs():
    table = runs.with_excess(scaling.ends(ends_of(TRUE)))
    assert scaling.fitted(table).E == pytest.approx(H, rel=1e-4)
    pure = Law(H, 10.0, 1e-9, 0.5, 1.0)
    local = scaling.slopes(runs.with_excess(scaling.ends(ends_of(pure))))
    assert local.to_numpy() == pytest.approx(0.5)
    gain = scaling.gains(table)
    expected = TRUE.predict(1e3, 2**16) - TRUE.predict(1e3, 2**17)
    assert gain.xs(2**16, level="tokens").to_numpy() == pytest.approx(expected)
    held = scaling.held_back(table, "additive", 2)
    assert held.predicted.to_numpy() == pytest.approx(held.value, rel=1e-4)
    spoilt = table.assign(value=table.value.where(table["size"] < 64, 9.0))
    again = scaling.held_back(spoilt, "additive", 2)   # both never looked at
    assert again.predicted.tolist() == held.predicted.tolist()


def test_a_size_is_behind_as_long_as_tokens_do_not_help():
    gap = scaling.behind(ends_of(Law(H, 9, 1e-9, 0.4, 1)))
    assert gap.shape == (5, 6) and (gap.iloc[:, :-1] > 0).all(axis=None)
    assert gap.iloc[:, -1].to_numpy() == pytest.approx(0, abs=1e-9)


def test_each_window_of_four_sizes_or_more_is_fitted_in_both_forms():
    table = scaling.windows(scaling.ends(ends_of(TRUE, 1e-4)), draws=3)
    assert len(table) == 2 * (3 + 2 + 1)
    assert (table.E_low <= table.E_high).all()
    page = moving.window("x", table, H)._repr_html_()
    assert page.count("<svg") == 6 and page.count("data-frame") >= 6


def curves_of(speed):
    """Loss curves from 3 nats, each size falling at its own speed."""
    return pd.DataFrame([
        dict(experiment="early", parameters=size, seed=seed, lr=0.01,
             step=step, tokens=128 * step, quantity="validation",
             value=3 - fast * step)
        for size, fast in speed.items() for seed in range(3)
        for step in (0, 1, 2, 4, 8)])


def test_early_curves_are_compared_at_one_step():
    rows = curves_of({100: 0.1, 200: 0.2})
    assert scaling.drops(rows, 8).iloc[:, 1].to_numpy() == pytest.approx(1.6)
    assert scaling.separation(rows).to_dict() == {200: 1}
    assert np.isnan(scaling.separation(curves_of({100: 0.1, 200: 0.1}))[200])
    # the mean of a straight line is its middle
    assert scaling.code_length(rows)[100].to_numpy() == pytest.approx(2.6)


def test_the_claims_can_fail_and_can_hold():
    good, other = ends_of(TRUE, 1e-5), ends_of(
        Law(H, 10.0, 400.0, 0.5, 0.6, 0.5))
    for test in (scaling.two_terms, scaling.true_floor, scaling.same_window,
                 scaling.foretold, scaling.lower_limit,
                 scaling.gains_at_equal_loss):
        assert test(good).holds, test
    for test in (scaling.straight, scaling.no_floor, scaling.lowers_entropy):
        assert not test(good).holds, test
    full = ends_of(Law(H, 9, 1e-9, 0.4, 1))      # tokens do not matter
    assert scaling.straight(full).holds and scaling.stuck(full).holds
    assert not scaling.stuck(good).holds
    assert scaling.no_floor(ends_of(Law(1e-9, 9, 1e-9, 0.1, 1))).holds
    assert not scaling.two_terms(ends_of(TRUE, 0.05)).holds
    assert not scaling.true_floor(ends_of(Law(H - 0.1, 10, 400, 0.5, 0.6))
                                  ).holds
    assert scaling.gains_more(other, "grid").holds        # k below one
    assert not scaling.gains_more(ends_of(
        Law(H, 10.0, 400.0, 0.5, 0.6, 1.5)), "grid").holds
    early = curves_of({100: 0.1, 200: 0.2})
    assert scaling.steeper(early).holds and scaling.compresses(early).holds
    flat = {100: 0.1, 200: 0.1}
    high = curves_of(flat).assign(experiment="standard")
    assert not scaling.upper_limit(high).holds
    high.loc[(high.parameters == 100) & (high.step == 1), "value"] = 5
    assert scaling.upper_limit(high).holds
    slow = curves_of({100: 0.2, 200: 0.1})
    assert not scaling.steeper(slow).holds
    assert not scaling.compresses(slow).holds
    assert scaling.steeper_anyway(early).holds
    assert not scaling.steeper_anyway(pd.concat([early, slow.assign(
        experiment="standard")])).holds


def test_every_claim_names_its_sentence_and_its_lab():
    ids = [claim.id for claim in scaling.CLAIMS]
    assert len(ids) == len(set(ids))
    assert {i[:3] for i in ids} == {f"C{n}" for n in range(19, 27)}
    for claim in scaling.CLAIMS:
        assert claim.lab == "scaling" and claim.quote_zh and claim.test
        assert claim.statement.endswith(".") and claim.sources


def test_bad_settings_are_refused_before_training():
    for bad, name in ((("grit", [8], [1280], [0.01]), "experiment"),
                      (("grid", [8], [1000], [0.01]), "unique"),
                      (("grid", [0], [1280], [0.01]), "width"),
                      (("grid", [8], [1280], [0.0]), "lrs")):
        with pytest.raises(ValueError, match=name):
            scaling.run(*bad)


def test_longer_runs_start_at_smaller_rates_and_end_once():
    rows = scaling.run("grid", [4], [2**14, 2**16], [0.06], seeds=[0])
    assert sorted(rows.lr.unique()) == [0.06, 0.12]
    assert set(rows.epoch) == {0, 1}


# --- what the chapter says in words, on the recorded rows -----------------

@pytest.fixture(scope="module")
def record():
    from labkit.records import load
    rows = pd.concat([load("scaling", name) for name in (
        "grid", "slower", "early", "standard", "short", "text")])
    return rows.assign(experiment=rows.experiment.replace("slower", "grid"))


def test_the_verdicts_are_those_that_the_chapter_words(record):
    judged = claims.judge(scaling.CLAIMS, record)
    assert claims.verdicts(judged) == {
        "C19": "partly", "C20": "contradicted", "C21": "contradicted",
        "C22": "partly", "C23": "supported", "C24": "partly",
        "C25": "partly", "C26": "partly"}


def test_the_grid_is_as_large_as_said_and_its_upper_rate_never_best(record):
    table = scaling.ends(record[record.experiment == "grid"])
    assert table.parameters.nunique() >= 8 and table.tokens.nunique() >= 6
    assert table.groupby(["parameters", "tokens"]).seed.nunique().min() >= 5
    tried = record[(record.experiment == "grid") & (record.step > 0)].groupby(
        ["parameters", "tokens"]).lr.max()
    assert (table.groupby(["parameters", "tokens"]).lr.first() < tried).all()


def test_the_better_form_has_the_worse_floor_and_both_miss(record):
    table = scaling.ends(record[record.experiment == "grid"])
    additive, coupled = (scaling.fitted(table, form)
                         for form in ("additive", "coupled"))
    assert coupled.residual < additive.residual < 0.01
    assert coupled.E < additive.E < H
    for law in (additive, coupled):
        assert law.interval("E")[1] < H


def test_without_the_longest_runs_the_coupled_floor_is_anywhere(record):
    table = scaling.ends(record[record.experiment == "grid"])
    short = scaling.fitted(table[table.tokens <= 2**20], "coupled")
    assert short.E < 0.1 and short.residual < 0.01


def test_the_pure_power_law_foretells_what_no_model_can_have(record):
    table = scaling.ends(record[record.experiment == "grid"])
    last = table[table.tokens == table.tokens.max()]
    largest = last[last.parameters == last.parameters.max()].value.median()
    assert largest + scaling.no_floor(record).effect < H


def test_without_the_large_sizes_the_floor_sinks(record):
    table = scaling.ends(record[record.experiment == "grid"])
    sizes = sorted(table.parameters.unique())
    floors = [scaling.fitted(table[table.parameters <= largest]).E
              for largest in sizes[3:]]
    assert (np.diff(floors) > 0).all() and floors[0] < 0.5


def test_one_rate_for_all_makes_a_coupling(record):
    rows = record[(record.experiment == "grid") & (record.epoch == 1)
                  & (record.quantity == "validation")]
    away = np.abs(np.log(rows.lr / 0.02))
    nearest = away == away.groupby([rows.parameters, rows.tokens]).transform(
        "min")
    tuned = scaling.fitted(scaling.ends(rows), "coupled").k
    assert scaling.fitted(rows[nearest], "coupled").k < tuned - 0.1


def test_small_models_stay_behind_from_a_ratio_on_and_gain_less(record):
    table = scaling.ends(record[record.experiment == "grid"])
    gap = scaling.behind(table)
    times = gap.columns[-1] / gap.columns
    assert ((gap > 0).all() == (times >= 16)).all()
    assert ((gap < 0).all() == (times <= 8)).all()
    gain = scaling.gains(table).groupby("seed").sum()
    share = gain.iloc[:, 0] / gain.iloc[:, -1]
    assert (share < 1).all() and 0.6 < share.median() < 0.75


def test_no_size_rises_above_its_start_but_at_a_rate_too_large(record):
    seen = record[record.quantity == "validation"]
    highest = seen.groupby(["experiment", "lr", "parameters"]).value.max()
    assert highest["early"].to_numpy() == pytest.approx(np.log(32), abs=1e-3)
    first = seen[seen.step == 0].groupby(
        ["experiment", "lr", "parameters"]).value.max()
    above = (highest - first)["standard"]
    assert (above[[0.003, 0.01]] == 0).all() and above[0.03].iloc[-1] > 1


def test_at_the_lowest_rate_a_larger_model_is_not_ahead_for_every_seed(record):
    curves = record[record.experiment == "early"]
    ahead = {lr: part.iloc[:, -1] / part.iloc[:, 0] for lr, part in (
        (lr, scaling.drops(rows, scaling.FIRST))
        for lr, rows in curves.groupby("lr"))}
    assert not (ahead[0.003] > 1).all()
    assert all((ahead[lr] > 1).all() for lr in (0.01, 0.03))
