"""Every page is accessible, by the rules of axe-core, at two widths."""
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe

SITE = Path(__file__).resolve().parents[2] / "_build" / "html"
PAGES = sorted(path.relative_to(SITE).as_posix()
               for folder in (".", "chapters", "evidence", "labs")
               for path in (SITE / folder).glob("*.html"))
DESKTOP, PHONE = 1280, 390
# The long pages of the labs on a phone only: what a desktop adds, the
# sidebars, is on all the others, too.
VIEWS = [(name, width) for name in PAGES for width in (DESKTOP, PHONE)
         if width == PHONE or not name.startswith("labs/")]


@pytest.mark.parametrize("name, width", VIEWS)
def test_axe_finds_nothing_and_the_page_fits(visit, name, width):
    page = visit(name, width)
    page.wait_for_load_state("load")
    found = Axe().run(page, options=dict(preload=False)).response
    assert [(rule["id"], node["html"]) for rule in found["violations"]
            for node in rule["nodes"]] == []
    assert page.evaluate("document.documentElement.scrollWidth") <= width


def test_there_are_pages():
    assert len(PAGES) > 15
