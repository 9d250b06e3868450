// The law L = E + A / N^alpha + B / D^beta, fitted to runs: what
// labkit.scaling.fit does with the additive form. Pure: no page, no network.
(() => {
  globalThis.Live ??= {};
  const WORDS = {
    few: "More than 5 runs are needed to fit a law.",
    positive: "All numbers must be above 0.",
    apart: name => `At least 3 ${name}, well apart, are needed to tell the `
      + "exponent from the floor.",
    parameters: "sizes", tokens: "numbers of tokens",
    line: "Tokens follow sizes in these runs: what each does cannot be told.",
    flat: "Size or tokens hardly matter in these runs: no law can be fitted.",
  };
  const DELTA = 1e-3;   // a residual of log loss from where Huber is linear
  const EASY = [1e3, 30, 1];   // Huber's bound, easy first, in DELTA
  const ROUNDS = 400, BEST = 8, TASTE = 15, STEEP = 10, LINE = .1;

  const mean = list => list.reduce((a, b) => a + b, 0) / list.length;
  const range = list => Math.max(...list) - Math.min(...list);
  const dot = (a, b) => a.reduce((sum, x, i) => sum + x * b[i], 0);

  // Loss of N parameters after D tokens, in nats.
  function predict({E, A, B, alpha, beta}, N, D) {
    return E + A / N ** alpha + B / D ** beta;
  }

  // Points of the law for N parameters, between two numbers of tokens.
  const curve = (law, N, [low, high], count = 24) => Array.from(
    {length: count + 1}, (_, i) => low * (high / low) ** (i / count)).map(
    D => [D, predict(law, N, D)]);

  // What a Live.Runner has seen, as points of a law.
  const seen = ({points, parameters}, batch) => points.filter(p => p.step).map(
    ({step, validation}) => ({parameters, tokens: batch * step,
                              loss: validation}));

  // Logarithms of runs, counted from their means: there the constants are
  // of order one, whatever the units.
  function logs(runs) {
    const columns = ["parameters", "tokens", "loss"].map(
      name => runs.map(run => Math.log(run[name])));
    const centre = columns.map(mean);
    const [n, d, seen] = columns.map(
      (column, i) => column.map(x => x - centre[i]));
    return {n, d, seen, centre};
  }

  // Sum of Huber's losses of log L at x = [ln E, ln A, ln B, alpha, beta],
  // and its gradient; residuals are counted in DELTA, linear beyond `bound`.
  function huber([e, a, b, alpha, beta], {n, d, seen}, bound = 1) {
    const slope = [0, 0, 0, 0, 0];
    let value = 0;
    for (let i = 0; i < n.length; i++) {
      const terms = [e, a - alpha * n[i], b - beta * d[i]];
      const top = Math.max(...terms);
      const sizes = terms.map(term => Math.exp(term - top));
      const whole = sizes[0] + sizes[1] + sizes[2];
      const z = (top + Math.log(whole) - seen[i]) / DELTA;
      const inner = Math.min(Math.max(z, -bound), bound);
      value += inner * (z - inner / 2);
      const pull = sizes.map(size => inner * size / whole / DELTA);
      for (let j = 0; j < 3; j++) slope[j] += pull[j];
      slope[3] -= pull[1] * n[i];
      slope[4] -= pull[2] * d[i];
    }
    return {value, slope};
  }

  // A length along `way` where f falls enough and its slope has flattened
  // (Wolfe's conditions), by halving and doubling.
  function along(f, x, here, way) {
    const down = dot(here.slope, way);
    let low = 0, high = Infinity, length = 1, best = null;
    for (let tries = 0; tries < 40; tries++) {
      const at = x.map((xi, i) => xi + length * way[i]), there = f(at);
      if (!(there.value <= here.value + 1e-4 * length * down)) high = length;
      else {
        best = {at, there};
        if (dot(there.slope, way) >= .9 * down) return best;
        low = length;
      }
      length = high < Infinity ? (low + high) / 2 : 2 * length;
    }
    return best;
  }

  // BFGS's new guess of the inverse Hessian, after a step s with change y of
  // the slope.
  function learned(inverse, s, y) {
    const sy = dot(s, y);
    if (!(sy > 1e-14)) return inverse;
    const hy = inverse.map(row => dot(row, y)), factor = 1 + dot(y, hy) / sy;
    return inverse.map((row, i) => row.map((h, j) =>
      h + (factor * s[i] * s[j] - hy[i] * s[j] - s[i] * hy[j]) / sy));
  }

  const one = size => Array.from({length: size}, (_, i) =>
    Array.from({length: size}, (_, j) => Number(i === j)));

  // BFGS from x: the lowest that it finds, {x, value}.
  function descend(f, x, rounds) {
    let here = f(x), inverse = one(x.length).map(
      row => row.map(v => v / Math.max(1, Math.hypot(...here.slope))));
    for (let round = 0; round < rounds; round++) {
      const way = inverse.map(row => -dot(row, here.slope));
      const found = along(f, x, here, way);
      if (!found) break;
      const s = found.at.map((xi, i) => xi - x[i]);
      const y = found.there.slope.map((g, i) => g - here.slope[i]);
      const gain = here.value - found.there.value;
      [x, here] = [found.at, found.there];
      inverse = learned(inverse, s, y);
      if (gain < 1e-11 * (1 + Math.abs(here.value))) break;
    }
    return {x, value: here.value};
  }

  // Where to start: floors, exponents; half of the rest to each term.
  function* starts({seen}) {
    const sorted = seen.toSorted((a, b) => a - b);
    const lowest = Math.exp(sorted[0]);
    const middle = Math.exp(sorted[sorted.length >> 1]);
    for (const share of [.2, .7, .95])
      for (const alpha of [.1, .3, .8])
        for (const beta of [.1, .3, .8]) {
          const E = share * lowest;
          const term = Math.log(Math.max(middle - E, .01 * middle) / 2);
          yield [Math.log(E), term, term, alpha, beta];
        }
  }

  // Why these runs cannot determine the constants; "" if they may.
  function refusal(runs) {
    if (runs.length < 6) return WORDS.few;
    if (!runs.every(r => r.parameters > 0 && r.tokens > 0 && r.loss > 0))
      return WORDS.positive;
    const {n, d} = logs(runs);
    for (const [name, list] of [[WORDS.parameters, n], [WORDS.tokens, d]])
      if (new Set(list).size < 3 || range(list) < LINE)
        return WORDS.apart(name);
    const tilt = dot(n, d) / dot(n, n);
    const away = Math.sqrt(mean(d.map((y, i) => (y - tilt * n[i]) ** 2)));
    return away < LINE ? WORDS.line : "";
  }

  // The constants, with log N, log D and log L counted from zero again.
  function constants([e, a, b, alpha, beta], [n, d, loss]) {
    return {E: Math.exp(e + loss), A: Math.exp(a + loss + alpha * n),
            B: Math.exp(b + loss + beta * d), alpha, beta};
  }

  // The law fitted to runs [{parameters, tokens, loss}], with `value`, the
  // Huber loss of the fit, and `residual`, the mean of |log predicted - log
  // loss|. Throws where the runs cannot determine the constants.
  function fit(runs) {
    const why = refusal(runs);
    if (why) throw Error(why);
    const data = logs(runs);
    const search = (x, bound, rounds) =>
      descend(at => huber(at, data, bound), x, rounds);
    const tried = [...starts(data)].map(x => search(x, EASY[0], TASTE));
    const found = tried.toSorted((a, b) => a.value - b.value).slice(0, BEST)
      .map(({x}) => EASY.reduce((at, bound) => search(at.x, bound, ROUNDS),
                                {x}));
    const {x, value} = found.reduce((a, b) => b.value < a.value ? b : a);
    const law = constants(x, data.centre);
    if (!(Math.max(Math.abs(law.alpha), Math.abs(law.beta)) < STEEP))
      throw Error(WORDS.flat);
    const residual = mean(runs.map(r => Math.abs(Math.log(
      predict(law, r.parameters, r.tokens) / r.loss))));
    return {...law, value, residual};
  }

  Live.law = {fit, predict, curve, seen, huber, logs};
})();
