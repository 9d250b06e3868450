import json
import math

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from classroom.room.messages import TOP, checked, parsed
from labkit.lines import line
from tests.room.cases import LESSON, RUN, VOTE

anything = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(
        st.text(), inner, max_size=3), max_leaves=6)
fields = st.sampled_from(["kind", "question", "moment", "choice", "lab",
                          "group", "seed", "result", "text", "name"])
values = anything | st.sampled_from(["vote", "run", "line", "hello", "out",
                                     "before", "landscape", 1, 2, 0.5])


def is_tidy(row):
    """Is it what a book may hold and a board may show?"""
    if row["kind"] == "hello":
        return {*row} == {"kind"}
    if row["kind"] == "vote":
        return (row["question"] == "out" and row["choice"] in range(1, 5)
                and type(row["choice"]) is int
                and row["moment"] in ("before", "after"))
    return (row["lab"] == "landscape" and row["group"] in range(5)
            and type(row["group"]) is type(row["seed"]) is int
            and row["seed"] in range(1000) and (
                row["result"] is None or 0 <= row["result"] <= TOP))


@given(st.dictionaries(fields, values))
@example({**VOTE, "choice": True})
@example({**RUN, "result": math.nan})
@example({**RUN, "result": 10**400})
def test_whatever_is_said_is_tidy_or_refused(message):
    try:
        row = checked(message, LESSON)
    except ValueError as error:
        assert ": allowed " in str(error) or "; allowed " in str(error)
    else:
        assert is_tidy(row)


@given(st.sampled_from([VOTE, RUN]), fields, values)
def test_one_wrong_field_spoils_a_message(message, name, value):
    try:
        row = checked({**message, name: value}, LESSON)
    except ValueError:
        return
    assert is_tidy(row) and {*row} == {*message}


@given(st.integers(0, 4), st.integers(0, 999),
       st.none() | st.floats(0, 88750))
def test_a_line_becomes_its_run(group, seed, result):
    text = line("landscape", seed, result, group)
    row = checked({"kind": "line", "text": text.lower()}, LESSON)
    run = {**RUN, "group": group, "seed": seed, "result": result}
    assert row == checked(run, LESSON)


@pytest.mark.parametrize("text", [
    "", "1111-1111-111", "ßßßß-ßß", "1" * 12, 7, None, ["1" * 12],
    line("epochs", 7, 0.25), " " * 1000, "0000-0000-0000"])
def test_what_is_no_line_of_the_lesson_is_refused(text):
    with pytest.raises(ValueError, match="allowed"):
        checked({"kind": "line", "text": text}, LESSON)


@given(st.binary(max_size=60) | anything.map(
    lambda value: json.dumps(value).encode()))
@example(b'{"a": NaN}')
@example(b'{"a": 1, "a": 2}')
@example(b"[" * 500 + b"]" * 500)
@example(b'{"a":' * 160 + b"1" + b"}" * 160)
def test_a_body_is_an_object_or_refused(body):
    try:
        message = parsed(body)
    except ValueError as error:
        assert "allowed" in str(error)
    else:
        assert isinstance(message, dict) and b"NaN" not in body


def test_no_negative_zero_reaches_the_book():
    assert str(checked({**RUN, "result": -0.0}, LESSON)["result"]) == "0.0"
