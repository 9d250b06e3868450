"""Adam on rows of weights, against torch's and by hand."""
import pytest
import torch

from labkit.members.adam import EPS, Adam

close = torch.testing.assert_close


def gradients(steps, members=2, size=7, seed=0):
    generator = torch.Generator().manual_seed(seed)
    found = torch.randn(steps, members, size, generator=generator)
    return found * torch.logspace(-9, 1, size)     # some below epsilon


START = gradients(1, seed=1)[0]


@pytest.mark.parametrize("turned", ["neither", "weights", "gradient"])
def test_the_optimiser_agrees_with_torchs_at_each_weights_own_rate(turned):
    # torch's fused optimisers read what is laid out otherwise in the order
    # of memory and train wrongly; they say nothing
    def turn(tensor, name):
        return tensor.T.contiguous().T if name == turned else tensor

    start, rates = START.double(), torch.arange(14.0).view(2, 7) / 100
    weights = [weight.clone().requires_grad_() for weight in start.view(-1)]
    ours = Adam.start(given := turn(start, "weights"))
    reference = torch.optim.Adam(
        [dict(params=[weight], lr=lr) for weight, lr in zip(
            weights, rates.view(-1).tolist())], betas=(0.9, 0.99), eps=1e-8)
    for step, gradient in enumerate(gradients(30).double()):
        kept = turn(gradient, "gradient").clone()
        ours.step(turn(gradient, "gradient"), rates.double())
        for weight, slope in zip(weights, gradient.view(-1)):
            weight.grad = slope
        reference.step()
        assert (ours.steps == step + 1).all()
        # a step is up to 0.13; rates are those of float32
        close(ours.theta.reshape(-1), torch.stack(weights), rtol=0, atol=1e-7)
        assert torch.equal(gradient, kept)
    assert torch.equal(given, START.double())     # what is given is kept


def test_members_can_be_at_different_steps():
    ahead, fresh = Adam.start(START[:1]), Adam.start(START[1:])
    first, second = gradients(2)
    ahead.step(first[:1], 0.1)
    both = Adam(*(torch.cat([getattr(adam, name) for adam in (ahead, fresh)])
                  for name in ("theta", "mean", "second", "steps")))
    for adam, gradient in ((ahead, second[:1]), (fresh, second[1:]),
                           (both, second)):
        adam.step(gradient, 0.1)
    assert both.steps.tolist() == [[2], [1]]
    assert torch.equal(both.theta, torch.cat([ahead.theta, fresh.theta]))


def test_a_member_can_keep_its_second_moment():
    adam = Adam.start(torch.zeros(2, 2))
    adam.step(torch.tensor([[2.0, 4.0]] * 2), 1.0)
    close(adam.theta, -torch.ones(2, 2))    # the first step is the rate
    adam.follow = torch.tensor([[0.01], [0.0]])
    adam.step(torch.tensor([[3.0, 0.0]] * 2), 1.0)
    mean = torch.tensor([[0.9 * 0.2 + 0.3, 0.9 * 0.4]] * 2)
    second = torch.tensor([[0.99 * 0.04 + 0.09, 0.99 * 0.16], [0.04, 0.16]])
    close(adam.mean, mean)
    close(adam.second, second)
    close(adam.theta, -1 - mean / 0.19 / (second / 0.0199)**0.5)


def test_the_metric_is_a_step_without_momentum_over_the_gradient():
    adam = Adam.start(torch.zeros(1, 3))
    adam.second = torch.tensor([[4.0, 0.25, 0.0]])
    close(adam.metric(torch.tensor([[0.1, 0.2, 0.3]])),
          torch.tensor([[0.05, 0.4, 0.3 / EPS]]))
