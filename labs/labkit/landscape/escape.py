"""Escape: what frees networks that are trapped in a pit, and what does not?

Sources: Jin et al. 2017 (noise); Safran et al. 2021 (one more neuron).
"""
import pandas as pd
import torch

from labkit.claims import claim, evidence
from labkit.cores import SMALLEST
from labkit.experiment import Experiment
from labkit.landscape import costs, students
from labkit.rows import best, distinct, labelled, of
from labkit.rulings import over

NOISES = (64, 1), (32, 1), (20, 1), (20, 4)   # samples, times the steps
LONGER = 10       # times as many steps

ESCAPE = {
    "quick": {"teachers": [10], "count": 8, "steps": 2000},
    "class": {"teachers": [10], "count": 40, "steps": 3000},
    "full": {"teachers": [8, 10, 15], "count": 100, "steps": 5000}}


def cells(teachers, count, steps):
    """``count`` students per seed, each of its teacher's size."""
    return [dict(k=k, count=count, steps=steps) for k in teachers]


def measure(seeds, k, count, steps, noises=NOISES, longer=LONGER):
    """Train students of k neurons; let those in pits go on in several ways.

    Rows: seed, k, way (see ``ways_out``) and the columns of
    ``students.outcomes``, of the students that were trapped.
    """
    w, owner, v = students.trained(k, k, count, steps, seeds)
    trapped = students.classify(w, v)[0]["pit"]
    w, owner = w[trapped], owner[trapped]
    generators = {seed: torch.Generator().manual_seed(seed)
                  for seed in seeds}

    def normal(*shape):   # for each student, drawn by its own seed
        return torch.cat([torch.randn(
            int((owner == seed).sum()), *shape, k, dtype=w.dtype,
            generator=generator) for seed, generator in generators.items()])

    return [dict(seed=seed, k=k, way=way, **found)
            for way, end in ways_out(w, v, steps, normal, noises,
                                     longer).items()
            for seed, found in students.outcomes(end, v, owner, seeds)]


def ways_out(w, v, steps, normal, noises=NOISES, longer=LONGER):
    """Where each way takes the trapped students w: {way: weights}.

    The ways: ``longer`` times the steps; steps at half the rate with
    sampled, noisy gradients, for each of the ``noises``, then exact ones; a
    fresh start from new weights; one more neuron, drawn small.
    ``normal(*shape)`` draws numbers (students, *shape, k) from N(0, 1).
    """
    def noisy(samples, times):
        return students.descend(w, v, times * steps, lambda w, v: (
            students.sampled_gradient(w, v, normal(samples)) / 2))

    k = v.shape[-1]
    starts = {f"noise of {samples} samples" + f", {times} x" * (times > 1):
              noisy(samples, times) for samples, times in noises}
    starts["a fresh start"] = normal(k) / k**0.5
    starts["one more neuron"] = students.with_neuron(
        w, 0.1 * normal() / k**0.5)
    on = students.descend(w, v, longer * steps)
    return {f"{longer} times the steps": on} | {
        way: students.descend(start, v, steps)
        for way, start in starts.items()}


def cost(seeds, k, count, steps):
    """About how many seconds a cell takes; ValueError for bad settings."""
    return 10 * costs.students(seeds, k, k, count, steps)


escape = Experiment("escape", ESCAPE, measure, cost, cells)
EXPERIMENTS = (escape,)
run = escape.run


# --- what the rows say ------------------------------------------------------

def whole(values):
    """The sum; NaN if one of the values is."""
    return values.sum(skipna=False)


def freed(rows, way):
    """Percent of trapped students that got out, all teachers together.

    Of the ways whose name starts with ``way``, the best for each teacher;
    a value per seed.
    """
    rows = distinct(of(rows, "escape"), "k", "way", "seed")
    labelled(rows, "students")
    rows = rows[rows.way.str.startswith(way) & (rows.students > 0)]
    rows = rows.assign(out=rows.arrived * rows.students)
    total = rows.groupby(["k", "way"]).out.agg(whole)
    sums = rows.set_index(["k", "way"]).loc[best(-total, "k")].groupby(
        "seed")[["out", "students"]].agg(whole)
    return 100 * sums.out / sums.students


# --- the claims -------------------------------------------------------------

def neuron_frees(rows):
    """Does one more neuron free most of them?"""
    return evidence(freed(rows, "one more"), over(50))


def steps_free(rows):
    """Do more steps free trapped students?"""
    return evidence(freed(rows, f"{LONGER} times"), SMALLEST["C6b"],
                    times=LONGER)


def noise_frees(rows):
    """Does the noise of sampled gradients free some of them?"""
    return evidence(freed(rows, "noise"), SMALLEST["C6b"])


CLAIMS = [
    claim("C5d", "One more neuron frees most trapped networks.",
          neuron_frees,
          "one more neuron frees {effect} % of the trapped students",
          "safran2021effects", beyond=True),
    claim("C6b", "More steps free some trapped networks.", steps_free,
          "{times} times as many steps free {effect} % of the trapped "
          "students", "safran2018spurious"),
    claim("C6c", "The noise of sampled gradients frees some trapped "
          "networks.", noise_frees,
          "noise in the gradients, for each teacher of the strength and "
          "length that free most of those tried, frees {effect} % of the "
          "trapped students", "jin2017escape", "lee2016gradient"),
]


# --- tables -----------------------------------------------------------------

def escape_table(rows):
    """How many trapped students got out, all seeds together: way x k.

    In brackets how many are no longer in a pit, and have not arrived.
    """
    rows, fates = rows[rows.students > 0], ["diverged", "elsewhere"]
    parts = rows[["arrived", *fates]].mul(rows.students, axis=0)
    table = pd.concat([rows[["k", "way", "students"]], parts], axis=1)
    table = table.groupby(["way", "k"]).sum().round().astype(int)
    text = []
    for _, row in table.iterrows():
        lost = ", ".join(f"{row[fate]} {fate}" for fate in fates if row[fate])
        text.append(f"{row.arrived} of {row.students}"
                    + f" ({lost})" * bool(lost))
    return pd.Series(text, table.index).unstack("k").loc[
        rows.way.unique()].rename_axis(index=None)


def fates_table(rows):
    """The same for the page, narrower: numbers alone.

    Each k with the number of these students in brackets. Below a way, how many
    diverged or ended elsewhere, if some did.
    """
    rows = rows[rows.students > 0]
    fates = rows[["arrived", "diverged", "elsewhere"]].mul(
        rows.students, axis=0)
    counts = fates.groupby([rows.way, rows.k]).sum().round().astype(int)
    every = rows.drop_duplicates(["seed", "k"]).groupby("k").students.sum()
    lines = [(way if fate == "arrived" else f"– {fate}", found[fate])
             for way in rows.way.unique() for found in (counts.loc[way],)
             for fate in found if fate == "arrived" or found[fate].any()]
    return pd.DataFrame([found for _, found in lines], [
        name for name, _ in lines]).rename_axis(columns=None).rename(
            columns=lambda k: f"{k} ({every[k]:.0f})")


FIGURES = {}
TABLES = {"escape": lambda tables: fates_table(tables["escape"])}


def facts(tables):
    """Of the largest teacher, how many ended elsewhere under strong noise.

    And what share of them ``freed`` three of the ways.
    """
    rows = tables["escape"]
    rows = rows[rows.k == rows.k.max()].set_index("way")
    strong, weak = (f"noise of {samples} samples"
                    for samples, _ in (NOISES[2], NOISES[1]))
    elsewhere = (rows.elsewhere * rows.students)[strong].sum()
    arrived = (rows.arrived * rows.students).groupby("way").sum()
    freed = arrived / rows.students.groupby("way").sum()
    return {"escape_elsewhere": f"{elsewhere:.0f}", "freed": {
        name: f"{freed[way]:.2f}" for name, way in (
            ("steps", "10 times the steps"), ("noise", weak),
            ("neuron", "one more neuron"))}}
