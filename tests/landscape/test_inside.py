"""What is inside the pits: on known students, on small runs, in the record."""
import pandas as pd
import pytest
import torch

from labkit import records
from labkit.landscape import inside, students

SMALL = dict(k=10, count=40, steps=3000)
V = students.teacher(2)


@pytest.fixture(scope="module")
def rows():
    return records.tables("landscape")["inside"]


def counts(rows):
    return rows[rows.quantity != "neurons"].groupby("quantity").value.sum()


def test_the_nearest_is_that_of_the_closest_line():
    w = torch.tensor([[[2.0, 0, 0], [0, -3, 0], [0.6, 0, -0.8]]]).double()
    place, cosine = inside.nearest(w)
    assert place.tolist() == [[0, 1, 2]]
    assert cosine.tolist() == [[1.0, -1.0, pytest.approx(-0.8)]]


def test_in_a_small_run_the_new_neuron_fills_the_gap_or_joins_the_wrong_one():
    found = pd.DataFrame(inside.measure([0], **SMALL))
    number, table = counts(found), inside.counted(found).loc[SMALL["k"]]
    assert number.pits == number.own >= number.alone > 0 == number.slanted
    assert number.alone == number.out + number.joined
    assert number.out == number.grown > number.joined
    assert table.neurons == SMALL["k"] * number.pits
    assert table.home + table.away == table.neurons and table.rest == 0


def test_a_student_that_has_arrived_is_not_opened(monkeypatch):
    w = students.teacher(3).expand(4, 3, 3)
    monkeypatch.setattr(students, "descend", lambda start, v, steps: (
        w if start.shape == w.shape else start))
    found = pd.DataFrame(inside.measure([9], 3, 4, 1))
    assert not found.value.any()


@pytest.mark.parametrize("end, fate", [
    ([[1, 0], [0, -.05], [0, 1]], {"out", "grown"}),
    ([[1, 0], [0, 1], [0, .05]], {"out"}),            # the wrong one turned
    ([[1, 0], [0, -.5], [0, -.5]], {"joined"}),
    ([[1, 0], [0, -1], [.5, 0]], set())])    # it is of use elsewhere
def test_fates_of_a_student_with_a_new_neuron(end, fate, monkeypatch):
    start = torch.tensor([[[1.0, 0], [0, -1]]]).double()
    end = torch.tensor([end]).double()
    monkeypatch.setattr(students, "descend", lambda *_: end)
    masks = inside.one_more(start, torch.zeros(1, 2).double(), V, 1)
    assert {name for name, mask in masks.items() if mask.item()} == fate


def test_every_pit_of_the_record_is_as_the_pages_say(rows):
    table = inside.counted(rows)
    assert (table.own == table.pits).all()
    neurons = rows[(rows.quantity == "neurons") & (rows.value > 0)]
    assert not neurons.cosine.between(-.69, .89).any()
    assert (neurons.cosine < 0).any() and table.slanted.sum() == 7
    assert (table.out + table.joined == table.alone).all()
    assert (table.out - table.grown).tolist() == [1, 0, 0]
    assert table.alone[8] == table.pits[8]   # one wrong neuron, at 8
    assert (inside.freed(rows) > 70).all(axis=None)


def test_the_table_and_the_figure_say_what_is_recorded(rows):
    table = inside.inside_table(rows)
    assert table.loc["neurons"].tolist() == [528, 1680, 5760]
    assert table.loc["freed, %"].tolist() == ["83", "87", "81"]
    assert table.loc["95 % interval"].iloc[2] == "74–86"
    assert "5,042 stand at" in inside.opened_figure(rows).alt
