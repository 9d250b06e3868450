"""Text: do larger models need fewer epochs on real text, too?

A small GPT on the help texts of Python, or on a text of the learner's own.
"""
import hashlib
from functools import partial
from pathlib import Path

import pandas as pd

from labkit import plots
from labkit.epochs.crossing import needed, per_doubling
from labkit.epochs.sizes import combinations, reach
from labkit.language.files import read
from labkit.language.runs import Runs, tuned
from labkit.rows import of

TARGETS = (2.6, 2.5, 2.4, 2.2, 2.0, 1.9, 1.8)   # nats per byte
DRAWN = (2.6, 2.4, 2.2, 2.0, 1.9)   # those of the figure
CLOSER = 64   # width from which on sizes are compared at more rates

TEXT = {
    "quick": {"widths": [8, 16, 32], "uniques": [32_768], "epochs": 6,
              "lrs": [.01]},
    "class": {"widths": [8, 16, 32, 64], "uniques": [65_536], "epochs": 8,
              "lrs": [.01]},
    "full": {"widths": [8, 16, 32, 64, 128], "uniques": [65_536],
             "epochs": 16, "lrs": [.003, .01, .03]},
}
RATES = {   # learning rates between those of "text"
    "full": {"widths": [64, 128], "uniques": [65_536], "epochs": 16,
             "lrs": [.006, .015]},
}
DECAY = {   # "text" with weight decay
    "full": {"widths": [64, 128], "uniques": [65_536], "epochs": 16,
             "lrs": [.01], "weight_decays": [.3]},
}
OWN = {   # for a file of the learner's, at ``path``
    "quick": {"path": "mine.txt", "widths": [8, 32], "uniques": [8_192],
              "epochs": 4, "lrs": [.01], "weight_decays": [0.0]},
}


def of_file(path, **sizes):
    """Cells that train on a text file.

    They name the whole path and a fingerprint (SHA-256) of what is in it,
    so that a record of another text is never taken for one of this.
    """
    content = hashlib.sha256(read(path).encode()).hexdigest()
    return [dict(cell, content=content[:12])
            for cell in combinations(str(Path(path).resolve()), **sizes)]


text = Runs("text", TEXT, partial(combinations, "topics"))
rates = Runs("rates", RATES, partial(combinations, "topics"))
decay = Runs("decay", DECAY, partial(combinations, "topics"))
EXPERIMENTS = (text, rates, decay)
run = text.run

# Not among them, as its text is nobody's but the learner's.
own = Runs("own", OWN, of_file)


# --- what the rows say ------------------------------------------------------

def reached(rows, goals=TARGETS):
    """What each size needs, at its best rate, to reach each of the goals."""
    return needed(tuned(of(rows, "text")), goals)


def turning(rows):
    """Where each run of the larger sizes is lowest, and how it ends.

    One row per weight decay, learning rate, size and seed; epochs, and
    losses in nats per byte.
    """
    rows = rows[rows.experiment.isin(["text", "rates", "decay"])
                & (rows["size"] >= CLOSER)]
    runs = rows.pivot(
        index=["weight_decay", "lr", "parameters", "seed", "epoch"],
        columns="quantity", values="value").reset_index("epoch").groupby(
        ["weight_decay", "lr", "parameters", "seed"])

    def turn(run):
        low = run.validation.argmin()
        return pd.Series({"lowest validation": run.validation.iloc[low],
                          "at epoch": run.epoch.iloc[low],
                          "validation at end": run.validation.iloc[-1],
                          "training at end": run.train.iloc[-1]})

    return runs.apply(turn)


# --- figures and facts ------------------------------------------------------

def reach_figure(rows, goals=DRAWN):
    """Epochs to each of the goals (nats per byte) against parameters."""
    _, ax = reach(reached(rows, goals), "nats")
    return plots.show(
        ax, "Epochs to a target loss on Python's help texts against the "
            "parameters of a small GPT. The lines fall to the right, and "
            "small sizes stand in the row named never for low targets.")


CLAIMS = []
FIGURES = {"text": lambda tables: reach_figure(tables["text"])}
TABLES = {}


def facts(tables):
    """What the prose quotes, rounded as it quotes it."""
    rows = pd.concat([tables[name] for name in ("text", "rates", "decay")])
    lowest = turning(rows)["lowest validation"].groupby(
        ["weight_decay", "parameters", "lr"]).median()
    second, largest = (lowest[0.0, size].sort_values().to_numpy()
                       for size in lowest[0.0].index.unique("parameters"))
    second_decay, largest_decay = lowest[0.3]
    factor = per_doubling(reached(rows))
    return {
        "text_second": f"{second[0]:.2f}",
        "text_second_beside": f"{second[1]:.2f}",
        "text_largest": f"{largest[0]:.2f}",
        "text_second_decay": f"{second_decay:.2f}",
        "text_largest_decay": f"{largest_decay:.2f}",
        "text_factor": {
            "effect": f"{factor.median():.2f}", "low": f"{factor.min():.2f}",
            "high": f"{factor.max():.2f}", "seeds": f"{len(factor)}"},
    }
