r"""Falls: a loss curve as a floor and a fall, with what sizes share of it.

The loss of size N after t steps is

.. math:: L_N(t) = E_N + A_N\,t^{-b} .

If only the floors differ (form "floors", one A), the curves are one curve
moved up and down. If only the speeds do (form "speeds", one E), they are one
curve moved left and right on a logarithmic axis of steps: A is then the
speed to the power -b. In form "both", both differ.
"""
from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy.optimize import minimize_scalar

FORMS = "floors", "speeds", "both"
EXPONENTS = np.geomspace(0.02, 4, 40)   # where the search for b starts
STRAIGHT = 0.04   # with a lower b, a curve is a line in the log of the steps


@dataclass(frozen=True)
class Fall:
    """Floors E and heights A by size (nats), the exponent b, and the miss.

    ``miss`` is the root of the mean square of what the fit misses (nats).
    """

    floors: pd.Series
    heights: pd.Series
    b: float
    miss: float

    def steps(self, size, loss):
        """Steps after which a size has a loss; inf for never."""
        above = loss - self.floors[size]
        if above <= 0:
            return np.inf
        return (self.heights[size] / above) ** (1 / self.b)

    def by_floors(self, small, large, loss):
        """What the floors alone do to the log speed-up to a loss.

        ln((L - E_large) / (L - E_small)) / b; to this the heights add
        ln(A_small / A_large) / b. NaN for a loss below a floor.
        """
        above = loss - self.floors[[large, small]].to_numpy()
        if (above <= 0).any():
            return np.nan
        return np.log(above[0] / above[1]) / self.b


def fall(table, form="both", seen=None):
    """The Fall of a form through loss curves, by least squares.

    ``table`` has a row per step, a column per size, NaN where nothing is
    known; ``seen`` marks the losses to fit to, all that there are unless
    given. Raises ValueError for an unknown form, and for a size of which
    fewer than two losses are seen.
    """
    if form not in FORMS:
        raise ValueError(f"form is {form!r}; allowed are {FORMS}")
    seen = table.notna() if seen is None else seen & table.notna()
    if (seen.sum() < 2).any():
        raise ValueError(f"{seen.sum().idxmin()} has {seen.sum().min()} "
                         "losses that are seen; at least 2 are needed")
    t, n = np.nonzero(seen.to_numpy())
    loss, steps = table.to_numpy()[t, n], table.index.to_numpy(float)[t]
    each, same = np.eye(table.shape[1])[n], np.ones((len(n), 1))
    floor = same if form == "speeds" else each
    height = same if form == "floors" else each

    def solve(b):
        design = np.hstack([floor, height * steps[:, None] ** -b])
        found = np.linalg.lstsq(design, loss, rcond=None)[0]
        return np.mean((design @ found - loss) ** 2), found

    b = _lowest(lambda b: solve(b)[0])
    square, found = solve(b)
    E, A = np.split(found, [floor.shape[1]])
    return Fall(*(pd.Series(np.broadcast_to(part, table.shape[1]),
                            table.columns) for part in (E, A)),
                float(b), float(square**0.5))


def _lowest(measure):
    """The exponent where a measure is lowest: the best of some, refined."""
    i = int(np.argmin([measure(b) for b in EXPONENTS]))
    ends = EXPONENTS[[max(i - 1, 0), min(i + 1, len(EXPONENTS) - 1)]]
    return minimize_scalar(measure, bounds=ends, method="bounded").x


def crossing(curve, loss):
    """Steps after which a curve first is at a loss, or NaN.

    Interpolated in the logarithm of the steps; unknown where it starts.
    """
    below = np.flatnonzero(curve.to_numpy() <= loss)
    if not len(below) or below[0] == 0:
        return np.nan
    part = curve.iloc[below[0] - 1:below[0] + 1]
    return np.exp(np.interp(-loss, -part, np.log(part.index)))


def passed(table, losses):
    """The steps at which each size passes each of the losses.

    A row per loss, a column per size; NaN where it does not.
    """
    return pd.DataFrame({size: [crossing(table[size], loss)
                                for loss in losses] for size in table},
                        index=losses)
