// Language models that train in workers, one a size. Needs kit.js,
// rules.js, tables.js, dice.js, kernel.js, language.js and engine.js.
(() => {
globalThis.Live ??= {};

const FIRST = 8, PER_OCTAVE = 4;   // steps that are examined: 8, 10, 11, 13 …
const BATCH = 128;                 // tokens a step

// ---- the worker: one network ---------------------------------------------

function work({uniform, Language, Network, batches, fresh}, FIRST,
              PER_OCTAVE) {
  const SLICE = 40;   // ms of work, then a look at the messages
  let net, stream, parts, endless, points = [], working = false;
  let until = 0, last = 0, seconds = 0, due = 0, octaves = 0;
  const again = new MessageChannel();   // setTimeout waits 4 ms
  again.port1.onmessage = slice;

  function start({rules, kept, settings}) {
    const {width, unique, seed = 0, weights, text} = settings;
    const language = new Language(rules, weights ?? undefined);
    const {order} = language, read = uniform(seed);
    endless = unique === Infinity && !text;
    net = Network.make(
      settings, language, text ?? (endless ? new Uint8Array(128 + order)
        : language.sample(unique + order, read)),
      uniform(1000 * seed + width));
    stream = endless ? fresh(net.text, language, read)
      : batches(net.text.length - order, uniform(1000 * seed));
    parts = settings.parts;
    if (kept) resume(kept);
    else examine();
    postMessage({kind: net.kind, parameters: net.size, ...state()});
  }

  function resume(kept) {   // a fork: as far, and the text is as far, too
    net.restore(kept);
    for (let i = 0; i < net.step; i++) stream.next();
    seconds = kept.seconds;
    next();
  }

  function next() {   // the step of the next exam
    while (due <= net.step)
      due = Math.round(FIRST * 2 ** (octaves++ / PER_OCTAVE));
  }

  function examine() {
    points.push({step: net.step, validation: net.validation(),
                 train: endless ? undefined : net.training(),
                 parts: parts && net.parts()});
    next();
  }

  function state() {
    const news = {step: net.step, seconds, points};
    points = [];
    return news;
  }

  function slice() {
    const end = performance.now() + SLICE;
    while (net.step < until && performance.now() < end) {
      const goal = Math.min(until, due), before = performance.now();
      while (net.step < goal && performance.now() < end)
        net.learn(stream.next().value);
      seconds += (performance.now() - before) / 1000;
      if (net.step === due || net.step === last) examine();
    }
    working = net.step < until;
    if (working) again.port2.postMessage(0);
    postMessage(state());
  }

  const answers = {
    keep: () => ({...net.state(), seconds}),
    write: ({signs, seed}) => net.write(signs, uniform(seed))};

  onmessage = ({data}) => {
    if (data.start) start(data.start);
    else if (data.ask)
      postMessage({answer: answers[data.ask](data), id: data.id});
    else {
      ({until, last} = data);
      if (!working && net.step < until) slice();
    }
  };
}

// What a worker does, as text.
const body = () => `(${work})(${Live.machine()}, ${FIRST}, ${PER_OCTAVE});`;

// ---- one size --------------------------------------------------------------

// One language model that trains in a worker. `unique` tokens of text are
// read again and again; Infinity is text that never repeats (then there is no
// training loss). `text` and `held` are a text of one's own and its exam.
Live.Runner = class Runner {
  constructor(settings, onchange = () => {}, kept) {
    if (settings.text) settings = {...settings,
                                   unique: settings.text.length - 3};
    Object.assign(this, {
      seed: 0, decay: 0, parameterisation: "mup", ...settings, settings,
      onchange, step: kept?.step ?? 0, seconds: kept?.seconds ?? 0,
      points: [], parameters: 129 * settings.width, asks: new Map()});
    try {
      this.worker = Live.worker(body());
      this.worker.onmessage = ({data}) => this.hear(data);
      this.worker.onerror = event => this.fail(event.message);
      this.worker.postMessage({start: {rules: Live.rules, kept, settings}});
    } catch (error) {
      setTimeout(() => this.fail(error.message));
    }
  }

  hear({answer, id, points, ...news}) {
    if (id) {
      this.asks.get(id)(answer);
      this.asks.delete(id);
      return;
    }
    Object.assign(this, news);
    this.points.push(...points);
    this.changed();
  }

  changed() {
    this.onchange(this);
    this.race?.tick();
  }

  fail(message) {
    this.failed = message;
    this.changed();
  }

  ask(what, details) {   // a promise of the worker's answer
    if (this.failed) return Promise.reject(new Error(this.failed));
    const id = this.asked = (this.asked ?? 0) + 1;
    this.worker.postMessage({ask: what, id, ...details});
    return new Promise(resolve => this.asks.set(id, resolve));
  }

  // What one step is on an axis; NaN seconds before the first.
  unit(axis) {
    const tokens = Math.min(BATCH, this.unique);
    return {epochs: tokens / this.unique, tokens,
            FLOPs: 6 * tokens * this.parameters,
            seconds: this.step ? this.seconds / this.step : NaN}[axis];
  }

  runTo(until, last = until) {
    if (until === this.until && last === this.last) return;
    Object.assign(this, {until, last});
    this.worker?.postMessage({until, last});
  }

  async fork(changes, onchange) {
    const kept = await this.ask("keep"), {settings} = this;
    const twin = new Runner({...settings, ...changes}, onchange, kept);
    twin.points.push(...this.points.filter(p => p.step <= kept.step));
    return twin;
  }

  write(signs, seed = 0) { return this.ask("write", {signs, seed}); }

  stop() { this.worker?.terminate(); }   // for ever
};

// Step at which points first meet a loss; undefined if they do not.
Live.crossing = (points, loss) => {
  const i = points.findIndex(p => p.validation <= loss);
  if (i < 1) return i ? undefined : points[0].step;
  const [a, b] = [points[i - 1], points[i]];
  return a.step + (a.validation - loss) / (a.validation - b.validation)
    * (b.step - a.step);
};

// Entropy of the language, nats per token, with these weights of its rules.
Live.entropy = weights => {
  if (!weights) return Live.rules.entropy;
  return new (Live.language().Language)(Live.rules, weights).entropy;
};
})();
