"""Figures that a reader moves: what is on the page before anything moves."""
from html.parser import HTMLParser

import numpy as np
import pandas as pd
import pytest

from labkit import sliders as moving

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


# --- lines that turn --------------------------------------------------------

BENDS = {(4, 0): 0.5, (4, 90): -0.25, (16, 0): 0.125, (16, 90): -0.0625}


def turned():
    """A table like that of ``terrain.turned``: parabolas, of known bend."""
    away = np.linspace(-0.6, 0.6, 25)
    return pd.concat([pd.DataFrame(dict(
        width=width, degrees=degrees, curvature=bend, away=away,
        change=bend * away**2 / 2)) for (width, degrees), bend in
        BENDS.items()])


def test_a_line_has_a_frame_for_each_width_and_turn_and_the_first_is_shown():
    page = moving.turn("a", turned())._repr_html_()
    frames = {tag["data-frame"]: "hidden" in tag
              for tag in tags(page, "div") if "data-frame" in tag}
    assert frames == {"0-0": False, "0-1": True, "1-0": True, "1-1": True}
    assert [slider["data-names"] for slider in tags(page, "input")] == [
        "4|16", "0 degrees|90 degrees"]
    assert len(tags(page, "svg")) == len(BENDS)


def test_a_line_says_which_way_it_curves_and_by_how_much():
    figure = moving.turn("a", turned())
    images = tags(figure._repr_html_(), "svg")
    for (width, degrees), bend in BENDS.items():
        text, = (image["aria-label"] for image in images
                 if f"Width {width}, turned by {degrees} degrees"
                 in image["aria-label"])
        assert ("curves up" in text) == (bend > 0)
        assert ("curves down" in text) == (bend < 0)
        assert f"{bend:+.3f}" in text
        assert f"<p>{text}</p>" in figure._repr_html_()
    assert "Width 4, turned by 0 degrees" in repr(figure)


def heights(page, number):
    """The points of the drawn line of one frame, downwards."""
    line = tags(page, "polyline")[number]["points"]
    return np.array([point.split(",") for point in line.split()], float)


def test_a_line_is_drawn_through_the_dot_of_the_trained_network():
    page = moving.turn("a", turned())._repr_html_()
    for number, bend in enumerate(BENDS.values()):
        x, y = heights(page, number).T
        dot = tags(page, "circle")[number]
        assert (x[12], y[12]) == (float(dot["cx"]), float(dot["cy"]))
        assert (x[0], x[-1]) == (0, moving.WIDTH)
        # an image's heights count downwards
        assert np.sign(y[12] - y[[0, -1]]).tolist() == [np.sign(bend)] * 2
    # all frames have one scale, and what lies off it is cut off
    box = tags(page, "svg")[0]["viewbox"].split()
    assert len({tag["cy"] for tag in tags(page, "circle")}) == 1
    for number in range(len(BENDS)):
        y = heights(page, number)[:, 1]
        assert 0 <= y.min() and y.max() <= float(box[-1])


def test_a_line_that_rises_far_is_cut_off_and_the_others_stay_readable():
    table = turned().reset_index(drop=True)
    steep = (table.curvature == BENDS[16, 0]) & (table.away.abs() > 0.59)
    table.loc[steep, "change"] *= 1000
    page = moving.turn("a", table)._repr_html_()
    y = heights(page, 2)[:, 1]
    assert y[[0, -1]].tolist() == [10, 10] and (y[1:-1] > 10).all()
    assert np.ptp(heights(page, 0)[:, 1]) > 100
