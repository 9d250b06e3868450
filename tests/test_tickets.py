"""Surveys of lottery tickets, each small: what they measure."""
import math
from itertools import pairwise

import pandas as pd
import pytest
import torch

from labkit.lottery import masks, tickets
from labkit.members import digits as classifier
from labkit.members import networks as nets
from labkit.members import parity
from labkit.members.adam import Adam

approx = pytest.approx
SEEDS = [2, 4]
TASK = dict(lr=0.02, steps=60)
CELLS = {   # experiment -> the settings of a small cell
    "draw": dict(TASK, width=8), "luck": dict(TASK, width=8, nets=6),
    "rewound": dict(TASK, width=16, kept=4),
    "prune": dict(width=8, lr=0.01, steps=4, rounds=2),
    "popup": dict(width=8, lr=0.05, steps=4),
    "moved": dict(width=8, scaling="ntk", lr=0.05, steps=8)}
COLUMNS = {   # experiment -> columns besides seed and experiment
    "draw": "width lr net needed", "luck": "width nets lr correlation",
    "rewound": "width kept lr way team needed",
    "prune": "width lr density kept way untrained trained",
    "popup": "width lr way right",
    "moved": "width scaling lr start end moved"}
PER_SEED = {"draw": 4, "luck": 1, "rewound": 9, "prune": 15, "popup": 4,
            "moved": 1}
WITH_LUCK = {   # ways whose luck is drawn for all seeds at once
    "prune": ["random mask"], "popup": ["popup", "random masks"]}


@pytest.fixture(autouse=True)
def small(monkeypatch):
    """Parities of one place, few draws."""
    for name, value in dict(PLACES=1, TOTAL=32, RANDOM=60,
                            TEAMS=3).items():
        monkeypatch.setattr(tickets, name, value)


def survey(experiment, seeds=SEEDS, **change):
    return tickets.survey(experiment, seeds=seeds,
                          **{**CELLS[experiment], **change})


# --- all surveys ------------------------------------------------------------

def test_every_experiment_has_a_small_cell_here():
    assert set(CELLS) == set(COLUMNS) == set(tickets.SURVEYS)


@pytest.mark.parametrize("experiment", CELLS)
def test_a_survey_gives_its_columns_and_the_same_rows_in_any_company(
        experiment):
    rows = survey(experiment)
    assert sorted(rows.columns) == sorted(
        ["seed", "experiment", *COLUMNS[experiment].split()])
    assert set(rows.experiment) == {experiment}
    assert rows.seed.value_counts().to_dict() == dict.fromkeys(
        SEEDS, PER_SEED[experiment])
    for name, value in CELLS[experiment].items():
        if name in rows:
            assert (rows[name] == value).all()
    pd.testing.assert_frame_equal(rows, survey(experiment))
    if experiment in WITH_LUCK:
        rows = rows[~rows.way.isin(WITH_LUCK[experiment])]
    for seed in SEEDS[::-1]:
        alone = survey(experiment, [seed])
        if experiment in WITH_LUCK:
            alone = alone[~alone.way.isin(WITH_LUCK[experiment])]
        pd.testing.assert_frame_equal(
            alone.reset_index(drop=True),
            rows[rows.seed == seed].reset_index(drop=True), rtol=1e-3)


@pytest.mark.parametrize("experiment", CELLS)
def test_larger_cells_are_said_to_cost_more(experiment):
    settings = CELLS[experiment]
    cost = tickets.cost(experiment, seeds=SEEDS, **settings)
    assert 0 < cost < 60
    more = {**settings, "steps": 10 * settings["steps"]}
    assert tickets.cost(experiment, seeds=SEEDS, **more) > cost
    assert tickets.cost(experiment, seeds=[*range(9)], **settings) > cost


@pytest.mark.parametrize("experiment, change", [
    *[(experiment, dict(seeds=[])) for experiment in CELLS],
    ("draw", dict(width=0)), ("draw", dict(lr=0.0)),
    ("luck", dict(nets=0)), ("rewound", dict(kept=0)),
    ("rewound", dict(kept=9)), ("rewound", dict(kept=17)),
    ("prune", dict(rounds=0)), ("popup", dict(steps=-1)),
    ("moved", dict(lr=-0.1))])
def test_the_cost_of_settings_that_cannot_be_is_an_error(experiment, change):
    name, = change
    with pytest.raises(ValueError, match=rf"\b{name}\b"):
        tickets.cost(experiment, **{"seeds": SEEDS, **CELLS[experiment],
                                    **change})


def test_half_of_the_units_can_be_winners():
    cost = tickets.cost("rewound", SEEDS, **CELLS["rewound"] | {"kept": 8})
    assert cost > 0
    assert len(survey("rewound", kept=8, steps=1)) == 2 * PER_SEED["rewound"]


# --- draws ------------------------------------------------------------------

NET = parity.Net(8, 1)
WAIT = 0.02, 60    # rate and steps


def weights(*seeds):
    return NET.draw(seeds)


def test_the_steps_needed_are_those_until_an_exam_is_passed():
    when, end = tickets.needed(NET, weights(0, 1), *WAIT, [2, 4])
    assert ((when % tickets.OFTEN == 0) & (0 < when) & (when < 60)).all()
    places = torch.stack([parity.places(1, 1, seed) for seed in (2, 4)])
    exam = parity.exam(places, tickets.EXAM, 0)
    for i, steps in enumerate(when.int().tolist()):
        def share(steps, i=i):
            late, end = tickets.needed(NET, weights(i), 0.02, steps,
                                       [[2, 4][i]])
            return late, parity.graded(
                NET, end, *(part[i:i + 1] for part in exam))[1].item()
        late, right = share(steps)
        assert late == steps and right > tickets.SOLVED
        late, right = share(steps - tickets.OFTEN)
        assert late.isnan() and right <= tickets.SOLVED


def test_one_that_never_gets_there_has_no_number_and_keeps_no_other_back():
    theta = torch.cat([weights(0), torch.zeros(1, NET.size)])
    when, end = tickets.needed(NET, theta, *WAIT, [2, 2])
    assert 0 < when[0] < 60 and when[1].isnan()
    assert (end[1] == 0).all()


def test_no_steps_leave_the_weights_as_they_are():
    when, end = tickets.needed(NET, weights(0, 1), 0.02, 0, [2, 4])
    assert when.isnan().all() and (end == weights(0, 1)).all()


def test_a_network_is_the_same_alone_as_among_others_that_take_longer():
    theta = torch.cat([weights(0, 1, 2), torch.zeros(1, NET.size)])
    whose = [2, 4, 2, 4]       # the last never gets there
    among, ends = tickets.needed(NET, theta, *WAIT, whose)
    assert len(among[:3].unique()) > 1 and among[3].isnan()
    for i, seed in enumerate(whose):
        alone, end = tickets.needed(NET, theta[i:i + 1], *WAIT, [seed])
        assert alone == among[i] or alone.isnan() and among[i].isnan()
        torch.testing.assert_close(end[0], ends[i])


@pytest.mark.parametrize("solved, steps", [(tickets.SOLVED, 60), (1.0, 25)])
def test_the_weights_are_those_when_the_task_was_solved_or_the_last(
        solved, steps, monkeypatch):
    monkeypatch.setattr(tickets, "SOLVED", solved)
    monkeypatch.setattr(parity, "BATCH", tickets.BATCH)
    when, ends = tickets.needed(NET, weights(0, 1), 0.02, steps, [2, 4])
    assert when.isnan().all() if solved == 1 else (when < steps).all()
    for i, made in enumerate(when.nan_to_num(steps).int().tolist()):
        adam, seed = Adam.start(weights(i)), [2, 4][i]
        for _ in parity.train(NET, adam, parity.places(1, 1, seed)[None],
                              torch.ones(1, 1), 0.02, made, [seed]):
            pass
        torch.testing.assert_close(adam.theta[0], ends[i])


def test_other_examples_change_the_steps_but_not_the_task():
    theta = weights(0, 0, 0)
    when, end = tickets.needed(NET, theta, *WAIT, [2, 2, 2], [2, 7, 8])
    same, _ = tickets.needed(NET, weights(0), *WAIT, [2])
    assert when[0] == same and not when.isnan().any()
    assert (end[0] != end[1]).any()
    exam = parity.exam(parity.places(1, 1, 2)[None], 512, 1)
    for one in end:
        assert parity.graded(NET, one[None], *exam)[1] > 0.85


def test_networks_of_one_seed_share_task_and_examples_but_not_weights(
        monkeypatch):
    seen = {}

    def needed(net, theta, lr, steps, seeds, examples=None):
        seen.update(theta=theta, seeds=seeds, examples=examples)
        return torch.arange(float(len(theta))), theta

    monkeypatch.setattr(tickets, "needed", needed)
    rows = survey("draw")
    assert seen["seeds"] == [2] * 4 + [4] * 4 and not seen["examples"]
    assert len({tuple(row) for row in seen["theta"].tolist()}) == 8
    assert rows.seed.tolist() == seen["seeds"]
    assert rows.net.tolist() == [0, 1, 2, 3] * 2
    assert rows.needed.tolist() == [*range(8)]


@pytest.mark.parametrize("width, count", [(4, 8), (32, 1), (64, 1)])
def test_the_networks_of_a_seed_have_as_many_units_together(width, count):
    assert len(survey("draw", width=width, steps=1)) == 2 * count


def test_the_examples_of_the_second_time_are_others(monkeypatch):
    seen = []

    def needed(net, theta, lr, steps, seeds, examples):
        seen.append((theta, seeds, examples))
        # the reverse order the second time; the first network never
        when = torch.arange(float(len(theta))) * (-1)**len(seen)
        return when.index_fill(0, torch.tensor([0]), math.nan), theta

    monkeypatch.setattr(tickets, "needed", needed)
    rows = survey("luck", nets=3)
    (one, task, first), (two, same, again) = seen
    assert (one == two).all() and task == same == first == [2] * 3 + [4] * 3
    assert again == [seed + tickets.NEW for seed in first]
    # never is last: of seed 2, ranks 3 2 1 and 3 1 2
    assert rows.correlation.tolist() == approx([0.5, -1])


def test_the_same_examples_need_the_same_steps_twice(monkeypatch):
    monkeypatch.setattr(tickets, "NEW", 0)
    monkeypatch.setattr(tickets, "OFTEN", 2)
    assert survey("luck").correlation.tolist() == approx([1, 1])


# --- some units alone -------------------------------------------------------

@pytest.mark.parametrize("units", [[[*range(8)], [*range(8)][::-1]],
                                   [[5], [0]], [[1, 7, 2], [0, 3, 4]]])
def test_a_narrow_network_gives_what_its_units_gave_in_the_wide_one(units):
    theta, units = weights(0, 1), torch.tensor(units)
    kept = units.shape[-1]
    x = torch.randn(2, 20, 17, generator=torch.Generator().manual_seed(0))
    into, out = (layer.clone() for layer in NET.layers(theta))
    dead = torch.ones(2, 8).scatter(-1, units, 0)
    out[dead.bool()] = 0                  # the others say nothing
    want = ((x @ into).relu() @ out)[..., 0] * 8 / kept
    small = parity.Net(kept, 1)
    torch.testing.assert_close(small(tickets.chosen(NET, theta, units), x),
                               want)


def crew(width, kept, seeds=SEEDS):
    """Teams of networks with random weights, as lists: [row][team]."""
    net = parity.Net(width, 1)
    units = tickets.teams(net, net.draw(seeds), kept, seeds)
    return units.transpose(0, 1).tolist()


def test_random_teams_follow_the_winners_and_have_none_of_them():
    for winners, *others in crew(64, 4):
        assert len(others) == tickets.TEAMS
        for team in others:
            assert len({*winners, *team}) == 8 and {*team} < {*range(64)}
        assert len({frozenset(team) for team in others}) == tickets.TEAMS


def test_if_half_of_the_units_win_the_random_teams_are_the_other_half():
    for winners, *others in crew(8, 4):
        for team in others:
            assert sorted(winners + team) == [*range(8)]


def test_a_random_team_may_have_any_unit_that_did_not_win(monkeypatch):
    monkeypatch.setattr(tickets, "TEAMS", 100)
    for winners, *others in crew(16, 4):
        counts = torch.tensor(others).flatten().bincount(minlength=16)
        assert (counts[winners] == 0).all()
        rest = counts[counts > 0]      # of 12 units each is in a third
        assert len(rest) == 12 and 15 < rest.min() and rest.max() < 55


def test_the_teams_of_a_seed_are_the_same_in_any_company():
    among = crew(64, 4, [4, 2, 7])
    assert among[0] == crew(64, 4, [4])[0] and among[1] == crew(64, 4)[0]
    net = parity.Net(64, 1)
    same = net.draw([0, 0])        # the same winners, and others
    (one, two), *others = tickets.teams(net, same, 4, SEEDS)
    assert (one == two).all()
    assert all({*a.tolist()} != {*b.tolist()} for a, b in others)


def test_the_winners_are_the_units_with_the_largest_weights(monkeypatch):
    seen = []

    def needed(net, theta, lr, steps, seeds, examples=None):
        seen.append((net, theta, seeds, examples))
        end = torch.ones_like(theta)
        if net.width == 16:
            into, out = net.layers(end)
            # of the second, unit 1 has the largest weights into it, unit 2
            # the largest out of it
            into[0, 2, 14], into[1, :, 1], into[1, :, 3] = 99, 9, -5
            out[0, 7], out[1, 2], out[1, 3] = 9, 9, -5
            ends.append(end)
        when = torch.arange(float(len(theta))) + 100 * len(seen)
        return when.where(when != 205, math.nan), end

    ends = []
    monkeypatch.setattr(tickets, "needed", needed)
    rows = survey("rewound", kept=1)
    (wide, first, seeds, examples), *teams = seen
    assert (first == wide.draw(SEEDS)).all()
    assert seeds == SEEDS and examples in (None, SEEDS)
    units = tickets.teams(wide, *ends, 1, SEEDS)
    assert units[0].tolist() == [[14], [3]]
    start = torch.cat([tickets.chosen(wide, first, team) for team in units])
    for (net, theta, seeds, examples), shift in zip(
            teams, (0, tickets.NEW), strict=True):
        assert net == parity.Net(1, 1) and (theta == start).all()
        assert seeds == SEEDS * 4
        assert examples == [seed + shift for seed in seeds]
    got = {key: part.needed.tolist() for key, part in rows.groupby(
        ["way", "team"])}
    want = {("whole", 0): [100, 101]}
    for what, number in (("", 200), (", new examples", 300)):
        want["winners" + what, 0] = [number, number + 1]
        for team in (1, 2, 3):
            want["random" + what, team] = [number + 2 * team,
                                           number + 2 * team + 1]
    assert got.pop(("random", 2))[0] == want.pop(("random", 2))[0] == 204
    assert got == want and rows.needed.isna().sum() == 1    # that of 205
    assert rows.seed.tolist() == SEEDS * 9


# --- pruned networks --------------------------------------------------------

def test_a_pruned_weight_never_moves_and_the_others_do():
    net = classifier.Net(8)
    theta = net.draw(SEEDS)
    mask = masks.magnitude(theta, 0.3)
    end = tickets.trained(net, theta, mask, 0.01, 5, SEEDS)
    assert (end[mask.keep == 0] == 0).all()
    into = mask.keep.bool()
    into[:, :net.sizes[0]] = False     # some pixels are always the same
    assert (end[into] != theta[into]).all()
    start = tickets.trained(net, theta, mask, 0.01, 0, SEEDS)
    assert (start == mask.apply(theta)).all()


def test_pruning_halves_what_is_kept_in_every_round():
    rows = survey("prune", rounds=3)
    size = classifier.Net(8).size
    kept = rows.groupby("density").kept.unique().map(list).to_dict()
    assert kept == {1: [size], 0.5: [size // 2], 0.25: [size // 4],
                    0.125: [size // 8]}
    assert rows.groupby(["density", "way", "seed"]).size().eq(1).all()
    assert set(rows.way) == {"original", "redrawn", "signs", "random mask",
                             "shuffled labels"}


def test_what_is_pruned_stays_pruned_and_the_rest_starts_from_the_first():
    net = classifier.Net(8)
    first = net.draw(SEEDS)
    rounds = [*tickets.pruned(net, first, 0.01, 4, 3, SEEDS)]
    assert len(rounds) == 4 and rounds[0][0].density == 1
    for number, (mask, end) in enumerate(rounds):
        assert (mask.keep.sum(-1) == round(net.size / 2**number)).all()
        want = tickets.trained(net, first, mask, 0.01, 4, SEEDS)
        torch.testing.assert_close(end, want)
    for (mask, end), (smaller, _) in pairwise(rounds):
        assert (smaller.keep <= mask.keep).all()
        for weights, keep in zip(end.abs(), smaller.keep.bool()):
            assert weights[keep].min() >= weights[~keep].max()


def test_other_labels_leave_another_mask():
    net = classifier.Net(8)
    first, labels = net.draw(SEEDS), classifier.dealt()
    (whole, _), (mask, _) = tickets.pruned(net, first, 0.01, 20, 1, SEEDS)
    (same, end), (other, _) = tickets.pruned(net, first, 0.01, 20, 1, SEEDS,
                                             labels)
    assert (same.keep == whole.keep).all()
    shared = mask.prune(other).keep.sum(-1) / mask.keep.sum(-1)
    assert (shared < 0.95).all()
    torch.testing.assert_close(end, tickets.trained(
        net, first, whole, 0.01, 20, SEEDS, labels))


def test_a_network_learns_the_labels_that_it_is_trained_on():
    net = classifier.Net(16)
    first = net.draw(SEEDS)
    x, y, _, _ = classifier.digits()
    whole = masks.Mask(torch.ones_like(first))
    end = tickets.trained(net, first, whole, 0.01, 60, SEEDS, (y + 1) % 10)
    assert (net.accuracy(end, x, (y + 1) % 10) > 0.8).all()
    assert (net.accuracy(end) < 0.1).all()


def test_before_anything_is_pruned_the_original_is_the_whole():
    rows = survey("prune", rounds=1)
    rows = rows[rows.density == 1].set_index(["way", "seed"])
    net = classifier.Net(8)
    first = net.draw(SEEDS)
    whole = masks.Mask(torch.ones_like(first))
    for way, start in (("original", first), ("random mask", first),
                       ("shuffled labels", first),
                       ("signs", net.spread * first.sign())):
        end = tickets.trained(net, start, whole, 0.01, 4, SEEDS)
        assert rows.untrained[way].tolist() == approx(
            net.accuracy(start).tolist())
        assert rows.trained[way].tolist() == approx(
            net.accuracy(end).tolist(), abs=0.01)


def test_tickets_are_trained_from_their_first_values_in_ever_smaller_masks(
        monkeypatch):
    seen = []
    trained = tickets.trained

    def watched(net, theta, mask, lr, steps, seeds, labels=None):
        end = trained(net, theta, mask, lr, steps, seeds, labels)
        seen.append((theta, mask.keep, end, labels))
        return end

    monkeypatch.setattr(tickets, "trained", watched)
    rows = survey("prune")
    net = classifier.Net(8)
    first, new = (net.draw([seed + shift for seed in SEEDS])
                  for shift in (0, tickets.NEW))
    assert len(seen) == 9
    before = torch.ones_like(first), torch.ones_like(first)
    for number, (ticket, dealt, controls) in enumerate(zip(
            seen[::3], seen[1::3], seen[2::3])):
        theta, keep, end, labels = ticket
        assert (theta == first).all() and labels is None
        assert (keep == masks.magnitude(before[0], 0.5**number).keep).all()
        theta, other, badly, labels = dealt
        assert (theta == first).all()
        assert (labels == classifier.dealt()).all()
        assert (other == masks.magnitude(before[1], 0.5**number).keep).all()
        before = end, badly
        theta, kept, then, labels = controls
        assert labels is None         # the true ones, for all
        assert (theta == torch.cat([
            new, net.spread * first.sign(), first, first])).all()
        redrawn, signs, random, shuffled = kept.split(2)
        assert (redrawn == keep).all() and (signs == keep).all()
        assert (shuffled == other).all()
        for one, two in zip(keep.split(net.sizes, -1),
                            random.split(net.sizes, -1)):
            assert (one.sum(-1) == two.sum(-1)).all()
        assert number == 0 or (random != keep).any()
        assert number == 0 or (other != keep).any()
        part = rows[rows.density == 0.5**number]
        assert part.way.tolist() == [
            way for way in ("original", "redrawn", "signs", "random mask",
                            "shuffled labels") for _ in SEEDS]
        assert (part.kept == keep.sum(-1)[0].item()).all()
        assert part.untrained.tolist() == approx(net.accuracy(torch.cat(
            [first * keep, theta * kept])).tolist())
        assert part.trained.tolist() == approx(net.accuracy(torch.cat(
            [end, then])).tolist())


def test_masks_are_searched_for_over_weights_that_are_not_trained(
        monkeypatch):
    seen = []
    edge_popup = masks.edge_popup

    def watched(net, theta, *settings):
        mask = edge_popup(net, theta, *settings)
        seen.append((theta, mask, settings[0]))
        return mask

    monkeypatch.setattr(masks, "edge_popup", watched)
    rows = survey("popup", steps=40).set_index(["way", "seed"]).right
    net = classifier.Net(8)
    (fixed, mask, density), = seen
    first = net.draw(SEEDS)
    assert density == 0.5
    torch.testing.assert_close(fixed, net.spread * 2**0.5 * first.sign())
    assert rows["unmasked"].tolist() == approx(net.accuracy(fixed).tolist())
    assert rows["popup"].tolist() == approx(
        net.accuracy(mask.apply(fixed)).tolist())
    whole = tickets.trained(net, first, masks.Mask(torch.ones_like(first)),
                            0.05, 40, SEEDS)
    assert rows["trained"].tolist() == approx(net.accuracy(whole).tolist())
    for seed in SEEDS:
        assert rows["popup", seed] > rows["random masks", seed]
        assert rows["trained", seed] > rows["popup", seed]


def test_of_random_masks_the_best_on_images_to_train_on_is_taken(
        monkeypatch):
    net = classifier.Net(8)
    fixed = net.spread * net.draw(SEEDS).sign() / 0.5**0.5
    x, y, _, _ = (part[:tickets.EXAM] for part in classifier.digits())
    drawn = []
    by_layer = masks.by_layer

    def watched(scores, *settings):
        mask = by_layer(scores, *settings)
        if scores.dim() == 3:
            drawn.append(mask.keep)
        return mask

    monkeypatch.setattr(masks, "by_layer", watched)
    rows = survey("popup", steps=1)
    some = torch.cat(drawn) * fixed
    assert len(some) == 60 and (some[0] != some[20]).any()
    best = net.accuracy(some, x, y).argmax(0)
    assert rows[rows.way == "random masks"].right.tolist() == approx([
        net.accuracy(some[best[i], i]).item() for i in range(2)])


# --- the way ----------------------------------------------------------------

def test_training_moves_a_network_farther_the_longer_it_is():
    rows = [survey("moved", steps=steps) for steps in (1, 4, 16)]
    for before, after in pairwise(rows):
        assert (after.moved > before.moved).all()
        assert (after.end < before.end).all()
        assert after.start.tolist() == approx(before.start.tolist())
        assert (before.end < before.start).all()


def test_the_way_is_the_mean_over_layers_relative_to_their_start():
    rows = survey("moved")
    net = nets.Net(8, 1, "ntk")
    start = net.draw(SEEDS)
    losses, _, _, kept = nets.descend(net, start, 0.05, 8)
    for i, row in rows.iterrows():
        shares = [(b[i] - a[i]).norm() / a[i].norm() for a, b in zip(
            net.layers(start), net.layers(kept[8]))]
        assert row.moved == approx(sum(shares).item() / 2, rel=1e-4)
        assert row.end == approx(losses[8, i].item(), rel=1e-4)
