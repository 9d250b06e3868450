// The base of all elements: attributes are checked, what stood inside stays.
(() => {
  const {make, words} = globalThis.Live;
  let number = 0;   // of elements so far

  // What an attribute may be, in words.
  function allowed({allowed, from, to, list}) {
    const one = allowed ? allowed.join(", ") : words.between(from, to);
    return list ? `${one} (${words.several})` : one;
  }

  // One value of an attribute; an Error says what is allowed.
  function value(name, text, kind) {
    const wanted = kind.allowed?.[0] ?? 0;
    const found = typeof wanted === "number" && text.trim() ? Number(text)
      : text;
    const fine = kind.allowed ? kind.allowed.includes(found)
      : typeof found === "number" && found >= kind.from && found <= kind.to;
    if (!fine) throw new Error(words.bad(name, text, allowed(kind)));
    return found;
  }

  // The settings of an element, {name: value}, from its attributes.
  function settings(element, kinds) {
    return Object.fromEntries(Object.entries(kinds).map(([name, kind]) => {
      const text = element.getAttribute(name);
      if (text === null) return [name, kind.default];
      return [name, kind.list
        ? text.trim().split(/\s+/).map(one => value(name, one, kind))
        : value(name, text, kind)];
    }));
  }

  class LiveElement extends HTMLElement {
    connectedCallback() {
      if (this.recorded) return;
      const inside = [...this.childNodes];
      this.id ||= `${this.localName}-${++number}`;
      this.recorded = make("details", {
        class: "live-recorded", hidden: !this.textContent.trim()
          && !this.querySelector("img, svg"),
      }, make("summary", {}, words.recorded), ...inside);
      this.status = make("p", {role: "status", class: "live-say"});
      try {
        this.settings = settings(this, this.constructor.settings);
        this.build();
      } catch (error) {
        this.fail(error.message);
      }
    }

    disconnectedCallback() {
      this.stop();
    }

    // Does the reader ask for little motion?
    get still() {
      return matchMedia("(prefers-reduced-motion: reduce)").matches;
    }

    say(text) {
      if (this.status.textContent !== text) this.status.textContent = text;
    }

    // Nothing can be shown but why, and what was recorded.
    fail(text) {
      this.stop();
      this.recorded.open = true;
      this.replaceChildren(this.status, this.recorded);
      this.say(text);
    }

    build() {}

    stop() {}
  }

  // <live-NAME>, once.
  function define(name, kind) {
    if (!customElements.get(`live-${name}`))
      customElements.define(`live-${name}`, kind);
  }

  Object.assign(globalThis.Live, {Element: LiveElement, define});
})();
