"""Write what the browser needs to draw the language's tables itself.

    python3 live/export.py
"""
import json
import sys
from pathlib import Path

import numpy as np

FOLDER = Path(__file__).resolve().parent


def source(language):
    """The script that defines the layered rules for the engine."""
    dice = np.random.default_rng(language.seed).bit_generator.state["state"]
    rules = dict(entropy=language.entropy, weights=language.weights,
                 vocab=language.vocab, order=language.order,
                 dice=dict(state=str(dice["state"]), step=str(dice["inc"])))
    return ("// Written by export.py: labkit.language.texts.Markov().\n"
            "globalThis.Live ??= {};\n"
            f"Live.rules = {json.dumps(rules)};\n")


if __name__ == "__main__":
    sys.path.insert(0, str(FOLDER.parent / "labs"))
    from labkit.language.texts import Markov
    (FOLDER / "rules.js").write_text(source(Markov()), "utf-8")
