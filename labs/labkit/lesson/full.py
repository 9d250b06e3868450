"""The same, larger: an experiment's full run, recorded or one's own."""
import html
import textwrap

from labkit.lesson.words import WIDTH
from labkit.plots import Page
from labkit.records import Record, load

MINE = "mine"    # the folder of one's own runs, beside the notebook


def larger(experiment, go=False, **live):
    """One's own full run of an experiment, as far as it has come.

    It takes what ``start`` returned, but for the budget. Without ``go`` it
    says how many runs there are, and trains nothing. Stopped, it goes on
    where it was the next time: what is finished lies in the folder ``mine``
    beside the notebook. Returns its rows, or none.
    """
    record = Record(MINE, experiment.name)
    live = live | {"budget": "full"}
    if go:
        return experiment.run(**live, record=record)
    cells = experiment.settings("full", live["seeds"])
    done = sum(record.has(cell) for cell in cells)
    print(textwrap.fill(
        f"The full {experiment.name} has {len(cells)} cells; you have run "
        f"{done}. To run the rest, change False to True. You may stop it at "
        "any time; it goes on where it was.", WIDTH))
    return record.rows()


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
