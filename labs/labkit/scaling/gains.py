"""Gains: does a token teach a larger model more?

At equal tokens, or from the same loss downwards; asked of the runs of the
grid and of those on real text. Sources: Hoffmann et al. 2022, Videau et al.
2026.
"""
from functools import partial

import numpy as np
import pandas as pd

from labkit import plots
from labkit.claims import claim, evidence
from labkit.cores import NATS, SMALLEST
from labkit.rows import factor, middle, wide
from labkit.rulings import plus
from labkit.scaling.grid import by_seed, ends, few, fitted

FAR = 8   # a size this many times smaller is compared with the largest
EXPERIMENTS = ()


# --- what the rows say ----------------------------------------------------

def gains(table):
    """What each doubling of the tokens takes off the loss, in nats.

    Indexed by seed and by the tokens before; a column per size.
    """
    loss = wide(table, "value", "parameters", ["seed", "tokens"])
    gain = -loss.groupby("seed").diff().groupby("seed").shift(-1)
    tokens = gain.index.get_level_values("tokens")
    return gain[tokens < tokens.max()]


# --- the claims -----------------------------------------------------------

def _gains(table):
    """What more tokens take off a smaller size's loss and the largest's.

    From the fewest tokens to the most; the smaller one has at most 1/FAR
    of the parameters.
    """
    loss = wide(table, "value", "parameters", "tokens")
    gain = loss.iloc[0] - loss.iloc[-1]
    return gain[gain.index <= gain.index[-1] / FAR].iloc[-1], gain.iloc[-1]


def gains_more(rows, experiment, region):
    """At equal tokens, do more tokens teach the largest size more nats?"""
    small, large = zip(*by_seed(ends(rows, experiment), _gains))
    return evidence(np.subtract(large, small), region, far=FAR,
                    times=np.median(np.divide(large, small)))


def gains_at_equal_loss(rows):
    """To take the last step of the next smaller size, does it need less?"""
    def ratio(table):
        loss = wide(table, "value", "parameters", "tokens")
        small, large = loss.iloc[:, -2], loss.iloc[:, -1]
        tokens = [np.interp(   # falling: turned round
            -small.iloc[-2:], -np.minimum.accumulate(curve), curve.index,
            left=np.nan, right=np.inf)   # unknown; never
            for curve in (small, large)]
        return np.diff(tokens[0])[0] / np.diff(tokens[1])[0]

    return evidence(by_seed(ends(rows), ratio), SMALLEST["C26c"])


GAIN = ("from the fewest tokens to the most, the largest size gains {size} "
        "nats {effect:more|less} than the largest of those with at most "
        "1/{far} of its parameters, {times:.2f} times as much")
CLAIMS = [
    claim("C26a", "On the layered rules, the same tokens take more off the "
          "loss of a larger model.",
          partial(gains_more, experiment="grid", region=plus(NATS)),
          GAIN, "hoffmann2022training"),
    claim("C26b", "On real text, the same tokens take more off the loss of "
          "a larger model.",
          partial(gains_more, experiment="text", region=SMALLEST["C26b"]),
          GAIN, "videau2026skaling"),
    claim("C26c", "From the same loss downwards, a larger model needs fewer "
          "tokens.", gains_at_equal_loss,
          "to fall as the second largest size does over its last doubling of "
          "tokens, the largest needs {effect} times fewer tokens",
          "kaplan2020scaling"),
]


# --- figures and facts ------------------------------------------------------

def _lines(ax, table):
    plots.curves(ax, gains(table).stack().rename("gain").reset_index(),
                 x="tokens", y="gain", along="tokens", markevery=1,
                 label="N = {:,.0f}")


def _axes(**scale):
    return plots.axes("tokens D before the doubling",
                      "loss taken off by doubling D (nats)", **scale)


def law_figure(rows):
    """The gain of each size, and that of the additive law, on the grid."""
    figure, ax = _axes()
    table = ends(rows)
    _lines(ax, table)
    law, largest = fitted(table), table.parameters.max()
    tokens = np.unique(table.tokens)[:-1]
    ax.plot(tokens, law.predict(largest, tokens)
            - law.predict(largest, 2 * tokens), "k--",
            label="additive law, any size")
    ax.xaxis.set_major_formatter(plots.size_name)
    ax.legend(fontsize=9)
    return plots.show(
        ax, "What doubling the tokens takes off the loss, against the tokens "
            "before, one line per size, and the additive law's single dashed "
            "line for all of them. The lines of the runs fall together; "
            "their ranges overlap.")


def text_figure(rows):
    """The gain of each size on real text."""
    figure, ax = _axes(ylog=False)
    table = ends(rows, "text")
    _lines(ax, few(table))
    ticks = sorted(table.tokens.unique())[:-1]
    ax.set_xticks(ticks, [plots.size_name(tokens) for tokens in ticks])
    ax.xaxis.minorticks_off()
    return plots.show(
        plots.ends(ax),
        "Real text: what doubling the tokens takes off the loss, against the "
        "tokens before, one line per size of a GPT. At few tokens the "
        "ranges overlap; at many, the largest size gains several times as "
        "much as the smallest.")


def equal_loss_figure(rows):
    """The gain per million tokens against the loss from which it starts."""
    figure, ax = plots.axes("loss before (nats)",
                            "loss taken off per million tokens", xlog=False)
    table = ends(rows)
    loss = table.groupby(["tokens", "parameters"]).value.agg(middle).unstack()
    gain = gains(table).groupby("tokens").agg(middle)
    for size, sign in plots.signs(gain.columns).items():
        ax.plot(loss.loc[gain.index, size], 1e6 * gain[size] / gain.index,
                label=f"{size:,}", **sign)
    ax.invert_xaxis()
    ax.legend(title="parameters", fontsize=10)
    return plots.show(
        ax, "Loss taken off per million tokens against the loss from which "
            "it is taken, one line per size. At any loss that several sizes "
            "pass, the larger size takes off more.")


FIGURES = {"gain": lambda tables: text_figure(tables["text"])}
TABLES = {}


def facts(tables):
    """What the prose quotes of the gains, rounded as it quotes it."""
    last = gains(ends(tables["text"], "text")).groupby("tokens").agg(middle)
    whole = gains(ends(pd.concat(tables.values()))).groupby("seed").agg(
        lambda gain: gain.sum(skipna=False))
    smallest = (1 / factor(whole)).agg(["median", "min", "max"])
    return {"text_gain_last": f"{factor(last).iloc[-1]:.1f}",
            "gain_smallest": smallest.map("{:.2f}".format).to_dict()}
