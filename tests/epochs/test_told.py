"""What the lesson shows is what the records say."""
import pytest

from labkit.epochs import told
from labkit.records import tables


@pytest.fixture(scope="module")
def records():
    return tables("epochs")


def test_with_all_its_time_the_smallest_stays_above_the_largest(records):
    small, large = told.waiting(records)
    assert small.index.max() > 50 * large.index.max()
    assert small.min() > 2 * large.min()
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
    assert float(facts["told_slower"]) > 1.1 < float(facts["told_faster"])
    assert float(facts["told_times"]) > 2
