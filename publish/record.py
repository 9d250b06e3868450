"""Record a lab: run its experiments at a budget, resumably.

    python -m publish.record LAB [BUDGET]

Each experiment becomes ``labs/records/LAB/NAME.csv`` with the provenance of
every cell in ``NAME.json``; finished cells are kept if this is stopped.
"""
import importlib
import sys

from labkit import device
from labkit.records import FOLDER, Record


def main(lab, budget="full"):
    """Run what is not yet recorded."""
    experiments = importlib.import_module(f"labkit.{lab}").EXPERIMENTS
    known = {name for one in experiments.values() for name in one.sizes}
    if budget not in known:
        sys.exit(f"BUDGET is {budget!r}; allowed are {sorted(known)}")
    machine = device.choose()
    print(machine)
    for name, experiment in experiments.items():
        if budget in experiment.sizes:
            record = Record(FOLDER / lab, name)
            print(f"{lab}/{name}", flush=True)
            rows = experiment.run(budget, device=machine.device.type,
                                  record=record, workers=machine.workers)
            print(f"  {len(rows)} rows in {record.csv}", flush=True)


if __name__ == "__main__":
    main(*sys.argv[1:])
