// The distributions behind a class's runs, made by the program of the phones:
//     node record.js NAME [RUNS]       writes NAME.recorded.json
// Seeds from 500 on: the seats of a room end there.
const fs = require("fs"), path = require("path"), vm = require("vm");
const up = path.join(__dirname, ".."), FIRST = 500;
const pages = path.join(up, "room", "pages"), live = path.join(up, "..", "live");
const run = file => vm.runInThisContext(fs.readFileSync(file, "utf8"), {
  filename: file});

const [name, runs = 200] = process.argv.slice(2);
const lesson = JSON.parse(fs.readFileSync(path.join(
  __dirname, `${name}.json`), "utf8"));
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

(async () => {
  const recorded = {};
  for (const {lab, groups} of lesson.stages.filter(s => s.kind === "run")) {
    await Room.engine(lab);
    recorded[lab] = groups.map(group => group.choose ? [] : Array.from(
      {length: Number(runs)}, (_, i) => trained(lab, group, FIRST + i)));
  }
  fs.writeFileSync(path.join(__dirname, `${name}.recorded.json`),
                   `${JSON.stringify({recorded})}\n`);
})();
