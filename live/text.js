// <live-text>: a text of the reader's own, never sent anywhere, as the 32
// signs of the engine; three sizes learn it, and then they write.
(() => {
  const {make, short, signs, samples} = globalThis.Live;
  const WORDS = {
    paste: "Paste a text, drop a file here, or choose one. It stays on this "
      + "page: nothing is sent anywhere.",
    yours: "Your text", file: "A file of yours:",
    samples: "Or take one of ours:", prose: "plain prose about this course",
    code: "the program that trains here",
    start: "Train on it", again: "Again with another seed",
    needed: least => `Give a text of ${least} characters or more.`,
    few: (count, least) => `This text has ${count} characters; at least ${
      least} are needed, so that there is something to learn and an exam.`,
    same: "Nearly all of this text is one and the same character: there is "
      + "nothing to learn.",
    lost: percent => `${percent} of this text are characters beyond the 32 `
      + "the engine knows. Is it a text? Allowed are texts in any alphabet.",
    unread: "This file could not be read as a text.",
    how: "Capitals, accents and kinds of quotation marks are dropped; the 31 "
      + "commonest characters of your text stay, all others are one, □.",
    count: (all, other, held) => `${all} characters, of which ${
      other} became □. The last ${held} are the exam, which no model sees.`,
    cut: most => `It was too long: only the first ${most} are used.`,
    ask: "Guess first: which size will be best in the exam?",
    size: name => `${name} parameters`, alike: "about alike",
    training: epochs => `Training: ${epochs} epochs so far.`,
    over: "Trained. Below they write, character by character.",
    plain: "No WebAssembly here: slower, the same numbers.",
    writes: size => `What ${size} parameters write`,
    epochs: "epochs: how often the text was read",
    loss: "nats per character: exam, and the text itself (dotted)",
    frequent: "only frequencies", table: "All numbers as a table",
    caption: (lr, seed) => `Nats per character; learning rate ${lr}; seed ${
      seed}. Nobody knows the entropy of this text.`,
    heads: ["parameters", "lowest in the exam", "after epochs",
            "exam at the end", "the text itself at the end"],
    picture: "Loss against epochs, in the exam a line for each size, on the "
      + "text itself a dotted one.",
  };
  const WIDTHS = [8, 16, 32, 64, 128, 256, 512], KINDS = [0, 2, 3];
  const BATCH = 128;
  const parameters = width => short(129 * width), nats = x => x.toFixed(2);
  const percent = x => `${(100 * x).toFixed(x && x < .001 ? 2 : 1)} %`;

  class Text extends Live.Element {
    static settings = {
      sizes: {list: true, default: [8, 64, 512], allowed: WIDTHS},
      tokens: {default: 2 ** 18, from: 1024, to: 1e8},
      lr: {default: .003, from: 1e-5, to: 1},
      signs: {default: 300, from: 10, to: 10000},
      seconds: {default: 6, from: .1, to: 60},
      seed: {default: 1, from: 0, to: 1e6}};

    build() {
      Object.assign(this, {now: {...this.settings}, runners: [], text: null});
      this.soon = Live.every(this.still ? 500 : 100, () => this.draw());
      this.main = Live.button(WORDS.start, () => this.start(), true);
      this.again = Live.button(WORDS.again, () => {
        this.now.seed++;
        this.ask();
        this.start();
      });
      this.chart = new Live.Chart({height: 300, y: {title: WORDS.loss},
        x: {title: WORDS.epochs, log: true}});
      this.about = make("p", {class: "live-quiet", role: "status"});
      [this.question, this.answer] = [make("div"), make("div")];
      this.written = make("div", {class: "live-row text-written"});
      this.table = Live.table(WORDS.table);
      this.append(this.ways(), this.about, this.question, make("div",
        {class: "live-row"}, this.main, this.again), this.status,
        this.chart.element, this.answer, this.written, this.table.element,
        this.recorded);
      this.take("");
    }

    // Three ways to give a text: paste, a file, one of ours.
    ways() {
      this.box = make("textarea", {rows: 5, spellcheck: "false",
        input: Live.every(300, () => this.take(this.box.value)),
        "aria-label": WORDS.yours});
      const file = make("input", {type: "file", change: () =>
        this.open(file.files[0])});
      const ours = Object.keys(samples).map(name => Live.button(
        WORDS[name], () => this.show(samples[name]())));
      return make("div", {class: "live-panel text-ways",
        dragover: event => event.preventDefault(), drop: event => {
          event.preventDefault();
          const [dropped] = event.dataTransfer.files;
          if (dropped) this.open(dropped);
          else this.show(event.dataTransfer.getData("text"));
        }}, make("p", {}, WORDS.paste), this.box,
        make("label", {}, `${WORDS.file} `, file), make("p", {},
          WORDS.samples), make("div", {class: "live-row"}, ...ours));
    }

    // Only the beginning of a very long file is read.
    async open(file) {
      try {
        if (file) this.show(await file.slice(0, 5 * signs.MOST).text());
      } catch {
        this.say(WORDS.unread);
      }
    }

    show(text) {
      this.take(this.box.value = text);
    }

    // --- the text ---------------------------------------------------------

    take(text) {
      this.stop();
      const given = signs.encode(text), wrong = this.wrong(given);
      this.text = wrong ? null : given;
      this.runners = [];
      this.about.textContent = wrong ? "" : this.describe(given);
      this.written.replaceChildren();
      this.table.element.hidden = this.chart.element.hidden = true;
      Live.enable(this.again, false);
      Live.enable(this.main, !wrong);
      this.ask();
      this.say(wrong);
    }

    wrong(given) {
      if (!given.signs.length) return WORDS.needed(signs.LEAST);
      const {short, lost, same} = signs.trouble(given) ?? {};
      return short ? WORDS.few(short, signs.LEAST) : same ? WORDS.same
        : lost ? WORDS.lost(percent(lost)) : "";
    }

    describe({signs: all, other, cut}) {
      const {held} = signs.split(all);
      return Live.joined([WORDS.count(all.length, `${other} (${percent(
        other / all.length)})`, held.length), WORDS.how,
        cut && WORDS.cut(signs.MOST)]);
    }

    ask() {
      this.question.hidden = !this.text;
      this.guess = Live.guess(WORDS.ask, [...this.now.sizes.map(
        w => WORDS.size(parameters(w))), WORDS.alike]);
      this.question.replaceChildren(this.guess.element);
      this.answer.replaceChildren(this.guess.says);
    }

    // --- training ---------------------------------------------------------

    start() {
      if (!this.text) return;
      this.stop();
      const {sizes, lr, seed, seconds, tokens} = this.now;
      const {text, held} = signs.split(this.text.signs);
      this.written.replaceChildren();
      this.chart.element.hidden = false;
      Live.enable(this.main, false);
      Live.enable(this.again, false);
      this.runners = sizes.map(width => new Live.Runner(
        {width, lr, seed, text, held}, r => r.failed && this.fail(r.failed)));
      this.clock = Live.race(this.runners, {axis: "epochs", seconds,
        steps: Math.ceil(tokens / BATCH), ontick: () => this.tick(),
        ondone: () => this.finish()});
    }

    tick() {
      const [one] = this.runners, plain = one.kind === "plain";
      if (this.clock?.state === "running") this.say(WORDS.training(short(
        one.step * one.unit("epochs"))) + (plain ? ` ${WORDS.plain}` : ""));
      this.soon();
    }

    stop() {
      this.clock?.stop();
      this.clock = null;
    }

    async finish() {
      const {runners, clock} = this, best = runners.map(r => Math.min(
        ...r.points.map(p => p.validation)));
      const ends = runners.map(r => r.points.at(-1).validation);
      this.guess.answer(signs.winner(best), signs.because(runners.map(
        r => short(r.parameters)), best, ends, signs.split(
        this.text.signs).held.length));
      this.say(WORDS.over);
      this.list(best);
      this.soon.now();
      const two = [runners[0], runners.at(-1)];
      const texts = await Promise.all(two.map(
        r => r.write(this.now.signs, this.now.seed)));
      if (clock !== this.clock) return;
      this.written.replaceChildren(...texts.map((text, i) => make("figure", {},
        make("figcaption", {}, WORDS.writes(short(two[i].parameters))),
        make("pre", {tabindex: 0}, signs.decode(text, this.text.alphabet)))));
      Live.enable(this.again, true);
      this.recorded.open = true;
    }

    // --- what is seen -----------------------------------------------------

    lines(runner, i) {
      const unit = runner.unit("epochs"), points = runner.points.slice(1);
      const of = what => points.map(p => [p.step * unit, p[what]]);
      const kind = KINDS[i] ?? 1;
      return [{points: of("validation"), kind,
               name: short(runner.parameters)},
              {points: of("train"), kind, dotted: true}];
    }

    draw() {
      const {runners} = this;
      if (!runners.length) return;
      const unit = runners[0].unit("epochs"), level = signs.frequencies(
        this.text.signs);
      const x = [8 * unit, this.now.tokens / BATCH * unit];
      const lines = [{points: x.map(at => [at, level]), kind: "ink",
        thin: true, name: WORDS.frequent}, ...runners.flatMap(
        (r, i) => this.lines(r, i))];
      const all = lines.flatMap(({points}) => points.map(([, y]) => y));
      this.chart.draw({x, y: [0, Math.max(...all)], lines,
                       label: WORDS.picture});
    }

    list(best) {
      this.table.element.hidden = false;
      const {lr, seed} = this.now;
      this.table.fill(WORDS.caption(lr, seed), WORDS.heads, this.runners.map(
        (r, i) => {
          const {step} = r.points.find(p => p.validation === best[i]);
          const end = r.points.at(-1);
          return [short(r.parameters), nats(best[i]), short(step * r.unit(
            "epochs")), nats(end.validation), nats(end.train)];
        }));
    }
  }

  Live.define("text", Text);
})();
