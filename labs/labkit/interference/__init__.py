"""Interference: what tasks that share a network do to each other."""
from labkit import claims, experiment
from labkit.interference import (
    conflict,
    features,
    forgetting,
    forks,
    mixture,
    opposed,
    price,
    told,
    zerosum,
)
from labkit.interference.forks import fork
from labkit.interference.gradients import cosine, harm

__all__ = ["CLAIMS", "EXPERIMENTS", "PARTS", "cosine", "fork", "harm"]

PARTS = (mixture, forks, conflict, price, forgetting, features, opposed,
         zerosum, told)
CLAIMS = claims.collect(PARTS)
EXPERIMENTS = experiment.collect(PARTS)
