"""Rows on which each claim holds or fails, and runs of a second or two."""
import pandas as pd

from labkit.language import Markov

EPOCHS = (0, 0.5, 1, 2, 4, 8, 16)


def rows_of(curves, experiment="targets", lr=0.01):
    """Tidy rows from {size: excess at each of EPOCHS}; five equal seeds."""
    entropy = Markov().entropy
    return pd.DataFrame([
        dict(experiment=experiment, unique=1000, weight_decay=0.0, lr=lr,
             size=size, parameters=129 * size, seed=seed, step=10 * epoch,
             epoch=epoch, tokens=1000 * epoch, quantity=quantity,
             value=entropy + excess)
        for size, curve in curves.items() for seed in range(5)
        for quantity in ("train", "validation")
        for epoch, excess in zip(EPOCHS, curve)])


# excess falls as 1/epochs in both, at twice the speed in the larger
SLOW, FAST = [4 / 2**i for i in range(7)], [4] + [1 / 2**i for i in range(6)]
TWICE, SWAPPED = (rows_of({8: a, 16: b}) for a, b in ((SLOW, FAST),
                                                      (FAST, SLOW)))
# ahead in the first epoch, and ahead after it
FIRST, LATER = [4, .8, .7, .7, .7, .7, 0], [4, .9, .8, 0, 0, 0, 0]

# what each claim does in the lab's quick run and in the recorded one
HOLDS = {"C1a": True, "C1b": False, "C1c": True, "C1d": False, "C2a": True,
         "C3a": True, "C3b": True}
SIDES = {
    **dict.fromkeys(("C1a", "C1c", "C3a", "C3b"), (TWICE, SWAPPED)),
    "C1b": (TWICE, rows_of({8: [4, 3, 3, 3, 3, 3, 3], 16: FAST})),
    "C1d": (TWICE, rows_of({8: SLOW, 16: [4, 1, 0.5, 0.25, 1, 2, 3]})),
    "C2a": (rows_of({8: LATER, 16: FIRST}), rows_of({8: FIRST, 16: LATER})),
}

RULES = {"widths": [4, 8], "uniques": [256], "epochs": 4, "lrs": [.01]}
TEXT = {"widths": [8], "uniques": [1024], "epochs": 2, "lrs": [.01]}
TINY = {"targets": RULES, "patience": RULES, "standard": RULES,
        "shuffled": RULES, "endings": RULES | {"weight_decays": [.3]},
        "text": TEXT, "rates": TEXT, "decay": TEXT, "library": TEXT}
