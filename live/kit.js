// What every element of the page is made of: settings, controls, a status
// line, a table, a guess, workers. Knows nothing of what they show.
(() => {
  const WORDS = {
    recorded: "What was recorded, for comparison",
    bad: (name, value, allowed) =>
      `${name} is “${value}”; allowed: ${allowed}.`,
    between: (from, to) => `numbers from ${from} to ${to}`,
    several: "several, with spaces between",
    right: "Right.", wrong: "Not quite.",
    guessed: text => `Your guess: ${text}.`,
    noWorkers: "This browser does not let pages compute in the background. "
      + "What was recorded stands below.",
  };
  const SVG = ["svg", "g", "path", "circle", "rect", "text", "line",
               "title", "clipPath"];
  const LINK = "http://www.w3.org/2000/svg";
  let number = 0;   // of elements and groups of controls so far

  // An element, its attributes (functions listen), what stands inside.
  function make(tag, attributes = {}, ...children) {
    const element = SVG.includes(tag) ? document.createElementNS(LINK, tag)
      : document.createElement(tag);
    for (const [name, value] of Object.entries(attributes)) {
      if (typeof value === "function") element.addEventListener(name, value);
      else if (value !== null && value !== undefined && value !== false)
        element.setAttribute(name, value === true ? "" : value);
    }
    element.append(...children);
    return element;
  }

  // Two digits, as people write them: 0.42, 2.1, 66k, 3.2M.
  function short(x) {
    if (!isFinite(x)) return String(x);
    const rounded = Number(Number(x).toPrecision(2)), size = Math.abs(rounded);
    const [unit, sign] = [[1e12, "T"], [1e9, "G"], [1e6, "M"], [1e3, "k"]]
      .find(([least]) => size >= least) ?? [1, ""];
    return Number((rounded / unit).toPrecision(3)) + sign;
  }

  // --- controls -----------------------------------------------------------

  function button(text, onclick, primary = false) {
    const made = make("button", {
      type: "button", class: primary ? "live-button primary" : "live-button",
    }, text);
    made.onclick = () => {
      if (made.getAttribute("aria-disabled") !== "true") onclick();
    };
    return made;
  }

  // It keeps the focus while it can do nothing.
  function enable(made, yes) {
    made.setAttribute("aria-disabled", String(!yes));
  }

  function pills(type, legend, options, chosen, onchange) {
    const name = `live-${++number}`;
    return make("fieldset", {class: "live-pills", change: onchange},
      make("legend", {}, legend),
      ...Object.entries(options).map(([value, text]) => make("label", {},
        make("input", {type, name, value, checked: chosen.includes(value)}),
        make("span", {}, text))));
  }

  // One of several: {value: text}.
  function radios(legend, options, chosen, onchange) {
    return pills("radio", legend, options, [String(chosen)],
                 event => onchange(event.target.value));
  }

  // Any number of several; onchange gets the values that are chosen.
  function checks(legend, options, chosen, onchange) {
    const group = pills("checkbox", legend, options, chosen.map(String), () =>
      onchange([...group.querySelectorAll(":checked")].map(b => b.value)));
    return group;
  }

  function slider(label, {min, max, step, value}, oninput, says = String) {
    const shown = make("output", {}, says(value));
    const range = make("input", {type: "range", min, max, step});
    range.value = value;
    range.oninput = () => {
      shown.textContent = says(Number(range.value));
      oninput(Number(range.value));
    };
    const made = make("label", {class: "live-slider"},
                      make("span", {}, `${label} `, shown), range);
    made.set = to => {   // from elsewhere, as by dragging a line
      range.value = to;
      shown.textContent = says(to);
    };
    return made;
  }

  function toggle(text, on, onchange) {
    const box = make("input", {type: "checkbox", checked: on});
    box.onchange = () => onchange(box.checked);
    return make("label", {class: "live-toggle"}, box, ` ${text}`);
  }

  // --- words and numbers --------------------------------------------------

  // All numbers, folded; fill(caption, heads, rows).
  function table(summary) {
    const inside = make("table");
    const cell = (tag, scope) => text => make(tag, {scope}, String(text));
    const fill = (caption, heads, rows) => inside.replaceChildren(
      make("caption", {}, caption),
      make("thead", {}, make("tr", {}, ...heads.map(cell("th", "col")))),
      make("tbody", {}, ...rows.map(([head, ...rest]) => make("tr", {},
        cell("th", "row")(head), ...rest.map(cell("td", null))))));
    const scroll = make("div", {class: "live-scroll", tabindex: 0,
                                role: "group", "aria-label": summary}, inside);
    return {fill, element: make("details", {class: "live-table"},
                                make("summary", {}, summary), scroll)};
  }

  // A question before the result; answer(right, why) closes it. What it then
  // `says` stands elsewhere, below the picture, so that nothing moves.
  function guess(question, texts, onchosen = () => {}) {
    const says = make("p", {role: "status", class: "live-answer"});
    const made = {chosen: null, answered: false, says};
    const group = pills("radio", question, {...texts}, [], event => {
      made.chosen = Number(event.target.value);
      onchosen(made.chosen);
    });
    made.element = make("div", {class: "live-guess"}, group);
    made.answer = (right, why) => {
      const {chosen} = made, hit = chosen === right;
      made.answered = group.disabled = true;
      says.className = `live-answer${chosen === null ? "" : hit ? " right"
        : " wrong"}`;
      says.replaceChildren(...chosen === null ? [] : [make("b", {},
        `${hit ? WORDS.right : WORDS.wrong} ${WORDS.guessed(texts[chosen])} `),
      ], why);
    };
    made.reset = () => {
      made.answered = group.disabled = false;
      made.chosen = null;
      for (const input of group.querySelectorAll("input"))
        input.checked = false;
      says.className = "live-answer";
      says.textContent = "";
    };
    return made;
  }

  // Calls f at most every so many milliseconds, and once more at the end.
  function every(milliseconds, f) {
    let timer = null;
    const now = () => {
      clearTimeout(timer);
      timer = null;
      f();
    };
    return Object.assign(() => {
      timer ??= setTimeout(now, milliseconds);
    }, {now});
  }

  // --- workers ------------------------------------------------------------

  // A worker whose program is this text, so that it starts from a file, too.
  function worker(body) {
    const url = URL.createObjectURL(
      new Blob([body], {type: "text/javascript"}));
    try {
      return new Worker(url);
    } catch {
      throw new Error(WORDS.noWorkers);
    }
  }

  // Workers that do one job after another; run(job, tell) promises its end.
  function pool(body,
                count = Math.min(4, navigator.hardwareConcurrency || 2)) {
    const all = Array.from({length: count}, () => worker(body));
    const idle = [...all], waiting = [];
    const next = () => {
      if (!idle.length || !waiting.length) return;
      const one = idle.pop(), {job, tell, done, fail} = waiting.shift();
      one.onmessage = ({data}) => {
        if ("tell" in data) tell(data.tell);
        if (!("done" in data)) return;
        idle.push(one);
        done(data.done);
        next();
      };
      one.onerror = event => fail(new Error(event.message));
      one.postMessage(job);
    };
    return {
      run: (job, tell = () => {}) => new Promise((done, fail) => {
        waiting.push({job, tell, done, fail});
        next();
      }),
      stop: () => {
        waiting.length = 0;
        for (const one of all) one.terminate();
      }};
  }

  Object.assign(globalThis.Live ??= {}, {
    make, short, button, enable, radios, checks, slider, toggle, table, guess,
    every, worker, pool, NO_WORKERS: WORDS.noWorkers, words: WORDS});
})();
