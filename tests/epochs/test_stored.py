"""Random facts: what counts as a fact, as recalled, as stored, as soon."""
import numpy as np
import pandas as pd
import pytest
import torch

from labkit import records
from labkit.epochs import stored
from labkit.language.models import MLP
from tests.epochs.cases import exposed, kept

approx = pytest.approx


def test_no_two_facts_have_one_key_unless_all_have():
    facts = stored.drawn(4096, 3, "own")
    assert facts.shape == (4096, 4) and facts.max() == 31 and facts.min() == 0
    assert len(facts[:, :3].unique(dim=0)) == 4096
    # the values tell nothing of the keys: each about as frequent
    count = torch.bincount(facts[:, 3], minlength=32)
    assert count.min() > 80 and count.max() < 180
    one = stored.drawn(4096, 3, "one")
    assert len(one[:, :3].unique(dim=0)) == 1
    assert torch.equal(one[:, 3], facts[:, 3])
    assert not torch.equal(facts, stored.drawn(4096, 4, "own"))


def test_a_fact_is_recalled_above_one_half_and_bits_are_those_saved():
    facts = torch.stack([stored.drawn(8, seed, "own") for seed in (0, 1)])
    model = MLP(32, 3, 4, [0, 1])      # under muP its head starts at zero
    found = stored.exam(model, facts)
    assert found["recalled"].tolist() == [0, 0]
    assert found["bits"].tolist() == approx([0, 0], abs=1e-4)
    # all know one value, with probability 33 / 64, then 31 / 64
    facts[..., 3] = 5
    with torch.no_grad():
        model.embed.zero_()
        model.bias.fill_(1)
    for odds, recalled in ((33, 8), (31, 0)):
        with torch.no_grad():
            model.head[..., 5] = np.log(31 * odds / (64 - odds)) / 4
        found = stored.exam(model, facts)
        assert found["recalled"].tolist() == [recalled] * 2
        assert found["bits"].tolist() == approx(
            [8 * np.log2(32 * odds / 64)] * 2, rel=1e-4)


def test_a_network_stores_facts_and_nothing_where_keys_tell_nothing():
    cell = dict(seeds=[0, 1], width=32, facts=64, lr=.03, exposures=60,
                schedule="linear")
    own, one = (pd.DataFrame(stored.measure(**cell, keys=keys))
                for keys in ("own", "one"))
    for rows in (own, one):
        assert rows.shown.tolist() == [0, 0, 60, 60]
    assert (own.recalled[2:] == 64).all() and (own.bits[2:] > 300).all()
    # the frequencies of 64 values are worth so many bits, at most
    for seed, bits in zip((0, 1), one.bits[2:]):
        share = torch.bincount(stored.drawn(64, seed, "one")[:, 3]) / 64
        limit = 64 * (5 + float(torch.special.xlogy(share, share).sum())
                      / np.log(2))
        assert 0.9 * limit < bits <= limit + 1e-3
    assert (one.recalled == 0).all()


def test_exposures_are_counted_to_nine_tenths_at_the_best_rate():
    slow, fast = exposed({16: 10, 64: 4}), exposed({16: 8, 64: 6}, lr=.1)
    table = stored.needed(pd.concat([slow, fast]))
    # recall rises evenly: 9/10 of the way to all
    assert table.median().tolist() == approx([7.2, 3.6])
    never = exposed({4: np.inf, 16: 10, 64: 4})
    assert [*stored.needed(never)] == [16, 64]
    # a rate at which one seed never gets there is none
    fast.loc[(fast.seed == 2) & (fast.width == 16), "recalled"] = 0
    assert stored.needed(pd.concat([slow, fast])).median()[16] == approx(9)


def test_the_most_counts_whatever_was_offered():
    rows = kept({(4, 64): 50, (4, 256): 40, (8, 64): 64, (8, 256): 100})
    assert stored.most(rows, "recalled").median().tolist() == [50, 100]
    other = rows.assign(lr=.01, recalled=rows.recalled * 2)   # a better rate
    assert stored.most(pd.concat([rows, other]),
                       "recalled").median().tolist() == [100, 200]


def test_the_record_says_what_the_figure_says():
    rows = records.load("epochs", "stored")
    rate = stored.per_parameter(rows)
    assert (rate < 2).all(axis=None)
    assert rate.iloc[:, :-1].median().between(1.6, 1.8).all()
    assert (stored.at_end(rows, "recalled", "one") == 0).all(axis=None)
    assert (stored.most(rows, "recalled")[256] == 8192).all()


@pytest.mark.parametrize("change, name", [
    (dict(facts=300), "facts"), (dict(facts=2**16), "facts"),
    (dict(keys="two"), "keys"), (dict(schedule="up"), "schedule")])
def test_what_cannot_be_is_refused(change, name):
    cell = dict(seeds=[0], width=4, facts=512, lr=.01, exposures=2,
                schedule="linear", keys="own")
    assert stored.cost(**cell) > 0
    with pytest.raises(ValueError, match=rf"\b{name}\b"):
        stored.cost(**cell | change)
