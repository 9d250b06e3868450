r"""Parity tasks that share one small network, many networks at once.

An example is 16 random signs and the name of a task; its label is the
product of the signs in the task's own ``k`` places. A network reads the
signs and a one-hot of the task. Source: the multitask sparse parity of
Michaud et al. 2023.
"""
from dataclasses import dataclass
from functools import cache

import torch

from labkit.members.networks import BASE_WIDTH, Network, deal
from labkit.members.scale import sized

BITS = 16
NAME = 4.0         # size of the one in the one-hot of a task
BATCH = 256        # examples per step
EXAM = 256         # examples per task in an exam
NEW = 1000         # added to a seed for what comes second
LEARNED = 0.9      # accuracy from which a task counts as learned
CHUNK = 64         # batches drawn at once


def power_law(tasks, exponent):
    """Frequencies of the tasks, proportional to rank ** -exponent."""
    frequencies = torch.arange(1.0, tasks + 1) ** -exponent
    return frequencies / frequencies.sum()


@cache
def ways(k):
    """All ways to choose k of the places: (ways, k)."""
    return torch.combinations(torch.arange(BITS), k)


def places(tasks, k, seed):
    """The k places of each task, all tasks different: (tasks, k)."""
    choices = ways(k)
    if not 1 <= tasks <= len(choices):
        raise ValueError(f"tasks is {tasks}; allowed is 1 to {len(choices)}, "
                         f"the ways to choose k = {k} of {BITS} places")
    generator = torch.Generator().manual_seed(seed)
    return choices[torch.randperm(len(choices), generator=generator)[:tasks]]


def drawn(tasks, k, seeds):
    """The places of the tasks of each seed: (seeds, tasks, k)."""
    return torch.stack([places(tasks, k, seed) for seed in seeds])


def encode(signs, task, places):
    """Inputs (..., n, 16 + tasks) and labels (..., n), for each example.

    ``places`` is (..., tasks, k).
    """
    where = places.gather(-2, task[..., None].expand(
        *task.shape, places.shape[-1]))
    labels = signs.gather(-1, where).prod(-1)
    name = torch.nn.functional.one_hot(task, places.shape[-2])
    return torch.cat([signs, NAME * name], dim=-1), labels


def draws(batch, seeds):
    """Endless random signs (member, batch, 16) and numbers in [0, 1).

    The numbers are (member, batch). Members of one seed get the same.
    """
    shift = torch.arange(BITS)

    def chunk(generator):
        return [torch.randint(2**BITS, (CHUNK, batch), generator=generator),
                torch.rand(CHUNK, batch, generator=generator)]

    for numbers, luck in deal(seeds, chunk):       # (member, CHUNK, batch)
        for number, u in zip(numbers.unbind(1), luck.unbind(1)):
            yield ((number[..., None] >> shift) & 1) * 2.0 - 1, u


def stream(places, frequencies, batch, seeds):
    """Endless new batches: inputs, labels and tasks, (member, batch, ...).

    ``places`` is (member, tasks, k), ``frequencies`` (member, tasks).
    """
    up_to = frequencies.cumsum(-1).clamp(max=1)
    up_to[:, -1] = 1
    for signs, u in draws(batch, seeds):
        task = torch.searchsorted(up_to, u.clamp(max=1 - 1e-7), right=True)
        yield *encode(signs, task, places), task


@dataclass(frozen=True)
class Parity(Network):
    """Networks of one hidden ReLU layer for ``tasks`` tasks.

    Raises ValueError for a width or a number of tasks below 1.
    """

    width: int
    tasks: int

    def __post_init__(self):
        if self.width < 1 or self.tasks < 1:
            raise ValueError(f"width is {self.width} and tasks {self.tasks};"
                             " at least 1 is needed")

    @property
    def inputs(self):
        """Signs and the one-hot of the task."""
        return BITS + self.tasks

    @property
    def shapes(self):
        """(inputs, outputs) of each layer."""
        return [(self.inputs, self.width), (self.width, 1)]

    @property
    def deviations(self):
        """muP: inputs^(-1/2) into the hidden layer, 0.8 / width out of it."""
        return [self.inputs**-0.5, 0.1 * BASE_WIDTH**0.5 / self.width]

    def rates(self, lr):
        """muP's learning rates for Adam, member x weight."""
        factor = torch.ones(self.size)
        factor[-self.width:] = BASE_WIDTH / self.width
        return lr[:, None] * factor

    def weight(self, theta):
        """How large each unit is beside the others: (..., width).

        The length of the weights into it times that out of it, up to a
        factor that all units of a network share.
        """
        into, out = self.layers(torch.cat([
            sized(part)[0] for part in theta.split(self.sizes, -1)], -1))
        return into.norm(dim=-2) * out[..., 0].abs()

    def __call__(self, theta, x):
        """Outputs (..., n); their sign is the answer."""
        into, out = self.layers(theta)
        return ((x @ into).relu() @ out)[..., 0]

    def gradient(self, theta, x, y, weight):
        r"""Gradient of the weighted mean loss of the examples, (..., P).

        The loss of one is :math:`\log(1 + e^{-y f(x)})`, in nats; its
        ``weight`` is (..., n), like y. By hand: a training step with
        autograd takes 1.1 to 1.5 times as long, and it rounds otherwise.
        """
        into, out = self.layers(theta)
        h = (x @ into).relu_()
        slope = -y * torch.sigmoid(-y * (h @ out)[..., 0]) / y.shape[-1]
        pull = (slope * weight)[..., None]         # (..., n, 1)
        last = h.mT @ pull
        back = (pull * out.mT).mul_(h.sign_())     # (..., n, width)
        return self.flat([x.mT @ back, last])


def exam(places, n, seed):
    """Fixed examples, n for every task: x (member, tasks, n, inputs), y."""
    members, tasks = places.shape[:2]
    generator = torch.Generator().manual_seed(seed)
    signs = torch.randint(2, (tasks * n, BITS), generator=generator) * 2.0 - 1
    task = torch.arange(tasks).repeat_interleave(n)
    return [part.unflatten(1, (tasks, n)) for part in encode(
        signs.expand(members, -1, -1), task.expand(members, -1), places)]


def graded(net, theta, x, y):
    """Loss in nats and share of right answers, (member, tasks), in an exam.

    NaN for a network that diverged: one whose output is not finite.
    """
    margin = y * net(theta[..., None, :], x)
    lost = 0 * margin    # zero, or NaN
    return ((torch.nn.functional.softplus(-margin) + lost).mean(-1),
            ((margin > 0) + lost).mean(-1))


def looks(steps):
    """The steps at which to look: 0, then about three per doubling."""
    return {0, *(round(steps / 2**(i / 3)) for i in range(22))}


def seconds(steps, members, width):
    """About how many seconds that many steps of that many members take."""
    return steps * (4e-4 + members * 2.2e-6 * width)


def train(net, adam, places, frequencies, lr, steps, seeds, weights=None):
    """Adam on new batches; yields the steps made so far: 0, ... ``steps``.

    ``frequencies`` (member, tasks) of the tasks in a batch; ``weights``
    weigh their losses. The state ``adam`` changes in place.
    """
    rates = net.rates(torch.full((len(seeds),), lr))
    if weights is None:
        weights = torch.ones_like(frequencies)
    examples = stream(places, frequencies, BATCH, seeds)
    for step, (x, y, task) in zip(range(steps + 1), examples):
        yield step
        if step == steps:
            return
        adam.step(net.gradient(adam.theta, x, y, weights.gather(-1, task)),
                  rates)
