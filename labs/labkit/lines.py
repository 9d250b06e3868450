"""A line for the class: twelve characters that hold one run.

Which lab, which setting, whose seed, what came out; and two characters that
tell a mistyped line from a true one. Characters are digits in base 31, a
prime: as in a Reed-Solomon code, the plain and the weighted sum of all
twelve are 0, so that no two mistyped characters, nor two that are exchanged,
go unnoticed. Source: Reed & Solomon 1960.
"""
import math

DIGITS = "123456789ABCDEFGHJKMNPQRSTVWXYZ"   # without 0 and O, I and L, U
BASE = len(DIGITS)
LABS = ("epochs", "landscape", "interference", "lottery", "scaling",
        "compute")
SEEDS = range(1000)   # those of every experiment
GROUPS = range(5)   # settings of a lab among which a class may be divided
PRINTED = GROUPS[-1]   # what a lab itself asks of a seed, and prints
STEP = 1e-4      # of a result
HIGHEST = BASE**6 - 2   # steps; the last number means "never"


def line(lab, seed, result, group=PRINTED):
    """Twelve characters, in three blocks: a run of a lab by one ``group``.

    ``result`` is a number from 0 to 88,750, kept to 0.0001; None or NaN mean
    "never". Raises ValueError for no such lab, seed, group or result.
    """
    if lab not in LABS:
        raise ValueError(f"lab is {lab!r}; allowed are {[*LABS]}")
    if isinstance(seed, bool) or seed not in SEEDS:
        raise ValueError(f"seed is {seed!r}; allowed are {SEEDS[0]} to "
                         f"{SEEDS[-1]}")
    if isinstance(group, bool) or group not in GROUPS:
        raise ValueError(f"group is {group!r}; allowed are {GROUPS[0]} to "
                         f"{GROUPS[-1]}")
    never = result is None or math.isnan(result)
    if not never and not 0 <= result <= HIGHEST * STEP:
        raise ValueError(f"result is {result!r}; allowed are None and 0 to "
                         f"{HIGHEST * STEP:,.0f}")
    steps = HIGHEST + 1 if never else round(result / STEP)
    data = [LABS.index(lab) + len(LABS) * group, *_digits(seed, 3),
            *_digits(steps, 6)]
    text = "".join(DIGITS[digit] for digit in [*data, *_guards(data)])
    return "-".join(text[i:i + 4] for i in (0, 4, 8))


def read(text):
    """(lab, seed, result, group) of a line; a result of None means never.

    Upper and lower case, spaces and hyphens do not matter. Raises ValueError
    for what is no line: mistyped, too short, or of no lab.
    """
    plain = "".join(c for c in str(text).upper() if c not in " -\t\n")
    if len(plain) != 12 or not {*plain} <= {*DIGITS}:
        raise ValueError(f"line is {text!r}; allowed are 12 characters of "
                         f"{DIGITS}")
    digits = [DIGITS.index(c) for c in plain]
    first, seed, steps = digits[0], _number(digits[1:4]), _number(digits[4:10])
    if _guards(digits[:10]) != digits[10:] or not (
            first < len(LABS) * len(GROUPS) and seed in SEEDS):
        raise ValueError(f"line is {text!r}; some character is mistyped")
    result = None if steps > HIGHEST else round(steps * STEP, 4)
    group, lab = divmod(first, len(LABS))
    return LABS[lab], seed, result, group


def _digits(number, count):
    """A whole number as so many digits, the highest first."""
    return [number // BASE**i % BASE for i in reversed(range(count))]


def _number(digits):
    return sum(digit * BASE**i for i, digit in enumerate(reversed(digits)))


def _guards(data):
    """Two digits that bring both sums of all twelve to 0 (modulo BASE).

    Place i counts i + 1 times in the weighted sum; 11 x + 12 y = -weighted
    and x + y = -plain.
    """
    plain = sum(data)
    weighted = sum(i * digit for i, digit in enumerate(data, 1))
    last = (11 * plain - weighted) % BASE
    return [(-plain - last) % BASE, last]
