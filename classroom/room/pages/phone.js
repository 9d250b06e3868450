// The phone's page: join, vote, train. What a student has done here is kept,
// so that a phone that slept comes back to its seat.
(() => {
  const {make, find, keep, kept} = Room;
  const WORDS = {
    join: "Join the room", code: "Code on the board", enter: "Join",
    wrong: "There is no such room here. Look at the board again.",
    refused: why => `The room says: ${why}`,
    seat: (room, seat) => `Room ${room}, seat ${seat}`,
    stage: (room, seat, number, of) => `Room ${room}, seat ${seat}; ${number
      } of ${of}`,
    fine: "Connected.", wait: "Waiting for a seat …",
    off: waiting => "No network. " + (waiting ? `${waiting} of yours `
      + `${waiting === 1 ? "waits" : "wait"} here and will be sent.`
      : "What you do waits here and will be sent."),
    early: "This lab has not begun, or the room is full; keep your line.",
    back: "Back", next: "Next",
    local: "No server: this page trains, and shows a line for the teacher.",
    lesson: "Lesson", number: "Your number (count off in class)",
  };
  const PAUSE = 5000;   // ms between two looks at the others' runs
  const LATER = ["line", "train", "dots", "seed"];   // what a run needs
  const main = find("main");
  let room, wire, seat, now, shown, own, view, looked = 0;

  const say = (id, text) => {
    if (find(id).textContent !== text) find(id).textContent = text;
  };

  // --- what this phone has said ------------------------------------------

  const remember = () => keep(`own ${room}`, own);
  const vote = ({question, moment}) => own.votes[`${question} ${moment}`];

  // The scripts for runs come after those for votes: a page is there at once.
  const running = () => Promise.all(LATER.map(name => Room.load(`${name}.js`)));

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
      if (Room.local) view.among([]);
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
    if (stage.kind === "run") train(what);
    else {
      view = Room[stage.kind](stage, {open, vote, voted, runs: own.runs});
      main.replaceChildren(...view.elements);
    }
    if (Room.local && stage.kind !== "run") main.append(steps());
  }

  async function train(what) {
    main.replaceChildren();
    try {
      await running();
      if (shown !== what) return;
      view = Room.seed(now.stage, {seat, runs: () => own.runs, say: ran});
      main.replaceChildren(view.section);
      Room.engine(now.stage.lab).catch(() => {});   // so far it is a wish
      if (!Room.local) return;
      view.among([]);
      main.append(steps());
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
    taken({message}) { settle(message, {taken: true}); },
    refused({message}) {
      settle(message, {late: true});
      if (message.kind !== "vote") say("net", WORDS.early);
    },
    net({fine, waiting}) {
      say("net", fine ? WORDS.fine : seat ? WORDS.off(waiting) : WORDS.wait);
    },
    "wrong room"({why}) { join(why); },
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
    room = code;
    own = kept(`own ${room}`) ?? {votes: {}, runs: []};
    history.replaceState(null, "", `#${room}`);
    shown = seat = undefined;
    wire?.leave();
    wire = new Room.Wire(room, (kind, news) => hears[kind](news));
    say("net", WORDS.wait);
    main.replaceChildren();
    wire.beat();
  }

  function join(why) {
    const box = make("input", {
      maxlength: 4, size: 6, autocomplete: "off", required: true,
      autocapitalize: "characters", spellcheck: "false", value: room ?? ""});
    say("net", !why ? "" : why.startsWith("room") ? WORDS.wrong
      : WORDS.refused(why));
    main.replaceChildren(make("form", {submit: event => {
      event.preventDefault();
      enter(box.value.trim().toUpperCase());
    }}, make("h2", {}, WORDS.join), make("div", {class: "row"}, make(
      "label", {}, WORDS.code, make("br"), box), make(
      "button", {class: "main"}, WORDS.enter))));
  }

  // --- without one -------------------------------------------------------

  async function alone() {
    const start = name => {
      room = name;
      own = kept(`own ${room}`) ?? {votes: {}, runs: []};
      const {title, stages} = Room.plans[name];
      now = {stage: stages[0], number: 1, open: true};
      say("title", title);
      shown = "";
      render();
    };
    const pick = await Room.lessons(start);
    seat = kept("number")
      ?? 1 + crypto.getRandomValues(new Uint32Array(1))[0] % 999;
    const number = make("input", {type: "number", min: 1, max: 999,
                                  value: seat, change: () => {
      seat = Math.min(999, Math.max(1, Math.round(Number(number.value)) || 1));
      number.value = keep("number", seat);
      shown = "";
      render();
    }});
    const labelled = (text, box) => make("p", {}, make(
      "label", {}, text, make("br"), box));
    find("seat").after(make("p", {}, WORDS.local), labelled(
      WORDS.lesson, pick), labelled(WORDS.number, number));
    pick.dispatchEvent(new Event("change"));
  }

  function steps() {
    const {stages} = Room.plans[room], {number} = now;
    const to = (text, by) => make("button", {type: "button", hidden:
      !stages[number - 1 + by], click: () => {
      now = {stage: stages[number - 1 + by], number: number + by, open: true};
      render();
      main.querySelector("button:not([hidden])")?.focus();
    }}, text);
    return make("p", {class: "row"}, to(WORDS.back, -1), to(WORDS.next, 1));
  }

  const code = location.hash.slice(1, 5).toUpperCase() || kept("room");
  if (Room.local) alone();
  else if (code) enter(code);
  else join();
  addEventListener("hashchange", () => Room.local || location.reload());
})();
