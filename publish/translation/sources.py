"""What is read in which file, area by area."""
import json
import re
from functools import cache

from labkit.speech.messages import spoken
from labkit.speech.pages import page
from publish import needs
from publish.needs import ROOT
from publish.translation import markdown, python, script

LABS = ("epochs", "landscape", "interference", "lottery", "scaling",
        "compute")
PAGES = {   # of which a page of the site is made
    "front": ("_toc.yml", "index.md", "run.md", "teach.md", "glossary.md",
              "references.md"),
    "verdict": ("chapters/verdict.md",),
    **{name: (f"chapters/{name}.md", f"chapters/quiz/{name}.md",
              f"chapters/drawings/*{name}*.svg",
              *(("chapters/drawings/pit-opened.svg",)
                if name == "landscape" else ()),
              f"labs/{name}.ipynb", f"labs/{name}_further.ipynb")
       for name in LABS},
    **{f"classroom_{name}": (f"classroom/{name}.md",
                             f"classroom/lessons/{name}.json")
       for name in (*LABS, "course")}}
SCRIPTS = {   # which say in Chinese what they say
    "live": ("live/*.js",),
    "room": ("classroom/views.js", "classroom/room/pages/*.js",
             "classroom/room/pages/*.html", "classroom/room/*.py",
             "publish/classroom.py", "publish/kit.py", "publish/lesson.py",
             "publish/words.py")}
CODE = {   # whose words give way to those of a table when they are shown
    "labkit": ("labs/labkit/*.py", "labs/labkit/lesson/*.py",
               "labs/labkit/language/*.py", "labs/labkit/members/*.py"),
    **{f"code_{name}": (f"labs/labkit/{name}/*.py", f"labs/{name}.ipynb",
                        f"labs/{name}_further.ipynb") for name in LABS}}
AREAS = PAGES | SCRIPTS | CODE
LEFT = ("live/kernel.js", "live/rules.js", "live/tables.js", "live/dice.js",
        "labs/labkit/sentences.py", "labs/labkit/lines.py")
SPEECH = ROOT / "labs" / "records" / "speech.json"   # of a translated lab
SINGLE = frozenset({"Right.", "Site", "Table", "Teach:", "slide"})   # of it
WORDS = ROOT / "locale" / "zh" / "words.txt"
TITLE = re.compile(r'(?m)^(\s*(?:- caption:|title:)\s*"?)([^"\n]*)("?)$')
UNTITLED = re.compile(r"file: (evidence/\w+|speed)$", re.MULTILINE)
SPOKEN = {"title", "text", "options", "label", "unit", "printed"}


def cells(text):
    """The sources of a notebook's cells that are text."""
    return ["".join(cell["source"]) for cell in json.loads(text)["cells"]
            if cell["cell_type"] == "markdown"]


def notebook(text):
    """The messages of a notebook's text."""
    return [message for cell in cells(text)
            for message in markdown.messages(cell)]


def contents(text):
    """The messages of the table of contents, and titles that it lacks."""
    return [found[2] for found in TITLE.finditer(text)] + [
        title(name) for name in UNTITLED.findall(text)]


def title(name):
    """The title of a page that stays English."""
    return (ROOT / f"{name}.md").read_text("utf-8").split("\n")[0][2:]


def lesson(text):
    """The messages of a room's lesson."""
    def found(value, key=""):
        if isinstance(value, dict):
            for name, part in value.items():
                yield from found(part, name)
        elif isinstance(value, list):
            for part in value:
                yield from found(part, key)
        elif isinstance(value, str) and key in SPOKEN:
            yield value
    return [*found(json.loads(text))]


def code(text):
    """The messages of a notebook's code."""
    return [message for cell in json.loads(text)["cells"]
            if cell["cell_type"] == "code"
            for message in python.messages(needs.plain(
                "".join(cell["source"])), words())]


@cache
def words():
    """Single words of Python that are shown, and phrases of the records."""
    return frozenset(WORDS.read_text("utf-8").splitlines())


def document(text):
    """The messages of HTML or SVG."""
    found = []
    page(text, lambda part: found.append(part.strip()) or part)
    return [part for part in found if spoken(part)]


READERS = {".md": markdown.messages, ".ipynb": notebook, ".yml": contents,
           ".svg": document, ".html": document, ".json": lesson,
           ".js": script.messages,
           ".py": lambda text: python.messages(text, words())}


def files(area):
    """The files of an area, in order."""
    return [path for pattern in AREAS[area]
            for path in sorted(ROOT.glob(pattern))
            if path.relative_to(ROOT).as_posix() not in LEFT]


@cache
def read(area, path):
    """The messages that a file has for an area."""
    text = path.read_text("utf-8")
    if path.suffix == ".py" and area in SCRIPTS:
        return python.wholes(text, SINGLE)
    if path.suffix == ".ipynb" and area in CODE:
        return code(text)
    return READERS[path.suffix](text)


@cache
def messages():
    """{area: {message: the files in which it stands}}, each message once."""
    found, home = {area: {} for area in AREAS}, {}
    for area in AREAS:
        for path in files(area):
            for message in read(area, path):
                place = found[home.setdefault(message, area)]
                place.setdefault(message, []).append(
                    path.relative_to(ROOT).as_posix())
    found["labkit"] |= {phrase: ["locale/zh/words.txt"]
                        for phrase in sorted(words())
                        if " " in phrase and phrase not in home}
    return found
