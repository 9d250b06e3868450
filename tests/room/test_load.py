from tests.room.load import measured


def test_two_hundred_phones_lose_nothing_and_double_nothing():
    table = measured(seconds=20)
    assert table["different messages"] > 400
    assert table["rows in the book"] == table["different messages"]
    for nothing in ("refused", "lost in the book", "doubled in the book",
                    "lost on the board", "phones that failed"):
        assert table[nothing] == 0, (nothing, table)
    assert table["memory at the most, MiB"] < 20 + table[
        "memory at the start, MiB"]
    assert table["phone to board p50, ms"] <= table["phone to board p95, ms"]
