"""Scenarios as files: `.bviz` (JSON) in and out, TOML and CSV in, and safe writing for every file we make."""

from __future__ import annotations

import json
import os
import re
import tempfile
import tomllib
from pathlib import Path
from typing import Any

from boundaryviz.learners.specs import MLPSpec
from boundaryviz.scenario.scenario import Scenario, ScenarioError
from boundaryviz.scene.data import DataSpec
from boundaryviz.scene.tables import TableError, read_table

SUFFIXES = (".bviz", ".toml", ".csv")


class WriteError(OSError):
    """A file that could not be written; its text is a sentence for people."""


def read(path: str | Path) -> Scenario:
    """The scenario in a `.bviz`, `.toml` or `.csv` file.

    Raises ScenarioError with every problem as 'file:line: path: what is wrong', the line where there is one.
    """
    path = Path(path)
    suffix = path.suffix.lower()
    if suffix not in SUFFIXES:
        raise ScenarioError([f"{path}: not a kind of file that can be opened; there are: {', '.join(SUFFIXES)}"])
    if suffix == ".csv":
        return _from_csv(path)
    text = _text(path)
    values = _parsed(text, path)
    values.setdefault("name", path.stem)
    values.setdefault("title", values["name"])
    try:
        return Scenario.parse(values)
    except ScenarioError as error:
        raise ScenarioError([_placed(problem, text, path) for problem in error.problems]) from None


def write(path: str | Path, scenario: Scenario) -> None:
    """Write `scenario` as `.bviz`, whole or not at all. Raises WriteError."""
    write_atomic(path, dumps(scenario).encode())


def dumps(scenario: Scenario) -> str:
    """The scenario as readable JSON: a line per setting, and a line per column of points."""
    return _json(scenario.model_dump(mode="json")) + "\n"


def write_atomic(path: str | Path, data: bytes) -> None:
    """Put `data` where `path` says, through a file beside it: the old content stays until the new is complete.

    Raises WriteError with a sentence that says what went wrong and what to do.
    """
    place = Path(os.path.realpath(path))
    try:
        handle, beside = tempfile.mkstemp(prefix=f".{place.name}.", dir=place.parent)
        try:
            with os.fdopen(handle, "wb") as stream:
                stream.write(data)
                stream.flush()
                os.fsync(stream.fileno())
            os.chmod(beside, place.stat().st_mode & 0o777 if place.exists() else 0o666 & ~_umask())
            os.replace(beside, place)
        except BaseException:
            Path(beside).unlink(missing_ok=True)
            raise
    except OSError as error:
        raise WriteError(_why_not(path, place, error)) from error


def check_writable(path: str | Path) -> None:
    """Raise WriteError now where `write_atomic` would later, so that no long run is lost to a bad path."""
    place = Path(os.path.realpath(path))
    if place.is_dir():
        raise WriteError(f"Cannot write {path}: it is a folder. Give a file name in it.")
    if not place.parent.is_dir():
        raise WriteError(f"Cannot write {path}: there is no folder {place.parent}. Create it or choose another place.")
    try:
        with tempfile.TemporaryFile(dir=place.parent):
            pass
    except OSError as error:
        raise WriteError(_why_not(path, place, error)) from error


def _why_not(path: str | Path, place: Path, error: OSError) -> str:
    if isinstance(error, PermissionError):
        return f"Cannot write {path}: no permission to write in {place.parent}. Choose another place."
    return f"Cannot write {path}: {error.strerror or error}. Choose another place."


def _umask() -> int:
    mask = os.umask(0)
    os.umask(mask)
    return mask


def _text(path: Path) -> str:
    try:
        text = path.read_bytes().decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise ScenarioError([f"{path}: not UTF-8 text (byte {error.start}); save it as UTF-8"]) from None
    except OSError as error:
        raise ScenarioError([f"{path}: cannot be read: {error.strerror or error}"]) from None
    if not text.strip():
        raise ScenarioError([f"{path}: the file is empty"])
    return text


def _parsed(text: str, path: Path) -> dict[str, Any]:
    try:
        values = tomllib.loads(text) if path.suffix.lower() == ".toml" else json.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise ScenarioError([f"{path}: not valid TOML: {error}"]) from None
    except json.JSONDecodeError as error:
        raise ScenarioError([f"{path}:{error.lineno}: not valid JSON: {error.msg} (column {error.colno})"]) from None
    except ValueError as error:  # a number too long to convert
        raise ScenarioError([f"{path}: {error}"]) from None
    except RecursionError:
        raise ScenarioError([f"{path}: nested too deeply to be a scenario"]) from None
    if not isinstance(values, dict):
        raise ScenarioError([f"{path}: a scenario is a table of settings, this is a {type(values).__name__}"])
    return values


def _from_csv(path: Path) -> Scenario:
    """The table's points with the default network, which sees them scaled: a table may come in any unit."""
    try:
        table = read_table(path)
    except TableError as error:
        raise ScenarioError([f"{path}: {problem}" for problem in error.problems]) from None
    scenario = Scenario(
        name=path.stem,
        title=path.stem,
        summary=" ".join((f"Points from {path.name}.", *table.notes)),
        data=DataSpec(name="points"),
        learner=MLPSpec(input_scale="domain"),
    )
    return scenario.with_scene(table.scene)


def _placed(problem: str, text: str, path: Path) -> str:
    """'file:line: problem', the line found by the path that the problem starts with."""
    where = problem.partition(": ")[0]
    line = (_toml_line if path.suffix.lower() == ".toml" else _json_line)(text, where)
    return f"{path}:{line}: {problem}" if line else f"{path}: {problem}"


def _toml_line(text: str, where: str) -> int | None:
    table = ""
    for number, line in enumerate(text.splitlines(), 1):
        if header := re.match(r"\s*\[([^\[\]]+)\]", line):
            table = header[1].strip() + "."
            if where == header[1].strip():
                return number
        elif (entry := re.match(r"\s*([\w.\-]+)\s*=", line)) and (where + ".").startswith(f"{table}{entry[1]}."):
            return number
    return None


def _json_line(text: str, where: str) -> int | None:
    at = 0
    for step in where.split("."):
        if step.isdigit():
            break
        found = re.compile(rf'"{re.escape(step)}"\s*:').search(text, at)
        if found is None:
            return None
        at = found.end()
    return text.count("\n", 0, at) + 1


def _json(value: Any, indent: str = "") -> str:
    if isinstance(value, dict) and value:
        inner = indent + "  "
        rows = [f"{inner}{json.dumps(key)}: {_json(item, inner)}" for key, item in value.items()]
        return "{\n" + ",\n".join(rows) + f"\n{indent}}}"
    return json.dumps(value, ensure_ascii=False, allow_nan=False)
