// A lesson plan is one page and four views: the plan, as it was built; its
// slides (#deck, #deck-2, ...); the worksheet (#sheet) and its key (#key).
(() => {
const html = document.documentElement, VIEWS = ["deck", "sheet", "key"];
const slides = [...document.querySelectorAll("#slides > section")];
const WORDS = {
  slides: "Slides", before: "Slide before", next: "Next slide",
  cover: "Cover (C)", notes: "Notes (N)", whole: "Whole screen (F)",
  plan: "Plan (Esc)", sheet: "Worksheet", key: "Worksheet with its key",
  back: "Back to the plan", print: "Print", teach: "Teach:",
  at: (one, all) => `${one} of ${all}`,
};
const KEYS = {ArrowRight: 1, ArrowDown: 1, PageDown: 1, " ": 1, ArrowLeft: -1,
              ArrowUp: -1, PageUp: -1, Home: -slides.length,
              End: slides.length};

function element(name, text, attributes = {}) {
  const made = Object.assign(document.createElement(name), attributes);
  made.textContent = text;
  return made;
}

const state = () => {
  const [view, number] = location.hash.slice(1).split("-");
  return {view: VIEWS.includes(view) ? view : "",
          at: Math.min(Math.max(Number(number) || 1, 1), slides.length)};
};

function go(steps) {
  const {at} = state();
  location.hash =
    `deck-${Math.min(Math.max(at + steps, 1), slides.length)}`;
}

function show() {
  const {view, at} = state();
  if (view) html.dataset.view = view;
  else delete html.dataset.view;
  slides.forEach((slide, i) => slide.classList.toggle("now", i === at - 1));
  where.textContent = WORDS.at(at, slides.length);
  html.classList.remove("covered");
  if (view) scrollTo(0, 0);
  if (view === "deck") doors.firstChild.href = `#deck-${at}`;   // to return
}

function notes() {   // they may be long: arrow keys scroll what has the focus
  const said = html.classList.toggle("saying");
  for (const box of document.querySelectorAll("#slides .say"))
    box.tabIndex = said ? 0 : -1;
}

const cover = () => html.classList.toggle("covered");
const whole = () => document.fullscreenElement ? document.exitFullscreen()
  : html.requestFullscreen?.();
const leave = () => { location.hash = ""; };

// Options with a letter each need no bullet; a sheet is not for teachers.
for (const list of document.querySelectorAll("#slides ul"))
  list.classList.toggle("letters", [...list.children].every(
    option => /^\s*[A-F]\s/.test(option.textContent)));
const title = document.querySelector("article h1").firstChild;
if (title.data?.startsWith(WORDS.teach)) {
  title.before(element("span", `${WORDS.teach} `, {className: "teach"}));
  title.data = title.data.slice(WORDS.teach.length).trimStart();
}

const where = element("span", "", {role: "status"});
const bar = element("nav", "", {className: "deck-bar"});
bar.setAttribute("aria-label", WORDS.slides);
const buttons = [
  ["←", WORDS.before, () => go(-1)], ["→", WORDS.next, () => go(1)],
  [WORDS.cover, "", cover], [WORDS.notes, "", notes],
  [WORDS.whole, "", whole],
  [WORDS.plan, "", leave]].map(([text, label, act]) => {
  const button = element("button", text, {type: "button", onclick: act});
  if (label) button.setAttribute("aria-label", label);
  return button;
});
bar.append(buttons[0], where, ...buttons.slice(1));
document.querySelector("article").append(bar);

const doors = element("p", "", {className: "views"});
for (const [view, text] of [["deck", WORDS.slides], ["sheet", WORDS.sheet],
                            ["key", WORDS.key]])
  doors.append(element("a", text, {href: `#${view}`}), " ");
document.querySelector("article h1").after(doors);

const back = element("p", "", {className: "views-back"});
back.append(element("a", WORDS.back, {href: "#"}), " ",
            element("button", WORDS.print, {type: "button",
                                        onclick: () => print()}));
document.querySelector("article").prepend(back);

addEventListener("hashchange", show);
addEventListener("keydown", event => {
  const {view} = state(), {key, target} = event;
  if (!view || event.ctrlKey || event.metaKey || event.altKey) return;
  if (key === "Escape") return leave();
  if (view !== "deck" || key === " " && target.closest("button, summary"))
    return;
  if (key === "n") notes();
  else if (key === "c") cover();
  else if (key === "f") whole();
  else if (key in KEYS) go(KEYS[key]);
  else return;
  event.preventDefault();
});
show();
})();
