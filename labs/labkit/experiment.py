"""An experiment: one question, asked of many cells; tidy rows answer it.

A *cell* is one call of what an experiment measures, given by a dict of
settings, for all seeds at once.
"""
import multiprocessing
import os
import signal
import time
from collections.abc import Callable
from contextlib import nullcontext
from dataclasses import dataclass
from inspect import Parameter, signature
from math import inf

import pandas as pd
from joblib import Parallel, delayed
from sklearn.model_selection import ParameterGrid
from tqdm.auto import tqdm

from labkit.device import one_thread
from labkit.kinds import like

BUDGETS = ("quick", "class", "full")
SEEDS = range(1000)   # experiments add thousands for what they draw anew
FIRST, AGAIN = range(5), range(5, 10)   # seeds: of a record, a second look
BAR = "{desc} {percentage:3.0f}% |{bar}| {elapsed} so far, {remaining} left"


def product(**sizes):
    """One cell for each combination of the sizes that are lists.

    Anything else, tuples included, is one setting of every cell.
    """
    return [*ParameterGrid({
        name: size if isinstance(size, list) else [size]
        for name, size in sizes.items()})]


@dataclass(frozen=True)
class Experiment:
    """One question, asked of many cells.

    ``sizes`` are the named settings at each budget; ``cells(**size)`` turns
    them into cells; ``measure(seeds, **cell)`` returns the rows of a cell,
    as dicts; ``cost(seeds, **cell)`` about how many seconds it takes, and
    raises ValueError for settings that cannot be. A record of its rows is
    called by its ``name`` and has a cell for each of the ``batches`` of
    seeds.
    """

    name: str
    sizes: dict
    measure: Callable
    cost: Callable
    cells: Callable = product
    batches: tuple = (FIRST,)

    def settings(self, budget="quick", seeds=FIRST, **changes):
        """The settings of all cells at a budget, with ``changes`` to it.

        Changes are of the kind of what they replace (``kinds.like``). Raises
        ValueError for others, for a budget or a name that there is not, and
        for a seed or a cell that is there twice.
        """
        if budget not in [*self.sizes]:
            raise ValueError(f"budget is {budget!r}; {self.name} has "
                             f"{list(self.sizes)}")
        sizes = self.sizes[budget]
        formal = _arguments(self.cells)   # others may be a list or not
        known = formal | sizes
        for name, value in changes.items():
            if name not in known:
                raise ValueError(f"{name} is no setting of {self.name}; "
                                 f"allowed are {sorted(known)}")
            changes[name] = like(known[name], name, value, name in formal)
        seeds = like([0, 1], "seeds", seeds)
        if not {*seeds} <= {*SEEDS}:
            raise ValueError(f"seeds is {seeds}; allowed are {SEEDS[0]} to "
                             f"{SEEDS[-1]}")
        cells = self.cells(**sizes | changes)
        if not cells:
            raise ValueError(f"the settings {sizes | changes} leave nothing "
                             f"to run; allowed are those of {self.name} that "
                             "give at least one cell")
        twice("seeds", seeds)
        twice("the list of cells", cells)
        return [self.identify(cell, seeds) for cell in cells]

    def identify(self, cell, seeds):
        """A cell's settings as its record keeps them."""
        return dict(experiment=self.name, **cell, seeds=seeds)

    def run(self, budget="quick", seeds=FIRST, record=None, workers=1,
            device="cpu", **changes):
        """Tidy rows at a budget's sizes, with any ``changes`` to them.

        See ``sweep`` for ``record`` and ``workers``. Raises ValueError for
        bad settings, before anything is trained.
        """
        _possible(record, workers, device)
        cells = self.settings(budget, seeds, **changes)
        return sweep(self.rows, cells, self.price, record, workers, device)

    def price(self, experiment, **cell):
        """About how many seconds a cell takes; ValueError for a bad one."""
        return self.cost(**cell)

    def rows(self, experiment, advance=None, device="cpu", **cell):
        """The rows of one cell, with a column ``experiment``.

        On one thread (see ``device.one_thread``), as such small products
        gain nothing from more. They gain nothing from another ``device``
        either.
        """
        with one_thread():
            rows = pd.DataFrame(self.measure(**cell))
        if advance:
            advance(1)
        return rows.assign(experiment=experiment)


def _arguments(function):
    """A function's arguments and their defaults, without ``**sizes``."""
    return {name: p.default for name, p in
            signature(function).parameters.items()
            if p.kind is not Parameter.VAR_KEYWORD}


def collect(parts):
    """{name: experiment} of all modules."""
    return {experiment.name: experiment for part in parts
            for experiment in part.EXPERIMENTS}


def twice(name, values):
    """ValueError if one of the values is there twice: it would count more."""
    for i, value in enumerate(values):
        if value in values[:i]:
            raise ValueError(f"{name} has {value} twice; allowed is once")


def check(seeds, **numbers):
    """ValueError unless there are seeds, and numbers above 0 and finite."""
    if not seeds:
        raise ValueError("seeds is empty; at least one is needed")
    for name, number in numbers.items():
        if not 0 < number < inf:
            raise ValueError(f"{name} is {number}; allowed are numbers above "
                             "0")


# --- cells, one after another or side by side -------------------------------

def _possible(record, workers, device):
    """ValueError for no such record, workers or device."""
    if like(1, "workers", workers) < 1:
        raise ValueError(f"workers is {workers}; at least 1 is needed")
    if str(device) not in ("cpu", "cuda"):
        raise ValueError(f"device is {device!r}; allowed are 'cpu', 'cuda'")
    if record is not None and not hasattr(record, "held"):
        raise ValueError(f"record is {record!r}; allowed are None and a "
                         "Record, for example Record('folder', 'name')")


def timed(run, settings, **more):
    """Run one cell; return its rows and its wall-clock and CPU seconds."""
    wall, cpu = time.perf_counter(), time.process_time()
    rows = run(**settings, **more)
    return rows, {"wall_seconds": round(time.perf_counter() - wall, 2),
                  "cpu_seconds": round(time.process_time() - cpu, 2)}


def sweep(run, cells, cost, record=None, workers=1, device="cpu"):
    """Run the cells one after another (or ``workers`` at once); all rows.

    Workers are processes of one thread each, on this machine or wherever
    the back end of joblib has them (``joblib.parallel_config``).
    ``cost(**cell)``, in any unit, drives the time left; it is asked for
    every cell first and raises ValueError for a bad one. A ``record`` is
    held all the while: what is finished is kept in it and not run again,
    and its rows are returned. A damaged one is a ValueError, one that
    cannot be written or that another process writes an OSError, before
    anything is run. Interrupted, it says so and returns what was finished;
    by an error of a cell, it says so and raises it.
    """
    costs = [cost(**cell) for cell in cells]
    with record.held() if record else nullcontext():
        todo = [i for i, cell in enumerate(cells)
                if not (record and record.has(cell))]
        if workers > 1:   # the longest first, so that none is left at the end
            todo.sort(key=lambda i: -costs[i])
        finished = _finished(run, cells, todo, costs, record, workers, device)
        if record:
            return record.rows()
    return pd.concat(finished or [pd.DataFrame()], ignore_index=True)


def _finished(run, cells, todo, costs, record, workers, device):
    """The rows of each cell to do: all, or those before an interrupt."""
    finished = []
    ways = _one_by_one if workers == 1 else _in_processes
    with tqdm(total=sum(costs[i] for i in todo), bar_format=BAR, leave=False,
              disable="LABS_QUIET" in os.environ) as bar:
        try:
            for i, rows, clock in ways(run, cells, todo, costs, bar,
                                       workers, device):
                if record:
                    record.append(cells[i], rows, clock)
                finished.append(rows)
        except KeyboardInterrupt:
            pass
        finally:
            if len(finished) < len(todo):
                print(f"Interrupted: {len(finished)} of {len(todo)} cells "
                      f"are finished{' and kept' if record else ''}.")
    return finished


def _one_by_one(run, cells, todo, costs, bar, workers, device):
    """Yield (cell number, rows, clock), telling the bar of every part."""
    for i in todo:
        def advance(share, full=costs[i]):
            bar.update(share * full)
        yield i, *timed(run, cells[i], advance=advance, device=device)


def _in_processes(run, cells, todo, costs, bar, workers, device):
    """The same as the cells are finished, in any order.

    Cells are small, so joblib needs no files to pass them. It still wants
    the name of a folder for these, in ASCII: not the user's own.
    """
    parallel = Parallel(workers, return_as="generator_unordered",
                        batch_size=1, pre_dispatch="all", max_nbytes=None,
                        temp_folder=os.path.abspath(os.sep))
    for i, rows, clock in parallel(delayed(_job)(i, run, cells[i], device)
                                   for i in todo):
        yield i, rows, clock
        bar.update(costs[i])


@one_thread()
def _job(i, run, settings, device):
    if multiprocessing.current_process().name.startswith("Loky"):
        signal.signal(signal.SIGINT, signal.SIG_IGN)   # the parent answers it
    return i, *timed(run, settings, device=device)
