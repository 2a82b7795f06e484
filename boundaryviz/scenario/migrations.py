"""Older formats of a scenario, brought up to the present one a version at a time; older files open for ever."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

Values = dict[str, Any]


def _to_2(values: Values) -> Values:
    """Version 2 may hold the history of edits, which a file of version 1 has none of."""
    return values


def _to_3(values: Values) -> Values:
    """In version 3 points may have inputs, and a section of them, and responses; none have in a file of version 2."""
    return values


def _to_4(values: Values) -> Values:
    """From version 4 on points of one's own may be data, as they came, points may be measured, and a scenario may have
    a pace; in files of version 3 none of this is so."""
    return values


def _to_5(values: Values) -> Values:
    """What came with version 5 says nothing where it is left out, as in files of version 4."""
    return values


def _to_6(values: Values) -> Values:
    """What came with version 6 says nothing where it is left out, as in files of version 5."""
    return values


def _to_7(values: Values) -> Values:
    """What came with version 7 says nothing where it is left out, as in files of version 6."""
    return values


def _to_8(values: Values) -> Values:
    """What did the steps of a run is said from version 8 on; in files of version 7 it was torch on the processor."""
    return values


MIGRATIONS: Mapping[int, Callable[[Values], Values]] = {
    1: _to_2, 2: _to_3, 3: _to_4, 4: _to_5, 5: _to_6, 6: _to_7, 7: _to_8,
}  # fmt: skip
"""version -> what makes values of the next version from values of this one."""


def migrated(values: Mapping[str, Any], version: int) -> Values:
    """Nested plain values of an older version as values of `version`. Those given are not changed.

    Values of an unknown older version are returned as they are: the version is then what is wrong with them.
    """
    found = dict(values)
    while isinstance(at := found.get("version"), int) and at < version and at in MIGRATIONS:
        found = {**MIGRATIONS[at](found), "version": at + 1}
    return _renamed(found)


_SCALES = {"raw": "as-is", "domain": "domain"}  # what `learner.input_scale`, of networks alone, could be


def _renamed(values: Values) -> Values:
    """With `data.input_scale` for what was `learner.input_scale` up to version 3: files written by hand often say no
    version."""
    found = _rescaled(values)
    course = found.get("course")
    if not isinstance(course, Mapping):
        return found
    course = dict(course)
    if isinstance(course.get("values"), Mapping):
        course["values"] = _moved(course["values"])
    if isinstance(course.get("turns"), list):
        course["turns"] = [
            {**turn, "values": _moved(turn["values"])}
            if isinstance(turn, Mapping) and isinstance(turn.get("values"), Mapping)
            else turn
            for turn in course["turns"]
        ]
    return {**found, "course": course}


def _rescaled(values: Values) -> Values:
    """Nested sections, of which the learner's says how its inputs are scaled."""
    spec = values.get("learner")
    if not isinstance(spec, Mapping) or not _is_scale(spec.get("input_scale")):
        return values
    found = {**values, "learner": {name: value for name, value in spec.items() if name != "input_scale"}}
    section = values.get("data", {})
    if (scale := _SCALES[spec["input_scale"]]) != "as-is" and isinstance(section, Mapping):
        found["data"] = {"input_scale": scale, **section}
    return found


def _moved(values: Mapping[str, Any]) -> Values:
    """Settings by dotted path, or whole sections, as a history holds them."""
    found = dict(values)
    if _is_scale(found.get("learner.input_scale")):
        found.setdefault("data.input_scale", _SCALES[found.pop("learner.input_scale")])
    spec = found.get("learner")
    if isinstance(spec, Mapping) and _is_scale(spec.get("input_scale")):
        found["learner"] = {name: value for name, value in spec.items() if name != "input_scale"}
        found.setdefault("data.input_scale", _SCALES[spec["input_scale"]])
    return found


def _is_scale(value: Any) -> bool:
    return isinstance(value, str) and value in _SCALES
