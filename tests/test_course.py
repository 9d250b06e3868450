"""The commands of course.py refuse what they do not know, and say why."""
import ast
import re
import subprocess
import sys
from pathlib import Path

import pytest

COURSE = Path(__file__).resolve().parent.parent / "course.py"
CHECK = "from pathlib import Path"   # the first line after the version check


def course(*arguments):
    """Run course.py; its status and what it prints."""
    done = subprocess.run([sys.executable, str(COURSE), *arguments],
                          capture_output=True, text=True, timeout=60)
    return done.returncode, done.stdout + done.stderr


def pretend(version):
    """Run course.py as if on another Python; its status and output."""
    code = ("import runpy, sys; sys.version_info = {}; sys.version = '{} x';"
            " sys.argv = ['course.py']; runpy.run_path({!r})")
    code = code.format(version, ".".join(map(str, version)), str(COURSE))
    done = subprocess.run([sys.executable, "-c", code],
                          capture_output=True, text=True, timeout=60)
    return done.returncode, done.stdout + done.stderr


@pytest.mark.parametrize("arguments", [
    (), ("bok",), ("--help",), ("run",), ("book", "epochs"), ("test", "x")])
def test_an_unknown_command_prints_the_help(arguments):
    status, text = course(*arguments)
    assert status != 0
    for command in ("book", "serve", "test", "record LAB"):
        assert f"python3 course.py {command}" in text
    assert "Traceback" not in text


@pytest.mark.parametrize("lab", [(), ("epoch",), ("",), ("../epochs",)])
def test_a_wrong_lab_names_the_labs(lab):
    status, text = course("record", *lab)
    assert status != 0
    labs = sorted(path.stem for path in COURSE.parent.glob("labs/*.ipynb"))
    assert f"the labs are: {', '.join(labs)}" in text
    assert repr("".join(lab)) in text
    assert "Traceback" not in text


def test_too_many_labs_print_the_help():
    status, text = course("record", "epochs", "verdict")
    assert status != 0
    assert "Traceback" not in text


@pytest.mark.parametrize("version", [(3, 4, 10), (3, 10, 14), (2, 7, 18)])
def test_an_old_python_is_told_both_versions(version):
    status, text = pretend(version)
    assert status != 0
    assert "Python 3.11 or newer" in text
    assert ".".join(map(str, version)) in text
    assert "Traceback" not in text


@pytest.mark.parametrize("version", [(3, 11, 0), (3, 14, 1), (4, 0, 0)])
def test_a_new_python_passes_the_check(version):
    assert pretend(version) == (0, "")


def test_an_old_python_understands_the_file_up_to_the_check():
    # An interpreter parses a whole file before it runs a line of it.
    ast.parse(COURSE.read_text(), feature_version=(3, 4))


def test_nothing_new_is_imported_before_the_check():
    before = COURSE.read_text().partition(CHECK)[0]
    imports = re.findall(r"^(?:import|from) (\w+)", before, re.MULTILINE)
    assert "sys.exit" in before
    assert set(imports) <= {"hashlib", "os", "shutil", "subprocess", "sys"}
