"""The built site: it stands on its own, and nothing in it is broken."""
import re
from pathlib import Path
from urllib.parse import unquote, urlsplit

import pytest
import yaml
from bs4 import BeautifulSoup

from labkit import verdict
from labkit.speech.pages import width

ROOT = Path(__file__).resolve().parents[2]
SITE = ROOT / "_build" / "html"
LABS = sorted(path.stem for path in (ROOT / "labs").glob("*.ipynb"))
CONFIG = yaml.safe_load((ROOT / "_config.yml").read_text("utf-8"))
SIGNS = re.compile(   # of something that the build could not resolve
    r"Traceback|\?\?|\[\]|\{\{|\{(?:cite|ref|numref|doc|eq)[:}]")
ALT = 40   # characters in which a figure can be described at all


@pytest.fixture(scope="session")
def pages():
    """Every page of the site: its path from SITE -> parsed HTML."""
    if not (SITE / "index.html").exists():
        pytest.fail("no site in _build/html; run python3 course.py book first")
    return {path.relative_to(SITE).as_posix():
            BeautifulSoup(path.read_text("utf-8"), "html.parser")
            for path in SITE.rglob("*.html")
            if "_static" not in path.relative_to(SITE).parts}


def listed(entries):
    """The files that the table of contents lists, without suffix."""
    for entry in entries:
        if "file" in entry:
            yield entry["file"]
        for below in ("parts", "chapters", "sections"):
            yield from listed(entry.get(below, []))


def contents():
    """All pages of ``_toc.yml``, the first one first."""
    toc = yaml.safe_load((ROOT / "_toc.yml").read_text("utf-8"))
    return [toc["root"], *listed([toc])]


def addresses(page):
    """All that a page links to or loads."""
    for tag in page.find_all(True):
        for name in ("href", "src", "poster", "data", "srcset"):
            if tag.has_attr(name):
                yield tag[name]


def is_own(address):
    """Does the address lie on the site?"""
    parts = urlsplit(address)
    return not parts.scheme and not parts.netloc


def loaded(page):
    """What a browser loads to show the page, wherever from."""
    for tag in page.select("script[src], img[src], iframe[src], source[src],"
                           " video[src], audio[src], embed[src]"):
        yield tag["src"]
    for tag in page.select("link[href]"):
        if {"stylesheet", "preload", "icon", "preconnect", "modulepreload",
                "prefetch", "dns-prefetch"} & set(tag.get("rel", ())):
            yield tag["href"]
    for style in page.find_all("style"):
        yield from in_css(style.get_text())


def in_css(text):
    """The addresses in a style sheet."""
    yield from re.findall(r"url\(\s*['\"]?([^'\")]+)", text)
    yield from re.findall(r"@import\s+['\"]([^'\"]+)", text)


def targets(page):
    """The anchors of a page."""
    return {tag[name] for tag in page.find_all(True)
            for name in ("id", "name") if tag.has_attr(name)} | {"", "top"}


def words(page):
    """What a reader sees of a page's content, without its code."""
    article = page.find("article") or page
    hidden = article.select("script, style, div.highlight, code")
    unseen = {id(text) for tag in hidden for text in tag.strings}
    return " ".join(text for text in article.strings
                    if id(text) not in unseen)


def test_every_page_of_the_contents_is_built(pages):
    assert [page for page in contents() if f"{page}.html" not in pages] == []


def test_no_other_chapter_or_lab_is_built(pages):
    built = {page.removesuffix(".html") for page in pages
             if page.startswith(("labs/", "chapters/", "evidence/"))}
    assert built - set(contents()) == set()


def test_every_lab_is_in_the_contents():
    assert {f"labs/{lab}" for lab in LABS} <= set(contents())


def test_every_link_of_the_site_leads_to_a_file_and_an_anchor(pages):
    anchors = {name: targets(page) for name, page in pages.items()}
    broken = []
    for name, page in pages.items():
        if name.endswith("404.html"):   # its links start at the top
            continue
        for address in filter(is_own, addresses(page)):
            parts = urlsplit(address)
            file = (SITE / name if not parts.path else
                    SITE / name / ".." / unquote(parts.path)).resolve()
            if file.is_dir():
                file = file / "index.html"
            if not file.is_file() or not file.is_relative_to(SITE):
                broken.append((name, address))
                continue
            target = file.relative_to(SITE).as_posix()
            if (target in anchors
                    and unquote(parts.fragment) not in anchors[target]):
                broken.append((name, address))
    assert broken == []


def test_no_page_loads_anything_from_another_host(pages):
    assert {address for page in pages.values() for address in loaded(page)
            if not is_own(address) and not address.startswith("data:")
            } == set()


def test_no_style_sheet_loads_anything_from_another_host(pages):
    assert {(path.name, address) for path in SITE.rglob("*.css")
            for address in in_css(path.read_text("utf-8"))
            if not is_own(address) and not address.startswith("data:")
            } == set()


def test_every_figure_is_described(pages):
    poor = []
    for name, page in pages.items():
        for image in page.select("article img"):
            alt = image.get("alt")
            decoration = alt == "" and image.get("role") == "presentation"
            file = alt and re.search(r"\.(png|svg|jpe?g|gif|webp)$", alt)
            if not decoration and (not alt or len(alt) < ALT or file):
                poor.append((name, alt))
    assert poor == []


def test_every_figure_has_a_caption_that_can_be_read_alone(pages):
    captions = {(name, figure.figcaption.get_text())
                for name, page in pages.items()
                for figure in page.select("article figure")}
    assert len(captions) > 50
    assert {(name, text) for name, text in captions
            if width(text) < 25 or re.match("(recorded: )?the same", text,
                                          re.IGNORECASE)} == set()


def test_every_image_around_the_text_has_an_alt_attribute(pages):
    assert [(name, image.get("src")) for name, page in pages.items()
            for image in page.find_all("img")
            if not image.has_attr("alt")] == []


def test_nothing_is_left_unresolved(pages):
    assert {name: found for name, page in pages.items()
            if (found := SIGNS.findall(words(page)))} == {}


def test_no_cell_failed(pages):
    assert {name for name, page in pages.items()
            if page.select(".output.traceback, .cell_output .traceback")
            or "Traceback (most recent call last)" in page.get_text()
            } == set()


def test_every_citation_and_reference_found_its_target(pages):
    # Sphinx leaves an empty citation or a reference without a link.
    assert {(name, str(tag)) for name, page in pages.items()
            for tag in page.select(".problematic, .system-message, "
                                   ".bibtex-citation:empty, "
                                   "article :not(a) > .xref")
            if not tag.find("a")} == set()


def test_what_is_cited_is_in_the_bibliography_and_nothing_else():
    known = re.findall(r"(?m)^@\w+\{(\w+),",
                       (ROOT / "references.bib").read_text("utf-8"))
    assert len(known) == len(set(known))
    cited = {key for folder in ("chapters", "evidence")
             for page in (ROOT / folder).glob("*.md") for group in
             re.findall(r"\{cite\}`([^`]+)`", page.read_text("utf-8"))
             for key in group.split(",")}
    claimed = {key for module in verdict.LABS.values()
               for claim in module.CLAIMS.values()
               for key in claim.sources}
    assert cited | claimed == set(known)


def test_every_reference_is_printed(pages):
    printed = pages["references.html"].select("div.citation")
    assert len(printed) == (ROOT / "references.bib").read_text(
        "utf-8").count("\n@") + 1


@pytest.mark.parametrize("lab", LABS)
def test_the_buttons_of_a_lab_lead_to_the_published_notebook(pages, lab):
    repository = urlsplit(CONFIG["repository"]["url"]).path.strip("/")
    links = [a["href"] for a in pages[f"labs/{lab}.html"].select("a[href]")]
    assert (f"https://colab.research.google.com/github/{repository}/blob/"
            f"gh-pages/labs/{lab}.ipynb") in links
    assert f"../_sources/labs/{lab}.ipynb" in links
    for folder in ("labs", "_sources/labs"):
        path = SITE / folder / f"{lab}.ipynb"
        assert path.is_file(), f"run python3 course.py book: no {path}"
        assert "course-code" in path.read_text("utf-8")


WRITTEN = re.compile(   # a text of matplotlib: its size, then its words
    r"<text[^>]*?font-size: ([\d.]+)px[^>]*>([^<]*)")


def test_no_words_of_a_figure_are_too_small_to_read_on_a_phone():
    small, seen = [], 0
    for path in sorted((ROOT / "figures").glob("*/*.svg")):
        picture = path.read_text("utf-8")
        wide = float(re.search(r'viewBox="0 0 ([\d.]+)', picture)[1])
        for size, words in WRITTEN.findall(picture):
            seen += 1
            if float(size) * 358 / wide < 10.5:
                small.append((path.parent.name, path.stem, words))
    assert seen and small == []
