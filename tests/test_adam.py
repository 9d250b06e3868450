"""Adam on rows of weights, against torch's and by hand."""
import pytest
import torch

from labkit.members.adam import EPS, Adam

close = torch.testing.assert_close


def gradients(steps, members=2, size=7, seed=0):
    generator = torch.Generator().manual_seed(seed)
    found = torch.randn(steps, members, size, generator=generator)
    return found * torch.logspace(-9, 1, size)     # some below epsilon


def test_the_optimiser_agrees_with_torchs():
    start = gradients(1, seed=1)[0].double()
    ours = Adam.start(start)
    theirs = start.clone().requires_grad_()
    reference = torch.optim.Adam([theirs], lr=0.03, betas=(0.9, 0.99),
                                 eps=1e-8, foreach=False, fused=False)
    for step, gradient in enumerate(gradients(30).double()):
        ours.step(gradient, 0.03)
        theirs.grad = gradient
        reference.step()
        assert (ours.steps == step + 1).all()
        # a step is 0.03; float64
        close(ours.theta, theirs.detach(), rtol=0, atol=1e-12)
    assert not torch.equal(ours.theta, start)


def test_every_weight_has_a_rate_of_its_own():
    start = gradients(1, seed=1)[0]
    rates = torch.arange(14.0).view(2, 7) / 10
    many, one = Adam.start(start), Adam.start(start)
    for gradient in gradients(3):
        before, old = many.theta.clone(), one.theta.clone()
        many.step(gradient, rates)
        one.step(gradient, torch.tensor(1.0))
        close(many.theta - before, rates * (one.theta - old), rtol=1e-4,
              atol=1e-6)
    assert torch.equal(many.theta[0, 0], start[0, 0])


def test_members_can_be_at_different_steps():
    start = gradients(1, seed=1)[0]
    ahead = Adam.start(start[:1])
    first, second = gradients(2)
    ahead.step(first[:1], 0.1)
    both = Adam(*(torch.cat([old, new[1:]]) for old, new in zip(
        (ahead.theta, ahead.mean, ahead.second, ahead.steps),
        vars(Adam.start(start)).values())))
    fresh = Adam.start(start[1:])
    for adam, gradient in ((ahead, second[:1]), (fresh, second[1:]),
                           (both, second)):
        adam.step(gradient, 0.1)
    assert both.steps.tolist() == [[2], [1]]
    assert torch.equal(both.theta, torch.cat([ahead.theta, fresh.theta]))


def test_a_member_can_keep_its_second_moment():
    adam = Adam.start(torch.zeros(2, 2))
    adam.step(torch.tensor([[2.0, 4.0]] * 2), 1.0)
    # the first step has the size of the rate
    close(adam.theta, -torch.ones(2, 2))
    adam.follow = torch.tensor([[0.01], [0.0]])
    adam.step(torch.tensor([[3.0, 0.0]] * 2), 1.0)
    mean = [0.9 * 0.1 * 2 + 0.1 * 3, 0.9 * 0.1 * 4]
    second = [[0.99 * 0.04 + 0.09, 0.99 * 0.16], [0.04, 0.16]]
    close(adam.mean, torch.tensor([mean] * 2))
    close(adam.second, torch.tensor(second))
    close(adam.theta, torch.tensor([[
        -1 - (m / 0.19) / (s / 0.0199)**0.5 for m, s in zip(mean, member)]
        for member in second]))


def test_the_metric_is_a_step_without_momentum_over_the_gradient():
    adam = Adam.start(torch.zeros(2, 3))
    adam.second = torch.tensor([[4.0, 0.25, 0.0], [1.0, 9.0, 16.0]])
    adam.mean += 7
    found = adam.metric(torch.tensor([[0.1, 0.2, 0.3], [1.0, 1.0, 2.0]]))
    close(found, torch.tensor([[0.05, 0.4, 0.3 / EPS],
                               [1.0, 1 / 3, 0.5]]))


def test_the_optimiser_starts_from_a_copy_and_keeps_what_it_is_given():
    start, gradient = gradients(1, seed=1)[0], gradients(1)[0]
    kept = start.clone(), gradient.clone()
    adam = Adam.start(start)
    assert not any(part.any() for part in (adam.mean, adam.second,
                                           adam.steps))
    adam.step(gradient, torch.tensor(0.1))
    adam.step(gradient, torch.tensor(0.1))
    assert torch.equal(start, kept[0]) and torch.equal(gradient, kept[1])


def turned(gradient):
    return gradient.T.contiguous().T


@pytest.mark.parametrize("what", ["gradient", "weights"])
def test_a_gradient_laid_out_otherwise_makes_the_same_steps(what):
    # torch's fused optimisers read such a gradient in the order of memory
    # and train wrongly; they say nothing
    start = gradients(1, members=16, size=33, seed=1)[0]
    plain, other = (Adam.start(start) for _ in range(2))
    if what == "weights":
        other = Adam.start(turned(start))
    for gradient in gradients(5, 16, 33, seed=2):
        plain.step(gradient, torch.tensor(0.1))
        if what == "gradient":
            gradient = turned(gradient)
            assert not gradient.is_contiguous()
        other.step(gradient, torch.tensor(0.1))
        assert torch.equal(other.theta, plain.theta)
