// <live-draw>: many small networks or one wide one, who solves a parity
// first? And how much of the wide one's lead do mere draws explain?
(() => {
  const {make, draws} = globalThis.Live, {percent, said, RATES} = draws;
  const WORDS = {
    ask: (many, small, wide) => `Guess first: ${many} networks of ${small} `
      + `units learn the same task as one network of ${wide}. Who solves it `
      + "first?",
    texts: many => [`one of the ${many} is first`, "the wide one is first",
                    "neither: level, or nobody gets there"],
    again: "Again with another seed",
    ready: "Press Start: they learn here, in your browser.",
    running: (step, there, many, wide) => `Step ${step}: ${there} of the ${
      many} ${there === 1 ? "has" : "have"} solved it, the wide one ${
      wide ? "has" : "has not"}.`,
    more: "Now the wide one with other seeds …",
    split: units => `The same ${units} units, split into`,
    parts: (many, small) => `${many} networks of ${small}`,
    curves: "steps of training", right: "right in an exam; it ends at 90 %",
    there: "have solved it", lucky: many => `luckiest of ${many}`,
    one: width => `one of ${width}`, if: many => `best of ${many} draws`,
    bad: (small, wide) => `small is “${small}”; allowed: less than wide, ${
      wide}.`,
    over: "The bet is decided.", start: "Start",
    table: "All numbers as a table",
    mark: share => ` The mark is the recorded share, ${share}.`,
    caption: (seed, steps, small, wide) => "The product of 4 of 16 numbers, "
      + `each +1 or −1; seed ${seed}; ${steps} steps at most; learning rates ${
      small} and ${wide}.`,
    heads: ["network", "units", "solved at step", "right at the end"],
    name: (wide, i) => `${wide ? "wide" : "small"} ${i + 1}`,
    picture: "Right answers against steps: a pale line for each small network"
      + ", a strong one for the luckiest and for the wide one.",
    deep: "Below 50 %: a network that has found a part of the answer is very "
      + "right on some examples and wrong by a hair on many. Its loss falls "
      + "all the same.",
    drawn: "Share of networks that have solved the task, against steps: one "
      + "small network, the best of many draws, the wide one.",
  };
  const WIDTHS = Object.keys(RATES).map(Number), FIRST = 10, OTHER = 500;
  const DEEP = .35;   // right answers: far below guessing

  class Draw extends Live.Element {
    static settings = {
      small: {default: 8, allowed: WIDTHS},
      wide: {default: 512, allowed: WIDTHS},
      steps: {default: 1500, from: 100, to: 20000},
      seeds: {default: 8, from: 1, to: 64},
      seed: {default: 1, from: 0, to: 1e6},
      recorded: {default: null, from: 0, to: 1}};

    build() {
      const {small, wide} = this.now = {...this.settings};
      if (small >= wide) throw new Error(WORDS.bad(small, wide));
      this.soon = Live.every(this.still ? 500 : 100, () => this.draw());
      this.main = Live.button(WORDS.start, () => this.start(), true);
      this.again = Live.button(WORDS.again, () => {
        this.now.seed++;
        this.guess.reset();
        this.start();
      });
      this.question = make("div");
      this.answer = make("div");
      this.deep = make("p", {class: "live-quiet"}, WORDS.deep);
      this.append(this.question, make("div", {class: "live-row"}, this.main,
        this.again), this.status, this.pictures(), this.answer, this.deep,
        this.split());
      this.table = Live.table(WORDS.table);
      this.append(this.result(), this.table.element, this.recorded);
      this.renew();
    }

    pictures() {
      const x = {title: WORDS.curves, log: true, short: String};
      const chart = (title, height) => new Live.Chart({
        x, y: {title, short: percent}, height});
      this.curves = chart(WORDS.right, 320);
      this.drawn = chart(WORDS.there, 220);
      return this.curves.element;
    }

    // The one thing that the reader changes: how the units are split.
    split() {
      const {small, wide} = this.now, least = Math.min(small, wide / 64);
      const options = Object.fromEntries(WIDTHS.filter(
        w => w >= least && w < wide).map(w => [w, WORDS.parts(wide / w, w)]));
      return make("div", {class: "live-panel"}, Live.radios(WORDS.split(wide),
        options, small, small => {
          this.stop();
          this.now.small = Number(small);
          this.renew();
        }));
    }

    result() {
      this.says = make("p");
      this.bar = make("div");
      return make("div", {class: "draw-result"}, this.drawn.element, this.says,
                  this.bar);
    }

    // Nothing has run yet, with the settings as they are.
    renew() {
      const {small, wide} = this.now;
      this.many = wide / small;
      this.guess = Live.guess(WORDS.ask(this.many, small, wide),
                              WORDS.texts(this.many));
      this.question.replaceChildren(this.guess.element);
      this.answer.replaceChildren(this.guess.says);
      this.clear();
      Live.enable(this.main, true);
      this.say(WORDS.ready);
    }

    clear() {
      for (const one of [this.drawn.element, this.table.element, this.deep])
        one.hidden = true;
      this.says.textContent = "";
      this.bar.replaceChildren();
      this.members = this.groups = [];
      this.draw();
      for (const one of [this.main, this.again]) Live.enable(one, false);
    }

    // --- the computation --------------------------------------------------

    start() {
      this.stop();
      this.clear();
      const {small, wide, seeds} = this.now, member = (width, number) => ({
        width, number, lr: RATES[width], curve: []});
      this.members = [
        ...Array.from({length: this.many}, (_, i) => member(small, i)),
        ...Array.from({length: seeds}, (_, i) => member(wide, OTHER + i))];
      this.say(WORDS.running(0, 0, this.many, false));
      const race = this.race = {}, still = () => race === this.race;
      this.compute().then(() => still() && this.finish(),
                          error => still() && this.fail(error.message));
    }

    // The wide one, which costs as much as all small ones, has a worker of
    // its own; the small ones have the others; then its other seeds.
    async compute() {
      const groups = Math.min(4, navigator.hardwareConcurrency || 2) - 1 || 1;
      this.pool = Live.pool(draws.program(), groups + 1);
      const {many, members} = this, deal = g => members.filter(
        (_, i) => i < many && i % groups === g);
      this.groups = [[members[many]],
                     ...Array.from({length: groups}, (_, g) => deal(g))];
      const other = members.slice(many + 1).map(member => [member]);
      await Promise.all([...this.groups, ...other].map(g => this.train(g)));
    }

    async train(group) {
      const {seed, steps} = this.now, members = group.map(
        ({width, number, lr}) => ({width, number, lr}));
      group.step = 0;
      await this.pool.run({members, seed, steps}, ({step, right}) => {
        for (const [i, share] of right) group[i].curve.push([step, share]);
        group.step = step;
        this.soon();
      });
      group.step = Infinity;
    }

    stop() {
      this.pool?.stop();
      this.pool = this.race = null;
    }

    // --- what is seen -----------------------------------------------------

    // Steps to solve the task: of the small ones, of the wide one, up to
    // the step that all have come to.
    times() {
      this.step = Math.min(...this.groups.map(({step}) => step));
      const when = this.members.map(({curve}) => draws.solvedAt(
        draws.upTo(curve, this.step)));
      return [when.slice(0, this.many), when.slice(this.many)];
    }

    draw() {
      const {many, members} = this, {wide, steps} = this.now;
      const [small, large] = this.times();
      const there = small.filter(isFinite).length;
      const lucky = there ? small.indexOf(Math.min(...small)) : -1;
      const line = ({curve}, extra) => ({...extra, points: draws.upTo(
        curve, this.step).filter(([step]) => step >= FIRST)});
      const lines = members.slice(0, many).map(
        member => line(member, {kind: "quiet", thin: true}));
      if (lines.some(({points}) => points.some(([, right]) => right < DEEP)))
        this.deep.hidden = false;
      if (lucky >= 0) lines.push(...draws.named(line(members[lucky], {
        kind: 0, name: WORDS.lucky(many)}), steps));
      if (members[many]) lines.push(...draws.named(line(members[many], {
        kind: 3, name: WORDS.one(wide)}), steps));
      this.curves.draw({x: [FIRST, steps], y: [0, 1], lines,
                        label: WORDS.picture});
      if (this.race && this.step) this.say(isFinite(this.step)
        ? WORDS.running(this.step, there, many, isFinite(large[0]))
        : WORDS.more);
    }

    finish() {
      this.stop();
      const [small, large] = this.times();
      this.guess.answer(draws.first(small, large[0]),
                        draws.because(small, large));
      this.say(WORDS.over);
      this.explain(small, large);
      this.list(small, large);
      Live.enable(this.again, true);
      this.recorded.open = true;
    }

    // What draws explain, and what they would do alone.
    explain(small, large) {
      const {many} = this, {steps, wide, small: width} = this.now;
      const [one, best, all] = draws.chances(small, large, steps);
      this.drawn.element.hidden = this.table.element.hidden = false;
      this.drawn.draw({
        label: WORDS.drawn, x: [FIRST, steps], y: [0, 1], lines: [
          {points: one, kind: "quiet", name: WORDS.one(width)},
          {points: best, kind: 0, dotted: true, name: WORDS.if(many)},
          {points: all, kind: 3, name: WORDS.one(wide)}]});
      this.share(draws.explained(small, large, steps).share,
                 draws.explanation(small, large, steps));
    }

    // Beside the recorded share, which is that of the split in the settings.
    share(share, why) {
      const known = share !== undefined, {small, recorded} = this.settings;
      const mark = known && small === this.now.small ? recorded : null;
      this.says.textContent = why + (mark === null ? "" : WORDS.mark(mark));
      if (known) this.bar.replaceChildren(draws.bar(share, mark));
    }

    list(small, large) {
      const {seed, steps, small: width, wide} = this.now;
      this.table.fill(WORDS.caption(seed, steps, RATES[width], RATES[wide]),
        WORDS.heads, [...small, ...large].map((when, i) => {
          const {width, curve} = this.members[i], first = i < this.many;
          return [WORDS.name(!first, first ? i : i - this.many), width,
                  said(when), percent(curve.at(-1)[1])];
        }));
    }
  }

  Live.define("draw", Draw);
})();
