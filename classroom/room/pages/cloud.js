// Runs on the board: those of phones as dots, before what was recorded; and
// in a place of their own the lines that labs print, which ask another thing.
(() => {
  const {make, dots} = Room;
  const WORDS = {printed: "Lines from the lab", dots: "A dot for each seed"};
  const drawn = kind => make("svg", {class: `dots ${kind}`, role: "img"});

  // Its element for the lab's lines, and show(stage of the run, {runs and
  // recorded results of each group, lines, what the axis holds, pick}).
  Room.cloud = place => {
    const pictures = [drawn("phones"), drawn("printed")];
    const shown = pictures.map(() => ({groups: [], within: []}));
    const redraw = pictures.map((one, i) => dots.follow(one, () => shown[i]));
    const element = make("details", {open: true, hidden: true}, make(
      "summary", {}, WORDS.printed), pictures[1]);

    const many = (runs, lab) => runs.map(({result, seat}) => ({
      result, seat, title: [seat, result ?? dots.never(lab)].join(": ")}));

    function show({lab, unit, printed, groups}, {runs, lines, record, within,
                                                 pick}) {
      if (!pictures[0].isConnected) place.replaceChildren(pictures[0]);
      shown[0] = {lab, unit, within, pick, groups: groups.map(
        ({label}, g) => ({label, recorded: record?.[g]?.length ? record[g]
          : null, runs: many(runs[g], lab)}))};
      shown[1] = {unit: printed, within: [], pick, groups: [
        {label: WORDS.dots, runs: many(lines)}]};
      element.hidden = !lines.length;
      for (const draw of redraw) draw();
    }

    return {element, show};
  };
})();
