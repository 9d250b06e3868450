"""Who uses the hidden units, in networks made by hand."""
from math import inf, nan

import pytest
import torch

from labkit.interference import units
from labkit.members import parity

approx = pytest.approx
close = torch.testing.assert_close


@pytest.fixture
def by_hand():
    """Two tasks, two units for each, and one that does nothing.

    The first two say the first sign if the task is the first.
    """
    net = parity.Parity(5, 2)
    theta = torch.zeros(1, net.size)
    into, out = net.layers(theta)
    for unit, (task, place, sign) in enumerate([
            (0, 0, 1), (0, 0, -1), (1, 1, 1), (1, 1, -1)]):
        into[0, place, unit] = sign
        into[0, parity.BITS + task, unit] = 0.25   # 0.25 x NAME: one
        into[0, parity.BITS + 1 - task, unit] = -1
        out[0, unit] = 3 * sign
    return net, theta, parity.exam(torch.tensor([[[0], [1]]]), 64, 0)


def test_the_importance_of_a_unit_is_what_a_task_loses_without_it(by_hand):
    net, theta, test = by_hand
    into, out = net.layers(theta)
    loss, right = parity.graded(net, theta, *test)
    assert (right == 1).all() and (loss < 0.01).all()
    found = units.importance(net, theta, *test)
    for unit in range(5):
        without = theta.clone()
        net.layers(without)[1][0, unit] = 0
        rise = parity.graded(net, without, *test)[0] - loss
        close(found[..., unit], rise.clamp(min=0), rtol=1e-4, atol=1e-6)
    assert (found[0] > 0.1).tolist() == [[True, True, False, False, False],
                                         [False, False, True, True, False]]
    assert units.dedication(found).tolist() == approx([1])
    into[0, 0, 4], out[0, 4] = 1.0, -2.0   # does damage to the first
    found = units.importance(net, theta, *test)
    assert found[0, 0, 4] == 0 and (found >= 0).all()


@pytest.mark.parametrize("size", [1, 2.0**-125, 2.0**125])
@pytest.mark.parametrize("importance, share", [
    ([[1.0, 0], [0, 3]], 1), ([[2.0, 2], [2, 2]], 0.5),
    ([[1.0, 0], [3, 0]], 0.75), ([[1.0, 2, 0], [1, 4, 4]], 9 / 12),
    ([[0.0, 0], [0, 0]], nan)])     # of no importance to anybody
def test_the_dedication_is_the_share_of_the_main_tasks(importance, share,
                                                       size):
    assert units.dedication(size * torch.tensor(importance)[None]) == approx(
        share, nan_ok=True)


def test_units_of_about_one_weight_that_are_alike_are_dedicated_by_chance():
    generator = torch.Generator().manual_seed(0)
    importance = torch.rand(2, 3, 4, generator=generator).repeat_interleave(
        units.ALIKE, -1)     # alike in each of four groups of weight
    order = torch.stack([torch.randperm(4 * units.ALIKE, generator=generator)
                         for _ in range(2)])
    importance = importance.gather(-1, order[:, None].expand(-1, 3, -1))
    found = units.by_chance(importance, order.float())
    close(found, units.dedication(importance))
    other = units.by_chance(importance, order.flip(-1).float())
    assert not torch.isclose(other, found).any()


def test_chance_is_the_mean_over_the_deals_of_the_units():
    one_each = torch.eye(2)[None]
    # on one unit in half of the deals, and then half goes to the main task;
    # within three standard errors
    assert units.by_chance(one_each, torch.ones(1, 2)).item() == approx(
        0.75, abs=3 * 0.25 / units.DEALS**0.5)
    apart = torch.zeros(1, 2, 2 * units.ALIKE + 3)   # the last group: three
    apart[0, 0, 0] = apart[0, 1, -1] = 1     # in the lightest, the heaviest
    weight = torch.arange(2.0 * units.ALIKE + 3)[None]
    assert units.by_chance(apart, weight).tolist() == [1]
    assert units.by_chance(apart, (weight - 9).abs()).item() < 1


def test_the_units_to_spare_are_those_that_no_task_misses(by_hand):
    net, theta, (x, y) = by_hand
    wide = parity.Parity(20, 2)
    room = torch.zeros(2, wide.size)
    into, out = wide.layers(room)
    for old, new in enumerate([3, 8, 12, 19]):
        into[0, :, new] = net.layers(theta)[0][0, :, old]
        out[0, new] = net.layers(theta)[1][0, old]
    test = torch.cat([x, x]), torch.cat([y, y])
    importance = units.importance(wide, room, *test)
    # sixteen of twenty; the second network has not learned anything
    assert units.spare(wide, room, importance, test).tolist() == approx(
        [0.8, 0])
    lost = room.clone()     # but for a unit that is not finite
    wide.layers(lost)[1][0, 19] = inf
    importance_lost = units.importance(wide, lost, *test)
    assert units.spare(wide, lost, importance_lost, test).tolist() == approx(
        [nan, 0], nan_ok=True)
    # in another order the first to go is one that is needed
    assert units.spare(wide, room, 1 - importance, test).tolist() == [0, 0]
