// <live-pits>: students of a teacher fall as their loss falls. How many get
// stuck in a pit, and what frees them?
(() => {
  const {make, short} = globalThis.Live;
  const WORDS = {
    intro: (k, m) => `A teacher of ${k} neurons; each student has ${m}. It `
      + "starts from random weights and walks downhill. A perfect copy of the "
      + "teacher exists, with loss zero.",
    ask: count => `Guess first: of ${count} students, how many get stuck?`,
    range: (low, high) => low === high ? `${low}` : `${low} to ${high}`,
    spare: "Neurons to spare", spares: {0: "0", 1: "1", 2: "2"},
    start: "Start", again: "Again with another seed",
    ready: "Press Start: they train here, in your browser.",
    running: (ended, count) => `${ended} of ${count} have come to rest.`,
    said: (stuck, arrived, open, count) => `Of ${count}, ${
      WORDS.are(stuck)} stuck, ${arrived} arrived${WORDS.onWay(open)}.`,
    stuck: (some, all) => `Of ${all}, ${WORDS.are(some)} stuck.`,
    are: n => n === 1 ? "1 is" : `${n} are`,
    onWay: n => !n ? "" : n === 1 ? ", 1 is still on its way"
      : `, ${n} are still on their way`,
    why: {
      some: "Stuck is checked: no slope is left and the ground rises in every "
        + "direction. More steps have nothing to follow.",
      none: "Try another seed, or other neurons to spare."},
    free: "Free the stuck; each way begins in the same pits:",
    none: "None is stuck: there is none to free.",
    ways: {steps: longer => `${longer} times the steps`,
           noise: (_, samples) => `Noise (${samples} inputs)`,
           neuron: () => "One more neuron"},
    freed: (a, all, open) => `${a} of ${all} got out${WORDS.onWay(open)}.`,
    because: {
      steps: () => "At the bottom of a pit there is no slope to follow.",
      noise: () => "This noise only shakes them. For stronger noise "
        + "read on.",
      neuron: k => `It brings ${k} new directions, and some lead down.`},
    record: share => `The mark: ${Math.round(100 * share)}\u00a0% in our `
      + "recorded runs.",
    legend: "Rings are stuck. Rings at one height have the same weights, in "
      + "another order. Discs below the line have arrived.",
    students: "students, in order of their loss at the end", loss: "loss",
    arrived: "arrived: the teacher’s twin",
    picture: text => `A dot for each student, as high as its loss. ${text}`,
    table: "All numbers as a table",
    caption: (k, m, steps, seed) => `Teacher of ${k} neurons, students of ${m
    }; ${steps} steps at most; seed ${seed}.`,
    heads: ["student", "end", "loss"],
    ends: {stuck: "in a pit", arrived: "at loss zero", open: "on its way",
           lost: "blew up"},
  };
  const {count: total, rank, ranges} = Live.fates;
  const TOP = 10, FLOOR = 5e-4, ARRIVED = 1e-3, DICE = 1000;  // dice: a run's

  // The program of a worker: one student after another.
  const program = () => `const {train} = (${Live.students})((${Live.dice})());
    onmessage = ({data}) => postMessage({
      done: train(data, loss => postMessage({tell: loss}))});`;

  const share = {default: null, from: 0, to: 1};   // a recorded one

  class Pits extends Live.Element {
    static settings = {
      teacher: {default: 15, from: 2, to: 20},
      spare: {default: 0, allowed: [0, 1, 2]},
      count: {default: 20, from: 4, to: 50},
      steps: {default: 5000, from: 10, to: 20000},
      longer: {default: 10, from: 1, to: 10},
      samples: {default: 32, from: 1, to: 1000},
      seed: {default: 1, from: 0, to: 1e6},
      recorded: share, "freed-steps": share, "freed-noise": share,
      "freed-neuron": share};

    build() {
      this.now = {...this.settings};
      this.soon = Live.every(this.still ? 500 : 60, () => this.draw());
      this.ranges = ranges(this.now.count);
      this.guess = Live.guess(WORDS.ask(this.now.count), this.ranges.map(
        range => WORDS.range(...range)));
      this.append(this.intro = make("p"), this.guess.element, this.top(),
                  this.status, this.picture(), this.bars = make("div"));
      this.table = Live.table(WORDS.table);
      this.append(this.table.element, this.recorded);
      this.renew();
    }

    top() {
      this.main = Live.button(WORDS.start, () => this.start(), true);
      return make("div", {class: "live-row"}, Live.radios(
        WORDS.spare, WORDS.spares, this.now.spare, spare => {
          this.now.spare = Number(spare);
          this.stop();
          this.renew();
        }), this.main);
    }

    // The picture, and directly below it what can be done.
    picture() {
      this.chart = new Live.Chart({
        x: {title: WORDS.students, short: String},
        y: {title: WORDS.loss, log: true, short: String}, height: 300});
      this.ways = Object.entries(WORDS.ways).map(([way, says]) => {
        const name = says(this.now.longer, this.now.samples);
        return Live.button(name, () => this.free(way, name));
      });
      return make("div", {}, this.chart.element, make(
        "p", {class: "live-quiet"}, WORDS.legend), this.guess.says,
      this.lead = make("p"), make("div", {class: "live-row"}, ...this.ways));
    }

    // Nothing has run yet, with the settings as they are.
    renew() {
      const {teacher, spare} = this.now;
      this.intro.textContent = WORDS.intro(teacher, teacher + spare);
      this.guess.reset();
      this.lead.textContent = WORDS.free;
      this.main.textContent = WORDS.start;
      this.students = this.pits = [];
      this.bars.replaceChildren();
      this.say(WORDS.ready);
      this.ready();
      this.draw();
    }

    // Which buttons can be pressed.
    ready(busy = false) {
      this.busy = busy;
      Live.enable(this.main, !busy);
      for (const way of this.ways)
        Live.enable(way, this.pits.length > 0 && !busy);
    }

    // New students: {number, place, loss, end, w}.
    async start() {
      if (this.main.textContent === WORDS.again) {
        this.now.seed++;
        this.renew();
      }
      const {teacher: k, spare, count, steps, seed} = this.now;
      this.students = Array.from({length: count}, (_, i) => (
        {number: i + 1, place: i + 1, loss: TOP}));
      const ended = await this.train(this.students, i => ({
        k, m: k + spare, steps, seed: DICE * seed + i}));
      if (ended) this.show();
    }

    // Train students, each by its job; they change as they fall. True when
    // all have ended, false if there are no workers.
    async train(students, job) {
      const text = ended => WORDS.running(ended, students.length);
      let ended = 0;
      this.ready(true);
      this.say(text(0));
      try {
        this.pool ??= Live.pool(program());
        await Promise.all(students.map(async (student, i) => {
          Object.assign(student, await this.pool.run(job(i), loss => {
            student.loss = loss;
            this.soon();
          }));
          this.say(text(++ended));
        }));
      } catch (error) {
        this.fail(error.message);
        return false;
      }
      this.main.textContent = WORDS.again;
      return true;
    }

    // The end of a run: in words, as a bar, the guess.
    show() {
      const {students, guess} = this, {count} = this.now;
      const [stuck, arrived] = ["stuck", "arrived"].map(
        end => total(students, end));
      rank(students);
      this.pits = students.filter(({end}) => end === "stuck").map(
        pit => ({...pit}));
      this.say(WORDS.said(stuck, arrived, count - stuck - arrived, count));
      this.bar("warm", WORDS.stuck(stuck, count), stuck / count,
               this.mark("recorded"));
      this.lead.textContent = stuck ? WORDS.free : WORDS.none;
      guess.answer(this.ranges.findIndex(
        ([low, high]) => low <= stuck && stuck <= high),
      `${WORDS.stuck(stuck, count)} ${WORDS.why[stuck ? "some" : "none"]}`);
      this.recorded.open = !this.recorded.hidden;
      this.ready();
      this.soon.now();
    }

    // Those that are stuck go on by a way, each from its pit.
    async free(way, name) {
      const {teacher: k, spare, steps, longer, samples, seed} = this.now;
      const some = this.pits.map(pit => Object.assign(
        this.students[pit.number - 1], pit));
      if (!await this.train(some, i => ({
        k, m: k + spare, from: this.pits[i].w, way, samples,
        steps: way === "steps" ? longer * steps : steps,
        seed: DICE * seed + DICE / 2 + i}))) return;
      const out = total(some, "arrived"), open = total(some, "open");
      const fits = (way === "neuron") === out > 0;   // does the because
      const text = `${name}: ${WORDS.freed(out, some.length, open)}`;
      this.say(fits ? `${text} ${WORDS.because[way](k)}` : text);
      this.bar("blue", text, out / some.length, this.mark(`freed-${way}`));
      this.ready();
      this.soon.now();
    }

    // A recorded share, if it is of students of this size.
    mark(name) {
      return this.now.spare === this.settings.spare ? this.settings[name]
        : null;
    }

    // A bar with its words; the recorded share is a mark on it.
    bar(kind, text, part, mark) {
      const record = mark === null ? "" : ` ${WORDS.record(mark)}`;
      this.bars.append(make("div", {}, make("p", {}, text, record), make(
        "span", {class: "live-bar", "aria-hidden": "true"},
        make("span", {class: kind, style: `width:${100 * part}%`}),
        ...mark === null ? [] : [make("span", {
          class: "mark", style: `left:${100 * mark}%`})])));
    }

    draw() {
      const {students} = this, {teacher, spare, steps, seed, count} = this.now;
      this.chart.draw({
        x: [.4, count + .6], y: [FLOOR, TOP],
        goal: {y: ARRIVED, text: WORDS.arrived},
        dots: students.map(student => this.dot(student)),
        label: WORDS.picture(this.status.textContent)});
      this.table.fill(
        WORDS.caption(teacher, teacher + spare, steps, seed), WORDS.heads,
        students.filter(({end}) => end).map(({number, end, loss}) => [
          number, WORDS.ends[end], short(loss)]));
    }

    dot({place, loss, end}) {
      const y = Math.min(TOP, Math.max(FLOOR * 1.3, loss || FLOOR));
      return {x: place, y, ring: end === "stuck", title: short(loss), kind:
        end === "stuck" ? "warm" : end === "arrived" ? "blue" : "quiet"};
    }

    stop() {
      this.pool?.stop();
      this.pool = null;
      if (this.busy) this.renew();
    }
  }

  Live.define("pits", Pits);
})();
