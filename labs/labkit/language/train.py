"""The training loop: all members of one size at once, by AdamW."""
import time

import torch
import torch.nn.functional as F

from labkit.device import flushed
from labkit.language import backward
from labkit.language.models import MLP
from labkit.members.adam import BETAS, EPS

MANY = 16     # batches that are gathered at once, which is faster


def log_grid(steps, first=8, per_octave=3):
    """Steps at which to evaluate: 0, ``first``, ... ``per_octave`` to double.

    The last step is one of them. But for it, longer runs are evaluated at
    the steps of shorter ones, too. Raises ValueError for less than one step.
    """
    if steps < 1 or first < 1:
        raise ValueError(f"steps is {steps} and first {first}; at least 1 "
                         "is needed")
    grid, k = {0, steps}, 0
    while (step := round(first * 2 ** (k / per_octave))) < steps:
        grid.add(step)
        k += 1
    return sorted(grid)


class AdamW:
    r"""AdamW with a learning rate for each member and parameter.

    .. math:: \theta \leftarrow (1 - \eta_m \lambda)\,\theta
              - \eta_m f_p \hat m / (\sqrt{\hat v} + \epsilon)

    with :math:`\eta_m` the member's learning rate and :math:`f_p` the
    parameter's factor (``models.rule``). The model's parameters and
    gradients become views of the vectors ``flat`` and ``gradient``. torch's
    fused AdamW has one rate for all. So it updates the vector ``scaled``, at
    rate one; times the rates, this is ``flat``.
    Source: Loshchilov & Hutter 2019.
    """

    def __init__(self, model, lr, weight_decay=0.0):
        parameters = list(model.parameters())
        self.flat = torch.cat([p.detach().flatten() for p in parameters])
        self.gradient = torch.zeros_like(self.flat)
        self.rate = torch.empty_like(self.flat)
        self.decay = torch.empty_like(self.flat)
        start = 0
        for p in parameters:
            part = slice(start, start := start + p.numel())
            p.data = self.flat[part].view_as(p)
            p.grad = self.gradient[part].view_as(p)
            per_member = lr.to(p).view(-1, *[1] * (p.ndim - 1)).expand_as(p)
            self.rate[part] = p.factor * per_member.flatten()
            self.decay[part] = -weight_decay * per_member.flatten()
        self.decays = weight_decay > 0
        self.scaled = self.flat / self.rate
        self.moments = [torch.zeros_like(self.flat) for _ in range(2)]
        self.steps = torch.zeros((), device=self.flat.device)

    @torch.no_grad()
    def step(self, factor=1.0):
        """Update the parameters by the gradient, then set it to zero.

        ``factor`` multiplies the learning rates in this step; it is a
        number, or a tensor on a GPU.
        """
        if self.decays:
            self.scaled.addcmul_(self.scaled, self.decay * factor)
        self.steps += 1
        mean, second = self.moments
        # what torch.optim.AdamW(fused=True) calls after its checks
        torch._fused_adamw_(
            [self.scaled], [self.gradient], [mean], [second], [],
            [self.steps], lr=factor, beta1=BETAS[0], beta2=BETAS[1], eps=EPS,
            weight_decay=0, amsgrad=False, maximize=False)
        torch.mul(self.scaled, self.rate, out=self.flat)
        self.gradient.zero_()


# The factor of the learning rates, by the share of the run that is done, from
# 0 to below 1: it stays one, or falls to zero.
SCHEDULES = {"constant": lambda share: 1.0,
             "linear": lambda share: 1.0 - share}


def chunks(windows, batch, seeds):
    """Yield batches without end, several at once.

    ``windows`` is (member, n, window), n a multiple of ``batch``; yields
    (steps, member, batch, window). For each epoch, each member's windows
    are shuffled anew, by the member's seed. Members with the same seed see
    theirs in the same order. Raises ValueError for another n.
    """
    m, n = windows.shape[:2]
    if n % batch:
        raise ValueError(f"there are {n} windows; allowed is a multiple of "
                         f"batch, {batch}")
    table = windows.reshape(m * n, -1)
    first = n * torch.arange(m)[:, None]
    generators = [torch.Generator().manual_seed(seed) for seed in seeds]
    while True:
        order = first + torch.stack([torch.randperm(n, generator=g)
                                     for g in generators])
        for part in order.to(windows.device).split(MANY * batch, dim=1):
            part = part.reshape(m, -1, batch).transpose(0, 1)
            yield table.index_select(0, part.flatten()).view(*part.shape, -1)


def batches(windows, batch, seeds):
    """Yield the batches of ``chunks`` singly: (member, batch, window)."""
    for chunk in chunks(windows, batch, seeds):
        yield from chunk


def losses(model, window):
    """Mean cross-entropy of each member in nats per token, shape (member,).

    ``window`` is (member, batch, context + 1). The model reads all but the
    last token of each; its predictions are compared with the last
    ``model.predicted`` tokens.
    """
    logits = model(window[..., :-1]).flatten(0, -2)
    targets = window[..., -model.predicted:]
    nats = F.cross_entropy(logits, targets.flatten(), reduction="none")
    return nats.view(len(window), -1).mean(1)


def by_autograd(model, optimiser, windows, batch, seeds):
    """Return a function that makes the next step of training, by autograd.

    Its argument multiplies the learning rates of that step.
    """
    stream = batches(windows, batch, seeds)

    def step(factor):
        losses(model, next(stream)).sum().backward()
        optimiser.step(factor)

    return step


def written_out(model, optimiser, windows, batch, seeds):
    """The same for the MLP on a CPU, by the gradient of ``backward``."""
    gradient = backward.Gradient(model, optimiser.flat, optimiser.gradient,
                               batch)
    stream = (bags for chunk in chunks(gradient.table(windows), batch, seeds)
              for bags in gradient.prepare(chunk))

    def step(factor):
        gradient(*next(stream))
        optimiser.step(factor)

    return step


def captured(model, optimiser, windows, batch, seeds):
    """The same on a GPU, by a CUDA graph: recorded once, then replayed."""
    stream = batches(windows, batch, seeds)
    window = torch.empty_like(windows[:, :batch])
    factors = torch.ones((), device=window.device)
    window.copy_(windows[:, :batch])
    side = torch.cuda.Stream()
    side.wait_stream(torch.cuda.current_stream())
    with torch.cuda.stream(side):    # warm up: some things are set up lazily
        for _ in range(3):
            losses(model, window).sum().backward()
    torch.cuda.current_stream().wait_stream(side)
    optimiser.gradient.zero_()
    graph = torch.cuda.CUDAGraph()
    with torch.cuda.graph(graph):    # this is recorded, and does not run
        losses(model, window).sum().backward()
        optimiser.step(factors)

    def step(factor):
        window.copy_(next(stream))
        factors.fill_(factor)
        graph.replay()

    return step


def scheduled(schedule):
    """The factor of a schedule; ValueError for one that there is not."""
    if schedule not in SCHEDULES:
        raise ValueError(f"schedule is {schedule!r}; allowed are "
                         f"{list(SCHEDULES)}")
    return SCHEDULES[schedule]


def cut(model, corpora, batch):
    """Cut each member's text into windows: (member, n, context + 1).

    Raises ValueError unless they make a whole number of batches.
    """
    if batch < 1 or corpora.shape[1] <= model.context:
        raise ValueError(f"batch is {batch} and corpora has "
                         f"{corpora.shape[1]} tokens; at least 1 and "
                         f"{model.context + 1} are needed")
    windows = corpora.unfold(1, model.context + 1, model.predicted)
    if windows.shape[1] % batch:
        raise ValueError(f"corpora gives {windows.shape[1]} windows; allowed "
                         f"is a multiple of batch, {batch}")
    return windows


def stepper(model, corpora, lr, batch, seeds, weight_decay):
    """Check the arguments; return the fastest function that makes a step."""
    for name, value in dict(corpora=corpora, lr=lr, seeds=seeds).items():
        if len(value) != model.members:
            raise ValueError(f"{name} has {len(value)} entries; the model "
                             f"has {model.members} members")
    if not (weight_decay >= 0 and bool((lr > 0).all())):
        raise ValueError(f"weight_decay is {weight_decay} and lr "
                         f"{lr.tolist()}; allowed are >= 0 and > 0")
    make_step = (captured if corpora.is_cuda else
                 written_out if isinstance(model, MLP) else by_autograd)
    return make_step(model, AdamW(model, lr, weight_decay),
                     cut(model, corpora, batch), batch, seeds)


@flushed()
def train(model, corpora, lr, *, batch, steps, seeds, evaluate,
          weight_decay=0.0, schedule="constant", first=8, advance=None):
    """Train all members; return a list of (step, seconds, evaluation).

    ``corpora`` (member, tokens) is each member's text, ``lr`` (member,) its
    learning rate; ``seeds`` say in which order members see their text. It is
    repeated after an epoch. ``schedule``, a key of SCHEDULES, says how the
    rates change along the run. ``evaluate(model)`` is called at the steps of
    ``log_grid(steps, first)``; ``seconds`` counts training only, divided by
    the number of members. ``advance(share)``, if given, is called with each
    further part of the run that is done. Raises ValueError, with the name of
    the argument, for what cannot be.
    """
    grid, factor = log_grid(steps, first), scheduled(schedule)
    step_with = stepper(model, corpora, lr, batch, seeds, weight_decay)
    done, seconds, history = 0, 0.0, []
    for point in grid:
        start = time.perf_counter()
        for step in range(done, point):
            step_with(factor(step / steps))
        if corpora.is_cuda:
            torch.cuda.synchronize()
        seconds += time.perf_counter() - start
        if advance:
            advance((point - done) / steps)
        done = point
        with torch.no_grad():
            history.append((point, seconds / model.members, evaluate(model)))
    return history
