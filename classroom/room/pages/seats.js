// Seats that the teacher takes off the board: an absurd run, a phone that was
// handed round. What they have said stays in the book, and can come back.
(() => {
  const {make} = Room;
  const WORDS = {
    title: "Take a seat off the board", seat: "Seat", drop: "Take off",
    off: seat => `Seat ${seat} is off the board; the book keeps what it said.`,
    undo: "Undo", of: seat => `Undo: put seat ${seat} back`,
  };

  // A form and a list; ask({do, seat}) asks the room. show(dropped) when the
  // room says which are off, pick(seat) to fill in one, or none.
  Room.seats = ask => {
    const box = make("input", {type: "number", min: 1, required: true});
    const list = make("ul");
    let shown = "", fresh;
    const element = make("details", {}, make("summary", {}, WORDS.title),
      make("form", {submit: event => {
        event.preventDefault();
        fresh = Number(box.value);
        box.value = "";
        ask({do: "dropped", seat: fresh});
      }}, make("label", {}, `${WORDS.seat} `, box), " ",
      make("button", {}, WORDS.drop)), make("div", {role: "status"}, list));

    const row = seat => make("li", {}, WORDS.off(seat), " ", make("button", {
      type: "button", "aria-label": WORDS.of(seat),
      click: () => ask({do: "restored", seat})}, WORDS.undo));

    function show(dropped) {
      if (shown === String(dropped)) return;
      shown = String(dropped);
      const held = list.contains(document.activeElement);
      list.replaceChildren(...dropped.map(row));
      element.open ||= dropped.length > 0;
      if (dropped.includes(fresh))
        list.children[dropped.indexOf(fresh)].lastChild.focus();
      else if (held) box.focus();
      fresh = undefined;
    }

    return {element, show, pick(seat = "") {
      element.open = true;
      box.value = seat;
      box.focus();
      element.scrollIntoView();
    }};
  };
})();
