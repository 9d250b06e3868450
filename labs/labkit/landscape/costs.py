"""About how many seconds the networks of this landscape train."""
from labkit.experiment import check
from labkit.members.digits import Tanh


def students(seeds, k, m, count, steps):
    """``count`` students per seed, of m neurons; their teacher has k.

    Raises ValueError without a seed and for numbers that are not above 0.
    """
    check(seeds, k=k, m=m, count=count, steps=steps)
    return steps * (3e-4 + len(seeds) * count * m * (m + k) / 8e7)


def networks(seeds, width, depth, lr, steps, scaling="mup", exams=100):
    """Networks that read digits, one per seed.

    ``exams``: what is measured on each takes as long as so many steps.
    Raises ValueError without a seed, for numbers that are not above 0 and
    for an unknown scaling.
    """
    check(seeds, lr=lr, steps=steps)
    net = Tanh(width, depth, scaling)
    return (steps + exams) * (
        5e-4 * depth + len(seeds) * net.size / 4e7)
