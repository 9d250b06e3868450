// Pages without a server, opened as files: the lessons lie beside them, and a
// student steps through the stages by hand.
(() => {
  const {make, find, keep, kept} = Room;
  const WORDS = {
    local: "No server: this page trains, and shows a line for the teacher.",
    lesson: "Lesson", number: "Your number (count off in class)",
    back: "Back", next: "Next",
  };

  // A choice of the lessons; start(name) hears of each; the address says
  // which is chosen.
  async function lessons(start) {
    await Room.load("../../lessons/offline.js");
    const names = Object.keys(Room.plans), wanted = location.hash.slice(1);
    const pick = make("select", {change: () => start(pick.value)},
                      ...names.map(value => make("option", {value},
                                                 Room.plans[value].title)));
    pick.value = names.includes(wanted) ? wanted : names[0];
    return pick;
  }

  // The phone's page: open(name) is told the lesson, show(now, number) the
  // stage and the student's number.
  async function alone({open, show}) {
    let stages, at = 0, seat = kept("number")
      ?? 1 + crypto.getRandomValues(new Uint32Array(1))[0] % 999;
    const button = (text, by) => make("button", {type: "button", click() {
      step(by);
      find("main").querySelector("button:not([hidden])")?.focus();
    }}, text);
    const back = button(WORDS.back, -1), next = button(WORDS.next, 1);

    function step(by) {
      at += by;
      back.hidden = !at;
      next.hidden = at === stages.length - 1;
      show({stage: stages[at], number: at + 1, open: true}, seat);
    }

    const pick = await lessons(name => {
      const {title} = {stages} = Room.plans[name];
      find("title").textContent = title;
      open(name);
      step(-at);
    });
    const number = make("input", {
      type: "number", min: 1, max: 999, value: seat, change() {
        seat = Math.min(999, Math.max(1, Math.round(Number(number.value)) || 1));
        number.value = keep("number", seat);
        step(0);
      }});
    const labelled = (text, box) => make("p", {}, make(
      "label", {}, text, make("br"), box));
    find("seat").after(make("p", {}, WORDS.local), labelled(
      WORDS.lesson, pick), labelled(WORDS.number, number));
    find("main").after(make("p", {class: "row"}, back, next));
    pick.dispatchEvent(new Event("change"));
  }

  Object.assign(Room, {lessons, alone});
})();
