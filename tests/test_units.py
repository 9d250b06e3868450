"""Who uses the hidden units, in networks made by hand."""
import pytest
import torch

from labkit.interference import units
from labkit.members import parity

approx = pytest.approx
close = torch.testing.assert_close


def hand_made():
    """Two tasks, three units: one for each, and one that does nothing.

    The first unit says the first sign if the task is the first.
    """
    net = parity.Net(5, 2)
    theta = torch.zeros(1, net.size)
    into, out = net.layers(theta)
    for unit, (task, place, sign) in enumerate([
            (0, 0, 1), (0, 0, -1), (1, 1, 1), (1, 1, -1)]):
        into[0, place, unit] = sign
        into[0, parity.BITS + task, unit] = 0.25   # 0.25 x NAME: one
        into[0, parity.BITS + 1 - task, unit] = -1
        out[0, unit] = 3 * sign
    places = torch.tensor([[[0], [1]]])
    return net, theta, places


def test_the_importance_of_a_unit_is_what_a_task_loses_without_it():
    net, theta, places = hand_made()
    x, y = parity.exam(places, 64, 0)
    loss, right = parity.graded(net, theta, x, y)
    assert (right == 1).all() and (loss < 0.01).all()
    found = units.importance(net, theta, x, y)
    assert found.shape == (1, 2, 5)
    for unit in range(5):
        without = theta.clone()
        net.layers(without)[1][0, unit] = 0
        rise = parity.graded(net, without, x, y)[0] - loss
        close(found[..., unit], rise.clamp(min=0), rtol=1e-4, atol=1e-6)
    assert (found[0, 0, :2] > 0.1).all() and (found[0, 1, 2:4] > 0.1).all()
    assert not found[0, 0, 2:].any() and not found[0, 1, [0, 1, 4]].any()
    assert units.dedication(found).tolist() == approx([1])


def test_a_unit_that_does_damage_has_no_importance():
    net, theta, places = hand_made()
    x, y = parity.exam(places, 64, 0)
    into, out = net.layers(theta)
    into[0, 0, 4], out[0, 4] = 1.0, -2.0   # speaks up against the first
    found = units.importance(net, theta, x, y)
    assert found[0, 0, 4] == 0 and (found >= 0).all()


@pytest.mark.parametrize("importance, share", [
    ([[1.0, 0], [0, 3]], 1), ([[2.0, 2], [2, 2]], 0.5),
    ([[1.0, 0], [3, 0]], 0.75), ([[1.0, 2, 0], [1, 4, 4]], 9 / 12)])
def test_the_dedication_is_the_share_of_the_main_tasks(importance, share):
    both = torch.stack([torch.tensor(importance), torch.ones_like(
        torch.tensor(importance))])
    assert units.dedication(both).tolist() == approx([share, 0.5])


def grouped(members=2, tasks=3, groups=4):
    """Importances that are alike in each group of weight; and the weights."""
    generator = torch.Generator().manual_seed(0)
    importance = torch.rand(members, tasks, groups, generator=generator)
    weight = torch.arange(1.0, groups * units.ALIKE + 1)
    order = torch.stack([torch.randperm(len(weight), generator=generator)
                         for _ in range(members)])
    importance = importance.repeat_interleave(units.ALIKE, -1)
    return importance.gather(-1, order[:, None].expand(
        -1, tasks, -1)), weight[order]


def test_units_of_about_one_weight_that_are_alike_are_dedicated_by_chance():
    importance, weight = grouped()
    found = units.by_chance(importance, weight)
    close(found, units.dedication(importance))
    other = units.by_chance(importance, weight.flip(-1))
    assert not torch.isclose(other, found).any()


def test_chance_is_the_mean_over_the_deals_of_the_units():
    one_each = torch.eye(2)[None]
    # on one unit in half of the deals, and then half goes to the main task;
    # within three standard errors
    assert units.by_chance(one_each, torch.ones(1, 2)).item() == approx(
        0.75, abs=3 * 0.25 / units.DEALS**0.5)
    apart = torch.zeros(1, 2, 2 * units.ALIKE)
    apart[0, 0, 0] = apart[0, 1, -1] = 1     # in the two groups of weight
    weight = torch.arange(2.0 * units.ALIKE)[None]
    assert units.by_chance(apart, weight).tolist() == [1]
    assert units.by_chance(apart, (weight - 7.5).abs()).item() < 1


def test_deals_keep_what_each_task_has_in_each_group(monkeypatch):
    importance = torch.rand(2, 3, 20, generator=torch.Generator(
        ).manual_seed(0))                            # 8, 8 and 4 units
    weight, deals = importance.sum(1), []
    dedication = units.dedication
    monkeypatch.setattr(units, "dedication", lambda dealt: deals.append(
        dealt) or dedication(dealt))
    found = units.by_chance(importance, weight)
    assert len(deals) == units.DEALS
    close(found, sum(map(dedication, deals)) / units.DEALS)
    ordered = importance.gather(-1, weight.argsort(-1)[:, None].expand(
        -1, 3, -1))
    moved = torch.stack([deal != ordered for deal in deals])
    assert moved.any(0).all()
    for deal in deals:
        for old, new in zip(ordered.split(8, -1), deal.split(8, -1)):
            assert torch.equal(old.sort(-1).values, new.sort(-1).values)
    monkeypatch.undo()
    close(units.by_chance(importance[1:], weight[1:]), found[1:])


def test_the_units_to_spare_are_those_that_no_task_misses():
    net, theta, places = hand_made()
    wide = parity.Net(20, 2)
    room = torch.zeros(2, wide.size)
    into, out = wide.layers(room)
    used = [3, 8, 12, 19]
    for old, new in enumerate(used):
        into[0, :, new] = net.layers(theta)[0][0, :, old]
        out[0, new] = net.layers(theta)[1][0, old]
    test = parity.exam(places.expand(2, -1, -1), 64, 0)
    importance = units.importance(wide, room, *test)
    found = units.spare(wide, room, importance, test)
    # sixteen of twenty; the second network has not learned anything
    assert found.tolist() == approx([0.8, 0])
    # in another order the first to go is one that is needed
    assert units.spare(wide, room, 1 - importance, test).tolist() == [0, 0]
