// The tables of the language's rules, drawn as labkit.language.texts.Markov
// draws them: by numpy's default dice, PCG64 (O'Neill 2014), whose start
// stands in rules.js. Live.rules.tables are made once, when first asked for;
// each is a string, one digit in base 32 an entry.
(() => {
const MULTIPLIER = 0x2360ED051FC65DA44385DF649FCCF645n;

// Endless numbers in [0, 1), of 53 bits.
function pcg64({state, step}) {
  let at = BigInt(state);
  const add = BigInt(step);
  return () => {
    at = BigInt.asUintN(128, at * MULTIPLIER + add);
    const word = BigInt.asUintN(64, (at >> 64n) ^ at), turn = at >> 122n;
    const turned = (word >> turn) | BigInt.asUintN(64, word << (64n - turn));
    return Number(turned >> 11n) / 2 ** 53;
  };
}

// Sums of Zipf's law up to each of so many tokens, the last one 1.
function zipf(vocab) {
  let sum = 0;
  const sums = Array.from({length: vocab}, (_, i) => sum += 1 / (i + 1));
  return sums.map(part => part / sum);
}

function drawn({vocab, order, dice}) {
  const random = pcg64(dice), sums = zipf(vocab);
  const entry = () => {
    const height = random();
    return sums.findIndex(sum => sum > height).toString(32);
  };
  return Array.from({length: order}, (_, k) => Array.from(
    {length: vocab ** (k + 1)}, entry).join(""));
}

let tables;
Object.defineProperty(Live.rules, "tables", {
  enumerable: true,   // so it is in what is sent to workers
  get() { return tables ??= drawn(Live.rules); }});
})();
