"""A copy of the course of which every part says only where it was run.

An environment of a copy has the packages of this one, by a link.
"""
import hashlib
import importlib.util
import os
import shutil
import subprocess
import sys
import sysconfig
import venv
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
TOLD = """
import os, sys, pathlib
import numpy
pathlib.Path("told").write_text("\\n".join([sys.prefix, *sys.argv[1:]]))"""
TREE = """
import pathlib, shutil
shutil.copytree(".", "_build/zh", dirs_exist_ok=True,
                ignore=shutil.ignore_patterns("_build", ".venv"))
pathlib.Path("_build/zh/places.json").write_text("")"""
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


def tree(root):
    """A copy in a folder, without an environment."""
    files = {f"publish/{name}.py": TOLD for name in (
        "facts", "record", "pictures", "execute", "pages", "notebooks")}
    files |= {"labs/epochs.ipynb": "", "requirements.txt": "",
              "_toc.yml": "", "_config.yml": "", "live/directive.py": "",
              "publish/lesson.py": "", "publish/classroom.py": "",
              "publish/words.py": "", "publish/translation/__init__.py": "",
              "publish/translation/tree.py": TREE,
              "publish/translation/finish.py": "",
              "classroom/views.js": "", "classroom/views.css": "",
              "jupyter_book/__init__.py": "", "word": "good",
              "jupyter_book/cli/__init__.py": "",
              "jupyter_book/cli/main.py": BOOK}
    for name, text in files.items():
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_text(text)
    for name in ("course.py", *(f"publish/{name}.py" for name in (
            "__init__", "environment", "place"))):
        shutil.copy(ROOT / name, root / name)
    return root


def loaded(tree):
    """The module ``publish.environment`` of a copy."""
    spec = importlib.util.spec_from_file_location(
        "environment", tree / "publish" / "environment.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def working(root):
    """A copy with an environment that works."""
    pins = (tree(root) / "requirements.txt").read_bytes()
    (link(root / ".venv") / hashlib.sha256(pins).hexdigest()).touch()
    return root


def course(tree, *arguments, **variables):
    """Run a command of the copy; its status and all it prints."""
    done = subprocess.run(
        [sys.executable, str(tree / "course.py"), *arguments], text=True,
        capture_output=True, env={**os.environ, **variables}, timeout=120)
    return done.returncode, done.stdout + done.stderr


def dead(python):
    python.unlink()
    python.symlink_to("/no/such/python")
