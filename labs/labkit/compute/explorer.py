"""Loss curves with a horizontal axis and a target that a reader can move.

Vega-Lite draws the figure in the browser, from rows that are on the page:
no kernel, and on the site no network.
"""
import json

import altair as alt
import numpy as np
import pandas as pd

from labkit import records
from labkit.compute.step import per_step as seconds_per_step
from labkit.epochs.crossing import needed
from labkit.language.runs import BATCH, tuned, with_excess
from labkit.plots import Page, size_name
from labkit.rows import middle

UNITS = {   # axis -> its title, and a number on it as text
    "steps": ("steps", "format({}, ',.0f') + ' steps'"),
    "epochs": ("epochs", "format({}, '.2r') + ' epochs'"),
    "tokens": ("tokens", "format({}, '.2s') + ' tokens'"),
    "FLOPs": ("FLOPs (6 per parameter and token)",
              "format({}, '.2s') + ' FLOPs'"),
    "seconds": ("seconds, one model alone", "format({}, '.2r') + ' s'"),
}
VEGA = ("vega@5.33.1/build/vega.min.js",
        "vega-lite@5.23.0/build/vega-lite.min.js",
        "vega-embed@6.29.0/build/vega-embed.min.js")
ONE = alt.Data(values=[{}])   # for what is drawn once
HEIGHT, ROW = 320, 20   # of the plot and of a line of the readout, pixels

# The site has its own copy of Vega; a notebook takes it from the network.
LOADER = """<script>(async () => {
  const root = document.getElementById("signature-%s");
  const site = document.documentElement.dataset.content_root;
  const base = site === undefined ? "https://cdn.jsdelivr.net/npm/"
                                  : site + "npm/";
  const define = window.define;
  window.define = undefined;   // Vega must not use a notebook's own loader
  try {
    if (!window.vegaEmbed) for (const file of %s)
      await new Promise((onload, onerror) => document.head.append(
        Object.assign(document.createElement("script"),
                      {src: base + file, onload, onerror})));
    const [bind, plot, spec] = root.children;
    await vegaEmbed(plot, JSON.parse(spec.textContent),
                    {actions: false, renderer: "svg", bind});
  } catch (error) {
    root.firstChild.textContent = "The moving figure could not be loaded. "
      + "The table below says what it shows.";
  }
  window.define = define;
})()</script>"""


def figure(name, rows, per_step, targets, start):
    """The loss curves of several sizes, as an HTML page.

    ``rows`` have the columns parameters, seed, step and excess;
    ``per_step`` (indexed by parameters, a column per axis of UNITS) says
    what one step is on each axis; ``targets`` are the losses in the table
    below the figure; ``start`` is the target shown at first. ``name`` must
    be unique on its page. Raises ValueError if an axis or a size is missing.
    """
    if set(per_step) != set(UNITS):
        raise ValueError(f"per_step has the columns {list(per_step)}; "
                         f"allowed are {list(UNITS)}")
    if missing := {*rows.parameters} - {*per_step.index}:
        raise ValueError(f"rows have the parameters {sorted(missing)}; "
                         f"allowed are those of per_step, {[*per_step.index]}")
    spec = chart(rows, per_step, start).to_json(indent=None)
    spec = spec.replace("</", "<\\/")   # must not end the script element
    scripts = json.dumps(VEGA)
    listed = table(rows, per_step, targets)
    page = (f'<div id="signature-{name}"><div></div>'
            '<div style="width: 100%; background: white"></div>'
            f'<script type="application/json">{spec}</script>'
            "<details><summary>The same as a table</summary>"
            '<div style="overflow-x: auto">'
            f"{listed.to_html(border=0)}</div></details></div>"
            f"{LOADER % (name, scripts)}")
    return Page(page, listed.to_string())


# --- the table --------------------------------------------------------------

def table(rows, per_step, targets):
    """What each size needs to each target, on every axis; medians, as text.

    "never" where not every seed gets there.
    """
    steps = needed(rows.assign(quantity="validation", lr=0, size=0), targets,
                   "step", "excess")
    median = steps.groupby(["target", "parameters"]).needed.agg(middle)
    lines = []
    for (target, parameters), at in median.items():
        units = per_step.loc[parameters]
        lines.append({"target (nats)": target,
                      "parameters": f"{parameters:,}"} | {
            axis: "never" if pd.isna(at) else size_name(
                float(f"{at * units[axis]:.2g}")) for axis in UNITS})
    return pd.DataFrame(lines).set_index(["target (nats)", "parameters"])


# --- the chart --------------------------------------------------------------

def chart(rows, per_step, start):
    """The Vega-Lite chart: curves, target line, readout per size."""
    sizes = sorted(int(n) for n in rows.parameters.unique())
    low, high = rows.excess.min(), min(rows.excess.max(), 1.5)
    params = [
        alt.param("axis", value="epochs", bind=alt.binding_select(
            options=list(UNITS), name="Horizontal axis: ")),
        alt.param("target", value=start, bind=alt.binding_range(
            min=round(low, 2), max=round(high, 2), step=0.01,
            name="Target, nats above the best possible loss: ")),
        alt.param("units", value=per_step[list(UNITS)].rename(
            index=str).to_dict()),
        alt.param("titles", value={a: t for a, (t, _) in UNITS.items()}),
        alt.param("names", value={str(n): size_name(n) for n in sizes})]
    data = alt.Chart(rows[["parameters", "seed", "step", "excess"]].round(4)
                     ).add_params(*params)
    marks, *said = _what_sizes_need(data, len(sizes))
    plot = alt.layer(*_curves(data), _names(rows, sizes), _target(), marks)
    return alt.layer(plot, _title(), *said).resolve_scale(
        y="independent").properties(width="container", height=HEIGHT,
        autosize=alt.AutoSizeParams(type="fit-x", contains="padding"),
        description="Loss against training length, one curve per size. The "
        "lines below say what each size needs to reach the target."
    ).configure(font="sans-serif").configure_axis(
        labelFontSize=13, titleFontSize=14).configure_view(stroke=None)


UNIT = "units[axis][datum.parameters]"
X = alt.X("x:Q", scale=alt.Scale(type="log", nice=False), axis=alt.Axis(
    title=None, labelOverlap="greedy", labelExpr="indexof('125', format("
    "datum.value, '.0e')[0]) < 0 ? '' : format(datum.value, "
    "axis == 'epochs' || axis == 'seconds' ? '~g' : '~s')"))
Y = alt.Y("y:Q", scale=alt.Scale(type="log", nice=False), axis=alt.Axis(
    title="loss above the best possible (nats)", tickCount=6, format="~g"))
COLOUR = alt.Color("parameters:O", legend=None, scale=alt.Scale(
    scheme=alt.SchemeParams("viridis", extent=[0, 0.58])))   # as plots.signs


def _curves(data):
    """Median over the seeds and their range."""
    lines = data.transform_filter("datum.step > 0").transform_aggregate(
        y="median(excess)", low="min(excess)", high="max(excess)",
        groupby=["parameters", "step"]
    ).transform_calculate(x=f"datum.step * {UNIT}").encode(X, Y, COLOUR)
    band = lines.mark_area(opacity=0.2).encode(y="low:Q", y2="high:Q")
    return band, lines.mark_line(strokeWidth=2)


def _names(rows, sizes):
    """Every other size where its curve ends, moved up where two meet."""
    last = rows[rows.step == rows.step.max()].groupby("parameters")
    ends, room = last[["step", "excess"]].median().loc[sizes[::-2]], 0
    for size in sorted(ends.index, key=ends.excess.get):
        room = ends.loc[size, "excess"] = max(ends.excess[size], 1.1 * room)
    return alt.Chart(ends.reset_index()).transform_calculate(
        x=f"datum.step * {UNIT}", y="datum.excess",
        name="names[datum.parameters]"
    ).mark_text(align="left", dx=4, fontSize=12).encode(
        X, Y, COLOUR, text="name:N")


def _target():
    """The line that the reader moves."""
    return alt.Chart(ONE).transform_calculate(y="target").mark_rule(
        strokeDash=[6, 4], strokeWidth=2).encode(Y)


def _title():
    """The name of the axis that was chosen, below it."""
    return alt.Chart(ONE).mark_text(
        x=alt.expr("width / 2"), y=HEIGHT + 2 * ROW, fontSize=14,
        fontWeight="bold", text=alt.expr("titles[axis]"))


# Of the run up to an evaluation: the step at which it crossed the target, if
# it did so since the evaluation before; else null.
CROSSING = (
    "!isValid(datum.excess) || datum.excess > target || "
    "(isValid(datum.best_before) && datum.best_before <= target) ? null : "
    "!isValid(datum.before) ? datum.step : "
    "datum.step_before + (datum.before - target) / (datum.before - "
    "datum.excess) * (datum.step - datum.step_before)")
ON_AXIS = " : ".join(f"axis == '{axis}' ? {text.format('datum.x')}"
                     for axis, (_, text) in UNITS.items())
SAID = (
    "datum.reached == 0 ? 'never' : datum.reached < datum.seeds ? "
    "'never in ' + (datum.seeds - datum.reached) + ' of ' + datum.seeds + "
    f"' seeds' : {ON_AXIS} : ''")


def _crossings(data):
    """Where each size first meets the target: x, y and a line of text.

    The median over the seeds, each interpolated between the evaluations
    around the crossing (as ``epochs.epochs_to_target`` does).
    """
    run = dict(groupby=["parameters", "seed"], sort=[alt.SortField("step")])
    before = data.transform_window(
        best="min(excess)", frame=[None, 0], **run
    ).transform_window(before="lag(excess)", step_before="lag(step)",
                       best_before="lag(best)", **run)
    by_seed = before.transform_calculate(at=CROSSING).transform_aggregate(
        at="max(at)", groupby=["parameters", "seed"]
    ).transform_calculate(at="isValid(datum.at) ? datum.at : null")
    by_size = by_seed.transform_aggregate(
        at="median(at)", reached="valid(at)", seeds="count()",
        groupby=["parameters"])
    return by_size.transform_calculate(
        x=f"datum.at * {UNIT}", y="target", said=SAID
    ).transform_calculate(
        line="names[datum.parameters] + ' parameters: ' + datum.said")


def _what_sizes_need(data, sizes):
    """Marks where sizes reach the target, and for each a line of text."""
    found = _crossings(data)
    point = dict(filled=True, size=90, stroke="black", opacity=1)
    marks = found.transform_filter("datum.reached == datum.seeds").mark_point(
        **point).encode(X, Y, COLOUR)
    row = alt.Y("parameters:O", axis=None, scale=alt.Scale(
        range=[HEIGHT + 3 * ROW, HEIGHT + (3 + sizes) * ROW]))
    return (marks, found.mark_point(x=6, **point).encode(row, COLOUR),
            found.mark_text(align="left", x=18, fontSize=14).encode(
                row, text="line:N"))


# --- on the page ------------------------------------------------------------

def signature(steps):
    """The figure of the chapter on epochs, from its recorded runs.

    Each size at the rate that brings it lowest; ``steps`` are the rows that
    say how long a step takes.
    """
    rows = with_excess(tuned(records.load("epochs", "targets")))
    rows = rows[rows.quantity == "validation"]
    sizes = np.array(sorted(rows.parameters.unique()))
    units = pd.DataFrame({
        "steps": 1.0, "epochs": BATCH / rows.unique.iloc[0],
        "tokens": 1.0 * BATCH, "FLOPs": 6.0 * sizes * BATCH,
        "seconds": seconds_per_step(steps).loc[sizes]}, index=sizes)
    return figure("epochs", rows, units, [.9, .5, .4, .3], .4)


EXPERIMENTS = ()
CLAIMS = []
FIGURES = {"signature": lambda tables: signature(tables["steps"])}
TABLES = {}


def facts(tables):
    """Nothing: the prose quotes no number of this figure."""
    return {}
