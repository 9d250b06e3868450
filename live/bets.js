// Bets on a draw: networks that learn one parity side by side, as
// labkit.lottery.draws trains them, with the mathematics of parity.js.
(() => {
  globalThis.Live ??= {};
  const WORDS = {
    never: "never (so far)", none: "none",
    because: (many, lucky, typical, wide) => `The luckiest of the ${
      many} needed ${lucky} steps, a typical one ${typical}, the wide one ${
      wide}.`,
    spread: (dice, low, high) => low === high
      ? `With ${dice} dice the wide one always needed ${low}.`
      : `With ${dice} dice the wide one needed ${low} to ${high}.`,
    early: (step, there, many, wide, dice) => `After ${step} steps the wide `
      + `one had solved it with ${wide} of ${dice} dice, and ${there} of the ${
      many} small ones had.`,
    chance: (step, there, many, percent, wide, dice) => `After ${step} steps ${
      there} of the ${many} had. If winning were mere drawing, with the `
      + `chance p = ${there}/${many} for each, ${many} draws would win with `
      + `chance 1 − (1 − p)^${many} = ${percent}; the wide one had won `
      + `with ${wide} of ${dice}.`,
    share: (percent, least) => `Counted in factors, draws explain ${
      least ? "at least " : ""}${percent} of the speed-up from a typical `
      + "small network to the wide one. The rest is something that separate "
      + "draws do not have.",
    all: "So here draws explain all of the speed-up.",
    undecided: "There is no speed-up to explain: give them more steps.",
  };

  // A function without free variables: its text goes into workers, with
  // what parity.js gives them.
  function bets({uniform, places, examples, Network}) {
    const PLACES = 4, BATCH = 32, EXAM = 512, SOLVED = .9, OFTEN = 10;
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

    return {SOLVED, OFTEN, bet};
  }

  // --- what became of the bet, pure ---------------------------------------

  const {SOLVED, OFTEN} = bets({});

  // The step at which a curve [[step, right], ...] has solved the task;
  // Infinity if it has not.
  function solvedAt(curve) {
    const [step, right] = curve.at(-1) ?? [0, 0];
    return right > SOLVED ? step : Infinity;
  }

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
  // at least that share. Undefined where there is no speed-up.
  function explained(small, wide, steps) {
    const typical = Math.min(median(small), steps), lead = typical
      / median(wide);
    const lucky = Math.log(typical / Math.min(...small, steps));
    return {share: lead > 1 ? lucky / Math.log(lead) : undefined,
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

  // Why who was first was first, in words.
  function because(small, wide) {
    return `${WORDS.because(small.length, said(Math.min(...small)), said(
      median(small)), said(wide[0]))} ${WORDS.spread(wide.length, said(
      Math.min(...wide)), said(Math.max(...wide)))}`;
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
    const {share: part, least} = explained(small, wide, steps);
    return [says(WORDS.early, middle), ...isFinite(lucky) && lucky > middle
      ? [says(WORDS.chance, lucky, percent(best(share(small, lucky),
                                                small.length)))] : [],
            part === undefined ? WORDS.undecided : part >= 1 ? WORDS.all
              : WORDS.share(percent(part), least)].join(" ");
  }

  Object.assign(globalThis.Live, {bets, draws: {
    solvedAt, median, share, best, explained, first, chances, because,
    explanation, said, percent, words: WORDS}});
})();
