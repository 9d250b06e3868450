// The board: the lesson's stages, votes as bars, runs as dots. With a server
// it shows what that says; without one, lines and hands that are typed in.
(() => {
  const {make, find, keep, kept, local, ballots, pool, teacher} = Room;
  const WORDS = {
    stage: (number, of) => `Stage ${number} of ${of}`,
    here: (phones, stage) => `${phones} here. ${stage}.`,
    phones: n => `${n} ${n === 1 ? "phone" : "phones"}`,
    waiting: n => `${n} wait: if all are behind one router, press w.`,
    only: "Press n to let phones in.",
    lost: "The room does not answer; trying again.",
    key: "This board lacks the teacher’s key of the room that is open: use "
      + "the address that the program has printed.",
    voted: (some, all) => `${some} of ${all} have voted`,
    vote: {open: "The vote is open.", closed: "The vote is closed."},
    hidden: "Press r to reveal.",
    runs: n => `${n} ${n === 1 ? "run" : "runs"} so far.`,
    lines: n => n ? ` ${n} ${n === 1 ? "line" : "lines"
      } from the lab, below.` : "",
    shown: "With what was recorded, behind.",
    lesson: "Lesson", qr: "The code, large",
  };
  const said = new Map();   // what each row is about -> the row
  let secret, room, lesson = {stages: []}, recorded = {}, pasted = [];
  let now, news = {seats: 0, dropped: []}, shown;

  const say = (id, text) => {
    if (find(id).textContent !== text) find(id).textContent = text;
  };
  const of = (kind, fields) => lesson.stages.find(stage => stage.kind === kind
    && Object.entries(fields).every(([name, is]) => stage[name] === is));
  const labs = () => Object.fromEntries(lesson.stages.filter(stage =>
    stage.kind === "run").map(({lab, groups}) => [lab, groups.length]));

  // --- rows --------------------------------------------------------------

  const about = ({kind, seat, question, moment, lab, group, seed}) => [
    kind, seat, question, moment, lab, group, seed].join(" ");

  // What counts, in the order in which it came.
  const counting = kind => [...said.values()].filter(row => row.kind === kind
    && !news.dropped.includes(row.seat));

  // runs(group) of a lab; of two of one seed the last counts.
  function runs(lab) {
    const all = new Map();
    for (const run of [...pasted, ...counting("run")]) {
      all.delete(pool.key(run));
      all.set(pool.key(run), run);
    }
    return group => [...all.values()].filter(
      run => run.lab === lab && run.group === group);
  }

  // --- figures -----------------------------------------------------------

  const numbers = Room.numbers(), dotted = Room.cloud(find("figure"));

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
    const {lab, groups, printed} = stage, of = runs(lab);
    const record = known && recorded[lab], lines = of(Room.PRINTED);
    const all = groups.map((_, g) => of(g));
    dotted.show(stage, {runs: all, lines, record, within: recorded[lab]?.flat()
      ?? [], pick: local ? undefined : ({seat}) => seat && seats.pick(seat)});
    say("state", now.stage.kind === "reveal" ? known ? WORDS.shown
      : WORDS.hidden : WORDS.runs(all.flat().length)
        + WORDS.lines(lines.length));
    numbers.show([...groups, ...lines.length ? [{label: printed}] : []],
                 [...all, lines], record);
  }

  function votes({kind, question, moment}, known) {
    numbers.element.hidden = dotted.element.hidden = true;
    const options = of("vote", {question})?.options ?? [];
    const moments = lesson.stages.filter(stage => stage.kind === "vote"
      && stage.question === question).map(stage => stage.moment);
    const rows = counting("vote"), counts = ballots.counted(
      rows, question, options, kind === "vote" ? [moment] : moments);
    const open = kind === "vote" ? now.open : !known;
    say("state", kind === "reveal" ? known ? "" : WORDS.hidden
      : WORDS.vote[open ? "open" : "closed"]);
    if (local) return hands(kind, question, options, counts, known);
    find("figure").replaceChildren(!open ? ballots.table(options, counts)
      : make("p", {class: "big"}, kind === "reveal" ? "" : WORDS.voted(
        rows.filter(row => row.question === question
          && row.moment === moment).length,
      news.seats - news.dropped.length)));
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
    for (const row of message.rows) {
      said.delete(about(row));
      said.set(about(row), row);
    }
    recorded = message.recorded ?? recorded;
    lesson = message.lesson ?? lesson;
    say("alert", message.trouble);
    say("title", now.title);
    say("count", `${WORDS.here(WORDS.phones(news.seats), WORDS.stage(
      now.number, now.of))}${news.waiting && !news.router
      ? ` ${WORDS.waiting(news.waiting)}` : ""}`);
    address();
    seats.show(news.dropped);
    draw();
  }

  // Why the room refuses is said to all; was there an answer at all?
  async function ask(what) {
    try {
      say("alert", await teacher.ask(secret, what) ?? "");
      return true;
    } catch {
      say("alert", WORDS.lost);
    }
  }

  // Lines that were typed are written into the room's book.
  const sent = new Set();
  async function save(rows) {
    for (const text of rows.map(Room.line).filter(one => !sent.has(one))) {
      sent.add(text);
      if (!await ask({do: "line", text})) sent.delete(text);
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

  function act(action) {
    if (action === "join") return document.body.classList.toggle("joining");
    if (action === "drop") return seats.pick();
    scrollTo(0, 0);
    if (action === "open" && now.open) action = "close";
    if (local) step(action);
    else ask({do: action, number: now.number});
  }

  const seats = Room.seats(ask);
  const controls = teacher.controls(["back", "next", "open", "reveal", ...local
    ? [] : ["network", "router", "join", "drop"]], act);

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
    await Room.load("alone.js");
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
  find("keys").append(...controls.elements);
  find("more").append(dotted.element, numbers.element, lines.element);

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
    addEventListener("hashchange", () => location.reload());
    find("more").append(seats.element);
    teacher.listen(secret, hear, refused => say(
      "alert", WORDS[refused ? "key" : "lost"]));
  }
})();
