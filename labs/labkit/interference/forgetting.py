"""Forgetting: do new tasks wipe out the old, in sequence and shuffled?

Sources: McCloskey & Cohen 1989; Mirzadeh et al. 2022.
"""
import torch

from labkit import plots
from labkit.claims import claim, evidence
from labkit.cores import SMALLEST
from labkit.experiment import Experiment, check
from labkit.interference.conflict import FEW, PLACES
from labkit.interference.mixture import some
from labkit.members import parity
from labkit.members.adam import Adam
from labkit.members.parity import NEW
from labkit.rows import change, labelled, of, only, wide
from labkit.rulings import over, plus

CHANCE = 0.5   # accuracy of guessing

FORGETTING = {   # steps: of each half
    "quick": {"width": [16, 128], "lr": .01, "steps": 800},
    "class": {"width": [16, 64, 256], "lr": .01, "steps": 1000},
    "full": {"width": [16, 32, 64, 128, 256, 512], "lr": .01, "steps": 1000}}


def orders():
    """Frequencies of the tasks in both phases, by the order of teaching.

    FEW tasks in two halves, A and B. "sequential": first A, then B;
    "shuffled": all of them, twice.
    """
    a = (torch.arange(FEW) < FEW // 2) / (FEW / 2)
    all_tasks = torch.full((FEW,), 1 / FEW)
    return {"sequential": {"A": a, "B": a.flip(0)},
            "shuffled": {"A": all_tasks, "B": all_tasks}}


def measure(seeds, width, lr, steps):
    """Accuracy on A and on B along both phases, of ``steps`` each."""
    members = [(order, seed) for order in orders() for seed in seeds]
    whose = [seed for _, seed in members]
    net, places = parity.Parity(width, FEW), parity.drawn(FEW, PLACES, whose)
    test = parity.exam(places, parity.EXAM, 0)
    adam, rows = Adam.start(net.draw(whose)), []
    for phase, shift in (("A", 0), ("B", NEW)):
        mix = torch.stack([orders()[order][phase] for order, _ in members])
        for step in parity.train(net, adam, places, mix, lr, steps,
                                 [seed + shift for seed in whose]):
            if step in parity.looks(steps):
                right = parity.graded(net, adam.theta, *test)[1]
                a, b = (half.mean(-1).tolist() for half in right.chunk(2, -1))
                rows += [dict(order=order, seed=seed, width=width, lr=lr,
                              phase=phase, step=step, a=a[i], b=b[i])
                         for i, (order, seed) in enumerate(members)]
    return rows


def cost(seeds, width, lr, steps):
    """About how many seconds; ValueError for settings that cannot be."""
    check(seeds, width=width, lr=lr, steps=steps)
    return parity.seconds(2 * steps, len(orders()) * len(seeds), width)


forgetting = Experiment("forgetting", FORGETTING, measure, cost)
EXPERIMENTS = (forgetting,)
run = forgetting.run


# --- what the rows say ------------------------------------------------------

def kept(rows, order):
    """What is left of A's accuracy above chance: seed x width.

    NaN for a network that had none of it, or diverged.
    """
    rows = labelled(of(rows, "forgetting", order=order), "step")
    rows = rows[rows.step == rows.step.max()]
    a, b = (wide(only(rows, phase=phase), "a") - CHANCE for phase in "AB")
    return b / a.where(a > 0)


# --- the claims -------------------------------------------------------------

def remains(rows, order, column, region):
    """Evidence on the percent of A's accuracy that one width keeps."""
    percent = 100 * kept(rows, order)
    return evidence(percent.iloc[:, column], region,
                    width=percent.columns[column])


def sequence_harms(rows):
    """Do tasks wipe out what was learned before them?"""
    return remains(rows, "sequential", 0, SMALLEST["C11b"])


def shuffled_harms(rows):
    """Do they, when all are shuffled?"""
    return remains(rows, "shuffled", 0, SMALLEST["C11b"])


def wide_keeps_more(rows):
    """Does a wider network forget less?"""
    return evidence(change(100 * kept(rows, "sequential")), plus(5))


def wide_keeps(rows):
    """Does the widest keep the most of it?"""
    return remains(rows, "sequential", -1, over(50))


KEEPS = "width {width:g} keeps {effect} % of its accuracy on A (above chance)"
CLAIMS = [
    claim("C11b", "Taught one after the other, new tasks wipe out the old.",
          sequence_harms, f"taught B after A, {KEEPS}",
          "mccloskey1989catastrophic"),
    claim("C11c", "Shuffled, equally frequent tasks wipe each other out.",
          shuffled_harms, f"in shuffled training {KEEPS}",
          "mccloskey1989catastrophic"),
    claim("C14i", "Taught one after the other, a wider network forgets less.",
          wide_keeps_more,
          "taught B after A, what is kept of the accuracy on A "
          "{effect:rises|falls} by {size} percentage points from the "
          "narrowest to the widest network", "mirzadeh2022wide",
          "ramasesh2022effect"),
    claim("C14j", "Taught one after the other, a wide network keeps most of "
          "what it had learned.", wide_keeps, f"taught B after A, {KEEPS}",
          "mirzadeh2022wide"),
]


# --- figures, tables, facts -------------------------------------------------

def forgetting_figure(rows):
    """Accuracy on A while B is taught: narrowest, widest and one between."""
    rows = rows[(rows.phase == "B") & (rows.step > 0)]
    widths = sorted(rows.width.unique())
    _, ax = plots.axes("steps of the second half", "accuracy on A",
                       ylog=False)
    for order, line, drawn, label in (
            ("sequential", "-", [*widths[::len(widths) // 2 or 1][:2],
                                 widths[-1]], "width {}"),
            ("shuffled", "--", [widths[0], widths[-1]], "{}, shuffled")):
        some(ax, only(rows, order=order), drawn, x="step", y="a", label=label,
             linestyle=line)
    ax.axhline(CHANCE, color="0.4", linewidth=1)
    ax.annotate("guessing", (.01, CHANCE), (0, 3), va="bottom", fontsize=12,
                xycoords=("axes fraction", "data"),
                textcoords="offset points")
    plots.ends(ax)
    return plots.show(
        ax, "Accuracy on the first tasks while the others are taught, three "
        "widths. Solid: one after the other; it falls from one to "
        "little above the line of guessing at one half, in wide networks "
        "more slowly. Dashed: shuffled; it stays near one.")


FIGURES = {"forgetting": lambda tables: forgetting_figure(
    tables["forgetting"])}
TABLES = {}


def facts(tables):
    """None: the prose quotes the claims only."""
    return {}
