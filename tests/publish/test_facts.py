"""Prose quotes what the records say: nothing else, and nothing in vain."""
import re

import numpy as np
import pytest

from labkit import verdict
from labkit.cores import TWICE
from labkit.experiment import FIRST
from publish import facts, needs, prose

PAGES = [path for folder in (".", "chapters", "chapters/quiz", "classroom",
                                        "evidence")
         for path in sorted((needs.ROOT / folder).glob("*.md"))
         if path.stem not in ("README", "CONTRIBUTING")]
NUMBER = re.compile(r"\d[\d,]*(?:\.\d+)?")
QUOTED = re.compile(r"\{\{ ([\w.]+) \}\}")


@pytest.fixture(scope="module")
def known():
    """All that prose may quote."""
    return prose.quoted()


def found(known, name):
    """The fact of a dotted name, or None."""
    for part in name.split("."):
        known = known.get(part) if isinstance(known, dict) else None
    return known


@pytest.mark.parametrize("path", PAGES, ids=lambda path: path.stem)
def test_every_quoted_fact_is_there_and_is_short(path, known):
    names = QUOTED.findall(path.read_text("utf-8"))
    assert [name for name in names
            if not isinstance(found(known, name), str)] == []
    # numbers, not sentences; a range is "0.24 (0.18 to 0.31)"
    assert {name: found(known, name) for name in names
            if len(found(known, name)) > 30
            and not name.startswith("site.")} == {}   # an address


def test_a_core_claim_with_more_than_five_seeds_was_looked_at_twice():
    table = facts.course()
    more = {row.id for row in table[table.core].itertuples()
            if row.evidence.of == "seeds" and row.evidence.seeds > len(FIRST)}
    assert more == TWICE


def test_no_fact_is_computed_in_vain(known):
    quoted = {name for path in PAGES
              for name in QUOTED.findall(path.read_text("utf-8"))}
    assert [f"{name}.{fact}" for name in verdict.LABS
            for fact in facts.load(name)["facts"]
            if not any(q == f"{name}.{fact}" or q.startswith(
                f"{name}.{fact}.") for q in quoted)] == []


def flat(table, before=""):
    """{"a.b": text} of nested facts."""
    found = {}
    for name, value in table.items():
        found |= (flat(value, f"{before}{name}.") if isinstance(value, dict)
                  else {before + name: str(value)})
    return found


def alike(old, new):
    """The same words, and numbers but for the last digit: machines differ."""
    assert NUMBER.sub("#", old) == NUMBER.sub("#", new)
    for a, b in zip(NUMBER.findall(old), NUMBER.findall(new)):
        last = 10.0**-len(a.partition(".")[2])
        assert abs(float(a.replace(",", "")) - float(
            b.replace(",", ""))) <= 1.01 * last, (old, new)


@pytest.mark.parametrize("old, new, fine", [
    ("0.24 (0.18 to 0.31)", "0.25 (0.18 to 0.30)", True),
    ("0.24", "0.26", False), ("1,024", "1,025", True), ("8", "10", False),
    ("3 of 5", "3 in 5", False)])
def test_facts_are_alike_but_for_the_last_digit(old, new, fine):
    if fine:
        return alike(old, new)
    with pytest.raises(AssertionError):
        alike(old, new)


@pytest.mark.parametrize("name", verdict.LABS)
def test_the_facts_are_those_of_the_records(name):
    kept, again = facts.load(name), facts.compute(name)
    old, new = (flat(table["facts"]) for table in (kept, again))
    assert old.keys() == new.keys()
    for fact in old:
        alike(old[fact], new[fact])
    assert kept["evidence"].keys() == again["evidence"].keys()
    for id, evidence in again["evidence"].items():
        old = kept["evidence"][id]
        assert (old["ruling"], old["seeds"]) == (evidence["ruling"],
                                                 evidence["seeds"])
        assert old["of"] == evidence["of"]
        assert old["fields"].keys() == evidence["fields"].keys()
        for field, value in old["fields"].items():
            alike(str(value), str(evidence["fields"][field]))
        # rounding differs between processors
        assert [old["effect"], *old["interval"], *old["between"]
                ] == pytest.approx([
                    evidence["effect"], *evidence["interval"],
                    *evidence["between"]], rel=1e-3, abs=1e-6)


@pytest.mark.parametrize("value, text", [
    (0.123456789, 0.123457), (12, 12), (3.0, 3), ("a", "a"), (True, True),
    ((1 / 3, 2), [0.333333, 2]), ({"x": 1e-9 / 3}, {"x": 3.33333e-10}),
    ((np.inf, 1), [np.inf, 1])])
def test_evidence_is_kept_in_few_digits(value, text):
    assert facts.rounded(value) == text


@pytest.mark.parametrize("kept", [
    None, "", '{"key": "old"}', '{"evidence": {}}', '{"key": "new", "fa',
    '<<<<<<< ours\n{"key": "new"}'])
def test_facts_are_computed_unless_a_whole_file_has_the_key(
        kept, tmp_path, monkeypatch):
    monkeypatch.setattr(facts, "path", lambda name: tmp_path / f"{name}.json")
    monkeypatch.setattr(facts, "compute", lambda name: {})
    monkeypatch.setattr(needs, "key_of_explanation", lambda name: "new")
    if kept is not None:
        facts.path("x").write_text(kept)
    facts.main("x")
    assert facts.load("x") == {"key": "new"}
    monkeypatch.setattr(facts, "compute", None)   # not computed once more
    facts.main("x")
    assert [path.name for path in tmp_path.iterdir()] == ["x.json"]


def test_facts_have_the_key_of_what_they_were_computed_from(tmp_path,
                                                            monkeypatch):
    now = ["old"]
    monkeypatch.setattr(facts, "path", lambda name: tmp_path / f"{name}.json")
    monkeypatch.setattr(facts, "compute", lambda name: now.append("new") or {})
    monkeypatch.setattr(needs, "key_of_explanation", lambda name: now[-1])
    facts.main("x", "y")   # a record grows, or code changes, meanwhile
    assert [facts.load(name)["key"] for name in "xy"] == ["old", "old"]


def test_a_damaged_record_is_a_clear_stop(monkeypatch):
    monkeypatch.setattr(facts.records, "tables", lambda name: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        facts.compute("epochs")

    def damaged(name):
        raise ValueError("x.csv is damaged")

    monkeypatch.setattr(facts.records, "tables", damaged)
    with pytest.raises(SystemExit, match="x.csv is damaged"):
        facts.compute("epochs")
