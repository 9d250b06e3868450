"""The question itself: how many epochs does a model of each size need?"""
import numpy as np
import pandas as pd
import torch

from labkit import language as languages
from labkit.axes import Axes
from labkit.models import GPT, MLP
from labkit.train import losses, train

BATCH = 128            # windows per step, MLP
CONTEXT = 64           # characters per window, GPT
SEQUENCES = 16         # windows per step, GPT
OVERHEAD = 5_000       # parameters that cost as much as a step's overhead


# --- the measurement ------------------------------------------------------

def epochs_to_target(epochs, losses, target):
    """Epochs until a loss first reaches ``target``; None for never.

    Linear interpolation between the two evaluations around the crossing.
    A run that diverged (NaN) does not reach anything. Raises ValueError
    for curves that are empty, of unequal length or not in order.
    """
    epochs, losses = np.asarray(epochs, float), np.asarray(losses, float)
    if epochs.ndim != 1 or not len(epochs) or epochs.shape != losses.shape:
        raise ValueError(f"epochs has shape {epochs.shape} and losses "
                         f"{losses.shape}; allowed are two equally long "
                         "sequences with at least one entry")
    if not (np.diff(epochs) > 0).all():
        raise ValueError("epochs must increase from entry to entry")
    if not np.isfinite(target):
        raise ValueError(f"target is {target}; allowed is a finite loss")
    reached = np.flatnonzero(losses <= target)
    if not len(reached):
        return None
    i = reached[0]
    if i == 0 or not np.isfinite(losses[i - 1]):
        return float(epochs[i])
    share = (losses[i - 1] - target) / (losses[i - 1] - losses[i])
    return float(epochs[i - 1] + share * (epochs[i] - epochs[i - 1]))
