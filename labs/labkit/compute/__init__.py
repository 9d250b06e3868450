"""Epochs against compute: what a loss costs, and how to spend a budget."""
from functools import partial
from itertools import product

import numpy as np
import pandas as pd

from labkit.claims import claim, evidence
from labkit.compute import step as stepping
from labkit.epochs import needed
from labkit.language.runs import (
    BATCH,
    axes,
    cost,
    decaying,
    train_size,
    with_excess,
)
from labkit.records import sweep
from labkit.scaling.laws import REPEATS

UNIT = 774       # FLOPs of a token per hidden unit: 6 of 129 parameters
LEAST = 2**12    # tokens of the shortest run in a valley
MOST = 2**22     # and of the longest


def run(experiment, *settings, seeds=range(5), device="cpu", record=None,
        workers=1):
    """Run one of the EXPERIMENTS at its ``settings``; tidy rows.

    See the function of the same name for its settings, ``runs.train_size``
    (for "steps": ``steps.measure``) for the columns and ``records.sweep``
    for ``record`` and ``workers``. Raises ValueError for an unknown
    experiment and for bad sizes, before anything is trained.
    """
    if experiment not in EXPERIMENTS:
        raise ValueError(f"experiment is {experiment!r}; allowed are "
                         f"{list(EXPERIMENTS)}")
    cells = [dict(experiment=experiment, **cell)
             for cell in EXPERIMENTS[experiment](*settings)]
    if not cells:
        raise ValueError(f"settings are {settings}; allowed are those that "
                         "at least one run fits")
    if experiment == "steps":   # alone on the machine: it measures time
        return sweep(partial(stepping.measure, device=device), cells,
                     stepping.cost, record=record)
    cells = [cell | {"seeds": list(seeds)} for cell in cells]
    return sweep(partial(train_size, device=device), cells, cost,
                 record=record, workers=workers)


def steps(widths, members):
    """The cost of one step of so many ``members`` of each width at once."""
    return [dict(width=width, members=count)
            for count, width in product(members, widths)]


def curves(widths, tokens, lrs):
    """Whole loss curves at constant rates, each token seen once."""
    return [dict(task="rules", width=width, unique=tokens, epochs=1,
                 lrs=list(lrs)) for width in widths]


def valleys(widths, powers, lrs, task="rules", scaled=True):
    """For each amount C of computation, every size that it can pay for.

    C = UNIT 2^k for the k in ``powers``. A size of N parameters gets D =
    C / 6N tokens, each once; runs of fewer than LEAST or more than MOST
    tokens are left out.
    """
    cells = []
    for k, width in product(powers, widths):
        a = axes(task, width, BATCH)
        steps = round(UNIT * 2**k / a.flops(1))
        if LEAST <= a.tokens(steps) <= MOST:
            cells.append(decaying(task, width, a.tokens(steps), 1, lrs,
                                  scaled))
    return cells


def mistuned(widths, powers, lrs):
    """The same in the standard parameterisation, at rates as given.

    One rate for all sizes and lengths suits few of them.
    """
    return valleys(widths, powers, lrs, "standard", scaled=False)


def repeats(widths, tokens, halvings, lrs):
    """The same number of ``tokens``, fewer and fewer of them different.

    The corpus is halved again and again; each smaller one is also read
    just once.
    """
    repeated = [decaying("rules", width, tokens // 2**k, 2**k, lrs)
                for k, width in product(range(halvings + 1), widths)]
    return repeated + [
        decaying("rules", width, tokens // 2**k, 1, lrs)
        for k, width in product(range(1, halvings + 1), widths)]


def passes(widths, unique, doublings, lrs):
    """One corpus of ``unique`` tokens, read once, twice, four times, ..."""
    return [decaying("rules", width, unique, 2**k, lrs)
            for k, width in product(range(doublings + 1), widths)]


EXPERIMENTS = {f.__name__: f for f in (steps, curves, valleys, mistuned,
                                       repeats, passes)}
EXPERIMENTS["between"] = valleys   # rates between those of "valleys"


# --- what the rows say ----------------------------------------------------

def to_targets(rows, targets, per_step):
    """What each size needs to each excess loss, at its best rate for it.

    The best rate is the one at which the slowest seed is fastest. Columns
    parameters, target, seed, lr, steps, tokens, flops and seconds; NaN
    where a run never gets there. ``per_step`` holds the seconds of one
    step, by parameters. Raises ValueError if it lacks a size.
    """
    missing = set(rows.parameters) - set(per_step.index)
    if missing:
        raise ValueError(f"per_step has no seconds for {sorted(missing)} "
                         "parameters; allowed are tables with all sizes")
    table = needed(with_excess(rows), targets, "step", "excess").rename(
        columns={"needed": "steps"})
    slowest = table.groupby(["target", "parameters", "lr"]).steps.agg(
        lambda seeds: seeds.max(skipna=False)).fillna(np.inf)
    best = slowest.groupby(["target", "parameters"]).idxmin().tolist()
    table = table.set_index(["target", "parameters", "lr"]).loc[
        best].reset_index()
    tokens = table.steps * BATCH
    return table.assign(tokens=tokens, flops=6 * table.parameters * tokens,
                        seconds=table.steps * table.parameters.map(per_step))


def ends(rows):
    """The ends of runs, each at the best rate for its size and length."""
    rows = rows[(rows.quantity == "validation") & (rows.step > 0)]
    run = ["size", "unique", "tokens"]
    mean = rows.groupby([*run, "lr"]).value.agg(
        lambda seeds: seeds.mean(skipna=False)).dropna()
    best = mean.groupby(run).idxmin().tolist()
    rows = rows.set_index([*run, "lr"]).loc[best].reset_index()
    return with_excess(rows).sort_values(["flops", "parameters", "seed"])


def bottoms(table, column="value"):
    """The bottom of each valley: the best size for each computation.

    Per seed and ``flops``, the minimum of a parabola in log N through the
    size of lowest loss and its two neighbours (a local form of Hoffmann's
    approach 2). NaN where the lowest size is the first or the last one.
    """
    rows = []
    for (flops, seed), valley in table.groupby(["flops", "seed"]):
        valley = valley.sort_values("parameters")
        n, loss = np.log(valley.parameters.to_numpy()), valley[column].array
        i, N = int(np.argmin(loss)), np.nan
        if 0 < i < len(n) - 1:
            a, b, _ = np.polyfit(n[i - 1:i + 2] - n[i], loss[i - 1:i + 2], 2)
            N = np.exp(n[i] - b / (2 * a))
        rows.append(dict(flops=flops, seed=seed, parameters=N,
                         tokens=flops / 6 / N, ratio=flops / 6 / N**2))
    return pd.DataFrame(rows)


def exponent(table):
    """a of N* = c C^a, for each seed, by least squares on logarithms.

    Over the C at which every seed has a bottom.
    """
    known = table.groupby("flops").filter(lambda t: t.notna().all(axis=None))
    return known.groupby("seed")[["flops", "parameters"]].apply(
        lambda t: np.polyfit(np.log(t.flops), np.log(t.parameters), 1)[0])


def envelope(rows, flops):
    """Loss of every size and rate after ``flops``, read off whole curves.

    Interpolated in the logarithm of the tokens (Hoffmann's approach 1).
    The best rate counts; NaN beyond a curve's ends.
    """
    rows = rows[(rows.quantity == "validation") & (rows.step > 0)]
    found = [dict(flops=C, parameters=size, seed=seed, value=np.interp(
                 np.log(C), np.log(run.flops), run.value, np.nan, np.nan))
             for (size, seed, _), run in rows.groupby(
                 ["parameters", "seed", "lr"]) for C in flops]
    return pd.DataFrame(found).groupby(
        ["flops", "parameters", "seed"]).value.min().dropna().reset_index()


def worth(repeated, once):
    """How many new tokens would have given the loss of repeated ones.

    For each run of ``repeated``, by interpolating the runs of ``once`` (of
    the same size and seed, that read everything once) in log tokens; in
    units of the unique tokens, so that E epochs are worth at most E. NaN
    where the loss is higher than that of the smallest corpus read once.
    """
    def equivalent(run):
        curve = once[(once.parameters == run.parameters)
                     & (once.seed == run.seed)].sort_values("unique")
        loss = np.minimum.accumulate(curve.value)[::-1]
        return np.exp(np.interp(run.value, loss, np.log(curve.unique)[::-1],
                                right=np.nan)) / run.unique

    known = repeated[repeated.parameters.isin(once.parameters)]
    return known.assign(worth=[equivalent(run)
                               for run in known.itertuples()])


def most(table):
    """The runs of most tokens: of "repeats", those that read them all."""
    return table[table.tokens == table.tokens.max()]


def worth_by_law(epochs):
    """What E epochs are worth by Muennighoff et al. 2023, in epochs."""
    return 1 + REPEATS * -np.expm1((1 - epochs) / REPEATS)


# --- the claims -----------------------------------------------------------

TARGETS = (0.5, 0.4, 0.3, 0.25, 0.2)   # nats of excess
MANY = 10        # epochs that the conversation would call many
SAME = 1.1       # within a tenth counts as the same
CLOSE = 0.01     # nats: as good as there
TWENTY = 20      # tokens per parameter, by Chinchilla's rule of thumb


def of(rows, experiment):
    """The rows of one experiment."""
    return rows[rows.experiment == experiment]


def valley_ends(rows):
    """The ends of the valleys' runs."""
    return ends(rows[rows.experiment.isin(["valleys", "between"])])


def alone(rows):
    """The cost of steps of one model alone."""
    return rows[(rows.experiment == "steps") & (rows.members == 1)]


def per_step(rows):
    """Seconds of a step of one model alone, by parameters."""
    return alone(rows).groupby("parameters").seconds.median()


def reached(rows, targets=TARGETS):
    """What each size needs to each target; the best of all rates."""
    return to_targets(of(rows, "curves"), targets, per_step(rows))


def over_cheapest(rows, targets, axis, which):
    """A size's cost to a target over the cheapest size's; per seed.

    ``which`` is 0 for the smallest size that gets there in every seed, -1
    for the largest. Of the targets the median.
    """
    ratios = {}
    table = reached(rows, targets).groupby(["target", "parameters"]).filter(
        lambda size: size.steps.notna().all())
    for (seed, _), part in table.groupby(["seed", "target"]):
        part = part.sort_values("parameters")
        ratios.setdefault(seed, []).append(
            part[axis].iloc[which] / part[axis].min())
    return [np.median(r) for r in ratios.values()]


def over_fastest(rows, targets, which):
    """The same of the seconds; per timing of the steps and seed."""
    curves = of(rows, "curves")
    return [ratio for _, timing in alone(rows).groupby("repeat")
            for ratio in over_cheapest(pd.concat([curves, timing]), targets,
                                       "seconds", which)]


def fewer_tokens(rows):
    """At the best split of each computation, do larger sizes see fewer?"""
    best = bottoms(valley_ends(rows)).dropna()
    ratio = best.groupby("seed").tokens.agg(lambda t: t.iloc[-1] / t.iloc[0])
    grown = best.flops.max() / best.flops.min()
    return evidence(ratio, lambda r: r < 1,
                    f"with {grown:.0f} times the computation the best size "
                    "grows, and it sees {} times as many tokens")


def by_epochs(table):
    """The final loss: (parameters, seed) x epochs."""
    return table.pivot(index=["parameters", "seed"], columns="epoch",
                       values="value")


def enough(rows, near=CLOSE):
    """Epochs until each size is ``near`` its lowest loss: seed x size."""
    table = by_epochs(ends(of(rows, "passes")))
    close = table.sub(table.min(axis=1), axis=0) <= near
    return close.idxmax(axis=1).unstack("parameters")


def once_is_enough(rows):
    """At equal tokens, is one pass as good as several over fewer?"""
    table = by_epochs(most(ends(of(rows, "repeats"))))
    gap = table.iloc[:, 1:].min(axis=1) - table.iloc[:, 0]
    return evidence(gap.groupby("seed").min(), lambda nats: nats > -CLOSE,
                    "at equal tokens, the loss {moves} nats from one pass "
                    "over new tokens to the best of several over fewer")


def small_need_many(rows):
    """On a small corpus, does the smallest size need MANY epochs?"""
    epochs, longest = enough(rows), of(rows, "passes").epoch.max()
    return evidence(epochs.iloc[:, 0], lambda epochs: epochs >= MANY,
                    f"to come within {CLOSE} nats of its lowest loss in runs "
                    f"of up to {longest:.0f} epochs on a small corpus, the "
                    f"smallest size ({epochs.columns[0]:,} parameters) needs "
                    "{} epochs")


def large_need_fewer(rows):
    """Does the smallest size need more of them than the largest?"""
    epochs = enough(rows)
    small, large = epochs.columns[[0, -1]]
    return evidence(epochs[small] / epochs[large], lambda ratio: ratio > 1,
                    f"to come within {CLOSE} nats of its own lowest loss on a "
                    f"small corpus, a size of {small:,} parameters needs {{}} "
                    f"times the epochs of one of {large:,}")


def many_anyway(rows):
    """Does the smallest size want MANY epochs if there are new tokens?"""
    table = by_epochs(most(ends(of(rows, "repeats"))))
    smallest = table.index[0][0]
    table = table.loc[smallest]
    many = table.loc[:, table.columns >= MANY].min(axis=1)
    return evidence(many - table.iloc[:, 0], lambda nats: nats < 0,
                    f"at equal tokens, the loss of {smallest:,} parameters "
                    "{moves} nats from one pass over new tokens to the best "
                    f"of {MANY} or more over fewer")


def _growth(rows, column):
    """A step's cost at the largest size over the smallest's, per repeat."""
    table = alone(rows).pivot(index="repeat", columns="parameters",
                              values=column)
    return table.iloc[:, -1] / table.iloc[:, 0]


def _extremes(rows):
    """The smallest and the largest size whose steps were measured."""
    sizes = alone(rows).parameters
    return f"{sizes.min():,}", f"{sizes.max():,}"


def slower_step(rows):
    """Does a step of the largest size take longer?"""
    small, large = _extremes(rows)
    return evidence(_growth(rows, "seconds"), lambda ratio: ratio > 1,
                    f"a step of {large} parameters takes {{}} times as long "
                    f"as one of {small}", "measurements")


def more_memory(rows):
    """Does it need more memory?"""
    small, large = _extremes(rows)
    return evidence(_growth(rows, "bytes"), lambda ratio: ratio > 1,
                    f"a step of {large} parameters needs {{}} times the "
                    f"memory of one of {small}", "measurements")


def in_proportion(rows):
    """Does the time grow as the parameters do, to a factor of two?"""
    small, large = _extremes(rows)
    return evidence(_growth(rows, "parameters") / _growth(rows, "seconds"),
                    lambda ratio: 0.5 < ratio < 2,
                    f"from {small} parameters to {large}, their number grows "
                    "{} times as much as the time of a step",
                    "measurements")


def small_is_fastest(rows, targets=TARGETS):
    """Does the smallest size that reaches a loss take the least time?"""
    return evidence(over_fastest(rows, targets, 0),
                    lambda ratio: ratio <= 1,
                    "the smallest size that gets to a loss takes {} times "
                    "as long as the fastest", "pairs of seed and timing")


def large_is_slower(rows, targets=TARGETS):
    """Does the largest take longer than the fastest?"""
    return evidence(over_fastest(rows, targets, -1),
                    lambda ratio: ratio > 1,
                    "the largest size takes {} times as long to a loss as "
                    "the fastest", "pairs of seed and timing")


def large_is_dear(rows, targets=TARGETS):
    """Does the largest, with the fewest tokens, need more computation?"""
    return evidence(over_cheapest(rows, targets, "flops", -1),
                    lambda ratio: ratio > 1,
                    "to the same loss, the largest size needs {} times the "
                    "computation of the cheapest")


def valley(rows):
    """Is there, for every computation, a best size between the extremes?"""
    loss = valley_ends(rows).pivot(index=["flops", "seed"],
                                   columns="parameters", values="value")
    edge = pd.concat([loss.bfill(axis=1).iloc[:, 0],
                      loss.ffill(axis=1).iloc[:, -1]], axis=1).min(axis=1)
    gap = (edge - loss.min(axis=1)).groupby("seed").min()
    return evidence(gap, lambda nats: nats > 0,
                    "in the flattest valley, the better one of the two "
                    "extreme sizes is {} nats above the bottom")


def equal_parts(table, recipe):
    """Should size and tokens grow alike, N* as the root of C?"""
    return evidence(exponent(bottoms(table)),
                    lambda a: 0.5 / SAME < a < 0.5 * SAME,
                    f"{recipe}, the best size grows as C to the power {{}}")


def equal_in_mup(rows):
    """Should they in the valleys, which are in muP?"""
    return equal_parts(valley_ends(rows), "in muP, from the valleys")


def equal_in_standard(rows):
    """Should they in the careless valleys, each run at its best rate?"""
    return equal_parts(ends(of(rows, "mistuned")),
                       "in the standard parameterisation, each run at its "
                       "best rate")


def twenty(rows):
    """Are 20 tokens per parameter best, to a tenth, at the most FLOPs?"""
    best = bottoms(valley_ends(rows))
    ratio = best[best.flops == best.flops.max()].ratio
    return evidence(ratio, lambda r: TWENTY / SAME < r < TWENTY * SAME,
                    "at the largest computation tried, the best ratio is {} "
                    "tokens per parameter, all of them counted")


def untouched(rows):
    """Does the best size stay the same at one rate for all runs?"""
    rows = of(rows, "mistuned")
    key = ["flops", "seed"]
    best = bottoms(ends(rows)).set_index(key).parameters
    off = pd.concat(
        [np.abs(np.log(bottoms(ends(part)).set_index(key).parameters / best))
         for _, part in rows.groupby("lr")])
    return evidence(np.exp(off.groupby("seed").max()), lambda r: r < SAME,
                    "in the standard parameterisation, with one learning "
                    "rate for all runs, the best size is off by a factor of "
                    "{} at the worst of the rates and computations")


_claim = partial(claim, "compute")
CLAIMS = [
    _claim("C27a", "Where there is enough data, one pass over new tokens is "
           "as good as several over fewer.", once_is_enough,
           "muennighoff2023scaling", "komatsuzaki2019one"),
    _claim("C27b", "It is their size that lets large models do with few "
           "passes: at the best use of a computation, larger ones see fewer "
           "tokens.", fewer_tokens, "hoffmann2022training"),
    _claim("C28a", "On a small corpus, a small model needs ten epochs or "
           "more to fit well.", small_need_many, "muennighoff2023scaling"),
    _claim("C28b", "On a small corpus, a large model needs fewer epochs than "
           "a small one to fit as well as it can.", large_need_fewer,
           "tirumala2022memorization"),
    _claim("C28c", "A small model needs ten epochs or more even if there are "
           "new tokens.", many_anyway, "biderman2023pythia",
           "zhang2024tinyllama"),
    _claim("C29a", "A step of a larger model takes longer.", slower_step,
           "kaplan2020scaling"),
    _claim("C29b", "A step of a larger model needs more memory.",
           more_memory, "rajbhandari2020zero"),
    _claim("C29c", "The time of a step grows in proportion to the "
           "parameters.", in_proportion, "kaplan2020scaling", beyond=True),
    _claim("C30a", "To a given loss, the smallest model that gets there "
           "takes the least time.", small_is_fastest, "li2020train"),
    _claim("C30b", "To a given loss, the largest model takes longer than a "
           "smaller one.", large_is_slower, "porian2024resolving"),
    _claim("C30c", "To a given loss, the largest model, with the fewest "
           "tokens, needs more computation than a smaller one.",
           large_is_dear, "porian2024resolving"),
    _claim("C32a", "For each amount of computation there is a best size, "
           "between the extremes.", valley, "hoffmann2022training"),
    _claim("C32b", "In muP, size and tokens should grow in equal parts.",
           equal_in_mup, "hoffmann2022training", beyond=True),
    _claim("C32c", "Twenty tokens per parameter are best.", twenty,
           "besiroglu2024chinchilla", "porian2024resolving", beyond=True),
    _claim("C32d", "The balance is the same however the runs are tuned.",
           untouched, "porian2024resolving", beyond=True),
    _claim("C32e", "In the standard parameterisation, each run at its best "
           "rate, size and tokens should grow in equal parts.",
           equal_in_standard, "hoffmann2022training", beyond=True),
]
