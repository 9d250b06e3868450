import copy
import json
import re
from statistics import mean

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


# --- the six lessons ---------------------------------------------------------

SIX = ("compute", "epochs", "interference", "landscape", "lottery", "scaling")
LONGEST = {"text": 180, "options": 50, "label": 30, "unit": 40,
           "printed": 70}   # characters


def own(name):
    """A lesson of the course."""
    return lessons.load(lessons.OWN.with_name(f"{name}.json"))


def results(name):
    """What was recorded: for each group its results, None last."""
    return [sorted(group, key=lambda x: (x is None, x))
            for group in own(name).recorded[name] if group]


@pytest.mark.parametrize("name", SIX)
def test_a_lesson_votes_runs_reveals_and_votes_again(name):
    made = own(name)
    assert (made.name, [*made.labs]) == (name, [name])
    assert [(stage["kind"], stage.get("moment")) for stage in made.stages
            ] == [("vote", "before"), ("run", None), ("reveal", None),
                  ("vote", "after"), ("reveal", None)]


@pytest.mark.parametrize("name", SIX)
def test_its_words_fit_a_phone(name):
    for stage in own(name).stages:
        groups = stage.get("groups", [])
        found = {"text": [stage["text"]], "options": stage.get("options", []),
                 "unit": [stage.get("unit", "")],
                 "printed": [stage.get("printed", "")],
                 "label": [group["label"] for group in groups]}
        for kind, words in found.items():
            for text in words:
                assert len(text) <= LONGEST[kind], text


@pytest.mark.parametrize("name", SIX)
def test_it_says_how_many_were_recorded(name):
    text = own(name).stages[2]["text"]
    count, = re.findall(r"(\d+) (?:recorded|times each)", text)
    assert {len(group) for group in results(name)} == {int(count)}


def share(group, holds):
    """Of what was recorded, how often something holds."""
    return mean(holds(x) for x in group)


def test_pits_only_those_with_none_to_spare_get_stuck():
    none, *spare = [share(group, lambda x: x is None or x > 1e-3)
                    for group in results("landscape")]
    assert none > 0.2 and max(spare) < 0.02


def test_race_the_smallest_never_comes_to_the_line():
    small, _, large = results("epochs")
    assert {*small} == {None} and large[-1] < 2


def test_draw_nearly_all_the_widest_are_before_the_luckiest_narrow_one():
    narrow, _, wide = results("lottery")
    assert share(wide, lambda step: step < narrow[0]) > 0.95


def test_bill_the_fewest_epochs_are_not_the_fewest_flops():
    small, middle, large = results("compute")
    assert middle[189] < small[10] and middle[-1] < large[0]   # of 200
    assert share(small, lambda bill: bill is None) < 0.2
    epochs = [bills[100] * 1e9 / (6 * 129 * width * 6400)
              for bills, width in zip((small, middle, large), (8, 32, 256))]
    assert "about 7.5, 0.9 and 0.6 epochs" in own("compute").stages[2]["text"]
    assert epochs == [pytest.approx(7.5, abs=0.3), pytest.approx(
        0.9, abs=0.05), pytest.approx(0.6, abs=0.05)]


def test_late_or_never_the_control_tells():
    narrow, narrow_control, wide, wide_control = results("interference")
    assert {*narrow, *narrow_control} == {None}
    assert share(wide, lambda step: step is not None) > 0.85
    assert wide_control[-1] < 1000 < wide[len(wide) // 20]   # a short run
    first, last = 1, 8**-2.0   # how often a task comes, by its rank
    whole = sum(rank**-2.0 for rank in range(1, 9))
    assert (f"{100 * first / whole:.0f} %", f"{100 * last / whole:.0f} %"
            ) == ("65 %", "1 %")


def test_floor_most_of_the_largest_find_it_and_no_others():
    near = [share(group, lambda floor: abs(floor - 1.56) <= 0.05)
            for group in results("scaling")]
    assert near[2] > 0.6 and max(near[:2]) < 0.3
    assert "The true floor is 1.56." in own("scaling").stages[2]["text"]
    for group in own("scaling").stages[1]["groups"]:   # of this law
        assert group["losses"] == [pytest.approx(
            1.56 + 1.65 / (1 + (size / 570)**0.8), abs=1e-4)
            for size in group["sizes"]]


# --- what decides the second votes: settings that no class has run -----------

def second(name):
    """(settings, results with None last) of each group, as recorded."""
    path = lessons.OWN.parent / "second" / f"{name}.json"
    record = json.loads(path.read_text("utf-8"))
    assert record["lab"] == name and len(record["groups"]) == len(
        record["recorded"])
    return [(group, sorted(runs, key=lambda x: (x is None, x)))
            for group, runs in zip(record["groups"], record["recorded"])]


def asked(name):
    """The words of the second vote."""
    return own(name).stages[3]["text"]


@pytest.mark.parametrize("name", SIX)
def test_a_second_vote_is_decided_by_twenty_runs_or_more(name):
    known = own(name).stages[1]["groups"][0]
    for group, runs in second(name):
        assert {*group} == {*known} and len(runs) >= 20


def test_pits_a_larger_teacher_needs_two_to_spare():
    assert "20, and students of 20 and of 22" in asked("landscape")
    (none, stuck), (one, some), (two, free) = second("landscape")
    assert [(group["k"], group["m"]) for group in (none, one, two)] == [
        (20, 20), (20, 21), (20, 22)]
    assert share(stuck, lambda x: x > 1e-3) > 0.9
    assert 0.3 < share(some, lambda x: x > 1e-3) < 0.8 and max(free) < 1e-3


def test_race_the_smallest_does_not_come_in_400_epochs_either():
    (group, runs), = second("epochs")
    assert (group["width"], group["epochs"]) == (8, 400) and {*runs} == {None}
    assert "400 epochs" in asked("epochs")


def test_draw_of_a_thousand_the_first_is_one_of_the_widest():
    (_, narrow), (_, middle), (wide, soon) = second("lottery")
    assert wide["width"] == 128 and len(soon) >= 333   # a third of the class
    assert max(soon) < narrow[0]
    assert soon[len(soon) // 10] < middle[0] < soon[len(soon) // 2]
    assert "a class of a thousand" in asked("lottery")


def test_late_or_never_only_the_large_know_all_eight():
    (narrow, never), (wide, soon) = second("interference")
    assert (narrow["width"], wide["width"]) == (6, 64)
    assert "6 and 64 units" in asked("interference")
    assert {*never} == {None} and None not in soon


def test_floor_with_less_noise_all_of_the_largest_find_it_and_no_others():
    known = own("scaling").stages[1]["groups"]
    near = []
    for (group, floors), before in zip(second("scaling"), known):
        assert {**group, "noise": 16 * group["noise"]} == before
        near.append(share(floors, lambda floor: abs(floor - 1.56) <= 0.05))
    assert near == [0, 0, 1] and "sixteen times smaller" in asked("scaling")


def test_bill_of_a_longer_text_is_lowest_for_the_middle():
    (small, low), (middle, least), (large, high) = second("compute")
    assert [(group["width"], group["unique"]) for group in (
        small, middle, large)] == [(8, 25600), (32, 25600), (256, 25600)]
    assert least[89] < low[10] and low[-1] < high[0]   # of 100
    assert "four times as long" in asked("compute")
