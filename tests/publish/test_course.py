"""The commands of course.py refuse what they do not know, and say why.

Everything runs on a copy of course.py in a folder that has two empty labs
and no requirements.txt: whatever it does, it makes no environment here.
"""
import ast
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

COURSE = Path(__file__).resolve().parents[2] / "course.py"
CHECK = "from pathlib import Path"   # the first line after the version check


def run(*command):
    """Run Python on a command; its status and all it prints."""
    done = subprocess.run([sys.executable, *command], timeout=60, text=True,
                          capture_output=True)
    return done.returncode, done.stdout + done.stderr


@pytest.fixture
def course(tmp_path):
    """The path of the copy."""
    for lab in ("epochs", "scaling"):
        path = tmp_path / "labs" / f"{lab}.ipynb"
        path.parent.mkdir(exist_ok=True)
        path.touch()
    return shutil.copy(COURSE, tmp_path)


def pretend(course, version):
    """Import course.py as if on another Python."""
    number = ".".join(map(str, version))
    return run("-c", f"import runpy, sys; sys.version_info = {version}; "
                     f"sys.version = '{number} (main)'; "
                     f"runpy.run_path({str(course)!r})")


@pytest.mark.parametrize("arguments", [
    (), ("bok",), ("--help",), ("run",), ("book", "epochs"), ("test", "x"),
    ("record", "epochs", "full", "more")])
def test_an_unknown_command_prints_the_help(course, arguments):
    status, text = run(course, *arguments)
    assert status != 0
    for command in ("book", "serve", "test", "facts", "record LAB", "speed"):
        assert f"python3 course.py {command}" in text
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
    assert set(imports) <= {"hashlib", "os", "shutil", "subprocess", "sys",
                            "time"}
