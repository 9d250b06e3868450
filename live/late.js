// <live-late>: eight tasks share a small network, and the rare ones are not
// learned. Late or never? Wait longer; and two controls that tell.
(() => {
  const {make, short} = globalThis.Live;
  const WORDS = {
    intro: (tasks, first, last) => `${tasks} tasks share one network. The `
      + `first comes in ${first} of the examples, the last in ${last}. The `
      + "answer to each is the product of two of sixteen signs.",
    width: "Units of the network", start: "Start",
    again: "Again with other dice", wait: "Wait four times as long",
    equal: "Control: all equally often", alone: "Control: the rare alone",
    ready: "Choose a width and press Start: it learns here, in your browser.",
    ask: "The rare tasks are dark. Wait, or buy a larger network?",
    texts: ["Wait: it is only late", "Buy: it is full"],
    said: (run, step, known, all) =>
      `${run}: after ${step} steps it knows ${known} of ${all} tasks.`,
    run: (width, arm) => `${width} units, ${arm}`,
    arms: {mixture: "as the tasks come", equal: "all equally often",
           alone: "the rare alone"},
    next: {
      dark: "Late or never? You cannot see it yet. Wait, or try a control.",
      room: "There is room for all, if all come equally often. So wait.",
      waited: "Still dark. A control tells whether there is room at all.",
      full: "Even if all come equally often, it does not learn all.",
      all: "It knows all: it was late."},
    company: (alone, mixed) => `All rare ones known: alone ${alone}, among `
      + `the frequent ${mixed}.`,
    after: step => step ? `after ${step} steps` : "not yet",
    late: (step, width) => `After ${step} steps all are known: ${width} units `
      + "were late, not full, because rare tasks had few examples and much "
      + "company.",
    full: (step, known, all) => `After ${step} steps tasks are still dark, `
      + `and if all come equally often, it learns ${known} of ${all}. Other `
      + "examples do not help, because units are missing.",
    steps: "steps of training", tasks: "tasks, from frequent to rare",
    percent: share => `${short(100 * share)}\u00a0%`,
    picture: text => "A row of lights for each task, against steps. Filled: "
      + `known. Hollow: not known. ${text}`,
    table: "All numbers as a table",
    caption: (seed, lr, exponent) => `Share of right answers in an exam; `
      + `learning rate ${lr}; the frequency of task r is proportional to r to `
      + `the power −${exponent}; dice ${seed}.`,
    heads: tasks => ["network", "step", ...Array.from(
      {length: tasks}, (_, i) => `task ${i + 1}`)],
  };
  const {LEARNED, powerLaw} = Live.parity();
  const TASKS = 8, MORE = 4;
  const ENOUGH = 16, LONGEST = 64;   // times the first steps

  // The program of a worker: a network from the start or from a state.
  const program = () => `const {train} = (${Live.parity})((${Live.dice})());
    onmessage = ({data: {settings, until, state}}) => postMessage({
      done: train(settings, until, state, tell => postMessage({tell}))});`;

  // How many tasks a run is about, and how many of them it knows; when it
  // knew all rare ones; how it stands, in words.
  const total = ({arm}) => arm === "alone" ? TASKS / 2 : TASKS;
  const count = (right, tasks) => right.slice(TASKS - tasks).filter(
    share => share > LEARNED).length;
  const known = run => count(run.points.at(-1).right, total(run));
  const when = ({points}) => WORDS.after(points.find(
    ({right}) => count(right, TASKS / 2) === TASKS / 2)?.step);
  const name = ({width, arm}) => WORDS.run(width, WORDS.arms[arm]);
  const told = run => WORDS.said(name(run), run.points.at(-1).step,
                                 known(run), total(run));

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
      this.runs = [];      // {arm, width, points, state} of these dice
      const {frequencies} = this.plan("mixture");
      this.append(make("p", {}, WORDS.intro(TASKS, ...[0, TASKS - 1].map(
        i => WORDS.percent(frequencies[i])))), this.top(), this.status,
      this.picture(), this.asked = make("div"),
      this.bars = make("div"));
      this.table = Live.table(WORDS.table);
      this.append(this.table.element, this.recorded);
      this.renew();
    }

    top() {
      this.main = Live.button(WORDS.start, () => this.start(), true);
      return make("div", {class: "live-row"}, Live.radios(
        WORDS.width, Object.fromEntries(this.settings.widths.map(
          width => [width, `${width}`])), this.now.width, width => {
          this.stop();
          this.now.width = Number(width);
          this.renew();
        }), this.main);
    }

    // The picture, and directly below it what can be done.
    picture() {
      this.chart = new Live.Chart({
        x: {title: WORDS.steps, log: true}, height: 300,
        y: {title: WORDS.tasks, short: () => ""}});
      this.wait = Live.button(WORDS.wait, () => this.go(
        this.mixture, MORE * this.reached));
      this.ways = ["equal", "alone"].map(arm => Live.button(
        WORDS[arm], () => this.go(this.begin(arm), Math.max(
          this.reached, ENOUGH * this.now.steps))));
      return make("div", {}, this.chart.element, make(
        "div", {class: "live-row"}, this.wait, ...this.ways));
    }

    // Another width: nothing of it has run yet; what was found stays.
    renew() {
      this.guess = Live.guess(WORDS.ask, WORDS.texts);
      this.asked.replaceChildren(this.guess.element);
      this.asked.hidden = true;
      this.mixture = this.equal = this.shown = null;
      this.main.textContent = WORDS.start;
      this.say(WORDS.ready);
      this.free();
      this.draw();
    }

    // Which buttons can be pressed.
    free(busy = false) {
      const begun = Boolean(this.mixture) && !busy;
      Live.enable(this.main, !busy);
      Live.enable(this.wait, begun && this.verdict !== "all"
        && this.reached < LONGEST * this.now.steps);
      for (const way of this.ways) Live.enable(way, begun);
    }

    get reached() { return this.mixture?.points.at(-1)?.step ?? 0; }

    // The first run of a width; pressed again, with other dice.
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
      const {width, lr, seed, exponent} = this.now;
      return {width, tasks: TASKS, exponent, lr, seed, arm, frequencies:
        powerLaw(TASKS, arm === "equal" ? 0 : exponent)};
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
        run.state = await this.pool.run({
          settings: run.settings, until, state: run.state}, point => {
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

    // Where the reader stands: a word of WORDS.next.
    get verdict() {
      if (!this.reached) return "dark";
      if (known(this.mixture) === TASKS) return "all";
      if (this.equal) return known(this.equal) === TASKS ? "room" : "full";
      return this.reached >= ENOUGH * this.now.steps ? "waited" : "dark";
    }

    // What is decided by now; the guess is answered when it is.
    judge() {
      this.soon.now();
      const {guess, verdict, reached, shown, mixture} = this;
      this.asked.hidden = false;
      if (verdict === "all" && !guess.answered)
        guess.answer(0, WORDS.late(reached, this.now.width));
      else if (verdict === "full" && !guess.answered
               && reached >= ENOUGH * this.now.steps)
        guess.answer(1, WORDS.full(reached, known(this.equal), TASKS));
      this.say(`${told(shown)} ${shown.arm === "alone"
        ? WORDS.company(when(shown), when(mixture)) : WORDS.next[verdict]}`);
      this.recorded.open ||= guess.answered && !this.recorded.hidden;
    }

    // For each task a string with a light at each look.
    draw() {
      const run = this.shown, {steps} = this.now;
      const points = run?.points.filter(({step}) => step >= steps / 10) ?? [];
      const x = [steps / 10, LONGEST * steps];
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

    // A bar for each run, and the table.
    list() {
      const runs = this.runs.filter(run => run.points.length);
      this.bars.replaceChildren(...runs.map(run => this.bar(run)));
      const {seed, lr, exponent} = this.now;
      this.table.fill(WORDS.caption(seed, lr, exponent), WORDS.heads(TASKS),
        runs.flatMap(run => run.points.map(({step, right}) => [
          name(run), step, ...right.map(r => r.toFixed(2))])));
    }

    bar(run) {
      const part = `width:${100 * known(run) / total(run)}%`;
      return make("div", {}, make("p", {}, told(run)), make("span", {
        class: "live-bar", "aria-hidden": "true"},
      make("span", {class: "blue", style: part})));
    }

    stop() {
      this.pool?.stop();
      this.pool = null;
    }
  }

  Live.define("late", Late);
})();
