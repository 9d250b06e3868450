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
        if (model.vocab, model.context) != (source.vocab, source.order):
            raise ValueError(
                f"model has vocab {model.vocab} and context {model.context}; "
                f"allowed are {source.vocab} and {source.order}, the vocab "
                "and the order of the language")
        widest = max(model.width, model.vocab)
        train, validation, start = 0, 0, 0
        for logits in model.everywhere(CACHE // (model.members * widest)):
            likely = logits.log_softmax(-1).flatten(1)
            part = slice(start, start := start + likely.shape[1])
            validation -= (likely * true[part]).sum(1)
            train -= (likely * seen[:, part]).sum(1)
        return {"train": train, "validation": validation}

    return evaluate


def text_exam(model, corpora, held_out):
    """The same for real text, on the first windows of either part.

    ``held_out`` is the text to validate on, the same for all members.
    """
    def windows(text):
        return text.unfold(-1, model.context + 1, model.predicted)[:, :EXAM]

    parts = {"train": windows(corpora), "validation": windows(
        held_out.to(corpora.device).expand(len(corpora), -1))}
    return lambda model: {name: losses(model, part)
                          for name, part in parts.items()}
