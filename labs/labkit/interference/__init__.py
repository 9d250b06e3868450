"""Interference: what tasks that share a network do to each other."""
from functools import partial
from itertools import product

import numpy as np
import pandas as pd

from labkit import surveys
from labkit.claims import claim, evidence
from labkit.interference import sharing
from labkit.interference.gradients import cosine, harm
from labkit.interference.sharing import fork
from labkit.records import sweep
from labkit.surveys import change, of, wide

__all__ = ["CLAIMS", "EXPERIMENTS", "cosine", "fork", "harm", "run"]

EARLY = 0.1    # of the steps of "tasks": early on
SOME = 2       # rare tasks
CHANCE = 0.5   # accuracy of guessing


def run(experiment, *settings, seeds=range(5), device="cpu", record=None,
        workers=1):
    """Run one of the EXPERIMENTS at its ``settings``; tidy rows.

    See the function of the same name for its settings and ``sharing`` for
    the columns; ``records.sweep`` for ``record`` and ``workers``. The
    networks are too small to gain from another ``device``: all run on the
    CPU. Raises ValueError for an unknown experiment and for bad sizes,
    before anything is trained.
    """
    cells = surveys.cells(EXPERIMENTS, experiment, settings, seeds)
    return sweep(sharing.survey, cells, sharing.cost, record=record,
                 workers=workers)


def tasks(widths, lrs, steps):
    """Common and rare tasks: mixed, equally frequent, the rare alone."""
    return [dict(width=width, lr=lr, steps=steps)
            for lr, width in product(lrs, widths)]


def forks(widths, lrs, before, after):
    """Networks trained on the mixture, and ways to go on from there."""
    return [dict(width=width, lr=lr, before=before, after=after)
            for lr, width in product(lrs, widths)]


def conflict(widths, lr, same, steps):
    """Cosine and harm at the start, at the same step, at the same loss."""
    return [dict(width=width, lr=lr, same=same, steps=steps)
            for width in widths]


def price(widths, lrs, steps):
    """Steps to a loss: tasks together, with surgery, alone, private."""
    return [dict(width=width, way=way, lr=lr, steps=steps)
            for way, lr, width in product(sharing.WAYS, lrs, widths)]


def forgetting(widths, lr, steps):
    """Tasks one after the other, and shuffled."""
    return [dict(width=width, lr=lr, steps=steps) for width in widths]


def superposed(dimensions, probabilities, steps):
    """Features in fewer dimensions; from sparse to dense ones."""
    return [dict(m=m, p=p, steps=steps)
            for p, m in product(probabilities, dimensions)]


EXPERIMENTS = {f.__name__: f for f in (
    tasks, forks, conflict, price, forgetting, superposed)}


# --- what the rows say ----------------------------------------------------

def best_rate(rows):
    """Rows of "tasks" at each width's best rate for the mixture.

    The one with the most tasks known, on average over the looks.
    """
    rows = of(rows, "tasks")
    mixture = rows[rows.arm == "mixture"]
    means = mixture.groupby(["width", "lr"]).learned.mean()
    best = means.groupby("width").idxmax().tolist()
    return rows.set_index(["width", "lr"]).loc[best].reset_index()


def second(rows):
    """The second of the widths, or the only one."""
    return sorted(rows.width.unique())[:2][-1]


def along(rows, arm, value):
    """A value of one arm of the second width along training: seed x step."""
    rows = best_rate(rows)
    return wide(rows[(rows.width == second(rows)) & (rows.arm == arm)],
                 value, "step")


def first(learned, count):
    """The step at which so many tasks are known; never is the last step."""
    return learned.ge(count).idxmax(axis=1).where(
        learned.ge(count).any(axis=1), learned.columns.max())


def on_average(rows):
    """Rare tasks known after the fork, on average over the steps.

    Rows are (width, lr, program, seed).
    """
    rows = of(rows, "forks").sort_values("step")
    return rows.groupby(["width", "lr", "program", "seed"]).apply(
        lambda run: np.trapezoid(run.rare, run.step) / run.step.max(),
        include_groups=False)


CAUSES = {"conflict": ("as it was", "masked, second moment kept"),
          "step size": ("masked, second moment kept", "common masked"),
          "past": ("common masked", "fresh start")}


def causes(rows):
    """What each cause costs in rare tasks known: (width, lr, seed) x cause.

    The difference between the two programs that differ in nothing else.
    """
    known = on_average(rows).unstack("program")
    return pd.DataFrame({cause: known[better] - known[worse]
                         for cause, (worse, better) in CAUSES.items()})


def cost_of(rows, cause, lr):
    """The same for one cause, at the second width and one rate, per seed."""
    return causes(rows)[cause].loc[second(of(rows, "forks")), lr]


def low_rate(rows):
    """The lowest rate of the fork."""
    return of(rows, "forks").lr.min()


def good_rate(rows):
    """The rate of the fork that suits the second width best.

    The one with the most tasks known, on average over the looks, if the
    network goes on as it was.
    """
    rows = of(rows, "forks")
    rows = rows[(rows.width == second(rows)) & (rows.program == "as it was")]
    return rows.groupby("lr").learned.mean().idxmax()


def at(rows, moment, value):
    """A value of "conflict" at a moment: seed x width."""
    rows = of(rows, "conflict")
    return wide(rows[rows.moment == moment], value)


def fastest(rows):
    """Steps of "price" at the best rate for each seed: (way, width) x seed.

    A width at which a seed does not get there, at any rate, is left out of
    that way.
    """
    steps = of(rows, "price").groupby(["way", "width", "seed"]).needed.min()
    return steps.unstack("seed").dropna()


def both(rows, way):
    """Steps together and steps in another way, width x seed each.

    At the widths at which all seeds get there in both; raises ValueError
    if there are fewer than two.
    """
    steps = fastest(rows).reindex(["joint", way], level="way")
    together, other = (steps[steps.index.get_level_values("way") == name]
                       .droplevel("way") for name in ("joint", way))
    widths = together.index.intersection(other.index)
    if len(widths) < 2:
        raise ValueError(f"width is {[*widths]} where all seeds get there; "
                         "at least two are needed")
    return together.loc[widths], other.loc[widths]


def surcharge(rows, way="alone"):
    """Steps together over steps alone, or private: width x seed."""
    together, apart = both(rows, way)
    return together / apart


def speed_up(steps):
    """How many times faster the widest is than the narrowest, per seed."""
    return steps.iloc[0] / steps.iloc[-1]


def by_sharing(rows):
    """Share of width's speed-up that tasks alone do not have, per seed.

    Of its logarithm: factors multiply.
    """
    together, alone = both(rows, "alone")
    return 1 - np.log(speed_up(alone)) / np.log(speed_up(together))


def kept(rows, order):
    """What is left of A's accuracy above chance: seed x width."""
    rows = of(rows, "forgetting")
    rows = rows[(rows.order == order) & (rows.step == rows.step.max())]
    a, b = (wide(rows[rows.phase == phase], "a") - CHANCE
            for phase in "AB")
    return b / a


def sparse(rows, value):
    """A value of "superposed" for the sparsest features: seed x m."""
    rows = of(rows, "superposed")
    return wide(rows[rows.p == rows.p.min()], value, "m")


# --- the claims -----------------------------------------------------------

def several(rows):
    """Do few dimensions hold more features than there are of them?"""
    packed = sparse(rows, "packed")
    return evidence(packed.iloc[:, 0], lambda n: n > 1,
                    f"{packed.columns[0]:g} dimensions hold {{}} features "
                    "each")


def only_few(rows):
    """And do many dimensions hold no more than that?"""
    packed = sparse(rows, "packed")
    return evidence(packed.iloc[:, -1], lambda n: n <= 1,
                    f"{packed.columns[-1]:g} dimensions hold {{}} features "
                    "each")


def step_harms(rows):
    """Does a step for one task raise the losses of the others?"""
    percent = 100 * at(rows, "same step", "harm")
    return evidence(percent.iloc[:, 0], lambda h: h > 0,
                    "by a step for one task, at width "
                    f"{percent.columns[0]:g}, the loss of another {{moves}} "
                    "% on average")


def remains(rows, order, column, holds, when):
    """Evidence on the percent of A's accuracy that one width keeps."""
    percent = 100 * kept(rows, order)
    return evidence(percent.iloc[:, column], holds,
                    f"{when} width {percent.columns[column]:g} keeps {{}} % "
                    "of its accuracy on A (above chance)")


def sequence_harms(rows):
    """Do tasks wipe out what was learned before them?"""
    return remains(rows, "sequential", 0, lambda s: s < 50,
                   "taught B after A,")


def shuffled_harms(rows):
    """Do they, when all are shuffled?"""
    return remains(rows, "shuffled", 0, lambda s: s < 50,
                   "in shuffled training")


def late(rows):
    """Do rare tasks come later in the mixture than alone?"""
    ratio = (first(along(rows, "mixture", "rare"), SOME)
             / first(along(rows, "rare alone", "rare"), SOME))
    return evidence(ratio, lambda r: r > 1,
                    f"to know {SOME} of the rare tasks, width "
                    f"{second(of(rows, 'tasks')):g} needs {{}} times the "
                    "steps in the mixture that it needs without the common "
                    "tasks, or more")


def steps_help(rows):
    """Do more steps teach the second width more of the mixture?"""
    learned = along(rows, "mixture", "learned")
    start = learned.columns.max() * EARLY
    early = learned.iloc[:, abs(learned.columns - start).argmin()]
    return evidence(learned.iloc[:, -1] - early, lambda d: d > 0,
                    f"from step {start:,.0f} to {learned.columns.max():,.0f} "
                    "the number of tasks that width "
                    f"{second(of(rows, 'tasks')):g} knows {{moves}}")


def steps_suffice(rows):
    """Are all tasks learned by the narrowest, if none is rare?"""
    rows = of(rows, "tasks")
    rows = rows[(rows.arm == "uniform") & (rows.width == rows.width.min())
                & (rows.step == rows.step.max())]
    learned = rows.groupby("seed").learned.max()
    return evidence(learned, lambda n: n >= sharing.TASKS,
                    f"of {sharing.TASKS} equally frequent tasks width "
                    f"{rows.width.min():g} knows {{}} at the end, at its "
                    "best rate")


def conflict_costs(rows, rate=low_rate):
    """Is more learned without the common tasks, at steps of the old size?"""
    lr = rate(rows)
    return evidence(cost_of(rows, "conflict", lr), lambda d: d > 0,
                    f"at a learning rate of {lr:g}, the number of rare tasks "
                    "known (on average over the steps) is {lies} if the "
                    "common tasks are left out and the steps keep their size")


def conflict_alone(rows):
    """And no more, if the steps may grow?"""
    lr = low_rate(rows)
    return evidence(cost_of(rows, "step size", lr), lambda d: d <= 0,
                    f"at a learning rate of {lr:g}, the number of rare tasks "
                    "known (on average over the steps) is {lies} if, without "
                    "the common tasks, the steps may grow")


def no_past(rows):
    """And no more by a fresh network?"""
    lr = low_rate(rows)
    return evidence(cost_of(rows, "past", lr), lambda d: d <= 0,
                    f"at a learning rate of {lr:g}, the number of rare tasks "
                    "known (on average over the steps) is {lies} in a fresh "
                    "network than in one that goes on without the common ones")


def surgery_pays(rows):
    """Does gradient surgery save steps?"""
    together, surgery = both(rows, "surgery")
    ratio = (surgery / together).median()
    return evidence(ratio, lambda r: r < 1,
                    "with surgery, {} times as many steps are needed (of "
                    "the widths, the median)")


def units_spare(rows):
    """Can more of a wider network's units be taken away?"""
    return evidence(change(at(rows, "same loss", "spare")), lambda d: d > 0,
                    "from the narrowest to the widest network the share of "
                    "units that can be taken away {moves}")


def mostly_spare(rows):
    """Can most of a wide network's units be taken away?"""
    percent = 100 * at(rows, "same loss", "spare")
    return evidence(percent.iloc[:, -1], lambda s: s > 50,
                    f"at a loss of {sharing.REACHED}, {{}} % of the units of "
                    f"width {percent.columns[-1]:g} can be taken away")


def less_harm(rows):
    """Does a wider network's step harm the others less?"""
    return evidence(change(at(rows, "same step", "harm")), lambda d: d < 0,
                    "after as many steps, the harm {moves} from the "
                    "narrowest to the widest network")


def less_harm_plain(rows):
    """Along the plain gradient, too?"""
    return evidence(change(at(rows, "same step", "harm_plain")),
                    lambda d: d < 0,
                    "with steps along the plain gradient, the harm {moves} "
                    "from the narrowest to the widest network")


def less_conflict(rows):
    """Is the mean cosine larger in a wider network, at the same loss?"""
    return evidence(change(at(rows, "same loss", "cosine")), lambda d: d > 0,
                    "at the same loss, the mean cosine {moves} from the "
                    "narrowest to the widest network")


def closer_to_right_angles(rows):
    """Are its gradients closer to right angles?"""
    return evidence(change(at(rows, "same loss", "size")), lambda d: d < 0,
                    "at the same loss, the mean size of the cosine {moves} "
                    "from the narrowest to the widest network")


def dedicated(rows):
    """Does each unit of a wide network serve one task more than by chance?"""
    more = (at(rows, "same loss", "dedication")
            - at(rows, "same loss", "by_chance"))
    return evidence(more.iloc[:, -1], lambda d: d > 0,
                    f"at width {more.columns[-1]:g} the main task's share of "
                    "a unit is {lies} than by chance")


def priced(ratio, price):
    """Evidence that a price of sharing falls from first to last width."""
    return evidence(ratio.iloc[-1] / ratio.iloc[0], lambda r: r < 1,
                    f"the price of sharing (steps together over {price}) at "
                    f"width {ratio.index[-1]:g} is {{}} times that at width "
                    f"{ratio.index[0]:g}")


def cheaper(rows):
    """Does sharing cost a wider network less?"""
    return priced(surcharge(rows), "steps alone")


def cheaper_than_private(rows):
    """And less, compared with private networks as large in all?"""
    return priced(surcharge(rows, "private"), "steps of private networks")


def free(rows):
    """Does it cost the widest nothing?"""
    ratio = surcharge(rows)
    return evidence(ratio.iloc[-1], lambda r: r <= 1,
                    f"at width {ratio.index[-1]:g}, tasks together need {{}} "
                    "times the steps that they need alone")


def wide_keeps_more(rows):
    """Does a wider network forget less?"""
    return evidence(change(100 * kept(rows, "sequential")), lambda d: d > 0,
                    "taught B after A, what is kept of the accuracy on A "
                    "{moves} percentage points from the narrowest to the "
                    "widest network")


def wide_keeps(rows):
    """Does the widest keep the most of it?"""
    return remains(rows, "sequential", -1, lambda s: s > 50,
                   "taught B after A,")


def faster(rows):
    """Does a wider network need fewer steps for all tasks together?"""
    steps, _ = both(rows, "alone")
    return evidence(speed_up(steps), lambda r: r > 1,
                    f"width {steps.index[-1]:g} learns all tasks {{}} times "
                    f"as fast as width {steps.index[0]:g}, the narrowest "
                    "that gets there")


def faster_alone(rows):
    """Is it no faster where there is nothing to interfere?"""
    steps = both(rows, "alone")[1]
    return evidence(speed_up(steps), lambda r: r <= 1,
                    f"with one task each, width {steps.index[-1]:g} is {{}} "
                    f"times as fast as width {steps.index[0]:g}")


def mostly_sharing(rows):
    """Is it mostly by sharing better that it is faster?"""
    return evidence(by_sharing(rows), lambda s: s > 0.5,
                    "counted in factors, {} of the speed-up is gone where "
                    "every task has a network of that width to itself")


_claim = partial(claim, "interference")
CLAIMS = [
    _claim("C10a", "Few dimensions take on more features than there are "
           "dimensions.", several, "elhage2022toy"),
    _claim("C10b", "Many dimensions take on no more features than there are "
           "dimensions.", only_few, "liu2025superposition", beyond=True),
    _claim("C11a", "A step for one task raises the losses of the others.",
           step_harms, "yu2020gradient", "fort2019stiffness"),
    _claim("C11b", "Taught one after the other, new tasks wipe out the old.",
           sequence_harms, "mccloskey1989catastrophic"),
    _claim("C11c", "Shuffled, equally frequent tasks wipe each other out.",
           shuffled_harms, "mccloskey1989catastrophic"),
    _claim("C12a", "Among common tasks, rare ones are learned late.", late,
           "michaud2023quantization", "huang2026larger"),
    _claim("C12b", "Where a network has room, more steps bring more tasks.",
           steps_help, "michaud2023quantization"),
    _claim("C12c", "The narrowest network, too, learns all tasks in the end, "
           "if none is rare.", steps_suffice, "allenzhu2024physics"),
    _claim("C12d", "Rare tasks are held back by the gradients of the common "
           "ones.", conflict_costs, "huang2026larger"),
    _claim("C12e", "Once the common tasks are left out, larger steps bring no "
           "gain.", conflict_alone, "kunstner2024heavy"),
    _claim("C12f", "Once the common tasks are left out, the network learns "
           "rare tasks as well as a fresh one.", no_past,
           "huang2026larger"),
    _claim("C12g", "Gradients with fewer conflicts save steps.",
           surgery_pays, "yu2020gradient", "kurin2022defense",
           "xin2022current"),
    _claim("C12h", "At the learning rate that suits the network best, too, "
           "rare tasks are held back by the gradients of the common ones.",
           partial(conflict_costs, rate=good_rate), "huang2026larger"),
    _claim("C13a", "The wider a network, the larger the share of its units "
           "that can be taken away.", units_spare, "li2020train"),
    _claim("C13b", "Most units of a wide network can be taken away.",
           mostly_spare, "li2020train"),
    _claim("C14a", "After as many steps, a step for one task harms the "
           "others less in a wider network.", less_harm, "huang2026larger",
           "shaham2023causes"),
    _claim("C14b", "Along the plain gradient, too, a step for one task harms "
           "the others less in a wider network.", less_harm_plain,
           "yu2020gradient"),
    _claim("C14c", "At the same loss, the gradients of a wider network "
           "conflict less.", less_conflict, "sankararaman2020impact"),
    _claim("C14d", "At the same loss, the gradients of a wider network are "
           "closer to right angles.", closer_to_right_angles,
           "yu2020gradient"),
    _claim("C14e", "The units of a wide network are dedicated to one task "
           "each, more than by chance.", dedicated, "wang2020negative"),
    _claim("C14f", "Sharing costs a wider network less, compared with "
           "networks of that width for each task.", cheaper,
           "standley2020which", "shaham2023causes"),
    _claim("C14g", "Sharing costs a wider network less, compared with "
           "private networks that are as large in all.",
           cheaper_than_private, "standley2020which"),
    _claim("C14h", "Sharing costs a wide network nothing.", free,
           "standley2020which"),
    _claim("C14i", "Taught one after the other, a wider network forgets "
           "less.", wide_keeps_more, "mirzadeh2022wide",
           "ramasesh2022effect"),
    _claim("C14j", "Taught one after the other, a wide network keeps most of "
           "what it had learned.", wide_keeps, "mirzadeh2022wide"),
    _claim("C15a", "A wider network learns many tasks in fewer steps.",
           faster, "sankararaman2020impact"),
    _claim("C15b", "A wider network is faster by less interference alone: it "
           "learns a single task no faster.", faster_alone,
           "edelman2023pareto"),
    _claim("C15c", "Most of a wider network's speed-up is gone where each "
           "task has a network of that width to itself.", mostly_sharing,
           "edelman2023pareto"),
]
