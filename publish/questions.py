"""Questions with answers that say why: one source for page, lab and class.

    python -m publish.questions    fill them in, where they are not up to date

``chapters/quiz/NAME.md`` holds an explanation's questions as Markdown: each
is a line; its options follow as a list, the right one in bold; below each
option, indented, stands why. They may quote facts. Filled in, they become
``labs/records/NAME/quiz.json``, which the labs and the class read.
"""
import json
import re
import sys

from jinja2 import Environment, StrictUndefined, TemplateError

from labkit import records, verdict
from publish import facts, needs

FOLDER = needs.ROOT / "chapters" / "quiz"
OPTION = re.compile(r"- (\*\*)?(.+?)(?:\*\*)?\n\n  (.+)")


def parsed(text):
    """[{"question", "options": [{"text", "right", "why"}]}] of a source.

    Raises ValueError for a question without exactly one right option.
    """
    found = []
    for block in re.split(r"\n\n(?=[^\s-])", text.strip()):
        options = [{"text": option, "right": bool(mark), "why": why}
                   for mark, option, why in OPTION.findall(block)]
        if sum(option["right"] for option in options) != 1:
            raise ValueError(f"of the options of {block!r} exactly one must "
                             "be in bold, and each must have its why")
        found.append({"question": block.partition("\n")[0],
                      "options": options})
    return found


def source(name):
    """The questions on an explanation as they are written."""
    return (FOLDER / f"{name}.md").read_text("utf-8")


def filled(name):
    """The same with the facts in them."""
    return Environment(undefined=StrictUndefined).from_string(
        source(name)).render({name: facts.quoted(name)})


def path(name):
    """Where they are kept, filled in."""
    return records.FOLDER / name / "quiz.json"


def text(name):
    """What is to be kept of them: JSON."""
    return json.dumps(parsed(filled(name)), indent=1,
                      ensure_ascii=False) + "\n"


def main():
    """Write those of all explanations that are not up to date."""
    for name in verdict.LABS:
        try:
            now = text(name)
        except (ValueError, TemplateError) as error:
            sys.exit(f"{FOLDER / name}.md: {error}")
        if not path(name).exists() or path(name).read_text("utf-8") != now:
            path(name).write_text(now, "utf-8")


if __name__ == "__main__":
    main()
