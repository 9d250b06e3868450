"""The verdict: every claim of every lab, judged on the recorded runs."""
from collections import Counter

import pandas as pd
from IPython.display import Markdown

from labkit import (
    claims,
    compute,
    epochs,
    interference,
    landscape,
    lottery,
    records,
    scaling,
)
from labkit.lesson import BEYOND

LABS = {"epochs": epochs, "landscape": landscape,
        "interference": interference, "lottery": lottery,
        "scaling": scaling, "compute": compute}
RULINGS = "supported", "partly", "contradicted", "untested here"
PARTS = {True: ("held", "Held"), False: ("failed", "Did not hold"),
         None: ("untested", "No experiment of ours can tell")}


def whole(lab):
    """All recorded rows of a lab, in one table."""
    names = sorted(path.stem for path in (records.FOLDER / lab).glob("*.json"))
    rows = pd.concat([records.load(lab, name) for name in names])
    # a second part of the scaling lab's grid, at smaller learning rates
    return rows.replace({"experiment": {"slower": "grid"}})


def judged():
    """All claims on the records of their labs; see ``claims.judge``."""
    return pd.concat([claims.judge(module.CLAIMS, whole(lab)).assign(lab=lab)
                      for lab, module in LABS.items()], ignore_index=True)


def tally(table):
    """How many sentences got each verdict."""
    return Counter(claims.verdicts(table).values())


def overview(table):
    """One row per lab: its sentences under the verdict that each got."""
    lines = [f"| | {' | '.join(RULINGS)} |", "|---" * 5 + "|"]
    for lab, part in table.groupby("lab", sort=False):
        cells = {ruling: [] for ruling in RULINGS}
        for name, ruling in claims.verdicts(part).items():
            cells[ruling].append(f"[{name}](#{name.lower()})&nbsp;"
                                 f"{score(part[part.sentence == name])}")
        lines.append(f"| [{lab.capitalize()}]({lab}.md) | "
                     f"{' | '.join(map(', '.join, cells.values()))} |")
    return Markdown("\n".join(lines))


def score(part):
    """How many claims of a sentence hold, of those that decide."""
    outcomes = part[~part.beyond].holds.dropna()
    return f"{sum(outcomes)}/{len(outcomes)}" if len(outcomes) else ""


def sentences(table, first, last):
    """The sentences C``first`` to C``last``, each with its evidence."""
    wanted = [f"C{number}" for number in range(first, last + 1)]
    return Markdown("\n\n".join(
        sentence(table[table.sentence == name]) for name in wanted))


def sentence(part):
    """One sentence: verdict, words, then what held and what did not.

    ``part`` are its rows of the table that ``judged`` made.
    """
    name, lab = part[["sentence", "lab"]].iloc[0]
    (ruling,) = claims.verdicts(part).values()
    return "\n".join([
        f"({name.lower()})=",
        f"::::{{div}} sentence {ruling.split()[0]} {lab}",
        f"**{name}: {ruling}** {score(part)} "
        f"([chapter]({lab}.md), [lab](../labs/{lab}.ipynb))", "",
        f'> <span lang="zh">{part.quote_zh.iloc[0]}</span>', ">",
        f"> {part.quote_en.iloc[0]}", "",
        *(outcome(part[[holds is state for holds in part.holds]], *words)
          for state, words in PARTS.items()), "::::"])


def outcome(part, mark, heading):
    """The claims with one outcome, a line each; nothing if there are none."""
    if part.empty:
        return ""
    return "\n".join([f":::{{div}} {mark}", f"{heading}:", "",
                      *map(line, part.itertuples()), ":::"])


def line(claim):
    """One claim: its statement, its evidence, whom to compare."""
    found = claim.evidence.found if claim.evidence else ""
    more = f"{BEYOND} " if claim.beyond else ""
    return (f"- {more}*{claim.statement}* {found[:1].upper()}{found[1:]} "
            f"{{cite}}`{','.join(claim.sources)}`")
