"""Known: how much of each rule does a model know, and from which step on?

The layered rules have parts: how frequent tokens are, and what the last one,
two and three tokens say about the next. What a model knows of each is
measured along the run, in nats per token (``exams.parts_exam``); together
they are what it knows of the language. All runs see equally many tokens, of
a text that is new all the time or that is repeated.
"""
from itertools import product

import numpy as np
import pandas as pd

from labkit.cores import NATS
from labkit.epochs.crossing import epochs_to_target
from labkit.experiment import Experiment
from labkit.language import runs
from labkit.rows import best, distinct, factor, highest, of, only, wide

RULES = "rule 1", "rule 2", "rule 3"   # of the last one, two, three tokens
PARTS = "rule 0", *RULES               # with what is known of frequencies
WHOLE = "whole"                        # their sum
FIRST = 4          # the first step at which a run is examined
RATES = [.001, .003, .01, .03, .1]
RUN = ["task", "schedule", "unique", "size"]   # what tells runs apart, with
MEMBER = [*RUN, "lr", "seed"]                  # the rate and the seed
EQUAL = {"tokens": 409_600, "uniques": [409_600, 51_200, 6_400],
         "lrs": RATES}

PARTS_SIZES = {
    "quick": {"tasks": ["parts"], "widths": [8, 32, 128], "tokens": 102_400,
              "uniques": [102_400, 3_200], "lrs": [.01],
              "schedules": ["constant"]},
    "class": EQUAL | {"tasks": ["parts"], "widths": [8, 32, 128],
                      "lrs": [.003, .01], "schedules": ["constant"]},
    "full": EQUAL | {"tasks": ["parts", "parts standard"],
                     "widths": [8, 128, 32, 512, 16, 64, 256],
                     "schedules": ["constant"]},
}
DECAY = {"full": EQUAL | {
    "tasks": ["parts", "parts standard"], "widths": [8, 128, 32],
    "schedules": ["linear"]}}
LANGUAGE = {"full": EQUAL | {
    "tasks": ["parts second", "parts short", "parts shuffled"],
    "widths": [8, 128, 32], "lrs": RATES[1:4], "schedules": ["constant"]}}


def cells(tasks, widths, tokens, uniques, lrs, schedules):
    """The settings of all combinations: ``tokens`` in all, ``uniques`` new.

    Raises ValueError for a number of new tokens below 1.
    """
    for unique in uniques:
        if unique < 1:
            raise ValueError(f"uniques has {unique}; at least 1 is needed")
    return [dict(task=task, width=width, unique=unique,
                 epochs=tokens / unique, lrs=list(lrs), schedule=schedule,
                 first=FIRST)
            for task, schedule, width, unique in product(
                tasks, schedules, widths, uniques)]


def measure(seeds, **cell):
    """What is known of each rule at each examination, nats per token.

    A row per rate, seed and step; a column per rule, NaN once diverged.
    """
    rows = runs.train_size(seeds=seeds, **cell).assign(
        task=cell["task"], schedule=cell["schedule"])
    known = wide(rows, "value", "quantity",
                 [*RUN, "parameters", "lr", "seed", "step"])
    return known[[*PARTS]].rename_axis(columns=None).reset_index()


parts, decaying, languages = (
    Experiment(name, sizes, measure, runs.cost, cells) for name, sizes in (
        ("parts", PARTS_SIZES), ("parts_decay", DECAY),
        ("parts_language", LANGUAGE)))
EXPERIMENTS = (parts, decaying, languages)
run = parts.run


# --- what the rows say ------------------------------------------------------

def with_whole(rows):
    """The rows with a column ``whole``, what is known in all.

    Raises ValueError for runs without a label or that are there twice.
    """
    rows = distinct(rows, *MEMBER, "parameters", "step").sort_values("step")
    return rows.assign(**{WHOLE: rows[[*PARTS]].sum(axis=1, skipna=False)})


def best_rates(rows):
    """The rate at which each size comes to know most, the mean over seeds.

    Of the rates at which no seed diverges. Columns: those of RUN, lr.
    """
    most = rows.groupby(MEMBER)[WHOLE].agg(highest).groupby(
        [*RUN, "lr"]).agg(lambda seeds: seeds.mean(skipna=False))
    return pd.DataFrame(best(-most, *RUN), columns=[*RUN, "lr"])


def at_rate(rows, which):
    """The rows at each size's "best" rate, or at "one" rate for all.

    The one rate is that which is best for most sizes of a text; of two that
    are, the lower one.
    """
    rates = best_rates(rows)
    if which == "one":
        rates["lr"] = rates.groupby(RUN[:-1]).lr.transform(
            lambda lr: lr.mode()[0])
    return rows.merge(rates, on=[*RUN, "lr"])


def steps_to(rows, name, share=None, nats=None):
    """Steps until each run knows a share of its own best, or some nats.

    ``name`` is a rule or "whole". Of a rule, it is a share of the most that
    the run ever knows; on the whole, a share of the way from the untrained
    model, which may be worse than ignorant, to there. NaN for a run that
    diverged, and where less than NATS are ever known: too little to be
    timed. What is never reached takes infinitely long. Columns: those of
    MEMBER, needed.
    """
    return pd.DataFrame([
        (*member, _crossing(run["step"], run[name],
                            run[name].iloc[0] if name == WHOLE else 0.0,
                            share, nats))
        for member, run in rows.groupby(MEMBER)], columns=[*MEMBER, "needed"])


def _crossing(step, known, start, share, nats):
    top = highest(known)
    if np.isnan(top) or (nats is None and top < NATS):
        return np.nan
    goal = start + share * (top - start) if nats is None else nats
    found = epochs_to_target(step, -known, -goal)
    return np.inf if found is None else found


def ratios(needed, large=None):
    """How many times the steps of the smallest size are those of a larger.

    ``needed`` are those of one text at one rate a size; ``large`` is a
    width, or the largest. One value per seed: above 1, the large one is
    faster. NaN where either of them never began. Raises ValueError unless
    there are two sizes.
    """
    pair = needed["size"].min(), large or needed["size"].max()
    table = wide(only(needed, size=[*pair]), "needed", "size")
    return 1 / factor(table)


def chosen(rows, task, which, text, schedule="constant", experiment="parts"):
    """The rows of one text at one rate a size, with the whole.

    ``text`` is "new", the most different tokens, or "small", the fewest.
    """
    rows = with_whole(of(rows, experiment, task=task, schedule=schedule))
    unique = rows["unique"].agg("max" if text == "new" else "min")
    return at_rate(only(rows, unique=unique), which)


CLAIMS = []
FIGURES = {}
TABLES = {}


def facts(tables):
    """Nothing: the parts that read these runs have them."""
    return {}
