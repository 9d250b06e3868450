"""Lottery tickets: more draws, or better players?"""
from functools import partial
from itertools import product

import numpy as np
import pandas as pd

from labkit import surveys
from labkit.claims import claim, evidence
from labkit.language.runs import cost, train_size
from labkit.lottery import tickets
from labkit.lottery.masks import Mask, edge_popup, magnitude
from labkit.records import sweep
from labkit.surveys import change, of, wide

__all__ = ["CLAIMS", "EXPERIMENTS", "Mask", "edge_popup", "magnitude", "run"]

BASE_WIDTH = 16   # where the scaled learning rate is the other one
EARLY = 16        # steps
WIDTH, RATE = 64, 0.003   # of the tickets that are looked at
QUARTER = 0.25
RIGHT = 0.9       # accuracy with which a task counts as done


def run(experiment, *settings, seeds=range(5), device="cpu", record=None,
        workers=1):
    """Run one of the EXPERIMENTS at its ``settings``; tidy rows.

    See the function of the same name for its settings and ``tickets`` (for
    the language models of "..._rate": ``runs.train_size``) for the columns;
    ``records.sweep`` for ``record`` and ``workers``. Only these use the
    ``device``: the rest is too small to gain from a GPU. Raises ValueError
    for an unknown experiment and for bad sizes, before anything is trained.
    """
    cells = surveys.cells(EXPERIMENTS, experiment, settings, seeds)
    if experiment.endswith("_rate"):
        return sweep(partial(train_size, device=device), cells, cost,
                     record=record, workers=workers)
    return sweep(tickets.survey, cells, tickets.cost, record=record,
                 workers=workers)


def draw(widths, lrs, steps):
    """Networks of the same total width, narrow or wide; steps to solve."""
    return [dict(width=width, lr=lr, steps=steps)
            for lr, width in product(lrs, widths)]


def luck(widths, nets, lrs, steps):
    """The same networks on the same task, twice, on different examples."""
    return [dict(width=width, nets=nets, lr=lr, steps=steps)
            for lr, width in product(lrs, widths)]


def rewound(widths, kept, lrs, steps):
    """The best units of a wide network, alone, from the start again."""
    return [dict(width=width, kept=kept, lr=lr, steps=steps)
            for lr, width in product(lrs, widths)]


def prune(widths, lrs, steps, rounds):
    """Iterative magnitude pruning, and its controls."""
    return [dict(width=width, lr=lr, steps=steps, rounds=rounds)
            for lr, width in product(lrs, widths)]


def popup(widths, lr, steps):
    """Masks over weights that are never trained."""
    return [dict(width=width, lr=lr, steps=steps) for width in widths]


def one_rate(widths, tokens, lr):
    """Language models (standard parameterisation), all at one rate."""
    return [dict(task="standard", width=width, unique=tokens, epochs=1,
                 lrs=[lr], schedule="constant", first=1) for width in widths]


def scaled_rate(widths, tokens, lr):
    """The same with rates inversely proportional to the width."""
    return [cell | {"lrs": [lr * BASE_WIDTH / cell["width"]]}
            for cell in one_rate(widths, tokens, lr)]


def tuned_rate(widths, tokens, lrs):
    """The same with several rates, of which each width may take its best."""
    return [cell | {"lrs": lrs} for cell in one_rate(widths, tokens, None)]


def moved(scalings, widths, lr, steps):
    """How far training moves a network, relative to its start."""
    return [dict(width=width, scaling=scaling, lr=lr, steps=steps)
            for scaling, width in product(scalings, widths)]


EXPERIMENTS = {f.__name__: f for f in (
    draw, luck, rewound, prune, popup, one_rate, scaled_rate, tuned_rate,
    moved)}


# --- what the rows say ----------------------------------------------------

def at_best_rate(rows, rank):
    """A number per seed and width, at each width's best rate.

    ``rank`` takes the steps that the networks of one seed need, infinite
    for never, to one number; the best rate has the smallest in the mean of
    1 / number over the seeds.
    """
    steps = rows.needed.fillna(np.inf).groupby(
        [rows.width, rows.lr, rows.seed]).apply(rank)
    speed = (1 / steps).groupby(["width", "lr"]).mean()
    best = speed.groupby("width").idxmax()
    return pd.DataFrame({width: steps[cell] for width, cell in best.items()}
                        ).rename_axis(columns="width")


def chance(rows):
    """Share of the networks that solve their task: seed x width."""
    rows = of(rows, "draw")
    solved = rows.needed.notna().groupby(
        [rows.lr, rows.seed, rows.width]).mean().unstack()
    best = solved.groupby("lr").mean().idxmax()
    return pd.DataFrame({width: solved.loc[lr, width] for width, lr
                         in best.items()}).rename_axis(columns="width")


def single(rows):
    """Steps that one network needs, in the median: seed x width.

    Infinite where half of them or more do not get there.
    """
    return at_best_rate(of(rows, "draw"), np.median)


def best_of(rows):
    """Steps of the fastest of the networks of one total width."""
    return at_best_rate(of(rows, "draw"), np.min)


def team(rows, way):
    """Steps that a team of units needs, in the median: seed x width."""
    rows = of(rows, "rewound")
    return at_best_rate(rows[rows.way == way], np.median)


def shares(rows):
    """Share of width's speed-up that more draws give, too: seed x width.

    Of its logarithm, from each width to the widest.
    """
    alone, best = single(rows), best_of(rows)
    speedup = alone.div(alone.iloc[:, -1], axis=0)
    return np.log(alone / best) / np.log(speedup)


def explained(rows):
    """The share from the narrowest width that gets there, per seed.

    That is the first at which one network solves its task, in the median,
    for all seeds.
    """
    return shares(rows)[np.isfinite(single(rows)).all().idxmax()]


def tickets_of(rows, way, value="trained"):
    """Accuracies of one way of "prune": seed x density.

    Raises ValueError if WIDTH and RATE are not among the rows.
    """
    rows = of(rows, "prune")
    found = rows[(rows.width == WIDTH) & (rows.lr == RATE)
                 & (rows.way == way)]
    if found.empty:
        raise ValueError(f"width is {[*rows.width.unique()]} and lr "
                         f"{[*rows.lr.unique()]}; width {WIDTH} at lr {RATE} "
                         "is needed")
    return wide(found, value, "density")


def lead(rows, way, value="trained"):
    """By how much a ticket is more accurate than one way: seed x density."""
    return tickets_of(rows, "original", value) - tickets_of(rows, way, value)


def parents(rows):
    """Accuracy of tickets of one size from parents of each width.

    seed x width; the size is the smallest that all parents have.
    """
    rows = of(rows, "prune")
    rows = rows[(rows.way == "original") & (rows.lr == RATE)]
    sizes = rows.groupby("kept").width.nunique()
    size = sizes[sizes == rows.width.nunique()].index.min()
    return wide(rows[rows.kept == size], "trained")


def masked(rows, way):
    """Accuracy of one way of "popup": seed x width."""
    rows = of(rows, "popup")
    return wide(rows[rows.way == way], "right")


def early(rows):
    """Validation losses of language models, each size at its best rate.

    The best at each step by itself: that with the lowest mean loss; a rate
    at which a seed has diverged is out.
    """
    rows = rows[rows.quantity == "validation"]
    mean = rows.groupby(["size", "step", "lr"]).value.agg(
        lambda seeds: seeds.mean(skipna=False)).dropna()
    best = mean.groupby(["size", "step"]).idxmin()
    return rows.set_index(mean.index.names).loc[[*best]].reset_index()


def loss_after(rows, experiment, steps):
    """Validation loss of ``early`` after so many steps: seed x size."""
    rows = early(of(rows, experiment))
    step = min(rows.step.unique(), key=lambda step: abs(step - steps))
    return wide(rows[rows.step == step], "value", "size")


def ahead(rows, experiment, steps):
    """Loss of the widest model minus that of the narrowest, per seed."""
    return change(loss_after(rows, experiment, steps))


def distance(rows, scaling):
    """How far the network moved: seed x width."""
    rows = of(rows, "moved")
    return wide(rows[rows.scaling == scaling], "moved")


# --- the claims -----------------------------------------------------------

def fewest(table):
    """Each seed's value with the fewest weights left; how many these are."""
    return table.iloc[:, 0], (f"with 1/{1 / table.columns[0]:g} of the "
                              "weights left")


def ends(table):
    """The widths that a change goes from and to, in words."""
    return (f"from width {table.columns[0]:g} to width "
            f"{table.columns[-1]:g}")


def values_matter(rows):
    """Does a ticket do better than other values in the same mask?"""
    more, where = fewest(lead(rows, "redrawn"))
    return evidence(more, lambda d: d > 0,
                    f"at a rate of {RATE:g} and {where}, the accuracy with "
                    "the original values is {lies} than with redrawn ones")


def mask_matters(rows):
    """And better than in a random mask with as many weights per layer?"""
    more, where = fewest(lead(rows, "random mask"))
    return evidence(more, lambda d: d > 0,
                    f"{where}, the accuracy with the original values is "
                    "{lies} in the ticket's mask than in a random one")


def more_than_signs(rows):
    """Are more than the signs of the values needed?"""
    more, where = fewest(lead(rows, "signs"))
    return evidence(more, lambda d: d > 0.02,
                    f"{where}, the accuracy with the original values minus "
                    "that with their signs alone is {}")


def as_good(rows):
    """Does a ticket with a quarter of the weights match the whole?"""
    right = tickets_of(rows, "original")
    return evidence(right[QUARTER] - right[1.0], lambda d: d >= -0.01,
                    "with a quarter of the weights a ticket's accuracy is "
                    "{lies} than that of the whole network")


def already_good(rows):
    """Does a ticket do its task before it is trained?"""
    best = tickets_of(rows, "original", "untrained").max(axis=1)
    return evidence(best, lambda a: a > RIGHT,
                    "untrained, with the share of weights that suits it "
                    "best, a ticket has an accuracy of {}")


def of_this_task(rows):
    """Does it do it better than one made with shuffled labels, untrained?"""
    more = lead(rows, "shuffled labels", "untrained").iloc[:, :-1]
    return evidence(more.min(axis=1), lambda d: d > 0,
                    "untrained, where the lead is smallest, a ticket's "
                    "accuracy is {lies} than that of one made with shuffled "
                    "labels")


def better_than_chance(rows):
    """Does it do better than other values in its mask, untrained?"""
    more = lead(rows, "redrawn", "untrained").iloc[:, :-1]
    return evidence(more.min(axis=1), lambda d: d > 0,
                    "untrained, where the lead is smallest, the accuracy "
                    "with the original values is {lies} than with redrawn "
                    "ones")


def winners_win(rows):
    """Do the best units of a wide network learn faster than others?"""
    ratio = (team(rows, "winners, new examples")
             / team(rows, "random, new examples")).fillna(1)
    return evidence(ratio.median(axis=1), lambda r: r < 1,
                    "set back to the start, the best units need {} times "
                    "the steps of as many others on new examples (best "
                    "rates, median of the widths)")


def luck_stays(rows):
    """Does luck lie in the initial weights?"""
    rows = of(rows, "luck")
    mean = rows.groupby("seed").correlation.agg(
        lambda values: values.mean(skipna=False))
    return evidence(mean, lambda r: r > 0.5,
                    "the rank correlation of the steps that networks need "
                    "on some examples and on others is {}, in the mean of "
                    "the widths and rates")


def likelier(rows):
    """Is a wider network more likely to solve its task?"""
    solved = chance(rows)
    return evidence(change(solved), lambda d: d > 0,
                    "the share of networks that solve their task {moves} "
                    + ends(solved))


def draws_suffice(rows):
    """Is the best of many narrow networks as fast as one wide network?"""
    best = best_of(rows)
    narrow, widest = best.columns[0], best.columns[-1]
    return evidence(best[narrow] / best[widest], lambda r: r <= 1,
                    f"the best of {tickets.TOTAL // narrow:g} networks of "
                    f"{narrow:g} units needs {{}} times the steps of one "
                    f"network of {widest:g}")


def draws_explain(rows):
    """Do more draws explain most of width's speed-up?"""
    found = explained(rows)
    return evidence(found, lambda s: s > 0.5,
                    "counted in factors, draws explain a share of {} of the "
                    f"speed-up from width {found.name:g} to width "
                    f"{shares(rows).columns[-1]:g}")


def luck_finds(rows):
    """Is a random mask, of a thousand, any good?"""
    right = masked(rows, "random masks").max(axis=1)
    return evidence(right, lambda a: a > RIGHT,
                    f"the best of {tickets.RANDOM:,} random masks has an "
                    "accuracy of {}, at the best width")


def search_finds(rows):
    """Does a search for a mask find one?"""
    right = masked(rows, "popup")
    return evidence(right.iloc[:, -1], lambda a: a > RIGHT,
                    f"at width {right.columns[-1]:g} the mask that a search "
                    "finds has an accuracy of {}")


def wider_holds_better(rows):
    """And a better one in a wider network?"""
    right = masked(rows, "popup")
    return evidence(change(right), lambda d: d > 0,
                    "the accuracy of the mask that a search finds {moves} "
                    + ends(right))


def wider_parent(rows):
    """Is a ticket of one size better if its parent was wider?"""
    right = parents(rows)
    return evidence(change(right), lambda d: d > 0,
                    "the accuracy of tickets of one size {moves} from "
                    f"parents of width {right.columns[0]:g} to parents of "
                    f"width {right.columns[-1]:g}")


def lower_loss(experiment, steps, when, rows):
    """Has the widest language model a lower loss, after so many steps?"""
    sizes = loss_after(rows, experiment, steps).columns
    return evidence(ahead(rows, experiment, steps), lambda d: d < 0,
                    f"{when}, the loss in nats is {{lies}} at width "
                    f"{sizes[-1]:g} than at width {sizes[0]:g}")


lower_start = partial(lower_loss, "one_rate", 0, "before training")
ahead_one_rate = partial(lower_loss, "one_rate", EARLY,
                         f"after {EARLY} steps at one rate")
ahead_scaled_rate = partial(
    lower_loss, "scaled_rate", EARLY,
    f"after {EARLY} steps at rates that fall with the width")
ahead_tuned_rate = partial(
    lower_loss, "tuned_rate", EARLY,
    f"after {EARLY} steps, each width at its own best rate for this")


def nearer_end(rows):
    """Does a wider network end nearer to its start, in NTK?"""
    way = distance(rows, "ntk")
    return evidence(way.iloc[:, -1] / way.iloc[:, 0], lambda r: r < 1,
                    "in the NTK parameterisation the widest network moves "
                    "{} times as far as the narrowest, relative to the "
                    "length of its start")


def nearer_anyway(rows):
    """As much so in muP?"""
    ratios = [distance(rows, scaling) for scaling in ("mup", "ntk")]
    mup, ntk = (way.iloc[:, -1] / way.iloc[:, 0] for way in ratios)
    return evidence(mup / ntk, lambda r: r <= 1,
                    "the widest network's distance over the narrowest's is "
                    "{} times as large in muP as in NTK")


_claim = partial(claim, "lottery")
CLAIMS = [
    _claim("C16a", "The initial values of a ticket matter: with the fewest "
           f"weights and at a rate of {RATE:g}, redrawn values do worse in "
           "its mask.", values_matter, "frankle2019lottery"),
    _claim("C16b", "The mask of a ticket matters: a random mask with as many "
           "weights in each layer does worse.", mask_matters,
           "frankle2019lottery", "su2020sanity"),
    _claim("C16c", "The sizes of a ticket's initial values matter, too: "
           "their signs alone do worse, by more than 0.02.",
           more_than_signs, "zhou2019deconstructing"),
    _claim("C16d", "The initial weights of a ticket suit its task already: "
           f"untrained, its accuracy is above {RIGHT:g}.", already_good,
           "frankle2019lottery", "zhou2019deconstructing"),
    _claim("C16e", "Untrained, the original values do the task better than "
           "redrawn values in the same mask.", better_than_chance,
           "zhou2019deconstructing"),
    _claim("C16f", "The best units of a wide network, alone and from the "
           "start, learn new examples faster than other units.",
           winners_win, "edelman2023pareto"),
    _claim("C16g", "It is the initial weights that win: a network that is "
           "lucky on some examples is lucky on others.", luck_stays,
           "grosse2020tickets"),
    _claim("C16h", "A ticket with a quarter of the weights does as well as "
           "the whole network, to within 0.01, in as many steps.", as_good,
           "frankle2019lottery"),
    _claim("C16i", "Untrained, a ticket does its task better than a ticket "
           "made with shuffled labels.", of_this_task,
           "frankle2019lottery"),
    _claim("C17a", "A wider network is more likely to solve its task.",
           likelier, "edelman2023pareto"),
    _claim("C17b", "Width is a matter of draws: the best of many narrow "
           "networks is as fast as one wide network with as many units.",
           draws_suffice, "vyas2023consistent"),
    _claim("C17c", "More draws explain most of the speed-up from the "
           "narrowest network to the widest.", draws_explain,
           "edelman2023pareto"),
    _claim("C17d", "Among a thousand random masks is one that does the "
           "task.", luck_finds, "ramanujan2020hidden"),
    _claim("C17e", "A search finds a mask that does the task with weights "
           "that are never trained.", search_finds, "ramanujan2020hidden"),
    _claim("C17f", "The mask that a search finds is better in a wider "
           "network.", wider_holds_better, "ramanujan2020hidden",
           "pensia2020optimal"),
    _claim("C17g", "Wider parents have better tickets of the same size.",
           wider_parent, "liu2022unreasonable"),
    _claim("C18a", "A larger language model starts at a lower loss.",
           lower_start, "qiu2025scaling"),
    _claim("C18b", f"After {EARLY} steps at one learning rate, a larger "
           "language model has a lower loss.", ahead_one_rate,
           "vyas2023consistent"),
    _claim("C18c", f"After {EARLY} steps at rates that fall with the width, "
           "a larger language model has a lower loss.", ahead_scaled_rate,
           "vyas2023consistent"),
    _claim("C18d", f"After {EARLY} steps, each size at its own best rate, a "
           "larger language model has a lower loss.", ahead_tuned_rate,
           "yang2021tensor"),
    _claim("C18e", "In the NTK parameterisation a wider network ends nearer "
           "to where it starts.", nearer_end, "jacot2018neural"),
    _claim("C18f", "In muP a wider network ends nearer to where it starts, "
           "by as large a factor as in NTK.", nearer_anyway,
           "chizat2019lazy", "yang2021tensor"),
]
