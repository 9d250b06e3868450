// The course's artificial language (labkit.language.texts.Markov), its texts,
// and the order in which they are read. Live.language is one function without
// free variables but its dice (dice.js), because workers get it as text.
(() => {
globalThis.Live ??= {};

Live.language = (dice = Live.dice()) => {
  const BATCH = 128;        // windows a step
  const TINY = 2 ** -126;   // the smallest number of 32 bits

  function draw(random, probabilities) {
    const last = probabilities.length - 1;
    let rest = random(), i = 0;
    while (i < last && (rest -= probabilities[i]) >= 0) i++;
    return i;
  }

  // Sum up the rows of a table (each `vocab` long) that end alike, so that
  // so many rows are left: what is older is not looked at.
  function fold(table, rows, vocab) {
    const sums = new Float64Array(rows * vocab);
    for (let i = 0; i < table.length; i++) sums[i % sums.length] += table[i];
    return sums;
  }

  // Nats per token if the true pairs (context, next) are guessed by a joint.
  function crossEntropy(truth, joint, vocab) {
    let nats = 0;
    for (let row = 0; row < joint.length; row += vocab) {
      let given = 0;
      for (let x = 0; x < vocab; x++) given += joint[row + x];
      for (let x = 0; x < vocab; x++)
        nats -= truth[row + x]
          * Math.log(Math.max(TINY, joint[row + x] / given));
    }
    return nats;
  }

  // The layered rules: Zipf noise, and tables for the last 1, 2, 3 tokens.
  class Language {
    constructor({weights, tables}, own) {
      this.weights = own ?? weights;
      this.tables = tables.map(t => Uint8Array.from(t, c => parseInt(c, 32)));
      this.order = tables.length;
      this.vocab = this.tables[0].length;
      this.contexts = this.vocab ** this.order;
      const zipf = Array.from({length: this.vocab}, (_, i) => 1 / (i + 1));
      const sum = zipf.reduce((a, b) => a + b);
      this.noise = zipf.map(z => z / sum);
    }

    // Long-run probability of each context, by power iteration.
    get stationary() {
      if (this.settled) return this.settled;
      let pi = new Float64Array(this.contexts).fill(1 / this.contexts);
      for (let change = 1; change > 1e-13;) {
        const next = this.after(pi);
        change = next.reduce((sum, p, c) => sum + Math.abs(p - pi[c]), 0);
        pi = next;
      }
      return this.settled = pi;
    }

    // Probabilities of the contexts one token later.
    after(pi) {
      const {vocab: V, contexts: C, noise, weights, tables} = this;
      const recent = C / V, share = fold(pi, 1, recent);
      const next = new Float64Array(C);
      for (let r = 0; r < recent; r++) {   // contexts without their oldest
        for (let x = 0; x < V; x++)
          next[r * V + x] = weights[0] * noise[x] * share[r];
        for (let k = 0; k < 2; k++)
          next[r * V + tables[k][r % tables[k].length]]
            += weights[k + 1] * share[r];
      }
      for (let c = 0; c < C; c++)
        next[c % recent * V + tables[2][c]] += weights[3] * pi[c];
      return next;
    }

    // P(context, next), (contexts, vocab)
    get joint() {
      const {vocab: V, noise, weights, tables, stationary} = this;
      const p = new Float64Array(this.contexts * V);
      stationary.forEach((share, c) => {
        for (let x = 0; x < V; x++) p[c * V + x] = weights[0] * noise[x];
        tables.forEach((table, k) =>
          p[c * V + table[c % table.length]] += weights[k + 1]);
        for (let x = 0; x < V; x++) p[c * V + x] *= share;
      });
      return p;
    }

    get entropy() {   // nats per token
      const joint = this.joint;
      return crossEntropy(joint, joint, this.vocab);
    }

    // The joints of the last 0, 1, 2 tokens and the next, for parts().
    get margins() {
      const {joint, vocab} = this.folded ? {} : this;
      return this.folded ??= this.tables.map((_, k) =>
        fold(joint, vocab ** k, vocab));
    }

    // A function that gives token after token.
    reader(random) {
      const {weights, tables, noise, vocab, contexts} = this;
      let context = draw(random, this.stationary);
      return () => {
        const layer = draw(random, weights), table = tables[layer - 1];
        const token = layer ? table[context % table.length]
          : draw(random, noise);
        context = (context * vocab + token) % contexts;
        return token;
      };
    }

    sample(tokens, random) {
      return new Uint8Array(tokens).map(this.reader(random));
    }
  }

  // Endless batches of places in a text, in a new order every epoch.
  function* batches(places, random) {
    const order = Int32Array.from({length: places}, (_, i) => i);
    const size = Math.min(BATCH, places);
    for (;;) {
      for (let i = places - 1; i > 0; i--) {
        const j = Math.floor(random() * (i + 1));
        [order[i], order[j]] = [order[j], order[i]];
      }
      for (let i = 0; i + size <= places; i += size)
        yield order.subarray(i, i + size);
    }
  }

  // The same for text that never repeats: writes the next windows into
  // `text`, which has room for those of one batch.
  function* fresh(text, language, random) {
    const places = Int32Array.from({length: BATCH}, (_, i) => i);
    const read = language.reader(random);
    for (let i = BATCH; i < text.length; i++) text[i] = read();
    for (;;) {
      text.copyWithin(0, BATCH);
      for (let i = language.order; i < text.length; i++) text[i] = read();
      yield places;
    }
  }

  return {...dice, BATCH, draw, fold, crossEntropy, Language, batches, fresh};
};
})();
