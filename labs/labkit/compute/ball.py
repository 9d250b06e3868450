"""A ball for the reader: which size makes the most of a computation?

The valleys of three budgets, from the records. The reader sets a ball on a
size before the valley is seen; let go, it rolls to the bottom.
"""
import json

import numpy as np
import pandas as pd
from scipy.interpolate import PchipInterpolator

from labkit.compute.valleys import valley_ends
from labkit.cores import NATS
from labkit.plots import Page, size_name

BUDGETS = (1, 16, 128)   # times the smallest computation
FINE = 16                # places of the ball from one size to the next
LEFT, RIGHT, TOP, BOTTOM = 50, 500, 30, 285   # of the plot, in its 560 x 335
RANGE = .11, 1.0         # nats above the entropy


def valleys(ends):
    """[{times, flops, sizes, losses}], the medians, one for each of BUDGETS.

    Sizes are counted over all budgets: the first is 0.
    """
    least, all_sizes = ends.flops.min(), sorted(ends.parameters.unique())
    found = []
    for times in BUDGETS:
        part = ends[np.isclose(ends.flops, times * least, rtol=.02)]
        loss = part.groupby("parameters").excess.median()
        found.append({
            "times": times, "flops": float(part.flops.iloc[0]),
            "sizes": [all_sizes.index(size) for size in loss.index],
            "losses": loss.round(3).to_list()})
    return all_sizes, found


def places(valley, count):
    """Where the ball may be on a valley: [[x, y], ...], in the picture."""
    line = PchipInterpolator(valley["sizes"], np.log(valley["losses"]))
    at = np.linspace(valley["sizes"][0], valley["sizes"][-1],
                     FINE * (len(valley["sizes"]) - 1) + 1)
    low, high = np.log(RANGE)
    x = LEFT + (RIGHT - LEFT) * at / (count - 1)
    y = BOTTOM - (BOTTOM - TOP) * (line(at) - low) / (high - low)
    return np.round(np.column_stack([x, y]), 1).tolist()


# --- the page ---------------------------------------------------------------

PAGE = """<div class="live hands" id="moving-ball">
<p data-say role="status" hidden></p>
<figure class="picture"><svg viewBox="0 -16 560 351" role="img"
 aria-label="{seen}">
<g class="quiet">{ticks}</g>
<text class="quiet" x="0" y="2">nats above the entropy</text>
<text class="quiet" x="275" y="332" text-anchor="middle">parameters</text>
{lines}
<circle class="open" r="6" cx="-99"/><circle r="9" cx="-99"/></svg>
<figcaption><p><strong>Where does the ball come to rest?</strong> Recorded
runs in muP, each at its best rate; medians of {seeds} seeds.</p></figcaption>
</figure>
<div class="live-panel" hidden>
<label class="live-slider">Set the ball: <b></b>
<input type="range" step="1"></label>
<div class="live-row"><fieldset class="live-pills">
<legend>Computation</legend>{pills}</fieldset>
<button class="live-button primary" type="button">Let it go</button></div>
</div></div>"""
PILL = ('<label><input type="radio" name="ball-budget" value="{i}">'
        "<span>{times} ×</span></label>")
LINE = '<g data-line><path class="{look}" d="M{d}"/>{name}</g>'
SEEN = ("Loss against size for three amounts of computation: three valleys. "
        "With more computation the valley lies lower and its bottom further "
        "to the right.")
WORDS = {
    "ask": "Guess: which size makes the most of this computation? Set the "
           "ball, then let it go.",
    "reads": "{size} parameters, which can read {tokens} tokens",
    "level": "✓ As good as the best. ", "small": "○ Too small for all that "
    "it reads. ", "large": "○ Too large: it reads too little. ",
    "ends": "{size} ends at {loss}; the best, {best}, at {low} nats above "
            "the entropy.",
    "go": "Let it go", "again": "Another guess"}

SCRIPT = """<script>(() => {
  const root = document.getElementById("moving-ball");
  const {names, counts, valleys, words, level} = %s;
  const find = what => root.querySelector(what);
  const said = find("[data-say]"), slider = find("input[type=range]");
  const [ring, ball] = root.querySelectorAll("circle");   // guess, bottom
  const go = find("button");
  const lines = [...root.querySelectorAll("[data-line]")];
  const pills = [...root.querySelectorAll("input[type=radio]")];
  const still = matchMedia("(prefers-reduced-motion: reduce)").matches;
  const seen = new Set();
  let now = 0, timer, done = false;
  const fill = (text, what) => text.replace(/{(\\w+)}/g, (_, k) => what[k]);
  const short = x => Intl.NumberFormat("en", {notation: "compact",
    maximumSignificantDigits: 2}).format(x).replace("K", "k");
  const put = (one, x, y, look) => Object.entries({
    cx: x, cy: y, class: look}).forEach(pair => one.setAttribute(...pair));
  const index = () => valleys[now].sizes.indexOf(Number(slider.value));
  const at = () => valleys[now].places[index() * %d];
  function show() {   // the guess: the ball above the size, the valley hidden
    clearInterval(timer);
    done = false;
    const {sizes, flops} = valleys[now], size = Number(slider.value);
    slider.min = sizes[0];
    lines.forEach((line, i) => {
      line.style.display = seen.has(i) && i !== now ? "" : "none";
      line.style.opacity = .4;
    });
    const text = fill(words.reads, {size: names[size],
      tokens: short(flops / 6 / counts[size])});
    find("b").textContent = text;
    slider.setAttribute("aria-valuetext", text);
    said.textContent = words.ask;
    go.textContent = words.go;
    put(ring, -99, 0, "open");
    put(ball, at()[0], 22, "");
  }
  function begin(i) {   // with the largest size
    now = i;
    slider.max = slider.value = valleys[now].sizes.at(-1);
    show();
  }
  function answer() {
    const {sizes, losses} = valleys[now], i = index();
    const low = Math.min(...losses), best = losses.indexOf(low);
    said.textContent = words[losses[i] - low < level ? "level"
      : i < best ? "small" : "large"] + fill(words.ends, {
        size: names[sizes[i]], loss: losses[i].toFixed(2),
        best: names[sizes[best]], low: low.toFixed(2)});
    go.textContent = words.again;
  }
  function roll() {
    if (done) return show();
    done = true;
    seen.add(now);
    lines[now].style.display = "";
    lines[now].style.opacity = 1;
    const way = valleys[now].places;
    const end = way.reduce((a, p, i) => p[1] > way[a][1] ? i : a, 0);
    let i = way.indexOf(at());
    put(ring, ...at(), "open");
    const step = () => {
      if (still) i = end;
      const [x, y] = way[i];
      put(ball, x, y - 9, i === end ? "blue" : "");
      if (i === end) clearInterval(timer);
      else i += Math.sign(end - i);
    };
    answer();
    step();
    timer = setInterval(step, 25);
  }
  slider.oninput = show;
  go.onclick = roll;
  pills.forEach((pill, i) => pill.onchange = () => begin(i));
  pills[0].checked = true;
  root.querySelectorAll("[hidden]").forEach(one => one.hidden = false);
  begin(0);
})()</script>"""


class Ball(Page):
    """The page, from the ``ends`` of the valleys' runs."""

    def __init__(self, ends):
        sizes, found = valleys(ends)
        names = [size_name(float(f"{size:.2g}")) for size in sizes]
        for valley in found:
            valley["places"] = places(valley, len(sizes))
        data = json.dumps(dict(
            names=names, counts=[int(size) for size in sizes],
            valleys=found, words=WORDS, level=NATS), ensure_ascii=False)
        super().__init__(PAGE.format(
            seen=SEEN, ticks=ticks(names), lines="".join(map(line, found)),
            seeds=ends.seed.nunique(), pills="".join(
                PILL.format(i=i, times=times)
                for i, times in enumerate(BUDGETS)))
            + SCRIPT % (data, FINE),
            f"{SEEN} The best sizes: " + ", ".join(
                names[valley["sizes"][np.argmin(valley["losses"])]]
                for valley in found) + " parameters.")


def line(valley):
    """A valley as SVG, with its name where it ends."""
    way = valley["places"]
    d = " ".join(f"{x:g},{y:g}" for x, y in way)
    x, y = way[-1]
    return LINE.format(look="thick", d=d, name=(
        f'<text class="name" x="{x + 8:g}" y="{y + 5:g}">'
        f'{valley["times"]} ×</text>'))


def ticks(names):
    """Names of sizes below, and of losses at the left, with their lines."""
    low, high = np.log(RANGE)
    found = []
    for i in range(0, len(names), 2):
        x = LEFT + (RIGHT - LEFT) * i / (len(names) - 1)
        found.append(f'<text x="{x:g}" y="308" text-anchor="middle">'
                     f"{names[i]}</text>")
    for loss in (.2, .5, 1):
        y = BOTTOM - (BOTTOM - TOP) * (np.log(loss) - low) / (high - low)
        found.append(f'<path class="soft" d="M{LEFT},{y:.0f} H{RIGHT}"/>'
                     f'<text x="0" y="{y + 5:.0f}">{loss:g}</text>')
    return "".join(found)


EXPERIMENTS = ()
CLAIMS = []
FIGURES = {"ball": lambda tables: Ball(valley_ends(pd.concat(
    [tables["valleys"], tables["between"]])))}
TABLES = {}


def facts(tables):
    """What the lesson quotes: the last of the budgets, in the first."""
    return {}
