"""Record a lab: run its experiments at a budget, resumably.

    python -m publish.record LAB [BUDGET]

Each experiment becomes ``labs/records/LAB/NAME.csv`` with the provenance of
every cell in ``NAME.json``; finished cells are kept if this is stopped.
"""
import importlib
import signal
import sys
from contextlib import ExitStack

from labkit import device
from labkit.records import FOLDER, Record


def main(lab, budget="full"):
    """Run what is not yet recorded, if all of it can be recorded."""
    experiments = importlib.import_module(f"labkit.{lab}").EXPERIMENTS
    known = {name for one in experiments.values() for name in one.sizes}
    if budget not in known:
        sys.exit(f"BUDGET is {budget!r}; allowed are {sorted(known)}")
    names = [name for name, one in experiments.items() if budget in one.sizes]
    machine = device.choose()
    print(machine)
    with ExitStack() as stack:
        for name, record in held(lab, names, stack).items():
            print(f"{lab}/{name}", flush=True)
            complete(experiments[name], budget, record, machine)


def held(lab, names, stack):
    """The records of a lab, held by this process; exit if one cannot be."""
    try:
        records = {name: Record(FOLDER / lab, name) for name in names}
        for record in records.values():
            stack.enter_context(record.held())
    except (OSError, ValueError) as error:
        sys.exit(str(error))
    return records


def complete(experiment, budget, record, machine):
    """Run what a record lacks; exit if it still does, as interrupted."""
    for seeds in experiment.batches:
        rows = experiment.run(
            budget, seeds, record=record, workers=machine.threads,
            device=machine.device.type)
    missing = [cell for seeds in experiment.batches
               for cell in experiment.settings(budget, seeds)
               if not record.has(cell)]
    if missing:
        sys.exit(f"{len(missing)} cells are missing in {record.csv}; the "
                 "same command goes on with them")
    print(f"  {len(rows)} rows in {record.csv}", flush=True)


if __name__ == "__main__":
    # unlike the others it tidies up, and says what is kept
    signal.signal(signal.SIGINT, signal.default_int_handler)
    main(*sys.argv[1:])
