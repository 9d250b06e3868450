"""Search: is there a mask that does the task with weights never trained?

The weights of networks that read digits are the signs of their initial
values, all of one size. Source: Ramanujan et al. 2020 (edge-popup).
"""
import torch

from labkit import plots
from labkit.claims import claim, evidence
from labkit.experiment import Experiment, check
from labkit.lottery import lines, masks
from labkit.lottery.masks import RIGHT
from labkit.members import digits
from labkit.rows import change, of, wide
from labkit.rulings import over, plus

HALF = 0.5       # density of the masks
RANDOM = 1000    # masks drawn at random
MANY = 20        # of them at once
EXAM = 512       # images to train on that choose the best of them

POPUP = {
    "quick": {"width": [8, 32, 128], "lr": .01, "steps": 200},
    "class": {"width": [8, 16, 32, 64, 128, 256], "lr": .01, "steps": 400},
    "full": {"width": [8, 16, 32, 64, 128, 256], "lr": .01, "steps": 600}}


def luckiest(net, weights, generator):
    """The ``weights`` (member, P) under the best of RANDOM random masks.

    That with the largest accuracy on EXAM of the images to train on.
    """
    x, y, _, _ = (part[:EXAM] for part in digits.split())
    best, found = torch.zeros(len(weights)), weights.clone()
    for _ in range(RANDOM // MANY):
        scores = torch.rand(MANY, *weights.shape, generator=generator)
        some = masks.by_layer(scores, net.sizes, HALF).apply(
            weights.expand_as(scores))
        right, which = net.accuracy(some, x, y).max(0)
        better = right > best
        best = right.where(better, best)
        found[better] = some[which, range(len(weights))][better]
    return found


def measure(seeds, width, lr, steps):
    """Accuracies on the test under masks, and of the weights trained.

    Ways: "unmasked", under the mask of edge-popup ("popup"), under the best
    of RANDOM random masks ("random masks"), and the initial weights after
    training ("trained"). Columns: width, lr, way, seed, right.
    """
    net = digits.Relu(width)
    theta = net.draw(seeds)
    fixed = net.spread * theta.sign() / HALF**0.5
    generator = torch.Generator().manual_seed(seeds[0])
    found = masks.edge_popup(net, fixed, HALF, digits.batches(seeds, steps),
                             lr, generator)
    whole = masks.Mask(torch.ones_like(theta))
    table = {"unmasked": fixed, "popup": found.apply(fixed),
             "random masks": luckiest(net, fixed, generator),
             "trained": masks.trained(net, theta, whole, lr, steps, seeds)}
    return [dict(width=width, lr=lr, way=way, seed=seed, right=right)
            for way, weights in table.items()
            for seed, right in zip(seeds, net.accuracy(weights).tolist())]


def cost(seeds, width, lr, steps):
    """About how many seconds a cell takes; ValueError for bad settings."""
    check(seeds, width=width, lr=lr, steps=steps)
    return steps * (2e-4 + 8e-6 * len(seeds) * width)


popup = Experiment("popup", POPUP, measure, cost)
EXPERIMENTS = (popup,)
run = popup.run


# --- what the rows say ----------------------------------------------------

def masked(rows, way):
    """Accuracy of one way: seed x width."""
    return wide(of(rows, "popup", way=way), "right")


# --- the claims -----------------------------------------------------------

def luck_finds(rows):
    """Is a random mask, of a thousand, any good?"""
    right = masked(rows, "random masks").max(axis=1, skipna=False)
    return evidence(right, over(RIGHT), draws=RANDOM)


def search_finds(rows):
    """Does a search for a mask find one?"""
    right = masked(rows, "popup")
    return evidence(right.iloc[:, -1], over(RIGHT),
                    width=right.columns[-1])


def wider_holds_better(rows):
    """And a better one in a wider network?"""
    right = masked(rows, "popup")
    return evidence(change(right), plus(0.01),
                    first=right.columns[0], last=right.columns[-1])


CLAIMS = [
    claim("C17d", "Among a thousand random masks is one that does the task.",
          luck_finds, "the best of {draws:,} random masks has an accuracy of "
          "{effect}, at the best width", "ramanujan2020hidden"),
    claim("C17e", "A search finds a mask that does the task with weights "
          "that are never trained.", search_finds,
          "at width {width:g} the mask that a search finds has an accuracy "
          "of {effect}", "ramanujan2020hidden"),
    claim("C17f", "The mask that a search finds is better in a wider "
          "network.", wider_holds_better,
          "the accuracy of the mask that a search finds "
          "{effect:rises|falls} by {size} from width {first:g} to width "
          "{last:g}", "ramanujan2020hidden", "pensia2020optimal"),
]


# --- figures, tables, facts -----------------------------------------------

def popup_figure(rows):
    """Accuracy of each way against the width."""
    _, ax = plots.axes("width", "accuracy", ylog=False)
    ax.set_ylim(0, 1.03)
    lines.at(ax, rows.width)
    names = "searched mask", f"luckiest of {RANDOM:,}"
    rows = rows.replace({"way": dict(zip(("popup", "random masks"), names))})
    return plots.show(lines.named(ax, rows, "width", "right", "way", {
        "trained": lines.GREY, **dict(zip(names, (lines.BLUE, lines.WARM))),
        "unmasked": lines.PURPLE}), (
        "Accuracy of untrained networks under masks against width. Popup "
        "rises from about 0.7 to close to the trained network near 0.98; the "
        "best of a thousand random masks stays near 0.2 at every width, the "
        "unmasked network near 0.1."))


FIGURES = {"popup": lambda tables: popup_figure(tables["popup"])}
TABLES = {}


def facts(tables):
    """What the prose quotes besides the evidence: nothing."""
    return {}
