"""The lesson of a room: stages, which only the teacher steps through.

A JSON file: ``name``, ``title`` and ``stages``; a stage is a *vote* on a
question (before or after), a *run* of a lab by one to four groups, or the
*reveal* of what came out. Of a run, ``unit`` is what its results are, and
``printed`` what the number is in the line that the lab itself prints: another
question. What was recorded before, to be revealed beside it,
lies in ``NAME.recorded.json``: {"recorded": {lab: [results of each group]}},
where null is never.
"""
import json
import re
from dataclasses import dataclass, field, replace
from functools import cached_property
from math import isfinite
from pathlib import Path

from classroom.room.messages import LABS, MOMENTS

OWN = Path(__file__).parents[1] / "lessons" / "landscape.json"   # if none
NAME = re.compile(r"[a-z][a-z0-9-]{0,29}")
GROUPS, OPTIONS = range(1, 5), range(2, 7)   # how many a stage may have
FIELDS = {   # of a stage, by its kind
    "vote": ("question", "moment", "text", "options"),
    "run": ("lab", "text", "groups", "unit", "printed"),
    "reveal": ("question", "text")}


@dataclass(frozen=True)
class Lesson:
    """What is asked and run; ``votes`` and ``labs`` are what phones may say.

    ``votes`` is {(question, moment): number of options}, and ``labs`` is
    {lab: number of groups}; ``recorded`` is for the board alone.
    """

    name: str
    title: str
    stages: tuple
    recorded: dict = field(default_factory=dict)

    @cached_property
    def votes(self):
        """How many options there are in each vote."""
        return {(stage["question"], stage["moment"]): len(stage["options"])
                for stage in self.stages if stage["kind"] == "vote"}

    @cached_property
    def labs(self):
        """How many groups run each lab."""
        return {stage["lab"]: len(stage["groups"])
                for stage in self.stages if stage["kind"] == "run"}

    def first(self, **fields):
        """The number of the first stage with these fields."""
        return next(number for number, stage in enumerate(self.stages)
                    if fields.items() <= stage.items())


def load(path=OWN):
    """The lesson in a file; raises ValueError that says what is wrong."""
    plan, beside = Path(path), Path(path).with_suffix(".recorded.json")
    made = _within(plan, lesson)
    if not beside.exists():
        return made
    return _within(beside, lambda record: replace(
        made, recorded=_recorded(record, made.labs)))


def _within(path, read):
    """What ``read`` makes of a file's JSON."""
    try:
        plan = json.loads(path.read_text("utf-8"))
    except OSError as error:
        raise ValueError(f"{path} cannot be read: {error.strerror}") from None
    except (ValueError, RecursionError) as error:
        raise ValueError(f"{path} is no JSON: {error}") from None
    try:
        return read(plan)
    except (ValueError, TypeError) as error:
        raise ValueError(f"{path}: {error}") from None


def _recorded(record, labs):
    _fields(record, "the record", ("recorded",))
    for lab, groups in dict(record["recorded"]).items():
        if lab not in labs or len(groups) != labs[lab]:
            raise ValueError(f"{lab}: allowed are the labs of the lesson, "
                             "with all of their groups")
        for value in [value for group in groups for value in group]:
            if not (value is None or type(value) in (int, float)
                    and isfinite(value)):
                raise ValueError(f"{lab}: allowed are numbers, and null")
    return record["recorded"]


def lesson(plan):
    """A lesson of a plan, a dict as in the file."""
    _fields(plan, "the lesson", ("name", "title", "stages"))
    if not NAME.fullmatch(_words(plan, "name", "the lesson")):
        raise ValueError("name: allowed are small letters, digits, hyphens")
    _words(plan, "title", "the lesson")
    if not (isinstance(plan["stages"], list) and plan["stages"]):
        raise ValueError("stages: allowed is a list of at least one")
    for number, stage in enumerate(plan["stages"], 1):
        _stage(stage, f"stage {number}")
    _agree(plan["stages"])
    return Lesson(plan["name"], plan["title"], tuple(plan["stages"]))


def _stage(stage, where):
    kind = stage.get("kind") if isinstance(stage, dict) else None
    if not (isinstance(kind, str) and kind in FIELDS):
        raise ValueError(f"{where}: kind: allowed are {[*FIELDS]}")
    _fields(stage, where, ("kind", *FIELDS[kind]))
    _words(stage, "text", where)
    if kind == "run":
        return _run(stage, where)
    if not NAME.fullmatch(_words(stage, "question", where)):
        raise ValueError(f"{where}: question: allowed are small letters, "
                         "digits, hyphens")
    if kind == "vote":
        _vote(stage, where)


def _vote(stage, where):
    if stage["moment"] not in MOMENTS:
        raise ValueError(f"{where}: moment: allowed are {[*MOMENTS]}")
    options = stage["options"]
    if not (isinstance(options, list) and len(options) in OPTIONS
            and all(isinstance(text, str) and text for text in options)):
        raise ValueError(f"{where}: options: allowed are {OPTIONS[0]} to "
                         f"{OPTIONS[-1]} texts")


def _run(stage, where):
    _words(stage, "unit", where)
    _words(stage, "printed", where)
    if stage["lab"] not in LABS:
        raise ValueError(f"{where}: lab: allowed are {[*LABS]}")
    groups = stage["groups"]
    if not (isinstance(groups, list) and len(groups) in GROUPS
            and all(isinstance(group, dict) and "label" in group
                    for group in groups)):
        raise ValueError(f"{where}: groups: allowed are {GROUPS[0]} to "
                         f"{GROUPS[-1]}, each with a label and its settings")
    for group in groups:
        _words(group, "label", where)


def _agree(stages):
    """What stages say of the same vote, question or lab must agree."""
    votes, known, labs = set(), {}, {}
    for number, stage in enumerate(stages, 1):
        if stage["kind"] == "vote":
            vote = stage["question"], stage["moment"]
            same = known.setdefault(vote[0], stage["options"])
            if vote in votes or same != stage["options"]:
                raise ValueError(f"stage {number}: question: a vote is held "
                                 "once a moment, with the same options")
            votes.add(vote)
        elif stage["kind"] == "run":
            if labs.setdefault(stage["lab"], stage["groups"]) != stage[
                    "groups"]:
                raise ValueError(f"stage {number}: groups: differ from those "
                                 "of an earlier run of this lab")
        elif stage["question"] not in {*known, *labs}:
            raise ValueError(f"stage {number}: question: allowed is one that "
                             "was voted on, or a lab that was run, before")


def _fields(fields, where, names):
    if not isinstance(fields, dict) or {*fields} != {*names}:
        raise ValueError(f"{where}: allowed are the fields {[*names]}, all "
                         "of them")


def _words(fields, name, where):
    if not (isinstance(fields.get(name), str) and fields[name].strip()):
        raise ValueError(f"{where}: {name}: allowed is a text")
    return fields[name]
