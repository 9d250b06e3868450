"""The verdict: every claim of every explanation, judged; as Markdown."""
from collections import Counter
from math import exp

from jinja2 import Template

from labkit import (
    claims,
    compute,
    epochs,
    interference,
    landscape,
    lottery,
    scaling,
)
from labkit.claims import (
    BEYOND,
    DEPENDS,
    OPEN,
    VERDICTS,
    answers,
    verdicts,
)
from labkit.cores import AMOUNTS, CORES, SHARES, SMALLEST, UNIT, WHOLES
from labkit.rulings import EQUAL, UNDECIDED

LABS = {"epochs": epochs, "landscape": landscape,
        "interference": interference, "lottery": lottery,
        "scaling": scaling, "compute": compute}
CLASSES = dict(zip(VERDICTS, ("yes", "no", "depends", "open")))
CHANCE = (", as what its interval says may be chance among so many core "
          "claims (Holm's correction)")
WHY = {UNDECIDED: ", as it is undecided", EQUAL: " (too small to matter)"}
OVERVIEW = Template("""\
| | {{ verdicts | join(" | ") }} |
|---|---|---|---|---|
{% for lab, cells in rows.items() -%}
| [{{ lab.capitalize() }}](/chapters/{{ lab }}.md) | \
{{ cells | join(" | ") }} |
{% endfor %}""")
SENTENCE = Template("""\
({{ name.lower() }})=
::::{div} sentence {{ mark }} {{ lab }}
**{{ name }}: {{ verdict }}** {{ words }} \
([chapter](/chapters/{{ lab }}.md), [lab](/labs/{{ lab }}.ipynb))

> <span lang="zh">{{ quotes[0] }}</span>
>
> {{ quotes[1] }}

Evidence of this reaches as far as {{ reach }}.
{% for mark, heading, lines in parts if lines %}
:::{div} {{ mark }}
{{ heading }}:

{% for line in lines -%}
- {{ line }}
{% endfor %}:::
{% endfor %}::::
""", trim_blocks=False)


def tally(table):
    """How many sentences got each verdict."""
    return Counter(verdicts(table).values())


def overview(table):
    """One row per lab: its sentences under the verdict that each got."""
    rows, found = {}, verdicts(table)
    for lab, part in table.groupby("lab", sort=False):
        rows[lab] = [", ".join(
            f"[{name}](#{name.lower()})" for name in part.sentence.unique()
            if found[name] == verdict) for verdict in VERDICTS]
    return OVERVIEW.render(verdicts=VERDICTS, rows=rows)


def scale(id, evidence):
    """The effect of a core claim on a scale that people know."""
    unit, size = UNIT[id], abs(evidence.effect)
    region = SMALLEST[id]
    if unit == "nats":
        return (f"{size:.2g} nats, a factor of {exp(size):.3g} in the "
                "probability of the right token")
    if region.log and id not in AMOUNTS:
        return f"{size:.2g} times the {unit}"
    if region.log:
        return f"{size:.2g} {unit}"
    percent = 100 * size if id in SHARES else size
    if unit in WHOLES:
        return f"{percent:.2g} % of the {unit}"
    more = "more" if evidence.effect > 0 else "fewer"
    return f"{percent:.2g} of 100 {unit}" + f" {more}" * bool(region.equal)


def words(sentence, verdict, known, rows):
    """What stands beside a verdict: how much, on what, what is missing.

    ``known`` are the ``answers`` of core claims, ``rows`` those of the
    claims, by id.
    """
    core = CORES[sentence]
    if verdict == DEPENDS:
        return f"on {core.depends}."
    if verdict != OPEN:
        return "; ".join(scale(id, rows[id].evidence)
                         for id in core.claims) + "."
    decided = [f"{id} ({known[id]})" for id in core.claims
               if known[id] != OPEN]
    return (f"Of its core is decided: {', '.join(decided) or 'nothing'}."
            f"{uncorrected(sentence, rows)} What would show it: "
            f"{core.shows}.")


def uncorrected(sentence, rows):
    """What the core would say were it the only one, if it would say more."""
    core = CORES[sentence]
    alone = claims.verdict(
        claims.answer(rows[id].ruling) if id in rows else OPEN
        for id in core.claims)
    said = (f"depend on {core.depends}" if alone == DEPENDS
            else f"be {alone}")
    return "" if alone == OPEN else (
        f" Without Holm's correction it would {said}.")


def core_line(id, row, answer):
    """One core claim: its answer, and how large its effect is."""
    if row is None:
        return f"{id}: **{OPEN}**, as no experiment has asked it yet."
    why = WHY.get(row.ruling, "") if row.stands or (
        row.ruling == UNDECIDED) else CHANCE
    size = f": {scale(id, row.evidence)}" if row.ruling else ""
    return f"*{row.claim.statement}* **{answer}**{why}{size}. {line(row)}"


def line(row):
    """What was found, and sources to compare with."""
    found = (row.claim.found(row.evidence) if row.ruling else
             row.claim.outcome(row.evidence))
    return (f"{found[0].upper()}{found[1:]} "
            f"{{cite}}`{','.join(row.claim.sources)}`")


def side_line(row):
    """One claim that does not decide, with its ruling if it has one."""
    ruling = f"**{row.ruling}**. " if row.ruling not in (
        None, UNDECIDED) else ""
    return f"*{row.claim.statement}* {ruling}{line(row)}"


def sentence(part):
    """One sentence: its verdict, its words, its core, and what else is known.

    ``part`` are its rows of ``claims.table``, with a column ``lab``.
    """
    ((name, verdict),) = verdicts(part).items()
    known, rows = answers(part), {row.id: row for row in part.itertuples()}
    side = [row for row in rows.values() if not (row.core or row.beyond)]
    decided = [row.ruling not in (None, UNDECIDED) for row in side]
    core = CORES[name]
    return SENTENCE.render(
        name=name, lab=part.lab.iloc[0], verdict=verdict,
        mark=CLASSES[verdict], words=words(name, verdict, known, rows),
        quotes=part.claim.iloc[0].quotes, reach=core.reach, parts=[
            ("core", "The core", [core_line(id, rows.get(id), known[id])
                                  for id in core.claims]),
            ("but", "But", [side_line(row) for row, known in
                            zip(side, decided) if known]),
            ("undecided", "Undecided", [
                side_line(row) for row, known in zip(side, decided)
                if not known]),
            ("beyond", BEYOND.rstrip(":"), [
                side_line(row) for row in rows.values() if row.beyond])])


def sentences(table, first, last):
    """The sentences C``first`` to C``last``, each with its evidence."""
    return "\n".join(sentence(table[table.sentence == f"C{number}"])
                     for number in range(first, last + 1))
