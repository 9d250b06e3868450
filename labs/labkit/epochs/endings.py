"""Endings: on a small corpus, does a large model miss what smaller ones reach?

With and without weight decay, which holds overfitting back.
Source: Kim et al. 2025.
"""
from functools import partial

from labkit.epochs.sizes import at_best_rate, combinations
from labkit.language.runs import Runs
from labkit.rows import highest, last, lowest, middle, of

SIZES = {
    "full": {"widths": [32, 128, 512, 1024], "uniques": [3_200, 12_800],
             "epochs": 60, "lrs": [.003, .01], "weight_decays": [0., .3, 1.]},
}

endings = Runs("endings", SIZES, partial(combinations, "rules"))
EXPERIMENTS = (endings,)
run = endings.run


# --- what the rows say ------------------------------------------------------

def ends(rows):
    """Lowest and last excess of each run, at each size's best rate."""
    runs = at_best_rate(of(rows, "endings")).groupby(
        ["unique", "weight_decay", "parameters", "seed"])
    table = runs.excess.agg([lowest, last])
    return table.set_axis(["lowest", "at the end"], axis=1)


def behind(rows):
    """Nats by which the largest size misses the best smaller one, per seed.

    Both at their lowest; of all corpora and weight decays, the most.
    """
    low = ends(rows)["lowest"].unstack("parameters")
    gap = low.iloc[:, -1] - low.iloc[:, :-1].min(axis=1, skipna=False)
    return gap.groupby("seed").agg(highest)


CLAIMS = []
FIGURES = {}
TABLES = {}


def facts(tables):
    """What the prose quotes, rounded as it quotes it."""
    rows = tables["endings"]
    table = ends(rows)
    rise = (table["at the end"] / table["lowest"]).groupby(
        ["unique", "parameters", "weight_decay"]).agg(middle)
    small, large = sorted(rows["unique"].unique())
    rise = rise[small, rows.parameters.max()]
    return {
        "rise_free": f"{rise[0.0]:.2f}",
        "rise_decay": f"{rise[0.3]:.2f}",
        "corpora": {"small": f"{small:,}", "large": f"{large:,}"},
        "decays": ", ".join(f"{decay:g}" for decay in sorted(
            rows.weight_decay.unique())),
        "other_never": f"{max(0, behind(rows).max()):.3f}",
    }
