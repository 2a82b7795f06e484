"""Where the specs of learners and of training are found under short names. Free of torch."""

from __future__ import annotations

from boundaryviz.learners.families import FAMILIES, LearnerSpec
from boundaryviz.learners.families.nets import LOSS_WORDS, LogisticSpec, LossName, MLPSpec
from boundaryviz.learners.specs_net import FEATURE_WORDS, Activation, Feature
from boundaryviz.learners.training_spec import LARGEST_SEED, Optimiser, TrainingSpec

__all__ = [
    "FAMILIES", "FEATURE_WORDS", "LARGEST_SEED", "LOSS_WORDS", "Activation", "Feature", "LearnerSpec", "LogisticSpec",
    "LossName", "MLPSpec", "Optimiser", "TrainingSpec",
]  # fmt: skip
