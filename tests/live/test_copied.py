"""The scripts as they lie beside the pages, without comments and spaces."""
import re
import subprocess

import pytest

from live.directive import HERE, NEEDS, copied

SCRIPTS = sorted(path.stem for path in HERE.glob("*.js"))
STRING = re.compile(r'"(?:[^"\\\n]|\\.)*"|\'(?:[^\'\\\n]|\\.)*\''
                    r"|`(?:[^`\\]|\\.)*`")
RACE = ('<live-race class="live" sizes="8 32" unique="3200" epochs="4" '
        'seconds=".5"></live-race>')
PITS = ('<live-pits class="live" teacher="8" count="6" steps="3000">'
        "</live-pits>")
DRAW = '<live-draw class="live" wide="64" steps="300"></live-draw>'


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    folder = tmp_path_factory.mktemp("copied")
    copied(folder)
    return folder


@pytest.mark.parametrize("name", SCRIPTS)
def test_a_copy_is_a_script_and_its_templates_are_whole(folder, name):
    """What stands in a template inside a template would be minified."""
    file = folder / f"{name}.js"
    subprocess.run(["node", "--check", file], check=True)
    assert [text for text in STRING.findall(file.read_text("utf-8"))
            if text[0] == "`" and text.count("{") != text.count("}")] == []


def test_copies_of_all_elements_are_built(load, folder):
    page = load("".join(f'<live-{name} class="live"></live-{name}>'
                        for name in NEEDS), folder=folder)
    for name in NEEDS:
        assert page.locator(f"live-{name} button").count() >= 1


@pytest.mark.parametrize("element, end", [
    (RACE, "element.state === 'finished'"),
    (PITS, "/Of 6, \\d are stuck, \\d arrived/.test(said)"),
    (DRAW, "element.textContent.includes('The bet is decided.')")],
    ids=["race", "pits", "draw"])
def test_a_copy_runs_to_its_end(load, folder, element, end):
    page = load(element, folder=folder)
    page.get_by_role("button", name="Start").click()
    page.wait_for_function(f"""() => {{
      const element = document.querySelector(".live");
      const said = element.status.textContent;
      return {end};
    }}""", timeout=30_000)
