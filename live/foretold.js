// What a fitted law foretold, what came, and its floor beside the truth, in
// words. Pure.
(() => {
  const WORDS = {
    range: (low, high) => `${low} to ${high}`, above: low => `above ${low}`,
    below: high => `below ${high}`,
    exactly: seen => `It came to ${seen}, as the law had foretold.`,
    came: (seen, foretold, miss, percent) => `It came to ${seen}. When you `
      + `ran it, the law foretold ${foretold}: it missed by ${
      miss} nats, or ${percent}.`,
    now: foretold => `Fitted as now, it foretells ${foretold}.`,
    floor: (E, entropy, miss, which) => `And its floor? E is ${E}: what would `
      + `be left for a model without limits, after text without end. We know `
      + `the truth here: the entropy is ${entropy}. E is ${miss} nats too ${
      which}.`,
    low: "low", high: "high",
    moral: "A superb fit can be wrong about the truth.",
    poor: "And the fit is not even good.",
    well: "This time the floor is well found. Is that skill? Move the window "
      + "of the fit, or take another seed.",
    floors: list => "Floors of your fits so far, each with another seed, all "
      + `with this window and these sizes: ${list}.`,
  };
  const RANGES = 4, NEAR = .02;   // nats
  const SUPERB = .01;              // a share of the loss, in the mean
  const nats = x => x.toFixed(3), percent = x => `${(100 * x).toFixed(
    x < .001 ? 2 : 1)} %`;

  // Ends of the ranges to guess from: entropy to the lowest loss so far.
  function edges(entropy, lowest) {
    return Array.from({length: RANGES}, (_, i) => Number(
      (entropy + (i + 1) / RANGES * (lowest - entropy)).toFixed(2)));
  }

  function options(edges) {
    const says = edges.map(edge => edge.toFixed(2));
    return [WORDS.below(says[0]), ...says.slice(1).map(
      (high, i) => WORDS.range(says[i], high)), WORDS.above(says.at(-1))];
  }

  // Which of the options a loss is.
  function which(edges, loss) {
    const found = edges.findIndex(edge => loss < edge);
    return found < 0 ? edges.length : found;
  }

  // The difference of two losses as they are shown.
  const apart = (a, b) => Math.abs(nats(a) - nats(b));

  function came(seen, foretold) {
    const miss = apart(seen, foretold);
    return miss ? WORDS.came(nats(seen), nats(foretold), nats(miss),
                             percent(miss / seen)) : WORDS.exactly(nats(seen));
  }

  // What it foretells when it has been fitted anew, if that is another loss.
  const now = (before, foretold) => apart(before, foretold)
    ? WORDS.now(nats(foretold)) : "";

  // The floor of a fit that misses its own points by so much, in the mean.
  function floor({E, residual}, entropy) {
    const miss = apart(E, entropy);
    return `${WORDS.floor(nats(E), nats(entropy), nats(miss),
      E < entropy ? WORDS.low : WORDS.high)} ${miss <= NEAR ? WORDS.well
      : residual < SUPERB ? WORDS.moral : WORDS.poor}`;
  }

  // {seed: E} -> the floors of several fits.
  const floors = found => Object.keys(found).length < 2 ? "" : WORDS.floors(
    Object.values(found).map(nats).join(", "));

  (globalThis.Live ??= {}).foretold = {edges, options, which, came, now,
                                       floor, floors, nats, words: WORDS};
})();
