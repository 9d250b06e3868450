"""When a falling loss crosses a target, and how that depends on size.

A *target* is a loss in nats per token. What a run needs to reach it is
counted on any axis that grows along the run: epochs, steps, tokens, ...
"""
import numpy as np
import pandas as pd

from labkit.rows import distinct, known, only

RUN = ["size", "parameters", "lr", "seed"]   # what tells runs apart


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
    if not (np.isfinite(epochs).all() and (np.diff(epochs) > 0).all()):
        raise ValueError(f"epochs is {epochs}; allowed are finite numbers "
                         "that increase from entry to entry")
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


def needed(rows, targets, axis="epoch", column="value",
           quantity="validation"):
    """What each run needs to reach each target; NaN stands for never.

    ``axis`` is any column that grows along a run: epoch, step, tokens,
    flops or seconds. One row per size, learning rate, seed and target.
    Raises ValueError for a column or a quantity that there is not, for rows
    without a label and for rows that are there twice.
    """
    rows = distinct(only(rows, quantity=quantity), *RUN, axis)
    runs = known(rows, column).sort_values(axis).groupby(RUN)
    return pd.DataFrame([
        (*run, target, epochs_to_target(curve[axis], curve[column], target))
        for run, curve in runs for target in targets],
        columns=[*RUN, "target", "needed"]).astype({"needed": float})


def per_doubling(table):
    """Factor saved by each doubling of the parameters, one per seed.

    For each target that at least two sizes reach, the slope of log(needed)
    over log(parameters) by least squares; of these the median, NaN if there
    is none. Raises ValueError for a target that is reached untrained.
    """
    distinct(table, "seed", "target", "parameters")
    if (table.needed <= 0).any():
        raise ValueError(f"target is {table.target[table.needed <= 0].max()};"
                         " allowed are losses that no size has untrained")
    factors = {seed: [] for seed in sorted(table.seed.unique())}
    reached = table[table.needed.notna()]
    for (seed, _), part in reached.groupby(["seed", "target"]):
        if len(part) > 1:
            slope, _ = np.polyfit(np.log(part.parameters),
                                  np.log(part.needed), 1)
            factors[seed].append(2 ** -slope)
    return pd.Series({seed: np.median(of_targets or [np.nan])
                      for seed, of_targets in factors.items()})


def first_to_last(table):
    """How many times as much the smallest needs as the largest, per seed.

    For each target, of the sizes that reach it, if there are two or more;
    of the targets the median, NaN if there is none.
    """
    distinct(table, "seed", "target", "parameters")
    ratios = {seed: [] for seed in sorted(table.seed.unique())}
    reached = table[table.needed.notna()].sort_values("parameters")
    for (seed, _), part in reached.groupby(["seed", "target"]):
        if len(part) > 1:
            ratios[seed].append(part.needed.iloc[0] / part.needed.iloc[-1])
    return pd.Series({seed: np.median(of_targets or [np.nan])
                      for seed, of_targets in ratios.items()})


def to_own_best(rows, share):
    """Epochs until ``share`` of the way to each run's own lowest loss.

    The way starts at the untrained model; one row per size and seed. NaN
    for a run that diverges: there is no lowest loss to go to.
    """
    run = ["parameters", "seed"]
    rows = distinct(only(rows, quantity="validation"), *run, "epoch")
    return pd.DataFrame([
        (*labels, _own(curve, share))
        for labels, curve in rows.sort_values("epoch").groupby(run)],
        columns=[*run, "needed"])


def _own(curve, share):
    start, lowest = curve.value.iloc[0], curve.value.min(skipna=False)
    if np.isnan(lowest):
        return np.nan
    return epochs_to_target(curve.epoch, curve.value,
                            (1 - share) * start + share * lowest)
