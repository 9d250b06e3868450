"""Inside the pits: how do trapped students differ from their teacher?

And what does one more neuron do to them? After Safran et al. 2021.
"""
import numpy as np
import pandas as pd
import torch

from labkit import plots
from labkit.claims import number
from labkit.experiment import Experiment
from labkit.landscape import costs, drawn, students
from labkit.landscape.drawn import BLUE, WARM
from labkit.rulings import interval

STANDS = 0.9       # a cosine above this: in the place of a teacher's neuron
AWAY = -0.8        # below this: it points away from one
BINS = 40          # of the cosines, from -1 to 1
SMALL, LONG = 0.1, 0.9     # lengths of a neuron that withered, that grew up
SHOWN = 15         # neurons of the teacher in the lesson

INSIDE = {
    "quick": {"teachers": [10], "count": 8, "steps": 2000},
    "class": {"teachers": [10], "count": 40, "steps": 3000},
    "full": {"teachers": [8, 10, SHOWN], "count": 100, "steps": 5000}}


def cells(teachers, count, steps):
    """``count`` students per seed, each of its teacher's size."""
    return [dict(k=k, count=count, steps=steps) for k in teachers]


def nearest(w):
    """The teacher's neuron whose line each neuron is closest to; the cosine.

    It is -1 if it points the opposite way. The teacher's neurons are the
    unit vectors; (students, m, k) -> two times (students, m).
    """
    cosines = students.polar(w)[1]
    place = cosines.abs().argmax(-1, keepdim=True)
    return place.squeeze(-1), cosines.gather(-1, place).squeeze(-1)


def measure(seeds, k, count, steps):
    """Train students of k neurons, open those in pits, add one neuron.

    Rows: seed, k, quantity and value, a count. Of ``pits``, those where
    each neuron has a teacher's of its ``own``, those where one neither
    stands in place nor points just away, ``slanted``, and those where one
    points away, ``alone``; what ``one_more`` does to the last; and the
    ``neurons`` of all pits with a ``cosine`` from here to the next.
    """
    w, owner, v = students.trained(k, k, count, steps, seeds)
    trapped = students.classify(w, v)[0]["pit"]
    w, owner = w[trapped], owner[trapped]
    place, cosine = nearest(w)
    alone = (cosine < 0).sum(-1) == 1
    new = torch.cat([0.1 * torch.randn(
        int((alone & (owner == seed)).sum()), k, dtype=w.dtype,
        generator=torch.Generator().manual_seed(seed)) / k**0.5
        for seed in seeds])
    every = torch.arange(k).expand_as(place)
    masks = {"pits": torch.ones_like(alone), "alone": alone,
             "own": (place.sort(-1).values == every).all(-1),
             "slanted": ((cosine > AWAY) & (cosine < STANDS)).any(-1)}
    for fate, mask in one_more(w[alone], new, v, steps).items():
        masks[fate] = alone.clone()
        masks[fate][alone] = mask
    return [row for seed in seeds for row in _rows(
        seed, k, cosine[owner == seed],
        {name: mask[owner == seed] for name, mask in masks.items()})]


def one_more(w, new, v, steps):
    """What one ``new`` neuron does to students of which one points away.

    Masks (students,): those that arrive, ``out``; of these, where the new
    neuron has grown to its full length in the place that the wrong one
    points away from, and the wrong one is nearly gone, ``grown``; of the
    others, where the new one points away from it, too, ``joined``.
    """
    place, cosine = nearest(w)
    wrong = cosine.argmin(-1, keepdim=True)
    gap = place.gather(-1, wrong).squeeze(-1)
    end = students.descend(students.with_neuron(w, new), v, steps)
    out = students.classify(end, v)[0]["arrived"]
    length = students.polar(end)[0].squeeze(-1)
    place, cosine = (found[:, -1] for found in nearest(end))
    grown = (place == gap) & (cosine > STANDS) & (length[:, -1] > LONG) & (
        length.gather(-1, wrong).squeeze(-1) < SMALL)
    return {"out": out, "grown": out & grown,
            "joined": ~out & (place == gap) & (cosine < 0)}


def _rows(seed, k, cosine, masks):
    """The rows of one seed, as many of each."""
    counts = torch.histc(cosine.clamp(-1, 1), BINS, -1, 1)
    return [
        *(dict(seed=seed, k=k, quantity=name, cosine=np.nan,
               value=int(mask.sum())) for name, mask in masks.items()),
        *(dict(seed=seed, k=k, quantity="neurons",
               cosine=round(2 * i / BINS - 1, 2), value=int(count))
          for i, count in enumerate(counts))]


def cost(seeds, k, count, steps):
    """About how many seconds a cell takes; ValueError for bad settings."""
    return 1.5 * costs.students(seeds, k, k, count, steps)


inside = Experiment("inside", INSIDE, measure, cost, cells)
EXPERIMENTS = (inside,)
run = inside.run
CLAIMS = []


# --- what the rows say ------------------------------------------------------

def counted(rows):
    """Pits and their neurons, all seeds together: a row per teacher's k.

    Columns: the quantities of ``measure``, and ``neurons`` split into those
    that stand in place, ``home``, that point ``away``, and the ``rest``.
    """
    table = rows.pivot_table(index="k", columns="quantity", values="value",
                             aggfunc="sum")
    neurons = rows[rows.quantity == "neurons"]
    middle = neurons.cosine + 1 / BINS
    for name, part in (("home", middle > STANDS), ("away", middle < AWAY)):
        table[name] = neurons.value.where(part, 0).groupby(neurons.k).sum()
    return table.assign(rest=table.neurons - table.home - table.away)


def freed(rows):
    """Percent that one more neuron frees of those with one wrong neuron.

    A value per seed (down) and k (across).
    """
    counts = rows.pivot_table(index=["seed", "k"], columns="quantity",
                              values="value", aggfunc="sum")
    return (100 * counts.out / counts.alone).unstack("k")


# --- figures, tables and facts ----------------------------------------------

def opened_figure(rows, k=SHOWN):
    """How many neurons lie how far from a neuron of the teacher."""
    rows = rows[(rows.k == k) & (rows.quantity == "neurons")]
    bars = rows.groupby("cosine").value.sum()
    found = counted(rows).loc[k]
    ax = drawn.axes("cosine with a teacher's neuron", "neurons", xlog=False,
                    ylog=False)
    ax.bar(bars.index, bars, 2 / BINS, align="edge",
           color=[WARM if cosine < 0 else BLUE for cosine in bars.index])
    for count, place, side, text, colour in (
            (found.away + found.rest, -1, "left", "point the wrong way", WARM),
            (found.home, 1, "right", "stand in place", BLUE)):
        ax.annotate(f"{count:,.0f}\n{text}", (place, count), (0, 6), ha=side,
                    textcoords="offset points", color=colour, fontsize=12)
    ax.set(ylim=(0, 1.25 * bars.max()), xlim=(-1.05, 1.05),
           xticks=[-1, 0, 1])
    ax.yaxis.set_major_locator(plots.plt.MaxNLocator(3))
    ax.yaxis.set_major_formatter("{x:,.0f}")
    return plots.show(
        ax, "Histogram of the neurons of students in a pit by their cosine "
        f"with the nearest neuron of the teacher. {found.home:,.0f} stand at "
        f"almost 1, {found.away:,.0f} at about -0.9, and {found.rest:,.0f} "
        "between -0.8 and -0.65.")


def inside_table(rows):
    """What is inside the pits, and what one more neuron does, by k."""
    table, shares = counted(rows), freed(rows)
    ends = [interval(shares[k]) for k in table.index]
    return pd.DataFrame({
        "pits": table.pits, "neurons": table.neurons,
        "in place": table.home,
        "just away": table.away,
        "roughly away": table.rest,
        "one wrong": table.alone,
        "freed": table.out,
        "freed, %": shares.median().map("{:.0f}".format),
        "95 % interval": ["{:.0f}–{:.0f}".format(*two) for two in ends],
        "gap filled": table.grown,
        "both wrong": table.joined,
    }).T.rename_axis(columns=None)


FIGURES = {"opened": lambda tables: opened_figure(tables["inside"])}
TABLES = {"inside": lambda tables: inside_table(tables["inside"])}


def facts(tables):
    """What is inside the pits of the lesson's students, and of all."""
    table, shares = counted(tables["inside"]), freed(tables["inside"])[SHOWN]
    low, high = interval(shares)
    return {"inside": {
        **{name: f"{table.loc[SHOWN, name]}"
           for name in ("pits", "alone", "out", "grown", "joined")},
        "every": f"{table.pits.sum():,}",
        "slanted": f"{table.slanted.sum()}", "share": number(shares.median()),
        "low": number(low), "high": number(high)}}
