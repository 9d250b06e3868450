"""What is tested of every lab: its claims on rows of both sides, its records.

``outcomes``: {claim: (rows on which it holds, rows on which it fails)}.
"""
import json

import numpy as np
import pandas as pd

from labkit import claims

SEEDS = range(3)
SPREAD = 0.01    # a seed makes every value so much larger than the one before
PROVENANCE = ("device", "torch", "python", "date", "commit", "wall_seconds",
              "cpu_seconds")


def table(experiment, names, value, cells):
    """A row per cell and seed; ``cells``: {the names' values: the value}.

    The middle seed has the value itself; or the value lists one per seed.
    """
    rows = []
    for key, values in cells.items():
        key = key if isinstance(key, tuple) else (key,)
        if np.isscalar(values):
            values = [values * (1 + SPREAD * (seed - 1)) for seed in SEEDS]
        rows += [{"experiment": experiment, **dict(zip(names.split(), key)),
                  "seed": seed, value: one}
                 for seed, one in zip(SEEDS, values)]
    return pd.DataFrame(rows)


def record_is_whole(path, apart=()):
    """Each cell has as many rows of each seed, and its settings in them.

    But for those ``apart``, which rows name otherwise.
    """
    cells = json.loads(path.read_text())["cells"]
    rows = pd.read_csv(path.with_suffix(".csv"))
    assert set(rows.cell) == set(range(len(cells)))
    assert set(rows.experiment) == {path.stem}
    for number, cell in enumerate(cells):
        part, settings = rows[rows.cell == number], cell["settings"]
        each = part.seed.value_counts()
        assert sorted(each.index) == sorted(settings["seeds"])
        assert each.nunique() == 1
        for key in {*settings} & {*part} - {*apart}:
            assert (part[key] == settings[key]).all()
        if "targets" in settings:
            assert set(part.target) == set(settings["targets"])
        assert all(cell[key] not in (None, "") for key in PROVENANCE)


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
