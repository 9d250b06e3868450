// A line for the class: twelve characters that hold one run, written and
// read as labkit.lines does. Of a line that is mistyped it says what
// is wrong: the two sums that must be 0 tell the place of one wrong character.
(() => {
  const WORDS = {
    letter: c => `“${c}” is in no line (0 and O, I and L, U are left out)`,
    length: n => `${n} characters; a line has 12`,
    one: (place, now, line) => `character ${place}, “${now}”, does not fit; `
      + `is it ${line}?`,
    swapped: (place, line) => `characters ${place} and ${place + 1} may have `
      + `changed places; is it ${line}?`,
    several: "several characters do not fit",
    lab: lab => `the lab is “${lab}”`, seed: "the seed is not from 0 to 999",
    group: "the group is not from 0 to 4", result: "the result is too large",
  };
  const DIGITS = "123456789ABCDEFGHJKMNPQRSTVWXYZ", BASE = DIGITS.length;
  const LABS = ["epochs", "landscape", "interference", "lottery", "scaling",
                "compute"];
  const SEEDS = 1000, GROUPS = 5, STEP = 1e-4, HIGHEST = BASE ** 6 - 2;

  const PRINTED = GROUPS - 1;   // what a lab itself asks, and prints

  const modulo = x => (x % BASE + BASE) % BASE;
  const digits = (number, count) => Array.from({length: count}, (_, i) =>
    Math.floor(number / BASE ** (count - 1 - i)) % BASE);
  const number = all => all.reduce((sum, digit) => BASE * sum + digit, 0);
  const sums = all => [all.reduce((sum, digit) => sum + digit, 0), all.reduce(
    (sum, digit, i) => sum + (i + 1) * digit, 0)].map(modulo);
  const written = all => all.map(digit => DIGITS[digit]).join("").replace(
    /....(?=.)/g, "$&-");

  // To the nearest whole number; from halfway to the even one, as in Python.
  function nearest(x) {
    const up = Math.round(x);
    return up - x === .5 && up % 2 ? up - 1 : up;
  }

  // A result of null means never.
  function line({lab, seed, result, group}) {
    const whole = (x, end) => Number.isInteger(x) && x >= 0 && x < end;
    const never = result === null || isNaN(result);
    if (!LABS.includes(lab)) throw new RangeError(WORDS.lab(lab));
    if (!whole(seed, SEEDS)) throw new RangeError(WORDS.seed);
    if (!whole(group, GROUPS)) throw new RangeError(WORDS.group);
    if (!never && !(result >= 0 && result <= HIGHEST * STEP))
      throw new RangeError(WORDS.result);
    const data = [LABS.indexOf(lab) + LABS.length * group, ...digits(seed, 3),
      ...digits(never ? HIGHEST + 1 : nearest(result / STEP), 6)];
    const [plain, weighted] = sums(data);
    const last = modulo(11 * plain - weighted);
    return written([...data, modulo(-plain - last), last]);
  }

  // {lab, seed, result, group}, or {wrong: why it is no line}.
  function read(text) {
    const plain = String(text).toUpperCase().replace(/[ \t\n-]/g, "");
    const bad = [...plain].find(c => !DIGITS.includes(c));
    if (bad) return {wrong: WORDS.letter(bad)};
    if (plain.length !== 12) return {wrong: WORDS.length(plain.length)};
    const all = [...plain].map(c => DIGITS.indexOf(c));
    return values(all) ?? {wrong: mistyped(all)};
  }

  // What twelve digits hold; undefined if they are no line.
  function values(all) {
    const [first, seed, steps] = [
      all[0], number(all.slice(1, 4)), number(all.slice(4, 10))];
    if (sums(all).some(Boolean) || first >= LABS.length * GROUPS
        || seed >= SEEDS) return;
    return {lab: LABS[first % LABS.length], seed,
            result: steps > HIGHEST ? null : steps / 1e4,
            group: Math.floor(first / LABS.length)};
  }

  // The likeliest slip.
  function mistyped(all) {
    const [plain, weighted] = sums(all);
    const places = all.map((_, i) => i);
    const one = places.find(i => plain && modulo((i + 1) * plain) === weighted);
    if (one !== undefined) {
      const right = all.with(one, modulo(all[one] - plain));
      if (values(right))
        return WORDS.one(one + 1, DIGITS[all[one]], written(right));
    }
    const pairs = plain ? [] : places.slice(1).filter(i =>
      modulo(all[i] - all[i - 1]) === weighted).map(i => [i, all.with(
      i, all[i - 1]).with(i - 1, all[i])]).filter(([, right]) => values(right));
    return pairs.length === 1 ? WORDS.swapped(pairs[0][0], written(pairs[0][1]))
      : WORDS.several;
  }

  Object.assign(Room, {line, read, LABS, PRINTED});
})();
