#!/usr/bin/env python3
"""The course's commands, for Python 3.11 or newer and nothing else.

    python3 course.py book          build the site
    python3 course.py serve         show it on localhost while it is built
    python3 course.py test          build it and run every test
    python3 course.py facts         compute the numbers that the prose quotes
    python3 course.py record LAB [BUDGET]   repeat a lab's recorded runs
    python3 course.py gpu           check a big GPU, record what fits in 8 min
    python3 course.py speed         measure all speeds and write their page
    python3 course.py versions      run the labs in other environments
    python3 course.py room [LESSON [zh]]   phones vote and train a seed
    python3 course.py kit           pack all that a teacher takes along: a zip
    python3 course.py catalogue     see what the Chinese edition lacks
    python3 course.py help          show this

Each makes the environment ``.venv`` from ``requirements.txt`` once, and anew
where it does not work: after an update of Python, or on another machine.
Only one is at work at a time in a folder, but for record.
"""
import hashlib
import inspect
import shutil
import subprocess
import sys
import time

if sys.version_info < (3, 11):  # noqa: UP036 (old syntax up to here)
    sys.exit("This course needs Python 3.11 or newer; this is Python %s. "  # noqa: UP031
             "Install a newer one and run: python3.11 course.py ..."
             % sys.version.split()[0])

from contextlib import nullcontext  # noqa: E402
from datetime import date  # noqa: E402
from functools import partial  # noqa: E402
from http.server import (  # noqa: E402
    SimpleHTTPRequestHandler,
    ThreadingHTTPServer,
)
from pathlib import Path  # noqa: E402
from threading import Event, Thread  # noqa: E402

# which is not there by itself if PYTHONSAFEPATH is set
sys.path.insert(0, str(Path(__file__).resolve().parent))

from publish.environment import (  # noqa: E402
    ROOT,
    alone,
    ensure,
    program,
    run,
    status,
)

BUILD = ROOT / "_build"
SITE = BUILD / "html"       # the site that readers see
TREE = BUILD / "zh"         # the sources in Chinese
KIT = BUILD / "kit"
NAME = "bigger-models-fewer-epochs"
ALONE = BUILD / "alone"     # each published lab in a folder of its own
PORT = 8000
# what is no module; the scripts in .venv break if the folder is moved
JUPYTER_BOOK = "-c", "from jupyter_book.cli.main import main; main()"
LINT_IMPORTS = ("-c", "from importlinter import cli; "
                      "cli.lint_imports_command()")
QUICK = {"LABS_BUDGET": "quick", "LABS_QUIET": "1"}
ONE_THREAD = {"OMP_NUM_THREADS": "1"}   # many small products want no more


# --- the site ----------------------------------------------------------------

def facts():
    """Compute the numbers that the prose quotes, where they are not fresh."""
    ensure()
    run("-m", "publish.facts", **ONE_THREAD)


def pages():
    """Make the pages of the site, with the labs' runs as far as there are.

    In English, and in Chinese of a translated copy of all sources, which is
    written while the English ones are built. Readers see the new site of a
    language once it is whole.
    """
    making = BUILD / "making", BUILD / "making-zh"
    books = [begun(ROOT, making[0])]
    try:
        run("-m", "publish.translation.tree")
        run("-m", "publish.translation.finish", root=TREE)
        books.append(begun(TREE, making[1]))
        ended(ROOT, making[0], books[0], SITE, TREE.name)
        ended(TREE, making[1], books[1], SITE / TREE.name)
    finally:
        for one in books:
            one.terminate()


def begun(root, making):
    """Begin to make the pages of a folder of sources.

    Only what has changed is made anew; everything is if the last time was
    not finished.
    """
    finished = making / "finished"
    if not (finished.exists() and finished.read_text() == contents(root)):
        shutil.rmtree(making, ignore_errors=True)
    finished.unlink(missing_ok=True)
    print(f"Building the pages of {root} ...", flush=True)
    return program(*JUPYTER_BOOK, "build", ".", "--path-output", making, "-W",
                   "-n", "--keep-going", "-q", stdout=subprocess.DEVNULL,
                   root=root)


def ended(root, making, process, site, *left):
    """Put the pages where readers see them; ``left`` is another site's."""
    if status(process):
        sys.exit("The pages could not be built: see above. "
                 f"{site} is as it was.")
    new = making / "_build" / "html"
    run("-m", "publish.pages", new, root=root)
    run("-m", "publish.notebooks", new, root=root)
    run("-m", "publish.place", new, site, *left)
    (making / "finished").write_text(contents(root))


def contents(root):
    """Changes with what all pages share: contents, settings, pins, scripts."""
    return hashlib.sha256(b"".join(
        (root / name).read_bytes() for name in
        ("_toc.yml", "_config.yml", "requirements.txt",
         "live/directive.py", "publish/lesson.py",
         "publish/classroom.py", "publish/words.py", "classroom/views.js",
         "classroom/views.css", *["places.json"] * (root == TREE)))
        ).hexdigest()


def pictures():
    """Facts and pictures, where they are not fresh."""
    ensure()
    run("-m", "publish.pictures", **ONE_THREAD)


def book():
    """Build the site: numbers, pictures, labs, pages.

    A lab that fails is named in the end, and spoils its own page only.
    """
    pictures()
    failed = status(program("-m", "publish.execute"))
    pages()
    print(f"\nThe site is built. Open {SITE / 'index.html'}\n"
          f"or run: {Path(sys.executable).name} course.py serve")
    if failed:
        sys.exit("Not all labs could be run: see above.")


def serve():
    """Show the site on this machine only: first the prose, then the labs."""
    with served() as server:
        pictures()
        pages()
        print(f"Serving on http://localhost:{server.server_port} (stop with "
              "Ctrl-C)", flush=True)
        labs = program("-m", "publish.execute")
        try:
            running = True
            while running:
                time.sleep(20)
                running = labs.poll() is None
                pages()   # once more after the last lab, too
            Event().wait()
        finally:
            labs.terminate()


def served():
    """What serves the site, at another port if the usual one is taken."""
    handler = partial(SimpleHTTPRequestHandler, directory=SITE)
    try:
        server = ThreadingHTTPServer(("127.0.0.1", PORT), handler)
    except OSError:
        server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    Thread(target=server.serve_forever, daemon=True).start()
    return server


def test():
    """Build the site, then run every test; labs at the quick budget."""
    book()
    run("-m", "ruff", "check", "--quiet", ".")
    run(*LINT_IMPORTS, "--no-cache")
    shutil.rmtree(ALONE, ignore_errors=True)
    for lab in (SITE / "labs").glob("*.ipynb"):
        (ALONE / lab.stem).mkdir(parents=True)
        shutil.copy(lab, ALONE / lab.stem)
    # no path to labkit: the published labs bring their own along; what
    # takes longest comes first, so that no core waits at the end
    pytest = "-m", "pytest", "-n", "2", "--dist", "loadfile"
    run(*pytest, "--no-loadscope-reorder", ALONE, "tests/site", "tests",
        "--ignore=tests/room", "--nbval-lax", "--nbval-cell-timeout=3600",
        "--nbval-kernel-startup-timeout=3600", **QUICK, **ONE_THREAD,
        PYTHONPATH="")
    # apart: a browser that is driven and a server cannot share a process
    run(*pytest, "tests/room", **QUICK, **ONE_THREAD, PYTHONPATH="")


def record(lab="", budget="full"):
    """Run the lab's experiments at a budget; resumes if stopped."""
    labs = sorted(path.stem for path in (ROOT / "labs").glob("*.ipynb")
                  if "_" not in path.stem)
    if lab not in labs:
        sys.exit(f"LAB is {lab!r}; the labs are: {', '.join(labs)}. "
                 f"For example: make record LAB={labs[0]}")
    ensure()
    run("-m", "publish.record", lab, budget)


def gpu():
    """Check a GPU's training step; record real text by large models on it."""
    ensure()
    run("-m", "publish.gpu")


def room(lesson="landscape", language="en"):
    """Open a room for one lesson on this machine; see its first words."""
    if language not in ("en", TREE.name):
        sys.exit(f"LANGUAGE is {language!r}; allowed are en, {TREE.name}.")
    plans = ROOT / "classroom" / "lessons"
    known = sorted(path.stem for path in plans.glob("*.json")
                   if "." not in path.stem)
    if lesson not in known:
        sys.exit(f"LESSON is {lesson!r}; the lessons with a room are: "
                 f"{', '.join(known)}.")
    ensure()
    root, more = ROOT, ()
    if language != "en":   # its rows are kept here all the same
        run("-m", "publish.translation.tree")
        root, plans = TREE, TREE / "classroom" / "lessons"
        more = "--file", ROOT / f"room-{lesson}-{date.today()}.csv"
    run("-m", "classroom.room", plans / f"{lesson}.json", *more, root=root)


def kit():
    """Build the site and pack it with slides, sheets, labs and the room."""
    book()
    shutil.rmtree(KIT, ignore_errors=True)
    for root, site, folder, *path in (
            (TREE, SITE / TREE.name, KIT / "all" / TREE.name),
            (ROOT, SITE, KIT / "all", KIT / f"{NAME}.zip")):
        run("-m", "publish.kit", site, folder, *path, root=root)


def catalogue():
    """Bring the translations' files up to date; name what is untranslated."""
    ensure()
    run("-m", "publish.translation.catalogue")


def speed():
    """Measure programs and labs; write ``speed.md`` and the labs' times."""
    ensure()
    run("-m", "benchmarks", **QUICK)


def versions():
    """Run the published labs under Python 3.11 to 3.13, and as in Colab."""
    ensure()
    run("-m", "publish.versions")


# --- the command line --------------------------------------------------------

COMMANDS = {f.__name__: f for f in (book, serve, test, facts, record, gpu,
                                    room, kit, catalogue, speed, versions)}
UNGUARDED = "record", "room"   # with locks of their own; they take long


def main(name="", *rest):
    """Do what the command line says, or say what it may be."""
    for stream in (sys.stdout, sys.stderr):   # any path can be printed
        stream.reconfigure(errors="backslashreplace")
    if name == "help" or {"-h", "--help"} & {name, *rest}:
        print(__doc__)
        return
    if name not in COMMANDS:
        sys.exit(f"{__doc__}\nCOMMAND is {name!r}; allowed are "
                 f"{', '.join(COMMANDS)}.")
    try:
        inspect.signature(COMMANDS[name]).bind(*rest)
    except TypeError as wrong:
        sys.exit(f"{__doc__}\n{name} got {' '.join(rest)!r}: {wrong}.")
    try:
        with nullcontext() if name in UNGUARDED else alone(name):
            COMMANDS[name](*rest)
    except KeyboardInterrupt:
        sys.exit("\nStopped.")


if __name__ == "__main__":
    main(*sys.argv[1:])
