"""Lottery tickets: more draws, or better players?"""
from labkit import claims, experiment
from labkit.lottery import (
    distance,
    draws,
    pruning,
    search,
    start,
    told,
    untrained,
    winners,
)
from labkit.lottery.masks import Mask, edge_popup, magnitude

__all__ = ["CLAIMS", "EXPERIMENTS", "Mask", "PARTS", "edge_popup",
           "magnitude"]

PARTS = (draws, winners, pruning, untrained, search, start, distance, told)
CLAIMS = claims.collect(PARTS)
EXPERIMENTS = experiment.collect(PARTS)
