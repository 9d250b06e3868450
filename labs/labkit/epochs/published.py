"""Published: what others measured, under the same measure.

Final losses of published runs on 100 million unique tokens; each is a run
of its own, with its own learning-rate schedule, and there is one seed.
Source: Muennighoff et al. 2023.
"""
from labkit import plots, records
from labkit.claims import claim
from labkit.epochs.crossing import needed

TARGETS = (4.0, 3.9, 3.8)   # nats
SHORTEST = 15               # epochs of the shortest run drawn
MIDDLE = 146_500_000        # parameters

EXPERIMENTS = ()


def published():
    """One row per published run, with the columns that ``needed`` asks for.

    ``epoch`` is the length of the run, ``value`` its final loss in nats.
    """
    rows = records.load("epochs", "published").rename(
        columns={"epochs": "epoch", "loss": "value"})
    return rows[rows.epoch >= SHORTEST].assign(
        size=rows.parameters, lr=0.0, seed=0, quantity="validation")


CLAIMS = [
    claim("C4a", "Large models are another kind of learner.", None, "",
          "xia2023trajectories", "allenzhu2024physics"),
]


def reach_figure(rows):
    """Epochs to each target against parameters."""
    _, ax = plots.reach(needed(rows, TARGETS), "epochs to the target")
    for line in ax.containers:   # all end together: named where they begin
        x, y = (data[0] for data in line[0].get_data())
        first = x < MIDDLE / 2
        ax.annotate(f"{line.get_label()} nats", (x, y),
                    (-8, 0) if first else (6, 6), fontsize=12,
                    ha="right" if first else "left", va="center",
                    textcoords="offset points", color=line[0].get_color())
    return plots.show(
        ax, "Published runs on 100 million unique tokens: epochs to three "
            "target losses against parameters. From 44 million parameters "
            "the lines fall to 15 epochs, the shortest run. The 14-million "
            "model stands in the row named never for all targets, the "
            "44-million and the 1.1-billion model for the lowest one.")


FIGURES = {"published_reach": lambda tables: reach_figure(published())}
TABLES = {}


def facts(tables):
    """What the prose quotes: the epochs after which a loss is lowest."""
    rows = published()
    turns = rows.loc[rows.groupby("parameters").value.idxmin()].set_index(
        "parameters").epoch
    return {"turn_middle": f"{turns[MIDDLE]:.0f}",
            "turn_largest": f"{turns.iloc[-1]:.0f}"}
