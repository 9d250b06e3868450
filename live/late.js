// <live-late>: eight tasks share one network. Late or never? Controls tell.
(() => {
  const {make, short} = globalThis.Live;
  const WORDS = {
    intro: (tasks, first, last) => `${tasks} tasks share one network. The `
      + `first comes in ${first} of the examples, the last in ${last}. The `
      + "answer to each is the product of two of sixteen numbers, each +1 or "
      + "−1. The last four tasks we call rare.",
    width: "Units of the network", start: "Start",
    again: "Again with another seed", table: "All numbers as a table",
    wait: turn => `Wait four times as long (${turn} of ${WAITS})`,
    equal: "Control: all equally often", alone: "Control: the rare alone",
    ready: "Choose a width and press Start: it learns here, in your browser.",
    ask: steps => "At first the rare tasks will not be known. Wait, for up to "
      + `${steps} steps, or buy a larger network?`,
    texts: ["Wait: by then it knows all", "Buy: by then it does not"],
    open: steps => ` Your guess is answered at ${steps} steps: press Wait.`,
    said: (run, step, known, all) =>
      `${run}: after ${step} steps it knows ${known} of ${all} tasks.`,
    arms: {mixture: "as the tasks come", equal: "all equally often",
           alone: "the rare alone"},
    next: {
      dark: "Late or never? Wait, or try a control.",
      room: "The control knew all: there is room.",
      waited: "You cannot wait longer. Try the controls.",
      full: "So far, the control does not know all.",
      all: "It knows all: it was late."},
    company: (alone, mixed) => "All rare ones known: alone "
      + `${WORDS.after(alone)}, among the frequent ${WORDS.after(mixed)}.`,
    after: step => step ? `after ${step} steps` : "not yet",
    late: (step, width) => `After ${step} steps all are known: ${width} units `
      + "were late, not full. Why so late? Try the controls.",
    vain: (step, known, old, first) => `After ${old.step} steps it knew ${
      old.known} of ${TASKS} tasks (${
      first.known} after ${first.step}), after ${step} it knows ${known}: `
      + (old.more ? "it still learns, but late. " : "no new task since. "),
    none: "Waiting does not tell why. Run the control, for as long.",
    room: "If all come equally often, it learns all: there is room. Late or "
      + "stuck? One seed does not tell.",
    full: known => `The control knows ${known} after as many: rarity alone `
      + "does not explain it. Full or stuck? One seed does not tell.",
    legend: share => `Filled: known (over ${share} right). Hollow: not yet.`,
    steps: "steps of training", tasks: "tasks, from frequent to rare",
    percent: share => `${short(100 * share)}\u00a0%`,
    picture: text => `A row of lights for each task, against steps. ${text}`,
    caption: ({seed, lr, exponent}) => `Share right in an exam; rate ${lr}; `
      + `frequency of task r: as r to the power −${exponent}; seed ${seed}.`,
    name: (width, arm) => `${width} units, ${arm}`,
    heads: ["network", "step", ...[..."12345678"].map(i => `task ${i}`)],
  };
  const {LEARNED, powerLaw} = Live.parity();
  const {last, total, known, when, since, standing, finished} = Live.shown;
  const TASKS = 8, MORE = 4, WAITS = 3, ENOUGH = 16;   // times the steps

  // The program of a worker: a network from the start or from a state.
  const program = () => `const {train} = (${Live.parity})((${Live.dice})());
    onmessage = ({data: {settings, until, state}}) => postMessage({
      done: train(settings, until, state, tell => postMessage({tell}))});`;

  const name = ({width, arm}) => WORDS.name(width, WORDS.arms[arm]);
  const told = r => WORDS.said(name(r), last(r).step, known(r), total(r));

  class Late extends Live.Element {
    static settings = {
      widths: {list: true, default: [8, 16, 32],
               allowed: [4, 8, 16, 32, 64, 128]},
      steps: {default: 250, from: 20, to: 4000},
      exponent: {default: 2, from: 0, to: 4},
      lr: {default: 0.01, from: 1e-4, to: 1},
      seed: {default: 1, from: 0, to: 1e6}};

    build() {
      this.now = {...this.settings, width: this.settings.widths[0]};
      this.soon = Live.every(this.still ? 500 : 100, () => this.draw());
      this.runs = [];      // {arm, width, points, state} of this seed
      this.longest = MORE ** WAITS * this.now.steps;
      this.guess = Live.guess(WORDS.ask(this.longest), WORDS.texts);
      const {frequencies} = this.plan("mixture");
      this.table = Live.table(WORDS.table);
      this.append(make("p", {}, WORDS.intro(TASKS, ...[0, TASKS - 1].map(
        i => WORDS.percent(frequencies[i])))), ...this.top(), this.status,
      this.picture(), this.bars = make("div"), this.table.element,
      this.recorded);
      this.renew();
    }

    top() {
      this.main = Live.button(WORDS.start, () => this.start(), true);
      return [Live.radios(WORDS.width, Object.fromEntries(
        this.settings.widths.map(w => [w, w])), this.now.width, width => {
        this.now.width = Number(width);
        this.stop();
        this.renew();
      }), this.guess.element, make("div", {class: "live-row"}, this.main)];
    }

    // The picture, and directly below it what can be done.
    picture() {
      this.chart = new Live.Chart({x: {title: WORDS.steps, log: true},
        height: 300, y: {title: WORDS.tasks, short: () => ""}});
      this.wait = Live.button("", () => this.go(
        this.mixture, MORE * this.reached));
      this.ways = ["equal", "alone"].map(arm => Live.button(
        WORDS[arm], () => this.control(arm)));
      return make("div", {}, this.chart.element, make("p", {class:
        "live-quiet"}, WORDS.legend(WORDS.percent(LEARNED))), this.guess.says,
      make("div", {class: "live-row"}, this.wait, ...this.ways));
    }

    // Another width: what was found stays, and a guess without an answer.
    renew() {
      if (this.guess.answered) this.guess.reset();
      this.mixture = this.equal = this.shown = null;
      this.main.textContent = WORDS.start;
      this.say(WORDS.ready);
      this.free();
      this.draw();
    }

    // Which buttons can be pressed.
    free(busy = false) {
      const begun = Boolean(this.mixture) && !busy;
      this.busy = busy;
      Live.enable(this.main, !busy);
      this.wait.textContent = WORDS.wait(Math.min(
        WAITS, 1 + Math.log2(this.reached / this.now.steps || 1) / 2));
      Live.enable(this.wait, begun && this.verdict !== "all"
        && this.reached < this.longest);
      for (const way of this.ways) Live.enable(way, begun);
    }

    // The first run of a width; pressed again, with another seed.
    start() {
      if (this.mixture) {
        this.now.seed++;
        this.runs = [];
        this.renew();
      }
      this.mixture = this.begin("mixture");
      this.main.textContent = WORDS.again;
      return this.go(this.mixture, this.now.steps);
    }

    // What a worker must know of a network.
    plan(arm) {
      return {...this.now, tasks: TASKS, arm, frequencies: powerLaw(
        TASKS, arm === "equal" ? 0 : this.now.exponent)};
    }

    // A fresh network; it replaces the last one of its kind.
    begin(arm) {
      const settings = this.plan(arm), {width} = settings;
      this.runs = this.runs.filter(run => name(run) !== name(settings));
      this.runs.push({arm, width, points: [], state: null, settings});
      return this.runs.at(-1);
    }

    // Train a run until a step; then say what is decided.
    async go(run, until) {
      this.shown = run;
      this.free(true);
      try {
        this.pool ??= Live.pool(program(), 1);
        run.state = await this.pool.run({...run, until}, point => {
          run.points.push(point);
          this.say(told(run));
          this.soon();
        });
      } catch (error) {
        return this.fail(error.message);
      }
      if (run.arm === "equal") this.equal = run;
      this.judge();
      return this.free();
    }

    // A control, beside a mixture that has trained at least as long.
    async control(arm) {
      const until = Math.max(this.reached, ENOUGH * this.now.steps);
      if (this.reached < until) await this.go(this.mixture, until);
      if (this.reached === until) await this.go(this.begin(arm), until);
    }

    // How long the reader has waited; how it stands: a word of WORDS.next.
    get reached() { return this.mixture?.points.at(-1)?.step ?? 0; }
    get verdict() { return standing(this.mixture, this.equal, this.longest); }

    // What waiting brought: only what the runs of this seed have shown.
    get vain() {
      const {reached, mixture, equal} = this, {room, none, full} = WORDS;
      const control = this.verdict === "room" ? room : !equal
        || last(equal).step < reached ? none : full(known(equal));
      return WORDS.vain(reached, known(mixture), ...[1, WAITS].map(
        n => since(mixture, MORE ** -n))) + control;
    }

    // What is decided by now; the guess is answered when it is.
    judge() {
      this.soon.now();
      const {guess, verdict, reached, shown, mixture, now: {width}} = this;
      if (verdict === "all") guess.answer(0, WORDS.late(reached, width));
      else if (reached >= this.longest) guess.answer(1, this.vain);
      const open = guess.answered || guess.chosen === null || shown === mixture
        ? "" : WORDS.open(this.longest);
      this.say(`${told(shown)} ${shown.arm === "alone" ? WORDS.company(
        when(shown), when(mixture)) : WORDS.next[verdict]}${open}`);
      this.recorded.open ||= guess.answered && !this.recorded.hidden;
    }

    // For each task a string with a light at each look.
    draw() {
      const run = this.shown, x = [this.now.steps / 10, this.longest];
      const points = run?.points.filter(({step}) => step >= x[0]) ?? [];
      const {frequencies} = run?.settings ?? this.plan("mixture");
      this.chart.draw({
        x, y: [.5, TASKS + .5],
        lines: frequencies.map((share, i) => ({
          kind: "quiet", thin: true, name: WORDS.percent(share),
          points: x.map(x => [x, TASKS - i])})),
        dots: points.flatMap(({step, right}) => right.map((share, i) => ({
          x: step, y: TASKS - i, ring: share <= LEARNED,
          kind: share > LEARNED ? "blue" : "quiet"})).slice(-total(run))),
        label: run?.points.length ? WORDS.picture(told(run)) : WORDS.ready});
      this.list();
    }

    list() {
      const runs = this.runs.filter(run => run.points.length);
      this.bars.replaceChildren(...runs.map(run => this.bar(run)));
      this.table.fill(WORDS.caption(this.now), WORDS.heads,
        runs.flatMap(run => run.points.map(({step, right}) => [
          name(run), step, ...right.map(r => r.toFixed(2))])));
    }

    bar(run) {
      return make("div", {}, make("p", {}, told(run)), make("span", {
        class: "live-bar", "aria-hidden": "true"}, make("span", {
        class: "blue", style: `width:${100 * known(run) / total(run)}%`})));
    }

    stop() {
      this.pool = this.pool?.stop();   // none
      if (!this.busy) return;
      for (const run of this.runs) run.points = finished(run);
      this.renew();
    }
  }

  Live.define("late", Late);
})();
