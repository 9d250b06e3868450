"""Taught: what can a size hold that is told the probabilities themselves?

A net trained on a text may lack text, luck or room. Here it lacks room only:
every step shows it all contexts, each weighted by its probability in the
language, with the probabilities of the next token as target. These are those
of the language ("truth"), or what another net says that has read a text: one
four times as wide ("wide"), or one of the same width ("same"). "shuffled" are
those of the wide one dealt to other contexts: as many, and no rule in them.
Source: Hinton et al. 2015.
"""
import torch

from labkit.claims import claim, evidence
from labkit.cores import NATS
from labkit.device import flushed
from labkit.experiment import Experiment, check
from labkit.language import runs
from labkit.language.models import MLP
from labkit.language.train import AdamW, train
from labkit.rows import labelled, middle, of, wide
from labkit.rulings import plus

FACTOR = 4        # a wide net is so many times as wide
OTHER = 1000      # added to a seed for another start
READ_RATE = 0.01  # of a teacher, when it reads
TEACHERS = {"truth": None, "wide": FACTOR, "same": 1, "shuffled": FACTOR}
AT_ONCE = 2**11   # contexts

SIZES = {   # pupils of other teachers have the most steps
    "quick": {"widths": [8, 32], "steps": [30, 60], "pupils": [8],
              "teachers": ["wide"], "lr": .03, "unique": 6_400, "epochs": 4},
    "class": {"widths": [8, 32], "steps": [100, 200], "pupils": [8],
              "teachers": ["wide", "same", "shuffled"], "lr": .03,
              "unique": 12_800, "epochs": 6},
    "full": {"widths": [8, 32, 128, 512], "steps": [400, 800],
             "pupils": [8, 32, 128],
             "teachers": ["wide", "same", "shuffled"], "lr": .03,
             "unique": 51_200, "epochs": 6}}


def cells(widths, steps, pupils, teachers, lr, unique, epochs):
    """All widths told the truth, and the ``pupils`` of other teachers.

    For the text that these read, ``unique`` and ``epochs``, see ``reader``.
    """
    plan = [("truth", width, many) for width in widths for many in steps]
    plan += [(teacher, width, max(steps)) for width in pupils
             for teacher in teachers]
    return [dict(teacher=teacher, width=width, steps=many, lr=lr,
                 unique=unique, epochs=epochs)
            for teacher, width, many in plan]


def reader(width, corpora, starts, lr, unique, epochs):
    """MLPs that have read a text of the language; the rate falls to zero.

    ``corpora`` and ``starts`` are seeds, one a member: of its text and the
    order of its batches, and of its initial weights.
    """
    source = runs.language()
    model = MLP(source.vocab, source.order, width, starts)
    texts = torch.stack([runs.sample(None, unique + source.order, seed)
                         for seed in corpora])
    steps = runs.axes("rules", width, unique).steps(epochs)
    train(model, texts, torch.full((len(corpora),), lr), batch=runs.BATCH,
          steps=steps, seeds=corpora, schedule="linear", first=steps,
          evaluate=lambda model: None)
    return model


def said(model):
    """The log-probabilities at all contexts, member after member, in parts.

    Yields (contexts as a slice, (member, contexts, vocab)).
    """
    start = 0
    for logits in model.everywhere(AT_ONCE):
        part = slice(start, start := start + logits.shape[1])
        yield part, logits.log_softmax(-1)


def descend(model, target, weight):
    """Write the gradient of the mean cross-entropy into the parameters.

    ``target`` (member, contexts, vocab) and the ``weight`` of each context,
    (contexts,), which sum to one. By hand, and in parts that fit into a
    cache: autograd would keep the hidden units of all contexts.
    """
    v, w = model.vocab, model.width
    tables = model.embed.data.view(model.members, 3, v, w)
    into = model.embed.grad.view(model.members, 3, v, w)
    for m, (first, second, last) in enumerate(tables):
        head, z = model.head.data[m], model.bias.data[m]
        z = (z + first[:, None] + second).flatten(0, 1)   # two tokens before
        pull = torch.empty_like(z)
        rows = AT_ONCE // v
        for i in range(0, len(z), rows):
            part = slice(v * i, v * (i + rows))
            h = (z[i:i + rows, None] + last).flatten(0, 1).relu_()
            miss = (h @ head).softmax(-1).sub_(target[m, part])
            miss *= weight[part, None]
            model.head.grad[m].addmm_(h.mT, miss)
            back = (miss @ head.mT).mul_(h.sign_()).view(-1, v, w)
            torch.sum(back, 1, out=pull[i:i + rows])
            into[m, 2] += back.sum(0)
        model.bias.grad[m] = pull.sum(0)
        into[m, 0] = pull.view(v, v, w).sum(1)
        into[m, 1] = pull.view(v, v, w).sum(0)


@flushed()
@torch.no_grad()
def pupil(width, target, weight, lr, steps, seeds):
    """MLPs taught these targets by Adam; the rate falls to zero."""
    source = runs.language()
    model = MLP(source.vocab, source.order, width, seeds)
    adam = AdamW(model, torch.full((len(seeds),), lr))
    for step in range(steps):
        descend(model, target, weight)
        adam.step(1 - step / steps)
    return model


def above(logs, target, weight):
    """Nats by which a code for ``target`` is longer than need be: (member,).

    The divergence, the mean over the contexts by their ``weight``.
    """
    nats = torch.special.xlogy(target, target) - target * logs
    return (nats.sum(-1) * weight).sum(-1)


@torch.no_grad()
def lesson(teacher, width, seeds, unique, epochs):
    """The targets of a teacher for each seed: (member, contexts, vocab)."""
    if teacher == "truth":
        truth = torch.tensor(runs.language().transition).float()
        return truth.expand(len(seeds), -1, -1)
    model = reader(TEACHERS[teacher] * width, seeds,
                   [seed + OTHER for seed in seeds], READ_RATE, unique,
                   epochs)
    target = torch.cat([logs for _, logs in said(model)], 1).exp()
    if teacher == "shuffled":
        order = [torch.randperm(target.shape[1],
                                generator=torch.Generator().manual_seed(seed))
                 for seed in seeds]
        target = torch.stack([one[o] for one, o in zip(target, order)])
    return target


@torch.no_grad()
def measure(seeds, teacher, width, steps, lr, unique, epochs):
    """What pupils know and what their teachers do, in nats per token.

    ``excess`` of the pupil and ``taught`` that of its teacher are above the
    entropy of the language; ``apart`` is the divergence of the pupil from
    the teacher. With the truth, rows of ``nets`` other than 1 are about the
    mean of the probabilities of so many pupils.
    """
    source = runs.language()
    weight = torch.tensor(source.stationary).float()
    truth = torch.tensor(source.transition).float()
    target = lesson(teacher, width, seeds, unique, epochs)
    model = pupil(width, target, weight, lr, steps, seeds)
    found = torch.zeros(4, len(seeds))
    for part, logs in said(model):
        mean = logs.exp().mean(0).log()
        for number, (of_what, says) in zip(found, (
                (truth[part], logs), (truth[part], target[:, part].log()),
                (target[:, part], logs), (truth[part], mean))):
            number += above(says, of_what, weight[part])
    excess, taught, apart, together = found.tolist()
    row = dict(teacher=teacher, width=width, steps=steps, lr=lr)
    rows = [dict(row, seed=seed, nets=1, excess=a, taught=b, apart=c)
            for seed, a, b, c in zip(seeds, excess, taught, apart)]
    if teacher == "truth":
        rows += [dict(row, seed=seed, nets=len(seeds), excess=a, taught=0.0,
                      apart=a) for seed, a in zip(seeds, together)
                 if len(seeds) > 1]
    return rows


def cost(seeds, teacher, width, steps, lr, unique, epochs):
    """About how many seconds; ValueError for settings that cannot be."""
    check(seeds, width=width, steps=steps, lr=lr, epochs=epochs)
    if teacher not in TEACHERS:
        raise ValueError(f"teacher is {teacher!r}; allowed are "
                         f"{[*TEACHERS]}")
    read = runs.cost("rules", width, unique, epochs, [lr], seeds)
    return len(seeds) * steps * (6e-3 + 1.4e-4 * width) + 1e-10 * read


taught = Experiment("taught", SIZES, measure, cost, cells)
EXPERIMENTS = (taught,)
run = taught.run


# --- what the rows say ------------------------------------------------------

def told(rows, teacher, value="excess"):
    """One value of one teacher's pupils, at the most steps: seed x width."""
    rows = labelled(of(rows, "taught", teacher=teacher, nets=1), "steps")
    return wide(rows[rows.steps == rows.steps.max()], value)


def told_together(rows):
    """The excess of the mean of all pupils that are told the truth."""
    rows = labelled(of(rows, "taught", teacher="truth"), "nets", "steps")
    rows = rows[rows.nets > 1]
    return wide(rows[rows.steps == rows.steps.max()], "excess")


def last_doubling(rows):
    """Nats that doubling the steps takes off, at the truth: seed x width."""
    rows = of(rows, "taught", teacher="truth", nets=1)
    fewer, more = sorted(labelled(rows, "steps").steps.unique())[-2:]
    table = wide(rows, "excess", ["steps", "width"])
    return table[fewer] - table[more]


# --- the claims -------------------------------------------------------------

def cannot_hold(rows):
    """Does a pupil stay above a teacher four times as wide, at all widths?"""
    gap = told(rows, "wide") - told(rows, "wide", "taught")
    return evidence(gap.min(axis=1, skipna=False), plus(NATS))


CLAIMS = [
    claim("C22f", "A narrow model cannot hold what a wide one has found, even "
          "if it is told all of it.", cannot_hold,
          "taught all that a network four times as wide says, a narrow one "
          "stays at least {effect} nats above it", "hinton2015distilling"),
]

FIGURES = {}
TABLES = {}


def facts(tables):
    """What the prose quotes, rounded as it quotes it; nats."""
    rows = tables["taught"]
    gap = {teacher: (told(rows, teacher) - told(rows, teacher, "taught")).agg(
        middle) for teacher in ("wide", "same")}
    learned = (told(rows, "same", "taught") - told(rows, "wide")).agg(middle)
    return {
        "told_doubling": f"{last_doubling(rows).agg(middle).max():.3f}",
        "pupil_gap": named(gap["wide"], ".2f"),
        "pupil_same": f"{gap['same'].max():.3f}",
        "pupil_gain": named(learned, ".2f"),
    }


def named(values, form):
    """{"w8": "0.25", ...}: a value for each width, as prose quotes it."""
    return {f"w{width}": format(value, form)
            for width, value in values.items()}
