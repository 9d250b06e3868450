"""What gradients of several tasks say, and do, about one another."""
import torch

from labkit.members.scale import sized, unit


def cosine(gradients):
    """Cosines between gradients: (..., tasks, P) to (..., tasks, tasks).

    NaN with one that has no direction: that is zero or not finite. Raises
    ValueError unless there are two dimensions or more, and weights.
    """
    if gradients.ndim < 2 or not gradients.shape[-1]:
        raise ValueError(f"gradients have shape {tuple(gradients.shape)}; "
                         "allowed is (..., tasks, P), P at least 1")
    directions = unit(gradients)
    return directions @ directions.mT


def harm(losses, theta, moves):
    r"""What a step for one task does to the losses of all.

    ``losses`` takes weights (..., P) to losses (..., tasks); ``moves`` is
    (..., tasks, P). The result :math:`h_{ij} = \ell_j(\theta - m_i) /
    \ell_j(\theta) - 1` is (..., tasks, tasks): below zero on the diagonal
    if a step helps its own task, above zero off it if it harms another. It
    is NaN where a loss before the step is not above zero and finite: then
    its relative change is not defined.
    """
    before = losses(theta)
    before = before.where((before > 0) & before.isfinite(), torch.nan)
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
    NaN for a gradient that is zero or not finite.
    """
    gradients, power = sized(gradients)
    metric, _ = sized(torch.as_tensor(metric).to(gradients))
    along, _ = sized(metric * gradients)
    slope = (gradients * along).sum(-1, keepdim=True)
    return progress * own[..., None] / slope / power * along


def pcgrad(gradients, generator):
    """The sum of gradients (..., tasks, P), after surgery: (..., P).

    Each one loses, other by other in random order, its part against that
    other, if it has one. NaN if a gradient is not finite. Source: PCGrad
    (Yu et al. 2020).
    """
    tasks = gradients.shape[-2]
    gradients, power = sized(gradients)
    new = gradients.clone()
    squares = (gradients * gradients).sum(-1).clamp(min=1)   # of zeros: 1
    for i in range(tasks):
        for j in torch.randperm(tasks, generator=generator).tolist():
            if j != i:
                dot = (new[..., i, :] * gradients[..., j, :]).sum(-1)
                part = (dot.clamp(max=0) / squares[..., j])[..., None]
                new[..., i, :] -= part * gradients[..., j, :]
    return (new * power).sum(-2)
