"""Adam on many networks at once, each a row of weights."""
from dataclasses import dataclass

import torch

BETAS, EPS = (0.9, 0.99), 1e-8


@dataclass
class Adam:
    """Adam on rows of weights; a learning rate for every weight.

    ``follow`` is by how much the second moment follows the squared gradient
    in a step; a member's 0 keeps it as it is. Source: Kingma & Ba 2015.
    """

    theta: torch.Tensor
    mean: torch.Tensor
    second: torch.Tensor
    steps: torch.Tensor
    follow: torch.Tensor | float = 1 - BETAS[1]

    @classmethod
    def start(cls, theta):
        """At ``theta``, with no memory."""
        return cls(theta.clone(), torch.zeros_like(theta),
                   torch.zeros_like(theta), torch.zeros_like(theta[:, :1]))

    def metric(self, rates):
        """What a gradient is multiplied by for a step, with no momentum."""
        return rates / (self.second.sqrt() + EPS)

    def step(self, gradient, rates):
        """One step down ``gradient``."""
        self.steps += 1
        self.mean.lerp_(gradient, 1 - BETAS[0])
        self.second += self.follow * (gradient * gradient - self.second)
        size = (self.second / (1 - BETAS[1]**self.steps)).sqrt_().add_(EPS)
        self.theta -= rates / (1 - BETAS[0]**self.steps) * self.mean / size
