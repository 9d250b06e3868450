"""What the shared tests read: every explanation, its cases, tables by hand.

An explanation's ``cases.py`` has SIDES, rows on which each claim holds and
rows on which it fails; TINY, changes that make an experiment take a second.
"""
import importlib
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from labkit.verdict import LABS

ROOT = Path(__file__).resolve().parent.parent
SEEDS = range(3)
SPREAD = 0.01    # a seed makes every value so much larger than the one before


def cases(lab):
    """The rows and runs made for the tests of an explanation."""
    return importlib.import_module(f"tests.{lab}.cases")


def every_experiment():
    """All experiments, as parameters of a test."""
    return [pytest.param(lab, experiment, id=f"{lab}-{name}")
            for lab, module in LABS.items()
            for name, experiment in module.EXPERIMENTS.items()]


def tiny(lab, experiment, seeds=(3, 5)):
    """The settings of its cells, small enough for a test."""
    return experiment.settings([*experiment.sizes][0], seeds,
                               **cases(lab).TINY[experiment.name])


def table(experiment, names, value, cells):
    """A row per cell and seed; ``cells``: {the names' values: the value}.

    The middle seed has the value itself; or the value lists one per seed.
    """
    rows = []
    for key, values in cells.items():
        key = key if isinstance(key, tuple) else (key,)
        if np.isscalar(values):
            values = [values * (1 + SPREAD * (seed - 1)) for seed in SEEDS]
        rows += [{"experiment": experiment, **dict(zip(names.split(), key)),
                  "seed": seed, value: one}
                 for seed, one in zip(SEEDS, values)]
    return pd.DataFrame(rows)
