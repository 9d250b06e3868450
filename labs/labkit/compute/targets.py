"""What does a loss cost, in tokens, in FLOPs and in seconds?

Sources: Li et al. 2020; Porian et al. 2024.
"""
import numpy as np
import pandas as pd

from labkit import plots, records
from labkit.claims import claim, evidence
from labkit.compute.step import alone, per_step
from labkit.cores import SMALLEST, TENTH
from labkit.epochs.crossing import needed
from labkit.language.runs import BATCH, Runs, tuned, with_excess
from labkit.rows import best, highest, labelled, middle, of, only, wide
from labkit.rulings import under

TARGETS = (0.5, 0.4, 0.3, 0.25, 0.2)   # nats of excess
PAIRS = "pairs of seed and timing"
AXES = {"tokens": "tokens to the target", "flops": "FLOPs to the target",
        "seconds": "seconds to the target, alone"}
SEEN = {   # axis -> what its figure shows
    "tokens": "Tokens to a target loss against parameters, one line per "
              "target. The lines fall to the right: larger sizes need fewer "
              "tokens. The lower the target, the fewer sizes reach it; the "
              "others stand in the row 'never in this run'.",
    "flops": "FLOPs to a target loss against parameters, one line per "
             "target. Most lines first fall from the smallest size that "
             "gets there, and all rise at the right: the cheapest size is "
             "not the largest, and it grows as the target moves down.",
    "seconds": "Seconds to a target loss against parameters, for one model "
               "alone, one line per target. Valleys again; the fastest size "
               "is larger than the one with the fewest FLOPs, or the same.",
}

CURVES = {
    "quick": {"widths": [16, 32, 64, 128, 256], "tokens": 2**17,
              "lrs": [.01, .03]},
    "class": {"widths": [16, 32, 64, 128, 256, 512], "tokens": 2**18,
              "lrs": [.01, .03]},
    "full": {"widths": [8, 16, 32, 64, 128, 256, 512, 1024],
             "tokens": 2**20, "lrs": [.001, .003, .01, .03, .1]}}


def cells(widths, tokens, lrs):
    """Whole loss curves at constant rates, each token seen once."""
    return [dict(task="rules", width=width, unique=tokens, epochs=1,
                 lrs=list(lrs)) for width in widths]


curves = Runs("curves", CURVES, cells)
EXPERIMENTS = (curves,)
run = curves.run


# --- what the rows say ------------------------------------------------------

def to_targets(rows, targets, per_step):
    """What each size needs to each excess loss, at its best rate for it.

    The best rate is the one at which the slowest seed is fastest. Columns
    parameters, target, seed, lr, steps, tokens, flops and seconds; NaN
    where a run never gets there. ``per_step`` holds the seconds of one
    step, by parameters. Raises ValueError if it lacks a size.
    """
    table = needed(with_excess(rows), targets, "step", "excess").rename(
        columns={"needed": "steps"})
    size, rate = ["target", "parameters"], ["target", "parameters", "lr"]
    slowest = table.groupby(rate).steps.agg(highest)
    table = table.set_index(rate).loc[best(slowest, *size)].reset_index()
    tokens = table.steps * BATCH
    return timed(table.assign(
        tokens=tokens, flops=6 * table.parameters * tokens), per_step)


def timed(table, per_step):
    """The table of steps with the seconds that they take, by ``per_step``.

    Raises ValueError if it lacks a size.
    """
    seconds = table.parameters.map(per_step)
    if seconds.isna().any():
        raise ValueError("per_step has no seconds for "
                         f"{table.parameters[seconds.isna()].unique()} "
                         "parameters; allowed are tables with all sizes")
    return table.assign(seconds=table.steps * seconds)


def reached(rows, targets=TARGETS):
    """What each size needs to each target, from curves and steps."""
    return to_targets(of(rows, "curves"), targets, per_step(rows))


def over_cheapest(table, axis, which):
    """A size's cost to a target over the cheapest size's; per seed.

    ``table`` is that of ``reached``; ``which`` is 0 for the smallest size
    that gets there in every seed, -1 for the largest. The median over the
    targets.
    """
    ratios = []
    for _, part in labelled(table, "target").groupby("target"):
        costs = wide(part, axis, "parameters").dropna(axis=1)
        if costs.size:
            ratios.append(costs.iloc[:, which] / costs.min(axis=1))
    return pd.DataFrame(ratios).median(skipna=False)


def over_fastest(table, rows, which):
    """The same of the seconds; per timing of the steps and seed."""
    ratios = []
    for _, timing in labelled(alone(rows), "repeat").groupby("repeat"):
        ratios += [*over_cheapest(timed(table, per_step(timing)), "seconds",
                                  which)]
    return ratios


def once_each(table, rows, which):
    """The same of each timing with one seed, as many as there are of both.

    Pairs that share a timing or a seed tell nothing new.
    """
    seeds = table.seed.nunique()
    ratios = over_fastest(table, rows, which)   # timing by timing
    return ratios[::seeds + 1][:seeds]


def cheapest(table):
    """The parameters of the size that needs least, by target and axis.

    ``table`` is that of ``reached``; the targets are text. "never" where no
    size gets there in every seed.
    """
    costs = table.groupby(["target", "parameters"])[[*AXES]].agg(middle)
    sizes = costs.dropna().groupby("target").idxmin().map(
        lambda place: f"{place[1]:,}").reindex(
        sorted(table.target.unique(), reverse=True), fill_value="never")
    return sizes.rename(columns={"flops": "FLOPs"}, index="{:.2f}".format)


# --- the claims -------------------------------------------------------------

def small_is_fastest(rows, targets=TARGETS):
    """Does the smallest size that reaches a loss take the least time?"""
    return evidence(once_each(reached(rows, targets), rows, 0),
                    under(TENTH, log=True), PAIRS)


def large_is_slower(rows, targets=TARGETS):
    """Does the largest take longer than the fastest?"""
    return evidence(once_each(reached(rows, targets), rows, -1),
                    SMALLEST["C30b"], PAIRS)


def large_is_dear(rows, targets=TARGETS):
    """Does the largest, with the fewest tokens, need more computation?"""
    return evidence(over_cheapest(reached(rows, targets), "flops", -1),
                    SMALLEST["C30c"])


CLAIMS = [
    claim("C30a", "To a given loss, the smallest model that gets there "
          "takes the least time.", small_is_fastest,
          "the smallest size that gets to a loss takes {effect} times as "
          "long as the fastest", "li2020train"),
    claim("C30b", "To a given loss, the largest model takes longer than a "
          "smaller one.", large_is_slower,
          "the largest size takes {effect} times as long to a loss as the "
          "fastest", "porian2024resolving"),
    claim("C30c", "To a given loss, the largest model, with the fewest "
          "tokens, needs more computation than a smaller one.",
          large_is_dear,
          "to the same loss, the largest size needs {effect} times the "
          "computation of the cheapest", "porian2024resolving"),
]


# --- figures, tables, facts -------------------------------------------------

def target_figure(table, axis):
    """What each size needs to each target, in one of AXES."""
    _, ax = plots.reach(table.assign(needed=table[axis]), AXES[axis],
                        "{} nats", subs=(1, 3))
    if axis != "seconds":
        ax.yaxis.set_major_formatter(plots.size_name)
    return plots.show(plots.ends(ax), SEEN[axis])


def _reached(tables):
    return reached(pd.concat([tables["curves"], tables["steps"]]))


FIGURES = {
    "tokens": lambda tables: target_figure(_reached(tables), "tokens"),
    "flops": lambda tables: target_figure(_reached(tables), "flops"),
    "seconds": lambda tables: target_figure(_reached(tables), "seconds")}
TABLES = {"cheapest": lambda tables: cheapest(_reached(tables))}


def facts(tables):
    """What the prose quotes: how far the extremes are from the cheapest."""
    table, steps = _reached(tables), tables["steps"]
    by_target = [part for _, part in table.groupby("target")]
    ratios = {
        "dear_range": [over_cheapest(part, "flops", -1)
                       for part in by_target],
        "small_range": [over_fastest(part, steps, 0) for part in by_target],
        "large_range": [over_fastest(part, steps, -1) for part in by_target]}
    medians = {name: [np.median(ratio) for ratio in found]
               for name, found in ratios.items()}
    timings = alone(steps).repeat.nunique()
    level = np.reshape(over_fastest(table, steps, -1), (timings, -1)) == 1
    return {name: {"low": f"{min(found):.2f}", "high": f"{max(found):.2f}"}
            for name, found in medians.items()} | {
        "timings": f"{timings}",
        "level_timings": f"{level.any(axis=1).sum()}",
        "level_seeds": f"{level.any(axis=0).sum()}"} | same_size(tables)


def same_size(tables, size=33_024, goal=.3):
    """Billions of FLOPs of one size to one target, of three sorts of runs.

    ``top``: one small corpus, repeated (the chapter on epochs), at the rate
    that brings the size lowest; ``fast``: at the rate that is fastest to
    the target; ``new``: each token new, at the fastest rate.
    """
    top = only(records.load("epochs", "targets"), quantity="validation")
    found = {"top_size": f"{size:,}"}
    for name, part in {"top_flops": tuned(top), "top_fast": top,
                       "new_flops": tables["curves"]}.items():
        part = to_targets(part, [goal], per_step(tables["steps"]))
        flops = middle(only(part, parameters=size).flops)
        found[name] = f"{flops / 1e9:.0f}"
    return found
