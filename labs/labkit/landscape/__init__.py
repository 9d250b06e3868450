"""The landscape: pits, plains, and what size does to them."""
from functools import partial
from itertools import product

import numpy as np
import pandas as pd

from labkit import surveys
from labkit.claims import claim, evidence
from labkit.landscape import terrain
from labkit.landscape.curvature import goe_all_positive, top_eigenvalue
from labkit.landscape.paths import align, barrier, slice
from labkit.language.runs import cost, decaying, train_size, tuned
from labkit.records import sweep
from labkit.surveys import of, wide

__all__ = ["CLAIMS", "EXPERIMENTS", "align", "barrier", "goe_all_positive",
           "run", "slice", "top_eigenvalue"]

WIDTH = 32   # of hidden layers, where it varies the depth
EDGE = 2     # of the eigenvalues of large random matrices (goe)
MORE = 4     # times the tokens, in the control of "sizes"


def run(experiment, *settings, seeds=range(5), device="cpu", record=None,
        workers=1):
    """Run one of the EXPERIMENTS at its ``settings``; tidy rows.

    See the function of the same name for its settings and
    ``terrain`` (for "sizes": ``runs.train_size``) for the columns;
    ``records.sweep`` for ``record`` and ``workers``. Only "sizes" uses
    the ``device``: the rest is too small to gain from a GPU. Raises
    ValueError for an unknown experiment and for bad sizes, before
    anything is trained.
    """
    cells = surveys.cells(EXPERIMENTS, experiment, settings, seeds)
    if experiment == "sizes":
        return sweep(partial(train_size, device=device), cells, cost,
                     record=record, workers=workers)
    return sweep(terrain.survey, cells, terrain.cost, record=record,
                 workers=workers)


def goe(dimensions, draws):
    """Random matrices of several sizes n."""
    return low(dimensions, [0.0], draws)


def low(dimensions, shifts, draws):
    """The same, all eigenvalues raised by each of the ``shifts``."""
    return [dict(n=n, shift=shift, draws=draws)
            for shift, n in product(shifts, dimensions)]


def pits(teachers, more, count, steps):
    """Students with so many ``more`` neurons than each teacher, and twice."""
    return [dict(k=k, m=m, count=count, steps=steps)
            for k in teachers
            for m in sorted({*(k + i for i in more), 2 * k})]


def escape(teachers, count, steps):
    """Students of their teacher's size, trapped, and what frees them."""
    return [dict(k=k, count=count, steps=steps) for k in teachers]


def sizes(widths, tokens, lrs):
    """Language models on new tokens, and on MORE times as many."""
    return [decaying("rules", width, tokens * times, 1, lrs)
            for times, width in product((1, MORE), widths)]


def sharpness(scalings, widths, lrs, steps):
    """The top eigenvalue along training."""
    return [dict(width=width, depth=terrain.DEPTH, scaling=scaling, lr=lr,
                 steps=steps)
            for scaling, lr, width in product(scalings, lrs, widths)]


def spectrum(widths, lr, steps):
    """All eigenvalues at the end of training."""
    return [dict(width=width, depth=terrain.DEPTH, lr=lr, steps=steps)
            for width in widths]


def slices(depths, widths, lr, steps):
    """Slices through deep networks, with and without skips; and wide ones.

    The wide ones are as deep as the middle one of the ``depths``.
    """
    deep = [dict(width=WIDTH, depth=depth, skip=skip, lr=lr, steps=steps)
            for skip, depth in product((False, True), depths)]
    middle = depths[len(depths) // 2]
    wide = [dict(width=width, depth=middle, skip=False, lr=lr, steps=steps)
            for width in widths if width != WIDTH]
    return deep + wide


def barriers(depths, widths, lr, steps):
    """Pairs of networks, and what lies between them."""
    return [dict(width=width, depth=depth, lr=lr, steps=steps)
            for depth, width in product(depths, widths)]


def ways(scalings, widths, lrs, steps, targets):
    """The way down: how many steps, and how direct."""
    return [dict(width=width, depth=terrain.DEPTH, scaling=scaling, lr=lr,
                 steps=steps, targets=list(targets))
            for scaling, lr, width in product(scalings, lrs, widths)]


EXPERIMENTS = {f.__name__: f for f in (
    goe, low, pits, escape, sizes, sharpness, spectrum, slices, barriers,
    ways)}


# --- what the rows say ----------------------------------------------------

def ends(table, ratio=True):
    """From the first column of a table to its last: ratio or difference."""
    first, last = table.iloc[:, 0], table.iloc[:, -1]
    return last / first if ratio else last - first


def pit_shares(rows, extra):
    """Share of pits, seed x teacher, for students of k + ``extra``."""
    rows = of(rows, "pits")
    return wide(rows[rows.m == rows.k + extra], "pit", "k")


def final(rows):
    """Final losses of "sizes" at the best rate: (tokens, seed) x size."""
    rows = tuned(of(rows, "sizes"))
    rows = rows[(rows.quantity == "validation") & (rows.step > 0)]
    return rows.pivot(index=["tokens", "seed"], columns="size",
                      values="value")


def luck(rows):
    """Range of the final losses over seeds / gap to the next size.

    A row per number of tokens, a column per size but the largest.
    """
    by_tokens = final(rows).groupby("tokens")
    spread = by_tokens.max() - by_tokens.min()
    gap = -by_tokens.mean().diff(axis=1).shift(-1, axis=1)
    return (spread / gap.clip(lower=0)).iloc[:, :-1]


def catching_up(rows):
    """Loss of a size after MORE tokens minus the next size's: seed x size.

    Below zero, the longer run of the smaller size is the better one.
    """
    losses = final(rows)
    few, many = sorted(losses.index.unique("tokens"))
    return (losses.loc[many] - losses.loc[few].shift(-1, axis=1)).iloc[
        :, :-1]


def fastest(rows):
    """Rows of "ways" at the rate that is fastest for each size and target.

    It is the one at which the slowest seed is fastest; rates at which a
    seed diverges are out, and so are targets that a seed never reaches.
    """
    rows = of(rows, "ways")
    run = ["scaling", "width", "target"]
    out = rows.diverged.astype(bool) | rows.needed.isna()
    slowest = rows.needed.mask(out, np.inf).groupby(
        [rows[key] for key in [*run, "lr"]]).max()
    slowest = slowest[slowest < np.inf]
    best = slowest.groupby(run).idxmin().tolist()
    return rows.set_index([*run, "lr"]).loc[best].reset_index()


def over_targets(rows, column, scaling="mup", ratio=True):
    """From the narrowest width to the widest, the change of a column.

    At the fastest rates; of the targets, each over the widths that reach
    it, the median. A value per seed.
    """
    rows = fastest(rows)
    rows = rows[rows.scaling == scaling]
    changes = [ends(wide(part, column), ratio)
               for _, part in rows.groupby("target")
               if part.width.nunique() > 1]
    return pd.concat(changes, axis=1).median(axis=1)


def kept_rates(rows, scaling):
    """The last step of "sharpness", at rates that no seed diverged at."""
    rows = of(rows, "sharpness")
    rows = rows[(rows.scaling == scaling) & (rows.step == rows.step.max())]
    bad = rows.groupby("lr").diverged.transform("any")
    return rows[~bad]


# --- the claims -----------------------------------------------------------

def some_pits(rows):
    """Do students of their teacher's size end in pits?"""
    share = pit_shares(rows, 0).iloc[:, -1]
    return evidence(100 * share, lambda s: s > 0,
                    f"of the students with {share.name:g} neurons, as many "
                    "as their teacher has, {} % end in a pit")


def width_removes(rows):
    """For one teacher, do larger students end in fewer pits?"""
    rows = of(rows, "pits")
    k = rows.k.max()
    change = ends(wide(rows[rows.k == k], "pit", "m"), ratio=False)
    return evidence(100 * change, lambda d: d < 0,
                    f"from students with {k:g} neurons, as many as their "
                    "teacher has, to students with twice as many, the share "
                    "that ends in a pit {moves} percentage points")


def larger_exact(rows):
    """Of students just as large as their teacher, are larger ones freer?"""
    shares = pit_shares(rows, 0)
    return evidence(100 * ends(shares, ratio=False), lambda d: d < 0,
                    f"from {shares.columns[0]:g} to {shares.columns[-1]:g} "
                    "neurons in both student and teacher, the share that "
                    "ends in a pit {moves} percentage points")


def luck_of_seeds(rows):
    """Do the seeds of a size differ as much as it does from the next?"""
    return evidence(luck(rows).to_numpy().ravel(), lambda r: r >= 1,
                    "the range of a small language model's final loss over "
                    "seeds is {} times the gap to the next size",
                    "sizes and lengths")


def freed(rows, way):
    """Percent of trapped students that got out, all teachers together.

    Of several ways that start alike, the best for each teacher; a value
    per seed.
    """
    rows = of(rows, "escape")
    rows = rows[rows.way.str.startswith(way) & (rows.students > 0)]
    rows = rows.assign(out=rows.arrived * rows.students)
    total = rows.groupby(["k", "way"]).out.sum()
    best = total.groupby("k").idxmax().tolist()
    sums = rows.set_index(["k", "way"]).loc[best].groupby("seed")[
        ["out", "students"]].sum()
    return 100 * sums.out / sums.students


def steps_free(rows):
    """Do more steps free trapped students?"""
    return evidence(freed(rows, f"{terrain.LONGER} times"), lambda s: s > 0,
                    f"{terrain.LONGER} times as many steps free {{}} % of "
                    "the trapped students")


def noise_frees(rows):
    """Does the noise of sampled gradients free some of them?"""
    return evidence(freed(rows, "noise"), lambda s: s > 0,
                    "noise in the gradients, for each teacher of the "
                    "strength and length that free most of those tried, "
                    "frees {} % of the trapped students")


def neuron_frees(rows):
    """Does one more neuron free most of them?"""
    return evidence(freed(rows, "one more"), lambda s: s > 50,
                    "one more neuron frees {} % of the trapped students")


def tokens_close(rows):
    """Do MORE tokens bring a language model to the next size's loss?"""
    gap = catching_up(rows)
    return evidence(gap.median(axis=1), lambda nats: nats <= 0,
                    "in the median of the sizes, the final loss (in nats) of "
                    f"a language model with {MORE} times the tokens is "
                    "{lies} than that of one twice as large without them")


def falls(rows):
    """Is a matrix that curves up everywhere rarer in more dimensions?"""
    table = wide(of(rows, "goe"), "value", "n")
    return evidence(ends(table), lambda r: r < 1,
                    f"from {table.columns[0]:g} to {table.columns[-1]:g} "
                    "dimensions the probability that a random matrix curves "
                    "up in all of them is multiplied by {}")


def rare_below(rows):
    """Is it rarer in more dimensions at low places, too?"""
    rows = of(rows, "low")
    shift = rows["shift"][rows["shift"] > EDGE].min()
    table = wide(rows[rows["shift"] == shift], "value", "n")
    return evidence(ends(table, ratio=False), lambda d: d < 0,
                    f"at places so low that all eigenvalues are raised by "
                    f"{shift:g}, the probability that all are positive "
                    f"{{moves}} from {table.columns[0]:g} to "
                    f"{table.columns[-1]:g} dimensions")


def sharper_at_start(rows, scalings):
    """Sharpness of the widest over the narrowest; the worst scaling."""
    rows = of(rows, "sharpness")
    rows = rows[(rows.step == 0) & (rows.lr == rows.lr.min())]
    return np.max([ends(wide(rows[rows.scaling == scaling], "sharpness"))
                   for scaling in scalings], axis=0)


def less_sharp(rows):
    """Is a wider network less sharp at the start, in muP and NTK?"""
    return evidence(sharper_at_start(rows, ["mup", "ntk"]), lambda r: r < 1,
                    "before training, in muP and NTK, the widest network is "
                    "{} times as sharp as the narrowest, or less")


def less_sharp_standard(rows):
    """And in the standard parameterisation?"""
    return evidence(sharper_at_start(rows, ["standard"]), lambda r: r < 1,
                    "before training, in the standard parameterisation, the "
                    "widest network is {} times as sharp as the narrowest")


def width_over_rate(rows, scaling):
    """Change of the final log sharpness per doubling: width's over rate's.

    Raises ValueError if fewer than two rates are left.
    """
    rows = kept_rates(rows, scaling)
    if rows.lr.nunique() < 2:
        raise ValueError(f"lr is {[*rows.lr.unique()]} where no seed "
                         "diverged; at least two rates are needed")
    log = rows.assign(log=np.log(rows.sharpness))

    def per_doubling(by):
        table = log.pivot_table(index="seed", columns=by, values="log")
        first, last = table.columns[[0, -1]]
        return ends(table, ratio=False).abs() / np.log2(last / first)

    return per_doubling("width") / per_doubling("lr")


def size_sets(rows):
    """Does width change it more than the rate does, in muP and NTK?"""
    ratios = [width_over_rate(rows, scaling) for scaling in ("mup", "ntk")]
    return evidence(np.max(ratios, axis=0), lambda r: r > 1,
                    "in muP and NTK, a doubling of the width changes the "
                    "logarithm of the final sharpness {} times as much as a "
                    "doubling of the learning rate, or less")


def size_sets_standard(rows):
    """And in the standard parameterisation?"""
    return evidence(width_over_rate(rows, "standard"), lambda r: r > 1,
                    "in the standard parameterisation, a doubling of the "
                    "width changes the logarithm of the final sharpness {} "
                    "times as much as a doubling of the learning rate")


def none_down(rows):
    """Does no direction curve down where training has taken a network?"""
    share = wide(of(rows, "spectrum"), "negative").min(axis=1)
    return evidence(100 * share, lambda s: s == 0,
                    "where training has taken a network, {} % of its "
                    "directions or more curve down, at every width")


def less_down(rows):
    """Do the directions that curve down weigh less in a wider network?"""
    return evidence(ends(wide(of(rows, "spectrum"), "weight")),
                    lambda r: r < 1,
                    "from the narrowest network to the widest, the part of "
                    "all curvature that is downward is multiplied by {}")


def plain(rows):
    """The slices through networks without skips."""
    rows = of(rows, "slices")
    return rows[~rows["skip"].astype(bool)]


def wider_slices(rows):
    """Do slices through wider networks bend down less?"""
    rows = plain(rows)
    depth = rows[rows.width != WIDTH].depth.iloc[0]
    table = wide(rows[rows.depth == depth], "bends")
    slopes = np.polyfit(np.log2(table.columns.to_numpy(float)), table.T, 1)
    return evidence(100 * slopes[0], lambda d: d < 0,
                    f"at depth {depth:g}, with each doubling of the width, "
                    "the part of a slice that bends down {moves} percentage "
                    "points")


def deeper_slices(rows):
    """Do slices through deeper networks bend down less?"""
    rows = plain(rows)
    table = wide(rows[rows.width == WIDTH], "bends", "depth")
    return evidence(100 * ends(table, ratio=False), lambda d: d < 0,
                    f"from {table.columns[0]:g} to {table.columns[-1]:g} "
                    "hidden layers, the part of a slice that bends down "
                    "{moves} percentage points")


def barrier_slope(rows, pair):
    """Factor of the barrier per doubling of the width, for each seed.

    From the mean over the depths; the slope over all widths, logarithmic.
    ``pair`` is "raw" or "aligned".
    """
    table = of(rows, "barriers").groupby(["width", "seed"])[pair].mean()
    table = np.log2(table.unstack())
    return 2.0**np.polyfit(np.log2(table.index.to_numpy(float)), table, 1)[0]


def lower_barriers(rows):
    """Is the barrier between aligned wide networks lower?"""
    return evidence(barrier_slope(rows, "aligned"), lambda r: r < 1,
                    "with each doubling of the width the barrier between two "
                    "aligned networks is multiplied by {}")


def fewer_steps(rows):
    """Do wider networks need fewer steps, each at its fastest rate?"""
    known = of(rows, "ways").scaling.unique()
    worst = np.max([over_targets(rows, "needed", scaling)
                    for scaling in known], axis=0)
    return evidence(worst, lambda r: r < 1,
                    "to a loss that both reach, the widest network needs {} "
                    "times the steps of the narrowest, each at its fastest "
                    "rate (of the losses the median, in the parameterisation "
                    "with the smallest gain)")


def more_direct(rows):
    """Is their way more direct at that rate?"""
    return evidence(over_targets(rows, "directness", ratio=False),
                    lambda d: d > 0,
                    "at the fastest rates, the directness of the way "
                    "{moves} from the narrowest network to the widest (1 is "
                    "straight)")


def directness_by_rate(rows):
    """What width adds to the directness (muP): seed x learning rate.

    On the way to the highest target, over the widths of which all seeds
    reach it.
    """
    rows = of(rows, "ways")
    rows = rows[(rows.scaling == "mup") & (rows.target == rows.target.max())]
    bad = (rows.diverged.astype(bool) | rows.needed.isna()).groupby(
        [rows.lr, rows.width]).transform("any")
    return pd.DataFrame({
        lr: ends(wide(part, "directness"), ratio=False)
        for lr, part in rows[~bad].groupby("lr") if part.width.nunique() > 1})


def direct_slowly(rows):
    """Is a larger network's way more direct at the smallest rate?"""
    table = directness_by_rate(rows)
    return evidence(table.iloc[:, 0], lambda d: d > 0,
                    f"at the learning rate {table.columns[0]:g}, the "
                    "directness of the way {moves} from the narrowest "
                    "network to the widest (1 is straight)")


def direct_fast(rows):
    """And at the largest that two widths bear?"""
    table = directness_by_rate(rows)
    return evidence(table.iloc[:, -1], lambda d: d > 0,
                    f"at the learning rate {table.columns[-1]:g}, the "
                    "directness of the way {moves} from the narrowest "
                    "network to the widest that bears that rate (1 is "
                    "straight)")


def needs_less_sharp(rows):
    """Is a wider network no faster where it is sharper?"""
    return evidence(over_targets(rows, "needed", "standard"),
                    lambda r: r >= 1,
                    "in the standard parameterisation, where the widest "
                    "network starts out as the sharpest, it needs {} times "
                    "the steps of the narrowest")


_claim = partial(claim, "landscape")
CLAIMS = [
    _claim("C5a", "Some small networks end in pits.", some_pits,
           "safran2018spurious", "ding2022suboptimal"),
    _claim("C5b", "Of networks with the same teacher, larger ones end in a "
           "pit less often.", width_removes, "safran2018spurious",
           "safran2021effects"),
    _claim("C5c", "Of networks just as large as their teacher, larger ones "
           "end in a pit less often.", larger_exact, "safran2018spurious"),
    _claim("C5d", "One more neuron frees most trapped networks.",
           neuron_frees, "safran2021effects", beyond=True),
    _claim("C6a", "Small language models get stuck by chance: where one "
           "ends depends on its seed as much as on its size.",
           luck_of_seeds, "qiu2025scaling"),
    _claim("C6b", "More steps free some trapped networks.", steps_free,
           "safran2018spurious"),
    _claim("C6c", "The noise of sampled gradients frees some trapped "
           "networks.", noise_frees, "jin2017escape", "lee2016gradient"),
    _claim("C6d", "Four times the tokens take a language model to the loss "
           "of one twice as large.", tokens_close, "hoffmann2022training",
           beyond=True),
    _claim("C7a", "The more dimensions, the rarer is a random matrix that "
           "curves up in all of them.", falls, "dean2006large"),
    _claim("C7b", "At a low place of a random landscape, too, a matrix that "
           "curves up in all directions is rarer in more dimensions.",
           rare_below, "auffinger2013complexity", "dauphin2014identifying"),
    _claim("C8a", "Before training, a wider network is less sharp in muP and "
           "NTK.", less_sharp, "noci2024super"),
    _claim("C8b", "Before training, a wider network is less sharp in the "
           "standard parameterisation.", less_sharp_standard,
           "noci2024super"),
    _claim("C8c", "In muP and NTK it is the size, more than the learning "
           "rate, that sets the sharpness.", size_sets, "cohen2021gradient",
           beyond=True),
    _claim("C8i", "In the standard parameterisation it is the size, more "
           "than the learning rate, that sets the sharpness.",
           size_sets_standard, "noci2024super", "cohen2021gradient",
           beyond=True),
    _claim("C8d", "The landscape is convex where training has taken a "
           "network: every direction curves up or is flat.", none_down,
           "sagun2017empirical", "safran2021effects"),
    _claim("C8e", "In a wider network the directions that curve down weigh "
           "less.", less_down, "sagun2017empirical"),
    _claim("C8f", "Pictures of wider networks bend down less.", wider_slices,
           "li2018visualizing"),
    _claim("C8g", "Pictures of deeper networks bend down less.",
           deeper_slices, "li2018visualizing"),
    _claim("C8h", "Between wider networks, once aligned, the barrier is "
           "lower.", lower_barriers, "entezari2022role",
           "ainsworth2023git", beyond=True),
    _claim("C9a", "A wider network needs fewer steps in each of the three "
           "parameterisations.", fewer_steps, "kaplan2020scaling",
           "li2020train"),
    _claim("C9b", "A wider network's fastest way is more direct.",
           more_direct, "cohen2021gradient"),
    _claim("C31a", "At a small learning rate the way of a larger network is "
           "more direct.", direct_slowly, "lucas2021monotonic"),
    _claim("C31b", "At a large learning rate the way of a larger network is "
           "more direct.", direct_fast, "cohen2021gradient"),
    _claim("C31c", "Larger networks are faster only where they are less "
           "sharp.", needs_less_sharp, "noci2024super", beyond=True),
]
