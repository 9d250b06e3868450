"""Plan a training run: what four published laws advise, side by side.

All of them spend C = 6 N D floating-point operations on N parameters and D
tokens. The first three know of no repeated tokens; the last one does.
"""
import html
import json
import math
import re
from numbers import Real

import numpy as np
import pandas as pd
from scipy.optimize import minimize_scalar

from labkit.compute.planpage import FIELD, PRESET, PRESETS, SCRIPT
from labkit.lesson.predictions import view
from labkit.plots import Page, size_name
from labkit.scaling.laws import (
    C4,
    EXCESS_SIZE,
    LAWS,
    REPEATS,
    data_constrained,
)
from labkit.speech import say
from labkit.speech.pages import page

PF_DAY = 8.64e19               # FLOPs: 10^15 a second, for a day
SIZE, GROWTH = 1.3e9, 0.73     # N = SIZE (C / PF_DAY)^GROWTH
LIMIT, FALL = 3.1e8, 0.050     # L = (LIMIT PF_DAY / C)^FALL
ALLOWED = {"flops": (1e17, 1e27), "unique": (1e8, 1e16)}
# a number as it may be typed, the same for Python and for the page
TYPED = r" *[+-]?([0-9]+([.][0-9]*)?|[.][0-9]+)([eE][+-]?[0-9]+)? *"
MOST = 100   # epochs; by the last law, later ones are worth nothing


def plan(flops, unique):
    """Parameters, tokens, epochs and loss that each law advises.

    For ``flops`` operations and ``unique`` different tokens. The losses
    are those of different texts and ways to cut them into tokens: compare
    sizes, not losses. Raises ValueError unless both are numbers in
    ALLOWED.
    """
    flops, unique = number("flops", flops), number("unique", unique)
    advice = {"Kaplan 2020": kaplan(flops),
              "Hoffmann 2022": optimum(LAWS["hoffmann"], flops),
              "Besiroglu 2024": optimum(LAWS["besiroglu"], flops),
              "Muennighoff 2023": constrained(flops, unique)}
    return pd.DataFrame([
        dict(law=law, parameters=N, tokens=flops / 6 / N,
             ratio=flops / 6 / N**2, epochs=flops / 6 / N / unique, loss=loss)
        for law, (N, loss) in advice.items()]).set_index("law")


def number(name, value):
    """The value as a float; ValueError if it is none or out of range.

    Text is a number if it is TYPED as one.
    """
    low, high = ALLOWED[name]
    if not isinstance(value, Real):
        value = str(value)
    try:
        if isinstance(value, Real) or re.fullmatch(TYPED, value):
            value = float(value)
    except OverflowError:   # a whole number too large to be a float
        value = math.inf if value > 0 else -math.inf
    if not (isinstance(value, float) and low <= value <= high):
        raise ValueError(f"{name} is {value}; allowed are numbers from "
                         f"{low:.0e} to {high:.0e}")
    return value


def kaplan(flops):
    """(N, loss) on Kaplan's frontier; N without embeddings.

    Source: Kaplan et al. 2020, table 6. Their C is the least computation,
    at a small batch; here it is 6 N D.
    """
    days = flops / PF_DAY
    return SIZE * days**GROWTH, (LIMIT / days) ** FALL


def optimum(law, flops):
    """(N, loss) of lowest loss by a law that knows no repeated tokens."""
    N, D = law.optimum(flops)
    return N, law.predict(N, D)


def constrained(flops, unique):
    """(N, loss) of lowest loss if only ``unique`` tokens are different.

    Tokens beyond ``unique`` are repeated, MOST times at most.
    Source: Muennighoff et al. 2023.
    """
    def loss(log_size):
        tokens = flops / 6 / np.exp(log_size)
        return data_constrained(np.exp(log_size), tokens,
                                min(unique, tokens))

    bounds = np.log([flops / 6 / (MOST * unique), flops / 6])
    best = minimize_scalar(loss, bounds=bounds, method="bounded",
                           options={"xatol": 1e-6})
    return np.exp(best.x), best.fun


# --- the calculator ---------------------------------------------------------

COLUMNS = {"parameters": "size N", "tokens": "tokens D",
           "ratio": "tokens per parameter", "epochs": "epochs", "loss": "loss"}
LABELS = {"flops": "FLOPs to spend", "unique": "tokens in your text"}


class Calculator(Page):
    """The table of ``plan`` with two fields: a widget, or plain HTML.

    In plain HTML each has a slider, too, and PRESETS fill both.
    """

    def __init__(self, name, flops, unique):
        table = plan(flops, unique)
        self.given = {"flops": float(flops), "unique": float(unique)}
        fields = "".join(FIELD.format(
            label=LABELS[k], name=k, value=v, power=math.log10(v),
            **dict(zip(("low", "high"), np.log10(ALLOWED[k]))))
            for k, v in self.given.items())
        presets = "".join(PRESET.format(*values, label)
                          for label, values in PRESETS.items())
        super().__init__(
            f'<div id="planning-{name}" class="live hands">'
            '<div class="live-panel"><div class="live-row">'
            f'{presets}</div>{fields}</div><p role="alert"></p>'
            f'<div style="font-size: min(1em, 3.1vw)">{written(table)}</div>'
            "</div>"
            f"{SCRIPT % dict(name=name, constants=constants())}",
            table.to_string())

    def _repr_mimebundle_(self, **_):
        bundle = {"text/html": self.page, "text/plain": self.text}
        try:
            import ipywidgets as widgets
        except ImportError:
            return bundle
        fields = {k: widgets.Text(f"{v:g}", description=say(LABELS[k]),
                                  style={"description_width": "initial"})
                  for k, v in self.given.items()}
        shown = widgets.HTML(page(written(plan(**self.given)), say))

        def update(_):
            try:
                shown.value = page(written(plan(**{
                    k: field.value for k, field in fields.items()})), say)
            except ValueError as wrong:
                shown.value = html.escape(say(str(wrong)))

        for field in fields.values():
            field.observe(update, names="value")
        return bundle | view(widgets.VBox([*fields.values(), shown]))


def written(table):
    """The plan as an HTML table."""
    text = table.loc[:, [*COLUMNS]].map(
        lambda x: "< 0.001" if float(f"{x:.3g}") < 0.001 else size_name(x))
    text["loss"] = table.loss.map("{:.3f}".format)
    return text.rename(columns=COLUMNS).rename_axis(None).to_html(border=0)


def constants():
    """All constants of the laws, for the script."""
    fields = ("E", "A", "B", "alpha", "beta", "k")
    laws = {name: {f: getattr(law, f) for f in fields}
            for name, law in (LAWS | {"c4": C4}).items()}
    return json.dumps(dict(
        laws=laws, c4=laws["c4"], repeats=REPEATS, excess=EXCESS_SIZE,
        most=MOST, day=PF_DAY, size=SIZE, growth=GROWTH, limit=LIMIT,
        fall=FALL, allowed=ALLOWED, labels=LABELS, typed=TYPED))


# --- on the page ------------------------------------------------------------

EXPERIMENTS = ()
CLAIMS = []
FIGURES = {"calculator": lambda tables: Calculator("chapter", 1e22, 25e9)}
TABLES = {}


def facts(tables):
    """What the prose quotes: how far the laws lie apart at one plan.

    At the computation and the tokens of Chinchilla.
    """
    sizes = plan(5.76e23, 1.4e12).parameters
    return {"plan_spread": f"{sizes.max() / sizes.min():.0f}"}
