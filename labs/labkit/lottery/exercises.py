"""Exercises of the lab, 1 and 2, and of what goes further, 3 to 5."""
from functools import cache
from math import comb

import numpy as np
import torch

from labkit import lesson, records
from labkit.lottery import masks, pruning
from labkit.lottery.draws import TOTAL, best_of
from labkit.lottery.tickets import RATE, WIDTH
from labkit.members import digits

SEEDS = range(5)
STEPS = 300      # of training, each time
ROUNDS = 3       # of pruning: one in eight of the weights is left
FEW = 1 / 64     # of the weights, in exercise 3
EXACT = 1424     # decimal digits of the number of masks of 4736 weights


def _missing(answer):
    return answer is None or answer is ...


# --- 1: where did training push? ---------------------------------------------

@cache
def pushed():
    """First values, trained values, masks from true and shuffled labels."""
    net = digits.Relu(WIDTH)
    first = net.draw([SEEDS[0]])
    found = []
    for labels in (None, digits.dealt()):
        whole, *_, (mask, _) = masks.pruned(
            net, first, RATE, STEPS, ROUNDS, [SEEDS[0]], labels)
        found.append((whole[1], mask.keep))
    (end, mask), (_, other) = found
    return first, end, {"all weights": torch.ones_like(mask),
                        "the ticket": mask,
                        "the mask from shuffled labels": other}


# First values, last values, and which are kept: three of eight go out.
CASE = torch.tensor([[[1., -1, -1, 1, 1, 1, -1, 1, -1, -1, -1]],
                     [[2., -2, -2, .5, .5, .5, -.5, -3, -2, -2, -2]],
                     [[1., 1, 1, 1, 1, 1, 1, 1, 0, 0, 0]]])
# what a wrong idea finds of it: the hint
IDEAS = {6 / 11: "you count the weights that the mask has cut, too",
         3 / 11: "divide by the number of the weights that are kept",
         4 / 8: "a weight that goes from 1 to -3 has grown, but it was "
                "pushed in, through zero, not out",
         7 / 8: "a weight that goes from 1 to 0.5 keeps its sign, but it was "
                "pushed in"}


def _share(found):
    assert torch.as_tensor(found).numel() == 1, "a share is one number"
    assert 0 <= found <= 1, f"a share is 0 to 1; yours is {float(found):g}"
    return float(found)


def _outward(outward):
    first, end, mask = CASE
    found = outward(first, end, mask)
    if _missing(found):
        return None
    share = _share(found)
    for wrong, hint in IDEAS.items():
        assert abs(share - wrong) > 1e-3, hint
    assert abs(share - 3 / 8) < 1e-3, (
        f"of eight kept weights, three are pushed out; your share is {share}")
    back = _share(outward(first, 2 * first - end, mask))
    assert abs(back - 5 / 8) < 1e-3, (
        "if each weight goes the other way, five of eight are pushed out; "
        f"your share is {back}")
    return _pushed(outward)


def _pushed(outward):
    first, end, which = pushed()
    return "Pushed out by training on the digits: " + ", ".join(
        f"{float(outward(first, end, mask)):.0%} of {name}"
        for name, mask in which.items()) + (
        ". The ticket's mask knows where training went; the other does not.")


outward = lesson.Exercise("1", _outward)


# --- 2: so many combinations -------------------------------------------------

def _decimals(decimals):
    if _missing(decimals(2)):
        return None
    for P, right in {2: 1, 10: 3, 20: 6}.items():
        found = decimals(P)
        assert found == right, (
            f"{P} weights have {comb(P, P // 2):,} masks, digits: {right}; "
            f"you find {found}; divide by log(10), for the decimal "
            "logarithm, and round down before you add 1")
    found = decimals(4736)
    assert found == EXACT, (
        f"for 4736 weights you find {found}; a logarithm is rounded down, "
        "and 1 is added")
    return (f"The number of masks has {found} digits. All your draws since "
            "the beginning of the universe have 24.")


decimals = lesson.Exercise("2", _decimals)


# --- 3: rewinding ------------------------------------------------------------

def _rewind(rewind):
    net = digits.Relu(WIDTH)
    theta = net.draw(SEEDS)
    whole = masks.Mask(torch.ones_like(theta))
    end = masks.trained(net, theta, whole, RATE, STEPS, SEEDS)
    mask = masks.magnitude(end, FEW)
    start = rewind(net, theta, mask, 0)
    if _missing(start):
        return None
    assert torch.equal(start, mask.apply(theta)), (
        "after no steps these are the initial values, pruned")
    assert torch.allclose(rewind(net, theta, mask, STEPS),
                          mask.apply(end)), (
        "after all steps these are the final values, pruned")
    return "Accuracy, by the step that is returned to: " + ", ".join(
        f"{steps}: {_again(net, rewind(net, theta, mask, steps), mask):.3f}"
        for steps in (0, 100, STEPS)) + "."


def _again(net, start, mask):
    return net.accuracy(masks.trained(net, start, mask, RATE, STEPS,
                                      SEEDS)).mean()


rewind = lesson.Exercise("3", _rewind)


# --- 4: the luckiest of m ----------------------------------------------------

def _luckiest(luckiest):
    numbers = np.arange(101.0)
    if _missing(luckiest(numbers, 1)):
        return None
    assert abs(luckiest(numbers, 1) - 50) <= 1, (
        "of one network it is the median itself")
    assert abs(luckiest(numbers, 3) - 20.6) <= 1, (
        "for three networks and steps 0 to 100, it lies near 21: solve "
        "1 - (1 - F)^m = 1/2")
    record = records.load("lottery", "draw")
    rows, best = record[record.lr == .03], best_of(record)
    return "Steps of the luckiest: " + "; ".join(
        f"width {width}: predicted {luckiest(_steps(rows, width), m):.0f}, "
        f"recorded {best[width].median():.0f}"
        for width, m in ((w, TOTAL // w) for w in (16, 32, 64))) + "."


def _steps(rows, width):
    return rows[rows.width == width].needed.fillna(np.inf).to_numpy()


luckiest = lesson.Exercise("4", _luckiest)


# --- 5: refute us ------------------------------------------------------------

def _refuted(attempt):
    if _missing(attempt):
        return None
    lr, rounds = attempt
    assert .0003 <= lr <= .1 and 3 <= rounds <= 6, (
        "the rate may be 0.0003 to 0.1, the rounds 3 to 6")
    rows = pruning.run(width=[WIDTH], lr=[lr], steps=STEPS, rounds=rounds)
    table = rows.groupby(["density", "way"]).trained.median().unstack()
    ticket = table.iloc[0]
    said = (f"at density {table.index[0]:.3f}: original "
            f"{ticket.original:.3f}, redrawn {ticket.redrawn:.3f}, random "
            f"mask {ticket['random mask']:.3f}")
    assert ticket.original - ticket.redrawn <= .02, (
        f"{said}; the values matter more")
    assert ticket.original - ticket["random mask"] >= .1, (
        f"{said}; no mask matters")
    return f"Refuted: {said}."


refuted = lesson.Exercise("5", _refuted)
