// Lines of twelve characters that a class reads out or pastes: which hold a
// run of this lesson, and what is wrong with each of the others.
(() => {
  const {make} = Room;
  const WORDS = {
    lab: lab => `this is a run of “${lab}”, which this lesson has not`,
    group: group => `this is a run of group ${group + 1}, which is not there`,
    twice: line => `the same as line ${line}`,
    other: line => `seed and group of line ${line}, but another result; this `
      + "one counts",
    fault: (number, why) => `line ${number}: ${why}`,
    read: (fine, all) => `${fine} of ${all} lines read.`,
    title: "Lines: no network, or a run in the lab",
    label: "One line for each run: type or paste them",
  };

  const key = ({lab, group, seed}) => `run ${lab} ${group} ${seed}`;

  // {rows, faults: [{number, text, why}]}; labs is {lab: number of groups}.
  // Whoever pastes from elsewhere may bring other hyphens and spaces.
  function pooled(text, labs) {
    const found = new Map(), faults = [];
    const lines = text.split(/\r\n|[\r\n,;]/).map(line => line.replace(
      /[\u2010-\u2015\u2212\u00a0_.]/g, "-").trim());
    lines.forEach((line, i) => {
      if (!line) return;
      const run = Room.read(line), same = !run.wrong && found.get(key(run));
      const why = run.wrong ?? (!(run.lab in labs) ? WORDS.lab(run.lab)
        : run.group >= labs[run.lab] && run.group !== Room.PRINTED
          ? WORDS.group(run.group)
          : same && same.result === run.result ? WORDS.twice(same.number)
            : same ? WORDS.other(same.number) : "");
      if (why) faults.push({number: i + 1, text: line, why});
      if (!why || same && same.result !== run.result)
        found.set(key(run), {...run, kind: "run", number: i + 1});
    });
    return {rows: [...found.values()], faults,
            all: lines.filter(Boolean).length};
  }

  // The box, and what it says; labs() and changed(rows) are the board's.
  // What was typed is kept under a name.
  function box(labs, changed) {
    let name;
    const area = make("textarea", {"aria-label": WORDS.label,
                                   spellcheck: "false", input: tell});
    const status = make("p", {role: "status"}), faults = make("ul");

    function tell() {
      const {rows, faults: wrong, all} = pooled(area.value, labs());
      Room.keep(name, area.value);
      status.textContent = all ? WORDS.read(rows.length, all) : "";
      faults.replaceChildren(...wrong.map(({number, text, why}) => make(
        "li", {}, make("code", {}, text.slice(0, 40)), " ",
        WORDS.fault(number, why))));
      changed(rows);
    }

    return {element: make("details", {}, make("summary", {}, WORDS.title),
      make("label", {}, WORDS.label, area), status, faults),
    open(box) {
      name = `lines ${box}`;
      area.value = Room.kept(name) ?? "";
      tell();
    }};
  }

  Room.pool = {pooled, box, key};
})();
