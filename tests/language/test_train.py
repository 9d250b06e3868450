"""The loop: its optimiser against torch's, its members on their own."""
import pytest
import torch

from labkit.language import Markov
from labkit.language.models import GPT, MLP
from labkit.language.train import (
    AdamW,
    batches,
    log_grid,
    losses,
    stepper,
    train,
)


def texts(members, tokens, vocab=8):
    draw = torch.Generator().manual_seed(9)
    return torch.randint(vocab, (members, tokens), generator=draw)


def trained(lrs, seeds, corpora, network=MLP, **settings):
    """A small network after 30 steps of training."""
    model = network(8, 2, 16, seeds, "standard")
    train(model, corpora, torch.tensor(lrs), batch=4, steps=30, seeds=seeds,
          evaluate=lambda model: None, **settings)
    return model


@pytest.mark.parametrize("network, decay, falls", [
    (MLP, 0, False), (MLP, 0.5, False), (GPT, 0, False), (GPT, 0.5, False),
    (MLP, 0.5, True)])
def test_the_optimiser_agrees_with_torchs(network, decay, falls):
    ours = network(8, 3, 16, [0], "standard").double()
    theirs = network(8, 3, 16, [0], "standard").double()
    optimiser = AdamW(ours, torch.tensor([0.02], dtype=torch.float64), decay)
    reference = torch.optim.AdamW(
        theirs.parameters(), lr=0.02, betas=(0.9, 0.99), weight_decay=decay,
        fused=False, foreach=False)
    for i, window in enumerate(texts(20, 4 * 6).view(20, 1, 6, 4)):
        factor = 1 - falls * i / 20    # of the rate, and so of the decay
        losses(ours, window).sum().backward()
        optimiser.step(factor)
        reference.param_groups[0]["lr"] = 0.02 * factor
        reference.zero_grad()
        losses(theirs, window).sum().backward()
        reference.step()
    for a, b in zip(ours.parameters(), theirs.parameters()):
        # float64, 20 steps: 1e-16 a step, lifted by small gradients
        torch.testing.assert_close(a, b, rtol=0, atol=1e-10)


@pytest.mark.parametrize("before", [False, True])
def test_numbers_too_small_to_be_normal_are_zero_in_training_only(before):
    # they make a step several times as slow where units have died
    def tiny(*_):
        return (torch.tensor([1e-20]) ** 2).item() > 0

    if not torch.set_flush_denormal(before):
        pytest.skip("this processor does not tell")
    ((_, _, seen), *_) = train(MLP(8, 2, 16, [0]), texts(1, 42),
                               torch.tensor([.01]), batch=8, steps=1,
                               seeds=[0], evaluate=tiny)
    assert not seen and tiny() is not before
    torch.set_flush_denormal(False)


def test_factors_scale_the_step_but_not_the_decay():
    model = MLP(8, 2, 16, [0], "standard")
    for p, factor in zip(model.parameters(), (1.0, 1.0, 0.25)):
        p.factor = factor
    before = model.head.detach().clone()
    optimiser = AdamW(model, torch.tensor([0.1]), weight_decay=0.5)
    model.head.grad.fill_(3.0)
    optimiser.step()
    # Adam's first step is the rate times the sign; the decay 0.1 * 0.5
    expected = 0.95 * before - 0.25 * 0.1
    # float32 numbers of order one, a few operations
    torch.testing.assert_close(model.head.detach(), expected, rtol=0,
                               atol=1e-6)


@pytest.mark.parametrize("network, lrs, seeds, settings", [
    (MLP, [.001, .03, .01], [5, 5, 5], dict(weight_decay=.1)),
    (GPT, [.001, .03, .01], [5, 5, 5], dict(weight_decay=.1)),
    (MLP, [.01, .01, .01], [4, 8, 6], {}),
    (MLP, [.01, 1e38, .02], [1, 2, 3], {})])    # the second one diverges
def test_a_member_among_others_does_what_it_does_alone(network, lrs, seeds,
                                                       settings):
    corpora = texts(3, 42)
    among = trained(lrs, seeds, corpora, network=network, **settings)
    assert among.head[1].isfinite().all() == (lrs[1] < 1)
    for m in (0, 2) if lrs[1] > 1 else range(3):
        alone = trained([lrs[m]], [seeds[m]], corpora[m:m + 1],
                        network=network, **settings)
        # Products of 16 to 64 float32 numbers may be added in another order:
        # 1e-7 of their size, once a step for 30 steps, in weights of order
        # 0.3. Adam divides by the size of the gradient, so a gradient that
        # is all but zero can lift that to 1e-5, 1/3000 of a step at 0.03.
        for a, b in zip(among.parameters(), alone.parameters()):
            torch.testing.assert_close(a[m], b[0], rtol=0, atol=1e-5)
    # another rate or seed makes far more of a difference
    assert (among.head[0] - among.head[2]).abs().max() > 0.01


@pytest.mark.parametrize("network", [MLP, GPT])
def test_gradients_stay_parts_of_one_contiguous_vector(network):
    # torch's fused AdamW trains wrongly, and says nothing, if a gradient is
    # laid out otherwise than its parameter
    model = network(8, 3, 16, [0, 1])
    optimiser = AdamW(model, torch.tensor([0.01, 0.02]))
    for turned in (False, False, True):
        losses(model, texts(2, 24).view(2, 6, 4)).sum().backward()
        if turned:    # in the order of another matrix
            other = torch.ones(model.head.mT.shape).mT
            assert not other.is_contiguous()
            torch.autograd.backward(model.head, other)
        start = 0
        for p in model.parameters():
            part = slice(start, start := start + p.numel())
            assert p.is_contiguous() and p.grad.is_contiguous()
            assert p.grad.data_ptr() == optimiser.gradient[part].data_ptr()
            assert p.data_ptr() == optimiser.flat[part].data_ptr()
        assert start == len(optimiser.gradient)
        assert model.head.grad.abs().sum() > 0
        optimiser.step()
        assert not optimiser.gradient.any()


def epochs(windows, seeds, count):
    """Window numbers in the order of ``count`` epochs, per member."""
    stream = batches(windows, 4, seeds)
    steps = [next(stream)[..., 0] for _ in range(
        count * windows.shape[1] // 4)]
    return torch.cat(steps, 1).view(len(seeds), count, -1).tolist()


def test_each_window_comes_once_an_epoch_in_an_order_of_the_seed():
    windows = torch.arange(12).expand(3, -1)[..., None]
    one, other, again = members = epochs(windows, [1, 2, 1], count=2)
    for first, second in members:
        assert sorted(first) == sorted(second) == list(range(12))
        assert first != second
    assert one == again and one != other
    assert [one] == epochs(windows[:1], [1], count=2)
    # a member's own windows
    one, other = epochs(torch.arange(24).view(2, 12, 1), [1, 1], count=1)
    assert [[n + 12 for n in one[0]]] == other


@pytest.mark.parametrize("steps", [1, 5, 8, 100, 1000])
def test_the_grid_of_a_longer_run_begins_with_that_of_a_shorter(steps):
    short, long = log_grid(steps), log_grid(7 * steps + 3)
    assert short[0] == 0 and short[-1] == steps
    assert short[:-1] == [step for step in long if step < steps]
    # three points per doubling
    assert log_grid(70) == [0, 8, 10, 13, 16, 20, 25, 32, 40, 51, 64, 70]


def test_a_linear_schedule_begins_with_the_whole_rate_and_ends_above_zero():
    model = MLP(8, 2, 16, [1], "standard")
    step = stepper(model, texts(1, 42), torch.tensor([0.01]), 4, [1], 0)
    for i in range(30):
        step(1 - i / 30)
    scheduled = trained([0.01], [1], texts(1, 42), schedule="linear")
    assert all(map(torch.equal, model.parameters(), scheduled.parameters()))


def test_training_is_evaluated_on_the_grid_and_tells_its_progress():
    model, shares = MLP(8, 2, 4, [0, 1]), []
    history = train(model, texts(2, 42), torch.tensor([0.1, 0.1]), batch=4,
                    steps=33, seeds=[0, 1], evaluate=lambda m: m.members,
                    advance=shares.append)
    steps, seconds, found = zip(*history)
    assert [*steps] == log_grid(33) and set(found) == {2}
    assert [*seconds] == sorted(seconds)
    assert sum(shares) == pytest.approx(1, rel=1e-12)   # a sum of quotients


def test_training_gets_below_the_unigram_and_not_below_the_entropy():
    language = Markov(8, 2)
    corpora = torch.stack([language.sample(6402, seed) for seed in (0, 1)])
    exam = language.sample(10_002, seed=2).unfold(0, 3, 1).expand(2, -1, -1)
    model = MLP(8, 2, 32, [0, 1])
    history = train(model, corpora, torch.tensor([0.02, 0.02]), batch=64,
                    steps=100, seeds=[0, 1],
                    evaluate=lambda model: losses(model, exam))
    for before, after in zip(history[0][2], history[-1][2]):
        # 0.04 is 4 standard errors of a mean over 10,000 tokens whose
        # losses scatter by one
        assert after < language.best_loss(0) - 0.04 < before
        assert after > language.entropy - 0.04


@pytest.mark.parametrize("name, changed", [
    ("corpora", dict(corpora=texts(2, 41))), ("batch", dict(batch=3)),
    ("corpora", dict(corpora=texts(3, 42))),
    ("lr", dict(lr=torch.tensor([0.1]))), ("seeds", dict(seeds=[1])),
    ("lr", dict(lr=torch.tensor([0.1, 0.0]))),
    ("lr", dict(lr=torch.tensor([0.1, float("nan")]))),
    ("weight_decay", dict(weight_decay=-0.1)), ("steps", dict(steps=0)),
    ("first", dict(first=0)), ("schedule", dict(schedule="cosine"))])
def test_bad_arguments_are_named(name, changed):
    good = dict(corpora=texts(2, 42), lr=torch.tensor([0.1, 0.1]), batch=4,
                steps=2, seeds=[0, 1], evaluate=lambda model: None)
    with pytest.raises(ValueError, match=name):
        train(MLP(8, 2, 4, [0, 1]), **{**good, **changed})


def test_windows_are_a_whole_number_of_batches():
    windows = texts(1, 12).unfold(1, 3, 1)
    with pytest.raises(ValueError, match="10 windows; .* multiple .* 4"):
        next(batches(windows, 4, [0]))
