"""A class's phones: the room's file as rows, and claims judged on it."""
import json
import re
from collections import Counter
from importlib import import_module

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from classroom.room import book, lessons, messages
from classroom.room import room as rooms
from classroom.room.book import Book, written
from labkit import classroom
from labkit.lines import LABS, PRINTED
from publish import needs, phones

JUDGED = {   # lab -> its claim, and the first of the recorded runs to take
    "epochs": ("C1a", 10), "landscape": ("C5b", 0), "lottery": ("C17a", 0),
    "compute": ("C30c", 0)}
TIME = "2026-11-29T08:00:00.000+00:00"
HEAD = ",".join(classroom.COLUMNS)
VOTE = {"kind": "vote", "question": "stuck", "moment": "before", "choice": 2}
LESSON = lessons.load()   # that of the pits
row = st.builds(
    lambda seat, row: {"seat": seat, **row}, st.integers(1, 4), st.one_of(
        st.builds(lambda group, seed, result: {
            "kind": "run", "lab": "landscape", "group": group, "seed": seed,
            "result": result},
            st.sampled_from([0, 1, 2, PRINTED]), st.integers(0, 2),
            st.none() | st.integers(0, 99).map(lambda x: x / 100)),
        st.builds(lambda moment, choice: {
            **VOTE, "moment": moment, "choice": choice},
            st.sampled_from(classroom.MOMENTS), st.integers(1, 4)),
        st.builds(dict, kind=st.sampled_from(["hello", *classroom.TAKEN]))))


def your_class(lab):
    """What judges the phones of a lab."""
    return import_module(f"labkit.{lab}.phones").your_class


def recorded(lab):
    """The recorded results of each group that has some."""
    text = (phones.LESSONS / f"{lab}.recorded.json").read_text("utf-8")
    return [*filter(None, json.loads(text)["recorded"][lab])]


def write(path, rows):
    """A room's file with these rows, by the room's own book."""
    kept = Book(path)
    for one in rows:
        kept.say(one)
    kept.close()
    return path


def seated(path, lab, results, seats=30, first=0):
    """The file of a class: its seats deal the groups, each with a run."""
    groups = len(results)
    return write(path, [
        {"seat": seat + 1, "kind": "run", "lab": lab, "group": seat % groups,
         "seed": seat + 1,
         "result": results[seat % groups][first + seat // groups]}
        for seat in range(seats)])


# --- the file ---------------------------------------------------------------

def test_the_rows_are_those_of_the_book():
    assert classroom.COLUMNS == book.COLUMNS
    assert classroom.NEEDED == book.NEEDED
    assert classroom.TAKEN == rooms.TAKEN
    assert classroom.MOMENTS == messages.MOMENTS


@settings(deadline=None, max_examples=50)   # each writes two files
@given(st.lists(row, max_size=20))
def test_what_counts_is_what_the_board_shows(tmp_path_factory, said):
    path = tmp_path_factory.mktemp("room") / "room.csv"
    path.write_text("".join(line + "\n" for line in [HEAD, *(
        written({"time": TIME, **one}) for one in said)]), "utf-8")
    board = rooms.Room(LESSON, Book(path))
    board.book.close()
    runs = classroom.read(path).replace(float("nan"), None)
    assert [Counter(runs[runs.group == one].result) for one in range(3)] == [
        *map(Counter, board.runs("landscape"))]
    counts = classroom.votes(path).set_index(
        ["question", "moment", "choice"]).votes.to_dict()
    assert counts == Counter(
        (one["question"], one["moment"], one["choice"])
        for one in board.since()
        if one["kind"] == "vote" and one["seat"] not in board.dropped)


def test_a_torn_last_line_and_the_line_ends_of_windows_do_no_harm(tmp_path):
    path = seated(tmp_path / "room.csv", "landscape", [[0.5, 0.25]], seats=2)
    path.write_bytes(path.read_bytes().replace(b"\n", b"\r\n")
                     + b"2026-11-29T08:00")
    assert classroom.read(path).result.tolist() == [0.5, 0.25]


LINE = f"{TIME},7,run,,,,landscape,1,7,0.5"


@pytest.mark.parametrize("text, words", [
    ("", "begins with ''"), ("a,b\n1,2\n", "begins with 'a,b'"),
    (HEAD.replace(",", ";") + "\n", "not one that a spreadsheet has saved"),
    (f"{HEAD}\n{LINE},\n", "line 2 of it is damaged: it has 11 cells"),
    (f"{HEAD}\n{LINE}\n7\n", "line 3 of it is damaged: it has 1 cells"),
    (f"{HEAD}\n{LINE.replace('run', 'ran')}\n",
     "kind is 'ran'; allowed are hello, vote, run, dropped, restored"),
    (f"{HEAD}\n{LINE.replace('landscape', 'sea')}\n", "lab is 'sea'; allowed"),
    (f"{HEAD}\n{LINE.replace(',7,run', ',²,run')}\n",
     "seat is '²'; allowed are whole numbers"),
    (f"{HEAD}\n{LINE.replace('0.5', 'inf')}\n", "result is 'inf'"),
    (f"{HEAD}\n{LINE.replace('0.5', 'much')}\n",
     "result is 'much'; allowed are numbers, and nothing for never"),
    (f"{HEAD}\n{TIME},7,vote,out,now,1,,,,\n",
     "moment is 'now'; allowed are before, after")])
def test_what_is_no_room_says_why(tmp_path, text, words):
    path = tmp_path / "room.csv"
    path.write_text(text, "utf-8")
    for read in (classroom.read, classroom.votes):
        with pytest.raises(ValueError, match="room.csv") as error:
            read(path)
        assert words in str(error.value)


@settings(deadline=None)
@given(st.binary(max_size=200))
def test_any_bytes_are_rows_or_refused(tmp_path_factory, content):
    path = tmp_path_factory.getbasetemp() / "any.csv"
    path.write_bytes(HEAD.encode() + b"\n" + content)
    try:
        classroom.read(path)
    except ValueError as error:
        assert "any.csv" in str(error)


def test_a_file_that_is_not_there_names_those_that_are(tmp_path):
    (tmp_path / "room-epochs-2026-11-29.csv").touch()
    with pytest.raises(ValueError, match="none of that name.*room-epochs-20"):
        classroom.read(tmp_path / "room.csv")
    with pytest.raises(ValueError, match="cannot be read"):
        classroom.read(tmp_path)


# --- the claims -------------------------------------------------------------

def told(capsys, lab, path):
    """What a notebook says of a file, as one line of words."""
    your_class(lab).tell(path)
    return " ".join(capsys.readouterr().out.split())


@pytest.mark.parametrize("lab", JUDGED)
def test_the_claim_holds_for_a_class_like_the_recorded_runs(tmp_path, capsys,
                                                            lab):
    claim, first = JUDGED[lab]
    said = told(capsys, lab, seated(tmp_path / "room.csv", lab, recorded(lab),
                                    first=first))
    assert said.startswith("Runs: 30. Seats: 30. Your class phones median")
    assert f" {claim} " in said and " Your class: for: " in said
    assert " Recorded: for: " in said and "(median of 5 fifths;" in said
    assert " fifth phone of each group" in said


@pytest.mark.parametrize("lab", JUDGED)
def test_it_fails_for_a_class_that_found_the_contrary(tmp_path, capsys, lab):
    *rest, large = recorded(lab)   # each size does what the next smaller did
    said = told(capsys, lab, seated(tmp_path / "room.csv", lab, [
        large, *rest], first=JUDGED[lab][1]))
    assert re.search(" Your class: (against|about equal): ", said)


@pytest.mark.parametrize("lab", JUDGED)
def test_of_a_small_class_it_says_nothing(tmp_path, capsys, lab):
    path = seated(tmp_path / "room.csv", lab, recorded(lab), seats=13)
    said = told(capsys, lab, path)
    assert " Your class: Too few to judge: " in said and " 4 of '" in said
    assert f"at least {your_class(lab).least} phones in each group" in said
    assert " Recorded: for: " in said


@pytest.mark.parametrize("lab", ["epochs", "compute"])
def test_where_none_but_one_size_gets_there_there_is_no_answer(
        tmp_path, capsys, lab):
    results = recorded(lab)
    never = [None] * len(results[0])
    for large in (results[2], never):
        said = told(capsys, lab, seated(tmp_path / "room.csv", lab, [
            never, never, large]))
        assert " Your class: No answer: not in every fifth of the" in said
        (tmp_path / "room.csv").unlink()


@pytest.mark.parametrize("lab, words", [
    ("interference", "C12c counts the tasks"), ("scaling", "C19c is about")])
def test_where_no_claim_fits_it_says_so(tmp_path, capsys, lab, words):
    path = seated(tmp_path / "room.csv", lab, recorded(lab))
    said = told(capsys, lab, path)
    assert "No claim of the course is judged here" in said
    assert words in said and "Your class: " not in said


def test_dropped_seats_and_what_students_chose_are_not_judged(tmp_path,
                                                              capsys):
    path = seated(tmp_path / "room.csv", "epochs", recorded("epochs"),
                  first=10)
    before = told(capsys, "epochs", path)
    own = {"seat": 31, "kind": "run", "lab": "epochs", "group": 3}
    write(path, [{**own, "seed": 31, "result": 9.0},
                 {**own, "group": 0, "seed": 32, "result": 0.1},
                 {**own, "group": PRINTED, "seed": 33, "result": 0.2},
                 {**VOTE, "seat": 2}])
    both = told(capsys, "epochs", path)
    write(path, [{"seat": 31, "kind": "dropped"}])
    assert told(capsys, "epochs", path).replace(
        " Votes on 'stuck' before choice 2 1", "") == before
    assert "Runs: 32. Seats: 31." in both   # not the line that was printed
    assert "of one's own choice 1 9 0%" in both
    assert "of one's own choice" not in before


def test_a_file_of_another_lesson_is_refused(tmp_path):
    path = seated(tmp_path / "room.csv", "lottery", recorded("lottery"))
    with pytest.raises(ValueError, match=r"runs of \['lottery'\]; allowed"):
        your_class("epochs").tell(path)


# --- the notebooks ----------------------------------------------------------

@pytest.mark.parametrize("lab", LABS)
def test_without_a_file_one_sentence_says_where_it_is(capsys, lab):
    your_class(lab).tell()
    said = " ".join(capsys.readouterr().out.split())
    assert f"room-{lab}-DATE.csv" in said and said.count(". ") == 0


@pytest.mark.parametrize("lab", LABS)
def test_each_further_lab_ends_with_the_class(lab):
    cells = needs.notebook(needs.LABS / f"{lab}_further.ipynb").cells
    text, code = [cell for cell in cells if cell.id != "doors"][-2:]
    assert (text.id, code.id) == ("class", "class-judged")
    assert code.source.startswith('file = ""   # <- the room\'s file, as '
                                  f'"room-{lab}-2026-11-29.csv"\n')
    assert code.source.endswith("\nphones.your_class.tell(file)")
    claim = your_class(lab).claim
    assert (f"claim {claim.id} " if claim else "set beside") in text.source
