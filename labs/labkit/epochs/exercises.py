"""What the exercises of the lab ask for, and what they answer."""
from labkit.language.runs import with_excess
from labkit.lesson import Exercise
from labkit.rows import of

LINE, SMALLEST, CORPUS = 0.7, 8, 6_400   # nats, width and tokens of "refute"


def _kept(measure):
    """Is it the first epoch from which on the loss is at the target?"""
    if measure([0, 1], [2.0, 1.0], 1.5) is None:
        return None
    cases = [([3, 1, 1, 1], 1, "a run that falls and stays is in at once"),
             ([3, 1, 4, 1], 3, "after a way out, only the second time counts"),
             ([3, 1, 1, 4], None, "a run that ends above has not kept it")]
    for loss, right, hint in cases:
        found = measure([0, 1, 2, 3], loss, 2)
        assert found == right, (f"for the losses {loss} and target 2 it says "
                                f"{found}, not {right}: {hint}")
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
