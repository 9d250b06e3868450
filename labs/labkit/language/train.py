"""One loop that trains all members of one size at once."""
import time

import torch
import torch.nn.functional as F

from labkit.language import backward
from labkit.language.models import MLP
from labkit.members.adam import BETAS, EPS

MANY = 16     # batches that are put together at once


def log_grid(steps, first=8, per_octave=3):
    """Steps at which to evaluate: 0, ``first``, about 3 per doubling, last.

    The grid up to a step does not depend on how long the run goes on.
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
    parameter's factor (``models.rule``). All parameters are views of one
    flat vector. torch's fused AdamW knows one rate only: it steps at rate
    one in a vector of its own, which times the rates gives the parameters.
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
        """Update the parameters from the gradient, then clear it.

        ``factor`` multiplies the learning rates, in this step only; a
        number, or a tensor on a GPU.
        """
        if self.decays:
            self.scaled.addcmul_(self.scaled, self.decay * factor)
        self.steps += 1
        mean, second = self.moments
        # what torch.optim.AdamW(fused=True) calls, without its preparations
        torch._fused_adamw_(
            [self.scaled], [self.gradient], [mean], [second], [],
            [self.steps], lr=factor, beta1=BETAS[0], beta2=BETAS[1], eps=EPS,
            weight_decay=0, amsgrad=False, maximize=False)
        torch.mul(self.scaled, self.rate, out=self.flat)
        self.gradient.zero_()


def constant(share):
    """Factor of the learning rate: always one."""
    return 1.0


def linear(share):
    """Factor of the learning rate: down to zero at the end of the run.

    ``share`` is the part of the run that is done, from 0 to below 1.
    """
    return 1.0 - share


SCHEDULES = {"constant": constant, "linear": linear}


def chunks(windows, batch, seeds):
    """Endless batches, several at once: (steps, member, batch, window).

    ``windows`` is (member, n, window), n a multiple of ``batch``. Each
    member goes through its windows in an order of its own, drawn anew for
    every epoch from its seed; members with the same seed see the same.
    """
    m, n = windows.shape[:2]
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
    """The batches of ``chunks`` one by one: (member, batch, window)."""
    for chunk in chunks(windows, batch, seeds):
        yield from chunk


def losses(model, window):
    """Mean cross-entropy of each member on its windows, nats: (member,).

    The model reads all but the last token of a window; its predictions
    are compared with the last ``model.predicted`` tokens.
    """
    logits = model(window[..., :-1]).flatten(0, -2)
    targets = window[..., -model.predicted:]
    nats = F.cross_entropy(logits, targets.flatten(), reduction="none")
    return nats.view(len(window), -1).mean(1)


def by_autograd(model, optimiser, windows, batch, seeds):
    """A function that makes the next step of training, as one would write it.

    Its argument multiplies the learning rates.
    """
    stream = batches(windows, batch, seeds)

    def step(factor):
        losses(model, next(stream)).sum().backward()
        optimiser.step(factor)

    return step


def written_out(model, optimiser, windows, batch, seeds):
    """The same for the MLP on a CPU, without autograd (``backward``)."""
    gradient = backward.Gradient(model, optimiser.flat, optimiser.gradient,
                               batch)
    stream = (bags for chunk in chunks(gradient.table(windows), batch, seeds)
              for bags in gradient.prepare(chunk))

    def step(factor):
        gradient(*next(stream))
        optimiser.step(factor)

    return step


def captured(model, optimiser, windows, batch, seeds):
    """The same on a GPU: one step, recorded as a CUDA graph and replayed."""
    stream = batches(windows, batch, seeds)
    window = torch.empty_like(windows[:, :batch])
    factors = torch.ones((), device=window.device)
    window.copy_(windows[:, :batch])
    side = torch.cuda.Stream()
    side.wait_stream(torch.cuda.current_stream())
    with torch.cuda.stream(side):    # warm up: what is set up at first use
        for _ in range(3):
            losses(model, window).sum().backward()
    torch.cuda.current_stream().wait_stream(side)
    optimiser.gradient.zero_()
    graph = torch.cuda.CUDAGraph()
    with torch.cuda.graph(graph):    # recorded, not run
        losses(model, window).sum().backward()
        optimiser.step(factors)

    def step(factor):
        window.copy_(next(stream))
        factors.fill_(factor)
        graph.replay()

    return step


def train(model, corpora, lr, *, batch, steps, seeds, evaluate,
          weight_decay=0.0, schedule="constant", first=8, advance=None):
    """Train all members; return a list of (step, seconds, evaluation).

    ``corpora`` (member, tokens) holds each member's text, ``lr`` (member,)
    its learning rate and ``seeds`` its seed for the order of the data.
    Data are fresh while ``steps`` stay within one epoch and are repeated
    after that. ``schedule`` names what the learning rates are multiplied
    by along the run. ``evaluate(model)`` is called on the points of
    ``log_grid(steps, first)``; ``seconds`` counts training only, divided by
    the number of members. ``advance(share)``, if given, is told of each
    further share done. Raises ValueError if the corpus is no whole number
    of batches, sizes differ, or the schedule is unknown.
    """
    if batch < 1 or corpora.shape[1] <= model.context:
        raise ValueError(f"batch is {batch} and corpora has "
                         f"{corpora.shape[1]} tokens; at least 1 and "
                         f"{model.context + 1} are needed")
    windows = corpora.unfold(1, model.context + 1, model.predicted)
    if windows.shape[1] % batch:
        raise ValueError(f"corpora gives {windows.shape[1]} windows; allowed "
                         f"is a multiple of batch, {batch}")
    for name, value in (("corpora", corpora), ("lr", lr), ("seeds", seeds)):
        if len(value) != model.members:
            raise ValueError(f"{name} has {len(value)} entries; the model "
                             f"has {model.members} members")
    if weight_decay < 0 or not bool((lr > 0).all()):
        raise ValueError(f"weight_decay is {weight_decay} and lr "
                         f"{lr.tolist()}; allowed are >= 0 and > 0")
    if schedule not in SCHEDULES:
        raise ValueError(f"schedule is {schedule!r}; allowed are "
                         f"{list(SCHEDULES)}")
    factor = SCHEDULES[schedule]
    make_step = (captured if corpora.is_cuda else
                 written_out if isinstance(model, MLP) else by_autograd)
    step_with = make_step(model, AdamW(model, lr, weight_decay), windows,
                          batch, seeds)
    torch.set_flush_denormal(True)   # moments of dead units shrink for ever
    done, seconds, history = 0, 0.0, []
    for point in log_grid(steps, first):
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
