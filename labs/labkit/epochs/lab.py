"""What the lab asks, and what it answers."""
import math

import pandas as pd
import torch
from torch.nn.functional import embedding_bag

from labkit.cores import TENTH
from labkit.epochs.exercises import (
    exercise_kept,
    exercise_rescue,
    exercise_text,
    exercise_training,
)
from labkit.epochs.known import PARTS, WHOLE
from labkit.epochs.predictions import axis, needs, patience
from labkit.language.runs import markov_exam
from labkit.lesson import Change, Seed
from labkit.rows import middle

__all__ = ["axis", "ends", "exam", "exercise_kept", "exercise_rescue",
           "exercise_text", "exercise_training", "found", "line", "most",
           "needs", "order", "patience", "rate", "seed", "target", "told",
           "width"]


def exam(language, text, shuffled=False):
    """Return a function that examines a model; medians over the seeds.

    {"train": loss, "validation": loss}, in nats per token, and "firing", the
    share of hidden units that are above zero anywhere in the text.
    """
    exact = markov_exam(language, text, shuffled)

    @torch.no_grad()
    def examined(model):
        found = exact(model) | {"firing": _firing(model, text[:, :-1])}
        return {name: float(each.median()) for name, each in found.items()}

    return examined


def _firing(model, text):
    """The share of units that fire in each member's text, (member,)."""
    rows = text.unfold(1, model.context, 1) + model.vocab * torch.arange(
        model.context)
    hidden = torch.stack([embedding_bag(*one, mode="sum")
                          for one in zip(rows, model.embed)]) + model.bias
    return (hidden > 0).any(1).float().mean(1)


def ends(curve, entropy=0.0):
    """Fields of a training run: losses above the entropy, units that fire.

    The validation loss ``untrained``, after the ``first`` epoch, the ``low``
    and the ``last``; those on the model's ``own`` text at the same times.
    """
    own, loss = curve.train - entropy, curve.validation - entropy
    low = 0 if loss.isna().all() else loss.idxmin()
    return {"epochs": len(curve) - 1, "untrained": loss[0], "first": loss[1],
            "low": loss[low], "last": loss.iloc[-1], "own_first": own[1],
            "own_low": own[low], "own_last": own.iloc[-1],
            "firing": curve.firing.iloc[-1]}


def told(number):
    """A number of epochs in words; None, or NaN, is never."""
    if number is None or math.isnan(number):
        return "never"
    return f"{number:.1f} epochs" if number >= 1 else f"{number:.2f} epochs"


def most(ways):
    """The most that each size ever knows of each part, and of the whole.

    Nats per token, medians over the seeds; a row for each size.
    """
    return ways.groupby(["parameters", "seed"])[[*PARTS, WHOLE]].max().groupby(
        "parameters").median().round(2).rename_axis(None)


# --- changes ----------------------------------------------------------------

LENGTHS = ("Not to be compared: {} epochs here, and {} as given. Something "
           "else has changed in the cell, too.")
RUINED = ("Ruined: hardly a unit fires on its text any more, and it guesses "
          "as it did untrained, or worse. No error tells you so. In a real "
          "run, compare the loss with that of who knows nothing.")


def _wider(was, now):
    if now.epochs != was.epochs:
        return LENGTHS.format(now.epochs, was.epochs)
    down = was.excess - now.excess
    if down > 0:
        return (f"After as many epochs the excess is {down:.2f} nats lower "
                f"with {now.parameters:,} parameters: the same loop and text, "
                "only wider.")
    return ("Wider, and no lower after as many epochs. That is not what we "
            "saw: in all our runs the wider of the two was ahead by then.")


width = Change(
    "width", 8, [2**k for k in range(3, 10)], [64, 256],
    "{parameters:,} parameters, excess {excess:.3f} after {epochs} epochs",
    _wider)


def _by_heart(was, now):
    """Did it get lower, and then learn its own text and nothing else?"""
    return (now.low < was.low and now.last > 1.01 * now.low
            and now.own_last < now.own_low)


def _faster(was, now):
    if now.epochs != was.epochs:
        return LENGTHS.format(now.epochs, was.epochs)
    if now.firing < 0.05 and not now.last < 0.95 * now.untrained:   # or NaN
        return RUINED
    if _by_heart(was, now):
        return ("Lower, and then up again, while the loss on its own text "
                f"fell by another {now.own_low - now.own_last:.2f} nats: it "
                "learns that text by heart. At the end you do not see how "
                "low it was.")
    if now.last < was.last:
        return ("Lower after as many epochs: this rate went further. So the "
                "rate decides how fast a size is, too, and sizes must be "
                "compared with care.")
    if now.rate > was.rate:
        return "Higher after as many epochs. Its steps are too long."
    return ("Higher after as many epochs. Its steps are too short for so few "
            "of them: would more epochs help?")


rate = Change(
    "rate", 0.003, (1e-5, 10.0), [0.03, 3.0],
    "lowest excess {low:.3f}, {last:.3f} after {epochs} epochs (untrained "
    "{untrained:.3f}); {firing:.0%} of the units fire", _faster)


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
    if not now.times < math.inf:   # or NaN
        return ("One of the two, or both, never comes to this line, so there "
                "is no ratio. Never is an outcome here, too.")
    if now.line == "own" and now.times < max(TENTH, was.times / 2):
        return (f"The same runs, another line: {was.times:.1f} times has "
                f"become {now.times:.2f} times. Most of the lead was that "
                "the line lay near the end of the small one's way, and not "
                "of the large one's: see the whole in the table.")
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
    if now.last < now.first:
        return ("The validation loss still falls after the first epoch: not "
                "all was learned by then that can be. In our runs it was.")
    if now.own_last < now.own_first:
        return ("The training loss falls here, too, and the validation loss "
                "does not: there is nothing left to learn but the text by "
                "heart. A falling training loss alone shows nothing.")
    return ("Neither loss falls after the first epoch. That is not what we "
            "saw: a network this wide learns even a shuffled text by heart.")


order = Change(
    "order", "as written", ["as written", "shuffled"], ["shuffled"],
    "training loss {own_first:.2f} after one epoch, {own_last:.2f} after "
    "{epochs}; validation loss {first:.2f}, then {last:.2f}; at best "
    "{floor:.2f}", _shuffled)


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
