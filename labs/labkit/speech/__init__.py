"""The language of what is shown: English, or what a table has for it.

Code says everything in English. Where it is shown, a message gives way to
that of the table ``records/speech.json``, if there is one: a published
notebook in another language carries it.
"""
import json
from pathlib import Path

from labkit.speech.messages import Speech

PATH = Path(__file__).resolve().parents[2] / "records" / "speech.json"


def load():
    """The speech of this copy of the course."""
    return Speech(json.loads(PATH.read_text("utf-8"))
                  if PATH.exists() else {})


say = load()
