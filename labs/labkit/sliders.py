"""Figures that a reader moves, on a page without a kernel as in a notebook.

All frames are on the page from the start; sliders choose the one shown.
"""
import html

from labkit.plots import Page, size_name

SCRIPT = """<script>(() => {
  const root = document.getElementById("moving-%s");
  const sliders = [...root.querySelectorAll("input")];
  const show = () => {
    for (const slider of sliders) {
      const name = slider.dataset.names.split("|")[slider.value];
      slider.nextElementSibling.textContent = name;
      slider.setAttribute("aria-valuetext", name);
    }
    const key = sliders.map(slider => slider.value).join("-");
    const frames = [...root.querySelectorAll("[data-frame]")];
    for (const frame of frames) frame.hidden = frame.dataset.frame !== key;
    root.lastElementChild.hidden = frames.some(frame => !frame.hidden);
  };
  for (const slider of sliders) slider.oninput = show;
  show();
})()</script>"""
SLIDER = ('<label style="display: block">{label}: <input type="range" min="0" '
          'max="{last}" value="{value}" data-names="{names}" '
          'style="vertical-align: middle"> <output>{shown}</output></label>')
WIDTH, LEFT, ROW = 400, 80, 30    # of a frame, in units of its drawing
SIGNS = ('<circle cx="{x:.1f}" cy="{y}" r="6" fill="#0072B2"/>',
         '<rect x="{left:.1f}" y="{top}" width="11" height="11" fill="white" '
         'stroke="#D55E00" stroke-width="2.5"/>')
COLOURS = "#0072B2", "#D55E00"


def figure(name, controls, frames, start, missing):
    """A figure with sliders: ``controls`` maps a label to its values' names.

    ``frames`` maps a tuple, the place of each slider, to (HTML, text);
    ``start`` is the first one shown; ``missing`` is said where there is
    none. ``name`` must be unique on its page. Raises ValueError for a
    start without a frame.
    """
    if start not in frames:
        raise ValueError(f"start is {start}; allowed are {list(frames)}")
    sliders = "".join(
        SLIDER.format(label=html.escape(label), last=len(names) - 1,
                      value=value,
                      names=html.escape("|".join(names)),
                      shown=html.escape(names[value]))
        for (label, names), value in zip(controls.items(), start))
    shown = "".join(
        f'<div data-frame="{"-".join(map(str, place))}"'
        f'{"" if place == start else " hidden"}>{drawing}'
        f"<p>{html.escape(text)}</p></div>"
        for place, (drawing, text) in frames.items())
    return Page(f'<div id="moving-{name}">{sliders}{shown}'
                f"<p hidden>{html.escape(missing)}</p></div>{SCRIPT % name}",
                frames[start][1])


def turn(name, table):
    """The loss along a line through a network; sliders turn and widen it.

    ``table`` is that of ``terrain.turned``. ``name`` must be unique on its
    page.
    """
    widths, turns = sorted({*table.width}), sorted({*table.degrees})
    scale = table.away.min(), table.away.max(), *table.change.quantile(
        [0, 0.97])
    frames = {}
    for (width, degrees), part in table.groupby(["width", "degrees"]):
        bend = part.curvature.iloc[0]
        text = (f"Width {width}, turned by {degrees} degrees: the line "
                f"curves {'up' if bend > 0 else 'down'} at its middle "
                f"(curvature {bend:+.3f}).")
        frames[widths.index(width), turns.index(degrees)] = _line(
            part, scale, text), text
    return figure(name, {"width": [str(width) for width in widths],
                         "turned by": [f"{d} degrees" for d in turns]},
                  frames, (0, 0), "")


def _line(part, scale, alt):
    """One line as an SVG drawing; ``scale`` is (x low, x high, y low, ...).

    The trained network is the dot in the middle; what lies off the scale
    is cut off.
    """
    left, right, low, high = scale
    x = (part.away - left) / (right - left) * WIDTH
    y = 200 * (high - part.change.clip(upper=high)) / (high - low) + 10
    points = " ".join(f"{a:.1f},{b:.1f}" for a, b in zip(x, y))
    middle = len(part) // 2
    level = y.iloc[middle]
    return (f'<svg viewBox="0 0 {WIDTH} 250" role="img" aria-label="'
            f'{html.escape(alt)}" style="width: 100%; max-width: 600px; '
            'background: white" font-family="sans-serif" font-size="14">'
            f'<path d="M0 {level:.1f}H{WIDTH}" stroke="#999" '
            'stroke-dasharray="5 4"/>'
            f'<polyline points="{points}" fill="none" stroke="#0072B2" '
            f'stroke-width="4"/><circle cx="{x.iloc[middle]:.1f}" '
            f'cy="{level:.1f}" r="6" fill="#D55E00"/>'
            f'<text x="4" y="{level - 6:.1f}">its loss</text>'
            f'<text x="{WIDTH / 2}" y="240" text-anchor="middle">distance '
            f"from the trained network: {left:g} to {right:g}</text></svg>")


def window(name, table, truth):
    """Fits to windows of sizes (``scaling.windows``); two sliders move it.

    ``truth`` is the true E. ``name`` must be unique on its page.
    """
    sizes = sorted({*table.smallest, *table.largest})
    frames = {}
    for (smallest, largest), part in table.groupby(["smallest", "largest"]):
        text = " ".join(
            f"{fit.form.capitalize()}: E = {fit.E:.3f} ({fit.E_low:.3f} to "
            f"{fit.E_high:.3f}), exponent {fit.exponent:.2f}, mean miss "
            f"{100 * fit.residual:.2f} %." for fit in part.itertuples())
        frames[sizes.index(smallest), sizes.index(largest)] = intervals([
            (f"E (dashed: the truth, {truth:.3f})", (0, 2), truth,
             _rows(part, "E")),
            ("exponent k \u03b1", (0, 1), None, _rows(part, "exponent"))],
            text), text
    names = [size_name(size) for size in sizes]
    return figure(name, {"smallest size": names, "largest size": names},
                  frames, (0, len(sizes) - 1),
                  "A fit needs at least four sizes: move one end.")


def _rows(part, column):
    """A constant of each form with its interval."""
    columns = [column, f"{column}_low", f"{column}_high"]
    return dict(zip(part.form, part[columns].itertuples(index=False)))


def intervals(panels, alt):
    """Values with their intervals on one or more scales, as an SVG drawing.

    Each panel is (title, lowest and highest of the scale, true value or
    None, {row's name: (value, low, high)}); at most two rows.
    """
    parts, y = [], 0
    for title, scale, truth, rows in panels:
        parts.append(_panel(y, title, scale, truth, rows))
        y += ROW * (len(rows) + 2)
    return (f'<svg viewBox="0 0 {WIDTH} {y}" role="img" aria-label="'
            f'{html.escape(alt)}" style="width: 100%; max-width: 600px; '
            f'background: white" font-family="sans-serif" font-size="14">'
            f'{"".join(parts)}</svg>')


def _panel(top, title, scale, truth, rows):
    def x(value):   # what lies off the scale is drawn at its end
        share = (value - scale[0]) / (scale[1] - scale[0])
        return LEFT + min(1, max(0, share)) * (WIDTH - LEFT - 20)

    bottom = top + ROW * (len(rows) + 1)
    parts = [f'<text x="{LEFT}" y="{top + 18}" font-weight="bold">'
             f"{html.escape(title)}</text>"]
    for i in range(5):
        value = scale[0] + i / 4 * (scale[1] - scale[0])
        parts.append(f'<path d="M{x(value):.1f} {top + ROW}V{bottom}" '
                     f'stroke="#ddd"/><text x="{x(value):.1f}" y="'
                     f'{bottom + 16}" text-anchor="middle">{value:g}</text>')
    if truth is not None:
        parts.append(f'<path d="M{x(truth):.1f} {top + ROW}V{bottom}" stroke='
                     '"black" stroke-width="2" stroke-dasharray="5 4"/>')
    for i, (name, (value, low, high)) in enumerate(rows.items()):
        y = top + ROW * (i + 1.5)
        parts.append(f'<text x="0" y="{y + 5}">{html.escape(name)}</text>'
                     f'<path d="M{x(low):.1f} {y}H{x(high):.1f}" '
                     f'stroke="{COLOURS[i]}" stroke-width="4"/>'
                     + SIGNS[i].format(x=x(value), y=y, left=x(value) - 5.5,
                                       top=y - 5.5))
    return "".join(parts)
