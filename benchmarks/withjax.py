"""The same networks and steps in JAX: jit, scan over steps, vmap."""
from functools import partial

import jax
import jax.numpy as jnp
import numpy as np

from labkit.language.models import HEAD_WIDTH
from labkit.language.runs import BATCH, CONTEXT, SEQUENCES
from labkit.members.adam import BETAS, EPS

VOCAB, LR = 32, 0.01


def mlp_loss(p, window):
    """Mean cross-entropy of the MLP on windows (batch, context + 1)."""
    context = window.shape[1] - 1
    rows = window[:, :-1] + jnp.arange(context) * VOCAB
    logits = jax.nn.relu(p["embed"][rows].sum(1) + p["bias"]) @ p["head"]
    return nats(logits, window[:, -1:]).mean()


def nats(logits, targets):
    """Minus the log-probability of the targets."""
    return -jnp.take_along_axis(jax.nn.log_softmax(logits), targets, -1)


def norm(x):
    """Layer norm without parameters."""
    x = x - x.mean(-1, keepdims=True)
    return x * jax.lax.rsqrt((x * x).mean(-1, keepdims=True) + 1e-5)


def attend(qkv, heads):
    """Causal attention; qkv is (batch, T, 3 x width)."""
    batch, time, _ = qkv.shape
    parts = qkv.reshape(batch, time, 3, heads, -1)
    x = jax.nn.dot_product_attention(*jnp.moveaxis(parts, 2, 0),
                                     is_causal=True)
    return x.reshape(batch, time, -1)


def gpt_loss(p, window):
    """Mean cross-entropy of the GPT on windows (batch, context + 1)."""
    width = p["embed"].shape[1]
    x = p["embed"][window[:, :-1]] + p["position"]
    for qkv, out, up, down in p["layers"]:
        x = x + attend(norm(x) @ qkv, max(1, width // HEAD_WIDTH)) @ out
        x = x + jax.nn.gelu(norm(x) @ up, approximate=False) @ down
    return nats(norm(x) @ p["head"], window[:, 1:, None]).mean()


def step(loss, corpus, width, state, chosen):
    """One step of Adam of one member on the windows that start at chosen."""
    p, mean, second, t = state
    gradient = jax.grad(loss)(p, corpus[chosen[:, None] + jnp.arange(width)])
    b1, b2 = BETAS
    t = t + 1
    mean = jax.tree.map(lambda m, g: b1 * m + (1 - b1) * g, mean, gradient)
    second = jax.tree.map(lambda v, g: b2 * v + (1 - b2) * g * g, second,
                          gradient)
    p = jax.tree.map(lambda p, m, v: p - LR * m / (1 - b1**t) / (
        jnp.sqrt(v / (1 - b2**t)) + EPS), p, mean, second)
    return (p, mean, second, t), None


def trainer(loss, shapes, members, tokens, window, stride, batch):
    """A function that trains for so many steps; tokens of one of them."""
    draw = np.random.default_rng(0)
    p = jax.tree.map(lambda shape: jnp.asarray(draw.normal(
        0, shape[0]**-0.5, (members, *shape)), jnp.float32), shapes,
        is_leaf=lambda leaf: isinstance(leaf, tuple))
    zeros = jax.tree.map(jnp.zeros_like, p)
    state = [(p, zeros, jax.tree.map(jnp.copy, zeros), jnp.zeros(members))]
    corpora = jnp.asarray(draw.integers(VOCAB, size=(members, tokens)))

    @partial(jax.jit, donate_argnums=0)
    @jax.vmap
    def scan(state, corpus, order):
        return jax.lax.scan(partial(step, loss, corpus, window), state,
                            order)[0]

    def run(steps):
        n = (tokens - window) // stride + 1
        epochs = -(-steps * batch // n)
        order = np.stack([np.concatenate([draw.permutation(n) for _ in range(
            epochs)])[:steps * batch] for _ in range(members)]) * stride
        state[0] = jax.block_until_ready(scan(
            state[0], corpora, jnp.asarray(order).reshape(
                members, steps, batch)))

    return run, members * batch * stride


def mlp(width, members):
    """For the MLP."""
    shapes = dict(embed=(3 * VOCAB, width), bias=(width,),
                  head=(width, VOCAB))
    return trainer(mlp_loss, shapes, members, 2**15 + 3, 4, 1, BATCH)


def gpt(width, members):
    """For the GPT."""
    layer = [(width, 3 * width), (width, width), (width, 4 * width),
             (4 * width, width)]
    shapes = dict(embed=(VOCAB, width), position=(CONTEXT, width),
                  layers=[layer, layer], head=(width, VOCAB))
    return trainer(gpt_loss, shapes, members, 2**16 + 1, CONTEXT + 1,
                   CONTEXT, SEQUENCES)
