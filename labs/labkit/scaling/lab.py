"""What the lab asks, and what it answers."""
from labkit.language.runs import language
from labkit.lesson import Change, Prediction, Seed
from labkit.rows import middle
from labkit.scaling.exercises import (
    exercise_1,
    exercise_2,
    exercise_3,
    exercise_4,
    recorded,
)
from labkit.scaling.fits import edges
from labkit.scaling.fitting import FORMS
from labkit.scaling.grid import ends, fitted, most

SUPERB = 1       # per cent that a law may miss the losses by
FAR = 0.2        # nats: a floor this far from the truth is far off
SAME = 0.01      # per cent: misses closer than this are the same
ALIKE = 0.05     # per cent: by eye they are
FOUND = 0.01     # nats: the same floor
STILL = 0.1      # nats: a floor that moves less has not walked away
TURNED = 0.1     # an exponent that moves by a smaller share is the same
SLOW = 0.2       # an exponent below this hardly lets its part fall
BENT = 0.03      # a bend from which on the floor should move

__all__ = ["E", "bend", "exercise_1", "exercise_2", "exercise_3",
           "exercise_4", "floor", "floor_of", "form", "left_out", "named",
           "recorded", "seed", "shares", "smallest", "window"]


# --- what the rows say ------------------------------------------------------

def left_out(law, outside):
    """By how many per cent the law misses the size that it misses most.

    Above 0 where it foretells too high a loss; a mean over that size's runs.
    """
    off = 100 * (law.predict(outside.parameters, outside.tokens)
                 / outside.value - 1)
    by_size = off.groupby(outside.parameters).mean()
    return by_size[by_size.abs().idxmax()]


def shares(table, floor):
    """What each size takes off of what the last one left above a floor.

    In per cent, at the most tokens, as words: "20, 24, 26".
    """
    left = most(table).groupby("parameters").value.agg(middle) - floor
    off = -100 * left.pct_change().iloc[1:]
    return ", ".join(f"{share:.0f}" for share in off)


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
    H, table = language().entropy, ends(rows)
    few, _ = parts = edges(table)
    small, large = map(fitted, parts)
    superb, near = 100 * small.residual <= SUPERB, abs(small.E - H) <= FAR
    found = (f"{which} four sizes give E = {law.E:.2f}, with a mean miss of "
             f"{100 * law.residual:.2f} %"
             for which, law in (("the smallest", small),
                                ("the largest", large)))
    return ([not superb and near, not superb and not near,
             superb and near, superb and not near],
            f"Here {'; '.join(found)}. The truth is {H:.2f}. Above it, "
            f"each larger size takes off {shares(table, H)} % of what is "
            "left; above the floor of the smallest four, they take off "
            f"{shares(few, small.E)} %.")


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
    missed = f"{now.miss:.2f} %, and {was.miss:.2f} % as given"
    if now.miss > was.miss + ALIKE:
        return (f"The law misses by more: {missed}. Above so high a floor, "
                "what is left shrinks faster and faster, at least at first; "
                "a power shrinks it evenly.")
    if now.miss < was.miss - ALIKE:
        return (f"The law misses by less: {missed}. That is not as we "
                "expected: in our draws no floor did much better than the "
                "one given.")
    turned = [f"{name} is {new:.2f} instead of {old:.2f}"
              for name, new, old in (("alpha", now.alpha, was.alpha),
                                     ("beta", now.beta, was.beta))
              if abs(new / old - 1) > TURNED]
    why = (f"What makes up for the other floor: {', '.join(turned)}."
           if turned else "Nor do the exponents: the floors are too alike.")
    if turned and min(now.alpha, now.beta) < SLOW:
        why += " A part that hardly falls stands in for the floor."
    return f"The miss hardly moves: {missed}. {why}"


def _form(was, now):
    if abs(now.E - was.E) < FOUND:
        return (f"Both forms name the floor {now.E:.2f}. That is not as we "
                "expected: in our draws their floors lay further apart.")
    if now.miss >= was.miss - SAME:
        return ("One constant more, and the fit is hardly better. Yet the "
                f"floor moved from {was.E:.2f} to {now.E:.2f}: the misses "
                "do not say which of the two is right.")
    if abs(now.off) < abs(was.off):
        return (f"It fits better, and its floor, {now.E:.2f}, is nearer to "
                "the truth. Before you trust better fits: the recorded run "
                "comes in the next cell.")
    return (f"It fits better, and its floor, {now.E:.2f}, is further from "
            f"the truth than {was.E:.2f} was. A better fit is no better "
            "witness.")


def _window_moved(was, now):
    fit = (f"the fit misses by {now.miss:.2f} %, as given by "
           f"{was.miss:.2f} %")
    if now.miss > SUPERB:
        return (f"Here {fit}. This is not as we expected: in our draws the "
                "miss stayed below 1 %, and only the floor went wrong.")
    if abs(now.E - was.E) < STILL:
        return (f"The floor stayed: it is {now.E:.2f} and was {was.E:.2f}. "
                "In most of our draws it walked away; take another step.")
    way = "sank" if now.E < was.E else "rose"
    return (f"The floor {way} from {was.E:.2f} to {now.E:.2f}; {fit}. "
            f"{_signs(was, now)}")


def _signs(was, now):
    """What warns of a wrong floor where no truth is known, and what not."""
    warn = now.high - now.low > was.high - was.low
    left = ("are no sign" if abs(now.off) <= abs(was.off) else
            "warn here, but did not in our draws")
    return ("Without the true floor you would notice that the floor moves. "
            f"The refits {'warn you, too' if warn else 'do not warn you'}: "
            f"they put E anywhere from {now.low:.2f} to {now.high:.2f}, as "
            f"given from {was.low:.2f} to {was.high:.2f}. The sizes left out "
            f"{left}: the worst is missed by {abs(now.off):.1f} %, as given "
            f"by {abs(was.off):.1f} %.")


def _bent(was, now):
    way = "sinks" if now.E < was.E else "rises"
    moved = f"floor {way} from {was.E:.3f} to {now.E:.3f}"
    noise = max(abs(run.noisy - run.E) for run in (was, now))
    if abs(now.E - was.E) > 2 * noise:
        return (f"The points miss the law by {now.miss:.2f} % only, yet its "
                f"{moved}, with noise to {now.noisy:.3f}. As given, the same "
                f"fitter found {was.E:.3f}, with noise {was.noisy:.3f}. So "
                "neither is to blame: the form is wrong, and E pays for it.")
    small = ("The bend is small; take a larger one." if abs(now.bend) < BENT
             else "That is not as we expected of so large a bend.")
    return (f"The {moved}. Noise alone moves one by {noise:.3f}, so this "
            f"cannot be told from noise. {small}")


def _seed(was, now):
    if now.E is None or was.E is None:
        return ("One of the two runs gave no floor: its losses hardly "
                "depend on the size or on the tokens. Hand it in as it is.")
    found = (f"Seed {now.seed} puts the floor at {now.E:.2f}, seed "
             f"{was.seed} at {was.E:.2f}")
    if max(was.E, now.E) < now.truth:
        return (f"{found}: below the truth, {now.truth:.2f}. Two on one side "
                "can be chance; your class has more.")
    side = "above" if min(was.E, now.E) > now.truth else "on both sides of"
    return (f"{found}: {side} the truth, {now.truth:.2f}. That is not as we "
            "expected: in our draws all lay below it. Hand it in as it is.")


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
