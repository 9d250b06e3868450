"""Surveys of a landscape: each measures one thing; tidy rows come out.

``survey(experiment, **settings)`` calls the function of that name. All seeds
of a cell are one tensor; each row belongs to one of them.
"""
import math
from functools import partial

import pandas as pd
import torch

from labkit import surveys
from labkit.landscape import curvature, paths, students
from labkit.members import networks as nets

ARRIVED = 1e-3    # a student's loss below which it has found the teacher
STILL = 1e-6      # a gradient shorter than this counts as none
NOISES = (64, 1), (32, 1), (20, 1), (20, 4)   # samples, times the steps
LONGER = 10       # times as many steps
LINE = 25         # points on a line
PLANES = 2        # slices per network
GRID = 15         # points along a side of a slice
NONE = 1e-6       # of the top eigenvalue: counts as zero
OUTLIER = 0.05    # of the top eigenvalue: sticks out of the bulk
PAIR = 1000       # seeds so far apart make a pair
MOMENTUM = 0.9
DEPTH = 2         # hidden layers, unless said otherwise


# --- random matrices and students -----------------------------------------

def goe(n, shift, draws, seeds):
    """Share of random matrices with positive eigenvalues only."""
    return [dict(seed=seed, n=n, shift=shift, draws=draws,
                 value=curvature.goe_all_positive(n, draws, shift, seed))
            for seed in seeds]


def settled(w, v):
    """What became of students: a mask for each fate; the lowest curvature.

    The fates are arrived, pit, diverged and moving, which counts what rests
    at a saddle, too. In a pit the loss is above ARRIVED, there is no
    gradient and all of the Hessian's eigenvalues are positive: a true
    minimum. The lowest of them is given at each place without a gradient,
    elsewhere NaN.
    """
    arrived = students.loss(w, v) <= ARRIVED
    still = students.gradient(w, v).flatten(1).norm(dim=1) < STILL
    lowest = torch.full((len(w),), math.nan, dtype=w.dtype)
    for i in torch.nonzero(still & ~arrived).flatten():
        lowest[i] = torch.linalg.eigvalsh(students.hessian(w[i], v))[0]
    pit, lost = lowest > 0, ~students.loss(w, v).isfinite()
    return {"arrived": arrived, "pit": pit, "diverged": lost,
            "moving": ~(arrived | pit | lost)}, lowest


def fates(w, v, owner, seeds):
    """For each seed, the shares of its students that ended each way."""
    masks, lowest = settled(w, v)
    loss = students.loss(w, v)
    for seed in seeds:
        own = owner == seed
        pit = own & masks["pit"]
        yield seed, dict(
            students=int(own.sum()),
            **{name: mask[own].double().mean().item()
               for name, mask in masks.items()},
            lowest=lowest[pit].min().item() if pit.any() else math.nan,
            loss=loss[pit].median().item() if pit.any() else math.nan)


def descended(k, m, count, steps, seeds):
    """Students after descent, whose they are, and their teacher."""
    v = students.teacher(k)
    w = torch.cat([students.draw(count, m, k, seed) for seed in seeds])
    owner = torch.tensor(seeds).repeat_interleave(count)
    return students.descend(w, v, steps), owner, v


def pits(k, m, count, steps, seeds):
    """Where ``count`` students of m neurons end, of a teacher of k."""
    w, owner, v = descended(k, m, count, steps, seeds)
    return [dict(seed=seed, k=k, m=m, **fate)
            for seed, fate in fates(w, v, owner, seeds)]


def escape(k, count, steps, seeds):
    """What frees students of k neurons from their pits, and what does not.

    The trapped ones go on in several ways: LONGER as many steps; steps at
    half the rate with sampled, noisy gradients (NOISES), then exact ones;
    a fresh start from new weights; one more neuron, drawn small.
    """
    w, owner, v = descended(k, k, count, steps, seeds)
    trapped = settled(w, v)[0]["pit"]
    w, owner = w[trapped], owner[trapped]
    generators = {seed: torch.Generator().manual_seed(seed)
                  for seed in seeds}

    def normal(*shape):   # for each student, drawn by its own seed
        return torch.cat([torch.randn(
            int((owner == seed).sum()), *shape, k, dtype=w.dtype,
            generator=generator) for seed, generator in generators.items()])

    def noisy(samples, times):
        return students.descend(w, v, times * steps, lambda w, v: (
            students.sampled_gradient(w, v, normal(samples)) / 2))

    starts = {f"noise of {samples} samples" + f", {times} x" * (times > 1):
              noisy(samples, times) for samples, times in NOISES}
    starts["a fresh start"] = normal(k) / k**0.5
    starts["one more neuron"] = students.with_neuron(
        w, 0.1 * normal() / k**0.5)
    ends = {f"{LONGER} times the steps":
            students.descend(w, v, LONGER * steps)}
    ends |= {way: students.descend(start, v, steps)
             for way, start in starts.items()}
    return [dict(seed=seed, k=k, way=way, **fate)
            for way, end in ends.items()
            for seed, fate in fates(end, v, owner, seeds)]


# --- networks that read digits --------------------------------------------

def sharpness(width, depth, scaling, lr, steps, seeds):
    """Top Hessian eigenvalue along gradient descent; NaN once diverged."""
    net, rows = nets.Net(width, depth, scaling), []
    when = sorted({0, steps // 16, steps // 4, steps})
    losses, _, _, kept = nets.descend(net, net.draw(seeds), lr, steps,
                                      keep=when)
    for step in when:
        for seed, theta, loss in zip(seeds, kept[step], losses[step]):
            rows.append(dict(
                seed=seed, width=width, depth=depth, scaling=scaling, lr=lr,
                parameters=net.size, step=step, loss=loss.item(),
                sharpness=curvature.top_eigenvalue(net.loss, theta),
                diverged=not math.isfinite(losses[-1, seeds.index(seed)])))
    return rows


def plane(net, theta, number, reach=1.0, points=GRID):
    """A filter-normalised slice through the weights ``theta``."""
    u, v = (net.flat(paths.direction(net.layers(theta), 2 * number + i))
            for i in range(2))
    return paths.slice(net.loss, theta, u, v, reach, points)


def spectrum(width, depth, lr, steps, seeds):
    """All eigenvalues of the Hessian after descent, in a few numbers.

    Shares of negative ones and of zeros, the negative ones' part of the sum
    of all sizes (``weight``), the lowest over the top one, the number of
    outliers, and at the same points the share of slices that bends down.
    """
    net, rows = nets.Net(width, depth), []
    losses, _, _, kept = nets.descend(net, net.draw(seeds), lr, steps)
    for seed, theta, loss in zip(seeds, kept[steps].double(), losses[-1]):
        values = torch.linalg.eigvalsh(curvature.hessian(net.loss, theta))
        values = values / values[-1]
        bends = [paths.bends_down(plane(net, theta, i, 0.5))
                 for i in range(PLANES)]
        rows.append(dict(
            seed=seed, width=width, parameters=net.size, loss=loss.item(),
            negative=(values < -NONE).double().mean().item(),
            weight=(-values.clamp(max=0).sum() / values.abs().sum()).item(),
            zero=(values.abs() <= NONE).double().mean().item(),
            lowest=values[0].item(),
            outliers=int((values > OUTLIER).sum()),
            bends=sum(bends) / PLANES))
    return rows


def turned(widths, seed=0, lr=0.05, steps=300, reach=0.6):
    """The loss along lines through trained networks, one turned.

    From a random direction (0 degrees) to that of the lowest curvature
    (90), all of length 1. Columns width, degrees, curvature of the loss
    along the line at its middle, away (how far), change (of the loss).
    """
    rows = []
    for net in [nets.Net(width, DEPTH) for width in widths]:
        kept = nets.descend(net, net.draw([seed]), lr, steps)[-1]
        theta = kept[steps][0].double()
        hessian = curvature.hessian(net.loss, theta)
        lowest = torch.linalg.eigh(hessian)[1][:, 0]
        drawn = net.flat(paths.direction(net.layers(theta), seed))
        for degrees in range(0, 91, 15):
            part = torch.tensor(math.radians(degrees))
            along = part.cos() * drawn / drawn.norm() + part.sin() * lowest
            along = along / along.norm()
            losses = paths.line(net.loss, theta - reach * along,
                                theta + reach * along, LINE)
            rows += [dict(width=net.width, degrees=degrees,
                          curvature=(along @ hessian @ along).item(),
                          away=(2 * i / (LINE - 1) - 1) * reach,
                          change=(loss - losses[LINE // 2]).item())
                     for i, loss in enumerate(losses)]
    return pd.DataFrame(rows)


def slices(width, depth, skip, lr, steps, seeds):
    """Share of random slices through trained networks that bends down."""
    net, rows = nets.Net(width, depth, "standard", skip), []
    losses, _, _, kept = nets.descend(net, net.draw(seeds), lr, steps)
    for seed, theta, loss in zip(seeds, kept[steps].double(), losses[-1]):
        bends = [paths.bends_down(plane(net, theta, i))
                 for i in range(PLANES)]
        rows.append(dict(seed=seed, width=width, depth=depth, skip=skip,
                         parameters=net.size, loss=loss.item(),
                         bends=sum(bends) / PLANES))
    return rows


def barriers(width, depth, lr, steps, seeds):
    """Barrier between two trained networks, as they are and aligned."""
    net, rows = nets.Net(width, depth), []
    pairs = [*seeds, *[seed + PAIR for seed in seeds]]
    losses, _, _, kept = nets.descend(net, net.draw(pairs), lr, steps,
                                      MOMENTUM)
    first, second = kept[steps].split(len(seeds))
    for seed, a, b, loss in zip(seeds, first, second, losses[-1]):
        aligned = net.flat(paths.align(net.layers(a), net.layers(b),
                                       odd=True))
        rows.append(dict(
            seed=seed, width=width, depth=depth, parameters=net.size,
            loss=loss.item(), raw=paths.barrier(net.loss, a, b, LINE),
            aligned=paths.barrier(net.loss, a, aligned, LINE)))
    return rows


def ways(width, depth, scaling, lr, steps, targets, seeds):
    """The way down to each target loss: its steps and its directness.

    Directness is the distance from the start over the length of the way,
    both at the target: 1 on a straight line. ``rises`` is the largest rise
    of the loss on the straight line from the start to the end, as a share
    of the first loss.
    """
    net, rows = nets.Net(width, depth, scaling), []
    start = net.draw(seeds)
    losses, lengths, away, kept = nets.descend(net, start, lr, steps)
    direct = away / lengths.cumsum(0)
    for i, seed in enumerate(seeds):
        line = paths.line(net.loss, start[i], kept[steps][i], LINE)
        rises = line.diff().max().clamp(min=0) / line[0]
        for target in targets:
            below = torch.nonzero(losses[1:, i] <= target).flatten().tolist()
            rows.append(dict(
                seed=seed, width=width, depth=depth, scaling=scaling, lr=lr,
                parameters=net.size, target=target,
                needed=below[0] + 1 if below else math.nan,
                directness=direct[below[0], i].item() if below
                else math.nan, rises=rises.item(),
                diverged=not math.isfinite(losses[-1, i])))
    return rows


# --- all of them -----------------------------------------------------------

SURVEYS = {f.__name__: f for f in (goe, pits, escape, sharpness, spectrum,
                                   slices, barriers, ways)}
SURVEYS["low"] = goe   # at low energy: with a shift
survey = partial(surveys.survey, SURVEYS)


def cost(experiment, seeds, **settings):
    """About how many seconds a cell takes; ValueError for bad settings."""
    surveys.check(seeds, **{name: settings[name] for name in (
        "n", "draws", "k", "m", "count", "steps", "lr") if name in settings})
    members = len(seeds)
    if SURVEYS[experiment] is goe:
        n = settings["n"]
        return members * settings["draws"] * n**2 * (n + 20) / 5e9
    if experiment in ("pits", "escape"):
        k, m = settings["k"], settings.get("m", settings["k"])
        times = 1 if experiment == "pits" else 10
        return times * settings["steps"] * (
            3e-4 + members * settings["count"] * m * (m + k) / 8e7)
    net = nets.Net(settings["width"], settings["depth"],
                   settings.get("scaling", "mup"))
    exams = {"spectrum": net.size, "slices": 200}.get(experiment, 100)
    return (settings["steps"] + exams) * (
        5e-4 * settings["depth"] + members * net.size / 4e7)
