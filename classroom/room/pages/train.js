// One seed, trained a little at a time with the engine of live/: generators
// that yield {share, y} (how far; what is drawn, if anything is) and return
// {result, end, more}. A result of null means never; more is a second number
// for words at the end, if there is one.
(() => {
  const MOMENTUM = .9, ROUNDING = 1e-15;       // as in students.js
  const FIRST = 8, PER_OCTAVE = 4;             // exams, as in runner.js
  const PER_TOKEN = 6, PER_WIDTH = 129;        // FLOPs; parameters of a unit
  const LOOK = 50;                             // steps between two exams

  // A student of a teacher. Its result is its loss once it is at rest: in
  // the twin of the teacher (0) or in a pit.
  function* landscape({k, m, steps}, seed) {
    const {draw, lossAndSlope, fate} = Live.students();
    const w = draw(k, m, Live.dice().uniform(seed));
    const velocity = new Float64Array(w.length), slope = w.slice();
    const rate = k / w.length;
    for (let done = 0, moved = 1; done < steps && moved >= ROUNDING; done++) {
      const loss = lossAndSlope(w, k, slope);
      yield {share: done / steps, y: loss};
      moved = 0;
      for (let i = 0; i < w.length; i++) {
        velocity[i] = MOMENTUM * velocity[i] - slope[i] * rate;
        w[i] += velocity[i];
        moved = Math.max(moved, Math.abs(velocity[i]));
      }
    }
    const {loss, end} = fate(w, k), rest = end === "arrived" || end === "stuck";
    return {result: rest ? loss : null, end};
  }

  // A language model of some width and rate. Its result are the epochs after
  // which its exact loss is within `target` of the entropy.
  function* epochs({width, lr, unique, epochs, target}, seed) {
    const {Language, Network, batches, uniform, BATCH} = Live.engine(
      Live.kernel);
    const language = new Language(Live.rules), {order} = language;
    yield* settle(language);
    const net = Network.make({width, lr}, language, language.sample(
      unique + order, uniform(seed)), uniform(1000 * seed + width));
    const stream = batches(unique, uniform(1000 * seed));
    const last = Math.round(epochs * unique / BATCH);
    let due = FIRST, octaves = 1, before, above;
    while (net.step < last) {
      net.learn(stream.next().value);
      yield {share: net.step / last};
      if (net.step < due && net.step < last) continue;
      yield* examine(net);
      const excess = net.validation() - Live.rules.entropy, {step} = net;
      yield {share: step / last, y: excess};
      if (excess <= target) return {end: "arrived", result: BATCH / unique * (
        above === undefined ? step : before + (step - before)
          * (above - target) / (above - excess))};
      [before, above] = [step, excess];
      while (due <= step) due = Math.round(FIRST * 2 ** (
        octaves++ / PER_OCTAVE));
    }
    return {result: null, end: "never"};
  }

  // How often the language comes by each context; its own getter would take
  // a phone's breath away.
  function* settle(language) {
    let pi = new Float64Array(language.contexts).fill(1 / language.contexts);
    for (let change = 1; change > 1e-13;) {
      const next = language.after(pi);
      change = next.reduce((sum, p, c) => sum + Math.abs(p - pi[c]), 0);
      pi = next;
      yield {share: 0};
    }
    language.settled = pi;
  }

  // The engine's exam, a 32nd of all contexts at a time.
  function* examine(net) {
    net.shorter.fill(0);
    for (let oldest = 0; oldest < net.vocab; oldest++) {
      if (net.kernel) {
        const {theta, stationary, known, shorter, hidden, active} = net.at;
        net.kernel.everywhere(theta, stationary, known, shorter, hidden,
                              active, net.width, oldest);
      } else plain(net, oldest * net.vocab ** 2);
      yield {share: 0};
    }
    net.examined = net.step;
  }

  function plain(net, from) {
    const {logits, known, shorter, stationary, vocab: V} = net;
    for (let c = from; c < from + V ** 2; c++) {
      net.forward(Math.floor(c / V ** 2), Math.floor(c / V) % V, c % V);
      const log = net.logSum(), end = c * V % shorter.length;
      for (let x = 0; x < V; x++) {
        known[c * V + x] = logits[x] - log;
        shorter[end + x] += stationary[c] * Math.exp(logits[x] - log);
      }
    }
  }

  // A lottery ticket: a small network on a parity that is the same for the
  // whole class. Its result is the step at which it has solved it.
  function* lottery({width, steps, task}, seed) {
    const {bet, RATES, SOLVED} = Live.bets(Live.parity(Live.dice()));
    const ticket = {width, lr: RATES[width], number: seed};
    for (const {step, right: [[, right]]} of bet([ticket], task, steps)) {
      yield {share: step / steps, y: right};
      if (right > SOLVED) return {result: step, end: "arrived"};
    }
    return {result: null, end: "never"};
  }

  // The same race, paid for in FLOPs: its result are billions of them, and
  // more are the epochs.
  function* compute(settings, seed) {
    const {result, end} = yield* epochs(settings, seed);
    const epoch = PER_TOKEN * PER_WIDTH * settings.width * settings.unique;
    return {result: result && result * epoch / 1e9, end, more: result};
  }

  // A network among its tasks; task r comes as often as r ** -exponent. Its
  // result is the step at which it knows all of them, more how many it knows.
  function* interference({width, tasks, exponent, lr, steps}, seed) {
    const {Network, places, powerLaw, picker, examples, uniform, BATCH, EXAM,
           LEARNED} = Live.parity(Live.dice());
    const where = places(tasks, 2, uniform(seed, 1)), random = uniform(seed, 3);
    const net = new Network(width, tasks, uniform(seed, 2));
    const pick = picker(powerLaw(tasks, exponent), random);
    let number = 0, known;
    const exam = examples(EXAM * tasks, where, () => Math.floor(
      number++ / EXAM), uniform(0));
    for (let step = 0; step <= steps; step++) {
      if (step % LOOK === 0) {
        known = net.graded(exam).filter(share => share > LEARNED).length;
        yield {share: step / steps, y: known};
        if (known === tasks) return {result: step, end: "arrived"};
      }
      net.learn(examples(BATCH, where, pick, random), lr);
      yield {share: step / steps};
    }
    return {result: null, end: "never", more: known};
  }

  // What each lab's engine needs of live/, in this order; of the pages.
  const NEEDS = {
    landscape: ["dice", "students"],
    epochs: ["dice", "rules", "tables", "kernel", "language", "engine"],
    lottery: ["dice", "parity", "bets"],
    interference: ["dice", "parity"], scaling: ["dice"]};
  const OWN = {scaling: ["eye"]};
  NEEDS.compute = NEEDS.epochs;

  Room.trains = {landscape, epochs, lottery, compute, interference};

  // The server has those of live/ beside the pages.
  const HERE = Room.local ? "../../../live/" : "";
  Room.engine = lab => Promise.all([...(NEEDS[lab] ?? []).map(
    name => `${HERE}${name}`), ...OWN[lab] ?? []].map(
    name => Room.load(`${name}.js`)));

  // Train by slices of 12 ms, so that the page stays alive; show what a
  // slice yields. A promise of what the generator returns.
  Room.work = (run, show) => new Promise((done, failed) => {
    function slice() {
      const end = performance.now() + 12, news = [];
      let next;
      try {
        do {
          next = run.next();
          if (!next.done) news.push(next.value);
        } while (!next.done && performance.now() < end);
        show(news);
      } catch (error) {
        return failed(error);
      }
      if (next.done) done(next.value);
      else setTimeout(slice, 4);
    }
    slice();
  });
})();
