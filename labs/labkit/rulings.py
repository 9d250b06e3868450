"""What a few repetitions say of a claim: for, against, too small, or open.

An effect has a *smallest size of interest*, set before any result was known
(``cores`` and the claims). Its 95 % interval over the repetitions must lie
beyond that, or within it, to decide anything.
"""
from dataclasses import dataclass
from math import inf

import numpy as np
from scipy import stats

LEVEL = 0.05   # share of such intervals that may miss the truth
FOR, AGAINST = "for", "against"
EQUAL, UNDECIDED = "about equal", "undecided"
RULINGS = FOR, AGAINST, EQUAL, UNDECIDED


@dataclass(frozen=True)
class Region:
    """Where on the line of its effect a claim is right, and where idle.

    ``right`` and ``equal`` are pairs of a low and a high end. Between the
    ends of ``equal``, if there are any, an effect is too small to matter;
    everywhere else the claim is wrong. ``log`` says that effects are
    ratios: what is averaged are their logarithms.
    """

    right: tuple
    equal: tuple = ()
    log: bool = False

    @property
    def borders(self):
        """The finite ends of its parts."""
        return [end for end in (*self.right, *self.equal)
                if np.isfinite(end) and not (self.log and end == 0)]

    def ruling(self, low, high):
        """What an interval of effects says of the claim."""
        parts = [part for part in (self.right, self.equal) if part]
        for part, ruling in zip(parts, (FOR, EQUAL)):
            if part[0] <= low and high <= part[1]:
                return ruling
        apart = all(high < part[0] or low > part[1] for part in parts)
        return AGAINST if apart else UNDECIDED


def times(least):
    """A ratio beyond ``least``, on its side of 1; contrary: its inverse.

    ``times(1.1)`` is "at least 10 % more", ``times(1 / 1.1)`` "less".
    """
    equal = min(least, 1 / least), max(least, 1 / least)
    return Region((least, inf) if least > 1 else (0, least), equal, log=True)


def plus(least):
    """A difference beyond ``least``, on its side of 0; contrary: -least."""
    size = abs(least)
    return Region((least, inf) if least > 0 else (-inf, least),
                  (-size, size))


def over(limit, log=False):
    """An effect above a limit; below it the claim is wrong."""
    return Region((limit, inf), log=log)


def under(limit, log=False):
    """An effect below a limit; above it the claim is wrong."""
    return Region((-inf, limit), log=log)


def within(low, high, log=False):
    """An effect between two limits; outside of them the claim is wrong."""
    return Region((low, high), log=log)


def spread(values, log=False):
    """Mean and standard error of the effects, or of their logarithms."""
    values = np.log(values) if log else np.asarray(values, float)
    return values.mean(), values.std(ddof=1) / len(values)**0.5


def interval(values, log=False):
    """The 95 % confidence interval of the mean, by Student's t.

    Of the geometric mean if ``log``. Values that have no mean, as steps
    that were never enough, give their range; for five independent values it
    covers the median with 94 %. One value alone has no interval: it is the
    whole line.
    """
    values = np.asarray(values, float)
    if len(values) < 2:
        return -inf, inf
    if not _averaged(values, log):
        return float(values.min()), float(values.max())
    mean, error = spread(values, log)
    half = stats.t.ppf(1 - LEVEL / 2, len(values) - 1) * error
    ends = np.array([mean - half, mean + half])
    return tuple((np.exp(ends) if log else ends).tolist())


def doubt(values, region):
    """The smallest level at which the interval still decides (two-sided p).

    The interval at level p just touches the nearest border of the region.
    """
    values = np.asarray(values, float)
    if len(values) < 2:
        return 1.0
    if not _averaged(values, region.log):
        low, high = values.min(), values.max()
        open_ = any(low < border < high for border in region.borders)
        return 1.0 if open_ else 2 * 0.5**len(values)
    mean, error = spread(values, region.log)
    borders = np.log(region.borders) if region.log else region.borders
    nearest = np.abs(mean - np.asarray(borders)).min()
    if error == 0:
        return 0.0 if nearest else 1.0
    return float(2 * stats.t.sf(nearest / error, len(values) - 1))


def holm(doubts):
    """Which of several rulings stand together, by Holm's correction.

    ``doubts`` {name: p}; {name: whether it stands}, so that the chance that
    any of those that stand is wrong is at most LEVEL. Source: Holm 1979.
    """
    stand, standing = {}, True
    for i, name in enumerate(sorted(doubts, key=doubts.get)):
        standing = standing and doubts[name] <= LEVEL / (len(doubts) - i)
        stand[name] = standing
    return {name: stand[name] for name in doubts}


def _averaged(values, log):
    return np.isfinite(values).all() and not (log and (values <= 0).any())
