"""Zero-sum: do contexts' losses cancel because they fight, or in any case?

Mircea et al. 2025 split a change of the mean loss into the mean size of the
contexts' changes times what does not cancel, and say that language models
slow down by cancellation. The control is a table in which no two contexts
share a parameter, and none can fight.
"""
import numpy as np
import pandas as pd
import torch

from labkit import plots
from labkit.claims import claim, evidence
from labkit.experiment import Experiment
from labkit.interference import contexts, opposed
from labkit.interference.opposed import OCTAVE, along, matched
from labkit.language.models import Members
from labkit.language.runs import language
from labkit.rows import distinct, labelled, middle, only
from labkit.rulings import over

MOST = over(0.5)  # share of the logarithm of the slow-down

APART = {"full": {"unique": [524_288], "lr": [.1, .03], "steps": 4096}}


class Table(Members):
    """A row of logits for every context: no two share a parameter."""

    predicted = 1

    def __init__(self, vocab, context, seeds):
        super().__init__(vocab, context, 1, seeds, "standard")
        self.places = vocab ** torch.arange(context - 1, -1, -1)
        self.rows = torch.nn.Parameter(
            torch.zeros(self.members, vocab**context, vocab))
        self.rows.factor = 1.0

    def at(self, codes):
        """Logits at the contexts with these numbers, (member or 1, n)."""
        return self.rows.gather(1, codes[..., None].expand(
            self.members, -1, self.vocab))

    def forward(self, tokens):
        """Logits: (member, batch, context) to (member, batch, vocab)."""
        return self.at((tokens * self.places).sum(-1))

    def everywhere(self, at_once):
        """Yield the logits at all contexts, in parts."""
        yield from self.rows.split(at_once, 1)


def measure(seeds, unique, lr, steps):
    """Changes of the contexts' losses in a Table."""
    source = language()
    chosen = contexts.Sample(source)
    seen = opposed.trained(
        Table(source.vocab, source.order, seeds),
        lambda model: {"losses": chosen.losses(model.at(chosen.drawn))},
        unique, lr, steps, seeds)
    return [dict(unique=unique, lr=lr, **row) for target in chosen.targets
            for row in opposed.told(seen, target, seeds)]


apart = Experiment("apart", APART, measure, opposed.cost)
EXPERIMENTS = (apart,)
run = apart.run


# --- what the rows say ------------------------------------------------------

def full_octaves(rows):
    """The rows whose changes are those over a whole octave of steps."""
    return rows[rows.step >= sorted(rows.step.unique())[OCTAVE + 1]]


def slowing(curve):
    """How a run slows down, from its fastest octave of steps to its last.

    {"times": how many times less the loss changes; "share": the part of
    the logarithm of that which is cancellation, the rest being smaller
    changes; "fast": the step at which the fastest octave ends}.
    """
    curve = full_octaves(curve).sort_values("step").set_index("step")
    kept = 1 - curve.zero_sum
    fall = curve.moved * kept
    if fall.isna().any():
        return dict.fromkeys(["times", "share", "fast"], np.nan)
    fast, last = fall.idxmax(), fall.index[-1]
    times = fall[fast] / fall[last]
    return {"times": times, "fast": fast,
            "share": np.log(kept[fast] / kept[last]) / np.log(times)}


def slowed(rows, *run):
    """How each run slows down (see ``slowing``), by its names."""
    rows = distinct(rows, *run, "step")
    return pd.DataFrame([dict(zip(run, key)) | slowing(curve)
                         for key, curve in rows.groupby([*run])])


def low_share(rows):
    """What cancellation slows the narrowest down at the lowest rate."""
    rows = new(only(rows, targets="true", lr=rows.lr.min()))
    return middle(slowed(only(rows, width=rows.width.min()), "seed").share)


def new(rows):
    """The rows of the longest text, of which no part comes twice."""
    return rows[rows["unique"] == rows["unique"].max()]


# --- the claims -------------------------------------------------------------

def cancellation_slows(rows):
    """Is it cancellation that slows the narrowest down?"""
    rows = labelled(new(along(rows)), "width")
    slow = slowed(rows[rows.width == rows.width.min()], "seed")
    return evidence(slow.share, MOST, width=rows.width.min())


CLAIMS = [
    claim("C14l", "A narrow language model slows down because changes of "
          "its contexts' losses cancel.", cancellation_slows,
          "from the fastest octave of steps to the last one, {effect} of the "
          "slow-down of width {width:g} (of its logarithm) is that changes "
          "of the contexts' losses cancel, and not that they are smaller",
          "mircea2025training"),
]


# --- figures, tables, facts -------------------------------------------------

def zerosum_figure(rows):
    """Cancellation of changes against the loss: each width, and the table.

    The table is drawn to its lowest loss; its rows, those of "apart", may
    be missing.
    """
    _, ax = plots.axes("loss, falling", "share that cancels", False, False)
    plots.curves(ax, full_octaves(new(along(rows))), x="loss", y="zero_sum",
                 by="width", label="width {:g}")
    table = "apart" in {*rows.experiment}
    if table:
        falls = full_octaves(along(rows, "apart")).groupby("step")[
            ["loss", "zero_sum"]].agg(middle)
        falls = falls.loc[:falls.loss.idxmin()]
        ax.plot(falls.loss, falls.zero_sum, "k--", label="table")
    ax.invert_xaxis()
    plots.ends(ax)
    return plots.show(
        ax, "What cancels of the changes of the contexts' losses against the "
        "loss, which falls to the right, one line per width"
        + ", dashed for the table" * table + ". At the same loss a wider "
        "network's changes cancel less" + ", the table's not at all" * table
        + ". Lines turn up where the loss stops falling"
        + ", steeply the table's, too" * table + ".")


def slowing_table(rows):
    """How each width slows down on new text, by rate: medians."""
    columns = {"fast": "fastest until step", "times": "times slower at last",
               "share": "of it by cancellation"}
    found = slowed(new(only(rows, targets="true")), "lr", "width", "seed")
    return found.groupby(["lr", "width"])[[*columns]].agg(middle).rename(
        columns=columns).map("{:.3g}".format)


FIGURES = {"zerosum": lambda tables: zerosum_figure(
    pd.concat([tables["opposed"], tables["apart"]]))}
TABLES = {"slowing": lambda tables: slowing_table(tables["opposed"])}


def facts(tables):
    """What the prose quotes, rounded as it quotes it."""
    table = along(tables["apart"], "apart")
    rows = pd.concat([new(along(tables["opposed"])),
                      table.assign(width=np.inf)])   # the last column
    lost, moved = (matched(rows, value).agg(middle)
                   for value in ("zero_sum", "moved"))
    stop = table.loc[table.groupby("seed").loss.idxmin()]
    return {"zero_narrow": f"{100 * lost.iloc[0]:.0f}",
            "zero_wide": f"{100 * lost.iloc[-2]:.0f}",
            "zero_table": f"{100 * lost.iloc[-1]:.0f}",
            "zero_stop": f"{100 * middle(stop.zero_sum):.0f}",
            "moved_narrow": f"{moved.iloc[0]:.2f}",
            "moved_wide": f"{moved.iloc[-2]:.2f}",
            "share_low": f"{low_share(tables['opposed']):.2f}"}
