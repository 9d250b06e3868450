// The floor of a law, by eye: the points of a seed, a slider for the floor, and
// the power law above it that misses the points least.
(() => {
  const WORDS = {
    floor: "Floor", take: "Take this floor",
    says: (floor, miss) => `Floor ${floor}: the curve misses the points by ${
      miss} % on average.`,
    points: all => `Losses by parameters: ${all}. A curve and its floor.`,
    large: "The misses, enlarged: above the line, a loss above the curve.",
    misses: all => `Misses in per cent: ${all}.`,
  };
  const STEP = .01, STEEP = 3;   // of floors; the largest exponent
  const WIDE = 1.5;              // per cent: the misses that are drawn

  // The losses that a seed has drawn, each off by some noise.
  function drawn({losses, noise}, seed) {
    const {uniform, normal} = Live.dice(), random = uniform(seed);
    return losses.map(loss => loss * (1 + noise * normal(random)));
  }

  // The law E + A (N / N[0]) ** -a that misses the losses least, counted in
  // shares of each loss, at one exponent a: {at(N), misses, miss (RMS)}.
  function power(E, a, sizes, losses) {
    const x = sizes.map((N, i) => (N / sizes[0]) ** -a / losses[i]);
    const y = losses.map(loss => 1 - E / loss);
    const sum = f => x.reduce((all, _, i) => all + f(i), 0);
    const A = sum(i => x[i] * y[i]) / sum(i => x[i] ** 2);
    return {at: N => E + A * (N / sizes[0]) ** -a,
            misses: y.map((one, i) => one - A * x[i]),
            miss: Math.sqrt(sum(i => (y[i] - A * x[i]) ** 2) / x.length)};
  }

  // The same at the best exponent: thirds are left out in turn.
  function law(E, sizes, losses) {
    let low = 0, high = STEEP;
    while (high - low > 1e-4) {
      const [a, b] = [1, 2].map(i => low + i * (high - low) / 3);
      if (power(E, a, sizes, losses).miss < power(E, b, sizes, losses).miss)
        high = b;
      else low = a;
    }
    return power(E, low, sizes, losses);
  }

  // How many steps of floors there are below all losses.
  const top = losses => Math.ceil(Math.min(...losses) / STEP) - 1;

  // What least squares finds among these floors.
  function* scaling(settings, seed) {
    const losses = drawn(settings, seed);
    let best = {miss: Infinity};
    for (let i = 0; i <= top(losses); i++) {
      const {miss} = law(i * STEP, settings.sizes, losses);
      if (miss < best.miss) best = {miss, result: i * STEP};
    }
    return {...best, end: "taken"};
  }

  // Points, curve and floor; below, what the curve misses.
  function pictures(sizes, losses) {
    const {make} = Room, ends = [sizes[0] / 2, 64 * sizes.at(-1)];
    const high = 1.1 * Math.max(...losses);
    const x = N => 100 * Math.log(N / ends[0]) / Math.log(ends[1] / ends[0]);
    const y = loss => 100 - 100 * loss / high;
    const svg = (...inside) => make("svg", {
      class: "curve", viewBox: "0 0 100 100", preserveAspectRatio: "none",
      role: "img"}, ...inside);
    const thick = {stroke: "currentColor", "stroke-width": 9,
                   "stroke-linecap": "round",
                   "vector-effect": "non-scaling-stroke"};
    const curve = make("polyline"), floor = make("line", {x1: 0, x2: 100});
    const stems = make("path", thick), above = svg(floor, curve, make("path", {
      ...thick, d: losses.map((loss, i) => `M${x(sizes[i])} ${y(loss)}h0`).join(
        "")})), below = svg(make("line", {
      x1: 0, x2: 100, y1: 50, y2: 50}), stems);
    above.style.height = "200px";
    above.setAttribute("aria-label", WORDS.points(losses.map(
      (loss, i) => `${sizes[i]}: ${loss.toFixed(3)}`).join(", ")));
    return {elements: [above, make("p", {}, WORDS.large), below],
            show(E, {at, misses}) {
      for (const end of ["y1", "y2"]) floor.setAttribute(end, y(E));
      curve.setAttribute("points", Array.from({length: 41}, (_, i) =>
        ends[0] * (ends[1] / ends[0]) ** (i / 40)).map(
        N => [x(N), y(at(N))]).join(" "));
      const off = misses.map(miss => 100 * miss);
      stems.setAttribute("d", off.map((miss, i) => `M${x(sizes[i])} 50V${
        50 - 45 * Math.max(-1, Math.min(1, miss / WIDE))}`).join(""));
      below.setAttribute("aria-label", WORDS.misses(off.map(
        miss => miss.toFixed(2)).join(", ")));
    }};
  }

  // A promise of the floor that is taken; it is found within `place`.
  Room.eye = (settings, seed, place) => new Promise(taken => {
    const {make} = Room, {sizes} = settings, losses = drawn(settings, seed);
    const {elements, show} = pictures(sizes, losses), says = make("p");
    const slider = make("input", {type: "range", min: 0, step: STEP,
      max: STEP * top(losses), value: .8, "aria-label": WORDS.floor,
      input: move});

    function move() {
      const E = Number(slider.value), found = law(E, sizes, losses);
      says.textContent = WORDS.says(E.toFixed(2), (100 * found.miss).toFixed(
        2));
      slider.setAttribute("aria-valuetext", says.textContent);
      show(E, found);
    }

    slider.style.width = "100%";
    place.replaceChildren(elements[0], slider, says, ...elements.slice(1),
      make("button", {class: "main", type: "button", click(event) {
        event.target.remove();
        slider.disabled = true;
        taken({result: Number(slider.value), end: "taken",
               more: slider.value});
      }}, WORDS.take));
    move();
  });
  Room.trains.scaling = scaling;
})();
