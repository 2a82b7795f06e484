"""How notes and problems of tables name columns and cells, and count rows."""

from __future__ import annotations

from collections.abc import Sequence

CELL = 30
"""Characters of a cell that a sentence about it repeats."""

_SHOWN = 12  # of a list


def short(words: str, most: int = 60) -> str:
    """A header, or a cell, as a message repeats it."""
    return repr(words if len(words) <= most else words[: most - 1] + "…")


def listed(names: Sequence[str], before_last: str = "") -> str:
    """The first of these names, and how many more there are."""
    shown = [short(name) for name in names[:_SHOWN]]
    if len(names) > _SHOWN:
        return f"{', '.join(shown)} and {len(names) - _SHOWN:,} more"
    if before_last and len(shown) > 1:
        return f"{', '.join(shown[:-1])} {before_last} {shown[-1]}"
    return ", ".join(shown)


def counted(many: int, what: str) -> str:
    """`1 row`, `2,000 rows`."""
    return f"{many:,} {what}" + "s" * (many != 1)
