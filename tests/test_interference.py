"""The interference lab's cells and claims, on rows whose answer is known."""
import numpy as np
import pandas as pd
import pytest

from labkit import interference, records
from labkit.interference import sharing
from tests import judging
from tests.judging import SEEDS, table

approx = pytest.approx
NAN = np.nan


def learned(cells, rare=0):
    """{(width, arm, lr, step): tasks learned}; ``rare`` of them."""
    rows = table("tasks", "width arm lr step", "learned", cells)
    return rows.assign(rare=rows.apply(rare, axis=1) if callable(rare)
                       else rare)


def forks(cells, lr=0.1, best=0.1):
    """{(program, step): rare tasks learned}, at the width and the rate.

    At others, of which nothing is said, all programs learn the same. The
    rate ``best`` teaches the width that goes on as it was the most tasks.
    """
    rows = table("forks", "program step", "rare", cells)
    other, = {0.1, 0.2} - {lr}
    rows = pd.concat([rows.assign(width=width, lr=lr, rare=value)
                      for width, lr, value in (
        (4, 0.1, 99), (8, lr, rows.rare), (16, 0.1, 77), (8, other, 55))])
    mixture = (rows.program == "as it was") & (rows.width == 8)
    return rows.assign(learned=np.where(mixture, rows.lr == best, 9))


def conflict(cells, moment="same step"):
    """{width: value}, or {width: {name: value}}; other moments disagree."""
    names = {name for values in cells.values() for name in values}
    rows = None
    for name in sorted(names):
        part = table("conflict", "width", name, {
            width: values[name] for width, values in cells.items()})
        rows = part if rows is None else rows.merge(
            part, on=["experiment", "width", "seed"])
    rows = rows.assign(moment=moment)
    return pd.concat([rows.assign(moment="start", **{
        name: 9 - rows[name] for name in names}), rows])


def price(cells):
    """{(way, width, lr): steps needed}."""
    return table("price", "way width lr", "needed", cells)


def forgetting(cells):
    """{(order, width): (A's accuracy after A, after B)}."""
    rows = [table("forgetting", "order width phase step", "a", {
        (order, width, phase, step): a for (order, width), (after_a, after_b)
        in cells.items() for phase, step, a in (
            ("A", 0, 0.5), ("A", 9, after_a), ("B", 0, after_a),
            ("B", 9, after_b))})]
    return pd.concat(rows).assign(b=0.5)


def superposed(cells, value="packed"):
    """{(p, m): value}."""
    return table("superposed", "p m", value, cells)


# --- what is run ------------------------------------------------------------

def test_the_lab_offers_its_tools():
    for name in ("cosine", "harm", "fork", "run"):
        assert name in interference.__all__
        assert callable(getattr(interference, name))
    assert [*interference.EXPERIMENTS] == [*sharing.SURVEYS] == [
        "tasks", "forks", "conflict", "price", "forgetting", "superposed"]


def cells(experiment, *settings):
    return interference.EXPERIMENTS[experiment](*settings)


def test_networks_come_in_all_widths_at_all_rates():
    assert cells("tasks", [4, 8], [0.1, 0.2], 9) == [
        dict(width=width, lr=lr, steps=9)
        for lr in (0.1, 0.2) for width in (4, 8)]
    assert cells("forks", [4, 8], [0.1, 0.2], 9, 5) == [
        dict(width=width, lr=lr, before=9, after=5)
        for lr in (0.1, 0.2) for width in (4, 8)]
    assert cells("conflict", [4, 8], 0.1, 5, 9) == [
        dict(width=width, lr=0.1, same=5, steps=9) for width in (4, 8)]
    assert cells("forgetting", [4, 8], 0.1, 9) == [
        dict(width=width, lr=0.1, steps=9) for width in (4, 8)]


def test_the_price_is_asked_in_every_way():
    found = cells("price", [4, 8], [0.1, 0.2], 9)
    assert len(found) == 16 and all(cell["steps"] == 9 for cell in found)
    assert {(cell["way"], cell["width"], cell["lr"]) for cell in found} == {
        (way, width, lr) for way in ("joint", "surgery", "alone", "private")
        for width in (4, 8) for lr in (0.1, 0.2)}


def test_features_come_in_all_dimensions_and_probabilities():
    found = cells("superposed", [2, 4, 8], [0.1, 1.0], 9)
    assert len(found) == 6 and found[0] == dict(m=2, p=0.1, steps=9)
    assert {(cell["m"], cell["p"]) for cell in found} == {
        (m, p) for m in (2, 4, 8) for p in (0.1, 1.0)}


SETTINGS = {   # experiment -> small settings that can be run
    "tasks": ([2, 4], [0.02], 6), "forks": ([2, 4], [0.02], 5, 6),
    "conflict": ([8], 0.02, 5, 6), "price": ([8, 16], [0.02], 6),
    "forgetting": ([2, 4], 0.02, 6), "superposed": ([2, 4], [0.1], 6)}


@pytest.mark.parametrize("name, experiment, settings", [
    ("experiment", "surgery", ([4], [0.1], 9)),
    ("width", "tasks", ([4, 0], [0.1], 9)),
    ("before", "forks", ([4], [0.1], 0, 9)),
    ("same", "conflict", ([4], 0.1, 0, 9)),
    ("lr", "price", ([8], [-0.1], 9)),
    ("width", "price", ([8, 7], [0.1], 9)),
    ("steps", "forgetting", ([4], 0.1, 0)),
    ("p", "superposed", ([4], [0.1, 1.1], 9)),
    ("seeds", "tasks", ([4], [0.1], 9))])
def test_bad_settings_are_refused_before_anything_is_trained(
        name, experiment, settings, monkeypatch):
    def survey(*_, **__):
        pytest.fail("trained")

    monkeypatch.setattr(sharing, "survey", survey)
    with pytest.raises(ValueError, match=rf"\b{name}\b"):
        interference.run(experiment, *settings, seeds=range(name != "seeds"))


@pytest.mark.parametrize("experiment", SETTINGS)
def test_runs_give_rows_that_are_kept_in_a_record(experiment, tmp_path):
    settings = SETTINGS[experiment]
    record = records.Record(tmp_path, experiment)
    rows = interference.run(experiment, *settings, seeds=range(2),
                            record=record)
    assert len(record.cells) == len(cells(experiment, *settings))
    assert set(rows.experiment) == {experiment} and set(rows.seed) == {0, 1}
    again = interference.run(experiment, *settings, seeds=range(2),
                             record=record)
    pd.testing.assert_frame_equal(rows, again)


def test_the_measures_read_the_rows_that_a_run_gives():
    found = {experiment: interference.run(experiment, *settings,
                                          seeds=range(2))
             for experiment, settings in SETTINGS.items()}
    rows = pd.concat(found.values(), ignore_index=True)
    looks = len(sharing.looks(6))
    for arm in ("mixture", "rare alone"):
        assert interference.along(rows, arm, "rare").shape == (2, looks)
    assert interference.causes(rows).shape == (4, 3)
    assert interference.at(rows, "same step", "by_chance").shape == (2, 1)
    assert interference.at(rows, "same step", "harm").shape == (2, 1)
    assert interference.kept(rows, "shuffled").shape == (2, 2)
    assert interference.sparse(rows, "packed").shape == (2, 2)
    assert interference.steps_suffice(rows).seeds == 2
    for claim in interference.CLAIMS:
        if claim.id[:3] in ("C10", "C12") and claim.id != "C12g":
            assert claim.test(rows).seeds == 2


# --- what the rows say ------------------------------------------------------

def test_a_table_has_a_row_per_seed_and_sizes_in_order():
    rows = conflict({8: dict(harm=[1, 2, 3]), 4: dict(harm=[4, 5, 6])})
    found = interference.at(rows, "same step", "harm")
    assert [*found.columns] == [4, 8] and [*found.index] == [*SEEDS]
    assert found[8].tolist() == [1, 2, 3]
    start = interference.at(rows, "start", "harm")
    assert start[4].tolist() == [5, 4, 3]


def test_the_change_is_from_the_first_column_to_the_last():
    rows = conflict({4: dict(harm=[1, 2, 3]), 8: dict(harm=[9, 9, 9]),
                     16: dict(harm=[4, 7, 2])})
    found = interference.at(rows, "same step", "harm")
    assert interference.change(found).tolist() == [3, 5, -1]
    for few in (found[[4]], found[[]]):
        with pytest.raises(ValueError, match="width"):
            interference.change(few)


def test_the_best_rate_of_a_width_teaches_it_most_of_the_mixture():
    rows = learned({
        (4, "mixture", 0.1, 5): [9, 9, 9], (4, "mixture", 0.2, 5): [1, 1, 1],
        (4, "mixture", 0.1, 9): [2, 2, 8], (4, "mixture", 0.2, 9): [5, 5, 4],
        (4, "uniform", 0.1, 9): [6, 7, 7], (4, "uniform", 0.2, 9): [30] * 3,
        (8, "mixture", 0.1, 9): [1, 1, 1], (8, "mixture", 0.2, 9): [0, 0, 2],
        (8, "uniform", 0.1, 9): [3, 3, 3]})
    best = interference.best_rate(rows)
    assert best.groupby("width").lr.unique().map(list).to_dict() == {
        4: [0.1], 8: [0.1]}
    assert {name: [*part] for name, part in best.groupby(
        ["width", "arm"]).learned} == {
            (4, "mixture"): [9, 9, 9, 2, 2, 8], (4, "uniform"): [6, 7, 7],
            (8, "mixture"): [1, 1, 1], (8, "uniform"): [3, 3, 3]}


def test_the_second_width_is_the_only_one_if_there_is_no_other():
    for widths, second in (([16, 4, 8, 4], 8), ([4, 4], 4)):
        assert interference.second(pd.DataFrame(dict(width=widths))) == second


def test_a_value_along_training_is_that_of_one_arm_at_the_second_width():
    rows = learned({(width, arm, lr, step): width + step + 100 * lr + bonus
                    for width in (16, 4, 8) for lr in (0.1, 0.2)
                    for arm, bonus in (("mixture", 0), ("uniform", 50))
                    for step in (9, 0)}, rare=lambda row: row.learned / 2)
    rows = rows.sample(frac=1, random_state=0)     # in no order
    found = interference.along(rows, "mixture", "rare")
    assert [*found.columns] == [0, 9] and [*found.index] == [*SEEDS]
    assert found.loc[1].tolist() == approx([(8 + 20) / 2, (8 + 9 + 20) / 2])
    found = interference.along(rows, "uniform", "learned")
    assert found.loc[1].tolist() == approx([8 + 20 + 50, 8 + 9 + 20 + 50])


def test_the_first_step_with_so_many_tasks_may_be_never():
    found = pd.DataFrame([[0, 1, 2, 3], [2, 0, 0, 0], [0, 1, 1, 1],
                          [0, 3, 1, 2]], columns=[0, 5, 20, 90])
    assert interference.first(found, 2).tolist() == [20, 0, 90, 5]
    assert interference.first(found, 3).tolist() == [90, 90, 90, 5]


RUN = {0: [0, 0, 0], 40: [1, 2, 3], 70: [2, 3, 4], 100: [4, 4, 6]}
MEAN = [1.55, 2.2, 3.15]     # of RUN: trapezoids over its 100 steps


def runs(**times):
    """The rows of all programs, each of them so many times RUN."""
    names = dict(zip(("was", "kept", "masked", "fresh"), (
        "as it was", "masked, second moment kept", "common masked",
        "fresh start")))
    return forks({(names[name], step): [many * value for value in values]
                  for name, many in times.items()
                  for step, values in RUN.items()}).sample(
                      frac=1, random_state=0)


def test_the_average_is_over_the_steps_and_not_over_the_looks():
    found = interference.on_average(runs(was=1, fresh=2))
    assert found[8, 0.1, "as it was"].tolist() == approx(MEAN)
    assert found[8, 0.1, "fresh start"].tolist() == approx(
        [2 * mean for mean in MEAN])
    assert found[4, 0.1, "as it was"].tolist() == approx([99] * 3)


def test_a_cause_costs_what_the_program_without_it_learns_more():
    rows = runs(was=1, kept=3, masked=4, fresh=2)
    found = interference.causes(rows)
    assert found.index.names == ["width", "lr", "seed"]
    assert len(found) == 4 * 3
    for cause, many in (("conflict", 2), ("step size", 1), ("past", -2)):
        wanted = approx([many * mean for mean in MEAN])
        assert found.loc[8, 0.1][cause].tolist() == wanted
        assert not found.loc[[4, 16], cause].any()
        assert interference.cost_of(rows, cause, 0.1).tolist() == wanted
        one = rows[rows.width == 8]          # is the second width
        assert interference.cost_of(one, cause, 0.1).tolist() == wanted
        assert not interference.cost_of(rows, cause, 0.2).any()


def test_the_rates_of_the_fork_are_the_lowest_and_the_best():
    cells = {(name, 0): 5 for name in sharing.PROGRAMS}
    for lr in (0.1, 0.2):
        for best in (0.1, 0.2):
            rows = forks(cells, lr, best)
            assert interference.low_rate(rows) == 0.1
            assert interference.good_rate(rows) == best


def test_every_seed_has_the_rate_at_which_it_is_fastest():
    found = interference.fastest(price({
        ("joint", 4, 0.1): [10, 10, 90], ("joint", 4, 0.2): [40, 50, 60],
        ("joint", 8, 0.1): [30, 30, NAN], ("joint", 8, 0.2): [NAN, 40, 10],
        ("joint", 16, 0.1): [9, 9, NAN], ("joint", 16, 0.2): [9, 9, NAN],
        ("alone", 4, 0.1): [7, 7, 7], ("alone", 4, 0.2): [8, 8, 8]}))
    assert {key: row.tolist() for key, row in found.iterrows()} == {
        ("joint", 4): [10, 10, 60], ("joint", 8): [30, 30, 10],
        ("alone", 4): [7, 7, 7]}


def ways(joint, other, way="alone"):
    """{width: steps} together, and in another way, at one rate."""
    return price({(name, width, 0.1): steps for name, cells in (
        ("joint", joint), (way, other)) for width, steps in cells.items()})


def test_ways_are_compared_where_both_get_there():
    rows = ways({2: [9, NAN, 9], 4: 100, 8: 80, 16: 60, 32: 40},
                {2: 7, 4: 50, 8: 45, 16: 40, 32: [NAN, 9, 9]})
    together, alone = interference.both(rows, "alone")
    assert [*together.index] == [*alone.index] == [4, 8, 16]
    assert together[1].tolist() == approx([100, 80, 60])
    assert alone[1].tolist() == approx([50, 45, 40])
    assert interference.surcharge(rows)[1].tolist() == approx([
        2, 80 / 45, 1.5])
    private = pd.concat([rows, ways({}, {8: 40, 16: 120}, "private")])
    assert interference.surcharge(private, "private")[1].tolist() == approx(
        [2, 0.5])
    few = rows[rows.width.isin([2, 4, 32])]
    for measure in (interference.surcharge, interference.by_sharing,
                    lambda rows: interference.both(rows, "alone")):
        with pytest.raises(ValueError, match="width"):
            measure(few)


def test_the_speed_up_is_shared_out_by_its_logarithm():
    rows = ways({4: [80, 90, 160], 8: [1, 1, 1], 16: [10, 10, 10]},
                {4: [20, 30, 40], 8: [1, 1, 1], 16: [10, 10, 10]})
    together, alone = interference.both(rows, "alone")
    assert interference.speed_up(together).tolist() == approx([8, 9, 16])
    assert interference.speed_up(alone).tolist() == approx([2, 3, 4])
    assert interference.by_sharing(rows).tolist() == approx(
        [2 / 3, 1 / 2, 1 / 2])


def test_what_is_kept_is_a_share_of_what_was_above_chance():
    rows = forgetting({("sequential", 8): ([0.9, 1.0, 0.8], [0.6, 0.5, 0.8]),
                       ("sequential", 4): ([0.9] * 3, [0.7] * 3),
                       ("shuffled", 4): ([0.7] * 3, [0.9] * 3)})
    found = interference.kept(rows, "sequential")
    assert [*found.columns] == [4, 8]
    assert found[8].tolist() == approx([0.25, 0, 1])
    assert found[4].tolist() == approx([0.5] * 3)
    assert interference.kept(rows, "shuffled")[4].tolist() == approx([2] * 3)


def test_sparse_features_are_those_of_the_smallest_probability():
    rows = superposed({(0.1, 8): [1, 2, 3], (0.1, 4): [4, 5, 6],
                       (0.5, 4): [7, 8, 9]})
    found = interference.sparse(rows, "packed")
    assert [*found.columns] == [4, 8]
    assert found[4].tolist() == [4, 5, 6] and found[8].tolist() == [1, 2, 3]


def test_of_takes_the_rows_of_one_experiment():
    rows = pd.concat([superposed({(0.1, 8): 1}), price({("joint", 4, .1): 2})])
    assert len(interference.of(rows, "price")) == 3
    assert not len(interference.of(rows, "tasks"))


# --- the claims -------------------------------------------------------------

def harms(narrow, wide, name="harm", **rest):
    return conflict({4: {name: narrow}, 8: {name: 9}, 16: {name: wide}},
                    **rest)


def at_loss(narrow, wide, name):
    return harms(narrow, wide, name, moment="same loss")


def units(narrow, wide, chance):
    """What units give to their main task; the narrow ones do not matter."""
    return conflict({4: dict(dedication=narrow, by_chance=0.5),
                     16: dict(dedication=wide, by_chance=chance)},
                    "same loss")


def arms(mixture, alone):
    """Rare tasks that the second width learns at steps 0, 5, 9."""
    by_step = {"mixture": dict(zip((0, 5, 9), mixture)),
               "rare alone": dict(zip((0, 5, 9), alone))}
    return learned({(width, arm, lr, step): 10 * lr
                    for width in (4, 8, 16) for arm in by_step
                    for lr in (0.1, 0.2) for step in (0, 5, 9)},
                   rare=lambda row: by_step[row.arm][row.step]
                   if (row.width, row.lr) == (8, 0.2) else 40 - row.seed)


def mixture(early, late):
    """Tasks that the second width learns: after a tenth, and at the end."""
    return learned({(width, "mixture", lr, step): (
        {0: 0, 10: early, 50: 12, 100: late}[step] if width == 8 else 3
        ) * (1 if lr == 0.1 else 0.5)
        for width in (4, 8, 16) for lr in (0.1, 0.2)
        for step in (0, 10, 50, 100)})


def uniform(slow, fast):
    """What the narrowest learns of the uniform at two rates, at the end."""
    cells = {(4, "uniform", 0.1, 9): slow, (4, "uniform", 0.2, 9): fast,
             (8, "uniform", 0.1, 9): 10.0, (8, "uniform", 0.2, 9): 10.0,
             (4, "mixture", 0.1, 9): 10.0, (4, "uniform", 0.1, 5): 10.0}
    return learned(cells)


def programs(worse, better, of, **rates):
    """Rare tasks that two programs learn: half-way and in the end."""
    values = {name: ([5] * 3,) * 2 for name in sharing.PROGRAMS}
    values |= dict(zip(interference.CAUSES[of], (worse, better)))
    return forks({(name, step): value for name, found in values.items()
                  for step, value in zip((0, 50, 100), ([0] * 3, *found))},
                 **rates)


OUTCOMES = {   # claim -> (rows on which it holds, rows on which it fails)
    "C10a": (superposed({(0.1, 2): 3.0, (0.1, 9): 0.5, (0.5, 2): 0.5}),
             superposed({(0.1, 2): [1.1, 1.1, 1.0], (0.1, 9): 3.0,
                         (0.5, 2): 3.0})),
    "C10b": (superposed({(0.1, 2): 3.0, (0.1, 9): 0.9, (0.5, 9): 2.0}),
             superposed({(0.1, 2): 0.5, (0.1, 9): [0.9, 0.9, 1.1],
                         (0.5, 9): 0.5})),
    "C11a": (harms(0.1, -0.1), harms([0.1, 0.1, -0.1], 0.1)),
    "C11b": (forgetting({("sequential", 4): (0.9, 0.65),
                         ("sequential", 8): (0.9, 0.9),
                         ("shuffled", 4): (0.9, 0.9)}),
             forgetting({("sequential", 4): (0.9, [0.6, 0.6, 0.8]),
                         ("sequential", 8): (0.9, 0.5),
                         ("shuffled", 4): (0.9, 0.5)})),
    "C11c": (forgetting({("shuffled", 4): (0.9, 0.65),
                         ("shuffled", 8): (0.9, 0.9),
                         ("sequential", 4): (0.9, 0.9)}),
             forgetting({("shuffled", 4): (0.9, 0.95),
                         ("shuffled", 8): (0.9, 0.5),
                         ("sequential", 4): (0.9, 0.5)})),
    "C12a": (arms((0, 1, 8), (0, 6, 7)), arms((0, 6, 8), (0, 1, 8))),
    "C12b": (mixture(4, 6.0), mixture(6, 6.0)),
    "C12c": (uniform([16, 9, 9], [9, 16, 16]), uniform([15, 9, 9],
                                                       [9, 16, 16])),
    "C12d": (programs((0, 6), (4, 4), of="conflict"),
             programs((4, 0), ([0] * 3, [9, 9, 8]), of="conflict")),
    "C12e": (programs(([2] * 3, [0] * 3), ([0] * 3, [4] * 3), of="step size"),
             programs(([2] * 3, [4] * 3), ([2, 2, 3], [3] * 3),
                      of="step size")),
    "C12f": (programs(([2] * 3, [0] * 3), ([0] * 3, [4] * 3), of="past"),
             programs(([2] * 3, [4] * 3), ([2, 2, 3], [3] * 3), of="past")),
    "C12g": (ways({4: 100, 8: 100, 16: 100}, {4: 50, 8: 40, 16: 150},
                  "surgery"),
             ways({4: 100, 8: 100, 16: 100}, {4: 150, 8: 40, 16: 110},
                  "surgery")),
    "C12h": (programs((0, 6), (4, 4), of="conflict", lr=0.2, best=0.2),
             programs((4, 0), ([0] * 3, [9, 9, 8]), of="conflict", lr=0.2,
                      best=0.2)),
    "C13a": (at_loss(0.2, 0.4, "spare"), at_loss(0.4, [.5, .5, .4], "spare")),
    "C13b": (at_loss(0.4, 0.6, "spare"), at_loss(.9, [.6, .6, .5], "spare")),
    "C14a": (harms(0.3, 0.2), harms(0.2, [0.1, 0.1, 0.3])),
    "C14b": (harms(0.3, 0.2, "harm_plain"), harms(0.2, 0.3, "harm_plain")),
    "C14c": (at_loss(-0.3, -0.2, "cosine"), at_loss(-0.2, -0.3, "cosine")),
    "C14d": (at_loss(0.3, 0.2, "size"), at_loss(0.2, 0.3, "size")),
    "C14e": (units(0.3, 0.7, 0.6), units(0.7, 0.6, 0.7)),
    "C14f": (ways({4: 100, 8: 900, 16: 50}, {4: 50, 8: 1, 16: 40}),
             ways({4: 100, 8: 1, 16: 50}, {4: 50, 8: 1, 16: 20})),
    "C14g": (ways({8: 100, 16: 50}, {8: 50, 16: 40}, "private"),
             ways({8: 100, 16: 50}, {8: 50, 16: 20}, "private")),
    "C14h": (ways({4: 100, 8: 50}, {4: 50, 8: [50, 60, 70]}),
             ways({4: 50, 8: 100}, {4: 50, 8: 90})),
    "C14i": (forgetting({("sequential", 4): (0.9, 0.6),
                         ("sequential", 8): (0.9, 0.7)}),
             forgetting({("sequential", 4): (0.9, 0.6),
                         ("sequential", 8): (0.9, [0.7, 0.7, 0.55])})),
    "C14j": (forgetting({("sequential", 4): (0.9, 0.6),
                         ("sequential", 8): (0.9, 0.8)}),
             forgetting({("sequential", 4): (0.9, 0.9),
                         ("sequential", 8): (0.9, 0.65)})),
    "C15a": (ways({4: 100, 8: 50}, {4: 10, 8: 10}),
             ways({4: 50, 8: 100}, {4: 10, 8: 5})),
    "C15b": (ways({4: 100, 8: 50}, {4: 10, 8: 10}),
             ways({4: 100, 8: 50}, {4: [9, 9, 11], 8: [10, 10, 10]})),
    "C15c": (ways({4: 90, 8: 10}, {4: 20, 8: 10}),
             ways({4: 90, 8: 10}, {4: 40, 8: 10})),
}


@pytest.mark.parametrize("claim", interference.CLAIMS, ids=lambda c: c.id)
def test_every_claim_can_hold_and_can_fail(claim):
    judging.claim_can_hold_and_fail(claim, OUTCOMES, len(SEEDS))


def test_every_claim_names_its_sentence_and_its_lab():
    judging.claims_have_names("interference", interference.CLAIMS, OUTCOMES)


def test_claims_see_only_the_rows_of_their_own_experiment():
    judging.claims_see_only_their_experiment(interference.CLAIMS, OUTCOMES)


def test_the_effects_are_what_the_rows_were_made_with():
    tests = {claim.id: claim.test for claim in interference.CLAIMS}
    effects = {id: tests[id](rows[0]).effect
               for id, rows in OUTCOMES.items()}
    assert effects == approx({
        "C10a": 3.0, "C10b": 0.9, "C11a": 10, "C11b": 37.5, "C11c": 37.5,
        "C12a": 1.8, "C12b": 2, "C12c": 16, "C12d": 1.5, "C12e": 0,
        "C12f": 0, "C12g": 0.5, "C12h": 1.5, "C13a": 0.2, "C13b": 60,
        "C14a": -0.1,
        "C14b": -0.1, "C14c": 0.1, "C14d": -0.1, "C14e": 0.1, "C14f": 0.625,
        "C14g": 0.625, "C14h": 5 / 6, "C14i": 25, "C14j": 75, "C15a": 2,
        "C15b": 1, "C15c": 1 - np.log(2) / np.log(9)})


def test_what_is_said_names_the_sizes_that_are_compared():
    rows = {id: outcome[0] for id, outcome in OUTCOMES.items()}
    said = {claim.id: str(claim.test(rows[claim.id]))
            for claim in interference.CLAIMS}
    for id, words in {
            "C10a": "2 dimensions", "C10b": "9 dimensions",
            "C11a": "width 4", "C11b": "width 4", "C11c": "width 4",
            "C12a": "width 8 needs 1.8 times", "C12b": "step 10 to 100",
            "C12c": "of 16", "C12d": "rate of 0.1,", "C12e": "rate of 0.1,",
            "C12f": "rate of 0.1,", "C12h": "rate of 0.2,",
            "C13b": "width 16", "C14e": "width 16",
            "C14f": "at width 4",
            "C14g": "at width 8", "C14h": "width 8",
            "C14j": "width 8", "C15a": "width 8 learns",
            "C15b": "width 8 is 1 times as fast as width 4"}.items():
        assert words in said[id], id
