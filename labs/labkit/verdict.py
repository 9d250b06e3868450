"""The verdict: every claim of every explanation, judged; as Markdown."""
from collections import Counter

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
from labkit.claims import BEYOND, verdicts

LABS = {"epochs": epochs, "landscape": landscape,
        "interference": interference, "lottery": lottery,
        "scaling": scaling, "compute": compute}
RULINGS = "supported", "partly", "contradicted", claims.UNTESTED
OUTCOMES = {True: ("held", "Held"), False: ("failed", "Did not hold"),
            None: ("untested", "No experiment of ours can tell")}
OVERVIEW = Template("""\
| | {{ rulings | join(" | ") }} |
|---|---|---|---|---|
{% for lab, cells in rows.items() -%}
| [{{ lab.capitalize() }}](/chapters/{{ lab }}.md) | \
{{ cells | join(" | ") }} |
{% endfor %}""")
SENTENCE = Template("""\
({{ name.lower() }})=
::::{div} sentence {{ ruling.split()[0] }} {{ lab }}
**{{ name }}: {{ ruling }}** {{ score }} \
([chapter](/chapters/{{ lab }}.md), [lab](/labs/{{ lab }}.ipynb))

> <span lang="zh">{{ quotes[0] }}</span>
>
> {{ quotes[1] }}
{% for mark, heading, rows in outcomes if rows %}
:::{div} {{ mark }}
{{ heading }}:

{% for claim, evidence in rows -%}
- {% if claim.beyond %}{{ beyond }} {% endif %}*{{ claim.statement }}* \
{% if evidence %}{% set found = claim.found(evidence) -%}
{{ found[0].upper() }}{{ found[1:] }} {% endif %}\
{cite}`{{ claim.sources | join(",") }}`
{% endfor %}:::
{% endfor %}::::
""", trim_blocks=False)


def tally(table):
    """How many sentences got each verdict."""
    return Counter(verdicts(table).values())


def score(part):
    """How many claims of a sentence hold, of those that decide."""
    outcomes = part[~part.beyond].holds.dropna()
    return f"{sum(outcomes)}/{len(outcomes)}" if len(outcomes) else ""


def overview(table):
    """One row per lab: its sentences under the verdict that each got."""
    rows = {}
    for lab, part in table.groupby("lab", sort=False):
        ruled = verdicts(part)
        rows[lab] = [", ".join(
            f"[{name}](#{name.lower()})&nbsp;"
            f"{score(part[part.sentence == name])}"
            for name in ruled if ruled[name] == ruling)
            for ruling in RULINGS]
    return OVERVIEW.render(rulings=RULINGS, rows=rows)


def sentence(part):
    """One sentence: verdict, words, then what held and what did not.

    ``part`` are its rows of ``claims.table``, with a column ``lab``.
    """
    (ruling,) = verdicts(part).values()
    outcomes = [(*words, [*part[[holds is state for holds in part.holds]][
        ["claim", "evidence"]].itertuples(index=False)])
        for state, words in OUTCOMES.items()]
    return SENTENCE.render(
        name=part.sentence.iloc[0], lab=part.lab.iloc[0], ruling=ruling,
        score=score(part), quotes=part.claim.iloc[0].quotes, beyond=BEYOND,
        outcomes=outcomes)


def sentences(table, first, last):
    """The sentences C``first`` to C``last``, each with its evidence."""
    return "\n".join(sentence(table[table.sentence == f"C{number}"])
                     for number in range(first, last + 1))
