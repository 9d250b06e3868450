"""The environment ``.venv``: what the course runs, it runs there.

Only the standard library is used here, as nothing else may be installed yet.
"""
import hashlib
import os
import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
VENV = ROOT / ".venv"
PYTHON = VENV / ("Scripts/python.exe" if os.name == "nt" else "bin/python")
ASIDE = ROOT / "_build" / "venv"   # the old one while a new one is made
WRITTEN = ("_build/html", "_build/labs", "_build/making", "figures",
           "labs/records")


def program(*arguments, stdout=None, **variables):
    """Start the environment's Python; it sees labkit and publish."""
    own = {"PYTHONPATH": os.pathsep.join(map(str, (ROOT / "labs", ROOT))),
           "JUPYTER_PATH": str(VENV / "share" / "jupyter"),
           "PYTHONUTF8": "1"}   # else Windows cannot print every path
    inherited = {name: value for name, value in os.environ.items()
                 if name != "PYTHONHOME"}   # would lead to other libraries
    return subprocess.Popen([str(PYTHON), *map(str, arguments)], cwd=ROOT,
                            env={**inherited, **own, **variables},
                            stdout=stdout)


def run(*arguments, **variables):
    """Run it to its end; stop with its status if bad."""
    status = program(*arguments, **variables).wait()
    if status:
        sys.exit(status)


def ensure():
    """Make ``.venv`` unless there is one that works.

    If that fails or is stopped, the old one is there again.
    """
    may_write()
    reason = fault()
    if not reason:
        return
    print(f"Making .venv (once, about a minute): {reason} ...", flush=True)
    try:
        move_aside()
        make()
        stamp().touch()
    except (OSError, ValueError, subprocess.CalledProcessError) as error:
        sys.exit(f".venv cannot be made: {error}")
    finally:
        settle()


def may_write():
    """Stop if there is a folder in which the course cannot write."""
    for name in WRITTEN:
        folder = ROOT / name
        while not folder.exists():
            folder = folder.parent
        if not os.access(folder, os.W_OK):
            sys.exit(f"The folder {folder} cannot be written. Copy the course "
                     "to a folder of your own, or make that one yours.")


def stamp():
    """An empty file in ``.venv`` that says for which pins it was made."""
    pins = (ROOT / "requirements.txt").read_bytes().replace(b"\r\n", b"\n")
    return VENV / hashlib.sha256(pins).hexdigest()


def fault():
    """Why ``.venv`` cannot be used as it is; None if it can."""
    if not os.path.lexists(VENV):
        return "there is none"
    if not stamp().exists():
        return "this one was made for other packages, or not to its end"
    if not works(PYTHON):
        return "the Python of this one does not work any more"
    return None


def works(python):
    """Does an environment's Python start, and find its packages?"""
    # numpy is compiled: for one Python, and for one kind of machine
    check = [str(python), "-I", "-c", "import numpy"]
    try:
        return not subprocess.run(check, capture_output=True).returncode
    except OSError:
        return False


def make():
    """Make ``.venv`` from ``requirements.txt``; stop if that fails."""
    try:
        import ensurepip  # noqa: F401
        import venv
    except ImportError:
        sys.exit("This Python has no venv module. On Debian or Ubuntu: "
                 "sudo apt install python3-venv")
    venv.create(VENV, clear=True, symlinks=os.name != "nt", with_pip=True)
    if program("-m", "pip", "install", "--quiet", "-r", "requirements.txt",
               "--disable-pip-version-check").wait():
        sys.exit("The packages were not installed; pip says why above. This "
                 "needs a network, once, room on the disk, and a Python for "
                 f"which they exist (this is {sys.version.split()[0]}).")


def move_aside():
    """Keep the old environment, unless a try that was killed has kept it."""
    ASIDE.parent.mkdir(exist_ok=True)
    if os.path.lexists(VENV) and not os.path.lexists(ASIDE):
        VENV.rename(ASIDE)


def settle():
    """Leave one environment: the new one if it is whole, else the old one."""
    if stamp().exists():
        remove(ASIDE)
    elif os.path.lexists(ASIDE):
        remove(VENV)
        ASIDE.rename(VENV)


def remove(folder):
    """Remove a folder; of a link to one, the link only."""
    if folder.is_symlink():
        folder.unlink()
    else:
        shutil.rmtree(folder, ignore_errors=True)
