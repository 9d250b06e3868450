"""Real text by parts: ratios by hand, and no seed that is passed over."""
import pandas as pd
import pytest

from labkit.epochs import ngrams
from labkit.language.ngrams import KNOWN, NAMES
from tests.epochs.cases import FAST, SLOW, rows_of, split

RATIO = 2.35 / 1.2875   # epochs to .9 of the own way: SLOW over FAST


def test_a_ratio_is_that_of_the_epochs_to_a_share_of_the_own_way():
    rows = split({"none": {8: FAST, 16: SLOW}}, {8: [4, 2, 0, 0, 0, 0, 0],
                                                 16: [4, 0, 0, 0, 0, 0, 0]})
    found = ngrams.together(ngrams.ratios(rows), "seed")
    assert found["1 byte"].tolist() == pytest.approx([RATIO] * 5)
    assert found["none"].tolist() == pytest.approx([1 / RATIO] * 5)
    # .9 of the way: at .9 between 0.5 and 1, and between 0 and 0.5 epochs
    assert found[ngrams.WHOLE].tolist() == pytest.approx([.9 / .45] * 5)


def test_what_is_known_is_timed_from_nothing_if_there_is_enough_of_it():
    # half of 4 nats after half an epoch, and of 2 nats within a quarter
    curves = {8: [4, 2, 0, 0, 0, 0, 0], 16: [4, 2, 2, 2, 2, 2, 2]}
    found = ngrams.ratios(split({"more": curves}, curves), ["more"], .5)
    assert found.tolist() == pytest.approx([2] * 5)
    little = {8: curves[8], 16: [4] + [3.981] * 6}
    rows = split({"more": little}, curves)
    assert ngrams.ratios(rows, ["more"], .5).isna().all()
    # then the claim is about the others; of none, there is no answer
    assert ngrams.all_that_is_known(rows).ruling == "for"
    assert ngrams.all_that_is_known(split(dict.fromkeys(
        KNOWN, little), curves)).ruling is None


def test_texts_and_rates_count_alike_and_nothing_else_does():
    one, other = split({}, {8: SLOW, 16: FAST}), split(
        {}, {8: FAST, 16: SLOW}).assign(unique=2000, lr=.1)
    both = pd.concat([one, other, rows_of({8: SLOW, 16: FAST}, "text")])
    found = ngrams.together(ngrams.ratios(both), "seed")
    assert found[ngrams.WHOLE].tolist() == pytest.approx([1] * 5)
    table = ngrams.timed(both).set_index(["unique", "part"])
    assert table.ratio[1000, ngrams.WHOLE] == pytest.approx(RATIO)
    assert table.large[2000, ngrams.WHOLE] == "slower"
    assert table.index.unique("part").tolist() == [*ngrams.READ]


def test_the_claims_are_about_the_part_where_the_large_one_is_least_ahead():
    for names, test in ((NAMES, ngrams.every_place),
                        (ngrams.ADDED, ngrams.all_that_is_known)):
        for name in names:
            rows = split({name: {8: SLOW, 16: SLOW}}, {8: SLOW, 16: FAST})
            assert test(rows).effect == pytest.approx(1)
    # frequencies are no part of it
    rows = split({"frequencies": {8: FAST, 16: SLOW}}, {8: FAST, 16: SLOW})
    assert ngrams.all_that_is_known(rows).ruling == "for"


def test_one_part_of_a_seed_that_diverged_leaves_no_answer():
    rows = split({}, {8: FAST, 16: SLOW})
    rows = pd.concat([rows, rows.assign(unique=2000)], ignore_index=True)
    lost = ((rows.quantity == "2 bytes") & (rows.seed == 3)
            & (rows["size"] == 16) & (rows.epoch > 1)
            & (rows["unique"] == 2000))
    gone = rows.assign(value=rows.value.mask(lost))
    assert ngrams.every_place(gone).ruling is None
    assert ngrams.the_whole(gone).ruling == "for"


def test_texts_have_a_length_each():
    assert [(cell["unique"], cell["epochs"], cell["width"])
            for cell in ngrams.ngrams.settings("full")[:2]] == [
        (65_536, 8, 8), (294_912, 1, 8)]
    with pytest.raises(ValueError, match="zip"):
        ngrams.ngrams.settings("full", uniques=[1024])
