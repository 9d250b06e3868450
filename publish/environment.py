"""The environment ``.venv``: what the course runs, it runs there.

Only the standard library is used here, as nothing else may be installed yet.
"""
import hashlib
import os
import shutil
import subprocess
import sys
from contextlib import contextmanager, suppress
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
VENV = ROOT / ".venv"
PYTHON = VENV / ("Scripts/python.exe" if os.name == "nt" else "bin/python")
ASIDE = ROOT / "_build" / "venv"   # the old one while a new one is made
LOCK = ROOT / "_build" / "lock"    # held by the command that is at work
held = []   # the lock's file, if this process has it
PATIENCE = 20   # seconds for a program to end after Ctrl-C
SETTINGS = ROOT / "_build" / "settings"   # the course's own: there are none
OBEYED = "PYTHON", "IPYTHON", "JUPYTER", "MPL", "MATPLOTLIBRC"
WRITTEN = ("_build/html", "_build/labs", "_build/making", "figures",
           "labs/records")


def program(*arguments, stdout=None, root=ROOT, **variables):
    """Start the environment's Python; it sees labkit and publish of ``root``.

    It sees no setting that the user has made for other programs: asserts
    may be off, another backend may draw, a start-up file may run.
    """
    own = {"PYTHONPATH": os.pathsep.join(map(str, (root / "labs", root))),
           "PYTHONUTF8": "1",   # else Windows cannot print every path
           "JUPYTER_PATH": str(VENV / "share" / "jupyter"),
           "IPYTHONDIR": str(SETTINGS / "ipython"),
           "MPLCONFIGDIR": str(SETTINGS / "matplotlib")}
    inherited = {name: value for name, value in os.environ.items()
                 if not name.startswith(OBEYED)}
    return subprocess.Popen(
        [str(PYTHON), *map(str, arguments)], cwd=root, stdout=stdout,
        env={**inherited, **own, **variables},
        pass_fds=held if os.name != "nt" else ())


def status(process):
    """Its status in the end; Ctrl-C reaches it too, and it may tidy up."""
    try:
        return process.wait()
    except KeyboardInterrupt:
        try:
            with suppress(subprocess.TimeoutExpired):
                process.wait(PATIENCE)
        finally:
            process.terminate()
        raise


def run(*arguments, **variables):
    """Run it to its end; stop with its status if bad."""
    bad = status(program(*arguments, **variables))
    if bad:
        sys.exit(bad)


@contextmanager
def alone(command):
    """Be the only command at work here, or stop and say which one is.

    The lock ends with this process and with all that it has started.
    """
    if held:
        yield
        return
    may_write()
    LOCK.parent.mkdir(exist_ok=True)
    with LOCK.open("a+b", buffering=0) as file:
        try:
            lock(file)
        except (BlockingIOError, PermissionError):
            file.seek(0)
            sys.exit(f"{file.read().decode()} is at work in {ROOT}; wait for "
                     "its end, or stop it.")
        except OSError:
            pass   # a disk that knows no locks
        file.truncate(0)
        file.write(f"{command} (process {os.getpid()})".encode())
        held.append(file.fileno())
        try:
            yield
        finally:
            held.clear()


def lock(file):
    """Lock a file that is open; raises OSError if another process has."""
    if os.name == "nt":
        import msvcrt
        file.seek(1 << 20)   # what comes before can be read by others
        msvcrt.locking(file.fileno(), msvcrt.LK_NBLCK, 1)
    else:
        import fcntl
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)


def ensure():
    """Make ``.venv`` unless there is one that works.

    If that fails or is stopped, the old one is there again.
    """
    may_write()
    SETTINGS.mkdir(parents=True, exist_ok=True)
    if not fault():
        return
    with alone("Making .venv"):
        if reason := fault():   # and not made by another one meanwhile
            renew(reason)


def renew(reason):
    """Make ``.venv``, and keep the old one if that fails."""
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
    if status(program("-m", "pip", "install", "--quiet", "-r",
                      "requirements.txt", "--disable-pip-version-check")):
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
