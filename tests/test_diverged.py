"""A network that diverged is not a number: it stops none, and shows nothing.

Neither does it become a zero, a rank or a "no" on the way to a claim.
"""
import numpy as np
import pandas as pd
import pytest
import torch

from labkit.interference import price
from labkit.members.networks import Network
from tests.judging import LABS, cases, tiny

LABELS = {"experiment", "seed", "program", "arm", "step", "phase", "order",
          "moment", "way", "team", "net", "target", "density", "kept",
          "parameters"}
MEASURED = {"value", "pit", "sharpness", "negative", "weight", "bends",
            "aligned", "harm", "harm_plain", "cosine", "spare", "dedication",
            "by_chance", "packed", "a", "learned", "rare", "correlation",
            "trained", "untrained", "right", "moved", "against"}
SIGNS = "signs", "unmasked", "popup", "random masks"   # of the first weights
LOST, FINE = 7, 5
TRAINED = [pytest.param(lab, LABS[lab].EXPERIMENTS[name], id=name)
           for lab, names in {
               "landscape": "sharpness spectrum slices barriers ways",
               "interference": "tasks forks conflict price forgetting",
               "lottery": "draw luck rewound prune popup moved"}.items()
           for name in names.split()]


@pytest.fixture
def diverge(monkeypatch):
    """From here on, all weights drawn for the seed LOST are NaN."""
    draw = Network.draw
    monkeypatch.setattr(price, "REACHED", 0.7)    # at once

    def drawn(net, seeds):   # again, 1000 more; 8 networks a seed, or 1000
        lost = [LOST in (seed, seed - 1000, seed // 8, seed // 1000)
                for seed in seeds]
        return draw(net, seeds).masked_fill(torch.tensor(lost)[:, None],
                                            torch.nan)

    return lambda: monkeypatch.setattr(Network, "draw", drawn)


@pytest.mark.filterwarnings("ignore:An input array is constant")
@pytest.mark.parametrize("lab, experiment", TRAINED)
def test_a_network_that_diverged_is_nan_and_the_others_are_as_they_were(
        lab, experiment, diverge):
    cells = tiny(lab, experiment, (LOST, FINE))
    before = [experiment.rows(**cell) for cell in cells]
    diverge()
    for cell, known in zip(cells, before):
        rows = experiment.rows(**cell)
        if "way" in rows:    # the sign of NaN is zero
            rows, known = (part[~part.way.isin(SIGNS)]
                           for part in (rows, known))
        found = [*{*rows} - LABELS - {*cell} - {"milliseconds", "diverged"}]
        lost = rows[rows.seed == LOST]
        assert found and lost[found].isna().all(axis=None)
        assert lost.get("diverged", pd.Series(True)).all()
        pd.testing.assert_frame_equal(*(
            part[part.seed == FINE].drop(columns="milliseconds",
                                         errors="ignore")
            for part in (rows, known)), check_dtype=False)
        assert known[found].notna().any(axis=None)


@pytest.mark.parametrize("side", [0, 1])
@pytest.mark.parametrize("lab, id", [
    (lab, id) for lab in ("landscape", "interference", "lottery")
    for id, (rows, _) in cases(lab).SIDES.items() if MEASURED & {*rows}])
def test_a_seed_that_diverged_neither_supports_a_claim_nor_refutes_it(
        lab, id, side):
    rows = cases(lab).SIDES[id][side]
    lost = rows.assign(**{name: rows[name].astype(float).mask(rows.seed == 1)
                          for name in MEASURED & {*rows}})
    found = LABS[lab].CLAIMS[id].test(lost)
    assert found.holds is None and np.isnan(found.effect)
