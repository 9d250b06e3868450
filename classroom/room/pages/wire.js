// Between a phone and the room: what is said waits here until it is taken.
// One thing at a time: say hello, say what waits, ask how things stand.
(() => {
  const OFTEN = 2000, SELDOM = 8000, PATIENCE = 8000;   // ms

  // Sixteen digits that are this phone's and nobody's name. (Plain http: is
  // no secure context, so there is no crypto.randomUUID.)
  const drawn = () => [...crypto.getRandomValues(new Uint8Array(8))].map(
    byte => byte.toString(16).padStart(2, "0")).join("");

  // hear(kind, details): "seat", "now", "taken", "refused", "wrong room",
  // "net" (what waits, what the trouble is, and when it is tried again).
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
      let trouble;
      try {
        if (!this.seat) await this.hello();
        while (this.waiting.length) await this.flush();
        const news = await this.ask(`now?${this.room}`, {cache: "no-cache"});
        if (news.refused) this.leave(news);
        this.hear("now", news);
        this.failures = 0;
      } catch (error) {
        trouble = error;
        this.failures++;
        // Whoever answers next may be another room: hello again.
        if (!trouble.wait) this.seat = 0;
      }
      this.busy = false;
      if (this.left) return;
      const pause = this.more ? 0 : this.pause(trouble);
      this.hear("net", {trouble, waiting: this.waiting.length, pause});
      this.timer = setTimeout(() => this.beat(), pause);
    }

    // Until the next try: what the room asks for, or more with each failure;
    // not all phones at once.
    pause(trouble) {
      return trouble?.wait
        ? Math.min(SELDOM, 1000 * trouble.wait) * (1 + Math.random() / 4)
        : Math.min(SELDOM, OFTEN * 2 ** this.failures)
          * (.75 + Math.random() / 2);
    }

    async hello() {
      const answer = await this.post({kind: "hello"});
      if (answer.refused) this.leave(answer);
      this.seat = answer.seat;
      this.hear("seat", answer);
    }

    async flush() {
      const [message] = this.waiting;
      const answer = await this.post(message);
      if (answer.why?.startsWith("room")) this.leave(answer);
      Room.keep(this.box, this.waiting.slice(1));
      this.hear(answer.refused ? "refused" : "taken", {message, answer});
    }

    post(message) {
      return this.ask("say", {
        method: "POST", headers: {"Content-Type": "application/json"},
        body: JSON.stringify({room: this.room, who: this.who, ...message})});
    }

    // The answer; {refused: status, why} if asking again is no use. If it is,
    // an error that may know for how many seconds to wait.
    async ask(path, options) {
      const answer = await fetch(path, {
        ...options, signal: AbortSignal.timeout(PATIENCE)});
      if (answer.ok) return answer.json();
      const {error: why} = await answer.json().catch(() => ({}));
      if (answer.status < 500 && answer.status !== 429)
        return {refused: answer.status, why: why ?? String(answer.status)};
      throw Object.assign(new Error(why), {
        wait: Number(answer.headers.get("Retry-After"))});
    }

    // Ask no more; with an answer, because that was a refusal.
    leave(answer) {
      this.left = true;
      clearTimeout(this.timer);
      removeEventListener("online", this.again);
      removeEventListener("pageshow", this.again);
      document.removeEventListener("visibilitychange", this.again);
      if (!answer) return;
      this.hear("wrong room", answer);
      throw new Error(answer.why);
    }
  };
})();
