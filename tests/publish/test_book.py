"""The site is made by one command at a time, and replaced once it is whole.

Everything runs on a copy, in a folder of its own.
"""
import os
import signal
import subprocess
import sys
import time
from contextlib import suppress

import pytest

from tests.publish.copies import FAILS, course, dead


def test_a_good_site_stays_until_a_new_one_is_whole(works):
    index = works / "_build" / "html" / "index.html"
    index.parent.mkdir(parents=True)
    index.write_text("old")
    (works / "word").write_text("bad")
    status, text = course(works, "book")
    assert index.read_text() == "old"
    assert status and f"{index.parent} is as it was" in text
    (works / "word").write_text("half")
    (works / "publish" / "notebooks.py").write_text("1 / 0")
    assert course(works, "book")[0] and index.read_text() == "old"
    (works / "word").write_text("good")   # nothing of "bad" or "half" is kept
    (works / "publish" / "notebooks.py").write_text("")
    assert course(works, "book")[0] == 0 and index.read_text() == "good"
    (works / "word").write_text("bad")
    assert course(works, "book")[0] and index.read_text() == "good"
    (works / "word").write_text("better")
    assert course(works, "book")[0] == 0 and index.read_text() == "better"


@pytest.mark.parametrize("changed, word", [("_toc.yml", "new"),
                                           ("live/directive.py", "new"),
                                           ("publish/lesson.py", "new"),
                                           ("index.md", "old")])
def test_all_pages_are_made_anew_only_if_the_contents_changed(works, changed,
                                                              word):
    (works / "word").write_text("old")
    assert course(works, "book")[0] == 0
    (works / "word").write_text("new")
    (works / changed).write_text("changed")
    assert course(works, "book")[0] == 0
    assert (works / "_build/html/index.html").read_text() == word


def test_without_an_environment_a_good_site_stays(works):
    index = works / "_build" / "html" / "index.html"
    index.parent.mkdir(parents=True)
    index.write_text("good")
    (works / "venv.py").write_text(FAILS)
    dead(works / ".venv" / "bin" / "python")
    status, text = course(works, "book")
    assert status and index.read_text() == "good"


# --- one command at a time, and its end --------------------------------------

@pytest.fixture
def busy(works):
    """busy(command): a command of the copy that is at work; and its copy."""
    started = []

    def start(*command):
        for name in ("pictures", "record"):
            (works / "publish" / f"{name}.py").write_text(
                "import pathlib, time\npathlib.Path('begun').touch()\n"
                "time.sleep(60)\npathlib.Path('ended').touch()\n")
        started.append(subprocess.Popen(
            [sys.executable, works / "course.py", *command], text=True,
            start_new_session=True, stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT))
        while not (works / "begun").exists():
            time.sleep(.05)
        return started[0]

    yield start, works
    with suppress(ProcessLookupError):
        os.killpg(started[0].pid, signal.SIGKILL)


@pytest.mark.parametrize("killed", [False, True])
def test_the_second_of_two_commands_is_told_of_the_first(busy, killed):
    start, works = busy
    first = start("book")
    if killed:   # what it has started is still at work
        first.kill()
        first.wait()
    for command in ("test", "facts"):
        status, text = course(works, command)
        assert status and text == (f"book (process {first.pid}) is at work "
                                   f"in {works}; wait for its end, or stop "
                                   "it.\n")
    os.killpg(first.pid, signal.SIGKILL)
    first.wait()
    assert course(works, "facts") == (0, "")


def test_a_recording_keeps_no_other_command_from_its_work(busy):
    start, works = busy
    start("record", "epochs")
    assert course(works, "facts") == (0, "")


@pytest.mark.parametrize("command", [("book",), ("serve",)])
def test_ctrl_c_ends_everything_with_one_word(busy, command):
    start, works = busy
    first = start(*command)
    os.killpg(first.pid, signal.SIGINT)
    assert first.communicate(timeout=10)[0] == "\nStopped.\n"
    assert first.returncode == 1
    with pytest.raises(ProcessLookupError):
        os.killpg(first.pid, 0)
