"""What is mended in the pages of the theme, and the page for the lost."""
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from publish import pages


def test_what_is_never_used_is_not_loaded():
    page = ('<script defer src="../_static/scripts/fontawesome.js?digest=1">'
            '</script><script>const THEBE_JS_URL = "x"</script>'
            '<script async="async" src="../_static/sphinx-thebe.js?v=1">'
            '</script><script src="kept.js"></script>')
    assert pages.mended(page) == '<script src="kept.js"></script>'


def test_an_empty_heading_of_a_table_becomes_an_empty_cell():
    page = "<tr><th></th><th class='a'>&nbsp;</th><th>width</th></tr>"
    assert pages.mended(page) == "<tr><td></td><td></td><th>width</th></tr>"


def test_a_wide_table_can_be_scrolled_with_the_keyboard_and_only_once():
    table = '<table border="1" class="dataframe"><tr></tr></table>'
    once = pages.mended(table)
    assert once == ('<div class="scroll" role="group" aria-label="Table" '
                    f'tabindex="0">{table}</div>')
    assert pages.mended(once) == once


def test_a_table_that_scrolls_has_the_name_of_its_caption():
    page = pages.mended(
        '<div class="pst-scrollable-table-container"><table class="table" '
        'id="id5">\n<caption><span class="caption-number">Table 1 </span>'
        '<span class="caption-text">It falls</span></caption>')
    assert '<div class="pst-scrollable-table-container" role="region" ' in page
    assert 'aria-labelledby="id5-caption"><table' in page
    assert '<span class="caption-text" id="id5-caption">It falls' in page
    bare = '<div class="pst-scrollable-table-container"><table class="table">'
    assert 'role="group" aria-label="Table"><table' in pages.mended(bare)


def test_a_page_that_is_left_in_english_is_read_as_english():
    page = ('<article class="bd-article"><div class="admonition note english" '
            'lang="zh-CN"></div></article>')
    assert pages.mended(page).startswith('<article class="bd-article" lang')
    assert pages.mended(pages.mended(page)) == pages.mended(page)


@pytest.mark.parametrize("site, name, twin", [
    ("https://o.github.io/c", "index.html", "zh/index.html"),
    ("https://o.github.io/c", "labs/epochs.html", "../zh/labs/epochs.html"),
    ("https://o.github.io/c/zh", "index.html", "../index.html"),
    ("https://o.github.io/c/zh", "labs/epochs.html",
     "../../labs/epochs.html")])
def test_each_page_leads_to_its_twin(site, name, twin, monkeypatch):
    monkeypatch.setattr(pages, "pages", lambda: site)
    page = pages.switched(f"<head></head>{pages.BUTTONS}</div>", name)
    assert f'href="{twin}"' in page
    assert page.count('rel="alternate"') == 3
    assert f'href="https://o.github.io/c/zh/{name}"' in page
    assert pages.switched(page, name) == page


def test_words_of_the_theme_are_said_in_chinese():
    page = pages.spoken('<a title="Link to this heading">#</a><p>A Main road'
                        '</p><nav aria-label="Main">')
    assert page == ('<a title="链接到这个标题">#</a><p>A Main road</p>'
                    '<nav aria-label="主目录">')


def test_the_title_of_the_first_page_is_not_said_twice():
    assert pages.mended("<title>Why? &#8212; Why?</title>") == (
        "<title>Why? A course</title>")
    other = "<title>Do they? &#8212; Why?</title>"
    assert pages.mended(other) == other


@pytest.mark.parametrize("shown, needs", [
    ('<span class="math notranslate">', True), ('<div class="math x">', True),
    ('<div id="signature-epochs">', True), ('<div id="moving-pits">', True),
    ('<div id="planning-chapter">', True), ("<p>words</p>", False),
    ('<live-race class="live">', True), ('<div class="quiz">', False),
    ('<figure class="picture"><svg role="img">', False),
    ('<section class="mathjax_ignore">', False)])
def test_a_page_that_needs_scripts_says_so_once_where_there_are_none(
        shown, needs):
    page = f'<article class="bd-article">\n{shown}</article>'
    once = pages.mended(page)
    assert once.count("<noscript>") == needs
    said = f"<noscript><p>{pages.SCRIPTLESS}</p></noscript>"
    assert once.replace(said, "") == page
    assert pages.mended(once) == once


PIECES = [   # of pages, as the theme and notebooks write them
    '<article class="bd-article">', '<span class="math x">', "text", "\n",
    '<meta name="viewport" content="x">', '<div id="pst-primary-sidebar">',
    '<table class="dataframe"><th></th><th>&nbsp;</th></table>',
    '<table class="x"><th class="a"><p></p></th></table>',
    '<div role="list" class="citation-list">', '<div id="signature-x">',
    '<div class="pst-scrollable-table-container">', '<h2>中文</h2>',
    '<table class="table" id="x"><caption><span class="caption-text">',
    '<title>Why? &#8212; Why?</title>',
    '<script>const THEBE_JS_URL = "x"</script>',
    '<script type="text/x-thebe-config">{}</script>']


@settings(deadline=None, max_examples=100)
@given(st.lists(st.sampled_from(PIECES), max_size=14).map("".join))
def test_a_page_that_is_mended_is_not_mended_again(page):
    assert pages.mended(pages.mended(page)) == pages.mended(page)


def test_the_lost_find_all_links_from_the_top():
    page = pages.lost('<title>Index</title><a href="labs/epochs.html">'
                      '<a href="#main"><a href="https://host/x">'
                      '<script src="_static/a.js"></script>'
                      '<article class="bd-article">old</article>',
                      "https://owner.github.io/course")
    assert 'href="/course/labs/epochs.html"' in page
    assert 'src="/course/_static/a.js"' in page
    assert 'href="#main"' in page and 'href="https://host/x"' in page
    assert "old" not in page and "<title>Not here</title>" in page


def test_what_unfolds_below_a_link_has_its_name():
    page = pages.mended('<a class="reference internal" href="a.html">A</a>'
                        '<details><summary><span></span></summary>')
    assert '<summary aria-label="Below A"><span>' in page
    assert pages.mended(page) == page
