"""Rule by rule: does a larger model learn each part sooner, and the whole?

A mean over parts may turn round what holds for each of them (Simpson's
paradox): who goes on to parts that others never reach has a longer way. That
tokens are learned one after another is known: Wang et al. 2026; that n-grams
come first: Chang & Bergen 2024, Belrose et al. 2024.
"""
from functools import partial

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd

from labkit import plots
from labkit.claims import claim, evidence
from labkit.cores import NATS, TENTH
from labkit.epochs import own
from labkit.epochs.known import (
    PARTS,
    RULES,
    WHOLE,
    at_rate,
    chosen,
    ratios,
    steps_to,
    with_whole,
)
from labkit.epochs.own import BEST, LINE, NAMES, ONE, ruled, worded
from labkit.language.runs import SHORT, language
from labkit.rows import highest, middle, of
from labkit.rulings import times

HALF = .5
EVEN = 128   # a width from which on sizes hardly differ
LANGUAGES = {"parts second": {"draw": 1}, "parts short": {"weights": SHORT}}
MIX = "same mix"   # the whole, if the parts counted as for the smallest
READ = {"rule 0": "frequencies", "rule 1": "last token",
        "rule 2": "last two", "rule 3": "last three", WHOLE: "the whole",
        MIX: "the same mix"}
EXPERIMENTS = ()


# --- what the rows say ------------------------------------------------------

def knowable(task="parts"):
    """What can be known of each part, nats per token: {part: nats}."""
    source = language(**LANGUAGES.get(task, {}))
    losses = [np.log(source.vocab),
              *(source.best_loss(k) for k in range(source.order + 1))]
    known = dict(zip(PARTS, -np.diff(losses)))
    return known | {WHOLE: sum(known.values())}


def timed(rows, experiment="parts", shares=(HALF, LINE), nats=(), large=None):
    """Small over large for each part and for the whole, in every regime.

    A row per parameterisation, schedule, text, rates, part and goal (a share
    of what a size itself comes to know, or some nats): the median most that
    either size ever knows, the ratio of their steps, its interval and what
    it says of the large one.
    """
    rows, found = with_whole(of(rows, experiment)), []
    for (task, schedule, unique), part in rows.groupby(
            ["task", "schedule", "unique"]):
        for which, rates in (("one", ONE), ("best", BEST)):
            here = with_mix(at_rate(part, which))
            for name in READ:
                most = known_most(here, name)
                goals = [(f"{share:.0%} of its own", {"share": share})
                         for share in shares]
                goals += [(f"{goal:g} nats", {"nats": goal}) for goal in nats]
                for words, goal in goals:
                    ratio = ratios(steps_to(here, name, **goal), large)
                    found.append((
                        NAMES.get(task, task), schedule, unique, rates, name,
                        words, most.iloc[0], most[large or most.index[-1]],
                        *ruled(ratio)))
    return pd.DataFrame(found, columns=[
        "scaling", "schedule", "unique", "rates", "part", "goal",
        "small knows", "large knows", "ratio", "low", "high", "large"])


def with_mix(rows):
    """The rows with a column ``same mix``: what the whole would be like.

    Of each part the share that a run knows of its own most, times the most
    that the smallest size knows of it, summed over the parts of which that
    is NATS or more. So all sizes have the same way to go, part by part.
    """
    total = 0
    for name in PARTS:
        weight = known_most(rows, name).iloc[0]
        if not weight < NATS:
            total += weight * rows[name] / rows.groupby(
                ["size", "seed"])[name].transform(highest)
    return rows.assign(**{MIX: total})


def known_most(rows, name):
    """The most that each size ever knows of a part: median over the seeds."""
    return rows.groupby(["size", "seed"])[name].agg(highest).groupby(
        "size").agg(middle)


def least_ahead(rows, share=HALF):
    """Small over large for the rule where the large is least ahead, by seed.

    Of the rules that both come to know; NaN if there is none.
    """
    found = pd.DataFrame({name: ratios(steps_to(rows, name, share))
                          for name in RULES})
    lost = ratios(steps_to(rows, WHOLE, share)).isna()
    return found.dropna(axis="columns", how="any").min(axis=1).mask(lost)


# --- the claims -------------------------------------------------------------

def every_rule(rows, which, text, task="parts"):
    """Does the largest size have half of every rule in fewer steps?"""
    return evidence(least_ahead(chosen(rows, task, which, text)),
                    times(TENTH))


FOUND = ("of the rule where the largest size is least ahead, half of its own "
         "takes the smallest {effect} times the steps")
CLAIMS = [
    claim("C1h", "In one pass over new text, at one rate for all, a larger "
          "model learns every rule sooner.",
          partial(every_rule, which="one", text="new"), FOUND,
          "wang2026smooth", beyond=True),
    claim("C1i", "On a small text that is repeated, at one rate for all, a "
          "larger model learns every rule sooner.",
          partial(every_rule, which="one", text="small"), FOUND,
          "wang2026smooth", beyond=True),
    claim("C1j", "In the standard parameterisation, too, each size at its "
          "best rate on a small text, a larger model learns every rule "
          "sooner.", partial(every_rule, which="best", text="small",
                             task="parts standard"), FOUND,
          "yang2022tensor", beyond=True),
]


# --- figures, tables and facts ----------------------------------------------

def shares_known(rows, name):
    """What each run knows at each step, as a share of its own most."""
    runs = rows.groupby(["size", "seed"])[name]
    start = runs.transform("first") if name == WHOLE else 0.0
    return rows.assign(share=(rows[name] - start) / (
        runs.transform(highest) - start))


def ways_figure(rows, text="new"):
    """The whole above, the rules below: the smallest and the largest size.

    Drawn are the rules that both come to know, at one rate for both.
    """
    here = with_mix(chosen(rows, "parts", "one", text))
    sizes = here["size"].min(), here["size"].max()
    here = here[here["size"].isin(sizes)]
    rules = [name for name in RULES
             if ratios(steps_to(here, name, HALF)).notna().all()]
    with plt.rc_context(plots.STYLE):
        figure, panels = plt.subplots(2, 1, figsize=(5, 6.6), sharex=True)
    said = [_panel(panels[0], here, [WHOLE], LINE),
            _panel(panels[1], here, rules, HALF)]
    alike = shares_known(here, MIX).groupby(["size", "step"]).share.agg(
        middle)[sizes[1]].iloc[1:]
    panels[0].plot(alike, ":", color="black")
    small, large = (f"{here.parameters[here['size'] == size].iloc[0]:,}"
                    for size in sizes)
    lines = panels[0].lines[1:]    # the first marks the goal
    for panel, handles, names, title, pad in (
            (panels[0], lines, [small, large, f"{large}, reweighed"],
             "The whole of its own way", 44),
            (panels[1], *panels[1].get_legend_handles_labels(),
             "Rule by rule", 26)):
        panel.legend(handles, names, loc="lower left", ncols=2, fontsize=12,
                     bbox_to_anchor=(-.02, 1), frameon=False, borderpad=.2)
        panel.set_title(title, loc="left", pad=pad)
    panels[1].set_xlabel("steps")
    return plots.show(
        panels[0], "Shares of what a size itself comes to know, against "
        f"steps, of {small} parameters (dashed) and {large} (solid). Above, "
        f"{said[0]}; dotted, what the large one would need if its parts "
        "counted as much as they do for the small one. Below, rule by rule: "
        f"{said[1]}.")


def _panel(ax, rows, names, goal):
    """Draw some parts; at ``goal``, an arrow from small to large; in words."""
    said = []
    ax.set_xscale("log")
    ax.xaxis.set_major_formatter("{x:,g}")
    ax.set_ylabel("share of its own")
    ax.axhline(goal, color="0.6", linewidth=1)
    signs = plots.signs(names)
    for name in names:
        known = shares_known(rows, name).groupby(["size", "step"]).share.agg(
            middle)
        for size, line in zip(known.index.unique("size"), ("--", "-")):
            ax.plot(known[size].iloc[1:], line, markevery=.12, **signs[name],
                    label=READ[name] if line == "-" else None)
        at = steps_to(rows, name, goal).groupby("size").needed.agg(middle)
        ax.annotate("", (at.iloc[1], goal), (at.iloc[0], goal), arrowprops={
            "arrowstyle": "-|>", "color": "black", "linewidth": 2})
        said.append(f"{READ[name]}, {at.iloc[0]:.0f} against "
                    f"{at.iloc[1]:.0f} steps to {goal:.0%}")
    return ", ".join(said)


def parts_table(rows, **which):
    """Small over large as people read it: a column per part, half of it."""
    found = timed(rows, shares=(HALF,), **which)
    cells = ["hardly known to the small one" if row.small < NATS else
             worded(row) for row in found.rename(
                 columns={"small knows": "small"}).itertuples()]
    return own.slim(found.assign(cells=cells, part=found.part.map(READ)).pivot(
        index=["scaling", "schedule", "unique", "rates"], columns="part",
        values="cells")[[*READ.values()]].sort_index(
        ascending=[True, True, False, False]).rename_axis(columns=None))


FIGURES = {"parts": lambda tables: ways_figure(tables["parts"])}
TABLES = {"parts": lambda tables: parts_table(tables["parts"])}


def facts(tables):
    """What the prose quotes of new text at one rate, rounded; medians."""
    rows = with_mix(chosen(tables["parts"], "parts", "one", "new"))
    short = chosen(tables["parts_language"], "parts short", "one", "new",
                   experiment="parts_language")
    steps = {name: steps_to(rows, name, share).groupby("size").needed.agg(
        middle) for name, share in ((WHOLE, LINE), (MIX, LINE),
                                    ("rule 1", HALF), ("rule 2", HALF))}
    wide = rows[rows["size"] >= EVEN]
    even = {name: ratios(steps_to(wide, part, share)) for name, part, share
            in (("rule", "rule 1", HALF), ("whole", WHOLE, LINE))}
    return {
        "parts_even": {name: f"{ruled(ratio)[0]:.2f}"
                       for name, ratio in even.items()}
        | {"size": f"{wide.parameters.min():,}"},
        "parts_sizes": _both(rows.groupby("size").parameters.first(),
                             "{:,}"),
        "parts_whole": _both(steps[WHOLE], "{:,.0f}"),
        "parts_mix": _both(steps[MIX], "{:,.0f}"),
        "parts_last": _both(steps["rule 1"], "{:,.0f}"),
        "parts_two": _both(steps["rule 2"], "{:,.0f}"),
        "parts_two_known": _both(known_most(rows, "rule 2"), "{:.2f}")
        | {"full": f"{knowable()['rule 2']:.2f}"},
        "parts_short": f"{ruled(ratios(steps_to(short, WHOLE, LINE)))[0]:.1f}",
    }


def _both(by_size, form):
    return {"small": form.format(by_size.iloc[0]),
            "large": form.format(by_size.iloc[-1])}
