"""Figures with sliders that work in a notebook and on a page without kernel.

All frames are on the page from the start; the sliders choose the one shown.
"""
import html

from labkit.plots import Page

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
          'style="display: block; width: min(100%, 24em); height: 44px"> '
          '<output>{shown}</output></label>')
WIDTH = 400    # of a frame, in units of its drawing


def figure(name, controls, frames, start, missing):
    """A figure with a slider for each entry of ``controls``, as a Page.

    ``controls`` maps the label of a slider to the names of its values.
    ``frames`` maps the positions of all sliders, a tuple of numbers from 0,
    to the frame shown there: (HTML of the drawing, text below it).
    ``start`` are the positions at first; ``missing`` is the text shown at
    positions without a frame. ``name`` must be unique on its page. Raises
    ValueError for a start without a frame.
    """
    if start not in [*frames]:
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
