"""Claims of the conversation, and what the rows say about them."""
from collections.abc import Callable
from dataclasses import dataclass, field
from string import ascii_lowercase

import numpy as np
import pandas as pd

from labkit.cores import CORES, TWICE
from labkit.device import one_thread
from labkit.rulings import FOR, UNDECIDED, doubt, holm, interval
from labkit.sentences import SENTENCES

BEYOND = "Beyond the sentence:"
UNTESTED = "untested here"
YES, NO, DEPENDS, OPEN = "yes", "no", "it depends", "not shown"
VERDICTS = YES, NO, DEPENDS, OPEN


def number(value):
    """A number as people write it: three significant digits.

    It is rounded to six first, as it is kept: so a tie falls one way.
    """
    return f"{float(f'{value:.6g}'):.3g}"


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
        return float(f"{float(self):.6g}").__format__(spec or ".3g")


@dataclass(frozen=True)
class Evidence:
    """What one experiment says: an effect, what it is worth, a ruling.

    ``effect`` is the median over ``seeds`` seeds and ``interval`` their
    smallest and largest value; ``between`` is the 95 % interval of the mean
    and ``doubt`` the smallest level at which it still decides. Where the
    values are not those of seeds, ``of`` says what they are. ``ruling`` is
    one of ``rulings.RULINGS``, or None if a seed has no value, as its run
    diverged. ``fields`` are the other numbers that the template names.
    """

    effect: float
    interval: tuple
    seeds: int
    ruling: str | None
    between: tuple
    doubt: float
    of: str = "seeds"
    fields: dict = field(default_factory=dict)

    @property
    def holds(self):
        """True if it speaks for the claim; None if it decides nothing."""
        if self.ruling in (None, UNDECIDED):
            return None
        return self.ruling == FOR


@dataclass(frozen=True)
class Claim:
    """One testable statement that a sentence of the conversation makes.

    ``id`` is the sentence's number and a letter ("C1a"); ``test(rows)``
    gives Evidence, or is None where no experiment here can tell;
    ``template`` words what was found, with the fields ``{effect}``,
    ``{size}`` (the effect without its sign) and those of the evidence;
    ``sources`` are keys of the bibliography. A claim ``beyond`` the sentence
    says more than it does, or what cannot be otherwise. It is tested and
    shown; a verdict rests on core claims (``cores``) alone.
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
        """What was found, with the seeds, their range and the interval.

        If the template says which way the effect goes, neither has a sign,
        unless it differs.
        """
        text, count = self.text(evidence), f"{evidence.seeds} {evidence.of}"
        least, most = self._ends(evidence.interval)
        if not np.isfinite(evidence.between).all():
            return f"{text} (median of {count}; range {least} to {most})"
        low, high = self._ends(evidence.between)
        return (f"{text} (median of {count}; range {least} to {most}; "
                f"95 % interval {low} to {high})")

    def _ends(self, ends):
        """Both ends in words."""
        low, high = ends
        if "|" in self.template and low * high > 0:
            low, high = sorted((abs(low), abs(high)))
        return number(low), number(high)

    def outcome(self, evidence):
        """The ruling and what was found."""
        if evidence is None:
            return f"{UNTESTED}: no experiment of ours can tell"
        if evidence.ruling is None:
            return (f"no answer: not all of {evidence.seeds} {evidence.of} "
                    "gave a number (a run diverged)")
        return f"{evidence.ruling}: {self.found(evidence)}"


def claim(id, statement, test, template, *sources, beyond=False):
    """A claim, as the lists of claims write it."""
    return Claim(id, statement, test, template, sources, beyond)


def collect(parts):
    """{id: claim} of all modules, in the order of their sentences."""
    found = {claim.id: claim for part in parts for claim in part.CLAIMS}
    order = [*SENTENCES]
    return dict(sorted(found.items(), key=lambda item: (
        order.index(item[1].sentence), item[0])))


def evidence(per_seed, region, of="seeds", **fields):
    """Evidence from one value per seed.

    ``region`` says where the effect of a claim must lie (``rulings``). There
    is no answer where a value is NaN. ``fields`` are the other numbers that
    the claim's template names. Raises ValueError without a value.
    """
    values = np.asarray(list(per_seed), float)
    if not len(values):
        raise ValueError("per_seed is empty; at least one seed is needed")
    ends = float(values.min()), float(values.max())
    between, p, ruling = ends, 1.0, None
    if not np.isnan(values).any():
        between, p = interval(values, region.log), doubt(values, region)
        ruling = region.ruling(*between)
    return Evidence(float(np.median(values)), ends, len(values), ruling,
                    between, p, of, fields)


def answer(ruling, stands=True):
    """What a core claim says of its sentence: yes, no or not shown.

    ``stands`` says whether its ruling does with Holm's correction.
    """
    if not stands or ruling in (None, UNDECIDED):
        return OPEN
    return YES if ruling == FOR else NO


def verdict(answers):
    """The verdict on a sentence from the answers of its core claims."""
    answers = {*answers}
    if {YES, NO} <= answers:
        return DEPENDS
    return answers.pop() if len(answers) == 1 else OPEN


def table(claims, evidence):
    """Claims, {id: claim}, with their evidence, {id: evidence or None}.

    Columns: sentence, id, claim, evidence, beyond, ruling (None where
    nothing can tell), core and stands (see ``corrected``).
    """
    return corrected(pd.DataFrame([
        dict(sentence=claim.sentence, id=id, claim=claim,
             evidence=evidence[id], beyond=claim.beyond,
             ruling=evidence[id] and evidence[id].ruling,
             core=id in CORES[claim.sentence].claims)
        for id, claim in claims.items()]))


def corrected(judged):
    """The same table with Holm's correction for all of its core claims.

    ``stands`` is False for a core claim whose ruling may be chance, as
    there are so many of them. One that was looked at ``TWICE`` has twice
    the doubt (Bonferroni). Other claims are not corrected.
    """
    tested = judged[judged.core & judged.ruling.notna()]
    stand = holm({row.id: row.evidence.doubt * (1 + (row.id in TWICE))
                  for row in tested.itertuples()})
    return judged.assign(stands=[stand.get(id, True) for id in judged.id])


@one_thread()
def judge(claims, rows):
    """Test the claims, {id: claim}, on the rows; see ``table``."""
    return table(claims, {id: claim.test(rows) if claim.test else None
                          for id, claim in claims.items()})


def answers(judged):
    """Core claim -> its answer, of the sentences in a ``table``.

    A core claim that the table lacks is not shown.
    """
    found = {row.id: answer(row.ruling, row.stands)
             for row in judged[judged.core].itertuples()}
    return {id: found.get(id, OPEN) for sentence in judged.sentence.unique()
            for id in CORES[sentence].claims}


def verdicts(judged):
    """Sentence -> verdict, from the table that ``judge`` made."""
    known = answers(judged)
    return {sentence: verdict(known[id] for id in CORES[sentence].claims)
            for sentence in judged.sentence.unique()}
