"""When a falling loss crosses a target, and how that depends on size.

A *target* is a loss in nats per token. What a run needs to reach it is
counted on any axis that grows along the run: epochs, steps, tokens, ...
"""
import numpy as np
import pandas as pd


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


def needed(rows, targets, axis="epoch", column="value",
           quantity="validation"):
    """What each run needs to reach each target; NaN stands for never.

    ``axis`` is any column that grows along a run: epoch, step, tokens,
    flops or seconds. One row per size, learning rate, seed and target.
    """
    rows = rows[rows.quantity == quantity]
    return pd.DataFrame([
        dict(size=size, parameters=parameters, lr=lr, seed=seed,
             target=target, needed=epochs_to_target(
                 curve[axis], curve[column], target))
        for (size, parameters, lr, seed), curve in rows.groupby(
            ["size", "parameters", "lr", "seed"])
        for target in targets]).astype({"needed": float})


def per_doubling(table):
    """Factor saved by each doubling of the parameters, one per seed.

    For each target that at least two sizes reach, the slope of log(needed)
    over log(parameters) by least squares; of these the median.
    """
    factors = {}
    for (seed, _), part in table.dropna().groupby(["seed", "target"]):
        if part.parameters.nunique() > 1:
            slope, _ = np.polyfit(np.log(part.parameters),
                                  np.log(part.needed), 1)
            factors.setdefault(seed, []).append(2 ** -slope)
    return pd.Series({s: np.median(f) for s, f in factors.items()})


def to_own_best(rows, share):
    """Epochs until ``share`` of the way to each run's own lowest loss.

    The way starts at the untrained model; one row per size and seed.
    """
    rows = rows[rows.quantity == "validation"]
    return pd.DataFrame([
        dict(parameters=parameters, seed=seed, needed=epochs_to_target(
            curve.epoch, curve.value, curve.value.iloc[0] - share * (
                curve.value.iloc[0] - curve.value.min())))
        for (parameters, seed), curve in rows.groupby(["parameters", "seed"])])
