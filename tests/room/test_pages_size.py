"""What a phone is sent: little, and only what it needs."""
import gzip
import re
from pathlib import Path

from classroom.room import pages
from tests.room.browser import LIVE

FIRST = 6_000    # bytes of all that a phone loads to join and to vote
LATER = 8_500    # in the back of the first vote: what a run needs, no engine
PAGES = pages.pages(LIVE)


def packed(path):
    """Bytes that are sent for a path."""
    return len(PAGES[path][2])


def linked(page):
    """What a page links to."""
    return ["/" + name for name in re.findall(
        r'(?:src|rel="stylesheet" href)="([^"]+\.(?:js|css))"',
        PAGES[page][1].decode())]


def test_a_phone_joins_and_votes_with_six_kilobytes():
    assert linked("/") == ["/room.css", "/make+wire+vote+phone.js"]
    assert packed("/") + sum(map(packed, linked("/"))) <= FIRST


def test_what_a_run_needs_is_one_more_file():
    assert packed("/line+train+dots+seed.js") <= LATER


def test_the_board_loads_one_script():
    assert len([path for path in linked("/board") if "js" in path]) == 1


def test_a_joined_file_holds_its_files_in_their_order():
    joined = PAGES["/make+wire+vote+phone.js"][1].decode()
    parts = [PAGES[f"/{name}.js"][1].decode()
             for name in ("make", "wire", "vote", "phone")]
    assert joined == "\n".join(parts)
    assert all(gzip.decompress(small) == text
               for _, text, small in PAGES.values())


def test_a_page_that_is_opened_as_a_file_finds_its_scripts():
    for page in Path(pages.FOLDER).glob("*.html"):
        text = page.read_text("utf-8")
        names = [*pages.SCRIPT.findall(text), "alone", *(
            name for names in pages.LATER.findall(text)
            for name in names.split())]
        assert len(names) > 5
        assert all((pages.FOLDER / f"{name}.js").exists() for name in names)


def test_without_rjsmin_files_go_out_as_they_are(monkeypatch):
    monkeypatch.setattr(pages, "jsmin", str)
    text = (pages.FOLDER / "make.js").read_bytes()
    assert pages.pages()["/make.js"][1] == text
