"""What the lab asks, and what it answers."""
import pandas as pd

from labkit import records
from labkit.compute.best import best_ends
from labkit.compute.exercises import (
    exercise_epochs,
    exercise_refute,
    exercise_use,
    exercise_waste,
)
from labkit.compute.race import arrive
from labkit.lesson import Change, Prediction, Seed

__all__ = ["billions", "cheapest", "currency", "epochs", "exercise_epochs",
           "exercise_refute", "exercise_use", "exercise_waste", "goal",
           "rate", "repeat", "seed"]

GOALS = (.8, .6, .5, .4)   # nats above the entropy, of the live race
LIVE = 2**16    # tokens that the live runs of a repeated text read
NEAR = 1.25     # a best size within this factor is about the same


# --- predictions ------------------------------------------------------------

def judge_cheapest(curves):
    """Which size pays the fewest FLOPs to each of the GOALS?"""
    steps = pd.DataFrame({goal: arrive(curves, goal) for goal in GOALS}).T
    flops = steps * steps.columns
    best, least = flops.idxmin(axis=1), flops.notna().idxmax(axis=1)
    most = flops.columns.max()
    between = (best < most).all() and (best > least).any()
    sizes = ", ".join(f"{best[goal]:,} to {goal} nats" for goal in GOALS)
    smallest = ", ".join(f"{least[goal]:,}" for goal in GOALS)
    return [(best == most).all(), (best == least).all(),
            between and best.nunique() == 1,
            between and best.nunique() > 1 and best.is_monotonic_increasing
            ], (f"Parameters of the size with the least FLOPs: {sizes}. Of "
                f"the smallest in time: {smallest}. Where both are the same, "
                "smaller ones were too slow for this race.")


cheapest = Prediction(
    "cheapest",
    "Several sizes train until their loss is below a target. The largest "
    "needs the fewest tokens. Which needs the least computation (FLOPs)?",
    ["The largest: it needs the fewest tokens",
     "The smallest one that gets there at all: its steps are the cheapest",
     "One in between, the same for every target",
     "One in between, a larger one for a lower target"],
    "Because computation is tokens times parameters: the largest size "
    "saves tokens and pays more for each, and a size close to its lowest "
    "loss crawls. So the best lies between, and moves up as the target "
    "moves down.", judge_cheapest)


def judge_repeat(rows=None):
    """What do 16 epochs of a sixteenth give? Of the recorded rows."""
    rows = records.load("compute", "repeats") if rows is None else rows
    read = best_ends(rows)
    total = read.tokens.max()
    cases = {"all new": read.unique == total,
             "16 epochs": (read.epoch == 16) & (read.tokens == total),
             "a sixteenth, once": read.tokens == total / 16}
    nats = pd.DataFrame({name: read[case].groupby(
        "parameters").excess.median() for name, case in cases.items()})
    new, repeated, once = (nats[name] for name in cases)
    worse, between = repeated - new, (new < repeated) & (repeated < once)
    return [(worse < .01).all(), (repeated >= once).all(),
            between.all() and worse.is_monotonic_increasing,
            between.all() and worse.is_monotonic_decreasing], (
        f"Recorded, {total / LIVE:.0f} times the tokens of your run, nats "
        "above the entropy from the smallest size to the largest: "
        + "; ".join(f"{name}: {', '.join(f'{one:.2f}' for one in nats[name])}"
                    for name in nats)
        + ". On a smaller text a large one may even end above once.")


repeat = Prediction(
    "repeat",
    "A model reads a million tokens once, all of them new. Another one of "
    "the same size reads the same number of tokens, but only a sixteenth of "
    "them are different: 16 epochs. How does its loss compare?",
    ["The same: what counts is the number of tokens",
     "Higher, and as if it had read the sixteenth only once",
     "In between; and worse off the larger the model is",
     "In between; and worse off the smaller the model is"],
    "Because a repeated token is worth less than a new one, and a larger "
    "model has got what it can from a small text after fewer epochs.",
    judge_repeat)


# --- changes ----------------------------------------------------------------

def reply_currency(was, now):
    """Who is first in this currency, and why?"""
    if now.winner is None:
        return ("We did not expect that: no size gets there in every seed, "
                "so there is no bill to compare. Look at the curves above.")
    if now.currency == "flops" and now.winner != was.winner:
        return (f"The winner has changed: the largest reads the fewest "
                f"tokens and pays {now.large:.1f} times the FLOPs of the "
                "first. Its tokens get dearer faster than they get fewer.")
    cheap = now.first["flops"]
    if now.currency == "seconds" and now.winner > cheap:
        whom = "" if now.winner != was.winner else "the same as in tokens, "
        return (f"In seconds the winner is {whom}larger than the {cheap:,} "
                "parameters that are first in FLOPs. A step of "
                f"{now.winner / cheap:.0f} times the size takes only "
                f"{now.slower:.2f} times as long: the machine is busy "
                "starting operations.")
    cause = ("Look whether each token still pays for all N parameters."
             if now.currency == "flops" else
             "Steps may have been timed on a busy machine: time them again.")
    return (f"We did not expect that: in {now.currency} we saw another size "
            f"first. {cause}")


currency = Change("currency", "tokens", ["tokens", "flops", "seconds"],
                  ["flops", "seconds"], "{said}", reply_currency)


def reply_goal(was, now):
    """Is the winner in FLOPs larger for a lower goal?"""
    if now.winner is None or was.winner is None:
        return ("No size gets there in every seed before this race ends. "
                "Whether one ever would takes a longer race to say: close to "
                "its lowest loss a size crawls.")
    lower = now.goal < was.goal
    if (now.winner - was.winner) * (was.goal - now.goal) > 0:
        why = ("Close to its lowest loss a small size crawls: a larger one "
               "is cheaper, or alone gets there before the race ends."
               if lower else
               "So far above its lowest loss this size does not crawl yet, "
               "and its tokens are cheap.")
        if now.small > 1.01 and not lower:
            why += (" The smallest one that gets there crawls already and "
                    f"pays {now.small:.2f} times as much.")
        return (f"The winner moves from {was.winner:,} to {now.winner:,} "
                f"parameters. {why}")
    if now.winner == was.winner:
        return ("The same size is first. Sizes here are a factor of two "
                "apart, so a small move of the goal need not change it.")
    return ("We did not expect that: the winner moves the other way. Look "
            "whether one of the sizes fails to arrive in one of the seeds.")


goal = Change("goal", .5, (.3, 1), [.8, .4], "{said}", reply_goal)


def reply_billions(was, now):
    """Where has the ball gone?"""
    if was.best is None or now.best is None:
        return ("The lowest size is the first or the last one tried. So the "
                "bottom lies outside, or is not known: we name no best size.")
    size, text = now.best / was.best, now.tokens / was.tokens
    flops = now.billions / was.billions
    if min(size, text) > 1 < flops or max(size, text) < 1 > flops:
        way = "right" if flops > 1 else "left"
        return (f"The ball moves {way}. For {flops:.2g} times the FLOPs the "
                f"best size is {size:.2f} times as large and reads "
                f"{text:.2f} times as much. Both share the change.")
    return (f"We did not expect that: for {flops:.2g} times the FLOPs the "
            f"best size is {size:.2f} times as large and reads {text:.2f} "
            "times as much. Near its bottom a valley is flat, and one draw "
            "of texts can move the ball.")


billions = Change("billions", .4, [.2, .4, .8, 1.6], [.8, 1.6], "{said}",
                  reply_billions)


def reply_rate(was, now):
    """Has the rate faked another law?"""
    if None in (now.first, now.second, was.first, was.second):
        return ("A valley has no bottom between the extremes here. Its best "
                "size is unknown, and whoever takes the lowest point for it "
                "draws a law through the edges of a grid.")
    low, high = was.first / now.first, was.second / now.second
    if max(low, high, 1 / low, 1 / high) <= NEAR:
        return ("The best sizes hardly move: this rate harms them little. "
                "But you know that only because you have tried a second one.")
    if min(low, high) < 1 / NEAR:
        return (f"The best sizes seem {1 / low:.1f} and {1 / high:.1f} times "
                "as large. That is not what we saw in our runs; it, too, is "
                "the work of the rate, as nothing else has changed.")
    how = "too fast" if now.grown > was.grown else "no faster"
    return (f"The best size seems {low:.1f} times smaller at 0.8 billion "
            f"FLOPs and {high:.1f} times at 1.6. So the line climbs {how}: "
            f"{now.grown:.2f} times, not {was.grown:.2f}. {causes(was, now)}")


def causes(was, now):
    """Why a rate made the best sizes smaller, and what betrays it: words."""
    why = ("Short runs are over before they have moved, and the larger "
           "models have the shorter runs." if now.rate < was.rate else
           "So high a rate should harm wide models most: see the right ends.")
    higher = now.nats - was.nats
    return why + (f" How to notice: even the bottom lies {higher:.2f} nats "
                  "higher than at the other rate. So try a second rate "
                  "before you draw a line." if higher > .01 else
                  " The bottom itself is no higher: here only the second "
                  "rate betrays it.")


rate = Change("rate", .03, (.001, .3), [.003, .1], "{said}", reply_rate)


def reply_epochs(was, now):
    """What has repetition done, and what does the law say?"""
    added = [now.again[i] - was.again[i] for i in (0, 1)]
    law = [round(now.law[i] - was.law[i], 2) + 0 for i in (0, 1)]   # no -0
    if max(added) < .1:
        kind = " It is a little too kind." if added[1] > law[1] + .03 else ""
        return (f"Little harm: {added[0]:.2f} nats for the small size, "
                f"{added[1]:.2f} for the large. The law says {law[0]:.2f} "
                f"and {law[1]:.2f}.{kind}")
    if added[1] < added[0]:
        return (f"The small size has lost {added[0]:.2f} nats, the large "
                f"one {added[1]:.2f}. We expected the large one to lose "
                "more; on so little text both end far above where they were.")
    harm = ("still ends below one single pass: repetition has helped"
            if now.again[1] <= now.once[1] else "even ends above one single "
            "pass, which is overfitting. The law cannot show that")
    return (f"The small size has lost {added[0]:.2f} nats, the large one "
            f"{added[1]:.2f}; by the law it would be {law[0]:.2f} and "
            f"{law[1]:.2f}. The large one {harm}.")


epochs = Change(
    "epochs", 1, [1, 2, 4, 8, 16, 32, 64], [4, 16],
    "{again[0]:.2f} and {again[1]:.2f} nats; read once {once[0]:.2f} and "
    "{once[1]:.2f}; by the law {law[0]:.2f} and {law[1]:.2f}", reply_epochs)


def reply_seed(was, now):
    """How far apart are two draws of texts and first weights?"""
    if now.best is None or was.best is None:
        return ("A draw without a bottom between the extremes: it says "
                "nothing of the best size, and goes into the list as never.")
    off = max(now.best / was.best, was.best / now.best)
    if off < NEAR:
        return (f"Your best size and that of seed {was.seed} differ by a "
                f"factor of {off:.2f}, though only texts and first weights "
                "are others. The class will show how wide that is.")
    return (f"A factor of {off:.2f} from one draw to the next: more than we "
            "saw in most draws. One run alone would have misled you.")


seed = Seed("{said}", reply_seed)
