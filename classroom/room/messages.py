"""Messages: what a phone may say, and nothing else.

Whole numbers between bounds, and names from the lesson's own list: nothing
that a phone sends is ever shown as text.
"""
import json
from math import isfinite

from labkit.lines import HIGHEST, LABS, PRINTED, SEEDS, STEP, read

__all__ = ["LABS", "MOMENTS", "checked", "parsed"]
MOMENTS = ("before", "after")
TOP = HIGHEST * STEP   # of a result: 88,750, as a line can hold it
LINE = 20        # characters of a line, with its hyphens and some spaces
FIELDS = {   # of a message, by its kind
    "hello": (),
    "vote": ("question", "moment", "choice"),
    "run": ("lab", "group", "seed", "result"),
    "line": ("text",)}


def parsed(body):
    """The object in a body of JSON; raises ValueError for anything else."""
    try:
        message = json.loads(body.decode("utf-8"), object_pairs_hook=_once,
                             parse_constant=_no_constant)
    except (ValueError, RecursionError):
        message = None
    if not isinstance(message, dict):
        raise ValueError("body: allowed is one JSON object, each field once")
    return message


def checked(message, lesson):
    """The tidy fields of a message: of a vote, of a run, or of a hello.

    Raises ValueError that names the field, and what is allowed.
    """
    kind = message.get("kind")
    _among("kind", kind, FIELDS)
    if {*message} != {"kind", *FIELDS[kind]}:
        raise ValueError("fields: allowed are " + ", ".join(
            ("kind", *FIELDS[kind])) + ", all of them and no other")
    if kind == "vote":
        return _vote(message, lesson)
    if kind == "line":
        message = _line(message["text"])
    return {"kind": kind} if kind == "hello" else _run(message, lesson)


def _vote(message, lesson):
    question, moment = message["question"], message["moment"]
    _among("question", question, {name: 0 for name, _ in lesson.votes})
    _among("moment", moment, [m for q, m in lesson.votes if q == question])
    options = range(1, lesson.votes[question, moment] + 1)
    _whole("choice", message["choice"], options)
    return {"kind": "vote", "question": question, "moment": moment,
            "choice": message["choice"]}


def _run(message, lesson):
    _among("lab", message["lab"], lesson.labs)
    _whole("group", message["group"],
           [*range(lesson.labs[message["lab"]]), PRINTED])
    _whole("seed", message["seed"], SEEDS)
    return {"kind": "run", "lab": message["lab"], "group": message["group"],
            "seed": message["seed"], "result": _result(message["result"])}


def _result(value):
    """A result, in the steps of a line; None means never."""
    number = isinstance(value, (int, float)) and not isinstance(value, bool)
    if value is not None and not (number and 0 <= value <= TOP
                                  and isfinite(value)):
        raise ValueError(f"result: allowed are 0 to {TOP:,.0f}, and null")
    return None if value is None else round(float(value), 4) + 0.0   # no -0


def _line(text):
    if not (isinstance(text, str) and text.isascii() and len(text) <= LINE):
        raise ValueError("text: allowed are the twelve characters of a line")
    try:
        lab, seed, result, group = read(text)
    except ValueError:
        raise ValueError("text: some character is mistyped; allowed are the "
                         "twelve characters of a line") from None
    return {"lab": lab, "seed": seed, "result": result, "group": group}


def _among(name, value, allowed):
    if not isinstance(value, str) or value not in allowed:
        raise ValueError(f"{name}: allowed are {', '.join(allowed)}")


def _whole(name, value, allowed):
    if type(value) is not int or value not in allowed:   # True is no number
        raise ValueError(f"{name}: allowed are whole numbers " + (
            f"from {allowed[0]} to {allowed[-1]}" if isinstance(allowed, range)
            else f"among {', '.join(map(str, allowed))}"))


def _once(pairs):
    if len(dict(pairs)) < len(pairs):
        raise ValueError("a field is there twice")
    return dict(pairs)


def _no_constant(name):
    raise ValueError(name)   # NaN and Infinity are no JSON
