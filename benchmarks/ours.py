"""The course's trainer, with the members of one size at once."""
import torch

from labkit.language import models, train
from labkit.language.runs import BATCH, CONTEXT, SEQUENCES


def trainer(model, tokens, batch):
    """A function that trains for so many steps; tokens of one of them."""
    text = torch.randint(32, (model.members, tokens))
    seeds = list(range(model.members))

    def run(steps):
        train.train(model, text, torch.full((model.members,), 0.01),
                    batch=batch, steps=steps, seeds=seeds, first=steps,
                    evaluate=lambda model: None)

    return run, model.members * batch * model.predicted


def mlp(width, members):
    """For the MLP."""
    return trainer(models.MLP(32, 3, width, range(members)), 2**15 + 3, BATCH)


def gpt(width, members):
    """For the GPT."""
    return trainer(models.GPT(32, CONTEXT, width, range(members)), 2**16 + 1,
                   SEQUENCES)
