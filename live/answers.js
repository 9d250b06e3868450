// What a race has found, in words, as pure functions of the points that were
// examined: {right, why}, the index of the right guess and its because.
(() => {
  const WORDS = {
    never: "never (so far)", hardly: "hardly learned",
    second: "s", share: {.5: "half", .8: "four fifths", .9: "nine tenths"},
    rules: ["", "what the last token tells", "what the last two tell",
            "what the last three tell"],
    asks: {
      line: axis => `Guess first: which size is first at the line, in ${
        axis}?`,
      own: (axis, share) => "Guess first: smallest or largest, which is "
        + `first at ${share} of its own way, in ${axis}?`,
      parts: axis => `Guess first: smallest or largest, which is sooner, in ${
        axis}?`},
    none: "none of them", alike: "about alike",
    orders: (small, large) => [
      `${large}: each rule and the whole`,
      `${small}: each rule and the whole`,
      `${large} each rule, ${small} the whole`, "none of these"],
    size: name => `${name} parameters`,
    took: (name, amount) => `${name}: ${amount}`,
    limits: (small, low, large, lower) => "Because one line is not equally "
      + `far for all: so far ${small} has come down to ${low} nats above the `
      + `entropy, ${large} to ${lower}.`,
    first: name => `First: ${name}.`, noneYet: "None is there (so far).",
    cost: (small, large, times) => `Because for ${large} each token costs `
      + `${times} times the FLOPs that it costs for ${small}.`,
    time: (small, large, times) => `Because a step of ${large} took `
      + `${times} times as long as one of ${small}, here and now.`,
    ways: (small, nats, large, more) => "Because these ways are not the same: "
      + `so far that of ${small} is ${nats} nats long, that of ${large} `
      + `${more}.`,
    half: rule => `Half of ${rule}`,
    whole: share => `Of the whole, ${share}`,
    reversed: (large, nats, small, fewer) => `${large} is sooner with `
      + "every rule that both learn, and later with the whole, because it "
      + `goes on: of all three rules it has come to know ${nats} nats, `
      + `${small} ${fewer}.`,
    sooner: large => `${large} is sooner with every rule that both learn, `
      + "and with the whole.",
    level: large => `${large} is sooner with every rule that both learn, `
      + "and about level with the whole: less than a tenth apart.",
    slower: small => `${small} is sooner with every rule that both learn, `
      + "and with the whole.",
    mixed: "One answer does not fit all rules here.",
  };
  const {short, modes} = globalThis.Live;
  const {way, line, own, part, known, first, sooner} = modes;
  const nats = x => isFinite(x) ? x.toFixed(2) : "–";

  // "1.2 epochs", "never (so far)".
  function amount(racer, step, axis, missing = WORDS.never) {
    if (step === undefined) return missing;
    const x = short(step * racer.unit);
    return axis === "seconds" ? `${x} ${WORDS.second}`
      : `${x} ${x === "1" ? axis.replace(/s$/, "") : axis}`;
  }

  // "1k: 2.1 epochs; 66k: 1.2 epochs"
  function list(racers, step, axis, missing) {
    return racers.map(r => WORDS.took(
      r.name, amount(r, step(r), axis, missing))).join("; ");
  }

  // The smallest, the largest; where each would be on the axis.
  function ends(racers) {
    return [racers[0], racers.at(-1)];
  }

  function onAxis(racers, step) {
    return racers.map(r => step(r) && step(r) * r.unit);
  }

  function because([small, large], entropy, axis) {
    const above = r => nats(way(r.points).best - entropy);
    const times = short(large.unit / small.unit);
    return axis === "FLOPs" ? WORDS.cost(small.name, large.name, times)
      : axis === "seconds" ? WORDS.time(small.name, large.name, times)
      : WORDS.limits(small.name, above(small), large.name, above(large));
  }

  // The question to a race, and what may be guessed.
  function ask(mode, sizes, axis, share) {
    const names = sizes.map(WORDS.size), ends = [sizes[0], sizes.at(-1)];
    return {
      question: WORDS.asks[mode](axis, WORDS.share[share]),
      options: {line: [...names, WORDS.none], parts: WORDS.orders(...ends),
                own: [names[0], names.at(-1), WORDS.alike]}[mode]};
  }

  // Which size is first at the line? The last option: none of them.
  function answerLine(racers, {loss, entropy, axis}) {
    const step = r => line(r.points, loss);
    const winner = first(onAxis(racers, step));
    return {right: winner ?? racers.length, why: [
      winner === null ? WORDS.noneYet : WORDS.first(racers[winner].name),
      `${list(racers, step, axis)}.`,
      because(ends(racers), entropy, axis)].join(" ")};
  }

  // The smallest, the largest or about alike?
  function answerOwn(racers, {share, axis}) {
    const both = ends(racers), step = r => own(r.points, share);
    const [small, large] = both, length = r => {
      const {start, best} = way(r.points);
      return nats(start - best);
    };
    return {right: {"-1": 0, 1: 1, 0: 2}[sooner(...onAxis(both, step))] ?? -1,
            why: `${list(racers, step, axis)}. ${WORDS.ways(
              small.name, length(small), large.name, length(large))}`};
  }

  // Rules and whole sooner at the large size (0), at the small one (1);
  // rules sooner at the large one and the whole later (2); none of these (3).
  function answerParts(racers, {share, axis}) {
    const both = ends(racers), [small, large] = both;
    const wins = [1, 2, 3].filter(rule => both.every(
      r => part(r.points, rule) !== undefined)).map(
      rule => sooner(...onAxis(both, r => part(r.points, rule))));
    const whole = sooner(...onAxis(both, r => own(r.points, share)));
    const all = which => wins.length > 0 && wins.every(w => w === which);
    const right = all(1) ? {1: 0, "-1": 2}[whole] ?? 3
      : all(-1) && whole < 0 ? 1 : 3;
    const learned = r => nats([1, 2, 3].reduce(
      (sum, rule) => sum + known(r.points, rule), 0));
    return {right, why: [WORDS.sooner(large.name), WORDS.slower(small.name),
      WORDS.reversed(large.name, learned(large), small.name,
        learned(small)),
      all(1) ? WORDS.level(large.name) : WORDS.mixed][right]};
  }

  // A line per part: [what, what each size took to half of its own best].
  function partRows(racers, {share, axis}) {
    return [
      ...[1, 2, 3].map(rule => [WORDS.half(WORDS.rules[rule]), list(
        racers, r => part(r.points, rule), axis, WORDS.hardly)]),
      [WORDS.whole(WORDS.share[share]),
       list(racers, r => own(r.points, share), axis)]];
  }

  // All numbers of one size.
  function row(racer, axis, loss) {
    const {points, name} = racer, last = points.at(-1);
    const when = (step, missing) => amount(racer, step, axis, missing);
    return [
      name, when(line(points, loss)),
      ...[.5, .8, .9].map(share => when(own(points, share))),
      ...[way(points).best, last?.train ?? NaN].map(nats),
      ...[1, 2, 3].map(rule => when(part(points, rule), WORDS.hardly)),
      ...[1, 2, 3].map(rule => nats(known(points, rule)))];
  }

  globalThis.Live.answers = {
    words: WORDS, amount, ask, line: answerLine, own: answerOwn,
    parts: answerParts, rows: partRows, row};
})();
