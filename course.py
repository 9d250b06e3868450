#!/usr/bin/env python3
"""The course's commands, for Python 3.11 or newer and nothing else.

    python3 course.py book          build the site
    python3 course.py serve         build it and show it on localhost
    python3 course.py test          build it and run every test
    python3 course.py record LAB [BUDGET]   repeat a lab's recorded runs
    python3 course.py speed         measure all speeds and write their page

Each makes the environment ``.venv`` from ``requirements.txt`` once.
"""
import hashlib
import os
import shutil
import subprocess
import sys

if sys.version_info < (3, 11):  # noqa: UP036 (old syntax up to here)
    sys.exit("This course needs Python 3.11 or newer; this is Python %s. "  # noqa: UP031
             "Install a newer one and run: python3.11 course.py ..."
             % sys.version.split()[0])

from pathlib import Path  # noqa: E402

ROOT = Path(__file__).resolve().parent
VENV = ROOT / ".venv"
BIN = VENV / ("Scripts" if os.name == "nt" else "bin")
SITE = ROOT / "_build" / "html"
PORT = 8000
QUICK = {"LABS_BUDGET": "quick", "LABS_QUIET": "1"}


def run(*command, **environment):
    """Run one program of the environment; stop with its status if bad."""
    program = shutil.which(command[0], path=str(BIN)) or command[0]
    env = {**os.environ, "PYTHONPATH": str(ROOT / "labs"), **environment}
    status = subprocess.run([program, *command[1:]], cwd=ROOT, env=env)
    if status.returncode:
        sys.exit(status.returncode)


def environment():
    """Make ``.venv`` unless it already matches ``requirements.txt``."""
    wanted = (ROOT / "requirements.txt").read_bytes()
    stamp = VENV / hashlib.sha256(wanted).hexdigest()
    if stamp.exists():
        return
    try:
        import ensurepip  # noqa: F401
        import venv
    except ImportError:
        sys.exit("This Python has no venv module. On Debian or Ubuntu: "
                 "sudo apt install python3-venv")
    print("Making .venv (once, about a minute) ...", flush=True)
    venv.create(VENV, clear=True, with_pip=True)
    run("python", "-m", "pip", "install", "--quiet",
        "--disable-pip-version-check", "-r", "requirements.txt")
    stamp.touch()


def book():
    """Build the site, mend its pages, write the published notebooks."""
    environment()
    shutil.rmtree(ROOT / "_build", ignore_errors=True)
    run("jupyter-book", "build", ".", "-W", "-n", "--keep-going", "-q",
        **QUICK)
    run("python", "-m", "publish.pages", str(SITE))
    run("python", "-m", "publish.notebooks", str(SITE))
    print(f"\nThe site is built. Open {SITE / 'index.html'}\n"
          f"or run: {Path(sys.executable).name} course.py serve")


def serve():
    """Build the site and serve it on this machine only."""
    book()
    print(f"Serving on http://localhost:{PORT} (stop with Ctrl-C)")
    try:
        run("python", "-m", "http.server", str(PORT), "--bind",
            "localhost", "--directory", str(SITE))
    except KeyboardInterrupt:
        pass


def test():
    """Build the site, then run every test; labs at the quick budget."""
    book()
    run("ruff", "check", "--quiet", ".")
    run("pytest", "-n", "2", "--dist", "loadfile", "tests", "labs",
        "--nbval-lax", "--nbval-cell-timeout=300", **QUICK)


def record(lab="", budget="full"):
    """Run the lab's experiments at a budget; resumes if stopped."""
    labs = sorted(path.stem for path in (ROOT / "labs").glob("*.ipynb"))
    if lab not in labs:
        sys.exit(f"LAB is {lab!r}; the labs are: {', '.join(labs)}. "
                 f"For example: make record LAB={labs[0]}")
    environment()
    run("python", "-m", "publish.record", lab, budget)


def speed():
    """Measure programs and labs; write ``speed.md`` and the labs' times."""
    environment()
    run("python", "-m", "benchmarks", **QUICK)


if __name__ == "__main__":
    commands = {f.__name__: f for f in (book, serve, test, record,
                                         speed)}
    name, *rest = sys.argv[1:] or [""]
    if name not in commands or len(rest) > 2 * (name == "record"):
        sys.exit(__doc__)
    commands[name](*rest)
