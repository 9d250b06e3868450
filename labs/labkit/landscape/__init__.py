"""The landscape: pits, plains, and what size does to them."""
from labkit import claims, experiment
from labkit.landscape import (
    barriers,
    escape,
    matrices,
    pits,
    sharpness,
    sizes,
    slices,
    spectrum,
    ways,
)
from labkit.landscape.curvature import goe_all_positive, top_eigenvalue
from labkit.landscape.paths import align, barrier, slice

__all__ = ["CLAIMS", "EXPERIMENTS", "PARTS", "align", "barrier",
           "goe_all_positive", "slice", "top_eigenvalue"]

PARTS = (matrices, pits, escape, sizes, sharpness, spectrum, slices,
         barriers, ways)
CLAIMS = claims.collect(PARTS)
EXPERIMENTS = experiment.collect(PARTS)
