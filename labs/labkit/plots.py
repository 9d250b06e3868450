"""One style for every figure, and no figure without a description."""
import base64
import html
import io
from itertools import cycle

import matplotlib.pyplot as plt
import numpy as np
from cycler import cycler
from matplotlib.colors import to_rgb
from matplotlib.ticker import LogLocator

from labkit.rows import highest, lowest, middle

STYLE = {
    "figure.figsize": (5, 3.9), "figure.constrained_layout.use": True,
    "font.size": 14, "axes.titlesize": 14, "legend.fontsize": 12,
    "axes.spines.top": False, "axes.spines.right": False,
    "axes.grid": True, "axes.axisbelow": True, "grid.color": "0.9",
    "lines.linewidth": 2, "lines.markersize": 6, "svg.hashsalt": "labkit",
    "svg.fonttype": "none",   # text stays text, in a font that the reader has
    "axes.prop_cycle": cycler(color=["#0072B2", "#D55E00", "#555555"]),
}
MARKERS = "os^DvPX*p<>"   # a second sign beside colour, for grey prints


class Page:
    """Something to show as HTML where that works, as plain text elsewhere."""

    def __init__(self, page, text):
        self.page, self.text = page, text

    def _repr_html_(self):
        return self.page

    def __repr__(self):
        return self.text


class Picture:
    """A finished figure as an SVG image with its description, ``alt``.

    Shown as HTML, its caption is the description's first sentence, which
    says what is drawn. Raises ValueError for a description that is not one
    line of at least 40 characters.
    """

    def __init__(self, figure, alt):
        if len(alt) < 40 or "\n" in alt:
            raise ValueError(f"alt is {alt!r}; allowed is one line of at "
                             "least 40 characters that says what is seen")
        buffer = io.StringIO()
        figure.savefig(buffer, format="svg", metadata={"Date": None})
        plt.close(figure)
        self.alt = alt
        self.svg = buffer.getvalue()

    def _repr_html_(self):
        data = base64.b64encode(self.svg.encode()).decode()
        first, stop, _ = html.escape(self.alt).partition(". ")
        return (f'<figure style="margin: 0"><img alt="{html.escape(self.alt)}"'
                ' style="max-width: 100%; background: white" '
                f'src="data:image/svg+xml;base64,{data}">'
                f"<figcaption>{first}{stop.strip()}</figcaption></figure>")

    def __repr__(self):
        return f"Figure: {self.alt}"


def axes(xlabel, ylabel, xlog=True, ylog=True, title=""):
    """Make a figure with one pair of axes, in the course's style."""
    with plt.rc_context(STYLE):
        figure, ax = plt.subplots()
    ax.set(xlabel=xlabel, ylabel=ylabel, title=title)
    if xlog:
        ax.set_xscale("log")
    if ylog:
        ax.set_yscale("log")
        ax.yaxis.set_major_locator(LogLocator(subs=(1, 2, 5)))
    for axis in (ax.xaxis, ax.yaxis):
        axis.set_major_formatter("{x:,g}")
        axis.set_minor_formatter("")
    return figure, ax


def show(ax, alt):
    """Finish the figure of ``ax``; ``alt`` describes what is seen on it.

    Returns a Picture; raises ValueError for an ``alt`` that is too short.
    """
    with plt.rc_context(STYLE):
        return Picture(ax.figure, alt)


def signs(values):
    """A colour and a marker for each value, from dark to light.

    The colours get lighter in one direction, so that their order is seen
    in grey, too, and by colour-blind people.
    """
    values = sorted(values)
    colours = plt.cm.viridis(np.linspace(0, 0.58, len(values)))
    return {value: dict(color=colour, marker=marker)
            for value, colour, marker in zip(values, colours, cycle(MARKERS))}


def curves(ax, rows, x="epoch", y="value", by="parameters", label="{:,}",
           along="step", **line):
    """Draw a line with a band for each value in the column ``by``.

    The line is the median over the seeds, the band reaches from their
    smallest to their largest value; neither is drawn where a seed has none.
    ``x`` and ``y`` are columns of ``rows``; rows with the same value in the
    column ``along`` make one point. ``line`` goes to ``ax.plot``.
    """
    for value, sign in signs(rows[by].unique()).items():
        seeds = rows[rows[by] == value].groupby(along)
        across = seeds[x].median()
        centre, low, high = (seeds[y].agg(which)
                             for which in (middle, lowest, highest))
        ax.plot(across, centre, label=label.format(value),
                **{"markevery": 0.15, **sign, **line})
        ax.fill_between(across, low, high, alpha=0.25,
                        color=sign["color"], linewidth=0)


def ticks(ax, values):
    """Mark just these values on the horizontal axis; show the legend."""
    values = sorted({*values})
    ax.set_xticks(values, [f"{value:g}" for value in values])
    ax.xaxis.minorticks_off()
    ax.legend(fontsize=STYLE["legend.fontsize"])
    return ax


def ends(ax, room=1.25, darker=.75):
    """Name each labelled line of ``ax`` at its right end, for a legend.

    Names that would lie on one another are moved apart, ``room`` heights of
    a letter; each has the colour of its line, times ``darker``. Of two lines
    that end at one place, the one that comes from above has its name above.
    """
    ax.figure.draw_without_rendering()
    named = []
    for line, name in zip(*ax.get_legend_handles_labels()):
        line = line[0] if isinstance(line, tuple) else line
        x, y = (np.asarray(data, float) for data in line.get_data())
        for last in np.flatnonzero(np.isfinite(x) & np.isfinite(y))[-1:]:
            named.append((y[last], np.nanmean(y), name, (x[last], y[last]),
                          line.get_color()))
    size, low = STYLE["legend.fontsize"], -np.inf
    for *_, name, place, colour in sorted(named, key=lambda one: one[:2]):
        height = ax.transData.transform(place)[1] * 72 / ax.figure.dpi
        low = max(height, low + room * size)
        ax.annotate(name, place, (8, low - height), va="center", fontsize=size,
                    textcoords="offset points", annotation_clip=False,
                    color=darker * np.array(to_rgb(colour)))
    return ax


def reach(table, ylabel, label="{}", subs=(1, 2, 5)):
    """Draw what each size needs to reach each target, or that it never does.

    ``table`` is that of ``epochs.crossing.needed``. A point is the median
    over the seeds, its bar their range. For a size of which a seed never
    reaches a target, that target's marker is drawn, hollow, in a row at the
    top. Targets that no run reaches are left out. ``subs``: the first digits
    of the ticks. Returns figure and axes.
    """
    figure, ax = axes("parameters", ylabel)
    ax.yaxis.set_major_locator(LogLocator(subs=subs))
    table = table.groupby("target").filter(lambda t: t.needed.notna().any())
    row = 2.5 * table.needed.max()
    for i, (target, sign) in enumerate(signs(table.target.unique()).items()):
        by_size = table[table.target == target].groupby("parameters").needed
        reached = by_size.apply(lambda needed: needed.notna().all())
        seeds = by_size.agg(["median", "min", "max"])[reached]
        middle, low, high = seeds.to_numpy().T
        ax.errorbar(seeds.index, middle, yerr=[middle - low, high - middle],
                    capsize=3, label=label.format(target), **sign)
        never = reached.index[~reached]
        ax.plot(never, [row * 1.35**i] * len(never), linestyle="none",
                fillstyle="none", **sign)
    ax.xaxis.set_major_formatter(size_name)
    ax.axhline(row / 1.35, color="0.4", linewidth=1)
    low, high = ax.get_ylim()   # a tick out of sight would stretch the axis
    ax.set_yticks([tick for tick in ax.get_yticks()
                   if low <= tick < row / 1.35]
                  or [float(f"{table.needed.max():.2g}")])
    ax.set_ylim(low, high)
    ax.yaxis.minorticks_off()
    ax.text(0.99, 0.98, "never in this run", transform=ax.transAxes,
            ha="right", va="top", style="italic",
            fontsize=STYLE["legend.fontsize"])
    return figure, ax


def size_name(parameters, _=None):
    """A number, 0 or more, in three significant digits with a unit.

    4128 -> "4.13k", 132096 -> "132k", 47e6 -> "47M", 1.5e9 -> "1.5B".
    Numbers below 1000 have no unit. As a formatter of ticks, matplotlib
    calls it with a second argument, which is not used.
    """
    parameters = float(f"{parameters:.3g}")
    for unit, name in ((1e15, "P"), (1e12, "T"), (1e9, "B"), (1e6, "M"),
                       (1e3, "k"), (0, "")):
        if parameters >= unit:
            return f"{parameters / (unit or 1):.3g}{name}"
