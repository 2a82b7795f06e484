"""The defences by name, and the settings of any of them."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Annotated

from boundaryviz.defences import kinds
from boundaryviz.defences.settings import DefenceSettings, accepted
from boundaryviz.scene.registry import Registry, modules_of
from boundaryviz.scene.specs import OneOf


def _ours() -> Iterable[type[DefenceSettings]]:
    for module in modules_of(kinds):
        for one in vars(module).values():
            if isinstance(one, type) and issubclass(one, DefenceSettings) and one.__module__ == module.__name__:
                yield one


DEFENCES: Registry[type[DefenceSettings]] = Registry("defence", "boundaryviz.defences", _ours, accepted)
"""The defences by name: their classes of settings."""

DefenceSpec = Annotated[DefenceSettings, OneOf("defence", DEFENCES.get, DEFENCES.items)]
"""The settings of any defence."""
