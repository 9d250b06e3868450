// Between a phone and the room: what is said waits here until it is taken.
// One thing at a time: say hello, say what waits, ask how things stand.
(() => {
  const OFTEN = 2000, SELDOM = 8000, PATIENCE = 8000;   // ms

  // Sixteen digits that are this phone's and nobody's name. (Plain http: is
  // no secure context, so there is no crypto.randomUUID.)
  const drawn = () => [...crypto.getRandomValues(new Uint8Array(8))].map(
    byte => byte.toString(16).padStart(2, "0")).join("");

  // hear(kind, details): "seat", "now", "taken", "refused", "wrong room",
  // "net" (does it hear us, and how much waits).
  Room.Wire = class Wire {
    constructor(room, hear) {
      Object.assign(this, {room, hear, failures: 0, box: `waiting ${room}`});
      this.who = Room.kept("who") ?? Room.keep("who", drawn());
      this.again = () => document.hidden || this.beat();
      addEventListener("online", this.again);
      addEventListener("pageshow", this.again);
      document.addEventListener("visibilitychange", this.again);
    }

    get waiting() { return Room.kept(this.box) ?? []; }

    // It is kept first, then sent: a phone that dies in between says it later.
    say(message) {
      Room.keep(this.box, [...this.waiting, message]);
      this.beat();
    }

    async beat() {
      if (this.busy) return void (this.more = true);
      clearTimeout(this.timer);
      Object.assign(this, {busy: true, more: false});
      try {
        if (!this.seat) await this.hello();
        while (this.waiting.length) await this.flush();
        this.hear("now", await this.ask("now", {cache: "no-cache"}));
        this.failures = 0;
      } catch {
        this.failures++;
      }
      this.busy = false;
      if (!this.left) this.hear("net", {
        fine: !this.failures, waiting: this.waiting.length});
      if (this.left) return;
      const pause = Math.min(SELDOM, OFTEN * 2 ** this.failures);
      this.timer = setTimeout(() => this.beat(), this.more ? 0
        : pause * (.75 + Math.random() / 2));    // not all phones at once
    }

    async hello() {
      const answer = await this.post({kind: "hello"});
      if (answer.refused) {
        this.leave();
        this.hear("wrong room", answer);
        throw new Error(answer.why);
      }
      this.seat = answer.seat;
      this.hear("seat", answer);
    }

    async flush() {
      const [message] = this.waiting;
      const answer = await this.post(message);
      Room.keep(this.box, this.waiting.slice(1));
      this.hear(answer.refused ? "refused" : "taken", {message, answer});
    }

    post(message) {
      return this.ask("say", {
        method: "POST", headers: {"Content-Type": "application/json"},
        body: JSON.stringify({room: this.room, who: this.who, ...message})});
    }

    // The answer; {refused: status, why} if asking again is no use.
    async ask(path, options) {
      const answer = await fetch(path, {
        ...options, signal: AbortSignal.timeout(PATIENCE)});
      if (answer.ok) return answer.json();
      if (answer.status < 500 && answer.status !== 429) {
        const {error} = await answer.json().catch(() => ({}));
        return {refused: answer.status, why: error ?? String(answer.status)};
      }
      throw new Error(answer.status);
    }

    leave() {
      this.left = true;
      clearTimeout(this.timer);
      removeEventListener("online", this.again);
      removeEventListener("pageshow", this.again);
      document.removeEventListener("visibilitychange", this.again);
    }
  };
})();
