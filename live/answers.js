// What a race has found, in words, as pure functions of the points that were
// examined: [right, why], the index of the right guess and its because.
(() => {
  const AXIS_WORDS = {epochs: "epochs", tokens: "tokens", FLOPs: "FLOPs",
                      seconds: "seconds"};
  const axes = axis => AXIS_WORDS[axis];
  axes.of = all => Object.fromEntries(all.map(axis => [axis, axes(axis)]));
  const WORDS = {
    never: "not yet", hardly: "hardly learned",
    amounts: {epochs: x => x === "1" ? "1 epoch" : `${x} epochs`,
              tokens: x => `${x} tokens`, FLOPs: x => `${x} FLOPs`,
              seconds: x => `${x} s`},
    share: {.5: "half", .8: "four fifths", .9: "nine tenths"},
    rules: ["", "what the last token tells", "what the last two tell",
            "what the last three tell"],
    asks: {
      line: axis => `Guess first: which size is first at the line, in ${
        axes(axis)}?`,
      own: (axis, share) => "Guess first: smallest or largest, which is "
        + `first at ${share} of its own way, in ${axes(axis)}?`,
      parts: (axis, share) => "Guess first: which is sooner with half of "
        + `each rule, and with ${share} of the whole, in ${axes(axis)}?`},
    none: "none of them", alike: "about alike",
    orders: (small, large) => [
      `${large}: rules and whole`, `${small}: rules and whole`,
      `${large} the rules, ${small} the whole`, "none of these"],
    size: name => `${name} parameters`,
    took: (name, amount) => `${name}: ${amount}`,
    first: (name, line, axis) => `First at ${
      line} nats above the entropy, in ${axes(axis)}: ${name}.`,
    noneYet: line => `None is at ${line} nats above the entropy (so far).`,
    limits: (small, low, large, lower) => `so far ${small} has come down to ${
      low} nats above the entropy, ${large} to ${lower}`,
    far: "Because one line is not equally far for all: ",
    lower: ": the line is lower",
    lead: {"-1": "Because ", 1: "And that although "},
    FLOPs: (small, large, times) => `for ${large} each token costs ${
      times} times the FLOPs that it costs for ${small}`,
    seconds: (small, large, times) => `a step of ${large} took ${
      times} times as long as one of ${small}, here and now`,
    noWay: "Neither is there (so far).",
    ownFirst: (small, large, name, share, axis) => `Of ${small} and ${
      large}, ${name} is first at ${share} of its own way, in ${axes(axis)}.`,
    ownAlike: (small, large, share, axis) => `${small} and ${large} are about `
      + `alike at ${share} of their own ways, in ${axes(axis)}.`,
    ways: (small, nats, large, more) => `so far the way of ${small} is ${
      nats} nats long, that of ${large} ${more}`,
    differ: "Because these ways are not the same: ",
    half: rule => `Half of ${rule}`,
    whole: share => `Of the whole, ${share}`,
    reversed: (large, nats, small, fewer) => `${large} is sooner with half of `
      + "every rule that both learn, and later with the whole, because it "
      + "goes on: its ring in the last picture stands higher, so it comes "
      + "later, even where its line is above. "
      + "Add up the peaks of the first three pictures: "
      + `${nats} nats, against ${fewer} of ${small}. The whole adds how `
      + "common each token is, which has no picture.",
    later: large => `${large} is sooner with half of `
      + "every rule that both learn, and later with the whole.",
    sooner: large => `${large} is sooner with half of `
      + "every rule that both learn, and with the whole.",
    level: large => `${large} is sooner with half of `
      + "every rule that both learn, and about level with the whole: less "
      + "than a tenth apart.",
    slower: small => `${small} is sooner with half of `
      + "every rule that both learn, and with the whole.",
    mixed: "One answer does not fit all rules here.",
  };
  const {short, modes, joined, sentence} = globalThis.Live;
  const {way, line, own, part, known, first, sooner} = modes;
  const nats = x => isFinite(x) ? x.toFixed(2) : "–";
  const COSTS = ["FLOPs", "seconds"];

  // "1.2 epochs", "not yet".
  function amount(racer, step, axis, missing = WORDS.never) {
    if (step === undefined) return missing;
    const x = short(step * racer.unit);
    return WORDS.amounts[axis](x);
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

  // Dearer steps explain who is first, or stand against it (how: -1 if the
  // small one is first, 1 if the large one is); nothing if they are alike.
  function dear([small, large], axis, how) {
    const times = large.unit / small.unit, text = WORDS[axis](
      small.name, large.name, short(times));
    return sentence((times > 1.1 && WORDS.lead[how] || "") + text);
  }

  // Why this one is first at the line, or none is. What each token costs is
  // compared with the largest that arrives, or the smallest.
  function limits(racers, winner, {target, entropy, axis}) {
    const there = racers.filter(
      r => line(r.points, entropy + target) !== undefined);
    const best = racers[winner], last = there.at(-1);
    const small = racers[0], other = winner ? best : racers.at(-1);
    const low = r => way(r.points).best - entropy;
    const text = WORDS.limits(small.name, nats(low(small)), other.name,
                              nats(low(other)));
    if (winner === null) return sentence(text + WORDS.lower);
    if (COSTS.includes(axis) && there[1]) return last === best
      ? dear([there[0], best], axis, 1) : dear([best, last], axis, -1);
    return sentence((winner && low(other) < low(small) ? WORDS.far : "")
      + text);
  }

  // The question to a race, and what may be guessed.
  function ask({mode, sizes, axis, share}) {
    const all = sizes.map(modes.named), names = all.map(WORDS.size);
    const ends = [all[0], all.at(-1)];
    return {
      question: WORDS.asks[mode](axis, WORDS.share[share]),
      options: {line: [...names, WORDS.none], parts: WORDS.orders(...ends),
                own: [names[0], names.at(-1), WORDS.alike]}[mode]};
  }

  // Which size is first at the line? The last option: none of them.
  function answerLine(racers, {target, entropy, axis}) {
    const step = r => line(r.points, entropy + target), at = nats(target);
    const winner = first(onAxis(racers, step));
    return [winner ?? racers.length, joined([
      winner === null ? WORDS.noneYet(at)
        : WORDS.first(racers[winner].name, at, axis),
      limits(racers, winner, {target, entropy, axis})])];
  }

  // The lengths of two ways explain who is first only if that way is shorter.
  function ways([small, large], axis, how) {
    if (COSTS.includes(axis)) return dear([small, large], axis, how);
    const [short, long] = [small, large].map(({points}) => {
      const {start, best} = way(points);
      return start - best;
    });
    const side = how * (long - short);   // below 0: the shorter is first
    return sentence((side < 0 ? WORDS.differ : side > 0 ? WORDS.lead[1] : "")
      + WORDS.ways(small.name, nats(short), large.name, nats(long)));
  }

  // The smallest, the largest or about alike?
  function answerOwn(racers, {share, axis}) {
    const both = ends(racers), step = r => own(r.points, share);
    const names = both.map(r => r.name), part = WORDS.share[share];
    const how = sooner(...onAxis(both, step));
    const found = isNaN(how) ? WORDS.noWay : how
      ? WORDS.ownFirst(...names, names[how < 0 ? 0 : 1], part, axis)
      : WORDS.ownAlike(...names, part, axis);
    return [{"-1": 0, 1: 1, 0: 2}[how] ?? -1,
            `${found} ${ways(both, axis, how)}`];
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
    const [few, many] = both.map(r => [1, 2, 3].reduce(
      (sum, rule) => sum + known(r.points, rule), 0));
    const [low, high] = both.map(({points}) => {   // where the rings are
      const {start, best} = way(points);
      return -start - share * (best - start);
    });
    return [right, [WORDS.sooner(large.name), WORDS.slower(small.name),
      many > few && high > low ? WORDS.reversed(
        large.name, nats(many), small.name, nats(few))
        : WORDS.later(large.name),
      all(1) ? WORDS.level(large.name) : WORDS.mixed][right]];
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
    words: WORDS, axes, amount, ask, line: answerLine, own: answerOwn,
    parts: answerParts, rows: partRows, row};
})();
