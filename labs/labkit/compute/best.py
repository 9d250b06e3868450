"""The best rate for a run, and the best size for an amount of computation.

Sources: Hoffmann et al. 2022 (three approaches); Porian et al. 2024.
"""
import numpy as np
import pandas as pd
from scipy.optimize import brentq

from labkit.language.runs import with_excess
from labkit.rows import best, distinct, known, labelled, only
from labkit.scaling.fitting import fit


def best_ends(rows):
    """The ends of runs, each at the best rate for its size and length.

    The best rate is the one of lowest mean loss over the seeds; a rate at
    which a seed diverges is out if there is another. Sorted by FLOPs,
    parameters and seed, with a column ``excess``: loss above the entropy,
    in nats. Raises ValueError for rows without labels and for those that
    are there twice.
    """
    rows = labelled(only(rows, quantity="validation"), "step")
    run = ["size", "unique", "tokens"]
    rows = distinct(rows[rows.step > 0], *run, "lr", "seed")
    mean = rows.groupby([*run, "lr"]).value.agg(
        lambda seeds: seeds.mean(skipna=False))
    rows = rows.set_index([*run, "lr"]).loc[best(mean, *run)].reset_index()
    return with_excess(rows).sort_values(["flops", "parameters", "seed"])


def bottoms(table, column="value"):
    """The bottom of each valley: the best size for each computation.

    Per seed and ``flops``, the minimum of a parabola in log N through the
    size of lowest loss and its two neighbours (a local form of Hoffmann's
    approach 2). Columns flops, seed, parameters (N), tokens (D) and ratio
    (D / N); NaN where the lowest size is the first or the last one, or the
    next to one that diverged.
    """
    rows, run = [], ["flops", "seed"]
    distinct(known(table, column), *run, "parameters")
    for (flops, seed), valley in table.groupby(run):
        valley = valley.sort_values("parameters")
        n = np.log(valley.parameters.to_numpy())
        loss = valley[column].fillna(np.inf).to_numpy()
        i, N = int(np.argmin(loss)), np.nan
        if 0 < i < len(n) - 1 and np.isfinite(loss[i - 1:i + 2]).all():
            a, b, _ = np.polyfit(n[i - 1:i + 2] - n[i], loss[i - 1:i + 2], 2)
            N = np.exp(n[i] - b / (2 * a))
        rows.append(dict(flops=flops, seed=seed, parameters=N,
                         tokens=flops / 6 / N, ratio=flops / 6 / N**2))
    return pd.DataFrame(rows)


def in_every_seed(table):
    """The bottoms at those C at which every seed has one."""
    return table.groupby("flops").filter(lambda t: t.notna().all(axis=None))


def along(table, measure):
    """A measure of each seed's bottoms, by seed; NaN of fewer than two.

    Over the C at which every seed has a bottom.
    """
    found = dict([*in_every_seed(table).groupby("seed")])
    return pd.Series({
        seed: measure(found[seed]) if len(found.get(seed, ())) > 1 else np.nan
        for seed in sorted(labelled(table, "seed").seed.unique())})


def exponent(table):
    """a of N* = c C^a, for each seed, by least squares on logarithms."""
    return along(table, lambda t: np.polyfit(
        np.log(t.flops), np.log(t.parameters), 1)[0])


def envelope(rows, flops):
    """Loss of every size and seed after ``flops``, read off whole curves.

    Interpolated in the logarithm of the tokens (Hoffmann's approach 1).
    The best rate counts; a size is missing beyond its curves' ends, and
    where it diverged at every rate.
    """
    run = ["parameters", "seed", "lr"]
    rows = labelled(only(rows, quantity="validation"), "step")
    rows = distinct(rows[rows.step > 0], *run, "flops").sort_values("flops")
    found = [dict(flops=C, parameters=size, seed=seed, value=np.interp(
                 np.log(C), np.log(curve.flops), curve.value, np.nan, np.nan))
             for (size, seed, _), curve in rows.groupby(run) for C in flops]
    return pd.DataFrame(found).groupby(
        ["flops", "parameters", "seed"]).value.min().dropna().reset_index()


def law_of(ends):
    """The law of loss fitted to the ends of runs (Hoffmann's approach 3)."""
    return fit(ends.parameters, ends.tokens, ends.value)


def wasted(law, factor, flops=1e11):
    """The share of ``flops`` that ``factor`` times the best size wastes.

    By the law, its loss is also that of the best size at fewer FLOPs.
    """
    N = factor * law.optimum(flops)[0]
    loss = law.predict(N, flops / 6 / N)
    enough = brentq(lambda C: law.predict(*law.optimum(C)) - loss,
                    flops / 100, flops)
    return 1 - enough / flops
