"""The same, larger: an experiment's full run, recorded or one's own."""
import html
import json
import textwrap

from labkit.lesson.words import WIDTH
from labkit.plots import Page
from labkit.records import FOLDER, Record, load

MINE = "mine"    # the folder of one's own runs, beside the notebook


def larger(lab, experiment, go=False, **live):
    """One's own full run of an experiment, as far as it has come.

    It takes what ``start`` returned, but for the budget. Without ``go`` it
    says how long the recorded run took, and trains nothing. Stopped, it goes
    on where it was the next time: what is finished lies in the folder
    ``mine`` beside the notebook. Returns its rows, or none.
    """
    record = Record(MINE, experiment.name)
    if go:
        return experiment.run(**live | {"budget": "full"}, record=record)
    seconds = recorded_seconds(lab, experiment.name)
    print(textwrap.fill(
        f"The recorded run of {experiment.name} took {seconds / 60:.0f} "
        "minutes of one core. To run it yourself, change False to True. You "
        "may stop it at any time; it goes on where it was.", WIDTH))
    return record.rows()


def recorded_seconds(lab, name):
    """Processor seconds of a recorded run."""
    listed = json.loads((FOLDER / lab / f"{name}.json").read_text("utf-8"))
    return sum(cell["cpu_seconds"] for cell in listed["cells"])


def compared(lab, experiment, claims, rows):
    """What the recorded rows say of each claim, and one's own, as a Page.

    ``claims`` are a list of them; own ``rows`` may be none yet.
    """
    told = {"Recorded": load(lab, experiment.name)} | (
        {} if rows.empty else {"Yours": rows})
    lines = {claim.statement: [f"{whose}: {_outcome(claim, part)}."
                               for whose, part in told.items()]
             for claim in claims}
    return Page(
        "".join("<p>" + "<br>".join(
            [f"<b>{html.escape(statement)}</b>", *map(html.escape, said)])
            + "</p>" for statement, said in lines.items()),
        "\n".join(line for statement, said in lines.items()
                  for line in (statement, *said)))


def _outcome(claim, rows):
    """What rows say of a claim, in words; a run may not be whole yet."""
    try:
        return claim.outcome(claim.test(rows))
    except (ValueError, LookupError):
        return "these rows are too few to tell"
