"""Sphinx, for the translated site: places keep their English names.

So a link to a heading, in either language or from outside, leads to the same
place in both. English headings are known from the catalogue.
"""
from docutils import nodes
from myst_parser.mdit_to_docutils.base import default_slugify

from publish.translation import catalogue


def headings():
    """{a heading as it is translated: as it is in English}."""
    return {said: message for message, said in catalogue.table().items()}


ENGLISH = headings()


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
