"""What the lab asks, and what it answers."""
from labkit import lesson
from labkit.lottery import exercises, masks
from labkit.lottery.draws import TOTAL, best_of
from labkit.lottery.tickets import RATE, right
from labkit.members import digits
from labkit.rows import spread

PATIENCE = 600   # steps until a network counts as "never", in the bet
RATES = {8: .01, 16: .03, 32: .03, 64: .03, 128: .03, 256: .1, 512: .1}
GUESSING, WINNER = 25, 40   # digits of 100: below and above, surely
WIDTHS = 8, 64, 256   # of the networks that random masks are laid on


# --- what a cell computes, in a word -----------------------------------------

def train(net, first, mask, seed, labels=None):
    """The weights (1, P) after training under a mask of ones and zeros."""
    return masks.trained(net, first, masks.Mask(mask), RATE,
                         exercises.STEPS, [seed], labels)


def of_100(net, weights):
    """Test images that a network reads right, of a hundred."""
    return 100 * net.accuracy(weights).item()


def reached(net, weights):
    """How many digits a way of kept weights leads to, from some pixel."""
    into, out = net.layers(weights != 0)
    alive = into.any(-2)[..., None]
    return int((alive & out).any(-2).sum())


def fastest(rows):
    """Of a seed's networks: how many, how many solve it, the first's steps.

    ``steps`` are None, and ``when`` is "never", if none of them does.
    """
    needed = [row["needed"] for row in rows if row["needed"] == row["needed"]]
    steps = min(needed, default=None)
    return {"networks": len(rows), "solved": len(needed), "steps": steps,
            "when": f"after {steps:.0f} steps" if needed else "never"}


def times(lucky, wide):
    """How many times the steps of the wide network the luckiest needs.

    Both are what ``fastest`` returns. None if the luckiest never gets there;
    a wide one that never does counts with all the steps that it had.
    """
    if lucky["steps"] is None:
        return None
    return lucky["steps"] / (wide["steps"] or PATIENCE)


# --- predictions -------------------------------------------------------------

def _read(rows):
    eighth = right(rows, "original", "untrained")[.125]
    whole = right(rows, "original")[1.0]
    read, most = eighth.median(), .9 * whole.median()
    return [read < .2, .5 < read < most, read >= most], (
        "accuracy of the ticket with 1/8 of the weights, untrained: "
        f"{spread(eighth, 2)}; of the whole network, trained: "
        f"{spread(whole, 2)}.")


untrained = lesson.Prediction(
    "untrained",
    "You train a network that reads digits, keep the 1/8 of its weights "
    "that have become largest, and set these back to their initial values. "
    "How many digits does this pruned network read right, before it is "
    "trained again? (Guessing: one in ten.)",
    ["About one in ten: random weights are random weights",
     "Most of them, but far fewer than a trained network",
     "Nearly all: the initial weights already suit the task"],
    "Because training chose them: the mask keeps weights whose first values "
    "happened to point where training went.", _read)


def _faster(rows):
    best = best_of(rows)
    narrow, wide = best.columns[0], best.columns[-1]
    ratio = (best[narrow] / best[wide]).median()
    return [ratio < 1 / 1.2, 1 / 1.2 <= ratio <= 1.2, ratio > 1.2], (
        f"steps: best of {TOTAL // narrow:g} networks of {narrow:g} units "
        f"{spread(best[narrow], 0)}; one of {wide:g} "
        f"{spread(best[wide], 0)}.")


bet = lesson.Prediction(
    "draws",
    "64 networks of 8 units, or one of 512: the same number of units, the "
    "same task, the same examples. Of the 64 only the fastest counts. Who "
    "needs fewer steps?",
    ["The best of the 64: more separate draws",
     "They are equal to a fifth: a wide network is many narrow ones",
     "The one wide network, clearly"],
    "Because luck is only a part of it: the luckiest of many narrow networks "
    "is far ahead of a typical one, and the units of one wide network are "
    "faster still together. (How, we have not tested.)", _faster)


# --- changes -----------------------------------------------------------------

def _density(was, now):
    if now.reached < digits.CLASSES:
        return (f"Only {now.reached} of the ten digits can still be reached "
                "from a pixel. The mask has cut the others off, and training "
                "again cannot mend that: no way, no slope. In a real run you "
                "would see answers that are never given. Count the ways "
                "before you train.")
    if now.density > was.density:
        return (f"More weights stay, and {_more(now.read - was.read)} digits "
                "are read. With less cut, less has been written into the "
                "mask; with nothing cut, the first values guess.")
    if now.read > was.read:
        return ("Fewer weights, and more digits read, by values that nobody "
                "trained! Each round of training and cutting has told the "
                "mask more about the digits.")
    return ("Fewer weights, and no more digits read, although each of the "
            "ten can still be reached. At small cuts we mostly saw more. "
            "Perhaps too many ways are thin by now: trained again it reads "
            f"{now.again:.0f}.")


def _more(change):
    return "more" if change > 0 else "no more" if change == 0 else "fewer"


density = lesson.Change(
    "density", .5, (.001, 1.0), [.05, .005],
    "untrained it reads {read:.0f} of 100, trained again {again:.0f}; digits "
    "that can be reached: {reached}", _density)


def _labels(was, now):
    if now.read < GUESSING:
        return ("The same first values, the same recipe, as many weights "
                f"left: {now.read:.0f} of 100 instead of {was.read:.0f}. It "
                "guesses. What the ticket knew, the labels had written into "
                "its mask, and these labels know nothing.")
    return (f"It reads {now.read:.0f} of 100, above guessing, with a mask "
            "from labels that mean nothing. We did not expect that: we saw "
            "it for no seed of the record. Ask the five seeds below.")


labels = lesson.Change(
    "labels", "true", ["true", "shuffled"], ["shuffled"],
    "untrained it reads {read:.0f} of 100; with the places of its mask "
    "dealt anew {placed:.0f}", _labels)


def _width(was, now):
    if None in (was.steps, now.steps):
        return ("Here a whole row of networks never got there, so there is "
                "no fastest one to compare. We saw that for no seed of the "
                "record. Five seeds decide, below.")
    if now.steps < was.steps:
        return (f"As many units in all, {now.networks} instead of "
                f"{was.networks} draws: and the first is there in "
                f"{now.steps / was.steps:.0%} of the steps. Units in one "
                "network do what more draws of separate ones do not.")
    return ("Fewer draws, wider networks, and no step saved: for these "
            "examples luck did as much as width. We saw the opposite for "
            "every seed of the record. Five seeds decide, below.")


width = lesson.Change(
    "width", 8, [*RATES], [64, 512],
    "of {networks} separate networks {solved} solve it, the first {when}",
    _width)


def _top(run):
    return max(getattr(run, f"wide_{width}") for width in WIDTHS)


def _drawn(was, now):
    if _top(now) >= WINNER:
        return (f"One of these masks reads {_top(now):.0f} of 100: that is "
                "far above all that we drew. If it holds for other seeds, we "
                "are refuted. Keep the seed, and tell us.")
    lead = now.wide_256 - now.wide_8
    return (f"{now.count:,} draws: at best {_top(now):.0f} of 100, against "
            f"{_top(was):.0f} for {was.count:,}. There is no winner at any "
            "width. The widest network has unimaginably more masks to draw "
            f"from; it reads {abs(lead):.0f} of 100 "
            f"{'fewer' if lead < 0 else 'more'} than the narrowest.")


count = lesson.Change(
    "count", 10, (1, 2000), [100, 1000],
    "the luckiest reads, of 100, {wide_8:.0f} at width 8, {wide_64:.0f} at "
    "64, {wide_256:.0f} at 256", _drawn)


def _seed(was, now):
    if now.times is None:
        return ("None of your 64 small networks got there in time, so your "
                "line says never. The class will show how rare that is.")
    if now.times > 1:
        return (f"The luckiest of your 64 needs {now.times:.1f} times the "
                "steps of the wide network. One room is an anecdote. See in "
                "how many others the wide one was first.")
    return (f"Your luckiest needs {now.times:.1f} times the steps of the "
            "wide network, so it is not slower. We saw that for no seed of "
            "the record: tell the class.")


seed = lesson.Seed(
    "the luckiest of 64 is there {lucky}, the wide network {wide}", _seed)


# --- exercises ---------------------------------------------------------------

exercise_outward, exercise_decimals = exercises.outward, exercises.decimals
exercise_rewind, exercise_luckiest, exercise_refuted = (
    exercises.rewind, exercises.luckiest, exercises.refuted)
