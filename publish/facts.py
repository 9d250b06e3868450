"""The numbers that prose may quote: ``labs/records/NAME/facts.json``.

    python -m publish.facts [NAME ...]    compute what is not up to date

The file holds the evidence for each claim of an explanation, as numbers, and
the facts of its parts, as the prose quotes them. Both come from the records.
"""
import json
import os
import sys
from dataclasses import asdict
from math import isfinite

import pandas as pd

from labkit import claims, lesson, records, verdict
from labkit.claims import Evidence, number, verdicts
from publish import needs

DIGITS = 6   # of the numbers in the evidence


def path(name):
    """Where the facts of an explanation are kept."""
    return records.FOLDER / name / "facts.json"


def load(name):
    """What is kept of an explanation: {"key", "evidence", "facts"}."""
    return json.loads(path(name).read_text("utf-8"))


def rounded(value):
    """Numbers, also within lists and dicts, to so many DIGITS."""
    if isinstance(value, dict):
        return {key: rounded(one) for key, one in value.items()}
    if isinstance(value, (list, tuple)):
        return [rounded(one) for one in value]
    if isinstance(value, (str, bool)) or value is None or not isfinite(value):
        return value
    return int(value) if value == int(value) else float(
        f"{value:.{DIGITS}g}")


def compute(name):
    """The same but for the key, computed from the records."""
    module = verdict.LABS[name]
    try:
        tables = records.tables(name)
    except ValueError as damage:
        sys.exit(str(damage))
    rows = pd.concat(tables.values())
    facts = {}
    for part in module.PARTS:
        facts |= part.facts(tables)
    return {"evidence": {
                claim.id: rounded(asdict(claim.test(rows)))
                for claim in module.CLAIMS.values() if claim.test},
            "facts": facts}


def course():
    """The table of all claims of all labs, from the evidence that is kept.

    With Holm's correction for the core claims of the whole course.
    """
    return claims.corrected(pd.concat(
        [_judged(name) for name in verdict.LABS], ignore_index=True))


def judged(name):
    """The rows of one explanation in the table of the whole ``course``."""
    table = course()
    return table[table.lab == name]


def _judged(name):
    known = load(name)["evidence"]
    module = verdict.LABS[name]
    return claims.table(module.CLAIMS, {
        id: Evidence(**known[id] | {ends: tuple(known[id][ends])
                                    for ends in ("interval", "between")})
        if id in known else None for id in module.CLAIMS}).assign(lab=name)


def quoted(name):
    """Everything that prose may quote of an explanation, as text."""
    table = judged(name)
    found = {row.id: {
        "effect": number(row.evidence.effect),
        "size": number(abs(row.evidence.effect)),
        "low": number(row.evidence.interval[0]),
        "high": number(row.evidence.interval[1]),
        "from": number(row.evidence.between[0]),
        "to": number(row.evidence.between[1]),
        "seeds": str(row.evidence.seeds),
        **{key: value if isinstance(value, str) else f"{value:,}"
           if isinstance(value, int) else number(value)
           for key, value in row.evidence.fields.items()}}
        for row in table.itertuples() if row.evidence}
    times = lesson.costs(name, "quick").set_index("part").seconds
    return {**load(name)["facts"], **found, "sentences": verdicts(table),
            "seconds": f"{times['all']:.0f}"}


def kept(name):
    """The key of the facts that are kept; None if no file is whole."""
    try:
        return load(name)["key"]
    except (FileNotFoundError, ValueError, KeyError):
        return None


def main(*names):
    """Write the facts of all explanations, or of some, that are not fresh."""
    keys = {name: needs.key_of_explanation(name)   # as it is now: it may
            for name in names or verdict.LABS}     # change before the last
    for name, key in keys.items():
        if kept(name) == key:
            continue
        print(f"{name}: computing its facts", flush=True)
        text = json.dumps({"key": key, **compute(name)}, indent=1,
                          ensure_ascii=False)
        partial = path(name).with_suffix(".partial")
        partial.write_text(text + "\n", "utf-8")
        os.replace(partial, path(name))


if __name__ == "__main__":
    main(*sys.argv[1:])
