"""Claims of the conversation, and what the rows say about them."""
from collections.abc import Callable
from dataclasses import dataclass
from string import ascii_lowercase

import numpy as np
import pandas as pd

from labkit.sentences import SENTENCES


@dataclass(frozen=True)
class Evidence:
    """What one experiment says: an effect, its range over seeds, a ruling.

    ``effect`` is the median over ``seeds`` seeds and ``interval`` their
    smallest and largest value, both in the unit that ``text`` names. Where
    the values are not those of seeds, ``of`` says what they are. If the text
    says which way the value goes (``sized``), its range has no sign either,
    unless the seeds disagree.
    """

    effect: float
    interval: tuple
    seeds: int
    holds: bool
    text: str
    of: str = "seeds"
    sized: bool = False

    def __str__(self):
        return f"{'holds' if self.holds else 'does not hold'}: {self.found}"

    @property
    def found(self):
        """What was found, without the ruling: effect, seeds, range."""
        low, high = self.interval
        if self.sized and low * high > 0:
            low, high = sorted((abs(low), abs(high)))
        return (f"{self.text} (median of {self.seeds} {self.of}; range "
                f"{number(low)} to {number(high)})")


@dataclass(frozen=True)
class Claim:
    """One testable statement that a sentence of the conversation makes.

    ``id`` is the sentence's number and a letter ("C1a"); ``test(rows)``
    gives Evidence, or is None where no experiment here can tell;
    ``sources`` are keys of the bibliography. A claim ``beyond`` the sentence
    says more than it does: it is tested and shown, and no part of the
    verdict.
    """

    id: str
    lab: str
    quote_zh: str
    quote_en: str
    statement: str
    test: Callable | None
    sources: tuple = ()
    beyond: bool = False


def claim(lab, id, statement, test, *sources, beyond=False):
    """A claim with the words of its sentence."""
    return Claim(id, lab, *SENTENCES[id[:-1]], statement, test, sources,
                 beyond)


def number(value):
    """A number as people write it: three significant digits."""
    return f"{value:.3g}"


def evidence(per_seed, holds, text, of="seeds"):
    """Evidence from one value per seed.

    ``holds`` says of one value whether the claim holds there; the claim
    holds if it does for every seed. ``text`` has one field for the median:
    ``{}`` is the number, ``{moves}`` "rises by" or "falls by" its size,
    ``{lies}`` its size and "higher" or "lower".
    """
    values = np.asarray(list(per_seed), float)
    if not len(values):
        raise ValueError("per_seed is empty; at least one seed is needed")
    effect = float(np.median(values))
    up, size = effect > 0, number(abs(effect))
    return Evidence(effect, (float(values.min()), float(values.max())),
                    len(values), all(holds(v) for v in values), text.format(
                        number(effect),
                        moves=f"{'rises' if up else 'falls'} by {size}",
                        lies=f"{size} {'higher' if up else 'lower'}"), of,
                    "{moves}" in text or "{lies}" in text)


def verdict(outcomes):
    """The verdict on a sentence from whether each of its claims holds."""
    outcomes = list(outcomes)
    if not outcomes:
        return "untested here"
    if all(outcomes):
        return "supported"
    return "partly" if any(outcomes) else "contradicted"


def judge(claims, rows):
    """Test every claim on the rows; one row of evidence per claim."""
    table = []
    for claim in claims:
        found = claim.test(rows) if claim.test else None
        table.append(dict(
            sentence=claim.id.rstrip(ascii_lowercase), id=claim.id,
            quote_zh=claim.quote_zh, quote_en=claim.quote_en,
            statement=claim.statement, evidence=found,
            holds=None if found is None else found.holds,
            beyond=claim.beyond, sources=claim.sources))
    return pd.DataFrame(table)


def verdicts(judged):
    """Sentence -> verdict, from the table that ``judge`` made."""
    counted = judged[~judged.beyond]
    return {sentence: verdict(part.holds.dropna())
            for sentence, part in counted.groupby("sentence", sort=False)}
