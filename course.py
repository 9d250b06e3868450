#!/usr/bin/env python3
"""The course's commands, for Python 3.11 or newer and nothing else.

    python3 course.py book          build the site
    python3 course.py serve         show it on localhost while it is built
    python3 course.py test          build it and run every test
    python3 course.py facts         compute the numbers that the prose quotes
    python3 course.py record LAB [BUDGET]   repeat a lab's recorded runs
    python3 course.py speed         measure all speeds and write their page

Each makes the environment ``.venv`` from ``requirements.txt`` once.
"""
import hashlib
import os
import shutil
import subprocess
import sys
import time

if sys.version_info < (3, 11):  # noqa: UP036 (old syntax up to here)
    sys.exit("This course needs Python 3.11 or newer; this is Python %s. "  # noqa: UP031
             "Install a newer one and run: python3.11 course.py ..."
             % sys.version.split()[0])

from pathlib import Path  # noqa: E402

ROOT = Path(__file__).resolve().parent
VENV = ROOT / ".venv"
BIN = VENV / ("Scripts" if os.name == "nt" else "bin")
BUILD = ROOT / "_build"
SITE = BUILD / "html"
ALONE = BUILD / "alone"   # each published lab in a folder of its own
PORT = 8000
QUICK = {"LABS_BUDGET": "quick", "LABS_QUIET": "1"}
ONE_THREAD = {"OMP_NUM_THREADS": "1"}   # many small products want no more


def program(*command, **environment):
    """Start one program of the environment; it sees labkit and publish."""
    path = shutil.which(command[0], path=str(BIN)) or command[0]
    folders = os.pathsep.join(map(str, (ROOT / "labs", ROOT)))
    env = {**os.environ, "PYTHONPATH": folders, **environment}
    return subprocess.Popen([path, *command[1:]], cwd=ROOT, env=env)


def run(*command, **environment):
    """Run one program of the environment; stop with its status if bad."""
    status = program(*command, **environment).wait()
    if status:
        sys.exit(status)


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


def facts():
    """Compute the numbers that the prose quotes, where they are not fresh."""
    environment()
    run("python", "-m", "publish.facts", **ONE_THREAD)


def pages():
    """Make the pages of the site, with the labs' runs as far as there are.

    Only what has changed is made anew. After a warning everything is, as
    Sphinx gives each of them once.
    """
    forget_pages_of_another_contents()
    print("Building the pages ...", flush=True)
    status = program("jupyter-book", "build", ".", "-W", "-n",
                     "--keep-going", "-q").wait()
    if status:
        shutil.rmtree(BUILD / ".doctrees", ignore_errors=True)
        sys.exit(status)
    run("python", "-m", "publish.pages", str(SITE))
    run("python", "-m", "publish.notebooks", str(SITE))


def forget_pages_of_another_contents():
    """Remove the built pages if the contents, settings or pins changed."""
    now = hashlib.sha256(b"".join(
        (ROOT / name).read_bytes() for name in
        ("_toc.yml", "_config.yml", "requirements.txt"))).hexdigest()
    stamp = BUILD / "contents"
    if not stamp.exists() or stamp.read_text() != now:
        for folder in (SITE, BUILD / ".doctrees"):
            shutil.rmtree(folder, ignore_errors=True)
        BUILD.mkdir(exist_ok=True)
        stamp.write_text(now)


def pictures():
    """Facts and pictures, where they are not fresh."""
    environment()
    run("python", "-m", "publish.pictures", **ONE_THREAD)


def book():
    """Build the site: numbers, pictures, labs, pages.

    A lab that fails is named in the end, and spoils its own page only.
    """
    pictures()
    failed = program("python", "-m", "publish.execute").wait()
    pages()
    print(f"\nThe site is built. Open {SITE / 'index.html'}\n"
          f"or run: {Path(sys.executable).name} course.py serve")
    if failed:
        sys.exit("Not all labs could be run: see above.")


def serve():
    """Show the site on this machine only: first the prose, then the labs."""
    pictures()
    pages()
    server = program("python", "-m", "http.server", str(PORT), "--bind",
                     "localhost", "--directory", str(SITE))
    print(f"Serving on http://localhost:{PORT} (stop with Ctrl-C)",
          flush=True)
    try:
        labs = program("python", "-m", "publish.execute")
        while labs.poll() is None:
            time.sleep(20)
            pages()
        server.wait()
    except KeyboardInterrupt:
        server.terminate()


def test():
    """Build the site, then run every test; labs at the quick budget."""
    book()
    run("ruff", "check", "--quiet", ".")
    run("lint-imports", "--no-cache")
    shutil.rmtree(ALONE, ignore_errors=True)
    for lab in (SITE / "labs").glob("*.ipynb"):
        (ALONE / lab.stem).mkdir(parents=True)
        shutil.copy(lab, ALONE / lab.stem)
    # no path to labkit: the published labs bring their own along; what
    # takes longest comes first, so that no core waits at the end
    run("pytest", "-n", "2", "--dist", "loadfile", "--no-loadscope-reorder",
        str(ALONE), "tests/site", "tests", "--nbval-lax",
        "--nbval-cell-timeout=3600", **QUICK, **ONE_THREAD, PYTHONPATH="")


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
    commands = {f.__name__: f for f in (book, serve, test, facts, record,
                                         speed)}
    name, *rest = sys.argv[1:] or [""]
    if name not in commands or len(rest) > 2 * (name == "record"):
        sys.exit(__doc__)
    commands[name](*rest)
