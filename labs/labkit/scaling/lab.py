"""What the lab asks, and what it answers."""
import pandas as pd

from labkit.language.runs import language
from labkit.lesson import Change, Prediction, Seed
from labkit.scaling import told
from labkit.scaling.exercises import (
    exercise_1,
    exercise_2,
    exercise_3,
    exercise_4,
    recorded,
)
from labkit.scaling.fits import edges
from labkit.scaling.fitting import FORMS
from labkit.scaling.grid import ends, fitted

SUPERB = 1       # per cent that a law may miss the losses by
FAR = 0.2        # nats: a floor this far from the truth is far off
SAME = 0.01      # per cent: misses closer than this are the same
ALIKE = 0.05     # per cent: by eye they are
FOUND = 0.01     # nats: the same floor
STILL = 0.1      # nats: a floor that moves less has not walked away

__all__ = ["E", "bend", "exercise_1", "exercise_2", "exercise_3",
           "exercise_4", "floor", "floor_of", "form", "left_out", "named",
           "recorded", "seed", "smallest", "window", "windows"]


# --- what the rows say ------------------------------------------------------

def left_out(law, outside):
    """By how many per cent the law misses the size that it misses most.

    Above 0 where it foretells too high a loss; a mean over that size's runs.
    """
    off = 100 * (law.predict(outside.parameters, outside.tokens)
                 / outside.value - 1)
    by_size = off.groupby(outside.parameters).mean()
    return by_size[by_size.abs().idxmax()]


def windows():
    """The law of each four neighbouring sizes of the recorded runs."""
    return pd.DataFrame([{
        "sizes": f"{part[0]:,.0f} to {part[-1]:,.0f}",
        "floor E": f"{law.E:.3f}", "90 % of refits": "{:.2f} to {:.2f}".format(
            *interval), "mean miss": f"{100 * law.residual:.2f} %"}
        for part, law, interval in told.windows(recorded())]
        ).set_index("sizes")


def floor_of(table):
    """The floor of the additive law; None if the runs do not tell one."""
    try:
        return fitted(table).E
    except ValueError:
        return None


def named(E):
    """A floor, or that there is none, in words."""
    return "these runs tell no floor" if E is None else f"floor {E:.3f}"


# --- predictions ------------------------------------------------------------

def _laws(table):
    return {form: fitted(table, form) for form in FORMS}


def _words(laws):
    """The floors and the misses of both forms, in words."""
    return "; ".join(
        f"{form} E = {law.E:.3f}, miss {100 * law.residual:.2f} %"
        for form, law in laws.items())


def _floor(rows):
    """Decided by the recorded runs; the learner's own are told, too."""
    H, laws = language().entropy, _laws(recorded())
    better, other = (abs(law.E - H) for law in sorted(   # how far off
        laws.values(), key=lambda law: law.residual))
    low, high = zip(*(law.interval("E") for law in laws.values()))
    wide = max(b - a for a, b in zip(low, high)) > 0.5
    return ([max(better, other) < .01, better < other < .1,
             better > .1 and better > other, wide],
            f"Recorded, {_words(laws)}. Yours: "
            f"{_words(_laws(ends(rows)))}. The truth is {H:.3f}.")


def _window(rows):
    """Decided by the learner's own four smallest sizes."""
    H = language().entropy
    small, large = (fitted(part) for part in edges(ends(rows)))
    superb, near = 100 * small.residual <= SUPERB, abs(small.E - H) <= FAR
    found = (f"{which} four sizes give E = {law.E:.2f}, with a mean miss of "
             f"{100 * law.residual:.2f} %"
             for which, law in (("the smallest", small),
                                ("the largest", large)))
    return ([not superb and near, not superb and not near,
             superb and near, superb and not near],
            f"Here {'; '.join(found)}. The truth is {H:.2f}.")


floor = Prediction(
    "floor",
    "We train models of several sizes on a language whose entropy is known: "
    "no model can have a lower loss than 1.561 nats. A law is fitted to the "
    "runs and misses their losses by less than 1 %. Its constant E says "
    "where the loss would end with endless parameters and tokens. What will "
    "E be?",
    ["Within 0.01 of 1.561: the fit is good, so its constants are",
     "Within 0.1 of it, and the law that fits better comes closer",
     "It can miss by more than 0.1, and the better fit can be further off",
     "No value: its 90 % interval is wider than 0.5"],
    "Because no run comes near endless parameters and tokens: E is read off "
    "beyond them, where floors and exponents trade off. So laws that miss "
    "the runs equally little end at different floors.", _floor)
window = Prediction(
    "window",
    "Now the law sees only four neighbouring sizes. With your four largest "
    "its floor comes near the truth. And with your four smallest?",
    ["The fit gets worse than 1 %, and the floor stays within 0.2",
     "The fit gets worse than 1 %, and the floor is further off",
     "The fit stays within 1 %, and the floor stays within 0.2",
     "The fit stays within 1 %, and the floor is further off"],
    "Because small sizes have much left to learn. Of what they have left, "
    "each doubling takes off about the same share even above a floor that "
    "is far too low.", _window)


# --- changes ----------------------------------------------------------------

def _by_eye(was, now):
    missed = f"{now.miss:.2f} % instead of {was.miss:.2f} %"
    if now.miss > was.miss + ALIKE:
        return (f"The law misses by more, {missed}. So near to the losses, "
                "what is left falls ever faster, and no power does.")
    if now.miss < was.miss - ALIKE:
        return (f"The law misses by less, {missed}. That is not as we "
                "expected: in our draws no floor did much better than the "
                "one given.")
    return (f"The miss hardly moves, {missed}. The two powers make up for "
            f"the other floor: alpha is {now.alpha:.2f} instead of "
            f"{was.alpha:.2f}, beta {now.beta:.2f} instead of "
            f"{was.beta:.2f}.")


def _form(was, now):
    nearer = abs(now.off) < abs(was.off)
    if now.miss >= was.miss - SAME:
        return ("One constant more, and the fit is hardly better. Yet the "
                f"floor moved from {was.E:.2f} to {now.E:.2f}: the misses "
                "do not say which of the two is right.")
    if nearer:
        return (f"It fits better, and its floor, {now.E:.2f}, is nearer to "
                "the truth. Before you trust better fits: the recorded run "
                "comes in the next cell.")
    return (f"It fits better, and its floor, {now.E:.2f}, is further from "
            f"the truth than {was.E:.2f} was. A better fit is no better "
            "witness.")


def _window_moved(was, now):
    fit = (f"the fit misses by {now.miss:.2f} %, as given by "
           f"{was.miss:.2f} %")
    signs = (f"You would notice it by other signs: refits put E anywhere "
             f"from {now.low:.2f} to {now.high:.2f}, and one of the sizes "
             f"left out is missed by {abs(now.off):.1f} %.")
    if now.miss > SUPERB:
        return (f"Here {fit}. This is not as we expected: in our draws it "
                "stayed below 1 %, and only the floor went wrong.")
    if abs(now.E - was.E) < STILL:
        return (f"The floor stayed: it is {now.E:.2f} and was {was.E:.2f}. "
                "In most of our draws it walked away; take another step.")
    way = "sank" if now.E < was.E else "rose"
    return f"The floor {way} from {was.E:.2f} to {now.E:.2f}; {fit}. {signs}"


def _bent(was, now):
    if abs(now.E - was.E) < FOUND:
        return ("The floor is where it was. That is not as we expected: a "
                "fit to other points should find another floor.")
    way = "sinks" if now.E < was.E else "rises"
    return (f"The points miss the law by {now.miss:.2f} % only, yet its "
            f"floor {way} from {was.E:.2f} to {now.E:.2f}, with noise to "
            f"{now.noisy:.2f}. Neither noise nor the fitter did it: the "
            "form is wrong, and E pays for it.")


def _seed(was, now):
    if now.E is None or was.E is None:
        return ("One of the two runs gave no floor: its losses hardly "
                "depend on the size or on the tokens. Hand it in as it is.")
    side = "below" if max(was.E, now.E) < now.truth else "on both sides of"
    if min(was.E, now.E) > now.truth:
        side = "above"
    return (f"Seed {now.seed} puts the floor at {now.E:.2f}, seed "
            f"{was.seed} at {was.E:.2f}: {side} the truth, "
            f"{now.truth:.2f}. How far seeds lie apart is chance; which "
            "side they share is not.")


E = Change("E", 1.4, (0, 1.8), [1.7, 0.5],
           "mean miss {miss:.2f} %, alpha {alpha:.2f}, beta {beta:.2f}",
           _by_eye)
form = Change("form", "additive", [*FORMS], ["coupled"],
              "floor {E:.3f} ({low:.2f} to {high:.2f}), {off:+.2f} from the "
              "truth, mean miss {miss:.2f} %", _form)
smallest = Change("smallest", 16, [4, 8, 16], [8, 4],
                  "floor {E:.2f} ({low:.2f} to {high:.2f}), mean miss "
                  "{miss:.2f} %; worst size left out {off:+.1f} %",
                  _window_moved)
bend = Change("bend", 0.0, (-0.1, 0.1), [0.05, 0.1],
              "floor {E:.3f}, with noise {noisy:.3f}, mean miss {miss:.2f} "
              "%", _bent)
seed = Seed("{text}", _seed)
