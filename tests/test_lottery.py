"""The lottery lab's cells and claims, on rows whose answer is known."""
import numpy as np
import pandas as pd
import pytest

from labkit import lottery, records
from labkit.lottery import masks, tickets
from tests import judging
from tests.judging import SEEDS, table

approx = pytest.approx
nan, inf = np.nan, np.inf


@pytest.fixture(autouse=True)
def small(monkeypatch):
    monkeypatch.setattr(lottery, "WIDTH", 8)
    monkeypatch.setattr(lottery, "RATE", 0.1)


def draws(cells):
    """{(width, lr): steps of each network}; the same for all seeds."""
    return pd.concat([
        table("draw", "width lr net", "needed",
              {(*key, i): [number] * 3 for i, number in enumerate(numbers)})
        for key, numbers in cells.items()])


def luck(cells):
    """{(width, lr): correlation}."""
    return table("luck", "width lr", "correlation", cells)


def rewound(cells):
    """{(width, lr, way): steps}; of random teams, the median of three."""
    return table("rewound", "width lr way team", "needed", {
        (*key, team): np.multiply(steps, factor)
        for key, steps in cells.items()
        for team, factor in (((1, 5), (2, 0.2), (3, 1))
                             if key[-1].startswith("random") else
                             ((0, 1),))}).assign(kept=4)


def prune(cells, value="trained"):
    """{(width, lr, density, way): accuracy}."""
    rows = table("prune", "width lr density way", value, cells)
    return rows.assign(kept=(rows.width * rows.density * 74).astype(int))


def popup(cells):
    return table("popup", "width way", "right", cells)


def models(experiment, cells):
    """{(step, width, lr): validation loss}; and a training loss."""
    rows = table(experiment, "step size lr", "value", cells)
    return pd.concat([rows.assign(quantity="validation"), rows.assign(
        quantity="train", value=1 / rows.value)])


def moved(cells):
    return table("moved", "scaling width", "moved", cells)


# --- what is run ------------------------------------------------------------

def cells(experiment, *settings):
    return lottery.EXPERIMENTS[experiment](*settings)


def test_the_lab_offers_its_tools():
    for name in ("Mask", "edge_popup", "magnitude"):
        assert name in lottery.__all__
        assert getattr(lottery, name) is getattr(masks, name)
    assert [*lottery.EXPERIMENTS] == [
        "draw", "luck", "rewound", "prune", "popup", "one_rate",
        "scaled_rate", "tuned_rate", "moved"]


def test_every_rate_comes_with_every_width():
    pairs = [(0.1, 4), (0.1, 8), (0.2, 4), (0.2, 8)]
    for name, settings, rest in (
            ("draw", ([4, 8], [0.1, 0.2], 9), {}),
            ("luck", ([4, 8], 6, [0.1, 0.2], 9), dict(nets=6)),
            ("rewound", ([4, 8], 2, [0.1, 0.2], 9), dict(kept=2)),
            ("prune", ([4, 8], [0.1, 0.2], 9, 3), dict(rounds=3))):
        assert cells(name, *settings) == [
            dict(width=width, lr=lr, steps=9, **rest) for lr, width in pairs]


def test_other_cells_are_one_for_each_width():
    assert cells("popup", [4, 8], 0.1, 9) == [
        dict(width=width, lr=0.1, steps=9) for width in (4, 8)]
    assert cells("moved", ["ntk", "mup"], [4, 8], 0.1, 9) == [
        dict(width=width, scaling=scaling, lr=0.1, steps=9)
        for scaling in ("ntk", "mup") for width in (4, 8)]


def test_language_models_have_one_rate_or_that_over_width_or_several():
    one = cells("one_rate", [8, 16, 64], 2**12, 0.03)
    assert one == [dict(task="standard", width=width, unique=2**12, epochs=1,
                        lrs=[0.03], schedule="constant", first=1)
                   for width in (8, 16, 64)]
    scaled = cells("scaled_rate", [8, 16, 64], 2**12, 0.03)
    for cell, other in zip(scaled, one):
        (rate,) = cell["lrs"]
        assert rate * cell["width"] == approx(0.03 * lottery.BASE_WIDTH)
        assert cell | {"lrs": [0.03]} == other
    assert cells("tuned_rate", [8, 16, 64], 2**12, [0.1, 0.2]) == [
        cell | {"lrs": [0.1, 0.2]} for cell in one]


@pytest.mark.parametrize("name, experiment, settings", [
    ("experiment", "play", ([1], 10)),
    ("width", "draw", ([4, 0], [0.1], 9)),
    ("lr", "draw", ([4], [0.1, 0], 9)), ("steps", "draw", ([4], [0.1], 0)),
    ("nets", "luck", ([4], 0, [0.1], 9)),
    ("lr", "luck", ([4], 6, [0.1, 0], 9)),
    ("kept", "rewound", ([8, 4], 3, [0.1], 9)),
    ("rounds", "prune", ([4], [0.1], 9, 0)),
    ("width", "popup", ([4, -4], 0.1, 9)),
    ("unique", "one_rate", ([4], 1000, 0.03)),
    ("width", "one_rate", ([4, 0], 2**12, 0.03)),
    ("lrs", "scaled_rate", ([4], 2**12, 0)),
    ("lrs", "tuned_rate", ([4], 2**12, [0.03, 0])),
    ("lrs", "tuned_rate", ([4], 2**12, [])),
    ("lr", "moved", (["ntk"], [4], -0.1, 9))])
def test_bad_settings_are_refused_before_anything_is_trained(
        name, experiment, settings, monkeypatch):
    def train(*_, **__):
        pytest.fail("trained")

    monkeypatch.setattr(tickets, "survey", train)
    monkeypatch.setattr(lottery, "train_size", train)
    with pytest.raises(ValueError, match=rf"\b{name}\b"):
        lottery.run(experiment, *settings)
    with pytest.raises(ValueError, match="seeds"):
        lottery.run("draw", [4], [0.1], 9, seeds=[])
    with pytest.raises(ValueError, match="seeds"):
        lottery.run("one_rate", [4], 2**12, 0.03, seeds=[])


def test_runs_give_rows_that_the_measures_can_read(tmp_path, monkeypatch):
    monkeypatch.setattr(tickets, "RANDOM", 20)
    monkeypatch.setattr(lottery, "WIDTH", 4)
    monkeypatch.setattr(lottery, "RATE", 0.02)
    record = records.Record(tmp_path, "moved")
    rows = lottery.run("moved", ["ntk", "mup"], [4, 8], 0.05, 4,
                       seeds=[0, 1], record=record)
    assert len(record.cells) == 4
    assert lottery.distance(rows, "ntk").shape == (2, 2)
    again = lottery.run("moved", ["ntk", "mup"], [4, 8], 0.05, 4,
                        seeds=[0, 1], record=record)
    pd.testing.assert_frame_equal(rows, again)
    for name, rate in (("one_rate", 0.03), ("scaled_rate", 0.03),
                       ("tuned_rate", [0.01, 0.03])):
        rows = lottery.run(name, [2, 4], 2**12, rate, seeds=[0, 1])
        assert {0, lottery.EARLY} <= set(rows.step)
        assert lottery.loss_after(rows, name, 0).shape == (2, 2)
    rows = lottery.run("draw", [256, 512], [0.02, 0.04], 2, seeds=[0, 1])
    assert lottery.chance(rows).shape == (2, 2)
    rows = lottery.run("prune", [4, 8], [0.02], 2, 1, seeds=[0, 1])
    assert lottery.tickets_of(rows, "original").shape == (2, 2)
    assert lottery.parents(rows).shape == (2, 2)
    rows = lottery.run("popup", [4, 8], 0.1, 2, seeds=[0, 1])
    assert lottery.masked(rows, "popup").shape == (2, 2)
    rows = lottery.run("rewound", [8], 2, [0.02], 2, seeds=[0, 1])
    assert lottery.winners_win(rows).effect == 1     # nobody gets there
    for name in ("PLACES", "OFTEN"):
        monkeypatch.setattr(tickets, name, 1)
    rows = lottery.run("luck", [8], 6, [0.02, 0.03], 60, seeds=[2, 4])
    assert -1 <= lottery.luck_stays(rows).effect <= 1


# --- what the rows say ------------------------------------------------------

RATES = draws({
    (4, 0.1): [10, 20, nan, nan], (4, 0.2): [50, 60, 70, nan],
    (4, 0.4): [40, 90, 95, nan], (8, 0.1): [30, 20, 50, 40],
    (8, 0.2): [10, 10, 10, nan], (8, 0.4): [31, 20, 51, 41]})


def test_one_network_and_the_best_of_many_have_each_its_best_rate():
    per_seed = [lottery.chance(RATES), lottery.single(RATES),
                lottery.best_of(RATES)]
    assert all([*found.index] == [*SEEDS] for found in per_seed)
    assert [found.loc[1].to_dict() for found in per_seed] == [
        {4: 0.75, 8: 1}, {4: 65, 8: 10}, {4: 10, 8: 10}]
    assert all(found.columns.name == "width" for found in per_seed)


@pytest.mark.parametrize("numbers, one, best", [
    ([10, 20, nan, nan], inf, 10), ([10, 20, nan], 20, 10),
    ([10, nan, nan], inf, 10), ([nan, nan], inf, inf)])
def test_one_network_does_not_get_there_where_half_do_not(
        numbers, one, best):
    rows = draws({(4, 0.1): numbers})
    assert lottery.single(rows)[4].tolist() == [one] * 3
    assert lottery.best_of(rows)[4].tolist() == [best] * 3


def test_a_width_has_the_rate_of_the_largest_mean_speed_of_these_rows():
    rows = RATES[RATES.lr > 0.1].assign(experiment="any")
    assert lottery.at_best_rate(rows, np.min).loc[1].to_dict() == {4: 40,
                                                                   8: 10}
    assert lottery.at_best_rate(rows, np.max).loc[1].to_dict() == {4: inf,
                                                                   8: 51}
    # 1/2 of (1/10, 1/10, 0) and of (1/20, 1/20, 1/20), in the mean
    rows = rewound({(8, 0.1, "whole"): [10, 10, nan],
                    (8, 0.2, "whole"): [20, 20, 20],
                    (16, 0.1, "whole"): [10, nan, nan],
                    (16, 0.2, "whole"): [20, 20, 20]})
    found = lottery.at_best_rate(rows, np.median)
    assert found[8].tolist() == [10, 10, inf]
    assert found[16].tolist() == [20, 20, 20]


def test_each_team_has_its_own_best_rate_at_each_width():
    ways = "winners, new examples", "random, new examples"
    steps = {(8, 0.1): (20, 90), (8, 0.2): (50, 30), (8, 0.4): (70, 80),
             (16, 0.1): (90, 40), (16, 0.2): (60, 70), (16, 0.4): (30, 80)}
    rows = rewound({(*key, way): number for key, pair in steps.items()
                    for way, number in zip(ways, pair)}
                   | {(8, 0.1, "winners"): 1, (16, 0.1, "random"): 1})
    winners, random = (lottery.team(rows, way) for way in ways)
    assert winners.loc[1].to_dict() == {8: 20, 16: 30}
    assert random.loc[1].to_dict() == {8: 30, 16: 40}
    assert lottery.winners_win(rows).effect == approx((2 / 3 + 3 / 4) / 2)


def race(best):
    """One of width 8 needs 80 steps, of 16 10; of 4 too few get there."""
    return draws({(4, 0.1): [5, nan, nan], (8, 0.1): [best, 80, 90],
                  (16, 0.1): [10]})


def test_draws_explain_their_share_of_the_logarithm_of_the_speed_up():
    for best, share in ((80, 0), (40, 1 / 3), (20, 2 / 3), (10, 1)):
        assert lottery.explained(race(best)).tolist() == approx([share] * 3)
    rows = draws({(4, 0.1): [40, 80, 90], (8, 0.1): [20], (16, 0.1): [10]})
    few = (rows.width == 4) & (rows.seed == 2) & (rows.net < 2)
    spoilt = rows.assign(needed=rows.needed.mask(few))
    # of one seed, width 4 is not there: width 8 is the narrowest for all
    assert lottery.explained(rows).tolist() == approx([1 / 3] * 3)
    assert lottery.explained(spoilt).tolist() == approx([0] * 3)


def test_the_share_of_draws_is_counted_from_each_width_to_the_widest():
    rows = draws({(4, 0.1): [40, 80, 90], (8, 0.1): [20, 40, 90],
                  (16, 0.1): [10]})
    found = lottery.shares(rows)
    assert [*found.index] == [*SEEDS]
    assert found[4].tolist() == approx([1 / 3] * 3)
    assert found[8].tolist() == approx([1 / 2] * 3)
    assert found[16].isna().all()      # there is no speed-up to share


TICKETS = prune({(8, 0.1, 0.5, "original"): 0.7,
                 (8, 0.1, 1.0, "original"): 0.8,
                 (8, 0.1, 0.5, "signs"): 0.6, (8, 0.1, 1.0, "signs"): 0.5,
                 (8, 0.2, 0.5, "original"): 0.1,
                 (8, 0.2, 1.0, "original"): 0.2,
                 (16, 0.1, 0.25, "original"): 0.88,
                 (16, 0.1, 0.5, "original"): 0.9,
                 (16, 0.1, 1.0, "original"): 0.95})


def test_tickets_are_those_of_one_way_width_and_rate(monkeypatch):
    found = lottery.tickets_of(TICKETS, "original")
    assert [*found.index] == [*SEEDS]
    assert found.loc[1].to_dict() == {0.5: 0.7, 1: 0.8}
    assert lottery.tickets_of(TICKETS, "signs").loc[1].to_dict() == {
        0.5: 0.6, 1: 0.5}
    other = TICKETS.assign(untrained=TICKETS.trained / 2)
    assert lottery.tickets_of(other, "original", "untrained").loc[
        1].to_dict() == {0.5: 0.35, 1: 0.4}
    monkeypatch.setattr(lottery, "WIDTH", 16)
    wide = lottery.tickets_of(TICKETS, "original")
    assert wide.loc[1].to_dict() == {0.25: 0.88, 0.5: 0.9, 1: 0.95}


def test_parents_are_compared_at_the_smallest_size_that_all_have():
    found = lottery.parents(TICKETS)
    assert found.loc[1].to_dict() == {8: 0.7, 16: 0.88}
    smaller = prune({(16, 0.1, 0.125, "original"): 0.3})   # 8 has none
    assert lottery.parents(pd.concat([TICKETS, smaller])).equals(found)


def test_masks_and_distances_are_those_of_one_way():
    rows = popup({(4, "popup"): 0.5, (8, "popup"): 0.6, (4, "other"): 0.1,
                  (8, "other"): 0.2})
    assert lottery.masked(rows, "popup").loc[1].to_dict() == {4: 0.5, 8: 0.6}
    rows = moved({("ntk", 4): 0.5, ("ntk", 8): 0.6, ("mup", 4): 0.1})
    assert lottery.distance(rows, "ntk").loc[1].to_dict() == {4: 0.5, 8: 0.6}


def test_the_loss_after_some_steps_is_that_of_the_nearest_exam():
    rows = pd.concat([
        models("one_rate", {(step, size, 0.1): 10 * step + size
                            for size in (4, 8) for step in (1, 13, 20)}),
        models("scaled_rate", {(16, 4, 0.1): 9, (16, 8, 0.05): 7})])
    for steps, nearest in ((0, 1), (13, 13), (16, 13), (17, 20), (90, 20)):
        found = lottery.loss_after(rows, "one_rate", steps)
        assert found.loc[1].to_dict() == {4: 10 * nearest + 4,
                                          8: 10 * nearest + 8}
    assert lottery.loss_after(rows, "scaled_rate", 1).loc[1].to_dict() == {
        4: 9, 8: 7}
    assert lottery.ahead(rows, "scaled_rate", 1)[1] == -2


def test_each_size_has_at_each_step_the_rate_of_the_lowest_mean_loss():
    rows = models("tuned_rate", {
        (0, 4, 0.1): 3, (0, 4, 0.2): 2, (0, 8, 0.1): 2, (0, 8, 0.2): 3,
        (16, 4, 0.1): 1, (16, 4, 0.2): 2,
        # the lowest seed and the lower median are not the lowest mean
        (16, 8, 0.1): [1, 2, 9], (16, 8, 0.2): [3, 3, 3]})
    found = lottery.early(rows)
    assert set(found.quantity) == {"validation"}
    assert found.groupby(["step", "size"]).lr.unique().map(
        list).to_dict() == {(0, 4): [0.2], (0, 8): [0.1], (16, 4): [0.1],
                            (16, 8): [0.2]}
    for steps, size, losses in ((0, 4, [1.98, 2, 2.02]),
                                (16, 4, [0.99, 1, 1.01]),
                                (16, 8, [3, 3, 3])):
        assert lottery.loss_after(rows, "tuned_rate", steps)[
            size].tolist() == approx(losses)


# --- the claims -------------------------------------------------------------

def pair(way, original, other, value="trained"):
    """Accuracies at densities .25 and 1; wider ones and others do not count.

    ``original`` and ``other`` are numbers, or pairs of one per density.
    """
    found = {(8, 0.1, density, name): one
             for name, right in (("original", original), (way, other))
             for density, one in zip((0.25, 1.0), np.broadcast_to(right, 2))}
    odd = {(*key, density, name): 0.5 if name == way else 0.4
           for key in ((8, 0.2), (16, 0.1)) for density in (0.25, 1.0)
           for name in ("original", way)}
    return prune(found | odd, value)


def teams(winners, others):
    """Steps at the better rate, of two, on new examples.

    At the smaller rate all are slower, and those win that lose at the
    better one; at the widest width, too. The old examples say nothing.
    """
    ways = "winners, new examples", "random, new examples"
    found = {(width, lr, way): 50 for width in (8, 16, 32)
             for lr in (0.1, 0.2) for way in ("whole", "winners", "random")}
    for width, pair in ((8, (winners, others)), (16, (winners, others)),
                        (32, (others**2, winners**2))):
        for way, steps in zip(ways, pair):
            found[width, 0.2, way] = steps
            found[width, 0.1, way] = 1e8 / steps
    return rewound(found)


def losses(experiment, start, early):
    """Losses of widths 4 and 8 at the start and after 16 steps."""
    return models(experiment, {
        (step, size, 0.8 / size): value
        for step, pair in ((0, start), (16, early), (64, (2, 2)))
        for size, value in zip((4, 8), pair)})


def tuned(small, wide):
    """Losses of widths 4 and 8 after 16 steps, at each of three rates.

    Before and later the other width is ahead, and other rates are best.
    """
    return models("tuned_rate", {
        (step, size, lr): value if step == 16 else 9 - other
        for step in (0, 16, 64)
        for size, found, others in ((4, small, wide), (8, wide, small))
        for lr, value, other in zip((0.1, 0.2, 0.4), found, others,
                                    strict=True)})


def parents(small, wide):
    return prune({(8, 0.1, 1.0, "original"): small,
                  (16, 0.1, 0.5, "original"): wide,
                  (16, 0.1, 1.0, "original"): 0.6,
                  (8, 0.1, 1.0, "redrawn"): 0.6,
                  (16, 0.1, 0.5, "redrawn"): 0.6})


def ways(popup_narrow, popup_wide, luck_narrow=0.1, luck_wide=0.1):
    return popup({(4, "popup"): popup_narrow, (8, "popup"): popup_wide,
                  (4, "random masks"): luck_narrow,
                  (8, "random masks"): luck_wide})


def distances(ntk, mup):
    return moved({(scaling, width): way for scaling, pair in (
        ("ntk", ntk), ("mup", mup)) for width, way in zip((4, 8), pair)})


OUTCOMES = {   # claim -> (rows on which it holds, rows on which it fails)
    "C16a": (pair("redrawn", (0.8, 0.7), (0.7, 0.9)),
             pair("redrawn", (0.7, 0.9), (0.8, 0.7))),
    "C16b": (pair("random mask", (0.8, 0.7), (0.7, 0.9)),
             pair("random mask", (0.7, 0.9), (0.8, 0.7))),
    "C16c": (pair("signs", (0.8, 0.7), (0.77, 0.9)),
             pair("signs", (0.8, 0.9), (0.79, 0.7))),
    "C16d": (pair("signs", (0.95, 0.1), 0.5, "untrained"),
             pair("signs", (0.89, 0.1), 0.95, "untrained")),
    "C16e": (pair("redrawn", (0.3, 0.1), (0.2, 0.1), "untrained"),
             pair("redrawn", (0.2, 0.3), (0.2, 0.1), "untrained")),
    "C16f": (teams(30, 60), teams(60, 30)),
    "C16g": (luck({(4, 0.1): 0.1, (4, 0.2): 0.9, (8, 0.1): 0.9,
                   (8, 0.2): 0.3}),
             luck({(4, 0.1): 0.6, (4, 0.2): -0.6, (8, 0.1): 0.6,
                   (8, 0.2): 0.7})),
    "C16h": (pair("signs", (0.795, 0.8), 0.1),
             pair("signs", (0.78, 0.8), 0.9)),
    "C16i": (pair("shuffled labels", (0.3, 0.1), (0.2, 0.1), "untrained"),
             pair("shuffled labels", (0.2, 0.3), (0.2, 0.1), "untrained")),
    "C17a": (draws({(4, 0.1): [20, nan], (8, 0.1): [90]}),
             draws({(4, 0.1): [20, 30], (8, 0.1): [10]})),
    "C17b": (draws({(4, 0.1): [20, nan], (8, 0.1): [20]}),
             draws({(4, 0.1): [30, 30], (8, 0.1): [20]})),
    "C17c": (race(20), race(40)),
    "C17d": (ways(0, 0, 0.95, 0.1), ways(0.99, 0.99, 0.5, 0.6)),
    "C17e": (ways(0.1, 0.95), ways(0.99, 0.85, 0.99, 0.99)),
    "C17f": (ways(0.5, 0.6, 0.9, 0.1), ways(0.6, 0.5, 0.1, 0.9)),
    "C17g": (parents(0.5, 0.7), parents(0.7, 0.5)),
    "C18a": (losses("one_rate", (4, 3), (3, 4)),
             losses("one_rate", (3, 4), (4, 3))),
    "C18b": (losses("one_rate", (3, 4), (4, 3)),
             losses("one_rate", (4, 3), (3, 4))),
    "C18c": (losses("scaled_rate", (3, 4), (4, 3)),
             losses("scaled_rate", (4, 3), (3, 4))),
    # at the smallest and the largest rate, in the mean over the rates, and
    # at the rates that are best at other steps, the other width is ahead
    "C18d": (tuned((5, 4, 5), (6, 3, 6)), tuned((5, 3, 5), (4, 4, 4.5))),
    "C18e": (distances((0.8, 0.4), (0.4, 0.8)),
             distances((0.4, 0.8), (0.8, 0.4))),
    "C18f": (distances((0.8, 0.4), (0.8, 0.2)),
             distances((0.8, 0.4), (0.8, 0.6))),
}


@pytest.mark.parametrize("claim", lottery.CLAIMS, ids=lambda c: c.id)
def test_every_claim_can_hold_and_can_fail(claim):
    yes, no = judging.claim_can_hold_and_fail(claim, OUTCOMES, len(SEEDS))
    assert yes.text != no.text


def test_every_claim_names_its_sentence_and_its_lab():
    judging.claims_have_names("lottery", lottery.CLAIMS, OUTCOMES)


def test_claims_see_only_the_rows_of_their_own_experiment():
    judging.claims_see_only_their_experiment(lottery.CLAIMS, OUTCOMES)


def test_the_effects_are_what_the_rows_were_made_with():
    effects = {id: lottery.CLAIMS[[*OUTCOMES].index(id)].test(rows[0])
               .effect for id, rows in OUTCOMES.items()}
    assert effects == approx({
        "C16a": 0.1, "C16b": 0.1, "C16c": 0.03, "C16d": 0.95, "C16e": 0.1,
        "C16f": 0.5, "C16g": 0.55, "C16h": -0.005, "C16i": 0.1,
        "C17a": 0.5, "C17b": 1, "C17c": 2 / 3,
        "C17d": 0.95, "C17e": 0.95, "C17f": 0.1, "C17g": 0.2, "C18a": -1,
        "C18b": -1, "C18c": -1, "C18d": -1, "C18e": 0.5, "C18f": 0.5})


@pytest.mark.parametrize("winners, others, effect", [
    (30, nan, 0), (nan, 30, inf), (nan, nan, 1)])
def test_a_team_that_never_gets_there_is_last(winners, others, effect):
    found = lottery.winners_win(teams(winners, others))
    assert found.effect == effect and found.holds == (effect < 1)


@pytest.mark.parametrize("claim, other", [
    (lottery.better_than_chance, "redrawn"),
    (lottery.of_this_task, "shuffled labels")])
def test_untrained_tickets_are_better_at_every_density_or_not_at_all(
        claim, other):
    for least in (0.1, -0.1):
        found = {(8, 0.1, density, way): right + (way == "original") * more
                 for density, right, more in (
                     (0.25, 0.2, 0.2), (0.5, 0.4, least), (1.0, 0.1, 0.0))
                 for way in ("original", other)}
        got = claim(prune(found, "untrained"))
        assert got.holds == (least > 0) and got.effect == approx(least)


def test_one_seed_that_contradicts_or_says_nothing_fails_a_claim():
    assert not lottery.luck_stays(luck({(8, 0.1): [0.9, 0.9, 0.4]})).holds
    assert not lottery.luck_stays(luck({(8, 0.1): [0.9, nan, 0.9]})).holds
