// A phone's own run: its seed is trained in the page, lands among the others,
// and becomes a line of twelve characters.
(() => {
  const {make} = Room;
  const WORDS = {
    yours: (label, seed) => `Yours: ${label}, seed ${seed}.`,
    train: "Train it", again: "Train again",
    busy: "It trains … Keep the page open; it takes a few seconds.",
    points: "Show my points", look: "Move the floor until the curve runs "
      + "through the points.",
    share: "How far the training is",
    curve: "What the training shows, against time",
    ends: {arrived: {landscape: "It arrived: the loss is zero.",
                     epochs: x => `It arrived after ${x} epochs.`,
                     lottery: x => `It has solved the task after ${x} steps.`,
                     compute: (x, more) => `It arrived after ${Room.short(
                       Number(x))} billion FLOPs, ${Room.short(more)} epochs.`,
                     interference: x => `It knows all tasks after ${x} steps.`},
           taken: (_, more) => `Your floor is ${more}.`,
           stuck: x => `It is stuck in a pit: the loss stays at ${x}.`,
           never: {interference: (_, more) => `At the end it knows ${more} `
                     + "tasks, not all.", other: "It did not arrive within this run."},
           open: "It is not at rest yet.",
           lost: "Its numbers have blown up."},
    line: "Your line, if the teacher asks for it:",
    failed: "The engine could not be loaded; try again.",
    none: "This lab does not run on a phone. If you have run it on a computer, "
      + "type its line.",
    among: "Yours among the others", choose: "Now with a choice of your own",
    names: {width: "neurons", lr: "learning rate", m: "neurons"},
    typed: "A line from the lab", send: "Send", thanks: "Thank you.",
    printed: text => `The lab’s number is not the phones’: ${text}.`,
  };
  const BY_EYE = "scaling";              // is not trained, but looked at
  const LOG = {landscape: [1e-5, 10]};   // of what is drawn; others linear
  const GOAL = {landscape: () => 1e-3, epochs: ({target}) => target,
                compute: ({target}) => target, lottery: () => .9,
                interference: ({tasks}) => tasks};
  const RANGE = {epochs: [0, 2], compute: [0, 2], lottery: [0, 1],
                 interference: [0, 8.5]};

  // The end of a run in words.
  function told({lab, result, end, more}) {
    const words = WORDS.ends[end] ?? WORDS.ends.never;
    const says = typeof words === "object" ? words[lab] ?? words.other : words;
    return typeof says === "function" ? says(result === null ? "" : result < 1
      ? Number(result.toFixed(4)) : Room.short(result), more) : says;
  }

  // A curve as wide as the page: the training so far, and its goal.
  function curve(lab, settings) {
    const [low, high] = LOG[lab] ?? RANGE[lab], points = [];
    const part = y => LOG[lab] ? Math.log(y / low) / Math.log(high / low)
      : (y - low) / (high - low);
    const up = y => 100 - 100 * Math.min(1, Math.max(0, part(y)));
    const y1 = up(GOAL[lab](settings)), line = make("polyline");
    const goal = make("line", {x1: 0, x2: 100, y1, y2: y1});
    return {element: make("svg", {
      class: "curve", viewBox: "0 0 100 100", preserveAspectRatio: "none",
      role: "img", "aria-label": WORDS.curve}, goal, line), add(news) {
      for (const {share, y} of news) if (y !== undefined
        && !(100 * share - points.at(-1)?.[0] < .3))
        points.push([100 * share, up(y)]);
      line.setAttribute("points", points.join(" "));
    }, stretch() {   // a run that is over is as wide as the page
      const wide = Math.max(1, points.at(-1)?.[0] ?? 100);
      this.element.setAttribute("viewBox", `0 0 ${wide} 100`);
      goal.setAttribute("x2", wide);
    }};
  }

  // The end of a training; its curve is shown.
  async function train(lab, chosen, seed, place, bar) {
    const seen = curve(lab, chosen);
    place.replaceChildren(seen.element);
    bar.hidden = false;
    const end = await Room.work(Room.trains[lab](chosen, seed), news => {
      seen.add(news);
      bar.value = Math.max(bar.value, ...news.map(one => one.share));
    });
    seen.stretch();
    return end;
  }

  // One group's run, with the seed of this phone. say(run) sends the row.
  function own(stage, group, seed, former, say) {
    const {lab} = stage, settings = stage.groups[group];
    const eye = lab === BY_EYE;
    const button = make("button", {class: "main", type: "button"},
                        eye ? WORDS.points : WORDS.train);
    const status = make("p", {class: "said", role: "status"});
    const bar = make("progress", {
      max: 1, value: 0, "aria-label": WORDS.share, hidden: true});
    const place = make("div"), line = make("p", {hidden: true});
    const picks = choices(settings.choose);

    function show(run) {
      status.textContent = told(run);
      line.replaceChildren(WORDS.line, make("br"),
                           make("code", {}, Room.line(run)));
      line.hidden = false;
      if (picks.length) button.textContent = WORDS.again;
      else button.hidden = true;
    }

    async function go() {
      if (button.getAttribute("aria-disabled") === "true") return;
      button.setAttribute("aria-disabled", "true");
      status.textContent = eye ? WORDS.look : WORDS.busy;
      const chosen = {...settings, ...Object.fromEntries(picks.map(
        ({name, pick}) => [name, Number(pick.value)]))};
      try {
        await Room.engine(lab);
        const {result, end, more} = await (eye ? Room.eye(chosen, seed, place)
          : train(lab, chosen, seed, place, bar));
        const run = {lab, group, seed, result, end, more};
        show(run);
        say(run);
      } catch {
        status.textContent = WORDS.failed;
      }
      bar.hidden = true;
      bar.value = 0;
      button.setAttribute("aria-disabled", "false");
    }

    button.addEventListener("click", go);
    if (former) show(former);
    return make("section", {}, make("p", {}, WORDS.yours(settings.label, seed)),
      make("div", {class: "row"}, ...picks.map(({label}) => label), button),
      bar, status, place, line);
  }

  // What a student may set: {name: [values]}.
  const choices = (choose = {}) => Object.entries(choose).map(
    ([name, values]) => {
      const pick = make("select", {}, ...values.map(
        value => make("option", {value}, String(value))));
      return {name, pick, label: make("label", {}, WORDS.names[name] ?? name,
                                      make("br"), pick)};
    });

  // A run stage: own group first, then a group of one's own choice; a line
  // that the lab has printed. runs: of this phone, say(message), seat.
  Room.seed = (stage, {seat, runs, say}) => {
    const {lab, groups} = stage, all = groups.map((_, i) => i);
    const dealt = all.filter(i => !groups[i].choose);
    const group = dealt[(seat - 1) % dealt.length];
    const former = g => runs().find(run => run.lab === lab && run.group === g);
    const free = make("div"), done = run => {
      say(run);
      if (run.group === group) more();
    };
    const part = g => own(stage, g, seat, former(g), done);
    const more = () => free.childElementCount || free.append(...all.filter(
      i => groups[i].choose).flatMap(i => [make("h2", {}, WORDS.choose),
                                           part(i)]));
    const picture = make("svg", {class: "dots", role: "img", hidden: true});
    let others = [];
    const redraw = Room.dots.follow(picture, () => ({
      lab, unit: stage.unit, within: others.flat(), groups: groups.map(
        ({label}, g) => ({label, runs: mixed(others[g] ?? [], former(g))}))}));
    picture.style.height = `${100 * groups.length + 40}px`;
    if (former(group)) more();
    const section = make("section", {}, make("h2", {}, stage.text),
      ...Room.trains[lab] || lab === BY_EYE ? [part(group), picture, free]
        : [make("p", {}, WORDS.none)], typed(stage, say));
    return {section, group, among(found) {
      others = found;
      picture.toggleAttribute("hidden", !former(group));
      redraw();
    }};
  };

  // The results of all, and which of them is one's own.
  function mixed(results, run) {
    const all = results.map(result => ({result}));
    if (!run) return all;
    const same = x => x === run.result || x !== null && run.result !== null
      && Math.abs(x - run.result) < 1e-4;
    const at = results.findIndex(same);
    return [...all.filter((_, i) => i !== at),
            {result: run.result, own: true}];
  }

  // A line from a lab, read before it is sent.
  function typed({printed}, say) {
    const box = make("input", {
      autocomplete: "off", autocapitalize: "characters", spellcheck: "false",
      size: 16});
    const status = make("p", {role: "status"});
    return make("details", {}, make("summary", {}, WORDS.typed), make(
      "p", {}, WORDS.printed(printed)), make("form", {
      class: "row", submit: event => {
        event.preventDefault();
        const {wrong, ...run} = Room.read(box.value);
        status.textContent = wrong ?? WORDS.thanks;
        if (!wrong) say(run, box.value.trim());
      }}, make("label", {}, WORDS.typed, make("br"), box),
      make("button", {}, WORDS.send)), status);
  }
})();
