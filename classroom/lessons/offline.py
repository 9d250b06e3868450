"""Lessons for pages that are opened as files: python offline.py.

A page from file:// may load a script but fetch nothing, so ``offline.js``
holds what is in NAME.json and NAME.recorded.json, for each NAME.
"""
import json
from pathlib import Path

HERE = Path(__file__).resolve().parent
HEAD = "// Written by offline.py from the lessons beside it.\n"


def script(folder=HERE):
    """The text of ``offline.js``."""
    plans, recorded = {}, {}
    for path in sorted(folder.glob("*.json")):
        if path.name.endswith(".recorded.json"):
            name = path.name.removesuffix(".recorded.json")
            recorded[name] = json.loads(path.read_text("utf-8"))["recorded"]
        else:
            plans[path.stem] = json.loads(path.read_text("utf-8"))
    return "".join([HEAD, *(
        f"Room.{name} = {json.dumps(what, separators=(',', ':'))};\n"
        for name, what in (("plans", plans), ("recorded", recorded)))])


if __name__ == "__main__":
    (HERE / "offline.js").write_text(script(), "utf-8")
