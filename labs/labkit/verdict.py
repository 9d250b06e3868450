"""The verdict: every claim of every explanation, judged; as Markdown."""
from collections import Counter
from itertools import product
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
from labkit.sentences import SENTENCES

LABS = {"epochs": epochs, "landscape": landscape,
        "interference": interference, "lottery": lottery,
        "scaling": scaling, "compute": compute}
ANCHORS = {"epochs": "the-question", "landscape": "the-landscape",   # headings
           "interference": "interference", "lottery": "lottery-tickets",
           "scaling": "scaling-laws", "compute": "epochs-against-computation"}
CLASSES = dict(zip(VERDICTS, ("yes", "no", "depends", "open")))
CHANCE = (", as what its interval says may be chance among so many core "
          "claims (Holm's correction)")
WHY = {UNDECIDED: ", as it is undecided", EQUAL: " (too small to matter)"}
MARKS = dict(zip(VERDICTS, "✓✗±?"))   # colour alone tells nobody enough
SCORECARD = Template("""\
<ul class="scorecard">
{% for lab, squares in rows.items() -%}
<li class="{{ lab }}"><a class="group" href="#{{ anchors[lab] }}">\
{{ lab.capitalize() }}</a>
<ol>
{% for name, verdict, said in squares -%}
<li><a class="square {{ classes[verdict] }} {{ lab }}" \
href="#{{ name.lower() }}" title="{{ said }}" \
aria-label="{{ name }}, {{ verdict }}: {{ said }}">\
{{ name }} <b aria-hidden="true">{{ marks[verdict] }}</b></a></li>
{% endfor -%}
</ol></li>
{% endfor -%}
</ul>
<p class="key">{% for verdict in marks -%}
<span class="{{ classes[verdict] }}"><b aria-hidden="true">\
{{ marks[verdict] }}</b> {{ verdict }}: {{ tally[verdict] }}</span>
{% endfor -%}</p>
""", autoescape=True)
EMPTY = Template("""\
<style>
{% for verdict, lab in pairs -%}
body:has(#show-{{ verdict }}:checked):has(#show-{{ lab }}:checked) .no-match\
{{ ", " if not loop.last else " { display: block; }" }}
{% endfor -%}
</style>
""")
SENTENCE = Template("""\
({{ name.lower() }})=
::::{div} sentence {{ mark }} {{ lab }}
**{{ name }}: {{ verdict }}** {{ words }}

> <span lang="zh">{{ quotes[0] }}</span>
>
> {{ quotes[1] }}

Evidence of this reaches as far as {{ reach }}. \
[The claims and what was found](#claims-{{ name.lower() }}). \
[Lesson](/chapters/{{ lab }}.md), [lab](/labs/{{ lab }}.ipynb).
::::
""")
CLAIMS = Template("""\
(claims-{{ name.lower() }})=
::::{div} claims {{ mark }}
**[{{ name }}: {{ verdict }}](#{{ name.lower() }})** {{ words }}

*{{ quote }}*
{% for mark, heading, lines in parts if lines %}
:::{div} {{ mark }}
{{ heading }}:

{% for line in lines -%}
- {{ line }}
{% endfor %}:::
{% endfor %}::::
""")
READ = """\
A number is the median over seeds, with its range and the 95 % interval of \
the mean, unless it says otherwise. References are for comparison, and some \
disagree with us. [How we judge](/evidence/judging.md) has the rules.

"""


def tally(table):
    """How many sentences got each verdict."""
    return Counter(verdicts(table).values())


def by_lab(table):
    """{lab: [(sentence, its verdict, its words in English)]}."""
    found = verdicts(table)
    return {lab: [(name, found[name], SENTENCES[name][1])
                  for name in part.sentence.unique()]
            for lab, part in table.groupby("lab", sort=False)}


def scorecard(table):
    """All sentences as squares that lead to them, one row per lab: HTML."""
    return SCORECARD.render(
        rows=by_lab(table), marks=MARKS, classes=CLASSES, anchors=ANCHORS,
        tally=tally(table))


def empty(table):
    """Style that says so where a filter leaves no sentence."""
    there = {(CLASSES[verdict], lab) for lab, row in by_lab(table).items()
             for _, verdict, _ in row}
    return EMPTY.render(pairs=[
        pair for pair in product(CLASSES.values(), LABS)
        if pair not in there])


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
    if not region.equal:
        return f"{percent:.2g} of 100 {unit}"
    more = "more" if evidence.effect > 0 else "fewer"
    return f"{percent:.2g} of 100 {unit} {more}"


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
    """One sentence: its verdict, and what stands beside it.

    ``part`` are its rows of ``claims.table``, with a column ``lab``.
    """
    ((name, verdict),) = verdicts(part).items()
    return SENTENCE.render(
        name=name, lab=part.lab.iloc[0], verdict=verdict,
        mark=CLASSES[verdict], quotes=SENTENCES[name],
        words=words(name, verdict, answers(part), by_id(part)),
        reach=CORES[name].reach)


def by_id(part):
    """The rows of a table of claims: {id: row}."""
    return {row.id: row for row in part.itertuples()}


def evidence(part):
    """One sentence: its core, and what else is known, with the numbers."""
    ((name, verdict),) = verdicts(part).items()
    known, rows = answers(part), by_id(part)
    side = [row for row in rows.values() if not (row.core or row.beyond)]
    decided = [row.ruling not in (None, UNDECIDED) for row in side]
    return CLAIMS.render(
        name=name, verdict=verdict, mark=CLASSES[verdict],
        quote=SENTENCES[name][1],
        words=words(name, verdict, known, rows), parts=[
            ("core", "The core", [core_line(id, rows.get(id), known[id])
                                  for id in CORES[name].claims]),
            ("but", "But", [side_line(row) for row, known in
                            zip(side, decided) if known]),
            ("undecided", "Undecided", [
                side_line(row) for row, known in zip(side, decided)
                if not known]),
            ("beyond", BEYOND.rstrip(":"), [
                side_line(row) for row in rows.values() if row.beyond])])


def each(write, table):
    """What ``write`` makes of each sentence of a table, in their order."""
    return "\n".join(write(part) for _, part in table.groupby(
        "sentence", sort=False))
