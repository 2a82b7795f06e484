"""What a person may decide of a table, what became of it, and what a person may be asked.

Choices are kept in scenario files, so that the same table, read again in the same way, makes the same points.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal

from pydantic import Field

from boundaryviz.scene.specs import Spec

ROLES = ("x", "y", "label", "split", "origin", "muted")
"""What a column may be; each is a field of `TableChoice`."""

LINES_KEPT = 100
"""Rows that were left out of which a scenario file keeps line and reason."""


class SheetChoice(Spec):
    """How a file becomes rows of text; None for what is to be found out.

    sheet: the name of one of several. encoding: as Python calls it. separator: between cells. header: whether the
    first row holds the names of the columns.
    """

    sheet: str | None = None
    encoding: str | None = None
    separator: str | None = None
    header: bool | None = None


class TableChoice(Spec):
    """How rows of text become points.

    x, y, label, split, origin, muted: the names of columns; None for what is to be proposed, "" for no such column.
    inputs: columns that models are given in place of the plane's two. shown: of inputs, the columns x and y, or the
    first two principal components of all. decimals, values: by the name of a column, which mark stands before decimals,
    and which words such as NA are values there and not missing. minus_one: what the label -1 means.
    """

    sheet: SheetChoice = SheetChoice()
    x: str | None = None
    y: str | None = None
    label: str | None = None
    split: str | None = None
    origin: str | None = None
    muted: str | None = None
    inputs: tuple[str, ...] = ()
    shown: Literal["columns", "principal"] = "columns"
    decimals: dict[str, Literal["point", "comma"]] = {}
    values: dict[str, tuple[str, ...]] = {}
    minus_one: Literal["unlabelled", "class"] | None = None


AS_FOUND = TableChoice()
"""Nothing decided: whatever there is to decide is found out."""


class TableSource(Spec):
    """Where points came from, how they were read, and what was left out.

    file: its name alone, "" for text that was pasted. choice: with every column decided. kept: rows that became points.
    left_out: (line, reason) of the first rows that did not. omitted: how many did not. notes: what a person was told.
    """

    file: str = ""
    format: str = ""
    choice: TableChoice = TableChoice()
    kept: int = Field(0, ge=0)
    left_out: tuple[tuple[int, str], ...] = Field((), max_length=LINES_KEPT)
    omitted: int = Field(0, ge=0)
    notes: tuple[str, ...] = ()


@dataclass(frozen=True)
class Question:
    """Something of which two readings fit.

    about: the dotted path in `TableChoice` that decides it, such as `sheet.encoding` or `decimals.price`. options: the
    values it may take, each with words for it. taken: the value that holds unless a person says otherwise.
    """

    about: str
    words: str
    options: tuple[tuple[Any, str], ...]
    taken: Any
