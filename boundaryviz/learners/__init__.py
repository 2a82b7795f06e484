"""Models on the replica axis. Specs are light; whatever trains imports torch at its top."""

from boundaryviz.learners.specs import FAMILIES, LogisticSpec, MLPSpec, TrainingSpec

__all__ = ["FAMILIES", "LogisticSpec", "MLPSpec", "TrainingSpec"]
