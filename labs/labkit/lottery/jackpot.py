"""A game with a jackpot: a task that is solved late, then at a stroke.

It is a parity: an example is 16 random signs, its label the product of
those in PLACES places, which nobody tells (``members.parity``). A network
stays at guessing for a while and then finds the places.
"""
import numpy as np
import pandas as pd
import torch

from labkit.members import parity
from labkit.members.adam import Adam
from labkit.rows import labelled

PLACES = 4
BATCH = 32       # examples per step
EXAM = 512       # examples of the exam that says whether a task is solved
SOLVED = 0.9     # accuracy in it
OFTEN = 10       # steps between two exams
NEW = 1000       # added to a seed for examples, or weights, of another draw


def steps_to_solve(net, theta, lr, steps, seeds, examples=None):
    """Train rows of weights until each solves the parity of its seed.

    Returns the steps that each needs, NaN if it does not get there within
    ``steps``, and its weights by then. The ``seeds`` (one per row) draw the
    tasks, and the examples too unless ``examples`` gives others for these.
    """
    places = torch.stack([parity.places(1, PLACES, seed) for seed in seeds])
    adam = Adam.start(theta)
    rates = net.rates(torch.full((len(seeds),), lr))
    exam = parity.exam(places, EXAM, 0)
    when = torch.full((len(seeds),), torch.nan)
    one, then = torch.ones(len(seeds), 1), theta
    for step, (x, y, _) in zip(range(steps + 1), parity.stream(
            places, one, BATCH, examples or seeds)):
        if step % OFTEN == 0 or step == steps:
            right = parity.graded(net, adam.theta, *exam)[1][:, 0]
            still = when.isnan()
            then = adam.theta.where(still[:, None], then)
            when[(right > SOLVED) & still] = step
            if step == steps or not when.isnan().any():
                break
        adam.step(net.gradient(adam.theta, x, y, torch.ones_like(y)), rates)
    return when, then


def at_best_rate(rows, rank):
    """A number per seed and width, at the best rate of each width.

    ``rank`` takes the steps that the networks of one seed need, infinite
    for never, to one number; the best rate has the largest mean over the
    seeds of 1 / number.
    """
    labelled(rows, "width", "lr", "seed")
    steps = rows.needed.fillna(np.inf).groupby(
        [rows.width, rows.lr, rows.seed]).apply(rank)
    speed = (1 / steps).groupby(["width", "lr"]).mean()
    best = speed.groupby("width").idxmax()
    return pd.DataFrame({width: steps[cell] for width, cell in best.items()}
                        ).rename_axis(columns="width")
