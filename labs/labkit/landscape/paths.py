"""Along lines and planes of a landscape: barriers, alignment, slices."""
import torch
from scipy.optimize import linear_sum_assignment

from labkit.members.scale import sized

LINE = 25     # points on a line
PLANES = 2    # slices per network
GRID = 15     # points along a side of such a slice


def line(loss, a, b, points):
    """Losses at ``points`` equal steps from a to b, both included."""
    if points < 3 or a.shape != b.shape:
        raise ValueError(f"points is {points}, shapes are {tuple(a.shape)} "
                         f"and {tuple(b.shape)}; allowed are at least 3 and "
                         "two equal shapes")
    shares = torch.linspace(0, 1, points, dtype=a.dtype)
    return torch.stack([loss(torch.lerp(a, b, share)) for share in shares])


def barrier(loss, a, b, points):
    r"""Height of the pass on the straight line from a to b.

    .. math:: \max_t\; L((1-t) a + t b) - (1-t) L(a) - t L(b)

    At least 0, as both ends count; 0 for a convex loss. ``loss`` is a
    function of one flat vector, in any number type. NaN if the loss is NaN
    on the way. Source: Entezari et al. 2022.
    """
    losses = line(loss, a, b, points)
    straight = torch.lerp(losses[0], losses[-1],
                          torch.linspace(0, 1, points, dtype=losses.dtype))
    return float((losses - straight).max())


def align(a, b, odd=False, rounds=50):
    """The layers of b, its hidden neurons in the order that suits a best.

    ``a`` and ``b`` list a network's matrices (inputs, outputs). Neuron j of
    a hidden layer is column j of one matrix and row j of the next; any
    order of them computes the same function. If the activation is ``odd``
    (tanh), so does any choice of signs, and the best one is taken. Layer by
    layer, scipy's assignment finds what has the largest inner product with
    a, until nothing changes. Where a or b is not finite, no order suits
    best, and b stays. Raises ValueError unless the shapes are equal. Source:
    Ainsworth et al. 2023, weight matching.
    """
    if [w.shape for w in a] != [w.shape for w in b]:
        raise ValueError(f"shapes are {[tuple(w.shape) for w in a]} and "
                         f"{[tuple(w.shape) for w in b]}; allowed are equal "
                         "ones")
    b = list(b)
    p, q = (sized(torch.cat([w.flatten() for w in net]))[1]
            for net in (a, b))
    if (p + q).isnan():
        return b
    for _ in range(rounds):
        moved = False
        for i in range(len(a) - 1):
            likeness = ((a[i] / p).T @ (b[i] / q)
                        + (a[i + 1] / p) @ (b[i + 1] / q).T)
            rows, order = linear_sum_assignment(
                likeness.abs() if odd else likeness, maximize=True)
            flip = (likeness[rows, order] < 0) & odd
            sign = 1 - 2 * flip.to(b[i])
            b[i], b[i + 1] = (b[i][:, order] * sign,
                              b[i + 1][order] * sign[:, None])
            moved |= bool((order != rows).any() or flip.any())
        if not moved:
            break
    return b


def direction(layers, seed):
    """A random direction, each neuron's part as long as its own weights.

    Filter normalisation: a step of one then means the same for large and
    small weights. NaN for a neuron that is not finite. Source: Li et al.
    2018.
    """
    generator = torch.Generator().manual_seed(seed)
    parts = []
    for weights in layers:
        part = torch.randn(weights.shape, generator=generator,
                           dtype=weights.dtype)
        own, power = sized(weights, 0)
        parts.append(part * own.norm(dim=0) / part.norm(dim=0) * power)
    return parts


def slice(loss, theta, u, v, reach=1.0, points=21):
    """Losses on a square of the plane through theta: (points, points).

    Row i and column j stand for theta + s_i u + t_j v, with s and t from
    -reach to reach. Raises ValueError for fewer than 3 points or a reach
    that is not above 0.
    """
    if points < 3 or not reach > 0:
        raise ValueError(f"points is {points} and reach {reach}; allowed are "
                         "at least 3 and above 0")
    steps = torch.linspace(-reach, reach, points, dtype=theta.dtype)
    return torch.stack([torch.stack([loss(theta + s * u + t * v)
                                     for t in steps]) for s in steps])


def bends_down(heights):
    """Share of a slice where some direction in its plane curves down.

    From second differences at all inner points; NaN if a height is not
    finite.
    """
    z = sized(heights.flatten())[0].view_as(heights)
    ss = z[2:, 1:-1] - 2 * z[1:-1, 1:-1] + z[:-2, 1:-1]
    tt = z[1:-1, 2:] - 2 * z[1:-1, 1:-1] + z[1:-1, :-2]
    st = (z[2:, 2:] - z[2:, :-2] - z[:-2, 2:] + z[:-2, :-2]) / 4
    lowest = (ss + tt) / 2 - torch.hypot((ss - tt) / 2, st)
    if not bool(lowest.isfinite().all()):
        return float("nan")
    return float((lowest < 0).double().mean())


def plane(net, theta, number, reach=1.0, points=GRID):
    """Losses on a filter-normalised slice through a network's weights.

    ``theta`` (weights,) are those of the network ``net``; the ``number``
    draws the two directions. Returns (points, points), as ``slice``.
    """
    u, v = (net.flat(direction(net.layers(theta), 2 * number + i))
            for i in range(2))
    return slice(net.loss, theta, u, v, reach, points)


def bent(net, theta, reach=1.0):
    """Share of the PLANES slices through ``theta`` that bends down."""
    return sum(bends_down(plane(net, theta, number, reach))
               for number in range(PLANES)) / PLANES
