import copy
import json

import pytest

from classroom.room import lessons
from tests.room.cases import LESSON, PLAN


def test_the_rooms_own_lesson_loads():
    assert lessons.load().stages[0]["kind"] == "vote"


def test_a_lesson_knows_what_phones_may_say():
    assert LESSON.votes == {("out", "before"): 4, ("out", "after"): 4}
    assert LESSON.labs == {"landscape": 4}
    assert LESSON.first(kind="run", lab="landscape") == 1


@pytest.mark.parametrize("where, value, words", [
    (("name",), "No Name", "name: allowed"),
    (("title",), 7, "title: allowed"),
    (("stages",), [], "stages: allowed"),
    (("stages", 0), "vote", "stage 1: kind: allowed"),
    (("stages", 0, "kind"), ["vote"], "stage 1: kind: allowed"),
    (("stages", 0, "extra"), 1, "stage 1: allowed are the fields"),
    (("stages", 0, "moment"), "between", "stage 1: moment: allowed"),
    (("stages", 0, "question"), "=cmd()", "stage 1: question: allowed"),
    (("stages", 0, "options"), ["one"], "stage 1: options: allowed"),
    (("stages", 0, "options"), ["a", "b"], "stage 4: .*same options"),
    (("stages", 3, "moment"), "before", "stage 4: .*once a moment"),
    (("stages", 1, "lab"), "alchemy", "stage 2: lab: allowed"),
    (("stages", 1, "groups"), [{}], "stage 2: groups: allowed"),
    (("stages", 1, "groups"), [{"label": ""}], "stage 2: label: allowed"),
    (("stages", 2, "question"), "never", "stage 3: question: allowed")])
def test_a_wrong_plan_is_named(tmp_path, where, value, words):
    plan = copy.deepcopy(PLAN)
    inner = plan
    for key in where[:-1]:
        inner = inner[key]
    inner[where[-1]] = value
    path = tmp_path / "lesson.json"
    path.write_text(json.dumps(plan))
    with pytest.raises(ValueError, match=words):
        lessons.load(path)


@pytest.mark.parametrize("text", ["", "{", "[" * 9999, "[]", "7"])
def test_what_is_no_plan_is_named(tmp_path, text):
    path = tmp_path / "lesson.json"
    path.write_text(text)
    with pytest.raises(ValueError, match="lesson.json"):
        lessons.load(path)
    with pytest.raises(ValueError, match="cannot be read"):
        lessons.load(tmp_path / "none.json")


def recorded(folder, record):
    (folder / "lesson.json").write_text(json.dumps(PLAN))
    (folder / "lesson.recorded.json").write_text(json.dumps(record))
    return lessons.load(folder / "lesson.json").recorded


def test_what_was_recorded_lies_beside_the_lesson(tmp_path):
    runs = {"landscape": [[0.1, None], [], [2], []]}
    assert recorded(tmp_path, {"recorded": runs}) == runs


@pytest.mark.parametrize("record", [
    [], {}, {"recorded": {"landscape": [[1]]}}, {"recorded": {"epochs": []}},
    {"recorded": {"landscape": [[1], ["2"], [], []]}}])
def test_what_does_not_fit_the_lesson_is_named(tmp_path, record):
    with pytest.raises(ValueError, match="lesson.recorded.json: .*allowed"):
        recorded(tmp_path, record)
