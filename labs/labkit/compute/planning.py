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

from labkit.lesson import view
from labkit.plots import Page, size_name
from labkit.scaling.laws import (
    C4,
    EXCESS_SIZE,
    LAWS,
    REPEATS,
    data_constrained,
)

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

COLUMNS = {"parameters": "size N", "tokens": "tokens D", "ratio": "D/N",
           "epochs": "epochs", "loss": "loss"}
LABELS = {"flops": "FLOPs to spend", "unique": "different tokens"}
FIELD = ('<label style="display: block; margin: 0.3em 0">{label}: <input '
         'name="{name}" value="{value:g}" size="10"></label>')

# The same as ``plan``, for pages without a kernel.
SCRIPT = """<script>(() => {
  const root = document.getElementById("planning-%(name)s");
  const at = %(constants)s, {laws, c4} = at;
  const typed = new RegExp(`^(?:${at.typed})$`);
  const predict = (law, N, D) =>
    law.E + (law.A / N ** law.alpha + law.B / D ** law.beta) ** law.k;
  const scale = law => (law.alpha * law.A / (law.beta * law.B))
                       ** (1 / (law.alpha + law.beta));
  const optimum = law => C => {
    const N = scale(law) * (C / 6) ** (law.beta / (law.alpha + law.beta));
    return [N, predict(law, N, C / 6 / N)];
  };
  const worth = (base, used, R) =>
    base * (1 + R * -Math.expm1((1 - used / base) / R));
  const constrained = (C, U) => {
    const loss = log => {
      const N = Math.exp(log), D = C / 6 / N, unique = Math.min(U, D);
      return predict(c4, worth(Math.min(N, scale(c4) ** 2 * unique), N,
                               at.excess), worth(unique, D, at.repeats));
    };
    let low = Math.log(C / 6 / at.most / U), high = Math.log(C / 6);
    for (let i = 0; i < 200; i++) {   // take away the third that is worse
      const third = (high - low) / 3;
      if (loss(low + third) < loss(high - third)) high -= third;
      else low += third;
    }
    return [Math.exp(low), loss(low)];
  };
  const kaplan = C => [at.size * (C / at.day) ** at.growth,
                       (at.limit * at.day / C) ** at.fall];
  const advice = {"Kaplan 2020": kaplan, "Hoffmann 2022":
    optimum(laws.hoffmann), "Besiroglu 2024": optimum(laws.besiroglu),
    "Muennighoff 2023": constrained};
  const short = exact => {
    const x = Number(exact.toPrecision(3));
    if (x < 0.001) return "< 0.001";
    const [unit, name] = [
      [1e15, "P"], [1e12, "T"], [1e9, "B"], [1e6, "M"], [1e3, "k"], [1, ""]
    ].find(([unit]) => x >= unit) || [1, ""];
    return Number((x / unit).toPrecision(3)) + name;
  };
  const show = () => {
    const [C, U] = [...root.querySelectorAll("input")].map(input => {
      const [low, high] = at.allowed[input.name];
      const value = typed.test(input.value) ? Number(input.value) : NaN;
      if (value >= low && value <= high) return value;
      throw `${at.labels[input.name]} is "${input.value}"; allowed are ` +
            `numbers from ${low.toExponential()} to ${high.toExponential()}`;
    });
    for (const row of root.querySelectorAll("tbody tr")) {
      const [N, loss] = advice[row.cells[0].textContent](C, U), D = C / 6 / N;
      [short(N), short(D), short(D / N), short(D / U), loss.toFixed(3)]
        .forEach((text, i) => row.cells[i + 1].textContent = text);
    }
  };
  root.oninput = () => {
    const [said, table] = [root.querySelector("p"),
                           root.querySelector("table")];
    try { show(); said.textContent = ""; table.hidden = false; }
    catch (wrong) { said.textContent = wrong; table.hidden = true; }
  };
})()</script>"""


class Calculator(Page):
    """The table of ``plan`` with two fields: a widget, or plain HTML."""

    def __init__(self, name, flops, unique):
        table = plan(flops, unique)
        self.given = {"flops": float(flops), "unique": float(unique)}
        fields = "".join(FIELD.format(label=LABELS[k], name=k, value=v)
                         for k, v in self.given.items())
        super().__init__(
            f'<div id="planning-{name}">{fields}<p role="alert"></p>'
            f"{written(table)}</div>"
            f"{SCRIPT % dict(name=name, constants=constants())}",
            table.to_string())

    def _repr_mimebundle_(self, **_):
        bundle = {"text/html": self.page, "text/plain": self.text}
        try:
            import ipywidgets as widgets
        except ImportError:
            return bundle
        fields = {k: widgets.Text(f"{v:g}", description=LABELS[k],
                                  style={"description_width": "initial"})
                  for k, v in self.given.items()}
        shown = widgets.HTML(written(plan(**self.given)))

        def update(_):
            try:
                shown.value = written(plan(**{k: field.value for k, field
                                              in fields.items()}))
            except ValueError as wrong:
                shown.value = html.escape(str(wrong))

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
