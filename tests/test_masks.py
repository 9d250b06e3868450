"""Masks: what they keep, how they are chosen and what a search finds."""
from itertools import pairwise

import pytest
import torch

from labkit.lottery import masks
from labkit.members import digits as classifier

approx = pytest.approx
NET = classifier.Net(8)


def noise(*shape, seed=0):
    return torch.randn(*shape, generator=torch.Generator().manual_seed(seed))


def generator():
    return torch.Generator().manual_seed(0)


# --- the mask ---------------------------------------------------------------

@pytest.mark.parametrize("keep", [[0.5, 1], [2.0, 0], [-1.0, 1],
                                  [float("nan"), 1]])
def test_a_mask_holds_only_zeros_and_ones(keep):
    with pytest.raises(ValueError, match="keep"):
        masks.Mask(torch.tensor(keep))


def test_density_and_sparsity_are_shares_of_all_weights():
    mask = masks.Mask(torch.tensor([[1.0, 0, 0, 0], [1, 1, 0, 0]]))
    assert (mask.density, mask.sparsity) == approx((3 / 8, 5 / 8))


def test_a_mask_leaves_what_it_keeps_and_zeroes_the_rest():
    mask = masks.Mask(torch.tensor([1.0, 0, 1]))
    assert mask.apply(torch.tensor([-5.0, 6, 7])).tolist() == [-5, 0, 7]


@pytest.mark.parametrize("shape", [(3,), (2, 3), (1, 2)])
def test_a_mask_fits_only_weights_of_its_own_shape(shape):
    mask = masks.Mask(torch.ones(2))
    with pytest.raises(ValueError, match="mask"):
        mask.apply(torch.ones(shape))
    with pytest.raises(ValueError, match="mask"):
        mask.prune(masks.Mask(torch.ones(shape)))


def test_two_masks_keep_what_both_keep():
    one, other = (masks.Mask(torch.tensor(keep)) for keep in (
        [1.0, 1, 0, 0], [1.0, 0, 1, 0]))
    assert one.prune(other).keep.tolist() == [1, 0, 0, 0]
    assert other.prune(one).keep.tolist() == [1, 0, 0, 0]


def test_what_was_pruned_stays_pruned_when_the_weight_grows_again():
    mask = masks.Mask(torch.ones(1, 8))
    weights = torch.arange(1.0, 9)[None]
    kept = []
    for density in (0.5, 0.25):
        mask = mask.prune(masks.magnitude(weights, density))
        kept.append(mask.keep[0].tolist())
        weights = torch.tensor([[90.0, 1, 1, 1, 5, 80, 7, 6]])
    # of the second round's largest, 90 and 80, the first is gone already
    assert kept == [[0, 0, 0, 0, 1, 1, 1, 1], [0, 0, 0, 0, 0, 1, 0, 0]]


# --- how it is chosen -------------------------------------------------------

@pytest.mark.parametrize("density", [1.0, 0.5, 0.123, 1e-9])
def test_magnitude_keeps_the_largest_of_each_row_and_no_more(density):
    weights = noise(3, 101) * torch.tensor([[1.0], [10], [100]])
    mask = masks.magnitude(weights, density)
    assert mask.keep.sum(-1).tolist() == [max(1, round(density * 101))] * 3
    for row, keep in zip(weights.abs(), mask.keep.bool()):
        assert keep.all() or row[keep].min() > row[~keep].max()


def test_magnitude_keeps_the_number_also_of_equal_weights():
    assert masks.magnitude(torch.ones(2, 10), 0.3).keep.sum(
        -1).tolist() == [3, 3]


@pytest.mark.parametrize("density", [0, -0.1, 1.01, float("nan")])
def test_a_density_is_above_nothing_and_at_most_all(density):
    for choose in (masks.magnitude, lambda w, d: masks.by_layer(w, [4], d)):
        with pytest.raises(ValueError, match="density"):
            choose(torch.ones(4), density)


def test_by_layer_keeps_the_largest_values_of_each_layer():
    scores = torch.tensor([[-9.0, -8, -7, -6, 0.2, 0.1],
                           [4, 3, 2, 1, -0.1, -0.2]])
    assert masks.by_layer(scores, [4, 2], 0.5).keep.tolist() == [
        [0, 0, 1, 1, 1, 0], [1, 1, 0, 0, 1, 0]]


def test_a_shuffled_mask_keeps_as_many_in_each_layer_and_row_elsewhere():
    sizes = [60, 40]
    mask = masks.magnitude(noise(4, 100) * torch.tensor(
        [[1.0] * 60 + [3.0] * 40]), 0.4)
    other = masks.shuffled(mask, sizes, generator())
    for one, two in zip(mask.keep.split(sizes, -1),
                        other.keep.split(sizes, -1)):
        assert one.sum(-1).tolist() == two.sum(-1).tolist()
        assert (one != two).any(-1).all()
    first = masks.magnitude(torch.arange(100.0).repeat(2, 1), 0.4)
    rows = masks.shuffled(first, [100], generator()).keep
    assert (rows[0] != rows[1]).any()    # each row is dealt its own


# --- a search for one -------------------------------------------------------

def test_a_score_steps_by_weight_times_gradient_of_the_masked_weight():
    """One step of Adam by hand: the rate times the sign of the gradient."""
    lr, weights = 0.3, NET.draw([0, 1])
    x, y = next(classifier.batches([0, 1], 1))
    scores = torch.rand(weights.shape, generator=generator())
    keep = masks.by_layer(scores, NET.sizes, 0.5).keep
    free = (weights * keep).requires_grad_()
    torch.nn.functional.cross_entropy(
        NET(free, x).flatten(0, 1), y.flatten(), reduction="sum").backward()
    slope = weights * free.grad
    known = slope.abs() > 1e-4          # where the sign is beyond doubt
    assert known.float().mean() > 0.5
    assert (known & (keep == 0)).any()  # pruned weights have scores, too
    want = masks.by_layer(scores - lr * slope.sign(), NET.sizes, 0.5).keep
    found = masks.edge_popup(NET, weights, 0.5, [(x, y)], lr,
                             generator()).keep
    assert (want != keep).float().mean() > 0.1
    assert (found == want).float().mean() > 0.98


def test_the_search_changes_no_weight_and_keeps_a_share_of_each_layer():
    weights = NET.draw([0, 1])
    before = weights.clone()
    mask = masks.edge_popup(NET, weights, 0.3, classifier.batches(
        [0, 1], 3), 0.1, generator())
    assert (weights == before).all()
    for part in mask.keep.split(NET.sizes, -1):
        assert part.sum(-1).tolist() == [round(0.3 * part.shape[-1])] * 2


def test_no_batches_give_the_mask_of_the_first_scores():
    weights = NET.draw([0])
    mask = masks.edge_popup(NET, weights, 0.5, [], 0.1, generator())
    scores = torch.rand(weights.shape, generator=generator())
    assert (mask.keep == masks.by_layer(scores, NET.sizes, 0.5).keep).all()


def test_the_search_finds_a_mask_that_is_far_better_than_chance():
    net = classifier.Net(32)
    weights = net.draw([0, 1])
    right = [net.accuracy(masks.edge_popup(
        net, weights, 0.5, classifier.batches([0, 1], steps), 0.05,
        generator()).apply(weights)) for steps in (0, 10, 50)]
    assert (right[0] < 0.35).all() and (right[-1] > 0.7).all()
    for before, after in pairwise(right):
        assert (after > before).all()
