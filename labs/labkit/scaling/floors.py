"""Floors: are larger models earlier because they end lower, or fall faster?

One fall that all sizes share and a floor for each ("floors"), against one
floor and a speed for each ("speeds"), and both (see ``falls``). Read off on
the losses that it was fitted to, each form gives the right speed-ups, even
where another one is true. So what counts is the share of the floors where
both may differ, and parts of curves that a fit has not seen. Sources: Kaplan
et al. 2020, Mircea et al. 2025.
"""
from functools import partial

import numpy as np
import pandas as pd

from labkit import plots, records
from labkit.claims import claim, evidence
from labkit.rows import labelled, middle, of, spread, wide
from labkit.rulings import interval, within
from labkit.scaling.early import COMMON
from labkit.scaling.falls import FORMS, STRAIGHT, fall, passed
from labkit.scaling.grid import by_seed

START = 32       # curves are looked at from 1/START of their steps on
LOSSES = 20      # at which sizes are compared
EARLY = 0.25     # part of its steps that is known of a size left out
LOW = 0.003      # a rate at which the standard parameterisation is stable
FIFTH = within(0.8, 1.2)
TENTH = within(1 / 1.1, 1.1, log=True)
EXPERIMENTS = ()


# --- what the rows say ----------------------------------------------------

def curves(rows):
    """The loss curves of one seed: a row per step, a column per size.

    From 1/START of the steps on, each down to its lowest loss, and NaN
    beyond.
    """
    table = wide(rows, "value", "parameters", "step").sort_index()
    table = table[table.index >= table.index.max() / START]
    return table.apply(lambda loss: loss.loc[:loss.idxmin()]).reindex(
        table.index)


def per_seed(rows, measure):
    """A measure of each seed's curves; NaN where a run diverged."""
    return by_seed(rows, lambda part: np.nan if part.value.isna().any()
                   else measure(curves(part)))


def compared(table):
    """The losses that at least two sizes pass, from low to high."""
    low, high = table.min().nsmallest(2).max(), table.iloc[0].nlargest(2).min()
    return np.linspace(low, high, LOSSES + 2)[1:-1]


def speed_ups(table, found, losses):
    """Of the smallest size that passes each loss, over the largest; logs.

    A row per loss: ``measured``, ``foretold`` by the Fall ``found``, and
    what of this its ``floors`` do alone.
    """
    rows = {}
    for loss, steps in passed(table, losses).iterrows():
        steps = steps.dropna()
        if len(steps) > 1:
            small, large = steps.index[[0, -1]]
            rows[loss] = {
                "measured": np.log(steps[small] / steps[large]),
                "foretold": np.log(found.steps(small, loss)
                                   / found.steps(large, loss)),
                "floors": found.by_floors(small, large, loss)}
    return pd.DataFrame.from_dict(
        rows, "index", float, ["measured", "foretold", "floors"])


def share(table):
    """The floors' share of the log speed-ups, where both may differ.

    NaN for curves that are straight in the logarithm of the steps, where a
    shift down and a shift to the left are the same, and if a floor is fitted
    above a loss that the size has passed.
    """
    found = fall(table)
    if found.b < STRAIGHT:
        return np.nan
    both = speed_ups(table, found, compared(table)).sum(skipna=False)
    return both.floors / both.foretold


def read_off(table):
    """Log speed-ups of the form "floors" over measured: of what it saw."""
    found = speed_ups(table, fall(table, "floors"), compared(table))
    return found.foretold.sum() / found.measured.sum()


def lower_losses(table):
    """The same for the lower half of the losses, which it has not seen.

    Only sizes that are seen twice or more, above that half, take part; NaN
    unless two of these pass one of them.
    """
    losses = compared(table)
    seen = table > losses.mean()
    part = table.loc[:, seen.sum() > 1]
    found = speed_ups(part, fall(part, "floors", seen[part.columns]),
                      losses[losses < losses.mean()])
    if found.empty:
        return np.nan
    return found.foretold.sum() / found.measured.sum()


def late_part(table, form):
    """By which factor steps are missed, of sizes known only early on.

    Of one size after the other, the fit sees the first EARLY of the steps,
    of the others everything; the geometric mean over sizes and the losses
    that the size passes later, 1 or more.
    """
    early, off = table.index <= EARLY * table.index.max(), []
    for size in table:
        seen = table.notna()
        seen.loc[~early, size] = False
        found = fall(table, form, seen)
        losses = np.linspace(table[size].min(), table[size][early].min(),
                             LOSSES + 1)[:-1]
        off += [np.log(found.steps(size, loss) / steps) for loss, steps
                in passed(table[[size]], losses)[size].dropna().items()]
    return np.exp(np.abs(off).mean())


# --- the controls -----------------------------------------------------------

def made(differ, seeds=range(5)):
    """Made curves of five sizes of which only "floors", or "speeds", differ.

    With noise of 0.002 nats, as rows of the experiment "early".
    """
    steps, rows = 2 ** np.arange(5, 10.01, 1 / 3), []
    for seed in seeds:
        rng = np.random.default_rng(seed)
        for i in range(5):
            floor = 0.3 * (4 - i) * (differ == "floors")
            speed = 1.6 ** (i * (differ == "speeds"))
            loss = 1.5 + floor + 6 * (speed * steps) ** -0.4
            rows.append(pd.DataFrame({
                "experiment": "early", "parameters": 1000 * 2**i,
                "seed": seed, "lr": COMMON, "step": steps,
                "quantity": "validation",
                "value": loss + rng.normal(0, 0.002, len(steps))}))
    return pd.concat(rows, ignore_index=True)


# --- the claims -------------------------------------------------------------

def validation(rows, experiment="early", lr=COMMON):
    """Validation losses at one constant rate; muP and new text unless said."""
    return of(rows, experiment, lr=lr, quantity="validation")


def floors_alone(rows):
    """Do floors account for the speed-ups, to a fifth of the logarithm?"""
    return evidence(per_seed(validation(rows), share), FIFTH, rate=COMMON)


def known_early(rows):
    """Does one fall, with floors, tell the steps of a size left out?"""
    misses = {form: per_seed(validation(rows), partial(late_part, form=form))
              for form in FORMS}
    return evidence(misses.pop("floors"), TENTH,
                    **{form: middle(miss) for form, miss in misses.items()})


CLAIMS = [
    claim("C22c", "Floors alone make a larger model earlier: where floor and "
          "fall may both differ, the floors account for the speed-up to a "
          "loss, to a fifth.", floors_alone,
          "at rate {rate}, under muP, on new text, the floors account for "
          "{effect} times the logarithm of the speed-up (more than once: the "
          "fall itself is slower in the larger size)", "kaplan2020scaling"),
    claim("C22d", "One fall for all sizes and a floor for each foretell the "
          "steps of a size from its first quarter, to a tenth.", known_early,
          "the steps of a size of which the first quarter is known are "
          "missed by a factor of {effect} on average ({speeds:.2f} with "
          "speeds instead of floors, {both:.2f} with both)",
          "kaplan2020scaling", beyond=True),
]


# --- figures, tables, facts -------------------------------------------------

def kinds(tables):
    """The rows that are compared: {what they are: validation losses}."""
    return {"muP, new text": validation(tables["early"]),
            "muP, repeated text": validation(
                records.load("epochs", "targets"), "targets", LOW),
            "standard, new text": validation(
                tables["standard"], "standard", LOW)}


def diagonal_figure(found):
    """What floors do alone against measured speed-ups; ``found``: kinds."""
    figure, ax = plots.axes("speed-up to a loss, measured",
                            "speed-up by floors alone")
    for (name, rows), sign in zip(found.items(), plots.signs(found).values()):
        for seed, part in labelled(rows, "seed").groupby("seed"):
            table = curves(part)
            both = np.exp(speed_ups(table, fall(table), compared(table)))
            ax.plot(both.measured, both.floors, linestyle="none",
                    markersize=4, alpha=0.6, label=name * (not seed), **sign)
    equal = np.array([1, *ax.get_xlim()])
    ax.plot(equal, equal, "k--")
    ax.legend(loc="lower left", bbox_to_anchor=(0, 1), fontsize=12)
    return plots.show(
        ax, "Speed-up that the floors alone give against the measured "
            "speed-up to the same loss, of the largest over the smallest "
            "size that gets there, one point per loss and seed. In muP the "
            "points lie above the dashed diagonal, most so on new text; in "
            "the standard parameterisation at a low rate they lie far below "
            "it, near one.")


def measures_table(found):
    """Each measure on each kind of rows, as text: median and range."""
    measures = {"fitted losses": read_off, "lower losses": lower_losses,
                "share": share, **{f"late part, {form}": partial(
                    late_part, form=form) for form in FORMS}}
    return pd.DataFrame({
        name: {measure: spread(per_seed(rows, of_curves), 2)
               for measure, of_curves in measures.items()}
        for name, rows in found.items()}).T


FIGURES = {"floors": lambda tables: diagonal_figure(kinds(tables))}
TABLES = {"floors": lambda tables: measures_table(
    {"made: floors differ": made("floors"),
     "made: speeds differ": made("speeds")} | kinds(tables))}


def facts(tables):
    """What the prose quotes: the shares, with 95 % intervals over seeds."""
    found = {}
    for name, rows in kinds(tables).items():
        values = per_seed(rows, share)
        low, high = interval(values)
        found["_".join(name.replace(",", "").split()[:2])] = {
            "share": f"{middle(values):.2f}", "low": f"{low:.2f}",
            "high": f"{high:.2f}"}
    return {"floors": found}
