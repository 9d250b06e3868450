"""Pits: do small networks get stuck in true minima, and does size help?

Students of a known teacher, whose loss is exact. Source: Safran & Shamir
2018.
"""
import torch

from labkit import plots
from labkit.claims import claim, evidence
from labkit.cores import SMALLEST
from labkit.experiment import Experiment
from labkit.landscape import costs, drawn, students
from labkit.rows import change, labelled, of, wide
from labkit.rulings import plus

PITS = {
    "quick": {"teachers": [6, 10], "more": [0, 1], "count": 20,
              "steps": 2000},
    "class": {"teachers": [6, 8, 10], "more": [0, 1], "count": 50,
              "steps": 3000},
    "full": {"teachers": [6, 8, 10, 15, 20], "more": [0, 1, 2],
             "count": 100, "steps": 5000}}


def cells(teachers, more, count, steps):
    """Students with so many ``more`` neurons than each teacher, and twice.

    ``count`` students of each size per seed.
    """
    return [dict(k=k, m=m, count=count, steps=steps)
            for k in teachers
            for m in sorted({*(k + i for i in more), 2 * k})]


def measure(seeds, k, m, count, steps):
    """Where students of m neurons end, whose teacher has k.

    Rows: seed, k, m and the columns of ``students.outcomes``.
    """
    w, owner, v = students.trained(k, m, count, steps, seeds)
    return [dict(seed=seed, k=k, m=m, **found)
            for seed, found in students.outcomes(w, v, owner, seeds)]


pits = Experiment("pits", PITS, measure, costs.students, cells)
EXPERIMENTS = (pits,)
run = pits.run


# --- what the rows say ------------------------------------------------------

def pit_shares(rows):
    """Share of pits, seed x teacher, of students as large as theirs."""
    rows = labelled(of(rows, "pits"), "k", "m")
    return wide(rows[rows.m == rows.k], "pit", "k")


# --- the claims -------------------------------------------------------------

def some_pits(rows):
    """Do students of their teacher's size end in pits?"""
    share = pit_shares(rows).iloc[:, -1]
    return evidence(100 * share, SMALLEST["C5a"], k=share.name)


def width_removes(rows):
    """For one teacher, do larger students end in fewer pits?"""
    rows = labelled(of(rows, "pits"), "k")
    k = rows.k.max()
    shares = wide(rows[rows.k == k], "pit", "m")
    return evidence(100 * change(shares), SMALLEST["C5b"], k=k)


def larger_exact(rows):
    """Of students just as large as their teacher, are larger ones freer?"""
    shares = pit_shares(rows)
    return evidence(100 * change(shares), plus(-5),
                    first=shares.columns[0], last=shares.columns[-1])


CLAIMS = [
    claim("C5a", "Some small networks end in pits.", some_pits,
          "of the students with {k:g} neurons, as many as their teacher "
          "has, {effect} % end in a pit",
          "safran2018spurious", "ding2022suboptimal"),
    claim("C5b", "Of networks with the same teacher, larger ones end in a "
          "pit less often.", width_removes,
          "from students with {k:g} neurons, as many as their teacher has, "
          "to students with twice as many, the share that ends in a pit "
          "{effect:rises|falls} by {size} percentage points",
          "safran2018spurious", "safran2021effects"),
    claim("C5c", "Of networks just as large as their teacher, larger ones "
          "end in a pit less often.", larger_exact,
          "from {first:g} to {last:g} neurons in both student and teacher, "
          "the share that ends in a pit {effect:rises|falls} by {size} "
          "percentage points", "safran2018spurious"),
]


# --- figures and tables -----------------------------------------------------

def levels_figure(losses, pit):
    """Final losses (students,) in order; ``pit`` marks those in a pit."""
    figure, ax = plots.axes("student, in order of its loss", "final loss",
                            xlog=False, ylog=False)
    losses, order = losses.sort()
    place = torch.arange(1, len(losses) + 1)
    for mask, sign, label in ((~pit[order], "o", "arrived"),
                              (pit[order], "^", "in a pit")):
        ax.plot(place[mask], losses[mask], sign, label=label)
    ax.legend()
    return plots.show(
        ax, "Final losses of the students of one teacher, in order. Most "
        "lie at zero; the others stand on one or two level steps well "
        "above, marked as pits.")


def proof(w, v, pit, lowest):
    """In words: are the students in a ``pit`` at rest, at its bottom?"""
    if not pit.any():
        return "No student is in a pit."
    slope = students.gradient(w[pit], v).flatten(1).norm(dim=1).max()
    loss = students.loss(w[pit], v)
    return (f"In the pits: losses {loss.min():.3f} to {loss.max():.3f}, "
            f"longest gradient {slope:.0e},\nlowest eigenvalue of any "
            f"Hessian {lowest[pit].min():.4f}")


def pits_table(rows):
    """Share of pits, of all students (range of the seeds): teacher x student.

    As many students of each seed.
    """
    size = ("m = k + " + (rows.m - rows.k).astype(str)).where(
        rows.m < 2 * rows.k, "twice k").where(rows.m > rows.k, "m = k")
    shares = rows.assign(size=size).groupby(["k", "size"]).pit.agg(
        ["mean", "min", "max"])
    text = shares.apply(drawn.percent, axis=1)
    return text.unstack().rename_axis(columns=None)


FIGURES = {}
TABLES = {"pits": lambda tables: pits_table(tables["pits"]).rename(columns={
    "m = k + 1": "k + 1", "m = k + 2": "k + 2", "twice k": "2 k"})}


def facts(tables):
    """How many students each seed has, and where those of a size end.

    ``stuck_15``: the share of students as large as a teacher of 15 neurons.
    """
    rows = tables["pits"]
    fifteen = rows[(rows.k == 15) & (rows.m == 15)]
    rows = rows[rows.k == rows.k.max()]
    exact, spared = rows[rows.m == rows.k], rows[rows.m == rows.k + 2]
    return {"stuck_15": f"{fifteen.pit.mean():.2f}",
            "pit_count": f"{rows.students.max():.0f}",
            "pit_most": f"{(exact.pit * exact.students).sum():.0f}",
            "pit_all": f"{exact.students.sum():.0f}",
            "spared_open": f"{(spared.elsewhere * spared.students).sum():.0f}"
            }
