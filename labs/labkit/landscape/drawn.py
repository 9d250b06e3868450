"""How the figures of this explanation are drawn: small, names on the lines."""
from labkit import plots
from labkit.rows import highest, lowest, middle

BLUE, WARM, GREY = "#0072B2", "#B6480A", "#555555"


def axes(xlabel, ylabel, **logs):
    """One small pair of axes."""
    figure, ax = plots.axes(xlabel, ylabel, **logs)
    figure.set_size_inches(5, 3.6)
    return ax


def lines(ax, rows, x, y, by, colours):
    """The median of the seeds against ``x``, their range as a pale band.

    A line for each {value of the column ``by``: (name, colour)}.
    """
    for value, (name, colour) in colours.items():
        seeds = rows[rows[by] == value].groupby(x)[y]
        line, low, high = (seeds.agg(which)
                           for which in (middle, lowest, highest))
        ax.plot(line.index, line, color=colour, label=name)
        ax.fill_between(line.index, low, high, alpha=0.2, color=colour,
                        linewidth=0)


def percent(shares):
    """A share and, in brackets, its range over the seeds: three numbers."""
    share, low, high = (round(100 * value) for value in shares)
    return f"{share}%" + f" ({low}–{high})" * (low < high)


def yticks(ax, values):
    """Mark just these values on the vertical axis, as people write them."""
    ax.set_yticks(values, [f"{value:,f}".rstrip("0").rstrip(".")
                           for value in values])
    ax.yaxis.minorticks_off()


def named(ax, values, darker=1):
    """Mark just these values across; name each line at its end."""
    values = sorted({*values})
    ax.set_xticks(values, [f"{value:g}" for value in values])
    ax.xaxis.minorticks_off()
    return plots.ends(ax, darker=darker)
