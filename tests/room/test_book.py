import os
import signal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from classroom.room.book import COLUMNS, Book, understood, written
from tests.room.cases import RUN, VOTE, Started, until

TIME = "2026-11-29T08:00:00.000+00:00"
seats = st.integers(1, 500)
votes = st.builds(lambda seat, choice: {**VOTE, "seat": seat,
                                        "choice": choice},
                  seats, st.integers(1, 6))
runs = st.builds(lambda seat, seed, result: {**RUN, "seat": seat,
                                             "seed": seed, "result": result},
                 seats, st.integers(0, 999),
                 st.none() | st.floats(0, 88750).map(lambda x: round(x, 4)))
others = st.builds(lambda seat, kind: {"seat": seat, "kind": kind}, seats,
                   st.sampled_from(["hello", "dropped", "restored"]))
rows = st.lists(votes | runs | others, max_size=5)


@given(rows)
def test_a_book_reads_what_it_wrote(said):
    lines = [written({"time": TIME, **row}) for row in said]
    assert [understood(line) for line in lines] == said


@given(st.text(max_size=60))
def test_other_lines_are_refused(line):
    with pytest.raises(ValueError):
        understood(line)


@settings(max_examples=25, deadline=None)   # each writes two files
@given(rows, st.integers(1, 80))
def test_a_torn_end_costs_one_line(tmp_path_factory, said, cut):
    path = tmp_path_factory.mktemp("torn") / "room.csv"
    book = Book(path)
    for row in said:
        book.say(row)
    book.close()
    data = path.read_bytes()
    head = len(data.splitlines(keepends=True)[0])
    kept = data[:max(head, len(data) - cut)]
    path.write_bytes(kept + b"\0" * (cut % 3))   # as after a power cut
    book = Book(path)
    book.close()
    whole = kept[:kept.rfind(b"\n") + 1]
    assert path.read_bytes() == whole
    assert [row for _, row in book.rows] == said[:whole.count(b"\n") - 1]


def test_killed_with_a_torn_line_it_goes_on(tmp_path):
    one = Started(tmp_path)
    for number in (1, 2, 3):
        one.say(number, {**VOTE, "choice": number})
    one.teach("next")
    one.end(signal.SIGKILL)
    before = one.rows()
    with one.book.open("a") as file:
        file.write("2026-11-29T08:00:00.000+00:00,1,vo")
    two = Started(tmp_path)
    assert (two.code, two.key, two.port) == (one.code, one.key, one.port)
    assert two.rows() == before and len(before) == 7
    seat = two.say(2, {**RUN, "seed": 8})[1]["seat"]
    new = two.say(4, {"kind": "hello"})[1]
    assert (seat, new["seat"], new["now"]["number"]) == (2, 4, 2)
    assert "4 seats, 3 votes and 1 runs" in two.end()
    assert two.rows()[:7] == before


def test_two_rooms_on_one_file_are_refused(tmp_path):
    book = Book(tmp_path / "room.csv")
    with pytest.raises(OSError, match="book of another room that is open"):
        Book(tmp_path / "room.csv")
    book.close()
    Book(tmp_path / "room.csv").close()


@pytest.mark.parametrize("text", [
    "my thesis", "name,age\nAda,36\n", "a,b", "\N{SNOWMAN}" * 99])
def test_a_file_that_is_no_book_stays_as_it_is(tmp_path, text):
    path = tmp_path / "room.csv"
    path.write_text(text, "utf-8")
    with pytest.raises(ValueError, match="no book of a room"):
        Book(path)
    assert path.read_text("utf-8") == text


@pytest.mark.parametrize("line", [
    "x", ",,,,,,,,,", f"{TIME},1,vote,out,before,two,,,,",
    f"{TIME},1,run,,,,landscape,1,7,nan", f"{TIME},1,hello,out,,,,,,"])
def test_a_damaged_line_is_named(tmp_path, line):
    path = tmp_path / "room.csv"
    path.write_text(",".join(COLUMNS) + f"\n{line}\n{TIME},1,hello,,,,,,,\n")
    with pytest.raises(ValueError, match="damaged: line 2"):
        Book(path)
    path.write_text("")
    Book(path).close()   # and the lock is free again


def test_a_full_disk_leaves_whole_lines(tmp_path):
    book = Book(tmp_path / "room.csv")
    book.say({"seat": 1, "kind": "hello"})
    before = book.path.read_bytes()
    real, book.csv.file = book.csv.file, Full(book.csv.file)
    with pytest.raises(OSError, match="No space.*make space"):
        book.say({"seat": 1, **VOTE})
    assert book.path.read_bytes() == before and "No space" in book.trouble
    book.csv.file = real
    book.say({"seat": 1, **VOTE})
    book.close()
    assert book.trouble == "" and book.path.read_bytes().count(b"\n") == 3


class Full:
    """A file on a disk that has place for five more bytes."""

    def __init__(self, file):
        self.file = file
        self.truncate = file.truncate

    def write(self, data):
        return self.file.write(data[:5])


def test_a_folder_that_is_none_is_named(tmp_path):
    (tmp_path / "file").write_text("")
    with pytest.raises(OSError, match="another folder with --file"):
        Book(tmp_path / "file" / "room.csv")


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() == 0,
                    reason="root may write everywhere")
def test_a_folder_that_may_not_be_written_is_named(tmp_path):
    tmp_path.chmod(0o500)
    with pytest.raises(OSError, match="another folder with --file"):
        Book(tmp_path / "room.csv")


def test_only_its_owner_reads_the_key(tmp_path):
    started = Started(tmp_path)
    private = tmp_path / "room.csv.private"
    assert private.stat().st_mode & 0o077 == 0 or os.name == "nt"
    started.say(1, VOTE)
    assert until(lambda: len(started.rows()) == 3)
    started.end()
    saved = private.read_text() + started.book.read_text()
    assert "0000000000000001" not in saved and "127.0.0.1" not in saved
