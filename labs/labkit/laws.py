r"""Scaling laws: published ones, and how to fit one's own.

All of them have the form

.. math:: L(N, D) = E + \Big(\frac{A}{N^\alpha} + \frac{B}{D^\beta}\Big)^k

with the loss :math:`L` in nats per token, :math:`N` parameters and
:math:`D` training tokens. With :math:`k = 1` the form is *additive*: what
:math:`N` and :math:`D` cost is added up (Hoffmann et al. 2022). Otherwise
it is *coupled* (Kaplan et al. 2020, with :math:`E = 0`).
"""
from dataclasses import dataclass
from functools import lru_cache
from itertools import product
from math import exp

import numpy as np
from scipy.optimize import minimize

FORMS = ("additive", "coupled")
CONSTANTS = ("E", "A", "B", "alpha", "beta", "k", "exponent")
DELTA = 1e-3     # a residual of log loss beyond which Huber's loss is linear
NOTHING = 1e-6   # nats that a term must at least move the loss by
TASTE, BEST = 15, 12  # steps from every start; of these the best go on
STEEP = 10       # an exponent beyond this says that its term is not there
LINE = 0.1       # runs closer than this to one line, in logs, are on a line


@dataclass(frozen=True, eq=False)
class Law:
    """One law with its constants, and where it was published."""

    E: float
    A: float
    B: float
    alpha: float
    beta: float
    k: float = 1.0
    source: str = ""

    def predict(self, N, D):
        """Loss of ``N`` parameters after ``D`` tokens, nats per token."""
        N, D = positive(N=N, D=D)
        return self.E + (self.A / N**self.alpha + self.B / D**self.beta
                         )**self.k

    @property
    def exponent(self):
        """k * alpha: by N^-exponent the excess falls where N alone limits."""
        return self.k * self.alpha

    def optimum(self, flops):
        r"""The (N, D) of lowest loss among those with 6 N D = ``flops``.

        .. math:: N = G\,(C/6)^{\beta/(\alpha+\beta)},\quad
                  G = (\alpha A / \beta B)^{1/(\alpha+\beta)}

        Source: Hoffmann et al. 2022, eq. 4. :math:`E` and :math:`k` do not
        matter. Raises ValueError unless both exponents are above 0.
        """
        (flops,) = positive(flops=flops)
        if not (self.alpha > 0 and self.beta > 0):
            raise ValueError(f"alpha is {self.alpha:.3g} and beta "
                             f"{self.beta:.3g}; above 0 are needed for an "
                             "optimum")
        G = (self.alpha * self.A / (self.beta * self.B)) ** (
            1 / (self.alpha + self.beta))
        N = G * (flops / 6) ** (self.beta / (self.alpha + self.beta))
        return N, flops / 6 / N


def positive(**arrays):
    """The arrays as floats; ValueError unless all entries are above 0."""
    values = [np.asarray(value, float) for value in arrays.values()]
    for name, value in zip(arrays, values):
        if not (np.isfinite(value) & (value > 0)).all():
            raise ValueError(f"{name} has the entry "
                             f"{value[~(value > 0) | ~np.isfinite(value)][0]}"
                             "; allowed are finite numbers above 0")
    return [value[()] for value in values]


def _kaplan(n_c, d_c, alpha_n, alpha_d):
    """Kaplan's own constants -> those of the common form."""
    return Law(0.0, n_c ** (alpha_n / alpha_d), d_c, alpha_n / alpha_d, 1.0,
               alpha_d, "kaplan2020scaling")


LAWS = {
    # eq. 1.5 and table 2; N without embeddings, D different tokens, each
    # run stopped when its test loss was lowest
    "kaplan": _kaplan(6.4e13, 1.8e13, 0.076, 0.103),
    # eq. 10, as printed; N with embeddings, D tokens seen, each once
    "hoffmann": Law(1.69, 406.4, 410.7, 0.34, 0.28,
                    source="hoffmann2022training"),
    # the same before rounding, from the TeX source of the paper
    "hoffmann_tex": Law(exp(0.5267), exp(6.00734), exp(6.01792), 0.33917,
                        0.28491, source="hoffmann2022training"),
    # the runs of Hoffmann et al., fitted once more
    "besiroglu": Law(1.8172, 482.01, 2085.43, 0.3478, 0.3658,
                     source="besiroglu2024chinchilla"),
}

C4 = Law(exp(0.6254804), exp(6.255414), exp(7.3049974), 0.3526596, 0.3526596,
         source="muennighoff2023scaling")
REPEATS = 15.387756      # R_D*: repetitions after which 1/e of the gain is
EXCESS_SIZE = 5.309743   # left; R_N*: the same for parameters


def data_constrained(N, tokens, unique):
    r"""Loss of ``N`` parameters after ``tokens``, of them ``unique``.

    .. math:: L = E + \frac{A}{N'^\alpha} + \frac{B}{D'^\beta},\quad
              D' = U + U R^*_D\,(1 - e^{-R_D/R^*_D}),\quad
              R_D = \frac{D}{U} - 1

    Repeated tokens count for less and less; likewise :math:`N'` for the
    parameters beyond the :math:`U_N` that are optimal for :math:`U` tokens
    seen once. The loss never rises with repetition: this form cannot show
    overfitting. Raises ValueError unless ``tokens`` >= ``unique`` > 0.
    Source: Muennighoff et al. 2023, constants fitted on C4.
    """
    N, tokens, unique = positive(N=N, tokens=tokens, unique=unique)
    if np.any(tokens < unique):
        raise ValueError(f"tokens is {tokens} and unique {unique}; allowed "
                         "are at least as many tokens as unique ones")

    def worth(base, used, scale):
        return base * (1 + scale * -np.expm1((1 - used / base) / scale))

    G, _ = C4.optimum(6)     # N = G where N D = 1; here alpha = beta
    base = np.minimum(N, G**2 * unique)
    return C4.predict(worth(base, N, EXCESS_SIZE),
                      worth(unique, tokens, REPEATS))


# --- fitting --------------------------------------------------------------

@dataclass(frozen=True, eq=False)
class Fit(Law):
    """A law fitted to runs, which it keeps for its intervals."""

    form: str = "additive"
    residual: float = 0.0    # mean of |log predicted - log loss|
    runs: tuple = ()         # log N, log D, log loss, and a seed, of each

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
    if seeds is None:
        seeds = np.zeros(len(logs[2]), int)
    elif np.shape(seeds) != logs[2].shape:
        raise ValueError(f"seeds has shape {np.shape(seeds)}; the loss has "
                         f"{logs[2].shape}")
    runs = (*logs, np.asarray(seeds))
    tried = sorted((_search(start, runs, form, steps=TASTE)
                    for start in _starts(runs, form)), key=lambda f: f[0])
    _, law = min((_search(_vector(law), runs, form)
                  for _, law in tried[:BEST]), key=lambda f: f[0])
    low, high = ([f(log) for log in np.exp(logs[:2])] for f in (min, max))
    with np.errstate(all="ignore"):
        moves = np.abs(law.predict(*low) - law.predict(
            [high[0], low[0]], [low[1], high[1]]))
    if not ((moves > NOTHING).all()
            and max(abs(law.alpha), abs(law.beta)) < STEEP):
        raise ValueError("loss hardly depends on parameters or on tokens in "
                         "these runs: one of the two terms, and with it A or "
                         "B, cannot be determined")
    return law


@lru_cache(maxsize=64)
def refits(found, draws=100, seed=0):
    """The law fitted again to ``draws`` bootstrap samples of its runs."""
    rng = np.random.default_rng(seed)
    start = _vector(found)
    start[0] = max(start[0], found.runs[2].min() - 1)   # a floor of 0 is left
    laws = []
    for _ in range(draws):
        drawn = _draw(rng, found.runs[3])
        runs = [column[drawn] for column in found.runs]
        laws.append(_search(start, runs, found.form)[1])
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
    if np.ptp(logs[2]) == 0:
        raise ValueError("loss is the same in all runs: there is no law in it")
    x, y = (log - log.mean() for log in logs[:2])
    away = y - x * (x @ y) / (x @ x)
    if away.std() < LINE:
        raise ValueError("tokens follows parameters, as in D = 20 N: all runs "
                         "lie on one line (in logarithms), and what N and D "
                         "do cannot be told apart; allowed are runs that "
                         "vary one with the other fixed")
    return logs


def _centre(runs):
    """Means of log N and log D: the constants are searched around them."""
    return runs[0].mean(), runs[1].mean()


def _starts(runs, form):
    """Where to start: floors, exponents; half of the rest to each term."""
    k = 1.0 if form == "additive" else 0.6
    n, d = _centre(runs)
    lowest, middle = np.exp(runs[2].min()), np.exp(np.median(runs[2]))
    for share, alpha, beta in product((0.2, 0.7, 0.95), (0.1, 0.3, 0.8),
                                      (0.1, 0.3, 0.8)):
        E = share * lowest
        term = np.log(max(middle - E, 0.01 * middle)) / k - np.log(2)
        yield np.array([np.log(E), term + alpha * n, term + beta * d, alpha,
                        beta, np.log(k)])


def _vector(law):
    return np.array([*np.log([max(law.E, 1e-300), law.A, law.B]), law.alpha,
                     law.beta, np.log(law.k)])


def _search(start, runs, form, steps=2000):
    """L-BFGS from one start: (objective, Fit).

    Around the centre of the data the constants are of order one and hardly
    depend on each other, whatever the units of N and D.
    """
    n, d = _centre(runs)
    data = runs[0] - n, runs[1] - d, runs[2]
    free = 5 if form == "additive" else 6
    shift = np.zeros((6, 6))
    shift[1, 3], shift[2, 4] = n, d
    to_centre = np.eye(6) - shift      # a - alpha * n, b - beta * d
    inside = to_centre @ start

    def objective(x):
        value, gradient = huber(np.append(x, inside[free:]), *data)
        return value, gradient[:free]

    found = minimize(objective, inside[:free], jac=True, method="L-BFGS-B",
                     options={"maxiter": steps, "ftol": 1e-13, "gtol": 1e-8,
                              "maxcor": 20})
    x = np.append(found.x, inside[free:])
    with np.errstate(over="ignore"):   # a constant may be infinite: see fit
        e, a, b, alpha, beta, log_k = (np.eye(6) + shift) @ x
        E, A, B, k = np.exp([e, a, b, log_k]).tolist()
    residual = np.abs(log_loss(x, *data[:2])[0] - runs[2]).mean()
    return found.fun, Fit(E, A, B, float(alpha), float(beta), k, form=form,
                          residual=float(residual), runs=tuple(runs))


def log_loss(x, log_n, log_d):
    """log L of each run, and its derivatives by the constants (6, run)."""
    e, a, b, alpha, beta, log_k = x
    k = np.exp(min(log_k, 5))
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
