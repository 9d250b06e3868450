"""Measure the speed of everything and write the page about it.

    python -m benchmarks

One pinned core for the programs that are compared, side by side in one
run; all cores for the labs. Writes ``speed.md`` and the labs' times.
JAX takes part if it is installed.
"""
import importlib.metadata
import importlib.util
import os
import time
from datetime import date
from pathlib import Path

import pandas as pd

from benchmarks import lab_times, live
from labkit.records import FOLDER

PAGE = Path(__file__).resolve().parent.parent / "speed.md"
SIZES = {"mlp": [(8, 20), (32, 20), (64, 20), (256, 10), (1024, 5)],
         "gpt": [(8, 10), (16, 10), (32, 5), (64, 5), (128, 2)]}
NAMES = {"mlp": "MLP", "gpt": "GPT"}
ROUNDS = 5
SECONDS = 0.5    # that one measurement lasts, about


def clock(run, steps):
    """Seconds of one step."""
    start = time.perf_counter()
    run(steps)
    return (time.perf_counter() - start) / steps


def throughputs(kind, programs):
    """Rows: thousand tokens a second of each program, size and round.

    Each round measures all programs one after another.
    """
    for width, members in SIZES[kind]:
        made = {name: getattr(module, kind)(width, members)
                for name, module in programs.items()}
        steps = {}
        for name, (run, _) in made.items():
            run(20)
            steps[name] = max(20, round(SECONDS / clock(run, 20)))
            run(steps[name])    # JAX compiles for each number of steps
        for round_ in range(ROUNDS):
            for name, (run, tokens) in made.items():
                yield dict(kind=kind, width=width, members=members,
                           program=name, round=round_, speed=tokens / clock(
                               run, steps[name]) / 1000)


def compared(rows, kind):
    """A table of medians; ratios with their range over the rounds."""
    from labkit.language import models

    lines = []
    for (width, members), part in rows[rows.kind == kind].groupby(
            ["width", "members"]):
        speed = part.pivot(index="round", columns="program", values="speed")
        network = (models.MLP(32, 3, width, [0]) if kind == "mlp" else
                   models.GPT(32, 64, width, [0]))
        line = {"network": f"{NAMES[kind]}, width {width}",
                "parameters": f"{network.size():,}", "at once": members}
        line |= {name: f"{speed[name].median():,.0f}" for name in speed}
        for name in speed.columns.drop("trainer"):
            ratio = speed.trainer / speed[name]
            line[f"trainer / {name}"] = (f"{ratio.median():.2g} "
                                         f"({ratio.min():.2g}–"
                                         f"{ratio.max():.2g})")
        lines.append(line)
    return pd.DataFrame(lines)


def swept():
    """Seconds of the epochs lab's quick sweep: naively, and as in the lab."""
    from benchmarks import plain
    from labkit import device, epochs

    workers = device.choose().workers
    sizes = epochs.EXPERIMENTS["targets"].sizes["quick"]

    def course(_):
        epochs.targets.run("quick", workers=workers)

    naive = clock(lambda _: plain.sweep(**sizes), 1)
    clock(course, 1)    # starts the workers
    return naive, clock(course, 1)


def lab_table():
    """Seconds of each lab on this device, by budget, as last measured."""
    times = pd.concat(map(pd.read_csv, FOLDER.glob("*/times.csv")))
    times = times[(times.device == lab_times.device())
                  & (times.part == "all")]
    table = times.pivot(index="lab", columns="budget", values="seconds")
    return table.reindex(columns=["quick", "class"]).map(
        "{:.0f}".format).replace("nan", "–").reset_index()


def markdown(table):
    """A table in Markdown."""
    lines = [table.columns, ["---"] * len(table.columns), *table.astype(
        str).to_numpy()]
    return "\n".join("| " + " | ".join(line) + " |" for line in lines)


def programs():
    """What is compared: name -> module with a function for each network."""
    from benchmarks import ours, plain

    found = {"plain loop": plain, "trainer": ours}
    if importlib.util.find_spec("jax"):
        from benchmarks import withjax
        found["JAX"] = withjax
    return found


def main():
    """Measure all and write the page."""
    import torch

    os.environ["LABS_QUIET"] = "1"
    cores = os.sched_getaffinity(0)
    os.sched_setaffinity(0, {max(cores)})
    torch.set_num_threads(1)
    names = programs()
    rows = pd.DataFrame([row for kind in SIZES
                         for row in throughputs(kind, names)])
    page = pd.DataFrame(live.throughputs())
    os.sched_setaffinity(0, cores)
    naive, ours = swept()
    cells = []
    for lab in sorted(path.stem for path in FOLDER.parent.glob("*.ipynb")):
        seconds, costs = lab_times.measure(lab, "quick")
        lab_times.keep(lab, "quick", costs)
        cells.append(seconds.rename_axis("cell").reset_index(
            name="seconds").assign(lab=lab))
    slowest = pd.concat(cells).nlargest(10, "seconds").round(1)[
        ["lab", "cell", "seconds"]]
    PAGE.write_text(TEXT.format(
        device=lab_times.device(), date=date.today(), rounds=ROUNDS,
        torch=torch.__version__, jax=importlib.metadata.version("jax")
        if "JAX" in names else "not installed",
        mlp=markdown(compared(rows, "mlp")),
        gpt=markdown(compared(rows, "gpt")), page=markdown(
            live.compared(page)), naive=naive, ours=ours,
        ratio=naive / ours, labs=markdown(lab_table()),
        slowest=markdown(slowest)), "utf-8")


TEXT = """\
# Measured speed

How long does a lab take, and what makes it fast? All of this was measured \
on {device}, torch {torch}, JAX {jax}, {date}, by `python3 course.py speed`, \
which writes this page anew on your machine.

## The labs

Seconds for a whole lab, by budget, on all cores. *quick* is what runs if \
you change nothing; *class* is for a longer session. A dash: not measured \
since the lab has changed. *further* has whatever else there is to a lab.

{labs}

The ten slowest cells at the quick budget, where a class waits longest:

{slowest}

## One core, thousand tokens a second

Read the last columns: above 1, the course's trainer is faster. The *plain \
loop* trains one network with `torch.nn` and `torch.optim`. The *trainer* \
trains several members of one size as one program; the MLP with its backward \
pass written out. *JAX* is the same program with `jit`, `scan` and `vmap`. \
All run on one pinned core, in turn; medians of {rounds} rounds, ratios with \
their range. What to notice: members side by side help small networks most.

{mlp}

{gpt}

## In the page

Models train in the pages of this site, too, one network at a time. \
Thousand tokens per second of processor time, on one core, against the \
trainer with one member: the *kernel* is the engine's inner loops in \
WebAssembly, *plain JavaScript* what runs where a browser has none (`python \
-m benchmarks.live`).

{page}

## A whole experiment

The first experiment of the epochs lab at its quick budget (four sizes, two \
learning rates, five seeds), with its exams, on all cores: one network after \
another {naive:.0f} s, as in the lab {ours:.0f} s, {ratio:.1f} times as fast.
"""

if __name__ == "__main__":
    main()
