"""What gradients of several tasks say, and do, about one another."""
import pytest
import torch

from labkit.interference.gradients import cosine, harm, moves, others, pcgrad

close = torch.testing.assert_close


def test_the_cosine_compares_directions():
    found = cosine(torch.tensor([[2.0, 0], [3, 3], [0, -1]]))
    half = 0.5**0.5
    close(found, torch.tensor([[1, half, 0], [half, 1, -half],
                               [0, -half, 1]]))


def test_gradients_are_compared_within_each_member():
    gradients = torch.randn(2, 3, 4, 5, generator=torch.Generator(
        ).manual_seed(0))
    found = cosine(gradients)
    assert found.shape == (2, 3, 4, 4)
    for i in range(2):
        for j in range(3):
            close(found[i, j], cosine(gradients[i, j]))
    close(found.diagonal(0, -2, -1), torch.ones(2, 3, 4))
    close(found, found.mT)


def test_a_zero_gradient_has_no_direction():
    gradients = torch.ones(2, 3, 4)
    gradients[1, 2] = 0
    with pytest.raises(ValueError, match="zero"):
        cosine(gradients)
    tiny = cosine(torch.tensor([[1e-6, 0.0], [0.0, 1e-6]]))
    close(tiny, torch.eye(2))


def test_the_entries_for_different_tasks_are_those_off_the_diagonal():
    matrix = torch.arange(18.0).view(2, 3, 3)
    assert others(matrix).tolist() == [
        [1, 2, 3, 5, 6, 7], [10, 11, 12, 14, 15, 16]]


CENTRES = torch.tensor([[3.0, 0.0], [0.0, 4.0], [0.0, 0.0]])


def bowls(theta):
    """Loss of each of three tasks: half the squared distance, plus one."""
    return 1 + ((theta[..., None, :] - CENTRES)**2).sum(-1) / 2


def test_the_harm_of_a_step_is_the_relative_rise_of_a_loss():
    theta = torch.tensor([[0.0, 0.0], [1.0, 1.0]])
    steps = 0.5 * (theta[:, None] - CENTRES)     # half the gradients
    found = harm(bowls, theta, steps)
    assert found.shape == (2, 3, 3)
    # losses before: 5.5, 9, 1; a step for the first leads to (1.5, 0), for
    # the second to (0, 2), for the third nowhere
    close(found[0], torch.tensor([
        [(1 + 1.125) / 5.5 - 1, (1 + 1.125 + 8) / 9 - 1, 1.125],
        [(1 + 2 + 4.5) / 5.5 - 1, (1 + 2) / 9 - 1, 2.0], [0.0, 0.0, 0.0]]))
    for i in range(3):
        for j in range(3):
            close(found[1, i, j], bowls(theta[1] - steps[1, i])[j]
                  / bowls(theta[1])[j] - 1)
    assert (found[1].diagonal() < 0).all()
    assert (others(found)[0, :2] > 0).any()


@pytest.mark.parametrize("loss", [0.0, -1.0, float("nan")])
def test_the_harm_to_a_loss_that_is_not_above_zero_is_not_defined(loss):
    def losses(theta):
        return torch.tensor([1.0, loss]) + 0 * theta.sum(-1, keepdim=True)

    with pytest.raises(ValueError, match="loss"):
        harm(losses, torch.ones(1, 2), torch.ones(1, 2, 2))


@pytest.mark.parametrize("metric", [1, torch.tensor([4.0, 0.5, 1.0])])
def test_a_step_takes_its_share_off_a_loss_without_curvature(metric):
    gradients = torch.tensor([[[1.0, 2, 3], [0, -1, 5]]]).repeat(2, 1, 1)
    theta = torch.tensor([[1.0, 1, 1], [5, 1, 9]])

    def losses(theta):
        return 7 + (gradients @ theta[..., None])[..., 0]

    found = moves(gradients, losses(theta), 0.2, metric)
    assert found.shape == (2, 2, 3)
    change = harm(losses, theta, found)
    close(change.diagonal(0, -2, -1), torch.full((2, 2), -0.2))
    # along metric times gradient
    ratio = found / torch.where(gradients == 0, 1, gradients * metric)
    for member in range(2):
        for task in range(2):
            there = gradients[member, task] != 0
            assert ratio[member, task][there].std() < 1e-6
            assert not found[member, task][~there].any()


def test_where_the_loss_curves_a_small_step_is_right_and_a_large_too_far():
    theta = torch.tensor([[1.0, 1.0]])
    gradients = theta[:, None] - CENTRES
    own = {progress: harm(bowls, theta, moves(
        gradients, bowls(theta), progress)).diagonal(0, -2, -1)
        for progress in (0.001, 0.2)}
    close(own[0.001], torch.full((1, 3), -0.001), rtol=0.02, atol=0)
    assert (own[0.2] > -0.2).all()


def surgery(gradients, seed=0):
    return pcgrad(torch.tensor(gradients),
                          torch.Generator().manual_seed(seed))


def test_surgery_takes_away_from_each_gradient_what_is_against_the_other():
    # (1, 0) becomes (0.5, 0.5) and (-1, 1) becomes (0, 1)
    close(surgery([[1.0, 0.0], [-1.0, 1.0]]), torch.tensor([0.5, 1.5]))
    # opposite ones vanish; one of zero takes nothing away
    close(surgery([[1.0, 0.0], [-3.0, 0.0]]), torch.zeros(2))
    close(surgery([[1.0, 0.0], [0.0, 0.0], [-1.0, 1.0]]),
          torch.tensor([0.5, 1.5]))


@pytest.mark.parametrize("gradients", [
    [[1.0, 0.0], [1.0, 1.0]], [[1.0, 2.0, 0.0], [0.0, 1.0, 5.0], [1, 0, 0]],
    [[2.0, 0, 0], [0, 3.0, 0], [0, 0, -4.0]], [[1.0, -2.0]]])
def test_gradients_that_do_not_conflict_are_only_added(gradients):
    close(surgery(gradients), torch.tensor(gradients).sum(0))


def test_surgery_treats_each_member_on_its_own_and_changes_no_gradient():
    gradients = torch.randn(5, 2, 7, generator=torch.Generator(
        ).manual_seed(0))
    kept = gradients.clone()
    found = pcgrad(gradients, torch.Generator().manual_seed(0))
    assert found.shape == (5, 7) and torch.equal(gradients, kept)
    for member in range(5):
        close(found[member], surgery(gradients[member].tolist()))
    assert (gradients.prod(1).sum(-1) < 0).any()
    assert not torch.allclose(found, gradients.sum(1))


def test_surgery_goes_through_the_others_in_random_order():
    gradients = torch.tensor([[1.0, 0.0], [-1.0, 0.5], [-1.0, -2.0]])

    def against(g, other):
        return g - min(g @ other, 0) / (other @ other) * other

    ways = []
    for i in range(3):
        j, k = (gradients[n] for n in range(3) if n != i)
        ways.append([against(against(gradients[i], one), two)
                     for one, two in ((j, k), (k, j))])
    possible = [a + b + c for a in ways[0] for b in ways[1] for c in ways[2]]
    seen = set()
    for seed in range(40):
        found = surgery(gradients.tolist(), seed)
        which = [n for n, one in enumerate(possible)
                 if torch.allclose(one, found, atol=1e-5)]
        assert which
        seen.add(which[0])
    distinct = {tuple(one.mul(1e4).round().tolist()) for one in possible}
    assert len(seen) == len(distinct) > 1
