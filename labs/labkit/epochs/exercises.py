"""What predictions and exercises of the lab ask for, and what they answer."""
import pandas as pd

from labkit import records
from labkit.epochs.crossing import needed
from labkit.epochs.patience import CLAIMS, longer, patience_pays
from labkit.epochs.targets import least
from labkit.language.runs import with_excess
from labkit.lesson import Exercise, Prediction
from labkit.rows import of

GOAL = 0.95     # nats of excess that every size of the lab's run reaches
AXES = "epoch", "step", "tokens", "flops", "seconds"
SHORT = 40      # epochs of the recorded runs that were then made longer
LINE, SMALLEST, CORPUS = 0.7, 8, 6_400   # nats, width and tokens of "refute"


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


# --- exercises --------------------------------------------------------------

def _kept(measure):
    """Is it the first epoch from which on the loss is at the target?"""
    epochs, target = [0, 2, 4, 8], 2
    cases = [([3, 1, 1, 1], 2, "a run that falls and stays is in at once"),
             ([3, 1, 4, 1], 8, "after a way out, only the second time counts"),
             ([3, 1, 1, 4], None, "a run that ends above has not kept it"),
             ([3, 3, 2, 2], 4, "at the target is enough"),
             ([1, 1, 1, 1], 0, "who is never above is in from the start")]
    answers = [measure(epochs, loss, target) for loss, *_ in cases]
    if all(answer is None for answer in answers):
        return None
    for answer, (loss, right, hint) in zip(answers, cases):
        assert answer == right, (
            f"for the epochs {epochs}, losses {loss} and target {target} it "
            f"says {answer}, not {right}: {hint}")
    return "Reached and kept are two questions, and have two answers."


exercise_kept = Exercise("1", _kept)


def _rescue(rows):
    """Does any run of the smallest size reach the line?"""
    if rows is None:
        return None
    rows = with_excess(of(rows, "targets", quantity="validation"))
    assert {*rows["size"]} == {SMALLEST}, "run widths=[8], and no other"
    assert {*rows["unique"]} == {CORPUS}, "take uniques=[6_400]"
    best = rows.loc[rows.excess.idxmin()]
    said = ("You have refuted us" if best.excess <= LINE else
            "A fair try, and these settings do not refute us")
    return (f"{said}: lowest excess {best.excess:.3f} at epoch "
            f"{best.epoch:.0f}, rate {best.lr}, decay {best.weight_decay}, "
            f"seed {best.seed}.")


exercise_rescue = Exercise("2", _rescue)


def _training(table):
    """Is it the training loss, to all three targets?"""
    if table is None:
        return None
    assert sorted(table.target.unique()) == [0, 0.3, 0.6], (
        "the targets are 0, 0.3 and 0.6")
    by_size = table.groupby(["target", "parameters"]).needed.median()
    assert by_size[0].isna().iloc[0] and by_size[0].notna().iloc[-1], (
        "is this the training loss? There, the largest gets to 0 and the "
        "smallest does not")
    return ("To 0, and below it, gets only who learns the text by heart: the "
            "small sizes do not.")


exercise_training = Exercise("3", _training)


def _text(rows):
    """How low does each size get on the learner's own text?"""
    if rows is None:
        return None
    rows = rows[rows.quantity == "validation"]
    best = rows.groupby(["parameters", "seed"]).value.min().groupby(
        "parameters").median()
    assert len(best) >= 2, "run at least two sizes"
    return ("The lowest losses, medians: " + ", ".join(
        f"{loss:.3f} nats with {size:,} parameters"
        for size, loss in best.items()) + ".")


exercise_text = Exercise("4", _text)
