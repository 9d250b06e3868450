// A chart that grows: lines with their names at their ends, dots, a goal.
(() => {
  const {make, short} = globalThis.Live;
  const LEFT = 50, TOP = 22, BOTTOM = 44, GAP = 16, LETTER = 7.8;

  // A few round numbers between two ends.
  function ticks(low, high, log, count = 5) {
    if (!log) {
      const rough = (high - low) / count, ten = 10 ** Math.floor(
        Math.log10(rough));
      const step = [1, 2, 5, 10].map(f => f * ten).find(s => s >= rough);
      const first = Math.ceil(low / step - 1e-9);
      return Array.from({length: Math.floor(high / step + 1e-9) - first + 1},
                        (_, i) => Number(((first + i) * step).toPrecision(9)));
    }
    const tens = Math.log10(high / low), found = [];
    const parts = tens > 3 ? [1] : tens > 1 ? [1, 3] : [1, 2, 5];
    for (let p = Math.floor(Math.log10(low)); p <= Math.log10(high); p++)
      for (const part of parts) {
        const x = Number((part * 10 ** p).toPrecision(9));
        if (x >= low * .999 && x <= high * 1.001) found.push(x);
      }
    const every = Math.ceil(found.length / (count + 1));
    return found.filter((_, i) => i % every === 0);
  }

  // Values to pixels.
  function scale([low, high], [from, to], log) {
    const f = log ? Math.log : x => x;
    const a = f(low), b = f(high) === a ? a + 1 : f(high);
    return Object.assign(x => from + (f(x) - a) / (b - a) * (to - from), {
      back: pixel => {
        const at = a + (pixel - from) / (to - from) * (b - a);
        return log ? Math.exp(at) : at;
      }});
  }

  // Heights of names, moved apart so that none covers another.
  function apart(heights, top, bottom) {
    const order = heights.map((_, i) => i).sort(
      (i, j) => heights[i] - heights[j]);
    const placed = [...heights];
    let least = top;
    for (const i of order) least = (placed[i] = Math.max(placed[i], least))
      + GAP;
    let most = bottom;
    for (const i of order.reverse()) most = (placed[i] = Math.min(
      placed[i], most)) - GAP;
    return placed;
  }

  class Chart {
    constructor({x, y, height = 300, label = ""}) {
      Object.assign(this, {axes: {x, y}, height, label});
      this.svg = make("svg", {role: "img", "aria-label": label});
      this.element = make("div", {class: "live-chart"}, this.svg);
      this.svg.addEventListener("pointerdown", event => this.grab(event));
      new ResizeObserver(() => this.what && this.draw(this.what)).observe(
        this.element);
    }

    draw(what) {
      this.what = what;
      const width = Math.max(260, this.element.clientWidth || 640);
      const {lines = [], dots = [], vertical = []} = what;
      const longest = Math.max(0, ...lines.map(
        line => Live.letters(line.name)));
      this.frame = {left: LEFT, right: width - 12 - LETTER * longest,
                    top: TOP, bottom: this.height - BOTTOM, width};
      const {left, right, top, bottom} = this.frame;
      this.x = scale(what.x, [left, right], this.axes.x.log);
      this.y = scale(what.y, [bottom, top], this.axes.y.log);
      this.svg.setAttribute("viewBox", `0 0 ${width} ${this.height}`);
      this.svg.setAttribute("aria-label", what.label ?? this.label);
      this.svg.replaceChildren(
        ...this.below(what.below), ...this.grid(what),
        ...vertical.flatMap(one => this.vertical(one)),
        ...lines.map(line => this.line(line)), ...this.names(lines),
        ...dots.map(dot => this.dot(dot)), ...this.goal(what.goal));
    }

    text(x, y, words, extra = {}) {
      return make("text", {x, y, ...extra}, words);
    }

    grid({x, y}) {
      const {left, right, top, bottom, width} = this.frame, {axes} = this;
      const name = (axis, v) => (axis.short ?? short)(v);
      return [
        ...ticks(...y, axes.y.log).flatMap(v => [
          make("path", {class: "grid", d: `M${left} ${this.y(v)}H${right}`}),
          this.text(left - 6, this.y(v) + 4, name(axes.y, v),
                    {"text-anchor": "end"})]),
        ...ticks(...x, axes.x.log, width < 450 ? 4 : 6).map(v => this.text(
          this.x(v), bottom + 18, name(axes.x, v),
          {"text-anchor": "middle"})),
        make("path", {class: "axis", d: `M${left} ${bottom}H${right}`}),
        this.text((left + right) / 2, this.height - 5, axes.x.title,
                  {"text-anchor": "middle", class: "title"}),
        this.text(2, top - 9, axes.y.title, {class: "title"})];
    }

    // A path through the points that lie within the frame.
    line({points, kind, dotted, thin}) {
      const [low, high] = this.what.x, fine = points.filter(([x, y]) =>
        isFinite(y) && x >= low && x <= high * 1.0001);
      const {top, bottom} = this.frame, d = fine.map(([x, y]) => `${
        this.x(x).toFixed(1)} ${Math.min(bottom, Math.max(
        top, this.y(y))).toFixed(1)}`);
      return make("path", {class: `line kind-${kind}${dotted ? " dotted" : ""
      }${thin ? " thin" : ""}`, d: d.length ? `M${d.join("L")}` : ""});
    }

    // Each name at the end of its line, none over another.
    names(lines) {
      const {top, bottom} = this.frame;
      const ends = lines.filter(line => line.name && line.points.length).map(
        line => ({line, end: line.points.findLast(([, y]) => isFinite(y))}))
        .filter(({end}) => end);
      const heights = apart(ends.map(({end}) => Math.min(bottom, Math.max(
        top, this.y(end[1]))) + 4), top + 4, bottom);
      return ends.map(({line, end}, i) => this.text(
        Math.min(this.x(end[0]), this.frame.right) + 6, heights[i],
        line.name, {class: `name kind-${line.kind}`}));
    }

    dot({x, y, kind, ring, title}) {
      return make("circle", {cx: this.x(x), cy: this.y(y), r: ring ? 4 : 4.5,
                             class: `dot kind-${kind}${ring ? " ring" : ""}`},
                  ...title ? [make("title", {}, title)] : []);
    }

    vertical({x, text, kind = "quiet"}) {
      const {top, bottom} = this.frame, at = this.x(x);
      return [make("path", {class: `line thin dotted kind-${kind}`,
                            d: `M${at} ${top}V${bottom}`}),
              this.text(at + 4, top + 10, text, {class: `kind-${kind}`})];
    }

    // What no model can reach, named.
    below(what) {
      if (!what) return [];
      const {left, right, top, bottom} = this.frame;
      const edge = Math.min(bottom, Math.max(top, this.y(what.y)));
      return [make("rect", {class: "below", x: left, y: edge,
                            width: right - left, height: bottom - edge}),
              this.text(left + 6, Math.min(bottom - 4, edge + 16), what.text)];
    }

    goal(what) {
      if (!what) return [];
      const {left, right} = this.frame, at = this.y(what.y);
      return [make("path", {class: "goal", d: `M${left} ${at}H${right}`}),
              this.text(left + 6, at - 6, what.text ?? "",
                        {class: "goal-text"}),
              ...what.onmove ? [make("rect", {
                class: "grip", x: left, y: at - 22, width: right - left,
                height: 44})] : []];
    }

    // The goal follows the finger.
    grab(event) {
      if (!event.target.classList.contains("grip")) return;
      const move = event => {
        const box = this.svg.getBoundingClientRect();
        this.what.goal.onmove(this.y.back(
          (event.clientY - box.top) * this.height / box.height));
      };
      const end = () => {
        removeEventListener("pointermove", move);
        removeEventListener("pointerup", end);
        removeEventListener("pointercancel", end);
      };
      event.preventDefault();
      addEventListener("pointermove", move);
      addEventListener("pointerup", end);
      addEventListener("pointercancel", end);
    }
  }

  Object.assign(globalThis.Live, {Chart, ticks});
})();
