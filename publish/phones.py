"""The recorded phones as tidy rows, for the labs to show beside a class.

    python -m publish.phones

``labs/records/phones/LAB.csv`` has a row for each run of the lesson LAB that
``classroom/lessons/record.js`` has recorded: group and label, the settings
that are one number, seed and result (nothing for never).
"""
import json
from numbers import Number

import pandas as pd

from labkit.records import FOLDER
from publish.needs import ROOT

LESSONS = ROOT / "classroom" / "lessons"
FIRST = 500   # seed, as in record.js


def rows(lab):
    """The recorded runs of a lab, and what each group was to do."""
    plan, recorded = (json.loads((LESSONS / f"{lab}{end}.json").read_text(
        "utf-8")) for end in ("", ".recorded"))
    stage = next(stage for stage in plan["stages"]
                 if stage["kind"] == "run" and stage["lab"] == lab)
    return pd.DataFrame([
        {"group": group, "label": settings["label"],
         **{name: value for name, value in settings.items()
            if isinstance(value, Number)}, "seed": seed, "result": result}
        for group, settings in enumerate(stage["groups"])
        for seed, result in enumerate(recorded["recorded"][lab][group],
                                      FIRST)])


def labs():
    """The labs that have a lesson of their own, with recorded runs."""
    return sorted(path.name.partition(".")[0] for path in LESSONS.glob(
        "*.recorded.json") if not path.name.startswith("course."))


def main():
    """Write them all."""
    folder = FOLDER / "phones"
    folder.mkdir(exist_ok=True)
    for lab in labs():
        rows(lab).to_csv(folder / f"{lab}.csv", index=False,
                         lineterminator="\n")


if __name__ == "__main__":
    main()
