"""What gradients of several tasks say, and do, about one another."""
from fractions import Fraction
from itertools import product
from math import inf, nan

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from labkit.interference.gradients import cosine, harm, moves, others, pcgrad
from tests.any_size import DTYPES, FEW, exponents, lifted

close = torch.testing.assert_close


def drawn(*shape):
    return torch.randn(shape, generator=torch.Generator().manual_seed(0))


def test_the_cosine_compares_directions_within_each_member():
    half = 0.5**0.5
    close(cosine(torch.tensor([[2.0, 0], [3, 3], [0, -1]])), torch.tensor(
        [[1, half, 0], [half, 1, -half], [0, -half, 1]]))
    gradients = drawn(2, 3, 4, 5)
    close(cosine(gradients)[1, 2], cosine(gradients[1, 2]))
    for size in (1e-30, 1e-13, 1e30):
        close(cosine(torch.full((2, 3), size)), torch.ones(2, 2))
    assert others(torch.arange(18.0).view(2, 3, 3)).tolist() == [
        [1, 2, 3, 5, 6, 7], [10, 11, 12, 14, 15, 16]]   # off the diagonal


@pytest.mark.parametrize("part", [0.0, nan, inf])
def test_a_gradient_that_is_zero_or_not_finite_has_no_direction(part):
    gradients = drawn(2, 3, 4)
    gradients[1, 2] = 0
    gradients[1, 2, 1] = part
    found, known = cosine(gradients), cosine(gradients[:, :2])
    assert found[1, 2].isnan().all() and found[1, :, 2].isnan().all()
    close(found[:, :2, :2], known)
    close(found[0], cosine(gradients[0]))


@pytest.mark.parametrize("shape", [(5,), (), (3, 0)])
def test_gradients_of_another_shape_are_refused(shape):
    with pytest.raises(ValueError, match="gradients have shape"):
        cosine(torch.ones(shape))


@st.composite
def several(draw, count):
    """``count`` gradients, whole numbers, each lifted on its own."""
    dtype, size = draw(st.sampled_from(DTYPES)), draw(st.integers(1, 4))
    parts = st.lists(st.integers(-9, 9), min_size=size, max_size=size)
    return ([draw(parts.filter(any)) for _ in range(count)],
            [draw(exponents(dtype)) for _ in range(count)], dtype)


def lift(whole, powers, dtype):
    return torch.stack([lifted(part, power, dtype)
                        for part, power in zip(whole, powers)])


@FEW
@given(several(3), st.permutations(range(3)))
def test_cosines_are_those_of_the_definition_at_every_size(case, order):
    gradients = lift(*case)
    exact = torch.tensor([[
        sum(a * b for a, b in zip(g, h)) / sum(a * a for a in g)**0.5
        / sum(b * b for b in h)**0.5 for h in case[0]] for g in case[0]])
    close(cosine(gradients), exact.to(cosine(gradients)), rtol=0, atol=1e-6)
    close(cosine(gradients[order]), cosine(gradients)[order][:, order])


@FEW
@given(several(2))
def test_surgery_is_that_of_the_definition_at_every_size(case):
    whole, powers, dtype = case
    powers = [power - (power > 0) for power in powers]   # room for the sum
    dot = min(sum(Fraction(a) * b for a, b in zip(*whole)), 0)
    squares = [sum(Fraction(a) * a for a in g) for g in whole]
    (g, h), (p, q) = whole, (Fraction(2)**power for power in powers)
    exact = [float(p * (a - dot / squares[1] * b)
                   + q * (b - dot / squares[0] * a)) for a, b in zip(g, h)]
    found = pcgrad(lift(whole, powers, dtype), torch.Generator())
    size = 20 * float(max(p, q))
    assert found.tolist() == pytest.approx(exact, rel=1e-6, abs=1e-6 * size)


@FEW
@given(several(2), st.sampled_from([-126, 0, 125]))
def test_a_step_is_that_of_the_definition_at_every_size(case, exponent):
    whole, powers, dtype = case
    if dtype == torch.float16:
        dtype, powers = torch.float32, [3 * power for power in powers]
    # 1e-37 in a gradient needs a step of 1e37
    powers = [power // 2 for power in powers]
    metric = [7, 6, 5, 4][:len(whole[0])]
    found = moves(lift(whole, powers, dtype), torch.ones(2).to(dtype), 0.5,
                  lifted(metric, exponent, dtype))
    for g, power, step in zip(whole, powers, found):
        slope = sum(m * a * a for m, a in zip(metric, g))
        assert step.tolist() == pytest.approx(
            [m * a / slope / 2 / 2.0**power for m, a in zip(metric, g)],
            rel=1e-2 if dtype == torch.bfloat16 else 1e-5)


CENTRES = torch.tensor([[3.0, 0.0], [0.0, 4.0], [0.0, 0.0]])


def bowls(theta):
    """Loss of each of three tasks: half the squared distance, plus one."""
    return 1 + ((theta[..., None, :] - CENTRES)**2).sum(-1) / 2


def test_the_harm_of_a_step_is_the_relative_rise_of_a_loss():
    theta = torch.tensor([[0.0, 0.0], [1.0, 1.0]])
    steps = 0.5 * (theta[:, None] - CENTRES)     # half the gradients
    found = harm(bowls, theta, steps)
    # losses before: 5.5, 9, 1; a step for the first leads to (1.5, 0), for
    # the second to (0, 2), for the third nowhere
    close(found[0], torch.tensor([
        [(1 + 1.125) / 5.5 - 1, (1 + 1.125 + 8) / 9 - 1, 1.125],
        [(1 + 2 + 4.5) / 5.5 - 1, (1 + 2) / 9 - 1, 2.0], [0.0, 0.0, 0.0]]))
    close(found[1], torch.stack([bowls(theta[1] - step) for step in steps[1]]
                                ) / bowls(theta[1]) - 1)


@pytest.mark.parametrize("loss", [0.0, -1.0, nan, inf])
def test_the_harm_to_a_loss_that_is_not_above_zero_is_not_defined(loss):
    def losses(theta):    # a step leads to 3 and 2
        return torch.where(theta[..., :1] > 0, torch.tensor([1.0, loss]),
                           torch.tensor([3.0, 2.0]))

    found = harm(losses, torch.ones(1, 2), torch.ones(1, 2, 2))
    assert found[0, :, 0].tolist() == [2, 2] and found[0, :, 1].isnan().all()


@pytest.mark.parametrize("metric", [1, torch.tensor([4.0, 0.5, 1.0])])
def test_a_step_takes_its_share_off_a_loss_without_curvature(metric):
    gradients = torch.tensor([[[1.0, 2, 3], [0, -1, 5]]]).repeat(2, 1, 1)
    theta = torch.tensor([[1.0, 1, 1], [5, 1, 9]])

    def losses(theta):
        return 7 + (gradients @ theta[..., None])[..., 0]

    found = moves(gradients, losses(theta), 0.2, metric)
    change = harm(losses, theta, found)
    close(change.diagonal(0, -2, -1), torch.full((2, 2), -0.2))
    close(cosine(torch.stack([found, metric * gradients], -2)),
          torch.ones(2, 2, 2, 2))   # along metric times gradient


def surgery(gradients, seed=0):
    return pcgrad(torch.tensor(gradients), torch.Generator().manual_seed(seed))


@pytest.mark.parametrize("gradients, wanted", [
    ([[1.0, 0.0], [-1.0, 1.0]], [0.5, 1.5]),   # (0.5, 0.5) and (0, 1)
    ([[1.0, 0.0], [-3.0, 0.0]], [0.0, 0.0]),
    ([[1.0, 0.0], [-1e-16, 0.0]], [0.0, 0.0]),   # as small as it may be
    ([[1.0, 0.0], [0.0, 0.0], [-1.0, 1.0]], [0.5, 1.5]),
    # without conflict they are only added
    ([[1.0, 0.0], [1.0, 1.0]], [2.0, 1.0]), ([[1.0, -2.0]], [1.0, -2.0]),
    ([[1.0, 2.0, 0.0], [0.0, 1.0, 5.0], [1, 0, 0]], [2.0, 3.0, 5.0]),
    ([[2.0, 0, 0], [0, 3.0, 0], [0, 0, -4.0]], [2.0, 3.0, -4.0])])
def test_surgery_takes_away_from_each_gradient_what_is_against_the_other(
        gradients, wanted):
    close(surgery(gradients), torch.tensor(wanted))


def test_surgery_treats_each_member_on_its_own_and_changes_no_gradient():
    gradients = drawn(5, 2, 7)
    kept = gradients.clone()
    found = pcgrad(gradients, torch.Generator().manual_seed(0))
    assert torch.equal(gradients, kept)
    close(found, torch.stack([surgery(one.tolist()) for one in gradients]))
    assert not torch.allclose(found, gradients.sum(1))


def test_surgery_goes_through_the_others_in_random_order():
    gradients = torch.tensor([[1.0, 0.0], [-1.0, 0.5], [-1.0, -2.0]])

    def against(g, other):
        return g - min(g @ other, 0) / (other @ other) * other

    def rounded(gradient):
        return tuple(gradient.mul(1e4).round().tolist())

    a, b, c = gradients
    possible = {rounded(sum(each)) for each in product(*(
        [against(against(g, one), two), against(against(g, two), one)]
        for g, one, two in ((a, b, c), (b, a, c), (c, a, b))))}
    assert len(possible) > 1 and possible == {
        rounded(surgery(gradients.tolist(), seed)) for seed in range(40)}
