"""Early: does a larger model fall faster from the first step on?

Loss curves from step 1, at a constant rate, of sizes that read the same
batches: in the maximal update parameterisation (muP), where one rate suits
all sizes, and in the standard one. Sources: Yang et al. 2022, Vyas et al.
2023.
"""
from functools import partial
from itertools import pairwise, product

import pandas as pd
from scipy.integrate import trapezoid

from labkit import plots
from labkit.claims import claim, evidence
from labkit.cores import NATS, SMALLEST
from labkit.language.runs import Runs
from labkit.rows import (
    change,
    distinct,
    factor,
    highest,
    labelled,
    lowest,
    middle,
    of,
    only,
    wide,
)
from labkit.rulings import plus
from labkit.scaling.grid import few

FIRST = 8        # steps that count as the very start
COMMON = 0.01    # a learning rate that under muP suits all sizes
NAMES = {"early": "muP", "standard": "standard"}

EARLY = {
    "quick": {"widths": [16, 64, 256], "tokens": [16_384], "lrs": [.01]},
    "class": {"widths": [16, 32, 64, 128, 256, 512], "tokens": [32_768],
              "lrs": [.01, .03]},
    "full": {"widths": [16, 32, 64, 128, 256, 512], "tokens": [131_072],
             "lrs": [.003, .01, .03]}}
STANDARD = EARLY | {
    "quick": {"widths": [16, 64, 256], "tokens": [16_384], "lrs": [.01, .1]}}


def cells(task, widths, tokens, lrs):
    """A run for each pair of width and tokens, at all rates at once."""
    return [dict(task=task, width=width, unique=unique, epochs=1,
                 lrs=list(lrs), schedule="constant", first=1)
            for unique, width in product(tokens, widths)]


early = Runs("early", EARLY, partial(cells, "rules"))
standard = Runs("standard", STANDARD, partial(cells, "standard"))
EXPERIMENTS = (early, standard)
run = early.run


# --- what the rows say ----------------------------------------------------

def validation(rows):
    """The validation losses."""
    return only(rows, quantity="validation")


def drops(rows, step):
    """By how much the loss has fallen at ``step``: (seed, parameters).

    Raises ValueError for a step at which no run was examined.
    """
    loss = wide(validation(rows), "value", "step", ["seed", "parameters"])
    if step not in loss:
        raise ValueError(f"step is {step}; examined are {[*loss]}")
    return (loss[0] - loss[step]).unstack()


def ahead(rows, step=FIRST, compare=factor):
    """How many times as far as the smallest the largest has fallen.

    Or by how many nats further, to ``compare`` by ``change``. At one rate;
    an entry per seed.
    """
    return compare(drops(rows, step))


def by_rate(rows, measure):
    """A measure of each parameterisation and rate alone: a row for each."""
    return pd.DataFrame({
        (name, lr): measure(part) for experiment, name in NAMES.items()
        for lr, part in labelled(of(rows, experiment), "lr").groupby("lr")
        }).T


def first_falls(rows):
    """``ahead`` at each rate: median and range over the seeds."""
    return by_rate(rows, lambda part: ahead(part).agg(
        [middle, lowest, highest]).set_axis(["median", "min", "max"]))


def separation(rows):
    """From which step on each size stays ahead of the next smaller one.

    In every seed and at every later evaluation; NaN where it never does.
    """
    loss = wide(validation(rows), "value", ["parameters", "seed"], "step")
    loss, since = loss.loc[1:], {}
    for small, large in pairwise(sorted(rows.parameters.unique())):
        behind = loss.index[~(loss[large] < loss[small]).all(axis=1)]
        after = loss.index[loss.index > behind.max()] if len(behind) else (
            loss.index)
        since[large] = after.min()
    return pd.Series(since)


def code_length(rows):
    """Nats per token to send the text, learning on the way: (seed, size).

    Each token costs the loss at the moment when it is first seen, which on
    average is the validation loss then (prequential coding). The mean over
    the run is the area under its loss curve, by the trapezoid rule.
    """
    run = ["seed", "parameters"]
    return distinct(validation(rows), *run, "tokens").sort_values(
        "tokens").groupby(run)[["tokens", "value"]].apply(
        lambda run: trapezoid(run.value, run.tokens) / run.tokens.max()
        ).unstack()


# --- the claims -----------------------------------------------------------

def at_common_rate(rows):
    """The curves under muP, at the rate that suits all sizes."""
    return of(rows, "early", lr=COMMON)


def upper_limit(rows):
    """Can the loss of the smallest size get higher than the largest's?

    Over all steps and rates of the standard parameterisation, where sizes
    may differ untrained and a rate may be too high for one of them.
    """
    run = ["seed", "parameters"]
    table = labelled(validation(of(rows, "standard")), *run).groupby(
        run).value.agg(highest).unstack()
    return evidence(change(table), plus(-NATS))


def compresses(rows):
    """Is the largest size the better compressor of the same text?"""
    code = code_length(at_common_rate(rows))
    return evidence(-change(code), SMALLEST["C24b"],
                    least=middle(-code.diff(axis=1).iloc[:, 1:].max(
                        axis=1, skipna=False)))


def steeper(rows):
    """Under muP, does the largest size fall further in the first steps?"""
    rows = at_common_rate(rows)
    return evidence(ahead(rows, compare=change), SMALLEST["C25a"],
                    steps=FIRST, rate=COMMON, times=middle(ahead(rows)))


def steeper_anyway(rows):
    """Does it do so at every rate, in either parameterisation?"""
    further = by_rate(rows, partial(ahead, compare=change))
    return evidence(further.agg(lowest), plus(NATS), steps=FIRST)


CLAIMS = [
    claim("C22a", "Size sets how high the loss can get: higher for a small "
          "model.", upper_limit,
          "in the standard parameterisation, over all steps and rates, the "
          "highest loss of the largest size is {size} {effect:higher|lower} "
          "(in nats) than that of the smallest", "hoffmann2022training"),
    claim("C24b", "A larger model is the better compressor of the same "
          "text.", compresses,
          "from the smallest size to the largest, the code for the text gets "
          "shorter by {effect} nats per token, from each size to the next by "
          "at least {least:.3g}", "deletang2024compression",
          "blier2018description"),
    claim("C25a", f"In the first {FIRST} steps, at a rate that suits all "
          "sizes, a larger model falls further.", steeper,
          "after {steps} steps at rate {rate}, under muP, the largest size "
          "has fallen {effect} nats further than the smallest, {times:.2f} "
          "times as far",
          "vyas2023consistent"),
    claim("C25b", f"In the first {FIRST} steps, a larger model falls "
          "further whatever the learning rate and the parameterisation.",
          steeper_anyway,
          "after {steps} steps, at the rate and in the parameterisation that "
          "suit the largest size least, it has fallen {size} nats "
          "{effect:further|less far} than the smallest", "yang2022tensor"),
]


# --- figures and facts ------------------------------------------------------

def _figure(rows, title, alt):
    figure, ax = plots.axes("step", "validation loss (nats)", ylog=False,
                            title=title)
    rows = validation(rows)
    plots.curves(ax, few(rows[rows.step.between(1, 128)]), x="step",
                 label="N = {:,.0f}")
    return plots.show(plots.ends(ax), alt)


def mup_figure(rows):
    """The first 128 steps under muP, at the rate that suits all sizes."""
    return _figure(
        at_common_rate(rows), "muP",
        "Validation loss against step, from step 1 to 128, under muP, one "
        "line per size. The curves lie close together for about eight "
        "steps, then fan out in the order of the sizes, the larger the "
        "lower.")


def standard_figure(rows):
    """The same in the standard parameterisation, at the highest rate."""
    rows = of(rows, "standard")
    return _figure(
        rows[rows.lr == rows.lr.max()], "standard, one rate for all",
        "Validation loss against step, from step 1 to 128, in the standard "
        "parameterisation, one high rate for all sizes. The curves are far "
        "apart from the first steps and cross: the widest model's loss first "
        "rises above all others and comes down later.")


FIGURES = {"mup": lambda tables: mup_figure(tables["early"]),
           "standard": lambda tables: standard_figure(tables["standard"])}
TABLES = {}


def facts(tables):
    """What the prose quotes, rounded as it quotes it."""
    curves, sizes = tables["early"], tables["early"].parameters
    falls = first_falls(pd.concat([curves, tables["standard"]]))
    early = {f"{name}_{f'{lr:g}'.removeprefix('0.')}":
             row.map("{:.2f}".format).to_dict()
             for (name, lr), row in falls.iterrows()}
    return {
        "early": early,
        "muP_highest": f"{validation(curves).value.max():.2f}",
        "early_sizes": f"{sizes.nunique()}",
        "early_tokens": f"{curves.tokens.max():,}",
        "early_times": f"{sizes.max() / sizes.min():.0f}"}
