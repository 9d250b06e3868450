"""Pack what a teacher takes along: one zip, for machines without a network.

    python -m publish.kit SITE FOLDER [ZIP]

Puts into a folder, from the built site of one language: the published
notebooks, each lesson's plan, slides, worksheet and key as PDF (printed by
Chromium or Chrome), and the room, which runs with Python alone: what it needs
lies beside it. READ-ME-FIRST.txt says what is where, and lists what to do the
day before. With ZIP, the site is added and all is packed.
"""
import importlib.util
import re
import shutil
import sys
import zipfile
from pathlib import Path

from labkit.speech.pages import fill
from publish import needs
from publish.notebooks import pages

NAME = "bigger-models-fewer-epochs"
VIEWS = {"plan": "", "slides": "#deck", "worksheet": "#sheet",
         "key": "#key"}   # of a lesson, by its PDF
CHROMIUM = "chromium", "google-chrome", "chrome", "msedge"
INSTALLED = "tornado", "segno", "filelock", "rjsmin"   # plain Python, too
LEFT_OUT = "__pycache__", "test", "*.so", "*.pyd", "*.pyi"
START = '''"""Start the room: python3 start.py [LESSON]; else landscape."""
import sys
from pathlib import Path

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE))

from classroom.room.__main__ import main  # noqa: E402

words = sys.argv[1:]
name = words.pop(0) if words and words[0][0] != "-" else "landscape"
sys.exit(main([str(HERE / "classroom" / "lessons" / f"{name}.json"), *words]))
'''
TITLE = "What is where"
NAMES = "NAME is one of"
TEACH, DAY = "Teach:", "The day before"   # as the sources have them
PLACES = {
    "site/teach.html":
    "Begin here. Open it in a browser; it needs no network. Seven lessons: "
    "which to pick, what you need, and each one's plan, slides, worksheet and "
    "key.",
    "site/index.html": "The course as your students read it.",
    "print": "The same plans, slides, worksheets and keys as PDF: "
    "NAME-plan.pdf, ...",
    "room": "Votes, and one network a phone, with Python 3.11 or newer alone. "
    "In a terminal, here: python3 room/start.py NAME (on Windows: py instead "
    "of python3).",
    "room/classroom/room/pages/phone.html": "The phone's page without a "
    "server, for laptops; board.html is beside it.",
    "notebooks": "The labs, each one file that runs alone: NAME.ipynb. They "
    "need Jupyter, and torch."}


def lessons():
    """The names of the lesson plans."""
    return sorted(path.stem for path in (needs.ROOT / "classroom").glob(
        "*.md"))


def printed(site, folder):
    """Print every view of every lesson; no browser, no PDFs, and a word."""
    from playwright.sync_api import sync_playwright

    program = next(filter(None, map(shutil.which, CHROMIUM)), None)
    if program is None:
        print("No Chromium or Chrome: the kit has no PDFs. Print them from "
              "the site.")
        return
    folder.mkdir()
    with sync_playwright() as play:
        browser = play.chromium.launch(executable_path=program,
                                       args=["--no-sandbox"])
        for lesson in lessons():
            for view, anchor in VIEWS.items():
                page = browser.new_page(offline=True)
                page.goto((site / "classroom" / f"{lesson}.html").as_uri()
                          + anchor)
                page.wait_for_function("window.MathJax?.startup?.promise"
                                       "?.then(() => true) ?? true")
                page.pdf(path=folder / f"{lesson}-{view}.pdf", format="A4",
                         prefer_css_page_size=view == "slides",
                         print_background=view == "slides")
                page.close()


def notebooks(site, folder):
    """The labs, each a file that runs alone."""
    folder.mkdir()
    for path in (site / "labs").glob("*.ipynb"):
        shutil.copy(path, folder)


def room(folder):
    """The room, and what it stands on."""
    left_out = shutil.ignore_patterns(*LEFT_OUT)
    for name in ("room", "lessons"):
        shutil.copytree(needs.ROOT / "classroom" / name,
                        folder / "classroom" / name, ignore=left_out)
    (folder / "classroom" / "__init__.py").touch()
    for name in INSTALLED:
        found = Path(importlib.util.find_spec(name).origin)
        if found.name == "__init__.py":
            shutil.copytree(found.parent, folder / name, ignore=left_out)
        else:
            shutil.copy(found, folder)
    shutil.copytree(needs.ROOT / "live", folder / "live", ignore=left_out)
    (folder / "labkit").mkdir()
    for name in ("__init__", "lines"):
        shutil.copy(needs.LABS / "labkit" / f"{name}.py", folder / "labkit")
    (folder / "start.py").write_text(START, "utf-8")


def read_me():
    """What is where, by which names, and what to do the day before."""
    lines = [TITLE, ""]
    for place, text in PLACES.items():
        lines += [place.replace("site/", there()), fill(text, "  ")]
    lines += ["", NAMES, ""]
    for name in lessons():
        source = needs.ROOT / "classroom" / f"{name}.md"
        title = source.read_text("utf-8").partition("\n")[0]
        title = title.removeprefix(f"# {TEACH}").strip()
        lines.append(f"{name:14}{title[0].upper()}{title[1:]}")
    return "\n".join([*lines, "", checklist()])


def there():
    """Where the site is, seen from this language's part of the kit."""
    return "../site/zh/" if pages().endswith("/zh") else "site/"


def checklist():
    """The day before, in plain text: a section of ``teach.md``."""
    text = (needs.ROOT / "teach.md").read_text("utf-8")
    found = re.search(rf"(?ms)^## ({DAY})\n(.*?)(?=^## )", text)
    plain = re.sub(r"\[([^]]+)\]\([^)]*\)|[`*]", r"\1", found[2])
    return "\n".join([found[1], *map(fill, plain.splitlines()), ""])


def packed(folder, path):
    """Everything in the folder as a zip, under the course's name."""
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for file in sorted(folder.rglob("*")):
            if file.is_file():
                archive.write(file, Path(NAME, file.relative_to(folder)))


def main(site, folder, path=None):
    """Fill the folder anew; with a path, pack it."""
    site, folder = Path(site), Path(folder)
    if not (site / "index.html").exists():
        sys.exit("There is no site to pack; run python3 course.py book first.")
    folder.mkdir(parents=True, exist_ok=True)
    notebooks(site, folder / "notebooks")
    room(folder / "room")
    printed(site, folder / "print")
    (folder / "READ-ME-FIRST.txt").write_text(read_me(), "utf-8")
    if path is None:
        return
    shutil.copytree(site, folder / "site")
    packed(folder, path)
    shutil.rmtree(folder)
    print(f"The kit is {path} ({Path(path).stat().st_size / 1e6:.0f} MB).")


if __name__ == "__main__":
    main(*sys.argv[1:])
