"""One loop that trains all members of one size at once."""
import time

import torch
import torch.nn.functional as F


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
    flat vector; torch's fused AdamW makes its step at learning rate one
    in a vector of its own, which is then scaled and added.
    Source: Loshchilov & Hutter 2019.
    """

    def __init__(self, model, lr, weight_decay=0.0, betas=(0.9, 0.99)):
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
        self.update = torch.zeros_like(self.flat)
        self.update.grad = self.gradient
        self.adam = torch.optim.AdamW([self.update], lr=1.0, betas=betas,
                                      weight_decay=0.0, fused=True)

    @torch.no_grad()
    def step(self, factor=1.0):
        """Update the parameters from the gradient, then clear it.

        ``factor`` multiplies the learning rates, in this step only.
        """
        self.update.zero_()
        self.adam.step()
        if self.decays:
            self.flat.addcmul_(self.flat, self.decay, value=factor)
        self.flat.addcmul_(self.rate, self.update, value=factor)
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


def batches(windows, batch, seeds):
    """Endless batches (member, batch, window), reshuffled every epoch.

    ``windows`` is (member, n, window). Each member goes through its
    windows in an order of its own, drawn from its seed; members with the
    same seed see the same batches.
    """
    member = torch.arange(len(windows), device=windows.device)[:, None]
    generators = [torch.Generator().manual_seed(seed) for seed in seeds]
    while True:
        order = torch.stack([torch.randperm(windows.shape[1], generator=g)
                             for g in generators]).to(windows.device)
        for i in range(0, windows.shape[1], batch):
            yield windows[member, order[:, i:i + batch]]


def losses(model, window):
    """Mean cross-entropy of each member on its windows, nats: (member,).

    The model reads all but the last token of a window; its predictions
    are compared with the last ``model.predicted`` tokens.
    """
    logits = model(window[..., :-1]).flatten(0, -2)
    targets = window[..., -model.predicted:]
    nats = F.cross_entropy(logits, targets.flatten(), reduction="none")
    return nats.view(len(window), -1).mean(1)


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
    optimiser = AdamW(model, lr, weight_decay)
    stream = batches(windows, batch, seeds)
    done, seconds, history = 0, 0.0, []
    for point in log_grid(steps, first):
        start = time.perf_counter()
        for step in range(done, point):
            losses(model, next(stream)).sum().backward()
            optimiser.step(factor(step / steps))
        if corpora.is_cuda:
            torch.cuda.synchronize()
        seconds += time.perf_counter() - start
        if advance:
            advance((point - done) / steps)
        done = point
        with torch.no_grad():
            history.append((point, seconds / model.members, evaluate(model)))
    return history
