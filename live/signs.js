// Any text, in any script, as the 32 signs of the engine; and what came of
// an exam on it, in words. Pure.
(() => {
  globalThis.Live ??= {};
  const WORDS = {
    because: (best, loss, others) => `In the exam ${best} came down to ${
      loss} nats per character; ${others}.`,
    other: (size, loss) => `${size} to ${loss}`,
    alike: (least, held) => ` The best two differ by less than ${
      least}: too little to tell in an exam of ${held} characters.`,
    heart: sizes => ` Then the exam shows learning by heart: ${
      sizes}.`,
    rose: (size, low, high) => `${size} rose from ${low} to ${high}`,
  };
  const NEAR = .05, RISE = .02;   // nats
  const OTHER = 31, LEAST = 2000, MOST = 50000, HELD = 10;
  const ALIKE = {   // other ways to write a common sign
    "’": "'", "‘": "'", "´": "'", "`": "'", "“": '"', "”": '"',
    "„": '"', "«": '"', "»": '"', "–": "-", "—": "-", "\t": " ",
    "\u00a0": " ",
    "ß": "ss", "æ": "ae", "œ": "oe", "ø": "o", "ł": "l", "đ": "d",
    "，": ",", "、": ",", "。": ".", "\r": "", "\u3000": " "};

  // Small letters without accents, one kind of each mark.
  function plain(text) {
    return text.replaceAll("\r\n", "\n").toLowerCase().normalize("NFD")
      .replace(/\p{M}/gu, "").normalize("NFC")
      .replace(/./gsu, sign => ALIKE[sign] ?? sign);
  }

  // The signs of a text, the commonest first.
  function byCount(signs) {
    const count = new Map();
    for (const sign of signs) count.set(sign, (count.get(sign) ?? 0) + 1);
    return [...count].sort(([, a], [, b]) => b - a).map(([sign]) => sign);
  }

  // The 31 commonest signs keep a number each, all others share the last:
  // {signs: Uint8Array, alphabet, other: how many became the last one, cut:
  // whether the text was too long}.
  function encode(text) {
    const start = text.slice(0, 4 * MOST);   // enough of a very long one
    const all = [...plain(start)], kept = all.slice(0, MOST);
    const alphabet = byCount(kept).slice(0, OTHER);
    const number = new Map(alphabet.map((sign, i) => [sign, i]));
    const signs = Uint8Array.from(kept, sign => number.get(sign) ?? OTHER);
    const other = signs.filter(sign => sign === OTHER).length;
    return {signs, alphabet, other,
            cut: all.length > MOST || text.length > start.length};
  }

  // Signs as a text again; what was other is a box.
  function decode(signs, alphabet) {
    return Array.from(signs, sign => alphabet[sign] ?? "□").join("");
  }

  function counts(signs) {
    const count = new Array(OTHER + 1).fill(0);
    for (const sign of signs) count[sign]++;
    return count;
  }

  // What is wrong with an encoded text: {short: how many signs there are},
  // {lost: the share that became the last sign}, {same: it is nearly one
  // sign}; null if nothing is.
  function trouble({signs, other}) {
    if (signs.length < LEAST) return {short: signs.length};
    if (other > .6 * signs.length) return {lost: other / signs.length};
    return Math.max(...counts(signs)) > .9 * signs.length ? {same: true}
      : null;
  }

  // The last tenth is the exam; nobody learns from it.
  function split(signs) {
    const edge = signs.length - Math.floor(signs.length / HELD);
    return {text: signs.slice(0, edge), held: signs.slice(edge)};
  }

  // Nats per sign for one who knows only how frequent each sign is.
  function frequencies(signs) {
    return counts(signs).filter(n => n).reduce((sum, n) =>
      sum - n / signs.length * Math.log(n / signs.length), 0);
  }

  // Which size is best, of its lowest losses; one more than there are if two
  // are about alike.
  function winner(best) {
    const [first, second] = best.toSorted((a, b) => a - b);
    return second - first < NEAR ? best.length : best.indexOf(first);
  }

  // Why: the lowest loss of each size, and where the exam rose again.
  function because(sizes, best, ends, held) {
    const nats = x => x.toFixed(2), first = best.indexOf(Math.min(...best));
    const others = sizes.map((size, i) => WORDS.other(size, nats(best[i])))
      .filter((_, i) => i !== first).join(", ");
    const rose = sizes.map((size, i) => WORDS.rose(size, nats(best[i]), nats(
      ends[i]))).filter((_, i) => ends[i] > best[i] + RISE).join(", ");
    return WORDS.because(sizes[first], nats(best[first]), others)
      + (winner(best) === best.length ? WORDS.alike(NEAR, held) : "")
      + (rose ? WORDS.heart(rose) : "");
  }

  Live.signs = {encode, decode, trouble, split, frequencies, winner, because,
                LEAST, MOST, HELD, OTHER, words: WORDS};
})();
