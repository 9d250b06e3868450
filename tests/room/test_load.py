from tests.room.load import measured


def test_two_hundred_phones_lose_nothing_and_double_nothing():
    table = measured(minutes=20 / 60)
    assert table["different messages"] > 400
    assert table["rows in the book"] == table["different messages"]
    for nothing in ("refused", "lost in the book", "doubled in the book",
                    "lost on the board", "phones that failed"):
        assert table[nothing] == 0, (nothing, table)
    assert table["memory at the end, MiB"] < 20 + table[
        "memory at the start, MiB"]
