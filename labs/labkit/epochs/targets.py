"""Targets: how many epochs does each size need to reach a loss, if ever?

Sources: Muennighoff et al. 2023; Kaplan et al. 2020.
"""
from functools import partial

from labkit import plots
from labkit.claims import claim, evidence
from labkit.epochs.crossing import needed, per_doubling, to_own_best
from labkit.epochs.sizes import at_best_rate, combinations
from labkit.language.runs import Runs, language, tuned, with_excess
from labkit.rows import (
    distinct,
    factor,
    labelled,
    last,
    lowest,
    middle,
    of,
    wide,
)

TARGETS = (0.9, 0.8, 0.7, 0.6, 0.5, 0.4, 0.35, 0.3, 0.25)   # nats of excess
DRAWN = (0.6, 0.45, 0.4, 0.35, 0.3, 0.27, 0.25)   # those of the figure
AXES = {"epoch": "epochs, steps, tokens", "flops": "FLOPs",
        "seconds": "seconds"}

SIZES = {
    "quick": {"widths": [8, 32, 128, 512], "uniques": [6_400], "epochs": 32,
              "lrs": [.003, .01]},
    "class": {"widths": [8, 16, 32, 64, 128, 256, 512], "uniques": [12_800],
              "epochs": 40, "lrs": [.003, .01]},
    "full": {"widths": [4, 8, 16, 32, 64, 128, 256, 512, 1024],
             "uniques": [51_200], "epochs": 40,
             "lrs": [.001, .003, .01, .03]}}

targets = Runs("targets", SIZES, partial(combinations, "rules"))
EXPERIMENTS = (targets,)
run = targets.run


# --- what the rows say ------------------------------------------------------

def validation_of(rows):
    """The validation losses of this experiment at all rates, with excess."""
    return with_excess(of(rows, "targets", quantity="validation"))


def best_of(rows, quantity="validation"):
    """The losses of this experiment at each size's best rate."""
    return at_best_rate(of(rows, "targets"), quantity)


def saved(rows, goal):
    """By what each doubling of the parameters divides the epochs to a goal.

    Medians over the seeds, from the smallest size that reaches it upwards;
    NaN beside a larger size of which a seed does not.
    """
    need = needed(rows, [goal], column="excess").groupby(
        "parameters").needed.agg(middle)
    need = need.loc[need.first_valid_index():].to_numpy()
    return need[:-1] / need[1:]


def suits_most(rows):
    """The learning rate that is best for most sizes; ``rows`` are tuned."""
    return rows.groupby("parameters").lr.first().mode()[0]


def rises(rows):
    """How many times its lowest excess each run has at its end."""
    run = ["parameters", "lr", "seed"]
    runs = distinct(rows, *run, "step").sort_values("step").groupby(
        run).excess
    return runs.agg(last) / runs.agg(lowest)


# --- the claims -------------------------------------------------------------

def fewer_epochs(rows, quantity="validation", axis="epoch"):
    """Do larger sizes need less to reach the same loss?"""
    table = needed(best_of(rows, quantity), TARGETS, axis, "excess", quantity)
    return evidence(per_doubling(table), lambda factor: factor > 1)


def fewer_tokens(rows):
    """Do larger sizes need fewer tokens while none has been repeated?"""
    rows = labelled(of(rows, "targets"), "epoch")
    return fewer_epochs(rows[rows.epoch <= 1], axis="tokens")


def stays_low(rows):
    """Does the loss of a large model stay, to 1 %, where it was lowest?"""
    rows = best_of(rows)
    large = rows[rows["size"] == rows["size"].max()].groupby("seed").excess
    return evidence(large.agg(last) / large.agg(lowest),
                    lambda ratio: ratio < 1.01)


def lower_after_one_epoch(rows):
    """After each token has been seen once, is a larger model ahead?"""
    rows = labelled(best_of(rows), "epoch")
    rows = rows[rows.epoch <= 1]
    end = wide(rows[rows.step == rows.step.max()], "excess", "size")
    return evidence(1 / factor(end), lambda ratio: ratio > 1)


def more_from_the_same_text(rows):
    """At its best rate and moment, does each larger size get lower?"""
    low = best_of(rows).groupby(["seed", "size"]).excess.agg(lowest).unstack()
    steps = low.iloc[:, :-1].to_numpy() / low.iloc[:, 1:].to_numpy()
    return evidence(steps.min(axis=1), lambda ratio: ratio > 1)


CLAIMS = [
    claim("C1a", "Of the sizes that reach a validation loss, the larger "
          "ones need fewer epochs.", fewer_epochs,
          "doubling the parameters divides the epochs to a validation loss "
          "by {effect}", "muennighoff2023scaling", "li2020train"),
    claim("C1c", "The training loss, too, falls in fewer epochs in larger "
          "models.", partial(fewer_epochs, quantity="train"),
          "doubling the parameters divides the epochs to a train loss by "
          "{effect}", "tirumala2022memorization"),
    claim("C1d", "Pushed down, the validation loss of a large model stays "
          "down as the epochs go on.", stays_low,
          "at the end of the run, at the rate that brings it lowest, the "
          "excess loss of the largest size is {effect} times its lowest",
          "taylor2022galactica", "kim2025infinite", beyond=True),
    claim("C2a", "A larger model reaches the same loss with fewer tokens, "
          "none of them repeated.", fewer_tokens,
          "doubling the parameters divides the tokens to a validation loss "
          "by {effect}", "kaplan2020scaling"),
    claim("C3a", "After the same tokens, each seen once, the larger model "
          "has the lower loss.", lower_after_one_epoch,
          "after one epoch the smallest size has {effect} times the excess "
          "loss of the largest", "kaplan2020scaling"),
    claim("C3b", "From the same text, seen as often as is best for it, the "
          "larger model gets more.", more_from_the_same_text,
          "from one size to the next, the lowest excess loss falls by a "
          "factor of at least {effect}", "muennighoff2023scaling"),
]


# --- figures and facts ------------------------------------------------------

def reach_figure(rows, goals=DRAWN):
    """Epochs to each of the goals (nats of excess) against parameters."""
    table = needed(best_of(rows), goals, column="excess")
    _, ax = plots.reach(table, "epochs to the target")
    ax.legend(title="excess (nats)", fontsize=10)
    return plots.show(
        ax, "Epochs to a target against parameters, one line per target. "
            "Each line falls to the right and flattens; each begins at some "
            "size, and all smaller sizes stand in the row named never.")


def endings_figure(rows):
    """Training beside validation loss, of the smallest and largest size."""
    rows = tuned(of(rows, "targets"))
    rows = rows[rows["size"].isin([rows["size"].min(), rows["size"].max()])
                & (rows.epoch > 0.2)]
    rows = rows.assign(curve=rows.parameters.map(plots.size_name) + ", "
                       + rows.quantity)
    _, ax = plots.axes("epochs", "loss (nats per token)", ylog=False)
    plots.curves(ax, rows, by="curve", label="{}")
    entropy = language().entropy
    ax.axhline(entropy, color="black", linestyle="--")
    ax.text(0.25, entropy + 0.03, "entropy H")
    ax.legend(title="parameters, loss")
    return plots.show(
        ax, "Training and validation loss against epochs for the smallest "
            "and the largest size, with the entropy as a dashed line. The "
            "small model's two curves flatten together far above the line. "
            "The large model's training loss falls through the line while "
            "its validation loss turns up.")


def axes_figure(need):
    """What each size needs, on three axes, as multiples of the least.

    ``need`` has a row per size (parameters) and a column per axis.
    """
    _, ax = plots.axes("parameters", "needed, best size = 1")
    reach = need.dropna()
    for (axis, name), sign in zip(AXES.items(), plots.signs(AXES).values()):
        ax.plot(reach.index, reach[axis] / reach[axis].min(), label=name,
                **sign)
    ax.legend()
    return plots.show(
        ax, "What each size needs to reach the same loss, relative to the "
            "size that needs least, on three axes. On epochs the line falls "
            "with size; on FLOPs it rises. Least needed: " + least(need))


def least(need):
    """The size that needs least on each axis, in words."""
    return ", ".join(f"{plots.size_name(need.dropna()[axis].idxmin())} "
                     f"parameters in {name}" for axis, name in AXES.items())


FIGURES = {"reach": lambda tables: reach_figure(tables["targets"])}
TABLES = {}


def facts(tables):
    """What the prose quotes, rounded as it quotes it."""
    rows, best = (read(tables["targets"]) for read in (validation_of, best_of))
    saving = saved(best, 0.6)
    return {
        "sizes": f"{rows.parameters.nunique()}",
        "seeds": f"{rows.seed.nunique()}",
        "unique": f"{rows['unique'].max():,}",
        "length": f"{rows.epoch.max():.0f}",
        "saving_first": f"{saving[0]:.1f}",
        "saving_last": f"{saving[-1]:.2f}",
    } | ways_facts(rows, best) | rates_facts(rows, best)


def ways_facts(rows, best):
    """Epochs to a share of each size's own way; ``best`` are tuned rows."""
    rate = suits_most(best)
    ways = [to_own_best(part, share).groupby("parameters").needed.agg(middle)
            for part, share in ((rows[rows.lr == rate], 0.9),
                                (rows[rows.lr == rate], 0.99), (best, 0.9))]
    most, nearly_all, tuned_ways = ways
    return {
        "own_rate": f"{rate:g}",
        "own_low": f"{most.min():.1f}",
        "own_high": f"{most.max():.1f}",
        "own_first": f"{nearly_all.iloc[0]:.0f}",
        "own_slowest": f"{nearly_all.max():.0f}",
        "own_alone": f"{tuned_ways.iloc[0]:.1f}",
    }


def rates_facts(rows, best):
    """What the learning rate changes, and what the size; medians."""
    widest = rows[rows["size"] == rows["size"].max()]
    by_rate = needed(widest, TARGETS, column="excess").groupby(
        ["target", "lr"]).needed.agg(middle).unstack().dropna()
    of_rate = widest.groupby(["lr", "seed"]).excess.agg(lowest).groupby(
        "lr").agg(middle)
    of_size = best.groupby(["size", "seed"]).excess.agg(lowest).groupby(
        "size").agg(middle)
    fast = rows[rows.lr == rows.lr.max()].sort_values("step")
    rise = rises(fast).groupby("parameters").agg(middle)
    end = fast.groupby(["parameters", "seed"]).excess.agg(last).groupby(
        "parameters").agg(middle)
    ratio = by_rate.max(axis=1) / by_rate.min(axis=1)
    return {
        "rate_epochs": f"{ratio.max():.0f}",
        "rate_lowest": f"{of_rate.max() / of_rate.min():.1f}",
        "size_lowest": f"{of_size.max() / of_size.min():.1f}",
        "rise_fast": f"{rise.iloc[-1]:.1f}",
        "overtaker": f"{end.index[end < end.iloc[-1]][0]:,}",
    }
