"""Figures: described, told apart in grey, with a place for "never"."""
import numpy as np
import pandas as pd
import pytest

from labkit import plots

ALT = 'A "rising" line. It goes from the lower left to the upper right.'
NAN = float("nan")


@pytest.mark.parametrize("alt", ["", "figure.png", "two lines\n" * 9])
def test_a_figure_needs_a_description(alt):
    _, ax = plots.axes("x", "y")
    with pytest.raises(ValueError, match="alt"):
        plots.show(ax, alt)


def test_a_picture_shows_its_description_and_is_always_the_same():
    first, again = (plots.show(plots.axes("x", "y")[1], ALT) for _ in "12")
    page = first._repr_html_()
    assert 'alt="A &quot;rising&quot; line. It goes' in page
    assert "<figcaption>A &quot;rising&quot; line.</figcaption>" in page
    assert repr(first) == f"Figure: {ALT}"
    assert first.svg == again.svg


def test_values_are_told_apart_in_grey_too():
    signs = plots.signs([5, 3, 1, 9, 7, 2, 4, 8, 6])
    grey = [0.299 * r + 0.587 * g + 0.114 * b
            for r, g, b, _ in (sign["color"] for sign in signs.values())]
    assert [*signs] == [*range(1, 10)] and grey == sorted(grey)
    assert len({sign["marker"] for sign in signs.values()}) == 9


def test_no_value_is_left_out_for_want_of_markers():
    assert [*plots.signs(range(15))] == [*range(15)]


def test_a_curve_is_the_median_of_the_seeds_and_its_band_their_range():
    _, ax = plots.axes("epochs", "loss")
    rows = pd.DataFrame([dict(parameters=size, epoch=step / 10, step=step,
                              value=size * step * seed) for seed in (1, 2, 6)
                         for size in (516, 4128) for step in (1, 2)])
    plots.curves(ax, rows)
    assert [line.get_label() for line in ax.lines] == ["516", "4,128"]
    for line, band, size in zip(ax.lines, ax.collections, (516, 4128)):
        assert line.get_xydata().tolist() == [[.1, 2 * size], [.2, 4 * size]]
        heights = band.get_paths()[0].vertices[:, 1]
        assert (heights.min(), heights.max()) == (size, 12 * size)


def test_a_size_of_which_a_seed_never_arrives_stands_above_the_line():
    table = pd.DataFrame([
        dict(parameters=size, seed=seed, target=target, needed=needed * seed)
        for target, size, needed in ((1, 10, 8), (1, 20, 4), (.5, 10, NAN),
                                     (.5, 20, 6), (.1, 10, NAN),
                                     (.1, 20, NAN)) for seed in (1, 2, 3)])
    table.loc[(table.target == 1) & (table.needed == 24), "needed"] = NAN
    _, ax = plots.reach(table, "epochs")
    assert {bar.get_label(): bar.lines[0].get_xydata().tolist()
            for bar in ax.containers} == {"0.5": [[20, 12]], "1.0": [[20, 8]]}
    hollow = [line.get_xydata() for line in ax.lines
              if line.get_fillstyle() == "none"]
    wall = 2.5 * 18 / 1.35
    assert [points[:, 0].tolist() for points in hollow] == [[10], [10]]
    assert np.min(hollow, axis=0)[0, 1] > wall > max(ax.get_yticks())


def test_just_the_values_are_marked():
    _, ax = plots.axes("width", "loss")
    ax.plot([8, 32], [1, 2], label="a line")
    plots.ticks(ax, pd.Series([32, 8, 8]))
    assert [text.get_text() for text in ax.get_xticklabels()] == ["8", "32"]
    assert ax.get_legend() and not len(ax.get_xticks(minor=True))


@pytest.mark.parametrize("number, name", [
    (0, "0"), (0.003, "0.003"), (516, "516"), (999.6, "1k"), (4128, "4.13k"),
    (132096, "132k"), (47e6, "47M"), (1.5e9, "1.5B"), (2e12, "2T"),
    (3e15, "3P")])
def test_a_size_has_three_digits_and_a_unit(number, name):
    assert plots.size_name(number) == name


@pytest.mark.parametrize("names", [("upper", "lower"), ("lower", "upper")])
def test_of_lines_that_end_together_the_upper_has_its_name_above(names):
    _, ax = plots.axes("x", "y", ylog=False, xlog=False)
    for name in names:
        ax.plot([1, 2], [5 if name == "upper" else 2, 1], label=name)
    plots.ends(ax)
    heights = {text.get_text(): text.get_position()[1] for text in ax.texts}
    assert heights["upper"] > heights["lower"]
