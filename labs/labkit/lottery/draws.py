"""Draws: is a wide network only as fast as the luckiest of many narrow ones?

The task is that of ``jackpot``. Networks of one seed have the same task and
the same examples. Sources: Edelman et al. 2023 (units that are lucky), Vyas
et al. 2023 (ensembles of narrow networks).
"""
from itertools import product

import numpy as np
import pandas as pd

from labkit import plots
from labkit.claims import claim, evidence
from labkit.cores import SMALLEST, TENTH
from labkit.experiment import Experiment, check
from labkit.lottery import lines
from labkit.lottery.jackpot import NEW, at_best_rate, steps_to_solve
from labkit.members import parity
from labkit.rows import change, distinct, of, spread
from labkit.rulings import over, under

TOTAL = 512      # units of all the networks of one seed together

WIDTHS = [8, 16, 32, 64, 128, 256, 512]
DRAW = {
    "quick": {"width": [8, 32, 128, 512], "lr": [.01, .03], "steps": 1000},
    "class": {"width": WIDTHS, "lr": [.01, .03, .1], "steps": 2000},
    "full": {"width": WIDTHS, "lr": [.003, .01, .03, .1, .3], "steps": 4000}}
LUCK = {
    "quick": {"width": [32], "nets": 32, "lr": [.03], "steps": 800},
    "class": {"width": [32, 64], "nets": 50, "lr": [.01, .03],
              "steps": 1500},
    "full": {"width": [16, 32, 64, 128], "nets": 100, "lr": [.01, .03],
             "steps": 2000}}


def measure(seeds, width, lr, steps):
    """Steps to solve the task, for TOTAL units per seed in all.

    Each seed has TOTAL / width networks with weights of their own, or one
    if they are wider. Columns: width, lr, seed, net (its number), needed.
    """
    members = [*product(seeds, range(max(1, TOTAL // width)))]
    whose = [seed for seed, _ in members]
    net = parity.Parity(width, 1)
    theta = net.draw([NEW * seed + i for seed, i in members])
    when, _ = steps_to_solve(net, theta, lr, steps, whose)
    return [dict(width=width, lr=lr, seed=seed, net=i, needed=needed)
            for (seed, i), needed in zip(members, when.tolist())]


def cost(seeds, width, lr, steps):
    """About how many seconds a cell takes; ValueError for bad settings."""
    check(seeds, width=width, lr=lr, steps=steps)
    return steps * (2e-4 + 4e-7 * len(seeds) * max(TOTAL, width))


def measure_luck(seeds, width, nets, lr, steps):
    """Are networks that are lucky on some examples lucky on others?

    For each seed, as many ``nets`` learn its task twice, from the same
    initial weights, on different examples. Columns: width, nets, lr, seed,
    correlation: Spearman's, of the steps that they need; never is last.
    """
    members = [*product(seeds, range(nets))]
    whose = [seed for seed, _ in members]
    net = parity.Parity(width, 1)
    theta = net.draw([NEW * seed + i for seed, i in members])
    first, again = (steps_to_solve(net, theta, lr, steps, whose, [
        seed + shift for seed in whose])[0] for shift in (0, NEW))
    both = pd.DataFrame({"seed": whose, "first": first, "again": again})
    both = both.fillna(2 * steps)
    return [dict(width=width, nets=nets, lr=lr, seed=seed,
                 correlation=part["first"].corr(part.again, "spearman"))
            for seed, part in both.groupby("seed")]


def cost_of_luck(seeds, width, nets, lr, steps):
    """About how many seconds a cell takes; ValueError for bad settings."""
    check(seeds, width=width, nets=nets, lr=lr, steps=steps)
    return steps * (2e-4 + 8e-7 * len(seeds) * nets * width)


draw = Experiment("draw", DRAW, measure, cost)
luck = Experiment("luck", LUCK, measure_luck, cost_of_luck)
EXPERIMENTS = (draw, luck)
run = draw.run


# --- what the rows say ----------------------------------------------------

def chance(rows):
    """Share of the networks that solve their task: seed x width.

    At the rate at which this share is largest, in the mean over the seeds.
    """
    rows = distinct(of(rows, "draw"), "lr", "seed", "width", "net")
    solved = rows.needed.notna().groupby(
        [rows.lr, rows.seed, rows.width]).mean().unstack()
    best = solved.groupby("lr").mean().idxmax()
    return pd.DataFrame({width: solved.loc[lr][width] for width, lr
                         in best.items()}).rename_axis(columns="width")


def single(rows):
    """Steps that one network needs, in the median: seed x width.

    Infinite where half of them or more do not get there.
    """
    return at_best_rate(of(rows, "draw"), np.median)


def best_of(rows):
    """Steps of the fastest of a seed's networks: seed x width."""
    return at_best_rate(of(rows, "draw"), np.min)


def shares(rows):
    """Share of width's speed-up that more draws give, too: seed x width.

    Of its logarithm, from each width to the widest.
    """
    alone, best = single(rows), best_of(rows)
    speedup = alone.div(alone.iloc[:, -1], axis=0)
    return np.log(alone / best) / np.log(speedup)


def narrowest(rows):
    """The first width at which one network solves its task for all seeds.

    In the median of a seed's networks; the first of all if there is none.
    """
    alone = single(rows)
    solving = [width for width in alone if np.isfinite(alone[width]).all()]
    return solving[0] if solving else alone.columns[0]


def explained(rows):
    """The ``shares`` of draws from the ``narrowest`` width, per seed."""
    return shares(rows)[narrowest(rows)]


# --- the claims -----------------------------------------------------------

def luck_stays(rows):
    """Does luck lie in the initial weights?"""
    rows = distinct(of(rows, "luck"), "seed", "width", "lr")
    mean = rows.groupby("seed").correlation.agg(
        lambda values: values.mean(skipna=False))
    return evidence(mean, over(0.5))


def likelier(rows):
    """Is a wider network more likely to solve its task?"""
    solved = chance(rows)
    return evidence(change(solved), SMALLEST["C17a"],
                    first=solved.columns[0], last=solved.columns[-1])


def draws_suffice(rows):
    """Is the best of many narrow networks as fast as one wide network?"""
    best = best_of(rows)
    first, last = best.columns[0], best.columns[-1]
    return evidence(best[first] / best[last], under(TENTH, log=True),
                    count=TOTAL // first, first=first, last=last)


def draws_explain(rows):
    """Do more draws explain most of width's speed-up?"""
    return evidence(explained(rows), over(0.5),
                    first=narrowest(rows), last=single(rows).columns[-1])


CLAIMS = [
    claim("C16g", "It is the initial weights that win: a network that is "
          "lucky on some examples is lucky on others.", luck_stays,
          "the rank correlation of the steps that networks need on some "
          "examples and on others is {effect}, in the mean of the widths and "
          "rates", "grosse2020tickets"),
    claim("C17a", "A wider network is more likely to solve its task.",
          likelier, "the share of networks that solve their task "
          "{effect:rises|falls} by {size} from width {first:g} to width "
          "{last:g}", "edelman2023pareto"),
    claim("C17b", "Width is a matter of draws: the best of many narrow "
          "networks is as fast as one wide network with as many units.",
          draws_suffice, "the best of {count:g} networks of {first:g} units "
          "needs {effect} times the steps of one network of {last:g}",
          "vyas2023consistent"),
    claim("C17c", "More draws explain most of the speed-up from the "
          "narrowest network to the widest.", draws_explain,
          "counted in factors, draws explain a share of {effect} of the "
          "speed-up from width {first:g} to width {last:g}",
          "edelman2023pareto"),
]


# --- figures, tables, facts -----------------------------------------------

def draw_figure(rows):
    """Steps of one network and of the best of many, against the width."""
    tables = {"one network": single(rows), "best of many": best_of(rows)}
    tidy = pd.concat([table.replace(np.inf, np.nan).melt(
        value_name="steps", ignore_index=False).reset_index().assign(of=of)
        for of, table in tables.items()])
    solved = tidy.groupby(["of", "width"]).steps.transform("count")
    tidy = tidy[solved == rows.seed.nunique()]
    _, ax = plots.axes("width", "steps to solve the task")
    widths = sorted({*rows.width})
    lines.at(ax, widths if len(widths) < 5 else widths[::-2])
    return plots.show(lines.named(ax, tidy, "width", "steps", "of", {
        "one network": lines.GREY, "best of many": lines.BLUE}), (
        "Steps to solve a parity against width, both logarithmic, each width "
        "at its best rate. One network, in the median: falling steeply from "
        "the narrowest width at which it gets there. The best of as many "
        "networks as have the widest one's units: far fewer steps where they "
        "are narrow, falling less, to the same point at the widest, where "
        "there is one network only."))


def draw_table(rows):
    """Networks that solve the task, and the steps, for each width."""
    return pd.DataFrame({
        "solved": chance(rows).median().map("{:.0%}".format),
        "one network": single(rows).agg(spread, digits=0),
        "best of as many units": best_of(rows).agg(spread, digits=0)})


def luck_table(rows):
    """Rank correlations, for each width and rate."""
    return rows.groupby(["width", "lr"]).correlation.apply(
        spread, digits=2).to_frame("rank correlation")


FIGURES = {"draw": lambda tables: draw_figure(tables["draw"])}
TABLES = {"chance": lambda tables: draw_table(tables["draw"]),
          "luck": lambda tables: luck_table(tables["luck"])}


def facts(tables):
    """What the prose quotes, rounded as it quotes it."""
    share = shares(tables["draw"]).median().iloc[:-1]
    by_rate = tables["luck"].groupby("lr").correlation.mean()
    return {"share": {f"of_{width}": f"{value:.2f}"
                      for width, value in share.items()},
            "luck_01": f"{by_rate[.01]:.1f}",
            "luck_03": f"{by_rate[.03]:.1f}"}
