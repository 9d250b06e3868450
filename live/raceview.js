// What is seen of a race: charts, read-outs, a table of all numbers.
(() => {
  const {make, short, modes, answers} = globalThis.Live;
  const {words: said, amount} = answers;
  const WORDS = {
    axes: {epochs: "epochs: how often the text was read",
           tokens: "tokens read",
           FLOPs: "FLOPs: 6 for each parameter and token",
           seconds: "seconds of computing, here and now"},
    loss: "loss on unseen text, nats per token",
    way: "share of its own way", knows: "nats known",
    parts: ["", "The last token tells", "The last two tell",
            "The last three tell", "The whole"],
    rules: "Rule 1 looks at the last token, rule 2 at the last two, rule 3 "
      + "at the last three.",
    ring: "A ring stands where a size knows half of what it has come to know "
      + "of this so far; in the last picture, at its share of its own way.",
    entropy: "entropy: the best on new text",
    line: nats => `↕ line: ${nats} above the entropy`,
    own: share => `${share} of its own way`,
    table: "All numbers as a table",
    caption: ({text, unique, lr, seed, axis}) => (text === "new"
      ? "New text all the time" : `A text of ${unique} tokens that repeats`)
      + `; learning rate ${lr}; seed ${seed}. Times in ${
        answers.axes(axis)}, losses and `
      + "what is known in nats per token.",
    heads: ["parameters", "to the line", "half of its own way",
            "four fifths", "nine tenths", "lowest loss", "training loss",
            "half of rule 1", "half of rule 2", "half of rule 3",
            "known of rule 1", "known of rule 2", "known of rule 3"],
    picture: (mode, axis) => `Curves, one for each size, against ${
      answers.axes(axis)}: ${mode}. The table below has all numbers.`,
    settings: "Another race: sizes, text, rate, length",
    sizes: "Parameters of the models, two to four sizes", text: "The text",
    texts: {repeated: "a small one that repeats", new: "new all the time"},
    unique: "Tokens until it repeats:", rate: "Learning rate:",
    length: "Length of the race:",
    epochs: n => `${n} epochs`, tokens: n => `${short(n)} tokens`,
  };
  const TEXTS = [3200, 6400, 12800, 25600, 51200];
  const RATES = [.001, .003, .01, .03, .1], LENGTHS = [8, 16, 32, 64, 128];
  const WIDTHS = [8, 16, 32, 64, 128, 256, 512];

  class RaceView {
    // names: {mode: name}; onaim gets the loss to which the line is dragged
    constructor(names, onaim) {
      const chart = (height, title) => new Live.Chart(
        {x: {log: true, title: ""}, y: {title}, height});
      this.charts = {line: [chart(330, WORDS.loss)],
                     own: [chart(330, WORDS.way)],
                     parts: WORDS.parts.slice(1).map(
                       name => chart(200, `${name}: ${WORDS.knows}`))};
      this.boxes = Object.fromEntries(Object.entries(this.charts).map(
        ([mode, charts]) => [mode, make("div", {class: `race-${mode}`},
                                        ...charts.map(c => c.element))]));
      this.boxes.parts.append(make("p", {class: "live-quiet"},
                                   `${WORDS.rules} ${WORDS.ring}`));
      this.answer = make("div");   // stands below the picture
      this.readout = make("ul", {class: "race-readout"});
      this.table = Live.table(WORDS.table);
      this.element = make("div", {}, ...Object.values(this.boxes),
                          this.answer, this.readout);
      Object.assign(this, {names, onaim});
    }

    draw(racers, now, entropy) {
      const {mode, axis} = now;
      for (const name in this.boxes) this.boxes[name].hidden = name !== mode;
      this.pictures(racers, now, entropy).forEach((what, i) => {
        const chart = this.charts[mode][i];
        chart.axes.x.title = mode === "parts" ? axis : WORDS.axes[axis];
        chart.draw({...what, ...racers.length ? {} : {x: modes.plan(now)},
                    label: WORDS.picture(this.names[mode], axis)});
      });
      this.read(racers, now, entropy);
    }

    // What is drawn: one picture, or one a part.
    pictures(racers, now, entropy) {
      const {mode, target, share, text} = now, loss = entropy + target;
      const training = now.training && text !== "new";
      if (mode === "line") return [{
        ...modes.drawLine(racers, {loss, training, entropy}),
        below: {y: entropy, text: WORDS.entropy},
        goal: {y: loss, text: WORDS.line(target.toFixed(2)),
               onmove: this.onaim}}];
      if (mode === "own") return [{
        ...modes.drawOwn(racers, share),
        goal: {y: share, text: WORDS.own(said.share[share])}}];
      return [...[1, 2, 3].map(rule => modes.drawPart(racers, rule)),
              modes.drawWhole(racers, share)];
    }

    read(racers, {mode, axis, share, target}, entropy) {
      const step = ({points}) => mode === "own" ? modes.own(points, share)
        : modes.line(points, entropy + target);
      const rows = mode === "parts" ? answers.rows(racers, {share, axis})
        : racers.map(r => [r.name, amount(r, step(r), axis)]);
      this.readout.replaceChildren(...racers.length ? rows.map(
        ([name, text]) => make("li", {}, make("b", {}, `${name} `), text))
        : []);
    }

    // The table of all numbers.
    fill(racers, now, entropy) {
      this.table.fill(WORDS.caption(now), WORDS.heads, racers.map(
        r => answers.row(r, now.axis, entropy + now.target)));
    }
  }

  // A slider over a few values, one of which may be the page's own.
  function ladder(label, values, value, onchange, says) {
    const all = [...new Set([...values, value])].sort((a, b) => a - b);
    return Live.slider(label, {min: 0, max: all.length - 1, step: 1,
                               value: all.indexOf(value)},
                       i => onchange(all[i]), i => says(all[i]));
  }

  // What begins another race: onreset gets the settings that are new.
  function raceSettings(now, onreset) {
    const set = name => to => onreset({[name]: to});
    const sizes = Object.fromEntries(WIDTHS.map(w => [w, short(129 * w)]));
    const unique = make("div", {}, ladder(
      WORDS.unique, TEXTS, now.unique, set("unique"), String));
    const length = make("div"), suit = () => {   // new text has no epochs
      const fresh = now.text === "new";
      unique.hidden = fresh;
      length.replaceChildren(ladder(
        WORDS.length, LENGTHS, now.epochs, set("epochs"),
        n => fresh ? WORDS.tokens(n * now.unique) : WORDS.epochs(n)));
    };
    suit();
    return make("details", {}, make("summary", {}, WORDS.settings),
      make("div", {class: "live-panel"},
        Live.checks(WORDS.sizes, sizes, now.sizes,
          to => onreset({sizes: to.map(Number)})),
        Live.radios(WORDS.text, WORDS.texts, now.text, text => {
          onreset({text});
          suit();
        }),
        make("div", {class: "live-row"}, unique, length,
          ladder(WORDS.rate, RATES, now.lr, set("lr"), String))));
  }

  Object.assign(globalThis.Live, {RaceView, raceSettings});
})();
