"""A few minutes of a big GPU: check it, measure it, record what fits.

    python -m publish.gpu

First the training step that a GPU replays (``train.captured``) is compared
with the plain one, in what it computes and in how long it takes, at each
width of the sweep ``epochs/library``. The rest of LIMIT goes to that sweep,
from the smallest cell on; the same command goes on with what is missing.
"""
import sys
import time
from contextlib import ExitStack

import pandas as pd
import torch

from labkit.device import choose
from labkit.epochs.medium import library
from labkit.experiment import sweep
from labkit.language.runs import axes, setting
from labkit.language.train import AdamW, by_autograd, captured, cut, losses
from publish.record import held

LIMIT = 450       # seconds for all, of which a cell's estimate must be left
WARM, TIMED = 5, 20   # steps before the clock starts, and on the clock
ROUNDING = 1e-3   # nats that two ways to compute the same may be apart
MARGIN = 1.25     # exams, and what a longer run may take more
START = 10        # seconds to set up a cell


def main():
    """Check, measure and record on the GPU; exit with why if there is none.
    """
    machine = choose()
    if machine.device.type != "cuda":
        sys.exit(f"torch {torch.__version__} finds no GPU; allowed is an "
                 "NVIDIA GPU, and a torch that was built for it. If this "
                 "machine has one, remove .venv and run this again without "
                 "PIP_EXTRA_INDEX_URL: then the wheel with CUDA is taken.")
    print(machine)
    with ExitStack() as stack:
        record = held("epochs", [library.name], stack)[library.name]
        turn(library, record, "cuda")


def turn(experiment, record, device, fast=captured, clock=time.monotonic,
         budget="gpu"):
    """Check and measure each width, then record what fits into LIMIT.

    ``fast`` is the way to make a step that is compared with the plain one;
    ``clock`` tells seconds. Exits if the two ways differ.
    """
    end = clock() + LIMIT
    cells = experiment.settings(budget)
    speeds = pd.DataFrame([
        compared(cell, device, fast, clock)
        for cell in {cell["width"]: cell for cell in cells}.values()])
    print(speeds.to_string(index=False), flush=True)
    apart = speeds.apart.max()
    if not apart <= ROUNDING:
        sys.exit(f"The captured step and the plain one are {apart:.2g} nats "
                 f"apart; allowed are {ROUNDING:g}. Nothing was recorded.")
    speeds.to_csv(record.csv.with_name("gpu.csv"), index=False)
    fill(experiment, record, cells, speeds.set_index("width"), device,
         lambda: end - clock())
    print(report(cells, record))


def compared(cell, device, fast, clock):
    """Both ways at the size of a cell: how far apart, how many tokens/s.

    ``apart`` is the largest difference of the losses after the last step
    (nats), and ``step`` the smallest change that this step made: what a
    wrong step would be worth.
    """
    before, plain, slow = tried(by_autograd, cell, device, clock)
    _, replayed, quick = tried(fast, cell, device, clock)
    tokens = tokens_of(cell) / steps_of(cell)
    return dict(width=cell["width"],
                apart=(replayed - plain).abs().max().item(),
                step=(plain - before).abs().min().item(),
                plain=round(tokens / slow), captured=round(tokens / quick),
                seconds=quick)


def tried(make_step, cell, device, clock):
    """Train for a few steps: the losses before the last one and after it.

    Returns them, each of the shape (seed,), and the seconds of a step.
    """
    setup, batch = setting(cell["task"])
    model, corpora, _ = setup(cell["width"], cell["unique"], cell["seeds"])
    model, windows = model.to(device), cut(model, corpora().to(device), batch)
    rates = torch.tensor(cell["lrs"] * len(cell["seeds"]), device=device)
    step = make_step(model, AdamW(model, rates), windows, batch,
                     cell["seeds"])

    def examined():
        with torch.no_grad():
            return losses(model, windows[:, :batch]).cpu()   # and waits

    for _ in range(WARM):
        step(1.0)
    examined()
    start = clock()
    for _ in range(TIMED - 1):
        step(1.0)
    before = examined()
    step(1.0)
    after = examined()
    return before, after, (clock() - start) / TIMED


def tokens_of(cell):
    """The tokens that all members of a cell read."""
    return (cell["unique"] * cell["epochs"] * len(cell["lrs"])
            * len(cell["seeds"]))


def steps_of(cell):
    """The steps of a cell."""
    return axes(cell["task"], cell["width"], cell["unique"]).steps(
        cell["epochs"])


def fill(experiment, record, cells, speeds, device, left):
    """Record one cell after another, until the next would take too long.

    ``left()`` are the seconds that are left. Interrupted, it ends, too.
    """
    for cell in cells:
        if record.has(cell):
            continue
        needs = START + MARGIN * steps_of(cell) * speeds.seconds[cell["width"]]
        if needs > left():
            return
        sweep(experiment.rows, [cell], experiment.price, record,
              device=device)
        if not record.has(cell):
            return


def report(cells, record):
    """What is recorded and what is missing, in words."""
    missing = [f"width {cell['width']} at {cell['lrs'][0]:g}"
               for cell in cells if not record.has(cell)]
    if not missing:
        return f"All {len(cells)} cells are in {record.csv}."
    return (f"{len(missing)} of {len(cells)} cells are missing in "
            f"{record.csv}: {', '.join(missing)}. The same command goes on "
            "with them.")


if __name__ == "__main__":
    main()
