"""Epochs against compute: what a loss costs, and how to spend a budget."""
from labkit import claims, experiment
from labkit.compute import (
    ball,
    best,
    explorer,
    mistuned,
    named,
    planning,
    repeats,
    step,
    targets,
    told,
    valleys,
)

PARTS = (step, targets, valleys, mistuned, named, repeats, planning, explorer,
         told, ball)
CLAIMS = claims.collect(PARTS)
EXPERIMENTS = experiment.collect(PARTS)

__all__ = ["CLAIMS", "EXPERIMENTS", "PARTS", "ball", "best", "explorer",
           "mistuned", "named", "planning", "repeats", "step", "targets",
           "told", "valleys"]
