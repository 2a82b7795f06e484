"""The attacks by name, and the settings of any of them."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Annotated, TypeVar

from boundaryviz.attacks import kinds
from boundaryviz.attacks.kinds.bridge import PROFILE_WORDS, BridgeSpec, Profile
from boundaryviz.attacks.kinds.copies import CopiesSpec
from boundaryviz.attacks.kinds.flips import FlipSpec
from boundaryviz.attacks.kinds.junk import OutOfDistributionSpec
from boundaryviz.attacks.settings import MOST, SHARED, AttackSettings, Place, accepted
from boundaryviz.scene.registry import Registry, modules_of
from boundaryviz.scene.specs import OneOf

__all__ = [
    "ATTACKS", "MOST", "PROFILE_WORDS", "SHARED", "AttackSettings", "AttackSpec", "BridgeSpec", "CopiesSpec",
    "FlipSpec", "OutOfDistributionSpec", "Place", "Profile",
    "register",
]  # fmt: skip


def _ours() -> Iterable[type[AttackSettings]]:
    for module in modules_of(kinds):
        for one in vars(module).values():
            if isinstance(one, type) and issubclass(one, AttackSettings) and one.__module__ == module.__name__:
                yield one


ATTACKS: Registry[type[AttackSettings]] = Registry("attack", "boundaryviz.attacks", _ours, accepted)
"""The attacks by name: their classes of settings."""

A = TypeVar("A", bound=type[AttackSettings])


def register(attack: A) -> A:
    """Make a class of settings known as an attack, for as long as this process lives: a decorator.

    A file that names it opens only where it is registered; a package does that for good with an entry point
    `boundaryviz.attacks`. Raises TypeError for what is no attack, and ValueError where its name is taken.
    """
    ATTACKS.add(attack)
    return attack


AttackSpec = Annotated[AttackSettings, OneOf("attack", ATTACKS.get, ATTACKS.items)]
"""The settings of any attack."""
