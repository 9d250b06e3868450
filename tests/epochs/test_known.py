"""What is known of each rule, and when, as on curves by hand."""
import numpy as np
import pandas as pd
import pytest

from labkit.epochs import known, own, parts
from labkit.language import Markov
from labkit.language.runs import language
from tests.epochs.cases import known_of

INF = float("inf")


def test_what_can_be_known_is_known_of_each_language():
    for task, source in (("parts", language()), ("parts second", Markov(
            seed=1))):
        found = parts.knowable(task)
        assert found["rule 2"] == pytest.approx(
            source.best_loss(1) - source.best_loss(2))
        assert found["whole"] == pytest.approx(np.log(32) - source.entropy)


# rule: (the most known, the step where that is reached), straight until then
ROWS = known_of({8: {"rule 1": (.4, 16), "rule 2": (.04, 64)},
                 128: {"rule 1": (.4, 8), "rule 2": (.4, 32)}})


def test_steps_and_ratios_are_those_of_the_curves():
    rows = known.with_whole(ROWS)
    needed = known.steps_to(rows, "rule 1", share=.5)
    assert needed.groupby("size").needed.median().to_dict() == {8: 8, 128: 4}
    assert known.ratios(needed).tolist() == [2] * 5
    nats = known.steps_to(rows, "rule 2", nats=.2)
    assert nats.groupby("size").needed.median().to_dict() == {8: INF, 128: 16}
    assert known.steps_to(rows, "rule 3", share=.5).needed.isna().all()
    with pytest.raises(ValueError, match="two numbers"):
        known.ratios(needed[needed["size"] == 8])
    # the untrained may be worse than ignorant: it counts for the whole only
    rows.loc[rows["step"] == 0, ["rule 1", "whole"]] = -.4
    for name, goal, step in (("rule 1", .5, 4), ("whole", .5, 1.6)):
        found = known.steps_to(rows, name, share=goal).query("size == 128")
        assert found.needed.tolist() == pytest.approx([step] * 5)


def test_the_best_rate_is_where_most_is_known_and_one_rate_suits_most():
    slow = known_of({8: {"rule 1": (.3, 16)}, 32: {"rule 1": (.3, 16)},
                     128: {"rule 1": (.5, 16)}}, lr=.001)
    fast = known_of({8: {"rule 1": (.4, 16)}, 32: {"rule 1": (.4, 16)},
                     128: {"rule 1": (.4, 16)}}, lr=.01)
    rows = known.with_whole(pd.concat([slow, fast]))
    assert known.best_rates(rows).set_index("size").lr.to_dict() == {
        8: .01, 32: .01, 128: .001}
    assert set(known.at_rate(rows, "one").lr) == {.01}
    lost = (rows.lr == .01) & (rows["size"] == 8) & (rows.seed == 2)
    gone = rows.assign(whole=rows.whole.mask(lost & (rows["step"] > 4)))
    assert known.best_rates(gone).set_index("size").lr[8] == .001


@pytest.mark.parametrize("ratio, word", [
    (2, "faster"), (.5, "slower"), (1, "about equal")])
def test_a_ratio_above_one_is_a_faster_large_model(ratio, word):
    near = pd.Series(ratio * np.array([.99, 1, 1.01, 1, 1]))
    assert own.ruled(near)[-1] == word
    assert own.ruled(near.mask(near.index == 2))[-1] == "no answer"


def test_every_part_sooner_and_the_whole_later():
    """The large one doubles each rule's pace and goes on to another."""
    found = parts.timed(ROWS).query("rates == @own.ONE")
    large = found.set_index(["part", "goal"]).large
    assert large["rule 1", "50% of its own"] == "faster"
    assert large["rule 2", "50% of its own"] == "faster"
    assert large["whole", "90% of its own"] == "slower"
    assert large["same mix", "90% of its own"] == "faster"
    table = parts.parts_table(ROWS)
    assert table.iloc[0]["last token"].endswith("faster")
    assert known.ratios(known.steps_to(parts.with_mix(known.with_whole(ROWS)),
                                       "same mix", .5)).iloc[0] > 1


def test_of_two_texts_the_new_one_has_more_tokens():
    rows = known_of({8: {"rule 1": (.4, 8)}}, uniques=(1000, 500))
    for text, unique in (("new", 1000), ("small", 500)):
        found = known.chosen(rows, "parts", "one", text)
        assert set(found["unique"]) == {unique}


def test_the_rule_where_the_large_one_is_least_ahead_decides():
    assert parts.least_ahead(known.with_whole(known_of({
        8: {"rule 1": (.4, 32), "rule 2": (.4, 16)},
        128: {"rule 1": (.4, 8), "rule 2": (.4, 16)}}))).tolist() == [1] * 5
