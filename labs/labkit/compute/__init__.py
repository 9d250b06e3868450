"""Epochs against compute: what a loss costs, and how to spend a budget."""
from labkit import claims, experiment
from labkit.compute import (
    best,
    explorer,
    mistuned,
    named,
    planning,
    repeats,
    step,
    targets,
    valleys,
)

PARTS = (step, targets, valleys, mistuned, named, repeats, planning, explorer)
CLAIMS = claims.collect(PARTS)
EXPERIMENTS = experiment.collect(PARTS)

__all__ = ["CLAIMS", "EXPERIMENTS", "PARTS", "best", "explorer", "mistuned",
           "named", "planning", "repeats", "step", "targets", "valleys"]
