"""Scenarios by name: those in `assets/scenarios/`, and every data set with the default learner."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from difflib import get_close_matches
from functools import cache
from pathlib import Path
from typing import Any

from boundaryviz.scenario.files import SUFFIXES, read
from boundaryviz.scenario.scenario import Scenario, ScenarioError
from boundaryviz.scene.assets import asset
from boundaryviz.scene.data import DataSpec
from boundaryviz.scene.datasets import DATASETS


def names() -> list[str]:
    """The gallery's scenarios, each followed by its variants."""
    return [scenario.name for scenario in scenarios()]


def scenarios() -> list[Scenario]:
    """The gallery itself, in the order of `names`."""
    found = {name: _from_gallery(name) for name in _stems()}

    def place(one: Scenario) -> tuple[int, str, bool, str]:
        first = found.get(one.variant_of or one.name, one)
        return first.order, first.name, one is not first, one.name

    return sorted(found.values(), key=place)


def load(name: str | Path, columns: Mapping[str, str | Sequence[str]] | None = None) -> Scenario:
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
"""A scenario; its name, or that of a data set; a file; or arrays (X, y)."""


def given(scenario: Given) -> Scenario:
    """The scenario that is meant. Raises ScenarioError as `load` and `Scenario.from_arrays` do, and TypeError for what
    is none of these."""
    if isinstance(scenario, Scenario):
        return scenario
    if isinstance(scenario, str | Path):
        return load(scenario)
    if isinstance(scenario, tuple) and len(scenario) == 2:
        return Scenario.from_arrays(*scenario)
    kind = type(scenario).__name__
    raise TypeError(f"a scenario, its name, a file, or a pair of arrays (X, y) is needed, not {kind}")


def of_dataset(name: str) -> Scenario:
    """A data set with the default learner. Raises KeyError for an unknown one."""
    source = DATASETS[name]
    return Scenario(name=name, title=source.title, summary=source.summary, data=DataSpec(name=name))


@cache
def _stems() -> frozenset[str]:
    return frozenset(path.stem for path in asset("scenarios").glob("*.toml"))


@cache
def _from_gallery(name: str) -> Scenario:
    return read(asset(f"scenarios/{name}.toml"))
