"""What the lesson shows: a run made again, and headlines that one blocks."""
import re

import numpy as np
import pandas as pd
import pytest

from labkit import records
from labkit.lottery import told
from labkit.lottery.tickets import right
from labkit.members import digits

RECORD = pd.concat(records.tables("lottery").values())


def test_the_ticket_that_reads_digits_is_the_recorded_one_in_the_middle():
    recorded = right(RECORD, "original", "untrained")[told.LEFT]
    again = digits.Relu(told.WIDTH).accuracy(told.ticket()).item()
    assert again == pytest.approx(recorded[told.SEED], abs=.02)
    assert recorded.sort_values().index[5] == told.SEED
    assert (told.ticket() != 0).double().mean() == told.LEFT


def test_the_digits_are_the_ten_in_their_order():
    images, said = told.answers()
    assert images.shape == (10, 64) and len(said) == 10
    assert told.hits([0, 1, 7, 3]) == 3
    assert told.hits(said) > 5   # "most digits"


def test_only_the_ticket_reads():
    read = {name: float(told.read(RECORD, way, density))
            for name, (_, way, density, _) in told.CONTROLS.items()}
    assert max(read.values()) < 15
    assert float(told.read(RECORD, "original", told.LEFT)) > 60


# What a headline says of a network: that it reads (True) or not (False);
# nothing of those that it does not name. True is the one of ``leave_page``.
SAYS = {
    "These values read digits with no mask at all!": {"whole": True},
    "The mask can read alone: any values will do!":
        {"ticket": True, "values": True, "whole": False, "places": False,
         "labels": False},
    "No training needed: random thinning does it!":
        {"places": True, "whole": False},
    "Born lucky: any training uncovers it!":
        {"ticket": True, "labels": True, "whole": False, "values": False,
         "places": False}}
TRUE = {"ticket": True, **dict.fromkeys(told.CONTROLS, False)}


def reads():
    """Whether each network reads, for every seed, with room to spare.

    To read is to be right in half of the images; guessing, in a tenth.
    """
    found = {}
    ticket = {"ticket": ("the ticket", "original", told.LEFT, "")}
    for name, (_, way, density, _) in {**told.CONTROLS, **ticket}.items():
        accuracy = right(RECORD, way, "untrained")[density]
        assert len(accuracy) == 10
        assert accuracy.min() > .55 or accuracy.max() < .25, name
        found[name] = accuracy.min() > .5
    return found


def test_exactly_one_control_blocks_each_false_headline():
    found = reads()
    assert [*SAYS] == [text for *_, text in told.CONTROLS.values()]
    for name, (*_, text) in told.CONTROLS.items():
        against = [network for network, said in SAYS[text].items()
                   if found[network] != said]
        assert against == [name]
    assert found == TRUE


def test_each_control_can_be_left_out_and_lets_one_headline_through():
    page = told.leave_page(RECORD).page
    for name, (words, _, _, text) in told.CONTROLS.items():
        assert page.count(f'id="leave-{name}"') == 1
        assert page.count(text) == 1 and page.count(words) == 2
        assert f":has(#leave-{name}:checked) p.of-{name}{{display" in page
    assert page.count("checked>") == 1 and page.count("Yours!") == 1
    assert len(re.findall("<p ", page)) == len(told.CONTROLS) + 1


def test_the_factors_are_those_of_the_steps_that_stand_there():
    said = {name: text.replace(",", "") for name, text in told.facts(
        records.tables("lottery"))["told"].items()}
    one, lucky, wide = (int(said[name]) for name in ("one", "lucky", "wide"))
    assert told.factors(one, lucky, wide).items() <= said.items()
    assert one == lucky * int(said["by_draws"])
    assert lucky == wide * int(said["rest"])   # "the other"
    assert int(said["factor"]) * wide == one


def test_the_wide_network_is_first_for_every_seed_but_a_half_as_wide_ties():
    lucky, wide = told.best_of(RECORD), told.single(RECORD)[512]
    assert (wide < lucky[8]).all()
    assert lucky[256].min() < wide.max()


def test_with_a_quarter_left_a_random_mask_nearly_does_as_well():
    whole = right(RECORD, "original")[1.0].median()
    ticket, other = (right(RECORD, way)[.25].median()
                     for way in ("original", "random mask"))
    assert whole - .01 < ticket
    assert whole - .02 < other < ticket   # "nearly"


def test_the_luckiest_mask_is_as_unlucky_at_every_width():
    masks = told.masked(RECORD, "random masks").median()
    assert np.ptp(masks) < .05 and masks.max() < .3
    assert told.masked(RECORD, "popup").median().is_monotonic_increasing


def test_from_some_width_on_draws_give_less_than_half():
    share = pd.Series([.6, .4, .55, .45, .3], [8, 16, 32, 64, 128])
    assert told.less(share) == 64
