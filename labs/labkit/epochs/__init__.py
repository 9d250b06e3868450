"""The question itself: how many epochs does a model of each size need?"""
from functools import partial
from itertools import product

import numpy as np
import pandas as pd

from labkit.claims import claim, evidence
from labkit.language.runs import cost, train_size, tuned, with_excess
from labkit.records import sweep

EXPERIMENTS = {            # name -> task
    "targets": "rules",    # epochs to a target, by size
    "patience": "rules",   # the small sizes, ten times longer
    "endings": "rules",    # small corpora, with and without weight decay
    "standard": "standard",
    "shuffled": "shuffled",
    "text": "topics",
    "rates": "topics",     # learning rates between those of "text"
    "decay": "topics",     # "text" with weight decay
    "library": "library",
    "own": "own",          # the learner's text, see runs.own_text
}


def run(experiment, widths, uniques, epochs, lrs, weight_decays=(0.0,),
        seeds=range(5), device="cpu", record=None, workers=1):
    """Run an experiment on all combinations of its sizes; tidy rows.

    ``widths`` of the model, ``uniques`` tokens of the corpus, length in
    ``epochs``, learning rates ``lrs`` and ``seeds``. See
    ``runs.train_size`` for the columns and ``records.sweep`` for
    ``record`` and ``workers``. Raises ValueError for an unknown
    experiment and for bad sizes, before anything is trained.
    """
    if experiment not in EXPERIMENTS:
        raise ValueError(f"experiment is {experiment!r}; allowed are "
                         f"{list(EXPERIMENTS)}")
    cells = [dict(experiment=experiment, task=EXPERIMENTS[experiment],
                  width=width, unique=unique, epochs=epochs, lrs=list(lrs),
                  seeds=list(seeds), weight_decay=decay)
             for unique, decay, width in product(uniques, weight_decays,
                                                 widths)]
    return sweep(partial(train_size, device=device), cells, cost,
                 record=record, workers=workers)


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


# --- the claims -----------------------------------------------------------

TARGETS = (0.9, 0.8, 0.7, 0.6, 0.5, 0.4, 0.35, 0.3, 0.25)   # nats of excess
FEW = 5         # epochs that the conversation would call few


def _targets(rows, quantity="validation"):
    """The rows of the main experiment at each size's best rate."""
    rows = with_excess(tuned(rows[rows.experiment == "targets"]))
    return rows[rows.quantity == quantity]


def fewer_epochs(rows, quantity="validation", axis="epoch"):
    """Do larger sizes need less to reach the same loss?"""
    rows = _targets(rows, quantity)
    table = needed(rows, TARGETS, axis, "excess", quantity)
    what = {"epoch": "epochs", "tokens": "tokens"}[axis]
    return evidence(per_doubling(table), lambda factor: factor > 1,
                    f"doubling the parameters divides the {what} to a "
                    f"{quantity} loss by {{}}")


def patience_pays(rows):
    """Does the smallest size reach, given time, what a large one does?"""
    large = _targets(rows)
    large = large[(large["size"] == large["size"].max())
                  & (large.epoch <= FEW)]
    target = large.groupby("seed").excess.min()
    rows = with_excess(rows[rows.experiment.isin(["targets", "patience"])])
    small = rows[(rows["size"] == rows["size"].min())
                 & (rows.quantity == "validation")]
    gap = small.groupby("seed").excess.min() - target
    return evidence(gap, lambda nats: nats <= 0,
                    f"after {small.epoch.max():.0f} epochs the smallest size "
                    f"is still {{}} nats above what the largest has after "
                    f"{FEW}")


def stays_low(rows):
    """Does the loss of a large model stay, to 1 %, where it was lowest?"""
    rows = _targets(rows)
    large = rows[rows["size"] == rows["size"].max()].groupby("seed")
    rise = large.excess.last() / large.excess.min()
    return evidence(rise, lambda ratio: ratio < 1.01,
                    "at the end of the run, at the rate that brings it "
                    "lowest, the excess loss of the largest size is {} times "
                    "its lowest")


def fewer_tokens(rows):
    """Do larger sizes need fewer tokens while none has been repeated?"""
    rows = rows[rows.epoch <= 1]
    return fewer_epochs(rows, axis="tokens")


def lower_after_one_epoch(rows):
    """After each token has been seen once, is a larger model ahead?"""
    rows = _targets(rows)
    rows = rows[rows.epoch <= 1]
    end = rows[rows.step == rows.step.max()]
    excess = end.pivot(index="seed", columns="size", values="excess")
    return evidence(excess.iloc[:, 0] / excess.iloc[:, -1],
                    lambda ratio: ratio > 1,
                    "after one epoch the smallest size has {} times the "
                    "excess loss of the largest")


def more_from_the_same_text(rows):
    """At its best rate and moment, does each larger size get lower?"""
    lowest = _targets(rows).groupby(["seed", "size"]).excess.min().unstack()
    steps = lowest.iloc[:, :-1].to_numpy() / lowest.iloc[:, 1:].to_numpy()
    return evidence(steps.min(axis=1), lambda ratio: ratio > 1,
                    "from one size to the next, the lowest excess loss falls "
                    "by a factor of at least {}")


def other_never(rows):
    """Does the largest size, even at its best, miss what a smaller reaches?

    Over all corpora and weight decays of "endings", by more than 0.01 nats.
    """
    rows = tuned(rows[rows.experiment == "endings"])
    lowest = rows[rows.quantity == "validation"].groupby(
        ["seed", "unique", "weight_decay", "size"]).value.min().unstack()
    gap = lowest.iloc[:, -1] - lowest.iloc[:, :-1].min(axis=1)
    return evidence(gap.groupby("seed").max(), lambda nats: nats > 0.01,
                    "the lowest loss of the largest size minus that of the "
                    "best smaller one is, where it is greatest, {} nats")


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


_claim = partial(claim, "epochs")
CLAIMS = [
    _claim("C1a", "Of the sizes that reach a validation loss, the larger "
           "ones need fewer epochs.", fewer_epochs,
           "muennighoff2023scaling", "li2020train"),
    _claim("C1b", "A small model gets there, too: it only needs more "
           "epochs.", patience_pays, "muennighoff2023scaling"),
    _claim("C1c", "The training loss, too, falls in fewer epochs in larger "
           "models.", partial(fewer_epochs, quantity="train"),
           "tirumala2022memorization"),
    _claim("C1d", "Pushed down, the validation loss of a large model stays "
           "down as the epochs go on.", stays_low,
           "taylor2022galactica", "kim2025infinite", beyond=True),
    _claim("C2a", "A larger model reaches the same loss with fewer tokens, "
           "none of them repeated.", fewer_tokens, "kaplan2020scaling"),
    _claim("C3a", "After the same tokens, each seen once, the larger model "
           "has the lower loss.", lower_after_one_epoch,
           "kaplan2020scaling"),
    _claim("C3b", "From the same text, seen as often as is best for it, the "
           "larger model gets more.", more_from_the_same_text,
           "muennighoff2023scaling"),
    _claim("C4a", "Large models are another kind of learner.", None,
           "xia2023trajectories", "allenzhu2024physics"),
]
