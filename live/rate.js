// <live-rate>: is bigger better, or only better tuned? Every size trains as
// far, at one rate for all or each at its own, in two parameterisations.
(() => {
  const {make, short, sweep} = globalThis.Live, {RATES, named} = sweep;
  const WORDS = {
    ask: "Guess first: at one common rate, in the standard "
      + "parameterisation, which size ends lowest?",
    size: name => `${name} parameters`, depends: "it depends on the rate",
    once: "Train once", all: "Try all rates", again: "Again with another seed",
    setup: "Parameterisation", setups: {standard: "standard", mup: "muP"},
    which: "Learning rates",
    whiches: {one: "one for all", own: "each its own"},
    common: "Rate for all:", own: name => `Rate for ${name}:`,
    rate: "learning rate", entropy: "entropy: the best on new text",
    loss: "loss on unseen text after the run, nats",
    label: setup => `Loss after the run against the learning rate, a line for `
      + `each size, ${setup}. The table below has all numbers.`,
    ready: "Press a button: the models train here, in your browser.",
    untried: "Not tried yet at these rates.",
    training: (done, all) => `Training: ${done} of ${all} runs.`,
    settle: "To settle the guess, try all rates in the standard "
      + "parameterisation.",
    table: "All tries as a table",
    caption: (tokens, seed) => `Loss after ${tokens} tokens of new text, nats `
      + `per token; seed ${seed}.`,
    heads: ["parameters", "parameterisation", "rate", "loss"],
  };
  const BATCH = 128, MIDDLE = RATES.indexOf(.01);
  const WIDTHS = [8, 16, 32, 64, 128, 256, 512];

  // In a worker: train on new text, tell the loss at the end.
  function work({uniform, Language, Network, fresh}, rules) {
    let language;   // made once
    onmessage = ({data: {width, lr, setup, steps, seed}}) => {
      language ??= new Language(rules);
      const text = new Uint8Array(128 + language.order);
      const net = Network.make({width, lr, parameterisation: setup}, language,
                               text, uniform(1000 * seed + width));
      const stream = fresh(net.text, language, uniform(seed));
      while (net.step < steps) net.learn(stream.next().value);
      postMessage({done: net.validation()});
    };
  }

  const body = () => `(${work})(${Live.machine()}, ${
    JSON.stringify(Live.rules)});`;

  class Rate extends Live.Element {
    static settings = {
      sizes: {list: true, default: [8, 64, 512], allowed: WIDTHS},
      setup: {default: "standard", allowed: Object.keys(WORDS.setups)},
      tokens: {default: 102400, from: BATCH, to: 1e6},
      seed: {default: 1, from: 0, to: 1e6}};

    build() {
      const {sizes, setup, seed} = this.settings;
      Object.assign(this, {setup, seed, tries: new Map(), which: "one",
        sizes: [...new Set(sizes)].sort((a, b) => a - b)});
      this.at = Object.fromEntries(this.sizes.map(w => [w, MIDDLE]));
      this.guess = Live.guess(WORDS.ask, [
        ...this.sizes.map(w => WORDS.size(named(w))), WORDS.depends]);
      this.chart = new Live.Chart({x: {title: WORDS.rate, log: true,
        short: String}, y: {title: WORDS.loss}, height: 300});
      this.table = Live.table(WORDS.table);
      this.append(this.guess.element, this.buttons(), this.status,
                  this.chart.element, this.guess.says, this.controls(),
                  this.table.element, this.recorded);
      this.say(WORDS.ready);
      this.press(true);
      this.draw();
    }

    buttons() {
      const {sizes} = this, runs = at => sizes.map(w => [w, at ?? this.at[w]]);
      this.all = [
        Live.button(WORDS.all, () => this.train(RATES.flatMap(
          (_, i) => runs(i))), true),
        Live.button(WORDS.once, () => this.train(runs())),
        this.again = Live.button(WORDS.again, () => this.reroll())];
      return make("div", {class: "live-row"}, ...this.all);
    }

    controls() {
      this.sliders = make("div", {class: "live-row"});
      this.slide();
      return make("div", {class: "live-panel"},
        make("div", {class: "live-row"},
          Live.radios(WORDS.setup, WORDS.setups, this.setup, setup => {
            this.setup = setup;
            this.show();
          }),
          Live.radios(WORDS.which, WORDS.whiches, this.which, which => {
            this.which = which;
            this.slide();
            this.show();
          })), this.sliders);
    }

    // A slider for all sizes, or one for each.
    slide() {
      const one = this.which === "one", {sizes, at} = this;
      if (one) for (const width of sizes) at[width] = at[sizes[0]];
      const slider = (label, set) => Live.slider(
        label, {min: 0, max: RATES.length - 1, step: 1, value: at[set[0]]},
        i => {
          for (const width of set) at[width] = i;
          this.show();
        }, i => RATES[i]);
      this.sliders.replaceChildren(...one ? [slider(WORDS.common, sizes)]
        : sizes.map(width => slider(WORDS.own(named(width)), [width])));
    }

    // --- the tries --------------------------------------------------------

    key(width, i, setup = this.setup) {
      return [setup, width, i].join(" ");
    }

    // Runs that have not been tried yet; pairs of a width and a rate.
    async train(runs) {
      if (this.pool) return;
      this.last = runs;
      let done = 0;
      const {setup, seed, settings: {tokens}} = this;
      const steps = Math.ceil(tokens / BATCH);
      const open = runs.filter(run => !this.tries.has(this.key(...run)));
      try {
        this.pool = Live.pool(body());
        this.press(false);
        this.say(WORDS.training(done, open.length));
        await Promise.all(open.sort(([a], [b]) => b - a).map(
          async ([width, i]) => {
            const loss = await this.pool.run(
              {width, lr: RATES[i], setup, steps, seed});
            this.tries.set(this.key(width, i, setup), loss);
            this.say(WORDS.training(++done, open.length));
            this.draw();
          }));
      } catch (error) {
        this.fail(error.message);
        return;
      }
      this.stop();
      this.answer();
      this.show();
    }

    press(yes) {
      for (const button of this.all ?? [])
        Live.enable(button, yes && (this.last || button !== this.again));
    }

    stop() {
      this.pool?.stop();
      this.pool = null;
      this.press(true);
    }

    reroll() {
      this.seed++;
      this.tries.clear();
      this.guess.reset();
      this.draw();
      this.train(this.last);
    }

    // The loss of a size at a rate: NaN if it diverged.
    loss(width, i, setup) {
      return this.tries.get(this.key(width, i, setup));
    }

    losses(setup) {
      return (width, i) => this.loss(width, i, setup);
    }

    // --- words ------------------------------------------------------------

    // What the sliders point at, if it was tried.
    show() {
      this.draw();
      if (this.pool) return;
      const runs = this.sizes.map(width => [width, this.at[width]]);
      const known = runs.every(run => this.tries.has(this.key(...run)));
      this.say(!known ? WORDS.untried : sweep.ended(
        this.setup, runs, this.losses(this.setup)));
      if (known && !this.guess.answered)
        this.guess.says.textContent = WORDS.settle;
    }

    // Once all rates were tried in the standard parameterisation.
    answer() {
      const found = sweep.answer(this.sizes, this.losses("standard"));
      if (!found || this.guess.answered) return;
      this.guess.answer(...found);
      this.recorded.open = true;
    }

    draw() {
      const {sizes, setup, at} = this, top = 3.6, entropy = Live.rules.entropy;
      const kind = i => Math.round(3 * i / (sizes.length - 1 || 1));
      const tried = width => RATES.map((rate, i) => [
        rate, Math.min(top, this.loss(width, i, setup) ?? NaN)]);
      const curves = sizes.map((width, i) => ({width, kind: kind(i),
        points: tried(width).filter(([, y]) => isFinite(y))}));
      this.chart.draw({
        x: [RATES[0] / 1.3, RATES.at(-1) * 1.3], y: [entropy - .2, top],
        label: WORDS.label(WORDS.setups[setup]),
        below: {y: entropy, text: WORDS.entropy},
        lines: curves.map(({width, kind, points}) => (
          {points, kind, name: named(width)})),
        dots: curves.flatMap(({width, kind, points}) => points.map(
          ([x, y]) => ({x, y, kind, ring: x !== RATES[at[width]],
                        title: sweep.end(width, RATES.indexOf(x), y)})))});
      this.table.fill(
        WORDS.caption(short(this.settings.tokens), this.seed), WORDS.heads,
        [...this.tries].map(([key, loss]) => {
          const [setup, width, i] = key.split(" ");
          return [named(width), WORDS.setups[setup], RATES[i],
                  isFinite(loss) ? loss.toFixed(3) : sweep.diverged];
        }));
    }
  }

  Live.define("rate", Rate);
})();
