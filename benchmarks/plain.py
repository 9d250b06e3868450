"""Training as one would write it first: one network, one loop."""
import torch
import torch.nn.functional as F
from torch import nn

from labkit.language.models import GPT
from labkit.language.runs import (
    BATCH,
    CONTEXT,
    SEQUENCES,
    axes,
    language,
    sample,
)
from labkit.language.train import log_grid, losses
from labkit.members.adam import BETAS


class MLP(nn.Module):
    """The network of ``models.MLP``, one member, made of torch's layers."""

    def __init__(self, vocab, context, width):
        super().__init__()
        self.register_buffer("shift", torch.arange(context) * vocab)
        self.embed = nn.Embedding(context * vocab, width)
        self.bias = nn.Parameter(torch.zeros(width))
        self.head = nn.Linear(width, vocab, bias=False)

    def forward(self, tokens):
        """Logits (batch, vocab) for tokens (batch, context)."""
        z = self.embed(tokens + self.shift).sum(1) + self.bias
        return self.head(torch.relu(z))

    def loss(self, window):
        """Mean cross-entropy in nats."""
        return F.cross_entropy(self(window[:, :-1]), window[:, -1])


class OneGPT(GPT):
    """The course's GPT with a single member."""

    def __init__(self, vocab, context, width):
        super().__init__(vocab, context, width, [0])

    def loss(self, window):
        """Mean cross-entropy in nats."""
        return losses(self, window[None]).sum()


def train(model, windows, batch, lr, steps, exams=(), evaluate=None):
    """AdamW on shuffled ``windows``; examined after the steps in ``exams``."""
    optimiser = torch.optim.AdamW(model.parameters(), lr, betas=BETAS,
                                  weight_decay=0)
    step = 0
    while True:
        for chosen in torch.randperm(len(windows)).split(batch):
            if step in exams:
                evaluate(model)
            if step == steps:
                return
            optimiser.zero_grad()
            model.loss(windows[chosen]).backward()
            optimiser.step()
            step += 1


@torch.no_grad()
def exam(model):
    """The exact validation loss: cross-entropy over all contexts, weighted."""
    source = language()
    logits = model(source.contexts())
    true = torch.tensor(source.joint, dtype=torch.float32).view_as(logits)
    return -(true * logits.log_softmax(-1)).sum().item()


def sweep(widths, uniques, epochs, lrs, seeds=range(5)):
    """The epochs lab's experiment, one network after another."""
    source = language()
    for width in widths:
        for unique in uniques:
            steps = axes("rules", width, unique).steps(epochs)
            for seed in seeds:
                text = sample(None, unique + source.order, seed)
                windows = text.unfold(0, source.order + 1, 1)
                for lr in lrs:
                    torch.manual_seed(seed)
                    model = MLP(source.vocab, source.order, width)
                    train(model, windows, BATCH, lr, steps,
                          log_grid(steps), exam)


def mlp(width, members):
    """A function that trains for so many steps; tokens of one of them."""
    model = MLP(32, 3, width)
    windows = torch.randint(32, (2**15 + 3,)).unfold(0, 4, 1)
    return lambda steps: train(model, windows, BATCH, 0.01, steps), BATCH


def gpt(width, members):
    """The same for the GPT."""
    model = OneGPT(32, CONTEXT, width)
    windows = torch.randint(32, (2**16 + 1,)).unfold(0, CONTEXT + 1, CONTEXT)
    return (lambda steps: train(model, windows, SEQUENCES, 0.01, steps),
            SEQUENCES * CONTEXT)
