"""`table`: what is understood of a table; and tables as scenarios of the other commands, with what should be known."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from boundaryviz.cli.failures import Exit, complain, say
from boundaryviz.cli.terminal import print_json
from boundaryviz.scenario import gallery
from boundaryviz.scenario.files import holds_scenario
from boundaryviz.scenario.scenario import Scenario
from boundaryviz.scene.plain_text import path_end
from boundaryviz.tables.choice import ROLES
from boundaryviz.tables.choosing import chosen, parsed
from boundaryviz.tables.formats import open_sheet
from boundaryviz.tables.sheet import TableError
from boundaryviz.tables.tables import Table
from boundaryviz.tables.understanding import Understanding, understand

if TYPE_CHECKING:
    from collections.abc import Mapping

_LINES = 20  # of rows left out, that are listed for a person


def chosen_columns(columns: Sequence[str]) -> dict[str, str]:
    """What the options `--columns` say, the later first. Raises TableError."""
    found: dict[str, str] = {}
    for one in columns:
        found |= parsed(one)
    return found


def loaded(name: str, columns: Sequence[str]) -> Scenario:
    """The scenario called `name`; of a table, what should be known of how it was read is said. Raises ScenarioError and
    TableError."""
    scenario = gallery.load(name, chosen_columns(columns))
    if scenario.own is not None and scenario.own.source is not None and not holds_scenario(name):
        for note in scenario.own.source.notes:
            say(f"note: {note}")
    return scenario


def show_table(file: Path, columns: Sequence[str], as_json: bool) -> int:
    """Print what is understood of a table; the exit code, 2 where no points come of it."""
    choice = chosen(chosen_columns(columns))
    try:
        found = understand(open_sheet(file, choice.sheet), choice)
        notes, problems = found.notes, found.problems
        if not problems:
            notes = Table.of(found, file.name).notes
    except TableError as error:
        raise TableError([f"{path_end(file)}: {problem}" for problem in error.problems]) from None
    if as_json:
        print_json(report(found, notes))
    else:
        _show(found, notes, file)
    if problems:
        complain([f"{path_end(file)}: {problem}" for problem in problems])
    return Exit.USAGE if problems else Exit.DONE


def report(found: Understanding, notes: Sequence[str]) -> dict[str, Any]:
    """As plain values. columns: which is what, as `--columns` and `read_table` take it."""
    sheet = found.sheet
    return {
        "format": sheet.format, "encoding": sheet.encoding, "sheet": sheet.sheet, "sheets": list(sheet.sheets),
        "columns": _taken(found),
        "read": [
            {"name": one.name, "kind": one.kind, "reading": one.reading, "missing": one.missing,
             "examples": list(one.examples)}
            for one in found.columns
        ],
        "reasons": dict(found.reasons),
        "rows": {"kept": found.kept,
                 "left_out": [{"line": one.line, "reason": one.reason} for one in found.left_out]},
        "classes": dict(found.classes), "notes": list(notes),
        "questions": [
            {"about": one.about, "words": one.words, "taken": one.taken,
             "options": [{"value": value, "words": words} for value, words in one.options]}
            for one in found.questions
        ],
        "problems": list(found.problems),
    }  # fmt: skip


def _taken(found: Understanding) -> Mapping[str, Any]:
    choice = found.choice
    roles = {role: name for role in ROLES if (name := getattr(choice, role))}
    said: dict[str, Any] = {f"decimals.{name}": mark for name, mark in choice.decimals.items()}
    said |= {"minus_one": choice.minus_one} if choice.minus_one else {}
    values = {f"values.{name}": list(words) for name, words in choice.values.items()}
    return roles | said | values | ({"inputs": list(choice.inputs), "shown": choice.shown} if choice.inputs else {})


def _show(found: Understanding, notes: Sequence[str], file: Path) -> None:
    from boundaryviz.cli.tables import headed, row, show, table

    sheet = found.sheet
    known = [sheet.format, sheet.sheet and f"sheet {sheet.sheet}", sheet.encoding]
    many = f"{len(sheet.lines):,} rows, {len(sheet.columns):,} columns"
    made = table("column", "taken for", "holds", "missing", "such as", "because")
    roles = {getattr(found.choice, role): role for role in ROLES}
    for one in found.columns:
        role = roles.get(one.name, "input" if one.name in found.choice.inputs else "")
        missing = f"{one.missing:,}" if one.missing else ""
        reason = found.reasons.get(role, "")
        row(made, one.name, role, one.reading, missing, ", ".join(one.examples), reason)
    classes = table("class", "rows")
    for name, count in found.classes.items():
        row(classes, name, f"{count:,}")
    left = table("line", "left out, as")
    for line in found.left_out[:_LINES]:
        row(left, f"{line.line:,}", line.reason)
    if len(found.left_out) > _LINES:
        row(left, "", f"and {len(found.left_out) - _LINES:,} more rows")
    show(
        headed(file.name, f"{', '.join(filter(None, known))}; {many}"), made,
        *([classes] if found.classes else []), *([left] if found.left_out else []),
        f"{found.kept:,} points; {len(found.left_out):,} rows left out.", *notes,
    )  # fmt: skip
