r"""What the statistics of a text's n-grams foretell, and an exam by that.

After the k bytes :math:`c_k` that came last, they give the byte x the
probability

.. math:: p_k(x \mid c_k) = \frac{n(c_k x) + S\, p_{k-1}(x \mid c_{k-1})}
          {n(c_k) + S},

with n how often the training text has these bytes in a row, S = SMOOTH, and
:math:`p_0` the frequency of x. They *foretell* where some byte gets at least
the probability SURE. A place belongs to the shortest :math:`c_k` that
foretells there, whatever comes next, or else to none.

Places are no pieces of knowledge. What a model itself knows is split by how
many of the last bytes it *rests on*, as ``exams.parts_exam`` does: let q_k
be what it says, averaged over all places with the same last k bytes, and
:math:`L_k` the cross-entropy of that. Then :math:`L_{k-1} - L_k` is what the
k-th last byte adds, in nats, and what is left down to the model's loss rests
on more bytes. With :math:`\ln V - L_0` for the frequencies they sum up to
:math:`\ln V` minus the loss.
"""
from functools import lru_cache

import torch

SMOOTH = 5     # times that a context must come before its counts weigh half
SURE = 0.5     # probability of the likeliest byte
LONGEST = 4    # bytes of a context
WINDOWS = 256  # of the held-out text
TINY = torch.finfo(torch.float32).tiny   # for a softmax that gives zero
NAMES = ("1 byte", *(f"{k} bytes" for k in range(2, LONGEST + 1)), "none")
KNOWN = "frequencies", "last byte", "last two", "last three", "more"


def likely(train, contexts, vocab):
    """Yield p_k of every byte, k = 1 ... of the ``contexts``, as above.

    ``train`` (tokens,) is the text to count in, ``contexts`` (places,
    bytes) are what comes before each place; the shape is (places, vocab).
    """
    p = torch.bincount(train, minlength=vocab).double() / len(train)
    for k in range(1, contexts.shape[1] + 1):
        count = followers(train, contexts[:, -k:], vocab)
        p = (count + SMOOTH * p) / (count.sum(1, keepdim=True) + SMOOTH)
        yield p


def followers(train, contexts, vocab):
    """How often each byte follows each of the contexts: (places, vocab)."""
    k = contexts.shape[1]
    digits = vocab ** torch.arange(k, -1, -1)
    known, times = (train.unfold(0, k + 1, 1) * digits).sum(-1).unique(
        return_counts=True)
    asked = (contexts * digits[:-1]).sum(-1)[:, None] + torch.arange(vocab)
    place = torch.searchsorted(known, asked).clamp_max(len(known) - 1)
    return times[place] * (known[place] == asked)


def shortest(train, contexts, vocab):
    """The bytes of the shortest context that foretells, less one; (places,).

    Where none does, it is the number of bytes of the longest.
    """
    sure = torch.stack([p.amax(1) >= SURE
                        for p in likely(train, contexts, vocab)], 1)
    none = torch.ones(len(sure), 1, dtype=torch.bool)
    return torch.cat([sure, none], 1).int().argmax(1)


def alike(contexts, vocab):
    """Which places have the same context: their group, how many there are.

    ``contexts`` is (places, bytes), with no byte for one group of all; the
    groups and the number of places of each place's group are (places,).
    """
    digits = vocab ** torch.arange(contexts.shape[1])
    _, group, size = (contexts * digits).sum(-1).unique(
        return_inverse=True, return_counts=True)
    return group, size[group]


@lru_cache(maxsize=2)
def sorted_places(text, context):
    """The first held-out windows of a text, and its places of examination.

    These are where as many bytes have been seen as the longest context has.
    Returns the windows (windows, context + 1), the byte that comes at each
    place, its kind (places,), and what ``alike`` says by 0 ... bytes.
    """
    windows = text.validation.unfold(0, context + 1, context)[:WINDOWS]
    seen = windows.unfold(1, LONGEST + 1, 1).flatten(0, 1)
    before, comes = seen[:, :-1], seen[:, -1]
    return (windows, comes, shortest(text.train, before, text.vocab),
            [alike(before[:, LONGEST - k:], text.vocab)
             for k in range(len(KNOWN) - 1)])


def known(p, comes, groups):
    """Nats of each of KNOWN, from the predictions ``p`` (places, vocab)."""
    here = torch.arange(len(p), device=p.device)
    said = [p.new_full((len(p),), 1 / p.shape[1])]
    for group, size in groups:
        sums = torch.zeros_like(p).index_add_(0, group, p)
        said.append(sums[group, comes] / size)
    losses = torch.stack([-q.log().mean() for q in (*said, p[here, comes])])
    return dict(zip(KNOWN, -losses.diff()))


def ngrams_exam(model, corpora, text):
    """An exam like ``exams.text_exam``, by what n-grams of ``text`` foretell.

    "validation" is the mean loss over all places of ``sorted_places``, and
    each of NAMES that over those of one kind, NaN if there are none: all is
    the mean of the kinds, weighted by the number of their places. KNOWN are
    the nats of what the model knows.
    """
    windows, comes, kind, groups = sorted_places(text, model.context)
    device = corpora.device
    windows, comes, kind = (part.to(device) for part in (windows, comes, kind))
    groups = [(group.to(device), size.to(device)) for group, size in groups]

    def one(p):
        nats = -p[torch.arange(len(p), device=device), comes].log()
        return {"validation": nats.mean()} | {
            name: nats[kind == k].mean() for k, name in enumerate(NAMES)
        } | known(p, comes, groups)

    def evaluate(model):
        logits = model(windows[:, :-1].expand(model.members, -1, -1))
        members = [one(p) for p in logits[:, :, LONGEST - 1:].flatten(
            1, 2).softmax(-1).clamp_min(TINY)]
        return {name: torch.stack([each[name] for each in members])
                for name in members[0]}

    return evaluate
