// What the teacher does: keys of the keyboard, buttons, and the room's answer.
(() => {
  const {make} = Room;
  const WORDS = {
    back: "Back", next: "Next", open: "Open", close: "Close", reveal: "Reveal",
    network: "Network", router: "Router", join: "Code", drop: "Seat off",
  };
  const KEYS = {ArrowRight: "next", PageDown: "next", ArrowLeft: "back",
                PageUp: "back", o: "open", r: "reveal", n: "network",
                w: "router", q: "join", d: "drop"};
  const SHOWN = {next: "→", back: "←", open: "o", reveal: "r", network: "n",
                 router: "w", join: "q", drop: "d"};

  // Buttons and keys for these actions; act(action). `state()` says {open,
  // pressed: {action: yes or no}}.
  function controls(actions, act) {
    const buttons = Object.fromEntries(actions.map(action => [action, make(
      "button", {type: "button", click: () => act(action)}, WORDS[action],
      make("kbd", {"aria-hidden": "true"}, SHOWN[action]))]));
    addEventListener("keydown", event => {
      const action = KEYS[event.key.length > 1 ? event.key
        : event.key.toLowerCase()];
      if (!actions.includes(action) || event.repeat || event.ctrlKey
          || event.metaKey || event.altKey
          || event.target.closest("input, textarea, select")) return;
      event.preventDefault();
      act(action);
    });
    return {elements: Object.values(buttons), show({open, pressed, can}) {
      buttons.open.firstChild.textContent = WORDS[open ? "close" : "open"];
      for (const [action, yes] of Object.entries(pressed))
        buttons[action]?.setAttribute("aria-pressed", String(yes));
      for (const [action, yes] of Object.entries(can))
        buttons[action]?.setAttribute("aria-disabled", String(!yes));
    }};
  }

  // The room's events, until it refuses the key; a header holds that, so that
  // no address does. hear(news), lost(is the key refused).
  async function listen(secret, hear, lost) {
    for (;;) {
      try {
        const answer = await fetch("stream", {headers: {Key: secret}});
        if (answer.status === 403) return lost(true);
        if (answer.ok) await events(answer.body.pipeThrough(
          new TextDecoderStream()), hear);
      } catch { /* the room is gone, or the network */ }
      lost(false);
      await new Promise(again => setTimeout(again, 1000));
    }
  }

  async function events(stream, hear) {
    let left = "";
    for (const reader = stream.getReader();;) {
      const {done, value} = await reader.read();
      if (done) return;
      const parts = (left + value).split("\n\n");
      left = parts.pop();
      for (const part of parts) if (part.startsWith("data: "))
        hear(JSON.parse(part.slice(6)));
    }
  }

  // Ask the room for something; why not, if it refuses.
  async function ask(secret, what) {
    const answer = await fetch("teach", {method: "POST", headers: {
      Key: secret, "Content-Type": "application/json"},
    body: JSON.stringify(what)});
    if (!answer.ok) return (await answer.json()).error;
  }

  Room.teacher = {controls, listen, ask};
})();
