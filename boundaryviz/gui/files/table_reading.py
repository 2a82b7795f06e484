"""A table being opened: where it comes from, what is understood of it, and whether a person is to look. No Qt here.

Reading is for a thread: a large file takes a second or two.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from boundaryviz.scene.scene import Scene
from boundaryviz.scene.splits import SHARES
from boundaryviz.tables.choice import AS_FOUND, SheetChoice, TableChoice
from boundaryviz.tables.sheet import Sheet, TableError
from boundaryviz.tables.words import counted

if TYPE_CHECKING:
    from boundaryviz.tables.tables import Table
    from boundaryviz.tables.understanding import Understanding

_EXPECTED = {"x": ("x",), "y": ("y",), "label": ("label", "labels", "class", "target", "")}
"""Names, in lower case, under which columns are what they are called; anything else is a guess."""

Source = Path | str
"""A file, or text that was pasted."""


@dataclass(frozen=True, eq=False)
class Reading:
    """A source as it is read under a choice. table: its points; None where `problems` say why there are none.

    asked: how rows of text were to be read. shares: of training, validation and test points where the table does not
    say.
    """

    source: Source
    understanding: Understanding
    table: Table | None
    problems: tuple[str, ...]
    asked: SheetChoice
    shares: tuple[float, float, float] = SHARES

    @property
    def scene(self) -> Scene | None:
        """The points."""
        return None if self.table is None else self.table.scene

    @property
    def name(self) -> str:
        """Of the file; "" of text that was pasted."""
        return _name(self.source)


def read(
    source: Source,
    choice: TableChoice = AS_FOUND,
    shares: tuple[float, float, float] = SHARES,
    before: Reading | None = None,
) -> Reading:
    """Read a source. before: another reading of it, whose rows of text are taken where they would be the same.

    Raises TableError for what holds no rows of text.
    """
    from boundaryviz.tables.formats import open_sheet  # late, for whoever reads no table
    from boundaryviz.tables.tables import Table
    from boundaryviz.tables.understanding import understand

    same = before is not None and before.source == source and before.asked == choice.sheet
    sheet: Sheet = before.understanding.sheet if same and before is not None else open_sheet(source, choice.sheet)
    found = understand(sheet, choice)
    try:
        table, problems = Table.of(found, _name(source), shares), list[str]()
    except TableError as error:
        table, problems = None, error.problems
    return Reading(source, found, table, tuple(problems), choice.sheet, shares)


def _name(source: Source) -> str:
    return source.name if isinstance(source, Path) else ""


def in_doubt(reading: Reading) -> bool:
    """Whether a person is to look at what was understood before it is opened: something was guessed, fits two readings,
    or most rows are left out."""
    found = reading.understanding
    guessed = any((getattr(found.choice, role) or "").casefold() not in names for role, names in _EXPECTED.items())
    return bool(found.questions or found.choice.inputs or guessed or len(found.left_out) > found.kept)


def can_be_mended(reading: Reading) -> bool:
    """Whether an answer to a question may make points of a table that gives none: another sheet, or other decimals."""
    return any(one.about.startswith(("sheet.sheet", "decimals.")) for one in reading.understanding.questions)


def answered(choice: TableChoice, about: str, value: Any) -> TableChoice:
    """The choice with a question answered. about: its dotted path, as in `Question`.

    Another way to read rows of text makes other columns, of which nothing is decided.
    """
    section, _, name = about.partition(".")
    if section == "sheet":
        return TableChoice(sheet=choice.sheet.model_copy(update={name: value}), minus_one=choice.minus_one)
    if name:
        return choice.model_copy(update={section: {**getattr(choice, section), name: value}})
    return choice.model_copy(update={section: value})


def with_role(choice: TableChoice, role: str, column: str) -> TableChoice:
    """The choice with another column in a role, "" for none. What had the column before takes the one that is free."""
    before = getattr(choice, role) or ""
    update: dict[str, str] = {role: column}
    other = next((one for one in ("x", "y", "label", "split", "origin", "muted")
                  if column and one != role and getattr(choice, one) == column), None)  # fmt: skip
    if other is not None:
        update[other] = before if {role, other} == {"x", "y"} else ""
    if other in ("x", "y") and not update[other]:
        update[other] = before
    return choice.model_copy(update=update)


def with_inputs(choice: TableChoice, inputs: Sequence[str], plane: Sequence[str]) -> TableChoice:
    """The choice with these columns as inputs, of which two at least are needed; no more than the plane's are none.

    plane: the columns that x and y had last.
    """
    if set(inputs) <= set(plane) or len(inputs) < 2:
        x, y = (*plane, "", "")[:2]
        return choice.model_copy(update={"inputs": (), "shown": "columns", "x": x or None, "y": y or None})
    shown = {role: name if (name := getattr(choice, role)) in inputs else None for role in ("x", "y")}
    return choice.model_copy(update={"inputs": tuple(inputs), **shown})


def said(table: Table) -> str:
    """What was read, in a sentence without its stop: '342 points, 3 classes; 2 rows left out'."""
    found, points = table.understanding, len(table.scene.points)
    words = f"{counted(points, 'point')}, {len(found.classes):,} class{'es' * (len(found.classes) != 1)}"
    bare = points - sum(found.classes.values())
    words += f", {bare:,} without a label" if bare else ""
    return words + (f"; {counted(len(found.left_out), 'row')} left out" if found.left_out else "")
