// What a race shows, as pure functions of the points that were
// examined: one line for all, each its own line, part by part. No page here.
(() => {
  const SIGNS = 32;          // of the language: untrained, ln 32 nats
  const LITTLE = .02;        // nats: too little knowledge to be timed
  const ALIKE = 1.1;         // sizes less than a tenth apart

  // The step at which f(point) first meets a goal from below, interpolated;
  // undefined if it never does (so far), or if the loss became NaN before.
  function when(points, f, goal) {
    const i = points.findIndex(p => f(p) >= goal || isNaN(f(p)));
    if (i < 0 || isNaN(f(points[i]))) return undefined;
    if (i === 0) return points[0].step;
    const [a, b] = [points[i - 1], points[i]];
    return a.step + (goal - f(a)) / (f(b) - f(a)) * (b.step - a.step);
  }

  const down = point => -point.validation;
  const knows = rule => point => point.parts ? point.parts[rule] : NaN;
  const most = (points, f) => Math.max(...points.map(f));   // NaN if any is

  // To a loss that is the same for all.
  function line(points, loss) {
    return when(points, down, -loss);
  }

  // From the untrained model to the best so far, in nats.
  function way(points) {
    const start = points[0]?.step === 0 ? points[0].validation
      : Math.log(SIGNS);
    return {start, best: -most(points, down)};
  }

  // To a share of its own way.
  function own(points, share) {
    const {start, best} = way(points);
    return start - best < LITTLE ? undefined
      : line(points, start - share * (start - best));
  }

  // To a share of the most it ever knows of a rule; undefined for a rule
  // of which it hardly learns anything.
  function part(points, rule, share = .5) {
    const top = most(points, knows(rule));
    return top >= LITTLE ? when(points, knows(rule), share * top) : undefined;
  }

  // Who has the least of these? The index; null if none has anything.
  function first(needed) {
    const least = Math.min(...needed.map(x => x ?? Infinity));
    return isFinite(least) ? needed.indexOf(least) : null;
  }

  // Is the first (-1) or the second (1) of two sooner, or are they alike (0)?
  // What never arrives is later; NaN if neither arrives.
  function sooner(a, b) {
    if (a === undefined && b === undefined) return NaN;
    if (a === undefined || b === undefined) return a === undefined ? 1 : -1;
    if (Math.max(a, b) < ALIKE * Math.min(a, b)) return 0;
    return a < b ? -1 : 1;
  }

  // --- what is drawn: racers are {name, kind, points, unit, last} ----------

  const named = width => globalThis.Live.short(129 * width);

  function racers(runners, axis, last) {
    return runners.map((r, i) => ({
      name: named(r.width), kind: Math.round(3 * i / (runners.length - 1)),
      points: r.points, unit: r.unit(axis), last}));
  }

  // The axis: from the first examined step to the end of the race.
  function span(racers) {
    const steps = racers.flatMap(r => r.points.filter(p => p.step > 0).map(
      p => p.step * r.unit));
    const low = Math.min(...steps), high = Math.max(
      ...steps, ...racers.map(r => r.last * r.unit).filter(isFinite));
    return isFinite(low) && high > low ? [low, high] : [1, 1000];
  }

  // The axis before there are points.
  function plan({axis, unique, epochs, sizes, seconds}) {
    const tokens = [1024, epochs * unique], flops = 6 * 129;
    return {epochs: tokens.map(t => t / unique), tokens,
            FLOPs: [tokens[0] * flops * Math.min(...sizes),
                    tokens[1] * flops * Math.max(...sizes)],
            seconds: [seconds / 1000, seconds]}[axis];
  }

  function curve({name, kind, points, unit}, f, more = {}) {
    return {points: points.filter(p => p.step > 0).map(
      p => [p.step * unit, f(p)]), kind, name, ...more};
  }

  function dot({kind, unit, name}, step, y) {
    return step === undefined ? []
      : [{x: step * unit, y, kind, ring: true, title: name}];
  }

  // The losses, with one line that is the same for all.
  function drawLine(racers, {loss, training, entropy}) {
    const losses = racers.flatMap(r => r.points.filter(p => p.step > 0)
      .flatMap(p => [p.validation, ...training ? [p.train] : []]))
      .filter(isFinite);
    return {
      x: span(racers),
      y: [Math.min(entropy - .15, ...losses.map(y => y - .05)),
          Math.min(4.5, Math.max(3.2, ...losses.map(y => y + .05)))],
      lines: [
        ...training ? racers.map(r => curve(r, p => p.train ?? NaN, {
          dotted: true, thin: true, name: ""})) : [],
        ...racers.map(r => curve(r, p => p.validation))],
      dots: racers.flatMap(r => dot(r, line(r.points, loss), loss))};
  }

  // The share of its own way that each has gone.
  function drawOwn(racers, share) {
    return {
      x: span(racers), y: [0, 1.05],
      lines: racers.map(r => {
        const {start, best} = way(r.points);
        return curve(r, p => (start - p.validation) / (start - best));
      }),
      dots: racers.flatMap(r => dot(r, own(r.points, share), share))};
  }

  // What is known of a rule, with a ring at half of its own best.
  function drawPart(racers, rule) {
    const f = knows(rule), tops = racers.map(r => most(r.points, f));
    const step = r => part(r.points, rule);
    return {
      x: span(racers), y: [0, 1.08 * Math.max(.1, ...tops.filter(isFinite))],
      lines: racers.map(r => curve(r, f)),
      dots: racers.flatMap((r, i) => dot(r, step(r), tops[i] / 2))};
  }

  // What is known in all, with a ring at a share of its own way.
  function drawWhole(racers, share) {
    const known = p => Math.log(SIGNS) - p.validation;
    const tops = racers.flatMap(r => r.points.map(known)).filter(isFinite);
    return {
      x: span(racers), y: [0, 1.08 * Math.max(.1, ...tops)],
      lines: racers.map(r => curve(r, known)),
      dots: racers.flatMap(r => {
        const {start, best} = way(r.points);
        return dot(r, own(r.points, share), Math.log(SIGNS) - start
                   + share * (start - best));
      })};
  }

  (globalThis.Live ??= {}).modes = {
    when, line, way, own, part, first, sooner, span, plan, named, racers,
    known: (points, rule) => most(points, knows(rule)), LITTLE,
    drawLine, drawOwn, drawPart, drawWhole};
})();
