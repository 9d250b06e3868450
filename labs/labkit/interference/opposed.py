"""Opposed: do contexts of a language model fight, and less in a wider one?

The layered rules, on new and on repeated text. Source: Mircea et al. 2025.
"""
import numpy as np
import pandas as pd
import torch

from labkit import plots
from labkit.claims import claim, evidence
from labkit.experiment import Experiment, check
from labkit.interference import contexts
from labkit.interference.mixture import some
from labkit.language.exams import markov_exam
from labkit.language.models import MLP
from labkit.language.runs import BATCH, language, sample
from labkit.language.train import train
from labkit.rows import (
    as_rows,
    change,
    distinct,
    highest,
    labelled,
    lowest,
    middle,
    of,
)
from labkit.rulings import plus

NEARLY = 0.9      # of its own way: where the loss of all widths is compared
OCTAVE = 3        # evaluations from one step to twice as many
LESS = plus(-5)   # points of pairs: the smallest change that matters

SIZES = {   # unique: tokens of the corpus, repeated for so many steps
    "quick": {"width": [8, 128], "unique": [4_096, 65_536], "lr": [.01],
              "steps": 512},
    "class": {"width": [8, 32, 128], "unique": [16_384, 524_288],
              "lr": [.01], "steps": 4096},
    "full": {"width": [8, 32, 128, 512], "unique": [16_384, 524_288],
             "lr": [.01, .003], "steps": 4096}}


def trained(model, look, unique, lr, steps, seeds):
    """Train a model; {step: ``look(model)`` with the exact "loss"}."""
    source = language()
    corpora = torch.stack([sample(None, unique + source.order, seed)
                           for seed in seeds])
    exam = markov_exam(source, corpora)
    history = train(
        model, corpora, torch.full((len(seeds),), lr), batch=BATCH,
        steps=steps, seeds=seeds, evaluate=lambda model: look(model) | {
            "loss": exam(model)["validation"]})
    return {step: seen for step, _, seen in history}


def told(seen, target, seeds):
    """Rows of one target, of what was seen: measures, changes, the loss.

    Changes are those over an octave of steps, or since the start.
    """
    steps = [*seen]
    before = dict(zip(steps, [steps[0]] * OCTAVE + steps))
    return [dict(seed=seed, step=step, targets=target, **row)
            for step, now in seen.items()
            for seed, row in zip(seeds, as_rows(
                {"loss": now["loss"]} | now.get(target, {})
                | contexts.zero_sum(seen[before[step]]["losses"][target],
                                    now["losses"][target])))]


def measure(seeds, width, unique, lr, steps):
    """How opposed the contexts are, along training, for either target."""
    source = language()
    chosen = contexts.Sample(source)

    def look(model):
        logits = contexts.hidden(model, chosen.reads) @ model.head
        return {"losses": chosen.losses(logits)} | {
            name: contexts.opposition(model, chosen, target)
            for name, target in chosen.targets.items()}

    seen = trained(MLP(source.vocab, source.order, width, seeds), look,
                   unique, lr, steps, seeds)
    return [dict(width=width, unique=unique, lr=lr, **row)
            for target in chosen.targets for row in told(seen, target, seeds)]


def cost(seeds, unique, lr, steps, width=1000):
    """About how many seconds; ValueError for settings that cannot be."""
    check(seeds, unique=unique, lr=lr, steps=steps, width=width)
    if unique % BATCH:
        raise ValueError(f"unique is {unique}; allowed are multiples of the "
                         f"{BATCH} tokens of one step")
    return steps * len(seeds) * (3e-4 + 4e-6 * width)


opposed = Experiment("opposed", SIZES, measure, cost)
EXPERIMENTS = (opposed,)
run = opposed.run


# --- what the rows say ------------------------------------------------------

def along(rows, name="opposed", targets="true"):
    """The rows of an experiment at its highest rate, in order of steps."""
    rows = labelled(of(rows, name, targets=targets), "lr", "unique")
    return rows[rows.lr == rows.lr.max()].sort_values("step")


def passing(loss, values, goal):
    """The value at which a loss first comes down to a goal; NaN for never."""
    loss, values = loss.to_numpy(), values.to_numpy()
    there = np.flatnonzero(loss <= goal)
    if not len(there) or there[0] == 0 or np.isnan(loss).any():
        return np.nan
    i = there[0]
    part = (loss[i - 1] - goal) / (loss[i - 1] - loss[i])
    return values[i - 1] + part * (values[i] - values[i - 1])


def matched(rows, value):
    """A value where all widths have the same loss: (unique, seed) x width.

    The loss at which the narrowest has gone NEARLY all of its own way;
    between two evaluations in a straight line. NaN where that is never.
    """
    found, rows = {}, distinct(rows, "unique", "seed", "width", "step")
    for run, part in rows.groupby(["unique", "seed"]):
        curves = dict(iter(part.groupby("width")))
        own = curves[min(curves)].loss
        goal = own.iloc[0] - NEARLY * (own.iloc[0] - lowest(own))
        found[run] = {width: passing(curve.loss, curve[value], goal)
                      for width, curve in curves.items()}
    return pd.DataFrame.from_dict(found, "index").rename_axis(
        index=["unique", "seed"], columns="width")


def random_cosine(width):
    """Mean size of the cosine of random directions of an MLP's weights."""
    source = language()
    weights = width * (source.vocab * (source.order + 1) + 1)
    return (2 / (np.pi * weights)) ** 0.5


# --- the claims -------------------------------------------------------------

def less_opposed(rows):
    """At the same loss, are fewer pairs opposed in a wider network?"""
    points = 100 * change(matched(along(rows), "opposed"))
    return evidence(points.groupby("seed").agg(highest), LESS,
                    share=100 * NEARLY)


CLAIMS = [
    claim("C14k", "At the same loss, the contexts' gradients are opposed "
          "less often in a wider language model.", less_opposed,
          "at the loss at which the narrowest has gone {share:g} % of its "
          "way, from the narrowest to the widest the share of opposed pairs "
          "{effect:rises|falls} by {size} percentage points (of new and "
          "repeated text the one that is worse for the claim)",
          "mircea2025training"),
]


# --- figures, tables, facts -------------------------------------------------

def texts(rows):
    """{"new text": its rows, "repeated text": its rows}, as far as there."""
    uniques = sorted(rows["unique"].unique(), reverse=True)
    return {name: rows[rows["unique"] == unique] for name, unique in zip(
        ("new text", "repeated text"), uniques)}


def opposed_figure(rows):
    """Pairs that are opposed against the loss: narrowest and widest."""
    rows = texts(along(rows))["new text"]
    rows = rows.assign(percent=100 * rows.opposed)
    _, ax = plots.axes("loss, falling", "opposed pairs (%)", False, False)
    some(ax, rows, [rows.width.min(), rows.width.max()], x="loss",
         y="percent", label="width {}")
    ax.axhline(50, color="0.4", linewidth=1, linestyle="--")
    ax.invert_xaxis()
    plots.ends(ax)
    return plots.show(
        ax, "Share of pairs of contexts with opposed gradients against the "
        "loss, which falls to the right, for the narrowest and the widest "
        "network. Both lines start below 40 % and soon rise to about half. "
        "The narrowest stays near 50 % and ends below it; the widest lies a "
        "little higher at the same loss, and comes down later.")


def opposed_table(rows):
    """How opposed the contexts are at the same loss: medians of the seeds.

    "if random": the same measure of random gradients in as many dimensions.
    """
    columns = {"opposed": "opposed pairs", "errors": "by the errors alone",
               "cosine": "mean cosine", "size": "mean |cosine|",
               "cancelled": "cancelled in the sum", "random": "sum if random",
               "by_weight": "weight by weight", "small_step": "small step"}
    found = pd.DataFrame({
        (text, width, title): middle(column)
        for text, part in texts(along(rows)).items()
        for value, title in columns.items()
        for width, column in matched(part, value).items()}, [0]).T[0]
    found = found.unstack().loc[:, [*columns.values()]].rename_axis(
        index=["", "width"], columns=None)
    found.insert(4, "|cosine| if random",
                 random_cosine(found.index.get_level_values("width")))
    return found.map("{:.3f}".format)


FIGURES = {"opposed": lambda tables: opposed_figure(tables["opposed"])}
TABLES = {"opposed": lambda tables: opposed_table(tables["opposed"])}


def facts(tables):
    """What the prose quotes, rounded as it quotes it."""
    new = texts(along(tables["opposed"]))["new text"]
    share = 100 * matched(new, "opposed").agg(middle)
    return {"opposed_narrow": f"{share.iloc[0]:.0f}",
            "opposed_wide": f"{share.iloc[-1]:.0f}"}
