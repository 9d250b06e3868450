// <live-race>: language models of several sizes train side by side and are
// timed: to one line for all, each to its own, part by part.
(() => {
  const {make, modes, answers} = globalThis.Live;
  const {words: said, amount} = answers;
  const WORDS = {
    modes: {line: "one line for all", own: "each its own line",
            parts: "part by part"},
    mode: "Who is first?", axis: "Axis, and clock of the race",
    target: "The line, nats above the entropy:",
    share: "The line, as a share of its own way",
    training: "Show the training loss, too (dotted; below the entropy it is "
      + "learned by heart)",
    press: {ready: "Start", running: "Pause", paused: "Go on",
            finished: "Again with another seed"},
    further: "Twice as far",
    ready: "Press Start: the models train here, in your browser.",
    running: axis => `Training. All sizes go forward together in ${axis}.`,
    paused: "Paused.",
    finished: mode => "The race is over. "
      + `${mode === "line" ? "Move the line, turn" : "Turn"} the axis, or go `
      + "twice as far.",
    plain: "Without WebAssembly, so slower.",
    arrived: (name, amount) => `${name}: at the line after ${amount}.`,
    few: "Choose two to four sizes.",
  };
  const WIDTHS = [8, 16, 32, 64, 128, 256, 512], SHARES = [.5, .8, .9];
  const AXES = ["epochs", "tokens", "FLOPs", "seconds"], BATCH = 128;
  const [LOW, HIGH] = [.02, 1.5];   // of the line

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
      this.main = Live.button(WORDS.press.ready, () => this.press(), true);
      this.further = Live.button(WORDS.further, () => this.go("further"));
      this.append(
        this.question, this.main, this.status, this.view.element,
        this.controls(), Live.raceSettings(
          this.now, what => this.reset(what)),
        this.view.table.element, this.recorded);
      this.suit();
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
          this.axes, this.further));
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
      this.show();
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
        WORDS.axis, answers.axes.of(AXES.slice(fresh)), now.axis,
        axis => this.change({axis})));
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
      this.asked = {...this.now};
      const {question, options} = answers.ask(this.asked);
      this.guess = Live.guess(question, options);
      this.question.replaceChildren(this.guess.element);
      this.view.answer.replaceChildren(this.guess.says);
    }

    aim(to) {
      this.now.target = Math.min(HIGH, Math.max(LOW, Number(to.toFixed(2))));
      this.line.set(this.now.target);
      this.show();
    }

    // --- the race ---------------------------------------------------------

    // The status line: what goes on.
    words() {
      const {now: {axis, mode}, runners, state} = this;
      if (state === "running") return Live.joined([WORDS.running(answers.axes(
        axis)), runners.some(one => one.kind === "plain") && WORDS.plain]);
      return state === "finished" ? WORDS.finished(mode)
        : state === "ready" && !this.fine ? WORDS.few : WORDS[state];
    }

    press() {
      const twice = performance.now() - this.pressed < 500;   // double click
      this.pressed = performance.now();
      if (twice) return;
      const how = {running: "pause", paused: "go"}[this.state];
      if (how) this.go(how);
      else this.begin();
    }

    begin() {
      if (this.state === "finished") this.now.seed++;
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
      this.show();
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
      this.pressed = performance.now();   // a press now was meant to pause
      if (!this.guess.answered) this.guess.answer(...this.answer(Object.assign(
        this.asked, {target: this.now.target, steps: this.clock.steps})));
      else this.conclude();
      this.say(this.words());
      this.soon.now();
      this.recorded.open = true;
    }

    // Below the picture: what was asked is answered where it was asked; any
    // other view, and a race that went on, say only what they show.
    conclude() {
      const {guess, asked, now, clock, state} = this, {says, answered} = guess;
      if (!answered) return;
      const over = state === "finished", same = asked.steps === clock?.steps
        && ["mode", "axis", "share", "target"].every(
          name => asked[name] === now[name]);
      if (over && same) return guess.answer(...this.answer(asked));
      says.className = "live-answer";
      says.textContent = over ? this.answer(now)[1] : "";
    }

    answer({mode, axis, share, target}) {
      return answers[mode](this.racers(axis), {
        axis, share, target, entropy: this.entropy});
    }

    // --- what is seen -----------------------------------------------------

    show() {
      this.say(this.words());
      this.conclude();
      this.draw();
    }

    racers(axis) {
      return modes.racers(this.runners, axis, this.clock?.steps ?? 0);
    }

    draw() {
      const {now, state} = this, racers = this.racers(now.axis);
      this.only.line.hidden = now.mode !== "line";
      this.only.own.hidden = now.mode === "line";
      this.main.textContent = WORDS.press[state] ?? WORDS.press.ready;
      Live.enable(this.further, state === "finished");
      this.view.draw(racers, now, this.entropy);
      if (state !== "running") this.view.fill(racers, now, this.entropy);
    }
  }

  Live.define("race", Race);
})();
