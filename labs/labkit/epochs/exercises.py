"""What the exercises ask for, in the lab and in what is further."""

from labkit.language.runs import with_excess
from labkit.lesson import Exercise
from labkit.rows import of

LINE, SMALLEST, CORPUS = 0.7, 8, 6_400   # nats, width and tokens of "refute"


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
