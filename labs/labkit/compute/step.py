"""What does one training step cost, in seconds and in bytes?

Sources: Kaplan et al. 2020 (6 FLOPs per parameter and token), Rajbhandari
et al. 2020 (what training keeps in memory).
"""
import numpy as np
import pandas as pd
import torch
from matplotlib.ticker import EngFormatter, LogLocator
from torch.autograd.graph import saved_tensors_hooks
from torch.utils.benchmark import Timer

from labkit import plots
from labkit.axes import Axes
from labkit.claims import claim, evidence
from labkit.cores import SMALLEST, TENTH
from labkit.device import available, on
from labkit.experiment import Experiment
from labkit.language.models import MLP
from labkit.language.runs import BATCH, language, sample
from labkit.language.train import AdamW, batches, losses
from labkit.rows import factor, labelled, middle, of, wide
from labkit.rulings import times, within

REPEATS = 5      # measurements of each size
SECONDS = 0.05   # that one measurement lasts at least

STEPS = {   # models of one size, trained at once: members
    "quick": {"width": [2**k for k in range(2, 13)], "members": [1, 5]},
    "class": {"width": [2**k for k in range(2, 14)], "members": [1, 5]},
    "full": {"width": [2**k for k in range(2, 14)], "members": [1, 5, 20]}}


class Timing(Experiment):
    """An experiment that measures time: it has no seeds, and one worker."""

    def identify(self, cell, seeds):
        """A cell's settings as its record keeps them."""
        return dict(experiment=self.name, **cell)

    def run(self, budget="quick", seeds=(), record=None, workers=1,
            device="cpu", **changes):
        """Tidy rows, measured one cell after another on all threads.

        ``seeds`` and ``workers`` change nothing.
        """
        with on(available()):
            return super().run(budget, seeds, record, device=device,
                               **changes)

    def rows(self, experiment, advance=None, device="cpu", **cell):
        """The rows of one cell."""
        rows = pd.DataFrame(self.measure(**cell, device=device))
        if advance:
            advance(1)
        return rows.assign(experiment=experiment)


def cost(width, members):
    """About how long a measurement takes, in seconds."""
    if not (width >= 1 and members >= 1):   # NaN is neither
        raise ValueError(f"width is {width} and members {members}; at least "
                         "1 is needed")
    return REPEATS * SECONDS


def measure(width, members, device="cpu"):
    """Cost of a step of ``members`` models of one size, trained at once.

    Rows, one per repeat: size (width), parameters, members, flops (6 per
    parameter and token), seconds and bytes of one step, all three for one
    member; through autograd, as for any network.
    """
    source, seeds = language(), list(range(members))
    model = MLP(source.vocab, source.order, width, seeds).to(device)
    optimiser = AdamW(model, torch.full((members,), 1e-3, device=device))
    text = sample(None, 64 * BATCH + source.order, 0).to(device)
    stream = batches(text.unfold(0, source.order + 1, 1).expand(
        members, -1, -1), BATCH, seeds)

    def step():
        losses(model, next(stream)).sum().backward()
        optimiser.step()

    timer = Timer("step()", globals={"step": step},
                  num_threads=torch.get_num_threads())
    seconds = [timer.blocked_autorange(min_run_time=SECONDS).median / members
               for _ in range(REPEATS)]
    window = next(stream).clone()   # a part of more batches
    size = held(model, optimiser) + saved(model, window, optimiser)
    flops = Axes(BATCH, 1, 1, model.size()).flops(1)
    return [dict(size=width, parameters=model.size(), members=members,
                 repeat=repeat, flops=flops, seconds=s, bytes=size / members)
            for repeat, s in enumerate(seconds)]


def storages(tensors):
    """Memory behind the tensors: place -> bytes, shared memory once."""
    return {t.untyped_storage().data_ptr(): t.untyped_storage().nbytes()
            for t in tensors}


def state(model, optimiser):
    """Everything that is kept from step to step: weights, moments, ..."""
    return [*model.parameters(), *optimiser.moments,
            *filter(torch.is_tensor, vars(optimiser).values())]


def held(model, optimiser):
    """Bytes that are kept from step to step; after at least one step."""
    return sum(storages(state(model, optimiser)).values())


def saved(model, window, optimiser):
    """Bytes that the forward pass keeps for the backward pass."""
    tensors = []
    with saved_tensors_hooks(lambda t: tensors.append(t) or t, lambda t: t):
        loss = losses(model, window).sum()
    known = storages(state(model, optimiser))
    del loss
    return sum(size for place, size in storages(tensors).items()
               if place not in known)


steps = Timing("steps", STEPS, measure, cost)
EXPERIMENTS = (steps,)
run = steps.run


# --- what the rows say ------------------------------------------------------

def alone(rows):
    """The cost of steps of one model alone."""
    return of(rows, "steps", members=1)


def per_step(rows):
    """Seconds of a step of one model alone, by parameters."""
    sizes = labelled(alone(rows), "parameters").groupby("parameters")
    return sizes.seconds.agg(middle)


# --- the claims -------------------------------------------------------------

def growth(rows, column):
    """A step's cost at the largest size over the smallest's, per repeat."""
    return factor(wide(alone(rows), column, "parameters", "repeat"))


def evidence_of(ratios, region, rows):
    """Evidence from one ratio per repeat; says which sizes it compares."""
    sizes = alone(rows).parameters
    return evidence(ratios, region, "measurements", smallest=sizes.min(),
                    largest=sizes.max())


def slower_step(rows):
    """Does a step of the largest size take longer?"""
    return evidence_of(growth(rows, "seconds"), SMALLEST["C29a"], rows)


def more_memory(rows):
    """Does it need more memory?"""
    return evidence_of(growth(rows, "bytes"), times(TENTH), rows)


def in_proportion(rows):
    """Does the time grow as the parameters do, to a factor of two?"""
    return evidence_of(growth(rows, "parameters") / growth(rows, "seconds"),
                       within(0.5, 2, log=True), rows)


CLAIMS = [
    claim("C29a", "A step of a larger model takes longer.", slower_step,
          "a step of {largest:,} parameters takes {effect} times as long as "
          "one of {smallest:,}", "kaplan2020scaling"),
    claim("C29b", "A step of a larger model needs more memory.", more_memory,
          "a step of {largest:,} parameters needs {effect} times the memory "
          "of one of {smallest:,}", "rajbhandari2020zero", beyond=True),
    claim("C29c", "The time of a step grows in proportion to the "
          "parameters.", in_proportion,
          "from {smallest:,} parameters to {largest:,}, their number grows "
          "{effect} times as much as the time of a step",
          "kaplan2020scaling", beyond=True),
]


# --- figures and facts ------------------------------------------------------

def steps_figure(rows):
    """Seconds per step and model, alone and several at once."""
    _, ax = plots.axes("parameters", "seconds a step and model")
    plots.curves(ax, rows, x="parameters", y="seconds", by="members",
                 label="{:.0f} at once", along="parameters",
                 markevery=1)
    sizes = np.array(sorted(rows.parameters.unique()))
    best = (rows.flops / rows.seconds).max()
    ax.plot(sizes, 6 * sizes * BATCH / best, "k--",
            label="in proportion")
    ax.xaxis.set_major_formatter(EngFormatter(sep=""))
    ax.yaxis.set_major_formatter(EngFormatter(unit="s"))
    ax.yaxis.set_major_locator(LogLocator())
    return plots.show(
        plots.ends(ax),
        "Seconds per training step against parameters, both axes "
        "logarithmic. For one model alone the line is nearly flat at small "
        "sizes and rises at large ones; trained several at once, small "
        "models cost a fraction of that each. A dashed line rises in "
        "proportion to the parameters.")


FIGURES = {"steps": lambda tables: steps_figure(tables["steps"])}
TABLES = {}


def facts(tables):
    """Nothing: the prose quotes the claims."""
    return {}
