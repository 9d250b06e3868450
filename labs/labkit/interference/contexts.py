r"""Gradients of single contexts of a language model, and how opposed they are.

The MLP computes :math:`h_a = \mathrm{relu}(\sum_r F_{ar} E_r)` for the
context a, where E are the rows of its tables and its bias, and F says which
of them a context reads; its logits are :math:`h_a W`. With the target
:math:`p_a`, a distribution, and :math:`d_a = \mathrm{softmax}(h_a W) - p_a`
the gradients are outer products: :math:`h_a d_a^\top` for W, and
:math:`b_a = (d_a W^\top) [h_a > 0]` for each row that is read. So

.. math:: \langle g_a, g_b \rangle = (h_a h_b^\top) (d_a d_b^\top)
          + (F F^\top)_{ab}\, (b_a b_b^\top)

without a gradient being formed. Source of the cancellations: Mircea et al.
2025.
"""
import numpy as np
import torch

MANY = 256    # contexts in a sample


class Sample:
    """MANY contexts of a language, drawn by their probabilities.

    ``reads`` is F, (contexts, rows of the tables and the bias); ``targets``
    are {name: (contexts, vocab)}: "true", the distribution of the next
    token, and "sampled", one token drawn from it. Always the same for a
    ``source``; the numbers of the contexts are ``drawn``.
    """

    def __init__(self, source):
        rng = np.random.default_rng(0)
        drawn = rng.choice(len(source.stationary), MANY, p=source.stationary)
        true = torch.tensor(source.transition[drawn], dtype=torch.float32)
        tokens = source.contexts()[drawn]
        places = torch.nn.functional.one_hot(tokens, source.vocab).flatten(1)
        self.drawn = torch.tensor(drawn)
        self.reads = torch.cat([places, torch.ones(MANY, 1)], 1)
        one = torch.multinomial(true, 1,
                                generator=torch.Generator().manual_seed(0))
        self.targets = {"true": true,
                        "sampled": torch.zeros_like(true).scatter(1, one, 1)}

    def losses(self, logits):
        """Cross-entropy of each context, nats: {target: (..., contexts)}."""
        return {name: -(logits.log_softmax(-1) * target).sum(-1)
                for name, target in self.targets.items()}


def hidden(model, reads):
    """What the hidden units say of each context: (member, contexts, width)."""
    return (reads @ torch.cat([model.embed, model.bias], 1)).relu()


def misses(logits, target):
    """The gradient of each context's loss by its logits, like ``logits``."""
    return logits.softmax(-1) - target


def backward(model, h, d):
    """The gradient by each row that a context reads: (member, n, width)."""
    return d @ model.head.mT * (h > 0)


def products(reads, h, d, b):
    """Inner products of the contexts' gradients: (member, n, n)."""
    return h @ h.mT * (d @ d.mT) + reads @ reads.T * (b @ b.mT)


def lengths(inner):
    """Lengths of the gradients, (member, n), of their inner products."""
    return inner.diagonal(0, -2, -1).clamp(min=0).sqrt()


def cosines(inner):
    """Cosines of all pairs, (member, n, n), of the gradients' products.

    A gradient that is zero is at right angles to all: a context that turns
    no unit on opposes nobody.
    """
    length = lengths(inner)
    length = length.clamp(min=torch.finfo(length.dtype).tiny**0.5)
    return inner / length[..., None] / length[..., None, :]


def of_pairs(matrix):
    """The mean over pairs of different places: (..., n, n) to (...)."""
    n = matrix.shape[-1]
    within = matrix.diagonal(0, -2, -1).sum(-1)
    return (matrix.sum((-2, -1)) - within) / (n * (n - 1))


def opposed(angles):
    """Share of the pairs that are opposed, NaN if one is: (member,)."""
    return of_pairs((angles < 0) + 0 * angles)


def cancelled(whole, parts):
    r"""What is lost as parts cancel: :math:`1 - |\sum_a x_a| / \sum_a |x_a|`.

    ``whole`` is the length of the sum and ``parts`` the sum of the lengths.
    """
    return 1 - whole / parts


def small_step(inner):
    """How far the effects of a small step on the contexts' losses cancel.

    Of a step against the mean gradient, to first order: (member,).
    """
    effects = inner.sum(-1)
    return cancelled(effects.sum(-1).abs(), effects.abs().sum(-1))


def by_weight(reads, h, d, b):
    """How far the gradients cancel weight by weight: (member,).

    Absolute values of all weights, added up, instead of lengths.
    """
    def total(size, h, d, b):
        return size(h.mT @ d).sum((1, 2)) + size(reads.T @ b).sum((1, 2))

    return cancelled(total(torch.abs, h, d, b),
                     total(lambda x: x, h.abs(), d.abs(), b.abs()))


def opposition(model, sample, target):
    """How opposed the gradients of the sample's contexts are.

    {name: (member,)}. "cancelled": in their sum; "random": the same for
    gradients as long in directions drawn at random, in any large number of
    dimensions; "opposed": share of pairs, and "errors" that of the errors d
    alone, without a hidden layer; "cosine" and "size": the mean of the
    cosines and of their absolute values. See ``by_weight``, ``small_step``.
    """
    reads, h = sample.reads, hidden(model, sample.reads)
    d = misses(h @ model.head, target)
    b = backward(model, h, d)
    inner = products(reads, h, d, b)
    length, angles = lengths(inner), cosines(inner)
    total = length.sum(-1)
    return {
        "cancelled": cancelled(
            inner.sum((1, 2)).clamp(min=0).sqrt(), total),
        "random": cancelled(length.norm(dim=-1), total),
        "opposed": opposed(angles), "errors": opposed(cosines(d @ d.mT)),
        "cosine": of_pairs(angles), "size": of_pairs(angles.abs()),
        "by_weight": by_weight(reads, h, d, b),
        "small_step": small_step(inner)}


def zero_sum(before, after):
    """How far changes of the contexts' losses cancel, and their mean size.

    Of losses (member, contexts); "zero_sum" times "moved", taken from
    "moved", is the size of the change of the mean loss.
    """
    change = after - before
    size = change.abs().sum(-1)
    return {"zero_sum": cancelled(change.sum(-1).abs(), size),
            "moved": size / change.shape[-1]}
