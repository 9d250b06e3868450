"""Exams: what a model's loss is, exactly or on as many windows each time."""
import torch

from labkit.language.train import losses

EXAM = 128      # windows of real text
CACHE = 2**19   # activations that a processor's cache holds


def markov_exam(source, corpora, shuffled=False):
    """Return a function that gives a model's exact losses.

    They are {"train": (member,), "validation": (member,)}, in nats per
    token. The validation loss is the mean over all contexts, weighted by
    their probabilities in the ``source`` (or in its ``shuffled`` tokens), so
    it has no sampling noise. The training loss is the mean over all places
    of the member's own corpus. Both are computed as sums over a table
    (contexts, vocab): its probabilities times the nats of its cells. A sum
    of a million such small terms loses the fourth decimal in a product of
    matrices, which adds them up in a row; ``sum`` adds them in pairs. The
    function raises ValueError for a model of other contexts or tokens.
    """
    true = source.independent if shuffled else source.joint
    true = torch.tensor(true).to(corpora.device, torch.float32).flatten()
    seen = torch.stack([torch.bincount(code, minlength=len(true)) / len(code)
                        for code in source.codes(corpora)])

    def evaluate(model):
        train, validation, start = 0, 0, 0
        for likely in predictions(model, source):
            part = slice(start, start := start + likely[0].numel())
            validation -= (likely.flatten(1) * true[part]).sum(1)
            train -= (likely.flatten(1) * seen[:, part]).sum(1)
        return {"train": train, "validation": validation}

    return evaluate


def predictions(model, source):
    """Yield ln q(x | context) for parts of the contexts, in their order.

    A part has the shape (member, contexts, vocab). Raises ValueError for a
    model of other contexts or tokens than the ``source`` has.
    """
    if (model.vocab, model.context) != (source.vocab, source.order):
        raise ValueError(
            f"model has vocab {model.vocab} and context {model.context}; "
            f"allowed are {source.vocab} and {source.order}, the vocab "
            "and the order of the language")
    widest = max(model.width, model.vocab)
    for logits in model.everywhere(CACHE // (model.members * widest)):
        yield logits.log_softmax(-1)


def parts_exam(source, corpora, shuffled=False):
    r"""Split what a model knows of the language by rule, exactly.

    Of a model q, let :math:`q_k(x \mid c_k) = \sum_c p(c \mid c_k) q(x
    \mid c)`, the sum over all contexts c that end in the k tokens
    :math:`c_k`: what it says if the older tokens are not known. Its
    cross-entropy is :math:`L_k`, with :math:`L_3` the validation loss (for
    rules of up to three tokens). "rule 0", what is known of how frequent
    tokens are, is :math:`\ln V - L_0` nats per token; "rule k", what the
    k-th last token adds to that, is :math:`L_{k-1} - L_k`. So the rules sum
    up to :math:`\ln V` minus the loss. A wrong opinion is less than zero.

    Returns a function as ``markov_exam`` does; instead of "train" it gives
    these parts.
    """
    p = torch.tensor(source.independent if shuffled else source.joint)
    p = p.to(corpora.device)
    weight = p.sum(1).float()[:, None]   # of each context
    true = p.float()
    margins = [p.view(-1, source.vocab**k, source.vocab).sum(0)
               for k in range(source.order)]
    ends = torch.arange(len(p), device=p.device) % len(margins[-1])

    def evaluate(model):
        validation, start = 0, 0
        shorter = weight.new_zeros(model.members, *margins[-1].shape)
        for likely in predictions(model, source):
            part = slice(start, start := start + likely.shape[1])
            validation -= (likely * true[part]).sum((1, 2)).double()
            shorter.index_add_(1, ends[part], likely.exp() * weight[part])
        shorter = shorter.double()
        losses = [_cross_entropy(margin, shorter) for margin in margins]
        nats = [torch.full_like(validation, source.vocab).log(), *losses,
                validation]
        return {"validation": validation} | {
            f"rule {k}": above - below
            for k, (above, below) in enumerate(zip(nats, nats[1:]))}

    return evaluate


def _cross_entropy(true, joint):
    """Of a true table (contexts, vocab) and those of the members, as long.

    ``joint`` (member, longer contexts, vocab) is summed up over what is
    older, and made conditional.
    """
    table = joint.view(len(joint), -1, *true.shape).sum(1)
    given = table / table.sum(-1, keepdim=True)
    tiny = torch.finfo(torch.float32).tiny    # where exp() gave a zero
    return -(true * given.clamp_min(tiny).log()).sum((1, 2))


def text_exam(model, corpora, text):
    """The same for real text, on the first windows of either part.

    What is held out of the ``text`` is the same for all members.
    """
    def windows(text):
        return text.unfold(-1, model.context + 1, model.predicted)[:, :EXAM]

    parts = {"train": windows(corpora), "validation": windows(
        text.validation.to(corpora.device).expand(len(corpora), -1))}
    return lambda model: {name: losses(model, part)
                          for name, part in parts.items()}
