"""Words in the cells of a table: written so that a spreadsheet takes none for a formula, and read back as they were.

A spreadsheet works out what begins with =, +, - or @, and an apostrophe before it says that it is text. Where a desktop
parts cells by semicolons, a cell begins after each of them too.
"""

from __future__ import annotations

import re

from boundaryviz.scene.plain_text import one_line

LONGEST = 1_000  # characters of a cell
_NUMBER = re.compile(r"[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?", re.ASCII | re.IGNORECASE)
# what begins a formula, also in full width, and the apostrophes before it
_FORMULA = re.compile("(^|;)('*[=+\\-@\uff0b\uff0d\uff1d\uff20])")
_MARKED = re.compile("(^|;)'('*[=+\\-@\uff0b\uff0d\uff1d\uff20])")


def as_cell(words: str) -> str:
    """Words as a cell: one line, cut where they are too long, and one apostrophe before whatever begins a formula."""
    line = one_line(words, LONGEST)
    return line if _NUMBER.fullmatch(line) else _FORMULA.sub(r"\1'\2", line)


def from_cell(cell: str) -> str:
    """The words that `as_cell` made this cell of."""
    return _MARKED.sub(r"\1\2", cell) if "'" in cell else cell
