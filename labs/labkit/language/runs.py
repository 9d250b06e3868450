"""Train and examine language models of one size; see ``train_size``.

A *task* is a language and the network that models it: ``rules`` (the layered
rules, MLP), ``standard`` (the same in the standard parameterisation),
``shuffled`` (the same tokens in random order), ``short`` (layered rules of
which the short ones speak most often), ``topics`` and ``library`` (real
texts, GPT). Tasks that begin with ``parts`` are examined rule by rule
(``exams.parts_exam``); ``parts second`` has other rules, drawn anew;
``ngrams`` is ``topics``, examined by what n-grams foretell. The path of a
text file is a task, too.
"""
from functools import cache, lru_cache, partial
from math import inf
from pathlib import Path

import pandas as pd
import torch

from labkit.axes import Axes
from labkit.experiment import FIRST, Experiment, twice
from labkit.language.exams import markov_exam, parts_exam, text_exam
from labkit.language.files import read
from labkit.language.models import GPT, MLP
from labkit.language.ngrams import ngrams_exam
from labkit.language.texts import Markov, Text, library, topics
from labkit.language.train import log_grid, scheduled, train
from labkit.rows import best, distinct, lowest

BATCH = 128            # windows per step, MLP
CONTEXT = 64           # bytes per window, GPT
SEQUENCES = 16         # windows per step, GPT
OVERHEAD = 5_000       # parameters that cost as much as a step's overhead
ANCHOR = 2**16   # tokens at which a decaying rate is the one that was given
SHORT = (.15, .55, .25, .05)   # weights of the rules in the task "short"


@cache
def language(weights=None, draw=None):
    """The layered rules with these weights, made only once.

    The seed ``draw`` draws other tables than the usual ones.
    """
    return Markov(weights=weights, **{} if draw is None else {"seed": draw})


@lru_cache(maxsize=16)
def sample(weights, tokens, seed, draw=None):
    """A text in that language, kept for the next size that reads it."""
    return language(weights, draw).sample(tokens, seed)


def markov_setup(width, unique, seeds, parameterisation="mup",
                 shuffled=False, weights=None, draw=None, exam=markov_exam):
    """An MLP, its corpora and its exam, on the layered rules.

    Returns the model, a function that gives the corpora (member, tokens) and
    a function of these that gives the exam. ``shuffled`` puts the tokens of
    each corpus in random order: the same tokens, with nothing left to learn
    but how frequent each is. ``exam`` is one of those of ``exams``.
    """
    source = language(weights, draw)

    def corpus(seed):
        text = sample(weights, unique + source.order, seed, draw)
        if shuffled:
            order = torch.Generator().manual_seed(seed)
            text = text[torch.randperm(len(text), generator=order)]
        return text

    model = MLP(source.vocab, source.order, width, seeds, parameterisation)
    return (model, lambda: torch.stack([*map(corpus, seeds)]),
            partial(exam, source, shuffled=shuffled))


def text_setup(source, width, unique, seeds, exam=text_exam):
    """The same for a GPT on parts of a real text, the Text ``source()``."""
    text = source()
    spare = len(text.train) - unique - 1
    if spare < 1:
        raise ValueError(f"unique is {unique}; this text has "
                         f"{len(text.train)} bytes to train on")
    starts = [seed * unique % spare for seed in seeds]
    model = GPT(text.vocab, CONTEXT, width, seeds)
    return (model, lambda: torch.stack([text.train[i:i + unique + 1]
                                        for i in starts]),
            partial(exam, model, text=text))


@cache
def _tokens(source):
    """A text of Python's own, made into tokens only once."""
    return Text(source())


parts_setup = partial(markov_setup, exam=parts_exam)
TASKS = {   # name -> (setup, windows per step)
    "rules": (markov_setup, BATCH),
    "standard": (partial(markov_setup, parameterisation="standard"), BATCH),
    "shuffled": (partial(markov_setup, shuffled=True), BATCH),
    "short": (partial(markov_setup, weights=SHORT), BATCH),
    "parts": (parts_setup, BATCH),
    "parts standard": (partial(parts_setup, parameterisation="standard"),
                       BATCH),
    "parts shuffled": (partial(parts_setup, shuffled=True), BATCH),
    "parts short": (partial(parts_setup, weights=SHORT), BATCH),
    "parts second": (partial(parts_setup, draw=1), BATCH),
    "topics": (partial(text_setup, partial(_tokens, topics)), SEQUENCES),
    "library": (partial(text_setup, partial(_tokens, library)), SEQUENCES),
    "ngrams": (partial(text_setup, partial(_tokens, topics),
                       exam=ngrams_exam), SEQUENCES),
}


def setting(task):
    """The setup of a task and its windows per step.

    A file is found by its path in whatever process trains on it. Raises
    ValueError for a task that is neither in the list nor a text file.
    """
    if task in TASKS:
        return TASKS[task]
    if not Path(task).suffix:
        raise ValueError(f"task is {task!r}; allowed are {list(TASKS)} or "
                         "the path of a text file")
    return partial(text_setup, lambda: Text(read(task))), SEQUENCES


def axes(task, width, unique):
    """The axes of a run of one size; ValueError for bad settings."""
    setup, batch = setting(task)
    if unique < 1:
        raise ValueError(f"unique is {unique}; at least 1 is needed")
    model, _, _ = setup(width, unique, [0])
    step = batch * model.predicted
    if unique % step:
        raise ValueError(f"unique is {unique}; allowed are multiples of the "
                         f"{step} tokens of one step")
    return Axes(batch, model.predicted, unique, model.size())


def cost(task, width, unique, epochs, lrs, seeds, weight_decay=0.0,
         schedule="constant", first=8, **labels):
    """About how long a cell takes, in parameters times tokens.

    Raises ValueError, with the name of the setting, for what cannot be.
    """
    twice("lrs", lrs)
    if not (seeds and lrs and all(0 < lr < inf for lr in lrs)
            and 0 <= weight_decay < inf):
        raise ValueError(f"seeds is {seeds}, lrs {lrs}, weight_decay "
                         f"{weight_decay}; allowed are at least one seed, "
                         "learning rates above 0 and a decay of 0 or more")
    a = axes(task, width, unique)
    if a.steps(epochs) < 1:
        raise ValueError(f"epochs is {epochs}; that is less than one step")
    log_grid(a.steps(epochs), first)
    scheduled(schedule)
    tokens = a.tokens(a.steps(epochs)) * len(seeds) * len(lrs)
    return tokens * (a.parameters + OVERHEAD)


def decaying(task, width, unique, epochs, lrs, scaled=True):
    """The settings of a run whose rate falls to zero, examined at its end.

    Longer runs want smaller rates: if ``scaled``, the rates start at ``lrs``
    times the root of ANCHOR / tokens, rounded to three digits.
    """
    steps = axes(task, width, unique).steps(epochs)
    scale = (ANCHOR / (unique * epochs)) ** 0.5 if scaled else 1
    return dict(task=task, width=width, unique=unique, epochs=epochs,
                lrs=[float(f"{lr * scale:.3g}") for lr in lrs],
                schedule="linear", first=steps)


def train_size(task, width, unique, epochs, lrs, seeds, weight_decay=0.0,
               schedule="constant", first=8, device="cpu", advance=None,
               **labels):
    """Train one size, all seeds and learning rates at once; tidy rows.

    ``unique`` are the tokens of a corpus; for the rest see ``train.train``.
    Columns: the ``labels``, size (width), parameters, unique, weight_decay,
    lr, seed, step, epoch, tokens, flops, seconds, quantity ("train" or
    "validation", or what else the exam gives) and value (loss in nats per
    token; NaN once diverged).
    """
    a = axes(task, width, unique)
    members = [(seed, lr) for lr in lrs for seed in seeds]
    order = [seed for seed, _ in members]
    rates = torch.tensor([lr for _, lr in members], device=device)
    setup, batch = setting(task)
    model, corpora, exam = setup(width, unique, order)
    model, corpora = model.to(device), corpora().to(device)
    history = train(model, corpora, rates, batch=batch,
                    steps=a.steps(epochs), seeds=order,
                    weight_decay=weight_decay, schedule=schedule,
                    first=first, evaluate=exam(corpora), advance=advance)
    return pd.DataFrame([
        dict(**labels, size=width, parameters=a.parameters, unique=unique,
             weight_decay=weight_decay, lr=lr, seed=seed,
             step=step, epoch=a.epoch(step), tokens=a.tokens(step),
             flops=a.flops(step), seconds=seconds, quantity=quantity,
             value=value)
        for step, seconds, evaluation in history
        for quantity, values in evaluation.items()
        for (seed, lr), value in zip(members, values.tolist())])


class Runs(Experiment):
    """An experiment that trains language models; see ``train_size``.

    Unlike other experiments it takes the threads that torch has, and uses
    a GPU if that is its device.
    """

    def __init__(self, name, sizes, cells, batches=(FIRST,)):
        super().__init__(name, sizes, train_size, cost, cells, batches)

    def run(self, budget="quick", *more, workers=1, device="cpu", **changes):
        """The same; on a GPU one cell at a time, as one fills it."""
        workers = 1 if device == "cuda" else workers
        return super().run(budget, *more, workers=workers, device=device,
                           **changes)

    def rows(self, advance=None, device="cpu", **cell):
        """The rows of one cell."""
        return train_size(**cell, device=device, advance=advance)


def with_excess(rows, weights=None):
    """The rows with a column ``excess``: the loss minus the entropy.

    ``weights`` are those of the layered rules that the rows are about.
    """
    return rows.assign(excess=rows.value - language(weights).entropy)


def tuned(rows):
    """The rows at the best learning rate of each size and each corpus.

    The best rate is the one with the lowest validation loss anywhere along
    the run, as the mean over the seeds, of the rates at which no seed
    diverges; the lowest rate if there is none. Raises ValueError for rows
    without labels and for those that are there twice.
    """
    keys = ["experiment", "unique", "weight_decay", "size"]
    distinct(rows, *keys, "lr", "seed", "step", "quantity")
    along = rows[rows.quantity == "validation"].groupby(
        [*keys, "lr", "seed"]).value.agg(lowest)
    mean = along.groupby([*keys, "lr"]).agg(
        lambda seeds: seeds.mean(skipna=False))
    return rows.set_index([*keys, "lr"]).loc[best(mean, *keys)].reset_index()
