"""Claims of the conversation, and what the rows say about them."""
from collections.abc import Callable
from dataclasses import dataclass, field
from string import ascii_lowercase

import numpy as np
import pandas as pd

from labkit.device import one_thread
from labkit.sentences import SENTENCES

BEYOND = "Beyond the sentence:"
UNTESTED = "untested here"


def number(value):
    """A number as people write it: three significant digits."""
    return f"{value:.3g}"


class Effect(float):
    """A number that a template can also ask for its direction.

    ``{effect}`` is three significant digits, ``{effect:.1f}`` as always,
    and ``{effect:rises|falls}`` the first word if it is above zero, else
    the second.
    """

    def __format__(self, spec):
        up, stroke, down = spec.partition("|")
        if stroke:
            return up if self > 0 else down
        return super().__format__(spec or ".3g")


@dataclass(frozen=True)
class Evidence:
    """What one experiment says: an effect, its range over seeds, a ruling.

    ``effect`` is the median over ``seeds`` seeds and ``interval`` their
    smallest and largest value. Where the values are not those of seeds,
    ``of`` says what they are. ``holds`` is None if a seed has no value, as
    its run diverged: that neither supports nor refutes. ``fields`` are the
    other numbers that the claim's template names.
    """

    effect: float
    interval: tuple
    seeds: int
    holds: bool | None
    of: str = "seeds"
    fields: dict = field(default_factory=dict)


@dataclass(frozen=True)
class Claim:
    """One testable statement that a sentence of the conversation makes.

    ``id`` is the sentence's number and a letter ("C1a"); ``test(rows)``
    gives Evidence, or is None where no experiment here can tell;
    ``template`` words what was found, with the fields ``{effect}``,
    ``{size}`` (the effect without its sign) and those of the evidence;
    ``sources`` are keys of the bibliography. A claim ``beyond`` the sentence
    says more than it does: it is tested and shown, and no part of the
    verdict.
    """

    id: str
    statement: str
    test: Callable | None
    template: str
    sources: tuple = ()
    beyond: bool = False

    @property
    def sentence(self):
        """The number of the sentence: "C1" for "C1a"."""
        return self.id.rstrip(ascii_lowercase)

    @property
    def quotes(self):
        """The sentence's words, in Chinese and in English."""
        return SENTENCES[self.sentence]

    def text(self, evidence):
        """What was found, in words."""
        return self.template.format(
            effect=Effect(evidence.effect),
            size=Effect(abs(evidence.effect)), **evidence.fields)

    def found(self, evidence):
        """What was found, with the seeds and their range.

        If the template says which way the effect goes, the range has no
        sign either, unless the seeds disagree.
        """
        low, high = evidence.interval
        if "|" in self.template and low * high > 0:
            low, high = sorted((abs(low), abs(high)))
        return (f"{self.text(evidence)} (median of {evidence.seeds} "
                f"{evidence.of}; range {number(low)} to {number(high)})")

    def outcome(self, evidence):
        """The ruling and what was found."""
        if evidence is None:
            return f"{UNTESTED}: no experiment of ours can tell"
        if evidence.holds is None:
            return (f"no answer: not all of {evidence.seeds} {evidence.of} "
                    "gave a number (a run diverged)")
        ruling = "holds" if evidence.holds else "does not hold"
        return f"{ruling}: {self.found(evidence)}"


def claim(id, statement, test, template, *sources, beyond=False):
    """A claim, as the lists of claims write it."""
    return Claim(id, statement, test, template, sources, beyond)


def collect(parts):
    """{id: claim} of all modules, in the order of their sentences."""
    found = {claim.id: claim for part in parts for claim in part.CLAIMS}
    order = [*SENTENCES]
    return dict(sorted(found.items(), key=lambda item: (
        order.index(item[1].sentence), item[0])))


def evidence(per_seed, holds, of="seeds", **fields):
    """Evidence from one value per seed.

    ``holds`` says of one value whether the claim holds there; the claim
    holds if it does for every seed, and there is no answer where a value is
    NaN. ``fields`` are the other numbers that the claim's template names.
    Raises ValueError without a value.
    """
    values = np.asarray(list(per_seed), float)
    if not len(values):
        raise ValueError("per_seed is empty; at least one seed is needed")
    ruling = (None if np.isnan(values).any()
              else all(holds(v) for v in values))
    return Evidence(float(np.median(values)),
                    (float(values.min()), float(values.max())),
                    len(values), ruling, of, fields)


def verdict(outcomes):
    """The verdict on a sentence from whether each of its claims holds."""
    outcomes = list(outcomes)
    if not outcomes:
        return UNTESTED
    if all(outcomes):
        return "supported"
    return "partly" if any(outcomes) else "contradicted"


def table(claims, evidence):
    """Claims, {id: claim}, with their evidence, {id: evidence or None}.

    Columns: sentence, id, claim, evidence, holds (None where nothing can
    tell), beyond.
    """
    return pd.DataFrame([
        dict(sentence=claim.sentence, id=id, claim=claim,
             evidence=evidence[id], beyond=claim.beyond,
             holds=evidence[id] and evidence[id].holds)
        for id, claim in claims.items()])


@one_thread()
def judge(claims, rows):
    """Test the claims, {id: claim}, on the rows; see ``table``."""
    return table(claims, {id: claim.test(rows) if claim.test else None
                          for id, claim in claims.items()})


def verdicts(judged):
    """Sentence -> verdict, from the table that ``judge`` made."""
    counted = judged[~judged.beyond]
    return {sentence: verdict(part.holds.dropna())
            for sentence, part in counted.groupby("sentence", sort=False)}
