"""Write the language's tables for the browser: one base-32 digit an entry.

    python3 live/export.py
"""
import json
import sys
from pathlib import Path

FOLDER = Path(__file__).resolve().parent
DIGITS = "0123456789abcdefghijklmnopqrstuv"


def source(language):
    """The script that defines the layered rules for the engine."""
    tables = ["".join(DIGITS[entry] for entry in table)
              for table in language.tables]
    rules = dict(entropy=language.entropy, weights=language.weights,
                 tables=tables)
    return ("// Written by export.py: labkit.language.texts.Markov().\n"
            "globalThis.Live ??= {};\n"
            f"Live.rules = {json.dumps(rules)};\n")


if __name__ == "__main__":
    sys.path.insert(0, str(FOLDER.parent / "labs"))
    from labkit.language.texts import Markov
    (FOLDER / "rules.js").write_text(source(Markov()), "utf-8")
