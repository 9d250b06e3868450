import socket
import urllib.request

import pytest

from tests.room.attacks import ATTACKS
from tests.room.cases import VOTE, Started, who


@pytest.fixture(scope="module")
def attacked(tmp_path_factory):
    """A room with one seat and one vote: seat 1 has chosen 2."""
    started = Started(tmp_path_factory.mktemp("attacked"))
    started.say(1, VOTE)
    yield started
    started.end()


def answer(started, data):
    """The status of the answer; None if there is none."""
    for word, value in [(b"CODE", started.code), (b"KEY", started.key),
                        (b"HOST", f"127.0.0.1:{started.port}"),
                        (b"PORT", str(started.port))]:
        data = data.replace(word, value.encode())
    with socket.create_connection(("127.0.0.1", started.port), 5) as one:
        one.sendall(data)
        try:
            head = one.recv(4096)
        except ConnectionError:
            return None
    return int(head.split(b" ")[1]) if head else None


def board(started):
    """The first news that a board hears."""
    request = urllib.request.Request(
        f"http://127.0.0.1:{started.port}/stream",
        headers={"Key": started.key})
    with urllib.request.urlopen(request, timeout=5) as stream:
        return stream.readline()


def test_there_are_at_least_forty():
    assert len(ATTACKS) >= 40


@pytest.mark.parametrize("name", ATTACKS)
def test_an_attack_is_refused_and_leaves_nothing(attacked, name):
    data, status = ATTACKS[name]
    before = attacked.rows(), board(attacked)
    assert answer(attacked, data) == status
    assert (attacked.rows(), board(attacked)) == before
    assert attacked.ask("/now")[0] == 200
    assert len(before[0]) == 3   # names, seat and vote


def test_a_flood_from_one_seat_is_refused(attacked):
    codes = [attacked.say(1, VOTE)[0] for _ in range(15)]
    assert codes.count(429) >= 4 and {*codes} == {200, 429}
    assert len(attacked.rows()) == 3   # the same vote, said once


def test_one_device_does_not_take_all_seats(attacked):
    codes = [attacked.say(n, {"kind": "hello"})[0] for n in range(100, 110)]
    assert codes.count(200) <= 3 and {*codes} <= {200, 429}
    assert who(100) not in attacked.book.read_text()


def test_nothing_of_it_was_said_on_the_terminal(attacked):
    said = attacked.end()
    assert "Traceback" not in said and "evil" not in said
    assert "127.0.0.1" not in said.partition("Rows:")[2]
