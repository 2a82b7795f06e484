"""Studies as files: a scenario by name, by its file or written out, settings of it, and what is varied."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from boundaryviz.scenario import gallery, text
from boundaryviz.scenario.emptiness import understood
from boundaryviz.scenario.files import decoded, with_lines
from boundaryviz.scenario.scenario import Scenario, ScenarioError, problems_of
from boundaryviz.scenario.study_spec import StudySpec
from boundaryviz.scene.plain_text import path_end


def read_study(name: str | Path) -> Scenario:
    """The scenario, with its `study`, that is meant: a study file, or a scenario that holds a study. Raises
    ScenarioError as `read` does, and for one that holds none."""
    scenario = read(name)
    if scenario.study is None:
        where = path_end(Path(name))
        raise ScenarioError(
            [f"{where}: this scenario holds no study; write a study file, see docs/studies.md, or give it one"]
        )
    return scenario


def with_fields(scenario: Scenario, fields: Mapping[str, Any]) -> StudySpec:
    """The study that a scenario holds, or an empty one, with these fields of `StudySpec` in place of its own. Raises
    ScenarioError."""
    held = {} if scenario.study is None else dict(scenario.study)
    try:
        return StudySpec.model_validate(held | dict(fields))
    except ValidationError as error:
        raise ScenarioError(problems_of(error)) from None


def read(name: str | Path) -> Scenario:
    """The scenario that a study file tells of, with the study; or a scenario by name or file, with or without one.

    A study file is TOML: `scenario`, which is the name of one, a file, beside this one or from here, or a table; `set`,
    settings of it by dotted path; and the fields of `StudySpec`, each in place of that of the scenario's own study.
    Raises ScenarioError with every problem and its place.
    """
    path = Path(name)
    if path.suffix.lower() == ".toml" and path.is_file():
        words = decoded(path, ".toml")
        try:
            values = text.loads(words, ".toml")
        except text.TextError as error:
            place = f"{path_end(path)}:{error.line}" if error.line else path_end(path)
            raise ScenarioError([f"{place}: {error}"]) from None
        if "scenario" in values or "axes" in values:
            try:
                return _of(values, path)
            except ScenarioError as error:
                raise ScenarioError(with_lines(error.problems, words, path, ".toml")) from None
    return gallery.load(name)


def _of(values: Mapping[str, Any], path: Path) -> Scenario:
    """Raises ScenarioError, of whatever is wrong with scenario, settings and study."""
    fields = {name: value for name, value in values.items() if name not in ("scenario", "set")}
    problems: list[str] = []
    changed = values.get("set", {})
    if not isinstance(changed, Mapping):
        changed, problems = {}, ["set: must be a table of settings by dotted path"]
    scenario, spec = Scenario(), StudySpec()
    try:
        scenario = _scenario(values.get("scenario"), path)
        try:
            scenario = scenario.with_values(_flat(changed))
        except ScenarioError as error:
            problems += [f"set.{problem}" for problem in error.problems]
    except ScenarioError as error:
        problems += error.problems
    try:
        spec = with_fields(scenario, fields)
    except ScenarioError as error:
        problems += error.problems
    if problems:
        raise ScenarioError(problems)
    return scenario.model_copy(update={"study": understood(spec, scenario)})


def _scenario(given: Any, path: Path) -> Scenario:
    if isinstance(given, Mapping):
        return Scenario.parse({"name": path.stem, "title": path.stem, **given})
    if not isinstance(given, str):
        raise ScenarioError(["scenario: a study needs one: the name of one, a file, or a table of settings"])
    beside = path.parent / given
    return gallery.load(beside if beside.is_file() else given)


def _flat(given: Mapping[str, Any], before: str = "") -> dict[str, Any]:
    """Settings by dotted path, from tables within tables or paths in quotes."""
    found: dict[str, Any] = {}
    for name, value in given.items():
        found |= _flat(value, f"{before}{name}.") if isinstance(value, Mapping) else {before + name: value}
    return found
