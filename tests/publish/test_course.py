"""The commands of course.py refuse what they do not know, and say why.

Everything runs on a copy of course.py in a folder that has two empty labs
and no requirements.txt: whatever it does, it makes no environment here.
"""
import ast
import re
import runpy
import shutil
import socket
import subprocess
import sys
import urllib.request
from contextlib import suppress
from pathlib import Path
from types import SimpleNamespace

import pytest

COURSE = Path(__file__).resolve().parents[2] / "course.py"
COMMANDS = ("book", "serve", "test", "facts", "record LAB", "gpu", "room",
            "speed", "versions", "help")
CHECK = "from contextlib import "   # the first line after the version check


def run(*command):
    """Run Python on a command; its status and all it prints."""
    done = subprocess.run([sys.executable, *command], timeout=60, text=True,
                          capture_output=True, cwd=COURSE.parent)
    return done.returncode, done.stdout + done.stderr


@pytest.fixture
def course(tmp_path):
    """The path of the copy."""
    for lab in ("epochs", "scaling"):
        path = tmp_path / "labs" / f"{lab}.ipynb"
        path.parent.mkdir(exist_ok=True)
        path.touch()
    shutil.copytree(COURSE.parent / "publish", tmp_path / "publish",
                    ignore=shutil.ignore_patterns("vendor"))
    return shutil.copy(COURSE, tmp_path)


def pretend(course, version):
    """Import course.py as if on another Python."""
    number = ".".join(map(str, version))
    return run("-c", f"import runpy, sys; sys.version_info = {version}; "
                     f"sys.version = '{number} (main)'; "
                     f"runpy.run_path({str(course)!r})")


@pytest.mark.parametrize("arguments", [
    ("help",), ("--help",), ("-h",), ("record", "--help"), ("book", "-h")])
def test_who_asks_for_help_gets_it(course, arguments):
    done = subprocess.run([sys.executable, course, *arguments], text=True,
                          capture_output=True)
    assert (done.returncode, done.stderr) == (0, "")
    for command in COMMANDS:
        assert f"python3 course.py {command} " in done.stdout


@pytest.mark.parametrize("arguments, wrong", [
    ((), "COMMAND is ''; allowed are book, serve, "),
    (("bok",), "COMMAND is 'bok'; allowed are book, serve, "),
    (("main",), "COMMAND is 'main'; allowed are "),
    (("book", "epochs"), "book got 'epochs': too many "),
    (("test", "x", "y"), "test got 'x y': too many "),
    (("record", "epochs", "full", "more"),
     "record got 'epochs full more': too many ")])
def test_a_wrong_command_is_told_what_is_wrong_below_the_help(
        course, arguments, wrong):
    status, text = run(course, *arguments)
    assert status != 0
    for command in COMMANDS:
        assert f"python3 course.py {command} " in text
    assert text.splitlines()[-1].startswith(wrong)
    assert "Traceback" not in text


@pytest.mark.parametrize("lab", [(), ("epoch",), ("",), ("../epochs",)])
def test_a_wrong_lab_names_the_labs(course, lab):
    status, text = run(course, "record", *lab)
    assert status != 0
    assert f"LAB is {''.join(lab)!r}" in text
    assert "the labs are: epochs, scaling." in text
    assert "Traceback" not in text


@pytest.mark.parametrize("version", [(2, 7, 18), (3, 4, 10), (3, 10, 14)])
def test_an_old_python_is_told_both_versions(course, version):
    status, text = pretend(course, version)
    assert status != 0
    assert "needs Python 3.11 or newer" in text
    assert f"this is Python {'.'.join(map(str, version))}." in text
    assert "Traceback" not in text


@pytest.mark.parametrize("version", [(3, 11, 0), (3, 14, 1), (4, 0, 0)])
def test_a_new_python_passes_the_check(course, version):
    assert pretend(course, version) == (0, "")


def test_an_old_python_can_read_the_file_and_so_gets_to_the_check():
    # Python reads a whole file before it runs a line: it is not enough that
    # the lines up to the check are old syntax. Those are for 3.4, the rest
    # (f-strings) for 3.6, which is older than any Python still in use.
    text = COURSE.read_text("utf-8")
    ast.parse(text.partition(CHECK)[0], feature_version=(3, 4))
    ast.parse(text, feature_version=(3, 6))


def test_nothing_new_is_imported_before_the_check():
    before = COURSE.read_text("utf-8").partition(CHECK)[0]
    imports = re.findall(r"^(?:import|from) (\w+)", before, re.MULTILINE)
    assert "sys.exit" in before
    assert set(imports) <= {"hashlib", "inspect", "shutil", "subprocess",
                            "sys", "time"}


# --- serving while labs are run ----------------------------------------------

class Process:
    """A program that ends after so many looks at it."""

    def __init__(self, looks):
        self.looks, self.stopped = looks, False

    def poll(self):
        self.looks -= 1
        return 0 if self.looks < 0 else None

    def terminate(self):
        self.stopped = True


def interrupt():
    """Ctrl-C."""
    raise KeyboardInterrupt


@pytest.fixture
def serve(monkeypatch, tmp_path):
    """serve(pages): show the site while two labs end, one after another."""
    names = runpy.run_path(str(COURSE))
    inside, labs = names["serve"].__globals__, Process(2)
    (tmp_path / "index.html").write_text("the site")

    def show(pages):
        for name, double in {
                "pictures": lambda: None, "pages": pages, "SITE": tmp_path,
                "program": lambda *_: labs, "Event": lambda: SimpleNamespace(
                    wait=interrupt),
                "time": SimpleNamespace(sleep=lambda seconds: None)}.items():
            monkeypatch.setitem(inside, name, double)
        names["serve"]()

    yield show, labs
    assert labs.stopped


def test_the_pages_are_made_once_more_after_the_last_lab(serve):
    show, labs = serve
    looks = []
    with pytest.raises(KeyboardInterrupt):
        show(lambda: looks.append(labs.looks))
    assert looks == [2, 1, 0, -1]   # first the prose, in the end all labs


def test_a_page_that_cannot_be_made_leaves_no_lab_running(serve):
    show, labs = serve

    def pages():
        if labs.looks < 2:
            sys.exit("a mistake")

    with pytest.raises(SystemExit, match="a mistake"):
        show(pages)


def test_a_port_that_is_taken_is_no_obstacle(serve, capsys):
    show, labs = serve
    with socket.socket() as other:
        with suppress(OSError):   # taken by yet another program
            other.bind(("127.0.0.1", 8000))
            other.listen()

        def pages():
            if labs.looks == 1:
                address, = re.findall(r"http://\S+", capsys.readouterr().out)
                assert not address.endswith(":8000")
                with urllib.request.urlopen(address) as page:
                    assert page.read() == b"the site"

        with pytest.raises(KeyboardInterrupt):
            show(pages)
