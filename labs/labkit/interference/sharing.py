"""Surveys of sharing: what the tasks in one network do to each other.

``survey(experiment, **settings)`` calls the function of that name; tidy
rows come out. All seeds of a cell are one tensor; each row belongs to one.
"""
import time
from functools import partial
from typing import NamedTuple

import torch

from labkit import surveys
from labkit.interference import superposition, units
from labkit.interference.gradients import cosine, harm, moves, others, pcgrad
from labkit.members import parity
from labkit.members.adam import Adam
from labkit.members.parity import BATCH, LEARNED

TASKS, PLACES, EXPONENT = 16, 2, 1.5   # of the mixture; its power law
COMMON = TASKS // 2   # of its tasks; the others are rare
FEW, HARD = 8, 3      # tasks equally frequent; places of hard ones
EXAM = 256            # examples per task in an exam
REACHED = 0.1         # nats: the loss of "same loss" and of "price"
PROGRESS = 0.2        # of its own loss, a task's step is to take away
OFTEN = 5             # steps between two looks at the loss
NEW = 1000            # added to a seed for what comes second


def drawn(tasks, k, seeds):
    """The places of the tasks, others for each seed."""
    return torch.stack([parity.places(tasks, k, seed) for seed in seeds])


def looks(steps):
    """The steps at which to look: 0, then about three per doubling."""
    return {0, *(round(steps / 2**(i / 3)) for i in range(22))}


# --- frequent and rare tasks ----------------------------------------------

def arms():
    """Ways to mix the tasks: frequencies and weights, by name.

    "rare alone" draws the same examples as "mixture" and ignores those of
    the common tasks.
    """
    power, one = parity.power_law(TASKS, EXPONENT), torch.ones(TASKS)
    rare = (torch.arange(TASKS) >= COMMON).float()
    return {"mixture": (power, one), "uniform": (one / TASKS, one),
            "rare alone": (power, rare)}


def marks(net, theta, test):
    """For each member: how many tasks are learned, of all and of the rare."""
    known = parity.graded(net, theta, *test)[1] > LEARNED
    return as_rows({"learned": known.sum(-1),
                    "rare": known[:, COMMON:].sum(-1)})


def as_rows(table):
    """From a value per member, by name, to a dict per member."""
    return [dict(zip(table, values)) for values in zip(
        *(column.tolist() for column in table.values()))]


def tasks(width, lr, steps, seeds):
    """Tasks learned along training: mixed, uniform, and the rare alone."""
    names = [(arm, seed) for arm in arms() for seed in seeds]
    whose = [seed for _, seed in names]
    frequencies, weights = (torch.stack(part) for part in zip(*(
        arms()[arm] for arm, _ in names)))
    net, places = parity.Net(width, TASKS), drawn(TASKS, PLACES, whose)
    test = parity.exam(places, EXAM, 0)
    adam = Adam.start(net.draw(whose))
    return [dict(arm=arm, seed=seed, width=width, lr=lr, step=step, **mark)
            for step in parity.train(net, adam, places, frequencies, lr,
                                     steps, whose, weights)
            if step in looks(steps)
            for (arm, seed), mark in zip(names, marks(net, adam.theta, test))]


# --- the fork -------------------------------------------------------------

class Program(NamedTuple):
    """How a network goes on.

    ``common`` is what the common tasks' losses are multiplied by; ``keep``
    keeps Adam's second moment as it was, and with it the size of a step for
    a given gradient; ``fresh`` starts from new weights.
    """

    common: float
    keep: bool = False
    fresh: bool = False


PROGRAMS = {"as it was": Program(1),
            "common x 0.1": Program(.1),
            "masked, second moment kept": Program(0, keep=True),
            "common masked": Program(0),
            "fresh start": Program(0, fresh=True)}


def branched(net, adam, programs, seeds):
    """The state of all seeds, once for each program; fresh ones anew."""
    fresh, keep = (torch.tensor(flags)[:, None] for flags in zip(*(
        (program.fresh, program.keep) for program in programs
        for _ in seeds)))
    new = net.draw([seed + NEW for seed in seeds]).repeat(len(programs), 1)
    theta, *memory = (part.repeat(len(programs), 1) for part in (
        adam.theta, adam.mean, adam.second, adam.steps))
    return Adam(torch.where(fresh, new, theta),
                       *(part.masked_fill(fresh, 0) for part in memory),
                       adam.follow * ~keep)


def fork(net, adam, lr, steps, seeds, programs=None):
    """Go on from one state by each of the ``programs``; tidy rows.

    ``adam`` is the state of networks of the ``seeds`` on the mixture. All
    programs (PROGRAMS, if none are given) see the same new examples.
    """
    programs = programs or PROGRAMS
    names = [(name, seed) for name in programs for seed in seeds]
    places = drawn(TASKS, PLACES, [seed for _, seed in names])
    weights = torch.ones(len(names), TASKS)
    for i, (name, _) in enumerate(names):
        weights[i, :COMMON] = programs[name].common
    test = parity.exam(places, EXAM, 0)
    power = parity.power_law(TASKS, EXPONENT).expand(len(names), -1)
    adam = branched(net, adam, [*programs.values()], seeds)
    return [dict(program=name, seed=seed, step=step, **mark)
            for step in parity.train(
                net, adam, places, power, lr, steps,
                [seed + NEW for _, seed in names], weights)
            if step in looks(steps)
            for (name, seed), mark in zip(
                names, marks(net, adam.theta, test))]


def forks(width, lr, before, after, seeds):
    """The fork after ``before`` steps on the mixture."""
    net, places = parity.Net(width, TASKS), drawn(TASKS, PLACES, seeds)
    power = parity.power_law(TASKS, EXPONENT).expand(len(seeds), -1)
    adam = Adam.start(net.draw(seeds))
    for _ in parity.train(net, adam, places, power, lr, before, seeds):
        pass
    return [dict(width=width, lr=lr, before=before, **row)
            for row in fork(net, adam, lr, after, seeds)]


# --- conflict and harm ----------------------------------------------------

def compared(net, theta, metric, places):
    """Conflict, harm and who uses the units, at the weights ``theta``.

    Harm of a step in the optimiser's ``metric``, of one a quarter as long,
    and of one along the plain gradient.
    """
    x, y = test = parity.exam(places, 2 * EXAM, 0)

    def losses(theta):
        return parity.graded(net, theta, *test)[0]

    gradients = net.gradient(theta[:, None], x, y, torch.ones_like(y))
    cosines = others(cosine(gradients))
    table = {"loss": losses(theta).mean(-1), "cosine": cosines.mean(-1),
             "size": cosines.abs().mean(-1), "worst": cosines.amin(-1)}
    metric = metric[:, None]
    for name, progress, along in (("", PROGRESS, metric),
                                  ("_short", PROGRESS / 4, metric),
                                  ("_plain", PROGRESS, 1)):
        change = harm(losses, theta, moves(gradients, losses(theta),
                                           progress, along))
        table["harm" + name] = others(change).mean(-1)
        table["own" + name] = change.diagonal(0, -2, -1).mean(-1)
    parts = units.importance(net, theta, x, y)
    into, out = net.layers(theta)
    return as_rows(table | {
        "dedication": units.dedication(parts),
        "by_chance": units.by_chance(
            parts, into.norm(dim=-2) * out[..., 0].abs()),
        "spare": units.spare(net, theta, parts, test)})


def conflict(width, lr, same, steps, seeds):
    """Conflict between FEW tasks, equally frequent, at three moments.

    "start"; "same step", after ``same`` steps; "same loss", when the mean
    loss first is at most REACHED, if that is so within ``steps``, or
    ``same``, for all seeds. At the start the optimiser knows no gradient
    yet; it takes plain steps there.
    """
    net, places = parity.Net(width, FEW), drawn(FEW, PLACES, seeds)
    even = torch.full((len(seeds), FEW), 1 / FEW)
    test = parity.exam(places, EXAM, 1)
    adam = Adam.start(net.draw(seeds))
    rates = net.rates(torch.full((len(seeds),), lr))
    moments = {"start": (adam.theta.clone(), torch.ones_like(rates))}
    reached, metric = torch.full((2, *adam.theta.shape), torch.nan)
    for step in parity.train(net, adam, places, even, lr, max(same, steps),
                             seeds):
        if step == same:
            moments["same step"] = adam.theta.clone(), adam.metric(rates)
        if step % OFTEN == 0:
            loss = parity.graded(net, adam.theta, *test)[0].mean(-1)
            new = (loss <= REACHED) & reached[:, 0].isnan()
            reached[new] = adam.theta[new]
            metric[new] = adam.metric(rates)[new]
            if step >= same and not reached.isnan().any():
                moments["same loss"] = reached, metric
                break
    return [dict(width=width, lr=lr, moment=moment, seed=seed, **row)
            for moment, state in moments.items()
            for seed, row in zip(seeds, compared(net, *state, places))]


# --- the price of sharing -------------------------------------------------

def balanced(places, each, seeds):
    """Endless batches, ``each`` examples per task: (member, tasks, each).

    Yields inputs (..., inputs) and labels.
    """
    members, count = places.shape[:2]
    task = torch.arange(count).repeat_interleave(each).expand(members, -1)
    for signs, _ in parity.draws(count * each, seeds):
        yield [part.unflatten(1, (count, each))
               for part in parity.encode(signs, task, places)]


def needed(net, places, lr, steps, seeds, copies, surgery):
    """Steps until the loss is REACHED, a number per ``copies`` members.

    It is the mean loss of them and of their tasks; NaN if it stays above.
    """
    adam = Adam.start(net.draw(seeds))
    rates = net.rates(torch.full((len(seeds),), lr))
    generator = torch.Generator().manual_seed(0)
    test = parity.exam(places, EXAM, 1)
    when = torch.full((len(seeds) // copies,), torch.nan)
    for step, (x, y) in zip(range(steps + 1), balanced(
            places, BATCH // FEW, seeds)):
        if step % OFTEN == 0:
            loss = parity.graded(net, adam.theta, *test)[0]
            loss = loss.reshape(len(when), -1).mean(-1)
            when[(loss <= REACHED) & when.isnan()] = step
            if not when.isnan().any():
                break
        if step == steps:
            break
        if surgery:
            gradient = net.gradient(adam.theta[:, None], x, y,
                                    torch.ones_like(y))
            gradient = pcgrad(gradient, generator)
        else:
            x, y = x.flatten(1, 2), y.flatten(1, 2)
            gradient = net.gradient(adam.theta, x, y, torch.ones_like(y))
        adam.step(gradient, rates)
    return when.tolist(), step


WAYS = {"joint": 1, "surgery": 4, "alone": 2, "private": 1}   # and their cost


def price(width, way, lr, steps, seeds):
    """Steps to a loss for FEW tasks, and milliseconds per step.

    In every ``way`` a step has BATCH / FEW new examples of each task.
    "joint": one network has them all; "surgery": so too, with PCGrad;
    "alone": each task has a network of this ``width`` to itself;
    "private": each has its share of one, width / FEW.
    """
    places, copies, count, units = drawn(FEW, HARD, seeds), 1, FEW, width
    if way in ("alone", "private"):
        places, copies, count = places.flatten(0, 1)[:, None], FEW, 1
    if way == "private":
        units = width // FEW
    whose = [seed * copies + i for seed in seeds for i in range(copies)]
    clock = time.perf_counter()
    when, last = needed(parity.Net(units, count), places, lr, steps, whose,
                        copies, way == "surgery")
    clock = 1000 * (time.perf_counter() - clock) / max(last, 1)
    return [dict(width=width, way=way, lr=lr, seed=seed, needed=number,
                 milliseconds=clock) for seed, number in zip(seeds, when)]


# --- one after the other --------------------------------------------------

def forgetting(width, lr, steps, seeds):
    """Accuracy on tasks A and B, taught one after the other, or shuffled.

    FEW tasks in two halves. "sequential": ``steps`` of A, then as many of
    B; "shuffled": twice ``steps`` of all.
    """
    a = (torch.arange(FEW) < FEW // 2) / (FEW / 2)
    phases = {"sequential": (a, a.flip(0)),
              "shuffled": (torch.full((FEW,), 1 / FEW),) * 2}
    names = [(order, seed) for order in phases for seed in seeds]
    whose = [seed for _, seed in names]
    net, places = parity.Net(width, FEW), drawn(FEW, PLACES, whose)
    test = parity.exam(places, EXAM, 0)
    adam, rows = Adam.start(net.draw(whose)), []
    for phase in (0, 1):
        mix = torch.stack([phases[order][phase] for order, _ in names])
        for step in parity.train(net, adam, places, mix, lr, steps, [
                seed + NEW * phase for seed in whose]):
            if step in looks(steps):
                right = parity.graded(net, adam.theta, *test)[1]
                rows += [dict(order=order, seed=seed, width=width, lr=lr,
                              phase="AB"[phase], step=step,
                              a=right[i, :FEW // 2].mean().item(),
                              b=right[i, FEW // 2:].mean().item())
                         for i, (order, seed) in enumerate(names)]
    return rows


# --- superposition --------------------------------------------------------

def superposed(m, p, steps, seeds):
    """Features of probability ``p`` in ``m`` dimensions, after training."""
    W, b = superposition.fit(m, p, steps, seeds)
    table = {"loss": superposition.relative_loss(W, b, p, NEW),
             "overlap": superposition.overlap(W),
             "packed": superposition.packed(W),
             "represented": superposition.represented(W).float().mean(-1)}
    return [dict(m=m, p=p, seed=seed, **row)
            for seed, row in zip(seeds, as_rows(table))]


# --- the surveys ----------------------------------------------------------

SURVEYS = {f.__name__: f for f in (tasks, forks, conflict, price, forgetting,
                                   superposed)}
survey = partial(surveys.survey, SURVEYS)


def cost(experiment, seeds, **settings):
    """About how many seconds a cell takes; ValueError for bad settings."""
    way = settings.pop("way", "joint")
    surveys.check(seeds, **settings)
    if way not in WAYS:
        raise ValueError(f"way is {way!r}; allowed are {list(WAYS)}")
    if way == "private" and settings["width"] < FEW:
        raise ValueError(f"width is {settings['width']}; private networks "
                         f"need at least {FEW}, a unit for each")
    if settings.get("p", 1) > 1:
        raise ValueError(f"p is {settings['p']}; a probability is at most 1")
    steps = max(settings.get(name, 1) for name in ("steps", "after", "same"))
    steps += settings.get("before", 0) / len(PROGRAMS)
    members = len(seeds) * {"tasks": 3, "forks": 5, "forgetting": 4}.get(
        experiment, WAYS[way])
    return steps * (4e-4 + members * 2.2e-6 * settings.get("width", 64))
