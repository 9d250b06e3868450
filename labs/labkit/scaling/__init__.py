"""Scaling laws: how does the loss fall with size and tokens?"""
from labkit import claims, experiment
from labkit.scaling import (
    early,
    fits,
    floors,
    gains,
    grid,
    public,
    room,
    still,
    taught,
    tokens,
    told,
)
from labkit.scaling.fitting import Fit, fit
from labkit.scaling.laws import LAWS, data_constrained

PARTS = (grid, still, fits, early, gains, room, taught, tokens, floors,
         public, told)
CLAIMS = claims.collect(PARTS)
EXPERIMENTS = experiment.collect(PARTS)

__all__ = ["LAWS", "Fit", "data_constrained", "fit"]
