// The board: the lesson's stages, votes as bars, runs as dots. With a server
// it shows what that says; without one, lines and hands that are typed in.
(() => {
  const {make, find, keep, kept, local, dots, ballots, pool, teacher} = Room;
  const WORDS = {
    stage: (number, of) => `Stage ${number} of ${of}`,
    phones: n => `${n} ${n === 1 ? "phone" : "phones"}`,
    waiting: n => `${n} wait: if all are behind one router, press w.`,
    only: "Press n to let phones in.",
    lost: "The room does not answer; trying again.",
    key: "This address lacks the teacher’s key: open the board with the "
      + "address that the program has printed.",
    voted: (some, all) => `${some} of ${all} have voted`,
    vote: {open: "The vote is open.", closed: "The vote is closed."},
    hidden: "Press r to reveal.",
    runs: n => `${n} ${n === 1 ? "run" : "runs"} so far.`,
    shown: "With what was recorded, behind.",
    lesson: "Lesson", all: "All numbers as a table", qr: "The code, large",
    heads: ["group", "runs", "least", "middle", "largest", "never"],
  };
  const said = new Map();   // what each row is about -> the row
  let secret, room, lesson = {stages: []}, recorded = {}, pasted = [];
  let now, news = {seats: 0}, shown;

  const say = (id, text) => {
    if (find(id).textContent !== text) find(id).textContent = text;
  };
  const of = (kind, fields) => lesson.stages.find(stage => stage.kind === kind
    && Object.entries(fields).every(([name, is]) => stage[name] === is));
  const labs = () => Object.fromEntries(lesson.stages.filter(stage =>
    stage.kind === "run").map(({lab, groups}) => [lab, groups.length]));

  // --- rows --------------------------------------------------------------

  const about = row => row.kind === "run" ? pool.key(row)
    : [row.seat, row.question, row.moment].join(" ");

  // Runs of a lab, by group, in the order in which they came.
  function runs(lab, groups) {
    const all = new Map([...pasted.map(run => [pool.key(run), run]), ...[
      ...said.values()].filter(row => row.kind === "run").map(
      run => [pool.key(run), run])]);
    return groups.map((_, g) => [...all.values()].filter(
      run => run.lab === lab && run.group === g));
  }

  // --- figures -----------------------------------------------------------

  let picture, redraw, table;   // what stands in the figure

  function draw() {
    if (!now) return;
    const {stage, revealed} = now, {question} = stage;
    const lab = stage.lab ?? (of("run", {lab: question}) && question);
    find("text").textContent = stage.text ?? (lab ? of("run", {lab}).text
      : of("vote", {question})?.text) ?? "";
    const known = stage.kind === "reveal" && revealed.includes(question);
    if (lab) cloud(of("run", {lab}), known);
    else votes(stage, known);
    shown = JSON.stringify([stage, now.open, known]);
    controls.show({open: now.open, pressed: {
      network: !!news.network, router: !!news.router,
      reveal: known}, can: {
      reveal: stage.kind === "reveal", open: stage.kind === "vote",
      back: now.number > 1, next: now.number < now.of,
      network: !news.network}});
  }

  function cloud(stage, known) {
    const {lab, unit, groups} = stage, record = recorded[lab];
    const all = runs(lab, groups);
    if (!picture?.isConnected) {
      picture = make("svg", {class: "dots", role: "img"});
      find("figure").replaceChildren(picture);
      redraw = dots.follow(picture, () => picture.what);
    }
    picture.what = {lab, unit, within: record?.flat() ?? [], groups: groups.map(
      ({label}, g) => ({label, recorded: known && record?.[g]?.length
        ? record[g] : null, runs: all[g].map(({result, seat}) => ({
        result, title: [seat, result ?? dots.never(lab)].join(": ")}))}))};
    redraw();
    say("state", now.stage.kind === "reveal" ? known ? WORDS.shown
      : WORDS.hidden : WORDS.runs(all.flat().length));
    numbers(groups, all, known && record);
  }

  // The same as the dots, for those who do not see them.
  function numbers(groups, all, record) {
    const cells = (name, results) => {
      const sorted = dots.done(results), half = dots.middle(results);
      return [name, results.length, ...[sorted[0], half, sorted.at(-1)].map(
        x => typeof x === "number" ? Room.short(x) : "–"),
      results.length - sorted.length];
    };
    table.hidden = false;
    table.rows.replaceChildren(...groups.flatMap(({label}, g) => [
      cells(label, all[g].map(run => run.result)),
      ...record?.[g] ? [cells(`${label}, recorded`, record[g])] : []]).map(
      ([name, ...rest]) => make("tr", {}, make("th", {scope: "row"}, name),
                                ...rest.map(x => make("td", {}, String(x))))));
  }

  function votes({kind, question, moment}, known) {
    table.hidden = true;
    const options = of("vote", {question})?.options ?? [];
    const moments = lesson.stages.filter(stage => stage.kind === "vote"
      && stage.question === question).map(stage => stage.moment);
    const rows = [...said.values()], counts = ballots.counted(
      rows, question, options, kind === "vote" ? [moment] : moments);
    const open = kind === "vote" ? now.open : !known;
    say("state", kind === "reveal" ? known ? "" : WORDS.hidden
      : WORDS.vote[open ? "open" : "closed"]);
    if (local) return hands(kind, question, options, counts, known);
    find("figure").replaceChildren(!open ? ballots.table(options, counts)
      : make("p", {class: "big"}, kind === "reveal" ? "" : WORDS.voted(
        rows.filter(row => row.question === question
          && row.moment === moment).length, news.seats)));
  }

  // Without a server, hands are counted and typed in.
  function hands(kind, question, options, counts, known) {
    if (shown === JSON.stringify([now.stage, now.open, known])) return;
    const name = `hands ${lesson.name} ${question}`, typed = kept(name) ?? {};
    const mine = Object.fromEntries(Object.keys(counts).map(
      moment => [moment, typed[moment] ?? counts[moment]]));
    find("figure").replaceChildren(ballots.table(options, mine, kind === "vote"
      ? now => keep(name, {...kept(name), ...now}) : null));
  }

  // --- the room ----------------------------------------------------------

  function hear(message) {
    ({now} = news = message);
    if (message.all) said.clear();
    room = message.code;
    for (const row of message.rows) said.set(about(row), row);
    recorded = message.recorded ?? recorded;
    lesson = message.lesson ?? lesson;
    say("alert", message.trouble);
    say("title", now.title);
    say("count", `${WORDS.phones(news.seats)}. ${WORDS.stage(
      now.number, now.of)}.${news.waiting && !news.router
      ? ` ${WORDS.waiting(news.waiting)}` : ""}`);
    address();
    draw();
  }

  // Lines that were typed are written into the room's book.
  const sent = new Set();
  async function save(rows) {
    for (const line of rows.map(Room.line).filter(one => !sent.has(one))) try {
      sent.add(line);
      say("alert", await teacher.ask(secret, {do: "line", text: line}) ?? "");
    } catch {
      sent.delete(line);
      say("alert", WORDS.lost);
    }
  }

  function address() {
    const where = new URL(news.where), text = `${where.host} ${room}`;
    if (find("where").dataset.is === text + news.network) return;
    find("where").dataset.is = text + news.network;
    find("where").replaceChildren(make("b", {}, room), make("p", {},
      news.network ? where.host : WORDS.only));
    find("code").src = `code.svg?${encodeURIComponent(text)}`;
  }

  async function act(action) {
    if (action === "join") return document.body.classList.toggle("joining");
    if (action === "open" && now.open) action = "close";
    if (local) return step(action);
    try {
      say("alert", await teacher.ask(
        secret, {do: action, number: now.number}) ?? "");
    } catch {
      say("alert", WORDS.lost);
    }
  }

  const controls = teacher.controls(["back", "next", "open", "reveal", ...local
    ? [] : ["network", "router", "join"]], act);

  // --- without a server --------------------------------------------------

  function step(action) {
    const by = {next: 1, back: -1}[action] ?? 0, number = now.number + by;
    if (!lesson.stages[number - 1]) return;
    const stage = lesson.stages[number - 1], {revealed} = now;
    now = {...now, stage, number, open: action === "open"
      || now.open && action !== "close",
    revealed: action === "reveal" && stage.kind === "reveal"
      ? [...revealed, stage.question] : revealed};
    say("count", WORDS.stage(number, now.of));
    draw();
  }

  async function alone() {
    const pick = await Room.lessons(name => {
      lesson = Room.plans[name];
      recorded = Room.recorded[name] ?? {};
      const {stages, title} = lesson;
      now = {stage: stages[0], number: 1, of: stages.length, open: true,
             revealed: []};
      say("title", title);
      lines.open(name);
      step("stay");
    });
    find("where").append(make("label", {}, `${WORDS.lesson} `, pick));
    pick.dispatchEvent(new Event("change"));
  }

  // --- start -------------------------------------------------------------

  const lines = pool.box(labs, rows => {
    pasted = rows;
    draw();
    if (!local) save(rows);
  });
  const body = make("tbody");
  table = Object.assign(make("details", {hidden: true}, make(
    "summary", {}, WORDS.all), make("table", {class: "numbers"}, make(
    "thead", {}, make("tr", {}, ...WORDS.heads.map(
      head => make("th", {scope: "col"}, head)))), body)), {rows: body});
  find("keys").append(...controls.elements);
  find("more").append(table, lines.element);

  if (local) {
    alone();
    lines.element.open = true;
  } else {
    // The key is not for the projector: it leaves the address bar at once.
    const [code, key] = location.hash.slice(1).split(".");
    history.replaceState(null, "", `#${code}`);
    if (key) sessionStorage.setItem("key", key);
    secret = key ?? sessionStorage.getItem("key") ?? "";
    find("enlarge").addEventListener("click", () => act("join"));
    find("enlarge").setAttribute("aria-label", WORDS.qr);
    for (const [what, hidden] of [["load", false], ["error", true]])
      find("code").addEventListener(what, () => Object.assign(
        find("enlarge"), {hidden}));
    lines.open(code);
    teacher.listen(secret, hear, refused => say(
      "alert", WORDS[refused ? "key" : "lost"]));
  }
})();
