"""Figures that a reader moves: what is on the page before anything moves."""
from html.parser import HTMLParser

import pytest

from labkit import moving

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
    return moving.figure(name, CONTROLS, FRAMES, start, "not measured")


def test_one_frame_is_shown_at_the_start_and_all_are_on_the_page():
    page = figure()._repr_html_()
    frames = {tag["data-frame"]: "hidden" in tag
              for tag in tags(page, "div") if "data-frame" in tag}
    assert frames == {"0-0": True, "0-1": True, "0-2": True, "1-0": False,
                      "1-1": True}
    assert all(drawing in page for drawing, _ in FRAMES.values())
    assert "<p hidden>not measured</p>" in page
    assert repr(figure()) == "size 1, <tokens> 0"    # without HTML


def test_a_slider_is_labelled_and_has_a_place_for_each_name():
    page = figure()._repr_html_()
    sliders = tags(page, "input")
    for (label, names), slider, value in zip(CONTROLS.items(), sliders, "10"):
        assert slider["data-names"].split("|") == names
        assert (slider["type"], slider["min"], slider["max"], slider["value"]
                ) == ("range", "0", str(len(names) - 1), value)
        assert f'<label style="display: block">{label}: <input' in page
    assert len(sliders) == len(CONTROLS)


def test_names_and_texts_are_escaped():
    page = figure()._repr_html_()
    assert not tags(page, "b") and not tags(page, "tokens")


def test_a_start_without_a_frame_is_refused():
    with pytest.raises(ValueError, match="start"):
        figure(start=(1, 2))


def test_each_name_has_an_id_of_its_own_which_its_script_looks_for():
    for name in "ab":
        page = figure(name)._repr_html_()
        assert [tag["id"] for tag in tags(page, "div") if "id" in tag] == [
            f"moving-{name}"]
        assert f'getElementById("moving-{name}")' in page


def test_panels_lie_below_each_other_in_one_described_image():
    panel = "E", (1.0, 2.0), 1.5, {"few": (1.4, 1.2, 1.7),
                                   "many": (1.6, 1.5, 1.9)}
    page = moving.intervals([panel, panel], 'E < 2, "known"')
    image, = tags(page, "svg")
    assert image["role"] == "img" and image["aria-label"] == 'E < 2, "known"'
    assert max(float(tag["y"]) for tag in tags(page, "text")) < float(
        image["viewbox"].split()[-1])
    assert [tag["cy"] for tag in tags(page, "circle")] == ["45.0", "165.0"]
    # the second row has a sign of its own, the truth is a dashed line
    assert [tag["y"] for tag in tags(page, "rect")] == ["69.5", "189.5"]
    assert page.count('<path d="M230.0 30V90" stroke="black"') == 1


@pytest.mark.parametrize("value, x", [
    (-5, 80), (1, 80), (1.5, 230), (2, 380), (1e9, 380)])
def test_values_lie_on_the_scale_and_those_beyond_it_at_its_ends(value, x):
    page = moving.intervals(
        [("E", (1.0, 2.0), None, {"few": (value, -99, 99)})], "alt")
    assert "M80.0 45.0H380.0" in page        # the interval: all of the scale
    assert float(tags(page, "circle")[0]["cx"]) == x
