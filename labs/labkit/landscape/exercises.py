"""The exercises of the lab and of its sequel, and what makes them right."""
from functools import cache

import torch

from labkit.landscape import curvature, paths, sizes, students
from labkit.lesson import Exercise
from labkit.members import digits

STEPS = 2000         # in which a student of 10 neurons comes to rest
UNIVERSE = 1.4e10    # its age in years


@cache
def _trapped(k, seed, count):
    """Once for all: what ``trapped`` returns."""
    w, _, v = students.trained(k, k, count, STEPS, [seed])
    return v, w[students.classify(w, v)[0]["pit"]]


def trapped(k, seed, count=50):
    """A teacher of k neurons; of ``count`` students, those in a pit.

    Returns both, the learner's own to change.
    """
    v, w = _trapped(k, seed, count)
    return v.clone(), w.clone()


def _test_repair(repair):
    """One neuron changed by hand: do most trapped students get out?"""
    v, w = trapped(10, 7)
    given = w.clone()
    after = repair and repair(given)
    assert after is not None or torch.equal(given, w), (
        "you have changed w, but returned nothing; end with return w")
    if after is None:
        return None
    assert isinstance(after, torch.Tensor) and after.shape == w.shape, (
        "return all students as one tensor, as many neurons each")
    changed = (after != w).any(dim=2).sum(dim=1)
    assert changed.max() <= 1, "one neuron of each student at most"
    end = students.classify(students.descend(after, v, STEPS), v)[0]
    out = int(end["arrived"].sum())
    assert out > len(w) / 2, (
        f"only {out} of {len(w)} got out; which neuron has no large positive "
        "number in its row, and which way would it have to point")
    return (f"{out} of {len(w)} students of another seed got out, without "
            "noise and without a new neuron.")


def _walk(curvature, lr, beta, steps=3000):
    """How far from the bottom of a parabola momentum comes to rest."""
    place, velocity = 1.0, 0.0
    for _ in range(steps):
        velocity = beta * velocity - lr * curvature * place
        place += velocity
    return abs(place)


def _test_edge(edge):
    """Stable on parabolas a little flatter, not on those a little sharper?"""
    if edge is None or edge(.1, 0) is None:
        return None
    for lr, beta in ((.1, 0), (.1, .5), (.02, .9)):
        top = edge(lr, beta)
        where = f"at rate {lr} and momentum {beta}"
        assert top > 0, (
            f"{where} your edge is {top:g}; the true one is above zero")
        assert _walk(.98 * top, lr, beta) < 1e-3, (
            f"{where}, curvature {.98 * top:.4g} is below your edge, and it "
            "diverges")
        assert _walk(1.02 * top, lr, beta) > 1e3, (
            f"{where}, curvature {1.02 * top:.4g} is above your edge, and it "
            "is stable")
    v, w = trapped(10, 0)
    sharp = curvature.eigenvalues(students.hessian(w[0], v))[-1]
    return (f"Your students' edge is {edge(.1, .9):.0f}. The sharpness of a "
            f"pit of theirs is {sharp:.1f}: that does not throw them out.")


def _test_years(years):
    """How long until chance draws a matrix that curves up everywhere?"""
    if years is None or years(2) is None:
        return None
    assert years(4) < 1e-9, "for n = 4 it is a fraction of a second"
    assert 0.01 < years(10) < 0.1, "for n = 10 it is ten days"
    longer = next((n for n in range(1, 30) if years(n) > UNIVERSE), None)
    assert longer == 15, "it is right for n = 10, but not how it grows"
    return f"It is too long from n = {longer} on."


def _test_swapped(swapped):
    """Two neurons exchanged: the same function, and a ridge between?"""
    said = []
    for width in (8, 128):
        net = digits.Tanh(width)
        theta = digits.descend(net, net.draw([0]), .05, 300)[-1][300][0]
        layers = swapped and swapped(net.layers(theta))
        if layers is None:
            return None
        other = net.flat(layers)
        assert not torch.equal(other, theta), "nothing has moved"
        assert abs(net.loss(other) - net.loss(theta)) < 1e-5, (
            "the swap changes the function: both matrices must follow")
        rise = paths.barrier(net.loss, theta, other, 25)
        assert rise > 1e-4, "the loss does not rise in between"
        said.append(f"width {width}: the loss rises by {rise:.5f} in between")
    return f"{'; '.join(said)}."


def _test_refuted(attempt):
    """A size that more tokens help more than more width does?"""
    if attempt is None:
        return None
    width, tokens = attempt
    assert 1 <= width <= 128 and 2**12 <= tokens <= 2**16, (
        "allowed are a width of at most 128 and 4,096 to 65,536 tokens")
    rows = sizes.run(widths=[width, 2 * width], tokens=tokens, lrs=[.03])
    gap = sizes.catching_up(rows)[width]
    found = (f"width {width}, {tokens:,} tokens, then four times: "
             f"{gap.min():+.3f} to {gap.max():+.3f} nats above the next size")
    assert (gap < 0).all(), f"{found}; not refuted"
    return f"{found}. You have refuted us!"


repair = Exercise("1", _test_repair)
edge = Exercise("2", _test_edge)
years = Exercise("3", _test_years)
swapped = Exercise("4", _test_swapped)
refuted = Exercise("5", _test_refuted)
