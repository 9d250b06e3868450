"""How to fit a scaling law to runs, and how sure one can be of it."""
from dataclasses import dataclass, field
from functools import lru_cache
from itertools import product

import numpy as np
import pandas as pd
from scipy.optimize import minimize

from labkit.device import one_thread
from labkit.scaling.laws import Law, positive

FORMS = ("additive", "coupled")
CONSTANTS = ("E", "A", "B", "alpha", "beta", "k", "exponent")
DELTA = 1e-3     # a residual of log loss beyond which Huber's loss is linear,
                 # and what a term must move log loss by to be told from none
TASTE, BEST = 15, 12   # steps from every start; so many of the best go on
BOUNDS = [(None, None)] * 5 + [(-4, 4)]   # of ln k; the others are free
STEEP = 10       # an exponent beyond this says that its term is not there
LINE = 0.1       # runs closer than this to one line, in logs, are on a line


@dataclass(frozen=True, eq=False)
class Fit(Law):
    """A law fitted to runs, which it keeps for its intervals."""

    form: str = "additive"
    residual: float = 0.0    # mean of |log predicted - log loss|
    # log N, log D, log loss and the number of the seed of each run
    runs: tuple = field(default=(), repr=False)

    def interval(self, name="E", level=0.9, draws=100, seed=0):
        """Where the constant ``name`` lies in ``level`` of the refits.

        Each refit is to as many runs, drawn with replacement (bootstrap);
        if the fit was given seeds, they are drawn first, and runs within
        each. Raises ValueError for an unknown constant or a bad level.
        """
        if name not in CONSTANTS:
            raise ValueError(f"name is {name!r}; allowed are {CONSTANTS}")
        if not 0 < level < 1 or draws < 2:
            raise ValueError(f"level is {level} and draws {draws}; allowed "
                             "are a level between 0 and 1, 2 draws or more")
        values = [getattr(refit, name) for refit in refits(self, draws, seed)]
        return tuple(np.quantile(values, [(1 - level) / 2, (1 + level) / 2]
                                 ).tolist())


@one_thread()
def fit(parameters, tokens, loss, form="additive", seeds=None):
    r"""Fit the law to runs, one entry each; "Approach 3" of Hoffmann et al.

    Minimises, over :math:`e = \ln E, a = \ln A, b = \ln B, \alpha, \beta`
    (and :math:`\ln k` where ``form`` is "coupled"),

    .. math:: \sum_i \mathrm{Huber}_{10^{-3}}\big(\mathrm{LSE}(e,\,
              k\,\mathrm{LSE}(a - \alpha \ln N_i,\, b - \beta \ln D_i))
              - \ln L_i\big)

    by L-BFGS with exact gradients from many starts; LSE is the logarithm
    of the sum of exponentials. ``seeds`` names the seed of each run, for
    the intervals. Raises ValueError where the runs cannot determine the
    constants.
    """
    if form not in FORMS:
        raise ValueError(f"form is {form!r}; allowed are {FORMS}")
    logs = _checked(form, parameters=parameters, tokens=tokens, loss=loss)
    runs = (*logs, _numbered(seeds, len(logs[2])))
    tried = sorted((_search(start, runs, form, steps=TASTE)
                    for start in _starts(runs, form)), key=lambda f: f[0])
    _, x = min((_search(x, runs, form) for _, x in tried[:BEST]),
               key=lambda f: f[0])
    law = _law(x, runs, form)
    _depends(law, *np.exp(logs[:2]))
    return law


def _numbered(seeds, runs):
    """The number of each run's seed; ValueError unless each run has one."""
    if seeds is None:
        return np.zeros(runs, int)
    if np.shape(seeds) != (runs,):
        raise ValueError(f"seeds has shape {np.shape(seeds)}; the loss has "
                         f"{(runs,)}")
    numbers, _ = pd.factorize(np.asarray(seeds, object), sort=True)
    missing = (numbers < 0).sum()
    if missing:
        raise ValueError(f"seeds is missing for {missing} of {runs} runs; "
                         "each must have one")
    return numbers


def _depends(law, N, D):
    """ValueError unless both terms of the law move the loss of the runs."""
    with np.errstate(all="ignore"):   # a constant may be infinite
        corners = np.log(law.predict([[N.min()], [N.max()]],
                                     [[D.min(), D.max()]]))
        moved = [np.abs(np.diff(corners, axis=axis)).max() for axis in (0, 1)]
    if not (np.min(moved) > DELTA
            and max(abs(law.alpha), abs(law.beta)) < STEEP):
        raise ValueError("loss hardly depends on parameters or on tokens in "
                         "these runs: one of the two terms, and with it A or "
                         "B, cannot be determined")


@lru_cache(maxsize=64)
@one_thread()
def refits(found, draws=100, seed=0):
    """The law fitted again to ``draws`` bootstrap samples of its runs."""
    rng = np.random.default_rng(seed)
    with np.errstate(divide="ignore"):   # the floor may be 0: it is left
        start = np.array([*np.log([found.E, found.A, found.B]), found.alpha,
                          found.beta, np.log(found.k)])
    start[0] = max(start[0], found.runs[2].min() - 1)
    laws = []
    for _ in range(draws):
        drawn = _draw(rng, found.runs[3])
        runs = [column[drawn] for column in found.runs]
        laws.append(_law(_search(start, runs, found.form)[1], runs,
                         found.form))
    return laws


def _draw(rng, seeds):
    """Numbers of the runs in one bootstrap sample: seeds, then runs."""
    names = np.unique(seeds)
    return np.concatenate([
        rng.choice(np.flatnonzero(seeds == name), (seeds == name).sum())
        for name in rng.choice(names, len(names))])


def _checked(form, **columns):
    """Logarithms of the columns; ValueError unless they tell enough."""
    shapes = {name: np.shape(column) for name, column in columns.items()}
    if len(set(shapes.values())) > 1 or len(shapes["loss"]) != 1:
        raise ValueError(f"the shapes are {shapes}; allowed are three "
                         "sequences of the same length, one entry a run")
    logs = [np.log(column) for column in positive(**columns)]
    constants = 5 if form == "additive" else 6
    if len(logs[2]) <= constants:
        raise ValueError(f"loss has {len(logs[2])} runs; more than the "
                         f"{constants} constants of the form are needed")
    for name, log in zip(("parameters", "tokens"), logs):
        if len(np.unique(log)) < 3 or np.ptp(log) < LINE:
            raise ValueError(f"{name} has {len(np.unique(log))} different "
                             f"values from {np.exp(log.min()):.4g} to "
                             f"{np.exp(log.max()):.4g}; at least 3, well "
                             "apart, are needed to tell its exponent from E")
    x, y = (log - log.mean() for log in logs[:2])
    away = y - x * (x @ y) / (x @ x)
    if away.std() < LINE:
        raise ValueError("tokens follows parameters, as in D = 20 N: all runs "
                         "lie on one line (in logarithms), and what N and D "
                         "do cannot be told apart; allowed are runs that "
                         "vary one with the other fixed")
    return logs


def _starts(runs, form):
    """Where to start: floors, exponents; half of the rest to each term."""
    k = 1.0 if form == "additive" else 0.6
    n, d = runs[0].mean(), runs[1].mean()
    lowest, middle = np.exp(runs[2].min()), np.exp(np.median(runs[2]))
    for share, alpha, beta in product((0.2, 0.7, 0.95), (0.1, 0.3, 0.8),
                                      (0.1, 0.3, 0.8)):
        E = share * lowest
        term = np.log(max(middle - E, 0.01 * middle)) / k - np.log(2)
        yield np.array([np.log(E), term + alpha * n, term + beta * d, alpha,
                        beta, np.log(k)])


def _seen_from(n, d, loss, x):
    """The same law, with log N, D and L counted from the given ones."""
    e, a, b, alpha, beta, log_k = x
    part = loss / np.exp(log_k)
    return np.array([e - loss, a - alpha * n - part, b - beta * d - part,
                     alpha, beta, log_k])


def _search(start, runs, form, steps=2000):
    """L-BFGS from one start: (objective, constants as they are searched).

    It counts log N, log D and log L from their means: there the constants
    are of order one and hardly depend on each other, whatever the units.
    """
    means = np.array([log.mean() for log in runs[:3]])
    data = [log - mean for log, mean in zip(runs, means)]
    free = 5 if form == "additive" else 6
    start = _seen_from(*means, start)

    def objective(x):
        value, gradient = huber(np.append(x, start[free:]), *data)
        return value, gradient[:free]

    found = minimize(objective, start[:free], jac=True, method="L-BFGS-B",
                     bounds=BOUNDS[:free],
                     options={"maxiter": steps, "ftol": 1e-13, "gtol": 1e-8,
                              "maxcor": 20})
    return found.fun, _seen_from(*-means, np.append(found.x, start[free:]))


def _law(x, runs, form):
    """The Fit whose constants were found in a search."""
    residual = np.abs(log_loss(x, *runs[:2])[0] - runs[2]).mean()
    e, a, b, alpha, beta, log_k = x.tolist()
    with np.errstate(over="ignore"):   # a constant may be infinite: see fit
        E, A, B, k = np.exp([e, a, b, log_k]).tolist()
    return Fit(E, A, B, alpha, beta, k, form=form,
               residual=float(residual), runs=tuple(runs))


def log_loss(x, log_n, log_d):
    """log L of each run, and its derivatives by the constants (6, run)."""
    e, a, b, alpha, beta, log_k = x
    k = np.exp(log_k)
    of_n, of_d = a - alpha * log_n, b - beta * log_d
    both = np.logaddexp(of_n, of_d)
    log_l = np.logaddexp(e, k * both)
    rest = np.exp(k * both - log_l)          # share of the loss above E
    by_n, by_d = (k * rest * np.exp(term - both) for term in (of_n, of_d))
    return log_l, np.array([1 - rest, by_n, by_d, -log_n * by_n,
                            -log_d * by_d, k * both * rest])


def huber(x, log_n, log_d, seen):
    """Sum of Huber's losses of log L, ``seen`` is the runs', and gradient.

    In units of DELTA squared, where neither is so small that the optimiser
    stops early.
    """
    log_l, derivatives = log_loss(x, log_n, log_d)
    z = (log_l - seen) / DELTA
    inner = np.clip(z, -1, 1)
    return (inner * (z - inner / 2)).sum(), derivatives @ inner / DELTA
