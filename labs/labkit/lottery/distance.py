"""Distance: does a wide network end nearer to where it starts?

Gradient descent on digits, in three parameterisations (``digits.scale``).
Sources: Jacot et al. 2018 (NTK), Chizat et al. 2019.
"""
import torch

from labkit import plots
from labkit.claims import claim, evidence
from labkit.cores import SMALLEST, TENTH
from labkit.experiment import Experiment, check
from labkit.lottery import lines
from labkit.members import digits
from labkit.members.scale import length, sized
from labkit.rows import factor, of, wide
from labkit.rulings import under

DEPTH = 1    # hidden layers

WIDTHS, SCALINGS = [16, 32, 64, 128, 256, 512], ["standard", "mup", "ntk"]
MOVED = {
    "quick": {"scaling": SCALINGS, "width": [16, 64, 256], "lr": .01,
              "steps": 200},
    "class": {"scaling": SCALINGS, "width": WIDTHS, "lr": .01, "steps": 600},
    "full": {"scaling": SCALINGS, "width": WIDTHS, "lr": .01, "steps": 1800}}


def relative(a, b):
    """How far it is from a to b, over the length of a; (member, ...) each."""
    own, power = sized(a.flatten(1))
    return length((b - a).flatten(1) / power) / length(own)


def measure(seeds, width, scaling, lr, steps):
    """How far gradient descent moves, relative to the length of the start.

    Columns: width, scaling, lr, seed, start and end (losses), moved: the
    distance from the start after ``steps``, over its length, in the mean
    of the layers.
    """
    net = digits.Tanh(width, DEPTH, scaling)
    start = net.draw(seeds)
    losses, _, _, kept = digits.descend(net, start, lr, steps)
    shares = torch.stack([relative(*layers) for layers in zip(
        net.layers(start), net.layers(kept[steps]))])
    return [dict(width=width, scaling=scaling, lr=lr, seed=seed,
                 start=losses[0, i].item(), end=losses[-1, i].item(),
                 moved=shares.mean(0)[i].item())
            for i, seed in enumerate(seeds)]


def cost(seeds, width, scaling, lr, steps):
    """About how many seconds a cell takes; ValueError for bad settings."""
    check(seeds, width=width, lr=lr, steps=steps)
    digits.Tanh(width, DEPTH, scaling)
    return steps * (2e-4 + 1.6e-6 * len(seeds) * width)


moved = Experiment("moved", MOVED, measure, cost)
EXPERIMENTS = (moved,)
run = moved.run


# --- what the rows say ----------------------------------------------------

def distances(rows, scaling):
    """How far the networks of one scaling moved: seed x width."""
    return wide(of(rows, "moved", scaling=scaling), "moved")


# --- the claims -----------------------------------------------------------

def nearer_end(rows):
    """Does a wider network end nearer to its start, in NTK?"""
    return evidence(factor(distances(rows, "ntk")), SMALLEST["C18e"])


def nearer_anyway(rows):
    """As much so in muP?"""
    return evidence(factor(distances(rows, "mup"))
                    / factor(distances(rows, "ntk")), under(TENTH, log=True))


CLAIMS = [
    claim("C18e", "In the NTK parameterisation a wider network ends nearer "
          "to where it starts.", nearer_end,
          "in the NTK parameterisation the widest network moves {effect} "
          "times as far as the narrowest, relative to the length of its "
          "start", "jacot2018neural"),
    claim("C18f", "In muP a wider network ends nearer to where it starts, "
          "by as large a factor as in NTK.", nearer_anyway,
          "the widest network's distance over the narrowest's is {effect} "
          "times as large in muP as in NTK", "chizat2019lazy",
          "yang2021tensor"),
]


# --- figures, tables, facts -----------------------------------------------

def moved_figure(rows):
    """Distances against the width, in the three parameterisations."""
    _, ax = plots.axes("width", "distance / initial length")
    lines.at(ax, rows.width)
    rows = rows.replace({"scaling": {"ntk": "NTK", "mup": "muP"}})
    return plots.show(lines.named(ax, rows, "width", "moved", "scaling", {
        "NTK": lines.BLUE, "standard": lines.GREY, "muP": lines.WARM}), (
        "Relative distance that training moves a network against its width, "
        "both logarithmic, in three parameterisations. NTK falls fastest, in "
        "a straight line; standard and muP more slowly."))


FIGURES = {"moved": lambda tables: moved_figure(tables["moved"])}
TABLES = {}


def facts(tables):
    """What the prose quotes besides the evidence: nothing."""
    return {}
