"""Sphinx, for the translated site: places keep their English names.

So a link to a heading, in either language or from outside, leads to the same
place in both. English headings are known from the catalogue.
"""
import json
import re

from docutils import nodes
from markdown_it import MarkdownIt
from myst_parser.mdit_to_docutils.base import default_slugify

from publish.needs import ROOT

PATH = "places.json"   # in the tree: a heading as it is, and in English
HEADING = re.compile(r"(?m)^#{1,6} (.+)$")
MARK = MarkdownIt()


def plain(heading):
    """A heading without its marks, as a name is made of it."""
    return "".join(part.content for token in MARK.parseInline(heading)
                   for part in token.children
                   if part.type in ("text", "code_inline"))


def english():
    """What the tree says of headings; nothing in any other folder."""
    path = ROOT / PATH
    return json.loads(path.read_text("utf-8")) if path.exists() else {}


ENGLISH = english()


def slug(title):
    """The name of a heading's place: that of its English original."""
    return default_slugify(ENGLISH.get(title, title))


def name(app, doctree):
    """Give each section its English name first, the one in use second."""
    for section in doctree.findall(nodes.section):
        if place := section.get("slug"):
            section["ids"] = [place, *(one for one in section["ids"]
                                       if one != place)]


def setup(app):
    """Before contents are collected, which use the first name."""
    app.connect("doctree-read", name, priority=100)
    return {"parallel_read_safe": True}
