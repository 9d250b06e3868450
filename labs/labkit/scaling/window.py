"""The window of sizes that a law is fitted to, with sliders that move it."""
import html

from labkit import sliders
from labkit.plots import size_name
from labkit.sliders import WIDTH

LEFT, ROW = 80, 30    # of a drawing, in units of its width
SIGNS = ('<circle cx="{x:.1f}" cy="{y}" r="6" fill="#0072B2"/>',
         '<rect x="{left:.1f}" y="{top}" width="11" height="11" fill="white" '
         'stroke="#D55E00" stroke-width="2.5"/>')
COLOURS = "#0072B2", "#D55E00"


def window(name, table, truth):
    """Fits to windows of sizes (``fits.windows``); two sliders move it.

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
             _constant(part, "E")),
            ("exponent k \u03b1", (0, 1), None, _constant(part, "exponent"))],
            text), text
    names = [size_name(size) for size in sizes]
    return sliders.figure(
        name, {"smallest size": names, "largest size": names}, frames,
        (0, len(sizes) - 1), "A fit needs at least four sizes: move one end.")


def _constant(part, column):
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
    """One panel, its upper edge at ``top``."""
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
