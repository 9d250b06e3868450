"""A line for the class: what goes in comes out, or a word of what is wrong."""
from itertools import combinations, product

import pytest
from hypothesis import given
from hypothesis import strategies as some

from labkit import experiment
from labkit import lines as line

LINES = some.builds(
    line.line, some.sampled_from(line.LABS), some.integers(0, 999),
    some.none() | some.floats(0, line.HIGHEST * line.STEP),
    some.sampled_from(line.GROUPS))
PLACES = some.integers(0, 11)


@given(some.sampled_from(line.LABS), some.integers(0, 999),
       some.floats(0, line.HIGHEST * line.STEP),
       some.sampled_from(line.GROUPS))
def test_what_is_written_is_read(lab, seed, result, group):
    text = line.line(lab, seed, result, group)
    assert len(text) == 14 and text.count("-") == 2
    assert line.read(text) == (lab, seed, pytest.approx(
        result, abs=line.STEP / 2 + 1e-9), group)
    assert line.read(f" {text.lower().replace('-', ' ')}\n") == line.read(text)


def test_a_line_holds_every_seed_of_an_experiment():
    assert line.SEEDS == experiment.SEEDS


def test_never_is_a_result():
    for never in (None, float("nan")):
        assert line.read(line.line("epochs", 7, never, 2)) == (
            "epochs", 7, None, 2)


def test_a_lab_prints_a_group_of_its_own():
    # the groups of a room, 0 to 3, are settings that phones run
    assert line.read(line.line("epochs", 7, 5.5)) == (
        "epochs", 7, 5.5, line.PRINTED) == ("epochs", 7, 5.5, 4)


@pytest.mark.parametrize("text, run", [
    ("1119-111B-DKB5", ("epochs", 8, 1, 0)),
    ("J185-1116-7A4C", ("compute", 221, 0.5, 2))])
def test_lines_of_former_editions_are_still_read(text, run):
    assert line.read(text) == run


@given(LINES, PLACES, PLACES, some.sampled_from(line.DIGITS),
       some.sampled_from(line.DIGITS))
def test_two_mistyped_characters_are_noticed(text, i, j, first, second):
    true = text.replace("-", "")
    typed = [*true]
    typed[i], typed[j] = first, second
    if "".join(typed) != true:
        with pytest.raises(ValueError, match="mistyped"):
            line.read("".join(typed))


@pytest.mark.parametrize("i, j", combinations(range(12), 2))
def test_mistypings_that_make_up_for_each_other_are_noticed(i, j):
    true = [*line.line("landscape", 7, .25).replace("-", "")]
    for other in product(line.DIGITS, line.DIGITS):
        typed = [*true]
        typed[i], typed[j] = other
        if typed != true:
            with pytest.raises(ValueError, match="mistyped"):
                line.read("".join(typed))


@given(LINES, PLACES, PLACES)
def test_two_characters_that_are_exchanged_are_noticed(text, i, j):
    typed = [*text.replace("-", "")]
    if typed[i] != typed[j]:
        typed[i], typed[j] = typed[j], typed[i]
        with pytest.raises(ValueError, match="mistyped"):
            line.read("".join(typed))


@given(some.text(max_size=20))
def test_any_other_text_is_refused(text):
    try:
        lab, seed, _, group = line.read(text)
    except ValueError as error:
        assert str(error).startswith(f"line is {text!r}; ")
    else:
        assert lab in line.LABS and 0 <= seed <= 999 and group in line.GROUPS


@pytest.mark.parametrize("lab, seed, result, words", [
    ("grids", 0, 1, "lab is 'grids'; allowed are"),
    ("epochs", -1, 1, "seed is -1; allowed are 0 to 999"),
    ("epochs", 1000, 1, "seed is 1000"), ("epochs", 1.5, 1, "seed is 1.5"),
    ("epochs", True, 1, "seed is True"), ("epochs", "1", 1, "seed is '1'"),
    ("epochs", 0, -1, "result is -1; allowed are None and 0 to 88,750"),
    ("epochs", 0, 1e9, "result is"),
    ("epochs", 0, float("inf"), "result is inf")])
def test_what_no_line_can_hold_is_refused(lab, seed, result, words):
    with pytest.raises(ValueError, match=words):
        line.line(lab, seed, result)


@pytest.mark.parametrize("group", [-1, 5, 1.5, True, None])
def test_no_other_group_is_allowed(group):
    with pytest.raises(ValueError, match="group is .*; allowed are 0 to 4"):
        line.line("epochs", 0, 1, group)
