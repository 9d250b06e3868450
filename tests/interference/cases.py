"""Rows made by hand, on which each claim holds or fails; tiny runs."""
from functools import partial

import numpy as np
import pandas as pd

from labkit.interference.forks import CAUSES, PROGRAMS
from tests.judging import table


def learned(cells, names="width arm lr step"):
    """{the names' values: tasks learned}, and as many rare ones."""
    rows = table("tasks", names, "learned", cells)
    return rows.assign(rare=rows.learned)


def tasks(steps, **arms):
    """arm=tasks known at the steps, rare ones as many, at the second width.

    At its other rate, which is worse, and at other widths it is otherwise.
    """
    rows = learned({
        (arm.replace("_", " "), step): value for arm, found in arms.items()
        for step, value in zip(steps, found)}, "arm step")
    return pd.concat([rows.assign(width=8, lr=0.2)] + [
        rows.assign(width=width, lr=lr, learned=0, rare=40)
        for width, lr in ((4, 0.1), (8, 0.1), (16, 0.1), (16, 0.2))])


def uniform(slow, fast):
    """What the narrowest learns of the uniform at two rates, at the end."""
    return learned({(4, "uniform", 0.1, 9): slow, (4, "uniform", 0.2, 9): fast,
                    (8, "uniform", 0.1, 9): 10, (4, "mixture", 0.1, 9): 20,
                    (8, "mixture", 0.1, 9): 10, (4, "uniform", 0.1, 5): 10})


def forks(cells, lr=0.1, best=0.1):
    """{(program, step): rare tasks learned}, at the width and the rate.

    At others, of which nothing is said, all programs learn the same. The
    rate ``best`` teaches the width that goes on as it was the most tasks.
    """
    rows = table("forks", "program step", "rare", cells)
    other, = {0.1, 0.2} - {lr}
    rows = pd.concat([rows.assign(width=width, lr=lr, rare=value)
                      for width, lr, value in (
        (4, 0.1, 99), (8, lr, rows.rare), (16, 0.1, 77), (8, other, 55))])
    mixture = (rows.program == "as it was") & (rows.width == 8)
    return rows.assign(learned=np.where(mixture == (rows.lr == best), 9, 1))


def programs(cause, worse, better, **rates):
    """Rare tasks that two programs know: half-way and in the end."""
    known = {name: (5, 5) for name in PROGRAMS}
    known |= dict(zip(CAUSES[cause], (worse, better)))
    return forks({(name, step): value for name, found in known.items()
                  for step, value in zip((0, 50, 100), (0, *found))}, **rates)


def harms(narrow, wide, name="harm", moment="same step"):
    """A value of the narrowest and of the widest of three widths.

    Another moment disagrees.
    """
    rows = table("conflict", "width", name, {4: narrow, 8: 9, 16: wide})
    return pd.concat([rows.assign(moment="start", **{name: 9 - rows[name]}),
                      rows.assign(moment=moment)])


at_loss = partial(harms, moment="same loss")


# {(way, width, lr): steps needed}; {(p, m): features that a dimension holds}
price = partial(table, "price", "way width lr", "needed")
superposed = partial(table, "superposed", "p m", "packed")


def ways(joint, other, way="alone", widths=(4, 8, 16)):
    """Steps together, and in another way, at one rate; for each width."""
    return price({(name, width, 0.1): needed
                  for name, steps in (("joint", joint), (way, other))
                  for width, needed in zip(widths, steps)})


def forgetting(**orders):
    """order=A's accuracy after B, for widths 4, 8; after A it is 0.9."""
    return table("forgetting", "order width phase step", "a", {
        (order, width, phase, step): a
        for order, accuracies in orders.items()
        for width, after in zip((4, 8), accuracies)
        for phase, step, a in (("A", 0, 0.5), ("A", 9, 0.9), ("B", 0, 0.9),
                               ("B", 9, after))})


def opposed(**widths):
    """Pairs opposed at losses of 3, 2 and 1; width 4 stops at 2, new text.

    On repeated text they are a tenth fewer.
    """
    steps = {0: 3, 8: 2, 16: 1}
    rows = table("opposed", "unique width step", "opposed", {
        (unique, width, step): share - (unique < 128) / 10
        for unique in (64, 128) for width, shares in (
            (4, widths["narrow"]), (16, widths["wide"]))
        for step, share in zip(steps, shares)})
    loss = rows.step.map(steps).where(rows.width > 4, rows.step.map(
        {0: 3, 8: 2, 16: 2}))
    return rows.assign(loss=loss, targets="true", lr=0.1)


def slowed(fast, slow):
    """(moved, zero_sum) of width 4 in a fast octave, then in a slow one."""
    change = {0: (0, 0), 8: (9, 0), 10: (9, 0), 13: (9, 0), 16: fast,
              32: (0.4, 0.9), 64: slow}
    rows = table("opposed", "step", "moved", {
        step: moved for step, (moved, _) in change.items()})
    rows = rows.assign(zero_sum=rows.step.map(
        {step: lost for step, (_, lost) in change.items()}), loss=1.0,
        unique=64, targets="true", lr=0.1, width=4)
    return pd.concat([rows, rows.assign(width=16, zero_sum=0.5)])


SIDES = {   # claim -> (rows on which it holds, rows on which it fails)
    "C10a": (superposed({(0.1, 2): 3, (0.1, 9): 0.5, (0.5, 2): 0.5}),
             superposed({(0.1, 2): [1.02, 1.02, 1.0], (0.1, 9): 3})),
    "C10b": (superposed({(0.1, 2): 3, (0.1, 9): 0.9, (0.5, 9): 2}),
             superposed({(0.1, 2): 0.5, (0.1, 9): [1.2, 1.2, 1.21]})),
    "C11a": (harms(0.1, -0.1).assign(own=-0.2),
             harms(0.01, 0.1).assign(own=-0.2)),
    "C11b": (forgetting(sequential=(0.65, 0.9), shuffled=(0.9,)),
             forgetting(sequential=(0.9, 0.5), shuffled=(0.5,))),
    "C11c": (forgetting(shuffled=(0.65, 0.9), sequential=(0.9,)),
             forgetting(shuffled=(0.95, 0.5), sequential=(0.5,))),
    "C12a": (tasks((0, 5, 9), mixture=(0, 1, 8), rare_alone=(0, 6, 7)),
             tasks((0, 5, 9), mixture=(0, 6, 8), rare_alone=(0, 1, 8))),
    "C12b": (tasks((0, 10, 50, 100), mixture=(0, 4, 12, 6)),
             tasks((0, 10, 50, 100), mixture=(0, 6, 12, 6))),
    "C12c": (uniform([16, 9, 9], [9, 16, 16]),
             uniform([15, 9, 9], [9, 15, 15])),
    "C12d": (programs("conflict", (0, 6), (4, 4)),
             programs("conflict", (4, 0), (0, 8))),
    "C12e": (programs("step size", (2, 0), (0, 4)),
             programs("step size", ([2] * 3, [4] * 3), ([2] * 3, [6] * 3))),
    "C12f": (programs("past", (2, 0), (0, 4)),
             programs("past", ([2] * 3, [4] * 3), ([2] * 3, [6] * 3))),
    "C12g": (ways((100, 100, 100), (50, 40, 150), "surgery"),
             ways((100, 100, 100), (150, 40, 105), "surgery")),
    "C12h": (programs("conflict", (0, 6), (4, 4), lr=0.2, best=0.2),
             programs("conflict", (4, 0), (0, 8), lr=0.2, best=0.2)),
    "C13a": (at_loss(0.2, 0.4, "spare"), at_loss(0.4, 0.42, "spare")),
    "C13b": (at_loss(0.4, 0.6, "spare"), at_loss(.9, .4, "spare")),
    "C14a": (harms(0.3, 0.2), harms(0.2, 0.3)),
    "C14b": (harms(0.3, 0.2, "harm_plain"), harms(0.2, 0.3, "harm_plain")),
    "C14c": (at_loss(0.3, 0.2, "against").assign(cosine=0),
             at_loss(0.2, 0.3, "against").assign(cosine=0)),
    "C14d": (at_loss(0.3, 0.2, "size"), at_loss(0.2, 0.3, "size")),
    "C14e": (at_loss(0.3, 0.7, "dedication").assign(by_chance=0.6),
             at_loss(0.7, 0.6, "dedication").assign(by_chance=0.7)),
    "C14f": (ways((100, 900, 50), (50, 1, 40)),
             ways((100, 1, 50), (50, 1, 20))),
    "C14g": (ways((100, 50), (50, 40), "private"),
             ways((100, 50), (50, 20), "private")),
    "C14h": (ways((100, 50), (50, 60)), ways((50, 100), (50, 90))),
    "C14i": (forgetting(sequential=(0.6, 0.7)),
             forgetting(sequential=(0.7, 0.6))),
    "C14j": (forgetting(sequential=(0.6, 0.8)),
             forgetting(sequential=(0.9, 0.65))),
    "C14k": (opposed(narrow=(.4, .6, .9), wide=(.4, .5, .9)),
             opposed(narrow=(.4, .5, .9), wide=(.4, .6, .9))),
    "C14l": (slowed((0.4, 0.5), (0.2, 0.95)), slowed((0.4, 0.5), (0.02, 0.4))),
    "C15a": (ways((100, 50), (10, 10)), ways((50, 100), (10, 5))),
    "C15b": (ways((100, 50), (10, 10)),
             ways((100, 50), (12, 10))),
    "C15c": (ways((90, 10), (20, 10)), ways((90, 10), (40, 10))),
}

NETS = {"width": [8], "lr": [.02]}
TINY = {
    "tasks": NETS | {"steps": 12}, "price": NETS | {"steps": 12},
    "forks": NETS | {"before": 6, "after": 12},
    "conflict": {"width": [8], "lr": .02, "same": 6, "steps": 12},
    "forgetting": {"width": [8], "lr": .02, "steps": 12},
    "superposed": {"m": [8], "p": [.1], "steps": 100},
    "opposed": {"width": [8], "unique": [256], "lr": [.02], "steps": 12},
    "apart": {"unique": [256], "lr": [.1], "steps": 4}}
