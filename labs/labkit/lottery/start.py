"""Start: is a large language model closer to a low loss when it starts?

Models of several widths on the layered rules, in the standard
parameterisation, in their first steps: at one rate, at rates that fall with
the width, and each width at its best rate. Sources: Vyas et al. 2023, Yang
et al. 2021.
"""
from functools import partial

from labkit import plots
from labkit.claims import claim, evidence
from labkit.cores import NATS
from labkit.experiment import AGAIN, FIRST
from labkit.language.runs import Runs
from labkit.rows import best, change, distinct, of, only, wide
from labkit.rulings import plus

BASE_WIDTH = 16   # where the rates that fall with the width are the given one
EARLY = 16        # steps
TITLES = {"one_rate": "one learning rate",
          "scaled_rate": "rates proportional to 1 / width",
          "tuned_rate": "each width at its best rate"}

FEW, ALL = [16, 64, 256], [16, 32, 64, 128, 256, 512]
LRS = [.001, .002, .005, .01, .02, .03, .06, .1, .2, .4]
ONE = {"quick": {"widths": FEW, "tokens": 2**13, "lr": .03},
       "class": {"widths": ALL, "tokens": 2**13, "lr": .03},
       "full": {"widths": ALL, "tokens": 2**15, "lr": .03}}
TUNED = {"quick": {"widths": FEW, "tokens": 2**11, "lrs": [.01, .03, .1]},
         "class": {"widths": ALL, "tokens": 2**13, "lrs": LRS},
         "full": {"widths": ALL, "tokens": 2**13, "lrs": LRS}}


def cell(width, tokens, lrs):
    """A model that reads so many tokens once, examined from step 1 on."""
    return dict(task="standard", width=width, unique=tokens, epochs=1,
                lrs=lrs, schedule="constant", first=1)


def one_rate_cells(widths, tokens, lr):
    """All widths at one rate."""
    return [cell(width, tokens, [lr]) for width in widths]


def scaled_rate_cells(widths, tokens, lr):
    """Rates inversely proportional to the width."""
    return [cell(width, tokens, [lr * BASE_WIDTH / width])
            for width in widths]


def tuned_rate_cells(widths, tokens, lrs):
    """Several rates, of which each width may take its best."""
    return [cell(width, tokens, lrs) for width in widths]


one_rate = Runs("one_rate", ONE, one_rate_cells, (FIRST, AGAIN))
scaled_rate = Runs("scaled_rate", ONE, scaled_rate_cells)
tuned_rate = Runs("tuned_rate", TUNED, tuned_rate_cells)
EXPERIMENTS = (one_rate, scaled_rate, tuned_rate)
run = one_rate.run


# --- what the rows say ----------------------------------------------------

def early(rows):
    """Validation losses of language models, each size at its best rate.

    The best at each step by itself: that with the lowest mean loss; a rate
    at which a seed has diverged is the last.
    """
    run = ["size", "step", "lr"]
    rows = distinct(only(rows, quantity="validation"), *run, "seed")
    mean = rows.groupby(run).value.agg(
        lambda seeds: seeds.mean(skipna=False))
    return rows.set_index(run).loc[best(mean, "size", "step")].reset_index()


def loss_after(rows, experiment, steps):
    """Validation loss of ``early`` after so many steps: seed x size.

    At the examined step that is nearest to ``steps``.
    """
    rows = early(of(rows, experiment))
    step = min(rows.step.unique(), key=lambda step: abs(step - steps))
    return wide(rows[rows.step == step], "value", "size")


def ahead(rows, experiment, steps):
    """Loss of the widest model minus that of the narrowest, per seed."""
    return change(loss_after(rows, experiment, steps))


# --- the claims -----------------------------------------------------------

def lower_loss(experiment, steps, rows):
    """Has the widest language model a lower loss, after so many steps?"""
    widths = loss_after(rows, experiment, steps).columns
    return evidence(ahead(rows, experiment, steps), plus(-NATS),
                    steps=steps, first=widths[0], last=widths[-1])


LOSS = ("the loss in nats is {size} {effect:higher|lower} at width {last:g} "
        "than at width {first:g}")
CLAIMS = [
    claim("C18a", "A larger language model starts at a lower loss.",
          partial(lower_loss, "one_rate", 0), "before training, " + LOSS,
          "qiu2025scaling"),
    claim("C18b", f"After {EARLY} steps at one learning rate, a larger "
          "language model has a lower loss.",
          partial(lower_loss, "one_rate", EARLY),
          "after {steps:g} steps at one rate, " + LOSS,
          "vyas2023consistent"),
    claim("C18c", f"After {EARLY} steps at rates that fall with the width, "
          "a larger language model has a lower loss.",
          partial(lower_loss, "scaled_rate", EARLY),
          "after {steps:g} steps at rates that fall with the width, " + LOSS,
          "vyas2023consistent"),
    claim("C18d", f"After {EARLY} steps, each size at its own best rate, a "
          "larger language model has a lower loss.",
          partial(lower_loss, "tuned_rate", EARLY),
          "after {steps:g} steps, each width at its own best rate for this, "
          + LOSS, "yang2021tensor"),
]


# --- figures, tables, facts -----------------------------------------------

ALT = "Loss of language models against the step, from before the first one, "
ALTS = {
    "one_rate": ALT + "at one learning rate. All start near 3.7; the widest "
    "goes up first; later the wide ones are below the narrow ones.",
    "scaled_rate": ALT + "at learning rates that fall with the width. The "
    "curves of all widths lie on each other for some forty steps; then the "
    "narrowest stays above.",
    "tuned_rate": ALT + "each width at its best rate for each step. All are "
    "close together for a few steps; then the narrowest stays above."}


def start_figure(rows):
    """Losses in the first steps of one of the three experiments."""
    name = rows.experiment.iloc[0]
    rows = early(rows).assign(after=lambda rows: rows.step + 1)
    sizes = sorted(rows["size"].unique())
    if len(sizes) > 5:      # lines that can be told apart
        rows = rows[rows["size"].isin([*sizes[::2], sizes[-1]])]
    _, ax = plots.axes("step + 1", "validation loss (nats)", ylog=False,
                       title=TITLES[name])
    plots.curves(ax, rows, x="after", by="size", label="width {}",
                 markevery=.2)
    return plots.show(plots.ends(ax), ALTS[name])


FIGURES = {"one": lambda tables: start_figure(tables["one_rate"]),
           "scaled": lambda tables: start_figure(tables["scaled_rate"]),
           "tuned": lambda tables: start_figure(tables["tuned_rate"])}
TABLES = {}


def gap(rows, steps):
    """Smallest and largest distance of the two losses over the seeds."""
    distance = ahead(rows, rows.experiment.iloc[0], steps).abs()
    return {"low": f"{distance.min():.2f}", "high": f"{distance.max():.2f}"}


def facts(tables):
    """What the prose quotes, rounded as it quotes it."""
    return {"gap_one_8": gap(tables["one_rate"], 8),
            "gap_one_32": gap(tables["one_rate"], 32),
            "gap_scaled_64": gap(tables["scaled_rate"], 64)}
