"""The labs of three lessons on a phone, with the room's own server."""
import pytest

from classroom.room.lessons import load
from labkit import lines
from tests.room.browser import HERE, Served, fine, until


@pytest.fixture
def running(tmp_path, phone):
    """running(name) is a room at a lesson's run, and its first phone."""
    rooms = []

    def started(name):
        rooms.append(Served(tmp_path, load(
            HERE / "classroom" / "lessons" / f"{name}.json")))
        rooms[0].teach("next")
        return rooms[0], phone(rooms[0].phone, 360, 640)

    yield started
    rooms[0].stop()


def row(page, room):
    """(group, result) of a phone's line, which is the room's row, too."""
    page.locator("main code").first.wait_for()
    lab, seed, result, group = lines.read(
        page.locator("main code").first.inner_text())
    until(page, lambda: room.rows)
    said = room.rows[0].split(",")
    assert said[1] == "run" and lab == room.room.lesson.name and seed == 1
    assert (str(group), "" if result is None else str(result)) == (
        said[6], said[8])
    return group, result


def test_a_bill_is_paid(running):
    room, page = running("compute")
    page.get_by_role("button", name="Train it").click()
    page.get_by_text("It arrived after").wait_for()
    group, result = row(page, room)
    assert group == 0 and 0.1 < result < 2
    assert not page.evaluate("!!Room.eye")   # it comes with its own lab
    fine(page)


def test_a_narrow_network_does_not_learn_all_tasks(running):
    room, page = running("interference")
    page.get_by_role("button", name="Train it").click()
    page.get_by_text("At the end it knows").wait_for(timeout=60_000)
    assert row(page, room) == (0, None)
    fine(page)


def test_a_floor_is_found_with_the_keyboard(running):
    room, page = running("scaling")
    page.get_by_role("button", name="Show my points").click()
    slider = page.get_by_role("slider", name="Floor")
    slider.focus()
    for _ in range(5):
        page.keyboard.press("ArrowRight")
    page.get_by_text("Floor 0.85: the curve misses").wait_for()
    assert "Floor 0.85" in slider.get_attribute("aria-valuetext")
    fine(page)
    page.get_by_role("button", name="Take this floor").click()
    page.get_by_text("Your floor is 0.85.").wait_for()
    assert row(page, room) == (0, 0.85)
    page.locator(".dots .own").wait_for()
    fine(page)
