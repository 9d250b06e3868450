"""What gradients of several tasks say, and do, about one another."""
from itertools import product

import pytest
import torch

from labkit.interference.gradients import cosine, harm, moves, others, pcgrad

close = torch.testing.assert_close


def drawn(*shape):
    return torch.randn(shape, generator=torch.Generator().manual_seed(0))


def test_the_cosine_compares_directions_within_each_member():
    half = 0.5**0.5
    close(cosine(torch.tensor([[2.0, 0], [3, 3], [0, -1]])), torch.tensor(
        [[1, half, 0], [half, 1, -half], [0, -half, 1]]))
    gradients = drawn(2, 3, 4, 5)
    close(cosine(gradients)[1, 2], cosine(gradients[1, 2]))
    close(cosine(torch.eye(2) * 1e-6), torch.eye(2))
    assert others(torch.arange(18.0).view(2, 3, 3)).tolist() == [
        [1, 2, 3, 5, 6, 7], [10, 11, 12, 14, 15, 16]]   # off the diagonal


def test_a_zero_gradient_has_no_direction():
    gradients = torch.ones(2, 3, 4)
    gradients[1, 2] = 0
    with pytest.raises(ValueError, match="zero"):
        cosine(gradients)


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


@pytest.mark.parametrize("loss", [0.0, -1.0, float("nan")])
def test_the_harm_to_a_loss_that_is_not_above_zero_is_not_defined(loss):
    with pytest.raises(ValueError, match="loss"):
        harm(lambda theta: torch.tensor([[1.0, loss]]), torch.ones(1, 2),
             torch.ones(1, 2, 2))


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
