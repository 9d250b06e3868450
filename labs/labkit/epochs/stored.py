"""Stored: how many random facts does a size hold, and how soon?

A fact is a key of three tokens and a value, one token, all drawn at random:
there is nothing to understand, so what is known of it is stored. It counts
as recalled if its value has a probability above one half. Sources: Morris et
al. 2025; Allen-Zhu & Li 2025.
"""
from math import log

import numpy as np
import torch

from labkit import plots
from labkit.claims import claim, evidence
from labkit.cores import SMALLEST
from labkit.device import flushed
from labkit.epochs.crossing import epochs_to_target
from labkit.experiment import Experiment, check, product
from labkit.language.models import MLP
from labkit.language.train import AdamW, log_grid, scheduled, written_out
from labkit.rows import (
    best,
    distinct,
    factor,
    highest,
    labelled,
    lowest,
    middle,
    of,
    wide,
)

VOCAB, KEY = 32, 3
BATCH = 256      # facts a step
GOAL = 0.9       # share of the facts to be recalled, for counting exposures
HALF = log(0.5)

STORED = {   # exposures: how often each fact is shown
    "quick": {"width": [4, 32], "facts": [64, 512], "lr": [.03],
              "exposures": 100, "control": 64},
    "class": {"width": [4, 8, 16, 32], "facts": [64, 256, 1024],
              "lr": [.01, .03], "exposures": 200, "control": 1024},
    "full": {"width": [4, 8, 16, 32, 64, 128, 256],
             "facts": [64, 256, 1024, 4096, 8192], "lr": [.01, .03, .1],
             "exposures": 200, "control": 1024}}
EXPOSURES = {
    "quick": {"width": [16, 64], "facts": [256], "lr": [.01, .03],
              "exposures": 200},
    "class": {"width": [16, 32, 64, 128, 256], "facts": [512],
              "lr": [.003, .01, .03], "exposures": 400},
    "full": {"width": [8, 16, 32, 64, 128, 256], "facts": [512],
             "lr": [.003, .01, .03, .1], "exposures": 500}}


def stored_cells(width, facts, lr, exposures, control):
    """So many facts with rates that fall; ``control`` facts of one key."""
    settings = dict(width=width, lr=lr, exposures=exposures,
                    schedule="linear")
    return (product(facts=facts, keys="own", **settings)
            + product(facts=control, keys="one", **settings))


def exposures_cells(**sizes):
    """The same with rates that stay, to look along the way."""
    return product(keys="own", schedule="constant", **sizes)


def drawn(facts, seed, keys):
    """Facts, each a key and a value: (facts, KEY + 1).

    No two keys are the same; but with ``keys`` "one" all facts have the
    first key, so that nothing tells which value is meant.
    """
    generator = torch.Generator().manual_seed(seed)
    number = torch.randperm(VOCAB**KEY, generator=generator)[:facts]
    if keys == "one":
        number = number[:1].expand(facts)
    places = VOCAB ** torch.arange(KEY - 1, -1, -1)
    value = torch.randint(VOCAB, (facts, 1), generator=generator)
    return torch.cat([number[:, None] // places % VOCAB, value], 1)


@torch.no_grad()
def exam(model, facts):
    """Facts recalled, and bits stored, of each member.

    The bits are those by which the values are shorter to tell than by
    guessing, of all facts together.
    """
    logs = model(facts[..., :-1]).log_softmax(-1)
    nats = logs.gather(-1, facts[..., -1:])[..., 0]
    return {"recalled": (nats > HALF).sum(-1),
            "bits": (nats + log(VOCAB)).sum(-1) / log(2)}


@flushed()
def measure(seeds, width, facts, lr, exposures, schedule, keys):
    """What is stored along the way, at some numbers of exposures."""
    known = torch.stack([drawn(facts, seed, keys) for seed in seeds])
    model = MLP(VOCAB, KEY, width, seeds)
    factor_at = scheduled(schedule)
    batch = min(BATCH, facts)
    step_with = written_out(model, AdamW(model, torch.full((len(seeds),), lr)),
                            known, batch, seeds)
    each, rows, done = facts // batch, [], 0     # steps an exposure
    steps = exposures * each
    first = steps if schedule == "linear" else each
    for point in log_grid(steps, first, 6):
        for step in range(done, point):
            step_with(factor_at(step / steps))
        done = point
        rows += [dict(width=width, parameters=model.size(), facts=facts,
                      keys=keys, lr=lr, seed=seed, shown=point / each,
                      recalled=recalled, bits=bits)
                 for seed, recalled, bits in zip(seeds, *(
                     value.tolist() for value in exam(model,
                                                      known).values()))]
    return rows


def cost(seeds, width, facts, lr, exposures, schedule, keys):
    """About how many seconds; ValueError for settings that cannot be."""
    check(seeds, width=width, facts=facts, lr=lr, exposures=exposures)
    scheduled(schedule)
    if keys not in ("own", "one"):
        raise ValueError(f"keys is {keys!r}; allowed are 'own' and 'one'")
    if facts % min(BATCH, facts) or facts > VOCAB**KEY:
        raise ValueError(f"facts is {facts}; allowed are fewer than {BATCH} "
                         f"or multiples of it, up to {VOCAB**KEY}")
    steps = round(exposures * facts / min(BATCH, facts))
    log_grid(steps)
    return steps * (5e-4 + len(seeds) * (1e-4 + 3e-6 * width))


stored = Experiment("stored", STORED, measure, cost, stored_cells)
exposures = Experiment("exposures", EXPOSURES, measure, cost,
                       exposures_cells)
EXPERIMENTS = (stored, exposures)
run = stored.run


# --- what the rows say ------------------------------------------------------

def at_end(rows, value, keys="own"):
    """One value after the last exposure, at the best rate for it.

    The best of the means over seeds; rows (seed, facts), columns widths.
    """
    rows = labelled(of(rows, "stored", keys=keys), "shown")
    rows = distinct(rows[rows.shown == rows.shown.max()],
                    "width", "facts", "lr", "seed")
    mean = rows.groupby(["width", "facts", "lr"])[value].agg(
        lambda seeds: -seeds.mean(skipna=False))
    return wide(rows.set_index(["width", "facts", "lr"]).loc[
        best(mean, "width", "facts")].reset_index(), value, "width",
        ["seed", "facts"])


def most(rows, value):
    """The most of it whatever the number of facts offered: seed x width."""
    return at_end(rows, value).groupby("seed").agg(highest)


def needed(rows):
    """Exposures to GOAL of the facts at each width's best rate.

    Seed x width; widths at which a seed gets there at no one rate are left
    out. Between two looks, as if recall grew evenly.
    """
    rows = of(rows, "exposures")
    run = ["width", "lr", "seed"]
    rows = distinct(rows, *run, "shown").sort_values("shown")
    table = rows.groupby(run).apply(_reached, include_groups=False)
    steps = table.unstack("seed")
    steps = steps[steps.notna().all(axis=1)]
    means = steps.mean(axis=1)
    return steps.loc[best(means, "width")].droplevel("lr").T


def _reached(curve):
    found = epochs_to_target(curve.shown, -curve.recalled / curve.facts,
                             -GOAL)
    return np.nan if found is None else found


# --- the claims -------------------------------------------------------------

def fewer_exposures(rows):
    """Does the widest need fewer exposures than the narrowest that learns?"""
    table = needed(rows)
    return evidence(factor(table), SMALLEST["C4b"], narrow=table.columns[0],
                    wide=table.columns[-1])


def stores_more(rows):
    """Does the widest hold more facts than the narrowest?"""
    table = most(rows, "recalled")
    return evidence(factor(table), SMALLEST["C4c"], narrow=table.columns[0],
                    wide=table.columns[-1])


CLAIMS = [
    claim("C4b", "A larger model learns the same facts in fewer exposures.",
          fewer_exposures,
          "width {wide:g} needs {effect} times the exposures of width "
          "{narrow:g}, the narrowest that learns them",
          "allenzhu2024physics"),
    claim("C4c", "A larger model can store more facts in the end.",
          stores_more,
          "width {wide:g} recalls {effect} times as many random facts as "
          "width {narrow:g}", "allenzhu2024physics", "morris2025memorize"),
]


# --- figures and facts ------------------------------------------------------

def per_parameter(rows):
    """Bits stored over parameters: seed x width."""
    parameters = of(rows, "stored").groupby("width").parameters.first()
    return most(rows, "bits") / parameters


def bits_figure(rows):
    """Bits stored against parameters, beside two published rates."""
    _, ax = plots.axes("parameters", "bits stored")
    sizes = of(rows, "stored").groupby("width").parameters.first()
    seeds = most(rows, "bits").agg([middle, lowest, highest])
    centre, low, high = seeds.to_numpy()
    ax.errorbar(sizes, centre, yerr=[centre - low, high - centre],
                marker="o", capsize=3, label="ours")
    for rate, dash in ((3.6, "k:"), (2, "k--")):
        ax.plot(sizes, rate * sizes, dash, label=f"{rate} bits each")
    ax.xaxis.set_major_formatter(plots.size_name)
    ax.yaxis.set_major_formatter(plots.size_name)
    plots.ends(ax)
    return plots.show(
        ax, "Bits of random facts that a network stores, against its "
            "parameters. The points rise in proportion, a little below the "
            "dashed line of 2 bits a parameter; the last one lies lower, as "
            "it holds all that was offered.")


FIGURES = {"bits": lambda tables: bits_figure(tables["stored"])}
TABLES = {}


def facts(tables):
    """What the prose quotes, rounded as it quotes it."""
    rows = tables["stored"]
    recalled, rate = (read.agg(middle) for read in (
        most(rows, "recalled"), per_parameter(rows)))
    shown = needed(tables["exposures"]).agg(middle)
    return {
        "stored_small": f"{recalled.iloc[0]:.0f}",
        "stored_large": f"{recalled.iloc[-1]:,.0f}",
        "stored_rate": f"{rate.max():.1f}",
        "shown_narrow": f"{shown.index[0]}",
        "shown_first": f"{shown.iloc[0]:.0f}",
        "shown_last": f"{shown.iloc[-1]:.1f}",
    }
