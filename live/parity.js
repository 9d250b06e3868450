// Parity tasks that share one network: labkit.members.parity, plain.
//
// An example is some random signs and the name of a task; its label is the
// product of the signs in the task's own places. Adam on new examples, as
// labkit.members.adam. Source: Michaud et al. 2023.
(() => {
  // A function without free variables but its dice (dice.js): its text goes
  // into workers.
  function parity(dice = Live.dice()) {
    const {uniform, normal} = dice;
    const BITS = 16, NAME = 4, BATCH = 256, EXAM = 256, LEARNED = 0.9;
    const PLACES = 2;        // of a task, in a mixture
    const BASE = 64;         // the width where muP and standard are the same
    const KEEP = 0.9, KEEP_SQUARES = 0.99, TINY = 1e-8;   // of Adam

    // The places of each task, k of them, all tasks different.
    function places(tasks, k, random, bits = BITS) {
      const found = new Map();
      while (found.size < tasks) {
        const one = new Set();
        while (one.size < k) one.add(Math.floor(random() * bits));
        const sorted = [...one].sort((a, b) => a - b);
        found.set(sorted.join(), sorted);
      }
      return [...found.values()];
    }

    // Examples {signs, task, label}, n rows; pick() is the next one's task.
    function examples(n, where, pick, random, bits = BITS) {
      const signs = new Float64Array(n * bits), task = new Int32Array(n);
      const label = new Float64Array(n).fill(1);
      for (let i = 0; i < n; i++) {
        const word = Math.floor(random() * 2 ** 32), row = i * bits;
        for (let b = 0; b < bits; b++)
          signs[row + b] = ((word >>> b) & 1) * 2 - 1;
        task[i] = pick();
        for (const place of where[task[i]]) label[i] *= signs[row + place];
      }
      return {signs, task, label};
    }

    // A number of a task, by their frequencies.
    function picker(frequencies, random) {
      const last = frequencies.length - 1;
      return () => {
        let left = random();
        for (let i = 0; i < last; i++) if ((left -= frequencies[i]) < 0)
          return i;
        return last;
      };
    }

    // One hidden ReLU layer: a row of weights into each unit, then those out
    // of the units.
    class Network {
      constructor(width, tasks, random, bits = BITS) {
        const inputs = bits + tasks, size = (inputs + 1) * width;
        Object.assign(this, {width, tasks, bits, inputs, steps: 0});
        this.split = inputs * width;
        this.theta = Float64Array.from({length: size}, (_, i) =>
          normal(random) * (i < this.split ? inputs ** -0.5
            : 0.1 * BASE ** 0.5 / width));
        for (const part of ["mean", "squares", "slope"])
          this[part] = new Float64Array(size);
        this.hidden = new Float64Array(width);
      }

      // Sets hidden for example i; returns the output, whose sign answers.
      output({signs, task}, i) {
        const {bits, inputs, theta, hidden, split} = this;
        const name = bits + task[i], x = i * bits;
        let sum = 0;
        for (let u = 0; u < hidden.length; u++) {
          const row = u * inputs;
          let z = NAME * theta[row + name];
          for (let b = 0; b < bits; b++) z += signs[x + b] * theta[row + b];
          hidden[u] = z > 0 ? z : 0;
          sum += hidden[u] * theta[split + u];
        }
        return sum;
      }

      // Adds to slope the gradient of example i, times pull.
      back({signs, task}, i, pull) {
        const {bits, inputs, theta, hidden, split, slope} = this;
        const name = bits + task[i], x = i * bits;
        for (let u = 0; u < hidden.length; u++) {
          if (!hidden[u]) continue;
          const row = u * inputs, through = pull * theta[split + u];
          slope[split + u] += pull * hidden[u];
          slope[row + name] += NAME * through;
          for (let b = 0; b < bits; b++)
            slope[row + b] += through * signs[x + b];
        }
      }

      // The gradient of the mean of weight[task] log(1 + exp(-y f(x))).
      gradient(batch, weight = null) {
        const n = batch.label.length;
        this.slope.fill(0);
        for (let i = 0; i < n; i++) {
          const y = batch.label[i];
          if (weight && !weight[batch.task[i]]) continue;
          const f = this.output(batch, i);
          this.back(batch, i, (weight ? weight[batch.task[i]] : 1)
            * -y / (1 + Math.exp(y * f)) / n);
        }
        return this.slope;
      }

      // One step of Adam, at muP's rates.
      learn(batch, lr, weight = null) {
        const {theta, mean, squares, split, width} = this;
        const slope = this.gradient(batch, weight), t = ++this.steps;
        const first = 1 - KEEP ** t, second = 1 - KEEP_SQUARES ** t;
        for (let i = 0; i < theta.length; i++) {
          const g = slope[i], rate = i < split ? lr : lr * BASE / width;
          mean[i] += (1 - KEEP) * (g - mean[i]);
          squares[i] += (1 - KEEP_SQUARES) * (g * g - squares[i]);
          theta[i] -= rate / first * mean[i]
            / (Math.sqrt(squares[i] / second) + TINY);
        }
      }

      // The share of right answers, for each task.
      graded(exam) {
        const right = new Array(this.tasks).fill(0), n = exam.label.length;
        for (let i = 0; i < n; i++) if (
          exam.label[i] * this.output(exam, i) > 0) right[exam.task[i]]++;
        return right.map(count => count * this.tasks / n);
      }
    }

    // Frequencies of the tasks, proportional to rank ** -exponent.
    function powerLaw(tasks, exponent) {
      const all = Array.from({length: tasks}, (_, i) => (i + 1) ** -exponent);
      const sum = all.reduce((a, b) => a + b);
      return all.map(frequency => frequency / sum);
    }

    // How much each task's loss weighs: "alone" ignores the examples of the
    // frequent half.
    function weigh(arm, tasks) {
      return Array.from({length: tasks}, (_, i) =>
        Number(arm !== "alone" || i >= tasks / 2));
    }

    // When to look: 0, then twice per doubling.
    function looks(until) {
      const all = [until];
      while (all[0] > 20) all.unshift(Math.round(until * 2 ** (
        -all.length / 2)));
      return new Set([0, ...all]);
    }

    // The same examples for every task, in order.
    function examOf(where, tasks) {
      let number = 0;
      return examples(EXAM * tasks, where, () => Math.floor(
        number++ / EXAM), uniform(0));
    }

    // One network among its tasks, from the start or on from a state; tells
    // {step, right: [share of each task]} and returns the new state.
    function train({width, tasks, frequencies, lr, seed, arm}, until, from,
                   tell) {
      const begun = from?.steps ?? 0;
      const where = places(tasks, PLACES, uniform(seed, 1));
      const net = new Network(width, tasks, uniform(seed, 2));
      Object.assign(net, from);
      const weights = weigh(arm, tasks), random = uniform(seed, 3 + begun);
      const pick = picker(frequencies, random);
      const exam = examOf(where, tasks), when = looks(until);
      for (let step = begun; step <= until; step++) {
        if (when.has(step) && (step > begun || !begun))
          tell({step, right: net.graded(exam)});
        if (step < until)
          net.learn(examples(BATCH, where, pick, random), lr, weights);
      }
      const {theta, mean, squares, steps} = net;
      return {theta, mean, squares, steps};
    }

    return {...dice, BITS, BATCH, EXAM, LEARNED, places, examples, picker,
            Network, powerLaw, weigh, looks, train};
  }

  // --- what a run {arm, points: [{step, right}]} has shown ------------------

  const {LEARNED} = parity();
  const last = ({points}) => points.at(-1);

  // How many tasks it is about, all or the rare half; how many of the last
  // ones are known; how many at its last look; when it knew all rare ones.
  const total = run => last(run).right.length / (run.arm === "alone" ? 2 : 1);
  const count = (right, tasks) => right.slice(right.length - tasks).filter(
    share => share > LEARNED).length;
  const known = run => count(last(run).right, total(run));
  const when = ({points}) => points.find(({right}) =>
    count(right, right.length / 2) === right.length / 2)?.step;

  // Its points without those of a part that was interrupted.
  const finished = ({state, points}) => points.filter(
    ({step}) => state && step <= state.steps);

  // How it stood when it had a part of its steps; does it know more since?
  function since(run, part) {
    const {step, right} = run.points.findLast(
      point => point.step <= last(run).step * part);
    const was = count(right, total(run));
    return {step, known: was, more: known(run) > was};
  }

  // Where one stands who waits for a mixture, and may have seen its control.
  function standing(mixture, equal, longest) {
    const all = run => known(run) === total(run);
    if (!mixture?.points.length) return "dark";
    if (all(mixture)) return "all";
    if (equal) return all(equal) ? "room" : "full";
    return last(mixture).step >= longest ? "waited" : "dark";
  }

  Object.assign(globalThis.Live ??= {}, {
    parity, shown: {last, total, count, known, when, since, standing,
                    finished}});
})();
