"""Placing poison: pure functions of a scene, a spec and a random generator. No torch.

`lay(scene, BridgeSpec(count=10))` is the scene with a bridge in it.
"""

from boundaryviz.attacks.aims import Aim, AttackError, aim
from boundaryviz.attacks.budget import Budget
from boundaryviz.attacks.lay import lay, lift, placed, relay, why_not
from boundaryviz.attacks.specs import ATTACKS, AttackSpec, BridgeSpec, CopiesSpec, FlipSpec, JunkSpec

__all__ = [
    "ATTACKS", "Aim", "AttackError", "AttackSpec", "BridgeSpec", "Budget", "CopiesSpec", "FlipSpec", "JunkSpec",
    "aim", "lay", "lift", "placed", "relay", "why_not",
]  # fmt: skip
