// The phone's page: join, vote, train. What a student has done here is kept,
// so that a phone that slept comes back to its seat.
(() => {
  const {make, find, keep, kept, load, local} = Room;
  const WORDS = {
    join: "Join the room", code: "Code on the board", enter: "Join",
    wrong: "There is no such room here. Look at the board again.",
    closed: code => `Room ${code} is closed, or has moved. Join with the code `
      + "on the board; if that is refused, scan the board’s picture again.",
    full: why => `No seat: ${why}. Tell your teacher, then join again.`,
    seat: (room, seat) => `Room ${room}, seat ${seat}`,
    stage: (room, seat, number, of) => `Room ${room}, seat ${seat}; ${number
      } of ${of}`,
    fine: "Connected.", wait: "Waiting for a seat …",
    slow: (why, ms) => `The room says: ${why}. Your phone goes on by itself `
      + `in ${Math.ceil(ms / 1000)} seconds.`,
    off: "No network: look at the wifi of your phone.",
    gone: "The room does not answer: it may be closed for a moment, or this "
      + "is another wifi. Your phone goes on by itself.",
    waits: n => n ? ` ${n} of yours ${n === 1 ? "waits" : "wait"} here and `
      + "will be sent." : "",
    early: "This lab has not begun; keep your line.",
    refused: why => `Your run was not taken: ${why}. Keep your line.`,
  };
  const PAUSE = 5000;   // ms between two looks at the others' runs
  const main = find("main"), later = main.dataset.later.split(" ");
  let room, wire, seat, now, shown, own, view, looked = 0;

  const say = (id, text) => {
    if (find(id).textContent !== text) find(id).textContent = text;
  };

  // --- what this phone has said ------------------------------------------

  const remember = () => keep(`own ${room}`, own);
  const vote = ({question, moment}) => own.votes[`${question} ${moment}`];

  function open(name) {
    room = name;
    own = kept(`own ${room}`) ?? {votes: {}, runs: []};
  }

  // The scripts for runs come after those for votes: a page is there at once.
  const running = () => Promise.all((local ? later : [later.join("+")]).map(
    name => load(`${name}.js`)));

  // The choice's text is kept, too: the reveal does not tell the options.
  function voted({question, moment, options}, choice) {
    own.votes[`${question} ${moment}`] = {
      choice, text: options[choice - 1]};
    remember();
    render();
    wire?.say({kind: "vote", question, moment, choice});
  }

  function ran(run, line) {
    if (!line) {
      own.runs = own.runs.filter(one => one.lab !== run.lab
        || one.group !== run.group);
      own.runs.push({...run, line: Room.line(run)});
      remember();
      if (local) view.among([]);
    }
    const {lab, group, seed, result} = run, kind = line ? "line" : "run";
    wire?.say(line ? {kind, text: line} : {kind, lab, group, seed, result});
    looked = 0;
  }

  // --- what is shown -----------------------------------------------------

  // Anew only if it is another stage: who types or trains is not disturbed.
  function render() {
    const {stage, open} = now, what = JSON.stringify([stage, open]);
    if (what === shown) return void view?.renew?.();
    shown = what;
    view = null;
    say("told", "");
    if (stage.kind === "run") return void train(what);
    view = Room[stage.kind](stage, {open, vote, voted, runs: own.runs});
    main.replaceChildren(...view.elements);
  }

  async function train(what) {
    main.replaceChildren();
    try {
      await running();
      if (shown !== what) return;
      view = Room.seed(now.stage, {seat, runs: () => own.runs, say: ran});
      main.replaceChildren(view.section);
      Room.engine(now.stage.lab).catch(() => {});   // so far it is a wish
      if (local) view.among([]);
    } catch {
      if (shown === what) shown = "";   // at the next look, again
    }
  }

  // --- with a server -----------------------------------------------------

  const hears = {
    seat(answer) {
      ({seat} = answer);
      keep("room", room);
      say("seat", WORDS.seat(room, seat));
      hears.now(answer.now);
      running().catch(() => {});
    },
    now(news) {
      if (!news.stage || !seat) return;
      now = news;
      say("title", now.title);
      say("seat", WORDS.stage(room, seat, now.number, now.of));
      render();
      if (view?.among && own.runs.some(run => run.group === view.group
          && run.lab === now.stage.lab)) look(now.stage.lab);
    },
    taken({message}) {
      say("told", "");
      settle(message, {taken: true});
    },
    refused({message, answer: {refused, why}}) {
      const late = refused === 409;
      if (message.kind === "vote") settle(message, late ? {late} : {
        refused: why});
      else say("told", late ? WORDS.early : WORDS.refused(why));
    },
    net({trouble, waiting, pause}) {
      find("net").className = trouble ? "trouble" : "";
      say("net", !trouble ? WORDS.fine : (trouble.wait ? WORDS.slow(
        trouble.message, pause) : navigator.onLine ? WORDS.gone : WORDS.off)
        + WORDS.waits(waiting));
    },
    "wrong room"({why}) {
      join(!why.startsWith("room") ? WORDS.full(why) : seat || kept(
        `own ${room}`) ? WORDS.closed(room) : WORDS.wrong);
    },
  };

  function settle({kind, question, moment, choice}, what) {
    const mine = kind === "vote" && vote({question, moment});
    if (!mine || mine.choice !== choice) return;
    Object.assign(mine, what);
    remember();
    render();
  }

  // The others' runs, now and then.
  async function look(lab) {
    if (Date.now() - looked < PAUSE) return;
    looked = Date.now();
    const {groups} = await wire.ask(`runs/${lab}`).catch(() => ({}));
    if (groups) view?.among?.(groups);
  }

  function enter(code) {
    open(code);
    history.replaceState(null, "", `#${room}`);
    shown = seat = undefined;
    wire?.leave();
    wire = new Room.Wire(room, (kind, news) => hears[kind](news));
    say("net", WORDS.wait);
    main.replaceChildren();
    wire.beat();
  }

  function join(why = "") {
    const box = make("input", {
      maxlength: 4, size: 6, autocomplete: "off", required: true,
      autocapitalize: "characters", spellcheck: "false", value: room ?? ""});
    say("net", why);
    find("net").className = "trouble";
    say("seat", "");
    main.replaceChildren(make("form", {submit: event => {
      event.preventDefault();
      enter(box.value.trim().toUpperCase());
    }}, make("h2", {}, WORDS.join), make("div", {class: "row"}, make(
      "label", {}, WORDS.code, make("br"), box), make(
      "button", {class: "main"}, WORDS.enter))));
  }

  const code = location.hash.slice(1, 5).toUpperCase() || kept("room");
  if (local) load("alone.js").then(() => Room.alone({open, show(news, number) {
    [now, seat, shown] = [news, number, ""];
    render();
  }}));
  else if (code) enter(code);
  else join();
  addEventListener("hashchange", () => local || location.reload());
})();
