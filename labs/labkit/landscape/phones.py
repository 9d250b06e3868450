"""A class's phones: students of one teacher, as rows of "pits"."""
from dataclasses import replace

from labkit import claims, records
from labkit.landscape import pits
from labkit.landscape.students import ARRIVED
from labkit.lesson import Phones

# A third of the students without a spare neuron are stuck: of five, none in
# one class of seven, and the claim would seem to be wrong; of eight, in one of
# twenty-five.
LEAST = 8


def stuck(results):
    """Which losses at rest are those of a pit; never at rest is none."""
    return results > ARRIVED


def rows(runs):
    """Share of pits of each size, ``part`` by part: those are the seeds."""
    share = stuck(runs.result).groupby(
        [runs.k, runs.m, runs.part.rename("seed")]).mean()
    return share.rename("pit").reset_index().assign(experiment="pits")


NARROWER = replace(   # phones have no students of twice the size
    claims.collect([pits])["C5b"],
    template="from students with {k:g} neurons, as many as their teacher "
    "has, to students with two more, the share that ends in a pit "
    "{effect:rises|falls} by {size} percentage points")

your_class = Phones(
    "landscape", lambda: records.load("phones", "landscape"),
    "What stands for one seed of the record is a fifth of the class: every "
    "fifth phone of each group, and the share of its students that rest in "
    "a pit, at a loss above 0.001.",
    ("in a pit", stuck), NARROWER, rows, LEAST)
