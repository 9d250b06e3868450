"""Languages to model: one whose entropy is known exactly, and real texts.

All losses and entropies are in nats per token.
"""
import random
import sysconfig
from functools import cached_property
from pathlib import Path

import numpy as np
import torch

from labkit.kinds import like

MAX_CELLS = 2**24  # the transition table must fit into memory


class Markov:
    r"""The layered-rules language: a Markov chain with exact entropy.

    With probability ``weights[0]`` the next token is noise, drawn from
    Zipf's law, :math:`p(x) \propto 1/x`. With probability ``weights[k]``
    it is read from a table, where the last :math:`k` tokens say which
    entry, :math:`k = 1 \ldots` ``order``. The entries of the tables are
    drawn once, from Zipf's law, too, by ``seed``. To reach the entropy, a
    model must learn all the tables, :math:`V + V^2 + V^3` entries for order
    3 and a ``vocab`` of :math:`V` tokens.

    A *context* is the last ``order`` tokens, read as one number in base
    :math:`V` (the latest token is the last digit), so there are
    :math:`V^{order}` contexts. ``weights`` defaults to 3 : 5 : 6 : 6 ...,
    which is (.15, .25, .30, .30) for order 3. Raises ValueError for sizes
    that are too small or too large and for weights that are no
    probabilities.
    """

    def __init__(self, vocab=32, order=3, seed=0, weights=None):
        if like(2, "vocab", vocab) < 2:
            raise ValueError(f"vocab is {vocab}; at least 2 is needed")
        if like(1, "order", order) < 1:
            raise ValueError(f"order is {order}; at least 1 is needed")
        if vocab ** (order + 1) > MAX_CELLS:
            raise ValueError(f"vocab ** (order + 1) is {vocab}^{order + 1}; "
                             f"at most {MAX_CELLS} is allowed")
        self.vocab, self.order = vocab, order
        self.seed = like(0, "seed", seed)
        self.weights = _probabilities(weights, order)
        rng = np.random.default_rng(seed)
        zipf = 1 / np.arange(1, vocab + 1)
        self.noise = zipf / zipf.sum()
        self.tables = [rng.choice(vocab, size=vocab**k, p=self.noise)
                       for k in range(1, order + 1)]

    @cached_property
    def transition(self):
        """p(next | context), shape (contexts, vocab)."""
        context = np.arange(self.vocab**self.order)
        p = np.tile(self.weights[0] * self.noise, (len(context), 1))
        for k, table in enumerate(self.tables, start=1):
            p[context, table[context % self.vocab**k]] += self.weights[k]
        return p

    @cached_property
    def stationary(self):
        """Long-run probability of each context, by power iteration."""
        V, p = self.vocab, self.transition
        pi = np.full(len(p), 1 / len(p))
        for _ in range(10_000):
            # (oldest token, the rest) -> (the rest, next token)
            new = (pi[:, None] * p).reshape(V, -1).sum(0)
            if np.abs(new - pi).sum() < 1e-13:
                return new
            pi = new
        raise ArithmeticError("the chain did not settle")  # cannot: noise > 0

    @cached_property
    def joint(self):
        """P(context, next), shape (contexts, vocab); sums to one."""
        return self.stationary[:, None] * self.transition

    @cached_property
    def independent(self):
        """P(context, next) if tokens did not depend on each other.

        The frequencies of the single tokens are those of the language.
        Shape (contexts, vocab).
        """
        single = self.joint.sum(0)
        context = single
        for _ in range(self.order - 1):
            context = np.outer(context, single).ravel()
        return np.outer(context, single)

    def best_loss(self, tokens):
        r"""Lowest loss of any model that sees only the last ``tokens``.

        :math:`H(x_t \mid x_{t-k} \ldots x_{t-1})`, nats per token: for 0
        tokens the entropy of single tokens, for ``order`` tokens the
        entropy of the language. Raises ValueError for any other number.
        """
        if not 0 <= tokens <= self.order:
            raise ValueError(f"tokens is {tokens}; allowed is 0 to "
                             f"{self.order}, the order of the language")
        p = self.joint.reshape(-1, self.vocab**tokens, self.vocab).sum(0)
        given = p.sum(1, keepdims=True)
        inside = p[p > 0] / np.broadcast_to(given, p.shape)[p > 0]
        return float(-(p[p > 0] * np.log(inside)).sum())

    @property
    def entropy(self):
        """Entropy rate, nats per token: no model's loss is lower."""
        return self.best_loss(self.order)

    def sample(self, tokens, seed):
        """Draw a text, as a LongTensor; its first context is one of many.

        That context comes from the ``stationary`` probabilities, so the
        text is like any part of an endless one. Raises ValueError for a
        number of ``tokens`` below 1.
        """
        if tokens < 1:
            raise ValueError(f"tokens is {tokens}; at least 1 is needed")
        rng = np.random.default_rng([self.seed, seed])
        layer = rng.choice(self.order + 1, size=tokens, p=self.weights)
        noise = rng.choice(self.vocab, size=tokens, p=self.noise)
        context = int(rng.choice(len(self.stationary), p=self.stationary))
        moduli = [self.vocab**k for k in range(self.order + 1)]
        tables = [None, *(table.tolist() for table in self.tables)]
        text = []
        for k, token in zip(layer.tolist(), noise.tolist()):
            if k:
                token = tables[k][context % moduli[k]]
            text.append(token)
            context = (context * self.vocab + token) % moduli[-1]
        return torch.tensor(text)

    def contexts(self):
        """Every context as tokens, shape (contexts, order)."""
        grid = torch.arange(self.vocab)
        return torch.cartesian_prod(*[grid] * self.order).view(-1, self.order)

    def codes(self, text):
        """Each place's context and next token, as the number of a cell.

        Shape (..., tokens) -> (..., tokens - order); the cells are those of
        a flattened table (contexts, vocab).
        """
        digits = self.vocab ** torch.arange(self.order, -1, -1)
        return (text.unfold(-1, self.order + 1, 1) * digits).sum(-1)


def _probabilities(weights, order):
    """Check the weights, or make those that are taken if none are given."""
    if weights is None:
        weights = [3, 5] + [6] * (order - 1)
        weights = [w / sum(weights) for w in weights]
    if len(weights) != order + 1:
        raise ValueError(f"weights has {len(weights)} entries; order "
                         f"{order} needs {order + 1}: noise and one a rule")
    if not (weights[0] > 0 and min(weights) >= 0
            and abs(sum(weights) - 1) < 1e-9):
        raise ValueError(f"weights is {weights}; allowed are probabilities "
                         "that sum to 1, the first (noise) above 0")
    return tuple(weights)


class Text:
    """A real text as tokens, one for each byte of its UTF-8.

    The share ``held_out`` of it is kept for validation. Each paragraph that
    comes more than once is kept once, and the paragraphs are shuffled,
    always in the same way: so what is held out is like the rest, and no
    paragraph is in both parts. ``train`` and ``validation`` are LongTensors
    of positions in ``symbols``, the distinct bytes. Raises ValueError for a
    share that is not between 0 and 1, and for a text that is too short or
    repeats one letter.
    """

    def __init__(self, text, held_out=0.1):
        if not 0 < held_out < 1:
            raise ValueError(f"held_out is {held_out}; allowed is between "
                             "0 and 1, the share kept for validation")
        paragraphs = list(dict.fromkeys(text.split("\n\n")))
        random.Random(0).shuffle(paragraphs)
        data = "\n\n".join(paragraphs).encode()
        kept = int(len(data) * held_out)
        if len(data) < 1000 or kept < 1:
            raise ValueError(f"text has {len(data)} bytes in different "
                             f"paragraphs, {kept} of them to hold out; at "
                             "least 1000 and 1 are needed")
        if len({*text}) < 2:
            raise ValueError(f"text repeats {text[0]!r}; at least 2 "
                             "different letters are needed")
        places = np.frombuffer(data, np.uint8)
        symbols = np.unique(places)
        self.symbols = symbols.tobytes()
        tokens = torch.from_numpy(np.searchsorted(symbols, places))
        self.train, self.validation = tokens[:-kept], tokens[-kept:]

    @property
    def vocab(self):
        """Number of distinct bytes."""
        return len(self.symbols)


def topics():
    """The help texts that every Python carries, about 465,000 bytes."""
    from pydoc_data.topics import topics as texts
    return "\n".join(texts[name] for name in sorted(texts))


def library():
    """The sources of the running Python's standard library, as one text.

    What lies where, and in which order a folder lists it, changes nothing.
    """
    root = Path(sysconfig.get_paths()["stdlib"])
    files = sorted((path.relative_to(root) for path in root.rglob("*.py")),
                   key=lambda path: path.parts)
    return "\n".join((root / path).read_text("utf-8", errors="replace")
                     for path in files
                     if not {"site-packages", "test"} & {*path.parts})
