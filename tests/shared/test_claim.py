"""Evidence, its words, and the verdict on a sentence."""
from types import SimpleNamespace

import pandas as pd
import pytest

from labkit import claims
from labkit.claims import UNTESTED, claim, evidence


def positive(rows):
    return evidence(rows.value, lambda v: v > 0, width=len(rows))


MOVES = claim("C9a", "It rises.", positive, "at width {width:,}, it "
              "{effect:rises|falls} by {size} ({effect:.1f})", "li2020train")
PLAIN = claim("C9b", "It is.", positive, "{effect} units", "li2020train")
SILENT = claim("C4a", "None can tell.", None, "", "li2020train")


def rows(*values):
    return pd.DataFrame({"value": values})


@pytest.mark.parametrize("values, holds, effect, interval", [
    ([1, 2, 3], True, 2, (1, 3)), ([1, 2, -3], False, 1, (-3, 2)),
    ([1, 0, 2, 4], False, 1.5, (0, 4))])
def test_a_claim_holds_only_if_it_holds_in_every_seed(values, holds, effect,
                                                      interval):
    found = PLAIN.test(rows(*values))
    assert (found.holds, found.effect, found.interval, found.seeds) == (
        holds, effect, interval, len(values))
    assert found.fields == {"width": len(values)}


def test_a_seed_without_a_number_neither_supports_nor_refutes():
    judged = claims.judge({"C9a": PLAIN}, rows(1, float("nan")))
    assert judged.holds.tolist() == [None]
    assert PLAIN.outcome(judged.evidence[0]).startswith(
        "no answer: not all of 2 seeds gave a number")
    assert claims.verdicts(judged) == {"C9": UNTESTED}
    with pytest.raises(ValueError, match="per_seed"):
        PLAIN.test(rows())


@pytest.mark.parametrize("known, values, words", [
    (PLAIN, [1.23456, 2, 3], "2 units (median of 3 seeds; "
                             "range 1.23 to 3)"),
    (PLAIN, [-1, -2, -3], "-2 units (median of 3 seeds; range -3 to -1)"),
    (MOVES, [1, 2, 3], "at width 3, it rises by 2 (2.0) "
                       "(median of 3 seeds; range 1 to 3)"),
    # of a fall, the range is that of the fall, unless the seeds disagree
    (MOVES, [-1, -2, -3], "at width 3, it falls by 2 (-2.0) "
                          "(median of 3 seeds; range 1 to 3)"),
    (MOVES, [1, -2, -3], "at width 3, it falls by 2 (-2.0) "
                         "(median of 3 seeds; range -3 to 1)")])
def test_the_template_words_what_was_found(known, values, words):
    found = known.test(rows(*values))
    assert known.found(found) == words
    ruling = "holds" if min(values) > 0 else "does not hold"
    assert known.outcome(found) == f"{ruling}: {words}"
    pairs = evidence(values, lambda v: True, "pairs", **found.fields)
    assert f"median of {len(values)} pairs" in known.found(pairs)


@pytest.mark.parametrize("outcomes, verdict", [
    ([True, True], "supported"), ([True, False], "partly"),
    ([False], "contradicted"), ([], UNTESTED)])
def test_a_verdict_follows_from_the_claims(outcomes, verdict):
    assert claims.verdict(outcomes) == verdict


def test_claims_are_judged_and_those_beyond_the_sentence_do_not_count():
    beyond = claim("C9c", "More.", lambda rows: positive(-rows), "{effect}",
                   beyond=True)
    known = {c.id: c for c in (SILENT, PLAIN, beyond)}
    judged = claims.judge(known, rows(1, 2))
    assert judged.sentence.tolist() == ["C4", "C9", "C9"]
    assert judged.holds.tolist() == [None, True, False]
    assert judged.evidence[1] == PLAIN.test(rows(1, 2))
    assert claims.verdicts(judged) == {"C4": UNTESTED, "C9": "supported"}
    assert "no experiment" in SILENT.outcome(judged.evidence[0])


def test_claims_come_in_the_order_of_their_sentences():
    parts = [SimpleNamespace(CLAIMS=[claim(id, "", None, "") for id in ids])
             for ids in (["C31a", "C9b"], ["C10a", "C9a"])]
    assert [*claims.collect(parts)] == ["C9a", "C9b", "C10a", "C31a"]
    chinese, english = parts[1].CLAIMS[1].quotes
    assert "Gradient Descent" in chinese and "gradient descent" in english
