"""Claims in a lab: each checked on its rows, all of them in a table."""
import html
import re
import textwrap

from labkit.claims import BEYOND, answers, verdicts
from labkit.lesson.words import WIDTH
from labkit.plots import Page
from labkit.rulings import AGAINST, EQUAL, FOR, UNDECIDED

RULED = {True: (FOR,), False: (AGAINST, EQUAL), None: (UNDECIDED,)}
ALONE = ("Corrected for the core claims of this lab. The verdict page "
         "corrects for those of all labs, and so decides less.")


def check(claim, rows, expected=True, **more):
    """Print a claim and what the rows say about it.

    ``more`` goes to the claim's test. Raises AssertionError unless the
    ruling is as ``expected``: True is "for", False "against" or "about
    equal", None "undecided".
    """
    found = claim.test(rows, **more)
    print(textwrap.fill(f"{claim.id} {claim.statement}", WIDTH))
    print(textwrap.indent(textwrap.fill(claim.outcome(found), WIDTH - 4),
                          "    "))
    if found.ruling not in RULED[expected]:
        raise AssertionError(f"not as expected: {claim.statement}")


def verdict(judged, note=ALONE):
    """A table of each sentence's verdict, its claims and their evidence.

    ``judged`` is that of ``claims.judge``; below it stands the ``note``.
    Returns a Page.
    """
    rows, found, known = [], verdicts(judged), answers(judged)
    for sentence, part in judged.groupby("sentence", sort=False):
        quote = html.escape(part.claim.iloc[0].quotes[1])
        rows.append(f'<tr><th colspan="2" scope="rowgroup">{sentence} '
                    f"&ldquo;{quote}&rdquo;: {found[sentence]}</th></tr>")
        rows += [_row(row, known.get(row.id)) for row in part.itertuples()]
    text = "\n".join(
        f"{claim.id} {claim.statement} {claim.outcome(evidence)}"
        for claim, evidence in zip(judged.claim, judged.evidence))
    below = f"<p>{html.escape(note)}</p>" if note else ""
    return Page(f'<table class="verdict">{"".join(rows)}</table>{below}',
                text)


def _row(row, answer):
    """One claim; ``answer`` is that of a core claim, else None."""
    more = f"<em>{BEYOND}</em> " if row.beyond else ""
    core = f" <strong>Core: {answer}.</strong>" if answer else ""
    found = html.escape(row.claim.outcome(row.evidence))
    return (f"<tr><td>{more}{html.escape(row.claim.statement)}{core}</td>"
            f"<td>{found}. Compare {cited(row.claim.sources)}.</td></tr>")


def cited(sources):
    """Authors and years of keys of the bibliography.

    ("kaplan2020scaling", "li2020train") -> "Kaplan 2020, Li 2020".
    """
    return ", ".join(f"{author.capitalize()} {year}" for author, year in (
        re.match(r"([a-z]+)(\d+)", key).groups() for key in sources))
