"""What the lesson shows and says, on known rows and on the records."""
import numpy as np
import pandas as pd
import pytest
import torch

from labkit import records
from labkit.landscape import inside, students, told


@pytest.fixture(scope="module")
def tables():
    return records.tables("landscape")


def test_a_few_neurons_more_are_told_apart_and_twice_as_many_left_out():
    rows = pd.DataFrame([dict(seed=0, k=8, m=m, pit=pit) for m, pit in (
        (8, .5), (9, .25), (10, 0), (16, 0))])
    assert told.shares(rows).loc[0, 8].to_dict() == {0: 50, 1: 25, 2: 0}


def test_the_lesson_is_true_to_the_records(tables):
    said = {name: float(text.replace(",", "")) for name, text in (
        told.facts(tables)["told"] | inside.facts(tables)["inside"]).items()}
    assert said["pits"] == said["stuck"] == said["trapped"]   # the same ones
    assert said["steps"] == 0
    assert said["out"] == said["grown"]   # "in all of these"
    assert said["joined"] + said["out"] == said["alone"]
    assert said["low"] > 50
    assert said["stuck_first"] < 5 and said["stuck_last"] > 450
    assert said["neuron"] > 0.8 * said["trapped"]
    assert said["noise"] > 0.95 * said["noise_of"]
    assert said["luck"] < 10 < said["luck_most"] < 20   # "decides nothing"
    assert 200 < said["one_spare"] < said["stuck_last"]   # "some pieces"
    assert said["trapped"] > 10 * said["noisiest"] > 0


def halves(w, v):
    """The loss that is left if signs of inputs do not count; the rest."""
    rest = ((w.sum(-2) - v.sum(-2))**2).sum(-1) / 8
    return students.loss(w, v) - rest, rest


def test_from_the_wrong_end_half_of_the_answer_is_right():
    v, w = students.teacher(5), students.draw(3, 5, 5, 0)
    signs = torch.tensor([1, -1, -1, 1, -1])[:, None]
    assert torch.allclose(halves(w * signs, v)[0], halves(w, v)[0])
    x = torch.randn(200000, 5, generator=torch.Generator().manual_seed(1))
    z, y = x.double() @ w[0].T, x.double() @ v.T
    even = (z.abs().sum(-1) - y.abs().sum(-1))**2 / 8
    assert halves(w, v)[0][0].item() == pytest.approx(
        even.mean().item(), rel=0.03)


@pytest.mark.parametrize("angle", [0.3, 0.5, 1, 1.5])
def test_turning_a_wrong_neuron_spoils_both_halves(angle):
    w, _, v = students.trained(10, 10, 40, 3000, [0])
    w = w[students.classify(w, v)[0]["pit"]]
    pit, i = torch.nonzero(inside.nearest(w)[1] < 0).T
    w = w[pit]
    before, every = halves(w, v), torch.arange(len(w))
    wrong = w[every, i]
    side = students.draw(len(w), 1, 10, 1)[:, 0]
    length = wrong.norm(dim=-1, keepdim=True)
    side -= (side * wrong).sum(-1, keepdim=True) * wrong / length**2
    side *= length / side.norm(dim=-1, keepdim=True)
    w[every, i] = np.cos(angle) * wrong + np.sin(angle) * side
    assert len(w) > 5 and (before[1] < before[0] / 10).all()   # made up for
    assert all((now > then).all() for now, then in zip(halves(w, v), before))


def test_no_slice_bends_where_the_lines_turn(tables):
    rows = tables["spectrum"]
    here = rows[(rows.seed == 0) & rows.width.isin([8, 16])]
    assert len(here) == 2 and not here.bends.any()
    assert np.allclose(here.lowest < 0, True)


def test_the_figure_says_what_it_shows(tables):
    assert "climbs to 93" in told.spare_figure(tables["pits"]).alt
