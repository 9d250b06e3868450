"""Lines that turn: what is measured, and what is on the page."""
import numpy as np
import pandas as pd
import pytest
import torch

from labkit import sliders
from labkit.landscape import curvature, paths, slices
from labkit.members import digits
from tests.shared.test_sliders import tags

approx = pytest.approx
BENDS = {(4, 0): 0.5, (4, 90): -0.25, (16, 0): 0.125, (16, 90): -0.0625}


def test_turned_lines_end_in_the_direction_of_the_lowest_curvature():
    table = slices.turned([2, 4], lr=0.02, steps=50)
    assert table.groupby(["width", "degrees"]).size().to_dict() == {
        (width, degrees): paths.LINE
        for width in (2, 4) for degrees in range(0, 91, 15)}
    for width, part in table.groupby("width"):
        net = digits.Tanh(width, 2)
        theta, = digits.descend(net, net.draw([0]), 0.02, 50)[-1][50].double()
        lowest = torch.linalg.eigvalsh(curvature.hessian(net.loss, theta))[0]
        bend = part.groupby("degrees").curvature.first()
        assert bend.idxmin() == 90 and bend[90] < 0
        assert bend[90] == approx(lowest.item(), rel=1e-3)
    for _, line in table.groupby(["width", "degrees"]):
        middle = line.iloc[paths.LINE // 2]
        assert middle.away == approx(0) and middle.change == 0
        assert (line.away.min(), line.away.max()) == approx((-0.6, 0.6))


def test_the_curvature_of_a_turned_line_is_that_of_the_drawn_loss():
    near = slices.turned([2], lr=0.02, steps=50, reach=0.012)
    for _, line in near.groupby("degrees"):
        left, _, right = line.change.iloc[[11, 12, 13]]
        assert (left + right) / 0.001**2 == approx(
            line.curvature.iloc[0], rel=0.02, abs=1e-3)


def parabolas():
    """A table like that of ``turned``, of known bends."""
    away = np.linspace(-0.6, 0.6, 25)
    return pd.concat([pd.DataFrame(dict(
        width=width, degrees=degrees, curvature=bend, away=away,
        change=bend * away**2 / 2)) for (width, degrees), bend in
        BENDS.items()], ignore_index=True)


@pytest.fixture(scope="module")
def page():
    return slices.turn("a", parabolas()).page


def drawn(page):
    """The points of the line of each frame, downwards."""
    return [np.array([point.split(",") for point in tag["points"].split()],
                     float) for tag in tags(page, "polyline")]


def test_a_line_has_a_frame_for_each_width_and_turn_with_its_words(page):
    assert [(tag["data-frame"], "hidden" in tag) for tag in tags(page, "div")
            if "data-frame" in tag] == [
        ("0-0", False), ("1-0", True), ("0-1", True), ("1-1", True)]
    assert [slider["data-names"] for slider in tags(page, "input")] == [
        "0 degrees|90 degrees", "4|16"]
    assert [tag["aria-label"] for tag in tags(page, "svg")] == [
        f"Width {width}, turned by {degrees} degrees: the line curves "
        f"{'down' if bend < 0 else 'up'} at its middle (curvature "
        f"{bend:+.3f})." for (width, degrees), bend in BENDS.items()]


def test_a_line_is_drawn_through_the_dot_of_the_trained_network(page):
    height = float(tags(page, "svg")[0]["viewbox"].split()[-1])
    dots = tags(page, "circle")
    for line, dot, bend in zip(drawn(page), dots, BENDS.values()):
        x, y = line.T
        assert (x[12], y[12]) == (float(dot["cx"]), float(dot["cy"]))
        assert (x[0], x[-1]) == (0, sliders.WIDTH)
        # an image's heights count downwards
        assert np.sign(y[12] - y[[0, -1]]).tolist() == [np.sign(bend)] * 2
        assert 0 <= y.min() and y.max() <= height
    assert len({dot["cy"] for dot in dots}) == 1    # all have one scale


def test_a_line_that_rises_far_is_cut_off_and_the_others_stay_readable():
    table = parabolas()
    steep = (table.curvature == BENDS[16, 0]) & (table.away.abs() > 0.59)
    table.loc[steep, "change"] *= 1000
    flat, _, cut, _ = (line[:, 1] for line in drawn(
        slices.turn("a", table).page))
    assert cut[[0, -1]].tolist() == [10, 10] and (cut[1:-1] > 10).all()
    assert np.ptp(flat) > 100
