// The network on that language, its training and its exams, in plain
// JavaScript and by the kernel: what labkit.language does, one at a time.
//
// Live.engine is one function without free variables but its arguments,
// because workers get it as text: the kernel (kernel.js; without it all is
// plain) and the language (language.js).
(() => {
globalThis.Live ??= {};

Live.engine = (kernel, language = Live.language()) => {
  const {BATCH, normal, draw, fold, crossEntropy} = language;
  const BASE_WIDTH = 64, BETA1 = 0.9, BETA2 = 0.99, EPS = 1e-8;

  // One hidden layer on the last three tokens, trained by AdamW. All its
  // parameters are one vector: embed (rows x width), bias, head (width x
  // vocab). Only units above zero take part in the products with the head.
  // `held` is a text for the exam instead of the language's own.
  class Network {
    constructor(settings, language, text, random) {
      const {width, lr, decay = 0, parameterisation = "mup"} = settings;
      const {vocab, order} = language, rows = order * vocab;
      const standard = parameterisation === "standard";
      Object.assign(this, {
        settings, language, width, lr, decay, vocab, rows, step: 0,
        held: settings.held, headAt: (rows + 1) * width,
        size: (rows + 1 + vocab) * width,
        headRate: standard ? lr : lr * BASE_WIDTH / width});
      this.arrays(this.plan(text.length));
      this.text.set(text);
      if (!this.held) this.stationary.set(language.stationary);
      const spread = standard ? width ** -0.5 : 0;   // the bias starts at 0
      for (let i = 0; i < this.size; i++)
        this.theta[i] = i < rows * width ? normal(random) / Math.sqrt(order)
          : i < this.headAt || !spread ? 0 : normal(random) * spread;
    }

    static make(...how) {   // the fast one where there is WebAssembly
      try {
        return new FastNetwork(...how);
      } catch {
        return new Network(...how);
      }
    }

    get kind() { return "plain"; }

    plan(tokens) {   // its arrays: kind and length
      const {size, width, vocab, language: {contexts}} = this;
      return {
        text: [Uint8Array, tokens], places: [Int32Array, BATCH],
        theta: [Float32Array, size], gradient: [Float32Array, size],
        mean: [Float32Array, size], second: [Float32Array, size],
        hidden: [Float32Array, width], active: [Int32Array, width],
        logits: [Float32Array, vocab], stationary: [Float32Array, contexts],
        known: [Float32Array, contexts * vocab],    // ln q(next | context)
        shorter: [Float32Array, contexts]};         // q(last two, next)
    }

    arrays(plan) {
      for (const [name, [Kind, length]] of Object.entries(plan))
        this[name] = new Kind(length);
    }

    // What else a copy needs to go on exactly as this would.
    state() {
      const {theta, mean, second, step} = this;
      return {theta: theta.slice(), mean: mean.slice(),
              second: second.slice(), step};
    }

    restore({step, ...arrays}) {
      for (const name of ["theta", "mean", "second"])
        this[name].set(arrays[name]);
      this.step = step;
      this.examined = undefined;
      return this;
    }

    copy(changes = {}) {   // a fork, with another rate, say
      const {constructor: Kind, settings, language, text} = this;
      return new Kind({...settings, ...changes}, language, text, Math.random)
        .restore(this.state());
    }

    // Logits after three tokens; how many units are above zero.
    forward(first, second, third) {
      const {theta, hidden, active, width, vocab} = this;
      const a = first * width, b = (vocab + second) * width;
      const c = (2 * vocab + third) * width, bias = this.rows * width;
      let count = 0;
      for (let j = 0; j < width; j++) {
        const z = theta[bias + j] + theta[a + j] + theta[b + j] + theta[c + j];
        if (z > 0) {
          hidden[count] = z;
          active[count++] = j;
        }
      }
      for (let x = 0; x < vocab; x += 4) this.four(x, count);
      return count;
    }

    four(x, count) {   // logits at once: faster
      const {theta, hidden, active, logits, vocab, headAt} = this;
      let s = 0, t = 0, u = 0, v = 0;
      for (let i = 0; i < count; i++) {
        const at = headAt + active[i] * vocab + x, h = hidden[i];
        s += h * theta[at];
        t += h * theta[at + 1];
        u += h * theta[at + 2];
        v += h * theta[at + 3];
      }
      logits[x] = s; logits[x + 1] = t; logits[x + 2] = u; logits[x + 3] = v;
    }

    // log of the sum of the exponentials of the logits
    logSum() {
      const {logits, vocab} = this;
      let top = logits[0], sum = 0;
      for (let x = 1; x < vocab; x++) if (logits[x] > top) top = logits[x];
      for (let x = 0; x < vocab; x++) sum += Math.exp(logits[x] - top);
      return top + Math.log(sum);
    }

    // Mean loss on the windows at these places; adds its gradient.
    descend(places) {
      const {logits, vocab, text} = this, share = 1 / places.length;
      let total = 0;
      for (const p of places) {
        const count = this.forward(text[p], text[p + 1], text[p + 2]);
        const log = this.logSum(), target = text[p + 3];
        total += log - logits[target];
        for (let x = 0; x < vocab; x++)   // from here: by what each is off
          logits[x] = share * Math.exp(logits[x] - log);
        logits[target] -= share;
        this.backward(text[p], text[p + 1], text[p + 2], count);
      }
      return total / places.length;
    }

    backward(first, second, third, count) {
      const {theta, gradient, hidden, active, logits, width, vocab} = this;
      const a = first * width, b = (vocab + second) * width;
      const c = (2 * vocab + third) * width, bias = this.rows * width;
      for (let i = 0; i < count; i++) {
        const j = active[i], h = hidden[i], row = this.headAt + j * vocab;
        let back = 0;
        for (let x = 0; x < vocab; x++) {
          const miss = logits[x];
          back += miss * theta[row + x];
          gradient[row + x] += h * miss;
        }
        gradient[a + j] += back;
        gradient[b + j] += back;
        gradient[c + j] += back;
        gradient[bias + j] += back;
      }
    }

    // One step of training on the windows at these places (128 at most).
    learn(places) {
      const loss = this.descend(places);
      this.step++;
      this.update(0, this.headAt, this.lr);
      this.update(this.headAt, this.size, this.headRate);
      return loss;
    }

    update(from, to, lr) {   // AdamW; clears the gradient
      const {theta, gradient, mean, second, step} = this;
      const rate = lr / (1 - BETA1 ** step), keep = 1 - this.lr * this.decay;
      const scale = 1 / Math.sqrt(1 - BETA2 ** step);
      for (let i = from; i < to; i++) {
        const g = gradient[i];
        gradient[i] = 0;
        let m = mean[i] + (1 - BETA1) * (g - mean[i]);
        let v = second[i] + (1 - BETA2) * (g * g - second[i]);
        if (v < 1e-30) m = v = 0;   // the tiniest numbers are slow
        mean[i] = m;
        second[i] = v;
        theta[i] = keep * theta[i] - rate * m / (Math.sqrt(v) * scale + EPS);
      }
    }

    // What it says in each context: fills `known` and `shorter`.
    everywhere() {
      const {logits, known, shorter, stationary, vocab: V} = this;
      for (let c = 0; c < stationary.length; c++) {
        this.forward(Math.floor(c / V ** 2), Math.floor(c / V) % V, c % V);
        const log = this.logSum(), end = c * V % shorter.length;
        for (let x = 0; x < V; x++) {
          known[c * V + x] = logits[x] - log;
          shorter[end + x] += stationary[c] * Math.exp(logits[x] - log);
        }
      }
    }

    examine() {   // once a step is enough
      if (this.examined === this.step) return;
      this.shorter.fill(0);
      this.everywhere();
      this.examined = this.step;
    }

    // Mean nats on all windows of a text.
    on(text) {
      this.examine();
      const {vocab, known, language: {order}} = this, cells = known.length;
      let cell = 0, nats = 0;
      for (let i = 0; i < text.length; i++) {
        cell = (cell * vocab + text[i]) % cells;
        if (i >= order) nats -= known[cell];
      }
      return nats / (text.length - order);
    }

    training() { return this.on(this.text); }

    // Validation loss: exact, over all contexts, or on the text held out.
    validation() {
      if (this.held) return this.on(this.held);
      this.examine();
      const {known, vocab: V} = this;
      const {stationary, noise, weights, tables} = this.language;
      let nats = 0;
      for (let c = 0; c < stationary.length; c++) {
        let here = 0;
        for (let x = 0; x < V; x++) here += noise[x] * known[c * V + x];
        here *= weights[0];
        for (let k = 0; k < tables.length; k++)
          here += weights[k + 1]
            * known[c * V + tables[k][c % tables[k].length]];
        nats -= stationary[c] * here;
      }
      return nats;
    }

    // Nats known of each rule (labkit.language.exams.parts_exam).
    parts() {
      const {vocab, shorter} = this, last = this.validation();
      const losses = this.language.margins.map((margin, k) => crossEntropy(
        margin, fold(shorter, vocab ** k, vocab), vocab));
      const nats = [Math.log(vocab), ...losses, last];
      return nats.slice(1).map((below, k) => nats[k] - below);
    }

    // Tokens drawn from what it says, after the first ones of its text.
    write(tokens, random) {
      const {logits, language: {order}} = this, start = this.text;
      const written = new Uint8Array(order + tokens);
      written.set(start.subarray(0, order));
      for (let i = order; i < written.length; i++) {
        this.forward(...written.subarray(i - order, i));
        const log = this.logSum();
        written[i] = draw(random, logits.map(z => Math.exp(z - log)));
      }
      return written.subarray(order);
    }
  }

  // The same, with its inner loops in WebAssembly (kernel.c) and its arrays
  // in the memory of that module, which knows an array by where it starts.
  class FastNetwork extends Network {
    get kind() { return "fast"; }

    arrays(plan) {
      FastNetwork.module ??= new WebAssembly.Module(
        Uint8Array.from(atob(kernel), c => c.charCodeAt(0)));
      this.kernel = new WebAssembly.Instance(
        FastNetwork.module, {math: {log: Math.log}}).exports;
      const {memory, __heap_base} = this.kernel;
      let end = __heap_base.value;
      this.at = {};
      for (const [name, [{BYTES_PER_ELEMENT}, length]] of
        Object.entries(plan)) {
        this.at[name] = Math.ceil(end / 16) * 16;
        end = this.at[name] + length * BYTES_PER_ELEMENT;
      }
      memory.grow(Math.ceil(end / 2 ** 16));
      for (const [name, [Kind, length]] of Object.entries(plan))
        this[name] = new Kind(memory.buffer, this.at[name], length);
    }

    descend(places) {
      const {theta, gradient, text, places: batch, hidden, active} = this.at;
      this.places.set(places);
      return this.kernel.descend(theta, gradient, text, batch, places.length,
                                 hidden, active, this.width);
    }

    update(from, to, lr) {
      const {theta, gradient, mean, second} = this.at;
      this.kernel.update(
        ...[theta, gradient, mean, second].map(start => start + 4 * from),
        to - from, lr / (1 - BETA1 ** this.step),
        1 / Math.sqrt(1 - BETA2 ** this.step), 1 - this.lr * this.decay);
    }

    everywhere() {
      const {theta, stationary, known, shorter, hidden, active} = this.at;
      for (let oldest = 0; oldest < this.vocab; oldest++)
        this.kernel.everywhere(theta, stationary, known, shorter, hidden,
                               active, this.width, oldest);
    }
  }

  return {...language, Network, FastNetwork};
};

// The engine as text, for workers.
Live.machine = () => `(${Live.engine})("${Live.kernel ?? ""}", (${
  Live.language})((${Live.dice})()))`;
})();
