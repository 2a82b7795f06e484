"""Scenarios by name: those in `assets/scenarios/`, and every data set with the default learner."""

from __future__ import annotations

import json
import os
import tomllib
from dataclasses import dataclass
from difflib import get_close_matches
from functools import cache
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from boundaryviz.learners.specs import MLPSpec
from boundaryviz.scenario.files import SUFFIXES, read
from boundaryviz.scenario.scenario import SETTINGS, Scenario, ScenarioError
from boundaryviz.scene.assets import asset
from boundaryviz.scene.data import DataSpec
from boundaryviz.scene.datasets import DATASETS

if TYPE_CHECKING:
    from boundaryviz.tables.choosing import Columns


@dataclass(frozen=True)
class Lesson:
    """A chapter of the gallery: what it is about, and the names of its scenarios."""

    title: str
    names: tuple[str, ...]


@cache
def lessons() -> tuple[Lesson, ...]:
    """The chapters, in the order in which they are told; scenarios that stand in none come last, by their `order`."""
    with asset("lessons.toml").open("rb") as file:
        found = [Lesson(one["title"], tuple(one["scenarios"])) for one in tomllib.load(file)["lesson"]]
    rest = _stems().difference(*(one.names for one in found))
    others = sorted((_from_gallery(name) for name in rest), key=lambda one: (one.order, one.name))
    return (*found, *([Lesson("More", tuple(one.name for one in others))] if others else []))


def names() -> list[str]:
    """The gallery's scenarios, lesson by lesson."""
    return [name for lesson in lessons() for name in lesson.names]


def scenarios() -> list[Scenario]:
    """The gallery itself, in the order of `names`."""
    return [_from_gallery(name) for name in names()]


def key_of(scenario: Scenario) -> str:
    """Of what a model depends on: the same for the same settings, whatever is said of them."""
    sections = set(SETTINGS) - ({"rule"} if scenario.data.labels != "rule" else set())
    settings = scenario.model_dump(mode="json", include=sections, exclude_defaults=True)
    return sha256(json.dumps(settings, sort_keys=True).encode()).hexdigest()[:16]


def picture(name: str) -> NDArray[np.float32] | None:
    """What a model of a scenario of the gallery thinks when it is trained, as it ships: a field as `Run.field` has it,
    float32 (rows, columns) or (classes, rows, columns), over the domain. None for others, and where the scenario has
    changed since.
    """
    scenario, shipped = _from_gallery(name) if name in _stems() else None, _pictures()
    if scenario is None or name not in shipped or str(shipped[f"{name}.key"]) != key_of(scenario):
        return None
    held, classes = shipped[name], scenario.scene().classes
    if classes == 2:
        return (held / 255).astype(np.float32)
    return (held == np.arange(classes)[:, None, None]).astype(np.float32)


@cache
def _pictures() -> dict[str, NDArray]:
    with np.load(asset("gallery.npz")) as file:
        return dict(file)


def load(name: str | Path, columns: Columns | None = None) -> Scenario:
    """The scenario called `name`: one of the gallery, a data set with the default learner, or a file.

    columns: of a file that is a table, what is what, such as {"x": "length", "y": "mass", "label": "species"}.
    Raises ScenarioError with every problem of a file, or with what is near an unknown name.
    """
    text = str(name)
    if columns and (text in _stems() or text in DATASETS):
        raise ScenarioError([f"{text}: columns are chosen of a table, and this is a scenario"])
    if text in _stems():
        return _from_gallery(text)
    if text in DATASETS:
        return of_dataset(text)
    path = Path(name)
    if path.suffix.lower() in SUFFIXES or os.path.exists(path):  # also of a name that no file can have
        return read(path, columns)
    near = get_close_matches(text, [*_stems(), *DATASETS], 1)
    hint = f"did you mean {near[0]}?" if near else "`boundaryviz scenarios` lists what there is"
    raise ScenarioError([f"{text}: no scenario, data set or file is called that; {hint}"])


Given = Scenario | str | Path | tuple[Any, Any]
"""A scenario; its name, or that of a data set; a file; or arrays (X, y), some of them kept for validation and test."""


def given(scenario: Given) -> Scenario:
    """The scenario that is meant. Raises ScenarioError as `load` and `Scenario.from_arrays` do, and TypeError for what
    is none of these."""
    if isinstance(scenario, Scenario):
        return scenario
    if isinstance(scenario, str | Path):
        return load(scenario)
    if isinstance(scenario, tuple) and len(scenario) == 2:
        return Scenario.from_arrays(*scenario).with_values({"data.splits": "drawn"})
    kind = type(scenario).__name__
    raise TypeError(f"a scenario, its name, a file, or a pair of arrays (X, y) is needed, not {kind}")


def of_dataset(name: str) -> Scenario:
    """A data set with the default learner, which fits responses where the data set has some. Raises KeyError for an
    unknown one."""
    source = DATASETS[name]
    learner = MLPSpec() if source.responses is None else MLPSpec(loss="squared")
    return Scenario(name=name, title=source.title, summary=source.summary, data=DataSpec(name=name), learner=learner)


@cache
def _stems() -> frozenset[str]:
    return frozenset(path.stem for path in asset("scenarios").glob("*.toml"))


@cache
def _from_gallery(name: str) -> Scenario:
    return read(asset(f"scenarios/{name}.toml"))
