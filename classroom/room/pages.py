"""The room's files: read, made small and packed once, as it starts.

Scripts go out minified where rjsmin is installed, and those of one page as
one file: ``a.js`` and ``b.js`` together are ``a+b.js``. A page that is opened
as a file takes them one by one.
"""
import gzip
import re
from pathlib import Path

try:
    from rjsmin import jsmin
except ImportError:   # then scripts go out as they are
    jsmin = str

FOLDER = Path(__file__).with_name("pages")
TYPES = {".html": "text/html; charset=utf-8", ".js": "text/javascript",
         ".css": "text/css", ".svg": "image/svg+xml",
         ".json": "application/json"}
DOORS = {"/": "/phone.html", "/board": "/board.html"}
SCRIPT = re.compile(r'<script defer src="([a-z]+)\.js"></script>\s*')
LATER = re.compile(r'data-later="([a-z ]+)"')   # what a page loads by itself


def pages(*folders):
    """{path: (type, content, the same packed)} of all files in the folders.

    Nothing else can be asked for, whatever a path may look like.
    """
    files = {file.name: _small(file) for folder in (FOLDER, *folders)
             for file in sorted(Path(folder).iterdir())
             if file.suffix in TYPES}
    for name in [name for name in files if name.endswith(".html")]:
        files.update(_joined(name, files))
    found = {f"/{name}": _packed(name, text) for name, text in files.items()}
    return {**found, **{door: found[page] for door, page in DOORS.items()}}


def _small(file):
    """The text of a file; scripts and styles without what is for readers."""
    text = file.read_text("utf-8")
    if file.suffix == ".js":
        return jsmin(text)
    if file.suffix == ".css":
        return re.sub(r"\s*([{};])\s*|\s+", lambda gap: gap[1] or " ",
                      re.sub(r"/\*.*?\*/", "", text, flags=re.DOTALL))
    return text


def _joined(name, files):
    """A page that loads its scripts as one file, and the files it loads."""
    page = files[name]
    own = SCRIPT.findall(page)
    joined = {"+".join(names) + ".js": "\n".join(
        files[f"{one}.js"] for one in names)
        for names in (own, *map(str.split, LATER.findall(page)))}
    page = SCRIPT.sub("", page).replace(
        "</html>", f'<script defer src="{"+".join(own)}.js"></script></html>')
    return {name: page, **joined}


def _packed(name, text):
    content = text.encode("utf-8")
    return (TYPES[Path(name).suffix], content,
            gzip.compress(content, mtime=0))
