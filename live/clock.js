// The common clock of a race of Live.Runners (runner.js).
(() => {
globalThis.Live ??= {};

const FIRST = 8;   // steps that show how long one takes

// All sizes go forward together on the axis, by the same factor in the same
// time; who computes slowly is waited for. It ends where the size that is
// dearest on this axis has made `steps` steps, and takes about `seconds`.
class Race {
  constructor(runners, options) {
    Object.assign(this, {
      axis: "tokens", steps: 1600, seconds: 12, ontick() {}, ondone() {},
      ...options, runners, state: "paused"});
    for (const r of runners) r.race = this;
  }

  go() {
    if (["running", "stopped", "failed"].includes(this.state)) return;
    this.state = "running";
    this.at = undefined;
    this.time = performance.now();
    this.ticker = setInterval(() => this.tick(), 50);
    this.tick();
  }

  rest(state) {
    clearInterval(this.ticker);
    this.state = state;
  }

  pause() {
    if (this.state !== "running") return;
    this.rest("paused");
    for (const r of this.runners) r.runTo(0, 0);
  }

  stop() {
    this.rest("stopped");
    for (const r of this.runners) r.stop();
  }

  turn(axis) {   // another axis: who is behind on it goes first
    this.axis = axis;
    this.at = undefined;
    if (this.state === "finished" && !this.runners.every(r => this.done(r)))
      this.go();
  }

  further(factor = 2) {
    this.steps *= factor;
    this.go();
  }

  finish(axis = this.axis) {
    return Math.max(...this.runners.map(r => this.steps * r.unit(axis)));
  }

  last(r) { return Math.round(this.finish() / r.unit(this.axis)); }

  // Seconds vary, so nearly is enough there.
  done(r) {
    return r.step >= this.last(r) * (this.axis === "seconds" ? 0.98 : 1);
  }

  tick() {
    if (this.state !== "running") return;
    if (this.runners.some(r => r.failed)) this.rest("failed");
    else if (this.runners.every(r => r.kind)) this.forward();
    this.ontick(this);
    if (this.state === "finished") this.ondone(this);
  }

  forward() {
    if (this.runners.some(r => r.step < FIRST)) {   // how long do they take?
      for (const r of this.runners) r.runTo(FIRST, 0);
      return;
    }
    const open = this.runners.filter(r => !this.done(r));
    this.advance(open);
    for (const r of open) {
      const last = this.last(r), step = this.at / r.unit(this.axis);
      r.runTo(Math.max(FIRST, Math.min(last, Math.round(step))), last);
    }
    if (!open.length) this.rest("finished");
  }

  // Where all may be by now. A page that nobody sees does not wait.
  advance(open) {
    const now = performance.now(), gone = (now - this.time) / 1000;
    this.time = now;
    const slowest = Math.min(...open.map(r => r.step * r.unit(this.axis)));
    const begin = FIRST * Math.min(...this.runners.map(
      r => r.unit(this.axis)));
    const octaves = Math.log2(this.finish() / begin);
    const pace = document.hidden ? Infinity
      : 2 ** (gone * octaves / this.seconds);
    this.at = Math.min((this.at ?? slowest) * pace, slowest * 1.25,
                       this.finish());
  }
}

// A race that has begun: .pause() .go() .stop() .turn(axis) .further()
Live.race = (runners, options) => {
  const race = new Race(runners, options);
  race.go();
  return race;
};
})();
