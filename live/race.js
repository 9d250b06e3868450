// <live-race>: language models of several sizes train side by side and are
// timed: to one line for all, each to its own, part by part.
(() => {
  const {make, short, modes, answers} = globalThis.Live;
  const {words: said, amount} = answers;
  const WORDS = {
    modes: {line: "one line for all", own: "each its own line",
            parts: "part by part"},
    mode: "Who is first?", axis: "Axis, and clock of the race",
    target: "The line, nats above the entropy:",
    share: "The line, as a share of its own way",
    training: "Show the training loss, too (dotted; below the entropy it is "
      + "learned by heart)",
    start: "Start", anew: "Start anew", pause: "Pause", on: "Go on",
    further: "Twice as far", again: "Again with other dice",
    ready: "Press Start: the models train here, in your browser.",
    running: axis => `Training. All sizes go forward together in ${axis}.`,
    paused: "Paused.",
    finished: "The race is over. Move the line, turn the axis, go on.",
    plain: "Without WebAssembly, so slower.",
    arrived: (name, amount) => `${name}: at the line after ${amount}.`,
    few: "Choose two to four sizes.",
  };
  const WIDTHS = [8, 16, 32, 64, 128, 256, 512], SHARES = [.5, .8, .9];
  const AXES = ["epochs", "tokens", "FLOPs", "seconds"], BATCH = 128;
  const [LOW, HIGH] = [.02, 1.5];   // of the line
  const parameters = width => short(129 * width);

  class Race extends Live.Element {
    static settings = {
      sizes: {list: true, default: [8, 32, 128, 512], allowed: WIDTHS},
      text: {default: "repeated", allowed: ["repeated", "new"]},
      unique: {default: 6400, from: BATCH, to: 409600},
      epochs: {default: 32, from: 1, to: 1024},
      lr: {default: .01, from: 1e-5, to: 1},
      axis: {default: "epochs", allowed: AXES},
      target: {default: .7, from: LOW, to: HIGH},
      share: {default: .9, allowed: SHARES},
      mode: {default: "line", allowed: Object.keys(WORDS.modes)},
      seconds: {default: 12, from: .1, to: 120},
      seed: {default: 1, from: 0, to: 1e6}};

    build() {
      const {sizes} = this.settings;
      Object.assign(this, {
        now: {...this.settings, sizes: [...new Set(sizes)].sort(
          (a, b) => a - b)}, runners: [], entropy: Live.entropy()});
      this.soon = Live.every(this.still ? 500 : 60, () => this.draw());
      this.question = make("div");
      this.view = new Live.RaceView(
        WORDS.modes, loss => this.aim(loss - this.entropy));
      this.append(this.question, this.buttons(), this.status,
                  this.view.element, this.controls(), Live.raceSettings(
                    this.now, what => this.reset(what)),
                  this.view.table.element, this.recorded);
      this.suit();
    }

    buttons() {
      this.main = Live.button(WORDS.start, () => this.press(), true);
      this.further = Live.button(WORDS.further, () => this.go("further"));
      this.again = Live.button(WORDS.again, () => {
        this.now.seed++;
        this.begin();
      });
      return make("div", {class: "live-row"}, this.main, this.further,
                  this.again);
    }

    controls() {
      const {target, share, mode} = this.now;
      this.line = Live.slider(WORDS.target, {min: LOW, max: HIGH, step: .01,
        value: target}, to => this.aim(to), to => to.toFixed(2));
      this.training = make("div", {}, Live.toggle(
        WORDS.training, this.now.training = true,
        training => this.change({training})));
      this.only = {
        line: make("div", {}, this.line, this.training),
        own: make("div", {}, Live.radios(
          WORDS.share, said.share, share,
          to => this.change({share: Number(to)})))};
      this.axes = make("div");
      return make("div", {class: "live-panel"}, this.only.line, this.only.own,
        make("div", {class: "live-row"}, Live.radios(
          WORDS.mode, WORDS.modes, mode, to => this.change({mode: to})),
          this.axes));
    }

    // --- what the reader sets ---------------------------------------------

    get state() {   // ready, running, paused, finished
      return this.clock?.state ?? "ready";
    }

    // Another view of the same race.
    change(what) {
      Object.assign(this.now, what);
      if (what.axis) this.clock?.turn(what.axis);
      if (this.state === "ready") this.ask();
      this.say(this.state === "finished" ? this.answer(this.now).why
        : this.words());
      this.draw();
    }

    // Another race.
    reset(what) {
      this.stop();
      Object.assign(this.now, what);
      this.runners = [];
      this.suit();
    }

    // Question and controls that suit: new text has no epochs.
    suit() {
      const {now} = this, fresh = now.text === "new";
      if (fresh && now.axis === "epochs") now.axis = "tokens";
      this.axes.replaceChildren(Live.radios(
        WORDS.axis, Object.fromEntries(AXES.slice(fresh).map(a => [a, a])),
        now.axis, axis => this.change({axis})));
      this.training.hidden = fresh;
      Live.enable(this.main, this.fine);
      if (this.fine) {
        this.ask();
        this.draw();
      }
      this.say(this.words());
    }

    get fine() {   // as many sizes as there are colours
      return this.now.sizes.length >= 2 && this.now.sizes.length <= 4;
    }

    ask() {
      const {mode, axis, share, sizes} = this.asked = {...this.now};
      const {question, options} = answers.ask(
        mode, sizes.map(parameters), axis, share);
      this.guess = Live.guess(question, options);
      this.question.replaceChildren(this.guess.element);
    }

    aim(to) {
      this.now.target = Math.min(HIGH, Math.max(LOW, Number(to.toFixed(2))));
      this.line.set(this.now.target);
      this.say(this.words());
      this.draw();
    }

    // --- the race ---------------------------------------------------------

    // The status line: what goes on.
    words() {
      const {now: {axis}, runners, state} = this;
      if (state === "running") return WORDS.running(axis) + (runners.some(
        runner => runner.kind === "plain") ? ` ${WORDS.plain}` : "");
      return state === "ready" && !this.fine ? WORDS.few : WORDS[state];
    }

    press() {
      const twice = performance.now() - this.pressed < 500;   // double click
      this.pressed = performance.now();
      if (twice) return;
      if (this.state === "running") this.go("pause");
      else if (this.state === "paused") this.go("go");
      else this.begin();
    }

    begin() {
      this.stop();
      if (this.guess.answered) this.ask();
      const {sizes, text, unique, epochs, lr, seed, axis, seconds} = this.now;
      this.runners = sizes.map(width => new Live.Runner({
        width, lr, seed, parts: true,
        unique: text === "new" ? Infinity : unique,
      }, runner => runner.failed && this.fail(runner.failed)));
      this.told = new Set();
      this.clock = Live.race(this.runners, {
        axis, seconds, steps: Math.ceil(epochs * unique / BATCH),
        ontick: () => this.tick(), ondone: () => this.finish()});
      this.go("go");
    }

    go(how) {   // pause, on, further: twice as far
      this.clock[how]();
      this.say(this.words());
      this.draw();
    }

    stop() {
      this.clock?.stop();
      this.clock = null;
    }

    tick() {
      this.soon();
      const {axis, mode, target} = this.now;
      if (!this.told.size) this.say(this.words());
      if (mode !== "line") return;
      for (const racer of this.racers(axis)) {
        const step = modes.line(racer.points, this.entropy + target);
        if (step === undefined || this.told.has(racer.name)) continue;
        this.told.add(racer.name);
        this.say(WORDS.arrived(racer.name, amount(racer, step, axis)));
      }
    }

    finish() {
      this.soon.now();
      const {right, why} = this.answer(this.asked);
      if (this.guess.answered) this.say(this.answer(this.now).why);
      else {
        this.guess.answer(right, why);
        this.say(this.words());
      }
      this.recorded.open = true;
    }

    answer({mode, axis, share}) {
      const {entropy} = this, loss = entropy + this.now.target;
      return answers[mode](this.racers(axis), {axis, share, loss, entropy});
    }

    // --- what is seen -----------------------------------------------------

    // The sizes as the pure functions need them.
    racers(axis) {
      const {runners, clock} = this;
      return runners.map((runner, i) => ({
        name: parameters(runner.width), points: runner.points,
        kind: Math.round(3 * i / (runners.length - 1)),
        unit: runner.unit(axis), last: clock?.steps ?? 0}));
    }

    draw() {
      const {now, state} = this, racers = this.racers(now.axis);
      this.only.line.hidden = now.mode !== "line";
      this.only.own.hidden = now.mode === "line";
      this.main.textContent = {running: WORDS.pause, paused: WORDS.on,
                               finished: WORDS.anew}[state] ?? WORDS.start;
      Live.enable(this.further, state === "finished");
      Live.enable(this.again, state === "finished" || state === "paused");
      this.view.draw(racers, now, this.entropy);
      if (state !== "running") this.view.fill(racers, now, this.entropy);
    }
  }

  Live.define("race", Race);
})();
