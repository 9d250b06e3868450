"""What the lab asks, and what it answers."""
import math

import pandas as pd
import torch

from labkit import records
from labkit.cores import TENTH
from labkit.epochs.crossing import needed
from labkit.epochs.exercises import (
    exercise_kept,
    exercise_rescue,
    exercise_text,
    exercise_training,
)
from labkit.epochs.patience import CLAIMS, longer, patience_pays
from labkit.epochs.targets import least
from labkit.language.runs import markov_exam
from labkit.lesson import Change, Prediction, Seed
from labkit.rows import middle

__all__ = ["axis", "exam", "exercise_kept", "exercise_rescue",
           "exercise_text", "exercise_training", "found", "line", "needs",
           "order", "patience", "rate", "seed", "target", "told", "width"]

GOAL = 0.95     # nats of excess that every size of the lab's run reaches
AXES = "epoch", "step", "tokens", "flops", "seconds"
SHORT = 40      # epochs of the recorded runs that were then made longer


def exam(language, text, shuffled=False):
    """Return a function that gives a model's losses, nats per token.

    They are {"train": loss, "validation": loss}, medians over the seeds.
    """
    exact = markov_exam(language, text, shuffled)

    @torch.no_grad()
    def losses(model):
        return {name: float(loss.median())
                for name, loss in exact(model).items()}

    return losses


def told(number):
    """A number of epochs in words; None, or NaN, is never."""
    never = number is None or math.isnan(number)
    return "never" if never else f"{number:.1f} epochs"


# --- predictions ------------------------------------------------------------

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


# --- changes ----------------------------------------------------------------

def _wider(was, now):
    down = was.excess - now.excess
    if down > 0:
        return (f"After the same five epochs the excess is {down:.2f} nats "
                f"lower with {now.parameters:,} parameters: the same loop and "
                "text, only wider.")
    return ("Wider, and no lower after five epochs. That is not what we saw: "
            "in all our runs the wider of the two was ahead by then.")


width = Change(
    "width", 8, [2**k for k in range(3, 10)], [64, 256],
    "{parameters:,} parameters, excess {excess:.3f} after five epochs",
    _wider)


def _faster(was, now):
    if not now.last < 0.95 * now.untrained:   # NaN, too
        return ("Ruined in its first steps: all hidden units are shut, and "
                "it guesses as it did untrained, or worse. No error tells "
                "you so. In a real run, compare the loss with that of who "
                "knows nothing.")
    if now.low < was.low and now.last > 1.01 * now.low:
        return ("Lower, and then up again: at this rate it has begun to "
                "learn its own text by heart. Whoever looks only at the end "
                "does not see how low it was.")
    if now.last < was.last:
        return ("Lower after as many epochs: longer steps went further here. "
                "So the rate decides how fast a size is, too, and sizes must "
                "be compared with care.")
    kind = "long: it jumps about" if now.rate > was.rate else (
        "short: it would take more epochs")
    return f"Higher after as many epochs. Its steps are too {kind}."


rate = Change(
    "rate", 0.003, (1e-5, 10.0), [0.03, 3.0],
    "lowest excess {low:.3f}, {last:.3f} after five epochs "
    "(untrained {untrained:.3f})", _faster)


def found(need):
    """Fields of ``target``: {parameters: epochs of each seed, or None}.

    The median of each size, for which never is later than any number.
    """
    table = pd.DataFrame(need, dtype=float).fillna(math.inf)
    medians = {size: None if math.isinf(n) else n
               for size, n in table.agg(middle).sort_index().items()}
    return {"words": "; ".join(f"{size:,} parameters: {told(n)}"
                               for size, n in medians.items()),
            "small": [*medians.values()][0], "large": [*medians.values()][-1],
            "never": sum(n is None for n in medians.values()),
            "sizes": len(medians)}


def _harder(was, now):
    if now.never == now.sizes:
        return ("No size arrives. Would one, with more epochs? Never is said "
                "of a run and its length, not of a size.")
    if now.large is None:
        return ("The largest does not arrive, and a smaller one does. That "
                "is not what we saw: its curve may have turned too soon.")
    if now.never:
        return (f"For {now.never} of {now.sizes} sizes there is no number at "
                "all: they do not need many epochs, they did not arrive. A "
                "mean over the sizes would leave them out, unnoticed.")
    return (f"All sizes arrive here, the smallest after "
            f"{now.small / now.large:.1f} times the epochs of the largest. "
            "A line further down parts them.")


target = Change("target", 0.95, (0.1, 1.8), [0.8, 0.6], "{words}", _harder)


def _lined(was, now):
    if now.line == "own" and now.times < was.times / 2:
        return (f"The same runs, another line: {was.times:.1f} times has "
                f"become {now.times:.2f} times. Most of the lead was that "
                "the line lay near the end of the small one's way, and not "
                "of the large one's.")
    if now.line == "own":
        return ("With a line of its own the large one keeps half of its lead. "
                "That is not what we saw: in our runs most of it was gone.")
    if now.times > TENTH:
        return ("This part the large one has sooner than the small one, each "
                "half of what itself will ever know of it. And the whole of "
                "its own way? Compare the line \"own\".")
    return ("This part the large one does not have sooner here. In our runs "
            "it had both sooner; with so few seeds one may say otherwise.")


line = Change(
    "line", "same", ["same", "own", "rule 1", "rule 2"],
    ["own", "rule 1", "rule 2"],
    "the small one takes {times:.2f} times the steps of the large one "
    "({low:.2f} to {high:.2f})", _lined)


def _shuffled(was, now):
    if now.train_last < now.train_first and now.last >= now.first:
        return ("The training loss falls here, too, and the validation loss "
                "does not: there is nothing left to learn but the text by "
                "heart. A falling training loss alone shows nothing.")
    if now.last < now.first:
        return ("The validation loss still falls after the first epoch. That "
                "is not what we saw: there should be nothing left to learn.")
    return ("Neither loss falls after the first epoch. That is not what we "
            "saw: a network this wide learns even a shuffled text by heart.")


order = Change(
    "order", "as written", ["as written", "shuffled"], ["shuffled"],
    "training loss {train_first:.2f} after one epoch, {train_last:.2f} after "
    "five; validation loss {first:.2f}, then {last:.2f}", _shuffled)


def _drawn(was, now):
    here, there = told(now.needed), told(was.needed)
    if here == there == "never":
        return ("Never, both times: with these two seeds alone you would say "
                "that this size cannot get there. See what others find.")
    if "never" in (here, there):
        return (f"{here.capitalize()} here, {there} with seed {was.seed}: "
                "the same size and recipe, another draw. No mean can be "
                "taken of these two; a share of those that arrive can.")
    return (f"Both arrive, after {here} and {there}. Only the draw "
            "differs, so see how far apart a whole class is.")


seed = Seed("{words}", _drawn)
