"""The numbers of ``records/scaling/public.csv``, from the logs themselves.

The logs are not in this repository: where they are not beside it, nothing is
computed again.
"""
from itertools import combinations, pairwise

import numpy as np
import pandas as pd
import pytest

from labkit import records
from labkit.scaling.falls import crossing
from labkit.scaling.fitting import fit
from labkit.scaling.floors import share
from tests.judging import ROOT

LOGS = ROOT.parent / "shared" / "data"
SHARES = (.5, .8, .9, .99)
UNTRAINED = np.log(50_280)        # nats, if all tokens are equally likely
WINDOWS = 4_000, 8_000, 16_000    # steps; the warm-up has 2,000
FAR = 4                           # sizes so many times apart
OUT = 5                           # points that are left out
CORPORA = {"owt2": "OpenWebText2", "rw": "RefinedWeb"}


def row(source, quantity, sizes, values, note):
    """A row of the table: the first of the values, and their range."""
    value, *others = values
    return dict(source=source, quantity=quantity, sizes=sizes, value=value,
                low=min(others or [value]), high=max(others or [value]),
                note=note)


def own(curves, part, untrained, together):
    """Steps to a share of the own way, smallest over largest size."""
    steps = []
    for curve in (curves.iloc[:, 0], curves.iloc[:, -1]):
        curve = curve.loc[:curves.dropna().index[-1] if together else None]
        start = UNTRAINED if untrained else curve.iloc[0]
        steps.append(crossing(curve, start - part * (start - curve.min())))
    return steps[0] / steps[1]


def of_curves(logs):
    """What the loss curves of one pass over new text say."""
    source, sizes = "mircea2025training", "14M to 472M"
    curves = logs.pivot(index="step", columns="N", values="loss")
    for part in SHARES:
        yield row(source, f"own way {part:g}", sizes, [
            own(curves, part, *how) for how in
            ((True, False), (True, False), (False, False), (True, True),
             (False, True))], "steps, small over large; range over what "
            "counts as start and as end; one seed; 2,000 steps of warm-up")
    yield row(source, "speed-up to 4.0", sizes, [
        crossing(curves.iloc[:, 0], 4.) / crossing(curves.iloc[:, -1], 4.)],
        "steps, small over large; the large one is in its warm-up")
    yield row(source, "share of floors", sizes, [
        share(curves.loc[start:]) for start in (WINDOWS[0], *WINDOWS)],
        "of the logarithm of the speed-up; range over windows")
    late = [logs[logs.step >= start] for start in (WINDOWS[0], *WINDOWS)]
    yield row(source, "k", sizes, [
        fit(part.N, part.step, part.loss, "coupled").k for part in late],
        "points along the curves; range over windows")


def gains(part):
    """Loss taken off by the same tokens, large over small, by pairs."""
    for small, large in combinations(sorted(part.n.unique()), 2):
        a, b = (part[part.n == n].set_index("tokens").loss.sort_index()
                for n in (small, large))
        low, high = max(a.index[0], b.index[0]), min(a.index[-1], b.index[-1])
        if large >= FAR * small and high >= 2 * low:
            gain = [-np.diff(np.interp(np.log([low, high]),
                                       np.log(run.index), run))[0]
                    for run in (a, b)]
            yield gain[1] / gain[0]


def same_loss(part):
    """Tokens for the smaller one's last step, over the next larger one's."""
    for small, large in pairwise(sorted(part.n.unique())):
        a, b = (part[part.n == n].set_index("tokens").loss.sort_index()
                for n in (small, large))
        if len(a) > 1 and len(b) > 1 and b.iloc[0] > a.iloc[-2]:
            needed = np.diff([crossing(b, loss) for loss in a.iloc[-2:]])[0]
            yield np.diff(a.index[-2:])[0] / needed


def of_grids(logs):
    """What grids of tuned runs say, of different corpora."""
    source = "porian2024resolving"
    for (corpus, grid), least in ((one, least) for one in
                                  logs.groupby("dataset")
                                  for least in (3, 10)):
        part = grid[grid.tokens > least * grid.n]
        name = f"{CORPORA[corpus]}, D > {least} N"
        law = fit(part.n, part.tokens, part.loss, "coupled")
        yield row(source, "k", name, [law.k, *law.interval("k", draws=20)],
                  "90 % of 20 refits")
        for quantity, ratio in (("gain at equal tokens", gains),
                                ("tokens from the same loss", same_loss)):
            found = [*ratio(part)]
            yield row(source, quantity, name, [np.median(found), *found],
                      f"median and range of {len(found)} pairs of sizes; "
                      "the batch is tuned")


def of_points(logs):
    """What the points say that were read off a figure of Chinchilla's."""
    part = logs.sort_values("loss").iloc[:-OUT]
    law = fit(part.n, part.flops / 6 / part.n, part.loss, "coupled")
    yield row("besiroglu2024chinchilla", "k", "57M to 16B",
              [law.k, *law.interval("k", draws=20)], "90 % of 20 refits; "
              "without the five highest losses, as the authors do")


LOGGED = {"olmo_curves.csv": of_curves, "porian_tuned.csv": of_grids,
          "chinchilla_points.csv": of_points}


def computed():
    """The table, from the logs that there are."""
    return pd.DataFrame([
        row for name, of in LOGGED.items() if (LOGS / name).exists()
        for row in of(pd.read_csv(LOGS / name))])


@pytest.mark.skipif(not LOGS.exists(), reason="the logs are not beside us")
def test_public_numbers_are_those_of_the_logs():
    kept, again = records.load("scaling", "public"), computed()
    kept = kept[kept.source.isin(again.source)]
    numbers = ["value", "low", "high"]
    np.testing.assert_allclose(kept[numbers], again[numbers], rtol=0.01)
    assert kept.drop(columns=numbers).equals(again.drop(columns=numbers))
