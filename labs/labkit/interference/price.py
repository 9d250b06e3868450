"""Price: how many more steps do tasks need because they share a network?

Sources: Yu et al. 2020; Standley et al. 2020.
"""
import time
from functools import partial

import numpy as np
import torch

from labkit.claims import claim, evidence
from labkit.cores import SMALLEST, TENTH
from labkit.experiment import AGAIN, FIRST, Experiment, check
from labkit.interference.conflict import FEW, OFTEN, REACHED
from labkit.interference.gradients import pcgrad
from labkit.members import parity
from labkit.members.adam import Adam
from labkit.rows import distinct, of, spread
from labkit.rulings import times, under

HARD = 3   # places of each task
WAYS = {"joint": 1, "surgery": 4, "alone": 2, "private": 1}   # and their cost

PRICE = {   # steps: at most
    "quick": {"width": [64, 256], "way": [*WAYS], "lr": [.1, .3],
              "steps": 600},
    "class": {"width": [16, 32, 64, 128, 256], "way": [*WAYS],
              "lr": [.03, .1, .3], "steps": 1500},
    "full": {"width": [16, 32, 64, 128, 256, 512], "way": [*WAYS],
             "lr": [.01, .03, .1, .3, 1], "steps": 3000}}


def balanced(places, each, seeds):
    """Endless batches (member, tasks, each): inputs (..., inputs), labels."""
    members, count = places.shape[:2]
    task = torch.arange(count).repeat_interleave(each).expand(members, -1)
    for signs, _ in parity.draws(count * each, seeds):
        yield [part.unflatten(1, (count, each))
               for part in parity.encode(signs, task, places)]


def descent(net, theta, x, y, generator=None):
    """The gradient over all tasks of a balanced batch, (member, P).

    With a ``generator``, after surgery (``pcgrad``), whose order it draws.
    """
    if generator is None:
        x, y = x.flatten(1, 2), y.flatten(1, 2)
        return net.gradient(theta, x, y, torch.ones_like(y))
    each = net.gradient(theta[:, None], x, y, torch.ones_like(y))
    return pcgrad(each, generator)


def race(net, places, lr, steps, seeds, copies, generator=None):
    """Train until the loss is REACHED; the steps, and the last step made.

    Each ``copies`` members in a row are one: theirs is the mean loss of
    them and of their tasks. The steps are a list with a number for each,
    NaN if its loss stays above. See ``descent`` for the ``generator``.
    """
    adam = Adam.start(net.draw(seeds))
    rates = net.rates(torch.full((len(seeds),), lr))
    test = parity.exam(places, parity.EXAM, 1)
    reached = torch.full((len(seeds) // copies,), torch.nan)
    batches = balanced(places, parity.BATCH // FEW, seeds)
    for step, (x, y) in zip(range(steps + 1), batches):
        if step % OFTEN == 0:
            loss = parity.graded(net, adam.theta, *test)[0]
            loss = loss.reshape(len(reached), -1).mean(-1)
            reached[(loss <= REACHED) & reached.isnan()] = step
        if step == steps or not reached.isnan().any():
            break
        adam.step(descent(net, adam.theta, x, y, generator), rates)
    return reached.tolist(), step


def measure(seeds, width, way, lr, steps):
    """Steps to a loss for FEW tasks, and milliseconds per step.

    In every ``way`` a step has BATCH / FEW new examples of each task.
    "joint": one network has them all; "surgery": so too, with PCGrad;
    "alone": each task has a network of this ``width`` to itself;
    "private": each has its share of one, width / FEW.
    """
    places, copies, tasks = parity.drawn(FEW, HARD, seeds), 1, FEW
    if way in ("alone", "private"):
        places, copies, tasks = places.flatten(0, 1)[:, None], FEW, 1
    net = parity.Parity(width // FEW if way == "private" else width, tasks)
    whose = [seed * copies + i for seed in seeds for i in range(copies)]
    generator = (torch.Generator().manual_seed(seeds[0])
                 if way == "surgery" else None)
    clock = time.perf_counter()
    needed, last = race(net, places, lr, steps, whose, copies, generator)
    clock = 1000 * (time.perf_counter() - clock) / max(last, 1)
    return [dict(width=width, way=way, lr=lr, seed=seed, needed=number,
                 milliseconds=clock) for seed, number in zip(seeds, needed)]


def cost(seeds, width, way, lr, steps):
    """About how many seconds; ValueError for settings that cannot be."""
    check(seeds, width=width, lr=lr, steps=steps)
    if way not in WAYS:
        raise ValueError(f"way is {way!r}; allowed are {list(WAYS)}")
    if way == "private" and width < FEW:
        raise ValueError(f"width is {width}; private networks need at least "
                         f"{FEW}, a unit for each")
    return parity.seconds(steps, WAYS[way] * len(seeds), width)


price = Experiment("price", PRICE, measure, cost, batches=(FIRST, AGAIN))
EXPERIMENTS = (price,)
run = price.run


# --- what the rows say ------------------------------------------------------

def fastest(rows):
    """Steps of "price" at the best rate for each seed: (way, width) x seed.

    A width at which a seed does not get there, at any rate, is left out of
    that way.
    """
    run = ["way", "width", "seed"]
    steps = distinct(of(rows, "price"), *run, "lr").groupby(run).needed.min()
    return steps.unstack("seed").dropna()


def both(rows, way):
    """Steps together and steps in another way, width x seed each.

    Where all seeds get there in both. Raises ValueError for one width.
    """
    steps = fastest(rows).reindex(["joint", way], level="way")
    together, other = (steps[steps.index.get_level_values("way") == name]
                       .droplevel("way") for name in ("joint", way))
    widths = together.index.intersection(other.index)
    if len(widths) < 2:
        raise ValueError(f"width is {[*widths]} where all seeds get there; "
                         "at least two are needed")
    return together.loc[widths], other.loc[widths]


def surcharge(rows, way="alone"):
    """Steps together over steps alone, or private: width x seed."""
    together, apart = both(rows, way)
    return together / apart


def speed_up(steps):
    """How many times faster the widest is than the narrowest, per seed."""
    return steps.iloc[0] / steps.iloc[-1]


def by_sharing(rows):
    """Share of width's speed-up that tasks alone do not have, per seed.

    Of its logarithm: factors multiply.
    """
    together, alone = both(rows, "alone")
    return 1 - np.log(speed_up(alone)) / np.log(speed_up(together))


# --- the claims -------------------------------------------------------------

def ends(table):
    """The first and the last width of width x seed, as fields."""
    return {"narrow": table.index[0], "wide": table.index[-1]}


def surgery_pays(rows):
    """Does gradient surgery save steps?"""
    together, surgery = both(rows, "surgery")
    return evidence((surgery / together).median(), SMALLEST["C12g"])


def cheaper(rows, way="alone"):
    """Does sharing cost a wider network less?"""
    ratio = surcharge(rows, way)
    return evidence(ratio.iloc[-1] / ratio.iloc[0], times(1 / TENTH),
                    **ends(ratio))


def free(rows):
    """Does it cost the widest nothing?"""
    ratio = surcharge(rows)
    return evidence(ratio.iloc[-1], under(TENTH, log=True), **ends(ratio))


def faster(rows):
    """Does a wider network need fewer steps for all tasks together?"""
    steps, _ = both(rows, "alone")
    return evidence(speed_up(steps), SMALLEST["C15a"], **ends(steps))


def faster_alone(rows):
    """Is it no faster where there is nothing to interfere?"""
    _, steps = both(rows, "alone")
    return evidence(speed_up(steps), under(TENTH, log=True), **ends(steps))


def mostly_sharing(rows):
    """Is it mostly by sharing better that it is faster?"""
    return evidence(by_sharing(rows), SMALLEST["C15c"])


PRICED = ("the price of sharing (steps together over {}) at width {{wide:g}} "
          "is {{effect}} times that at width {{narrow:g}}")
CLAIMS = [
    claim("C12g", "Gradients with fewer conflicts save steps.", surgery_pays,
          "with surgery, {effect} times as many steps are needed (of the "
          "widths, the median)", "yu2020gradient", "kurin2022defense",
          "xin2022current"),
    claim("C14f", "Sharing costs a wider network less, compared with networks "
          "of that width for each task.", cheaper,
          PRICED.format("steps alone"), "standley2020which",
          "shaham2023causes"),
    claim("C14g", "Sharing costs a wider network less, compared with private "
          "networks that are as large in all.",
          partial(cheaper, way="private"),
          PRICED.format("steps of private networks"), "standley2020which"),
    claim("C14h", "Sharing costs a wide network nothing.", free,
          "at width {wide:g}, tasks together need {effect} times the steps "
          "that they need alone", "standley2020which"),
    claim("C15a", "A wider network learns many tasks in fewer steps.", faster,
          "width {wide:g} learns all tasks {effect} times as fast as width "
          "{narrow:g}, the narrowest that gets there",
          "sankararaman2020impact"),
    claim("C15b", "A wider network is faster by less interference alone: it "
          "learns a single task no faster.", faster_alone,
          "with one task each, width {wide:g} is {effect} times as fast as "
          "width {narrow:g}", "edelman2023pareto"),
    claim("C15c", "Most of a wider network's speed-up is gone where each task "
          "has a network of that width to itself.", mostly_sharing,
          "counted in factors, {effect} of the speed-up is gone where every "
          "task has a network of that width to itself",
          "edelman2023pareto"),
]


# --- figures, tables, facts -------------------------------------------------

def price_table(rows):
    """Steps needed in each way, and what a step of surgery takes: by width."""
    steps = fastest(rows)
    text = steps.agg(spread, axis=1).unstack("way").reindex(
        columns=list(WAYS)).fillna("never")
    ms = rows.groupby(["way", "width"]).milliseconds.median()
    text["a surgery step"] = [
        f"{ms['surgery', w] / ms['joint', w]:.1f} x" for w in text.index]
    return text


FIGURES = {}
TABLES = {"price": lambda tables: price_table(tables["price"])}


def facts(tables):
    """What the prose quotes, rounded as it quotes it."""
    alone = fastest(tables["price"]).loc["alone"].median(axis=1)
    return {"alone_steps": f"{alone.iloc[-1]:g}"}
