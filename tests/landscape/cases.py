"""Rows made by hand, on which each claim holds or fails; tiny runs."""
from functools import partial

import pandas as pd

from tests.judging import table

goe = partial(table, "goe", "n", "value")
low = partial(table, "low", "shift n", "value")
pits = partial(table, "pits", "k m", "pit")
negative = partial(table, "spectrum", "width", "negative")
weight = partial(table, "spectrum", "width", "weight")
slices = partial(table, "slices", "width depth skip", "bends")
barriers = partial(table, "barriers", "depth width", "aligned")


def escape(cells):
    """{(k, way): share of the trapped students that arrived}."""
    return table("escape", "k way", "arrived", cells).assign(students=10)


def sizes(cells):
    """The end of each run: {(tokens, width): loss}; also rows in between."""
    end = table("sizes", "tokens size", "value", cells)
    end = end.assign(quantity="validation", step=64, lr=0.03,
                     unique=end.tokens, weight_decay=0.0)
    return pd.concat([end, end.assign(step=0, value=9.0),
                      end.assign(quantity="train", value=0.0),
                      end.assign(lr=0.1, value=end.value + 1)])


def ways(cells, directness=lambda row: 0.5):
    """{(scaling, width, lr, target): steps needed}."""
    rows = table("ways", "scaling width lr target", "needed", cells)
    return rows.assign(directness=rows.apply(directness, axis=1),
                       diverged=False)


def sharp(at_start=(1, 1, 1), ends=(9, 3, 3), end_of=("mup", "ntk")):
    """Sharpness of width 16 over that of width 4 at the start, per scaling.

    ``ends``: in those ``end_of``, at the end, at (4, .1), (16, .1), (4, .2).
    """
    one, wider, faster = ends
    cells = {(scaling, width, lr, 0): ratio if width == 16 else 1
             for scaling, ratio in zip(("mup", "ntk", "standard"), at_start)
             for width in (4, 16) for lr in (0.1, 0.2)}
    for scaling in end_of:
        cells |= {(scaling, 4, 0.1, 16): one, (scaling, 16, 0.1, 16): wider,
                  (scaling, 4, 0.2, 16): faster,
                  (scaling, 16, 0.2, 16): wider * faster / one}
    return table("sharpness", "scaling width lr step", "sharpness",
                 cells).assign(diverged=False)


def race(narrow, wide, scaling="mup", **rest):
    """Steps to each target {(lr, target): needed}, of two widths."""
    return ways({(scaling, width, *key): needed
                 for width, cells in ((4, narrow), (8, wide))
                 for key, needed in cells.items()}, **rest)


def swapped(narrow, wide, lr=None):
    """Directness of the two widths; at the rate ``lr`` of the other one."""
    return lambda row: (
        narrow if (row.width == 4) == (row.lr != lr) else wide)


def sides(make, keys, holds, fails):
    """Rows with the values on which a claim holds, and on which it fails."""
    return make(dict(zip(keys, holds))), make(dict(zip(keys, fails)))


SLOW = {(0.1, 0.3): 90, (0.2, 0.3): 80}
FAST = {(0.1, 0.3): 50, (0.2, 0.3): 40}
LENGTHS = [(tokens, width) for tokens in (10, 20, 40) for width in (4, 8)]
RUNS = [(10, 4), (10, 8), (40, 4), (40, 8)]
SIDES = {   # claim -> (rows on which it holds, rows on which it fails)
    "C5a": sides(pits, [(6, 6), (10, 10)], [0, 0.2], [0.2, 0.01]),
    "C5b": sides(pits, [(6, 6), (6, 12), (10, 10), (10, 20)],
                 [0, 0.1, 0.3, 0.1], [0.1, 0, 0.1, 0.1]),
    "C5c": sides(pits, [(6, 6), (10, 10), (10, 11)],
                 [0.3, 0.2, 0.9], [0.1, 0.2, 0]),
    "C5d": sides(escape, [(8, "one more neuron")], [0.6], [0.4]),
    "C6a": sides(sizes, LENGTHS, [[2.0, 2.1, 2.4], [1.9, 2.0, 2.3]] * 3,
                 [[2.0, 2.0, 2.01], [1.0, 1.1, 1.2]] * 3),
    "C6b": sides(escape, [(8, "10 times the steps")], [0.1], [0]),
    "C6c": sides(escape, [(8, "noise of 4 samples")], [0.1],
                 [[0.02, 0.03, 0.03]]),
    "C6d": sides(sizes, RUNS, [2.0, 1.5, 1.4, 1.2], [2.0, 1.5, 1.7, 1.2]),
    "C7a": sides(goe, [2, 3, 4], [0.2, 0.3, 0.01], [0.01, 0.3, 0.2]),
    "C7b": sides(low, [(shift, n) for shift in (1.0, 2.2, 9.0)
                       for n in (5, 50)], [0.1, 0.2, 0.2, 0.1, 0.1, 0.2],
                 [0.2, 0.1, 0.1, 0.2, 0.2, 0.1]),
    "C8a": (sharp(at_start=(0.5, 0.9, 1.1)), sharp(at_start=(0.5, 1.2, 0.5))),
    "C8b": (sharp(at_start=(1.1, 1.1, 0.9)), sharp(at_start=(0.5, 0.5, 1.2))),
    "C8c": (sharp(ends=(9, 3, 8)), sharp(ends=(9, 8, 3))),
    "C8i": (sharp(ends=(9, 27, 8), end_of=["standard"]),
            sharp(ends=(9, 8, 3), end_of=["standard"])),
    "C8d": sides(negative, [4, 8], [0, 0], [0.1, 0.2]),
    "C8e": sides(weight, [4, 8], [0.2, 0.1], [0.1, 0.2]),
    "C8f": sides(slices, [(8, 4, False), (32, 4, False), (32, 2, False),
                          (8, 4, True), (32, 4, True)],
                 [0.3, 0.2, 0.9, 0.1, 0.9], [0.2, 0.3, 0.1, 0.9, 0.1]),
    "C8g": sides(slices, [(32, 2, False), (32, 8, False), (64, 4, False),
                          (32, 2, True), (32, 8, True)],
                 [0.3, 0.2, 0.9, 0.1, 0.9], [0.2, 0.3, 0.1, 0.9, 0.1]),
    "C8h": sides(barriers, [(1, 4), (1, 8), (2, 4), (2, 8)],
                 [0.2, 0.1, 0.4, 0.2], [0.1, 0.2, 0.2, 0.3]),
    "C9a": (race(SLOW, FAST), race(FAST, SLOW)),
    "C9b": (race(SLOW, FAST, directness=swapped(0.2, 0.3)),
            race(SLOW, FAST, directness=swapped(0.3, 0.2))),
    "C31a": (race(SLOW, FAST, directness=swapped(0.2, 0.3, lr=0.2)),
             race(SLOW, FAST, directness=swapped(0.2, 0.3, lr=0.1))),
    "C31b": (race(SLOW, FAST, directness=swapped(0.2, 0.3, lr=0.1)),
             race(SLOW, FAST, directness=swapped(0.2, 0.3, lr=0.2))),
    "C31c": (race(FAST, SLOW, "standard"), race(SLOW, FAST, "standard")),
}

NET = {"depth": 1, "lr": .02, "steps": 16}
TINY = {
    "goe": {"n": [2, 3], "draws": 1000}, "low": {"n": [3], "draws": 500},
    "pits": {"teachers": [10], "more": [0], "count": 10, "steps": 400},
    "escape": {"count": 10, "steps": 400},
    "inside": {"count": 10, "steps": 400},
    "sizes": {"widths": [2, 4], "tokens": 2**12, "lrs": [.03]},
    "sharpness": NET | {"width": [4, 8], "scaling": ["ntk"]},
    "spectrum": NET | {"width": [2, 4]},
    "slices": {"depths": [1, 2], "widths": [4], "lr": .02, "steps": 16},
    "barriers": NET | {"depth": [1], "width": [4, 8]},
    "ways": NET | {"width": [4, 8], "scaling": ["mup"],
                   "targets": [99.0, 3.0, 1e-9]}}
