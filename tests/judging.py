"""What is tested of the claims of every lab: rows on both sides of each.

``outcomes``: {claim: (rows on which it holds, rows on which it fails)}.
"""
import pandas as pd

from labkit import claims


def claims_have_names(lab, known, outcomes):
    """The claims are those of ``outcomes``, with a sentence and sources."""
    assert [claim.id for claim in known] == [*outcomes]
    for claim in known:
        assert claim.lab == lab and claim.quote_zh and claim.test
        assert claim.statement.endswith(".") and claim.sources


def claim_can_hold_and_fail(claim, outcomes, seeds):
    """It holds on one side and fails on the other; the two evidences."""
    yes, no = map(claim.test, outcomes[claim.id])
    assert yes.holds and not no.holds
    assert yes.seeds == no.seeds == seeds
    for found in (yes, no):
        low, high = found.interval
        assert low <= found.effect <= high
        assert "nan" not in str(found) and "{}" not in found.text
    return yes, no


def claims_see_only_their_experiment(known, outcomes):
    """As on the page: all experiments in one table, with holes."""
    for side in (0, 1):
        for claim in known:
            rows = outcomes[claim.id][side]
            others = [other[0] for other in outcomes.values()
                      if set(other[0].experiment) != set(rows.experiment)]
            found, = claims.judge([claim], pd.concat(
                [others[0], rows, *others[1:]])).evidence
            assert found == claim.test(rows), claim.id
