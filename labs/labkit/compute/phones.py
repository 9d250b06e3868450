"""A class's phones: what models pay to one line, as rows of "curves"."""
from dataclasses import replace
from functools import partial

import pandas as pd

from labkit import claims, records
from labkit.compute import targets
from labkit.epochs.phones import SEED, at_the_line, parameters
from labkit.lesson import Phones

LINE = 0.9   # nats of excess: the one of the phones


def rows(runs):
    """Rows of "curves", of the sizes of which every part gets there.

    ``result`` are billions of FLOPs, 6 for a parameter and token. With the
    seconds of a step, which the claim reads and does not use. None if fewer
    than two sizes get there.
    """
    epoch = 6e-9 * runs["unique"] * parameters(runs)
    found = at_the_line("curves", runs.assign(result=runs.result / epoch))
    parts = found.groupby("size").seed.transform("nunique")
    found = found[parts == runs.part.nunique()]
    if found["size"].nunique() < 2:
        return None
    return pd.concat([found, records.load("compute", "steps")])


DEAR = claims.collect([targets])["C30c"]
your_class = Phones(
    "compute", lambda: records.load("phones", "compute"),
    SEED.format("FLOPs"),
    claim=replace(DEAR, test=partial(targets.large_is_dear, targets=[LINE])),
    rows=rows)
