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


def test_chinese_headings_and_links_to_them_say_that_they_are_chinese():
    page = pages.mended('<h2>中文？<a class="headerlink" href="#x">#</a></h2>'
                        '<a class="reference" href="#x">中文</a>'
                        '<a href="#y">in Chinese</a>')
    assert page.count(' lang="zh">中文') == page.count("lang=") == 2


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
    assert once.replace(pages.SCRIPTLESS, "") == page
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
