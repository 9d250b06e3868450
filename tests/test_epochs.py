"""The measure of the epochs lab, epochs to a target, on known curves.

Below it: the claims of the lab on rows whose answer is known.
"""

import numpy as np
import pandas as pd
import pytest

from labkit import epochs
from labkit.epochs import epochs_to_target
from labkit.language import Markov, runs
from publish.record import budgets

INF, NAN = float("inf"), float("nan")


@pytest.mark.parametrize("target, epoch", [
    (4.0, 0), (3.5, 0.5), (2.75, 1.25), (2.0, 2), (1.0, 6)])
def test_a_piecewise_linear_curve_is_interpolated_exactly(target, epoch):
    # all of these numbers are binary fractions: no rounding
    assert epochs_to_target([0, 2, 6], [4, 2, 1], target) == epoch


def test_a_straight_line_gives_back_its_inverse():
    epochs = np.linspace(0, 10, 41)
    losses = 3 - 0.2 * epochs
    for target in np.linspace(1.1, 2.9, 30):
        # a handful of operations on numbers near one
        assert epochs_to_target(epochs, losses, target) == pytest.approx(
            (3 - target) / 0.2, rel=1e-12)


def test_a_target_reached_at_the_first_point_needs_that_points_epochs():
    assert epochs_to_target([0.5, 1], [2, 1], 3) == 0.5
    assert epochs_to_target([0.5], [2], 2) == 0.5


def test_a_target_that_is_never_reached_gives_none():
    assert epochs_to_target([0, 1, 2], [3, 2, 1], 0.999) is None
    assert epochs_to_target([0], [3], 2) is None


def test_a_run_that_diverged_reaches_nothing():
    assert epochs_to_target([0, 1, 2, 3], [3, 2, NAN, NAN], 1.5) is None
    assert epochs_to_target([0, 1], [NAN, NAN], 1.5) is None


def test_what_was_reached_before_diverging_counts():
    assert epochs_to_target([0, 1, 2], [3, 2, NAN], 2.5) == 0.5


def test_coming_down_from_infinity_needs_the_epochs_of_the_point_itself():
    assert epochs_to_target([0, 1, 2], [INF, INF, 1], 1.5) == 2


def test_a_loss_that_rises_again_counts_its_first_crossing_only():
    assert epochs_to_target([0, 1, 2, 3, 4], [4, 2, 5, 1, 0], 3) == 0.5
    assert epochs_to_target([0, 1, 2], [4, 2, 5], 2) == 1


@pytest.mark.parametrize("name, arguments", [
    ("epochs", ([], [], 1)),
    ("epochs", ([0, 1, 1], [3, 2, 1], 1)),
    ("epochs", ([0, 2, 1], [3, 2, 1], 1)),
    ("epochs", ([0, NAN, 1], [3, 2, 1], 1)),
    ("epochs", ([[0, 1]], [[3, 2]], 1)),
    ("losses", ([0, 1], [3, 2, 1], 1)),
    ("losses", ([0, 1], 3, 1)),
    ("target", ([0, 1], [3, 2], NAN)),
    ("target", ([0, 1], [3, 2], INF)),
])
def test_bad_arguments_are_named(name, arguments):
    with pytest.raises(ValueError, match=name):
        epochs_to_target(*arguments)


# --- what the rows say ----------------------------------------------------

def rows_of(curves, experiment="targets", lr=0.01):
    """Tidy rows from {size: excess at epochs 0, 1, 2, 4, ...}."""
    entropy = Markov().entropy
    return pd.DataFrame([
        dict(experiment=experiment, unique=1000, weight_decay=0.0, lr=lr,
             size=size, parameters=129 * size, seed=seed, step=10 * epoch,
             epoch=epoch, tokens=1000 * epoch, quantity=quantity,
             value=entropy + excess)
        for size, curve in curves.items() for seed in range(5)
        for quantity in ("train", "validation")
        for epoch, excess in zip((0, 0.5, 1, 2, 4, 8, 16), curve)])


# excess falls as 1/epochs in both, at twice the speed in the larger
TWICE = {8: [4, 2, 1, 0.5, 0.25, 0.125, 0.0625],
         16: [4, 1, 0.5, 0.25, 0.125, 0.0625, 0.03125]}


def test_the_factor_per_doubling_is_that_of_the_curves():
    table = epochs.needed(rows_of(TWICE), [2 + Markov().entropy])
    assert epochs.per_doubling(table).tolist() == pytest.approx([1.5] * 5)
    # between 0 and the first point the lines are straight: 0.5 against 1/3


def test_a_size_that_never_arrives_is_kept_as_nan():
    table = runs.with_excess(rows_of({8: [4] * 7, **{16: TWICE[16]}}))
    table = epochs.needed(table, [1.0], column="excess")
    assert table[table["size"] == 8].needed.isna().all()
    assert table[table["size"] == 16].needed.notna().all()


def test_the_tuned_rate_is_the_best_that_never_diverges():
    rows = pd.concat([rows_of(TWICE, lr=0.01),
                      rows_of({s: [4] * 7 for s in TWICE}, lr=0.001),
                      rows_of({s: [4, 0, 0, 0, 0, 0, float("nan")]
                               for s in TWICE}, lr=0.1)])
    assert set(runs.tuned(rows).lr) == {0.01}


def test_the_claims_can_fail():
    """Each ruling turns round on rows made to turn it round."""
    swapped = rows_of({8: TWICE[16], 16: TWICE[8]})
    assert epochs.fewer_epochs(rows_of(TWICE)).holds
    assert not epochs.fewer_epochs(swapped).holds
    assert epochs.patience_pays(rows_of(TWICE)).holds
    assert not epochs.patience_pays(
        rows_of({8: [4, 3, 3, 3, 3, 3, 3], 16: TWICE[16]})).holds
    assert epochs.lower_after_one_epoch(rows_of(TWICE)).holds
    assert not epochs.lower_after_one_epoch(swapped).holds
    assert epochs.stays_low(rows_of(TWICE)).holds
    assert not epochs.stays_low(
        rows_of({8: TWICE[8], 16: [4, 1, 0.5, 0.25, 1, 2, 3]})).holds
    assert epochs.more_from_the_same_text(rows_of(TWICE)).holds
    assert not epochs.more_from_the_same_text(swapped).holds
    lost = rows_of({8: TWICE[8], 16: [4] * 7}, experiment="endings")
    assert epochs.other_never(lost).holds
    assert not epochs.other_never(rows_of(TWICE, "endings")).holds


def test_the_claims_hold_on_fresh_seeds_in_another_language(speak):
    """The check of the lab, at its quick budget, on other rules, too."""
    speak(seed=1)
    rows = epochs.run("targets", *budgets("epochs")["quick"]["targets"],
                      seeds=range(100, 105))
    outcomes = {claim.id: claim.test(rows).holds
                for claim in epochs.CLAIMS if claim.test}
    assert outcomes == {"C1a": True, "C1b": False, "C1c": True, "C1d": False,
                        "C2a": True, "C3a": True, "C3b": True}


def test_the_way_to_ones_own_best_is_measured_from_the_start():
    rows = rows_of({8: [4, 3, 2, 1, 0, 0, 0]})
    # nine tenths of 4 nats: an excess of 0.4, between epochs 2 (1) and 4 (0)
    assert epochs.to_own_best(rows, 0.9).needed.tolist() == pytest.approx(
        [2 + 0.6 * 2] * 5)


def test_shuffled_tokens_are_learned_by_heart_and_nothing_else():
    """The negative control, on fresh seeds."""
    rows = epochs.run("shuffled", *budgets("epochs")["quick"]["shuffled"],
                      seeds=range(100, 105))
    end = rows[(rows.step == rows.step.max())
               & (rows["size"] == rows["size"].max())]
    floor = Markov().best_loss(0)
    assert (end[end.quantity == "train"].value < floor).all()
    assert (end[end.quantity == "validation"].value > floor).all()


def test_bad_settings_are_refused_before_training():
    good = ("targets", [8], [1280], 1, [0.01])
    for i, bad, name in ((0, "target", "experiment"), (2, [1000], "unique"),
                         (3, -1, "epochs"), (4, [0.0], "lrs"),
                         (1, [8, 0], "width")):
        settings = list(good)
        settings[i] = bad
        with pytest.raises(ValueError, match=name):
            epochs.run(*settings)
    with pytest.raises(ValueError, match="seeds"):
        epochs.run(*good, seeds=[])


def test_the_sources_of_the_standard_library_are_a_text_to_learn():
    """The smallest run of what is recorded on a GPU."""
    rows = epochs.run("library", [8], [1024], 2, [0.01], seeds=[0])
    first, last = rows[rows.quantity == "train"].value.iloc[[0, -1]]
    assert last < first


def test_a_text_of_ones_own_is_a_text_to_learn(tmp_path, monkeypatch):
    monkeypatch.setattr(runs, "TASKS", dict(runs.TASKS))
    path = tmp_path / "mine.txt"
    path.write_text("\n\n".join(f"paragraph {i}" * 9 for i in range(99)))
    runs.own_text(path)
    assert len(epochs.run("own", [8], [1024], 1, [0.01], seeds=[0]))
    with pytest.raises(ValueError, match="unique"):
        epochs.run("own", [8], [1024 * 64], 1, [0.01], seeds=[0])
