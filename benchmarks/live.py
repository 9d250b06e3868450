"""Measure the engine of the pages against the course's trainer.

    python -m benchmarks.live

Prints a table: thousand tokens per second of processor time, one network at
a time, all on one core. What a page computes runs here in Node, whose
JavaScript and WebAssembly are Chromium's.
"""
import json
import os
import shutil
import subprocess
import time
from pathlib import Path

import pandas as pd

from benchmarks import ours

FOLDER = Path(__file__).resolve().parent.parent / "live"
WIDTHS = 8, 32, 128, 512
ROUNDS = 5
SECONDS = 0.5    # that one measurement lasts, about
TRAINER = "trainer"
NAMES = {"FastNetwork": "page: kernel", "Network": "page: plain JavaScript"}

PROGRAM = """
const [folder, width, seconds] = process.argv.slice(1);
for (const name of ["rules", "tables", "dice", "kernel", "language",
                    "engine"]) require(`${folder}/${name}.js`);
const engine = Live.engine(Live.kernel), {BATCH, uniform} = engine;
const language = new engine.Language(Live.rules), places = 2 ** 15;
const text = language.sample(places + language.order, uniform(1));
const spent = () => {
  const {user, system} = process.cpuUsage();
  return (user + system) / 1e6;
};
function speed(kind) {   // tokens a second, after a time to warm up
  const net = new engine[kind]({width: Number(width), lr: 0.01}, language,
                               text, uniform(2));
  const stream = engine.batches(places, uniform(3));
  let tokens, start;
  for (const time of [0.3, seconds])
    for ([tokens, start] = [0, spent()]; spent() - start < time;)
      for (let i = 0; i < 5; i++, tokens += BATCH)
        net.learn(stream.next().value);
  return tokens / (spent() - start);
}
console.log(JSON.stringify(Object.fromEntries(
  ["FastNetwork", "Network"].map(kind => [kind, speed(kind)]))));
"""


def node():
    """The program that runs JavaScript; playwright brings one, too."""
    if found := shutil.which("node"):
        return found
    from playwright._impl._driver import compute_driver_executable
    return compute_driver_executable()[0]


def page(width):
    """Tokens a second of the engine, by name."""
    text = subprocess.run(
        [node(), "-e", PROGRAM, FOLDER, str(width), str(SECONDS)],
        check=True, capture_output=True, text=True).stdout
    return {NAMES[kind]: speed for kind, speed in json.loads(text).items()}


def trainer(width):
    """Tokens a second of labkit's trainer with one member."""
    run, tokens = ours.mlp(width, 1)
    run(100)
    start, steps = time.process_time(), 0
    while time.process_time() - start < SECONDS:
        run(100)
        steps += 100
    return tokens * steps / (time.process_time() - start)


def throughputs():
    """Rows: tokens a second of each program, width and round, in turn."""
    for width in WIDTHS:
        for round_ in range(ROUNDS):
            for program, speed in {**page(width),
                                   TRAINER: trainer(width)}.items():
                yield dict(width=width, round=round_, program=program,
                           speed=speed)


def compared(rows):
    """A table of medians; ratios with their range over the rounds."""
    lines = []
    for width, part in rows.groupby("width"):
        speed = part.pivot(index="round", columns="program", values="speed")
        ratio = speed[NAMES["FastNetwork"]] / speed[TRAINER]
        lines.append({
            "network": f"MLP, width {width}", "parameters": f"{129 * width:,}",
            **{name: f"{speed[name].median() / 1000:,.0f}"
               for name in (*NAMES.values(), TRAINER)},
            "kernel / trainer": f"{ratio.median():.2g} "
                                f"({ratio.min():.2g}–{ratio.max():.2g})"})
    return pd.DataFrame(lines)


def main():
    """Measure on one core and print the table."""
    import torch

    from benchmarks.__main__ import markdown
    os.environ["LABS_QUIET"] = "1"
    os.sched_setaffinity(0, {max(os.sched_getaffinity(0))})
    torch.set_num_threads(1)
    print(markdown(compared(pd.DataFrame(throughputs()))))


if __name__ == "__main__":
    main()
