r"""Scaling laws, and the constants that were published for them.

All of them have the form

.. math:: L(N, D) = E + \Big(\frac{A}{N^\alpha} + \frac{B}{D^\beta}\Big)^k

with the loss :math:`L` in nats per token, :math:`N` parameters and
:math:`D` training tokens. With :math:`k = 1` the form is *additive*: what
:math:`N` and :math:`D` cost is added up (Hoffmann et al. 2022). Otherwise
it is *coupled* (Kaplan et al. 2020, with :math:`E = 0`).
"""
from dataclasses import dataclass
from math import exp

import numpy as np


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
