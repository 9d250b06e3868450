"""The landscape: pits, plains, and what size does to them."""
from labkit import claims, experiment
from labkit.landscape import (
    barriers,
    escape,
    inside,
    matrices,
    pits,
    sharpness,
    sizes,
    slices,
    spectrum,
    told,
    ways,
)
from labkit.landscape.curvature import goe_all_positive, top_eigenvalue
from labkit.landscape.paths import align, barrier, slice

__all__ = ["CLAIMS", "EXPERIMENTS", "PARTS", "align", "barrier",
           "goe_all_positive", "slice", "top_eigenvalue"]

PARTS = (matrices, pits, escape, inside, sizes, sharpness, spectrum,
         slices, barriers, ways, told)
CLAIMS = claims.collect(PARTS)
EXPERIMENTS = experiment.collect(PARTS)
