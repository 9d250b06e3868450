// What is recorded of a lesson, made by the program of the phones:
//     node record.js NAME [RUNS]           writes NAME.recorded.json, the
//         distributions behind a class's runs
//     node record.js second/NAME [RUNS]    writes into second/NAME.json what
//         decides the second vote: {lab, groups (settings), recorded}
// Seeds from 500 on: the seats of a room end there.
const fs = require("fs"), path = require("path"), vm = require("vm");
const up = path.join(__dirname, ".."), FIRST = 500;
const pages = path.join(up, "room", "pages"), live = path.join(up, "..", "live");
const run = file => vm.runInThisContext(fs.readFileSync(file, "utf8"), {
  filename: file});

const [name, runs = 200] = process.argv.slice(2);
const file = kind => path.join(__dirname, `${name}${kind}.json`);
const plan = JSON.parse(fs.readFileSync(file(""), "utf8"));
globalThis.Room = {load: async file => run([live, pages].map(
  folder => path.join(folder, file)).find(fs.existsSync))};
run(path.join(pages, "train.js"));

function trained(lab, group, seed) {
  const all = Room.trains[lab](group, seed);
  for (let next;;) if ((next = all.next()).done) {
    const {result} = next.value;
    return result === null ? null : Number(result.toFixed(result < 1 ? 4 : 2));
  }
}

// The results of each group; none of those with a choice of one's own.
async function results({lab, groups}) {
  await Room.engine(lab);
  return groups.map(group => group.choose ? [] : Array.from(
    {length: Number(runs)}, (_, i) => trained(lab, group, FIRST + i)));
}

const write = (kind, what) => fs.writeFileSync(
  file(kind), `${JSON.stringify(what)}\n`);

(async () => {
  if (!plan.stages) return write("", {...plan, recorded: await results(plan)});
  const recorded = {};
  for (const stage of plan.stages.filter(stage => stage.kind === "run"))
    recorded[stage.lab] = await results(stage);
  write(".recorded", {recorded});
})();
