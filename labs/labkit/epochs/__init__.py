"""The question itself: how many epochs does a model of each size need?"""
from labkit import claims, experiment
from labkit.epochs import (
    controls,
    endings,
    known,
    medium,
    ngrams,
    own,
    parts,
    patience,
    published,
    stored,
    targets,
    text,
    told,
)
from labkit.epochs.crossing import epochs_to_target

__all__ = ["CLAIMS", "EXPERIMENTS", "PARTS", "epochs_to_target"]

PARTS = (targets, patience, endings, controls, text, published, known, own,
         parts, stored, ngrams, medium, told)
CLAIMS = claims.collect(PARTS)
EXPERIMENTS = experiment.collect(PARTS)
