"""The class as an experiment: what its phones found, judged as a record is.

Runs of phones have a group, and so its settings; a claim wants seeds, each
with all sizes. So a group is dealt into PARTS by order of its seats: the first
parts of all groups stand for one seed, the second for another, and so on.
"""
import textwrap
from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd

from labkit import classroom
from labkit.claims import Claim, number
from labkit.lesson.words import WIDTH
from labkit.lines import PRINTED

PARTS = 5   # as many seeds as an experiment has
CHOSEN = "of one's own choice"   # a group whose settings no file holds
NO_FILE = ("No file yet: the room writes {name} into the folder in which it "
           "was started; copy it beside this notebook, and write its name "
           "into the marked line.")
TOO_FEW = ("Too few to judge: {few}. The claim needs at least {least} phones "
           "in each group.")
NONE = ("No answer: not in every fifth of the class did two sizes get there, "
        "so there is nothing to compare. A larger class would tell.")


@dataclass(frozen=True)
class Phones:
    """What phones do in one lab, and which claim judges it.

    ``recorded()`` are runs of ours: group, label, settings, seed, result.
    ``claim`` is judged on ``rows(runs)``: rows of the explanation's own
    experiment, from runs with their settings and their part, 0 to PARTS - 1;
    None where too few of them got there. Each group needs ``least`` phones.
    ``share`` is a word and a test of results: what is counted beside their
    median. ``note`` says what one seed is; without a claim, why there is none.
    """

    lab: str
    recorded: Callable
    note: str
    share: tuple = ("never", pd.isna)
    claim: Claim | None = None
    rows: Callable | None = None
    least: int = PARTS

    def tell(self, file=""):
        """Print what a class found, and how the claim judges it.

        Beside it stand runs of ours. Raises ValueError for a file that is no
        room's, or that has no run of this lab.
        """
        if not file:
            return _say(NO_FILE.format(name=f"room-{self.lab}-DATE.csv"))
        runs, ours = self._runs(file), self._ours()
        _say(f"Runs: {len(runs)}. Seats: {runs.seat.nunique()}.")
        print(f"\nYour class\n{self.table(runs)}"
              f"\n\nRecorded\n{self.table(ours)}")
        self._judge(runs, ours)
        _votes(classroom.votes(file))

    def _ours(self):
        """The recorded runs; each as if it had a seat of its own."""
        return self.recorded().assign(seat=lambda rows: rows.seed)

    def _groups(self):
        """Label and settings of each group of which runs are recorded."""
        return self.recorded().drop(columns=["seed", "result"]
                                    ).drop_duplicates("group")

    def _runs(self, file):
        """The runs of this lab in a file, with the label of their group.

        Without lines that a lab has printed: theirs is another question.
        """
        runs = classroom.read(file)
        runs = runs[runs.group != PRINTED]
        own = runs[runs.lab == self.lab]
        if own.empty:
            raise ValueError(f"file is {str(file)!r}, with runs of "
                             f"{sorted({*runs.lab})}; allowed is one with "
                             f"runs of {self.lab!r}")
        label = self._groups().set_index("group").label
        return own.assign(label=own.group.map(label).fillna(CHOSEN))

    def table(self, runs):
        """Phones of each group, their median and a share of them: text."""
        word, test = self.share
        found = runs.assign(share=test(runs.result)).groupby(
            ["group", "label"]).agg(
            phones=("result", "size"), median=("result", _median),
            share=("share", "mean")).droplevel("group")
        return found.assign(share=found.share.map("{:.0%}".format)).rename(
            columns={"share": word}).rename_axis(None).to_string()

    def _judge(self, runs, ours):
        """Print the claim and its rulings, and what one seed is."""
        if self.claim:
            print()
            _say(f"{self.claim.id} {self.claim.statement}")
            _say(f"Your class: {self.ruling(runs)}", "    ")
            _say(f"Recorded: {self.ruling(ours)}", "    ")
        print()
        _say(self.note)

    def ruling(self, runs):
        """What the claim says of runs, in words; or why it says nothing."""
        groups = self._groups()
        few = [f"{count} of {label!r}" for label, count in zip(
            groups.label, (sum(runs.group == one) for one in groups.group))
               if count < self.least]
        if few:
            return TOO_FEW.format(few=", ".join(few), least=self.least)
        rows = self.rows(dealt(runs[["seat", "group", "seed", "result"]].merge(
            groups, on="group")))
        if rows is None:
            return NONE
        return self.claim.outcome(replace(self.claim.test(rows), of="fifths"))


def dealt(runs):
    """The runs with their ``part``: seat by seat, each group in turn."""
    runs = runs.sort_values(["seat", "seed"])
    return runs.assign(part=runs.groupby("group").cumcount() % PARTS)


def _median(results):
    """The median in words; never comes after all numbers."""
    middle = results.fillna(np.inf).median()
    return (f"{float(number(middle)):,g}" if np.isfinite(middle)
            else "never")


def _votes(votes):
    """Print how many chose what, before and after."""
    for question, part in votes.groupby("question"):
        table = part.pivot(index="choice", columns="moment", values="votes")
        table = table.reindex(columns=[moment for moment in classroom.MOMENTS
                                       if moment in table])
        print(f"\nVotes on {question!r}")
        print(table.fillna(0).astype(int).rename_axis(columns=None))


def _say(text, indent=""):
    print(textwrap.fill(text, WIDTH, initial_indent=indent,
                        subsequent_indent=indent))
