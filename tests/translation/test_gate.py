"""The gate: the Chinese edition keeps up with the English one, or is red."""
import pytest

from publish.translation import catalogue, sources
from publish.translation.faults import faults

FOUND = sources.messages()
KEPT = {area: [m for m in catalogue.read(area) if m.id]
        for area in sources.AREAS}


@pytest.mark.parametrize("area", sources.AREAS)
def test_all_is_in_the_catalogue_and_nothing_else(area):
    kept = {message.id for message in KEPT[area]}
    assert ({*FOUND[area]} - kept, kept - {*FOUND[area]}) == (set(), set()), (
        "run: python3 course.py catalogue")
    assert not catalogue.read(area).obsolete


@pytest.mark.parametrize("area", sources.AREAS)
def test_all_is_translated_and_seen_as_it_is_now(area):
    assert [m.id for m in KEPT[area] if not catalogue.done(m)] == []


@pytest.mark.parametrize("area", sources.AREAS)
def test_translations_have_no_fault(area):
    assert [(m.id, fault) for m in KEPT[area] for fault in faults(
        m.id, m.string, m.user_comments)] == []


@pytest.mark.parametrize("area", sources.PAGES)
def test_pages_leave_no_sentence_as_it_is(area):
    assert [m.id for m in KEPT[area]
            if m.string == m.id and m.id.count(" ") > 2] == []


def test_one_message_has_one_place():
    ids = [message.id for area in KEPT.values() for message in area]
    assert len(ids) == len({*ids}) > 3000
