// <live-fit>: the reader's own runs, a law fitted to them, a larger run that
// both foretell, and the floor of the law beside the entropy, which we know.
(() => {
  const {make, short, law, foretold} = globalThis.Live, {nats} = foretold;
  const WORDS = {
    start: "Train them", run: "Now run it", again: "Again with another seed",
    ready: "Press the button: the models train here, in your browser.",
    training: tokens => `Training: ${tokens} tokens read.`,
    fitted: (points, percent) => `The law misses your ${points} points by ${
      percent} in the mean. Guess, then run the large one.`,
    running: (size, tokens) => `The model of ${size} parameters has read ${
      tokens} tokens.`,
    over: "Move the window of the fit, and watch its floor.",
    law: "The law:", points: "Its points are moments of one run for each "
      + "size, all at one learning rate.",
    ask: (size, tokens) => `Guess before you run it: what is the loss of a `
      + `model of ${size} parameters after ${tokens} tokens, in nats?`,
    window: "Fit from this many tokens on:", sizes: "Sizes in the fit",
    three: "sizes has too few; allowed: at least 3 different ones.",
    tokens: "tokens read", loss: "loss on unseen text, nats per token",
    entropy: "entropy", floor: "law's floor",
    plain: " No WebAssembly here: slower, the same numbers.",
    table: "All numbers as a table",
    caption: (lr, seed, held) => `Losses in nats per token, seen and by the `
      + `law; learning rate ${lr}; seed ${seed}; ${held} was not in the fit.`,
    seen: size => `${size}, seen`, by: size => `${size}, by the law`,
    picture: "Loss against tokens, a curve for each size, the fitted law "
      + "dotted through them; below, the entropy and the floor of the law.",
  };
  const WIDTHS = [8, 16, 32, 64, 128, 256, 512], BATCH = 128;
  const OCTAVE = 2;   // stops of the slider in a doubling
  const parameters = width => 129 * width, points = r => law.seen(r, BATCH);

  class Fit extends Live.Element {
    static settings = {
      sizes: {list: true, default: [8, 16, 32, 64], allowed: WIDTHS},
      held: {default: 256, allowed: WIDTHS},
      from: {default: 8192, from: 1024, to: 1e7},
      tokens: {default: 131072, from: 8192, to: 1e7},
      further: {default: 2, from: 1, to: 16},
      lr: {default: .01, from: 1e-5, to: 1},
      seconds: {default: 4, from: .1, to: 60},
      seed: {default: 1, from: 0, to: 1e6}};

    build() {
      Object.assign(this, {now: {...this.settings}, entropy: Live.entropy(),
                           floors: {}});
      if (new Set(this.now.sizes).size < 3) throw new Error(WORDS.three);
      this.soon = Live.every(this.still ? 500 : 100, () => this.draw());
      this.refit = Live.every(250, () => this.fit());
      this.main = Live.button(WORDS.start, () => this.state === "ready"
        ? this.train() : this.run(), true);
      this.again = Live.button(WORDS.again, () => {
        this.now.seed++;
        this.renew();
        this.train();
      });
      this.chart = new Live.Chart({height: 340,
        x: {title: WORDS.tokens, log: true}, y: {title: WORDS.loss}});
      [this.question, this.answer] = [make("div"), make("div")];
      [this.law, this.truth] = [make("p", {class: "live-law"}), make("p")];
      this.table = Live.table(WORDS.table);
      this.controls = make("div", {class: "live-panel"});
      this.append(this.question, make("div", {class: "live-row"}, this.main,
        this.again), this.status, this.chart.element, this.answer,
        this.controls, this.law, this.truth, this.table.element,
        this.recorded);
      this.renew();
    }

    // Of the runs, what the law is fitted to: all, at first.
    window() {
      const {from, tokens, sizes} = this.now;
      Object.assign(this.now, {start: from, fitted: sizes});
      const at = i => from * 2 ** (i / OCTAVE);
      const set = what => this.refit(Object.assign(this.now, what));
      const stops = Math.floor(OCTAVE * Math.log2(tokens / from)) - 2;
      this.controls.replaceChildren(
        Live.slider(WORDS.window, {min: 0, max: Math.max(0, stops), step: 1,
          value: 0}, i => set({start: at(i)}), i => short(at(i))),
        Live.checks(WORDS.sizes, Object.fromEntries(sizes.map(
          w => [w, short(parameters(w))])), sizes, to => set({fitted: to.map(
          Number)})));
    }

    // Nothing has run yet.
    renew() {
      this.stop();
      this.window();
      Object.assign(this, {runners: [], large: null, found: null});
      this.controls.hidden = this.table.element.hidden = true;
      for (const box of [this.question, this.answer, this.law, this.truth])
        box.replaceChildren();
      this.main.textContent = WORDS.start;
      this.state = "ready";
      Live.enable(this.main, true);
      Live.enable(this.again, false);
      this.say(WORDS.ready);
      this.draw();
    }

    // --- the computation --------------------------------------------------

    runner(width) {
      const {lr, seed} = this.now;
      return new Live.Runner({width, lr, seed, unique: Infinity},
        one => one.failed && this.fail(one.failed));
    }

    race(runners, tokens, words, ondone) {
      Live.enable(this.main, false);
      Live.enable(this.again, false);
      this.clock = Live.race(runners, {
        axis: "tokens", seconds: this.now.seconds, ondone,
        steps: Math.round(tokens / BATCH), ontick: () => {
          const read = BATCH * Math.min(...runners.map(r => r.step));
          this.say(words(short(read))
            + (runners[0].kind === "plain" ? WORDS.plain : ""));
          this.soon();
        }});
    }

    train() {
      this.state = "training";
      this.runners = this.now.sizes.map(width => this.runner(width));
      this.race(this.runners, this.now.tokens, WORDS.training, () => {
        this.state = "fitted";
        this.controls.hidden = false;
        this.fit();
        this.ask();
        this.main.textContent = WORDS.run;
        Live.enable(this.main, true);
        Live.enable(this.again, true);
      });
    }

    run() {
      const {held, tokens, further} = this.now;
      this.state = "running";
      this.foretold = law.predict(this.found, ...this.goal());
      this.large = this.runner(held);
      this.race([this.large], tokens * further,
                read => WORDS.running(short(parameters(held)), read), () => {
        this.state = "over";
        this.fit();
        Live.enable(this.again, true);
        this.recorded.open = true;
      });
    }

    stop() {
      this.clock = this.clock?.stop();
      for (const one of [...this.runners ?? [], this.large]) one?.stop();
    }

    // --- the law ----------------------------------------------------------

    fit() {
      if (this.controls.hidden) return;
      const {fitted, start} = this.now;
      const some = this.runners.filter(r => fitted.includes(r.width)).flatMap(
        points).filter(p => p.tokens >= start * .99);
      try {
        this.found = law.fit(some);
        this.write();
        this.say(this.state === "over" ? WORDS.over : WORDS.fitted(
          some.length, `${(100 * this.found.residual).toFixed(2)} %`));
      } catch (error) {
        this.found = null;
        this.law.textContent = "";
        this.say(error.message);
      }
      if (this.state === "fitted") Live.enable(this.main, this.found);
      if (this.state === "over") this.judge();
      this.draw();
    }

    write() {
      const {E, A, B, alpha, beta} = this.found;
      const sup = x => make("sup", {}, x.toFixed(2));
      this.law.replaceChildren(
        `${WORDS.law} L = ${E.toFixed(2)} + ${short(A)} / N`, sup(alpha),
        ` + ${short(B)} / D`, sup(beta), `. ${WORDS.points}`);
    }

    // The large run: how many parameters, how many tokens.
    goal() {
      return [parameters(this.now.held), this.now.tokens * this.now.further];
    }

    ask() {
      this.edges = foretold.edges(this.entropy, Math.min(...this.runners.map(
        r => r.points.at(-1).validation)));
      this.guess = Live.guess(WORDS.ask(...this.goal().map(short)),
                              foretold.options(this.edges));
      this.question.replaceChildren(this.guess.element);
      this.answer.replaceChildren(this.guess.says);
    }

    // The large run and the floor, beside what the law says of them.
    judge() {
      const seen = this.large.points.at(-1).validation, {found} = this;
      if (!this.guess.answered) this.guess.answer(
        foretold.which(this.edges, seen), foretold.came(seen, this.foretold));
      if (!found) return this.truth.replaceChildren();
      const {seed, start, fitted} = this.now, k = [start, ...fitted];
      (this.floors[k] ??= {})[seed] = found.E;
      this.truth.textContent = Live.joined([
        foretold.now(this.foretold, law.predict(found, ...this.goal())),
        foretold.floor(found, this.entropy), foretold.floors(this.floors[k])]);
    }

    // --- what is seen -----------------------------------------------------

    draw() {
      const {from, tokens, further} = this.now, {found, large} = this;
      const all = large ? [...this.runners, large] : this.runners;
      const x = [from / 2, tokens * further];
      const kind = r => r === large ? "ink" : this.runners.indexOf(r) % 4;
      const name = r => short(r.parameters);   // where its last line ends
      const level = (y, rest) => ({points: x.map(at => [at, y]), ...rest});
      const bottom = Math.min(this.entropy, found?.E ?? 9) - .2;
      this.chart.draw({label: WORDS.picture, x, y: [Math.max(0, bottom), 3],
        below: {y: this.entropy, text: ""}, lines: [
        level(this.entropy, {kind: "ink", thin: true, name: WORDS.entropy}),
        ...all.map(r => ({kind: kind(r), name: found ? "" : name(r),
          points: points(r).map(p => [p.tokens, p.loss])})),
        ...found ? [level(found.E, {kind: "warm", name: WORDS.floor}),
          ...all.map(r => ({kind: kind(r), dotted: true, name: name(r),
            points: law.curve(found, r.parameters, x)}))] : []]});
      this.list(all);
    }

    list(runners) {
      if (!this.found) return;
      this.table.element.hidden = false;
      const {lr, seed, held} = this.now, sizes = runners.map(
        r => short(r.parameters));
      const tokens = points(runners.at(-1)).map(p => p.tokens);
      this.table.fill(WORDS.caption(lr, seed, short(parameters(held))),
        [WORDS.tokens, ...sizes.flatMap(s => [WORDS.seen(s), WORDS.by(s)])],
        tokens.map(D => [D, ...runners.flatMap(r => [
          points(r).find(p => p.tokens === D)?.loss,
          law.predict(this.found, r.parameters, D)].map(
          x => x === undefined ? "" : nats(x)))]));
    }
  }

  Live.define("fit", Fit);
})();
