"""Elements on the site: what a page loads, weighs, and shows without them."""
import gzip
import re
from pathlib import Path

import pytest

from live.directive import HERE, NEEDS, copied

SITE = Path(__file__).resolve().parents[2] / "_build" / "html"
PAGES = [path for folder in (".", "chapters", "evidence")
         for path in sorted((SITE / folder).glob("*.html"))]
WRITTEN = sorted(path for path in HERE.glob("*.js")
                 if path.stem not in ("rules", "kernel"))
ELEMENT = re.compile(r"<live-(\w+)")
MOST = 60_500    # bytes, compressed, of all scripts and their style


@pytest.mark.parametrize("page", PAGES, ids=lambda path: path.stem)
def test_a_page_loads_the_scripts_of_its_elements_and_no_others(page):
    text = page.read_text("utf-8")
    wanted = [name for element in ELEMENT.findall(text)
              for name in NEEDS[element]]
    loaded = re.findall(r'src="[^"]*live/(\w+)\.js', text)
    assert loaded == [*dict.fromkeys(wanted)]
    assert ("live/live.css" in text) == bool(wanted)
    assert all((SITE / "live" / f"{name}.js").exists() for name in wanted)


def test_every_element_stands_on_some_page():
    shown = {element for page in PAGES
             for element in ELEMENT.findall(page.read_text("utf-8"))}
    assert shown == {*NEEDS}


def test_all_scripts_together_are_light(tmp_path):
    copied(tmp_path)
    assert {path.name for path in tmp_path.iterdir()} == {
        *(path.name for path in HERE.glob("*.js")), "live.css"}
    assert sum(len(gzip.compress(path.read_bytes(), 9))
               for path in tmp_path.iterdir()) <= MOST


@pytest.mark.parametrize("path", WRITTEN, ids=lambda path: path.stem)
def test_a_script_is_short_and_takes_nothing_from_elsewhere(path):
    text = path.read_text("utf-8")
    lines = text.splitlines()
    assert len(lines) <= (330 if path.stem == "engine" else 250)
    assert max(map(len, lines)) <= 79
    assert not re.search(r"\bfetch\(|import\(|XMLHttp|https?://(?!www\.w3)",
                         text)


def test_without_scripts_the_record_is_shown(browser):
    context = browser.new_context(java_script_enabled=False, offline=True)
    page = context.new_page()
    page.goto((SITE / "index.html").as_uri())
    assert page.locator("live-race img").is_visible()
    context.close()
