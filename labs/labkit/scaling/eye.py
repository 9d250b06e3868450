"""What a learner's cell shows: losses, a law that runs through, its floor."""
import numpy as np
import pandas as pd

from labkit import plots
from labkit.rows import middle
from labkit.scaling import told
from labkit.scaling.grid import few, most

ENDS = 400, 150_000                     # of the axis of sizes
SEEN = ("Loss at the most tokens against parameters, and a law fitted to {} "
        "sizes. Its curve runs through them. Its floor is {:.2f}, the true "
        "floor, a dashed line, {:.2f}.")
INK, OWN, FALSE = "#555555", "#0072B2", "#B6480A"


def losses_figure(ends):
    """The final losses against the size: where would they end?"""
    figure, ax = plots.axes("parameters N", "final loss (nats)", ylog=False)
    plots.curves(ax, few(ends, "tokens"), x="parameters", by="tokens",
                 along="parameters", markevery=1, label="D = {:,.0f}")
    figure.set_size_inches(5, 2.4)
    ax.set_ylim(0, None)
    ax.xaxis.set_major_formatter(plots.size_name)
    return plots.show(
        plots.ends(ax), "Final loss against parameters, one line per number "
        "of tokens. The lines fall from the left to the right, ever less "
        "steeply, and end far above the lower edge, which is 0.")


def window_figure(ends, inside, law, truth):
    """The losses at the most tokens, a law of some of them, both floors.

    ``inside`` are the rows that the law was fitted to.
    """
    figure, ax = plots.axes("parameters N", "final loss (nats)", ylog=False)
    figure.set_size_inches(5, 2.7)
    last = most(ends).groupby("parameters").value.agg(middle)
    fitted = last.index.isin(inside.parameters)
    sizes = np.geomspace(*ENDS, 60)
    ax.plot(sizes, law.predict(sizes, ends.tokens.max()), color=OWN)
    ax.plot(last[fitted], "o", color=OWN, label="in the fit")
    ax.plot(last[~fitted], "o", color=OWN, fillstyle="none",
            label="left out")
    ax.plot(ENDS, [law.E] * 2, color=FALSE, linewidth=3, label="its floor")
    ax.plot(ENDS, [truth] * 2, "--", color=INK, label="true floor")
    ax.set(xlim=ENDS, ylim=(0, 3.6))
    ax.xaxis.set_major_formatter(plots.size_name)
    ax.legend(loc="upper right", ncols=2, fontsize=11)
    return plots.show(ax, SEEN.format(fitted.sum(), law.E, truth))


def windows(ends):
    """The law of each four neighbouring sizes in ``ends``, a row each."""
    return pd.DataFrame([{
        "sizes": f"{part[0]:,.0f} to {part[-1]:,.0f}",
        "floor E": f"{law.E:.3f}", "90 % of refits": "{:.2f} to {:.2f}".format(
            *interval), "mean miss": f"{100 * law.residual:.2f} %"}
        for part, law, interval in told.windows(ends)]
        ).set_index("sizes")
