import pytest

from classroom.room import limits
from classroom.room.limits import Buckets, Refused
from classroom.room.room import SEATS
from tests.room.cases import RUN, VOTE, room, who


@pytest.fixture
def open_room(tmp_path):
    one = room(tmp_path)
    yield one
    one.book.close()


def refused(status, call, *args):
    with pytest.raises(Refused) as caught:
        call(*args)
    assert caught.value.status == status
    return caught.value


def enter(one, number, address=None):
    return one.sit(who(number), address or f"10.0.{number // 9}.{number % 9}")


def test_a_phone_keeps_its_seat_and_a_restart_keeps_all(tmp_path):
    one = room(tmp_path)
    assert [enter(one, n) for n in (5, 6, 5)] == [1, 2, 1]
    one.say(who(6), "a", VOTE)
    one.teach("next")
    one.teach("router")
    one.book.close()
    two = room(tmp_path)
    assert [enter(two, n) for n in (6, 5, 7)] == [2, 1, 3]
    assert two.since() == [{"seat": 2, **VOTE}]
    assert (two.code, two.key, two.progress.stage) == (one.code, one.key, 1)
    assert two.progress.router
    two.book.close()


def test_without_its_private_file_seats_are_not_given_twice(tmp_path):
    one = room(tmp_path)
    enter(one, 1)
    one.book.close()
    (tmp_path / "room.csv.private").unlink()
    two = room(tmp_path)
    assert enter(two, 2) == 2
    two.book.close()


def test_the_book_of_another_lesson_is_refused(tmp_path):
    one = room(tmp_path)
    one.book.close()
    private = tmp_path / "room.csv.private"
    private.write_text(private.read_text().replace("tried", "other"))
    with pytest.raises(ValueError, match="book of the lesson other"):
        room(tmp_path)


def test_one_device_takes_three_seats_a_minute_and_forty_in_all(open_room):
    now = [0.0]
    open_room.entry.clock = lambda: now[0]
    taken = 0
    for minute in range(30):
        now[0] = 60.0 * minute
        for phone in range(5):
            try:
                enter(open_room, 100 * minute + phone, "10.0.0.1")
                taken += 1
            except Refused:
                pass
        if minute == 2:
            assert taken == 9
    assert taken == 40 and len(open_room.waiting) > 0
    assert enter(open_room, 9999, "10.0.0.2") == 41


def test_a_class_behind_one_router_gets_in(open_room):
    for phone in range(3):
        enter(open_room, phone, "10.0.0.1")
    late = refused(429, enter, open_room, 3, "10.0.0.1")
    assert 0 < late.wait <= 20 and open_room.status()["waiting"] == 1
    open_room.teach("router")
    for phone in range(3, SEATS):
        enter(open_room, phone, "10.0.0.1")
    refused(403, enter, open_room, SEATS, "10.0.0.1")
    assert open_room.last == SEATS


def test_the_last_vote_of_a_seat_wins(open_room):
    for choice in (1, 2, 3):
        open_room.say(who(1), "a", {**VOTE, "choice": choice})
    told = open_room.revision
    assert open_room.since() == [{"seat": 1, **VOTE, "choice": 3}]
    open_room.say(who(2), "b", VOTE)
    assert open_room.since(told) == [{"seat": 2, **VOTE}]


def test_a_run_replaces_the_same_seed_of_its_group_only(open_room):
    open_room.teach("next")
    for phone, group, result in [(1, 0, 0.5), (2, 1, 0.6), (3, 0, None)]:
        open_room.say(who(phone), str(phone),
                      {**RUN, "group": group, "result": result})
    assert open_room.runs("landscape") == [[None], [0.6], [], []]


def test_what_a_dropped_seat_said_does_not_count_until_it_is_restored(
        tmp_path):
    one = room(tmp_path)
    one.say(who(1), "a", VOTE)
    one.teach("next")
    for phone, result in [(1, 0.5), (2, 9.0)]:   # the same seed: the last
        one.say(who(phone), str(phone), {**RUN, "result": result})
    assert one.runs("landscape") == [[], [9.0], [], []]
    said = one.since()
    for _ in range(2):   # a second press
        one.drop("dropped", 2)
    assert one.runs("landscape") == [[], [0.5], [], []]
    assert one.status()["dropped"] == [2] and one.since() == said
    one.say(who(2), "2", {**RUN, "seed": 8})   # is written, and not shown
    assert one.runs("landscape") == [[], [0.5], [], []]
    one.book.close()
    two = room(tmp_path)
    assert two.status()["dropped"] == [2]
    assert two.runs("landscape") == [[], [0.5], [], []]
    two.drop("restored", 2)
    assert two.runs("landscape") == [[], [9.0, 0.25], [], []]
    two.book.close()
    lines = (tmp_path / "room.csv").read_text().splitlines()
    assert [line.partition(",")[2] for line in lines if "ed,,," in line] == [
        "2,dropped,,,,,,,", "2,restored,,,,,,,"]


def test_only_seats_that_are_taken_are_dropped(open_room):
    open_room.say(who(1), "a", VOTE)
    for seat in (0, 2, -1):
        refused(400, open_room.drop, "dropped", seat)
    refused(400, open_room.say, who(1), "a", {"kind": "dropped"})
    assert open_room.book.count == 2


def test_a_retry_is_written_once(open_room):
    for _ in range(3):
        open_room.say(who(1), "a", VOTE)
    assert open_room.book.count == 2   # the seat and the vote


def test_votes_are_taken_while_open_and_runs_from_their_stage_on(open_room):
    refused(409, open_room.say, who(1), "a", RUN)
    refused(409, open_room.say, who(1), "a", {**VOTE, "moment": "after"})
    open_room.teach("close")
    refused(409, open_room.say, who(1), "a", VOTE)
    open_room.teach("open")
    open_room.say(who(1), "a", VOTE)
    open_room.teach("next")
    refused(409, open_room.say, who(1), "a", VOTE)
    open_room.teach("next")
    open_room.say(who(1), "a", RUN)


def test_phones_see_no_stage_to_come_and_no_reveal_before_its_time(
        open_room):
    open_room.teach("next")
    open_room.teach("next")
    assert "text" not in open_room.progress.now()["stage"]
    open_room.teach("reveal")
    assert open_room.progress.now()["stage"]["text"] == "Recorded."
    assert "Both" not in str(open_room.progress.now())


def test_the_ends_of_a_lesson_and_other_wishes_are_refused(open_room):
    refused(409, open_room.teach, "back")
    refused(409, open_room.teach, "reveal")
    refused(400, open_room.teach, "_next")
    for _ in range(4):
        open_room.teach("next")
    refused(409, open_room.teach, "next")
    refused(409, open_room.teach, "open")


def test_a_seat_that_says_too_much_waits(open_room):
    open_room.pace.clock = lambda: 0.0
    for number in range(10):
        open_room.say(who(1), "a", {**VOTE, "choice": 1 + number % 2})
    assert refused(429, open_room.say, who(1), "a", VOTE).wait == 2
    open_room.say(who(2), "a", VOTE)


def test_what_is_refused_takes_no_seat(open_room):
    refused(400, open_room.say, who(1), "a", {**VOTE, "choice": 5})
    refused(400, open_room.say, "=cmd()", "a", VOTE)
    assert open_room.last == 0 and open_room.book.count == 0


def test_when_the_disk_is_full_phones_try_again_and_the_lesson_goes_on(
        open_room, monkeypatch):
    def full(*lines):
        raise OSError("No space left on device")
    open_room.say(who(1), "a", {"kind": "hello"})
    monkeypatch.setattr(open_room.book.csv, "add", full)
    monkeypatch.setattr(open_room.book.private, "add", full)
    assert refused(503, open_room.say, who(1), "a", VOTE).wait == 5
    assert open_room.since() == []
    refused(503, open_room.say, who(2), "b", VOTE)
    open_room.teach("next")
    assert "No space" in open_room.status()["trouble"]
    monkeypatch.undo()
    open_room.teach("back")
    open_room.teach("open")
    open_room.say(who(2), "b", VOTE)
    assert open_room.status()["trouble"] == ""
    assert open_room.since() == [{"seat": 2, **VOTE}]
    assert open_room.book.count == 3   # two seats and a vote


def test_buckets_forget_those_that_are_full(monkeypatch):
    monkeypatch.setattr(limits, "REMEMBERED", 3)
    now = [0.0]
    buckets = Buckets(1, 1, lambda: now[0])
    for name in "abcdefgh":
        buckets.take(name, "")
        now[0] += 1
    assert len(buckets.left) <= 3
    with pytest.raises(Refused):
        buckets.take("x", "")
        buckets.take("x", "")
