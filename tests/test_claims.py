"""Every claim: it can hold and fail, and it says what it found in words."""
import re
from string import ascii_lowercase

import pandas as pd
import pytest

from labkit.cores import CORES, LADDER, SMALLEST, UNIT
from labkit.sentences import SENTENCES
from labkit.verdict import LABS
from tests.judging import ROOT, cases

EVERY = [pytest.param(lab, claim, id=claim.id) for lab, module in LABS.items()
         for claim in module.CLAIMS.values()]
KNOWN = re.findall(r"@\w+{(\w+),", (ROOT / "references.bib").read_text())


@pytest.mark.parametrize("side, holds", [(0, True), (1, False)])
@pytest.mark.parametrize("lab, claim", [
    case for case in EVERY if case.values[1].test])
def test_a_claim_holds_on_one_side_and_fails_on_the_other(lab, claim, side,
                                                          holds):
    sides = cases(lab).SIDES
    rows = sides[claim.id][side]
    found = claim.test(rows)
    assert found.holds == holds
    assert found.ruling in (("for",) if holds else ("against", "about equal"))
    low, high = found.interval
    assert low <= found.effect <= high
    assert found.of != "seeds" or found.seeds == rows.seed.nunique()
    words = claim.outcome(found)
    assert not re.search(r"\bnan\b|[{}]|\bNone\b", words)
    assert words.startswith(f"{found.ruling}: ")
    # as on the page: among other experiments, one of which says the contrary
    others = [other for other, _ in sides.values()
              if not {*other.experiment} & {*rows.experiment}]
    contrary = sides[claim.id][1 - side].assign(experiment="contrary")
    assert claim.test(pd.concat([contrary, rows, *others])) == found


@pytest.mark.parametrize("lab, claim", [
    case for case in EVERY if case.values[1].id in SMALLEST])
def test_a_core_claim_has_the_region_that_was_set_for_it(lab, claim):
    rows = cases(lab).SIDES[claim.id][0]
    found = []
    with pytest.MonkeyPatch.context() as patch:
        for module in LABS[lab].PARTS:
            if hasattr(module, "evidence"):
                patch.setattr(module, "evidence", lambda values, region,
                              *rest, **fields: found.append(region))
        claim.test(rows)
    assert found == [SMALLEST[claim.id]]
    assert claim.id in UNIT and not claim.beyond


def test_the_core_is_that_of_the_sentences():
    assert [*CORES] == [*SENTENCES]
    core = [id for one in CORES.values() for id in one.claims]
    assert sorted(core) == sorted(SMALLEST) and {*core} == {*UNIT}
    assert all(id.rstrip(ascii_lowercase) == sentence
               for sentence, one in CORES.items() for id in one.claims)
    assert {one.reach for one in CORES.values()} <= {*LADDER}


@pytest.mark.parametrize("lab, claim", EVERY)
def test_a_claim_has_a_statement_and_known_sources(lab, claim):
    assert claim.statement.endswith(".") and claim.sentence in SENTENCES
    assert claim.sources and {*claim.sources} <= {*KNOWN}


@pytest.mark.parametrize("lab", LABS)
def test_the_cases_are_those_of_the_claims_in_their_order(lab):
    known = LABS[lab].CLAIMS
    assert {*cases(lab).SIDES} == {id for id, c in known.items() if c.test}
    assert all(id == claim.id for id, claim in known.items())
    order = [[*SENTENCES].index(claim.sentence) for claim in known.values()]
    assert order == sorted(order)


def test_every_sentence_has_claims_in_one_explanation():
    places = {sentence: [lab for lab, module in LABS.items() if any(
        claim.sentence == sentence for claim in module.CLAIMS.values())]
        for sentence in SENTENCES}
    assert all(len(labs) == 1 for labs in places.values())
    ids = [id for module in LABS.values() for id in module.CLAIMS]
    for sentence in SENTENCES:    # their letters leave no gap
        letters = sorted(id.removeprefix(sentence) for id in ids
                         if id.rstrip(ascii_lowercase) == sentence)
        assert letters == [*ascii_lowercase[:len(letters)]]
