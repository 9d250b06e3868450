"""What the lesson shows and quotes."""
import numpy as np

from labkit import plots
from labkit.landscape import drawn, escape
from labkit.landscape.drawn import BLUE, GREY, WARM
from labkit.landscape.inside import SHOWN
from labkit.landscape.sizes import luck

CLAIMS, EXPERIMENTS, TABLES = [], (), {}

SPARES = {0: ("none to spare", WARM), 1: ("one to spare", GREY),
          2: ("two to spare", BLUE)}


# --- the lesson's figure ----------------------------------------------------

def shares(rows):
    """Percent of students in a pit: (seed, teacher) x neurons to spare."""
    rows = rows.assign(spare=rows.m - rows.k, percent=100 * rows.pit)
    return rows[rows.spare.isin([*SPARES])].pivot_table(
        index=["seed", "k"], columns="spare", values="percent")


def spare_figure(rows):
    """Percent of students in a pit against the teacher's size."""
    table = shares(rows)
    ax = drawn.axes("neurons of the teacher", "% stuck", xlog=False,
                    ylog=False)
    seeds = table.reset_index("k")
    for spare, (name, colour) in SPARES.items():
        ax.plot(seeds.k, seeds[spare], "o", color=colour, alpha=0.35,
                markersize=5, markeredgewidth=0)
        mean = table[spare].groupby("k").mean()
        ax.plot(mean.index, mean, color=colour, label=name,
                linewidth=2 if spare == 1 else 3.5)
    ticks = sorted({*seeds.k})
    ax.set(ylim=(-3, 103), yticks=range(0, 101, 25))
    ax.annotate("both grow:\nmore get stuck", (0.05, 0.72), color=WARM,
                xycoords="axes fraction", fontsize=12)
    last = table.groupby("k").mean().iloc[-1]
    return plots.show(
        drawn.named(ax, ticks),
        "Percentage of stuck students against the neurons of their teacher, "
        f"{ticks[0]} to {ticks[-1]}. With as many neurons as the teacher it "
        f"climbs to {last[0]:.0f}, with one to spare to {last[1]:.0f}; with "
        f"two to spare it stays at {last[2]:.0f}. Pale dots, the seeds, lie "
        "close to the lines.")


FIGURES = {"spare": lambda tables: spare_figure(tables["pits"])}


# --- facts ------------------------------------------------------------------

def facts(tables):
    """What the lesson quotes: counts of students, and shares."""
    part = 100 * luck(tables["sizes"])
    return {"told": {
        **stuck(tables["pits"]), **ways_out(tables["escape"]),
        **down(tables["spectrum"]),
        "luck": f"{np.median(part):.0f}",
        "luck_most": f"{part.iloc[:, :2].max(axis=None):.0f}"}}


def stuck(rows):
    """Exact students in a pit, smallest, recorded and largest teacher.

    And those of the largest with one neuron to spare.
    """
    rows = rows.assign(number=rows.pit * rows.students, spare=rows.m - rows.k)
    sums = rows.groupby(["spare", "k"])[["number", "students"]].sum()
    number, every = sums.loc[0].T.values
    sizes = sums.loc[0].index
    here = sizes.get_loc(SHOWN)
    return {"first": f"{sizes[0]}", "k": f"{SHOWN}",
            "last": f"{sizes[-1]}", "students": f"{every[0]:.0f}",
            "stuck_first": f"{number[0]:.0f}",
            "stuck": f"{number[here]:.0f}",
            "stuck_last": f"{number[-1]:.0f}",
            "one_spare": f"{sums.number[1, sizes[-1]]:.0f}"}


def ways_out(rows):
    """Of those, what some ways out free: of fewer neurons, lasting noise.

    ``noisiest`` is the most that any noise frees at the recorded size.
    """
    rows = rows.assign(out=rows.arrived * rows.students)
    sums = rows.groupby(["k", "way"])[["students", "out"]].sum()
    large, small = sums.loc[SHOWN], sums.loc[10]
    noise = "noise of 20 samples, 4 x"
    return {"longer": f"{escape.LONGER}",
            "trapped": f"{large.students.iloc[0]:.0f}",
            "steps": f"{large.out[f'{escape.LONGER} times the steps']:.0f}",
            "neuron": f"{large.out['one more neuron']:.0f}",
            "noisy": "10", "noise": f"{small.out[noise]:.0f}",
            "noise_of": f"{small.students[noise]:.0f}",
            "noisiest": f"{large.out.filter(like='noise').max():.0f}"}


def down(rows):
    """Ways down where two of the lines turn: of all directions, how many."""
    rows = rows[rows.seed == 0].set_index("width").sort_index()
    text = {"down": rows.negative * rows.parameters, "of": rows.parameters}
    return {f"{name}_{width}": f"{text[name][width]:,.0f}"
            for width in (8, 16) for name in text}
