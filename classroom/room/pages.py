"""The room's files: read and packed once, as it starts."""
import gzip
from pathlib import Path

FOLDER = Path(__file__).with_name("pages")
TYPES = {".html": "text/html; charset=utf-8", ".js": "text/javascript",
         ".css": "text/css", ".svg": "image/svg+xml",
         ".json": "application/json"}
DOORS = {"/": "/phone.html", "/board": "/board.html"}


def pages(*folders):
    """{path: (type, content, the same packed)} of all files in the folders.

    Nothing else can be asked for, whatever a path may look like.
    """
    found = {f"/{file.name}": _packed(file)
             for folder in (FOLDER, *folders)
             for file in sorted(Path(folder).iterdir())
             if file.suffix in TYPES}
    return {**found, **{door: found[page] for door, page in DOORS.items()}}


def _packed(file):
    content = file.read_bytes()
    return TYPES[file.suffix], content, gzip.compress(content, mtime=0)
