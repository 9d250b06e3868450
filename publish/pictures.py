"""Pictures and tables for the prose, drawn from the records: ``figures/``.

    python -m publish.pictures    draw what is not up to date, facts first

``figures/NAME/`` gets an SVG or HTML file for each of an explanation's
FIGURES, a CSV for each of its TABLES, and the key of all that they
depend on; ``figures/verdict/`` the verdict: its scorecard, the sentences of
each explanation, and their claims for its evidence page.
"""
import os
import shutil
import sys
import time
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import parent_process
from threading import Thread

import pandas as pd

from labkit import records, verdict
from labkit.plots import Picture
from publish import facts, needs, questions

FOLDER = needs.ROOT / "figures"


def flat(table):
    """A table for the prose: index levels as columns, one line of headings.

    Levels of headings are joined by a blank.
    """
    if isinstance(table, pd.Series):
        table = table.to_frame()
    if table.index.names != [None] or table.index.dtype == object:
        table = table.reset_index()
    table.columns = [
        " ".join(str(part) for part in name if str(part)) if
        isinstance(name, tuple) else str(name) for name in table.columns]
    return table.rename(columns={"index": ""})


def draw(name):
    """Draw all of an explanation's pictures and tables into its folder."""
    start, module = time.perf_counter(), verdict.LABS[name]
    folder, now = FOLDER / name, key(name)   # it may change meanwhile
    tables = records.tables(name)
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    for part in module.PARTS:
        for title, figure in part.FIGURES.items():
            shown = figure(tables)
            if isinstance(shown, Picture):
                (folder / f"{title}.svg").write_text(shown.svg, "utf-8")
            else:
                (folder / f"{title}.html").write_text(shown.page, "utf-8")
        for title, table in part.TABLES.items():
            flat(table(tables)).to_csv(folder / f"{title}.csv", index=False)
    (folder / "key").write_text(now)
    return f"{name}: pictures drawn in {time.perf_counter() - start:.0f} s"


def key(name):
    """Changes with all that an explanation's pictures depend on."""
    return needs.key(needs.key_of_explanation(name), facts.path(name),
                     needs.Path(__file__))


def fresh(name):
    """Are the pictures of an explanation up to date?"""
    kept = FOLDER / name / "key"
    return kept.exists() and kept.read_text() == key(name)


def write_verdict():
    """The verdict for the prose, from the evidence that is kept."""
    table = facts.course()
    texts = {"scorecard.html": verdict.scorecard(table),
             "empty.html": verdict.empty(table)}
    for name, part in table.groupby("lab"):
        texts[f"{name}.md"] = verdict.each(verdict.sentence, part)
        texts[f"{name}-claims.md"] = verdict.READ + verdict.each(
            verdict.evidence, part)
    (FOLDER / "verdict").mkdir(parents=True, exist_ok=True)
    for name, text in texts.items():
        path = FOLDER / "verdict" / name
        if not path.exists() or path.read_text("utf-8") != text:
            path.write_text(text, "utf-8")   # else Sphinx reads it anew


def follow():
    """End this process with the one that has started it, even if killed."""
    Thread(target=lambda: parent_process().join() or os._exit(1),
           daemon=True).start()


def main():
    """Draw what is not fresh, two explanations at once."""
    facts.main()
    questions.main()
    stale = [name for name in verdict.LABS if not fresh(name)]
    with ProcessPoolExecutor(2, initializer=follow) as pool:
        for line in pool.map(draw, stale):
            print(line, flush=True)
    write_verdict()


if __name__ == "__main__":
    main(*sys.argv[1:])
