"""The course runs in ``.venv``, whatever happens to it, and nowhere else.

Everything runs on a copy, in a folder of its own. An environment there has
the packages of this one, by a link.
"""
import hashlib
import importlib.util
import json
import os
import shutil
import subprocess
import sys
import sysconfig
import venv
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
TOLD = """
import os, sys, pathlib
import numpy
pathlib.Path("told").write_text("\\n".join([sys.prefix, *sys.argv[1:]]))"""
FAILS = "def create(*_, **__):\n    raise OSError('no room')\n"
BOOK = """
import pathlib, sys
def main():
    to = pathlib.Path(sys.argv[sys.argv.index("--path-output") + 1])
    to = to / "_build" / "html"
    to.mkdir(parents=True, exist_ok=True)
    word, page = pathlib.Path("word").read_text(), to / "index.html"
    page.exists() or page.write_text(word)   # a page that is there is kept
    sys.exit(word == "bad")"""


def link(folder):
    """An environment without pip that finds the packages of this one."""
    venv.create(folder, symlinks=os.name != "nt")
    where = next(folder.rglob("site-packages"))
    (where / "real.pth").write_text(sysconfig.get_paths()["purelib"])
    return folder


@pytest.fixture
def tree(tmp_path):
    """A course of which every part says only where it was run."""
    root = tmp_path / "course"
    files = {f"publish/{name}.py": TOLD for name in (
        "facts", "record", "pictures", "execute", "pages", "notebooks")}
    files |= {"labs/epochs.ipynb": "", "requirements.txt": "",
              "publish/__init__.py": "", "_toc.yml": "", "_config.yml": "",
              "jupyter_book/__init__.py": "", "word": "good",
              "jupyter_book/cli/__init__.py": "",
              "jupyter_book/cli/main.py": BOOK}
    for name, text in files.items():
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_text(text)
    for name in ("course.py", "publish/environment.py", "publish/place.py"):
        shutil.copy(ROOT / name, root / name)
    return root


def loaded(tree):
    """The module ``publish.environment`` of a copy."""
    spec = importlib.util.spec_from_file_location(
        "environment", tree / "publish" / "environment.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture
def works(tree):
    """A copy with an environment that works."""
    pins = (tree / "requirements.txt").read_bytes()
    (link(tree / ".venv") / hashlib.sha256(pins).hexdigest()).touch()
    return tree


@pytest.fixture
def environment(works):
    """The module of such a copy."""
    return loaded(works)


def course(tree, *arguments, **variables):
    """Run a command of the copy; its status and all it prints."""
    done = subprocess.run(
        [sys.executable, str(tree / "course.py"), *arguments], text=True,
        capture_output=True, env={**os.environ, **variables}, timeout=120)
    return done.returncode, done.stdout + done.stderr


# --- is the environment as it should be? -------------------------------------

def dead(python):
    python.unlink()
    python.symlink_to("/no/such/python")


def foreign(python):
    python.unlink()
    python.write_bytes(b"\x7fELF of another machine")
    python.chmod(0o755)


def forbidden(python):
    python.unlink()
    python.write_text("copied without its permissions")


def updated(python):
    (where,) = python.parents[1].rglob("site-packages")
    where.parent.rename(where.parent.with_name("python3.1"))


@pytest.mark.parametrize("damage", [dead, foreign, forbidden, updated])
def test_an_interpreter_that_does_not_work_is_noticed(environment, damage):
    assert environment.fault() is None
    damage(environment.PYTHON)
    assert "does not work any more" in environment.fault()


def test_no_environment_other_pins_and_a_half_made_one_are_noticed(
        environment):
    pins = environment.ROOT / "requirements.txt"
    pins.write_bytes(b"a==1\nb==2\n")
    assert "for other packages, or not to its end" in environment.fault()
    environment.stamp().touch()
    assert environment.fault() is None
    pins.write_bytes(b"a==1\r\nb==2\r\n")
    assert environment.fault() is None
    shutil.rmtree(environment.VENV)
    assert environment.fault() == "there is none"


def test_a_folder_that_was_moved_works_where_it_is_now(works):
    script = works / ".venv" / "bin" / "jupyter-book"
    script.write_text(f"#!{works}/.venv/bin/python\n")
    script.chmod(0o755)
    tree = works.rename(works.with_name("小明 的 课"))
    status, text = course(tree, "book", PYTHONIOENCODING="ascii")
    assert (status, "Making .venv" in text) == (0, False)
    assert (tree / "told").read_text().startswith(str(tree / ".venv"))
    assert (tree / "_build" / "html" / "index.html").read_text() == "good"


@pytest.mark.parametrize("name", ["figures", "_build"])
def test_a_folder_that_cannot_be_written_is_named(environment, monkeypatch,
                                                  name):
    (environment.ROOT / name).mkdir()
    environment.ensure()
    monkeypatch.setattr(os, "access",
                        lambda folder, mode: folder.name != name)
    with pytest.raises(SystemExit, match=f"{name} cannot be written"):
        environment.ensure()


# --- making it anew ----------------------------------------------------------

def test_it_is_made_anew_and_says_so(works):
    # for real, with no packages, by a name with blanks and Chinese letters
    tree = works.rename(works.with_name("小明 的 课"))
    module = loaded(tree)
    (module.VENV / "old").touch()
    (tree / "requirements.txt").write_bytes(b"# none\r\n")
    (tree / "publish" / "facts.py").write_text(TOLD.replace("numpy", "pip"))
    module.stamp().touch()
    dead(module.PYTHON)
    status, text = course(tree, "facts")
    assert status == 0 and text.startswith("Making .venv (once, about a min")
    assert "does not work any more" in text
    assert (tree / "told").read_text() == str(module.VENV)
    assert module.stamp().exists() and not (module.VENV / "old").exists()
    assert not module.ASIDE.exists()


@pytest.fixture
def old(environment):
    """The same with an old environment that is to be made anew."""
    (environment.VENV / "old").touch()
    (environment.ROOT / "requirements.txt").write_text("new==1\n")
    return environment


@pytest.mark.parametrize("wrong, raised", [
    (OSError("no room"), SystemExit), (SystemExit("no network"), SystemExit),
    (ValueError(": in its name"), SystemExit),
    (KeyboardInterrupt(), KeyboardInterrupt)], ids=repr)
@pytest.mark.parametrize("linked", [False, True])
def test_if_the_new_one_cannot_be_made_the_old_one_is_kept(
        old, wrong, raised, linked, capsys):
    def make():
        (old.VENV / "half").mkdir(parents=True)
        raise wrong

    if linked:
        shared = old.VENV.rename(old.ROOT / "shared")
        old.VENV.symlink_to("shared")
    old.make = make
    for _ in range(2):
        with pytest.raises(raised):
            old.ensure()
        assert "Making .venv" in capsys.readouterr().out
        assert (old.VENV / "old").exists() and old.VENV.is_symlink() == linked
        assert not (old.VENV / "half").exists() and not old.ASIDE.exists()
    old.make = lambda: link(old.VENV)
    old.ensure()
    assert old.fault() is None and not (old.VENV / "old").exists()
    assert not os.path.lexists(old.ASIDE)
    assert not linked or (shared / "old").exists()


def test_after_a_kill_the_old_one_still_comes_back(old):
    old.move_aside()
    (old.VENV / "half").mkdir(parents=True)   # and killed
    old.make = lambda: sys.exit("no network")
    with pytest.raises(SystemExit, match="no network"):
        old.ensure()
    assert (old.VENV / "old").exists() and not (old.VENV / "half").exists()


# --- nothing of the course runs elsewhere ------------------------------------

@pytest.mark.parametrize("command", [("record", "epochs"), ("facts",),
                                     ("book",)])
def test_no_program_of_the_path_stands_in_for_that_of_the_environment(
        works, command, tmp_path):
    for name in ("python", "python3", "jupyter-book"):
        path = tmp_path / "bin" / name
        path.parent.mkdir(exist_ok=True)
        path.write_text(f"#!/bin/sh\ntouch '{tmp_path}/ran'\n")
        path.chmod(0o755)
    (works / "venv.py").write_text(FAILS)   # no new one is made
    dead(works / ".venv" / "bin" / "python")
    path = f"{tmp_path / 'bin'}{os.pathsep}{os.environ['PATH']}"
    status, text = course(works, *command, PATH=path)
    assert not (tmp_path / "ran").exists()
    assert status and ".venv cannot be made: no room" in text
    assert "Traceback" not in text and (works / ".venv").exists()


def test_variables_that_lead_to_other_libraries_are_not_passed_on(works):
    other, own = works / "other", works / ".venv" / "share" / "jupyter"
    for folder, python in (other, "/other/python"), (own, "python"):
        path = folder / "kernels" / "python3" / "kernel.json"
        path.parent.mkdir(parents=True)
        path.write_text(json.dumps({"argv": [python], "display_name": "",
                                    "language": "python"}))
    (other / "numpy.py").write_text("raise ImportError('another numpy')")
    (works / "publish" / "facts.py").write_text(TOLD + """
from jupyter_client.kernelspec import get_kernel_spec
assert get_kernel_spec("python3").argv[0] == "python"
assert "PYTHONHOME" not in os.environ""")
    home = f"{sys.base_prefix}:{sys.base_exec_prefix}"
    assert course(works, "facts", PYTHONPATH=str(other), PYTHONHOME=home,
                  JUPYTER_PATH=str(other)) == (0, "")


# --- the site ----------------------------------------------------------------

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
