"""Every page is accessible, by the rules of axe-core, at two widths."""
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe

SITE = Path(__file__).resolve().parent.parent / "_build" / "html"
PAGES = sorted(path.relative_to(SITE).as_posix()
               for folder in (".", "chapters", "labs")
               for path in (SITE / folder).glob("*.html"))
DESKTOP, PHONE = 1280, 390


@pytest.mark.parametrize("name", PAGES)
def test_axe_finds_nothing(visit, name):
    for width in (DESKTOP, PHONE):
        page = visit(name, width)
        page.wait_for_load_state("networkidle")
        found = Axe().run(page, options=dict(preload=False)).response
        assert [(rule["id"], node["html"]) for rule in found["violations"]
                for node in rule["nodes"]] == []


@pytest.mark.parametrize("name", PAGES)
def test_no_page_is_wider_than_a_phone(visit, name):
    page = visit(name, PHONE)
    assert page.evaluate("document.documentElement.scrollWidth") <= PHONE


def test_there_are_pages():
    assert len(PAGES) > 15
