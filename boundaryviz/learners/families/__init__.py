"""The families of learners. Each module here declares some and imports no torch; a new one is found by itself."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from typing import Annotated

from boundaryviz.learners.family import Family, LearnerSettings, accepted, declared_in
from boundaryviz.scene.registry import Registry, modules_of
from boundaryviz.scene.specs import OneOf


def _ours() -> list[type[LearnerSettings]]:
    found = [spec for module in modules_of(sys.modules[__name__]) for spec in declared_in(module)]
    return sorted(found, key=lambda spec: spec.family.order)


def _unlisted(name: str) -> Family | None:
    from boundaryviz.learners.families.scikit_learn import classifier

    return classifier(name)


FAMILIES: Registry[Family] = Registry("learner", "boundaryviz.learners", _ours, accepted, _unlisted)
"""The families by name. Classifiers of scikit-learn without a form of their own are found by name, but not listed."""


def _settings(name: str) -> type[LearnerSettings] | None:
    found = FAMILIES.get(name)
    return None if found is None else found.spec


def _listed() -> Iterator[tuple[str, type[LearnerSettings]]]:
    return ((name, found.spec) for name, found in FAMILIES.items())


LearnerSpec = Annotated[LearnerSettings, OneOf("name", _settings, _listed)]
"""The settings of any learner."""
