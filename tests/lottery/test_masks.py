"""Masks, pruning, search, distance: networks that read digits."""
from itertools import pairwise

import pandas as pd
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from labkit.lottery import distance, masks, pruning, search
from labkit.members import digits
from tests.any_size import DTYPES, FEW, exponents, lifted

approx, nan, inf = pytest.approx, torch.nan, torch.inf
SEEDS = [2, 4]
NET = digits.Relu(8)
FIRST = NET.draw(SEEDS)
FIXED = NET.spread * FIRST.sign() / 0.5**0.5
ALL = torch.ones_like(FIRST)


def generator():
    return torch.Generator().manual_seed(0)


@pytest.mark.parametrize("name, use, values", [
    ("keep", lambda one: masks.Mask(torch.tensor([one, 1])),
     (0.5, 2.0, -1.0, inf)),
    ("mask", lambda shape: masks.Mask(ALL[:, :4]).apply(torch.ones(shape)),
     ((4,), (2, 3), (1, 4))),
    ("mask", lambda shape: masks.Mask(ALL[:, :4]).prune(masks.Mask(
        torch.ones(shape))), ((4,), (2, 3), (1, 4))),
    ("density", lambda density: masks.magnitude(ALL, density),
     (0, -0.1, 1.01, nan)),
    ("density", lambda density: masks.by_layer(ALL, NET.sizes, density),
     (0, -0.1, 1.01, nan)),
    ("of 0 weights", lambda shape: masks.magnitude(torch.ones(shape), 0.5),
     ((0,), (2, 0)))])
def test_other_values_shapes_and_densities_are_refused(name, use, values):
    for value in values:
        with pytest.raises(ValueError, match=name):
            use(value)


def test_a_mask_keeps_a_share_of_the_weights_and_zeroes_the_rest():
    mask = masks.Mask(torch.tensor([[1.0, 0, 0, 0], [1, 1, 0, 0]]))
    assert (mask.density, mask.sparsity) == (3 / 8, 5 / 8)
    assert mask.apply(torch.tensor([[-5.0, 6, 7, 8]] * 2)).tolist() == [
        [-5, 0, 0, 0], [-5, 6, 0, 0]]


@st.composite
def rows(draw):
    """Weights (2, P), a power of two, their number type, a density."""
    dtype, size = draw(st.sampled_from(DTYPES)), draw(st.integers(1, 40))
    weights = [draw(st.lists(st.integers(-99, 99), min_size=size,
                             max_size=size)) for _ in range(2)]
    return weights, draw(exponents(dtype)), dtype, draw(
        st.floats(1e-9, 1))


@FEW
@given(rows())
def test_magnitude_keeps_the_largest_of_each_row_and_no_more(case):
    whole, exponent, dtype, density = case
    weights = lifted(whole, exponent, dtype)
    mask = masks.magnitude(weights, density)
    size = weights.shape[-1]
    assert mask.keep.sum(-1).tolist() == [max(1, round(density * size))] * 2
    for row, keep in zip(weights.abs(), mask.keep.bool()):
        assert keep.all() or row[keep].min() >= row[~keep].max()
    left = mask.apply(weights)     # once more changes nothing
    assert torch.equal(masks.magnitude(left, density).apply(left), left)
    assert torch.equal(mask.apply(left), left)
    assert torch.equal(mask.prune(mask).keep, mask.keep)


@FEW
@given(rows(), st.randoms(use_true_random=False))
def test_a_mask_goes_with_its_weights_to_other_places_and_sizes(case, random):
    whole, exponent, dtype, density = case
    size = len(whole[0])
    order = random.sample(range(size), size)
    # no two alike: of those that are, either may stay
    weights = lifted([random.sample(range(1, 99), size), order], 0, dtype)
    keep = masks.magnitude(weights, density).keep
    assert torch.equal(masks.magnitude(
        weights[:, order] * 2.0**exponent, density).keep, keep[:, order])


@pytest.mark.parametrize("value", [nan, inf, -inf])
def test_a_network_that_diverged_has_no_mask_and_the_others_have(value):
    weights = FIRST.clone()
    weights[0, -1] = value           # in the last layer
    first, last = NET.sizes
    for choose in (masks.magnitude, lambda scores, density: masks.by_layer(
            scores, NET.sizes, density)):
        mask, whole = choose(weights, 0.5), choose(FIRST, 0.5)
        assert mask.keep[0, first:].isnan().all() and mask.density != 0.5
        assert torch.equal(mask.keep[1], whole.keep[1])
        other = masks.shuffled(mask, NET.sizes, generator())
        for kept in (mask, other, whole.prune(mask), mask.prune(whole)):
            found = kept.apply(FIRST)
            assert found[0, first:].isnan().any()
            assert not found[1].isnan().any()
            assert NET.accuracy(found).isnan().tolist() == [True, False]


@pytest.mark.parametrize("value", [nan, inf, -inf, -0.5])
def test_what_is_pruned_is_zero_whatever_was_there(value):
    keep = torch.tensor([[1.0, 0, 1, 0]])
    for dtype in (*DTYPES, torch.int64, torch.bool):
        found = masks.Mask(keep.to(dtype)).apply(
            torch.tensor([[value, value, 3, 4]]))
        assert found.tolist()[0] == approx([value, 0, 3, 0], nan_ok=True)

    class Net(digits.Relu):   # a gradient that overflows where it is pruned
        def gradient(self, theta, x, y):
            return torch.full_like(theta, 2.0).masked_fill(theta == 0, value)

    mask = masks.magnitude(FIRST, 0.3)
    end = masks.trained(Net(8), FIRST, mask, 0.01, 3, SEEDS)
    assert (end[mask.keep == 0] == 0).all()
    torch.testing.assert_close(end[mask.keep == 1],
                               FIRST[mask.keep == 1] - 0.03)


def test_by_layer_keeps_the_largest_values_of_each_layer():
    scores = torch.tensor([[-9.0, -8, -7, -6, 0.2, 0.1],
                           [4, 3, 2, 1, -0.1, -0.2]])
    assert masks.by_layer(scores, [4, 2], 0.5).keep.tolist() == [
        [0, 0, 1, 1, 1, 0], [1, 1, 0, 0, 1, 0]]


def test_a_shuffled_mask_keeps_as_many_in_each_layer_and_row_elsewhere():
    sizes = [60, 40]
    mask = masks.magnitude(torch.arange(100.0).repeat(2, 1), 0.5)
    other = masks.shuffled(mask, sizes, generator())
    one, two = ([part.sum(-1).tolist() for part in m.keep.split(sizes, -1)]
                for m in (mask, other))
    assert one == two
    assert (mask.keep != other.keep).any(-1).all()
    assert (other.keep[0] != other.keep[1]).any()   # each row its own


def test_a_score_steps_by_weight_times_gradient_of_the_masked_weight():
    """One step of Adam by hand: the rate times the sign of the gradient."""
    lr, weights = 0.3, FIRST.clone()
    x, y = next(digits.batches([0, 1], 1))
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
    assert (weights == FIRST).all()     # which are never changed


def test_a_pruned_weight_never_moves_and_the_others_do():
    mask = masks.magnitude(FIRST, 0.3)
    end = masks.trained(NET, FIRST, mask, 0.01, 5, SEEDS)
    assert (end[mask.keep == 0] == 0).all()
    out = mask.keep.bool()
    out[:, :NET.sizes[0]] = False     # some pixels are always the same
    assert (end[out] != FIRST[out]).all()


@pytest.mark.parametrize("labels", [None, digits.dealt()])
def test_what_is_pruned_stays_pruned_and_the_rest_starts_from_the_first(
        labels):
    rounds = [*masks.pruned(NET, FIRST, 0.01, 4, 3, SEEDS, labels)]
    assert [mask.keep.sum(-1).tolist() for mask, _ in rounds] == [
        [round(NET.size / part)] * 2 for part in (1, 2, 4, 8)]
    for (mask, end), (smaller, _) in pairwise(rounds):
        torch.testing.assert_close(end, masks.trained(
            NET, FIRST, mask, 0.01, 4, SEEDS, labels))
        assert (smaller.keep <= mask.keep).all()
        for weights, keep in zip(end.abs(), smaller.keep.bool()):
            assert weights[keep].min() >= weights[~keep].max()


def test_each_way_is_trained_from_its_start_in_its_mask():
    rows = pd.DataFrame(pruning.measure(SEEDS, 8, 0.01, 20, rounds=2)
                        ).set_index(["way", "density", "seed"]).sort_index()
    chains = [masks.pruned(NET, FIRST, 0.01, 20, 2, SEEDS, labels)
              for labels in (None, digits.dealt())]
    starts = {"original": FIRST, "redrawn": NET.draw([1002, 1004]),
              "signs": NET.spread * FIRST.sign(), "shuffled labels": FIRST}
    for number, ((mask, _), (other, _)) in enumerate(zip(*chains)):
        for way, start in starts.items():
            keep = other if way == "shuffled labels" else mask
            end = masks.trained(NET, start, keep, 0.01, 20, SEEDS)
            found = rows.loc[way, 0.5**number]
            assert found.untrained.tolist() == approx(
                NET.accuracy(keep.apply(start)).tolist())
            assert found.trained.tolist() == approx(
                NET.accuracy(end).tolist(), abs=0.01)
    for density in (0.25, 0.5):    # not in the ticket's mask
        assert (rows.loc["random mask", density].untrained
                != rows.loc["original", density].untrained).all()


@pytest.fixture
def few(monkeypatch):
    monkeypatch.setattr(search, "RANDOM", 60)


def test_masks_are_searched_for_over_weights_that_are_not_trained(few):
    right = pd.DataFrame(search.measure(SEEDS, 8, lr=0.05, steps=40)
                         ).set_index(["way", "seed"]).right
    mask = masks.edge_popup(NET, FIXED, 0.5, digits.batches(SEEDS, 40), 0.05,
                            generator().manual_seed(SEEDS[0]))
    end = masks.trained(NET, FIRST, masks.Mask(ALL), 0.05, 40, SEEDS)
    for way, weights in (("unmasked", FIXED), ("popup", mask.apply(FIXED)),
                         ("trained", end)):
        assert right[way].tolist() == approx(NET.accuracy(weights).tolist())
    assert (right["trained"] > right["popup"]).all()
    assert (right["popup"] > right["random masks"]).all()


def test_the_luckiest_mask_is_the_best_on_images_to_train_on(few):
    found, again = search.luckiest(NET, FIXED, generator()), generator()
    some = torch.cat([masks.by_layer(torch.rand(
        20, *FIXED.shape, generator=again), NET.sizes, 0.5).keep
        for _ in range(3)]) * FIXED
    x, y, _, _ = (part[:search.EXAM] for part in digits.split())
    best = NET.accuracy(some, x, y).argmax(0)
    assert max(best) >= 20        # not of the first lot only
    assert (found == some[best, range(2)]).all()


@pytest.mark.parametrize("size", [1e-37, 1.0, 0.8e38])
def test_the_relative_way_is_the_same_for_small_and_large_weights(size):
    start = size * torch.tensor([[[1.0, 2], [2, 4]], [[1, 0], [0, 0]]])
    way = size * torch.tensor([[[0.0, 1.5], [2, 0]], [[0, 0], [3, 0]]])
    assert distance.relative(start, start - way / 2).tolist() == approx(
        [2.5 / 5 / 2, 1.5])


def test_the_way_is_the_mean_over_layers_relative_to_their_start():
    net = digits.Tanh(8, 1, "ntk")
    start = net.draw(SEEDS)
    losses, _, _, kept = digits.descend(net, start, 0.05, 8)
    for i, row in enumerate(distance.measure(SEEDS, 8, "ntk", 0.05, 8)):
        shares = [(b[i] - a[i]).norm() / a[i].norm() for a, b in zip(
            net.layers(start), net.layers(kept[8]))]
        assert row["moved"] == approx(sum(shares).item() / 2, rel=1e-4)
        assert row["end"] == approx(losses[8, i].item(), rel=1e-4)
