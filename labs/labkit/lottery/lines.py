"""Lines with their names at the ends, each in a colour of its own."""
from labkit import plots
from labkit.rows import highest, lowest, middle

BLUE, WARM, GREY, PURPLE, GREEN = ("#0072B2", "#B6480A", "#555555", "#8A4FBF",
                                   "#00806A")
MARKERS = {BLUE: "o", WARM: "s", GREY: "^", PURPLE: "D", GREEN: "v"}


def draw(ax, rows, x, y, by, colours):
    """Draw a line with a band for each name in ``by`` that has a colour.

    The line is the median over the seeds at each ``x``, the band their
    range. Beside each colour stands its marker, for grey prints.
    """
    for name, colour in colours.items():
        seeds = rows[rows[by] == name].groupby(x)[y]
        if not seeds.ngroups:
            continue
        centre, low, high = (seeds.agg(which)
                             for which in (middle, lowest, highest))
        ax.plot(centre.index, centre, color=colour, label=name,
                marker=MARKERS[colour], markersize=5)
        ax.fill_between(centre.index, low, high, alpha=.15, color=colour,
                        linewidth=0)


def named(ax, *what):
    """Draw the lines, as ``draw`` does; name them at their right ends."""
    draw(ax, *what)
    return plots.ends(ax)


def at(ax, values, text="{:g}"):
    """Mark just these values on the horizontal axis."""
    values = sorted({*values})
    ax.set_xticks(values, map(text.format, values))
    ax.xaxis.minorticks_off()
