// Runs as dots, group by group: a histogram whose columns are dots, "never"
// (within the run) in a column of its own, and behind them what was recorded.
(() => {
  const {make, short} = Room;
  const WORDS = {
    never: {landscape: "not at rest", interference: "not by then",
            other: "never"},
    none: "nobody yet", stuck: (n, of) => `${n} of ${of} stuck`,
    count: n => n === 1 ? "1 run" : `${n} runs`,
    middle: x => `middle ${x}`, recorded: text => `recorded: ${text}`,
    nevers: (n, never) => `${n} ${never}`, you: "you",
    means: "; never: not within the run",
    picture: (unit, groups) => `Runs by ${unit}. ${groups.join(". ")}.`,
  };
  const STUCK = {landscape: 1e-3};   // results above have not arrived
  const SHAPES = [   // of a group, within a circle of radius 1
    "M-1 0a1 1 0 1 0 2 0a1 1 0 1 0-2 0", "M-.85-.85h1.7v1.7h-1.7z",
    "M0-1L1 .8H-1z", "M0-1.1L1.1 0L0 1.1L-1.1 0z"];

  const done = results => results.filter(x => x !== null).sort(
    (a, b) => a - b);
  const never = lab => WORDS.never[lab] ?? WORDS.never.other;

  // A Chinese sign takes the room of nearly two letters.
  const letters = text => text.replace(/[\u2e80-\uffff]/g, "mm").length;

  // The middle one, "never" being later than any number; null is never.
  function middle(results) {
    const sorted = [...done(results), ...results.filter(x => x === null)];
    return sorted[Math.floor((sorted.length - 1) / 2)];
  }

  // Results in words: what the lesson of this lab counts.
  function words(lab, results, count = WORDS.count) {
    if (!results.length) return WORDS.none;
    if (STUCK[lab]) return WORDS.stuck(results.filter(
      x => x > STUCK[lab]).length, results.length);
    const half = middle(results), late = results.length - done(results).length;
    return [count(results.length),
            ...half === null ? [] : [WORDS.middle(short(half))],
            ...late ? [WORDS.nevers(late, never(lab))] : []].join(", ");
  }

  // From a result to a place between 0 and 1; logarithmic if they differ much.
  function scale(results) {
    const all = done(results), low = all[0] ?? 0, high = all.at(-1) || 1;
    const log = low > 0 && high / low > 8;
    if (log) return {log, low: low / 1.2, high: high * 1.2,
                     at: x => Math.log(1.2 * x / low)
                       / Math.log(1.44 * high / low)};
    return {low: 0, high: 1.08 * high, at: x => x / high / 1.08};
  }

  // Round numbers for an axis.
  function ticks({log, low, high}) {
    const step = 10 ** Math.floor(Math.log10(high / 2));
    const by = [1, 2, 5].map(n => n * step).find(s => high / s < 6) ?? step;
    const all = log ? [-3, -2, -1, 0, 1, 2, 3, 4].flatMap(
      e => [1, 2, 5].map(n => n * 10 ** e))
      : Array.from({length: 7}, (_, i) => i * by);
    return all.map(x => Number(x.toPrecision(2))).filter(
      x => x >= low && x <= high);
  }

  // How many there are in each column; those of "never" in the last.
  function columns(results, {at}, count) {
    const found = Array.from({length: count + 1}, () => []);
    for (const one of results) found[one.result === null ? count
      : Math.min(count - 1, Math.floor(at(one.result) * count))].push(one);
    return found;
  }

  // The largest dots with which all columns are low enough.
  function size(columns, widths, high, most) {
    for (let d = most; d > 3; d -= .5) if (columns.every((column, i) =>
      Math.ceil(column.length / Math.max(1, Math.floor(widths[i] / d))) * d
        <= high)) return d;
    return 3;
  }

  // What an SVG shows: {lab, unit, groups: [{label, runs: [{result, own,
  // title}], recorded: [results] or nothing}], within: all results that the
  // axis must hold, pick: what hears of a run that is clicked, if anything}.
  function draw(svg, {lab, unit, groups, within, pick}) {
    const {width: W, height: H} = svg.getBoundingClientRect();
    if (!W || !H) return;
    const em = parseFloat(getComputedStyle(svg).fontSize);
    const names = groups.map(group => [group.label, summary(lab, group)]);
    const two = names.some(([a, b]) => letters(a + b) * em * .55 > W);
    const named = groups.some(({runs}) => runs.some(run => run.own));
    const top = em * ((two ? 2.6 : 1.4) + named), foot = 2.6 * em;
    const all = [...within, ...groups.flatMap(
      ({runs}) => runs.map(run => run.result))], late = all.includes(null);
    const last = late ? Math.max(5 * em, letters(never(lab)) * .6 * em) : 0;
    const wide = W - last - 1.5 * em, count = Math.floor(wide / (1.8 * em));
    const row = (H - foot) / groups.length, to = scale(all);
    const binned = groups.map(({runs}) => columns(runs, to, count));
    const widths = [...Array(count).fill(wide / count), last];
    const x = i => i < count ? i * wide / count : W - last;
    const d = size(binned.flat(), [].concat(...groups.map(() => widths)),
                   row - top - 4, Math.min(em, row - top));
    svg.setAttribute("viewBox", `0 0 ${W} ${H}`);
    svg.setAttribute("aria-label", WORDS.picture(unit, names.map(
      name => name.join(": "))));
    const text = (x, y, words, kind) => make(
      "text", {x, y, class: kind}, words);
    svg.replaceChildren(...late ? [make("line", {
      x1: W - last, x2: W - last, y1: 0, y2: H - foot, class: "edge"}),
    text(W - last / 2, H - foot + 1.1 * em, never(lab), "middle")] : [],
    ...groups.flatMap((group, g) => {
      const ground = (g + 1) * row - 2, room = row - top - 4;
      return [
        ...group.recorded ? behind(columns(group.recorded.map(
          result => ({result})), to, count), x, widths, ground, room) : [],
        make("line", {x1: 0, x2: W, y1: ground, y2: ground, class: "axis"}),
        text(0, g * row + em, names[g][0], "name"),
        two ? text(0, g * row + 2.2 * em, names[g][1], "quiet")
          : text(W, g * row + em, names[g][1], "quiet end"),
        ...binned[g].flatMap((column, i) => stack(
          column, x(i), widths[i], ground, d, g, pick))];
    }), ...ticks(to).map(tick => text(
      Math.max(em / 2, to.at(tick) * wide), H - foot + 1.1 * em, short(tick),
      "middle")),
    text(0, H - .3 * em, late && never(lab) === WORDS.never.other
      ? unit + WORDS.means : unit, "quiet"));
  }

  function summary(lab, {runs, recorded}) {
    const now = words(lab, runs.map(run => run.result));
    return recorded ? `${now} (${WORDS.recorded(
      words(lab, recorded, String))})` : now;
  }

  // One column of dots, from the ground up; one's own is named.
  function stack(column, x, width, ground, d, group, pick) {
    const across = Math.max(1, Math.floor(width / d));
    const left = x + (width - Math.min(across, column.length) * d) / 2;
    return column.flatMap((run, i) => {
      const {own, title} = run;
      const cx = left + (i % across + .5) * d;
      const cy = ground - (Math.floor(i / across) + .5) * d;
      return [make("path", {
        d: SHAPES[group % SHAPES.length], class: `dot group-${group}${
          own ? " own" : ""}`, transform: `translate(${cx} ${cy}) scale(${
          .44 * d})`, click: pick && (() => pick(run))}, make("title", {}, title ?? "")),
      ...own ? [make("text", {x: cx, y: cy - d, class: "middle name"},
                     WORDS.you)] : []];
    });
  }

  // The recorded ones as columns, the highest as high as there is room.
  function behind(columns, x, widths, ground, room) {
    const most = Math.max(...columns.map(
      (c, i) => c.length / (widths[i] || 1)));
    return columns.flatMap((column, i) => {
      const height = room * column.length / widths[i] / most;
      return column.length ? [make("rect", {
        x: x(i), width: widths[i], y: ground - height, height,
        class: "recorded"})] : [];
    });
  }

  // Again whenever it has another size.
  function follow(svg, what) {
    const now = () => svg.isConnected && draw(svg, what());
    new ResizeObserver(now).observe(svg);
    return now;
  }

  Room.dots = {draw, follow, words, middle, done, never};
})();
