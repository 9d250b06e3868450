"""Public: what logs of language models that others trained say of all this.

Numbers that were computed from public logs by the measures of this package;
the logs themselves stay where they are. Sources: six models of 14 to 472
million parameters along one pass over new text (Mircea et al. 2025: one seed
each, a warm-up of 2,000 steps, a peak rate that falls with size), the final
losses of grids whose rate and batch are tuned for each size, on two corpora
(Porian et al. 2024), and the points of Hoffmann et al. that Besiroglu et al.
2024 read off a figure.
"""
from labkit import records
from labkit.rows import only

CURVES, GRIDS = "mircea2025training", "porian2024resolving"
POINTS = "besiroglu2024chinchilla"
NAMES = {CURVES: "one pass, six sizes", GRIDS: "tuned grid",
         POINTS: "points of Chinchilla"}

CLAIMS = []
EXPERIMENTS = ()


def public():
    """A row per number: source, quantity, sizes, value, low, high, note."""
    return records.load("scaling", "public")


def public_table(rows):
    """The same as text, for the page: what, of which sizes, and how much."""
    table = rows.assign(source=rows.source.map(NAMES))
    found = [f"{row.value:.2f}" if row.low == row.high else
             f"{row.value:.2f} ({row.low:.2f} to {row.high:.2f})"
             for row in rows.itertuples()]
    return table.assign(found=found)[
        ["source", "sizes", "quantity", "found"]].set_index("source")


FIGURES = {}
TABLES = {"public": lambda tables: public_table(public())}


def facts(tables):
    """What the prose quotes: of curves and points, of grids together."""
    rows = public()
    curves = only(rows, source=CURVES).set_index("quantity")
    grids = only(rows, source=GRIDS).groupby("quantity")
    named = {"own_half": "own way 0.5", "own_most": "own way 0.9",
             "own_all": "own way 0.99", "speed_up": "speed-up to 4.0",
             "floors": "share of floors", "k": "k"}
    found = {name: f"{curves.value[quantity]:.2f}"
             for name, quantity in named.items()}
    (points,) = only(rows, source=POINTS).itertuples()
    found["k_points"] = {"k": f"{points.value:.2f}",
                         "low": f"{points.low:.2f}",
                         "high": f"{points.high:.2f}"}
    for name, quantity in (("k_grids", "k"), ("gain", "gain at equal tokens"),
                           ("same", "tokens from the same loss")):
        part = grids.get_group(quantity)
        found[name] = {"low": f"{part.value.min():.2f}",
                       "high": f"{part.value.max():.2f}"}
    found["gain"]["lowest"] = f"{grids.low.min()['gain at equal tokens']:.1f}"
    return {"public": found}
