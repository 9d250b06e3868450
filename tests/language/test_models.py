"""Networks: against plain twins without a member axis, and muP's scales."""
from itertools import pairwise
from math import ceil, log

import pytest
import torch
import torch.nn.functional as F
from torch import nn

from labkit.language.models import GPT, MLP, rule
from labkit.language.train import AdamW, losses

# sums of fewer than 1000 products in float64, added in another order
FLOAT64 = dict(rtol=1e-9, atol=1e-12)


def mlp_twin(model, weights, tokens):
    """Logits of one member, by plain products."""
    tables = weights["embed"].view(model.context, model.vocab, -1)
    z = weights["bias"][0] + sum(
        table[tokens[:, i]] for i, table in enumerate(tables))
    return z.relu() @ weights["head"]


def attend(x, heads):
    """Causal attention, one head after another, with an explicit mask."""
    T, out = x.shape[1], []
    later = torch.ones(T, T).triu(1).bool()
    for q, k, v in zip(*(part.chunk(heads, -1) for part in x.chunk(3, -1))):
        scores = (q @ k.mT / 4).masked_fill(later, -torch.inf)   # 4**2 wide
        out.append(scores.softmax(-1) @ v)
    return torch.cat(out, -1)


def gpt_twin(model, weights, tokens):
    """The same for the transformer."""
    norm = nn.LayerNorm(model.width, elementwise_affine=False)
    x = weights["embed"][tokens] + weights["position"]
    for layer in range(2):
        qkv, out, up, down = (weights[f"layers.{4 * layer + i}"]
                              for i in range(4))
        x = x + attend(norm(x) @ qkv, model.width // 16) @ out
        x = x + nn.GELU()(norm(x) @ up) @ down
    return norm(x) @ weights["head"]


def some_windows(model, batch, seed=0):
    draw = torch.Generator().manual_seed(seed)
    return torch.randint(model.vocab, (model.members, batch,
                                       model.context + 1), generator=draw)


@pytest.mark.parametrize("network, width, twin", [
    (MLP, 20, mlp_twin), (GPT, 48, gpt_twin), (GPT, 16, gpt_twin)])
def test_each_member_agrees_with_its_plain_twin(network, width, twin):
    # standard: with muP the output starts at zero, and so do gradients
    model = network(7, 5, width, range(3), "standard").double()
    window = some_windows(model, batch=6)
    inputs, targets = window[..., :-1], window[..., -model.predicted:]
    logits, loss = model(inputs), losses(model, window)
    loss.sum().backward()
    for m in range(model.members):
        weights = {name: p[m].detach().clone().requires_grad_()
                   for name, p in model.named_parameters()}
        plain = twin(model, weights, inputs[m])
        torch.testing.assert_close(logits[m], plain, **FLOAT64)
        nats = F.cross_entropy(plain.flatten(0, -2), targets[m].flatten())
        torch.testing.assert_close(loss[m], nats, **FLOAT64)
        nats.backward()
        for name, batched in model.named_parameters():
            torch.testing.assert_close(batched.grad[m], weights[name].grad,
                                       **FLOAT64)


def test_a_later_token_does_not_change_earlier_predictions():
    model = GPT(7, 6, 32, range(2), "standard").double()
    tokens = some_windows(model, batch=3)[..., :-1]
    before = model(tokens)
    for place in range(1, 6):
        changed = tokens.clone()
        changed[..., place] = (changed[..., place] + 1) % 7
        after = model(changed)
        torch.testing.assert_close(after[..., :place, :],
                                   before[..., :place, :], **FLOAT64)
        # and it does change its own: weights are of order one
        moved = (after - before)[..., place, :].abs().amax(-1)
        assert moved.min() > 1e-3


@pytest.mark.parametrize("network", [MLP, GPT])
def test_a_member_starts_alike_alone_and_among_others(network):
    alone = network(5, 4, 16, [7], "standard")
    among = network(5, 4, 16, [3, 7], "standard")
    for one, two in zip(alone.parameters(), among.parameters()):
        assert one[0].equal(two[1])
        assert one.count_nonzero() == 0 or not two[0].equal(two[1])  # bias


def test_the_rule_of_each_parameterisation():
    assert rule("input", 4, 256, "mup") == (0.5, 1)
    assert rule("hidden", 256, 256, "mup") == (1 / 16, 1 / 4)
    assert rule("output", 256, 256, "mup") == (0, 1 / 4)
    for role in ("input", "hidden", "output"):
        assert rule(role, 256, 256, "standard") == (1 / 16, 1)
        assert rule(role, 9, 64, "mup")[1] == 1


def test_tensors_are_drawn_with_the_spread_of_the_rule():
    model = GPT(50, 4, 64, [0], "standard")
    for p, fan_in in [(model.embed, 1), (model.layers[3], 256)]:
        # standard error of a standard deviation of n draws is 1/sqrt(2n)
        allowed = 5 / (2 * p.numel()) ** 0.5
        assert p.std().item() * fan_in**0.5 == pytest.approx(1, rel=allowed)


@pytest.mark.parametrize("network", [MLP, GPT])
@pytest.mark.parametrize("width", [16, 64, 256])
def test_with_mup_the_first_loss_is_that_of_guessing(network, width):
    model = network(11, 4, width, range(2), "mup").double()
    for loss in losses(model, some_windows(model, batch=8)).tolist():
        assert loss == pytest.approx(log(11), rel=1e-14)   # rounding only


def change(network, width, parameterisation, steps):
    """Root mean square of what some steps at rate 0.001 add to logits."""
    model = network(16, 4, width, range(4), parameterisation)
    window = some_windows(model, batch=16)
    with torch.no_grad():
        before = model(window[..., :-1])
    optimiser = AdamW(model, torch.full((4,), 0.001))
    for _ in range(steps):
        losses(model, window).sum().backward()
        optimiser.step()
    with torch.no_grad():
        return (model(window[..., :-1]) - before).square().mean().item()**0.5


# After one step only the output layer counts under muP (it was zero); the
# third step is moved by the inner layers' factors as well.
@pytest.mark.parametrize("network, widths, steps", [
    (MLP, [32, 64, 128, 256, 512, 1024], 1), (MLP, [32, 128, 512], 3),
    (GPT, [32, 64, 128], 1), (GPT, [32, 128], 3)])
def test_updates_keep_their_size_under_mup_and_grow_without(
        network, widths, steps):
    mup = [change(network, width, "mup", steps) for width in widths]
    # one law for all widths; the narrowest network's four draws scatter
    # by about 1/sqrt(32 * 4), 9%; without factors they are 4 to 32 apart
    assert max(mup) / min(mup) < 1.5
    plain = [change(network, width, "standard", steps) for width in widths]
    # Adam moves a unit's weights with the signs of the activations, so the
    # changes add up: they grow faster than the root of the width, which is
    # what independent signs would give
    for (a, narrow), (b, wide) in pairwise(zip(widths, plain)):
        assert wide / narrow > (b / a) ** 0.5


@pytest.mark.parametrize("name, call", [
    ("vocab", lambda: MLP(0, 3, 8, [0])),
    ("context", lambda: MLP(5, 0, 8, [0])),
    ("width", lambda: GPT(5, 3, 0, [0])),
    ("seeds", lambda: MLP(5, 3, 8, [])),
    ("width", lambda: GPT(5, 3, 33, [0])),
    ("width is 4.5", lambda: MLP(5, 3, 4.5, [0])),
    ("seeds is 5", lambda: MLP(5, 3, 8, 5)),
    ("seeds is .True", lambda: MLP(5, 3, 8, [True])),
    ("parameterisation", lambda: MLP(5, 3, 8, [0], "ntk")),
    ("parameterisation", lambda: rule("input", 1, 1, "MUP")),
    ("tokens", lambda: MLP(5, 3, 8, [0])(torch.zeros(2, 4, 3).long())),
    ("tokens", lambda: GPT(5, 3, 8, [0])(torch.zeros(1, 4, 2).long())),
])
def test_bad_arguments_are_named(name, call):
    with pytest.raises(ValueError, match=name):
        call()


@pytest.mark.parametrize("vocab, context, at_once", [
    (8, 3, 64), (8, 3, 1), (5, 2, 10**6), (4, 1, 3)])
def test_everywhere_is_every_context_in_order(vocab, context, at_once):
    model = MLP(vocab, context, 6, [0, 1], "standard").double()
    model.bias.data.normal_(generator=torch.Generator().manual_seed(0))
    contexts = torch.cartesian_prod(*[torch.arange(vocab)] * context).view(
        -1, context)
    parts = [*model.everywhere(at_once)]
    rows = ceil(at_once / vocab)    # contexts that differ in the last token
    assert len(parts) == ceil(vocab**(context - 1) / rows)
    assert model.size() == 6 * (context * vocab + 1 + vocab)
    torch.testing.assert_close(
        torch.cat(parts, 1), model(contexts.expand(2, -1, -1)))
