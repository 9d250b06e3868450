"""Surveys of lottery tickets, each small: what they measure."""
import math
from itertools import pairwise

import pandas as pd
import pytest
import torch

from labkit import classifier, masks, nets, parity, tickets

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
    "rewound": "width kept lr way needed",
    "prune": "width lr density kept way untrained trained",
    "popup": "width lr way right",
    "moved": "width scaling lr start end moved"}
PER_SEED = {"draw": 4, "luck": 1, "rewound": 5, "prune": 12, "popup": 4,
            "moved": 1}
WITH_LUCK = {   # ways whose luck is drawn for all seeds at once
    "rewound": ["random", "random, new examples"], "prune": ["random mask"],
    "popup": ["popup", "random masks"]}


@pytest.fixture(autouse=True)
def small(monkeypatch):
    """Parities of one place, few draws."""
    for name, value in dict(PLACES=1, TOTAL=32, RANDOM=60).items():
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
    if "way" in rows:
        rows = rows[~rows.way.isin(WITH_LUCK[experiment])]
    for seed in SEEDS[::-1]:
        alone = survey(experiment, [seed])
        if "way" in alone:
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
    ("rewound", dict(kept=17)), ("prune", dict(rounds=0)),
    ("popup", dict(steps=-1)), ("moved", dict(lr=-0.1))])
def test_the_cost_of_settings_that_cannot_be_is_an_error(experiment, change):
    name, = change
    with pytest.raises(ValueError, match=rf"\b{name}\b"):
        tickets.cost(experiment, **{"seeds": SEEDS, **CELLS[experiment],
                                    **change})


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


def test_a_network_needs_as_many_steps_alone_as_among_others():
    among, _ = tickets.needed(NET, weights(0, 1, 2), *WAIT, [2, 4, 2])
    for i, seed in enumerate([2, 4, 2]):
        alone, _ = tickets.needed(NET, weights(i), *WAIT, [seed])
        assert alone == among[i]


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
        return torch.tensor([len(seen) * 10.0, math.nan]), end

    monkeypatch.setattr(tickets, "needed", needed)
    rows = survey("rewound", kept=1)
    (wide, first, _, _), *teams = seen
    assert (first == wide.draw(SEEDS)).all()
    assert all(net == parity.Net(1, 1) and seeds == SEEDS
               for net, _, seeds, _ in teams)
    new = [seed + tickets.NEW for seed in SEEDS]
    assert [examples for *_, examples in teams] == [SEEDS, new] * 2
    best = tickets.chosen(wide, first, torch.tensor([[14], [3]]))
    assert (teams[0][1] == best).all() and (teams[1][1] == best).all()
    assert (teams[2][1] == teams[3][1]).all()
    assert (teams[2][1] != best).any()
    ways = ["whole", "winners", "winners, new examples", "random",
            "random, new examples"]
    assert rows.way.tolist() == [way for way in ways for _ in SEEDS]
    assert rows.needed[::2].tolist() == [10, 20, 30, 40, 50]
    assert rows.needed[1::2].isna().all()


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
    assert set(rows.way) == {"original", "redrawn", "signs", "random mask"}


def test_before_anything_is_pruned_the_original_is_the_whole():
    rows = survey("prune", rounds=1)
    rows = rows[rows.density == 1].set_index(["way", "seed"])
    net = classifier.Net(8)
    first = net.draw(SEEDS)
    whole = masks.Mask(torch.ones_like(first))
    for way, start in (("original", first), ("random mask", first),
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

    def watched(net, theta, mask, *settings):
        end = trained(net, theta, mask, *settings)
        seen.append((theta, mask.keep, end))
        return end

    monkeypatch.setattr(tickets, "trained", watched)
    rows = survey("prune")
    net = classifier.Net(8)
    first, new = (net.draw([seed + shift for seed in SEEDS])
                  for shift in (0, tickets.NEW))
    ways = [first, new, net.spread * first.sign(), first]
    (theta, keep, end), *rounds = seen
    assert (theta == first).all() and (keep == 1).all() and len(rounds) == 3
    for number, (theta, keep, then) in enumerate(rounds):
        assert (theta == torch.cat(ways)).all()
        original, redrawn, signs, random = keep.split(2)
        assert (original == redrawn).all() and (original == signs).all()
        assert (random.sum(-1) == original.sum(-1)).all()
        for one, two in zip(original.split(net.sizes, -1),
                            random.split(net.sizes, -1)):
            assert (one.sum(-1) == two.sum(-1)).all()
        want = masks.magnitude(end, 0.5**number).keep
        assert (original == want).all()
        assert number == 0 or (random != original).any()
        part = rows[rows.density == 0.5**number]
        assert (part.kept == original.sum(-1)[0].item()).all()
        assert part.untrained.tolist() == approx(
            net.accuracy(theta * keep).tolist())
        assert part.trained.tolist() == approx(net.accuracy(then).tolist())
        end = then[:2]


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
