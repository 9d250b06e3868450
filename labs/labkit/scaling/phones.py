"""A class's phones: the floor of a law, by eye."""
from labkit import records
from labkit.lesson import Phones

FLOOR, NEAR = 1.56, 0.05   # of the law that the points are drawn from


def near(results):
    """Which floors are near the true one; they have two digits."""
    return (results - FLOOR).abs().round(4) <= NEAR


your_class = Phones(
    "scaling", lambda: records.load("phones", "scaling"),
    "No claim of the course is judged here: C19c is about the floor that "
    "least squares finds for networks that were trained, and here an eye has "
    "found that of points that were drawn. The true floor is 1.56; the "
    "recorded floors are those that least squares finds for other draws of "
    "the same points. So compare: does the fit do better than your eyes?",
    ("within 0.05", near))
