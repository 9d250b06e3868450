"""What only the further experiments ask."""
from labkit.lesson import Prediction
from labkit.scaling import early as steps


def _early(rows):
    """Decided by the recorded curves, ``early`` and ``standard``."""
    falls = steps.first_falls(rows)["median"]   # by rate; large / small
    told = "; ".join(claim.text(claim.test(rows)) for claim in steps.CLAIMS
                     if claim.sentence == "C25")
    return ([(falls > 2).all(), falls.between(1, 1.5).all(),
             (falls < 1).all(), falls.max() > 2 and falls.min() < 1],
            f"Recorded, {told}.")


early = Prediction(
    "early",
    "All models start with the same loss. After the first eight steps, how "
    "far has a model with many times the parameters fallen, compared with "
    "the small one?",
    ["Many times as far", "About as far: less than half as far again",
     "Less far", "Any of these: it depends on how the learning rate is set"],
    "Because the first steps are as large as the learning rate makes them. "
    "muP makes them act alike at all widths; in the standard "
    "parameterisation they are larger in a wider model, and at a high rate "
    "too large.", _early)
