import pytest

from classroom.room.__main__ import book_of, main
from classroom.room.book import Book
from tests.room.cases import LESSON, PLAN, VOTE, Started


def test_a_second_room_takes_the_next_port_and_says_so(tmp_path):
    folders = tmp_path / "a", tmp_path / "b"
    for folder in folders:
        folder.mkdir()
    one = Started(folders[0], "--port", "8300")
    two = Started(folders[1], "--port", str(one.port))
    assert two.port == one.port + 1
    assert (f"Port {one.port} is in use, perhaps by another room; this one "
            f"has port {two.port}") in two.said
    assert "The room is closed: 0 seats" in one.end()
    three = Started(folders[1])   # the same file: refused
    assert "another room that is open" in three.said
    two.end()


def test_a_second_lesson_of_the_day_in_the_same_folder(tmp_path):
    one = Started(tmp_path, "--port", "8400")
    assert one.say(1, VOTE)[0] == 200
    other = {**PLAN, "name": "other"}
    two = Started(tmp_path, "--port", str(one.port), "--file", "other.csv",
                  plan=other)   # while the first still runs
    assert two.port == one.port + 1 and two.code != one.code
    assert one.say(2, VOTE)[1]["seat"] == 2   # its phones are not disturbed
    two.end()
    one.end()
    same = Started(tmp_path, plan=other)   # on the first one's book
    assert "is the book of the lesson tried; name another" in same.said
    three = Started(tmp_path, "--port", str(one.port), "--file", "third.csv",
                    plan=other)   # after it has ended: the same port
    assert three.port == one.port and three.say(1, VOTE)[0] == 200
    assert three.ask(f"/now?{three.code}")[0] == 200
    three.code = one.code   # a phone that has slept
    refused = 403, {"error": "room: allowed is the code on the board"}
    assert three.say(1, VOTE) == refused == three.ask(f"/now?{one.code}")
    three.end()


def test_books_are_named_by_lesson_and_day(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    one, two = book_of(LESSON, None), book_of(LESSON, None)
    assert one.path.name.startswith("room-tried-20")
    assert two.path.name == one.path.stem + "-2.csv"
    assert capsys.readouterr().out == (
        f"{one.path} is the book of another room that is open.\n")
    one.close()
    two.close()


@pytest.mark.parametrize("words, said", [
    (["none.json"], "none.json cannot be read"),
    (["--file", "file/room.csv"], "another folder with --file")])
def test_what_cannot_be_is_said_in_one_line(
        tmp_path, monkeypatch, capsys, words, said):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "file").write_text("")
    assert main(words) == 1
    error = capsys.readouterr().err
    assert said in error and error.count("\n") == 1


@pytest.mark.parametrize("port", ["80", "x", "70000", "-1"])
def test_ports_have_bounds(port, capsys):
    with pytest.raises(SystemExit):
        main(["--port", port])
    assert "allowed are 1024 to 65535" in capsys.readouterr().err


def test_a_room_that_cannot_begin_frees_its_book(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    book = Book("room.csv")
    book.note(lesson="other", key="k", code="BCDF", salt="00")
    book.close()
    assert main(["--file", "room.csv"]) == 1
    Book("room.csv").close()
