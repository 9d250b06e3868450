"""What the lab asks before its runs, and what the rows say of it."""
import pandas as pd

from labkit import records
from labkit.epochs.crossing import needed
from labkit.epochs.patience import CLAIMS, longer, patience_pays
from labkit.epochs.targets import least
from labkit.lesson import Prediction

GOAL = 0.95     # nats of excess that every size of the lab's run reaches
AXES = "epoch", "step", "tokens", "flops", "seconds"
SHORT = 40      # epochs of the recorded runs that were then made longer


def _waited():
    """What ten times the epochs bring the smallest of the recorded sizes."""
    rows = pd.concat([records.load("epochs", name)
                      for name in ("targets", "patience")])
    pays, small = patience_pays(rows), longer(rows)
    small = small[small["size"] == small["size"].min()].sort_values("step")
    seeds, first = (part.groupby("seed").excess
                    for part in (small, small[small.epoch <= SHORT]))
    gap, rise = pays.effect, (seeds.last() - seeds.min()).median()
    gain = (first.min() - seeds.min()).median()   # by the epochs after SHORT
    return ([gap <= 0, 0 < gap <= gain, gap > gain and rise < .01,
             rise >= .01],
            f"Recorded: {CLAIMS[0].text(pays)}; the last "
            f"{small.epoch.max() - SHORT:.0f} epochs lowered its loss by "
            f"{gain:.3f} nats.")


patience = Prediction(
    "patience",
    "Note the validation loss of the largest model after five epochs. The "
    "smallest is well above it then. You train the smallest on, for many "
    "times as many epochs. What happens?",
    ["It gets there, only later",
     "It comes closer: as many epochs again would take it there",
     "It stops short of it: its loss hardly falls any more",
     "It overfits: its loss turns up"],
    "Because its curve has gone flat: what keeps its loss up is its size, "
    "and more epochs do not change that.", _waited)


def needs(validation, goal=GOAL):
    """What each size needs to reach a goal, a column for each axis.

    Medians over the seeds; a median with never is never (NaN).
    """
    return pd.DataFrame({
        axis: needed(validation, [goal], axis, "excess").groupby(
            "parameters").needed.agg(lambda n: n.median(skipna=False))
        for axis in AXES})


def _first(need):
    """On which axes is the largest of the sizes that arrive the first?"""
    reach = need.dropna()
    ahead = reach.idxmin() == reach.index.max()   # axis -> is it?
    return ([ahead.all(), ahead.tokens and not ahead.flops,
             ahead.epoch and not ahead.tokens, not ahead.any()],
            f"In your run, least was needed by {least(need)}.")


axis = Prediction(
    "axis",
    "Take a loss that several sizes reach. On which axis does the largest "
    "model get there first: epochs, tokens, floating-point operations "
    "(FLOPs), seconds?",
    ["On all of them",
     "On epochs and tokens, but not on FLOPs",
     "On epochs, but not on tokens",
     "On none of them"],
    "Because the largest needs the fewest steps, and a step is as many "
    "tokens for all sizes; but each token costs it more computation, and "
    "the steps that it saves do not make up for that.", _first)
