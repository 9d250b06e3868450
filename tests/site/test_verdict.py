"""The verdict page: every sentence is on it, and it says what records say."""
import re
from pathlib import Path

import pandas as pd
import pytest
from bs4 import BeautifulSoup

from labkit import claims, verdict
from labkit.sentences import SENTENCES
from publish import facts

ROOT = Path(__file__).resolve().parents[2]
SITE = ROOT / "_build" / "html"
# What "What we would answer today" says in words: claim -> does it hold?
ANSWER = {
    "C1a": True, "C1b": False, "C1d": False, "C2a": True, "C5b": True,
    "C6a": False, "C8d": False, "C9a": True, "C12g": False, "C12h": False,
    "C14e": False,
    "C15b": False, "C15c": True, "C16d": False, "C17b": False, "C17c": True,
    "C18a": False, "C19b": True, "C19c": False, "C21a": False, "C22b": True,
    "C27b": False, "C28c": False, "C30a": False, "C30c": True, "C31c": False,
    "C32a": True, "C32c": False}


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
    return pd.concat(map(facts.judged, verdict.LABS), ignore_index=True)


@pytest.fixture(scope="module")
def shown():
    """Sentence -> what the page says of it."""
    parts = page("chapters/verdict").select("div.sentence")
    return {part.find("strong").get_text().split(":")[0]: part
            for part in parts}


def test_every_sentence_of_the_conversation_has_a_claim(table):
    assert {*table.sentence} == {*SENTENCES}
    assert table.id.is_unique


def test_every_sentence_has_its_verdict_on_the_page(table, shown):
    assert [*shown] == [*SENTENCES]
    for sentence, ruling in claims.verdicts(table).items():
        part = shown[sentence]
        assert part.find("strong").get_text() == f"{sentence}: {ruling}"
        assert ruling.split()[0] in part["class"]
        zh, en = SENTENCES[sentence]
        assert part.select_one("[lang=zh]").get_text() == zh
        assert part.select("blockquote p")[-1].get_text().translate(
            str.maketrans("’", "'")) == en.strip()


def test_every_claim_stands_there_with_its_evidence(table, shown):
    marks = {True: "held", False: "failed", None: "untested"}
    for row in table.itertuples():
        lines = [words(item) for item in shown[row.sentence].select(
            f"div.{marks[row.holds]} li")]
        (line,) = [line for line in lines if row.claim.statement in line]
        if row.evidence:
            assert row.claim.found(row.evidence)[1:] in line


@pytest.mark.parametrize("lab", verdict.LABS)
def test_the_page_and_the_lab_judge_alike(table, lab):
    rulings = claims.verdicts(table[table.lab == lab])
    heads = [words(head) for head in page(f"labs/{lab}").select(
        "table.verdict th")]
    assert len(heads) == len(rulings)
    for head, (sentence, ruling) in zip(heads, rulings.items()):
        assert head.startswith(f"{sentence} ") and head.endswith(ruling)
    text = words(page(f"labs/{lab}").select_one("table.verdict"))
    known = table[(table.lab == lab) & table.evidence.notna()]
    found = [row.claim.outcome(row.evidence) for row in known.itertuples()]
    assert [words_ for words_ in found if words_ not in text] == []


def test_the_answer_rests_on_what_the_records_say(table):
    holds = table.set_index("id").holds
    assert {id: holds[id] for id in ANSWER} == ANSWER


def test_the_numbers_of_the_answer_are_those_of_claims_it_rests_on():
    source = (ROOT / "chapters" / "verdict.md").read_text("utf-8")
    assert {*re.findall(r"\{\{ \w+\.(C\d+[a-z])\.", source)} <= {*ANSWER}


def test_a_claim_without_an_experiment_says_so(table, shown):
    untested = table[table.evidence.isna()]
    assert {*untested.sentence} == {"C4"}
    for claim in untested.itertuples():
        text = words(shown[claim.sentence])
        assert "untested here" in text and "No experiment of ours" in text


def test_the_tally_is_that_of_the_page(table, shown):
    tally = verdict.tally(table)
    assert sum(tally.values()) == len(shown) == 32
    text = words(page("chapters/verdict").find("article"))
    assert f"{tally['supported']} of 32 sentences are supported" in text
    assert f"{tally['partly']} partly" in text
