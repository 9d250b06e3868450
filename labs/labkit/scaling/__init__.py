"""Scaling laws: how the loss falls with size and tokens, live."""
from functools import partial
from itertools import pairwise, product

import numpy as np
import pandas as pd
from scipy.integrate import trapezoid

from labkit.claims import claim, evidence
from labkit.language.runs import (
    cost,
    decaying,
    language,
    train_size,
    tuned,
    with_excess,
)
from labkit.records import sweep
from labkit.scaling.fitting import FORMS, Fit, fit
from labkit.scaling.laws import LAWS, data_constrained

__all__ = ["LAWS", "Fit", "data_constrained", "fit"]

EXPERIMENTS = {   # name -> task, schedule of the rate, first evaluation
    "grid": ("rules", "linear", "end"),
    "slower": ("rules", "linear", "end"),     # its small sizes, lower rates
    "short": ("short", "linear", "end"),      # another language
    "text": ("library", "linear", "end"),     # real text
    "early": ("rules", "constant", 1),        # loss curves from step 1
    "standard": ("standard", "constant", 1),
}


def run(experiment, widths, tokens, lrs, seeds=range(5), device="cpu",
        record=None, workers=1):
    """Run an experiment on all pairs of width and tokens; tidy rows.

    Each run sees each of its ``tokens`` once. In a "linear" experiment its
    learning rate falls to zero at its end, so it is a run of its own and
    no part of a longer one; and it starts at ``lrs`` times the root of
    ANCHOR / tokens, since longer runs want smaller rates. See
    ``runs.train_size`` for the columns and ``records.sweep`` for ``record``
    and ``workers``. Raises ValueError for an unknown experiment and for bad
    sizes, before anything is trained.
    """
    if experiment not in EXPERIMENTS:
        raise ValueError(f"experiment is {experiment!r}; allowed are "
                         f"{list(EXPERIMENTS)}")
    task, schedule, first = EXPERIMENTS[experiment]
    cells = []
    for unique, width in product(tokens, widths):
        cell = (decaying(task, width, unique, 1, lrs) if first == "end" else
                dict(task=task, width=width, unique=unique, epochs=1,
                     lrs=list(lrs), schedule=schedule, first=first))
        cells.append(dict(experiment=experiment, seeds=list(seeds), **cell))
    return sweep(partial(train_size, device=device), cells, cost,
                 record=record, workers=workers)


# --- what the rows say ----------------------------------------------------

def ends(rows):
    """The end of each run at the best rate of its size and tokens."""
    rows = tuned(rows[rows.quantity == "validation"])
    return rows[rows.epoch == 1].sort_values(["parameters", "tokens", "seed"])


def fitted(table, form="additive"):
    """The law fitted to the ends of runs."""
    return fit(table.parameters, table.tokens, table.value, form, table.seed)


def windows(table, least=4, draws=50):
    """Fits to every window of ``least`` or more neighbouring sizes."""
    sizes = sorted(table.parameters.unique())
    rows = []
    for form, (i, smallest), (j, largest) in product(
            FORMS, enumerate(sizes), enumerate(sizes)):
        if j - i + 1 >= least:
            law = fitted(table[table.parameters.between(smallest, largest)],
                         form)
            row = dict(form=form, smallest=smallest, largest=largest,
                       residual=law.residual)
            for name in ("E", "exponent"):
                row[name] = getattr(law, name)
                row[f"{name}_low"], row[f"{name}_high"] = law.interval(
                    name, draws=draws)
            rows.append(row)
    return pd.DataFrame(rows)


def slopes(table):
    """The local exponent, -d log excess / d log N, at the most tokens.

    Between each size and the next; one row per seed, a column per size.
    """
    last = table[table.tokens == table.tokens.max()]
    excess = np.log(last.pivot(index="seed", columns="parameters",
                               values="excess"))
    step = np.diff(np.log(excess.columns.to_numpy(float)))
    return -excess.diff(axis=1).iloc[:, 1:] / step


def gains(table):
    """What each doubling of the tokens takes off the loss, in nats.

    Indexed by seed and by the tokens before; a column per size.
    """
    loss = table.pivot(index=["seed", "tokens"], columns="parameters",
                       values="value")
    return -loss.groupby("seed").diff().groupby("seed").shift(-1).dropna()


def behind(table):
    """Each size at the most tokens, minus the largest at the fewest, in nats.

    One row per seed, a column per size; below 0 where the size has passed.
    """
    loss = table.pivot(index="seed", columns=["tokens", "parameters"],
                       values="value")
    fewest, *_, most = sorted(table.tokens.unique())
    return loss[most].sub(loss[fewest].iloc[:, -1], axis=0)


def held_back(table, form, sizes):
    """Fit without the ``sizes`` largest sizes: the rows of the largest one.

    With a column ``predicted``, by the law fitted to the smaller sizes.
    """
    known = sorted(table.parameters.unique())[:-sizes]
    law = fitted(table[table.parameters.isin(known)], form)
    largest = table[table.parameters == table.parameters.max()]
    return largest.assign(predicted=law.predict(largest.parameters,
                                                largest.tokens))


def drops(rows, step):
    """By how much the loss has fallen at ``step``: (seed, parameters)."""
    rows = rows[rows.quantity == "validation"]
    loss = rows.pivot(index=["seed", "parameters"], columns="step",
                      values="value")
    return (loss[0] - loss[step]).unstack()


def separation(rows):
    """From which step on each size stays ahead of the next smaller one.

    In every seed and at every later evaluation; NaN where it never does.
    """
    loss = rows[rows.quantity == "validation"].pivot(
        index="step", columns=["parameters", "seed"], values="value").loc[1:]
    since = {}
    for small, large in pairwise(sorted(rows.parameters.unique())):
        behind = loss.index[(loss[large] >= loss[small]).any(axis=1)]
        ahead = loss.index[loss.index > behind.max()] if len(behind) else (
            loss.index)
        since[large] = ahead.min()
    return pd.Series(since)


def code_length(rows):
    """Nats per token to send the text, learning on the way: (seed, size).

    Each token costs the loss at the moment when it is first seen, which on
    average is the validation loss then (prequential coding). The mean over
    the run is the area under its loss curve, by the trapezoid rule.
    """
    return rows[rows.quantity == "validation"].groupby(
        ["seed", "parameters"])[["tokens", "value"]].apply(
        lambda run: trapezoid(run.value, run.tokens) / run.tokens.max()
        ).unstack()


# --- the claims -----------------------------------------------------------

SAME = 1.1       # exponents within a tenth of each other count as the same
FIRST = 8        # steps that count as the very start
COMMON = 0.01    # a learning rate that under muP suits all sizes
FAR = 8          # a size this many times smaller is compared with the largest


def _curves(rows, experiment, lr=COMMON):
    """The loss curves of one experiment at one rate."""
    return rows[(rows.experiment == experiment) & (rows.lr == lr)]


def _ends(rows, experiment="grid"):
    """The ends of an experiment's runs."""
    return ends(rows[rows.experiment == experiment])


def _by_seed(table, measure):
    """A measure of each seed's runs alone."""
    return np.array([measure(part) for _, part in table.groupby("seed")])


def straight(rows):
    """Is the exponent the same from the smallest sizes to the largest?"""
    local = slopes(with_excess(_ends(rows)))
    return evidence(local.max(axis=1) / local.min(axis=1),
                    lambda ratio: ratio < SAME,
                    "at the most tokens, the local exponent is {} times as "
                    "large where it is steepest as where it is flattest")


def two_terms(rows):
    """Does the additive law describe all runs to 1 % of the loss?"""
    return evidence(_by_seed(_ends(rows), lambda t: 100 * fitted(t).residual),
                    lambda percent: percent < 1,
                    "the additive law misses the loss by {} % on average")


def true_floor(rows):
    """Is the fitted floor the entropy, to 0.02 nats?"""
    H = language().entropy
    return evidence(_by_seed(_ends(rows), lambda t: fitted(t).E - H),
                    lambda nats: abs(nats) < 0.02,
                    "the floor E of the additive law is {lies} (in nats) "
                    "than the entropy")


def no_floor(rows):
    """Does a pure power law of the smaller half hold for the largest size?"""
    def miss(table):
        table = table[table.tokens == table.tokens.max()]
        n, loss = np.log(table.parameters), np.log(table.value)
        half = len(table) // 2   # sorted by size
        line = np.polyfit(n.iloc[:half], loss.iloc[:half], 1)
        return np.exp(np.polyval(line, n.iloc[-1])) - table.value.iloc[-1]

    return evidence(_by_seed(_ends(rows), miss),
                    lambda nats: abs(nats) < 0.02,
                    "a pure power law through the smaller half of the sizes "
                    "puts the loss of the largest {lies} (in nats) than it "
                    "is")


def same_window(rows):
    """Do the smaller and the larger sizes give one exponent?"""
    def ratio(table):
        sizes = sorted(table.parameters.unique())
        two = [fitted(table[table.parameters.isin(part)]).exponent
               for part in (sizes[:4], sizes[-4:])]
        return two[1] / two[0]

    return evidence(_by_seed(_ends(rows), ratio),
                    lambda r: 1 / SAME < r < SAME,
                    "the exponent of the four largest sizes is {} times that "
                    "of the four smallest")


def same_language(rows):
    """Do two languages, learned by the same networks, share an exponent?"""
    one, other = _ends(rows), _ends(rows, "short")
    one = one[one.parameters.isin(other.parameters)
              & one.tokens.isin(other.tokens)]
    ratio = (_by_seed(other, lambda t: fitted(t).exponent)
             / _by_seed(one, lambda t: fitted(t).exponent))
    return evidence(ratio, lambda r: 1 / SAME < r < SAME,
                    "on the short rules, the same networks have {} times the "
                    "exponent that they have on the layered rules")


def foretold(rows):
    """Do the smaller sizes tell the loss of the largest, to 1 %?

    By the additive law, fitted without the two largest sizes.
    """
    def part_foretold(table):
        part = held_back(table, "additive", 2)
        return 100 * (part.predicted / part.value).iloc[-1]

    return evidence(_by_seed(_ends(rows), part_foretold),
                    lambda percent: abs(percent - 100) < 1,
                    "the law of the smaller sizes foretells {} % of the loss "
                    "that the largest has at the most tokens")


def upper_limit(rows):
    """Can the loss of the smallest size get higher than the largest's?

    Over all steps and rates of the standard parameterisation, where sizes
    may differ untrained and a rate may be too high for one of them.
    """
    standard = rows[(rows.experiment == "standard")
                    & (rows.quantity == "validation")]
    highest = standard.groupby(["seed", "parameters"]).value.max().unstack()
    return evidence(highest.iloc[:, -1] - highest.iloc[:, 0],
                    lambda nats: nats < 0,
                    "in the standard parameterisation, over all steps and "
                    "rates, the highest loss of the largest size is {lies} "
                    "(in nats) than that of the smallest")


def lower_limit(rows):
    """At the most tokens, does each size end above the next larger one?"""
    last = _ends(rows)
    last = last[last.tokens == last.tokens.max()].pivot(
        index="seed", columns="parameters", values="value")
    return evidence(-last.diff(axis=1).iloc[:, 1:].max(axis=1),
                    lambda nats: nats > 0,
                    "at the most tokens, each size ends at least {} nats "
                    "above the next larger one")


def stuck(rows):
    """Is the smallest size at its most tokens above the largest at least?"""
    gap = behind(_ends(rows))
    times = gap.columns[-1] / gap.columns[0]
    return evidence(gap.iloc[:, 0], lambda nats: nats > 0,
                    "after the most tokens, the smallest size, "
                    f"{times:.0f} times smaller than the largest, is {{}} "
                    "nats above what the largest has after the fewest")


def lowers_entropy(rows):
    """Does any run get below the entropy?"""
    excess = _ends(rows).groupby("seed").value.min() - language().entropy
    return evidence(excess,
                    lambda nats: nats < 0,
                    "the lowest loss of any run is {} nats above the entropy")


def compresses(rows):
    """Is each larger size the better compressor of the same text?"""
    code = code_length(_curves(rows, "early"))
    return evidence(-code.diff(axis=1).iloc[:, 1:].max(axis=1),
                    lambda nats: nats > 0,
                    "from each size to the next, the code for the text gets "
                    "shorter by at least {} nats per token")


def _ahead(rows):
    """How far the largest has fallen at the start, over the smallest."""
    fallen = drops(rows, FIRST)
    return fallen.iloc[:, -1] / fallen.iloc[:, 0]


def steeper(rows):
    """Under muP, does the largest size fall further in the first steps?"""
    return evidence(_ahead(_curves(rows, "early")), lambda ratio: ratio > 1,
                    f"after {FIRST} steps at rate {COMMON}, under muP, the "
                    "largest size has fallen {} times as far as the smallest")


def steeper_anyway(rows):
    """Does it do so at every rate, in either parameterisation?"""
    early = rows[rows.experiment.isin(["early", "standard"])]
    ratios = [_ahead(part)
              for _, part in early.groupby(["experiment", "lr"])]
    return evidence(np.min(ratios, axis=0), lambda ratio: ratio > 1,
                    f"after {FIRST} steps, at the rate and in the "
                    "parameterisation that suit the largest size least, it "
                    "has fallen {} times as far as the smallest")


def _gain(table):
    """What more tokens take off the largest size's loss, over a smaller's.

    From the fewest tokens to the most; the smaller one has at most 1/FAR
    of the parameters.
    """
    loss = table.pivot(index="tokens", columns="parameters", values="value")
    gain = loss.iloc[0] - loss.iloc[-1]
    return gain.iloc[-1] / gain[gain.index <= gain.index[-1] / FAR].iloc[-1]


def gains_more(rows, experiment):
    """At equal tokens, do more tokens teach the largest size more?"""
    return evidence(_by_seed(_ends(rows, experiment), _gain),
                    lambda ratio: ratio > 1,
                    "from the fewest tokens to the most, the largest size "
                    "gains {} times as much as the largest of those with at "
                    f"most 1/{FAR} of its parameters")


def gains_at_equal_loss(rows):
    """To take the last step of the next smaller size, does it need less?"""
    def ratio(table):
        loss = table.pivot(index="tokens", columns="parameters",
                           values="value")
        small, large = loss.iloc[:, -2], loss.iloc[:, -1]
        tokens = [np.interp(-small.iloc[-2:], -curve, curve.index)
                  for curve in (small, large)]   # falling: turned round
        return np.diff(tokens[0])[0] / np.diff(tokens[1])[0]

    return evidence(_by_seed(_ends(rows), ratio), lambda ratio: ratio > 1,
                    "to fall as the second largest size does over its last "
                    "doubling of tokens, the largest needs {} times fewer "
                    "tokens")


_claim = partial(claim, "scaling")
CLAIMS = [
    _claim("C19a", "Along the sizes, the excess falls by one power law: its "
           "exponent is the same everywhere.", straight,
           "kaplan2020scaling"),
    _claim("C19b", "A power of N and a power of D, added to a floor, "
           "describe all runs to 1 % of the loss.", two_terms,
           "hoffmann2022training"),
    _claim("C19c", "The constants of that fit mean what they are called: E "
           "is the entropy, to 0.02 nats.", true_floor,
           "besiroglu2024chinchilla", beyond=True),
    _claim("C20a", "The loss itself is a power of N, without a floor: what "
           "holds for small sizes holds for a large one.", no_floor,
           "hoffmann2022training"),
    _claim("C21a", "The exponent is the same whichever sizes it is fitted "
           "to.", same_window, "porian2024resolving"),
    _claim("C21b", "The exponent is the same in every language.",
           same_language, "sharma2022manifold", "pandey2024gzip"),
    _claim("C21c", "Small sizes tell, by the law, the loss of a large one "
           "to 1 %.", foretold, "besiroglu2024chinchilla",
           beyond=True),
    _claim("C22a", "Size sets how high the loss can get: higher for a small "
           "model.", upper_limit, "hoffmann2022training"),
    _claim("C22b", "Size sets how low the loss can get.", lower_limit,
           "hoffmann2022training"),
    _claim("C23a", "Even after many times the tokens, a small model is "
           "above what a far larger one has early on.", stuck,
           "muennighoff2023scaling"),
    _claim("C24a", "A large model lowers the entropy: its loss falls below "
           "that of the language.", lowers_entropy, "shannon1948mathematical"),
    _claim("C24b", "A larger model is the better compressor of the same "
           "text.", compresses, "deletang2024compression",
           "blier2018description"),
    _claim("C25a", f"In the first {FIRST} steps, at a rate that suits all "
           "sizes, a larger model falls further.", steeper,
           "vyas2023consistent"),
    _claim("C25b", f"In the first {FIRST} steps, a larger model falls "
           "further whatever the learning rate and the parameterisation.",
           steeper_anyway, "yang2022tensor"),
    _claim("C26a", "On the layered rules, the same tokens take more off the "
           "loss of a larger model.", partial(gains_more, experiment="grid"),
           "hoffmann2022training"),
    _claim("C26b", "On real text, the same tokens take more off the loss of "
           "a larger model.", partial(gains_more, experiment="text"),
           "videau2026skaling"),
    _claim("C26c", "From the same loss downwards, a larger model needs fewer "
           "tokens.", gains_at_equal_loss, "kaplan2020scaling"),
]
