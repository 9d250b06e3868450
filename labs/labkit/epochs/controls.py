"""Controls: is it the size, or the learning rate? And which loss falls?

Where one rate does not suit all sizes (the standard parameterisation), and
where there is nothing to learn (the same tokens in random order).
Source: Yang et al. 2022.
"""
from functools import partial

from labkit.epochs.sizes import combinations
from labkit.language.runs import Runs, with_excess
from labkit.rows import distinct, labelled, last, lowest, middle, of

STANDARD = {
    "full": {"widths": [8, 32, 128, 512], "uniques": [51_200], "epochs": 10,
             "lrs": [.001, .003, .01, .03]},
}
SHUFFLED = {
    "quick": {"widths": [8, 512], "uniques": [6_400], "epochs": 8,
              "lrs": [.01]},
    "class": {"widths": [8, 64, 512], "uniques": [12_800], "epochs": 16,
              "lrs": [.01]},
    "full": {"widths": [8, 64, 512], "uniques": [12_800], "epochs": 40,
             "lrs": [.01]},
}

standard = Runs("standard", STANDARD, partial(combinations, "standard"))
shuffled = Runs("shuffled", SHUFFLED, partial(combinations, "shuffled"))
EXPERIMENTS = (standard, shuffled)


# --- what the rows say ------------------------------------------------------

def lowest_by_rate(rows):
    """Lowest excess of each size at each rate; median over the seeds.

    In muP ("targets") and in the standard parameterisation, for the sizes
    and within the epochs that both have.
    """
    standard = of(rows, "standard")
    rows = labelled(of(rows, "targets", "standard", quantity="validation"),
                    "size", "epoch")
    rows = rows[rows["size"].isin(standard["size"])
                & (rows.epoch <= standard.epoch.max())]
    run = ["experiment", "parameters", "lr", "seed"]
    low = with_excess(distinct(rows, *run, "step")).groupby(
        run).excess.agg(lowest)
    return low.groupby(run[:-1]).agg(middle).rename(
        {"targets": "muP"}).unstack("lr")


def ends(rows):
    """Lowest and last loss of each run on shuffled tokens, nats."""
    run = ["parameters", "quantity", "seed"]
    runs = distinct(of(rows, "shuffled"), *run, "step").sort_values(
        "step").groupby(run)
    table = runs.value.agg([lowest, last])
    return table.set_axis(["lowest", "at the end"], axis=1)


CLAIMS = []
FIGURES = {}
TABLES = {}


def facts(tables):
    """Nothing: the prose quotes no number of the controls."""
    return {}
