"""What the experiments train, and what their rows say."""
import numpy as np
import pandas as pd
import pytest

from labkit import epochs
from labkit.epochs import controls, endings, patience, targets, text
from labkit.language import Markov, runs
from labkit.records import Record, load
from tests.epochs.cases import EPOCHS, FAST, HOLDS, rows_of

FRESH = range(100, 105)   # seeds


def test_each_doubling_saves_what_the_curves_say():
    rows = targets.best_of(rows_of({
        4: [4] * 7, 8: [4, 3, 3, 3, 3, 2, 0], 16: [4, 3, 3, 3, 2, 0, 0],
        32: [4, 3, 2, 0, 0, 0, 0]}))
    assert targets.saved(rows, 2) == pytest.approx([2, 4])
    # one seed of the middle size never gets there: no factor beside it
    late = (rows["size"] == 16) & (rows.seed == 0)
    lost = rows.assign(excess=rows.excess.mask(late, 4))
    assert np.isnan(targets.saved(lost, 2)).all()


def test_patience_counts_in_the_claim_and_is_drawn_where_it_is():
    stuck = rows_of({8: [4, 3, 3, 3, 3, 3, 3], 16: FAST})
    late = rows_of({8: [3, 2, 1, 0, 0, 0, 0]}, "patience")
    late["epoch"] += max(EPOCHS)
    both = pd.concat([stuck, late])
    assert patience.patience_pays(both).holds
    assert ["dotted" in patience.curves_figure(rows).alt
            for rows in (stuck, both)] == [False, True]


@pytest.mark.parametrize("curves, behind", [
    ({8: FAST, 16: [4] * 7}, 4 - FAST[-1]),     # the other "never"
    ({8: [4] * 7, 16: FAST}, FAST[-1] - 4)])
def test_by_how_much_the_largest_misses_the_best_smaller_one(curves, behind):
    found = endings.behind(rows_of(curves, "endings"))
    assert found.tolist() == pytest.approx([behind] * 5)


def test_the_end_of_a_run_that_diverges_is_not_its_last_number():
    rows = rows_of({4: FAST, 8: FAST, 16: FAST})
    lost = rows.value.mask((rows["size"] == 16) & (rows.epoch > 2)
                           & (rows.seed == 1))
    gone = rows.assign(value=lost)
    assert targets.stays_low(rows).holds
    assert targets.stays_low(gone).holds is None
    for sizes in ({}, {8: 16, 16: 8}):   # the largest, a smaller one
        found = endings.behind(gone.assign(
            experiment="endings", parameters=129 * gone["size"].replace(
                sizes)))
        assert found.isna().tolist() == [seed == 1 for seed in range(5)]
    run = gone[gone.quantity == "validation"].assign(excess=lost)
    assert targets.rises(run).isna().sum() == 1


def test_where_a_run_turns_and_how_it_ends():
    rows = rows_of({32: FAST, 64: [4, 3, 2, 1, 2, 2.5, 3]}, "rates")
    found = text.turning(rows).drop_duplicates()
    H = Markov().entropy
    assert found.to_numpy().tolist() == [
        pytest.approx([1 + H, 2, 3 + H, 3 + H])]
    rises = targets.rises(runs.with_excess(
        rows[rows.quantity == "train"])).unstack("parameters")
    assert set(rises[129 * 64].round(9)) == {3}   # times its lowest excess


def test_both_parameterisations_are_compared_within_the_same_epochs():
    long, short = (rows_of({8: FAST}, name) for name in ("targets",
                                                         "standard"))
    table = controls.lowest_by_rate(pd.concat([long, short[short.epoch < 3]]))
    assert table.to_numpy().round(9).tolist() == [[FAST[3]], [FAST[3]]]


def test_the_claims_hold_on_fresh_seeds_in_another_language(speak):
    """The check of the lab, at its quick budget, on other rules, too."""
    speak(seed=1)
    rows = targets.run("quick", seeds=FRESH)
    assert HOLDS == {id: epochs.CLAIMS[id].test(rows).holds for id in HOLDS}


def test_a_text_of_ones_own_must_be_there(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    with pytest.raises(ValueError, match="path is 'mine.txt'"):
        text.own.run()


def test_workers_know_a_text_of_ones_own_and_its_record_is_of_no_other(
        tmp_path, monkeypatch):
    file, sizes = tmp_path / "小说.txt", dict(
        widths=[4, 8], uniques=[2048], epochs=1, seeds=[0])
    file.write_text("\n\n".join(f"红楼梦 {i}" * 9 for i in range(99)), "utf-8")
    monkeypatch.chdir(tmp_path)
    record = Record(tmp_path, "own")
    rows = text.own.run(path=file.name, workers=2, record=record, **sizes)
    assert len(record.cells) == 2 and rows["size"].nunique() == 2
    assert rows.value.notna().all() and rows.content.nunique() == 1
    file.write_text(file.read_text("utf-8") + "梦", "utf-8")
    rows = text.own.run(path=str(file), record=record, **sizes)
    assert len(record.cells) == 4 and rows.content.nunique() == 2


@pytest.mark.parametrize("rows", [
    lambda: controls.shuffled.run("quick", seeds=FRESH),
    lambda: load("epochs", "shuffled")], ids=["fresh seeds", "recorded"])
def test_shuffled_tokens_are_learned_by_heart_and_nothing_else(rows):
    end = controls.ends(rows())["at the end"].unstack("quantity")
    largest = end.loc[end.index.levels[0].max()]
    floor = Markov().best_loss(0)
    assert (largest.train < floor).all() and (largest.validation > floor).all()
