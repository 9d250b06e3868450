"""The calculator's page: its fields, presets and script."""

FIELD = ('<div class="live-row"><label>{label}: <input name="{name}" '
         'value="{value:g}" size="10" style="min-height: 44px"></label>'
         '<input type="range" data-of="{name}" min="{low:g}" max="{high:g}" '
         'step="0.1" value="{power:.4g}" aria-label="{label}, powers of ten" '
         'style="height: 44px; flex: 1; min-width: 9em; max-width: 22em">'
         "</div>")
# what a press fills in: FLOPs and tokens; 10^12 FLOPs a second for a week, and
# two as published
PRESETS = {"A laptop, for a week": ("6e17", "1e9"),
           "Chinchilla": ("5.76e23", "1.4e12"),
           "The largest Llama 3": ("3.8e25", "1.56e13")}
PRESET = ('<button type="button" class="live-button" data-flops="{}" '
          'data-unique="{}" style="min-height: 44px">{}</button>')

# The same as ``plan``, for pages without a kernel.
SCRIPT = """<script>(() => {
  const root = document.getElementById("planning-%(name)s");
  const at = %(constants)s, {laws, c4} = at;
  const typed = new RegExp(`^(?:${at.typed})$`);
  const predict = (law, N, D) =>
    law.E + (law.A / N ** law.alpha + law.B / D ** law.beta) ** law.k;
  const scale = law => (law.alpha * law.A / (law.beta * law.B))
                       ** (1 / (law.alpha + law.beta));
  const optimum = law => C => {
    const N = scale(law) * (C / 6) ** (law.beta / (law.alpha + law.beta));
    return [N, predict(law, N, C / 6 / N)];
  };
  const worth = (base, used, R) =>
    base * (1 + R * -Math.expm1((1 - used / base) / R));
  const constrained = (C, U) => {
    const loss = log => {
      const N = Math.exp(log), D = C / 6 / N, unique = Math.min(U, D);
      return predict(c4, worth(Math.min(N, scale(c4) ** 2 * unique), N,
                               at.excess), worth(unique, D, at.repeats));
    };
    let low = Math.log(C / 6 / at.most / U), high = Math.log(C / 6);
    for (let i = 0; i < 200; i++) {   // take away the third that is worse
      const third = (high - low) / 3;
      if (loss(low + third) < loss(high - third)) high -= third;
      else low += third;
    }
    return [Math.exp(low), loss(low)];
  };
  const kaplan = C => [at.size * (C / at.day) ** at.growth,
                       (at.limit * at.day / C) ** at.fall];
  const advice = {"Kaplan 2020": kaplan, "Hoffmann 2022":
    optimum(laws.hoffmann), "Besiroglu 2024": optimum(laws.besiroglu),
    "Muennighoff 2023": constrained};
  const short = exact => {
    const x = Number(exact.toPrecision(3));
    if (x < 0.001) return "< 0.001";
    const [unit, name] = [
      [1e15, "P"], [1e12, "T"], [1e9, "B"], [1e6, "M"], [1e3, "k"], [1, ""]
    ].find(([unit]) => x >= unit) || [1, ""];
    return Number((x / unit).toPrecision(3)) + name;
  };
  const fields = [...root.querySelectorAll("input[name]")];
  const slider = name => root.querySelector(`[data-of=${name}]`);
  const show = () => {
    const [C, U] = fields.map(input => {
      const [low, high] = at.allowed[input.name];
      const value = typed.test(input.value) ? Number(input.value) : NaN;
      if (value >= low && value <= high) return value;
      throw `${at.labels[input.name]} is "${input.value}"; allowed are ` +
            `numbers from ${low.toExponential()} to ${high.toExponential()}`;
    });
    for (const row of root.querySelectorAll("tbody tr")) {
      const [N, loss] = advice[row.cells[0].textContent](C, U), D = C / 6 / N;
      [short(N), short(D), short(D / N), short(D / U), loss.toFixed(3)]
        .forEach((text, i) => row.cells[i + 1].textContent = text);
    }
  };
  root.oninput = event => {
    const moved = event && event.target.dataset.of;
    for (const field of fields) {
      const {name, value} = field;
      if (moved === name) field.value = Number((10 ** slider(name).value)
        .toPrecision(2)).toExponential().replace("+", "");
      else if (typed.test(value)) slider(name).value = Math.log10(value);
    }
    const [said, table] = [root.querySelector("p"),
                           root.querySelector("table")];
    try { show(); said.textContent = ""; table.hidden = false; }
    catch (wrong) { said.textContent = wrong; table.hidden = true; }
  };
  root.onclick = ({target: {dataset}}) => {
    if (!dataset.flops) return;
    for (const field of fields) field.value = dataset[field.name];
    root.oninput();
  };
})()</script>"""
