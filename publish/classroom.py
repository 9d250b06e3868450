"""The Sphinx extension for lesson plans: one page that is four.

    ```{say} 5 8                 below a slide: minutes it takes in a lesson
    :do: They draw two hills.    of 50 and in one of 90 (0: left out), what
                                 students do, and what the teacher says
    What you say.
    ```

    ```{plan}                    the table of all slides, minutes added up
    ```

    ```{answer} 3 lines          room on the worksheet, for 3 lines or a box
                                 as high as 3; inside stands the key
    What a good answer says.
    ```

    ```{ticket} landscape        letters to circle: the quiz at the end, or
    ```                          single questions, as ``epochs:1 compute:3``

Slides are the sections of "Slides"; ``views.js`` shows them one by one, the
worksheet alone, or the worksheet with its key.
"""
import json
import shutil
from pathlib import Path

import numpy as np
from docutils import nodes
from sphinx.util.docutils import SphinxDirective

from publish import needs, questions
from publish.lesson import tag

FOLDER = needs.ROOT / "classroom"
VIEWS = "views.js", "views.css"
LESSONS = 50, 90   # minutes
LETTERS = "ABCDEF"
PLACES = {"slides": ["deck"], "worksheet": ["sheet", "key"]}   # of the views


class plan(nodes.General, nodes.Element):
    """Where the table of the slides goes."""


class Say(SphinxDirective):
    """What the teacher says at a slide, and for how long."""

    required_arguments, has_content = len(LESSONS), True
    option_spec = {"do": str}

    def run(self):
        """A box with its minutes; they must be whole numbers."""
        if not all(word.isdigit() for word in self.arguments):
            raise self.error("say needs the minutes in a lesson of 50 and "
                             "of 90: two whole numbers")
        minutes = [int(word) for word in self.arguments]
        box = nodes.container(classes=["say"], minutes=minutes,
                              do=self.options.get("do", ""))
        self.state.nested_parse(self.content, self.content_offset, box)
        box[0].insert(0, nodes.strong("", f"{lasting(minutes)} "))
        return [box]


class Plan(SphinxDirective):
    """The table of the slides, which are known once the page is read."""

    def run(self):
        """A place for it."""
        return [plan()]


class Answer(SphinxDirective):
    """Room for an answer on the sheet, and the answer for the key."""

    required_arguments, optional_arguments, has_content = 1, 1, True

    def run(self):
        """Lines or a box; in it the key."""
        count, *kind = self.arguments
        if not count.isdigit() or kind not in ([], ["lines"], ["box"]):
            raise self.error("answer needs a number of lines, then lines "
                             "or box")
        rules = div("rules", *(div("rule") for _ in range(int(count))))
        key = div("answer-key")
        self.state.nested_parse(self.content, self.content_offset, key)
        return [div(" ".join(["answer", *kind]), rules, key)]


class Ticket(SphinxDirective):
    """The quiz to take with a pen: letters on the sheet, right ones as key."""

    required_arguments, final_argument_whitespace = 1, True

    def run(self):
        """One line for all questions."""
        line = nodes.paragraph(classes=["ticket"])
        for number, one in enumerate(self.asked(), 1):
            line += nodes.strong("", f"{number} ")
            for letter, option in zip(LETTERS, one["options"]):
                line += nodes.inline("", letter, classes=[
                    "letter", *["right"] * option["right"]])
        return [line]

    def asked(self):
        """The questions that are named, one by one or as a quiz."""
        for word in self.arguments[0].split():
            name, _, number = word.partition(":")
            self.env.note_dependency(str(questions.FOLDER / f"{name}.md"))
            quiz = questions.parsed(questions.source(name))
            yield from [quiz[int(number) - 1]] if number else quiz


def div(classes, *children):
    """A part of a page."""
    return tag("", *children, name="div", attributes={"class": classes})


def lasting(minutes):
    """'5 minutes.', '5 minutes; 8 of 90.' or '8 minutes, of 90 only.'"""
    short, long = minutes
    count = short or long
    most = "1 minute" if count == 1 else f"{count} minutes"
    if short == long:
        return f"{most}."
    return f"{most}; {long} of 90." if short else f"{most}, of 90 only."


def recorded():
    """{lesson of the room: [what is recorded of each group]}, as texts.

    ``runs`` of them, how many ``never`` arrive and how many end ``above``
    zero; of the others' results the least, the median, the 10 % and the 90 %
    quantile.
    """
    return {path.name.partition(".")[0]: [
        group(results) for groups in json.loads(path.read_text("utf-8"))[
            "recorded"].values() for results in groups if results]
        for path in sorted((FOLDER / "lessons").glob("*.recorded.json"))}


def second():
    """The same of what decides a lesson's second vote."""
    return {path.stem: [group(results) for results in json.loads(
        path.read_text("utf-8"))["recorded"]]
        for path in sorted((FOLDER / "lessons" / "second").glob("*.json"))}


def group(results):
    """What prose quotes of a group's results; None is never."""
    found = [value for value in results if value is not None]
    ends = {name: short(np.quantile(found, share)) for name, share in dict(
        least=0, low=.1, middle=.5, high=.9).items()} if found else {}
    return {"runs": str(len(results)), "never": str(results.count(None)),
            "above": str(sum(value > 0 for value in found)), **ends}


def short(value):
    """A result with two decimals, from ten on without."""
    return f"{value:.2f}" if value < 10 else f"{value:,.0f}"


def slides(doctree):
    """(title, box of what is said) of each slide, in order."""
    return [(section.next_node(nodes.title).astext(), box)
            for section in doctree.findall(nodes.section)
            for box in section.children
            if isinstance(box, nodes.container) and "say" in box["classes"]]


def rows(doctree):
    """The plan's rows: the times in both lessons, the slide, what they do."""
    clocks = [0] * len(LESSONS)
    for number, (title, box) in enumerate(slides(doctree), 1):
        times = [f"{now}–{now + length}" if length else "–"
                 for now, length in zip(clocks, box["minutes"])]
        clocks = [now + length
                  for now, length in zip(clocks, box["minutes"])]
        yield [*times, f"{number} {title}", box["do"]]


def table(head, body):
    """A docutils table of texts."""
    group = nodes.tgroup(cols=len(head))
    group += [nodes.colspec(colwidth=1) for _ in head]
    for kind, lines in ((nodes.thead, [head]), (nodes.tbody, body)):
        part = kind()
        for line in lines:
            part += nodes.row("", *(nodes.entry("", nodes.paragraph(
                text=text)) for text in line))
        group += part
    return nodes.table("", group, classes=["plan"])


def lay_out(app, doctree):
    """Put the table of slides in its place; name where each view begins."""
    for section in doctree.findall(nodes.section) if list(
            doctree.findall(plan)) else ():
        section["ids"] += PLACES.get(section["ids"][0], [])
    for place in doctree.findall(plan):
        place.replace_self(table(
            [*(f"of {length} min" for length in LESSONS), "slide",
             "what students do"], list(rows(doctree))))


def load(app, page, template, context, doctree):
    """Load the views on the pages of the classroom."""
    if page.startswith("classroom/"):
        app.add_js_file("../classroom/views.js", loading_method="defer")
        app.add_css_file("../live/live.css")
        app.add_css_file("../classroom/views.css")


def copy(app, error):
    """Put the views beside the pages."""
    beside = Path(app.outdir, FOLDER.name)
    beside.mkdir(exist_ok=True)
    for name in VIEWS:
        shutil.copy(FOLDER / name, beside)


def setup(app):
    """Register with Sphinx."""
    app.add_node(plan)
    for directive in (Say, Plan, Answer, Ticket):
        app.add_directive(directive.__name__.lower(), directive)
    app.connect("doctree-read", lay_out)
    app.connect("html-page-context", load)
    app.connect("build-finished", copy)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
