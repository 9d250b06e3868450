"""What a lab begins with: where it computes, how much, how long."""
import os

import pandas as pd
import torch

from labkit import device
from labkit.experiment import BUDGETS, SEEDS
from labkit.records import FOLDER, load
from labkit.speech.listen import listen

WATTS = 10       # that one busy core of a laptop draws, about
COLUMNS = ("experiment", "on", "seconds", "GFLOP", "joules")
UNITS = ("GFLOP: products of matrices only. Joules: an estimate, "
         f"{WATTS} W a core.")


def start(lab):
    """Choose budget and device, print them, and what the lab costs.

    The budget is LABS_BUDGET, or else class on a GPU and quick without one;
    the first of the five seeds is LABS_SEED, or 0. Only what trains language
    models uses a GPU: all else is too small to gain from one. Returns what
    every ``run`` of an experiment takes. Raises ValueError for an unknown
    budget or seed.
    """
    listen()   # to what is shown from here on
    budget = os.environ.get(
        "LABS_BUDGET", "class" if torch.cuda.is_available() else "quick")
    if budget not in BUDGETS:
        raise ValueError(f"LABS_BUDGET is {budget!r}; allowed are {BUDGETS}")
    first = os.environ.get("LABS_SEED", "0")
    if not first.isdecimal() or int(first) + 4 not in SEEDS:
        raise ValueError(f"LABS_SEED is {first!r}; allowed are 0 to "
                         f"{SEEDS[-5]}")
    machine = device.choose()
    print(f"{machine}\nbudget: {budget}; seeds {first} to {int(first) + 4}")
    _print_costs(lab, budget, machine.device.type)
    return dict(budget=budget, seeds=range(int(first), int(first) + 5),
                device=machine.device.type, workers=machine.threads)


def _print_costs(lab, budget, kind):
    """The measured costs of a lab's experiments, if there are any."""
    rows = costs(lab, budget)
    for row in rows[rows.part == "all"].itertuples():
        print(f"measured: {row.seconds:.0f} s for the whole lab on "
              f"{row.device} ({row.date})")
    parts = rows[rows.part != "all"]
    if parts.empty:
        return
    table = pd.DataFrame({
        "experiment": parts.part,
        "on": [kind if gpu else "cpu" for gpu in parts.gpu],
        "seconds": parts.seconds, "GFLOP": parts.gflop,
        "joules": parts.seconds * parts.cores * WATTS})
    print(table.round(1).to_string(index=False, na_rep="-"), UNITS, sep="\n")


def costs(lab, budget):
    """The measured rows of a lab at a budget; none if it has none.

    ``lab`` is the name of a notebook: landscape, landscape_further.
    """
    explanation = lab.partition("_")[0]
    if not (FOLDER / explanation / "times.csv").exists():
        return pd.DataFrame(columns=["lab", "budget", "part"])
    rows = load(explanation, "times")
    return rows[(rows.lab == lab) & (rows.budget == budget)]
