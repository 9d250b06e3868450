"""The course runs in ``.venv``, whatever happens to it, and nowhere else.

Everything runs on a copy, in a folder of its own.
"""
import json
import os
import shutil
import sys

import pytest

from tests.publish.copies import FAILS, TOLD, course, dead, link, loaded


@pytest.fixture
def environment(works):
    """The module ``publish.environment`` of a copy with an environment."""
    return loaded(works)


# --- is the environment as it should be? -------------------------------------

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


def test_settings_for_other_programs_are_not_passed_on(works):
    startup = works / "mine" / "profile_default" / "startup"
    startup.mkdir(parents=True)
    (startup / "first.py").write_text("1 / 0")
    (works / "mine" / "matplotlibrc").write_text("figure.dpi: 7")
    (works / "publish" / "facts.py").write_text("""
import IPython.paths
import matplotlib.pyplot as plt
if not __debug__:
    print("asserts are off")
if "mine" in IPython.paths.get_ipython_dir():
    print("start-up files are run")
if plt.rcParams["figure.dpi"] == 7:
    print("settings for other figures are read")""")
    status, text = course(
        works, "facts", PYTHONOPTIMIZE="1", PYTHONSAFEPATH="1",
        MPLBACKEND="module://nothing", IPYTHONDIR=str(works / "mine"),
        MPLCONFIGDIR=str(works / "mine"))
    said = [line for line in text.splitlines() if "font cache" not in line]
    assert (status, said) == (0, [])
