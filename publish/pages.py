"""Mend the pages that the theme wrote, and add the one for lost readers.

    python -m publish.pages SITE

Mended are: what is loaded and never used; what a screen reader or a keyboard
stumbles over (rules of axe-core); what is missing where scripts do not run.
Added is a link to the same page, and place, in the other language.
"""
import re
import sys
from pathlib import Path
from urllib.parse import urlsplit

from publish.needs import ROOT
from publish.notebooks import pages
from publish.words import (
    BELOW,
    COURSE,
    LOST,
    NOT_HERE,
    SCRIPTLESS,
    SITE,
    TABLE,
)

THEME = ROOT / "locale" / "zh" / "theme.tsv"   # English, Chinese
FIRST, SECOND = r"\1", r"\2"   # what a pattern has found
MENDED = (   # pattern, what it becomes
    # a script draws what a page shows: it says so, at its top and only once
    (r'(?s)(<article class="bd-article">)(?!<noscript>)'
     r'(?=.*(?:class="math |id="(?:signature|moving|planning)-|<live-))',
     rf"\1<noscript><p>{SCRIPTLESS}</p></noscript>"),
    # 1.5 MB that draw the icons again that the style sheet draws already
    (r'<script defer src="[^"]*fontawesome\.js[^"]*"></script>', ""),
    # a way to run cells on a server; the course uses Colab instead
    (r"<script>const THEBE_JS_URL[^<]*</script>", ""),
    (r'<script [^>]*sphinx-thebe\.js[^>]*></script>', ""),
    (r'<script type="text/x-thebe-config">[^<]*</script>', ""),
    # the same line three times
    (r'(<meta name="viewport"[^>]*>)(?:\s*<meta name="viewport"[^>]*>)+',
     r"\1"),
    # a landmark for what stands beside the text
    (r'<div id="pst-primary-sidebar"',
     f'<div role="complementary" aria-label="{SITE}" '
     'id="pst-primary-sidebar"'),
    # what unfolds below a link is named after it
    (r'(<a class="[^"]*" href="[^"]*">([^<]*)</a><details[^>]*><summary)>',
     rf'\1 aria-label="{BELOW.format(SECOND)}">'),
    # a list of references whose roles are deprecated and do not fit
    (r' role="doc-biblioentry"', ""),
    (r'<div role="list" class="citation-list">',
     '<div class="citation-list">'),
    # a table's empty corner is not a heading
    (r"<th\b[^>]*>(?:\s|&nbsp;|</?p>)*</th>", "<td></td>"),
    # a table that scrolls is named by its caption, if it has one
    (r'(<div class="pst-scrollable-table-container")(><table [^>]*\bid="(\w+)"'
     r'[^>]*>\s*<caption>(?:<span class="caption-number">[^<]*</span>)?'
     r'<span class="caption-text")>',
     r'\1 role="region" aria-labelledby="\3-caption"\2 id="\3-caption">'),
    (r'(<div class="pst-scrollable-table-container")>',
     rf'\1 role="group" aria-label="{TABLE}">'),
    # a wide table scrolls, with the keyboard too
    (r'(?s)(?<!tabindex="0">)(<table [^>]*class="dataframe".*?</table>)',
     rf'<div class="scroll" role="group" aria-label="{TABLE}" tabindex="0">'
     r"\1</div>"),
    # a page that is left in English says so, and is read as English
    (r'(?s)(<article class="bd-article")(?=>.*<div class="admonition note '
     r'english")', r'\1 lang="en"'),
    # the first page's title is the course's, once
    (r"<title>(.+) &#8212; \1</title>",
     f"<title>{COURSE.format(FIRST)}</title>"),
)
BUTTONS = '<div class="article-header-buttons">'
GONE = f"""<article class="bd-article">
<h1>{NOT_HERE}</h1>
<p>{LOST}</p>
</article>"""


def mended(page):
    """The page's HTML with everything in MENDED replaced."""
    for pattern, better in MENDED:
        page = re.sub(pattern, better, page)
    return page


def switched(page, name):
    """A page with the way to its twin: in a button, and for search engines.

    ``name`` is its path on the site of its language.
    """
    if ' language"' in page:   # it has it already
        return page
    chinese = pages().endswith("/zh")
    site = pages().removesuffix("/zh")
    up = "../" * (name.count("/") + chinese)
    language, shown, said, folder = (
        ("en", "EN", "English", "") if chinese else
        ("zh-CN", "中文", "中文", "zh/"))
    button = (f'<a class="btn btn-sm language" lang="{language}" '
              f'hreflang="{language}" title="{said}" '
              f'href="{up}{folder}{name}" '
              f'onclick="this.hash = location.hash">{shown}</a>')
    twins = "".join(
        f'<link rel="alternate" hreflang="{language}" href="{site}/{path}">'
        for language, path in (("en", name), ("zh-CN", f"zh/{name}"),
                               ("x-default", name)))
    return page.replace("</head>", f"{twins}</head>", 1).replace(
        BUTTONS, BUTTONS + button, 1)


def spoken(page):
    """A Chinese page with the words of the theme that the theme lacks."""
    for line in THEME.read_text("utf-8").splitlines():
        english, said = line.split("\t")
        page = re.sub(rf'(?<=[">])(\s*){re.escape(english)}(\s*)(?=["<])',
                      rf"\1{said}\2", page)
    return page


def lost(page, address):
    """The page to show for an address that leads nowhere, made of another.

    Its own address can be in any folder, so its links start at the top.
    """
    page = re.sub(r'(?s)<article class="bd-article".*?</article>', GONE, page)
    page = re.sub(r"<(title|h1)>[^<]*</\1>", rf"<\1>{NOT_HERE}</\1>", page)
    page = re.sub(r'<link rel="alternate"[^>]*>', "", page)
    page = re.sub(r'( language"[^>]*)genindex\.html', r"\1index.html", page)
    top = urlsplit(address).path
    return re.sub(r'\b(href|src)="(?![\w+.-]+:|[#/])', rf'\1="{top}/', page)


def main(site):
    """Mend every page of the site; write ``404.html``."""
    site = Path(site)
    for path in site.rglob("*.html"):
        if "_static" not in path.parts:
            name = path.relative_to(site).as_posix()
            page = switched(mended(path.read_text("utf-8")), name)
            if pages().endswith("/zh"):
                page = spoken(page)
            path.write_text(page, "utf-8")
    shell = (site / "genindex.html").read_text("utf-8")
    (site / "404.html").write_text(lost(shell, pages()), "utf-8")


if __name__ == "__main__":
    main(*sys.argv[1:])
