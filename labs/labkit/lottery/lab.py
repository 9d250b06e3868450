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
CLOSE = 5   # digits of 100 that we make nothing of
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


def given(net, weights):
    """How many of the ten answers a network gives to the test images."""
    _, _, images, _ = digits.split()
    return len(net(weights, images)[0].argmax(-1).unique())


def fastest(rows):
    """Of a seed's networks: how many, how many solve it, the first's steps.

    ``steps`` are None, and ``when`` says so, if none does in PATIENCE.
    """
    needed = [row["needed"] for row in rows if row["needed"] == row["needed"]]
    steps = min(needed, default=None)
    return {"networks": len(rows), "solved": len(needed), "steps": steps,
            "when": f"after {steps:.0f} steps" if needed
            else f"not in {PATIENCE} steps"}


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
                "from a pixel. Training again cannot mend that: no way, no "
                f"slope. It now gives {now.given} of the ten answers, and "
                f"reads {now.again:.0f} of 100. In a real run, count which "
                "answers a network gives at all.")
    if now.density > was.density:
        return _uncut(was, now)
    if now.read > was.read:
        return ("Fewer weights than in the run as given, and more digits "
                "read, by values that nobody trained! Does it go on like "
                "this, the fewer the better? See which line above reads most.")
    return ("No more digits read than in the run as given, although each of "
            "the ten can still be reached. We mostly saw more, down to one "
            f"weight in twenty. Trained again it reads {now.again:.0f}: "
            f"{_ways(was, now)}.")


def _uncut(was, now):
    if now.read < was.read:
        return ("More weights stay, and fewer digits are read. Training has "
                "chosen less. Where nothing is cut, it has chosen nothing, "
                "and the first values guess.")
    return ("More weights stay, and no fewer digits are read. We mostly saw "
            "fewer, since training has chosen less.")


def _ways(was, now):
    if was.again - now.again > CLOSE:
        return "too little may be left for the task"
    return "enough is left for the task, but these first values miss it"


density = lesson.Change(
    "density", .5, (.001, 1.0), [.05, .005],
    "untrained it reads {read:.0f} of 100, trained again {again:.0f}; of ten "
    "digits it can reach {reached}, and gives {given}", _density)


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
        return (f"As many units in all, draws: {now.networks} instead of "
                f"{was.networks}. Yet the first is there in "
                f"{now.steps / was.steps:.0%} of the steps. Units in one "
                "network do what more draws of separate ones do not.")
    return ("Fewer draws, wider networks, and no step saved: for these "
            "examples luck did as much as width. We saw the opposite for "
            "every seed of the record. Five seeds decide, below.")


width = lesson.Change(
    "width", 8, [*RATES], [64, 512],
    "separate networks: {networks}; "
    f"there within {PATIENCE} steps: {{solved}}; the first {{when}}",
    _width)


def _top(run):
    return max(getattr(run, f"wide_{width}") for width in WIDTHS)


def _drawn(was, now):
    if _top(now) >= WINNER:
        return (f"One of these masks reads {_top(now):.0f} of 100: that is "
                "far above all that we drew. If it holds for other seeds, we "
                "are refuted. Keep the seed, and tell us.")
    return (f"The best of {now.count:,} reads {_top(now):.0f} of 100, that "
            f"of {was.count:,} reads {_top(was):.0f}. There is no winner at "
            "any width. The widest network has unimaginably more masks to "
            f"draw from; {_lead(round(now.wide_256) - round(now.wide_8))}")


def _lead(lead):
    if lead > CLOSE:
        return (f"here it reads {lead} more than the narrowest. That may be "
                "the luck of this seed: the notebook that goes further asks "
                "five.")
    return ("it reads as many as the narrowest." if lead == 0 else
            f"it reads {abs(lead)} {'fewer' if lead < 0 else 'more'} than "
            "the narrowest.")


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
                "steps of the wide network. One seed is an anecdote. See for "
                "how many others of the class the wide one was first.")
    return (f"Your luckiest needs {now.times:.1f} times the steps of the "
            "wide network, so it is not slower. We saw that for no seed of "
            "the record: tell the class.")


seed = lesson.Seed(
    "the luckiest of 64 is there {lucky}, the wide network {wide}", _seed)


# --- exercises ---------------------------------------------------------------

exercise_outward, exercise_decimals = exercises.outward, exercises.decimals
exercise_rewind, exercise_luckiest, exercise_refuted = (
    exercises.rewind, exercises.luckiest, exercises.refuted)
