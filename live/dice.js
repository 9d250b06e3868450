// Dice: numbers that look random and repeat with their seed. Live.dice is one
// function without free variables, because workers get it as text.
(() => {
globalThis.Live ??= {};

Live.dice = () => {
  const GOLDEN = 0x9E3779B9;

  // A whole number of 32 bits from another: each bit turns half of the others
  // (lowbias32). Seeds side by side are far apart then.
  function spread(number) {
    let x = number ^ (number >>> 16);
    x = Math.imul(x, 0x7FEB352D);
    x = Math.imul(x ^ (x >>> 15), 0x846CA68B);
    return x ^ (x >>> 16);
  }

  // Endless numbers in [0, 1) from a seed (sfc32 by Doty-Humphrey); each part
  // of what one seed decides may have dice of its own.
  function uniform(seed, part = 0) {
    let a = spread(seed + GOLDEN), b = spread(a + part), c = spread(b + a);
    let count = 1;
    const next = () => {
      const sum = (a + b + count++) | 0;
      a = b ^ (b >>> 9);
      b = (c + (c << 3)) | 0;
      c = (((c << 21) | (c >>> 11)) + sum) | 0;
      return (sum >>> 0) / 2 ** 32;
    };
    for (let i = 0; i < 12; i++) next();   // until the three are mixed
    return next;
  }

  // From N(0, 1), by Box and Muller.
  function normal(random) {
    return Math.sqrt(-2 * Math.log(1 - random()))
      * Math.cos(2 * Math.PI * random());
  }

  return {uniform, normal};
};
})();
