"""What the lesson shows and quotes: a window that moves, tokens foretold.

A law fitted to four neighbouring sizes at a time, beside a floor that is
known; the tokens that a law of small sizes asks of the largest; and the lead
of a larger model as a product of two factors.
"""
import html

import numpy as np
import pandas as pd

from labkit import plots, sliders
from labkit.language.runs import language
from labkit.plots import Page
from labkit.rows import middle
from labkit.scaling import floors, tokens
from labkit.scaling.fits import FEW, foretold
from labkit.scaling.grid import ends, fitted, most

LEFT, RIGHT, BOTTOM, NAT = 30, 560, 282, 104   # of a frame; NAT: one nat
PANEL = ("background: var(--panel); border-radius: .6rem; "
         "padding: .7rem .9rem .1rem")
ENDS = 400, 300_000                            # of its axis of sizes
TOP = 2.6                                      # the highest loss drawn
DRAWS = 30                                     # refits for an interval
WORDS = {
    "slider": "sizes in the fit",
    "miss": "Fitted to sizes from {0:,.0f} to {1:,.0f}, the law misses its "
            "losses by {2:.2f} % on average.",
    "floor": "Its floor is {0:.2f}, {1}; refits to runs drawn "
             "anew give {2:.2f} to {3:.2f}.",
    "seen": "Loss against size, eight dots that fall from the left to the "
            "right. The four that were fitted are filled, and a curve runs "
            "through them. A dashed line is the true floor, {0:.2f}; a thick "
            "line is that of the fit, {1:.2f}.",
    "caption": "<strong>The fit stays close. Does its floor stay true?"
               "</strong>"}
NEAR = 0.02   # nats from the truth: right
BLUE, WARM, GREY = "#0072B2", "#B6480A", "#555555"

CLAIMS = []
EXPERIMENTS = ()


# --- the window -------------------------------------------------------------

def windows(table):
    """The law of each FEW neighbours: [(sizes, law, interval of E)]."""
    sizes = sorted(table.parameters.unique())
    found = []
    for i in range(len(sizes) - FEW + 1):
        part = sizes[i:i + FEW]
        law = fitted(table[table.parameters.isin(part)])
        found.append((part, law, law.interval("E", draws=DRAWS)))
    return found


def window_page(table, truth, name="told"):
    """The law of few sizes beside the truth, moved by a slider."""
    last = most(table)
    losses = last.groupby("parameters").value.agg(middle)
    found = windows(table)
    frames = {(i,): (frame(losses, last.tokens.max(), *one, truth),
                     said(*one, truth)) for i, one in enumerate(found)}
    names = [f"{part[0]:,.0f} to {part[-1]:,.0f}" for part, *_ in found]
    page = sliders.figure(name, {WORDS["slider"]: names}, frames,
                          (len(found) - 1,), "")
    return Page(f'<figure class="picture" style="{PANEL}">'
                f"{page._repr_html_()}<figcaption><p>{WORDS['caption']}</p>"
                "</figcaption></figure>", repr(page))


def said(part, law, interval, truth):
    """What a frame shows, in words."""
    off = law.E - truth
    which = ("the truth" if abs(off) < 0.005 else f"{abs(off):.2f} too "
             f"{'low' if off < 0 else 'high'}")
    return " ".join([
        WORDS["miss"].format(part[0], part[-1], 100 * law.residual),
        WORDS["floor"].format(law.E, which, *interval)])


def frame(losses, D, part, law, interval, truth):
    """Losses after D tokens, a law of some of them, its floor, the truth."""
    sizes = np.geomspace(*ENDS, 25)
    curve = " ".join(f"{x(N):.0f},{y(loss):.1f}" for N, loss in zip(
        sizes, law.predict(sizes, D)) if loss < TOP)
    low, high = interval
    kind = "blue" if abs(law.E - truth) < NEAR else "warm"
    name = y(law.E) + (22 if truth - law.E < 1 else -9)
    dots = "".join(
        f'<circle cx="{x(N):.0f}" cy="{y(loss):.1f}" r="6" class="'
        f'{"blue" if N in part else "open"}"/>' for N, loss in losses.items())
    return (
        f'<svg viewBox="0 -10 560 330" role="img" aria-label="'
        f'{html.escape(WORDS["seen"].format(truth, law.E))}">{axis(losses)}'
        f'<text x="{LEFT + 6}" y="{y(truth) + 27:.1f}">true floor '
        f'{truth:.2f}</text><polyline class="blue" points="{curve}"/>{dots}'
        f'<path class="{kind} thick" d="M{LEFT} {y(law.E):.1f}H{RIGHT}"/>'
        f'<path class="dashed" d="M{LEFT} {y(truth):.1f}H{RIGHT}"/>'
        f'<rect class="{kind} pale" x="{RIGHT - 12}" y="{y(high):.1f}" width='
        f'"12" height="{y(low) - y(high):.1f}"/><text class="name {kind}" x="'
        f'{RIGHT - 20}" y="{name:.1f}" text-anchor="end">its floor '
        f"{law.E:.2f}</text></svg>")


def axis(losses):
    """The axes: a few nats, the smallest size and the largest."""
    first, last = min(losses.index), max(losses.index)
    marks = "".join(
        f'<path class="soft" d="M{LEFT} {y(nats):.0f}H{RIGHT}"/><text class='
        f'"quiet" x="{LEFT - 8}" y="{y(nats) + 5:.0f}" text-anchor="end">'
        f"{nats}</text>" for nats in (0, 1, 2))
    return (f'<text class="quiet" x="0" y="13">loss</text>{marks}'
            f'<text class="quiet" x="{x(first) - 16:.0f}" y="312">'
            f'{first:,.0f} parameters</text><text class="quiet" x="'
            f'{x(last):.0f}" y="312" text-anchor="middle">{last:,.0f}</text>')


def x(size):
    """Where a size lies in a frame."""
    low, high = np.log(ENDS)
    return LEFT + (np.log(size) - low) / (high - low) * (RIGHT - LEFT)


def y(nats):
    """Where a loss lies in a frame."""
    return BOTTOM - NAT * nats


# --- tokens -----------------------------------------------------------------

def asked(table):
    """The largest size's losses by tokens, and by the law of smaller sizes.

    And the tokens that this law asks for the last of these losses.
    """
    out = tokens.largest(table)
    law = fitted(table[~table.parameters.isin(out)])
    seen = table[table.parameters == out[-1]].groupby("tokens").value.agg(
        middle)
    along = np.geomspace(seen.index[0], seen.index[-1], 40)
    return (seen, pd.Series(law.predict(out[-1], along), along),
            float(tokens.needed(law, out[-1], seen.iloc[-1])))


def asked_figure(table):
    """The largest size's losses, and what the law of smaller ones foretold."""
    seen, law, few = asked(table)
    end, goal = seen.index[-1], seen.iloc[-1]
    figure, ax = plots.axes("tokens read", "loss", ylog=False)
    figure.set_size_inches(5, 3.6)
    ax.plot(seen.index, seen, "o-", color=BLUE, linewidth=3,
            label="as it came")
    ax.plot(law.index, law, "--", color=WARM,
            linewidth=2.5, label="foretold")
    ax.annotate("", (few, goal), (end, goal), arrowprops=dict(
        arrowstyle="->", color=GREY, linewidth=2, shrinkA=6, shrinkB=0))
    for word, at, up, colour in (("it took", end, 32, BLUE),
                                 ("the law says", few, -36, WARM)):
        ax.annotate(f"{word}\n{at / 1e6:.2g} million", (at, goal), (0, up),
                    textcoords="offset points", ha="right", fontsize=12,
                    color=colour)
    ax.set_xlim(seen.index[0] / 1.2, end * 1.2)
    ax.set_xticks([1e5, 1e6], ["100,000", "1 million"])
    plots.ends(ax)
    return plots.show(
        ax, "Loss of the largest size against the tokens that it read, and "
            "the dashed curve that the law of the smaller sizes foretold. "
            "The dashed curve lies a little lower, and comes to the last "
            "loss far earlier: an arrow from the one to the other.")


# --- figures and facts ------------------------------------------------------

FIGURES = {
    "window": lambda tables: window_page(
        ends(pd.concat(tables.values())), language().entropy),
    "asked": lambda tables: asked_figure(ends(pd.concat(tables.values())))}
TABLES = {}


def lead(rows):
    """How much earlier the larger size is, and by its floor and fall alone.

    Factors, geometric means over the losses and seeds; their product is the
    whole.
    """
    def of_curves(table):
        both = floors.speed_ups(table, floors.fall(table),
                                floors.compared(table))
        return both.mean(skipna=False)

    logs = pd.DataFrame({seed: of_curves(floors.curves(part))
                         for seed, part in rows.groupby("seed")}).mean(axis=1)
    return {"whole": np.exp(logs.foretold), "floors": np.exp(logs.floors),
            "fall": np.exp(logs.floors - logs.foretold)}


def facts(tables):
    """What only the lesson quotes, rounded as it quotes it."""
    rows = pd.concat(tables.values())
    table = ends(rows)
    truth, floor = language().entropy, fitted(table).E
    seen, _, few = asked(table)
    factors = lead(floors.validation(tables["early"]))
    return {"lesson": {
        "truth": f"{truth:.2f}", "floor": f"{floor:.2f}",
        "off": f"{100 * abs(1 - floor / truth):.0f}",
        "below": f"{100 - foretold(rows).effect:.1f}",
        "asked": f"{few / 1e6:.2f}", "took": f"{seen.index[-1] / 1e6:.1f}",
        **{name: f"{factor:.1f}" for name, factor in factors.items()}}}
