"""Rows on which each claim holds or fails, and runs of a second or two."""
import numpy as np
import pandas as pd

from labkit.language import Markov
from labkit.language.ngrams import KNOWN as PARTS
from labkit.language.ngrams import NAMES
from tests.judging import table

EPOCHS = (0, 0.5, 1, 2, 4, 8, 16)
ENTROPY = Markov().entropy


def rows_of(curves, experiment="targets", lr=0.01):
    """Tidy rows from {size: excess at each of EPOCHS}; five equal seeds."""
    return pd.DataFrame([
        dict(experiment=experiment, unique=1000, weight_decay=0.0, lr=lr,
             size=size, parameters=129 * size, seed=seed, step=10 * epoch,
             epoch=epoch, tokens=1000 * epoch, quantity=quantity,
             value=ENTROPY + excess)
        for size, curve in curves.items() for seed in range(5)
        for quantity in ("train", "validation")
        for epoch, excess in zip(EPOCHS, curve)])


# excess falls as 1/epochs in both, at twice the speed in the larger
SLOW, FAST = [4 / 2**i for i in range(7)], [4] + [1 / 2**i for i in range(6)]
TWICE, SWAPPED = (rows_of({8: a, 16: b}) for a, b in ((SLOW, FAST),
                                                      (FAST, SLOW)))
# ahead in the first epoch, and ahead after it
FIRST, LATER = [4, .8, .7, .7, .7, .7, 0], [4, .9, .8, 0, 0, 0, 0]


def kept(recalled):
    """Random facts stored at the end, {(width, facts): recalled}."""
    return table("stored", "width facts", "recalled", recalled).assign(
        lr=.03, keys="own", shown=100.0)


def exposed(shown, lr=.01, facts=100):
    """Recall that rises evenly to all facts, {width: exposures until then}."""
    rows = table("exposures", "width at", "recalled", {
        (width, at): facts * min(at / until, 1)
        for width, until in shown.items() for at in range(0, 41, 2)})
    rows.recalled = rows.recalled.clip(upper=facts)
    return rows.rename(columns={"at": "shown"}).assign(
        lr=lr, facts=facts, keys="own")


def known_of(sizes, task="parts", uniques=(1000,), lr=.01):
    """Rows of ``known``: {size: {rule: (most known, the step of that)}}.

    What is known grows by the step, evenly. Of frequencies all know the
    same, at once.
    """
    steps = (0, *2**np.arange(7))
    return pd.DataFrame([
        {"experiment": "parts", "task": task, "schedule": "constant",
         "unique": unique, "size": size, "parameters": 129 * size, "lr": lr,
         "seed": seed, "step": step, "rule 0": .2 * (step > 0)}
        | {f"rule {k}": most * min(step / last, 1) for k in (1, 2, 3)
           for most, last in [rules.get(f"rule {k}", (0, 1))]}
        for unique in uniques for size, rules in sizes.items()
        for seed in range(5) for step in steps])


def split(parts, whole):
    """Rows of ``ngrams``: excess at each of EPOCHS, {size: curve} each.

    ``parts`` names those of some parts; the others are SLOW and FAST. What
    is known rises as the excess falls.
    """
    rows = rows_of(whole, "ngrams")
    found = [rows[rows.quantity == "validation"]]
    for name in (*NAMES, *PARTS):
        one = rows_of(parts.get(name, {8: SLOW, 16: FAST}), "ngrams")
        one = one[one.quantity == "train"].assign(quantity=name)
        if name in PARTS:
            one["value"] = SLOW[0] + ENTROPY - one.value
        found.append(one)
    return pd.concat(found, ignore_index=True)


AHEAD, BEHIND = ({8: {"rule 1": (.4, a)}, 16: {"rule 1": (.4, b)}}
                 for a, b in ((32, 8), (8, 32)))
SOONER, LATE = known_of(AHEAD), known_of(BEHIND)

# what each claim does in the lab's quick run and in the recorded one
HOLDS = {"C1b": False, "C1d": False, "C3a": True, "C3b": True}
RECORDED = HOLDS | {   # more is decided
    "C1a": True, "C1c": True, "C2a": True, "C4b": True, "C4c": True}
RECORDED |= dict.fromkeys((f"C1{letter}" for letter in "efghij"), True)
RECORDED |= {"C3c": False, "C3d": True, "C3e": True}
SIDES = {
    "C4b": (exposed({16: 20, 64: 10}), exposed({16: 10, 64: 20})),
    "C4c": (kept({(4, 64): 40, (64, 64): 64}),
            kept({(4, 64): 64, (64, 64): 40})),
    **dict.fromkeys(("C1a", "C1c", "C3a", "C3b"), (TWICE, SWAPPED)),
    "C1b": (TWICE, rows_of({8: [4, 3, 3, 3, 3, 3, 3], 16: FAST})),
    "C1d": (TWICE, rows_of({8: SLOW, 16: [4, 1, 0.5, 0.25, 1, 2, 3]})),
    "C2a": (rows_of({8: LATER, 16: FIRST}), rows_of({8: FIRST, 16: LATER})),
    "C1e": (LATE, SOONER),
    **dict.fromkeys(("C1f", "C1g", "C1h", "C1i"), (SOONER, LATE)),
    "C1j": tuple(known_of(sides, task="parts standard")
                 for sides in (AHEAD, BEHIND)),
    "C3c": (split({}, {8: FAST, 16: SLOW}),
            split({"none": {8: FAST, 16: SLOW}}, {8: SLOW, 16: FAST})),
    "C3d": (split({}, {8: FAST, 16: SLOW}), split({}, {8: SLOW, 16: FAST})),
    "C3e": (split({}, {8: FAST, 16: SLOW}),
            split({"last two": {8: FAST, 16: SLOW}}, {8: SLOW, 16: FAST})),
}

RULES = {"widths": [4, 8], "uniques": [256], "epochs": 4, "lrs": [.01]}
TEXT = {"widths": [8], "uniques": [1024], "epochs": 2, "lrs": [.01]}
FACTS = {"width": [4], "facts": [16], "lr": [.03], "exposures": 2}
KNOWN = {"tasks": ["parts"], "widths": [4, 8], "tokens": 512,
         "uniques": [256], "lrs": [.01], "schedules": ["constant"]}
TINY = {"parts": KNOWN, "parts_decay": KNOWN, "parts_language": KNOWN,
        "stored": FACTS | {"control": 8}, "exposures": FACTS,
        "targets": RULES, "patience": RULES, "standard": RULES,
        "shuffled": RULES, "endings": RULES | {"weight_decays": [.3]},
        "text": TEXT, "rates": TEXT, "decay": TEXT, "library": TEXT,
        "medium": TEXT, "ngrams": TEXT | {"widths": [4, 8], "epochs": [2]}}
