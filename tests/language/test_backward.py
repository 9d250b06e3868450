"""The gradient written by hand, and steps by it: autograd's numbers."""
import pytest
import torch

from labkit.language.backward import Gradient
from labkit.language.models import GPT, MLP
from labkit.language.train import (
    AdamW,
    by_autograd,
    captured,
    losses,
    stepper,
    written_out,
)

SEEDS = [3, 1, 4]


def texts(members, tokens, vocab, seed=9):
    draw = torch.Generator().manual_seed(seed)
    return torch.randint(vocab, (members, tokens), generator=draw)


def a_model(vocab=8, context=3, width=16, network=MLP):
    """With a head that is not zero, in double precision."""
    return network(vocab, context, width, SEEDS, "standard").double()


def by_hand(model, *windows):
    """The gradients of some batches, one after another, as flat vectors."""
    optimiser = AdamW(model, torch.ones(len(SEEDS), dtype=torch.double))
    gradient = Gradient(model, optimiser.flat, optimiser.gradient,
                        windows[0].shape[1])
    for bags in gradient.prepare(gradient.table(torch.stack(windows))):
        gradient(*bags)
        yield optimiser.gradient.clone()


@pytest.mark.parametrize("vocab, context, width, batch", [
    (8, 3, 16, 4), (8, 1, 1, 1), (2, 5, 7, 64), (100, 4, 8, 32)])
def test_the_gradient_written_out_is_autograds(vocab, context, width, batch):
    model = a_model(vocab, context, width)
    window = texts(3, batch * (context + 1), vocab).view(3, batch, -1)
    (ours,) = by_hand(model, window)
    auto = torch.autograd.grad(losses(model, window).sum(),
                               [*model.parameters()])
    # float64, sums of up to 64 terms
    torch.testing.assert_close(ours, torch.cat([g.flatten() for g in auto]),
                               rtol=1e-12, atol=1e-14)
    assert all(g.abs().sum() > 0 for g in auto)
    # some rows are read by no window: they have no gradient
    assert vocab < 100 or (ours == 0).any()


def test_a_gradient_replaces_the_one_before():
    one, two = texts(3, 16, 8).view(3, 4, 4), texts(3, 16, 8, 5).view(3, 4, 4)
    first, second = by_hand(a_model(), one, two)
    again, alone = by_hand(a_model(), two, one)
    assert first.equal(alone) and second.equal(again)
    assert not first.equal(second)


def after(make_step, steps, network, decay, device="cpu"):
    """The model after so many steps of training, at a rate that falls."""
    model = a_model(network=network).to(device)
    lr = torch.tensor([0.01, 0.03, 0.1], dtype=torch.double, device=device)
    corpora = texts(3, 8 * 24 + 3, 8).to(device)
    windows = corpora.unfold(1, 4, model.predicted)[:, :64]
    step = make_step(model, AdamW(model, lr, decay), windows, 4, SEEDS)
    for i in range(steps):
        step(1 - i / steps)
    return [p.detach().cpu() for p in model.parameters()]


@pytest.mark.parametrize("decay", [0, 0.5])
def test_after_50_steps_the_fast_path_is_where_the_readable_one_is(decay):
    # 64 windows in batches of 4: three epochs
    ours, auto = (after(make_step, 50, MLP, decay)
                  for make_step in (written_out, by_autograd))
    start = [*a_model().parameters()]
    for one, two, before in zip(ours, auto, start):
        # float64; Adam divides by the size of the gradient, and where that
        # is all but zero, rounding is lifted
        torch.testing.assert_close(one, two, rtol=0, atol=1e-9)
        assert (two - before).abs().max() > 0.1


@pytest.mark.skipif(not torch.cuda.is_available(),
                    reason="a CUDA graph needs a CUDA GPU; none is here")
@pytest.mark.parametrize("network", [MLP, GPT])
def test_a_captured_step_is_the_step(network):
    graph = after(captured, 50, network, 0.5, "cuda")
    eager = after(by_autograd, 50, network, 0.5, "cuda")
    for one, two in zip(graph, eager):
        torch.testing.assert_close(one, two, rtol=0, atol=1e-9)


@pytest.mark.parametrize("network, path", [(MLP, "written_out"),
                                           (GPT, "by_autograd")])
def test_the_mlp_is_trained_so_and_other_networks_by_autograd(network, path):
    step = stepper(network(8, 2, 16, [0]), texts(1, 18, 8),
                   torch.tensor([0.1]), 4, [0], 0)
    assert step.__qualname__.startswith(path)
