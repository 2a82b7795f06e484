"""Values that leave a setting empty: None, for which TOML has no word, so that whoever writes text says "none"."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, get_args

from pydantic.fields import FieldInfo

from boundaryviz.learners.specs import FAMILIES
from boundaryviz.scene.specs import Spec

if TYPE_CHECKING:
    from boundaryviz.scenario.study_spec import StudySpec

NOTHING = "none"


def field_of(scenario: Spec, path: str) -> FieldInfo | None:
    """What the scenario's spec says of a setting; None where there is no such setting."""
    section, dot, name = path.partition(".")
    spec = getattr(scenario, section, None) if dot else scenario
    found: FieldInfo | None = getattr(type(spec), "model_fields", {}).get(name or section)
    return found


def takes(info: FieldInfo | None, kind: type) -> bool:
    """Whether a setting takes values of this type, as it is declared."""
    return info is not None and kind in (info.annotation, *get_args(info.annotation))


def may_be_empty(info: FieldInfo | None) -> bool:
    """Whether a setting may be None, and has no word "none" of its own."""
    return info is not None and takes(info, type(None)) and not takes(info, str) and NOTHING not in _words(info)


def emptied(scenario: Spec, path: str, value: Any) -> Any:
    """None where the value is the word "none" and the setting of the scenario may be empty; else the value itself."""
    return None if isinstance(value, str) and value == NOTHING and may_be_empty(field_of(scenario, path)) else value


def understood(study: StudySpec, scenario: Spec) -> StudySpec:
    """The study with None where an axis says "none" of a setting that may be empty: one of the scenario, or of a
    learner that another axis names."""
    named = [name for axis in study.axes if axis.path == "learner.name" for name in axis.values]
    learners = [FAMILIES[name].spec for name in named if isinstance(name, str) and name in FAMILIES]

    def empty(path: str) -> bool:
        section, _, name = path.partition(".")
        others = [spec.model_fields.get(name) for spec in learners] if section == "learner" else []
        return any(may_be_empty(info) for info in (field_of(scenario, path), *others))

    axes = tuple(
        axis.model_copy(update={"values": tuple(None if value == NOTHING else value for value in axis.values)})
        if NOTHING in axis.values and empty(axis.path)
        else axis
        for axis in study.axes
    )
    return study if axes == study.axes else study.model_copy(update={"axes": axes})


def _words(info: FieldInfo) -> set[Any]:
    """The words that a setting takes, as it is declared."""
    return {word for kind in (info.annotation, *get_args(info.annotation)) for word in get_args(kind)}
