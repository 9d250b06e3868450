"""What the lesson shows and quotes: late or never, and what experience costs.

Two figures and a few numbers that only the lesson needs, all from records of
other parts.
"""
import matplotlib.pyplot as plt

from labkit import plots
from labkit.interference import (
    conflict,
    features,
    forks,
    mixture,
    price,
    superposition,
)
from labkit.interference.mixture import COMMON, TASKS, first_step
from labkit.rows import middle, only, spread, wide

BLUE, WARM, QUIET = "#0072B2", "#B6480A", "#555555"
RARE = TASKS - COMMON
DIETS = {"mixture": "as the tasks come", "uniform": "all equally often"}
WAYS = {   # program -> name, its place beside the line, colour, thickness
    "fresh start": ("a fresh\nnetwork", (1300, 6), BLUE, 3.5),
    "common masked": ("experienced,\ncommon tasks\ntaken away",
                      (3100, 2.5), WARM, 3.5),
    "as it was": ("nothing changed", (3600, .1), QUIET, 2)}
CLAIMS = []
EXPERIMENTS = ()
TABLES = {}


# --- what the rows say ------------------------------------------------------

def average(rows, by):
    """Rare tasks known: step x ``by``, means of the seeds."""
    return rows.groupby(["step", by]).rare.mean().unstack()


def narrow(tables, arm):
    """What the two narrowest widths know, tasks mixed in one way."""
    rows = mixture.best_rate(tables["tasks"]).query("step > 0")
    return average(only(rows, arm=arm, width=sorted(rows.width.unique())[:2]),
                   "width")


def alike(known):
    """The last look until which neither width knows one, in most seeds."""
    return known.index[(known.max(axis=1) >= .5).cumsum() == 0][-1]


def rare_late(tables):
    """Rare tasks that more steps bring the second width, per seed."""
    rare = mixture.along(tables["tasks"], "mixture", "rare")
    last = rare.columns.max()
    early = abs(rare.columns - mixture.EARLY * last).argmin()
    return rare.iloc[:, -1] - rare.iloc[:, early]


def after(tables, width, lr):
    """Rows after the fork, of one width and rate."""
    return only(tables["forks"], width=width, lr=lr)


def drawn(tables):
    """Width and rate of the figure: the second width, the lowest rate."""
    rows = tables["forks"]
    return mixture.second(rows), forks.low_rate(rows)


def experience(tables, width, lr):
    """Steps to all rare tasks over those of a fresh network, per seed."""
    fresh, freed = (first_step(wide(only(
        after(tables, width, lr), program=program), "rare", "step"), RARE)
        for program in ("fresh start", "common masked"))
    return freed / fresh


def summed(tables, moment="same step", kind=""):
    """What a step for one task costs all others together: seed x width.

    Over what it takes off its own loss. Of the optimiser's step, or by its
    ``kind``: "_short", a quarter as long; "_plain", along the gradient.
    """
    rows, others = tables["conflict"], conflict.FEW - 1
    harm, own = (conflict.at(rows, moment, name + kind)
                 for name in ("harm", "own"))
    return -others * harm / own


# --- figures and facts ------------------------------------------------------

def late_figure(tables):
    """Rare tasks known by two widths: as the tasks come, and the control."""
    with plt.rc_context(plots.STYLE):
        figure, panels = plt.subplots(2, sharex=True, figsize=(5, 5))
        for ax, (arm, title) in zip(panels, DIETS.items()):
            known = narrow(tables, arm)
            panel(ax, known, title)
            if arm == "mixture":
                end = alike(known)
                ax.axvspan(known.index[0], end, color="0.9", linewidth=0)
                ax.annotate("alike", ((known.index[0] * end)**.5, 2),
                            ha="center")
    figure.supylabel("rare tasks known", fontsize=14)
    ax.set_xlabel("steps of training")
    return plots.show(
        ax, f"Rare tasks known, of {RARE}, against the steps, for two "
            "widths. As the tasks come, both know none for a while; then the "
            "wider one climbs to most of them, and the narrow one stays near "
            "none. Equally often, the wider one soon knows all, and the "
            "narrow one stays at half.")


def panel(ax, known, title):
    """What two widths know: step x width."""
    for (width, line), colour in zip(known.items(), (WARM, BLUE)):
        end = line.index[-1], line.iloc[-1]
        ax.plot(line, color=colour, linewidth=3.5)
        ax.annotate(f"width {width}", end, (0, -20 if end[1] > 7 else 8),
                    textcoords="offset points", ha="right", color=colour)
    ax.set_title(title, loc="left")
    ax.set(xscale="log", ylim=(-.4, RARE + .4), yticks=[0, RARE / 2, RARE])
    ax.set_xticks([1000, 10_000], ["1,000", "10,000"])
    ax.xaxis.minorticks_off()


def fresh_figure(tables):
    """Rare tasks known by three networks after the fork."""
    known = average(after(tables, *drawn(tables)), "program")
    _, ax = plots.axes("steps after the fork", "rare tasks known", xlog=False,
                       ylog=False)
    ax.figure.set_size_inches(5, 3.6)
    for program, (name, place, colour, thick) in WAYS.items():
        ax.plot(known[program], color=colour, linewidth=thick)
        ax.annotate(name, place, color=colour, va="bottom", fontsize=13)
    ax.set(ylim=(-.3, RARE + .3), yticks=[0, RARE / 2, RARE])
    ax.set_xticks([0, 2000, 4000, 6000], ["0", "2,000", "4,000", "6,000"])
    return plots.show(
        ax, f"Rare tasks known, of {RARE}, against the steps after the fork. "
            "A fresh network begins with none and soon knows all; the "
            "experienced one, without the common tasks, gets there much "
            "later; where nothing changed, hardly any are learned.")


FIGURES = {"late": late_figure, "fresh": fresh_figure}


def sums(tables):
    """The harm of a step in sum, at the narrowest and the widest."""
    kinds = {"": summed(tables), "short_": summed(tables, kind="_short"),
             "plain_": summed(tables, kind="_plain"),
             "loss_": summed(tables, "same loss")}
    ends = {"narrow": 0, "wide": -1}
    return {**{name: f"{middle(kinds[''].iloc[:, i]):.2g}"
               for name, i in ends.items()},
            **{f"{kind}{name}_seeds": spread(table.iloc[:, i], 2)
               for kind, table in kinds.items() for name, i in ends.items()}}


def pasts(tables):
    """Experienced over fresh: as drawn, at the higher rate, and wider."""
    width, lr = drawn(tables)
    rows = tables["forks"]
    settings = {"seeds": (width, lr), "better": (width, rows.lr.max()),
                "wider": (rows.width.max(), lr)}
    return {name: spread(experience(tables, *setting), 1)
            for name, setting in settings.items()}


def facts(tables):
    """What only the lesson quotes, rounded as it quotes it."""
    control = narrow(tables, "uniform")   # its rate is the mixture's best
    cost = price.surcharge(tables["price"]).iloc[0]
    packed = features.sparse(tables["superposed"], "packed").median()
    dim = features.sparse(tables["superposed"], "loss").median()
    return {
        "told_packed": {"few": f"{packed.iloc[0]:.1f}",
                        "many": f"{packed.iloc[-1]:.1f}",
                        "things": f"{superposition.FEATURES}",
                        "dim": f"{dim.iloc[0]:.2f}",
                        "clear": f"{dim.iloc[-1]:.3f}"},
        "told_alike": f"{alike(narrow(tables, 'mixture')):,.0f}",
        "told_rare": {"more": f"{middle(rare_late(tables)):.0f}",
                      "narrow": f"{control.iloc[-1, 0]:.0f}"},
        "told_sum": sums(tables),
        "told_price": f"{middle(cost):.0f}",
        "told_times": f"{middle(experience(tables, *drawn(tables))):.1f}",
        "told_past": pasts(tables),
    }
