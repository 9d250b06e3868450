"""The Sphinx extension for lessons: drawn pictures, questions, terms.

    ```{picture} pit               chapters/drawings/pit.svg, in the page
    :alt: What is seen, in a sentence or more.

    The finding, which is the caption.
    ```

    ```{quiz} landscape            the questions of chapters/quiz/landscape.md,
    :only: 2                       or one of them
    ```

A drawing lies in the page itself, so that it takes the page's colours, light
or dark. Questions need no script: each option opens and says why. A link to
the glossary says in a word what stands there.
"""
import html
import re

from docutils import nodes
from jinja2 import Environment, StrictUndefined
from sphinx.util.docutils import SphinxDirective

from labkit.speech.pages import width
from publish import needs, questions

DRAWINGS = needs.ROOT / "chapters" / "drawings"
LEAST = 40   # columns in which a picture can be described at all
RIGHT, WRONG = "Right.", "Not so."


class tag(nodes.General, nodes.Element):
    """An HTML element with attributes; its children are its content."""


def quoted(text, config):
    """A text with the facts in it; an unknown one is an error."""
    return Environment(undefined=StrictUndefined).from_string(text).render(
        config.myst_substitutions)


class Picture(SphinxDirective):
    """A drawing with its description and its caption."""

    required_arguments, has_content = 1, True
    option_spec = {"alt": str}

    def run(self):
        """Put the SVG into the page; a poor description is an error."""
        path = DRAWINGS / f"{self.arguments[0]}.svg"
        alt = quoted(self.options.get("alt", ""), self.config)
        if not path.exists() or width(alt) < LEAST:
            raise self.error(f"picture needs {path} and an alt of at least "
                             f"{LEAST} characters that says what is seen")
        self.env.note_dependency(str(path))
        svg = path.read_text("utf-8").replace(
            "<svg ", f'<svg role="img" aria-label="{html.escape(alt)}" ', 1)
        caption, inside = nodes.caption(), nodes.Element()
        self.state.nested_parse(self.content, self.content_offset, inside)
        for paragraph in inside:
            caption += paragraph.children
        return [nodes.figure("", nodes.raw("", svg, format="html"), caption,
                             classes=["picture"])]


class Quiz(SphinxDirective):
    """The questions of a lesson, each option with its why."""

    required_arguments = 1
    option_spec = {"only": int}

    def run(self):
        """One panel a question."""
        name, only = self.arguments[0], self.options.get("only")
        self.env.note_dependency(str(questions.FOLDER / f"{name}.md"))
        return [self.question(f"quiz-{name}-{i}", **one) for i, one in
                enumerate(questions.parsed(questions.source(name)))
                if only in (None, i + 1)]

    def question(self, name, question, options):
        """A group; of its options one at a time is open."""
        asked = self.inline(question)
        asked[0]["ids"].append(name)
        group = tag("", *asked, name="div", attributes={
            "class": "quiz", "role": "group", "aria-labelledby": name})
        for option in options:
            why = self.inline(option["why"])
            why[0].insert(0, nodes.strong("", (
                RIGHT if option["right"] else WRONG) + " "))
            why[0]["classes"].append("right" if option["right"] else "wrong")
            group += tag("", tag("", *self.inline(option["text"])[0].children,
                                 name="summary", attributes={}),
                         *why, name="details", attributes={"name": name})
        return group

    def inline(self, text):
        """A line of Markdown as nodes: one paragraph."""
        return self.parse_text_to_nodes(text)


def enter(self, node):
    """Open an element, in HTML."""
    said = "".join(f' {key}="{html.escape(value)}"'
                   for key, value in node["attributes"].items())
    self.body.append(f"<{node['name']}{said}>")


def leave(self, node):
    """Close it."""
    self.body.append(f"</{node['name']}>")


def describe(app, doctree):
    """Fill in the facts that a figure's description quotes."""
    for image in doctree.findall(nodes.image):
        image["alt"] = quoted(image.get("alt", ""), app.config)


def meanings(env):
    """What the glossary says of each term, by its anchor: a sentence."""
    found = {}
    for item in env.get_doctree("glossary").findall(
            nodes.definition_list_item):
        text = item[-1].astext()
        for term in item.findall(nodes.term):
            found[term["ids"][0]] = re.sub(r"\s*\([^()]*\)$", "", text)
    return found


def say(app, doctree, docname):
    """Give each link to a term what the glossary says of it."""
    known = meanings(app.env)
    for link in doctree.findall(nodes.reference):
        term = link.get("refuri", "").partition("glossary.html#")[2]
        if term in known:
            link["reftitle"] = known[term]
            link["classes"] = [*link["classes"], "term"]


def setup(app):
    """Register with Sphinx."""
    skip = (lambda *_: None,) * 2
    app.add_node(tag, html=(enter, leave), latex=skip, text=skip)
    app.add_directive("picture", Picture)
    app.add_directive("quiz", Quiz)
    app.connect("doctree-read", describe)
    app.connect("doctree-resolved", say)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
