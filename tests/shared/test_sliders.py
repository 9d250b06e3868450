"""Figures that a reader moves: what is on the page before anything moves."""
from html.parser import HTMLParser

import pytest

from labkit import sliders

CONTROLS = {"size": ["8", 'the "<b>" & more'], "tokens": ["1", "2", "4"]}
FRAMES = {(i, j): (f"<svg>{i}{j}</svg>", f"size {i}, <tokens> {j}")
          for i in range(2) for j in range(3) if (i, j) != (1, 2)}


def tags(page, name):
    """The attributes of every tag of that name."""
    found = []
    parser = HTMLParser()
    parser.handle_starttag = lambda tag, attributes: (
        found.append(dict(attributes)) if tag == name else None)
    parser.feed(page)
    return found


def figure(name="a", start=(1, 0)):
    return sliders.figure(name, CONTROLS, FRAMES, start, "not measured")


@pytest.fixture(scope="module")
def page():
    return figure()._repr_html_()


def test_one_frame_is_shown_at_the_start_and_all_are_on_the_page(page):
    frames = {tag["data-frame"]: "hidden" in tag
              for tag in tags(page, "div") if "data-frame" in tag}
    assert frames == {"0-0": True, "0-1": True, "0-2": True, "1-0": False,
                      "1-1": True}
    assert all(drawing in page for drawing, _ in FRAMES.values())
    assert "<p hidden>not measured</p>" in page
    assert repr(figure()) == "size 1, <tokens> 0"    # without HTML


def test_a_slider_is_labelled_and_has_a_place_for_each_name(page):
    found = tags(page, "input")
    assert len(found) == len(CONTROLS)
    for (label, names), slider, value in zip(CONTROLS.items(), found, "10"):
        assert slider["data-names"].split("|") == names
        assert (slider["type"], slider["min"], slider["max"], slider["value"]
                ) == ("range", "0", str(len(names) - 1), value)
        assert f'<label style="display: block">{label}: <input' in page


def test_names_and_texts_are_escaped(page):
    assert not tags(page, "b") and not tags(page, "tokens")


@pytest.mark.parametrize("start", [(1, 2), [1, 0], 1])
def test_a_start_without_a_frame_is_refused(start):
    with pytest.raises(ValueError, match="start is .*allowed are"):
        figure(start=start)


@pytest.mark.parametrize("name", ["a", "b"])
def test_each_name_has_an_id_of_its_own_which_its_script_looks_for(name):
    page = figure(name)._repr_html_()
    assert [tag["id"] for tag in tags(page, "div") if "id" in tag] == [
        f"moving-{name}"]
    assert f'getElementById("moving-{name}")' in page
