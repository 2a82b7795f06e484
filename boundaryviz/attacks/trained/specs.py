"""The attacks that train by name, and the settings of any of them."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Annotated, TypeVar

from boundaryviz.attacks.trained import methods
from boundaryviz.attacks.trained.settings import SHARED, TrainedAttackSettings, accepted
from boundaryviz.scene.registry import Registry, modules_of
from boundaryviz.scene.specs import OneOf

__all__ = ["METHODS", "SHARED", "TrainedAttackSettings", "TrainedAttackSpec", "register"]


def _ours() -> Iterable[type[TrainedAttackSettings]]:
    for module in modules_of(methods):
        own = (one for one in vars(module).values() if getattr(one, "__module__", "") == module.__name__)
        for one in own:
            if isinstance(one, type) and issubclass(one, TrainedAttackSettings) and "method" in one.model_fields:
                yield one  # and not what several of a module share


METHODS: Registry[type[TrainedAttackSettings]] = Registry("method", "boundaryviz.trained_attacks", _ours, accepted)
"""The attacks that train by name: their classes of settings."""


def common(one: type[TrainedAttackSettings], other: type[TrainedAttackSettings]) -> Iterable[str]:
    """The settings that two methods have from one class, which a change from one to the other keeps: those that all
    attacks share, and among attacks of a kind those of the kind, such as a bound."""
    return next(base for base in one.__mro__ if issubclass(other, base)).model_fields  # type: ignore[attr-defined]


A = TypeVar("A", bound=type[TrainedAttackSettings])


def register(method: A) -> A:
    """Make a class of settings known as an attack that trains, for as long as this process lives: a decorator.

    A file that names it opens only where it is registered; a package does that for good with an entry point
    `boundaryviz.trained_attacks`. Raises TypeError for what is none, and ValueError where its name is taken.
    """
    METHODS.add(method)
    return method


TrainedAttackSpec = Annotated[TrainedAttackSettings, OneOf("method", METHODS.get, METHODS.items)]
"""The settings of any attack that trains."""
