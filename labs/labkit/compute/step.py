"""What one training step costs: seconds and bytes, measured."""
import pandas as pd
import torch
from torch.autograd.graph import saved_tensors_hooks
from torch.utils.benchmark import Timer

from labkit.axes import Axes
from labkit.language.models import MLP
from labkit.language.runs import BATCH, language, sample
from labkit.language.train import AdamW, batches, losses

REPEATS = 5      # measurements of each size
SECONDS = 0.05   # that one measurement lasts at least


def cost(width, members, **labels):
    """About how long a measurement takes, in seconds."""
    if width < 1 or members < 1:
        raise ValueError(f"width is {width} and members {members}; at least "
                         "1 is needed")
    return REPEATS * SECONDS


def measure(width, members, device="cpu", advance=None, **labels):
    """Cost of a step of ``members`` models of one size, trained at once.

    Rows, one per repeat: the ``labels``, size (width), parameters, members,
    flops (6 per parameter and token), seconds and bytes of one step, all
    three for one member; through autograd, as for any network.
    """
    source, seeds = language(), list(range(members))
    model = MLP(source.vocab, source.order, width, seeds).to(device)
    optimiser = AdamW(model, torch.full((members,), 1e-3, device=device))
    text = sample(None, 64 * BATCH + source.order, 0).to(device)
    stream = batches(text.unfold(0, source.order + 1, 1).expand(
        members, -1, -1), BATCH, seeds)

    def step():
        losses(model, next(stream)).sum().backward()
        optimiser.step()

    timer = Timer("step()", globals={"step": step},
                  num_threads=torch.get_num_threads())
    seconds = [timer.blocked_autorange(min_run_time=SECONDS).median / members
               for _ in range(REPEATS)]
    window = next(stream).clone()   # a part of more batches
    size = held(model, optimiser) + saved(model, window, optimiser)
    flops = Axes(BATCH, 1, 1, model.size()).flops(1)
    return pd.DataFrame([
        dict(**labels, size=width, parameters=model.size(), members=members,
             repeat=repeat, flops=flops, seconds=s, bytes=size / members)
        for repeat, s in enumerate(seconds)])


def storages(tensors):
    """Memory behind the tensors: place -> bytes, shared memory once."""
    return {t.untyped_storage().data_ptr(): t.untyped_storage().nbytes()
            for t in tensors}


def state(model, optimiser):
    """Everything that is kept from step to step: weights, moments, ..."""
    return [*model.parameters(), *optimiser.moments,
            *filter(torch.is_tensor, vars(optimiser).values())]


def held(model, optimiser):
    """Bytes that are kept from step to step; after at least one step."""
    return sum(storages(state(model, optimiser)).values())


def saved(model, window, optimiser):
    """Bytes that the forward pass keeps for the backward pass."""
    tensors = []
    with saved_tensors_hooks(lambda t: tensors.append(t) or t, lambda t: t):
        loss = losses(model, window).sum()
    known = storages(state(model, optimiser))
    del loss
    return sum(size for place, size in storages(tensors).items()
               if place not in known)
