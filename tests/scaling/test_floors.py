"""Falls whose floors and speeds are known, and what the lab makes of them."""
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from labkit.scaling import falls, floors

approx = pytest.approx
STEPS = 2.0 ** np.arange(5, 11)


def curves(floor, height, b=0.5):
    """Exact curves of sizes 1, 2, ...: floor + height t^-b, each its own."""
    return pd.DataFrame({size: e + a * STEPS**-b for size, (e, a) in enumerate(
        zip(floor, height), 1)}, index=STEPS)


BOTH = curves((2, 1.5, 1.2), (4, 5, 7))


@pytest.mark.parametrize("form, table", [
    ("floors", curves((2, 1.5, 1.2), (4, 4, 4))),
    ("speeds", curves((1, 1, 1), (4, 5, 7))), ("both", BOTH)])
def test_a_fall_is_found_and_foretells_steps(form, table):
    found = falls.fall(table, form)
    assert found.b == approx(0.5, abs=1e-4) and found.miss < 1e-4
    assert found.steps(2, table.loc[256, 2]) == approx(256, rel=1e-3)
    assert found.steps(1, found.floors[1]) == np.inf
    # half of the losses are enough, and the others are not looked at
    seen = pd.DataFrame({size: STEPS < 256 for size in table}, index=STEPS)
    half = falls.fall(table.where(seen, 9.0), form, seen)
    assert half.floors.to_numpy() == approx(found.floors.to_numpy(), abs=1e-3)


def test_floors_and_heights_add_up_to_the_speed_up():
    found = falls.fall(BOTH)
    whole = np.log(found.steps(1, 2.2) / found.steps(3, 2.2))
    alone = found.by_floors(1, 3, 2.2)
    assert alone == approx(np.log(1.0 / 0.2) / 0.5, rel=1e-3)
    assert whole - alone == approx(np.log(4 / 7) / 0.5, rel=1e-3)
    assert np.isnan(found.by_floors(1, 3, 1.9))   # below the floor of one


def test_what_a_fall_cannot_be_fitted_to_is_refused():
    with pytest.raises(ValueError, match="form is 'bend'.*floors"):
        falls.fall(BOTH, "bend")
    few = BOTH.mask((BOTH.columns == 3) & (STEPS[:, None] > 32))
    with pytest.raises(ValueError, match="3 has 1 losses.*at least 2"):
        falls.fall(few)


def test_a_crossing_is_between_two_steps():
    curve = pd.Series([3.0, 2.0, 1.0], [1, 4, 16])
    assert falls.crossing(curve, 1.5) == approx(8)    # half way, in logs
    assert np.isnan(falls.crossing(curve, 3.0))       # there from the start
    assert np.isnan(falls.crossing(curve, 0.9))       # never
    passed = falls.passed(pd.DataFrame({7: curve}), [2.0, 0.5])
    assert passed[7].tolist()[0] == approx(4) and np.isnan(passed[7].iloc[1])


def test_curves_end_at_their_lowest_loss():
    rows = pd.DataFrame({"parameters": 1, "step": [1, 32, 64, 128, 256],
                         "value": [9, 3, 2, 1, 4]})
    assert floors.curves(rows)[1].tolist()[:3] == [3, 2, 1]
    assert floors.curves(rows)[1].isna().tolist() == [False] * 3 + [True]


def test_only_the_share_and_the_late_part_can_tell_floors_from_speeds():
    worlds = [floors.made(differ, range(2)) for differ in ("floors", "speeds")]
    for measure in (floors.read_off, floors.lower_losses):
        one, other = (floors.per_seed(rows, measure) for rows in worlds)
        assert one.between(0.8, 1.2).all() and other.between(0.8, 1.2).all()
    one, other = (floors.per_seed(rows, floors.share) for rows in worlds)
    assert (one > 0.98).all() and (other.abs() < 0.02).all()
    # straight in the logarithm of the steps: nothing can
    straight = worlds[0].assign(value=9 - np.log(worlds[0].step)
                                - worlds[0].parameters / 1e4)
    assert floors.per_seed(straight, floors.share).isna().all()


def test_there_is_no_share_if_a_floor_lies_above_a_loss(monkeypatch):
    found = falls.fall(BOTH)
    assert 0 < floors.share(BOTH) < 5
    monkeypatch.setattr(floors, "fall", lambda table: replace(
        found, floors=found.floors + 1))
    assert np.isnan(floors.share(BOTH))
