"""Defences that filter points: which training points to trust, before or while a model is trained. No torch.

None is built in yet; other packages bring theirs by entry points of the group `boundaryviz.defences`.
"""

from boundaryviz.defences.settings import DefenceSettings, Fit, Verdict, accepted
from boundaryviz.scene.registry import Registry

__all__ = ["DEFENCES", "DefenceSettings", "Fit", "Verdict"]

DEFENCES: Registry[type[DefenceSettings]] = Registry("defence", "boundaryviz.defences", tuple, accepted)
"""The defences by name: their classes of settings."""
