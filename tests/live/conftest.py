"""Pages with one element, in a browser without network."""
import pytest
from axe_playwright_python.sync_playwright import Axe

from live.directive import HERE, NEEDS

PAGE = """\
<!doctype html><html lang="en" data-theme="light"><meta charset="utf-8">
<meta name="viewport" content="width=device-width"><title>Live</title>
<style>body {{ background: var(--live-ground); max-width: 46rem;
margin: 1rem auto; padding: 0 1rem; font: 16px sans-serif; }}</style>
<link rel="stylesheet" href="{here}/live.css"><main>{element}</main>
{scripts}</html>"""
ORDER = [*dict.fromkeys(name for names in NEEDS.values() for name in names)]


def written(where, element, scripts=ORDER, folder=HERE):
    """The file of a page with an element, and with these scripts."""
    file = where / "page.html"
    file.write_text(PAGE.format(
        here=folder.as_uri(), element=element, scripts="".join(
            f'<script defer src="{folder.as_uri()}/{name}.js"></script>'
            for name in scripts)), "utf-8")
    return file


@pytest.fixture
def load(browser, tmp_path):
    """load('<live-race …></live-race>') gives a page; errors fail the test."""
    context = browser.new_context(offline=True, reduced_motion="reduce")

    def show(element, width=1280, scripts=ORDER, folder=HERE):
        page = context.new_page()
        page.set_viewport_size({"width": width, "height": 900})
        page.errors = []
        page.on("pageerror", lambda error: page.errors.append(str(error)))
        page.goto(written(tmp_path, element, scripts, folder).as_uri())
        return page

    yield show
    errors = [error for page in context.pages for error in page.errors]
    context.close()
    assert errors == []


def shown(load, name, **settings):
    """A page with an element with these attributes, a record inside it."""
    attributes = " ".join(f'{key.replace("_", "-")}="{value}"'
                          for key, value in settings.items())
    return load(f'<live-{name} class="live" {attributes}><p>Recorded.</p>'
                f"</live-{name}>", scripts=NEEDS[name])


def accessible(page):
    """The page's element breaks no rule of axe-core."""
    found = Axe().run(page, context=".live")
    assert found.violations_count == 0, found.generate_report()


def workers_end(page):
    """Soon none is at work; Chromium lets a busy one go on for a little."""
    for _ in range(50):
        if not page.workers:
            return
        page.wait_for_timeout(100)
    assert not page.workers


def press(page, name):
    """Press a button, and wait for the end of what it does."""
    page.get_by_role("button", name=name).click()
    finish(page)


def finish(page):
    """Wait until the element can be started again."""
    page.get_by_role("button", name="Again").and_(page.locator(
        "[aria-disabled=false]")).wait_for()


def said(page):
    """The status line."""
    return page.locator(".live > .live-say").inner_text()


def answer(page):
    """The answer to the guess."""
    return page.locator(".live .live-answer").inner_text()


def cells(page):
    """The table of all numbers: [[text, ...], ...]."""
    return page.locator(".live-table tbody tr").evaluate_all(
        "rows => rows.map(r => [...r.cells].map(c => c.textContent))")
