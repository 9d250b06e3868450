// Bets on a draw: networks that learn one parity side by side, as
// labkit.lottery.draws trains them, with the mathematics of parity.js.
(() => {
  globalThis.Live ??= {};
  const WORDS = {
    never: "never (so far)", none: "none",
    took: (step, i) => !isFinite(step) ? "was not there by the end"
      : i ? `needed ${step}` : `needed ${step} steps`,
    because: (many, lucky, typical, wide) => `The luckiest of the ${
      many} ${lucky}, a typical one ${typical}, the wide one ${wide}.`,
    spread: (seeds, low, high) => `With ${seeds} seeds the wide one `
      + (!isFinite(low) ? "never got there." : !isFinite(high)
        ? `needed ${low} or more, and did not always get there.`
        : low === high ? `always needed ${low}.`
          : `needed ${low} to ${high}.`),
    early: (step, there, many, wide, seeds) => `After ${step} steps the wide `
      + `one had solved it with ${wide} of ${seeds} seeds, and ${
      there} of the ${many} small ones had.`,
    chance: (step, there, many, percent, wide, dice) => `After ${step} steps ${
      there} of the ${many} had. At these odds ${many} new draws hold a `
      + `winner with a chance of ${percent}; the wide one had won with ${
      wide} of ${dice} seeds.`,
    share: (share, least, [draws, rest, all]) => `From a typical small network`
      + ` to the luckiest is a factor of ${least}${draws}: draws give that. `
      + `From there to the wide one's middle seed it is another ${rest}, `
      + `which separate draws do not give; together ${least}${all}. In the `
      + `bar equal lengths are equal factors: draws explain a share of ${
      least}${share}.`,
    least: "at least ",
    all: "So here draws explain all of the speed-up.",
    bar: share => `draws explain a share of ${share}`,
    level: "The wide one is little or no faster than a typical small one "
      + "here, so there is hardly a speed-up to explain.",
    undecided: "Too few got there to say what draws explain.",
  };

  // A function without free variables: its text goes into workers, with
  // what parity.js gives them.
  function bets({uniform, places, examples, Network}) {
    const PLACES = 4, BATCH = 32, EXAM = 512, SOLVED = .9, OFTEN = 10;
    // A learning rate at which each width is fast (labkit's grid of rates).
    const RATES = {4: .01, 8: .01, 16: .01, 32: .03, 64: .03, 128: .1,
                   256: .1, 512: .1};
    const only = () => 0;   // there is one task

    // Networks of one seed learn its task, on the same examples, each until
    // it has solved it. Yields {step, right: [[i, share of right answers]]}
    // of those that still learn. Members are {width, lr, number}; the number
    // draws the weights.
    function* bet(members, seed, steps) {
      const where = places(1, PLACES, uniform(1e6 + seed));
      const exam = examples(EXAM, where, only, uniform(2e6 + seed));
      const random = uniform(3e6 + seed);
      const nets = members.map(({width, number}) =>
        new Network(width, 1, uniform(1000 * seed + number)));
      let learning = nets.map((_, i) => i);
      for (let step = 0; learning.length && step <= steps; step++) {
        if (step % OFTEN === 0 || step === steps) {
          const right = learning.map(i => [i, nets[i].graded(exam)[0]]);
          yield {step, right};
          learning = right.filter(([, r]) => !(r > SOLVED)).map(([i]) => i);
        }
        const batch = examples(BATCH, where, only, random);
        for (const i of learning) nets[i].learn(batch, members[i].lr);
      }
    }

    return {SOLVED, OFTEN, RATES, bet};
  }

  // The program of a worker: one group of networks after another.
  const program = () => `const {bet} = (${Live.bets})((${Live.parity})((${
    Live.dice})())); onmessage = ({data: {members, seed, steps}}) => {
      for (const tell of bet(members, seed, steps)) postMessage({tell});
      postMessage({done: true}); };`;

  // --- what became of the bet, pure ---------------------------------------

  const {SOLVED, OFTEN, RATES} = bets({});
  const LEAD = 1.2;   // a factor: less is little to explain

  // The step at which a curve [[step, right], ...] has solved the task;
  // Infinity if it has not.
  function solvedAt(curve) {
    const [step, right] = curve.at(-1) ?? [0, 0];
    return right > SOLVED ? step : Infinity;
  }

  // What is seen of a curve by a step.
  const upTo = (curve, last) => curve.filter(([step]) => step <= last);

  function median(list) {
    const sorted = list.toSorted((a, b) => a - b), half = sorted.length / 2;
    return (sorted[Math.ceil(half) - 1] + sorted[Math.floor(half)]) / 2;
  }

  const share = (when, step) => when.filter(w => w <= step).length
    / when.length;

  // If one draw wins with chance p: the chance that the best of many does.
  const best = (p, many) => 1 - (1 - p) ** many;

  // Of the speed-up from the typical small network to the typical wide one,
  // in factors, the share that the luckiest small one has, too: {share,
  // least}. A typical one that never arrives counts as `steps`; then it is
  // at least that share. Undefined where there is hardly a speed-up,
  // or no lucky one.
  function explained(small, wide, steps) {
    const typical = Math.min(median(small), steps), lead = typical
      / median(wide);
    const lucky = Math.log(typical / Math.min(...small, steps));
    const known = lead > LEAD && isFinite(Math.min(...small));
    return {share: known ? lucky / Math.log(lead) : undefined,
            least: typical < median(small)};
  }

  // Who is first: 0 a small one, 1 the wide one, 2 neither.
  function first(small, wide) {
    const lucky = Math.min(...small);
    return lucky < wide ? 0 : wide < lucky ? 1 : 2;
  }

  // Shares that have solved the task by each exam: lines of one small
  // network, of the best of as many draws, of the wide one.
  function chances(small, wide, steps) {
    const exams = Array.from({length: Math.ceil(steps / OFTEN)},
                             (_, i) => Math.min(steps, (i + 1) * OFTEN));
    return [step => share(small, step),
            step => best(share(small, step), small.length),
            step => share(wide, step)].map(
      line => exams.map(step => [step, line(step)]));
  }

  const said = step => isFinite(step) ? String(step) : WORDS.never;
  const percent = share => `${Math.round(100 * share)} %`;
  const factor = x => Number(x.toPrecision(2));
  const part = share => share.toFixed(2);   // of the speed-up, as in the text

  // Why who was first was first, in words.
  function because(small, wide) {
    const took = [Math.min(...small), median(small), wide[0]].map(WORDS.took);
    return Live.joined([WORDS.because(small.length, ...took), wide.length > 1
      && WORDS.spread(wide.length, Math.min(...wide), Math.max(...wide))]);
  }

  // How many had solved it by a step: [small ones, wide ones].
  const there = (step, ...sides) => sides.map(
    side => side.filter(when => when <= step).length || WORDS.none);

  // What drawing explains, in words.
  function explanation(small, wide, steps) {
    const middle = Math.min(median(wide), steps), lucky = Math.min(...small);
    const says = (words, step, ...more) => {
      const [few, large] = there(step, small, wide);
      return words(step, few, small.length, ...more, large, wide.length);
    };
    const {share: found, least} = explained(small, wide, steps);
    const typical = Math.min(median(small), steps), factors = [
      typical / lucky, lucky / middle, typical / middle];
    const none = isFinite(median(small)) ? WORDS.level : WORDS.undecided;
    return Live.joined([
      says(WORDS.early, middle), ...isFinite(lucky) && lucky > middle
      ? [says(WORDS.chance, lucky, percent(best(share(small, lucky),
                                                small.length)))] : [],
            found === undefined ? none : found >= 1 ? WORDS.all
              : WORDS.share(part(found), least ? WORDS.least : "", factors.map(
                factor))]);
  }

  // A line whose name stands at the right edge, and a dotted way there.
  function named({name, ...line}, right) {
    const ends = line.points.slice(-1);
    return [line, {name, kind: line.kind, dotted: true, points: [
      ...ends, ...ends.map(([, y]) => [right, y])]}];
  }

  // A share as a bar, beside a mark.
  function bar(share, mark) {
    const {make} = Live, width = 100 * Math.min(share, 1);
    return make("span", {class: "live-bar", role: "img", "aria-label":
      WORDS.bar(part(share))}, make("span", {
        class: "blue", style: `width:${width}%`}),
      ...mark === null ? [] : [make("span", {
        class: "mark", style: `left:${100 * mark}%`})]);
  }

  Object.assign(globalThis.Live, {bets, draws: {
    solvedAt, upTo, program, median, share, best, explained, first, chances,
    because, explanation, said, percent, named, bar, RATES,
    words: WORDS}});
})();
