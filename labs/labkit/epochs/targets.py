"""Targets: how many epochs does each size need to reach a loss, if ever?

Sources: Muennighoff et al. 2023; Kaplan et al. 2020.
"""
from functools import partial

from labkit import plots
from labkit.claims import claim, evidence
from labkit.cores import SMALLEST
from labkit.epochs.crossing import (
    first_to_last,
    needed,
    per_doubling,
)
from labkit.epochs.sizes import at_best_rate, combinations, reach
from labkit.language.runs import Runs, language, tuned, with_excess
from labkit.rows import (
    change,
    distinct,
    factor,
    labelled,
    last,
    lowest,
    middle,
    of,
    wide,
)
from labkit.rulings import under

TARGETS = (0.9, 0.8, 0.7, 0.6, 0.5, 0.4, 0.35, 0.3, 0.25)   # nats of excess
DRAWN = (0.6, 0.45, 0.35, 0.3, 0.25)   # those of the figure
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


def rises(rows):
    """How many times its lowest excess each run has at its end."""
    run = ["parameters", "lr", "seed"]
    runs = distinct(rows, *run, "step").sort_values("step").groupby(
        run).excess
    return runs.agg(last) / runs.agg(lowest)


# --- the claims -------------------------------------------------------------

def first_pass(rows):
    """The rows of this experiment from before any token is repeated."""
    rows = labelled(of(rows, "targets"), "epoch")
    return rows[rows.epoch <= 1]


def needs_less(rows, region, quantity="validation", axis="epoch"):
    """How many times less does the largest of those that get there need?"""
    table = needed(best_of(rows, quantity), TARGETS, axis, "excess", quantity)
    return evidence(first_to_last(table), region,
                    doubling=middle(per_doubling(table)))


def fewer_tokens(rows):
    """Do larger sizes need fewer tokens while none has been repeated?"""
    return needs_less(first_pass(rows), SMALLEST["C2a"], axis="tokens")


def stays_low(rows):
    """Does the loss of a large model stay, to 1 %, where it was lowest?"""
    rows = best_of(rows)
    large = rows[rows["size"] == rows["size"].max()].groupby("seed").excess
    return evidence(large.agg(last) / large.agg(lowest),
                    under(1.01, log=True))


def lower_after_one_epoch(rows):
    """After each token has been seen once, is a larger model ahead?"""
    rows = best_of(first_pass(rows))
    end = wide(rows[rows.step == rows.step.max()], "excess", "size")
    return evidence(-change(end), SMALLEST["C3a"],
                    times=middle(1 / factor(end)))


def more_from_the_same_text(rows):
    """At its best rate and moment, does the largest size get lower?"""
    low = best_of(rows).groupby(["seed", "size"]).excess.agg(lowest).unstack()
    return evidence(-change(low), SMALLEST["C3b"],
                    least=middle(-low.diff(axis=1).iloc[:, 1:].max(
                        axis=1, skipna=False)))


CLAIMS = [
    claim("C1a", "Of the sizes that reach a validation loss, the larger "
          "ones need fewer epochs.",
          partial(needs_less, region=SMALLEST["C1a"]),
          "of the sizes that reach a validation loss, the smallest needs "
          "{effect} times the epochs of the largest, which is a factor of "
          "{doubling:.2f} for each doubling", "muennighoff2023scaling",
          "li2020train"),
    claim("C1c", "The training loss, too, falls in fewer epochs in larger "
          "models.", partial(needs_less, region=SMALLEST["C1c"],
                             quantity="train"),
          "of the sizes that reach a training loss, the smallest needs "
          "{effect} times the epochs of the largest",
          "tirumala2022memorization"),
    claim("C1d", "Pushed down, the validation loss of a large model stays "
          "down as the epochs go on.", stays_low,
          "at the end of the run, at the rate that brings it lowest, the "
          "excess loss of the largest size is {effect} times its lowest",
          "taylor2022galactica", "kim2025infinite", beyond=True),
    claim("C2a", "A larger model reaches the same loss with fewer tokens, "
          "none of them repeated.", fewer_tokens,
          "of the sizes that reach a validation loss, the smallest needs "
          "{effect} times the tokens of the largest, which is a factor of "
          "{doubling:.2f} for each doubling", "kaplan2020scaling"),
    claim("C3a", "After the same tokens, each seen once, the larger model "
          "has the lower loss.", lower_after_one_epoch,
          "after one epoch the smallest size is {effect} nats above the "
          "largest, with {times:.2g} times its excess loss",
          "kaplan2020scaling"),
    claim("C3b", "From the same text, seen as often as is best for it, the "
          "larger model gets more.", more_from_the_same_text,
          "at its lowest, the smallest size is {effect} nats above the "
          "largest, and each at least {least:.3g} above the next",
          "muennighoff2023scaling"),
]


# --- figures and facts ------------------------------------------------------

def reach_figure(rows, goals=DRAWN):
    """Epochs to each of the goals (nats of excess) against parameters."""
    table = needed(best_of(rows), goals, column="excess")
    _, ax = reach(table, "nats")
    return plots.show(
        ax, "Epochs to a target above the entropy against parameters, one "
            "line per target. "
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
    ax.text(0.25, entropy + 0.03, "entropy H", fontsize=12)
    ax.legend(title="parameters, loss", fontsize=12, title_fontsize=12)
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
    ax.legend(fontsize=12)
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
    } | rates_facts(rows, best)


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
