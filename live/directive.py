"""The Sphinx directive ``live``: a model that trains on the page.

    ```{live} race
    :sizes: 8 32 128 512

    What is seen without scripts, and beside the result: Markdown.
    ```

Options are the attributes of the element; they may quote facts, as prose does.
Its scripts are loaded on pages that have it, and on no others; they lie in
``live/`` beside the pages, without comments and indentation.
"""
import shutil
from pathlib import Path

import rjsmin
from docutils import nodes
from jinja2 import Environment, StrictUndefined
from sphinx.util.docutils import SphinxDirective

HERE = Path(__file__).resolve().parent
BASE = "dice", "phrases", "kit", "element", "chart"
LANGUAGE = ("rules", "tables", "kernel", "language", "engine", "runner",
            "clock")
NEEDS = {   # element -> its scripts, in the order in which they are loaded
    "race": (*LANGUAGE, *BASE, "modes", "answers", "raceview", "race"),
    "rate": (*LANGUAGE, *BASE, "sweep", "rate"),
    "fit": (*LANGUAGE, *BASE, "law", "foretold", "fit"),
    "text": (*LANGUAGE, *BASE, "signs", "samples", "text"),
    "pits": (*BASE, "students", "pits"),
    "late": (*BASE, "parity", "late"),
    "draw": (*BASE, "parity", "bets", "draw"),
}


class live(nodes.General, nodes.Element):
    """The element; its children are what is shown without scripts."""


class Options(dict):
    """Any option is an attribute of the element, which checks it itself."""

    def __getitem__(self, name):
        return lambda text: text or ""

    def __contains__(self, name):
        return True

    def __bool__(self):   # MyST asks: are there options?
        return True


class Live(SphinxDirective):
    """The directive."""

    required_arguments = 1
    has_content = True
    option_spec = Options()

    def run(self):
        """Parse what is inside; an element that there is not is an error."""
        name = self.arguments[0]
        if name not in NEEDS:
            raise self.error(f"live is {name!r}; allowed are {[*NEEDS]}")
        node = live(name=name, options={
            option: self.quoted(text)
            for option, text in self.options.items()})
        self.state.nested_parse(self.content, self.content_offset, node)
        return [node]

    def quoted(self, text):
        """An option with the facts in it; an unknown one is an error."""
        return Environment(undefined=StrictUndefined).from_string(
            text).render(self.config.myst_substitutions)


def enter(self, node):
    """Open the element, in HTML."""
    self.body.append(self.starttag(node, f"live-{node['name']}",
                                   CLASS="live", **node["options"]))


def leave(self, node):
    """Close the element."""
    self.body.append(f"</live-{node['name']}>\n")


def scripts(app, page, template, context, doctree):
    """Load on a page what its elements need."""
    wanted = [script for node in (doctree.findall(live) if doctree else ())
              for script in NEEDS[node["name"]]]
    for name in wanted:   # Sphinx takes each once
        app.add_js_file(f"../live/{name}.js", loading_method="defer")
    if wanted:
        app.add_css_file("../live/live.css")


def copied(folder):
    """Put the scripts, minified, and their style into a folder."""
    for path in HERE.glob("*.js"):
        text = rjsmin.jsmin(path.read_text("utf-8"))
        (folder / path.name).write_text(text, "utf-8")
    shutil.copy(HERE / "live.css", folder)


def copy(app, error):
    """Put them beside the pages."""
    folder = Path(app.outdir, "live")
    folder.mkdir(exist_ok=True)
    copied(folder)


def setup(app):
    """Register with Sphinx."""
    skip = (lambda *_: None,) * 2
    app.add_node(live, html=(enter, leave), latex=skip, text=skip)
    app.add_directive("live", Live)
    app.connect("html-page-context", scripts)
    app.connect("build-finished", copy)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
