"""A class's phones: when models are at one line, as rows of "targets"."""
from labkit import claims, records
from labkit.epochs import targets
from labkit.language.runs import BATCH, axes, language
from labkit.lesson import Phones

RUN = ["width", "lr", "unique", "target", "part"]   # and the settings
BELOW = 1e-9   # nats: no rounding puts a run that is at the line above it
SEED = ("What stands for one seed of the record is a fifth of the class: "
        "every fifth phone of each group, and the {} after which half of them "
        "are at the line.")


def half_there(results):
    """The result at which half of the phones are there; NaN for never."""
    return results.sort_values().iloc[(len(results) - 1) // 2]


def at_the_line(experiment, runs):
    """A row for each size and part of which half the phones get there.

    ``result`` are epochs. All that is known of a curve is this one place:
    there the validation loss is the entropy and the ``target``. A part
    stands for a seed.
    """
    found = runs.groupby(RUN).result.agg(half_there).dropna().rename(
        "epoch").reset_index()
    return found.assign(
        experiment=experiment, quantity="validation", weight_decay=0.0,
        seed=found.part, size=found.width, step=found.epoch * found["unique"]
        / BATCH, parameters=parameters(found),
        value=language().entropy + found.target - BELOW)


def parameters(runs):
    """The parameters of each run's model, from its ``width``."""
    return [axes("rules", *sizes).parameters for sizes in zip(
        runs.width.tolist(), runs["unique"].tolist())]


def rows(runs):
    """Rows of "targets"; None if in a part fewer than two sizes get there."""
    found = at_the_line("targets", runs)
    sizes = found.groupby("seed")["size"].nunique()
    return found if (sizes.reindex(runs.part.unique()) > 1).all() else None


your_class = Phones(
    "epochs", lambda: records.load("phones", "epochs"), SEED.format("epochs"),
    claim=claims.collect([targets])["C1a"], rows=rows)
