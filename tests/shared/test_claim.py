"""Evidence, its words, and the verdict on a sentence."""
from types import SimpleNamespace

import pandas as pd
import pytest

from labkit import claims
from labkit.claims import DEPENDS, NO, OPEN, UNTESTED, YES, claim, evidence
from labkit.cores import CORES
from labkit.rulings import AGAINST, EQUAL, FOR, UNDECIDED, plus

NAN = float("nan")


def rises(rows):
    return evidence(rows.value, plus(1), width=len(rows))


MOVES = claim("C9c", "It rises.", rises, "at width {width:,}, it "
              "{effect:rises|falls} by {size} ({effect:.1f})", "li2020train")
PLAIN = claim("C9a", "It is.", rises, "{effect} units", "li2020train")
OTHER = claim("C9b", "It is not.", lambda rows: rises(-rows), "{effect}")
SILENT = claim("C4a", "None can tell.", None, "", "li2020train")


def rows(*values):
    return pd.DataFrame({"value": values})


@pytest.mark.parametrize("values, ruling, holds", [
    ([3, 3.1, 3.2], FOR, True), ([-3, -3.1, -3.2], AGAINST, False),
    ([.1, .2, -.1], EQUAL, False), ([1, 2, 3], UNDECIDED, None),
    ([3], UNDECIDED, None), ([3, NAN], None, None)])
def test_an_interval_rules_and_no_single_seed_does(values, ruling, holds):
    found = PLAIN.test(rows(*values))
    assert (found.ruling, found.holds) == (ruling, holds)
    assert found.seeds == len(values) and found.fields["width"] == len(values)
    assert (found.doubt <= 0.05) == (holds is not None)
    if len(values) == 3:
        assert found.effect == sorted(values)[1]
        assert found.interval == (min(values), max(values))
        assert found.between[0] < found.interval[0]


def test_a_seed_without_a_number_neither_supports_nor_refutes():
    judged = claims.judge({"C9a": PLAIN}, rows(1, NAN))
    assert judged.ruling.tolist() == [None]
    assert PLAIN.outcome(judged.evidence[0]).startswith(
        "no answer: not all of 2 seeds gave a number")
    assert claims.verdicts(judged) == {"C9": OPEN}
    with pytest.raises(ValueError, match="per_seed"):
        PLAIN.test(rows())


@pytest.mark.parametrize("known, values, words", [
    (PLAIN, [1.23456, 2, 3], "2 units (median of 3 seeds; range 1.23 to 3; "
                             "95 % interval -0.121 to 4.28)"),
    (PLAIN, [-2, -2, -2], "-2 units (median of 3 seeds; range -2 to -2; "
                          "95 % interval -2 to -2)"),
    (PLAIN, [3], "3 units (median of 1 seeds; range 3 to 3)"),
    # of a fall, the range is that of the fall, unless the seeds disagree
    (MOVES, [-1.9, -2, -2.1], "at width 3, it falls by 2 (-2.0) (median of 3 "
     "seeds; range 1.9 to 2.1; 95 % interval 1.75 to 2.25)"),
    (MOVES, [1, -2, -3], "at width 3, it falls by 2 (-2.0) (median of 3 "
     "seeds; range -3 to 1; 95 % interval -6.5 to 3.84)")])
def test_the_template_words_what_was_found(known, values, words):
    found = known.test(rows(*values))
    assert known.found(found) == words
    assert known.outcome(found) == f"{found.ruling}: {words}"
    pairs = evidence(values, plus(1), "pairs", **found.fields)
    assert f"median of {len(values)} pairs" in known.found(pairs)


@pytest.mark.parametrize("answers, verdict", [
    ([YES, YES], YES), ([YES, NO], DEPENDS), ([NO], NO), ([NO, OPEN], OPEN),
    ([YES, NO, OPEN], DEPENDS), ([OPEN], OPEN)])
def test_a_verdict_follows_from_the_core(answers, verdict):
    assert claims.verdict(answers) == verdict


@pytest.mark.parametrize("ruling, stands, answer", [
    (FOR, True, YES), (AGAINST, True, NO), (EQUAL, True, NO),
    (UNDECIDED, True, OPEN), (None, True, OPEN), (FOR, False, OPEN)])
def test_only_a_ruling_that_stands_is_an_answer(ruling, stands, answer):
    assert claims.answer(ruling, stands) == answer


def test_claims_are_judged_and_the_core_alone_decides():
    known = {c.id: c for c in (SILENT, PLAIN, OTHER, MOVES)}
    judged = claims.judge(known, rows(3, 3.1, 3.2))
    assert judged.sentence.tolist() == ["C4", "C9", "C9", "C9"]
    assert judged.ruling.tolist() == [None, FOR, AGAINST, FOR]
    assert judged.core.tolist() == [False, True, True, False]
    assert judged.evidence[1] == PLAIN.test(rows(3, 3.1, 3.2))
    assert claims.answers(judged) == {
        "C4b": OPEN, "C4c": OPEN, "C9a": YES, "C9b": NO}
    assert claims.verdicts(judged) == {"C4": OPEN, "C9": DEPENDS}
    assert UNTESTED in SILENT.outcome(judged.evidence[0])


def test_core_claims_are_corrected_for_their_number_and_no_other_is(
        monkeypatch):
    monkeypatch.setattr(claims, "TWICE", ())
    clear, close = rows(3, 3.1, 3.2), rows(1.6, 2, 2.4)   # p: .001, .049
    known = {c.id: c for c in (PLAIN, OTHER, MOVES)}
    found = {id: PLAIN.test(close) for id in known}
    judged = claims.table(known, found | {"C9a": PLAIN.test(clear)})
    assert judged.stands.all() and 0.025 < found["C9b"].doubt < 0.05
    judged = claims.table(known, found)   # two at .049: neither is sure
    assert judged.stands.tolist() == [False, False, True]
    assert claims.verdicts(judged) == {"C9": OPEN}
    assert claims.verdicts(claims.corrected(judged[:1])) == {"C9": OPEN}


def test_a_core_claim_that_was_looked_at_twice_counts_as_two(monkeypatch):
    once = PLAIN.test(rows(1.6, 2, 2.4))
    assert 0.025 < once.doubt < 0.05
    for twice, stands in (((), True), (("C9a",), False)):
        monkeypatch.setattr(claims, "TWICE", twice)
        judged = claims.table({"C9a": PLAIN}, {"C9a": once})
        assert judged.stands.tolist() == [stands]


def test_claims_come_in_the_order_of_their_sentences():
    parts = [SimpleNamespace(CLAIMS=[claim(id, "", None, "") for id in ids])
             for ids in (["C31a", "C9b"], ["C10a", "C9a"])]
    assert [*claims.collect(parts)] == ["C9a", "C9b", "C10a", "C31a"]
    chinese, english = parts[1].CLAIMS[1].quotes
    assert "Gradient Descent" in chinese and "gradient descent" in english
    assert CORES["C9"].claims == ("C9a", "C9b")
