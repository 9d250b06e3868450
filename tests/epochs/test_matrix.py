"""What is said of the own way and of the rules, tested on the records."""
import pytest

from labkit.epochs import known, own, parts
from labkit.records import load

MATRIX = own.matrix(load("epochs", "parts")).set_index(
    ["scaling", "unique", "rates", "share"]).large.sort_index()
TIMED = {name: parts.timed(load("epochs", name), name).query(
    "rates == @own.ONE").set_index(["scaling", "unique", "part", "goal"]
                                   ).large.sort_index()
         for name in ("parts", "parts_language")}
NEW, EIGHT, SMALL = known.EQUAL["uniques"]
HALF, MOST = "50% of its own", "90% of its own"


def test_on_its_own_way_the_large_one_is_slower_level_or_faster():
    """New text at one rate; eight passes; 64; its own best rate."""
    assert MATRIX["muP", NEW, own.ONE, .9] == "slower"
    assert MATRIX["muP", EIGHT, own.ONE, .9] == "undecided"
    for rates in (own.ONE, own.BEST):
        assert (MATRIX["muP", SMALL, rates][[.8, .9, .99]] == "faster").all()
    assert MATRIX["muP", NEW, own.BEST, .9] == "faster"
    # which hangs on less than what the course calls a difference
    assert own.tie(own.chosen_rates(load("epochs", "parts"))) < known.NATS


@pytest.mark.parametrize("scaling", ["muP", "standard"])
@pytest.mark.parametrize("unique", [NEW, EIGHT, SMALL])
def test_half_of_each_rule_comes_sooner_to_the_large_one(scaling, unique):
    large = TIMED["parts"][scaling, unique]
    assert large["rule 1", HALF] == large["rule 2", HALF] == "faster"
    assert large["rule 1", MOST] == large["same mix", MOST] == "faster"


def test_from_some_width_on_nothing_differs_on_new_text():
    rows = load("epochs", "parts").query(
        "size >= @parts.EVEN and unique == @NEW and task == 'parts'")
    large = parts.timed(rows).query("rates == @own.ONE").large
    assert set(large) <= {"about equal", "undecided"}
    assert (large == "about equal").mean() > .7


def test_where_long_rules_weigh_little_the_whole_is_sooner_too():
    for unique in (NEW, EIGHT, SMALL):
        assert TIMED["parts_language"]["parts short", unique, "whole",
                                       MOST] == "faster"
    second = TIMED["parts_language"]["parts second", NEW]
    assert second["whole", MOST] == "slower"
    assert second["rule 2", HALF] == second["same mix", MOST] == "faster"


def test_what_has_no_rules_is_learned_alike():
    for unique in (NEW, EIGHT, SMALL):
        large = TIMED["parts_language"]["parts shuffled", unique]
        assert {large["rule 0", HALF], large["rule 0", MOST]} <= {
            "about equal", "undecided"}
        assert large["rule 1", HALF] == "no answer"
