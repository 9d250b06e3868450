"""Scaling laws: how the loss falls with size and tokens, live."""
from functools import partial
from itertools import pairwise, product

import numpy as np
import pandas as pd
from scipy.integrate import trapezoid

from labkit import moving
from labkit.claims import claim, evidence
from labkit.laws import FORMS, LAWS, Fit, data_constrained, fit
from labkit.plots import size_name
from labkit.records import sweep
from labkit.runs import SHORT, axes, cost, train_size, tuned, with_excess
from labkit.sentences import SENTENCES

__all__ = ["LAWS", "Fit", "data_constrained", "fit"]

EXPERIMENTS = {   # name -> task, schedule of the rate, first evaluation
    "grid": ("rules", "linear", "end"),
    "short": ("short", "linear", "end"),      # another language
    "text": ("library", "linear", "end"),     # real text
    "early": ("rules", "constant", 1),        # loss curves from step 1
    "standard": ("standard", "constant", 1),
}
ANCHOR = 2**16   # tokens at which a decaying rate is the one that was given


def run(experiment, widths, tokens, lrs, seeds=range(5), device="cpu",
        record=None, workers=1):
    """Run an experiment on all pairs of width and tokens; tidy rows.

    Each run sees each of its ``tokens`` once. In a "linear" experiment its
    learning rate falls to zero at its end, so it is a run of its own and
    no part of a longer one; and it starts at ``lrs`` times the root of
    ANCHOR / tokens, since longer runs want smaller rates. See ``runs.train_size`` for the columns and
    ``records.sweep`` for ``record`` and ``workers``. Raises ValueError for
    an unknown experiment and for bad sizes, before anything is trained.
    """
    if experiment not in EXPERIMENTS:
        raise ValueError(f"experiment is {experiment!r}; allowed are "
                         f"{list(EXPERIMENTS)}")
    task, schedule, first = EXPERIMENTS[experiment]
    cells = []
    for unique, width in product(tokens, widths):
        steps = axes(task, width, unique).steps(1)
        scale = (ANCHOR / unique) ** 0.5 if schedule == "linear" else 1
        cells.append(dict(
            experiment=experiment, task=task, width=width, unique=unique,
            epochs=1, lrs=[float(f"{lr * scale:.3g}") for lr in lrs],
            seeds=list(seeds), schedule=schedule,
            first=steps if first == "end" else first))
    return sweep(partial(train_size, device=device), cells, cost,
                 record=record, workers=workers)


# --- what the rows say ----------------------------------------------------

def ends(rows):
    """The end of each run at the best rate of its size and tokens."""
    rows = tuned(rows[rows.quantity == "validation"])
    return rows[rows.epoch == 1].sort_values(["parameters", "tokens", "seed"])


def fitted(table, form="additive"):
    """The law fitted to the ends of runs."""
    return fit(table.parameters, table.tokens, table.value, form, table.seed)


def windows(table, least=4, draws=50):
    """Fits to every window of ``least`` or more neighbouring sizes."""
    sizes = sorted(table.parameters.unique())
    rows = []
    for form, (i, smallest), (j, largest) in product(
            FORMS, enumerate(sizes), enumerate(sizes)):
        if j - i + 1 >= least:
            law = fitted(table[table.parameters.between(smallest, largest)],
                         form)
            row = dict(form=form, smallest=smallest, largest=largest,
                       residual=law.residual)
            for name in ("E", "exponent"):
                row[name] = getattr(law, name)
                row[f"{name}_low"], row[f"{name}_high"] = law.interval(
                    name, draws=draws)
            rows.append(row)
    return pd.DataFrame(rows)


def window_figure(name, table, truth, start=(0, -1)):
    """The fits of ``windows`` as a figure in which the window moves.

    ``truth`` is the true E; ``start`` the places of the window's ends
    among the sizes. ``name`` must be unique on its page.
    """
    sizes = sorted({*table.smallest, *table.largest})
    names = [size_name(size) for size in sizes]
    frames = {}
    for (smallest, largest), part in table.groupby(["smallest", "largest"]):
        part = part.set_index("form")
        panels = [
            (title, scale, mark, {form: tuple(part.loc[form, [
                column, f"{column}_low", f"{column}_high"]])
                for form in FORMS})
            for title, scale, mark, column in (
                (f"E (dashed: the truth, {truth:.3f})", (0, 2), truth, "E"),
                ("exponent k \u03b1", (0, 1), None, "exponent"))]
        text = " ".join(
            f"{form.capitalize()}: E = {fit.E:.3f} ({fit.E_low:.3f} to "
            f"{fit.E_high:.3f}), exponent {fit.exponent:.2f}, mean miss "
            f"{100 * fit.residual:.2f} %."
            for form, fit in part.loc[list(FORMS)].iterrows())
        frames[sizes.index(smallest), sizes.index(largest)] = (
            moving.intervals(panels, text), text)
    first, last = (range(len(sizes))[place] for place in start)
    return moving.figure(
        name, {"smallest size": names, "largest size": names}, frames,
        (first, last), "A fit needs at least four sizes: move one end.")


def slopes(table):
    """The local exponent, -d log excess / d log N, at the most tokens.

    Between each size and the next; one row per seed, a column per size.
    """
    last = table[table.tokens == table.tokens.max()]
    excess = np.log(last.pivot(index="seed", columns="parameters",
                               values="excess"))
    step = np.diff(np.log(excess.columns.to_numpy(float)))
    return -excess.diff(axis=1).iloc[:, 1:] / step


def gains(table):
    """What each doubling of the tokens takes off the loss, in nats.

    Indexed by seed and by the tokens before; a column per size.
    """
    loss = table.pivot(index=["seed", "tokens"], columns="parameters",
                       values="value")
    return -loss.groupby("seed").diff().groupby("seed").shift(-1).dropna()


def held_back(table, form, sizes):
    """Fit without the ``sizes`` largest sizes: the rows of the largest one.

    With a column ``predicted``, by the law fitted to the smaller sizes.
    """
    known = sorted(table.parameters.unique())[:-sizes]
    law = fitted(table[table.parameters.isin(known)], form)
    largest = table[table.parameters == table.parameters.max()]
    return largest.assign(predicted=law.predict(largest.parameters,
                                                largest.tokens))


def drops(rows, step):
    """By how much the loss has fallen at ``step``: (seed, parameters)."""
    rows = rows[rows.quantity == "validation"]
    loss = rows.pivot(index=["seed", "parameters"], columns="step",
                      values="value")
    return (loss[0] - loss[step]).unstack()


def separation(rows):
    """From which step on each size stays ahead of the next smaller one.

    In every seed and at every later evaluation; NaN where it never does.
    """
    loss = rows[rows.quantity == "validation"].pivot(
        index="step", columns=["parameters", "seed"], values="value").loc[1:]
    since = {}
    for small, large in pairwise(sorted(rows.parameters.unique())):
        behind = (loss[large] >= loss[small]).any(axis=1)
        ahead = loss.index[behind[::-1].cummax()[::-1].eq(False)]
        since[large] = ahead[0] if len(ahead) else np.nan
    return pd.Series(since)


def code_length(rows):
    """Nats per token to send the text, learning on the way: (seed, size).

    Each token costs the loss at the moment when it is first seen, which on
    average is the validation loss then (prequential coding). The mean over
    the run is the area under its loss curve, by the trapezoid rule.
    """
    return rows[rows.quantity == "validation"].groupby(
        ["seed", "parameters"])[["tokens", "value"]].apply(
        lambda run: trapezoid(run.value, run.tokens) / run.tokens.max()
        ).unstack()
