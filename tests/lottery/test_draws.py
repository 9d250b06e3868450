"""Draws and winners: what is measured of networks that play for a jackpot."""
import pandas as pd
import pytest
import torch

from labkit.lottery import draws, jackpot, winners
from labkit.lottery.jackpot import steps_to_solve
from labkit.members import parity
from labkit.members.adam import Adam

approx = pytest.approx
SEEDS = [2, 4]
NET = parity.Parity(8, 1)
WAIT = 0.02, 60    # rate and steps


@pytest.fixture(autouse=True)
def small(monkeypatch):
    """Parities of one place, few units, few teams."""
    monkeypatch.setattr(jackpot, "PLACES", 1)
    monkeypatch.setattr(draws, "TOTAL", 32)
    monkeypatch.setattr(winners, "TEAMS", 3)


@pytest.mark.parametrize("solved, steps", [(0.9, 60), (1.0, 25), (1.0, 0)])
def test_each_network_trains_until_it_passes_an_exam_or_to_the_end(
        solved, steps, monkeypatch):
    monkeypatch.setattr(jackpot, "SOLVED", solved)
    monkeypatch.setattr(parity, "BATCH", jackpot.BATCH)
    first = torch.cat([NET.draw([0, 1, 2]), torch.zeros(1, NET.size)])
    whose = [2, 4, 2, 4]
    when, ends = steps_to_solve(NET, first, 0.02, steps, whose)
    assert when[3].isnan()    # at zero nothing moves
    assert solved == 1 or len(when[:3].unique()) > 1
    for i, seed in enumerate(whose):
        adam, places = Adam.start(first[i:i + 1]), parity.places(1, 1, seed)
        exam = parity.exam(places[None], jackpot.EXAM, 0)
        passed = torch.nan
        for step in parity.train(NET, adam, places[None], torch.ones(1, 1),
                                 0.02, steps, [seed]):
            right = parity.graded(NET, adam.theta, *exam)[1]
            if step % jackpot.OFTEN == 0 and right > solved:
                passed = step
                break
        assert when[i].item() == approx(passed, nan_ok=True)
        torch.testing.assert_close(adam.theta[0], ends[i])


@pytest.mark.parametrize("width, count", [(8, 4), (32, 1), (64, 1)])
def test_networks_of_one_seed_share_task_and_examples_but_not_weights(
        width, count):
    rows = draws.measure(SEEDS, width, *WAIT)
    assert [(row["seed"], row["net"]) for row in rows] == [
        (seed, i) for seed in SEEDS for i in range(count)]
    net = parity.Parity(width, 1)
    when, _ = steps_to_solve(
        net, net.draw([1000 * row["seed"] + row["net"] for row in rows]),
        *WAIT, [row["seed"] for row in rows])
    assert [row["needed"] for row in rows] == when.tolist()
    assert width > 8 or len(when[:4].unique()) > 1


def test_luck_is_the_rank_correlation_with_other_examples_never_last(
        monkeypatch):
    monkeypatch.setattr(jackpot, "OFTEN", 2)
    lr, steps, nets = 0.01, 24, 6
    for row in draws.measure_luck(SEEDS, 8, nets, lr, steps):
        seed = row["seed"]
        theta = NET.draw([1000 * seed + i for i in range(nets)])
        table = pd.DataFrame([steps_to_solve(
            NET, theta, lr, steps, [seed] * nets, [seed + shift] * nets)[0]
            .tolist() for shift in (0, 1000)]).T
        assert table.isna().any(axis=None)
        ranks = table.rank(na_option="bottom")
        assert 1 > row["correlation"] == approx(ranks[0].corr(ranks[1]))


@pytest.mark.parametrize("units", [[[*range(8)], [*range(8)][::-1]],
                                   [[5], [0]], [[1, 7, 2], [0, 3, 4]]])
def test_a_narrow_network_gives_what_its_units_gave_in_the_wide_one(units):
    theta, units = NET.draw([0, 1]), torch.tensor(units)
    kept = units.shape[-1]
    x = torch.randn(2, 20, 17, generator=torch.Generator().manual_seed(0))
    into, out = (layer.clone() for layer in NET.layers(theta))
    out[torch.ones(2, 8).scatter(-1, units, 0).bool()] = 0   # the others
    torch.testing.assert_close(
        parity.Parity(kept, 1)(winners.narrow(NET, theta, units), x),
        ((x @ into).relu() @ out)[..., 0] * 8 / kept)


def test_the_winners_are_the_units_with_the_largest_weights():
    net = parity.Parity(16, 1)
    end = torch.ones(2, net.size)
    into, out = net.layers(end)
    # of the second, unit 1 has the largest weights into it, unit 2 the
    # largest out of it
    into[0, 2, 14], into[1, :, 1], into[1, :, 3] = 99, 9, -5
    out[0, 7], out[1, 2], out[1, 3] = 9, 9, -5
    assert winners.teams(net, end, 1, SEEDS)[0].tolist() == [[14], [3]]


@pytest.mark.parametrize("size", [1e-30, 1e25])
def test_the_winners_are_the_same_of_small_and_large_weights(size):
    net = parity.Parity(16, 1)
    end = net.draw([3, 4])
    for found, known in zip(*(winners.teams(net, theta, 3, SEEDS)
                              for theta in (size * end, end))):
        assert torch.equal(found, known)


def test_the_units_of_a_network_that_diverged_win_nothing(monkeypatch):
    def diverged(net, theta, *rest):
        when, end = steps_to_solve(net, theta, *rest)
        if net.width == 16:
            when[0], end[0, 7] = torch.nan, torch.inf
        return when, end

    rows = [pd.DataFrame(winners.measure(SEEDS, 16, 4, 0.02, 120))]
    monkeypatch.setattr(winners, "steps_to_solve", diverged)
    rows.append(pd.DataFrame(winners.measure(SEEDS, 16, 4, 0.02, 120)))
    known, found = (part.set_index(["seed", "way", "team"]).needed
                    for part in rows)
    pd.testing.assert_series_equal(found[4], known[4])
    assert found[2].isna().all() and known.notna().groupby("seed").any().all()


def test_a_random_team_may_have_any_unit_that_did_not_win(monkeypatch):
    monkeypatch.setattr(winners, "TEAMS", 100)
    net = parity.Parity(16, 1)
    units = winners.teams(net, net.draw([3, 3]), 4, SEEDS).transpose(0, 1)
    for first, *others in units.tolist():
        assert len(others) == 100 and all(
            len({*first, *team}) == 8 for team in others)
        counts = torch.tensor(others).flatten().bincount(minlength=16)
        # each of the 12 is in a third of the teams
        assert (counts > 15).sum() == 12 == (counts > 0).sum()
        assert counts.max() < 55
    assert (units[0, 0] == units[1, 0]).all()    # the same winners
    assert (units[0, 1:] != units[1, 1:]).any()


@pytest.mark.parametrize("kept, width", [(9, 16), (17, 32)])
def test_at_most_half_of_the_units_can_be_winners(kept, width):
    with pytest.raises(ValueError, match=rf"kept is {kept}; .* {width} unit"):
        winners.rewound.run(width=[64, width], kept=kept)
    assert winners.cost(SEEDS, 16, 8, *WAIT) > 0
