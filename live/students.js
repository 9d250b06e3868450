// Students of a known teacher: labkit.landscape.students in plain JavaScript.
//
// One hidden ReLU layer, its outputs summed; the teacher's neurons are the k
// unit vectors. The loss is the mean over all Gaussian inputs, in closed
// form: no samples, no noise. A student of m neurons is a Float64Array of m
// rows of k weights. Source: Safran & Shamir 2018.
(() => {
  // A function without free variables but its dice (dice.js): its text goes
  // into workers.
  function students({uniform, normal} = Live.dice()) {
    const TINY = 1e-12, NONE = 1e-150, MOMENTUM = 0.9;
    const ARRIVED = 1e-3, STILL = 1e-6;   // as in labkit
    const ROUNDING = 1e-15;     // no weight moves by more: nothing will change
    const LOOK = 50;            // steps between two calls of tell

    // A student of m neurons, each weight from N(0, 1/k).
    function draw(k, m, random) {
      return Float64Array.from({length: m * k}, () =>
        normal(random) / Math.sqrt(k));
    }

    // The student with one small neuron more.
    function withNeuron(w, k, random) {
      const more = draw(k, 1, random).map(weight => 0.1 * weight);
      return Float64Array.of(...w, ...more);
    }

    // The length of each neuron.
    function lengths(w, k) {
      return Float64Array.from({length: w.length / k}, (_, i) => Math.max(
        NONE, Math.hypot(...w.subarray(i * k, i * k + k))));
    }

    // sin of the angle between two neurons, and pi minus the angle.
    const pair = {sin: 0, turn: 0, kernel: 0};
    function meet(cosine) {
      const cos = Math.min(Math.max(cosine, TINY - 1), 1 - TINY);
      pair.sin = Math.sqrt(1 - cos * cos);
      pair.turn = Math.PI - Math.acos(cos);
      pair.kernel = pair.sin + pair.turn * cos;
    }

    // Student with student: adds to slope and along; returns the overlap.
    function own(w, k, long, slope, along) {
      let total = 0;
      for (let i = 0; i < long.length; i++) for (let j = 0; j <= i; j++) {
        let dot = 0;
        const a = i * k, b = j * k, both = long[i] * long[j];
        for (let c = 0; c < k; c++) dot += w[a + c] * w[b + c];
        meet(dot / both);
        total += (i === j ? 1 : 2) * both * pair.kernel;
        along[i] += pair.sin * long[j] / long[i];
        for (let c = 0; c < k; c++) slope[a + c] += pair.turn * w[b + c];
        if (i === j) continue;
        along[j] += pair.sin * long[i] / long[j];
        for (let c = 0; c < k; c++) slope[b + c] += pair.turn * w[a + c];
      }
      return total;
    }

    // Student with teacher: takes from slope and along; returns the overlap.
    function cross(w, k, long, slope, along) {
      let total = 0;
      for (let i = 0; i < long.length; i++) for (let c = 0; c < k; c++) {
        meet(w[i * k + c] / long[i]);
        total += long[i] * pair.kernel;
        along[i] -= pair.sin / long[i];
        slope[i * k + c] -= pair.turn;
      }
      return total;
    }

    // The loss of w; fills slope with its gradient.
    function lossAndSlope(w, k, slope) {
      const long = lengths(w, k), along = new Float64Array(long.length);
      slope.fill(0);
      const total = own(w, k, long, slope, along)
        - 2 * cross(w, k, long, slope, along)
        + k * Math.PI + k * (k - 1);      // the teacher with itself
      for (let i = 0; i < w.length; i++) slope[i] = (
        slope[i] + along[Math.floor(i / k)] * w[i]) / (2 * Math.PI);
      return total / (4 * Math.PI);
    }

    // Each neuron's answer z to one input; the sum of those above zero.
    function answers(w, x, z) {
      const k = x.length;
      let sum = 0;
      for (let i = 0; i < z.length; i++) {
        let dot = 0;
        for (let c = 0; c < k; c++) dot += w[i * k + c] * x[c];
        z[i] = dot;
        if (dot > 0) sum += dot;
      }
      return sum;
    }

    // The gradient on a few random inputs only: noisy.
    function sampledSlope(w, k, slope, random, samples) {
      const x = new Float64Array(k), z = new Float64Array(w.length / k);
      slope.fill(0);
      for (let n = 0; n < samples; n++) {
        let wanted = 0;
        for (let c = 0; c < k; c++)
          wanted += Math.max(0, x[c] = normal(random));
        const error = (answers(w, x, z) - wanted) / samples;
        for (let i = 0; i < z.length; i++) if (z[i] > 0)
          for (let c = 0; c < k; c++) slope[i * k + c] += error * x[c];
      }
    }

    // One step with momentum, in place; the longest move of a weight.
    function step(w, velocity, slope, rate) {
      let moved = 0;
      for (let i = 0; i < w.length; i++) {
        velocity[i] = MOMENTUM * velocity[i] - slope[i] * rate;
        w[i] += velocity[i];
        moved = Math.max(moved, Math.abs(velocity[i]));
      }
      return moved;
    }

    // Descend from w in place, at rate 1/m; tell(loss, step) now and then.
    // Ends early where a step moves no weight; the number of steps made.
    function descend(w, k, steps, tell = () => {}) {
      const velocity = new Float64Array(w.length), rate = k / w.length;
      const slope = new Float64Array(w.length);
      for (let done = 0; done < steps; done++) {
        const loss = lossAndSlope(w, k, slope);
        if (done % LOOK === 0) tell(loss, done);
        if (step(w, velocity, slope, rate) < ROUNDING || !isFinite(loss))
          return done + 1;
      }
      return steps;
    }

    // The same on noisy gradients, at half the rate.
    function wander(w, k, steps, samples, random, tell = () => {}) {
      const velocity = new Float64Array(w.length), rate = k / w.length / 2;
      const slope = new Float64Array(w.length);
      for (let done = 0; done < steps; done++) {
        if (done % LOOK === 0) tell(lossAndSlope(w, k, slope), done);
        sampledSlope(w, k, slope, random, samples);
        step(w, velocity, slope, rate);
      }
    }

    // The Hessian of the loss, by differences of gradients: rows.
    function hessian(w, k, by = 1e-5) {
      return Array.from(w, (_, i) => {
        const [up, down] = [by, -by].map(change => {
          const moved = w.slice(), slope = new Float64Array(w.length);
          moved[i] += change;
          lossAndSlope(moved, k, slope);
          return slope;
        });
        return up.map((value, c) => (value - down[c]) / (2 * by));
      });
    }

    // Does the ground rise from w in every direction? By Cholesky.
    function curvesUp(w, k) {
      const H = hessian(w, k), n = w.length;
      for (let i = 0; i < n; i++) for (let j = 0; j <= i; j++) {
        let rest = (H[i][j] + H[j][i]) / 2;
        for (let c = 0; c < j; c++) rest -= H[i][c] * H[j][c];
        if (i === j && rest <= 0) return false;
        H[i][j] = i === j ? Math.sqrt(rest) : rest / H[j][j];
      }
      return true;
    }

    // Where a student ended: "arrived", "stuck" (a true minimum, checked),
    // "lost" (not finite) or "open": still on its way, or at no minimum.
    function fate(w, k) {
      const slope = new Float64Array(w.length);
      const loss = lossAndSlope(w, k, slope);
      const end = !isFinite(loss) ? "lost" : loss <= ARRIVED ? "arrived"
        : Math.hypot(...slope) < STILL && curvesUp(w, k) ? "stuck" : "open";
      return {loss, end};
    }

    // One job of a worker: a student from new dice, or one that is stuck and
    // goes on by a way: "steps", "noise" or "neuron".
    function train({k, m, seed, steps, from, way, samples}, tell) {
      const random = uniform(seed);
      let w = from ? Float64Array.from(from) : draw(k, m, random);
      if (way === "neuron") w = withNeuron(w, k, random);
      if (way === "noise") wander(w, k, steps, samples, random, tell);
      const made = descend(w, k, steps, tell);
      return {...fate(w, k), w, still: made < steps};
    }

    return {draw, withNeuron, lossAndSlope, sampledSlope, descend,
            wander, hessian, curvesUp, fate, train};
  }

  // --- of a class of students {loss, end} ----------------------------------

  const count = (all, end) => all.filter(one => one.end === end).length;

  // Each gets its place, the highest loss first.
  const rank = all => all.toSorted((a, b) => b.loss - a.loss).forEach(
    (one, i) => { one.place = i + 1; });

  // Four ranges [low, high] of how many of n.
  function ranges(n) {
    const from = i => Math.ceil(i * (n + 1) / 4);
    return [0, 1, 2, 3].map(i => [from(i), from(i + 1) - 1]);
  }

  Object.assign(globalThis.Live ??= {}, {
    students, fates: {count, rank, ranges}});
})();
