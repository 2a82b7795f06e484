"""Tables of figures, as all programs here print them."""

from __future__ import annotations

from collections.abc import Mapping

from rich import box
from rich.console import Console
from rich.table import Table


def console(width: int = 150) -> Console:
    """Where to print: as wide as the terminal, or `width` columns in a file."""
    found = Console()
    return found if found.is_terminal else Console(width=width)


def table(title: str, *headings: str, numbers: tuple[str, ...] = ()) -> Table:
    """An empty table; columns of numbers stand at the right and are not broken."""
    made = Table(box=box.SIMPLE, title=title)
    for heading in headings:
        number = heading in numbers
        made.add_column(heading, justify="right" if number else "left", no_wrap=number)
    return made


def show(title: str, lines: Mapping[str, int | str]) -> None:
    """Print what was measured, a line each."""
    made = table(title, "what", "measured", numbers=("measured",))
    for what, value in lines.items():
        made.add_row(what, f"{value:,}" if isinstance(value, int) else value)
    console(110).print(made)
