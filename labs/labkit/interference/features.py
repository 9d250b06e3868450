"""Features: do only few dimensions hold more features than there are?

Sources: Elhage et al. 2022; Liu et al. 2025.
"""
from labkit import plots
from labkit.claims import claim, evidence
from labkit.cores import SMALLEST, TENTH
from labkit.experiment import Experiment, check
from labkit.interference import superposition
from labkit.rows import as_rows, labelled, middle, of, wide
from labkit.rulings import under

NEW = 1000   # seed of the examples on which the loss is measured

FEATURES = {   # m: dimensions; p: probabilities of a feature
    "quick": {"m": [4, 8, 16, 32], "p": [.01, 1], "steps": 300},
    "class": {"m": [2, 4, 8, 16, 32], "p": [.01, .1, 1], "steps": 1000},
    "full": {"m": [2, 4, 8, 16, 32], "p": [.01, .1, 1], "steps": 3000}}


def measure(seeds, m, p, steps):
    """Features of probability ``p`` in ``m`` dimensions, after training."""
    W, b = superposition.fit(m, p, steps, seeds)
    lost = 0 * W.abs().amax((1, 2))    # zero, or NaN
    table = {"loss": superposition.relative_loss(W, b, p, NEW),
             "overlap": superposition.overlap(W),
             "packed": superposition.packed(W),
             "represented": superposition.represented(W).float().mean(-1)
             + lost}
    return [dict(m=m, p=p, seed=seed, **row)
            for seed, row in zip(seeds, as_rows(table))]


def cost(seeds, m, p, steps):
    """About how many seconds; ValueError for settings that cannot be."""
    check(seeds, m=m, p=p, steps=steps)
    if p > 1:
        raise ValueError(f"p is {p}; a probability is at most 1")
    return steps * (4e-4 + 1.4e-4 * len(seeds))


superposed = Experiment("superposed", FEATURES, measure, cost)
EXPERIMENTS = (superposed,)
run = superposed.run


# --- what the rows say ------------------------------------------------------

def sparse(rows, value):
    """A value of "superposed" for the sparsest features: seed x m."""
    rows = labelled(of(rows, "superposed"), "p")
    return wide(rows[rows.p == rows.p.min()], value, "m")


# --- the claims -------------------------------------------------------------

def several(rows):
    """Do few dimensions hold more features than there are of them?"""
    packed = sparse(rows, "packed")
    return evidence(packed.iloc[:, 0], SMALLEST["C10a"], m=packed.columns[0])


def only_few(rows):
    """And do many dimensions hold no more than that?"""
    packed = sparse(rows, "packed")
    return evidence(packed.iloc[:, -1], under(TENTH, log=True),
                    m=packed.columns[-1])


HOLD = "{m:g} dimensions hold {effect} features each"
CLAIMS = [
    claim("C10a", "Few dimensions take on more features than there are "
          "dimensions.", several, HOLD, "elhage2022toy"),
    claim("C10b", "Many dimensions take on no more features than there are "
          "dimensions.", only_few, HOLD, "liu2025superposition", beyond=True),
]


# --- figures, tables, facts -------------------------------------------------

def directions_figure(W):
    """The directions of the features in two dimensions; W is (2, FEATURES)."""
    _, ax = plots.axes("dimension 1", "dimension 2", xlog=False, ylog=False)
    for x, y in W.T:
        ax.plot([0, x], [0, y], "o-", color="C0", linewidth=1, markevery=[1])
    ax.set(xlim=(-1.5, 1.5), ylim=(-1.5, 1.5), aspect="equal")
    return plots.show(
        ax, "The directions of 64 features in two dimensions, as lines from "
        "the origin. Some are long and spread evenly, like the corners of a "
        "pentagon; the others are short or zero.")


LAMPS = ("French", "code", "verse", "recipe", "date")   # of the lesson


def lamps_figure(W, names=LAMPS):
    """The arrows of some named things on two wires; W is (2, things)."""
    figure, ax = plots.axes("wire 1", "wire 2", xlog=False, ylog=False)
    figure.set_size_inches(3.2, 2.4)
    for (x, y), name in zip(W.T.tolist(), names):
        ax.annotate("", (x, y), (0, 0), arrowprops=dict(
            arrowstyle="-|>", color="C0", linewidth=2))
        far = 1 + 0.15 / max((x * x + y * y)**0.5, 0.3)
        side = "left" if x > 0.3 else "right" if x < -0.3 else "center"
        ax.text(far * x, far * y, name, ha=side, va="center" if
                side != "center" else "bottom" if y > 0 else "top",
                fontsize=plots.STYLE["legend.fontsize"])
    ax.set(xlim=(-2.1, 2.1), ylim=(-1.6, 1.6), aspect="equal",
           xticks=[-1, 0, 1], yticks=[-1, 0, 1])
    kept = superposition.represented(W[None]).sum().item()
    return plots.show(
        ax, "Where each thing lies on the two wires, as an arrow from the "
        f"middle. {kept} of the {len(names)} arrows are long; the others "
        "are short or have no length.")


def superposed_table(rows):
    """What the dimensions hold, (p, m), medians of the seeds."""
    n = rows.represented * superposition.FEATURES
    bound = (n - rows.m) / (rows.m * (n - 1))
    rows = rows.assign(p=rows.p.map("{:.2f}".format), represented=n,
                       bound=bound.where(n > rows.m))
    columns = {"represented": "features with a direction", "packed":
               "squared length per dimension", "overlap": "overlap",
               "bound": "least possible", "loss": "relative loss"}
    table = rows.rename(columns=columns).groupby(["p", "m"])[
        [*columns.values()]].agg(middle).round(3)
    return table.astype(object).where(table.notna(), "")


FIGURES = {}
TABLES = {"superposed": lambda tables: superposed_table(tables["superposed"])}


def facts(tables):
    """None: the prose quotes the claims only."""
    return {}
