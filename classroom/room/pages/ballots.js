// Votes on the board: before and after, side by side, as bars with numbers.
// The picture is a table, so that it can be read aloud.
(() => {
  const {make} = Room;
  const WORDS = {
    option: "Option", before: "Before", after: "After",
    heads: (moment, count) => `${moment} (${count})`,
    hands: (moment, text) => `Hands ${moment.toLowerCase()} for “${text}”`,
    caption: "Votes",
  };
  const MOMENTS = ["before", "after"];

  // {before: [votes for each option], after: [...]}, the moments that exist.
  function counted(rows, question, options, moments) {
    return Object.fromEntries(MOMENTS.filter(m => moments.includes(m)).map(
      moment => [moment, options.map((_, i) => rows.filter(row =>
        row.kind === "vote" && row.question === question
        && row.moment === moment && row.choice === i + 1).length)]));
  }

  // A table of bars; hands(moment, option, count), if given, is told what is
  // typed: votes that were counted by raised hands.
  function table(options, votes, hands) {
    const moments = Object.keys(votes), bars = [];
    const sum = moment => votes[moment].reduce((a, b) => a + b, 0);
    const heads = Object.fromEntries(moments.map(
      moment => [moment, make("th", {scope: "col"})]));

    function fill() {
      const most = Math.max(1, ...moments.flatMap(moment => votes[moment]));
      for (const moment of moments) heads[moment].textContent = WORDS.heads(
        WORDS[moment], sum(moment));
      for (const {bar, number, moment, i} of bars) {
        const count = votes[moment][i];
        bar.style.width = `${(hands ? 45 : 75) * count / most}%`;
        bar.hidden = !count;
        if (number) number.textContent = count;
      }
    }

    const cell = (moment, i) => {
      const bar = make("span", {"aria-hidden": "true"});
      const number = hands ? null : make("b");
      bars.push({bar, number, moment, i});
      return make("td", {class: moment}, ...hands ? [make("input", {
        type: "number", min: 0, max: 999, value: votes[moment][i],
        "aria-label": WORDS.hands(WORDS[moment], options[i]),
        input: event => {
          votes[moment][i] = Math.max(0, Number(event.target.value) || 0);
          hands(votes);
          fill();
        }})] : [], bar, number ?? "");
    };
    const made = make("table", {class: "votes", "aria-label": WORDS.caption},
      make("thead", {}, make("tr", {}, make("th", {scope: "col"}, WORDS.option),
                             ...moments.map(moment => heads[moment]))),
      make("tbody", {}, ...options.map((text, i) => make("tr", {}, make(
        "th", {scope: "row"}, `${"ABCDEF"[i]} ${text}`), ...moments.map(
        moment => cell(moment, i))))));
    fill();
    return made;
  }

  Room.ballots = {counted, table};
})();
