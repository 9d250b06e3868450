"""A class's phones: networks that draw for one task, as rows of "draw"."""
from labkit import claims, records
from labkit.lesson import Phones
from labkit.lottery import draws
from labkit.lottery.lab import RATES


def rows(runs):
    """The networks of each size, ``part`` by part: those are the seeds."""
    return runs.assign(
        experiment="draw", seed=runs.part, needed=runs.result,
        lr=runs.width.map(RATES),
        net=runs.groupby(["width", "part"]).cumcount())


your_class = Phones(
    "lottery", lambda: records.load("phones", "lottery"),
    "What stands for one seed of the record is a fifth of the class: every "
    "fifth phone of each group, and the share of its networks that solve the "
    "task in time. In the record each seed has a task of its own; here it is "
    "the same for all.",
    claim=claims.collect([draws])["C17a"],
    rows=rows)
