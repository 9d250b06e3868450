"""The verdict: every sentence is on its page, with what records say of it.

The page has the verdicts; the claims, with their numbers, stand on the
evidence page of their explanation, and nowhere else.
"""
import re
from pathlib import Path

import pytest
from bs4 import BeautifulSoup

from labkit import claims, verdict
from labkit.cores import CORES
from labkit.rulings import AGAINST, EQUAL, FOR, UNDECIDED
from labkit.sentences import SENTENCES
from publish import facts

ROOT = Path(__file__).resolve().parents[2]
SITE = ROOT / "_build" / "html"
# What "What we would answer today" says in words: claim -> its ruling
ANSWER = {ruling: ids.split() for ruling, ids in {
    FOR: "C1a C1e C1f C2a C3d C5b C9a C14c C15c C17c C19b C22b C30c",
    AGAINST: "C1b C1d C8d C15b C16d C17b C19c C21a C21d C27b C30a C31c C32c",
    EQUAL: "C12g C14e C32a", UNDECIDED: "C6a C12h C18a C28c"}.items()}


def page(name):
    """The parsed HTML of a page of the site."""
    path = SITE / f"{name}.html"
    assert path.exists(), "no site; run python3 course.py book first"
    return BeautifulSoup(path.read_text("utf-8"), "html.parser")


def words(tag):
    """Its text with single spaces, and quotation marks as typed."""
    text = re.sub(r"\s+", " ", tag.get_text(" "))
    return text.translate(str.maketrans("’“”", "'\"\""))


@pytest.fixture(scope="module")
def table():
    return facts.course()


@pytest.fixture(scope="module")
def shown():
    """Sentence -> what the page says of it."""
    parts = page("chapters/verdict").select("div.sentence")
    return {part.find("strong").get_text().split(":")[0]: part
            for part in parts}


@pytest.fixture(scope="module")
def evidence():
    """Sentence -> what is said of its claims, on the evidence pages."""
    return {part["id"].removeprefix("claims-").upper(): part
            for lab in verdict.LABS
            for part in page(f"evidence/{lab}").select("div.claims")}


def test_every_sentence_of_the_conversation_has_a_claim(table):
    assert {*table.sentence} == {*SENTENCES}
    assert table.id.is_unique


def test_every_sentence_has_its_verdict_on_the_page(table, shown):
    labs = dict(zip(table.sentence, table.lab))
    assert [*shown] == [*table.sentence.unique()]
    assert {*shown} == {*SENTENCES}
    for sentence, ruling in claims.verdicts(table).items():
        part = shown[sentence]
        assert part.find("strong").get_text() == f"{sentence}: {ruling}"
        assert verdict.CLASSES[ruling] in part["class"]
        assert f"reaches as far as {CORES[sentence].reach}" in words(part)
        assert part.select_one(
            f'a[href="../evidence/{labs[sentence]}.html'
            f'#claims-{sentence.lower()}"]')
        zh, en = SENTENCES[sentence]
        assert part.select_one("[lang=zh]").get_text() == zh
        assert plain(part.select("blockquote p")[-1]) == en.strip()


def plain(tag):
    """Its text, with apostrophes as typed."""
    return tag.get_text().translate(str.maketrans("’", "'"))


def test_the_scorecard_has_a_marked_square_for_every_sentence(table):
    card = page("chapters/verdict").select_one("ul.scorecard")
    squares = {square["href"]: square for square in card.select("a.square")}
    rulings = claims.verdicts(table)
    assert [*squares] == [f"#{name.lower()}" for name in rulings]
    for name, ruling in rulings.items():
        square = squares[f"#{name.lower()}"]
        assert verdict.CLASSES[ruling] in square["class"]
        assert square.b.get_text() == verdict.MARKS[ruling]
        assert square["aria-label"] == (
            f"{name}, {ruling}: {SENTENCES[name][1]}")
    assert len({*verdict.MARKS.values()}) == len(claims.VERDICTS)


def test_the_scorecard_leads_to_every_explanation():
    whole = page("chapters/verdict")
    for link in whole.select("ul.scorecard a.group"):
        assert whole.select_one(f"section{link['href']} h3")


def test_what_depends_says_on_what_and_what_is_open_what_would_show_it(
        table, shown, evidence):
    for sentence, ruling in claims.verdicts(table).items():
        core = CORES[sentence]
        for text in words(shown[sentence]), words(evidence[sentence]):
            assert (f"it depends on {core.depends}" in text) == (
                ruling == claims.DEPENDS)
            assert (f"What would show it: {core.shows}." in text) == (
                ruling == claims.OPEN)


def test_every_claim_stands_where_it_belongs_with_its_evidence(
        table, evidence):
    answers = claims.answers(table)
    for row in table.itertuples():
        mark = ("core" if row.core else "beyond" if row.beyond else
                "undecided" if row.ruling in (None, UNDECIDED) else "but")
        part = evidence[row.sentence]
        lines = [words(item) for item in part.select(f"div.{mark} li")]
        (line,) = [line for line in lines if row.claim.statement in line]
        if row.ruling:
            assert row.claim.found(row.evidence)[1:] in line
        if row.core:
            assert f"{row.claim.statement} {answers[row.id]}" in line
            assert (not row.ruling
                    or verdict.scale(row.id, row.evidence) in line)


def test_no_claim_stands_twice(table, evidence):
    items = [item for part in evidence.values() for item in part.select("li")]
    assert len(items) == len({*table.id} | {
        id for core in CORES.values() for id in core.claims})
    assert not page("chapters/verdict").select("div.core, div.but, "
                                               "table.verdict")


def test_evidence_and_verdict_say_the_same_of_a_sentence(
        table, shown, evidence):
    assert {*evidence} == {*SENTENCES}
    for sentence, part in evidence.items():
        head = shown[sentence].find("p")
        assert words(part.find("p")) == words(head)
        assert part.select_one("strong a")["href"].endswith(
            f"chapters/verdict.html#{sentence.lower()}")


@pytest.mark.parametrize("lab", verdict.LABS)
def test_the_page_and_the_lab_judge_alike(table, lab):
    alone = claims.corrected(table[table.lab == lab])   # it knows no other
    rulings = claims.verdicts(alone)
    lab_page = page(f"labs/{lab}_further")
    heads = [words(head) for head in lab_page.select("table.verdict th")]
    assert len(heads) == len(rulings)
    for head, (sentence, ruling) in zip(heads, rulings.items()):
        assert head.startswith(f"{sentence} ") and head.endswith(ruling)
    text = words(lab_page.select_one("table.verdict"))
    known = table[(table.lab == lab) & table.evidence.notna()]
    found = [row.claim.outcome(row.evidence) for row in known.itertuples()]
    assert [words_ for words_ in found if words_ not in text] == []


def test_the_answer_rests_on_what_the_records_say(table):
    ruling = table.set_index("id").ruling
    assert {known: [id for id in ids if ruling[id] == known]
            for known, ids in ANSWER.items()} == ANSWER


def test_the_numbers_of_the_answer_are_those_of_claims_it_rests_on():
    source = (ROOT / "chapters" / "verdict.md").read_text("utf-8")
    known = {id for ids in ANSWER.values() for id in ids}
    assert {*re.findall(r"\{\{ \w+\.(C\d+[a-z])\.", source)} <= known


def test_a_claim_without_an_experiment_says_so(table, evidence):
    untested = table[table.evidence.isna()]
    assert {*untested.sentence} == {"C4"}
    for claim in untested.itertuples():
        assert "ntested here: no experiment" in words(
            evidence[claim.sentence])


def test_the_tally_is_that_of_the_page(table, shown):
    tally = verdict.tally(table)
    assert sum(tally.values()) == len(shown) == 32
    whole = page("chapters/verdict")
    key = words(whole.select_one("p.key"))
    for ruling in claims.VERDICTS:
        assert f"{ruling}: {tally[ruling]}" in key
    assert f"{tally[claims.YES]} of 32 sentences" in words(whole)
