"""Every marked change of every lab is made, and the lab answers."""
import pytest

from tests.labs import walk


@pytest.fixture(params=walk.LABS, ids=lambda path: path.stem, scope="module")
def walked(request):
    """A lab, walked through."""
    return walk.Walk(request.param).go()


def test_a_lab_answers_every_change(walked):
    assert len(walked.said) >= 4
    for name, said in walked.said.items():
        change = walked.changes[name]
        assert "This is as given. Change the marked line" in said["given"]
        assert "This is as given." in said["again"]
        assert said["wrong"].startswith(f"ValueError: {name} is 'much'; "
                                        "allowed are ")
        for value in change.tries:
            assert f"-> {name} = {value!r}: " in said[value]
            reply = said[value].partition(f"-> {name} = {value!r}: ")[2]
            assert len(reply.split()) > 8
            assert not any(words in reply for words in (
                "as given. Change", "Run it once", "something else has"))
