"""The questions of a lesson, as a lab asks them."""
import html
import json
import re
from string import ascii_lowercase

from labkit.lesson.words import RIGHT, WRONG
from labkit.plots import Page
from labkit.records import FOLDER


def quiz(name):
    """The lesson's questions as a Page; each option opens and says why."""
    found = json.loads((FOLDER / name / "quiz.json").read_text("utf-8"))
    page = "".join(
        f'<div class="quiz" style="color: var(--ink, inherit)"><p><b>'
        f'{_emphasis(one["question"])}</b></p>'
        + "".join(_option(f"quiz-{name}-{i}", **option)
                  for option in one["options"]) + "</div>"
        for i, one in enumerate(found))
    lines, why = [], ["Answers:"]
    for i, one in enumerate(found, 1):
        lines.append(f"{i}. {one['question']}")
        for letter, option in zip(ascii_lowercase, one["options"]):
            lines.append(f"   {letter}. {option['text']}")
            why.append(f"{i}{letter}. {RIGHT if option['right'] else WRONG}"
                       f" {option['why']}")
    return Page(page, "\n".join(lines + why))


def _option(group, text, right, why):
    """One option; of its ``group`` one at a time is open."""
    mark, kind = (RIGHT, "right") if right else (WRONG, "wrong")
    return (f'<details name="{group}"><summary>{_emphasis(text)}</summary>'
            f'<p class="{kind}"><strong>{mark}</strong> {_emphasis(why)}</p>'
            "</details>")


def _emphasis(text):
    """A line of Markdown, which has no other mark, as HTML."""
    return re.sub(r"\*(.+?)\*", r"<em>\1</em>", html.escape(text, False))
