"""What the lab asks, and what it answers."""
import numpy as np
import pandas as pd

from labkit.landscape import escape, exercises, students
from labkit.landscape.sharpness import last_step
from labkit.lesson import Change, Prediction, Seed

CLOSE = 0.8, 1.25    # times 2 / rate: at the edge
BURST = 1.0          # a loss that only a student blown up has


# --- what the cells call ----------------------------------------------------

def fates(w, v):
    """Where students that were trapped have come: four counts, and a loss."""
    masks, _ = students.classify(w, v)
    freed, stuck = (int(masks[fate].sum()) for fate in ("arrived", "pit"))
    return dict(freed=freed, stuck=stuck, lost=len(w) - freed - stuck,
                every=len(w), worst=students.loss(w, v).max().item())


def escaped(seeds):
    """Rows of ``escape``, of fewer noises and steps: seconds, not minutes."""
    return pd.DataFrame(escape.measure(
        [*seeds], k=10, count=12, steps=1600,
        noises=(escape.NOISES[0], escape.NOISES[-1]))).assign(
            experiment=escape.escape.name)


# --- predictions ------------------------------------------------------------

def _judge_freed(rows):
    """Which ways free most of all trapped students of ten neurons?

    Returns a truth value for each option, and the counts in words.
    """
    ten = rows[(rows.k == 10) & (rows.students > 0)]
    sums = ten.assign(out=ten.arrived * ten.students).groupby(
        "way", sort=False)[["out", "students"]].sum()
    most = sums.out > sums.students / 2
    steps, weak, strong, neuron = (
        bool(most[most.index.str.startswith(way)].any())
        for way in ("10 times", "noise of 64", "noise of 20", "one more"))
    return [steps, weak, strong and neuron,
            not (steps or weak or strong or neuron)], (
        "Trapped students that got out: " + "; ".join(
            f"{way}: {row.out:.0f} of {row.students:.0f}"
            for way, row in sums.iterrows()) + ".")


freed = Prediction(
    "freed",
    "Small networks (10 neurons) have run into true minima, well above the "
    "lowest loss. What gets most of them out?",
    ["Ten times as many steps",
     "A little noise in the gradients",
     "As much noise as they bear, or one more neuron",
     "Nothing does: a minimum is a minimum"],
    "Because inside a pit every small step leads back down: more of them "
    "change nothing, nor does a little noise. Strong noise throws most "
    "networks over the rim, and one more neuron gives most of them a way "
    "down.", _judge_freed)


def _judge_sharp(rows):
    """What changes the last sharpness more: 16 times the width, 4 the rate?

    Returns a truth value for each option, and the sharpnesses in words.
    """
    ends = last_step(rows)
    ends = ends[ends.scaling == "mup"].groupby(["lr", "width"]).sharpness
    ends = ends.median().unstack().loc[[.025, .1], [16, 256]]
    width = np.log(ends).diff(axis=1)[256].mean()
    rate = np.log(ends).diff().loc[.1].mean()
    right = (-width > abs(rate), width > abs(rate),
             -rate > abs(width), rate > abs(width))
    return [bool(one) for one in right], (
        "Recorded sharpness after training, muP: " + "; ".join(
            f"width {width}, rate {lr:g}: {ends[width][lr]:.0f}"
            for lr in ends.index for width in ends) + ".")


sharp = Prediction(
    "sharp",
    "The sharpness of a landscape is its largest curvature. You train "
    "networks of 16 and of 256 units, in muP, at rates 0.025 and 0.1. "
    "What decides how sharp the place is where they end?",
    ["The width: the larger network lies on flatter ground",
     "The width: the larger network lies on sharper ground",
     "The learning rate: a larger one leads to flatter ground",
     "The learning rate: a larger one leads to sharper ground"],
    "Because steps at a large rate do not come to rest where the "
    "curvature is above 2/rate: 20 at rate 0.1, 80 at rate 0.025. In muP "
    "the width changes little about that.", _judge_sharp)


# --- changes ----------------------------------------------------------------

def _lifted(was, now):
    """Do more dimensions make a minimum rarer or surer?"""
    ends = (f"From one dimension to forty the share of minima goes from "
            f"{now.one:.1%} to {now.forty:.1%}")
    if now.forty > now.one:
        return (f"{ends}: it has turned round. Without a shift, the "
                "eigenvalues of a large table lie between -2 and 2. This "
                "shift lifts all of them above zero, and the larger the "
                "table, the less they stray.")
    if now.forty == now.one:
        return (f"{ends}: no difference. We expect that only of a shift "
                "that decides alone.")
    if now.forty < 0.5:
        return (f"{ends}: more dimensions make them rarer. The shift moves "
                "all eigenvalues alike, and the lowest of many lies near "
                "-2: most large tables keep one below zero.")
    return (f"{ends}: a little rarer. This shift lifts the lowest of many "
            "close to zero, and chance decides on which side it falls.")


shift = Change("shift", 0.0, (-5.0, 5.0), [1.0, 2.5],
               "minima among 1,000 tables: {one:.1%} of size 1, {two:.1%} of "
               "2, {four:.1%} of 4, {forty:.1%} of 40", _lifted)


def _spared(was, now):
    """Do neurons to spare remove the pits?"""
    late = (" Those that are neither may be on the way. To count them as "
            "stuck, or as free, is an easy way to fool oneself: give them "
            "more steps." if now.elsewhere else "")
    if now.pit == 0:
        return (f"No student is in a pit; {was.pit} were. The teacher is the "
                f"same: only neurons to spare have come.{late}")
    if now.pit < was.pit:
        return (f"In a pit: {now.pit}. Without a spare neuron there were "
                f"{was.pit}. So little to spare removes some pits of so "
                f"large a teacher, not all.{late}")
    return (f"In a pit: {now.pit}, and {was.pit} as given: no fewer. "
            "In our recorded run a spare neuron removed some. Put seeds[1] "
            "for seeds[0] before you believe either.")


spare = Change("spare", 0, (0, 10), [1, 2],
               "{pit} students in a pit, {arrived} found the teacher, "
               "{elsewhere} neither", _spared)

FATES = ("{freed} of {every} freed, {stuck} in a pit, {lost} elsewhere; "
         "highest loss {worst:.2g}")


def _waited(was, now):
    """Does time alone free them?"""
    if now.freed == 0 and now.stuck == now.every:
        return (f"Not one of {now.every}: all lie where they lay. Steps "
                "follow the slope, and a pit's bottom has none.")
    return (f"No longer in a pit: {now.every - now.stuck}. We did not "
            "expect that: small steps without noise cannot leave a minimum. "
            "Were these none, or have you changed something else, too?")


times = Change("times", 1, (1, 20), [10], FATES, _waited)


def _shaken(was, now):
    """Does noise throw them over the rim, or out of the landscape?"""
    burst = not now.worst <= BURST   # nor is nan
    if burst and now.lost > max(now.freed, now.stuck):
        height = (f"losses of up to {now.worst:.2g}"
                  if np.isfinite(now.worst) else "losses beyond all numbers")
        return (f"In a pit: {now.stuck}. Freed: {now.freed}. The noise has "
                f"blown {now.lost} up, to {height}. In a real run you would "
                "see the loss leap above where it began, and stay there. To "
                "have left the pit is not to be free: ask for the loss.")
    if now.freed > was.freed:
        rest = burst * " But the highest loss says: others are blown up."
        return (f"Out: {now.freed} of {now.every}. Strong noise throws them "
                "over the rim. Where a student has found the teacher, loss "
                f"and noise are zero: who stumbles in, stays.{rest}")
    return (f"Freed: {now.freed} of {now.every}, no more than as given. "
            "The noise is too weak for these pits, or these few had no luck: "
            "put seeds[1] for seeds[0].")


samples = Change("samples", 64, (8, 256), [20, 12], FATES, _shaken)


def _added(was, now):
    """Does a new neuron open a way down?"""
    if now.freed > now.every / 2:
        return (f"Out: {now.freed} of {now.every}, without any noise. For "
                "these the pit has become a saddle: in the new directions "
                "the ground falls. In most of the recorded pits the new "
                "neuron grows into the place that was empty.")
    return (f"Out: only {now.freed} of {now.every}. We expected most. A "
            "new neuron can join the wrong one, and some may be on the way.")


extra = Change("extra", 0, (0, 5), [1, 2], FATES, _added)


def _stepped(was, now):
    """Does the rate decide how sharp the place is?"""
    if not np.isfinite(now.loss):
        return (f"It has diverged: the loss is no number any more. It began "
                f"at a sharpness of {now.start:.0f}, and this rate bears "
                f"{now.edge:.0f}. In a real run the loss first leaps above "
                "where it began, and after that every number is nan.")
    ends = f"It ends at {now.sharp:.0f}, and 2 / rate is {now.edge:.0f}"
    if CLOSE[0] < now.sharp / now.edge < CLOSE[1]:
        return f"{ends}: at the edge of stability. {_same(was, now)}"
    if now.sharp < now.edge:
        return (f"{ends}: flatter than this rate needs it. So the rate is "
                f"not what sets it here. It began at {now.start:.0f}.")
    return (f"{ends}: sharper than this rate bears. We did not expect that "
            "it stays there: give it more steps.")


def _same(was, now):
    """Says what the rate has done, if the network is still the same."""
    if abs(now.start - was.start) > 0.01 * was.start:
        return (f"But it began at {now.start:.0f}, and as given at "
                f"{was.start:.0f}: you have changed the network, too.")
    return (f"With the rate as given it was {was.sharp:.0f}. The network and "
            "the data are the same; the rate has chosen the place.")


rate = Change("rate", 0.025, (0.001, 1.0), [0.1, 0.2],
              "loss {loss:.3f}; sharpness {start:.0f} before, {sharp:.0f} "
              "after; 2 / rate = {edge:.0f}", _stepped)


def _drawn(was, now):
    """How much does chance matter in fifty students?"""
    seeds = (f"Your seed has {now.percent:.0f} % stuck, the seed as given "
             f"{was.percent:.0f} %")
    if abs(now.percent - was.percent) <= 30:
        return (f"{seeds}. Of 50 students each, chance alone makes gaps of "
                "ten points and more; a class together knows better.")
    return (f"{seeds}. So wide a gap we did not expect of 50 students each: "
            "has something else been changed?")


seed = Seed("{percent:.0f} % in a pit", _drawn)


# --- exercises --------------------------------------------------------------

trapped = exercises.trapped
exercise_1, exercise_2 = exercises.repair, exercises.edge
exercise_3, exercise_4, exercise_5 = (
    exercises.years, exercises.swapped, exercises.refuted)
