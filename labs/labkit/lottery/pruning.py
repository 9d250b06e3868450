"""Pruning: what is a winning ticket worth, beside its controls?

A ticket is what is left of a network that reads digits after iterative
magnitude pruning: a mask, and the initial values that it keeps. Sources:
Frankle & Carbin 2019, Zhou et al. 2019 (signs), Su et al. 2020 (masks dealt
anew).
"""
from fractions import Fraction

import torch

from labkit import plots
from labkit.claims import claim, evidence
from labkit.cores import SMALLEST
from labkit.experiment import AGAIN, FIRST, Experiment, check
from labkit.lottery import masks
from labkit.lottery.masks import pruned, trained
from labkit.lottery.tickets import RATE, WIDTH, accuracies, lead, right
from labkit.members import digits
from labkit.rows import change, labelled, middle, of, spread, wide
from labkit.rulings import over, plus

NEW = 1000       # added to a seed for values that are drawn anew
QUARTER = 0.25

PRUNE = {
    "quick": {"width": [32, 64], "lr": [.003], "steps": 300, "rounds": 5},
    "class": {"width": [32, 64, 128], "lr": [.003], "steps": 400,
              "rounds": 6},
    "full": {"width": [32, 64, 128], "lr": [.001, .003, .01, .03],
             "steps": 400, "rounds": 6}}


def controls(net, first, new, mask, other, generator):
    """What a ticket is compared with: {way: (initial weights, mask)}.

    In the ticket's ``mask``: values drawn anew (``new``), the signs of the
    ``first`` values alone. With the first values: a mask with its places
    dealt anew in each layer; the ``other`` mask.
    """
    return {"redrawn": (new, mask),
            "signs": (net.spread * first.sign(), mask),
            "random mask": (first, masks.shuffled(mask, net.sizes,
                                                  generator)),
            "shuffled labels": (first, other)}


def measure(seeds, width, lr, steps, rounds):
    """Accuracies of tickets and ``controls`` after each round of pruning.

    "shuffled labels" has the mask of a network that was trained, in each
    round, with the labels dealt anew among the images. Columns: width, lr,
    density, kept (weights), way, seed, untrained and trained: accuracies on
    the test before and after training.
    """
    net = digits.Relu(width)
    first, new = net.draw(seeds), net.draw([seed + NEW for seed in seeds])
    generator = torch.Generator().manual_seed(seeds[0])
    chains = [pruned(net, first, lr, steps, rounds, seeds, labels)
              for labels in (None, digits.dealt())]
    rows = []
    for round, ((mask, end), (other, _)) in enumerate(zip(*chains)):
        ways = controls(net, first, new, mask, other, generator)
        theta = torch.cat([start for start, _ in ways.values()])
        keep = masks.Mask(torch.cat([m.keep for _, m in ways.values()]))
        after = trained(net, theta, keep, lr, steps, [*seeds] * len(ways))
        starts = torch.cat([mask.apply(first), keep.apply(theta)])
        ends = torch.cat([end, after])
        who = [(way, seed) for way in ("original", *ways) for seed in seeds]
        rows += [dict(width=width, lr=lr, density=masks.FEWER**round,
                      kept=masks.count(masks.FEWER**round, net.size), way=way,
                      seed=seed, untrained=before, trained=then)
                 for (way, seed), before, then in zip(
                     who, net.accuracy(starts).tolist(),
                     net.accuracy(ends).tolist())]
    return rows


def cost(seeds, width, lr, steps, rounds):
    """About how many seconds a cell takes; ValueError for bad settings."""
    check(seeds, width=width, lr=lr, steps=steps, rounds=rounds)
    return steps * (2e-4 + 1.2e-5 * len(seeds) * rounds * width)


prune = Experiment("prune", PRUNE, measure, cost, batches=(FIRST, AGAIN))
EXPERIMENTS = (prune,)
run = prune.run


# --- what the rows say ----------------------------------------------------

def fewest(table):
    """Of a table seed x density: the fewest weights' column, 1 / density."""
    return table.iloc[:, 0], 1 / table.columns[0]


def of_all_parents(rows):
    """Tickets at RATE, of the sizes that parents of all widths have."""
    rows = labelled(of(rows, "prune", way="original", lr=RATE),
                    "kept", "width")
    widths = rows.groupby("kept").width.transform("nunique")
    return rows[widths == rows.width.nunique()]


def lead_at_rates(rows, way):
    """By how much a ticket is more accurate than one way, at WIDTH.

    A row per rate and density, a column per seed.
    """
    accuracy = wide(of(rows, "prune", width=WIDTH), "trained",
                    ["way", "seed"], ["lr", "density"])
    return accuracy["original"] - accuracy[way]


def parents(rows):
    """Accuracy of the smallest tickets that all parents have: seed x width.

    The width is that of the parent.
    """
    rows = of_all_parents(rows)
    return wide(rows[rows.kept == rows.kept.min()], "trained")


# --- the claims -----------------------------------------------------------

def values_matter(rows):
    """Does a ticket do better than other values in the same mask?"""
    more, left = fewest(lead(rows, "redrawn"))
    return evidence(more, SMALLEST["C16a"], left=left, rate=RATE)


def mask_matters(rows):
    """And better than in a random mask with as many weights per layer?"""
    more, left = fewest(lead(rows, "random mask"))
    return evidence(more, plus(0.01), left=left)


def more_than_signs(rows):
    """Are more than the signs of the values needed?"""
    more, left = fewest(lead(rows, "signs"))
    return evidence(more, over(0.02), left=left)


def as_good(rows):
    """Does a ticket with a quarter of the weights match the whole?"""
    accuracy = right(rows, "original")
    return evidence(accuracy[QUARTER] - accuracy[1.0], SMALLEST["C16h"])


def wider_parent(rows):
    """Is a ticket of one size better if its parent was wider?"""
    accuracy = parents(rows)
    return evidence(change(accuracy), SMALLEST["C17g"],
                    first=accuracy.columns[0], last=accuracy.columns[-1])


CLAIMS = [
    claim("C16a", "The initial values of a ticket matter: with the fewest "
          f"weights and at a rate of {RATE:g}, redrawn values do worse in "
          "its mask.", values_matter,
          "at a rate of {rate:g} and with 1/{left:g} of the weights left, "
          "the accuracy with the original values is {size} "
          "{effect:higher|lower} than with redrawn ones",
          "frankle2019lottery"),
    claim("C16b", "The mask of a ticket matters: a random mask with as many "
          "weights in each layer does worse.", mask_matters,
          "with 1/{left:g} of the weights left, the accuracy with the "
          "original values is {size} {effect:higher|lower} in the ticket's "
          "mask than in a random one", "frankle2019lottery",
          "su2020sanity"),
    claim("C16c", "The sizes of a ticket's initial values matter, too: "
          "their signs alone do worse, by more than 0.02.",
          more_than_signs, "with 1/{left:g} of the weights left, the "
          "accuracy with the original values minus that with their signs "
          "alone is {effect}", "zhou2019deconstructing"),
    claim("C16h", "A ticket with a quarter of the weights does as well as "
          "the whole network, to within 0.01, in as many steps.", as_good,
          "with a quarter of the weights a ticket's accuracy is {size} "
          "{effect:higher|lower} than that of the whole network",
          "frankle2019lottery"),
    claim("C17g", "Wider parents have better tickets of the same size.",
          wider_parent, "the accuracy of tickets of one size "
          "{effect:rises|falls} by {size} from parents of width {first:g} "
          "to parents of width {last:g}", "liu2022unreasonable"),
]


# --- figures, tables, facts -----------------------------------------------

def trained_figure(rows):
    """Accuracy after training against the share of weights left."""
    return plots.show(plots.ends(accuracies(rows, "trained")), (
        "Accuracy after training against how many weights are left. All are "
        "near 0.98 on the left, with all weights. With fewer, original and "
        "signs stay highest, redrawn values and shuffled labels lower, a "
        "random mask falls most."))


def rates_table(rows):
    """Medians at WIDTH with all and with few weights, for each rate."""
    ways = ["original", "redrawn", "random mask"]
    rows = rows[(rows.width == WIDTH) & rows.way.isin(ways)
                & rows.density.isin([1, 1 / 16, 1 / 32])]
    table = rows.groupby(["lr", "density", "way"]).trained.agg(
        middle).unstack("way")[ways].round(3)
    return table.rename(lambda share: str(Fraction(share)), level="density")


def parents_table(rows):
    """Accuracy of tickets, for each size and width of the parent."""
    return of_all_parents(rows).groupby(["kept", "width"]).trained.apply(
        spread, digits=3).unstack("width")


FIGURES = {"trained": lambda tables: trained_figure(tables["prune"])}
TABLES = {"rates": lambda tables: rates_table(tables["prune"]),
          "parents": lambda tables: parents_table(tables["prune"])}


def facts(tables):
    """What the prose quotes, rounded as it quotes it.

    ``fewest_right``: a ticket's accuracy with a sixty-fourth of the weights.
    ``behind``: for how many seeds redrawn values are ahead there; with a
    thirty-second, for one: by ``behind_32nd``, where the lead is
    ``lead_32nd`` in the median.
    """
    few = right(tables["prune"], "original")[1 / 64]
    leads = lead_at_rates(tables["prune"], "redrawn")
    some = leads.loc[RATE, 1 / 32]
    return {"fewest_right": {"median": f"{few.median():.2f}",
                             "low": f"{few.min():.2f}",
                             "high": f"{few.max():.2f}"},
            "behind": str((leads.loc[RATE, 1 / 64] < 0).sum()),
            "lead_32nd": f"{some.median():.2f}",
            "behind_32nd": f"{-some.min():.2f}"}
