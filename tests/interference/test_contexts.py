"""Gradients of single contexts, and what they say of one another."""
from math import inf, nan

import pytest
import torch

from labkit.interference import contexts
from labkit.language.models import MLP
from labkit.language.texts import Markov
from labkit.language.train import losses

close = torch.testing.assert_close


@pytest.fixture(scope="module")
def case():
    """A sample of a small language, and a model that is not at its start."""
    source = Markov(vocab=4, order=2)
    model = MLP(4, 2, 5, [3, 7], "standard")
    model.bias.data.normal_(generator=torch.Generator().manual_seed(0))
    return source, contexts.Sample(source), model.requires_grad_(False)


def by_autograd(model, source, chosen, target):
    """The gradients of all contexts, one by one: (member, contexts, P)."""
    tokens, found = source.contexts()[chosen.drawn], []
    weights = [*model.requires_grad_().parameters()]
    for token, p in zip(tokens, target):
        logits = model(token.expand(2, 1, -1))
        loss = -(logits.log_softmax(-1) * p).sum()
        found.append(torch.cat([part.flatten(1) for part in
                                torch.autograd.grad(loss, weights)], 1))
    model.requires_grad_(False)
    return torch.stack(found, 1)


@pytest.mark.parametrize("name", ["true", "sampled"])
def test_the_gradients_are_those_of_autograd(case, name):
    source, chosen, model = case
    g = by_autograd(model, source, chosen, chosen.targets[name])
    h = contexts.hidden(model, chosen.reads)
    d = contexts.misses(h @ model.head, chosen.targets[name])
    b = contexts.backward(model, h, d)
    inner = contexts.products(chosen.reads, h, d, b)
    close(inner, g @ g.mT, rtol=1e-4, atol=1e-6)
    found = contexts.opposition(model, chosen, chosen.targets[name])
    size, n = g.norm(dim=-1), len(chosen.drawn)
    close(found["cancelled"], 1 - g.sum(1).norm(dim=-1) / size.sum(1),
          rtol=1e-4, atol=1e-5)
    close(found["by_weight"], 1 - g.sum(1).abs().sum(1) / g.abs().sum((1, 2)),
          rtol=1e-4, atol=1e-5)
    unit = g / size.clamp(min=1e-9)[..., None]
    first, second = torch.triu_indices(n, n, 1)
    angles = (unit @ unit.mT)[:, first, second]
    close(found["cosine"], angles.mean(1), rtol=1e-3, atol=1e-5)
    close(found["opposed"], (angles < 0).float().mean(1), rtol=0, atol=.002)
    step = g @ g.sum(1)[..., None]
    close(found["small_step"][:, None],
          1 - step.sum(1) / step.abs().sum(1), rtol=1e-3, atol=1e-4)


def test_a_sample_is_drawn_by_its_probabilities_and_always_the_same(case):
    source, chosen, model = case
    assert chosen.drawn.tolist() == contexts.Sample(source).drawn.tolist()
    seen = torch.bincount(chosen.drawn, minlength=16) / contexts.MANY
    close(seen, torch.tensor(source.stationary).float(), rtol=0, atol=.08)
    window = torch.cat([source.contexts()[chosen.drawn], chosen.targets[
        "sampled"].argmax(1)[:, None]], 1).expand(2, -1, -1)
    logits = contexts.hidden(model, chosen.reads) @ model.head
    close(chosen.losses(logits)["sampled"].mean(1), losses(model, window))


def test_opposition_of_three_gradients_by_hand():
    inner = torch.tensor([[[1.0, -2, 0], [-2, 4, 0], [0, 0, 0]]])
    assert contexts.lengths(inner).tolist() == [[1, 2, 0]]
    angles = contexts.cosines(inner)     # the third one has no direction
    assert angles[0, 0].tolist() == [1, -1, 0]
    assert contexts.opposed(angles).item() == pytest.approx(1 / 3)
    assert contexts.of_pairs(angles).item() == pytest.approx(-1 / 3)
    assert contexts.small_step(inner).item() == pytest.approx(1 - 1 / 3)
    for lost in (nan, inf):
        inner[0, 0, 1] = inner[0, 1, 0] = lost
        assert contexts.opposed(contexts.cosines(inner)).isnan().all()


def test_changes_cancel_and_the_split_is_exact():
    before = torch.tensor([[1.0, 1, 1, 1], [2, 2, 2, 2]])
    after = torch.tensor([[0.0, 2, 0, 1], [2, 2, 2, 2]])
    found = contexts.zero_sum(before, after)
    assert found["zero_sum"].tolist() == pytest.approx([2 / 3, nan],
                                                       nan_ok=True)
    assert found["moved"].tolist() == [0.75, 0]
    fall = (before - after).mean(1).abs()
    close((found["moved"] * (1 - found["zero_sum"]))[:1], fall[:1])
