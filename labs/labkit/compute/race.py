"""What the lab trains and draws by hand: a race, valleys, a text again.

No record, fact or figure of a page comes from here.
"""
import pandas as pd
from matplotlib.ticker import EngFormatter

from labkit import plots
from labkit.compute.best import best_ends, bottoms
from labkit.compute.mistuned import mistuned
from labkit.compute.targets import to_targets
from labkit.language.runs import (
    BATCH,
    decaying,
    train_size,
    with_excess,
)
from labkit.rows import middle, only

CURRENCIES = {"tokens": "tokens", "flops": "FLOPs",
              "seconds": "seconds, one model alone"}
CARELESS = {20: [4, 8, 16, 32, 64, 128],    # power of two: widths
            21: [8, 16, 32, 64, 128]}
SMALL, LARGE = 16, 128   # widths that read one text again and again
RATE = .03


def axes(xlabel, ylog, height):
    """Axes of a lab's figure, lower than others; ``height`` in inches."""
    figure, ax = plots.axes(xlabel, "nats above H", ylog=ylog)
    figure.set_size_inches(5, height)
    return ax


# --- one race, three currencies ---------------------------------------------

def arrive(rows, goal):
    """Steps until each size is ``goal`` nats above the entropy, medians.

    By parameters, each at its fastest rate; NaN for a size of which a seed
    does not get there.
    """
    second = pd.Series(1., rows.parameters.unique())   # not asked for
    return to_targets(rows, [goal], second).groupby("parameters").steps.agg(
        middle)


def paid(steps, bill, currency):
    """What each size pays for so many steps, by parameters.

    ``steps`` are those of ``arrive``; ``bill(N, steps)`` gives a dict with
    the CURRENCIES.
    """
    return pd.Series({N: bill(N, step)[currency]
                      for N, step in steps.items()})


def listed(steps, bill):
    """Billions of FLOPs that each size pays, as a table in text."""
    return (paid(steps, bill, "flops") / 1e9).rename(
        "billions of FLOPs").rename_axis("parameters").reset_index().to_string(
        index=False, na_rep="not in time", float_format="{:.2f}".format)


def ranking(steps, bill, currency):
    """Who is first in a currency, and what the others pay.

    ``first`` is the winner in each currency; ``large`` and ``small`` are
    how many times the least the largest and the smallest that gets there
    pay, ``slower`` how many times the step of the first in FLOPs one of the
    winner takes. None where no size gets there.
    """
    costs = paid(steps, bill, currency).dropna()
    if costs.empty:
        return dict(winner=None, first={}, large=None, small=None,
                    slower=None, said="no size gets there in every seed")
    winner = int(costs.idxmin())
    first = {one: int(paid(steps, bill, one).idxmin()) for one in CURRENCIES}
    large, small = (costs.iloc[i] / costs.min() for i in (-1, 0))
    second, cheap = (bill(N, 1)["seconds"] for N in (winner, first["flops"]))
    return dict(winner=winner, first=first, large=large, small=small,
                slower=second / cheap, said=_first(costs))


def _first(costs):
    """The first by these costs, and what another one pays, in words."""
    winner = int(costs.idxmin())
    if len(costs) == 1:
        return f"only {winner:,} parameters get there in every seed"
    whose, place = "largest", -1
    if winner == costs.index[-1]:
        whose, place = "smallest that gets there", 0
    return (f"{winner:,} parameters are first; the {whose} pays "
            f"{costs.iloc[place] / costs.min():.2f} times as much")


def race_figure(rows, bill, currency, goal):
    """The loss of each size against what it has paid; and the goal."""
    run = with_excess(only(rows, quantity="validation"))
    run = pd.concat([part.assign(paid=bill(N, part.step)[currency])
                     for N, part in run[run.step > 0].groupby("parameters")])
    ax = axes(CURRENCIES[currency], ylog=True, height=2.8)
    plots.curves(ax, run, x="paid", y="excess")
    ax.axhline(goal, color="0.3", linestyle="--", linewidth=1)
    ax.xaxis.set_major_formatter(EngFormatter(sep=""))
    return plots.show(
        plots.ends(ax), f"Loss above the entropy H against {currency}, a line "
        "for each number of parameters. A dashed line is the goal; the first "
        "line to cross it belongs to the winner in this currency.")


# --- valleys ----------------------------------------------------------------

def bottom(ends):
    """The bottom of one valley, as numbers: medians over the seeds.

    best and tokens: the best size and what it reads, None unless most seeds
    have a bottom between the extremes; nats: the lowest loss above the
    entropy; edge: how much higher the better one of both extremes is.
    """
    found = bottoms(ends)
    most = found.parameters.notna().mean() > .5
    loss = ends.groupby("parameters").excess.agg(middle).dropna()
    best, tokens = (float(found[name].median()) if most else None
                    for name in ("parameters", "tokens"))
    said = (f"the best size is {best:,.0f} parameters" if most else
            "the lowest size is one of the extremes")
    return dict(best=best, tokens=tokens, nats=float(loss.min()), said=said,
                edge=float(min(loss.iloc[0], loss.iloc[-1]) - loss.min()))


def valley_figure(ends):
    """All valleys of some runs' ends, and a ball at the bottom of each."""
    ax = axes("parameters", ylog=False, height=2.4)
    plots.curves(ax, ends.assign(billions=ends.flops / 1e9), y="excess",
                 x="parameters", by="billions", along="parameters",
                 label="{:.1f} billion", markevery=1)
    for _, valley in ends.groupby("flops"):
        found = bottoms(valley).parameters.median()   # NaN is not drawn
        low = valley.groupby("parameters").excess.median().min()
        ax.plot(found, low, "o", color="#D55E00", markersize=13, zorder=0)
    ax.xaxis.set_major_formatter(EngFormatter(sep=""))
    return plots.show(
        plots.ends(ax), "Final loss above the entropy H against parameters, "
        "one line per number of FLOPs. Where a line has its bottom between "
        "the extremes, a ball lies there.")


def careless(rate, **live):
    """The ends of two valleys, one with twice the FLOPs, at one rate.

    In the standard parameterisation; ``live`` is what ``lesson.start``
    returned. The small valley has a size more at its left.
    """
    return best_ends(pd.concat([
        mistuned.run(**live, powers=[power], widths=widths, lrs=[rate])
        for power, widths in CARELESS.items()], ignore_index=True))


def line(ends):
    """Both bottoms, and how many times the best size grows between them.

    first, second: the best sizes; nats: the loss at the second bottom;
    grown. None where most seeds have no bottom.
    """
    low, high = (bottom(part) for _, part in ends.groupby("flops"))
    first, second, grown = low["best"], high["best"], None
    said = f"{low['said']}, then {high['said']}"
    if first and second:
        grown = second / first
        said = (f"from {first:,.0f} to {second:,.0f} parameters, "
                f"{grown:.2f} times")
    return dict(first=first, second=second, grown=grown, nats=high["nats"],
                said=said)


# --- a text again and again -------------------------------------------------

def read(tokens, epochs, seeds, device="cpu", **live):
    """Final loss above the entropy of two sizes that read a text.

    ``tokens`` different ones, a whole number of batches or made one, so many
    times, at RATE. Medians over the seeds, as a list: of SMALL, of LARGE.
    """
    unique, found = max(1, round(tokens / BATCH)) * BATCH, []
    for width in (SMALL, LARGE):
        rows = train_size(**decaying("rules", width, unique, epochs, [RATE]),
                          seeds=[*seeds], device=device)
        found.append(float(middle(best_ends(rows).excess)))
    return found
