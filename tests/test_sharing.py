"""Surveys of sharing, each small: what they measure and what comes out."""
from itertools import islice

import pandas as pd
import pytest
import torch

from labkit.interference import sharing, superposition, units
from labkit.interference.sharing import COMMON, FEW, NEW, TASKS, Program
from labkit.members import parity
from labkit.members.adam import Adam

approx = pytest.approx
close = torch.testing.assert_close
SEEDS = [4, 2]
NEAR = dict(rtol=1e-4, atol=1e-3)   # float32, after some steps of Adam
NET = dict(width=8, lr=0.02)
CELLS = {   # name -> experiment, the settings of a small cell
    "tasks": ("tasks", dict(NET, steps=12)),
    "forks": ("forks", dict(NET, before=6, after=12)),
    "conflict": ("conflict", dict(NET, same=6, steps=12)),
    "joint": ("price", dict(NET, way="joint", steps=12)),
    "surgery": ("price", dict(NET, way="surgery", steps=12)),
    "alone": ("price", dict(NET, way="alone", steps=12)),
    "private": ("price", dict(NET, way="private", steps=12)),
    "forgetting": ("forgetting", dict(NET, steps=12)),
    "superposed": ("superposed", dict(m=8, p=0.1, steps=100))}
LOOKS = len(sharing.looks(12))
PER_SEED = {"tasks": 3 * LOOKS, "forks": 5 * LOOKS, "conflict": 2,
            "joint": 1, "surgery": 1, "alone": 1, "private": 1,
            "forgetting": 4 * LOOKS, "superposed": 1}
MARKS = ["learned", "rare"]
COLUMNS = {   # experiment -> columns besides seed and experiment
    "tasks": ["arm", "width", "lr", "step", *MARKS],
    "forks": ["width", "lr", "before", "program", "step", *MARKS],
    "conflict": ["width", "lr", "moment", "loss", "cosine", "size", "worst",
                 "harm", "own", "harm_short", "own_short", "harm_plain",
                 "own_plain", "dedication", "by_chance", "spare"],
    "price": ["width", "way", "lr", "needed", "milliseconds"],
    "forgetting": ["order", "width", "lr", "phase", "step", "a", "b"],
    "superposed": ["m", "p", "loss", "overlap", "packed", "represented"]}


@pytest.fixture(scope="module")
def surveys():
    """Name of a small cell -> its rows; each is made once."""
    made = {}

    def rows(name):
        if name not in made:
            experiment, settings = CELLS[name]
            made[name] = sharing.survey(experiment, seeds=SEEDS, **settings)
        return made[name]

    return rows


def mixture(members):
    return parity.power_law(TASKS, sharing.EXPONENT).expand(members, -1)


def state(width=8, steps=5, seeds=SEEDS):
    """Networks, and their optimiser, after some steps on the mixture."""
    net = parity.Net(width, TASKS)
    adam = Adam.start(net.draw(seeds))
    places = sharing.drawn(TASKS, sharing.PLACES, seeds)
    for _ in parity.train(net, adam, places, mixture(len(seeds)), 0.02,
                          steps, seeds):
        pass
    return net, adam


# --- all surveys ------------------------------------------------------------

def test_every_experiment_has_a_small_cell_here():
    assert {name for name, _ in CELLS.values()} == set(sharing.SURVEYS)
    assert set(COLUMNS) == set(sharing.SURVEYS)
    ways = {settings.get("way") for _, settings in CELLS.values()}
    assert ways == {None, *sharing.WAYS}


@pytest.mark.parametrize("name", CELLS)
def test_a_survey_gives_its_columns_and_as_many_rows_for_each_seed(
        name, surveys):
    experiment, settings = CELLS[name]
    rows = surveys(name)
    assert sorted(rows.columns) == sorted(
        ["seed", "experiment", *COLUMNS[experiment]])
    assert set(rows.experiment) == {experiment}
    assert rows.seed.value_counts().to_dict() == dict.fromkeys(
        SEEDS, PER_SEED[name])
    for key, value in settings.items():
        if key in rows:
            assert (rows[key] == value).all()
    measured = rows.drop(columns=["needed"], errors="ignore")
    numbers = measured.select_dtypes("number")
    assert not numbers.isna().any(axis=None)
    assert numbers.abs().max(axis=None) < 1e6


@pytest.mark.parametrize("name", CELLS)
def test_a_seed_gives_the_same_rows_alone_as_among_others(name, surveys):
    experiment, settings = CELLS[name]
    # all but the machine's time
    rows = surveys(name).drop(columns="milliseconds", errors="ignore")
    for seed in SEEDS:
        alone = sharing.survey(experiment, seeds=[seed], **settings)
        pd.testing.assert_frame_equal(
            alone[rows.columns], rows[rows.seed == seed].reset_index(
                drop=True), rtol=1e-2, atol=0.01)


@pytest.mark.parametrize("name", ["conflict", "forgetting", "superposed"])
def test_seeds_do_not_give_the_same_rows(name, surveys):
    one, other = (part.drop(columns="seed").reset_index(drop=True)
                  for _, part in surveys(name).groupby("seed"))
    assert not one.equals(other)


@pytest.mark.parametrize("name", CELLS)
def test_larger_cells_are_said_to_cost_more(name):
    experiment, settings = CELLS[name]
    cost = sharing.cost(experiment, seeds=SEEDS, **settings)
    assert 0 < cost < 60
    more = {**settings, **{key: 10 * settings[key] for key in (
        "steps", "after", "same") if key in settings}}
    assert sharing.cost(experiment, seeds=SEEDS, **more) > cost
    assert sharing.cost(experiment, seeds=[*range(9)], **settings) > cost
    if "width" in settings:
        wider = {**settings, "width": 100}
        assert sharing.cost(experiment, seeds=SEEDS, **wider) > cost


@pytest.mark.parametrize("name", CELLS)
def test_the_cost_of_settings_that_cannot_be_is_an_error(name):
    experiment, settings = CELLS[name]
    wrong = dict.fromkeys(settings, 0) | dict(seeds=[])
    wrong |= {"private": dict(width=FEW - 1), "joint": dict(way="together"),
              "superposed": dict(p=1.5), "tasks": dict(lr=-1)}.get(name, {})
    for key, bad in wrong.items():
        with pytest.raises(ValueError, match=rf"\b{key}\b"):
            sharing.cost(experiment, **{"seeds": SEEDS, **settings, key: bad})


def test_a_late_same_step_costs_its_steps():
    few, many = (sharing.cost("conflict", SEEDS, **NET, same=same, steps=10)
                 for same in (10, 40))
    assert many == approx(4 * few)


@pytest.mark.parametrize("steps", [1, 5, 30_000])
def test_looks_are_at_the_start_the_end_and_three_per_doubling(steps):
    found = sorted(sharing.looks(steps))
    assert found[0] == 0 and found[-1] == steps and len(found) <= 23
    assert all(isinstance(step, int) for step in found)
    late = [step for step in found if step > steps / 2 * 1.01]
    assert len(late) == min(3, steps - steps // 2)


# --- frequent and rare tasks ------------------------------------------------

def test_the_arms_mix_the_tasks_as_they_say():
    found = sharing.arms()
    power = parity.power_law(TASKS, sharing.EXPONENT)
    rare = torch.tensor([0.0] * COMMON + [1.0] * (TASKS - COMMON))
    assert [*found] == ["mixture", "uniform", "rare alone"]
    for (frequencies, weights), mix, weigh in zip(
            found.values(), (power, torch.full((TASKS,), 1 / TASKS), power),
            (torch.ones(TASKS), torch.ones(TASKS), rare)):
        close(frequencies, mix)
        assert torch.equal(weights, weigh)


def test_every_arm_trains_with_its_frequencies_and_weights(monkeypatch):
    calls = []

    def train(net, adam, places, frequencies, lr, steps, seeds, weights):
        calls.append((places, frequencies, seeds, weights, adam.theta))
        yield 0

    monkeypatch.setattr(parity, "train", train)
    rows = sharing.tasks(8, 0.02, 9, SEEDS)
    (places, frequencies, seeds, weights, theta), = calls
    arms = sharing.arms()
    assert [(row["arm"], row["seed"]) for row in rows] == [
        (arm, seed) for arm in arms for seed in SEEDS]
    assert seeds == 3 * SEEDS
    for i, row in enumerate(rows):
        assert torch.equal(frequencies[i], arms[row["arm"]][0])
        assert torch.equal(weights[i], arms[row["arm"]][1])
        assert torch.equal(places[i], parity.places(
            TASKS, sharing.PLACES, row["seed"]))
    assert torch.equal(theta, parity.Net(8, TASKS).draw(3 * SEEDS))


def test_tasks_are_marked_as_learned_by_their_accuracy(monkeypatch):
    right = torch.full((2, TASKS), 0.5)
    right[0, :3] = torch.tensor([0.91, 0.89, 1.0])
    right[0, COMMON] = 0.95
    right[1, -2:] = 1.0
    monkeypatch.setattr(parity, "graded", lambda *_: (None, right))
    assert sharing.marks(None, None, ()) == [dict(learned=3, rare=1),
                                             dict(learned=2, rare=2)]


# --- the fork ---------------------------------------------------------------

@pytest.fixture
def thetas(monkeypatch):
    """thetas(rows): (program, seed, step) -> the weights at that step."""
    monkeypatch.setattr(sharing, "marks", lambda net, theta, test: [
        dict(theta=member.clone()) for member in theta])

    def by_name(rows):
        return {(row["program"], row["seed"], row["step"]): row["theta"]
                for row in rows}

    return by_name


def test_the_programs_go_on_in_five_ways():
    assert {name: (program.common, program.keep, program.fresh)
            for name, program in sharing.PROGRAMS.items()} == {
        "as it was": (1, False, False), "common x 0.1": (0.1, False, False),
        "masked, second moment kept": (0, True, False),
        "common masked": (0, False, False), "fresh start": (0, False, True)}


def test_a_branch_has_the_old_state_and_a_fresh_one_new_weights():
    net, adam = state()
    found = sharing.branched(net, adam, [Program(1), Program(0, fresh=True),
                                         Program(0, keep=True)], SEEDS)
    for part in ("theta", "mean", "second", "steps"):
        old, new, kept = getattr(found, part).split(len(SEEDS))
        assert torch.equal(old, getattr(adam, part))
        assert torch.equal(kept, old) and not torch.equal(new, old)
        assert old.any(1).all()
        if part == "theta":
            assert torch.equal(new, net.draw([seed + NEW for seed in SEEDS]))
        else:
            assert not new.any()
    follow = (found.follow * torch.ones(6, 1)).flatten().tolist()
    assert follow == approx([0.01] * 4 + [0] * 2)


def test_a_fork_leaves_the_state_as_it_was():
    net, adam = state()
    before = [part.clone() for part in (adam.theta, adam.mean, adam.second,
                                        adam.steps)]
    sharing.fork(net, adam, 0.02, 3, SEEDS)
    for old, new in zip(before, (adam.theta, adam.mean, adam.second,
                                 adam.steps)):
        assert torch.equal(old, new)


def continued(net, adam, steps, weights=None, **change):
    """The weights that parity.train itself makes of a state."""
    adam = Adam(adam.theta.clone(), adam.mean.clone(),
                       adam.second.clone(), adam.steps.clone(), **change)
    places = sharing.drawn(TASKS, sharing.PLACES, SEEDS)
    for _ in parity.train(net, adam, places, mixture(2), 0.02, steps,
                          [seed + NEW for seed in SEEDS], weights):
        pass
    return adam.theta


@pytest.mark.parametrize("program", [
    Program(1), Program(0.1), Program(0, keep=True),
    Program(0, fresh=True)])
def test_a_program_goes_on_as_training_itself_would(program, thetas):
    net, adam = state()
    rows = sharing.fork(net, adam, 0.02, 5, SEEDS,
                        {"other": Program(1), "this": program})
    found = thetas(rows)
    weights = torch.ones(2, TASKS)
    weights[:, :COMMON] = program.common
    change = dict(follow=0.0) if program.keep else {}
    if program.fresh:
        adam = Adam.start(net.draw([seed + NEW for seed in SEEDS]))
    end = continued(net, adam, 5, weights, **change)
    for i, seed in enumerate(SEEDS):
        assert torch.equal(found["this", seed, 0], adam.theta[i])
        close(found["this", seed, 5], end[i], **NEAR)


def test_all_programs_see_the_same_new_examples(thetas):
    net, adam = state()
    rows = sharing.fork(net, adam, 0.02, 5, SEEDS, {
        "one": Program(0.3), "other": Program(0), "again": Program(0.3)})
    found = thetas(rows)
    for seed in SEEDS:
        close(found["one", seed, 5], found["again", seed, 5], **NEAR)
        gap = found["one", seed, 5] - found["other", seed, 5]
        assert gap.abs().max() > 0.005
    # new ones: not those of the first steps
    end = continued(net, adam, 5)
    old = state(steps=10)[1]
    assert (end - old.theta).abs().max() > 0.005


def test_a_masked_program_forgets_which_labels_the_common_tasks_have(
        monkeypatch, thetas):
    net, adam = state()
    programs = {name: program for name, program in sharing.PROGRAMS.items()
                if not program.fresh}
    found = thetas(sharing.fork(net, adam, 0.02, 5, SEEDS, programs))
    original = sharing.drawn

    def changed(tasks, k, seeds):
        places = original(tasks, k, seeds).clone()
        places[:, :COMMON] = (places[:, :COMMON] + 1) % parity.BITS
        return places

    monkeypatch.setattr(sharing, "drawn", changed)
    others = thetas(sharing.fork(net, adam, 0.02, 5, SEEDS, programs))
    for name, program in programs.items():
        for seed in SEEDS:
            same = torch.equal(found[name, seed, 5], others[name, seed, 5])
            assert same == (program.common == 0)


def test_a_fork_keeps_the_second_moment_where_it_should(monkeypatch):
    net, adam = state()
    branched, made = sharing.branched, []
    monkeypatch.setattr(sharing, "branched", lambda *args: made.append(
        branched(*args)) or made[0])
    sharing.fork(net, adam, 0.02, 5, SEEDS)
    parts = zip(sharing.PROGRAMS.values(), *(
        part.split(len(SEEDS)) for part in (
            made[0].theta, made[0].mean, made[0].second, made[0].steps)))
    fresh = made[0].steps.min().item()
    for program, theta, mean, second, steps in parts:
        assert torch.equal(second, adam.second) == program.keep
        assert not torch.equal(mean, adam.mean)
        assert not torch.equal(theta, adam.theta)
        assert (steps == fresh + adam.steps * (not program.fresh)).all()


def test_the_fork_is_after_so_many_steps_and_no_more(monkeypatch):
    monkeypatch.setattr(sharing, "fork", lambda *args: [dict(args=args)])
    row, = sharing.forks(8, 0.02, 5, 9, SEEDS)
    net, adam, *rest = row.pop("args")
    assert row == dict(width=8, lr=0.02, before=5)
    assert (adam.steps == 5).all() and rest == [0.02, 9, SEEDS]
    assert torch.equal(adam.theta, state()[1].theta)


# --- conflict and harm ------------------------------------------------------

def test_steps_of_a_network_take_off_about_what_they_should():
    net = parity.Net(64, FEW)
    places = sharing.drawn(FEW, sharing.PLACES, SEEDS)
    adam = Adam.start(net.draw(SEEDS))
    for _ in parity.train(net, adam, places, torch.full((2, FEW), 1 / FEW),
                          0.02, 300, SEEDS):
        pass
    metric = adam.metric(net.rates(torch.full((2,), 0.02)))
    rows = pd.DataFrame(sharing.compared(net, adam.theta, metric, places))
    assert (rows.loss < 0.5).all()
    for name in ("_short", "", "_plain"):
        assert (rows["own" + name] < 0).all()
    assert rows.own_short.tolist() == approx([-0.05] * 2, rel=0.2)


def test_a_comparison_reports_what_the_measures_say():
    net, seeds = parity.Net(16, FEW), SEEDS
    theta = net.draw(seeds)
    theta[:, -16:] *= 5
    places = sharing.drawn(FEW, 2, seeds)
    rates = torch.rand(theta.shape, generator=torch.Generator(
        ).manual_seed(0))
    found = pd.DataFrame(sharing.compared(net, theta, rates, places))
    x, y = parity.exam(places, 2 * sharing.EXAM, 0)
    for i in range(2):
        weights = theta[i].clone().requires_grad_()
        losses = torch.nn.functional.softplus(
            -y[i] * net(weights, x[i])).mean(-1)
        gradients = torch.stack([torch.autograd.grad(
            loss, weights, retain_graph=True)[0] for loss in losses])
        off = sharing.others(sharing.cosine(gradients))
        row = found.loc[i]
        assert row.loss == approx(losses.mean().item(), rel=1e-4)
        assert row.cosine == approx(off.mean().item(), abs=1e-4)
        assert row["size"] == approx(off.abs().mean().item(), abs=1e-4)
        assert row.worst == approx(off.min().item(), abs=1e-4)
        for name, progress, metric in (("", 0.2, rates[i]),
                                       ("_short", 0.05, rates[i]),
                                       ("_plain", 0.2, 1)):
            change = torch.stack([
                parity.graded(net, theta[i] - progress * own * (
                    metric * g) / (metric * g * g).sum(), x[i], y[i])[0]
                for g, own in zip(gradients, losses)]) / losses - 1
            change = change.detach()
            assert row["harm" + name] == approx(
                sharing.others(change).mean().item(), rel=0.01, abs=1e-4)
            assert row["own" + name] == approx(
                change.diagonal().mean().item(), rel=0.01)
    parts = units.importance(net, theta, x, y)
    into, out = net.layers(theta)
    weight = (into**2).sum(1).sqrt() * out[..., 0].abs()
    assert found.dedication.tolist() == approx(
        units.dedication(parts).tolist())
    assert found.by_chance.tolist() == approx(
        units.by_chance(parts, weight).tolist())


def test_conflict_is_measured_at_the_loss_when_all_seeds_get_there(
        monkeypatch):
    settings = dict(width=32, lr=0.03, same=20, steps=200, seeds=SEEDS)
    seen = {}

    def compared(net, theta, metric, places):
        seen[len(seen)] = theta.clone(), metric.clone()
        loss = parity.graded(net, theta, *parity.exam(
            places, sharing.EXAM, 1))[0].mean(-1)
        return [dict(loss=value) for value in loss.tolist()]

    monkeypatch.setattr(sharing, "compared", compared)
    monkeypatch.setattr(sharing, "REACHED", 0.66)
    rows = pd.DataFrame(sharing.conflict(**settings))
    assert rows.moment.tolist() == [moment for moment in (
        "start", "same step", "same loss") for _ in SEEDS]
    assert rows.seed.tolist() == 3 * SEEDS
    net = parity.Net(32, FEW)
    assert torch.equal(seen[0][0], net.draw(SEEDS))
    assert (seen[0][1] == 1).all()
    at_loss = rows[rows.moment == "same loss"].loss
    assert (at_loss <= 0.66).all() and (at_loss > 0.56).all()
    # each seed's weights are those of its own first moment below the loss
    places = sharing.drawn(FEW, sharing.PLACES, SEEDS)
    test = parity.exam(places, sharing.EXAM, 1)
    adam, path = Adam.start(net.draw(SEEDS)), {}
    rates = net.rates(torch.full((2,), 0.03))
    for step in parity.train(net, adam, places, torch.full((2, FEW), 1 / FEW),
                             0.03, 200, SEEDS):
        if step == 20:
            close(seen[1], (adam.theta, adam.metric(rates)))
        if step % sharing.OFTEN == 0:
            loss = parity.graded(net, adam.theta, *test)[0].mean(-1)
            for i in range(2):
                if loss[i] <= 0.66 and i not in path:
                    path[i] = adam.theta[i].clone(), adam.metric(rates)[i]
    close(seen[2], tuple(torch.stack(part) for part in zip(path[0], path[1])))


def test_without_the_loss_conflict_has_two_moments_and_early_ones_come_first(
        monkeypatch, surveys):
    assert set(surveys("conflict").moment) == {"start", "same step"}
    monkeypatch.setattr(sharing, "REACHED", 9.0)     # from the start
    rows = sharing.survey("conflict", seeds=SEEDS, **CELLS["conflict"][1])
    assert rows.moment.nunique() == 3
    rows = rows.drop(columns=["harm", "own", "harm_short", "own_short"])
    start, late = (rows[rows.moment == moment].drop(columns="moment")
                   .reset_index(drop=True)    # but for the metric
                   for moment in ("start", "same loss"))
    pd.testing.assert_frame_equal(start, late)


def test_the_same_step_may_come_after_the_others():
    rows = sharing.survey("conflict", width=8, lr=0.02, same=12, steps=6,
                          seeds=SEEDS)
    assert set(rows.moment) == {"start", "same step"}
    longer = sharing.survey("conflict", width=8, lr=0.02, same=12, steps=24,
                            seeds=SEEDS)
    pd.testing.assert_frame_equal(rows, longer)


# --- the price of sharing ---------------------------------------------------

def test_balanced_batches_have_as_many_new_examples_of_every_task():
    places = sharing.drawn(4, 3, SEEDS)
    batches = [*islice(sharing.balanced(places, 8, SEEDS), 2)]
    drawn = next(parity.draws(4 * 8, SEEDS))[0]
    assert torch.equal(batches[0][0][..., :parity.BITS].flatten(1, 2), drawn)
    for x, y in batches:
        assert x.shape == (2, 4, 8, parity.BITS + 4) and y.shape == (2, 4, 8)
        signs, names = x[..., :parity.BITS], x[..., parity.BITS:]
        for task in range(4):
            assert (names[:, task].argmax(-1) == task).all()
            for member in range(2):
                assert torch.equal(
                    y[member, task], signs[member, task][
                        :, places[member, task]].prod(-1))
        assert not torch.equal(signs[0], signs[1])
    assert not torch.equal(batches[0][0], batches[1][0])


def race(monkeypatch, losses, members, copies):
    """Steps needed where the exams of all members say these losses."""
    exams = iter(losses)

    def graded(net, theta, x, y):
        return torch.tensor(next(exams)).view(members, -1), None

    monkeypatch.setattr(parity, "graded", graded)
    tasks = FEW if copies == 1 else 1
    seeds = list(range(members))
    return sharing.needed(parity.Net(2, tasks), sharing.drawn(
        tasks, 2, seeds), 0.02, 4 * sharing.OFTEN, seeds, copies, False)


def test_the_steps_needed_are_those_until_the_mean_loss_is_reached(
        monkeypatch):
    monkeypatch.setattr(sharing, "REACHED", 0.5)
    low, high = [0.3] * (FEW - 1), [0.9] * (FEW - 1)
    found, last = race(monkeypatch, [
        [*high, 0.0, *high, 9.0], [*low, 1.0, *high, 0.0],
        [*high, 0.9, *low, 9.0], [*low, 0.3, *low, 0.1]], 2, 1)
    assert found == [5, 15] and last == 15       # no step more


def test_the_steps_of_those_alone_are_those_of_their_mean(monkeypatch):
    monkeypatch.setattr(sharing, "REACHED", 0.5)
    found, last = race(monkeypatch, [
        [0.9, 0.2, 0.4, 0.4], [0.6, 0.4, 0.9, 0.9]], 4, 2)
    assert found == [5, 0] and last == 5


def test_a_loss_that_is_not_reached_needs_no_number_of_steps(monkeypatch):
    monkeypatch.setattr(sharing, "REACHED", 0.5)
    nan = float("nan")
    (one, other), last = race(monkeypatch, [
        [0.9, 0.2], [0.6, 0.6], [nan, 0.1], [0.9, 0.6], [0.6, 0.3]], 2, 1)
    assert one != one and other == 0 and last == 20


def test_surgery_without_conflict_is_joint_training(monkeypatch):
    # Adam does not see that the gradient is FEW times as large
    monkeypatch.setattr(sharing, "pcgrad",
                        lambda gradients, generator: gradients.sum(-2))
    monkeypatch.setattr(sharing, "REACHED", 0.5)
    monkeypatch.setattr(sharing, "HARD", 2)
    found = {way: [row["needed"] for row in sharing.price(
        32, way, 0.03, 300, SEEDS)] for way in ("joint", "surgery")}
    assert found["joint"] == approx(found["surgery"], abs=sharing.OFTEN)
    assert 50 < min(found["joint"]) <= max(found["joint"]) < 300


def test_alone_every_task_has_a_network_and_examples_of_its_own(monkeypatch):
    calls = []

    def needed(net, places, lr, steps, seeds, copies, surgery):
        calls.append((net, places, seeds, copies, surgery))
        return [10.0, 20.0], 20

    monkeypatch.setattr(sharing, "needed", needed)
    rows = [row for way in sharing.WAYS
            for row in sharing.price(20, way, 0.02, 30, SEEDS)]
    assert [(row["way"], row["seed"], row["needed"]) for row in rows] == [
        (way, seed, steps) for way in sharing.WAYS
        for seed, steps in zip(SEEDS, (10, 20))]
    (joint, places, seeds, *how), cut, lone, small = calls
    single, ones, own, *alone = lone
    assert how == [1, False] and list(cut[3:]) == [1, True]
    assert joint == cut[0] == parity.Net(20, FEW)
    assert torch.equal(places, cut[1]) and seeds == SEEDS == cut[2]
    assert single == parity.Net(20, 1) and alone == [FEW, False]
    assert small[0] == parity.Net(20 // FEW, 1)
    assert torch.equal(small[1], ones) and small[2:] == lone[2:]
    assert ones.shape == (2 * FEW, 1, sharing.HARD)
    assert torch.equal(ones.view_as(places), places)
    assert len(set(own)) == 2 * FEW


# --- one after the other ----------------------------------------------------

def test_one_half_is_taught_after_the_other_or_both_are_shuffled():
    rows = pd.DataFrame(sharing.forgetting(32, 0.03, 150, SEEDS))
    assert set(rows.phase) == {"A", "B"}
    assert (rows.groupby(["order", "seed", "phase"]).step.apply(set)
            .map(lambda steps: steps == sharing.looks(150))).all()
    end = rows[rows.step == 150].groupby(["order", "phase"])[["a", "b"]].min()
    assert end.loc["sequential", "A"].a > 0.75
    assert end.loc["sequential", "B"].b > 0.75
    assert (end.loc["shuffled", "B"] > 0.7).all()
    first = rows[rows.phase == "A"]
    unknown = first[first.order == "sequential"].b
    assert unknown.between(0.35, 0.65).all()
    index = ["order", "seed"]
    middle, again = (rows[(rows.phase == phase) & (rows.step == step)]
                     .set_index(index)[["a", "b"]]
                     for phase, step in (("A", 150), ("B", 0)))
    pd.testing.assert_frame_equal(middle, again)    # no step in between
    start = rows[(rows.step == 0) & (rows.phase == "A")]
    one, other = (part.drop(columns="order").reset_index(drop=True)
                  for _, part in start.groupby("order"))
    pd.testing.assert_frame_equal(one, other)


def test_the_second_half_goes_on_from_the_first_with_new_examples(
        monkeypatch):
    calls = []

    def train(net, adam, places, mix, lr, steps, seeds):
        calls.append((adam, places, mix, steps, seeds))
        yield 0

    monkeypatch.setattr(parity, "train", train)
    rows = sharing.forgetting(8, 0.02, 9, SEEDS)
    (adam, places, first, *_, seeds), (same, where, second, *_, later) = calls
    assert adam is same and places is where
    assert seeds == 2 * SEEDS and later == [seed + NEW for seed in seeds]
    half = FEW // 2
    a = [1 / half] * half + [0] * half
    assert first.tolist() == [a] * 2 + [[1 / FEW] * FEW] * 2
    assert second.tolist() == [a[::-1]] * 2 + [[1 / FEW] * FEW] * 2
    assert [(row["order"], row["seed"], row["phase"]) for row in rows] == [
        (order, seed, phase) for phase in "AB"
        for order in ("sequential", "shuffled") for seed in SEEDS]


# --- superposition ----------------------------------------------------------

def test_superposed_rows_are_about_the_weights_that_were_fitted(surveys):
    rows = surveys("superposed").set_index("seed")
    W, b = superposition.fit(8, 0.1, 100, SEEDS)
    loss = superposition.relative_loss(W, b, 0.1, NEW)
    for i, seed in enumerate(SEEDS):
        row = rows.loc[seed]
        assert row.loss == approx(loss[i].item())
        assert row.overlap == approx(superposition.overlap(W)[i].item())
        assert row.packed == approx(superposition.packed(W)[i].item())
        assert row.represented == approx(
            ((W[i]**2).sum(0) > 0.5).float().mean().item())
