"""The elements in another browser: Firefox, where there is one."""
import pytest

from live.directive import NEEDS
from tests.live.conftest import written
from tests.live.marionette import PROGRAM, Firefox

pytestmark = pytest.mark.skipif(not PROGRAM, reason="no Firefox here")
BUILT = """
  const done = arguments[0];
  const element = document.querySelector("main > *");
  done([element.status.textContent,
        element.querySelectorAll("button").length]);"""
RACE = ('<live-race class="live" sizes="8 32" unique="3200" epochs="8">'
        "</live-race>")
RACED = """
  const done = arguments[0], race = document.querySelector("live-race");
  race.querySelector(".live-button.primary").click();
  const look = setInterval(() => {
    if (race.clock?.state !== "finished") return;
    clearInterval(look);
    done(race.runners.map(r => [r.step, r.kind,
                                r.points.at(-1).validation]));
  }, 100);"""


@pytest.fixture(scope="module")
def firefox(tmp_path_factory):
    program = Firefox(tmp_path_factory.mktemp("profile"))
    yield program
    program.close()


@pytest.mark.parametrize("name", NEEDS)
def test_every_element_is_built(firefox, tmp_path, name):
    firefox.open(written(tmp_path, f'<live-{name} class="live"></live-{name}>'
                         ).as_uri())
    said, buttons = firefox.run(BUILT)
    assert buttons >= 1, said


def test_a_race_runs_to_its_end(firefox, tmp_path):
    firefox.open(written(tmp_path, RACE).as_uri())
    small, large = firefox.run(RACED)
    assert small[:2] == large[:2] == [200, "fast"]
    assert small[2] > large[2]    # the larger one is lower
