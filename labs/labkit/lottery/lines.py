"""Lines with their names at the ends, each in a colour of its own."""
from labkit import plots
from labkit.rows import highest, lowest, middle

BLUE, WARM, GREY, PURPLE, GREEN = ("#0072B2", "#B6480A", "#555555", "#8A4FBF",
                                   "#00806A")


def named(ax, rows, x, y, by, colours, **line):
    """Draw a line with a band for each name in ``by`` that has a colour.

    The line is the median over the seeds at each ``x``, the band their
    range. The names stand at the right ends. ``line`` goes to ``ax.plot``.
    """
    for name, colour in colours.items():
        seeds = rows[rows[by] == name].groupby(x)[y]
        if not seeds.ngroups:
            continue
        centre, low, high = (seeds.agg(which)
                             for which in (middle, lowest, highest))
        ax.plot(centre.index, centre, color=colour, label=name,
                **{"marker": "o", "markersize": 4, **line})
        ax.fill_between(centre.index, low, high, alpha=.15, color=colour,
                        linewidth=0)
    return plots.ends(ax)


def at(ax, values, text="{:g}"):
    """Mark just these values on the horizontal axis."""
    values = sorted({*values})
    ax.set_xticks(values, map(text.format, values))
    ax.xaxis.minorticks_off()
