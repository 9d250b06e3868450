"""The elements in another browser: Firefox, where there is one."""
import shutil

import pytest

from live.directive import HERE, NEEDS
from tests.live.conftest import ORDER, PAGE

pytestmark = pytest.mark.skipif(
    not (shutil.which("firefox-esr") or shutil.which("firefox")),
    reason="no Firefox on this machine")
RACE = ('<live-race class="live" sizes="8 32" unique="3200" epochs="8">'
        "</live-race>")


@pytest.fixture(scope="module")
def firefox():
    """Firefox, driven by its own protocol."""
    from marionette_driver.marionette import Marionette

    program = shutil.which("firefox-esr") or shutil.which("firefox")
    driver = Marionette(bin=program, headless=True)
    driver.start_session()
    driver.timeout.script = 60
    yield driver
    driver.delete_session()
    driver.cleanup()


def opened(firefox, folder, element):
    """Open a page with an element in it."""
    file = folder / "page.html"
    file.write_text(PAGE.format(here=HERE.as_uri(), element=element,
                                scripts="".join(
        f'<script defer src="{HERE.as_uri()}/{name}.js"></script>'
        for name in ORDER)), "utf-8")
    firefox.navigate(file.as_uri())


@pytest.mark.parametrize("name", NEEDS)
def test_every_element_is_built(firefox, tmp_path, name):
    opened(firefox, tmp_path, f'<live-{name} class="live"></live-{name}>')
    said, buttons = firefox.execute_script(f"""
        const element = document.querySelector("live-{name}");
        return [element.status.textContent,
                element.querySelectorAll("button").length];""")
    assert said and buttons


def test_a_race_runs_to_its_end(firefox, tmp_path):
    opened(firefox, tmp_path, RACE)
    end = firefox.execute_async_script("""
        const done = arguments[0], race = document.querySelector("live-race");
        race.querySelector(".live-button.primary").click();
        const look = setInterval(() => {
          if (race.clock?.state !== "finished") return;
          clearInterval(look);
          done(race.runners.map(r => [r.step, r.kind,
                                      r.points.at(-1).validation]));
        }, 100);""")
    assert [(step, kind) for step, kind, _ in end] == [(200, "fast")] * 2
    assert end[0][2] > end[1][2]    # the larger one is lower
