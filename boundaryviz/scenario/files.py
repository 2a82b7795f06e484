"""Scenarios as files: `.bviz` (JSON) and TOML, and tables of points in any form, in and out."""

from __future__ import annotations

import gc
import logging
import os
import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from boundaryviz.scenario import text
from boundaryviz.scenario.atomic import PART, WriteError, check_writable, write_atomic
from boundaryviz.scenario.history import RunHistory
from boundaryviz.scenario.scenario import Scenario, ScenarioError
from boundaryviz.scene.plain_text import one_line, path_end
from boundaryviz.scene.scene import Points
from boundaryviz.tables.sheet import TableError

if TYPE_CHECKING:
    from boundaryviz.tables.choosing import Columns
    from boundaryviz.tables.tables import Table

__all__ = [
    "SUFFIXES", "WriteError", "check_openable", "check_writable",
    "decoded", "dumps", "encoded", "holds_scenario", "of_table", "parse",
    "read", "sealed", "sealed_at_least", "with_lines", "write", "write_atomic",
]  # fmt: skip

SUFFIXES = (".bviz", ".toml", ".csv", ".tsv", ".xlsx", ".ods", ".arff", ".npy", ".npz", ".gz")
"""What files that can be opened usually end in; what is in them is told by their content."""
_LOOKED_AT = 4096  # bytes, to tell a scenario from a table
_TOML = re.compile(rb"(?:\s*#[^\n]*\n)*\s*(?:version|name|title|summary)\s*=")
_log = logging.getLogger(__name__)
_log.setLevel(logging.INFO)  # what was understood of a table is for whoever keeps a log
_SOUGHT = 64_000_000  # characters gone through to find the lines of problems


def read(path: str | Path, columns: Columns | None = None) -> Scenario:
    """The scenario in a `.bviz` or `.toml` file, or the points of any table, as `holds_scenario` tells.

    columns: of a table, what is what, as `read_table` takes it.
    Raises ScenarioError with every problem as 'file:line: path: what is wrong', the line where there is one.
    """
    path = Path(path)
    check_openable(path)
    if not holds_scenario(path):
        return _from_table(path, columns or {})
    if columns:
        raise ScenarioError([f"{path_end(path)}: columns are chosen of a table, and this is a scenario"])
    suffix = _scenario_suffix(path)
    return parse(decoded(path, suffix), path, suffix)


def check_openable(path: Path) -> None:
    """Raise ScenarioError for what must not be read, whatever is in it."""
    if os.path.exists(path) and not os.path.isfile(path):
        raise ScenarioError([f"{path_end(path)}: a folder or a device, not a file"])
    if path.suffix == PART:
        raise ScenarioError([f"{path_end(path)}: perhaps half a file, of a save that did not end; open another"])


def holds_scenario(path: str | Path) -> bool:
    """Whether a file is read as a scenario, by its content or as it is called `.bviz` or `.toml`; any other that can be
    read is read as a table."""
    return bool(_scenario_suffix(Path(path)))


def _scenario_suffix(path: Path) -> str:
    """`.bviz` or `.toml`, whichever the file is; "" for one that is neither."""
    if (suffix := path.suffix.lower()) in (".bviz", ".toml"):
        return suffix
    try:
        with path.open("rb") as stream:
            start = stream.read(_LOOKED_AT).removeprefix(b"\xef\xbb\xbf").lstrip()
    except (OSError, ValueError):
        return ".bviz"  # whose reader says why
    return ".bviz" if start.startswith(b"{") else ".toml" if _TOML.match(start) else ""


def write(path: str | Path, scenario: Scenario) -> None:
    """Write `scenario` as `.bviz`, or as what `path` ends in, whole or not at all. Raises WriteError."""
    write_atomic(path, sealed(scenario, Path(path).suffix))


def sealed(scenario: Scenario, suffix: str = ".bviz") -> bytes:
    """As `encoded`, once the reader that will open it has found the same in it.

    Raises WriteError, before any file is touched, where it has not.
    """
    data = encoded(scenario, suffix)
    try:
        if suffix.lower() == ".csv":
            from boundaryviz.tables.tables import read_table

            same = _same_points(read_table(data).scene.points, scenario.scene().points)
        else:
            found = parse(data.decode(), Path("this"), ".toml" if suffix.lower() == ".toml" else ".bviz")
            words = dumps(scenario)
            same = found == scenario or (words != _whole(words) == dumps(found))
    except (ScenarioError, TableError) as error:
        raise WriteError(f"This could not be opened again, so nothing was written: {error.problems[0]}") from None
    if not same:
        raise WriteError("This would be another thing when it is opened again, so nothing was written.")
    return data


def sealed_at_least(scenario: Scenario, suffix: str = ".bviz") -> tuple[bytes, Scenario, str]:
    """As `sealed`, of the scenario or, where its history cannot be kept, of it without one: points and settings count
    for more than how the run came to them. Also what was sealed, and why the history is not in it, "" where it is.

    Raises WriteError where not even that can be kept.
    """
    try:
        return sealed(scenario, suffix), scenario, ""
    except WriteError as error:
        if scenario.course is None:
            raise
        bare = scenario.model_copy(update={"course": None})
        return sealed(bare, suffix), bare, str(error)


def encoded(scenario: Scenario, suffix: str = ".bviz") -> bytes:
    """The bytes of a file that ends in `suffix` (`.toml`, `.csv`, else `.bviz`); a `.csv` keeps only the points.

    Raises WriteError for a scenario too large to be read again, and for points of which a `.csv` would lose something.
    """
    if suffix.lower() == ".csv":
        scene = scenario.scene()
        if scene.points.inputs is not None or scene.points.response is not None:
            raise WriteError(
                "A .csv holds places and labels, and these points have inputs or responses too; save them as .bviz."
            )
        from boundaryviz.tables.tables import write_table

        return write_table(scene).encode(errors="replace")
    toml = suffix.lower() == ".toml"
    words = (text.dumps_toml if toml else text.dumps)(scenario.written())
    try:
        text.check_text(words, ".toml" if toml else ".bviz")
    except text.TextError as error:
        raise WriteError(f"This would be too large to be opened again: {error}.") from None
    return _whole(words).encode()


def _whole(words: str) -> str:
    """Half a character that was pasted must not keep the rest from being saved."""
    return words.encode(errors="replace").decode()


def dumps(scenario: Scenario) -> str:
    """The scenario as readable JSON: a line per setting, and a line per column of points."""
    return text.dumps(scenario.written())


def _same_points(found: Points, points: Points) -> bool:
    """Whether all is the same but the ids, which a table does not keep."""
    return found == points.with_columns(ids=found.ids) if len(found) == len(points) else False


def decoded(path: Path, suffix: str) -> str:
    """Raises ScenarioError for what cannot be read, is too large, empty, or no UTF-8."""
    try:
        with path.open("rb") as stream:
            limit = text.MAX_BYTES[suffix]
            text.check_size(os.fstat(stream.fileno()).st_size, suffix)
            data = stream.read(limit + 1)  # a pipe or a device has no size
        text.check_size(len(data), suffix)
        words = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise ScenarioError([f"{path_end(path)}: not UTF-8 text (byte {error.start}); save it as UTF-8"]) from None
    except text.TextError as error:
        raise ScenarioError([f"{path_end(path)}: {error}"]) from None
    except OSError as error:
        raise ScenarioError([f"{path_end(path)}: cannot be read: {error.strerror or error}"]) from None
    except ValueError as error:  # a NUL in the path
        raise ScenarioError([f"{path_end(path)}: cannot be read: {error}"]) from None
    if not words.strip():
        raise ScenarioError([f"{path_end(path)}: the file is empty"])
    return words


def parse(words: str, path: Path, suffix: str) -> Scenario:
    """The scenario in the text of a `.bviz` or `.toml` file; `path` names it and what it is called by default.

    Raises ScenarioError as `read` does.
    """
    with _uncollected():
        return _parsed(words, path, suffix)


def _parsed(words: str, path: Path, suffix: str) -> Scenario:
    try:
        values = text.loads(words, suffix)
    except text.TextError as error:
        place = f"{path_end(path)}:{error.line}" if error.line else path_end(path)
        raise ScenarioError([f"{place}: {error}"]) from None
    values.setdefault("name", one_line(path.stem))  # which may be no text
    values.setdefault("title", values["name"])
    try:
        scenario = Scenario.parse(values)
        RunHistory.read(scenario)
        return scenario
    except ScenarioError as error:
        raise ScenarioError(with_lines(error.problems, words, path, suffix)) from None


def with_lines(problems: list[str], words: str, path: Path, suffix: str) -> list[str]:
    """Problems 'path: what is wrong' of the text of a file as 'file:line: path: what is wrong', the line where there is
    one."""
    places = [problem.partition(": ")[0] for problem in problems]
    lines = _toml_lines(words, places) if suffix == ".toml" else _json_lines(words, places)
    listed = [f"{path_end(path)}:{lines[place]}" if place in lines else path_end(path) for place in places]
    return [f"{at}: {problem}" for at, problem in zip(listed, problems, strict=True)]


@contextmanager
def _uncollected() -> Iterator[None]:
    """Without looking for garbage that goes round in circles: nothing here makes any, and among a million new values
    looking takes a third of the time, in which every other thread waits."""
    was = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was:
            gc.enable()


def _from_table(path: Path, columns: Columns) -> Scenario:
    from boundaryviz.tables.tables import read_table  # late, for few scenarios come from a table

    try:
        table = read_table(path, columns=columns)
    except TableError as error:
        raise ScenarioError([f"{path_end(path)}: {problem}" for problem in error.problems]) from None
    for note in table.notes:
        _log.info("%s: %s", one_line(path.name), note)
    return of_table(table, path)


def of_table(table: Table, path: Path) -> Scenario:
    """The points of the table in a file, with the default network, which is given them standardised."""
    name = one_line(path.name)  # which may be no text; what is to be known of the points is kept with their source
    return Scenario.from_table(table, one_line(_stem(path)), summary=f"Points from {name}.")


def _stem(path: Path) -> str:
    """The name without what it ends in, and without .gz before that."""
    return Path(path.stem).stem if path.suffix.lower() == ".gz" else path.stem


_TOML_NAME = re.compile(r"^[ \t]*+(?:\[([^\[\]\n]++)\]|([\w.\-]++)[ \t]*+=)", re.MULTILINE)


def _toml_lines(words: str, places: list[str]) -> dict[str, int]:
    """The line of each dotted path, of as many as are found: of its key, or of the table or list that it stands in."""
    outer: dict[str, list[str]] = {}
    for place in places:
        for k in range(place.count(".") + 1):
            outer.setdefault(place.rsplit(".", k)[0], []).append(place)
    longest, table, at, line = max(map(len, outer)), "", 0, 1
    found: dict[str, int] = {}
    for name in _TOML_NAME.finditer(words):
        header, key = name[1], name[2]
        if header is not None:
            table = header[: longest + 1].strip()
            wanted = [table] if table in places else []
        else:
            key = key[: longest + 1]
            wanted = outer.get(f"{table}.{key}" if table else key, [])
        if wanted:
            line, at = line + words.count("\n", at, name.start()), name.start()
            found = dict.fromkeys(wanted, line) | found
    return found


def _json_lines(words: str, places: list[str]) -> dict[str, int]:
    """The line of each dotted path, of as many of the first as are found without looking for long."""
    found = {place: _json_line(words, place) for place in places[: max(1, _SOUGHT // len(words))]}
    return {place: line for place, line in found.items() if line is not None}


def _json_line(words: str, where: str) -> int | None:
    at = 0
    for step in where.split("."):
        if step.isdigit():
            break
        found = re.compile(rf'"{re.escape(step)}"\s*:').search(words, at)
        if found is None:
            return None
        at = found.end()
    return words.count("\n", 0, at) + 1
