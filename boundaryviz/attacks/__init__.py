"""Placing poison: pure functions of a scene, a spec and a random generator. No torch.

`inject(scene, BridgeSpec(count=10))` is the scene with a bridge in it.
"""

import warnings
from typing import Any

from boundaryviz.attacks.budget import Budget
from boundaryviz.attacks.placement import check, inject, placed, planted, remove, update
from boundaryviz.attacks.settings import NOBODY, AttackSettings
from boundaryviz.attacks.specs import (
    ATTACKS,
    AttackSpec,
    BridgeSpec,
    CopiesSpec,
    FlipSpec,
    OutOfDistributionSpec,
    register,
)  # fmt: skip
from boundaryviz.attacks.targets import Aim, AttackError, aim

__all__ = [
    "ATTACKS", "NOBODY", "Aim", "AttackError", "AttackSettings", "AttackSpec", "BridgeSpec", "Budget", "CopiesSpec",
    "FlipSpec", "OutOfDistributionSpec", "aim", "check", "inject", "placed", "planted", "register", "remove", "update",
]  # fmt: skip

_FORMERLY = {
    "JunkSpec": "OutOfDistributionSpec", "lay": "inject", "lift": "remove", "relay": "update", "why_not": "check",
}  # fmt: skip


def __getattr__(name: str) -> Any:
    if name not in _FORMERLY:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    now = _FORMERLY[name]
    warnings.warn(f"boundaryviz.attacks.{name} is called {now} now", DeprecationWarning, stacklevel=2)
    return globals()[now]
