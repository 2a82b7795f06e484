"""Defences that filter points: which training points to trust, before or while a model is trained. No torch.

Ours lie in `kinds`, a file each; other packages bring theirs by entry points of the group `boundaryviz.defences`.
"""

from boundaryviz.defences.settings import DefenceSettings, Fit, Fitted, Verdict, check_left
from boundaryviz.defences.specs import DEFENCES, DefenceSpec

__all__ = ["DEFENCES", "DefenceSettings", "DefenceSpec", "Fit", "Fitted", "Verdict", "check_left"]
