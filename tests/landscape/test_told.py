"""What the lesson shows and says, on known rows and on the records."""
import numpy as np
import pandas as pd
import pytest

from labkit import records
from labkit.landscape import inside, told


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
    assert said["lost"] > 0.95 * said["trapped"]
    assert said["luck"] < 10


def test_no_slice_bends_where_the_lines_turn(tables):
    rows = tables["spectrum"]
    here = rows[(rows.seed == 0) & rows.width.isin([8, 16])]
    assert len(here) == 2 and not here.bends.any()
    assert np.allclose(here.lowest < 0, True)


def test_the_figure_says_what_it_shows(tables):
    assert "climbs to 93" in told.spare_figure(tables["pits"]).alt
