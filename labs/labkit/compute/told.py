"""What the lesson shows and quotes: one loss and its bills, a faked law."""
import pandas as pd
from matplotlib.patches import Rectangle
from matplotlib.ticker import EngFormatter

from labkit import plots
from labkit.compute.best import bottoms, exponent, in_every_seed
from labkit.compute.mistuned import bottoms_by_rate
from labkit.compute.planning import plan
from labkit.compute.targets import reached
from labkit.compute.valleys import valley_ends
from labkit.rows import middle

GOAL = .3            # nats above the entropy, the loss that is paid for
CARELESS = "0.003"   # the one rate of the runs that fake a law
BLUE, WARM = "#0072B2", "#B6480A"
EXPERIMENTS = ()
CLAIMS = []


# --- what the rows say ------------------------------------------------------

def bills(tables, goal=GOAL):
    """Tokens, FLOPs and seconds to ``goal``, medians, by parameters.

    Only of the sizes that get there in every seed.
    """
    table = reached(pd.concat([tables["curves"], tables["steps"]]), (goal,))
    return table.groupby("parameters")[["tokens", "flops", "seconds"]].agg(
        middle).dropna()


def thousands(size):
    """A size as the buttons of the race have it: 17k."""
    return f"{size / 1000:.0f}k"


def by_ten(best):
    """How many times the best size grows with ten times the FLOPs."""
    return 10 ** middle(exponent(best))


# --- figures ----------------------------------------------------------------

def axes(xlabel, ylabel, log):
    """Axes of a lesson's figure."""
    figure, ax = plots.axes(xlabel, ylabel, log, log)
    figure.set_size_inches(5, 3.6)
    return ax


def bill_figure(bill):
    """What three sizes pay for one loss: areas, parameters times tokens."""
    ax, least = axes("tokens read", "parameters", False), bill.flops.min()
    shown = {bill.index[0]: (WARM, "smallest: "), bill.index[-1]:
             (WARM, "largest: "), bill.flops.idxmin(): (BLUE, "the cheapest")}
    for size, (colour, name) in shown.items():
        tokens, flops, _ = bill.loc[size]
        ax.add_patch(Rectangle((0, 0), tokens, size, alpha=.18, color=colour))
        ax.add_patch(Rectangle((0, 0), tokens, size, fill=False, lw=2,
                               color=colour))
        tall, flat = size == bill.index[-1], size == bill.index[0]
        more = flops / least
        name += f"{more:.1f} times\nthe cheapest bill" * int(more > 1)
        ax.annotate(name, (tokens, size), (8, 0) if tall else
                    (2, 30 if flat else 6),
                    textcoords="offset points", color=colour, fontsize=13,
                    ha="right" if flat else "left",
                    va="top" if tall else "bottom")
    for axis in (ax.xaxis, ax.yaxis):
        axis.set_major_formatter(EngFormatter(sep=""))
    ax.set(xlim=(0, 1.05 * bill.tokens.max()), yticks=[0, 5e4, 1e5],
           ylim=(0, 1.05 * bill.index.max()))
    ax.grid(False)
    return plots.show(
        ax, "Three rectangles from one corner, tokens to the right and "
        "parameters upwards, so that an area is a bill. The largest size is "
        "tall and narrow, the smallest flat and very long. The one between "
        "them has the smallest area.")


def faked_figure(tables):
    """The best size against the FLOPs: at one low rate, and tuned."""
    found = bottoms_by_rate(tables["mistuned"])
    ax = axes("FLOPs", "best size (parameters)", True)
    for name, which, colour, width in (
            ("one low rate\nfor all runs", CARELESS, WARM, 4),
            ("each run at\nits best rate", "the best", BLUE, 2.5)):
        best, steep = in_every_seed(found[which]), which == CARELESS
        line = best.groupby("flops").parameters.agg(middle)
        ax.plot(best.flops, best.parameters, "o", ms=4, alpha=.4, mew=0,
                color=colour)
        ax.plot(line.index, line, color=colour, lw=width)
        ax.annotate(name, (line.index[-1], line.iloc[-1]),
                    (8, -8 if steep else 8), va="center",
                    textcoords="offset points", color=colour, fontsize=13,
                    annotation_clip=False)
        ax.annotate(f"× {by_ten(found[which]):.1f} for ten\ntimes the FLOPs",
                    (line.index[2], line.iloc[2]),
                    (14, -42) if steep else (26, 34), color=colour,
                    textcoords="offset points", fontsize=12,
                    ha="left" if steep else "right", va="center")
    for axis in (ax.xaxis, ax.yaxis):
        axis.set_major_formatter(EngFormatter(sep=""))
    ax.set_yticks([3e3, 1e4, 3e4])
    ax.set_xlim(1.3e9)
    ax.set_xticks([2e9, 5e9, 1e10, 2e10], ["2 billion", "5", "10", "20"])
    return plots.show(
        ax, "The best size against the computation, both logarithmic: two "
        "rising lines. The one of runs that share a low learning rate "
        "starts far lower and climbs more steeply than that of tuned runs.")


FIGURES = {"bill": lambda tables: bill_figure(bills(tables)),
           "faked": faked_figure}
TABLES = {}


# --- facts ------------------------------------------------------------------

def facts(tables):
    """What the lesson quotes: three bills, a valley's way, a false law.

    And how far apart published laws are but for the first, at Chinchilla's
    computation and tokens.
    """
    bill, found = bills(tables), bottoms_by_rate(tables["mistuned"])
    cheap, quick, few = (bill[axis].idxmin()
                         for axis in ("flops", "seconds", "tokens"))
    best = bottoms(valley_ends(pd.concat([tables["valleys"],
                                          tables["between"]])))
    grown = in_every_seed(best).groupby("flops")[
        ["parameters", "tokens"]].agg(middle).agg(
        lambda along: along.iloc[-1] / along.iloc[0])
    advised = plan(5.76e23, 1.4e12).parameters.drop("Kaplan 2020")
    return {"bill": {
        "goal": f"{GOAL}", "cheap": thousands(cheap),
        "quick": thousands(quick), "few": thousands(few),
        "size_times": f"{few / cheap:.0f}",
        "token_times": f"{bill.tokens[cheap] / bill.tokens[few]:.1f}",
        "large_flops": f"{bill.flops[few] / bill.flops.min():.1f}",
        "small_flops": f"{bill.flops.iloc[0] / bill.flops.min():.1f}",
    }, "faked": {
        "careless": f"{by_ten(found[CARELESS]):.1f}",
        "tuned": f"{by_ten(found['the best']):.1f}",
        "muP": f"{by_ten(best):.1f}",
    }, "plan_rest": f"{advised.max() / advised.min():.1f}",
        "size_grown": f"{grown.parameters:.0f}",
        "text_grown": f"{grown.tokens:.0f}"}
