// The same as the dots as a table, for those who do not see them.
(() => {
  const {make, dots} = Room;
  const WORDS = {
    all: "All numbers as a table", recorded: label => `${label}, recorded`,
    heads: ["group", "runs", "least", "middle", "largest",
            "not within the run"],
  };

  function cells(name, results) {
    const sorted = dots.done(results), half = dots.middle(results);
    return [name, results.length, ...[sorted[0], half, sorted.at(-1)].map(
      x => typeof x === "number" ? Room.short(x) : "–"),
    results.length - sorted.length];
  }

  // Its element, and show(groups, runs and recorded results of each group).
  Room.numbers = () => {
    const body = make("tbody");
    const element = make("details", {hidden: true}, make(
      "summary", {}, WORDS.all), make("table", {class: "numbers"}, make(
      "thead", {}, make("tr", {}, ...WORDS.heads.map(
        head => make("th", {scope: "col"}, head)))), body));
    return {element, show(groups, runs, record) {
      element.hidden = false;
      body.replaceChildren(...groups.flatMap(({label}, g) => [
        cells(label, runs[g].map(run => run.result)),
        ...record?.[g] ? [cells(WORDS.recorded(label), record[g])] : []]).map(
        ([name, ...rest]) => make("tr", {}, make(
          "th", {scope: "row"}, name), ...rest.map(
          x => make("td", {}, String(x))))));
    }};
  };
})();
