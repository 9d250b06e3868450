"""What the lesson shows is what the records say."""
import pytest

from labkit.epochs import told
from labkit.records import tables


@pytest.fixture(scope="module")
def records():
    return tables("epochs")


def test_with_all_its_time_the_smallest_stays_above_the_largest(records):
    small, large = told.waiting(records)
    assert small.index.max() == 10 * large.index.max()
    assert small.min() > 2 * large[large.index <= 5].min()
    assert large[large.index > 5].max() < large[large.index <= 5].min()
    late = small[small.index > 40]      # ten times the time: hardly lower
    assert small[small.index <= 40].min() - late.min() < .01
    for picture in (told.waiting_figure, told.sooner_figure):
        assert "largest" in picture(records).alt or "small" in picture(
            records).alt


def test_each_rule_comes_sooner_to_the_large_one_and_the_whole_later(records):
    assert [small > large for small, large in told.sooner(records)] == [
        True, True, False]


def test_the_numbers_of_the_lesson(records):
    facts = told.facts(records)
    assert float(facts["told_slower"]) > 1.1
    assert float(facts["told_times"]) > 2


def test_on_a_small_text_that_repeats_the_large_one_is_sooner(records):
    small = told.chosen(records["parts"], "parts", "one", "small")
    assert told.own_way(small) > 1.1


def test_some_learn_by_heart_before_the_loss_on_new_text_rises(records):
    still, below = told.still_falling(records["targets"])
    assert 0 < still < below / 2      # often it rises by then, not always


def test_the_smallest_that_arrives_needs_most_epochs_at_each_rate(records):
    rows = told.with_excess(told.of(records["targets"], "targets",
                                    quantity="validation"))
    for _, at_rate in rows.groupby("lr"):
        for line in .9, .8, .7, .6, .5, .4:
            there = at_rate[at_rate.excess <= line].groupby(
                ["size", "seed"]).epoch.min().groupby("size")
            need = there.median()[there.size() == 5].sort_index()
            assert (need.iloc[1:] < need.iloc[0]).all()
            assert need.iloc[-2] < 1.3 * need.iloc[-1]    # hardly apart


def test_at_a_rate_too_high_the_largest_ends_above_a_small_one(records):
    rows = told.with_excess(told.of(records["targets"], "targets",
                                    quantity="validation"))
    fast = rows[rows.lr == rows.lr.max()].groupby(
        ["size", "epoch"]).excess.median().unstack("size")
    small, large = fast[16], fast[1024]
    assert small.iloc[-1] < large.iloc[-1]     # and stopped in time, it leads
    assert large.min() < small.min()
