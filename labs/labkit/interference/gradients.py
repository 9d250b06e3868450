"""What gradients of several tasks say, and do, about one another."""
import torch
from torch.nn.functional import normalize

TINY = 1e-30   # instead of a squared length of zero


def cosine(gradients):
    """Cosines between gradients: (..., tasks, P) to (..., tasks, tasks).

    Raises ValueError if one of them is zero.
    """
    if (gradients == 0).all(-1).any():
        raise ValueError("a gradient is zero; it has no direction")
    unit = normalize(gradients, dim=-1)
    return unit @ unit.mT


def harm(losses, theta, moves):
    r"""What a step for one task does to the losses of all.

    ``losses`` takes weights (..., P) to losses (..., tasks); ``moves`` is
    (..., tasks, P). The result :math:`h_{ij} = \ell_j(\theta - m_i) /
    \ell_j(\theta) - 1` is (..., tasks, tasks): below zero on the diagonal
    if a step helps its own task, above zero off it if it harms another.
    Raises ValueError unless all losses are above zero before the step.
    """
    before = losses(theta)
    if not (before > 0).all():
        raise ValueError("a loss is zero or not a number before the step; "
                         "its relative change is not defined")
    after = torch.stack([losses(theta - move)
                         for move in moves.unbind(-2)], dim=-2)
    return after / before[..., None, :] - 1


def others(matrix):
    """The entries for two different tasks: (..., tasks, tasks) to (..., n)."""
    return matrix[..., ~torch.eye(matrix.shape[-1], dtype=torch.bool)]


def moves(gradients, own, progress, metric=1):
    """For each task the step to take the share ``progress`` off its loss.

    Along metric x gradient, of length progress x ``own`` loss / (gradient .
    metric x gradient): right to first order, and too far where it bends up.
    """
    along = metric * gradients
    slope = (gradients * along).sum(-1, keepdim=True)
    return progress * own[..., None] / slope * along


def pcgrad(gradients, generator):
    """The sum of gradients (..., tasks, P), after surgery: (..., P).

    Each one loses, other by other in random order, its part against that
    other, if it has one. Source: PCGrad (Yu et al. 2020).
    """
    tasks = gradients.shape[-2]
    new = gradients.clone()
    lengths = (gradients * gradients).sum(-1).clamp(min=TINY)
    for i in range(tasks):
        for j in torch.randperm(tasks, generator=generator).tolist():
            if j != i:
                dot = (new[..., i, :] * gradients[..., j, :]).sum(-1)
                part = (dot.clamp(max=0) / lengths[..., j])[..., None]
                new[..., i, :] -= part * gradients[..., j, :]
    return new.sum(-2)
