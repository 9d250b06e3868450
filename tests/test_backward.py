"""The gradient written out, and the step without it: autograd's numbers."""
import pytest
import torch

from labkit.language import backward, train
from labkit.language.models import GPT, MLP
from labkit.language.train import (
    AdamW,
    by_autograd,
    captured,
    losses,
    written_out,
)

SEEDS = [3, 1, 4]


def texts(members, tokens, vocab, seed=9):
    draw = torch.Generator().manual_seed(seed)
    return torch.randint(vocab, (members, tokens), generator=draw)


def a_model(vocab=8, context=3, width=16, network=MLP):
    """With a head that is not zero, in double precision."""
    return network(vocab, context, width, SEEDS, "standard").double()


def both_gradients(model, window):
    """Written out and by autograd: (embed, bias, head) each."""
    optimiser = AdamW(model, torch.ones(len(SEEDS), dtype=torch.double))
    gradient = backward.Gradient(model, optimiser.flat, optimiser.gradient,
                               window.shape[1])
    (bags,) = gradient.prepare(gradient.table(window)[None])
    gradient(*bags)
    ours = [p.grad.clone() for p in model.parameters()]
    return ours, torch.autograd.grad(losses(model, window).sum(),
                                     [*model.parameters()])


@pytest.mark.parametrize("vocab, context, width, batch", [
    (8, 3, 16, 4), (8, 1, 1, 1), (2, 5, 7, 64), (100, 4, 8, 32)])
def test_the_gradient_written_out_is_autograds(vocab, context, width, batch):
    model = a_model(vocab, context, width)
    window = texts(3, batch * (context + 1), vocab).view(3, batch, -1)
    ours, auto = both_gradients(model, window)
    for one, two in zip(ours, auto):
        # float64, sums of up to 64 terms
        torch.testing.assert_close(one, two, rtol=1e-12, atol=1e-14)
        assert two.abs().sum() > 0


def test_a_row_that_no_window_reads_has_no_gradient():
    model = a_model()
    window = texts(3, 16, 4).view(3, 4, 4)    # tokens 4 to 7 do not come
    (embed, _, _), _ = both_gradients(model, window)
    used = embed.view(3, 3, 8, -1)
    assert (used[:, :, 4:] == 0).all() and (used[:, :, :4] != 0).any()


def test_a_gradient_replaces_the_one_before():
    model = a_model()
    one, two = texts(3, 16, 8).view(3, 4, 4), texts(3, 16, 8, 5).view(3, 4, 4)
    optimiser = AdamW(model, torch.ones(3, dtype=torch.double))
    gradient = backward.Gradient(model, optimiser.flat, optimiser.gradient, 4)
    first, _ = gradient.prepare(gradient.table(torch.stack([one, two])))
    gradient(*first)
    alone = optimiser.gradient.clone()
    for bags in gradient.prepare(gradient.table(torch.stack([two, one]))):
        gradient(*bags)
    assert torch.equal(optimiser.gradient, alone)


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
def test_the_mlp_is_trained_so_and_other_networks_by_autograd(
        network, path, monkeypatch):
    taken = []
    for name in ("written_out", "by_autograd"):
        def make_step(*_, name=name):
            taken.append(name)
            return lambda factor: None
        monkeypatch.setattr(train, name, make_step)
    train.train(network(8, 2, 16, [0]), texts(1, 18, 8), torch.tensor([0.1]),
                batch=4, steps=2, seeds=[0], evaluate=lambda model: None)
    assert taken == [path]
