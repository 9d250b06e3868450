// What a sweep over learning rates has found, in words, as pure functions of
// loss(width, index of the rate): undefined if not tried, NaN if it diverged.
(() => {
  const {short} = globalThis.Live;
  const WORDS = {
    ended: (setup, rate, list, best) => `${setup} parameterisation, ${
      rate}: ${list}. ${best}`,
    loss: "loss", rate: rate => `rate ${rate}`,
    setups: {standard: "Standard", mup: "muP"}, diverged: "diverged",
    end: (name, loss, rate) => `${name} ${loss} (rate ${rate})`,
    lowest: name => `${name} ends lowest.`,
    level: "The lowest are about alike.",
    won: (name, rates) => `${name} at ${rates}`,
    alike: "about alike",
    why: (winners, list, best) => "In the standard parameterisation, lowest "
      + `at one rate for all: ${winners}. Each at the best rate tried: ${
        list}. ${best}`,
    suits: rate => `At ${rate} each is about as low as at its best.`,
    differ: "Because no one rate suits all sizes here, one for all compares "
      + "the tuning, too.",
  };
  const RATES = [.0003, .001, .003, .01, .03, .1, .3];
  const HAIR = .02;   // nats: who leads by less has not won
  const named = width => short(129 * width);
  const nats = x => isFinite(x) ? x.toFixed(2) : WORDS.diverged;

  // Of [width, rate] pairs the one that ends lowest.
  function lowest(runs, loss) {
    const worth = run => isFinite(loss(...run)) ? loss(...run) : Infinity;
    return runs.reduce((a, b) => worth(b) < worth(a) ? b : a);
  }

  // The width that leads by more than a hair, if one does.
  function leader(runs, loss) {
    const [best, next = Infinity] = runs.map(run => loss(...run)).filter(
      isFinite).sort((a, b) => a - b);
    return next - best >= HAIR ? lowest(runs, loss)[0] : undefined;
  }

  function winner(runs, loss) {
    const width = leader(runs, loss);
    return width ? WORDS.lowest(named(width)) : WORDS.level;
  }

  // "1k 2.34 (rate 0.01)"
  function end(width, i, loss) {
    return WORDS.end(named(width), nats(loss), RATES[i]);
  }

  function ends(runs, loss) {
    return runs.map(run => end(...run, loss(...run))).join(", ");
  }

  // How runs ended, one of each size, in words.
  function ended(setup, runs, loss) {
    const name = WORDS.setups[setup], best = winner(runs, loss);
    const i = runs[0][1];
    return runs.some(run => run[1] !== i)
      ? WORDS.ended(name, WORDS.loss, ends(runs, loss), best)
      : WORDS.ended(name, WORDS.rate(RATES[i]), runs.map(([width]) => `${
        named(width)} ${nats(loss(width, i))}`).join(", "), best);
  }

  // Is each size about as low at one rate as at its own best?
  function tuning(best, loss) {
    const fits = RATES.find((_, i) => best.every(
      ([width, own]) => loss(width, i) - loss(width, own) < HAIR));
    return fits === undefined ? WORDS.differ : WORDS.suits(fits);
  }

  // Which size is lowest at each rate: "8.3k at 0.03, 0.1; about alike at …".
  function listed(sizes, leaders) {
    return [...sizes, undefined].filter(w => leaders.includes(w)).map(
      w => WORDS.won(w ? named(w) : WORDS.alike, RATES.filter(
        (_, i) => leaders[i] === w).join(", "))).join("; ");
  }

  // [right, why]: the size that is lowest at every rate that has a winner, or
  // the last option: it depends. Undefined until all rates were tried.
  function answer(sizes, loss) {
    const rates = RATES.map((_, i) => i);
    if (sizes.some(w => rates.some(i => loss(w, i) === undefined))) return;
    const leaders = rates.map(i => leader(sizes.map(w => [w, i]), loss));
    const best = sizes.map(w => lowest(rates.map(i => [w, i]), loss));
    const won = sizes.filter(width => leaders.includes(width));
    const guess = won.length === 1 ? sizes.indexOf(won[0]) : sizes.length;
    return [guess, Live.joined([
      WORDS.why(listed(sizes, leaders), ends(best, loss), winner(best, loss)),
      tuning(best, loss)])];
  }

  globalThis.Live.sweep = {RATES, answer, end, ended, named,
                           diverged: WORDS.diverged};
})();
